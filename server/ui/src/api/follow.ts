/** Follows a submission until it has ended, also when the server is restarted meanwhile. */

import { address, ApiError, get, Unreachable } from "./client";
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

/** Returns what ends it. */
export function follow(id: string, followed: Followed): () => void {
  let source: EventSource | null = null;
  let stopped = false;
  // Each event has the verdicts that are new: whoever follows is told all of them.
  let tests: NonNullable<Progress["tests"]> = [];
  let heard: Heard | null = null;
  const listen = (now: Heard | null) => {
    if (now !== heard) followed.heard?.((heard = now));
  };
  const progress = (told: Progress) => {
    if (told.state !== "running") listen(null);
    tests = told.state === "running" ? [...tests, ...(told.tests ?? [])] : [];
    followed.progress({ ...told, tests });
  };
  const stop = () => {
    stopped = true;
    source?.close();
  };
  const open = () => {
    // A new stream tells all of them again.
    tests = [];
    listen(null);
    source = new EventSource(address(`/api/v1/submissions/${id}/events${followed.heard ? "?output=true" : ""}`));
    source.addEventListener("output", (event) => listen(hear(heard, JSON.parse((event as MessageEvent).data) as Piece)));
    source.addEventListener("state", (event) => progress(JSON.parse((event as MessageEvent).data)));
    source.addEventListener("judgement", (event) => {
      stop();
      followed.ended(JSON.parse((event as MessageEvent).data));
    });
    // A browser tells neither why a stream broke off nor what was answered: ask.
    source.onerror = () => {
      source?.close();
      void look();
    };
  };
  const look = async () => {
    try {
      const submission = await get<Submission>(`/api/v1/submissions/${id}`);
      if (stopped) return;
      if (isFinal(submission)) return followed.ended(submission);
      setTimeout(() => stopped || open(), 500);
    } catch (error) {
      if (stopped) return;
      if (error instanceof ApiError) return followed.failed(error);
      if (!(error instanceof Unreachable)) throw error;
      await untilReachable();
      if (!stopped) await look();
    }
  };
  open();
  return stop;
}

export const isFinal = (submission: Submission) =>
  submission.state === "cancelled" || (submission.state === "done" && !submission.rejudging);
