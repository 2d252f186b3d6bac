/** A problem: read it, try its samples, submit, see what came of it. */

import { useEffect, useState } from "preact/hooks";
import { ApiError, address, getText, query, Unreachable } from "../api/client";
import type { components } from "../api/schema";
import { returns } from "../api/connection";
import { may } from "../api/session";
import { later } from "../components/later";
import { Link } from "../components/link";
import { isKept, Loaded, useLoaded } from "../components/loaded";
import { ChooseFile } from "../components/choose-file";
import { Refusal } from "../components/refusal";
import { Loading, Together } from "../components/together";
import { Windowed } from "../components/windowed";
import { duration, locale, size, t, time } from "../i18n";
import "../i18n/pages";
import { SubmissionTable } from "../submissions/list";
import { nameOf } from "./list";
import { SampleList } from "./samples";
import { Submit } from "./submit";
import { Upload, type Verified } from "./upload";
import { VerifyCard } from "./verify-card";

type Package = components["schemas"]["ProblemPackage"];

const Statement = later(async () => (await import("../statement/statement")).default, Loading);

export default function Problem({ id }: { id: string }) {
  const path = `/api/v1/problems/${encodeURIComponent(id)}`;
  const [state, again] = useLoaded<Package>(path);
  const [judged, setJudged] = useState(0);
  const [verified, verify] = useState<Verified | null>(null);
  return (
    <Loaded from={state} again={again} title={id} list={{ at: "/problems", name: t("problem.all") }}>
      {(problem) => (
        <Together><div class="columns">
          <div class="side">
            <article class="card">
              <h1><bdi>{nameOf(problem.names, problem.id)}</bdi></h1>
              <p class="hint">{kinds(problem).join(" · ")}</p>
              {problem.unjudged && <p class="wrong" lang="en">{problem.unjudged}</p>}
              <Statements problem={problem} path={path} />
            </article>
            <SampleList path={path} problem={problem} />
          </div>
          <div class="side">
            {!problem.unjudged && may("submit") && <Submit problem={problem.id} tests={problem.cases.sample + problem.cases.secret} takesAnswers={problem.type.submit_answer} ended={() => setJudged((number) => number + 1)} />}
            <section class="card unprinted">
              <h2>{t("problem.history")}</h2>
              <SubmissionTable key={judged} filters={{ problem: problem.id }} limit={10} ofOne />
            </section>
            <Versions path={path} problem={problem} verify={verify} />
            <Upload id={problem.id} isPrivate={problem.private} done={again} verify={verify} />
          </div>
          <VerifyCard what={verified} />
        </div></Together>
      )}
    </Loaded>
  );
}

function kinds({ type, limits, cases, private: isPrivate }: Package): string[] {
  return [
    ...(isPrivate ? [t("problem.private")] : []),
    t("problem.limits", { time: duration(limits.cpu_ms), memory: size(limits.memory_bytes) }),
    t("problem.cases", { sample: cases.sample, secret: cases.secret }),
    ...(type.scoring ? [t("problem.scoring")] : []),
    ...(type.interactive ? [t("problem.interactive")] : []),
    ...(type.multi_pass ? [t("problem.multiPass")] : []),
    ...(type.submit_answer ? [t("problem.submitAnswer")] : []),
  ];
}

function Statements({ problem, path }: { problem: Package; path: string }) {
  const languages = problem.statements.map(({ language }) => language);
  const own = locale().slice(0, 2);
  const [chosen, choose] = useState(languages.includes(own) ? own : languages.includes("en") ? "en" : languages[0]);
  const statement = problem.statements.find(({ language }) => language === chosen);
  if (!statement) return <p class="hint">{t("problem.noStatement")}</p>;
  const from = `${path}/statement${query({ language: statement.language, version: problem.version })}`;
  return (
    <>
      {languages.length > 1 && (
        <label class="unprinted"><span>{t("problem.language")}</span><select value={chosen} onChange={(event) => choose(event.currentTarget.value)}>{languages.map((language) => <option key={language} value={language}>{languageName(language)}</option>)}</select></label>
      )}
      {statement.format === "pdf" ? <p><a href={address(from)} download={`${problem.id}.pdf`}>{t("problem.pdf")}</a></p> : <Text key={from} from={from} format={statement.format} />}
      {problem.attachments.length > 0 && (
        <>
          <h2>{t("problem.attachments")}</h2>
          <ul>{problem.attachments.map((name) => { const short = name.replace(/^attachments\//, ""); return <li key={name}><a href={address(`${path}/attachments/${short.split("/").map(encodeURIComponent).join("/")}`)} download><bdi>{short}</bdi></a></li>; })}</ul>
        </>
      )}
    </>
  );
}

/** In itself, as its readers look for it. What is no language keeps its code. */
function languageName(code: string): string {
  try {
    return new Intl.DisplayNames(code, { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}

function Text({ from, format }: { from: string; format: string }) {
  const [text, setText] = useState<string | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  useEffect(() => {
    const show = (text: string) => { setText(text); setError(null); };
    getText(from).then(show, (error) => {
      if (error instanceof ApiError) setError((old) => (isKept(error) && text !== null ? old : error));
      else if (!(error instanceof Unreachable)) throw error;
    });
  }, [from, returns.value]);
  if (error) return <Refusal error={error} />;
  if (text === null) return <Loading />;
  return <Statement text={text} format={format} />;
}

function Versions({ path, problem, verify }: { path: string; problem: Package; verify(what: Verified): void }) {
  const [state] = useLoaded<{ versions: components["schemas"]["Version"][] }>(`${path}/versions`);
  return (
    <section class="card unprinted">
      <h2>{t("problem.versions")}</h2>
      <Loaded from={state}>
        {({ versions }) => (
          <>
            <Windowed name="versions" items={versions} most={50}>
              {(shown, first) => <ol class="versions" start={first + 1}>{shown.map(({ version, pushed_at }) => <li key={version}><code>{version.slice(0, 12)}</code> {time(pushed_at)} {version === problem.version && <strong>{t("problem.newest")}</strong>}</li>)}</ol>}
            </Windowed>
            {!problem.unjudged && may("submit") && may("problems") && <Again versions={versions.map(({ version }) => version)} newest={problem.version} chosen={(version, file) => verify({ problem: problem.id, version, file })} />}
          </>
        )}
      </Loaded>
      {problem.notes.length > 0 && <><h3>{t("problem.notes")}</h3><ul>{problem.notes.map((note) => <li key={note}><bdi>{note}</bdi></li>)}</ul></>}
      <p><Link to="/problems">{t("problem.all")}</Link></p>
    </section>
  );
}

/** The server hands no package out: whoever has it chooses it once more, and its submissions are sent as any others. */
function Again({ versions, newest, chosen }: { versions: string[]; newest: string; chosen(version: string, file: File): void }) {
  const [version, setVersion] = useState(newest);
  return (
    <>
      <h3>{t("verify.begin")}</h3>
      <p class="hint">{t("verify.again")}</p>
      <div class="buttons">
        {versions.length > 1 && (
          <label><span class="unseen">{t("verify.version")}</span><select value={version} onChange={(event) => setVersion(event.currentTarget.value)}>{versions.map((other) => <option key={other} value={other}>{other.slice(0, 12)}</option>)}</select></label>
        )}
        <ChooseFile label={t("verify.package")} accept=".zip,.tar,.gz,.tgz,.kpp" chosen={(file) => chosen(version, file)} />
      </div>
    </>
  );
}
