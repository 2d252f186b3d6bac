/** What a person has chosen for this browser. */

import { effect, signal, type Signal } from "@preact/signals";

export type Theme = "auto" | "light" | "dark";
export type Tongue = "en" | "zh";
export type Keys = "plain" | "vim" | "emacs";

/** A browser may keep nothing for us: then a choice holds until the page is closed. */
export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(`gavel.${key}`, value);
  } catch {
    /* full, or forbidden */
  }
}

export function recall(key: string): string | null {
  try {
    return localStorage.getItem(`gavel.${key}`);
  } catch {
    return null;
  }
}

function chosen<T extends string>(key: string, values: readonly T[], otherwise: T): Signal<T> {
  const kept = recall(key) as T;
  const setting = signal(values.includes(kept) ? kept : otherwise);
  effect(() => remember(key, setting.value));
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
