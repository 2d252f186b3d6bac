/** What came of a submission: the verdict first, then why, then each test. */

import { type Signal, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { count, duration, size, t, type Sentence } from "../i18n";
import "../i18n/pages";
import { reason } from "../i18n/reasons";
import type { AppliedLimits, Submission, TestResult } from "../api/types";
import { Bar } from "./bar";
import { Diff } from "./diff";
import { Files } from "./files";
import { Output } from "./output";
import { marked, Verdict, tone, verdictName } from "./verdict";

export interface Props {
  submission: Submission;
  /** What each test was held against, where it is known here. */
  tests?: { stdin: string; expected: string | null }[];
  /** Shown behind a compiler's or runtime's words. */
  places?: ComponentChildren;
  /** Index of the test that is shown, where it is chosen elsewhere, too. */
  chosen?: Signal<number | null>;
}

/** Was any output held against anything? Undefined where that is not known here. */
const isCompared = (tests: Props["tests"]): boolean | undefined => tests?.some(({ expected }) => expected !== null);

/** Where the test is that is shown. */
export const SHOWN_TEST = "shown-test";

export function Judgement({ submission, tests, places, chosen: elsewhere }: Props) {
  const verdict = submission.verdict;
  const results = (submission.tests ?? []) as TestResult[];
  const worst = results.find((test) => test.verdict !== "Accepted");
  const here = useSignal<number | null>(null);
  const chosen = elsewhere ?? here;
  if (!verdict) return <p class="hint">{t(`state.${submission.state}` as Sentence)}</p>;
  const shown = results.find((test) => test.index === chosen.value) ?? worst ?? results[0];
  const why = submission.reason ?? (results.length === 1 ? results[0]?.reason : null);
  return (
    <div class="judgement">
      <header class={`summary ${tone(verdict)}`}>
        <h2><Verdict verdict={verdict} /></h2>
        <p>{t(verdict === "Accepted" && isCompared(tests) === false ? "explained.notCompared" : (`explained.${verdict}` as Sentence))}</p>
        {submission.summary && results.length > 1 && (
          <p>{t("judgement.passed", { passed: submission.summary.passed, total: submission.summary.total })}</p>
        )}
        {submission.score !== undefined && <p class="score">{t("judgement.score", { score: submission.score })}</p>}
        {why && <p class="reason">{reason(why)}</p>}
        {places}
      </header>
      <Compiler submission={submission} />
      <Groups submission={submission} />
      {results.length > 1 && <Strip results={results} shown={shown} choose={(index) => (chosen.value = index)} />}
      {shown && <Test test={shown} limits={shown.limits ?? submission.limits} isOnly={results.length === 1} given={tests?.[shown.index]} />}
    </div>
  );
}

/** In few words, for a screen reader. */
export function Outcome({ submission: { verdict, state, reason: own, tests } }: { submission: Submission }) {
  if (!verdict) return <>{t(`state.${state}` as Sentence)}</>;
  const why = own ?? ((tests ?? []) as TestResult[]).find((test) => test.verdict !== "Accepted")?.reason;
  return <>{why ? `${verdictName(verdict)}: ${reason(why)}` : verdictName(verdict)}</>;
}

function Compiler({ submission }: { submission: Submission }) {
  const compile = submission.compile;
  if (!compile) return null;
  const figures = `${duration(compile.cpu_ms)} · ${size(compile.memory_bytes)}${compile.cached ? ` · ${t("compile.cached")}` : ""}`;
  return (
    <details class="compiler" open={!compile.ok}>
      <summary>{compile.ok ? t("compile.ok") : t("compile.failed")} <small>{figures}</small></summary>
      {compile.log ? <Output title={t("compile.log")} text={compile.log} truncated={compile.log_truncated} /> : <p class="hint">{t("compile.silent")}</p>}
    </details>
  );
}

function Groups({ submission }: { submission: Submission }) {
  const groups = submission.groups ?? [];
  if (groups.length === 0) return null;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={t("groups.title")}>
      <table>
        <caption>{t("groups.title")}</caption>
        <thead><tr><th scope="col">{t("groups.name")}</th><th scope="col">{t("groups.verdict")}</th><th scope="col" class="number">{t("groups.score")}</th></tr></thead>
        <tbody>
          {groups.map((group) => (
            <tr key={group.name}>
              <th scope="row"><bdi>{group.name}</bdi></th>
              <td>{group.verdict ? <Verdict verdict={group.verdict} /> : t("groups.skipped")}</td>
              <td class="number">{group.score ?? "–"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Tests that are listed one by one; of more, those that were not accepted come first. */
const MOST = 200;

function Strip(props: { results: TestResult[]; shown: TestResult | undefined; choose(index: number): void }) {
  const { results, shown, choose } = props;
  const listed = results.length <= MOST ? results : [...results].sort((one, other) => Number(one.verdict === "Accepted") - Number(other.verdict === "Accepted")).slice(0, MOST);
  return (
    <div class="strip" role="group" aria-label={t("tests.all")}>
      {listed.map((test) => (
        <button
          key={test.index} type="button" class={`cell ${tone(test.verdict)}`} aria-pressed={test === shown}
          aria-label={`${t("test.number", { n: test.index + 1 })}: ${verdictName(test.verdict)}`} onClick={() => choose(test.index)}
        >
          {marked(test)}
        </button>
      ))}
      {listed.length < results.length && <span class="hint">{t("tests.cut", { n: results.length - listed.length })}</span>}
    </div>
  );
}

/** Of the only one its verdict and why stand above already. */
function Test(props: { test: TestResult; limits: AppliedLimits | undefined; isOnly: boolean; given: { stdin: string; expected: string | null } | undefined }) {
  const { test, limits, isOnly, given } = props;
  const expected = given?.expected ?? null;
  const isWrong = test.verdict === "WrongAnswer";
  return (
    <section class="test" id={SHOWN_TEST} tabIndex={-1} aria-label={t("test.number", { n: test.index + 1 })}>
      {!isOnly && <h3>{t("test.number", { n: test.index + 1 })} {test.name && <small><bdi>{test.name}</bdi></small>} · <Verdict verdict={test.verdict} /></h3>}
      {!isOnly && test.reason && <p class="reason">{reason(test.reason)}</p>}
      {test.feedback && <p class="feedback"><strong>{t("test.feedback")}</strong> <bdi>{test.feedback}</bdi></p>}
      {test.hidden && <p class="hint">{t("test.hidden")}</p>}
      {test.node && <p class="hint">{t((test.time_scale ?? 1) > 1 ? "test.scaled" : "test.node", { node: test.node, factor: test.time_scale ?? 1 })} {test.first_node && t("test.firstNode", { node: test.first_node })}</p>}
      {isWrong && <Difference test={test} expected={expected} />}
      <Bar label={t("figure.cpu")} value={test.cpu_ms} limit={limits?.cpu_ms} format={duration} />
      <Bar label={t("figure.wall")} value={test.wall_ms} limit={limits?.wall_ms} format={duration} />
      <Bar label={t("figure.memory")} value={test.memory_bytes} limit={limits?.memory_bytes} format={size} />
      <Ending test={test} />
      <Output title={t("output.stdout")} text={text(test.stdout, test.stdout_base64)} truncated={test.stdout_truncated} />
      <Output title={t("output.stderr")} text={text(test.stderr, test.stderr_base64)} truncated={test.stderr_truncated} />
      {!test.hidden && test.wall_ms > 0 && !hasWritten(test) && <p class="hint">{t("output.none")}</p>}
      {test.transcript && <Output title={t("output.transcript")} text={test.transcript} />}
      <Files files={test.files ?? []} />
    </section>
  );
}

/** Of what was not kept there may be nothing. */
const hasWritten = (test: TestResult): boolean =>
  Boolean(test.transcript || test.stdout || test.stdout_base64 || test.stderr || test.stderr_base64 || test.stdout_truncated || test.stderr_truncated);

/** What is wrong comes before how long it took. Of an output that is not there to its end the rest would look as if it were missing. */
function Difference({ test: { stdout, stdout_truncated, difference }, expected }: { test: TestResult; expected: string | null }) {
  const whole = expected === null || stdout === undefined || stdout_truncated ? null : { expected, got: stdout };
  return (
    <>
      {whole && <Diff expected={whole.expected} got={whole.got} at={difference?.line ?? null} />}
      {difference && <p class="hint">{t("diff.first", { line: difference.line, column: difference.column })}</p>}
      {!whole && difference && <Diff expected={difference.expected ?? ""} got={difference.got ?? ""} first={difference.line} />}
    </>
  );
}

/** Where the reason does not say it already. */
function Ending({ test }: { test: TestResult }) {
  if (/SIG[A-Z]+|status \d/.test(test.reason ?? "")) return null;
  if (test.signal) return <p class="hint">{t("ending.signal", { signal: test.signal })}</p>;
  if (test.exit_code) return <p class="hint">{t("ending.status", { status: test.exit_code })}</p>;
  return null;
}

/** Bytes that are no text are told by their number: what they would look like is nobody's. */
function text(plain: string | undefined, base64: string | undefined): string {
  if (plain !== undefined) return plain;
  return base64 ? t("output.binary", { bytes: count(bytesOf(base64), "bytes.one", "bytes.many") }) : "";
}

const bytesOf = (base64: string): number => (base64.length / 4) * 3 - (base64.endsWith("==") ? 2 : base64.endsWith("=") ? 1 : 0);
