/** What a link, a sample, an example or another tab has taken the place of: it can be brought back, the last of them first. */

import { signal } from "@preact/signals";
import { signedOut } from "../api/session";
import { recall, remember } from "../settings";
import { draft, parse, type Draft } from "./draft";
import { example } from "./examples";

const KEY = "draft.before";

/** A draft, and the tab that it was written in where that was another one. */
export interface Kept {
  draft: Draft;
  tab: string | null;
  /** Of what took its place, as that came; null where that was written here. */
  by: string | null;
}

/** A browser has a few MB for a site: of those that were replaced the last so many, and characters in all. */
const MOST = 5;
const MOST_CHARACTERS = 1_000_000;

export const before = signal<Kept[]>(read(recall(KEY)) ?? []);

/** Null where there is nothing of our form. What was kept before there could be several is one draft. */
function read(text: string | null): Kept[] | null {
  try {
    const found: unknown = JSON.parse(text ?? "null");
    if (Array.isArray(found)) return found.flatMap(keptOf);
  } catch {
    return null;
  }
  const only = parse(text);
  return only && [{ draft: only, tab: null, by: null }];
}

function keptOf(given: unknown): Kept[] {
  const { draft, tab, by } = (given ?? {}) as { draft?: unknown; tab?: unknown; by?: unknown };
  const own = parse(JSON.stringify(draft ?? null));
  return own ? [{ draft: own, tab: textOrNull(tab), by: textOrNull(by) }] : [];
}

function textOrNull(given: unknown): string | null {
  return typeof given === "string" ? given : null;
}

/** The browser had room for it; else it is there for as long as the page is. */
let isStored = true;

/** All tabs have one list: what another has put there since is not to be lost to what this one knows. */
const all = (): Kept[] => (isStored ? read(recall(KEY)) : null) ?? before.peek();

function store(list: Kept[]): void {
  let room = MOST_CHARACTERS;
  const fitting = list.slice(0, MOST).filter(({ draft }, index) => (room -= JSON.stringify(draft).length) >= 0 || index === 0);
  isStored = remember(KEY, JSON.stringify(fitting));
}

function set(list: Kept[]): void {
  store(list);
  before.value = list.slice(0, MOST);
}

const isOther = (own: Draft) => ({ draft }: Kept) => digest(draft) !== digest(own);

const without = (own: Draft): Kept[] => all().filter(isOther(own));

/** Shows another draft; the own one is kept, where somebody has written something in it. */
export async function replace(other: Draft): Promise<void> {
  const own = draft.value;
  draft.value = other;
  await keep(own);
}

/** Of the draft that a link has brought last. */
const BROUGHT = "draft.brought";

/**
 * Shows what a link brings. What another has brought before, and nobody has changed, takes the place of nothing that somebody has written;
 * nor does what is there already: a page that is loaded again after its draft was shared.
 */
export async function bring(linked: Draft): Promise<void> {
  const own = draft.value;
  if (textOf(own) === textOf(linked)) return;
  const isBrought = all().length > 0 && recall(BROUGHT) === digest(own);
  // At once, as what is kept: the next link may come before it is known whether somebody has written what was here.
  remember(BROUGHT, digest(linked));
  draft.value = linked;
  if (!isBrought) await keep(own);
}

/** Whichever of its files is shown. */
const textOf = (draft: Draft): string => JSON.stringify({ ...draft, active: 0 });

function digest(draft: Draft): string {
  const text = textOf(draft);
  let sum = 0;
  for (let at = 0; at < text.length; at += 1) sum = (sum * 31 + text.charCodeAt(at)) | 0;
  return `${text.length} ${sum}`;
}

/** Something else is shown by now. */
export async function keep(own: Draft): Promise<void> {
  const first: Kept = { draft: own, tab: null, by: digest(draft.value) };
  // At once: the page may be gone before it is known whether somebody has written that.
  store([first, ...without(own)]);
  const round = signedOut.peek();
  const isWritten = !(await isExample(own));
  // Who has signed out meanwhile leaves nothing here.
  if (signedOut.peek() === round) set(isWritten ? [first, ...without(own)] : without(own));
}

/** What another tab has written is shown nowhere but there. What that tab has written before is a part of it, mostly. */
export function keepOther(theirs: Draft, tab: string): void {
  set([{ draft: theirs, tab, by: null }, ...without(theirs).filter((kept) => kept.tab !== tab)]);
}

/**
 * Shows the last one again. Where there are more, what is shown now comes behind them: whoever looks for one of them loses none. So it does
 * where it is no longer as it came, for then somebody has written here, too.
 */
export function bringBack(): void {
  const [last, ...others] = all();
  if (!last) return forget();
  const shown: Kept = { draft: draft.value, tab: null, by: null };
  draft.value = last.draft;
  const isWanted = others.length > 0 || last.by !== digest(shown.draft);
  set(isWanted ? [...others.filter(isOther(shown.draft)), shown] : []);
}

/** The last one. */
export function forget(): void {
  set(all().slice(1));
}

/** Nobody is to find any of them. */
export function forgetAll(): void {
  before.value = [];
}

/** Nothing was changed of it, or there is nothing. */
async function isExample({ language, files, tests }: Draft): Promise<boolean> {
  const [file, test] = [files[0], tests[0]];
  if (!file) return true;
  const { source, stdin, expected } = await example(language);
  const isSource = files.length === 1 && (file.content === source || file.content.trim() === "");
  return isSource && tests.length === 1 && test?.stdin === stdin && test.expected === expected;
}
