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

/** Of the draft that a link has brought last. */
const BROUGHT = "draft.brought";

/** Shows what a link brings. What another has brought before, and nobody has changed, takes the place of nothing that somebody has written. */
export async function bring(linked: Draft): Promise<void> {
  if (before.value && recall(BROUGHT) === digest(draft.value)) draft.value = linked;
  else await replace(linked);
  remember(BROUGHT, digest(linked));
}

/** Whichever of its files is shown. */
function digest(draft: Draft): string {
  const text = JSON.stringify({ ...draft, active: 0 });
  let sum = 0;
  for (let at = 0; at < text.length; at += 1) sum = (sum * 31 + text.charCodeAt(at)) | 0;
  return `${text.length} ${sum}`;
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
