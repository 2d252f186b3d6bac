/** One submission: what came of it, when, and what came of it before. */

import { useSignal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { ApiError, request, Unreachable } from "../api/client";
import { returns } from "../api/connection";
import { follow, isFinal } from "../api/follow";
import type { Heard } from "../api/heard";
import { isOperator, may } from "../api/session";
import { language } from "../api/languages";
import type { Progress as Stage, Submission, TestResult } from "../api/types";
import { Judgement } from "../components/judgement";
import { JudgedBy } from "../components/judged-by";
import { Link } from "../components/link";
import { Live } from "../components/live";
import { Loaded, useLoaded } from "../components/loaded";
import { Refusal } from "../components/refusal";
import { Together } from "../components/together";
import { Verdict } from "../components/verdict";
import { Editor } from "../editor/editor";
import { duration, size, t, time } from "../i18n";
import "../i18n/pages";
import { Progress } from "../playground/progress";
import { History } from "./history";

export default function Detail({ id }: { id: string }) {
  const [state, again] = useLoaded<Submission>(`/api/v1/submissions/${encodeURIComponent(id)}`);
  return <Loaded from={state} again={again} title={`${t("submission.title")} ${id.slice(0, 8)}`}>{(submission) => <Shown key={submission.id} first={submission} />}</Loaded>;
}

function Shown({ first }: { first: Submission }) {
  const [submission, setSubmission] = useState(first);
  const [stage, setStage] = useState<Stage | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [followed, setFollowed] = useState(0);
  const heard = useSignal<Heard | null>(null);
  useEffect(() => setSubmission(first), [first]);
  useEffect(() => {
    setError(null);
    if (isFinal(submission)) return;
    return follow(submission.id, { progress: setStage, heard: (now) => (heard.value = now), ended: (ended) => { setSubmission(ended); setStage(null); }, failed: setError });
    // An order to judge again may have been taken though nobody heard so, and who has signed in may follow once more.
  }, [submission.id, followed, isFinal(submission), returns.value]);
  const act = async (method: "POST" | "DELETE", path: string) => {
    try {
      await request(method, path);
      setError(null);
      setSubmission((old) => (method === "POST" ? { ...old, rejudging: true } : old));
      setFollowed((number) => number + 1);
    } catch (error) {
      if (error instanceof ApiError) setError(error);
      else if (!(error instanceof Unreachable)) throw error;
    }
  };
  const path = `/api/v1/submissions/${submission.id}`;
  return (
    <Together><div class="columns">
      <section class="card">
        <h1>{t("submission.title")} <code>{submission.id.slice(0, 8)}</code></h1>
        <Facts submission={submission} />
        {!isFinal(submission) && <Progress progress={stage ?? { state: submission.rejudging ? "queued" : submission.state, ...(submission.position !== null && submission.position !== undefined && { position: submission.position }) }} of={submission.summary?.total ?? 0} />}
        {!isFinal(submission) && <Live heard={heard} />}
        {error && <Refusal error={error} />}
        <div class="buttons">
          {!isFinal(submission) && !submission.rejudging && may("submit") && <button type="button" class="stop" onClick={() => void act("DELETE", path)}>{t("run.cancel")}</button>}
          {isFinal(submission) && submission.state === "done" && isOperator() && <button type="button" onClick={() => void act("POST", `${path}/rejudge`)}>{t("submission.rejudge")}</button>}
        </div>
        <Judgement submission={submission} />
      </section>
      <div class="side">
        <Source submission={submission} />
        {submission.verdict && <TestTable submission={submission} />}
        {submission.verdict && <History key={submission.rejudged_at} submission={submission} />}
      </div>
    </div></Together>
  );
}

function Facts({ submission }: { submission: Submission }) {
  const judged = submission.finished_at ? Date.parse(submission.finished_at) - Date.parse(submission.created_at) : null;
  const tests = (submission.tests ?? []) as TestResult[];
  const running = tests.reduce((sum, test) => sum + test.wall_ms, 0);
  const compiling = submission.compile && !submission.compile.cached ? submission.compile.wall_ms : 0;
  return (
    <>
      <dl class="facts">
        <dt>{t("playground.language")}</dt><dd>{language(submission.language)?.name ?? submission.language}</dd>
        {submission.user && <><dt>{t("submissions.user")}</dt><dd><Link to={`/submissions?user=${encodeURIComponent(submission.user)}`}><bdi>{submission.user}</bdi></Link></dd></>}
        {submission.problem && <><dt>{t("submissions.problem")}</dt><dd><JudgedBy problem={submission.problem} /> <small>{submission.problem.version.slice(0, 8)}</small></dd></>}
        <dt>{t("submissions.created")}</dt><dd>{time(submission.created_at)}</dd>
        {submission.finished_at && <><dt>{t("submission.finished")}</dt><dd>{time(submission.finished_at)}</dd></>}
        {submission.rejudged_at && <><dt>{t("submission.rejudged")}</dt><dd>{time(submission.rejudged_at)}</dd></>}
        {Object.entries(submission.reference ?? {}).map(([name, value]) => <><dt><bdi>{name}</bdi></dt><dd><bdi>{value}</bdi></dd></>)}
      </dl>
      {judged !== null && !submission.rejudged_at && <Timeline whole={judged} compiling={compiling} running={running} />}
    </>
  );
}

/** What is left is the queue, sandboxes, and what looks at outputs. Tests of one submission may run beside each other: then nothing is. */
function Timeline({ whole, compiling, running }: { whole: number; compiling: number; running: number }) {
  const known = compiling + running;
  const parts = [
    { name: t("timeline.waited"), ms: Math.max(whole - known, 0), tone: "waiting" },
    { name: t("timeline.compiled"), ms: compiling, tone: "compiling" },
    { name: t("timeline.ran"), ms: running, tone: "running" },
  ];
  const sum = parts.reduce((all, part) => all + part.ms, 0) || 1;
  let left = 0;
  return (
    <figure class="timeline">
      <figcaption>{t("timeline.title", { time: duration(whole) })}</figcaption>
      <svg viewBox="0 0 100 4" preserveAspectRatio="none" role="img" aria-label={parts.map((part) => `${part.name}: ${duration(part.ms)}`).join(", ")}>
        {parts.map((part) => {
          const x = left;
          const width = (part.ms / sum) * 100;
          left += width;
          return <rect key={part.tone} class={part.tone} x={x} y={0} width={width} height={4} />;
        })}
      </svg>
      <ul class="legend">{parts.map((part) => <li key={part.tone}><span class={`dot ${part.tone}`} aria-hidden="true" /> {part.name} <span class="number">{duration(part.ms)}</span></li>)}</ul>
    </figure>
  );
}

const MOST = 1000;

function TestTable({ submission }: { submission: Submission }) {
  const all = (submission.tests ?? []) as TestResult[];
  const tests = all.slice(0, MOST);
  if (tests.length === 0) return null;
  return (
    <section class="card">
      <h2>{t("tests.title")}</h2>
      <div class="scroll tall" tabIndex={0} role="region" aria-label={t("tests.title")}>
        <table class="list">
          <thead><tr><th scope="col">#</th><th scope="col">{t("groups.verdict")}</th><th scope="col" class="number">{t("figure.cpu")}</th><th scope="col" class="number">{t("figure.memory")}</th><th scope="col" class="number">{t("groups.score")}</th></tr></thead>
          <tbody>
            {tests.map((test) => (
              <tr key={test.index}>
                <th scope="row"><bdi>{test.name ?? test.index + 1}</bdi></th><td><Verdict verdict={test.verdict} /></td><td class="number">{duration(test.cpu_ms)}</td>
                <td class="number">{size(test.memory_bytes)}</td><td class="number">{test.score ?? "–"}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {all.length > tests.length && <p class="hint">{t("tests.cut", { n: all.length - tests.length })}</p>}
      </div>
    </section>
  );
}

function Source({ submission }: { submission: Submission }) {
  const [state, again] = useLoaded<{ files: Record<string, string>; files_base64?: Record<string, string> }>(`/api/v1/submissions/${submission.id}/sources`);
  const [shown, show] = useState(0);
  return (
    <section class="card">
      <h2>{t("playground.source")}</h2>
      <Loaded from={state} again={again}>
        {({ files }) => {
          const names = Object.keys(files);
          const name = names[Math.min(shown, names.length - 1)];
          if (name === undefined) return <p class="hint">{t("submission.noSource")}</p>;
          return (
            <>
              {names.length > 1 && <div class="tabs">{names.map((other, index) => <button key={other} type="button" aria-pressed={index === shown} onClick={() => show(index)}><bdi>{other}</bdi></button>)}</div>}
              <div class="source-frame"><Editor name={name} content={files[name] ?? ""} generation={0} marks={[]} goTo={null} readOnly /></div>
            </>
          );
        }}
      </Loaded>
    </section>
  );
}
