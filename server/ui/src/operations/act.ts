/** What an operator does, and how often this page looks what came of it. */

import { ApiError, Unreachable } from "../api/client";

/** Milliseconds. */
export const OFTEN = 2000;
export const SELDOM = 15_000;

/** Does it; what the server refuses is told. */
export function act(doing: () => Promise<void>, refused: (error: ApiError | null) => void): void {
  refused(null);
  doing().catch((error) => {
    if (error instanceof ApiError) refused(error);
    else if (!(error instanceof Unreachable)) throw error;
  });
}
