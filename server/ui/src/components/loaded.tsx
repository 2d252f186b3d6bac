/** Something of the server: while it comes, when it is there, and when it cannot be had. */

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ApiError, get, Unreachable } from "../api/client";
import { returns } from "../api/connection";
import { t } from "../i18n";
import { Refusal } from "./refusal";

export type Loading<T> = { is: "loading" } | { is: "there"; value: T } | { is: "refused"; error: ApiError };

/** Asked for again when the server has come back, and every so many milliseconds where that is given. */
export function useLoaded<T>(path: string | null, every: number | null = null): [Loading<T>, () => void] {
  const [state, setState] = useState<Loading<T>>({ is: "loading" });
  const [asked, ask] = useState(0);
  useEffect(() => {
    if (path === null) return;
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const load = async () => {
      try {
        setState({ is: "there", value: await get<T>(path, abort.signal) });
      } catch (error) {
        if (abort.signal.aborted) return;
        if (error instanceof ApiError) setState({ is: "refused", error });
        else if (!(error instanceof Unreachable)) throw error;
      }
      if (every !== null && !abort.signal.aborted) timer = setTimeout(() => void (document.hidden ? wait() : load()), every);
    };
    // Nobody looks at it.
    const wait = () => { timer = setTimeout(() => void (document.hidden ? wait() : load()), every ?? 1000); };
    void load();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [path, asked, returns.value]);
  return [state, () => ask((number) => number + 1)];
}

export function Loaded<T>({ from, children, again }: { from: Loading<T>; children(value: T): ComponentChildren; again?: () => void }) {
  switch (from.is) {
    case "loading":
      return <p class="hint" role="status">{t("loading")}</p>;
    case "refused":
      return <Refusal error={from.error} {...(again && { again })} />;
    case "there":
      return <>{children(from.value)}</>;
  }
}

/** A list that comes in pages. */
export function usePages<P extends { next_cursor?: string | null }, T>(path: string, items: (page: P) => T[]): { state: Loading<T[]>; more: (() => void) | null; again(): void } {
  const [state, setState] = useState<Loading<T[]>>({ is: "loading" });
  const [cursor, setCursor] = useState<string | null>(null);
  const [asked, ask] = useState(0);
  const load = async (from: string | null, before: T[], isGone: () => boolean) => {
    try {
      const page = await get<P>(from === null ? path : `${path}${path.includes("?") ? "&" : "?"}cursor=${encodeURIComponent(from)}`);
      if (isGone()) return;
      setState({ is: "there", value: [...before, ...items(page)] });
      setCursor(page.next_cursor ?? null);
    } catch (error) {
      if (isGone()) return;
      if (error instanceof ApiError) setState({ is: "refused", error });
      else if (!(error instanceof Unreachable)) throw error;
    }
  };
  useEffect(() => {
    let gone = false;
    void load(null, [], () => gone);
    return () => { gone = true; };
  }, [path, asked, returns.value]);
  const more = cursor === null || state.is !== "there" ? null : () => void load(cursor, state.value, () => false);
  return { state, more, again: () => ask((number) => number + 1) };
}
