/** What a person has chosen for this browser. */

import { effect, signal, type Signal } from "@preact/signals";

export type Theme = "auto" | "light" | "dark";
export type Tongue = "en" | "zh";
export type Keys = "plain" | "vim" | "emacs";

/** A browser may keep nothing for us, or not as much: then a choice holds until the page is closed. False where that is so. */
export function remember(key: string, value: string): boolean {
  try {
    localStorage.setItem(`gavel.${key}`, value);
    return true;
  } catch {
    return false;
  }
}

export function recall(key: string): string | null {
  try {
    return localStorage.getItem(`gavel.${key}`);
  } catch {
    return null;
  }
}

/** The same for as long as this tab is there, and for no other. Null forgets it. */
export function rememberHere(key: string, value: string | null): void {
  try {
    if (value === null) sessionStorage.removeItem(`gavel.${key}`);
    else sessionStorage.setItem(`gavel.${key}`, value);
  } catch {
    /* full, or forbidden: then it holds until the page is closed */
  }
}

export function recallHere(key: string): string | null {
  try {
    return sessionStorage.getItem(`gavel.${key}`);
  } catch {
    return null;
  }
}

/** Names of what was chosen: that tells nothing of a person. */
const choices = new Set<string>();

/** Forgets what is kept here beside what was chosen: what somebody has written. */
export function forgetWritten(): void {
  try {
    for (const kept of [localStorage, sessionStorage]) {
      Object.keys(kept).filter((key) => key.startsWith("gavel.") && !choices.has(key)).forEach((key) => kept.removeItem(key));
    }
  } catch {
    /* forbidden: then there is nothing */
  }
}

function chosen<T extends string>(key: string, values: readonly T[], otherwise: T): Signal<T> {
  choices.add(`gavel.${key}`);
  const kept = recall(key) as T;
  const setting = signal(values.includes(kept) ? kept : otherwise);
  effect(() => void remember(key, setting.value));
  return setting;
}

export const theme = chosen<Theme>("theme", ["auto", "light", "dark"], "auto");
export const tongue = chosen<Tongue>("language", ["en", "zh"], navigator.language.startsWith("zh") ? "zh" : "en");
/** Large type, for a projector. */
export const large = chosen("large", ["no", "yes"], "no");
export const keys = chosen<Keys>("keys", ["plain", "vim", "emacs"], "plain");

effect(() => {
  const root = document.documentElement;
  root.dataset["theme"] = theme.value;
  root.dataset["large"] = large.value;
  root.lang = tongue.value === "zh" ? "zh-CN" : "en";
});

/** Of this document, for style sheets that are made while it is shown. */
export const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? "";
