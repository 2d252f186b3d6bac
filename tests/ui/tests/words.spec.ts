/** Everything that the server may refuse is told in both languages, with what to do about it. */

import { readFileSync } from "node:fs";
import { expect, test } from "@playwright/test";
import { parts, visible } from "../../../server/ui/src/components/difference";
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

test("what is not seen is told by names that every font has", () => {
  expect(visible("a\r\u001b\0\t\u202e")).toBe("a⟨CR⟩⟨ESC⟩⟨NUL⟩→\t⟨U+202E⟩");
});
