/** Where a submission's time went: as a bar, and in words. */

import type { Submission, TestResult } from "../api/types";
import { duration, t } from "../i18n";

interface Part {
  name: string;
  ms: number;
  tone: "waiting" | "between" | "compiling" | "running";
}

export function Timeline({ submission }: { submission: Submission }) {
  const end = submission.rejudged_at ?? submission.finished_at;
  // How long a submission waited that is judged again, behind all others, tells nobody anything.
  const begin = submission.rejudged_at ? submission.started_at : submission.created_at;
  if (!end || !begin) return null;
  const whole = Math.max(0, Date.parse(end) - Date.parse(begin));
  const started = submission.started_at ? Date.parse(submission.started_at) - Date.parse(begin) : null;
  const parts = partsOf(whole, started, submission);
  return (
    <figure class="timeline">
      <figcaption>{t(submission.rejudged_at ? "timeline.again" : "timeline.title", { time: duration(whole) })}</figcaption>
      <Bar parts={parts} />
      <ul class="legend">{parts.map((part) => <li key={part.tone}><span class={`dot ${part.tone}`} aria-hidden="true" /> {part.name} <span class="number">{duration(part.ms)}</span></li>)}</ul>
    </figure>
  );
}

/** `started`: milliseconds until there was a sandbox; null where that is not known, as of what earlier servers have judged. Tests of one
 *  submission may run beside each other, and take longer together than it all took: then nothing is left between them. */
function partsOf(whole: number, started: number | null, { compile, tests, rejudged_at }: Submission): Part[] {
  const waited = Math.min(Math.max(started ?? 0, 0), whole);
  const compiled = Math.min(compile && !compile.cached ? compile.wall_ms : 0, whole - waited);
  const running = ((tests ?? []) as TestResult[]).reduce((sum, test) => sum + test.wall_ms, 0);
  const ran = Math.min(running, whole - waited - compiled);
  const between = whole - waited - compiled - ran;
  return [
    ...(started === null || rejudged_at ? [] : [{ name: t("timeline.waited"), ms: waited, tone: "waiting" } as const]),
    { name: t("timeline.compiled"), ms: compiled, tone: "compiling" },
    { name: t("timeline.ran"), ms: ran, tone: "running" },
    { name: t(started === null ? "timeline.rest" : "timeline.between"), ms: between, tone: "between" },
  ];
}

function Bar({ parts }: { parts: Part[] }) {
  const sum = parts.reduce((all, { ms }) => all + ms, 0) || 1;
  let left = 0;
  return (
    <svg viewBox="0 0 100 4" preserveAspectRatio="none" role="img" aria-label={parts.map(({ name, ms }) => `${name}: ${duration(ms)}`).join(", ")}>
      {parts.map(({ tone, ms }) => {
        const x = left;
        const width = (ms / sum) * 100;
        left += width;
        return <rect key={tone} class={tone} x={x} y={0} width={width} height={4} />;
      })}
    </svg>
  );
}
