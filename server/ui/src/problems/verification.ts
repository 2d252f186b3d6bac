/** The submissions of a package, and the judging of them by one version of its problem. */

import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "../api/client";
import { follow } from "../api/follow";
import { languages } from "../api/languages";
import { Sending } from "../api/submit";
import type { Progress, Submission } from "../api/types";
import { t } from "../i18n";
import { submissionsOf, Unreadable, type Entry } from "./archive";
import { ANSWERS, areAnswers } from "./bare";

export interface Row {
  /** Folder and name. */
  name: string;
  files: Entry[];
  /** Some of its files are left out: it cannot be judged. */
  isPartial: boolean;
  /** Verdicts that its folder allows; null where the folder says nothing. */
  expected: string[] | null;
  /** The tests that it is known to have been judged on, while it is. */
  tests: NonNullable<Progress["tests"]>;
  submission: Submission | null;
  /** Why it was not judged. */
  problem: string | null;
  /** What was sent, where it is not known to be judged. */
  sending: Sending | null;
}

export interface Verification {
  /** Null before the package is read. */
  rows: Row[] | null;
  /** Why it could not be. */
  failed: string | null;
  /** Judges those that were not. */
  again(): void;
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
/** Of several dialects of an extension. */
const PREFERRED = ["cpp20", "c17", "python3", "java21"];

export function useVerification(problem: string, version: string, file: File): Verification {
  const [rows, setRows] = useState<Row[] | null>(null);
  const [failed, fail] = useState<string | null>(null);
  const [round, again] = useState(0);
  const known = useRef<{ file: File; version: string; rows: Row[] } | null>(null);
  useEffect(() => {
    let gone = false;
    const stops: (() => void)[] = [];
    const show = (rows: Row[]) => {
      known.current = { file, version, rows };
      setRows(rows);
    };
    const set = (index: number, changes: Partial<Row>) => {
      if (!gone && known.current) show(known.current.rows.map((row, place) => (place === index ? { ...row, ...changes } : row)));
    };
    const before = known.current?.file === file && known.current.version === version ? known.current.rows : null;
    const wanted = before ? Promise.resolve(before.map((row) => ({ ...row, problem: null }))) : submissionsOf(file).then(grouped);
    wanted.then(async (found) => {
      if (gone) return;
      show(found);
      const isOver = () => gone;
      const begun = (stop: () => void) => void stops.push(stop);
      await inTurn(found, isOver, (row, index) => judged(row, { problem, version }, { set: (changes) => set(index, changes), isOver, begun }));
    }).catch((error) => { if (!gone) fail(error instanceof Unreadable ? t(`archive.${error.why}`) : String(error)); });
    return () => { gone = true; stops.forEach((stop) => stop()); };
  }, [problem, version, file, round]);
  return { rows, failed, again: () => again(round + 1) };
}

/** So many at one time of those that are not judged yet. */
async function inTurn(rows: Row[], isOver: () => boolean, judge: (row: Row, index: number) => Promise<void>): Promise<void> {
  let next = 0;
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (!isOver() && next < rows.length) {
      const index = next;
      next += 1;
      if (!rows[index]?.submission) await judge(rows[index] as Row, index);
    }
  }));
}

interface Heard {
  /** What is new of a submission. */
  set(changes: Partial<Row>): void;
  /** Nobody wants to know any more. */
  isOver(): boolean;
  /** Gets what ends the following. */
  begun(stop: () => void): void;
}

/** Sends one, and follows it to its end. */
function judged(row: Row, by: { problem: string; version: string }, { set, isOver, begun }: Heard): Promise<void> {
  const language = languageOf(row.files);
  if (row.isPartial || !language) {
    set({ problem: t(row.isPartial ? "verify.partial" : "verify.noLanguage") });
    return Promise.resolve();
  }
  const files = Object.fromEntries(row.files.map(({ path, text }) => [withoutFolder(path), text]));
  const sending = Sending.again(row.sending, { ...by, language, files, stop_at_first_failure: false });
  set({ sending, tests: [] });
  return new Promise((resolve) => {
    const over = (changes: Partial<Row>) => { set(changes); resolve(); };
    sending.send().then(
      (submission) => {
        if (isOver() || !submission) return resolve();
        begun(follow(submission.id, { progress: ({ tests = [] }) => set({ tests }), ended: (submission) => over({ submission }), failed: ({ detail }) => over({ problem: detail }) }));
      },
      (error) => over({ problem: error instanceof ApiError ? error.detail : String(error) }),
    );
  });
}

export function isAsExpected({ submission, expected }: Row): boolean {
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
    return { name, files, isPartial: files.some(({ text }) => text === null), expected: Object.hasOwn(EXPECTED, folder) ? (EXPECTED[folder] ?? null) : null, tests: [], submission: null, problem: null, sending: null };
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
