/** Finds places in source files in what compilers and runtimes say: each has a form of its own for them. */

import type { Mark } from "../editor/mark";

/** Lines that are looked at: a log may be long, and nobody reads more marks than that. */
const MOST_LINES = 2000;
const MOST_MARKS = 100;

const escape = (name: string) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** `main.cpp:3:5: error: …`, `main.pas(3,5) Fatal: …`, `File "main.py", line 3`, `main.py line 3`, `in main.php on line 3`. */
function forms(name: string): RegExp {
  const file = `(?<![\\w-])${escape(name)}`;
  return new RegExp(
    `${file}(?::(?<a>\\d+)(?:[:.](?<b>\\d+))?|\\((?<c>\\d+)(?:,(?<d>\\d+))?\\)|"?,? (?:on |at )?line (?<e>\\d+)(?:,? (?:column|col) (?<f>\\d+))?)`,
  );
}

/** What is a note and no error. */
const HARMLESS = /\b(note|warning|hint|remark|info)\b\s*:/i;

/** Marks of what a compiler or a runtime says, in its order, of files of these names. */
export function places(said: string, names: string[]): Mark[] {
  const found: Mark[] = [];
  const lines = said.split("\n", MOST_LINES);
  // The longest name first: `main.c` is a part of `my-main.c`.
  const known = [...names].sort((one, other) => other.length - one.length).map((name) => ({ name, form: forms(name) }));
  lines.forEach((line, index) => {
    if (found.length >= MOST_MARKS || line.length > 4000) return;
    for (const { name, form } of known) {
      const groups = form.exec(line)?.groups;
      if (!groups) continue;
      if (!HARMLESS.test(line)) found.push(place(name, groups, message(line, lines, index)));
      return;
    }
  });
  return found;
}

function place(file: string, { a, b, c, d, e, f }: Record<string, string | undefined>, message: string): Mark {
  const column = b ?? d ?? f;
  return { file, line: Number(a ?? c ?? e), column: column ? Number(column) : null, message };
}

/** Rust says what is wrong before the place, Python behind it. */
function message(line: string, lines: string[], index: number): string {
  if (/^\s*-->/.test(line)) return (lines[index - 1] ?? line).trim();
  const behind = line.replace(/^.*?:\d+(?::\d+)?:\s*|^.*?\(\d+(?:,\d+)?\):?\s*/, "");
  if (behind !== line && behind.trim()) return behind.trim();
  if (/^\s*File "/.test(line)) return (lines.slice(index + 1).find((next) => /^\w+(Error|Exception|Interrupt)?\b.*:/.test(next)) ?? line).trim();
  return line.trim();
}
