/** Sends submissions. However often one has to be sent, as after a connection that broke off, it is one submission. */

import { request, Unreachable } from "./client";
import { untilReachable } from "./connection";
import type { Submission } from "./types";

/** Something that is sent under a key: the server knows it by that, and answers with the submission that it already is. */
export class Sending {
  private readonly text: string;
  private readonly key = `page-${uuid()}`;
  /** Of the submission, once it is known. */
  id: string | null = null;

  constructor(private readonly body: object) {
    this.text = JSON.stringify(body);
  }

  /** Of what has not been heard to be judged yet, the same again is the same; anything else is another. */
  static again(before: Sending | null, body: object): Sending {
    const other = new Sending(body);
    return before?.text === other.text ? before : other;
  }

  async send(): Promise<Submission> {
    const headers = { "Idempotency-Key": this.key };
    for (;;) {
      try {
        const submission = await request<Submission>("POST", "/api/v1/submissions", { json: this.body, headers });
        this.id = submission.id;
        return submission;
      } catch (error) {
        if (!(error instanceof Unreachable)) throw error;
        await untilReachable();
      }
    }
  }
}

/** `crypto.randomUUID` is there on trustworthy origins only. */
function uuid(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
