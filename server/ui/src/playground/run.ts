/** Runs the draft: submits it, follows it, and says how it stands. */

import { effect, signal } from "@preact/signals";
import { ApiError, get, isPassing, request, Unreachable } from "../api/client";
import { untilReachable } from "../api/connection";
import { follow, isFinal } from "../api/follow";
import type { Heard } from "../api/heard";
import { forgetters, session } from "../api/session";
import { Sending } from "../api/submit";
import type { Progress, Submission } from "../api/types";
import { recallHere, rememberHere } from "../settings";
import type { Test } from "./draft";

export type Run =
  | { is: "idle" }
  | { is: "sending"; cancelling: boolean }
  | { is: "going"; id: string; progress: Progress; tests: Test[]; cancelling: boolean }
  | { is: "ended"; submission: Submission; tests: Test[] }
  | { is: "refused"; error: ApiError };

export const run = signal<Run>({ is: "idle" });

/** What the program writes that runs. Not a part of the run: it changes ten times a second, and nothing else is to be drawn for it. */
export const heard = signal<Heard | null>(null);

/** Of the run that was followed, or was to be shown again, when nobody was signed in any more. */
let lost: Test[] | null = null;

/** What was sent, and of which nobody has heard that it is judged. */
let open: Sending | null = null;

// Who has signed in need not be told to do so, and sees the run that goes on.
effect(() => {
  const { value: who } = session;
  const now = run.peek();
  if (who === null || who === "nobody") return;
  if (now.is === "refused" && now.error.kind === "unauthorized") run.value = { is: "idle" };
  const tests = lost;
  lost = null;
  if (tests) void resume(tests);
});

let stop: () => void = () => {};

forgetters.add(() => {
  stop();
  [open, lost, heard.value] = [null, null, null];
  run.value = { is: "idle" };
});

export const isBusy = () => run.value.is === "sending" || run.value.is === "going";

export const isCancelling = () => (run.value.is === "sending" || run.value.is === "going") && run.value.cancelling;

/** `tests` are those that the body has, to compare by. */
export async function start(body: Record<string, unknown>, tests: Test[]): Promise<void> {
  if (isBusy()) return;
  stop();
  const sending = Sending.again(open, body);
  if (sending !== open) lost = null;
  open = sending;
  run.value = { is: "sending", cancelling: false };
  try {
    const submission = await sending.send();
    if (open !== sending) return;
    if (submission) return watch(submission, tests);
    open = null;
    run.value = { is: "idle" };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (open === sending) run.value = { is: "refused", error };
  }
}

/** Of the run that is shown, for as long as the tab is there: a page that is loaded again goes on showing it. */
const KEY = "run";

/** Shows the run again that was shown before the page was loaded, if there was one. */
export async function resume(tests: Test[]): Promise<void> {
  const id = recallHere(KEY);
  if (!id || run.value.is !== "idle") return;
  try {
    const submission = await get<Submission>(`/api/v1/submissions/${encodeURIComponent(id)}`);
    if (run.value.is !== "idle" || recallHere(KEY) !== id) return;
    if (isFinal(submission)) over(submission, tests);
    else watch(submission, tests);
  } catch (error) {
    if (error instanceof Unreachable) return untilReachable().then(() => resume(tests));
    if (!(error instanceof ApiError)) throw error;
    if (error.status === UNAUTHORIZED) lost = tests;
    // It is removed, or somebody else's now.
    if (error.status === NOT_FOUND) rememberHere(KEY, null);
  }
}

const [UNAUTHORIZED, NOT_FOUND] = [401, 404];

function watch(submission: Submission, tests: Test[]): void {
  const { id, state, position } = submission;
  rememberHere(KEY, id);
  const going = (progress: Progress) => {
    const cancelling = run.value.is === "going" && run.value.cancelling;
    run.value = { is: "going", id, progress, tests, cancelling };
  };
  heard.value = null;
  going({ state, ...(position !== null && position !== undefined && { position }) });
  stop = follow(id, {
    progress: going,
    heard: (now) => (heard.value = now),
    ended: (ended) => over(ended, tests),
    failed: (error) => {
      if (error.kind === "unauthorized") lost = tests;
      // What a busy server has not told is judged all the same: the same again is that.
      else if (!isPassing(error)) open = null;
      run.value = { is: "refused", error };
    },
  });
}

/** The same again is another run. */
function over(submission: Submission, tests: Test[]): void {
  open = null;
  run.value = { is: "ended", submission, tests };
}

export async function cancel(): Promise<void> {
  const now = run.value;
  if (now.is === "sending") open?.giveUp();
  if (now.is === "sending" || now.is === "going") run.value = { ...now, cancelling: true };
  if (now.is !== "going") return;
  try {
    await request("DELETE", `/api/v1/submissions/${now.id}`);
  } catch (error) {
    if (error instanceof ApiError) run.value = { is: "refused", error };
    else if (!(error instanceof Unreachable)) throw error;
    // It goes on, and may be cancelled once the server is back.
    else if (run.value.is === "going") run.value = { ...run.value, cancelling: false };
  }
}
