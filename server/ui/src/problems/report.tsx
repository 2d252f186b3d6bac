/** What was understood of a package. */

import type { components } from "../api/schema";
import { Link } from "../components/link";
import { duration, size, t } from "../i18n";

type Package = components["schemas"]["ProblemPackage"];

export function Report({ problem }: { problem: Package }) {
  return (
    <div class="summary good">
      <h3>{t("upload.taken")} <Link to={`/problems/${encodeURIComponent(problem.id)}`}>{problem.id}</Link></h3>
      <ul>
        <li>{t("upload.format", { format: problem.format, version: problem.version.slice(0, 12) })}</li>
        <li>{t("problem.cases", { sample: problem.cases.sample, secret: problem.cases.secret })}</li>
        <li>{t("problem.limits", { time: duration(problem.limits.cpu_ms), memory: size(problem.limits.memory_bytes) })}</li>
        {problem.private && <li>{t("problem.private")}</li>}
        {problem.validators.length > 0 && <li>{t("upload.validators")}: <bdi>{problem.validators.join(", ")}</bdi></li>}
        <li>{t("upload.statements")}: {problem.statements.map(({ language, format }) => `${language} (${format})`).join(", ") || "–"}</li>
        <li>{t("upload.submissions", { n: problem.submissions })}</li>
      </ul>
      {problem.unjudged && <p class="wrong" lang="en">{problem.unjudged}</p>}
      {problem.notes.length > 0 && <><h4>{t("problem.notes")}</h4><ul>{problem.notes.map((note) => <li key={note}><bdi>{note}</bdi></li>)}</ul></>}
    </div>
  );
}
