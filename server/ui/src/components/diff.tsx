/** Expected and got, line beside line, with white space that one can see. */

import { t } from "../i18n";

/** Lines that are shown: of longer texts the place where they differ is told apart from this. */
const MOST = 400;

export interface Row {
  kind: "same" | "changed" | "missing" | "extra";
  number: number;
  expected: string | null;
  got: string | null;
}

/** Lines side by side. A judge compares by lines in order, so nothing is moved to find more that is alike. */
export function rows(expected: string, got: string): Row[] {
  const [left, right] = [lines(expected), lines(got)];
  const longest = Math.min(Math.max(left.length, right.length), MOST);
  return Array.from({ length: longest }, (_, index) => {
    const [one, other] = [left[index] ?? null, right[index] ?? null];
    const kind = one === other ? "same" : one === null ? "extra" : other === null ? "missing" : "changed";
    return { kind, number: index + 1, expected: one, got: other };
  });
}

function lines(text: string): string[] {
  const all = text.split("\n");
  if (all[all.length - 1] === "") all.pop();
  return all;
}

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
  if (text === other || other === null) return <code>{visible(text)}</code>;
  const begin = common(text, other);
  const end = common(reversed(text.slice(begin)), reversed(other.slice(begin)));
  const middle = text.slice(begin, text.length - end);
  return (
    <code>
      {visible(text.slice(0, begin))}
      {middle && <mark>{visible(middle)}</mark>}
      {visible(text.slice(text.length - end))}
      {!middle && <mark class="gap" aria-label={t("diff.gap")} />}
    </code>
  );
}

function common(one: string, other: string): number {
  let index = 0;
  while (index < one.length && index < other.length && one[index] === other[index]) index += 1;
  return index;
}

const reversed = (text: string) => [...text].reverse().join("");

/** White space and controls as signs: a blank at the end of a line is a frequent fault. */
export function visible(text: string): string {
  return text
    .slice(0, 2000)
    .replaceAll("\t", "→\t")
    .replaceAll("\r", "␍")
    .replaceAll(" ", "·")
    // eslint-disable-next-line no-control-regex
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, (letter) => String.fromCharCode(0x2400 + letter.charCodeAt(0)))
    .replace(/[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, (letter) => `⟨U+${letter.charCodeAt(0).toString(16).toUpperCase()}⟩`);
}
