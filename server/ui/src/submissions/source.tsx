/** The source of a submission, with the places marked that a compiler or a runtime has named. */

import { useEffect, useMemo, useState } from "preact/hooks";
import { Loaded, type State } from "../components/loaded";
import { Editor } from "../editor/editor";
import type { Mark } from "../editor/mark";
import { t } from "../i18n";

export interface Sources {
  files: Record<string, string>;
  /** Those that are not UTF-8. */
  files_base64?: Record<string, string>;
}

export const namesOf = ({ files, files_base64 }: Sources): string[] => Object.keys({ ...files, ...files_base64 });

/** All of them as text; what is not UTF-8 has a sign in each place that cannot be read. */
const textsOf = ({ files, files_base64 = {} }: Sources): Record<string, string> =>
  ({ ...files, ...Object.fromEntries(Object.entries(files_base64).map(([name, base64]) => [name, readable(base64)])) });

const readable = (base64: string): string => new TextDecoder().decode(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)));

interface Props {
  /** Of the submission. */
  language: string;
  marks: Mark[];
  goTo: Mark | null;
}

export function Source({ from, again, ...marked }: Props & { from: State<Sources>; again(): void }) {
  return (
    <section class="card">
      <h2>{t("playground.source")}</h2>
      <Loaded from={from} again={again}>{(sources) => <Files sources={sources} {...marked} />}</Loaded>
    </section>
  );
}

function Files({ sources, language, marks, goTo }: Props & { sources: Sources }) {
  const [shown, show] = useState(0);
  const texts = useMemo(() => textsOf(sources), [sources]);
  const names = Object.keys(texts);
  const name = names[Math.min(shown, names.length - 1)];
  useEffect(() => { if (goTo && names.includes(goTo.file)) show(names.indexOf(goTo.file)); }, [goTo]);
  if (name === undefined) return <p class="hint">{t("submission.noSource")}</p>;
  return (
    <>
      {names.length > 1 && <div class="tabs">{names.map((other, index) => <button key={other} type="button" aria-pressed={index === shown} onClick={() => show(index)}><bdi>{other}</bdi></button>)}</div>}
      {Object.hasOwn(sources.files_base64 ?? {}, name) && <p class="hint">{t("submission.noUtf8")}</p>}
      <div class="source-frame"><Editor name={name} language={language} content={texts[name] ?? ""} generation={0} marks={marks} goTo={goTo} readOnly /></div>
    </>
  );
}
