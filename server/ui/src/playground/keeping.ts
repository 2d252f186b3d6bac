/** Keeps the draft in the browser while it is written, beside other tabs that do the same. */

import { effect, signal } from "@preact/signals";
import { forgetters } from "../api/session";
import { recall, remember } from "../settings";
import { draft, empty, parse, type Draft } from "./draft";
import { forgetAll, keepOther } from "./replaced";

/** The browser has no room for all of it: large inputs are not kept. */
export const isCut = signal(false);

/** Milliseconds after the last change. */
const PAUSE = 300;
/** Characters of a text that is kept where there is no room for all. */
const SHORT = 20_000;
/** No browser keeps as many for a site. To find that out by making one text of them would take a while, at each pause of whoever types. */
const MOST = 5 * 2 ** 20;

/** Of this tab, beside what it has written. */
const TAB = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** What this tab has read or written last. */
let known = recall("draft");
/** What of this tab is to be kept. */
let changed: Draft | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;

const first = draft.peek();
effect(() => {
  // What nobody has changed here is left to tabs in which somebody has.
  if (draft.value === first && changed === null) return;
  changed = draft.value;
  clearTimeout(timer);
  timer = setTimeout(write, PAUSE);
});
addEventListener("pagehide", write);

forgetters.add(() => {
  draft.value = empty;
  forgetAll();
  clearTimeout(timer);
  [known, changed] = [null, null];
});

function write(): void {
  if (changed === null) return;
  const others = recall("draft");
  if (others !== known) takeAside(others, changed);
  const text = (draft: Draft) => JSON.stringify({ ...draft, tab: TAB });
  isCut.value = lengthOf(changed) > MOST || !remember("draft", text(changed));
  if (isCut.value) remember("draft", text(cut(changed)));
  known = recall("draft");
  changed = null;
}

/** What another tab has written in the meantime. Nothing is, where the browser has forgotten it all: that takes the place of nothing. */
function takeAside(written: string | null, own: Draft): void {
  const theirs = parse(written);
  if (!theirs || JSON.stringify(theirs) === JSON.stringify(own)) return;
  const { tab } = JSON.parse(written ?? "{}") as { tab?: unknown };
  keepOther(theirs, typeof tab === "string" ? tab : "");
}

function lengthOf({ files, tests }: Draft): number {
  const texts = [...files.map(({ content }) => content), ...tests.flatMap(({ stdin, expected }) => [stdin, expected ?? ""])];
  return texts.reduce((sum, text) => sum + text.length, 0);
}

function cut(whole: Draft): Draft {
  const short = (text: string) => (text.length > SHORT ? "" : text);
  const tests = whole.tests.map(({ stdin, expected }) => ({ stdin: short(stdin), expected: expected === null ? null : short(expected) }));
  return { ...whole, tests };
}
