/** One submission: what came of it, when, and what came of it before. */

import { useSignal } from "@preact/signals";
import { useEffect, useMemo, useState } from "preact/hooks";
import { ApiError, request, Unreachable } from "../api/client";
import { returns } from "../api/connection";
import { follow, isFinal } from "../api/follow";
import type { Heard } from "../api/heard";
import { language } from "../api/languages";
import { isOperator, may } from "../api/session";
import type { Progress as Stage, Submission } from "../api/types";
import { Judgement } from "../components/judgement";
import { Live } from "../components/live";
import { Loaded, useLoaded } from "../components/loaded";
import { Refusal } from "../components/refusal";
import { Together } from "../components/together";
import type { Mark } from "../editor/mark";
import { t } from "../i18n";
import "../i18n/pages";
import { marksOf, Places } from "../playground/marks";
import { Progress } from "../playground/progress";
import { Facts } from "./facts";
import { History } from "./history";
import { namesOf, Source, type Sources } from "./source";
import { TestTable } from "./test-table";

export default function Detail({ id }: { id: string }) {
  const [state, again] = useLoaded<Submission>(`/api/v1/submissions/${encodeURIComponent(id)}`);
  return <Loaded from={state} again={again} title={`${t("submission.title")} ${id.slice(0, 8)}`} list={{ at: "/submissions", name: t("submission.all") }}>{(submission) => <Shown key={submission.id} first={submission} />}</Loaded>;
}

function Shown({ first }: { first: Submission }) {
  const [submission, setSubmission] = useState(first);
  const [stage, setStage] = useState<Stage | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [followed, setFollowed] = useState(0);
  const heard = useSignal<Heard | null>(null);
  useEffect(() => setSubmission((old) => later(old, first)), [first]);
  useEffect(() => {
    setError(null);
    if (isFinal(submission)) return;
    // What it wrote when it was judged before is nothing that it writes now.
    heard.value = null;
    return follow(submission.id, { progress: setStage, heard: (now) => (heard.value = now), ended: (ended) => { setSubmission(ended); setStage(null); }, failed: setError });
    // An order to judge again may have been taken though nobody heard so, and who has signed in may follow once more.
  }, [submission.id, followed, isFinal(submission), returns.value]);
  const act = async (method: "POST" | "DELETE", path: string) => {
    try {
      await request(method, path);
      setError(null);
      setSubmission((old) => (method === "POST" ? { ...old, rejudging: true } : old));
      setFollowed((number) => number + 1);
    } catch (error) {
      if (error instanceof ApiError) setError(error);
      else if (!(error instanceof Unreachable)) throw error;
    }
  };
  const path = `/api/v1/submissions/${submission.id}`;
  const [sources, againSources] = useLoaded<Sources>(`${path}/sources`);
  const names = sources.is === "there" ? ordered(namesOf(sources.value), language(submission.language)?.source_file) : [];
  const marks = useMemo(() => marksOf(submission, names), [submission, names.join("\n")]);
  const [goTo, setGoTo] = useState<Mark | null>(null);
  const chosen = useSignal<number | null>(null);
  return (
    <Together><div class="columns">
      <section class="card">
        <div class="heading">
          <h1>{t("submission.title")} <code>{submission.id.slice(0, 8)}</code></h1>
          {!isFinal(submission) && !submission.rejudging && may("submit") && <button type="button" class="stop" onClick={() => void act("DELETE", path)}>{t("run.cancel")}</button>}
          {isFinal(submission) && submission.state === "done" && isOperator() && <button type="button" onClick={() => void act("POST", `${path}/rejudge`)}>{t("submission.rejudge")}</button>}
        </div>
        {!isFinal(submission) && <Progress progress={stage ?? standing(submission)} of={submission.progress?.tests_total ?? submission.summary?.total ?? 0} />}
        {!isFinal(submission) && <Live heard={heard} />}
        {error && <Refusal error={error} />}
        <Judgement submission={submission} chosen={chosen} places={<Places marks={marks} jump={(mark) => setGoTo({ ...mark })} />} />
      </section>
      <div class="side">
        <Facts submission={submission} />
        <Source from={sources} again={againSources} language={submission.language} marks={marks} goTo={goTo} />
        {submission.verdict && <TestTable submission={submission} chosen={chosen} />}
        {submission.verdict && <History key={submission.rejudged_at} submission={submission} />}
      </div>
    </div></Together>
  );
}

/** The file first that a program of this language begins in, where nothing else is said. */
const ordered = (names: string[], first: string | undefined): string[] => names.sort((one, other) => Number(other === first) - Number(one === first));

/** What was asked for may come behind what a stream has told since: of the two that which is known of the later. */
function later(known: Submission, come: Submission): Submission {
  const isOlder = (known.rejudged_at ?? "") > (come.rejudged_at ?? "") || (isFinal(known) && !isFinal(come) && !come.rejudging);
  return isOlder ? known : come;
}

/** Before anything is told of its way. */
function standing({ rejudging, state, position }: Submission): Stage {
  return { state: rejudging ? "queued" : state, ...(position !== null && position !== undefined && { position }) };
}
