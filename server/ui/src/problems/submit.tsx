/** A program for a problem, followed until it is judged. */

import { useMemo, useState } from "preact/hooks";
import { ChooseFile, ChooseFiles } from "../components/choose-file";
import { Judgement } from "../components/judgement";
import { LanguageOptions } from "../components/language-options";
import { Link } from "../components/link";
import { Live } from "../components/live";
import { Refusal } from "../components/refusal";
import { textOf } from "../components/text-file";
import { Editor } from "../editor/editor";
import type { Mark } from "../editor/mark";
import { t } from "../i18n";
import { marksOf, Places } from "../playground/marks";
import { Progress, Told } from "../playground/progress";
import { type Judging, useJudging } from "./judging";
import { useWritten, type Written } from "./written";

/** `tests` is how many the problem has. */
export function Submit({ problem, tests, takesAnswers, ended }: { problem: string; tests: number; takesAnswers: boolean; ended(): void }) {
  const written = useWritten(problem);
  const judging = useJudging(ended);
  const [unread, setUnread] = useState<string | null>(null);
  const [goTo, setGoTo] = useState<Mark | null>(null);
  const { now } = judging;
  const { name } = written;
  const marks = useMemo(() => (now.is === "ended" ? marksOf(now.submission, [name]) : []), [now, name]);

  const submit = () => void judging.send({ problem, language: written.language, files: { [name]: written.source } });
  const answer = async (chosen: File[]) => {
    const read = await filesOf(chosen);
    setUnread("problem" in read ? read.problem : null);
    if ("files" in read) await judging.send({ problem, files: read.files });
  };
  return (
    <section class="card tool">
      <h2>{t("problem.submit")}</h2>
      <div class="toolbar">
        <label><span class="unseen">{t("playground.language")}</span><select value={written.language} onChange={(event) => written.choose(event.currentTarget.value)}><LanguageOptions /></select></label>
        <ChooseFile label={t("playground.source")} chosen={(file) => void written.take(file).then(setUnread)} />
        {takesAnswers && <ChooseFiles label={t("problem.answers")} accept=".ans,.out" disabled={now.is === "going"} chosen={(files) => void answer(files)} />}
        <span class="space" />
        <Press judging={judging} isEmpty={!written.source.trim()} submit={submit} />
      </div>
      {unread && <p class="wrong" role="alert">{unread}</p>}
      <Replaced written={written} />
      <div class="source-frame"><Editor name={name} language={written.language} content={written.source} generation={written.generation} marks={marks} goTo={goTo} changed={written.write} run={submit} /></div>
      <Outcome judging={judging} tests={tests} marks={marks} jump={(mark) => setGoTo({ ...mark })} />
    </section>
  );
}

/** All of them, by their names; or what is wrong with one. */
async function filesOf(chosen: File[]): Promise<{ files: Record<string, string> } | { problem: string }> {
  const texts: [string, string][] = [];
  for (const file of chosen) {
    const read = await textOf(file);
    if ("problem" in read) return read;
    texts.push([file.name, read.text]);
  }
  return { files: Object.fromEntries(texts) };
}

function Press({ judging: { now, cancel }, isEmpty, submit }: { judging: Judging; isEmpty: boolean; submit(): void }) {
  return now.is === "going"
    ? <button type="button" class="stop" disabled={now.cancelling} onClick={() => void cancel()}>{t("run.cancel")}</button>
    : <button type="button" class="go" disabled={isEmpty} onClick={submit}>{t("problem.submit")}</button>;
}

function Replaced({ written: { isReplaced, bringBack, forget } }: { written: Written }) {
  if (!isReplaced) return null;
  return (
    <div class="replaced" role="status">
      <span>{t("submit.replaced")}</span>
      <button type="button" class="quiet" onClick={bringBack}>{t("draft.bringBack")}</button>
      <button type="button" class="quiet" onClick={forget}>{t("draft.forget")}</button>
    </div>
  );
}

function Outcome({ judging: { now, heard, again }, tests, marks, jump }: { judging: Judging; tests: number; marks: Mark[]; jump(mark: Mark): void }) {
  return (
    <>
      <Told progress={now.is === "going" ? now.stage : null} ended={now.is === "ended" ? now.submission : null} />
      <div>
        {now.is === "going" && <><Progress progress={now.stage} of={tests} /><Live heard={heard} /></>}
        {now.is === "refused" && <Refusal error={now.error} again={() => void again()} />}
        {now.is === "ended" && <><Judgement submission={now.submission} places={<Places marks={marks} jump={jump} />} /><p><Link to={`/submissions/${now.submission.id}`}>{t("problem.whole")}</Link></p></>}
      </div>
    </>
  );
}
