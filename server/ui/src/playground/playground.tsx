/** The playground: write, run, understand. */

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { language, languages, languagesError } from "../api/languages";
import { may, session } from "../api/session";
import { copy } from "../clipboard";
import { later, Nothing } from "../components/later";
import { Refusal } from "../components/refusal";
import { Editor } from "../editor/editor";
import type { Mark } from "../editor/mark";
import { t } from "../i18n";
import { asSubmission, change, draft, empty, type Draft, type SourceFile } from "./draft";
import { example } from "./examples";
import { FileTabs } from "./files";
import { Limits } from "./limits";
import { marksOf, Places } from "./marks";
import { Progress, Told } from "./progress";
import { isCut } from "./keeping";
import { before, bringBack, keep, replace } from "./replaced";
import { cancel, heard, isBusy, resume, run, start } from "./run";
import { canBePrepared } from "../terminal/able";
import { fragment, isLink, LONGEST, shared } from "./share";
import { Tests } from "./tests";

// Loaded while the first program is judged.
const Judgement = later(async () => (await import("../components/judgement")).Judgement, () => <Progress progress={null} of={0} />);
const Live = later(async () => (await import("../components/live")).Live, Nothing);
const Terminal = later(async () => (await import("../terminal/terminal")).default);

/** Of the window's height: what begins below that is hardly seen. */
const LOW = 0.6;

