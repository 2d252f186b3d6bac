/** Finds places in source files in what compilers and runtimes say: each has a form of its own for them. */

import type { Mark } from "../editor/mark";

/** Lines that are looked at: a log may be long, and nobody reads more marks than that. */
const MOST_LINES = 2000;
const MOST_MARKS = 100;

const escape = (name: string) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** A place that is named behind the file: `main.cpp:3:5: error: …`, `main.hs:(3,5)-(4,7): error: …`, `in main.cs:line 3`, `main.pas(3,5) Fatal: …`,
 * `File "main.py", line 3`, `main.ml", lines 3-5`, `main.sh: line 3: …`, `main.py line 3`, `in main.php on line 3`. */
const BEHIND = [
  /:(?:line )?(?<line>\d+)(?:[:.](?<column>\d+))?/, /:?\((?<line>\d+)(?:,(?<column>\d+))?(?:[-,]\d+)*\)/,
  /"?[,:]? (?:on |at )?lines? (?<line>\d+)(?:,? (?:column|col) (?<column>\d+))?/,
];

/** And before it: `parse error near line 3 of file main.m`, `At line 3 of file main.f90`, `PRICE, line 3 of main.pas`. */
const BEFORE = /\bline (?<line>\d+)(?:, column (?<column>\d+))? of (?:file )?(?:\S*\/)?/;

function forms(name: string): RegExp[] {
  const file = escape(name);
  return [...BEHIND.map((place) => new RegExp(`(?<![\\w-])${file}${place.source}`)), new RegExp(`${BEFORE.source}${file}(?![\\w.-]*\\w)`)];
}

/** Of compilers and runtimes that name no file, or not in that line: `…, in f line 3` and `    f at line 3 column 5` (Octave), `Parse error near line 3: …`
 * (SQLite), `(in form starting at line: 3, column: 5` (SBCL). */
const WITHOUT = [
  /, in (?<part>\S+) line (?<line>\d+)$/, /^ +(?<part>[\w>]+) at line (?<line>\d+)(?: column (?<column>\d+))?$/, /\b(?:near|at) line (?<line>\d+)(?=[:.,]|$)/,
  /\bline: (?<line>\d+), column: (?<column>\d+)/i,
];

/** Languages whose runtimes are so, with the extension of a file that has a part of the program by its name. */
const NAMELESS: Record<string, string> = { octave: ".m", sql: ".sql", lisp: ".lisp" };

/** What is a note and no error. */
const HARMLESS = /\b(note|warning|hint|remark|info)\b\s*:/i;

/** Marks of what a compiler or a runtime of a language says, in its order, of files of these names. The program begins in the first of them. */
export function places(said: string, names: string[], language = ""): Mark[] {
  const found: Mark[] = [];
  const lines = said.split("\n", MOST_LINES);
  // The longest name first: `main.c` is a part of `my-main.c`.
  const known = [...names].sort((one, other) => other.length - one.length).map((name) => ({ name, forms: forms(name) }));
  const extension = Object.hasOwn(NAMELESS, language) ? NAMELESS[language] : undefined;
  const find = (line: string): { file: string; groups: Groups } | null => {
    for (const { name, forms } of known) {
      const groups = firstOf(forms, line);
      if (groups) return { file: name, groups };
    }
    const groups = extension === undefined ? null : firstOf(WITHOUT, line);
    const file = names.includes(`${groups?.["part"]}${extension}`) ? `${groups?.["part"]}${extension}` : names[0];
    return groups && file !== undefined ? { file, groups } : null;
  };
  lines.forEach((line, index) => {
    if (found.length >= MOST_MARKS || line.length > 4000) return;
    const place = HARMLESS.test(line) ? null : find(line);
    if (place) found.push(mark(place.file, place.groups, message(line, lines, index)));
  });
  return found;
}

type Groups = Record<string, string | undefined>;

function firstOf(forms: RegExp[], line: string): Groups | null {
  for (const form of forms) {
    const groups = form.exec(line)?.groups;
    if (groups) return groups;
  }
  return null;
}

function mark(file: string, { line, column }: Groups, message: string): Mark {
  return { file, line: Number(line), column: column ? Number(column) : null, message };
}

/** What stands before a message: the place, and not the half of one that ends the line. */
const PLACE = /^.*?(?::\d+(?:[:.]\d+)?(?:-\d+)?:(?!\d)|:?\(\d+(?:,\d+)?\)(?:-\(\d+,\d+\))?:?|: line \d+:)\s*/;

/** What says no more than that something is wrong: GHC tells it in the next line. */
const NO_MORE = /^error:(?: \[[\w-]+\])?$/;

/** Rust says what is wrong before the place, Python behind it. */
function message(line: string, lines: string[], index: number): string {
  if (/^\s*-->/.test(line)) return (lines[index - 1] ?? line).trim();
  const behind = line.replace(PLACE, "").trim();
  if (NO_MORE.test(behind)) return lines[index + 1]?.replace(/^[\s•]+/, "").trim() || behind;
  if (behind !== line.trim() && behind) return behind;
  if (/^\s*File "/.test(line)) return (lines.slice(index + 1).find((next) => /^\w+(Error|Exception|Interrupt)?\b.*:/.test(next)) ?? line).trim();
  return line.trim();
}
