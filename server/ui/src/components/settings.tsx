import type { Signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { t, type Sentence } from "../i18n";
import { route } from "../router";
import { keys, large, theme, tongue } from "../settings";

/** What a person may choose for this browser. */
export function Settings() {
  const menu = useRef<HTMLDetailsElement>(null);
  const close = () => { if (menu.current) menu.current.open = false; };
  useEffect(close, [route.value]);
  useEffect(() => {
    const outside = (event: PointerEvent) => { if (!menu.current?.contains(event.target as Node)) close(); };
    addEventListener("pointerdown", outside);
    return () => removeEventListener("pointerdown", outside);
  }, []);
  const escape = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    close();
    menu.current?.querySelector("summary")?.focus();
  };
  return (
    <details class="menu" ref={menu} onKeyDown={escape}>
      <summary aria-label={t("settings.title")} title={t("settings.title")}>⚙</summary>
      <div class="menu-body">
        <Choice label="settings.language" setting={tongue} names={{ en: "English", zh: "中文" }} />
        <Choice label="settings.theme" setting={theme} names={{ auto: t("theme.auto"), light: t("theme.light"), dark: t("theme.dark") }} />
        <Choice label="settings.keys" setting={keys} names={{ plain: t("keys.plain"), vim: "Vim", emacs: "Emacs" }} />
        <label class="check">
          <input type="checkbox" checked={large.value === "yes"} onChange={(event) => (large.value = event.currentTarget.checked ? "yes" : "no")} />
          {t("settings.large")}
        </label>
      </div>
    </details>
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
