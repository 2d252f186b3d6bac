/** Limits with their units, and the rest that few need. */

import { t, type Sentence } from "../i18n";
import { change, draft, type Draft, type Limits as Values } from "./draft";

const FIELDS: { name: keyof Values; label: Sentence; unit: string; step: number; placeholder: string }[] = [
  { name: "cpu", label: "limits.cpu", unit: "s", step: 0.1, placeholder: "1" },
  { name: "wall", label: "limits.wall", unit: "s", step: 0.1, placeholder: "4" },
  { name: "memory", label: "limits.memory", unit: "MiB", step: 1, placeholder: "256" },
];

export function Limits() {
  const { limits, checker, arguments: words, collect } = draft.value;
  const set = (name: keyof Values, text: string) => change({ limits: { ...limits, [name]: Number(text) > 0 ? Number(text) : null } });
  return (
    <details class="card limits">
      <summary>{t("limits.title")}</summary>
      <div class="fields">
        {FIELDS.map(({ name, label, unit, step, placeholder }) => (
          <label key={name}>
            <span>{t(label)} ({unit})</span>
            <input type="number" min={step} step={step} value={limits[name] ?? ""} placeholder={placeholder} onInput={(event) => set(name, event.currentTarget.value)} />
          </label>
        ))}
        <label>
          <span>{t("limits.checker")}</span>
          <select value={checker} onChange={(event) => change({ checker: event.currentTarget.value as Draft["checker"] })}>
            {(["lines", "tokens", "exact"] as const).map((name) => <option key={name} value={name}>{t(`checker.${name}`)}</option>)}
          </select>
        </label>
        <label>
          <span>{t("limits.collect")}</span>
          <input type="text" value={collect} placeholder="plot.png" onInput={(event) => change({ collect: event.currentTarget.value })} />
        </label>
        <label>
          <span>{t("limits.arguments")}</span>
          <textarea rows={2} value={words} onInput={(event) => change({ arguments: event.currentTarget.value })} />
        </label>
      </div>
    </details>
  );
}
