/** What the server refused, and what one can do about it. */

import { useEffect, useState } from "preact/hooks";
import type { ApiError } from "../api/client";
import { formWanted, isSomebody } from "../api/session";
import { add, duration, isKnown, t, type Sentence } from "../i18n";
import { sentences } from "../i18n/sentences-of-refusals";

add(sentences);

/** `again` is called when the time has come, where the server has said when that is. */
export function Refused({ error, again }: { error: ApiError; again?: () => void }) {
  return (
    <div class="refusal" role="alert">
      <h2>{of("refused", error.kind) ?? t("refused.other", { status: error.status })}</h2>
      {of("hint", error.kind) && <p class="what-to-do">{of("hint", error.kind)}</p>}
      {error.fields.length > 0
        ? <ul lang="en">{error.fields.map((field) => <li key={field.field}>{called(field.field)} {field.detail}</li>)}</ul>
        : error.kind !== "unauthorized" && <p lang="en">{error.detail}</p>}
      {error.kind === "unauthorized" && <WhoFirst again={again} />}
      {error.retryAfter !== null && <Countdown key={String(error.retryAfter) + error.detail} seconds={error.retryAfter} done={again} />}
    </div>
  );
}

/** Who has signed in since then may go on. */
function WhoFirst({ again }: { again: (() => void) | undefined }) {
  if (!isSomebody()) return <button type="button" onClick={() => (formWanted.value += 1)}>{t("sign.in")}</button>;
  return again ? <button type="button" onClick={again}>{t("refused.now")}</button> : <p>{t("refused.may")}</p>;
}

/** What a person calls the fields that the page has itself. */
const FIELDS: Record<string, Sentence> = {
  "limits.cpu_ms": "limits.cpu", "limits.wall_ms": "limits.wall", "limits.memory_bytes": "limits.memory", "limits.output_bytes": "limits.output",
};

function called(field: string) {
  const label = FIELDS[field] ?? (field.startsWith("collect[") ? "limits.collect" : field.startsWith("arguments[") ? "limits.arguments" : null);
  return label ? <strong lang={document.documentElement.lang}>{t(label)}:</strong> : <code>{field}</code>;
}

/** What is said of a kind of error; null of one that is newer than this page. */
function of(said: "refused" | "hint", kind: string): string | null {
  const key = `${said}.${kind}`;
  return isKnown(key) ? t(key) : null;
}

function Countdown({ seconds, done }: { seconds: number; done: (() => void) | undefined }) {
  const [left, setLeft] = useState(seconds);
  useEffect(() => {
    const end = Date.now() + seconds * 1000;
    const timer = setInterval(() => {
      const now = Math.max(0, Math.ceil((end - Date.now()) / 1000));
      setLeft(now);
      if (now === 0) clearInterval(timer);
    }, 250);
    return () => clearInterval(timer);
  }, [seconds]);
  if (left > 0) return <p class="countdown" role="timer" aria-live="off">{t("refused.again", { time: duration(left * 1000) })}</p>;
  return done ? <button type="button" onClick={done}>{t("refused.now")}</button> : <p>{t("refused.may")}</p>;
}
