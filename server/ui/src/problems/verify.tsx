/** The submissions of a package, judged by it: each row is one of them, each square a test, and times are the heat. */

import type { TestResult } from "../api/types";
import { Link } from "../components/link";
import { sign, tone, Verdict, verdictName } from "../components/verdict";
import { duration, t } from "../i18n";
import { isAsExpected, useVerification, type Row } from "./verification";

const MOST_SQUARES = 400;

export default function Verify({ problem, version, file }: { problem: string; version: string; file: File }) {
  const { rows, failed, again } = useVerification(problem, version, file);
  if (failed !== null) return <p class="wrong" role="alert">{t("verify.unreadable", { why: failed })}</p>;
  if (rows === null) return <p class="hint">{t("loading")}</p>;
  if (rows.length === 0) return <p class="hint">{t("verify.none")}</p>;
  const judged = rows.filter((row) => row.submission);
  const unjudged = rows.filter((row) => row.problem);
  const wrong = judged.filter((row) => !isAsExpected(row));
  const isOver = judged.length + unjudged.length === rows.length;
  return (
    <>
      <h2>{t("verify.title")} <small>{problem} <code>{version.slice(0, 12)}</code></small></h2>
      <p role="status">{t("verify.progress", { done: judged.length, all: rows.length })} {isOver && told(wrong.length, unjudged.length)}</p>
      {isOver && unjudged.some((row) => !row.isPartial) && <button type="button" onClick={again}>{t("verify.once")}</button>}
      <div class="scroll heated" tabIndex={0} role="region" aria-label={t("verify.title")}>
        <table class="heat">
          <thead><tr><th scope="col">{t("verify.submission")}</th><th scope="col">{t("verify.as")}</th><th scope="col">{t("groups.verdict")}</th><th scope="col">{t("tests.title")}</th></tr></thead>
          <tbody>{rows.map((row) => <Line key={row.name} row={row} />)}</tbody>
        </table>
      </div>
      <Legend />
    </>
  );
}

function told(wrong: number, unjudged: number): string {
  const parts = [wrong > 0 && t("verify.wrong", { n: wrong }), unjudged > 0 && t("verify.unjudged", { n: unjudged })];
  return parts.filter(Boolean).join(" ") || t("verify.well");
}

/** What the squares say. */
function Legend() {
  return (
    <p class="hint heat-legend">
      <span>{t("verify.little")}</span>
      <span class="heat-row" aria-hidden="true">{[0, 1, 2, 3, 4].map((heat) => <span key={heat} class={`heat-cell good heat-${heat}`} />)}</span>
      <span>{t("verify.much")}</span>
      <span class="heat-row" aria-hidden="true"><span class="heat-cell bad">{sign("WrongAnswer")}</span><span class="heat-cell fault">{sign("JudgeError")}</span></span>
      <span>{t("verify.signs")}</span>
    </p>
  );
}

function Line({ row }: { row: Row }) {
  const { submission } = row;
  const all: Told[] = submission ? ((submission.tests ?? []) as TestResult[]) : row.tests;
  const results = all.slice(0, MOST_SQUARES);
  return (
    <tr>
      <th scope="row">{submission ? <Link to={`/submissions/${submission.id}`}><bdi>{row.name}</bdi></Link> : <bdi>{row.name}</bdi>}</th>
      <td>{row.problem ? "–" : submission ? (isAsExpected(row) ? <span class="verdict good">✓ {t("verify.yes")}</span> : <span class="verdict bad">✗ {t("verify.no")}</span>) : <span class="spinner" aria-label={t("progress.running")} />}</td>
      <td>{submission?.verdict ? <Verdict verdict={submission.verdict} /> : <span class="wrong">{row.problem}</span>}</td>
      <td><span class="heat-row" role="group" aria-label={t("tests.title")}>{results.map((test) => <Cell key={test.index} test={test} limit={(test.limits ?? submission?.limits)?.cpu_ms} />)}{all.length > results.length && <small>{t("tests.cut", { n: all.length - results.length })}</small>}</span></td>
    </tr>
  );
}

/** Of a test that was judged just now the verdict alone is known: how long it took comes with the judgement. */
type Told = Pick<TestResult, "index" | "verdict"> & Partial<TestResult>;

function Cell({ test, limit = 1000 }: { test: Told; limit: number | undefined }) {
  const time = test.cpu_ms;
  const heat = time === undefined ? "" : `heat-${Math.min(4, Math.floor((time / limit) * 5))}`;
  const told = `${test.name ?? test.index + 1}: ${verdictName(test.verdict)}${time === undefined ? "" : `, ${duration(time)}`}`;
  return <span class={`heat-cell ${tone(test.verdict)} ${heat}`} title={told} role="img" aria-label={told}>{test.verdict !== "Accepted" && sign(test.verdict)}</span>;
}
