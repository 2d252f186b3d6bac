/** What a submission is: whose, to what, when, and where its time went. */

import { language } from "../api/languages";
import type { Submission, TestResult } from "../api/types";
import { JudgedBy } from "../components/judged-by";
import { Link } from "../components/link";
import { duration, t, time } from "../i18n";

export function Facts({ submission }: { submission: Submission }) {
  const judged = submission.finished_at ? Date.parse(submission.finished_at) - Date.parse(submission.created_at) : null;
  const tests = (submission.tests ?? []) as TestResult[];
  const running = tests.reduce((sum, test) => sum + test.wall_ms, 0);
  const compiling = submission.compile && !submission.compile.cached ? submission.compile.wall_ms : 0;
  return (
    <section class="card">
      <h2>{t("submission.details")}</h2>
      <dl class="facts">
        <dt>{t("playground.language")}</dt><dd>{language(submission.language)?.name ?? submission.language}</dd>
        {submission.user && <><dt>{t("submissions.user")}</dt><dd><Link to={`/submissions?user=${encodeURIComponent(submission.user)}`}><bdi>{submission.user}</bdi></Link></dd></>}
        {submission.problem && <><dt>{t("submissions.problem")}</dt><dd><JudgedBy problem={submission.problem} /> <small>{submission.problem.version.slice(0, 8)}</small></dd></>}
        <dt>{t("submissions.created")}</dt><dd>{time(submission.created_at)}</dd>
        {submission.finished_at && <><dt>{t("submission.finished")}</dt><dd>{time(submission.finished_at)}</dd></>}
        {submission.rejudged_at && <><dt>{t("submission.rejudged")}</dt><dd>{time(submission.rejudged_at)}</dd></>}
        {Object.entries(submission.reference ?? {}).map(([name, value]) => <><dt><bdi>{name}</bdi></dt><dd><bdi>{value}</bdi></dd></>)}
      </dl>
      {judged !== null && !submission.rejudged_at && <Timeline whole={judged} compiling={compiling} running={running} />}
    </section>
  );
}

/** What is left is the queue, sandboxes, and what looks at outputs. Tests of one submission may run beside each other, and take longer
 *  together than it all took: then nothing is left. */
function Timeline({ whole, compiling, running }: { whole: number; compiling: number; running: number }) {
  const compiled = Math.min(compiling, whole);
  const ran = Math.min(running, whole - compiled);
  const parts = [
    { name: t("timeline.waited"), ms: whole - compiled - ran, tone: "waiting" },
    { name: t("timeline.compiled"), ms: compiled, tone: "compiling" },
    { name: t("timeline.ran"), ms: ran, tone: "running" },
  ];
  const sum = parts.reduce((all, part) => all + part.ms, 0) || 1;
  let left = 0;
  return (
    <figure class="timeline">
      <figcaption>{t("timeline.title", { time: duration(whole) })}</figcaption>
      <svg viewBox="0 0 100 4" preserveAspectRatio="none" role="img" aria-label={parts.map((part) => `${part.name}: ${duration(part.ms)}`).join(", ")}>
        {parts.map((part) => {
          const x = left;
          const width = (part.ms / sum) * 100;
          left += width;
          return <rect key={part.tone} class={part.tone} x={x} y={0} width={width} height={4} />;
        })}
      </svg>
      <ul class="legend">{parts.map((part) => <li key={part.tone}><span class={`dot ${part.tone}`} aria-hidden="true" /> {part.name} <span class="number">{duration(part.ms)}</span></li>)}</ul>
    </figure>
  );
}
