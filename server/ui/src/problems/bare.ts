/** Answers to a problem's cases, in the place of a program: files that are called as the cases are. */

/** What such submissions have in the place of a language. */
export const ANSWERS = "answers";

export const areAnswers = (names: string[]) => names.length > 0 && names.every((name) => /\.(ans|out)$/.test(name));
