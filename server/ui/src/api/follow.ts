/** Follows a submission until it has ended, also when the server is restarted meanwhile. */

import { address, ApiError, get, isPassing, Unreachable } from "./client";
import { untilReachable } from "./connection";
import { hear, type Heard, type Piece } from "./heard";
import type { Progress, Submission } from "./types";

export interface Followed {
  progress(progress: Progress): void;
  ended(submission: Submission): void;
  failed(error: ApiError): void;
  /** What its program writes, while it runs; null where there is nothing. Nobody is asked for it without this. */
  heard?(heard: Heard | null): void;
}

/** Milliseconds without an event after which it is asked how it stands: a stream that a proxy has forgotten, or a machine that slept, tells nothing. */
const SILENT = 60_000;

/** Milliseconds for which a server that cannot tell at the moment is asked again, and after which that is done where it says nothing else. */
const PATIENT = 60_000;
const AGAIN = 2000;

/** Milliseconds before a stream is opened again: so long at first, and at most. */
const [SOONEST, LATEST] = [500, 8000];

/** Returns what ends it. */
export function follow(id: string, followed: Followed): () => void {
  let source: EventSource | null = null;
  let stopped = false;
  let silence: ReturnType<typeof setTimeout> | undefined;
  // Each event has the verdicts that are new: whoever follows is told all of them.
  let tests: NonNullable<Progress["tests"]> = [];
  let heard: Heard | null = null;
  // Doubled by each that tells nothing: there may be as many open as may be.
  let reopening = SOONEST;
  const listen = (now: Heard | null) => {
    if (now !== heard) followed.heard?.((heard = now));
  };
  const wait = () => {
    clearTimeout(silence);
    silence = setTimeout(() => void look(), SILENT);
  };
  const came = () => {
    reopening = SOONEST;
    wait();
  };
  const progress = (told: Progress) => {
    came();
    if (told.state !== "running") listen(null);
    tests = told.state === "running" ? [...tests, ...(told.tests ?? [])] : [];
    followed.progress({ ...told, tests });
  };
  const stop = () => {
    stopped = true;
    close();
  };
  const close = () => {
    clearTimeout(silence);
    source?.close();
  };
  const open = () => {
    // A new stream tells all of them again.
    tests = [];
    listen(null);
    wait();
    source = new EventSource(address(`/api/v1/submissions/${id}/events${followed.heard ? "?output=true" : ""}`));
    source.addEventListener("output", (event) => { came(); listen(hear(heard, JSON.parse((event as MessageEvent).data) as Piece)); });
    source.addEventListener("state", (event) => progress(JSON.parse((event as MessageEvent).data)));
    source.addEventListener("judgement", (event) => {
      stop();
      followed.ended(JSON.parse((event as MessageEvent).data));
    });
    // A browser tells neither why a stream broke off nor what was answered: ask.
    source.onerror = () => {
      close();
      void look();
    };
  };
  let isLooking = false;
  /** A stream that is open stays that, for as long as there is something to be told. */
  const look = async () => {
    if (isLooking) return;
    isLooking = true;
    const submission = await standing();
    isLooking = false;
    if (stopped || !submission) return;
    if (isFinal(submission)) {
      stop();
      followed.ended(submission);
    } else if (source?.readyState === EventSource.CLOSED) {
      setTimeout(() => stopped || open(), reopening);
      reopening = Math.min(2 * reopening, LATEST);
    } else wait();
  };
  /** A server that is away is waited for, and one that is busy for a while. Null where nobody wants to know any more, or it refuses to tell. */
  const standing = async (): Promise<Submission | null> => {
    let end = Date.now() + PATIENT;
    while (!stopped) {
      try {
        return await get<Submission>(`/api/v1/submissions/${id}`);
      } catch (error) {
        if (stopped) break;
        close();
        if (error instanceof Unreachable) {
          await untilReachable();
          // One that was away for long may be busy when it is back.
          end = Date.now() + PATIENT;
        } else if (!(error instanceof ApiError)) throw error;
        else if (isPassing(error) && Date.now() < end) await pause(error.retryAfter);
        else {
          followed.failed(error);
          return null;
        }
      }
    }
    return null;
  };
  open();
  return stop;
}

const pause = (seconds: number | null) => new Promise((resolve) => setTimeout(resolve, seconds === null ? AGAIN : Math.min(seconds * 1000, PATIENT)));

export const isFinal = (submission: Submission) =>
  submission.state === "cancelled" || (submission.state === "done" && !submission.rejudging);