export function Playground() {
  // Of the contents that the editor shows: grows when somebody else has replaced them.
  const [generation, setGeneration] = useState(0);
  const [goTo, setGoTo] = useState<Mark | null>(null);
  const [terminal, openTerminal] = useState(false);
  const [damaged, setDamaged] = useState(false);
  const linked = useRef<Draft | null>(null);
  const shown = useRef<HTMLElement>(null);
  const replaced = () => setGeneration((number) => number + 1);

  useEffect(() => {
    if (!isLink(location.hash)) return;
    void shared(location.hash).then(async (found) => {
      history.replaceState(history.state, "", location.pathname);
      if (!found) return setDamaged(true);
      await replace(found);
      replaced();
    });
  }, []);

  // Below the window nobody sees that there is something.
  useEffect(() => {
    const top = shown.current?.getBoundingClientRect().top ?? 0;
    if (run.value.is === "idle" || run.value.is === "going" || (top >= 0 && top < innerHeight * LOW)) return;
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    shown.current?.scrollIntoView({ block: "start", behavior: isStill ? "auto" : "smooth" });
  }, [run.value.is]);

  useEffect(() => void resume(draft.value.tests), []);

  // The address is a link to what was shared, and to nothing that is written after that.
  useEffect(() => {
    if (isLink(location.hash) && draft.value !== linked.current) history.replaceState(history.state, "", location.pathname);
  }, [draft.value]);

  useEffect(() => {
    const first = languages.value.find(({ available }) => available) ?? languages.value[0];
    if (draft.value.files.length > 0 || !first) return;
    const chosen = language(draft.value.language) ?? first;
    void choose(chosen.id, replaced);
  }, [languages.value]);

  const { files, active } = draft.value;
  const file = files[active] as SourceFile | undefined;
  const marks = useMemo(() => (run.value.is === "ended" ? marksOf(run.value.submission, files.map(({ name }) => name)) : []), [run.value]);
  const begin = () => mayRun() && void start(asSubmission(draft.value), draft.value.tests);
  const jump = (mark: Mark) => {
    const index = draft.value.files.findIndex(({ name }) => name === mark.file);
    if (index >= 0) change({ active: index });
    setGoTo({ ...mark });
  };

  const result = (
    <section key="result" ref={shown} class="card result" aria-label={t("result.title")}>
      <Told progress={run.value.is === "going" ? run.value.progress : null} ended={run.value.is === "ended" ? run.value.submission : null} />
      <Result begin={begin} marks={marks} jump={jump} />
    </section>
  );

  return (
    <div class="playground" onKeyDown={(event) => runs(event) && (event.preventDefault(), begin())}>
      <h1 class="unseen">{t("nav.playground")}</h1>
      <section class="card writing" aria-label={t("playground.source")}>
        <Toolbar begin={begin} replaced={replaced} terminal={() => openTerminal(true)} linked={(shared) => (linked.current = shared)} />
        {damaged && <div class="replaced wrong" role="alert">{t("share.damaged")}</div>}
        {isCut.value && <div class="replaced" role="status">{t("draft.cut")}</div>}
        {before.value && <Replaced replaced={replaced} />}
        <FileTabs replaced={replaced} />
        <div id="editor" class="editor-frame">
          {!file && languagesError.value && <Refusal error={languagesError.value} />}
          {file && <Editor
            name={file.name} content={file.content} generation={generation} marks={marks} goTo={goTo} run={begin}
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

/** Before it is known who somebody is, nothing is kept from them: the server decides. */
const mayRun = () => session.value === null || session.value === "nobody" || (may("submit") && may("read"));

/** Ctrl+Enter, wherever on the page: the editor has it among its own keys. */
const runs = (event: KeyboardEvent) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.defaultPrevented;

/** A link or a sample has taken the place of what was here. */
function Replaced({ replaced }: { replaced(): void }) {
  return (
    <div class="replaced" role="status">
      <span>{t("draft.replaced")}</span>
      <button type="button" class="quiet" onClick={() => { bringBack(); replaced(); }}>{t("draft.bringBack")}</button>
      <button type="button" class="quiet" onClick={() => (before.value = null)}>{t("draft.forget")}</button>
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

/** A language's example. Tests that somebody has brought, from a problem's sample, stay where there was no program. */
async function choose(id: string, replaced: () => void): Promise<void> {
  const name = language(id)?.source_file ?? "main.txt";
  const { source, stdin, expected } = await example(id);
  // Looked at only now: a test may have been added while the example was on its way.
  const brought = draft.value.files.length === 0 && draft.value.tests !== empty.tests ? draft.value.tests : null;
  change({ language: id, files: [{ name, content: source }], active: 0, tests: brought ?? [{ stdin, expected }], collect: "" });
  replaced();
}

/** An example in the place of what somebody has written, who can bring that back. */
async function showExample(replaced: () => void): Promise<void> {
  const { language } = draft.value;
  await example(language);
  const own = draft.value;
  await choose(language, replaced);
  await keep(own);
}

function Toolbar({ begin, replaced, terminal, linked }: { begin(): void; replaced(): void; terminal(): void; linked(draft: Draft): void }) {
  const [told, tell] = useState("");
  const busy = isBusy();
  const chosen = language(draft.value.language);
  const change_ = async (id: string) => {
    const old = await example(draft.value.language);
    // Looked at only now: somebody may have written on while that was on its way.
    const from = draft.value;
    const untouched = from.files.length === 0 || (from.files.length === 1 && (from.files[0]?.content === old.source || from.files[0]?.content.trim() === ""));
    if (untouched) return choose(id, replaced);
    change({ language: id, files: renamed(from.files, id) });
    replaced();
  };
  const share = async () => {
    const now = draft.value;
    const link = location.origin + location.pathname + (await fragment(now));
    if (link.length > LONGEST) return tell(t("share.tooLong"));
    linked(now);
    history.replaceState(history.state, "", link);
    tell(t(await copy(link) ? "share.done" : "share.address"));
  };
  return (
    <div class="toolbar">
      <label class="language">
        <span class="unseen">{t("playground.language")}</span>
        <select value={draft.value.language} onChange={(event) => void change_(event.currentTarget.value)}>
          <LanguageOptions />
          {!chosen && <option value={draft.value.language}>{languages.value.length > 0 ? t("languages.unknown", { id: draft.value.language }) : draft.value.language}</option>}
        </select>
      </label>
      {busy
        ? <button type="button" class="stop" onClick={() => void cancel()} disabled={run.value.is === "going" && run.value.cancelling}>{t("run.cancel")}</button>
        : <button type="button" class="go" onClick={begin} title="Ctrl+Enter" disabled={!chosen || !mayRun()}>▶ {t("run.button")}</button>}
      <small class="version" title={chosen?.version ?? undefined}>{chosen?.version}</small>
      <button type="button" class="quiet" onClick={() => void showExample(replaced)}>{t("playground.example")}</button>
      <button type="button" class="quiet" onClick={() => void share()}>{t("share.button")}</button>
      <button type="button" class="quiet" onClick={terminal} disabled={!chosen || !canBePrepared(chosen)} title={chosen && !canBePrepared(chosen) ? t("terminal.impossible") : undefined}>{t("terminal.title")}</button>
      <span role="status" class="told">{told}</span>
    </div>
  );
}

/** The only file is called as the other language calls it: by its name compilers know what it is. */
function renamed(files: SourceFile[], id: string): SourceFile[] {
  const only = files[0];
  const name = language(id)?.source_file;
  return files.length === 1 && only && name ? [{ ...only, name }] : files;
}

export function LanguageOptions() {
  const ready = languages.value.filter(({ state }) => state !== "not-installed");
  const others = languages.value.filter(({ state }) => state === "not-installed");
  return (
    <>
      {ready.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}
      {others.length > 0 && (
        <optgroup label={t("languages.notInstalled")}>
          {others.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}
        </optgroup>
      )}
    </>
  );
}
