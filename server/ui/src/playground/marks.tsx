/** What a compiler or a runtime has said of places in the sources, and the way there. */

import type { Submission, TestResult } from "../api/types";
import type { Mark } from "../editor/mark";
import { t } from "../i18n";
import { places } from "./places";

/** Places that are listed: one mends the first, and asks again. */
const MOST = 8;

/** Of files of these names, the one first that the program begins in. */
export function marksOf(submission: Submission, names: string[]): Mark[] {
  const { language } = submission;
  if (submission.verdict === "CompileError") return places(submission.compile?.log ?? "", names, language);
  if (submission.verdict !== "RuntimeError") return [];
  const failed = ((submission.tests ?? []) as TestResult[]).find((test) => test.verdict === "RuntimeError");
  const found = places(failed?.stderr ?? "", names, language);
  // What a runtime says last is nearest to the fault; the sentence of the judgement names it in few words.
  const told = places(failed?.reason ?? submission.reason ?? "", names, language);
  return [...told, ...found.filter((mark) => !told.some(({ file, line }) => file === mark.file && line === mark.line))];
}

/** Each place that a compiler or a runtime has named leads there. */
export function Places({ marks, jump }: { marks: Mark[]; jump(mark: Mark): void }) {
  if (marks.length === 0) return null;
  return (
    <ul class="places">
      {marks.slice(0, MOST).map((mark, index) => (
        <li key={index}>
          <button type="button" class="link" onClick={() => jump(mark)}>{t("places.line", { file: mark.file, line: mark.line })}</button> {mark.message}
        </li>
      ))}
    </ul>
  );
}
