/** What a submission is: whose, to what, when, and where its time went. */

import { language } from "../api/languages";
import type { Submission } from "../api/types";
import { JudgedBy } from "../components/judged-by";
import { Link } from "../components/link";
import { t, time } from "../i18n";
import { nodesOf } from "./nodes";
import { Timeline } from "./timeline";

export function Facts({ submission }: { submission: Submission }) {
  const nodes = nodesOf(submission);
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
        {nodes.length > 0 && <><dt>{t("submission.nodes")}</dt><dd>{nodes.map((node, index) => <>{index > 0 && ", "}<bdi>{node}</bdi></>)}</dd></>}
        {Object.entries(submission.reference ?? {}).map(([name, value]) => <><dt><bdi>{name}</bdi></dt><dd><bdi>{value}</bdi></dd></>)}
      </dl>
      <Timeline submission={submission} />
    </section>
  );
}
