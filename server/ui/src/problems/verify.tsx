/** The submissions of a package, judged by it: each row is one of them, each square a test, and times are the heat. */

import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "../api/client";
import { follow } from "../api/follow";
import { languages } from "../api/languages";
import { Sending } from "../api/submit";
import type { Submission, TestResult } from "../api/types";
import { Link } from "../components/link";
import { sign, tone, Verdict, verdictName } from "../components/verdict";
import { duration, t } from "../i18n";
import { submissionsOf, Unreadable, type Entry } from "./archive";
import { ANSWERS, areAnswers } from "./bare";

interface Row {
  /** Folder and name. */
  name: string;
  files: Entry[];
  /** Verdicts that its folder allows; null where the folder says nothing. */
  expected: string[] | null;
  submission: Submission | null;
  /** Why it was not judged. */
  problem: string | null;
  /** What was sent, where it is not known to be judged. */
  sending: Sending | null;
}

const EXPECTED: Record<string, string[]> = {
  accepted: ["Accepted"],
  wrong_answer: ["WrongAnswer"],
  time_limit_exceeded: ["TimeLimitExceeded"],
  run_time_error: ["RuntimeError", "MemoryLimitExceeded"],
  memory_limit_exceeded: ["MemoryLimitExceeded", "RuntimeError"],
  output_limit_exceeded: ["OutputLimitExceeded"],
  compile_error: ["CompileError"],
  rejected: ["WrongAnswer", "TimeLimitExceeded", "RuntimeError", "MemoryLimitExceeded", "OutputLimitExceeded"],
};

const AT_ONCE = 2;
const MOST_SQUARES = 400;
/** Of several dialects of an extension. */
const PREFERRED = ["cpp20", "c17", "python3", "java21"];

export default function Verify({ problem, version, file }: { problem: string; version: string; file: File }) {
  const [rows, setRows] = useState<Row[] | null>(null);
  const [failed, fail] = useState<string | null>(null);
  // Judges those once more that were not.
  const [round, again] = useState(0);
  const known = useRef<{ file: File; version: string; rows: Row[] } | null>(null);
  useEffect(() => {
    let gone = false;
    const stops: (() => void)[] = [];
    const before = known.current?.file === file && known.current.version === version ? known.current.rows : null;
    const set = (index: number, changes: Partial<Row>) => {
      if (gone || !known.current) return;
      known.current.rows = known.current.rows.map((row, place) => (place === index ? { ...row, ...changes } : row));
      setRows(known.current.rows);
    };
    const judge = (row: Row, index: number) => new Promise<void>((resolve) => {
      const language = languageOf(row.files);
      if (!language) { set(index, { problem: t("verify.noLanguage") }); return resolve(); }
      const files = Object.fromEntries(row.files.map(({ path, text }) => [withoutFolder(path), text]));
      const sending = Sending.again(row.sending, { problem, version, language, files, stop_at_first_failure: false });
      set(index, { sending });
      sending.send().then((submission) => {
        if (gone) return resolve();
        stops.push(follow(submission.id, {
          progress: () => {},
          ended: (submission) => { set(index, { submission }); resolve(); },
          failed: (error) => { set(index, { problem: error.detail }); resolve(); },
        }));
      }, (error) => { set(index, { problem: error instanceof ApiError ? error.detail : String(error) }); resolve(); });
    });
    const wanted = before ? Promise.resolve(before.map((row) => ({ ...row, problem: null }))) : submissionsOf(file).then(grouped);
    wanted.then(async (found) => {
      if (gone) return;
      known.current = { file, version, rows: found };
      setRows(found);
      let next = 0;
      await Promise.all(Array.from({ length: AT_ONCE }, async () => {
        while (!gone && next < found.length) {
          const index = next;
          next += 1;
          if (!found[index]?.submission) await judge(found[index] as Row, index);
        }
      }));
    }).catch((error) => { if (!gone) fail(error instanceof Unreadable ? error.message : String(error)); });
    return () => { gone = true; stops.forEach((stop) => stop()); };
  }, [problem, version, file, round]);

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
      {isOver && unjudged.length > 0 && <button type="button" onClick={() => again(round + 1)}>{t("verify.once")}</button>}
      <div class="scroll" tabIndex={0} role="region" aria-label={t("verify.title")}>
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
  const all = (submission?.tests ?? []) as TestResult[];
  const results = all.slice(0, MOST_SQUARES);
  return (
    <tr>
      <th scope="row">{submission ? <Link to={`/submissions/${submission.id}`}><bdi>{row.name}</bdi></Link> : <bdi>{row.name}</bdi>}</th>
      <td>{row.problem ? "–" : submission ? (isAsExpected(row) ? <span class="verdict good">✓ {t("verify.yes")}</span> : <span class="verdict bad">✗ {t("verify.no")}</span>) : <span class="spinner" aria-label={t("progress.running")} />}</td>
      <td>{submission?.verdict ? <Verdict verdict={submission.verdict} /> : <span class="wrong">{row.problem}</span>}</td>
      <td><span class="heat-row" role="group" aria-label={t("tests.title")}>{results.map((test) => <Cell key={test.index} test={test} limit={(test.limits ?? submission?.limits)?.cpu_ms ?? 1000} />)}{all.length > results.length && <small>{t("tests.cut", { n: all.length - results.length })}</small>}</span></td>
    </tr>
  );
}

function Cell({ test, limit }: { test: TestResult; limit: number }) {
  const heat = Math.min(4, Math.floor((test.cpu_ms / limit) * 5));
  const told = `${test.name ?? test.index + 1}: ${verdictName(test.verdict)}, ${duration(test.cpu_ms)}`;
  return <span class={`heat-cell ${tone(test.verdict)} heat-${heat}`} title={told} role="img" aria-label={told}>{test.verdict !== "Accepted" && sign(test.verdict)}</span>;
}

function isAsExpected({ submission, expected }: Row): boolean {
  if (!submission?.verdict) return false;
  return expected === null || expected.includes(submission.verdict);
}

/** `accepted/a.py` is one, and so is all that is in `accepted/several/`. */
function grouped(entries: Entry[]): Row[] {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) {
    const name = entry.path.split("/").slice(0, 2).join("/");
    if (/\.(ya?ml|md|txt)$/i.test(name)) continue;
    groups.set(name, [...(groups.get(name) ?? []), entry]);
  }
  return [...groups].sort(([one], [other]) => one.localeCompare(other)).map(([name, files]) => {
    const folder = name.split("/")[0] ?? "";
    return { name, files, expected: Object.hasOwn(EXPECTED, folder) ? (EXPECTED[folder] ?? null) : null, submission: null, problem: null, sending: null };
  });
}

/** Below the folder of its verdict, and below its own, if it is in one. */
function withoutFolder(path: string): string {
  const parts = path.split("/");
  return parts.slice(parts.length > 2 ? 2 : 1).join("/");
}

function languageOf(files: Entry[]): string | null {
  if (areAnswers(files.map(({ path }) => path))) return ANSWERS;
  const extensions = files.map(({ path }) => path.split(".").pop() ?? "");
  const able = languages.value.filter((language) => language.available && extensions.some((extension) => language.extensions.includes(extension)));
  return (able.find(({ id }) => PREFERRED.includes(id)) ?? able[0])?.id ?? null;
}
