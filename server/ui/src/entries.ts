/** What is known of each entry of the history, for as long as the page is there: whoever comes back to one finds it as it was. */

import { useState } from "preact/hooks";
import { forgetters } from "./api/session";

/** No other entry of the history has a higher number. */
let last = number();

/** Of the entry that is shown. */
export function number(): number {
  const { state } = history as { state: { entry?: unknown } | null };
  return typeof state?.entry === "number" ? state.entry : 0;
}

/** For an entry that comes behind the one that is shown. */
export function next(): { entry: number } {
  last += 1;
  return { entry: last };
}

const known = new Map<string, unknown>();
forgetters.add(() => known.clear());

const key = (name: string) => `${number()} ${name}`;

/** Keeps it for the entry that is shown. */
export const keepHere = (name: string, value: unknown): void => void known.set(key(name), value);

/** What was kept for the entry that is shown. */
export const keptHere = <T>(name: string, otherwise: T): T => (known.get(key(name)) as T | undefined) ?? otherwise;

/** A state of a part of the page, which is there again when somebody comes back. */
export function useKeptHere<T>(name: string, first: T): [T, (value: T) => void] {
  const [value, set] = useState<T>(() => keptHere(name, first));
  return [value, (value) => { keepHere(name, value); set(value); }];
}
