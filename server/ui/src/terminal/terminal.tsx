/** The terminal: what a program writes as it comes, and keys as they are typed. */

import { FitAddon } from "@xterm/addon-fit";
import { Terminal as Screen } from "@xterm/xterm";
import "@xterm/xterm/css/xterm.css";
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, Unreachable } from "../api/client";
import { language } from "../api/languages";
import { look } from "../api/session";
import { Refusal } from "../components/refusal";
import { duration, size, t } from "../i18n";
import { endingOf } from "./ending";
import "../i18n/pages";
import { draft } from "../playground/draft";
import { nonce } from "../settings";
import { canBePrepared } from "./able";
import { forget, prepare, Session } from "./session";

/** Bytes that wait to be drawn. What comes faster than anybody can read is left out: keys are never behind it. */
const MOST_WAITING = 512 * 1024;

/** The terminal makes style sheets of its own, and knows nothing of nonces. */
const make = document.createElement.bind(document);
document.createElement = (tag: string, options?: ElementCreationOptions) => {
  const made = make(tag, options);
  if (made instanceof HTMLStyleElement) made.nonce = nonce;
  return made;
};

type Standing = { is: "compiling" } | { is: "running" } | { is: "over"; told: string } | { is: "refused"; error: ApiError };

export default function Terminal({ close }: { close(): void }) {
  const place = useRef<HTMLDivElement>(null);
  const whole = useRef<HTMLElement>(null);
  const session = useRef<Session | null>(null);
  const [now, setNow] = useState<Standing>({ is: "compiling" });
  const [round, again] = useState(0);

  useEffect(() => {
    Screen.strings.promptLabel = t("terminal.input");
    Screen.strings.tooMuchOutput = t("terminal.tooMuch");
    const screen = new Screen({ linkHandler: { activate: (_, url) => follow(url) }, scrollback: 2000, fontFamily: "ui-monospace, monospace", fontSize: 14, cursorBlink: false, screenReaderMode: true, theme: { background: "#12141a", foreground: "#e8eaf0" } });
    const fit = new FitAddon();
    screen.loadAddon(fit);
    screen.open(place.current as HTMLElement);
    fit.fit();
    const watcher = new ResizeObserver(() => { fit.fit(); session.current?.resize(screen); });
    watcher.observe(place.current as HTMLElement);
    screen.onData((text) => session.current?.type(text));
    screen.focus();
    // On a phone it is below what was written.
    whole.current?.scrollIntoView({ block: "nearest" });
    let gone = false;
    setNow({ is: "compiling" });
    void begin(screen, () => gone, (made) => (session.current = made), setNow);
    return () => {
      gone = true;
      watcher.disconnect();
      session.current?.close();
      session.current = null;
      screen.dispose();
    };
  }, [round]);

  return (
    <section class="terminal" ref={whole} aria-label={t("terminal.title")}>
      <div class="buttons">
        <strong>{t("terminal.title")}</strong>
        <span role="status">{now.is === "compiling" ? t("progress.compiling") : now.is === "running" ? t("terminal.running") : now.is === "over" ? now.told : ""}</span>
        <span class="space" />
        {now.is === "running" && <button type="button" class="stop" onClick={() => session.current?.stop()}>{t("run.cancel")}</button>}
        {(now.is === "over" || now.is === "refused") && <button type="button" onClick={() => again(round + 1)}>{t("terminal.again")}</button>}
        <button type="button" class="quiet" onClick={close}>{t("terminal.close")}</button>
      </div>
      {now.is === "refused" && <Refusal error={now.error} />}
      <div class="screen" ref={place} />
      <p class="hint">{t("terminal.hint")}</p>
    </section>
  );
}

/** A program may call a link whatever it likes: whoever follows it is told where it leads, as the browser reads it. No letter there turns others around. */
function follow(link: string): void {
  const { protocol, href } = new URL(link);
  if (/^https?:$/.test(protocol) && confirm(t("terminal.link", { url: href }))) open(href, "_blank", "noopener,noreferrer");
}

async function begin(screen: Screen, isGone: () => boolean, made: (session: Session) => void, tell: (now: Standing) => void): Promise<void> {
  const chosen = language(draft.value.language);
  if (!chosen || !canBePrepared(chosen)) return tell({ is: "over", told: t("terminal.impossible") });
  try {
    const preparing = await prepare(chosen, draft.value.files);
    if (isGone()) {
      if (preparing.is === "ready") forget(preparing.prepared);
      return;
    }
    if (preparing.is === "impossible") return tell({ is: "over", told: t("terminal.impossible") });
    if (preparing.is === "refused") {
      screen.write(preparing.log.replaceAll("\n", "\r\n"));
      return tell({ is: "over", told: t("verdict.CompileError") });
    }
    tell({ is: "running" });
    made(new Session(preparing.prepared, screen, {
      wrote: bounded(screen),
      ended: (outcome, problem) => {
        // A browser tells not why a stream was refused: a session that is over tells of itself.
        if (!outcome && !problem) void look();
        tell({ is: "over", told: problem ?? (outcome ? t("terminal.over", { ending: endingOf(outcome), time: duration(outcome.time / 1e6), memory: size(outcome.memory) }) : t("terminal.lost")) });
      },
    }));
  } catch (error) {
    if (error instanceof ApiError) tell({ is: "refused", error });
    else if (error instanceof Unreachable) tell({ is: "over", told: t("away.title") });
    else throw error;
  }
}

/** Draws what comes, unless too much waits to be drawn already. */
function bounded(screen: Screen): (bytes: Uint8Array) => void {
  let waiting = 0;
  let skipped = 0;
  const tell = () => {
    if (skipped > 0) screen.write(`\r\n\u001b[7m${t("terminal.skipped", { size: size(skipped) })}\u001b[0m\r\n`);
    skipped = 0;
  };
  return (bytes) => {
    if (waiting > MOST_WAITING) {
      skipped += bytes.length;
      return;
    }
    tell();
    waiting += bytes.length;
    screen.write(bytes, () => {
      waiting -= bytes.length;
      // Nothing may come behind it before which it could be told.
      if (waiting === 0) tell();
    });
  };
}
