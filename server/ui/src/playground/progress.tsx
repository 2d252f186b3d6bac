/** How far a submission is. */

import { duration, t } from "../i18n";
import type { Progress as Standing, Submission } from "../api/types";
import { later, Nothing } from "../components/later";
import { marked, tone } from "../components/verdict";

// With the judgement, beside which it is told.
const Outcome = later(async () => (await import("../components/judgement")).Outcome, Nothing);

/** The last of them: more than fit nobody looks at while it runs. */
const MOST = 60;

export function Progress({ progress, of }: { progress: Standing | null; of: number }) {
  return (
    <div class="progress">
      <p><span class="spinner" aria-hidden="true" /> {sentence(progress, of)}</p>
      {progress?.state === "running" && of > 1 && <progress max={of} value={progress.tests_done ?? 0} aria-label={t("tests.title")} />}
      {of > 1 && progress?.tests && progress.tests.length > 0 && (
        <div class="strip" aria-hidden="true">{progress.tests.slice(-MOST).map((test) => <span key={test.index} class={`cell ${tone(test.verdict)}`}>{marked(test)}</span>)}</div>
      )}
    </div>
  );
}

/** What a screen reader says while a submission is on its way, and when it has ended: few words. The rest is there to be read. */
export function Told({ progress, ended }: { progress: Standing | null; ended: Submission | null }) {
  return <p class="unseen" role="status">{ended ? <Outcome submission={ended} /> : progress ? t(`state.${progress.state}`) : ""}</p>;
}

/** Nothing is worth an estimate that is over before one has read it. */
const WORTH_TELLING = 2000;

function waiting({ position, estimated_wait_ms: estimate = 0 }: Standing): string {
  if (!position) return t("progress.queued");
  // A whole number of seconds: it is no more exact than that.
  return estimate < WORTH_TELLING ? t("progress.place", { n: position }) : t("progress.estimate", { n: position, time: duration(Math.round(estimate / 1000) * 1000) });
}

function sentence(progress: Standing | null, of: number): string {
  switch (progress?.state) {
    case undefined:
      return t("progress.sending");
    case "queued":
      return waiting(progress);
    case "compiling":
      return t("progress.compiling");
    default:
      return of > 1 ? t("progress.test", { n: Math.min((progress?.tests_done ?? 0) + 1, of), of }) : t("progress.running");
  }
}
