/** The judgements that a submission has had, and what changed from one to the next. */

import type { components } from "../api/schema";
import type { Submission } from "../api/types";
import { Loaded, useLoaded } from "../components/loaded";
import { Verdict } from "../components/verdict";
import { Windowed } from "../components/windowed";
import { duration, t, time } from "../i18n";

type Numbered = components["schemas"]["NumberedJudgement"];
type Change = components["schemas"]["Change"];

export function History({ submission }: { submission: Submission }) {
  const [state] = useLoaded<{ judgements: Numbered[] }>(`/api/v1/submissions/${submission.id}/judgements`);
  return (
    <Loaded from={state}>
      {({ judgements }) => judgements.length < 2 ? null : (
        <section class="card">
          <h2>{t("history.title")}</h2>
          <Windowed name="judgements" items={judgements} most={20}>{(shown) => shown.map((judgement) => <One key={judgement.number} judgement={judgement} />)}</Windowed>
        </section>
      )}
    </Loaded>
  );
}

function One({ judgement }: { judgement: Numbered }) {
  return (
    <article>
      <h3>{t("history.number", { n: judgement.number })} · <Verdict verdict={judgement.verdict} /></h3>
      <p class="hint">{time(judgement.judged_at)} · {judgement.summary.passed}/{judgement.summary.total}</p>
      <Changes number={judgement.number} changes={judgement.changes ?? []} />
    </article>
  );
}

/** Of one judgement. */
const MOST = 200;

function Changes({ number, changes }: { number: number; changes: Change[] }) {
  if (changes.length === 0) return null;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={t("history.changes", { n: number })}>
      <table class="list">
        <thead><tr><th scope="col">#</th><th scope="col">{t("history.before")}</th><th scope="col">{t("history.after")}</th></tr></thead>
        <tbody>
          {changes.slice(0, MOST).map((change) => (
            <tr key={change.index}>
              <th scope="row" class="free"><bdi>{change.name ?? change.index + 1}</bdi></th>
              {[change.before, change.after].map((side, index) => (
                <td key={index}>{side ? <><Verdict verdict={side.verdict} /> <small>{duration(side.cpu_ms)}</small></> : "–"}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {changes.length > MOST && <p class="hint">{t("tests.cut", { n: changes.length - MOST })}</p>}
    </div>
  );
}
