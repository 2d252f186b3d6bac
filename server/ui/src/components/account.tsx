/** Sign-in and sign-out. */

import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, Unreachable } from "../api/client";
import { ended, formWanted, session, signIn, signOut } from "../api/session";
import { t } from "../i18n";
import { later } from "./later";
import { Menu } from "./menu";
import { Refusal } from "./refusal";

const Who = later(async () => (await import("./who")).default);

export function Account() {
  const dialog = useRef<HTMLDialogElement>(null);
  // A form that was closed keeps nothing of what was typed.
  const [opened, again] = useState(0);
  const [isAsked, ask] = useState(false);
  const who = session.value;
  // The server that is away says so itself, and the session is still there.
  const leave = () => signOut().then(atContent).catch((error) => { if (!(error instanceof Unreachable) && !(error instanceof ApiError)) throw error; });
  const open = () => void (dialog.current?.open || dialog.current?.showModal());
  useEffect(() => void (formWanted.value > 0 && open()), [formWanted.value]);
  return (
    <>
      {who === "nobody" && <button type="button" class="quiet" onClick={open}>{t("sign.in")}</button>}
      {who !== null && who !== "nobody" && who.signed_in && (
        <>
          <Menu name={who.token ? `${t("who.title")}: ${who.token}` : t("who.title")} label={<bdi>{who.token ?? t("who.title")}</bdi>} opened={() => ask(true)}>
            {isAsked && <Who {...who} />}
          </Menu>
          <button type="button" class="quiet" title={t("sign.forgets")} onClick={leave}>{t("sign.out")}</button>
        </>
      )}
      <dialog ref={dialog} aria-labelledby="sign-in-title" onClose={() => again((number) => number + 1)}>
        <SignIn key={opened} done={() => dialog.current?.close()} signedIn={() => { dialog.current?.close(); atContent(); }} />
      </dialog>
    </>
  );
}

/** The button that had the focus is gone once the page is drawn anew. */
function atContent(): void {
  setTimeout(() => document.getElementById("main")?.focus({ preventScroll: true }));
}

function SignIn({ done, signedIn }: { done(): void; signedIn(): void }) {
  const [token, setToken] = useState("");
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const [isAway, setAway] = useState(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setAway(false);
    setError(null);
    try {
      await signIn(token.trim());
      setToken("");
      signedIn();
    } catch (error) {
      if (error instanceof ApiError) setError(error);
      else if (error instanceof Unreachable) setAway(true);
      else throw error;
    } finally {
      setBusy(false);
    }
  };
  return (
    <form class="sign-in" onSubmit={(event) => void submit(event)}>
      <h2 id="sign-in-title">{t("sign.title")}</h2>
      <p class="hint">{t("sign.hint")}</p>
      <label>
        <span>{t("sign.token")}</span>
        <input type="password" autoComplete="current-password" required value={token} onInput={(event) => setToken(event.currentTarget.value)} />
      </label>
      {error && (error.status === 401 ? <p class="wrong" role="alert">{t("sign.wrong")}</p> : <Refusal error={error} />)}
      {/* What says so on the page is behind this form. */}
      {isAway && <p class="wrong" role="alert">{t("away.title")}</p>}
      <div class="buttons">
        <button type="submit" class="go" disabled={busy || token.trim() === ""}>{t("sign.in")}</button>
        <button type="button" onClick={done}>{t("sign.cancel")}</button>
      </div>
    </form>
  );
}

/** Says that the session is over; what was typed stays. */
export function SessionEnded() {
  if (!ended.value) return null;
  return <div class="away" role="alert"><strong>{t("sign.ended")}</strong> {t("away.kept")}</div>;
}
