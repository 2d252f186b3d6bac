/** Which token somebody has signed in with, what it may do, and until when. */

import type { Session } from "../api/types";
import { t, time, type Sentence } from "../i18n";
import "../i18n/pages";

export default function Who({ token, scopes, ends_at }: Session) {
  return (
    <dl class="who">
      <dt>{t("sign.token")}</dt><dd>{token ? <bdi>{token}</bdi> : t("who.unnamed")}</dd>
      <dt>{t("who.may")}</dt>
      <dd><ul>{scopes.map((scope) => <li key={scope}><code>{scope}</code> {t(`scope.${scope}` as Sentence)}</li>)}</ul></dd>
      {ends_at && <><dt>{t("who.until")}</dt><dd>{time(ends_at)}</dd></>}
    </dl>
  );
}
