/** What the server refused, and what one can do about it. */

import { useEffect, useState } from "preact/hooks";
import type { ApiError } from "../api/client";
import { duration, t, type Sentence } from "../i18n";
import { sentences } from "../i18n/sentences";

/** `again` is called when the time has come, where the server has said when that is. */
export function Refusal({ error, again }: { error: ApiError; again?: () => void }) {
  const key = `refused.${error.kind}`;
  const known = Object.hasOwn(sentences, key);
  return (
    <div class="refusal" role="alert">
      <h3>{known ? t(key as Sentence) : t("refused.other", { status: error.status })}</h3>
      {error.fields.length > 0
        ? <ul>{error.fields.map((field) => <li key={field.field}><code>{field.field}</code> {field.detail}</li>)}</ul>
        : <p>{error.detail}</p>}
      {error.retryAfter !== null && <Countdown key={String(error.retryAfter) + error.detail} seconds={error.retryAfter} done={again} />}
    </div>
  );
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
  if (left > 0) return <p class="countdown" role="timer">{t("refused.again", { time: duration(left * 1000) })}</p>;
  return done ? <button type="button" onClick={done}>{t("refused.now")}</button> : <p>{t("refused.may")}</p>;
}
