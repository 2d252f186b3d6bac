/** The source of a submission, with the places marked that a compiler or a runtime has named. */

import { useEffect, useState } from "preact/hooks";
import { Loaded, type State } from "../components/loaded";
import { Editor } from "../editor/editor";
import type { Mark } from "../editor/mark";
import { t } from "../i18n";

export interface Sources {
  files: Record<string, string>;
  files_base64?: Record<string, string>;
}

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
      <Loaded from={from} again={again}>{({ files }) => <Files files={files} {...marked} />}</Loaded>
    </section>
  );
}

function Files({ files, language, marks, goTo }: Props & { files: Sources["files"] }) {
  const [shown, show] = useState(0);
  const names = Object.keys(files);
  const name = names[Math.min(shown, names.length - 1)];
  useEffect(() => { if (goTo && names.includes(goTo.file)) show(names.indexOf(goTo.file)); }, [goTo]);
  if (name === undefined) return <p class="hint">{t("submission.noSource")}</p>;
  return (
    <>
      {names.length > 1 && <div class="tabs">{names.map((other, index) => <button key={other} type="button" aria-pressed={index === shown} onClick={() => show(index)}><bdi>{other}</bdi></button>)}</div>}
      <div class="source-frame"><Editor name={name} language={language} content={files[name] ?? ""} generation={0} marks={marks} goTo={goTo} readOnly /></div>
    </>
  );
}
