import type { components } from "../api/schema";
import { t } from "../i18n";
import { Link } from "./link";

/** The problem that a submission was judged by: a link for as long as there is something behind it. */
export function JudgedBy({ problem }: { problem: components["schemas"]["JudgedBy"] }) {
  if (!problem.removed) return <Link to={`/problems/${encodeURIComponent(problem.id)}`} class="shortened" title={problem.id}>{problem.id}</Link>;
  return <><span class="shortened" title={problem.id}>{problem.id}</span> <small>{t("submissions.removed")}</small></>;
}
