/** Everything that the server may refuse is told in both languages, with what to do about it. */

import { readFileSync } from "node:fs";
import { expect, test } from "@playwright/test";
import { parts, rows, visible } from "../../../server/ui/src/components/difference";
import { FORMS, inChinese, SIGNALS } from "../../../server/ui/src/i18n/reasons-in-chinese";
import { sentences as first } from "../../../server/ui/src/i18n/sentences";
import { sentences as others } from "../../../server/ui/src/i18n/sentences-of-pages";
import { sentences as refusals } from "../../../server/ui/src/i18n/sentences-of-refusals";

const sentences = { ...first, ...others, ...refusals };

/** Of the table that the server's own tests hold to be complete. */
function kinds(): string[] {
  const page = readFileSync(new URL("../../../docs/api.md", import.meta.url), "utf8");
  const table = page.slice(page.indexOf("| status | `type` ends with | when |"));
  const rows = table.split("\n").filter((line) => /^\| \d{3}/.test(line));
  return rows.flatMap((row) => [...(row.split("|")[2] ?? "").matchAll(/`([a-z-]+)`/g)].map(([, kind]) => kind as string));
}

test("each kind of error has a title and a hint", () => {
  const known = kinds();
  expect(known.length).toBeGreaterThan(20);
  const untold = known.flatMap((kind) => [`refused.${kind}`, `hint.${kind}`]).filter((key) => !Object.hasOwn(sentences, key));
  expect(untold).toEqual([]);
});

const JUDGE = ["judge", ...["verdict", "case", "output", "compile", "checker", "dialogue", "sources", "run", "answers"].map((name) => `judge/${name}`)];

/** Texts there that are no reason by themselves. */
const NO_REASONS = new Set([
  "killed by ", "compiling {what}", "find a compiled program", "keep what a check has found", "keep a compiled program", " and {more} more",
  "not compiled, but there at run time: {told}{more}\\n", "file size limit exceeded", "file too large", "broken pipe", "read a file that a program left", "A program is compiled anew",
]);

/** The sentences with which the judge tells why, as they are made in its sources. */
function reasons(): string[] {
  const told = JUDGE.flatMap((name) => {
    const [code] = readFileSync(new URL(`../../../server/src/${name}.rs`, import.meta.url), "utf8").split("#[cfg(test)]\nmod tests {");
    const literals = [...code!.replace(/^\s*\/\/.*$/gm, "").matchAll(/(over\((?:format!\()?\s*)?"((?:[^"\\]|\\[^])*)"/g)];
    return literals.filter(([, , text]) => text!.includes(" ") && /[a-z]{2}\W.*[a-z]{2}/i.test(text!.replace(/\{[^}]*\}/g, "")) && !NO_REASONS.has(text!)).map(([, isOfCompiling, text]) => (isOfCompiling ? `compiling ${text}` : text!));
  });
  const values = (text: string) => text.replace("{KILLED}", "killed by ").replace(/^: /, "killed by SIGX: ").replace("{limit}", "time").replace("ended with {}", "ended with SIGX");
  return [...told.map(values).map((text) => text.replace(/\{[^}]*\}/g, "7")), "killed by SIGX"];
}

test("each reason of the judge is there in Chinese, and none that it does not give", () => {
  const all = reasons();
  expect(all.length).toBeGreaterThan(35);
  expect(all.filter((told) => inChinese(told) === null)).toEqual([]);
  expect(FORMS.filter(([form]) => !all.some((told) => form.test(told))).map(String)).toEqual([]);
  const meanings = all.flatMap((told) => /^killed by SIGX: (.+)/.exec(told)?.slice(1) ?? []);
  expect(Object.keys(SIGNALS).sort()).toEqual(meanings.sort());
  expect(inChinese("IndexError: list index out of range, main.py line 7")).toBeNull();
});

test("what is Chinese is no English", () => {
  const same = Object.entries(sentences).filter(([, [english, chinese]]) => /[A-Za-z]{3}/.test(english.replace(/\{\w+\}/g, "")) && english === chinese);
  expect(same).toEqual([]);
});

test("of lines of any length what differs is found, and little is shown", () => {
  const begun = performance.now();
  const [one, other] = ["a".repeat(10_000_000) + "X" + "b".repeat(10_000_000), "a".repeat(10_000_000) + "Y"];
  const told = parts(one, other);
  expect(performance.now() - begun).toBeLessThan(2000);
  expect(told.middle.startsWith("X")).toBe(true);
  expect(told.before.length + told.middle.length + told.behind.length).toBeLessThan(5000);
  expect(parts("a cat", "a bat")).toEqual({ before: "a ", middle: "c", behind: "at" });
  expect(parts("ab", "aab")).toEqual({ before: "a", middle: "", behind: "b" });
});

test("of texts of any length the lines around the first difference are shown, by their own numbers", () => {
  const same = Array.from({ length: 1000 }, (_, index) => `line ${index + 1}`);
  const with_ = (at: number, text: string) => same.map((line, index) => (index + 1 === at ? text : line)).join("\n");
  for (const [at, first] of [[5, 1], [401, 381], [990, 601]] as const) {
    const { rows: shown, of } = rows(same.join("\n"), with_(at, "wrong"));
    expect([of, shown.length, shown[0]!.number], `${at}`).toEqual([1000, 400, first]);
    expect(shown.filter(({ kind }) => kind !== "same")).toEqual([{ kind: "changed", number: at, expected: `line ${at}`, got: "wrong" }]);
  }
  // The judge passes over blanks at the end of a line.
  expect(rows(with_(3, "line 3 "), with_(700, "wrong"), 700).rows.some(({ number, kind }) => number === 700 && kind === "changed")).toBe(true);
  expect(rows(same.join("\n"), same.slice(0, 900).join("\n")).rows.at(-1)).toMatchObject({ kind: "missing", number: 1000 });
  expect(rows("a\nb\n", "a\nc\n").rows.map(({ number, kind }) => [number, kind])).toEqual([[1, "same"], [2, "changed"]]);
});

test("what is not seen is told by names that every font has", () => {
  expect(visible("a\r\u001b\0\t\u202e\u007f\u0085")).toBe("a⟨CR⟩⟨ESC⟩⟨NUL⟩→\t⟨U+202E⟩⟨DEL⟩⟨U+0085⟩");
  // White space that is no blank, as of keyboards for Chinese, and what has no width.
  expect(visible("1 \u00a0\u3000\u2009\u00ad\u200d\u061c\ufe0f\u{e0041}é中")).toBe("1·⟨U+00A0⟩⟨U+3000⟩⟨U+2009⟩⟨U+00AD⟩⟨U+200D⟩⟨U+061C⟩⟨U+FE0F⟩⟨U+E0041⟩é中");
});
