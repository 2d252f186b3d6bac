/** Names for what the description of the API has: `npm run types` writes `schema.d.ts`. */

import type { components } from "./schema";

type Schemas = components["schemas"];

export type Submission = Schemas["Submission"];
export type TestResult = Schemas["TestResult"] & { stdout?: string; stdout_base64?: string; stderr?: string; stderr_base64?: string };
export type Verdict = Schemas["Verdict"];
export type Language = Schemas["Language"];
export type Session = Schemas["Session"];
export type AppliedLimits = Schemas["AppliedLimits"];
export type Compilation = Schemas["Compilation"];

/** How far a submission is, as events tell it. */
export interface Progress {
  state: Submission["state"];
  position?: number;
  /** Until its turn, at the pace of the moment. */
  estimated_wait_ms?: number;
  tests_done?: number;
  /** Verdicts that were not told before. */
  tests?: { index: number; verdict: Verdict }[];
}
