/** What a program wrote, as text: nothing of it is markup, and long outputs are shown a part at a time. */

import { useState } from "preact/hooks";
import { size, t } from "../i18n";

/** Characters that are shown at once: a browser lays out all that it is given. */
const PART = 20_000;

export function Output(props: { title: string; text: string; truncated?: boolean }) {
  const [length, setLength] = useState(PART);
  if (!props.text && !props.truncated) return null;
  const more = props.text.length - length;
  return (
    <section class="output">
      <h4>{props.title}</h4>
      {props.text && <pre role="group" tabIndex={0} aria-label={props.title}>{props.text.slice(0, length)}</pre>}
      {more > 0 && (
        <button type="button" onClick={() => setLength(length + 10 * PART)}>{t("output.more", { size: size(more) })}</button>
      )}
      {props.truncated && <p class="hint">{t("output.truncated")}</p>}
    </section>
  );
}
