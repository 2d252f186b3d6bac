/** What is being written for each problem: kept in the browser, so that no link, reload or session that ends loses it. */

import { recall, remember } from "../settings";

export interface Answer {
  language: string;
  source: string;
}

/** A browser has a few MB for a site: of the problems the last so many, and characters in all. */
const MOST = 30;
const MOST_CHARACTERS = 1_000_000;
const KEY = "answers";

export function kept(problem: string): Answer | null {
  return all().find(([id]) => id === problem)?.[1] ?? null;
}

/** Returns what was there. */
export function keep(problem: string, answer: Answer): Answer | null {
  let room = MOST_CHARACTERS;
  const before = all();
  const others = before.filter(([id]) => id !== problem);
  const newest: [string, Answer][] = [[problem, answer], ...others];
  const fitting = newest.slice(0, MOST).filter(([, { source }], index) => (room -= source.length) >= 0 || index === 0);
  remember(KEY, JSON.stringify(fitting));
  return before.find(([id]) => id === problem)?.[1] ?? null;
}

/** Newest first. What is not of our form was somebody else's. */
function all(): [string, Answer][] {
  try {
    const found: unknown = JSON.parse(recall(KEY) ?? "[]");
    return Array.isArray(found) ? found.filter(isKept) : [];
  } catch {
    return [];
  }
}

function isKept(entry: unknown): entry is [string, Answer] {
  if (!Array.isArray(entry)) return false;
  const [id, answer] = entry as [unknown, Partial<Answer> | null];
  return typeof id === "string" && typeof answer?.language === "string" && typeof answer.source === "string";
}
