/** What a link, a sample or an example has taken the place of: it can be brought back. */

import { effect, signal } from "@preact/signals";
import { recall, remember } from "../settings";
import { draft, parse, type Draft } from "./draft";
import { example } from "./examples";

const KEY = "draft.before";

export const before = signal<Draft | null>(parse(recall(KEY)));

const store = (draft: Draft | null) => void remember(KEY, JSON.stringify(draft));

effect(() => store(before.value));

/** Shows another draft; the own one is kept, where somebody has written something in it. */
export async function replace(other: Draft): Promise<void> {
  const own = draft.value;
  draft.value = other;
  await keep(own);
}

/** Something else is shown now. */
export async function keep(own: Draft): Promise<void> {
  // At once: the page may be gone before it is known whether somebody has written that.
  store(own);
  if (await isExample(own)) store(before.value);
  else before.value = own;
}

/** Shows the own one again. */
export function bringBack(): void {
  if (before.value) draft.value = before.value;
  before.value = null;
}

/** Nothing was changed of it, or there is nothing. */
async function isExample({ language, files, tests }: Draft): Promise<boolean> {
  const [file, test] = [files[0], tests[0]];
  if (!file) return true;
  const { source, stdin, expected } = await example(language);
  const isSource = files.length === 1 && (file.content === source || file.content.trim() === "");
  return isSource && tests.length === 1 && test?.stdin === stdin && test.expected === expected;
}
