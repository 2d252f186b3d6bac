/** What a program writes while it runs. */

import type { ReadonlySignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Heard, Written } from "../api/heard";
import { t, type Sentence } from "../i18n";
import "../i18n/pages";

/** A signal rather than its value: nothing else of a page is to be drawn ten times a second. */
export function Live({ heard }: { heard: ReadonlySignal<Heard | null> }) {
  const now = heard.value;
  if (!now) return null;
  return (
    <section class="live" aria-label={t("live.title")}>
      <Stream title="output.transcript" written={now.transcript} />
      <Stream title="output.stdout" written={now.stdout} />
      <Stream title="output.stderr" written={now.stderr} />
    </section>
  );
}

/** Its end is what is seen, and no screen reader reads it out: the status line is for that, and what is written in all comes last. */
function Stream({ title, written }: { title: Sentence; written: Written }) {
  const place = useRef<HTMLPreElement>(null);
  useLayoutEffect(() => {
    if (place.current) place.current.scrollTop = place.current.scrollHeight;
  }, [written.text]);
  if (!written.text) return null;
  return (
    <>
      <h4>{t(title)} {written.isCut && <small>{t("live.cut")}</small>}</h4>
      <pre ref={place} role="group" tabIndex={0} aria-label={t(title)} aria-live="off">{written.text}</pre>
    </>
  );
}
