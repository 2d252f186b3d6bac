/** What can be compiled: asked once, and again when the server has come back. */

import { effect, signal } from "@preact/signals";
import { ApiError, get, Unreachable } from "./client";
import { returns } from "./connection";
import type { Language } from "./types";

export const languages = signal<Language[]>([]);
export const languagesError = signal<ApiError | null>(null);
/** Is asked for again: after a sign-in, too. */
export const wanted = signal(0);

/** Milliseconds, and times. */
const AGAIN = 5000;
const MOST_ASKED = 12;
let asked = 0;

effect(() => {
  void returns.value;
  void wanted.value;
  asked = 0;
  void load();
});

async function load(): Promise<void> {
  try {
    languages.value = await get<Language[]>("/api/v1/languages");
    languagesError.value = null;
    // A server that has just begun does not know them all yet.
    if (languages.value.some(({ available, version }) => available && !version) && asked < MOST_ASKED) setTimeout(() => void load(), AGAIN);
    asked += 1;
  } catch (error) {
    if (error instanceof ApiError) languagesError.value = error;
    else if (!(error instanceof Unreachable)) throw error;
  }
}

export const language = (id: string): Language | undefined => languages.value.find((language) => language.id === id);
