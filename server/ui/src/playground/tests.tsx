/** Inputs, and what is expected of them. */

import { useState } from "preact/hooks";
import { ChooseFile } from "../components/choose-file";
import { textOf } from "../components/text-file";
import { t } from "../i18n";
import { change, draft, MOST_TESTS, type Test } from "./draft";
import { keep } from "./replaced";

export function Tests() {
  const [chosen, choose] = useState(0);
  const tests = draft.value.tests;
  const index = Math.min(chosen, tests.length - 1);
  const test = tests[index] as Test;
  // What is told of a file is told of the test that it was chosen for.
  const which = `${index} of ${tests.length}`;
  const set = (changes: Partial<Test>) => change({ tests: draft.value.tests.map((old, place) => (place === index ? { ...old, ...changes } : old)) });
  const add = () => {
    change({ tests: [...tests, { stdin: "", expected: null }] });
    choose(tests.length);
  };
  const remove = () => {
    const before = draft.value;
    change({ tests: tests.filter((_, place) => place !== index) });
    void keep(before);
    choose(Math.max(index - 1, 0));
  };
  return (
    <section class="card tests" aria-label={t("tests.title")}>
      <div class="tab-row">
        <div class="tabs" role="tablist" aria-label={t("tests.title")}>
          {tests.map((_, place) => (
            <button
              key={place} type="button" role="tab" id={`test-tab-${place}`} aria-selected={place === index} aria-controls="test-panel"
              tabIndex={place === index ? 0 : -1} onClick={() => choose(place)} onKeyDown={(event) => move(event, place, tests.length, choose)}
            >
              {tests.length === 1 ? t("test.only") : t("test.number", { n: place + 1 })}
            </button>
          ))}
        </div>
        <button type="button" class="add" onClick={add} disabled={tests.length >= MOST_TESTS} title={t("tests.add")} aria-label={t("tests.add")}>+{tests.length === 1 && ` ${t("tests.add")}`}</button>
      </div>
      {tests.length >= MOST_TESTS && <p class="hint">{t("tests.most", { n: MOST_TESTS })}</p>}
      <div class="panel" id="test-panel" role="tabpanel" aria-labelledby={`test-tab-${index}`}>
        <Text key={which} label={t("test.stdin")} value={test.stdin} set={(stdin) => set({ stdin })} />
        {test.expected === null ? (
          <button type="button" class="quiet" onClick={() => set({ expected: "" })}>{t("test.compare")}</button>
        ) : (
          <>
            <Text key={which} label={t("test.expected")} value={test.expected} set={(expected) => set({ expected })} />
            <button type="button" class="quiet" onClick={() => set({ expected: null })}>{t("test.compareNot")}</button>
          </>
        )}
        {tests.length > 1 && <button type="button" class="quiet" onClick={remove}>{t("tests.remove")}</button>}
      </div>
    </section>
  );
}

/** Arrow keys go from tab to tab, as in every list of tabs. */
export function move(event: KeyboardEvent, place: number, of: number, show: (index: number) => void): void {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const next = (place + step + of) % of;
  show(next);
  const tabs = (event.currentTarget as HTMLElement).parentElement?.querySelectorAll<HTMLElement>('[role="tab"]');
  tabs?.[next]?.focus();
}

function Text(props: { label: string; value: string; set(text: string): void }) {
  const [problem, setProblem] = useState<string | null>(null);
  const upload = async (file: File) => {
    const read = await textOf(file);
    if ("text" in read) props.set(read.text);
    setProblem("problem" in read ? read.problem : null);
  };
  return (
    <div class="text">
      <label>
        <span>{props.label}</span>
        <textarea rows={5} spellcheck={false} value={props.value} onInput={(event) => props.set(event.currentTarget.value)} />
      </label>
      <ChooseFile label={props.label} chosen={(file) => void upload(file)} />
      {problem && <span class="wrong" role="alert">{problem}</span>}
    </div>
  );
}
