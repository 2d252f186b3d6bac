/** The languages, for a choice of one: those that are not installed come last. */

import { languages } from "../api/languages";
import { t } from "../i18n";

export function LanguageOptions() {
  const ready = languages.value.filter(({ state }) => state !== "not-installed");
  const others = languages.value.filter(({ state }) => state === "not-installed");
  return (
    <>
      {ready.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}
      {others.length > 0 && (
        <optgroup label={t("languages.notInstalled")}>
          {others.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}
        </optgroup>
      )}
    </>
  );
}
