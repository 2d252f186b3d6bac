/** What stands above the editor: the language, and what can be done with the program. */

import { useState } from "preact/hooks";
import { language, languages } from "../api/languages";
import { may, session } from "../api/session";
import { copy } from "../clipboard";
import { LanguageOptions } from "../components/language-options";
import { t } from "../i18n";
import { canBePrepared } from "../terminal/able";
import { chooseLanguage, showExample } from "./choose";
import { draft, type Draft } from "./draft";
import { cancel, isBusy, isCancelling } from "./run";
import { fragment, LONGEST } from "./share";

interface Props {
  begin(): void;
  /** The editor is to show what is in the draft now. */
  replaced(): void;
  terminal(): void;
  /** The address is a link to this by now. */
  linked(draft: Draft): void;
}

export function Toolbar({ begin, replaced, terminal, linked }: Props) {
  const [told, tell] = useState("");
  const chosen = language(draft.value.language);
  const isImpossible = chosen && !canBePrepared(chosen);
  return (
    <div class="toolbar">
      <Languages replaced={replaced} />
      {isBusy()
        ? <button type="button" class="stop" onClick={() => void cancel()} disabled={isCancelling()}>{t("run.cancel")}</button>
        : <button type="button" class="go" onClick={begin} title="Ctrl+Enter" disabled={!chosen || !mayRun()}>▶ {t("run.button")}</button>}
      <small class="version" lang="en" title={chosen?.version ?? undefined}>{chosen?.version}</small>
      <button type="button" class="quiet" onClick={() => void showExample(replaced)}>{t("playground.example")}</button>
      <button type="button" class="quiet" onClick={() => void share(linked).then(tell)}>{t("share.button")}</button>
      <button type="button" class="quiet" onClick={terminal} disabled={!chosen || isImpossible} title={isImpossible ? t("terminal.impossible") : undefined}>{t("terminal.title")}</button>
      <span role="status" class="told">{told}</span>
    </div>
  );
}

/** Before it is known who somebody is, nothing is kept from them: the server decides. */
export const mayRun = (): boolean => session.value === null || session.value === "nobody" || (may("submit") && may("read"));

function Languages({ replaced }: { replaced(): void }) {
  const { language: id } = draft.value;
  return (
    <label class="language">
      <span class="unseen">{t("playground.language")}</span>
      <select value={id} onChange={(event) => void chooseLanguage(event.currentTarget.value, replaced)}>
        <LanguageOptions />
        {!language(id) && <option value={id}>{languages.value.length > 0 ? t("languages.unknown", { id }) : id}</option>}
      </select>
    </label>
  );
}

/** Returns what is to be said of it. */
async function share(linked: (draft: Draft) => void): Promise<string> {
  const now = draft.value;
  const link = location.origin + location.pathname + (await fragment(now));
  if (link.length > LONGEST) return t("share.tooLong");
  history.replaceState(history.state, "", link);
  linked(now);
  return t(await copy(link) ? "share.done" : "share.address");
}
