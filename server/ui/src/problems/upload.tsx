/** A package by drag and drop: what was understood of it, and whether its own submissions are judged as they should. */

import { useState } from "preact/hooks";
import { ApiError, request, Unreachable } from "../api/client";
import { untilReachable } from "../api/connection";
import { may } from "../api/session";
import type { components } from "../api/schema";
import { ChooseFile } from "../components/choose-file";
import { Link } from "../components/link";
import { Refusal } from "../components/refusal";
import { isReadable } from "../components/text-file";
import { duration, size, t } from "../i18n";

type Package = components["schemas"]["ProblemPackage"];
/** A package whose own submissions are judged, by this version of the problem. */
export interface Verified {
  problem: string;
  version: string;
  file: File;
}

type Standing = { is: "idle" } | { is: "none"; why: string } | { is: "sending"; name: string } | { is: "taken"; problem: Package; file: File } | { is: "refused"; error: ApiError; file: File } | { is: "lost"; name: string; bytes: number };

const ID = /^[A-Za-z0-9][A-Za-z0-9_.\-]{0,63}$/;

/** What a package is called by the name of its file. */
function idOf(file: string): string {
  const plain = file.replace(/\.(zip|tar|tar\.gz|tgz|kpp)$/i, "").replace(/[^A-Za-z0-9_.-]/g, "-");
  return plain.replace(/^[^A-Za-z0-9]+/, "").slice(0, 64) || "problem";
}

/** What is dropped beside one file. */
function refusedDrop({ files, items }: DataTransfer): string | null {
  if (files.length > 1) return t("upload.several", { n: files.length });
  const isFolder = [...items].some((item) => item.webkitGetAsEntry?.()?.isDirectory);
  return isFolder ? t("upload.folder") : null;
}

export function Upload({ id, done, verify }: { id?: string; done(): void; verify(what: Verified): void }) {
  const [named, setName] = useState("");
  const [show, setShow] = useState<"verdicts" | "full" | "summary">("verdicts");
  const [now, setNow] = useState<Standing>({ is: "idle" });
  const [over, setOver] = useState(false);

  const push = async (file: File | undefined) => {
    if (!file || now.is === "sending") return;
    const name = id ?? (named || idOf(file.name));
    if (!ID.test(name)) return setNow({ is: "none", why: t("upload.badId") });
    setNow({ is: "sending", name });
    if (!(await isReadable(file))) return setNow({ is: "none", why: t("file.unreadable") });
    try {
      const problem = await sent(`/api/v1/problems/${encodeURIComponent(name)}?show=${show}`, file);
      setNow({ is: "taken", problem, file });
      done();
    } catch (error) {
      if (error instanceof ApiError) setNow({ is: "refused", error, file });
      else if (error instanceof Unreachable) setNow({ is: "lost", name, bytes: file.size });
      else throw error;
    }
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const refused = event.dataTransfer && refusedDrop(event.dataTransfer);
    if (refused) setNow({ is: "none", why: refused });
    else void push(event.dataTransfer?.files[0]);
  };
  if (!may("problems")) return null;
  return (
    <section class="card tool">
      <h2>{id ? t("upload.version") : t("upload.title")}</h2>
      <div class="fields">
        {!id && <label><span>{t("upload.id")}</span><input value={named} pattern={ID.source} aria-invalid={named !== "" && !ID.test(named)} maxLength={64} onInput={(event) => setName(event.currentTarget.value)} /></label>}
        <label>
          <span>{t("upload.show")}</span>
          <select value={show} onChange={(event) => setShow(event.currentTarget.value as typeof show)}>
            <option value="verdicts">{t("upload.show.verdicts")}</option><option value="full">{t("upload.show.full")}</option><option value="summary">{t("upload.show.summary")}</option>
          </select>
        </label>
      </div>
      <div class={`drop ${over ? "over" : ""}`} onDragOver={(event) => { event.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)} onDrop={drop}>
        {t("upload.drop")}
        <ChooseFile accept=".zip,.tar,.gz,.tgz,.kpp" chosen={(file) => void push(file)} />
      </div>
      <div aria-live="polite">
        {now.is === "sending" && <p><span class="spinner" aria-hidden="true" /> {t("upload.sending", { name: now.name })}</p>}
        {now.is === "none" && <p class="wrong">{now.why}</p>}
        {now.is === "lost" && <p class="wrong">{t("upload.lost", { name: now.name, size: size(now.bytes) })}</p>}
        {now.is === "refused" && <Refusal error={now.error} again={() => void push(now.file)} />}
        {now.is === "taken" && (
          <>
            <Report problem={now.problem} />
            {now.problem.submissions > 0 && may("submit") && (
              <button type="button" onClick={() => verify({ problem: now.problem.id, version: now.problem.version, file: now.file })}>{t("verify.begin")}</button>
            )}
          </>
        )}
      </div>
    </section>
  );
}

/** Once more where the server was away. A connection that then breaks off again does so by what is sent: that is for a person. */
async function sent(path: string, file: File): Promise<Package> {
  const put = () => request<Package>("PUT", path, { body: file, headers: { "Content-Type": type(file.name) } });
  return put().catch(async (error) => {
    if (!(error instanceof Unreachable)) throw error;
    await untilReachable();
    return put();
  });
}

function type(name: string): string {
  if (/\.(zip|kpp)$/i.test(name)) return "application/zip";
  return /\.(gz|tgz)$/i.test(name) ? "application/gzip" : "application/x-tar";
}

function Report({ problem }: { problem: Package }) {
  return (
    <div class="summary good">
      <h3>{t("upload.taken")} <Link to={`/problems/${encodeURIComponent(problem.id)}`}>{problem.id}</Link></h3>
      <ul>
        <li>{t("upload.format", { format: problem.format, version: problem.version.slice(0, 12) })}</li>
        <li>{t("problem.cases", { sample: problem.cases.sample, secret: problem.cases.secret })}</li>
        <li>{t("problem.limits", { time: duration(problem.limits.cpu_ms), memory: size(problem.limits.memory_bytes) })}</li>
        {problem.validators.length > 0 && <li>{t("upload.validators")}: <bdi>{problem.validators.join(", ")}</bdi></li>}
        <li>{t("upload.statements")}: {problem.statements.map(({ language, format }) => `${language} (${format})`).join(", ") || "–"}</li>
        <li>{t("upload.submissions", { n: problem.submissions })}</li>
      </ul>
      {problem.unjudged && <p class="wrong">{problem.unjudged}</p>}
      {problem.notes.length > 0 && <><h4>{t("problem.notes")}</h4><ul>{problem.notes.map((note) => <li key={note}><bdi>{note}</bdi></li>)}</ul></>}
    </div>
  );
}
