/** What is written for a problem, as a draft of the playground that is run on one of its samples. */

import { language } from "../api/languages";
import type { components } from "../api/schema";
import { draft, empty, type Draft } from "../playground/draft";
import { kept } from "./answers";

type Package = components["schemas"]["ProblemPackage"];
type Sample = components["schemas"]["Sample"];

/** Under the limits of the problem, and compared as it does: where a validator of its own does that, nothing is. */
export function tried({ id, limits }: Package, { input, answer, answer_bytes, checker }: Sample): Draft {
  const isCompared = checker !== undefined && typeof answer === "string" && answer_bytes === undefined;
  return {
    ...written(id),
    tests: [{ stdin: input, expected: isCompared ? answer : null }],
    limits: { cpu: limits.cpu_ms / 1000, wall: null, memory: limits.memory_bytes / MIB, output: limits.output_bytes / MIB },
    checker: checker ? { icpc: { ...checker.icpc } } : empty.checker,
    arguments: "",
    collect: "",
  };
}

const MIB = 2 ** 20;

/** Where nobody has written anything for it, its page shows what is in the playground. */
function written(problem: string): Pick<Draft, "language" | "files" | "active"> {
  const own = kept(problem);
  if (!own) return draft.value;
  return { language: own.language, files: [{ name: language(own.language)?.source_file ?? "main.txt", content: own.source }], active: 0 };
}
