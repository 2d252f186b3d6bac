/** Submissions, newest first. */

import { useMemo } from "preact/hooks";
import { language, languages } from "../api/languages";
import type { Submission } from "../api/types";
import { JudgedBy } from "../components/judged-by";
import { Link } from "../components/link";
import { Loaded } from "../components/loaded";
import { usePages } from "../components/pages";
import { Standing, verdictName } from "../components/verdict";
import { Windowed } from "../components/windowed";
import { When } from "../components/when";
import { duration, size, t, type Sentence } from "../i18n";
import "../i18n/pages";
import { parameters, refine } from "../router";
import { tongue } from "../settings";

const STATES = ["queued", "compiling", "running", "done", "cancelled"];
const VERDICTS = ["Accepted", "WrongAnswer", "CompileError", "RuntimeError", "TimeLimitExceeded", "MemoryLimitExceeded", "OutputLimitExceeded", "JudgeError", "InternalError"];

export default function Submissions() {
  const given = (name: string) => parameters.value.get(name) ?? "";
  const set = (name: string, value: string) => {
    const next = new URLSearchParams(parameters.value);
    if (value) next.set(name, value);
    else next.delete(name);
    refine(next.size ? `?${next}` : "");
  };
  return (
    <section class="card">
      <h1>{t("nav.submissions")}</h1>
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <label><span>{t("submissions.user")}</span><input value={given("user")} maxLength={128} onChange={(event) => set("user", event.currentTarget.value.trim())} /></label>
        <label><span>{t("submissions.problem")}</span><input value={given("problem")} maxLength={64} onChange={(event) => set("problem", event.currentTarget.value.trim())} /></label>
        <label>
          <span>{t("playground.language")}</span>
          <select value={given("language")} onChange={(event) => set("language", event.currentTarget.value)}>
            <option value="">{t("filter.all")}</option>
            {languages.value.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}
          </select>
        </label>
        <label>
          <span>{t("submissions.state")}</span>
          <select value={given("state")} onChange={(event) => set("state", event.currentTarget.value)}>
            <option value="">{t("filter.all")}</option>
            {STATES.map((state) => <option key={state} value={state}>{t(`state.${state}` as Sentence)}</option>)}
          </select>
        </label>
        <label>
          <span>{t("groups.verdict")}</span>
          <select value={given("verdict")} onChange={(event) => set("verdict", event.currentTarget.value)}>
            <option value="">{t("filter.all")}</option>
            {VERDICTS.map((verdict) => <option key={verdict} value={verdict}>{verdictName(verdict)}</option>)}
          </select>
        </label>
      </form>
      <SubmissionTable filters={{ user: given("user"), problem: given("problem"), language: given("language"), state: given("state"), verdict: given("verdict") }} />
    </section>
  );
}

/** `ofOne`: all of them are to one problem, which need not be told of each. */
export function SubmissionTable({ filters, limit = 50, ofOne = false }: { filters: Record<string, string>; limit?: number; ofOne?: boolean }) {
  const { state, name, more, failed, again } = usePages<{ submissions: Submission[]; next_cursor?: string | null }, Submission>("/api/v1/submissions", filters, limit, (page) => page.submissions);
  return (
    <Loaded from={state} again={again}>
      {(submissions: Submission[]) => submissions.length === 0 ? <p class="hint">{t("submissions.none")}</p> : (
        <Windowed key={name} name={name} items={submissions} more={more} failed={failed}>
          {(shown, first) => <Rows submissions={shown} first={first} all={more ? null : submissions.length} ofOne={ofOne} />}
        </Windowed>
      )}
    </Loaded>
  );
}

/** `all` is null where more may come. */
function Rows({ submissions, first, all, ofOne }: { submissions: Submission[]; first: number; all: number | null; ofOne: boolean }) {
  return (
    <div class="scroll cards" tabIndex={0} role="region" aria-label={t("nav.submissions")}>
      <table class="list" aria-rowcount={all === null ? -1 : all + HEAD}>
        <thead>
          <tr aria-rowindex={HEAD}>
            <th scope="col">{t("submissions.id")}</th><th scope="col">{t("groups.verdict")}</th><th scope="col">{t("submissions.created")}</th>
            <th scope="col" class="number">{t("submissions.time")}</th><th scope="col" class="number">{t("figure.memory")}</th>
            <th scope="col">{t("playground.language")}</th>{!ofOne && <th scope="col">{t("submissions.problem")}</th>}<th scope="col">{t("submissions.user")}</th>
          </tr>
        </thead>
        <tbody>
          {submissions.map((submission, index) => <Row key={submission.id} submission={submission} number={first + index + 1} ofOne={ofOne} />)}
        </tbody>
      </table>
    </div>
  );
}

/** Rows of a table above the first submission: a screen reader counts them. */
const HEAD = 1;

/** Of what never ran there are no figures. */
const wasRun = ({ verdict, summary }: Submission) => Boolean(verdict && summary && summary.memory_bytes_max > 0);

/** Drawn once, however many others come behind it. */
function Row({ submission, number, ofOne }: { submission: Submission; number: number; ofOne: boolean }) {
  const { summary } = submission;
  return useMemo(() => (
    <tr aria-rowindex={number + HEAD}>
      <td><Link to={`/submissions/${submission.id}`}><code>{submission.id.slice(0, 8)}</code></Link></td>
      <td><Standing submission={submission} />{submission.score !== undefined && <> <small>{t("judgement.score", { score: submission.score })}</small></>}</td>
      <td><When at={submission.created_at} /></td>
      <td class="number">{wasRun(submission) && duration(summary?.cpu_ms_max ?? 0)}</td>
      <td class="number">{wasRun(submission) && size(summary?.memory_bytes_max ?? 0)}</td>
      <td>{language(submission.language)?.name ?? submission.language}</td>
      {!ofOne && <td>{submission.problem && <JudgedBy problem={submission.problem} />}</td>}
      <td>{submission.user && <bdi class="shortened" title={submission.user}>{submission.user}</bdi>}</td>
    </tr>
  ), [submission, number, languages.value, tongue.value]);
}
