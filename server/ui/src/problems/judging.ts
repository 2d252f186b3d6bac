/** A submission to a problem: sent once, and followed until it is judged, through servers that restart and sessions that end. */

import { useSignal, type ReadonlySignal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, isPassing, request, Unreachable } from "../api/client";
import { follow } from "../api/follow";
import type { Heard } from "../api/heard";
import { isSomebody } from "../api/session";
import { Sending } from "../api/submit";
import type { Progress, Submission } from "../api/types";

export type Standing = { is: "idle" } | { is: "going"; stage: Progress | null; id: string | null; cancelling: boolean } | { is: "ended"; submission: Submission } | { is: "refused"; error: ApiError };

export interface Judging {
  now: Standing;
  /** What its program writes. */
  heard: ReadonlySignal<Heard | null>;
  send(body: object): Promise<void>;
  /** What was refused, once more. */
  again(): Promise<void>;
  cancel(): Promise<void>;
}

export function useJudging(ended: () => void): Judging {
  const [now, setNow] = useState<Standing>({ is: "idle" });
  const heard = useSignal<Heard | null>(null);
  const last = useRef<object>({});
  // What was sent, and of which nobody has heard that it is judged.
  const open = useRef<Sending | null>(null);
  const stop = useRef<(() => void) | null>(() => {});
  useEffect(() => () => { stop.current?.(); stop.current = null; }, []);

  const refused = (error: unknown) => {
    if (!(error instanceof ApiError)) throw error;
    setNow({ is: "refused", error });
  };
  const watch = (id: string) => {
    setNow({ is: "going", stage: null, id, cancelling: false });
    stop.current = follow(id, {
      progress: (stage) => setNow((old) => ({ is: "going", stage, id, cancelling: old.is === "going" && old.cancelling })),
      heard: (now) => (heard.value = now),
      ended: (submission) => {
        open.current = null;
        setNow({ is: "ended", submission });
        ended();
      },
      failed: (error) => {
        // One that cannot be followed is none that the same again should be; what a busy server has not told is judged all the same.
        if (error.status !== UNAUTHORIZED && !isPassing(error)) open.current = null;
        refused(error);
      },
    });
  };
  const send = async (body: object) => {
    if (now.is === "going") return;
    last.current = body;
    open.current = Sending.again(open.current, body);
    setNow({ is: "going", stage: null, id: null, cancelling: false });
    heard.value = null;
    try {
      const submission = await open.current.send();
      if (!submission) open.current = null;
      // Else nobody is here any more.
      if (stop.current === null) return;
      if (submission) watch(submission.id);
      else setNow({ is: "idle" });
    } catch (error) {
      refused(error);
    }
  };
  const cancel = async () => {
    if (now.is !== "going") return;
    setNow({ ...now, cancelling: true });
    if (now.id === null) return open.current?.giveUp();
    try {
      await request("DELETE", `/api/v1/submissions/${now.id}`);
    } catch (error) {
      if (error instanceof Unreachable) setNow((old) => (old.is === "going" ? { ...old, cancelling: false } : old));
      else refused(error);
    }
  };
  // Who has signed in again sees the end of what was judged meanwhile.
  const isIn = isSomebody();
  useEffect(() => {
    const isLost = now.is === "refused" && now.error.status === UNAUTHORIZED;
    if (isIn && isLost && open.current?.id) watch(open.current.id);
  }, [isIn]);

  return { now, heard, send, again: () => send(last.current), cancel };
}

const UNAUTHORIZED = 401;
