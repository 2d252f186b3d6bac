/** Whether the server answers. While it does not, it is asked again and again, each time a little later. */

import { signal } from "@preact/signals";

/** Seconds until it is asked again; null while it answers. */
export const secondsUntilRetry = signal<number | null>(null);

/** Counts how often it has come back: who shows something of the server asks anew. */
export const returns = signal(0);

const LONGEST = 15;
/** Milliseconds after which nobody has answered: a machine that is cut off says nothing at all, for minutes. */
const PATIENCE = 10_000;
/** Milliseconds: one that goes again so soon after it was back answers something, and something else never. It is asked ever more seldom. */
const SHORTLY = 5000;
let pause = 1;
/** When it went, and when it was back. */
let [gone, back] = [0, -Infinity];
let timer: ReturnType<typeof setTimeout> | undefined;
let waiting: (() => void)[] = [];

/** A request found nobody. */
export function away(): void {
  if (secondsUntilRetry.value !== null) return;
  gone = performance.now();
  pause = gone - back < SHORTLY ? Math.min(pause * 2, LONGEST) : 1;
  countDown(pause);
}

/** A request was answered that was sent then. One that was on its way when another found nobody says nothing of the time since. */
export function reachable(sent: number): void {
  if (secondsUntilRetry.value === null || sent < gone) return;
  back = performance.now();
  clearTimeout(timer);
  secondsUntilRetry.value = null;
  returns.value += 1;
  const resumed = waiting;
  waiting = [];
  resumed.forEach((resume) => resume());
}

/** Resolves when the server answers again. */
export function untilReachable(): Promise<void> {
  if (secondsUntilRetry.value === null) return Promise.resolve();
  return new Promise((resolve) => waiting.push(resolve));
}

/** A proxy says that it found nobody: what the server itself cannot do now it tells as JSON. */
export const isOfProxy = ({ status, headers }: Response): boolean => status > 501 && !/json/.test(headers.get("Content-Type") ?? "");

let asking: Promise<void> | null = null;

/** Asks at once, unless it is being asked: each question that failed would begin a countdown of its own. */
export function retry(): Promise<void> {
  return (asking ??= ask().finally(() => (asking = null)));
}

async function ask(): Promise<void> {
  clearTimeout(timer);
  secondsUntilRetry.value = 0;
  const isThere = await fetch(new URL("healthz", document.baseURI), { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) }).then((response) => !isOfProxy(response), () => false);
  if (isThere) return reachable(performance.now());
  // Something else was answered meanwhile.
  if (secondsUntilRetry.value === null) return;
  pause = Math.min(pause * 2, LONGEST);
  countDown(pause);
}

function countDown(seconds: number): void {
  clearTimeout(timer);
  secondsUntilRetry.value = seconds;
  timer = setTimeout(() => (seconds > 1 ? countDown(seconds - 1) : void retry()), 1000);
}

/** What was shown is to be asked for again: somebody has signed in. */
export function askAnew(): void {
  returns.value += 1;
}
