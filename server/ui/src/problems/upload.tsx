/** A package by drag and drop: what was understood of it, and whether its own submissions are judged as they should. */

import { useState } from "preact/hooks";
import { may } from "../api/session";
import type { components } from "../api/schema";
import { ChooseFile } from "../components/choose-file";
import { Refusal } from "../components/refusal";
import { size, t } from "../i18n";
import { isId, usePush, type Show, type Standing } from "./push";
import { Report } from "./report";

type Package = components["schemas"]["ProblemPackage"];

/** A package whose own submissions are judged, by this version of the problem. */
export interface Verified {
  problem: string;
  version: string;
  file: File;
}

/** What is dropped beside one file. */
function refusedDrop({ files, items }: DataTransfer): string | null {
  if (files.length > 1) return t("upload.several", { n: files.length });
  const isFolder = [...items].some((item) => item.webkitGetAsEntry?.()?.isDirectory);
  return isFolder ? t("upload.folder") : null;
}

/** `isPrivate` is said of the problem of this id, which is there. */
export function Upload({ id, isPrivate, done, verify }: { id?: string; isPrivate?: boolean; done(): void; verify(what: Verified): void }) {
  const [named, setName] = useState("");
  const [show, setShow] = useState<Show>("verdicts");
  const [hidden, hide] = useState(isPrivate ?? false);
  const [over, setOver] = useState(false);
  const { now, push, refuse } = usePush(done);
  const send = (file: File) => void push(file, id ?? (named || null), { show, isPrivate: hidden || (isPrivate ? false : null) });
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const refused = event.dataTransfer && refusedDrop(event.dataTransfer);
    const [file] = event.dataTransfer?.files ?? [];
    if (refused) refuse(refused);
    else if (file) send(file);
  };
  if (!may("problems")) return null;
  return (
    <section class="card tool">
      <h2>{id ? t("upload.version") : t("upload.title")}</h2>
      <div class="fields">
        {!id && <label><span>{t("upload.id")}</span><input value={named} aria-invalid={named !== "" && !isId(named)} maxLength={64} onInput={(event) => setName(event.currentTarget.value)} /></label>}
        <label>
          <span>{t("upload.show")}</span>
          <select value={show} onChange={(event) => setShow(event.currentTarget.value as Show)}>
            <option value="verdicts">{t("upload.show.verdicts")}</option><option value="full">{t("upload.show.full")}</option><option value="summary">{t("upload.show.summary")}</option>
          </select>
        </label>
      </div>
      <label class="check"><input type="checkbox" checked={hidden} onChange={(event) => hide(event.currentTarget.checked)} />{t("upload.private")}</label>
      <div class={`drop ${over ? "over" : ""}`} onDragOver={(event) => { event.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)} onDrop={drop}>
        {t("upload.drop")}
        <ChooseFile accept=".zip,.tar,.gz,.tgz,.kpp" chosen={send} />
      </div>
      <div aria-live="polite"><Told now={now} again={send} verify={verify} /></div>
    </section>
  );
}

function Told({ now, again, verify }: { now: Standing; again(file: File): void; verify(what: Verified): void }) {
  switch (now.is) {
    case "idle":
      return null;
    case "sending":
      return <><p><span class="spinner" aria-hidden="true" /> {t("upload.sending", { name: now.name })}</p>{now.why && <p class="wrong">{now.why}</p>}</>;
    case "none":
      return <p class="wrong">{now.why}</p>;
    case "lost":
      return <p class="wrong">{t("upload.lost", { name: now.name, size: size(now.bytes) })}</p>;
    case "refused":
      return <Refusal error={now.error} again={() => again(now.file)} />;
    case "taken":
      return <Taken {...now} verify={verify} />;
  }
}

function Taken({ problem, file, verify }: { problem: Package; file: File; verify(what: Verified): void }) {
  return (
    <>
      <Report problem={problem} />
      {problem.submissions > 0 && may("submit") && (
        <button type="button" onClick={() => verify({ problem: problem.id, version: problem.version, file })}>{t("verify.begin")}</button>
      )}
    </>
  );
}
