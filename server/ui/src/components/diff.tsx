/** Expected and got, line beside line, with white space that one can see. */

import { t } from "../i18n";
import { MOST, parts, rows, SHOWN, visible } from "./difference";

export function Diff({ expected, got }: { expected: string; got: string }) {
  const shown = rows(expected, got);
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={t("diff.label")}>
      <table class="diff">
        <thead>
          <tr><th scope="col">{t("diff.line")}</th><th scope="col">{t("test.expected")}</th><th scope="col">{t("diff.got")}</th></tr>
        </thead>
        <tbody>
          {shown.map((row) => (
            <tr key={row.number} class={row.kind}>
              <th scope="row">{row.number}</th>
              <td><Side text={row.expected} other={row.got} /></td>
              <td><Side text={row.got} other={row.expected} /></td>
            </tr>
          ))}
        </tbody>
      </table>
      {shown.length === MOST && <p class="hint">{t("diff.cut", { n: MOST })}</p>}
    </div>
  );
}

function Side({ text, other }: { text: string | null; other: string | null }) {
  if (text === null) return <span class="none">{t("diff.nothing")}</span>;
  if (text === other || other === null) return <code>{visible(text)}{text.length > SHOWN && "…"}</code>;
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
