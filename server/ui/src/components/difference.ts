/** How two texts differ, for people: line by line, and within a line. */

/** Lines that are shown of longer texts, and of them before the first difference. */
export const MOST = 400;
const BEFORE = 20;

/** Characters that are shown of a line, and of them before the first difference. */
export const LONGEST_LINE = 2000;
const AROUND = 200;

export interface Row {
  kind: "same" | "changed" | "missing" | "extra";
  number: number;
  expected: string | null;
  got: string | null;
}

/**
 * Lines side by side, and how many there are in all. A judge compares by lines in order, so nothing is moved to find more that is alike.
 * `at` is the line in which the judge has found the first difference: it may pass over others, as at the end of a line.
 */
export function rows(expected: string, got: string, at: number | null = null): { rows: Row[]; of: number } {
  const [left, right] = [lines(expected), lines(got)];
  const of = Math.max(left.length, right.length);
  const begin = of <= MOST ? 0 : Math.max(Math.min((at ?? differing(left, right)) - 1 - BEFORE, of - MOST), 0);
  const shown = Array.from({ length: Math.min(of - begin, MOST) }, (_, row): Row => {
    const index = begin + row;
    const [one, other] = [left[index] ?? null, right[index] ?? null];
    const kind = one === other ? "same" : one === null ? "extra" : other === null ? "missing" : "changed";
    return { kind, number: index + 1, expected: one, got: other };
  });
  return { rows: shown, of };
}

/** The number of the first line that is not the same in both. */
function differing(left: string[], right: string[]): number {
  let index = 0;
  while (index < left.length && left[index] === right[index]) index += 1;
  return index + 1;
}

function lines(text: string): string[] {
  const all = text.split("\n");
  if (all[all.length - 1] === "") all.pop();
  return all;
}

/** Of a line: what both begin with, what is this one's own, and what both end with. A line may have megabytes: looked at and
 * shown is what lies around the first difference. */
export function parts(text: string, other: string): { before: string; middle: string; behind: string } {
  const begin = common(text, other);
  const from = Math.max(begin - AROUND, 0);
  const [own, others] = [text, other].map((whole) => whole.slice(begin, begin + LONGEST_LINE)) as [string, string];
  const isWhole = text.length <= begin + LONGEST_LINE && other.length <= begin + LONGEST_LINE;
  const end = isWhole ? common(reversed(own), reversed(others)) : 0;
  const cut = text.length > begin + LONGEST_LINE ? "…" : "";
  return { before: (from > 0 ? "…" : "") + text.slice(from, begin), middle: own.slice(0, own.length - end), behind: own.slice(own.length - end) + cut };
}

function common(one: string, other: string): number {
  let index = 0;
  while (index < one.length && index < other.length && one[index] === other[index]) index += 1;
  return index;
}

const reversed = (text: string) => text.split("").reverse().join("");

/** By name: few fonts have pictures for them. */
const CONTROLS: Record<string, string> = { "\0": "NUL", "\u0007": "BEL", "\b": "BS", "\r": "CR", "\u001b": "ESC", "\u007f": "DEL" };

const code = (letter: string) => `U+${(letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;

/** What is not seen, or looks like a blank and is another letter: controls, white space of other widths, what turns letters around, and fillers. */
const UNSEEN = /(?![\t\n ])[\p{Cc}\p{Cf}\p{Zs}\p{Zl}\p{Zp}\u115f\u1160\u3164\ufe00-\ufe0f\uffa0]/gu;

/** White space and controls as signs: a blank at the end of a line is a frequent fault. */
export function visible(text: string): string {
  return text
    .slice(0, LONGEST_LINE)
    .replace(UNSEEN, (letter) => `⟨${CONTROLS[letter] ?? code(letter)}⟩`)
    .replaceAll("\t", "→\t")
    .replaceAll(" ", "·");
}
