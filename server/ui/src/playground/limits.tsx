/** Limits with their units, and the rest that few need. */

import { useState } from "preact/hooks";
import { t, type Sentence } from "../i18n";
import { change, draft, type Draft, type Limits as Values } from "./draft";

interface Field {
  name: keyof Values;
  label: Sentence;
  unit: string;
  step: number;
}

const FIELDS: Field[] = [
  { name: "cpu", label: "limits.cpu", unit: "s", step: 0.1 },
  { name: "wall", label: "limits.wall", unit: "s", step: 0.1 },
  { name: "memory", label: "limits.memory", unit: "MiB", step: 1 },
  { name: "output", label: "limits.output", unit: "MiB", step: 1 },
];

/** Chosen by a sample alone: nobody knows its flags who chooses from a list. */
const OF_PROBLEM = "problem";

export function Limits() {
  const { limits, checker, arguments: words, collect } = draft.value;
  return (
    <details class="card limits">
      <summary>{t("limits.title")}</summary>
      <div class="fields">
        {FIELDS.map((field) => (
          <Amount key={field.name} field={field} value={limits[field.name]} set={(value) => change({ limits: { ...draft.value.limits, [field.name]: value } })} />
        ))}
        <label>
          <span>{t("limits.checker")}</span>
          <select value={typeof checker === "string" ? checker : OF_PROBLEM} onChange={(event) => event.currentTarget.value !== OF_PROBLEM && change({ checker: event.currentTarget.value as Draft["checker"] })}>
            {typeof checker !== "string" && <option value={OF_PROBLEM}>{t("checker.problem")}</option>}
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

/** What is typed stands there, right or wrong, until something else has taken its place: a link, an example, another tab. */
function Amount({ field, value, set }: { field: Field; value: number | null; set(value: number | null): void }) {
  const { name, label, unit, step } = field;
  const [typed, type] = useState({ text: "", value: null as number | null, isWrong: false });
  const { text, isWrong } = typed.value === value ? typed : { text: String(value ?? ""), isWrong: false };
  const take = ({ value: text, validity }: HTMLInputElement) => {
    const number = Number(text) > 0 ? Number(text) : null;
    type({ text, value: number, isWrong: validity.badInput || (text !== "" && number === null) });
    set(number);
  };
  const told = `wrong-${name}`;
  return (
    <label>
      <span>{t(label)} ({unit})</span>
      <input
        type="number" min={step} step="any" value={text} placeholder={t("limits.usual")} aria-invalid={isWrong} aria-describedby={isWrong ? told : undefined}
        onInput={(event) => take(event.currentTarget)}
      />
      {isWrong && <small id={told} class="wrong" role="alert">{t("limits.wrong")}</small>}
    </label>
  );
}
