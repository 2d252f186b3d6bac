/** Expected and got, line beside line, with white space that one can see. */

import { useMemo } from "preact/hooks";
import { t } from "../i18n";
import { LONGEST_LINE, parts, rows, visible } from "./difference";

interface Props {
  expected: string;
  got: string;
  /** The line of the first difference, where the judge tells it. */
  at?: number | null;
  /** The number of the texts' first line. */
  first?: number;
}

/** Made once: with each key that somebody types beside it all around it is drawn anew, and the texts may have megabytes. */
export function Diff({ expected, got, at, first }: Props) {
  return useMemo(() => <Compared expected={expected} got={got} at={at ?? null} first={first ?? 1} />, [expected, got, at, first]);
}

function Compared({ expected, got, at, first }: Required<Props>) {
  const { rows: shown, of } = rows(expected, got, at);
  const number = ({ number }: { number: number }) => number + first - 1;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={t("diff.label")}>
      <table class="diff">
        <thead>
          <tr><th scope="col">{t("diff.line")}</th><th scope="col">{t("test.expected")}</th><th scope="col">{t("diff.got")}</th></tr>
        </thead>
        <tbody>
          {shown.map((row) => (
            <tr key={row.number} class={row.kind}>
              <th scope="row">{number(row)}</th>
              <td><Side text={row.expected} other={row.got} /></td>
              <td><Side text={row.got} other={row.expected} /></td>
            </tr>
          ))}
        </tbody>
      </table>
      {shown.length < of && <p class="hint">{t("diff.cut", { first: number(shown[0]!), last: number(shown.at(-1)!), of })}</p>}
    </div>
  );
}

function Side({ text, other }: { text: string | null; other: string | null }) {
  if (text === null) return <span class="none">{t("diff.nothing")}</span>;
  if (text === other || other === null) return <code>{visible(text)}{text.length > LONGEST_LINE && "…"}</code>;
  const { before, middle, behind } = parts(text, other);
  return (
    <code>
      {visible(before)}
      {middle && <mark>{visible(middle)}</mark>}
      {visible(behind)}
      {!middle && <mark class="gap" aria-label={t("diff.gap")} />}
    </code>
  );
}
