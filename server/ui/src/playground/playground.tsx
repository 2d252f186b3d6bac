/** The playground: write, run, understand. */

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { languagesError } from "../api/languages";
import { later, Nothing } from "../components/later";
import { Refusal } from "../components/refusal";
import { Editor } from "../editor/editor";
import type { Mark } from "../editor/mark";
import { t } from "../i18n";
import { chosen } from "./choose";
import { asSubmission, change, draft, type SourceFile } from "./draft";
import { useBegin, useLink, useSeen } from "./effects";
import { FileTabs } from "./files";
import { isCut } from "./keeping";
import { Limits } from "./limits";
import { marksOf, Places } from "./marks";
import { Progress, Told } from "./progress";
import { before, bringBack, forget } from "./replaced";
import { heard, run, start } from "./run";
import { Tests } from "./tests";
import { mayRun, Toolbar } from "./toolbar";

// Loaded while the first program is judged.
const Judgement = later(async () => (await import("../components/judgement")).Judgement, () => <Progress progress={null} of={0} />);
const Live = later(async () => (await import("../components/live")).Live, Nothing);
const Terminal = later(async () => (await import("../terminal/terminal")).default);

export function Playground() {
  // Of the contents that the editor shows: grows when somebody else has replaced them.
  const [generation, setGeneration] = useState(0);
  const [goTo, setGoTo] = useState<Mark | null>(null);
  const [terminal, openTerminal] = useState(false);
  const [damaged, setDamaged] = useState(false);
  const resultCard = useRef<HTMLElement>(null);
  const replaced = () => setGeneration((number) => number + 1);
  const linked = useLink(replaced, setDamaged);
  useSeen(resultCard);
  useBegin(replaced);

  const { files, active } = draft.value;
  const file = files[active] as SourceFile | undefined;
  const marks = useMemo(() => (run.value.is === "ended" ? marksOf(run.value.submission, files.map(({ name }) => name)) : []), [run.value]);
  const begin = () => {
    if (mayRun()) void chosen().then(() => start(asSubmission(draft.value), draft.value.tests));
  };
  const latest = useRef(begin);
  latest.current = begin;
  // Also where nothing has the focus, as before the first click.
  useEffect(() => {
    const run = (event: KeyboardEvent) => { if (event.target === document.body && runs(event)) latest.current(); };
    addEventListener("keydown", run);
    return () => removeEventListener("keydown", run);
  }, []);
  const jump = (mark: Mark) => {
    const index = draft.value.files.findIndex(({ name }) => name === mark.file);
    if (index >= 0) change({ active: index });
    setGoTo({ ...mark });
  };

  const result = (
    <section key="result" ref={resultCard} class="card result" aria-label={t("result.title")}>
      <Told progress={run.value.is === "going" ? run.value.progress : null} ended={run.value.is === "ended" ? run.value.submission : null} />
      <Result begin={begin} marks={marks} jump={jump} />
    </section>
  );

  return (
    <div class="playground" onKeyDown={(event) => runs(event) && (event.preventDefault(), begin())}>
      <h1 class="unseen">{t("nav.playground")}</h1>
      <section class="card writing" aria-label={t("playground.source")}>
        <Toolbar begin={begin} replaced={replaced} terminal={() => openTerminal(true)} linked={linked} />
        {damaged && <div class="replaced wrong" role="alert">{t("share.damaged")}</div>}
        {isCut.value && <div class="replaced" role="status">{t("draft.cut")}</div>}
        {before.value.length > 0 && <Replaced replaced={replaced} />}
        <FileTabs replaced={replaced} />
        <div id="editor" class="editor-frame">
          {!file && languagesError.value && <Refusal error={languagesError.value} />}
          {file && <Editor
            name={file.name} language={draft.value.language} content={file.content} generation={generation} marks={marks} goTo={goTo} run={begin}
            changed={(content) => change({ files: draft.value.files.map((old, index) => (index === draft.value.active ? { ...old, content } : old)) })}
          />}
        </div>
      </section>
      <div class="side">
        {terminal && (
          <div class="card">
            <Terminal close={() => openTerminal(false)} />
          </div>
        )}
        {/* What came of it is what one looks at: once there is something, it stands first. */}
        {run.value.is !== "idle" && result}
        <Tests />
        <Limits />
        {run.value.is === "idle" && result}
      </div>
    </div>
  );
}

/** Ctrl+Enter, wherever on the page: the editor has it among its own keys. */
const runs = (event: KeyboardEvent) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.defaultPrevented;

/** A link or a sample has taken the place of what was here. */
function Replaced({ replaced }: { replaced(): void }) {
  const several = before.value.length;
  return (
    <div class="replaced" role="status">
      <span>{t("draft.replaced")}</span>
      <button type="button" class="quiet" onClick={() => { bringBack(); replaced(); }}>{t("draft.bringBack")}{several > 1 && ` ${t("draft.several", { n: several })}`}</button>
      <button type="button" class="quiet" onClick={forget}>{t("draft.forget")}</button>
    </div>
  );
}

function Result(props: { begin(): void; marks: Mark[]; jump(mark: Mark): void }) {
  const now = run.value;
  switch (now.is) {
    case "idle":
      if (languagesError.value && draft.value.files.length > 0) return <Refusal error={languagesError.value} />;
      return <p class="hint">{mayRun() ? t("result.none") : t("result.mayNot")}</p>;
    case "sending":
      return <Progress progress={null} of={0} />;
    case "going":
      return (
        <>
          <Progress progress={now.progress} of={now.tests.length} />
          <Live heard={heard} />
        </>
      );
    case "refused":
      return <Refusal error={now.error} again={props.begin} />;
    case "ended":
      return (
        <Judgement submission={now.submission} tests={now.tests} places={<Places marks={props.marks} jump={props.jump} />} />
      );
  }
}
