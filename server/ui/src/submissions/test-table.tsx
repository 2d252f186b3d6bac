/** The tests of a submission, one a line: each leads to what is known of it. */

import type { Signal } from "@preact/signals";
import type { Submission, TestResult } from "../api/types";
import { SHOWN_TEST } from "../components/judgement";
import { Verdict } from "../components/verdict";
import { duration, size, t } from "../i18n";

const MOST = 1000;

export function TestTable({ submission, chosen }: { submission: Submission; chosen: Signal<number | null> }) {
  const all = (submission.tests ?? []) as TestResult[];
  const tests = all.slice(0, MOST);
  if (tests.length === 0) return null;
  const isSpread = new Set(tests.map(({ node }) => node)).size > 1;
  const [isNamed, isScored] = [tests.some(({ name }) => name), tests.some(({ score }) => score !== undefined)];
  const choose = (index: number) => {
    chosen.value = index;
    requestAnimationFrame(toShown);
  };
  return (
    <section class="card">
      <h2>{t("tests.title")}</h2>
      <div class="scroll tall" tabIndex={0} role="region" aria-label={t("tests.title")}>
        <table class="list">
          <thead>
            <tr>
              <th scope="col">#</th>{isNamed && <th scope="col">{t("nodes.name")}</th>}<th scope="col">{t("groups.verdict")}</th>
              <th scope="col" class="number">{t("figure.cpu")}</th><th scope="col" class="number">{t("figure.memory")}</th>
              {isScored && <th scope="col" class="number">{t("groups.score")}</th>}
              {isSpread && <th scope="col">{t("submission.node")}</th>}
            </tr>
          </thead>
          <tbody>
            {tests.map((test) => (
              <tr key={test.index}>
                <th scope="row"><button type="button" class="link" aria-label={t("test.number", { n: test.index + 1 })} onClick={() => choose(test.index)}>{test.index + 1}</button></th>
                {isNamed && <td class="free"><bdi>{test.name}</bdi></td>}<td><Verdict verdict={test.verdict} /></td>
                <td class="number">{duration(test.cpu_ms)}</td><td class="number">{size(test.memory_bytes)}</td>
                {isScored && <td class="number">{test.score ?? "–"}</td>}
                {isSpread && <td>{test.node && <bdi class="shortened" title={test.node}>{test.node}</bdi>}</td>}
              </tr>
            ))}
          </tbody>
        </table>
        {all.length > tests.length && <p class="hint">{t("tests.cut", { n: all.length - tests.length })}</p>}
      </div>
    </section>
  );
}

function toShown(): void {
  const shown = document.getElementById(SHOWN_TEST);
  shown?.focus({ preventScroll: true });
  shown?.scrollIntoView({ block: "nearest" });
}
