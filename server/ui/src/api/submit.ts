/** Sends submissions. However often one has to be sent, as after a connection that broke off, it is one submission. */

import { ApiError, request, Unreachable } from "./client";
import { secondsUntilRetry, untilReachable } from "./connection";
import type { Submission } from "./types";

/** Something that is sent under a key: the server knows it by that, and answers with the submission that it already is. */
export class Sending {
  private readonly text: string;
  private readonly key = `page-${uuid()}`;
  /** Of the submission, once it is known. */
  id: string | null = null;
  private readonly stopping = new AbortController();
  private readonly stopped = new Promise<void>((resolve) => this.stopping.signal.addEventListener("abort", () => resolve()));
  private isWanted = true;

  constructor(private readonly body: object) {
    this.text = JSON.stringify(body);
  }

  /** Of what has not been heard to be judged yet, the same again is the same; anything else is another, and so is what follows one that was given up. */
  static again(before: Sending | null, body: object): Sending {
    const other = new Sending(body);
    return before?.isWanted && before.text === other.text ? before : other;
  }

  /** Null where it was given up before it was known to have come. One that has come all the same is cancelled. */
  async send(): Promise<Submission | null> {
    while (this.isWanted) {
      const submission = await this.sent();
      if (submission && !this.isWanted) await cancelled(submission.id);
      if (submission) return submission;
      if (this.isWanted) await Promise.race([untilReachable(), this.stopped]);
    }
    return null;
  }

  /** It is not to be judged any more. What is on its way is waited for a little: only who knows its id can cancel it. */
  giveUp(): void {
    this.isWanted = false;
    if (secondsUntilRetry.peek() !== null) this.stopping.abort();
    else setTimeout(() => this.stopping.abort(), PATIENCE);
  }

  /** Null where nobody was there. */
  private async sent(): Promise<Submission | null> {
    const { signal } = this.stopping;
    try {
      const submission = await request<Submission>("POST", "/api/v1/submissions", { json: this.body, headers: { "Idempotency-Key": this.key }, signal });
      this.id = submission.id;
      return submission;
    } catch (error) {
      if (signal.aborted || error instanceof Unreachable) return null;
      // The same again has a key of its own, as the hint says.
      if (error instanceof ApiError && error.kind === "idempotency-key-reused") this.isWanted = false;
      throw error;
    }
  }
}

/** Milliseconds. */
const PATIENCE = 3000;

/** What has ended meanwhile cannot be cancelled any more. */
const cancelled = (id: string): Promise<void> => request<void>("DELETE", `/api/v1/submissions/${id}`).catch(() => {});

/** `crypto.randomUUID` is there on trustworthy origins only. */
function uuid(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
