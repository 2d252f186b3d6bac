/** A program for a problem, followed until it is judged. */

import { useEffect, useMemo, useState } from "preact/hooks";
import { language, languages } from "../api/languages";
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
import { draft } from "../playground/draft";
import { marksOf, Places } from "../playground/marks";
import { Progress, Told } from "../playground/progress";
import { keep, kept } from "./answers";
import { useJudging } from "./judging";

/** `tests` is how many the problem has. */
export function Submit({ problem, tests, takesAnswers, ended }: { problem: string; tests: number; takesAnswers: boolean; ended(): void }) {
  const [begun] = useState(() => kept(problem) ?? { language: draft.value.language, source: draft.value.files[0]?.content ?? "" });
  const [id, setId] = useState(begun.language);
  const [source, setSource] = useState(begun.source);
  const { now, heard, send, again, cancel } = useJudging(ended);
  const [generation, setGeneration] = useState(0);
  const [unread, setUnread] = useState<string | null>(null);
  // What a file has taken the place of.
  const [before, setBefore] = useState<string | null>(null);
  useEffect(() => { if (id !== begun.language || source !== begun.source) keep(problem, { language: id, source }); }, [id, source]);
  const name = language(id)?.source_file ?? "main.txt";
  const [goTo, setGoTo] = useState<Mark | null>(null);
  const marks = useMemo(() => (now.is === "ended" ? marksOf(now.submission, [name]) : []), [now, name]);

  const submit = () => void send({ problem, language: id, files: { [name]: source } });
  const answer = async (chosen: File[]) => {
    const read = await Promise.all(chosen.map(async (file) => ({ name: file.name, ...(await textOf(file)) })));
    const unread = read.flatMap((one) => ("problem" in one ? [one.problem] : []))[0] ?? null;
    setUnread(unread);
    if (unread !== null) return;
    const files = Object.fromEntries(read.flatMap((one) => ("text" in one ? [[one.name, one.text]] : [])));
    await send({ problem, files });
  };
  const show = (text: string) => {
    setSource(text);
    setGeneration((number) => number + 1);
  };
  const upload = async (file: File) => {
    const read = await textOf(file);
    setUnread("problem" in read ? read.problem : null);
    if ("problem" in read) return;
    show(read.text);
    setBefore(source.trim() && source !== read.text ? source : null);
    const extension = file.name.split(".").pop() ?? "";
    const found = languages.value.find((language) => language.extensions.includes(extension));
    if (found && !language(id)?.extensions.includes(extension)) setId(found.id);
  };
  return (
    <section class="card tool">
      <h2>{t("problem.submit")}</h2>
      <div class="toolbar">
        <label><span class="unseen">{t("playground.language")}</span><select value={id} onChange={(event) => setId(event.currentTarget.value)}><LanguageOptions /></select></label>
        <ChooseFile label={t("playground.source")} chosen={(file) => void upload(file)} />
        {takesAnswers && <ChooseFiles label={t("problem.answers")} accept=".ans,.out" disabled={now.is === "going"} chosen={(files) => void answer(files)} />}
        <span class="space" />
        {now.is === "going" && now.id !== null
          ? <button type="button" class="stop" disabled={now.cancelling} onClick={() => void cancel()}>{t("run.cancel")}</button>
          : <button type="button" class="go" disabled={now.is === "going" || !source.trim()} onClick={submit}>{t("problem.submit")}</button>}
      </div>
      {unread && <p class="wrong" role="alert">{unread}</p>}
      {before !== null && (
        <div class="replaced" role="status">
          <span>{t("submit.replaced")}</span>
          <button type="button" class="quiet" onClick={() => { show(before); setBefore(null); }}>{t("draft.bringBack")}</button>
          <button type="button" class="quiet" onClick={() => setBefore(null)}>{t("draft.forget")}</button>
        </div>
      )}
      <div class="source-frame"><Editor name={name} content={source} generation={generation} marks={marks} goTo={goTo} changed={setSource} run={submit} /></div>
      <Told progress={now.is === "going" ? now.stage : null} ended={now.is === "ended" ? now.submission : null} />
      <div>
        {now.is === "going" && <><Progress progress={now.stage} of={tests} /><Live heard={heard} /></>}
        {now.is === "refused" && <Refusal error={now.error} again={() => void again()} />}
        {now.is === "ended" && <><Judgement submission={now.submission} places={<Places marks={marks} jump={(mark) => setGoTo({ ...mark })} />} /><p><Link to={`/submissions/${now.submission.id}`}>{t("problem.whole")}</Link></p></>}
      </div>
    </section>
  );
}
