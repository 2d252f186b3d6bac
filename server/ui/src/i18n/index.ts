/** Sentences in the language that a person has chosen. */

import { tongue } from "../settings";
import { sentences } from "./sentences";
import type { sentences as ofPages } from "./sentences-of-pages";
import type { sentences as ofRefusals } from "./sentences-of-refusals";

export type Sentence = keyof typeof sentences | keyof typeof ofPages | keyof typeof ofRefusals;

/** Those that are loaded. */
const known: Record<string, readonly [english: string, chinese: string]> = { ...sentences };

/** More of them are there: see `pages.ts`. */
export function add(more: typeof ofPages | typeof ofRefusals): void {
  Object.assign(known, more);
}

/** Is there a sentence of this name? Of a kind of error that is newer than this page there is none. */
export const isKnown = (key: string): key is Sentence => Object.hasOwn(known, key);

const place = { en: 0, zh: 1 } as const;

/** The sentence, with `{name}` in it replaced by what it is called with. */
export function t(key: Sentence, values: Record<string, string | number> = {}): string {
  const sentence = known[key]?.[place[tongue.value]] ?? key;
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** In Chinese nothing is between a number and its unit's word; English knows one and many. */
export function count(number: number, one: Sentence, many: Sentence): string {
  return t(number === 1 ? one : many, { n: number });
}

export const locale = (): string => (tongue.value === "zh" ? "zh-CN" : "en");

/** To make one takes longer than to use it a hundred times: lists have thousands of times. */
const clocks: Partial<Record<string, Intl.DateTimeFormat>> = {};

export function time(iso: string): string {
  const clock = (clocks[locale()] ??= new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeStyle: "medium" }));
  const moment = new Date(iso);
  return Number.isNaN(moment.getTime()) ? iso : clock.format(moment);
}

/** Milliseconds as people read them. */
export function duration(ms: number): string {
  if (ms < 10) return `${round(ms, 1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${round(ms / 1000, 2)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}

export function size(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB"];
  let unit = 0;
  while (bytes >= 1024 && unit < units.length - 1) {
    bytes /= 1024;
    unit += 1;
  }
  return `${round(bytes, unit === 0 ? 0 : 1)} ${units[unit]}`;
}

function round(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)));
}
