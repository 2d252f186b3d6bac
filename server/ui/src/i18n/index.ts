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

/** Days and months stand in the order of the person's own country, and its clock goes to 12 or to 24. */
export const locale = (): string => (tongue.value === "zh" ? "zh-CN" : english);

/** English as it is written in a country. What the system calls its language may be no tag: `en-US@posix`. */
function englishOf(told: string): string {
  try {
    const { region } = new Intl.Locale(told.replace(/@.*/, "")).maximize();
    return region ? `en-${region}` : "en";
  } catch {
    return "en";
  }
}

const english = englishOf(navigator.language);

/** To make one takes longer than to use it a hundred times: lists have thousands of times. */
const clocks: Partial<Record<string, Intl.DateTimeFormat>> = {};

function clock(form: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return (clocks[locale() + JSON.stringify(form)] ??= new Intl.DateTimeFormat(locale(), form));
}

/** What is no time stays as it came. */
function written(iso: string, form: Intl.DateTimeFormatOptions): string {
  const moment = new Date(iso);
  return Number.isNaN(moment.getTime()) ? iso : clock(form).format(moment);
}

/** The day and the time to the second. */
export const time = (iso: string): string => written(iso, { dateStyle: "medium", timeStyle: "medium" });

export const day = (iso: string): string => written(iso, { dateStyle: "medium" });

/** In few words: of today the time, of another day that, too. */
export function moment(iso: string): string {
  const [then, now] = [new Date(iso), new Date()];
  if (then.toDateString() === now.toDateString()) return written(iso, { timeStyle: "medium" });
  return written(iso, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", ...(then.getFullYear() !== now.getFullYear() && { year: "numeric" }) });
}

/** A number of things. */
export const amount = (number: number): string => number.toLocaleString(locale());

/** Milliseconds as people read them. */
export function duration(ms: number): string {
  if (ms < 10) return `${round(ms, 1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_995) return `${round(ms / 1000, 2)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < HOUR) return both(seconds, MINUTE, "unit.minutes", "unit.seconds");
  // To the minute, and to the hour: nobody counts seconds of a day.
  if (seconds < DAY - MINUTE / 2) return both(Math.round(seconds / MINUTE), 60, "unit.hours", "unit.minutes");
  return both(Math.round(seconds / HOUR), 24, "unit.days", "unit.hours");
}

const [MINUTE, HOUR, DAY] = [60, 3600, 86_400];

/** So many of the larger unit, and what is left of the smaller. */
function both(small: number, of: number, larger: Sentence, smaller: Sentence): string {
  const rest = small % of;
  return t(larger, { n: Math.floor(small / of) }) + (rest > 0 ? ` ${t(smaller, { n: rest })}` : "");
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
