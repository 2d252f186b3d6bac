import { retry, secondsUntilRetry } from "../api/connection";
import { t } from "../i18n";
import { isOutdated } from "./later";

/** Says that the server is away, and when it is asked again. */
export function Away() {
  const seconds = secondsUntilRetry.value;
  if (seconds === null) return null;
  return (
    <div class="away" role="alert">
      <strong>{t("away.title")}</strong> {t("away.kept")} {/* Each second anew would be read aloud. */}
      <span aria-hidden="true">{seconds > 0 ? t("away.again", { n: seconds }) : t("away.trying")}</span>
      <button type="button" onClick={() => void retry()}>{t("away.now")}</button>
    </div>
  );
}

/** Says that a part of the page cannot be had. */
export function Outdated() {
  if (!isOutdated.value) return null;
  return (
    <div class="away" role="alert">
      <strong>{t("page.outdated")}</strong> {t("away.kept")} <button type="button" onClick={() => location.reload()}>{t("page.reload")}</button>
    </div>
  );
}
