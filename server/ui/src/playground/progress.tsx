/** How far a submission is. */

import { t } from "../i18n";
import type { Progress as Standing } from "../api/types";
import { tone } from "../components/verdict";

/** The last of them: more than fit nobody looks at while it runs. */
const MOST = 60;

export function Progress({ progress, of }: { progress: Standing | null; of: number }) {
  return (
    <div class="progress">
      <p><span class="spinner" aria-hidden="true" /> {sentence(progress, of)}</p>
      {progress?.state === "running" && of > 1 && <progress max={of} value={progress.tests_done ?? 0} aria-label={t("tests.title")} />}
      {of > 1 && progress?.tests && progress.tests.length > 0 && (
        <div class="strip" aria-hidden="true">{progress.tests.slice(-MOST).map(({ index, verdict }) => <span key={index} class={`cell ${tone(verdict)}`}>{index + 1}</span>)}</div>
      )}
    </div>
  );
}

function sentence(progress: Standing | null, of: number): string {
  switch (progress?.state) {
    case undefined:
      return t("progress.sending");
    case "queued":
      return progress?.position ? t("progress.place", { n: progress.position }) : t("progress.queued");
    case "compiling":
      return t("progress.compiling");
    default:
      return of > 1 ? t("progress.test", { n: Math.min((progress?.tests_done ?? 0) + 1, of), of }) : t("progress.running");
  }
}
