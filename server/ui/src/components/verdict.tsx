/** A verdict in words and colour: never in colour alone. */

import { t, type Sentence } from "../i18n";
import type { Submission } from "../api/types";

const SIGNS: Record<string, string> = { Accepted: "✓", WrongAnswer: "✗", CompileError: "⚒", RuntimeError: "⚡", TimeLimitExceeded: "◷", MemoryLimitExceeded: "▤", OutputLimitExceeded: "≫" };

/** Of what is not known here, too. */
export const sign = (verdict: string): string => SIGNS[verdict] ?? "!";

export const verdictName = (verdict: string): string => t(`verdict.${verdict}` as Sentence);

export function tone(verdict: string | null): "good" | "bad" | "fault" | "none" {
  if (verdict === null) return "none";
  if (verdict === "Accepted") return "good";
  return verdict === "InternalError" || verdict === "JudgeError" ? "fault" : "bad";
}

/** Its number, with a sign where it was not accepted: a colour alone is not for everybody. */
export const marked = ({ index, verdict }: { index: number; verdict: string }): string => (verdict === "Accepted" ? `${index + 1}` : `${index + 1} ${sign(verdict)}`);

export function Verdict({ verdict }: { verdict: string }) {
  return (
    <span class={`verdict ${tone(verdict)}`}>
      <span aria-hidden="true">{sign(verdict)}</span> {verdictName(verdict)}
    </span>
  );
}

/** The verdict, or how far it is. */
export function Standing({ submission }: { submission: Pick<Submission, "state" | "verdict"> }) {
  if (submission.verdict) return <Verdict verdict={submission.verdict} />;
  return <span class="verdict none">{t(`state.${submission.state}` as Sentence)}</span>;
}
