/** What is being written: kept in the browser, so that nothing is lost, and shared as a link. */

import { signal } from "@preact/signals";
import { recall } from "../settings";

export interface SourceFile {
  name: string;
  content: string;
}

export interface Test {
  stdin: string;
  /** Null: nothing is compared. */
  expected: string | null;
}

export interface Limits {
  /** Seconds. */
  cpu: number | null;
  /** Seconds. */
  wall: number | null;
  /** MiB. */
  memory: number | null;
  /** MiB that a program may write to each stream. */
  output: number | null;
}

type Named = "lines" | "tokens" | "exact";

/** As a problem compares: by the default validator of the package format, with its flags. */
export interface OfProblem {
  icpc: Record<string, boolean | number>;
}

export interface Draft {
  language: string;
  files: SourceFile[];
  /** Index of the file that is shown. */
  active: number;
  tests: Test[];
  limits: Limits;
  checker: Named | OfProblem;
  /** One word a line. */
  arguments: string;
  /** Names of files that are handed back. */
  collect: string;
}

export const empty: Draft = {
  language: "cpp20",
  files: [],
  active: 0,
  tests: [{ stdin: "", expected: null }],
  limits: { cpu: null, wall: null, memory: null, output: null },
  checker: "lines",
  arguments: "",
  collect: "",
};

export const MOST_TESTS = 100;
export const MOST_FILES = 32;

/** A draft of what was kept or shared: whatever is not of its form is as in an empty one. */
export function parse(text: string | null): Draft | null {
  let value: unknown;
  try {
    value = JSON.parse(text ?? "null");
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const given = value as Record<string, unknown>;
  const named = list(given["files"]).map((file) => ({ name: string(file["name"], "main"), content: string(file["content"], "") }));
  // Of two with one name nobody knows which is meant.
  const files = named.filter(({ name }, index) => named.findIndex((other) => other.name === name) === index).slice(0, MOST_FILES);
  const tests = list(given["tests"]).slice(0, MOST_TESTS).map((test) => ({
    stdin: string(test["stdin"], ""),
    expected: typeof test["expected"] === "string" ? test["expected"] : null,
  }));
  if (files.length === 0) return null;
  const limits = (given["limits"] ?? {}) as Record<string, unknown>;
  return {
    language: string(given["language"], empty.language),
    files,
    active: Math.min(Math.max(Math.trunc(Number(given["active"])) || 0, 0), files.length - 1),
    tests: tests.length ? tests : empty.tests,
    limits: { cpu: positive(limits["cpu"]), wall: positive(limits["wall"]), memory: positive(limits["memory"]), output: positive(limits["output"]) },
    checker: checkerOf(given["checker"]),
    arguments: string(given["arguments"], ""),
    collect: string(given["collect"], ""),
  };
}

function checkerOf(given: unknown): Draft["checker"] {
  if (given === "tokens" || given === "exact") return given;
  const flags = (given as Partial<OfProblem> | null | undefined)?.icpc;
  if (typeof flags !== "object" || flags === null) return empty.checker;
  return { icpc: Object.fromEntries(Object.entries(flags).filter(([, flag]) => typeof flag === "boolean" || typeof flag === "number")) };
}

const list = (value: unknown) => (Array.isArray(value) ? value.filter((item) => typeof item === "object" && item !== null) : []) as Record<string, unknown>[];
const string = (value: unknown, otherwise: string) => (typeof value === "string" ? value : otherwise);
const positive = (value: unknown) => (typeof value === "number" && value > 0 && Number.isFinite(value) ? value : null);

export const draft = signal<Draft>(parse(recall("draft")) ?? empty);

export const change = (changes: Partial<Draft>): void => {
  draft.value = { ...draft.value, ...changes };
};

/** The draft as the API takes it. */
export function asSubmission(draft: Draft): Record<string, unknown> {
  const words = draft.arguments.split("\n").filter(Boolean);
  const collect = draft.collect.split(/[\s,]+/).filter(Boolean);
  const limits = {
    ...(draft.limits.cpu && { cpu_ms: draft.limits.cpu * 1000 }),
    ...(draft.limits.wall && { wall_ms: draft.limits.wall * 1000 }),
    ...(draft.limits.memory && { memory_bytes: Math.round(draft.limits.memory * 2 ** 20) }),
    ...(draft.limits.output && { output_bytes: Math.round(draft.limits.output * 2 ** 20) }),
  };
  return {
    language: draft.language,
    ...sources(draft),
    tests: draft.tests.map(({ stdin, expected }) => ({ stdin, ...(expected !== null && { expected }) })),
    checker: draft.checker,
    ...(Object.keys(limits).length > 0 && { limits }),
    ...(words.length > 0 && { arguments: words }),
    ...(collect.length > 0 && { collect }),
  };
}

/** Of several files the first is what the program begins with: languages whose sources are compiled together ignore it. */
function sources({ files }: Draft) {
  const named = Object.fromEntries(files.map(({ name, content }) => [name, content]));
  return { files: named, ...(files.length > 1 && { entry_point: files[0]?.name }) };
}
