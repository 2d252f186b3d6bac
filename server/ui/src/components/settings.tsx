import type { Signal } from "@preact/signals";
import { t, type Sentence } from "../i18n";
import { keys, large, theme, tongue } from "../settings";
import { Menu } from "./menu";

/** What a person may choose for this browser. */
export function Settings() {
  return (
    <Menu name={t("settings.title")} label="⚙">
      <Choice label="settings.language" setting={tongue} names={{ en: "English", zh: "中文" }} />
      <Choice label="settings.theme" setting={theme} names={{ auto: t("theme.auto"), light: t("theme.light"), dark: t("theme.dark") }} />
      <Choice label="settings.keys" setting={keys} names={{ plain: t("keys.plain"), vim: "Vim", emacs: "Emacs" }} />
      <label class="check">
        <input type="checkbox" checked={large.value === "yes"} onChange={(event) => (large.value = event.currentTarget.checked ? "yes" : "no")} />
        {t("settings.large")}
      </label>
    </Menu>
  );
}

function Choice<T extends string>({ label, setting, names }: { label: Sentence; setting: Signal<T>; names: Record<T, string> }) {
  return (
    <label>
      <span>{t(label)}</span>
      <select value={setting.value} onChange={(event) => (setting.value = event.currentTarget.value as T)}>
        {(Object.keys(names) as T[]).map((value) => <option key={value} value={value}>{names[value]}</option>)}
      </select>
    </label>
  );
}
