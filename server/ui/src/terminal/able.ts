/** Which programs can be run on a terminal. */

import type { Language } from "../api/types";

const COMPILERS = ["gcc", "g++", "clang", "clang++"];

/** Compilers leave an executable, interpreters take the source as it is; of what needs more, its own image must run it. */
export function canBePrepared(language: Language): boolean {
  return COMPILERS.includes(language.compile[0] ?? "") || isInterpreted(language);
}

export function isInterpreted({ run }: Language): boolean {
  return run.at(-1) === "{entry}" && run.slice(0, -1).every((word) => /^[\w.+-]+$/.test(word));
}
