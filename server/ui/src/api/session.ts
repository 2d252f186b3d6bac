/** Who somebody is here. A token is pasted once; from then on the browser has a cookie that no script can read. */

import { effect, signal } from "@preact/signals";
import { ApiError, get, observers, request, send, Unreachable } from "./client";
import { askAnew, returns } from "./connection";
import { forgetWritten } from "../settings";
import type { Session } from "./types";

/** Null before it is known; "nobody" where a token is needed. */
export const session = signal<Session | "nobody" | null>(null);

/** Counts how often somebody has asked for the form. */
export const formWanted = signal(0);

/** There was a session, and it is over. */
export const ended = signal(false);

/** Who it was. */
let before: Session | null = null;

const known = (): Session | null => (session.value === "nobody" ? null : session.value);

export const isSomebody = (): boolean => known() !== null;

/**
 * Has this scope: what needs another is not offered. Whose session has ended by itself is in the middle of something: that stays, and
 * asks for a sign-in where it is used.
 */
export const may = (scope: string): boolean => (ended.value ? before : known())?.scopes.includes(scope) ?? false;

export const isOperator = (): boolean => may("operate");

effect(() => {
  void returns.value;
  void look();
});

// Another tab may have signed in.
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && session.peek() === "nobody") void look().then(() => { if (session.peek() !== "nobody") askAnew(); });
});

/** Tabs of one browser have one cookie: who signs in or out in one does so in all. Where a browser lets them not talk, each finds it out. */
const [IN, OUT] = ["in", "out"];
const tabs = channel();
if (tabs) tabs.onmessage = ({ data }) => {
  // Who has signed out wants nothing to be seen any more, in no tab.
  if (data === OUT) forget();
  void look().then(askAnew);
};

function channel(): BroadcastChannel | null {
  try {
    return new BroadcastChannel("gavel.session");
  } catch {
    return null;
  }
}

/** Finds out whether the session is still there. */
export async function look(): Promise<void> {
  try {
    session.value = await get<Session>("/api/v1/session");
    ended.value = false;
  } catch (error) {
    if (!(error instanceof ApiError) && !(error instanceof Unreachable)) throw error;
  }
}

/** When somebody last did so. */
let signedIn = 0;

// Wherever a request finds it out. What was asked for before somebody signed in says nothing of the session since then.
observers.add((error, asked) => {
  if (error.status !== 401 || asked < signedIn) return;
  const who = session.peek();
  if (who !== null && who !== "nobody") {
    before = who;
    ended.value = true;
  }
  session.value = "nobody";
});

/** A browser sends no header with other letters, and says so as if the server were away: a token that came with a quotation mark, or a letter of no width. */
const SENDABLE = /^[\x20-\x7e]*$/;

export async function signIn(token: string): Promise<void> {
  if (!SENDABLE.test(token)) throw new ApiError(401, "unauthorized", "A token has letters, digits, signs and blanks of ASCII alone.", [], null);
  const response = await send("POST", "/api/v1/session", { headers: { Authorization: `Bearer ${token}` } });
  session.value = (await response.json()) as Session;
  signedIn = performance.now();
  ended.value = false;
  tabs?.postMessage(IN);
  askAnew();
}

export async function signOut(): Promise<void> {
  await request("DELETE", "/api/v1/session");
  forget();
  tabs?.postMessage(OUT);
  askAnew();
}

/** Called when somebody signs out, in each tab: what a part of the page knows of a person. */
export const forgetters = new Set<() => void>();

/** Counts that. What parts of the page know that are shown is gone with them: they are made anew. */
export const signedOut = signal(0);

function forget(): void {
  session.value = null;
  ended.value = false;
  before = null;
  forgetters.forEach((forget) => forget());
  forgetWritten();
  signedOut.value += 1;
}
