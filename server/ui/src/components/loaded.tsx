/** Something of the server: while it comes, when it is there, and when it cannot be had. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, get, isPassing, Unreachable } from "../api/client";
import { returns, secondsUntilRetry } from "../api/connection";
import { ended } from "../api/session";
import { Link } from "./link";
import { Refusal } from "./refusal";
import { Loading } from "./together";

export type State<T> = { is: "loading" } | { is: "there"; value: T } | { is: "refused"; error: ApiError };

/** A session that ends by itself takes away nothing of what somebody is in the middle of: the page says that it is over. */
const isOfSession = (error: ApiError): boolean => error.status === 401 && ended.value;

/** Nor does what the server cannot do at the moment. */
export const isKept = (error: ApiError): boolean => isOfSession(error) || isPassing(error);

/** Seconds after which what is shown is asked for again, where the server does not say when. */
const SOON = 5;

/**
 * Asked for again when the server has come back, and every so many milliseconds where that is given: then what cannot be had is told, as what
 * is shown is of a moment. `also` is as in `Options`.
 */
export function useLoaded<T>(path: string | null, every: number | null = null, also?: number): [State<T>, () => void] {
  const [state, setState] = useState<State<T>>({ is: "loading" });
  const [asked, ask] = useState(0);
  const isThere = useRef(false);
  useEffect(() => {
    if (path === null) return;
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const refused = (error: ApiError) => {
      if (isThere.current && (every === null ? isKept(error) : isOfSession(error))) {
        if (every === null && isPassing(error)) timer = setTimeout(() => void load(), (error.retryAfter ?? SOON) * 1000);
        return;
      }
      isThere.current = false;
      setState({ is: "refused", error });
    };
    const load = async () => {
      try {
        const value = await get<T>(path, { signal: abort.signal, ...(also !== undefined && { also }) });
        isThere.current = true;
        setState({ is: "there", value });
      } catch (error) {
        if (abort.signal.aborted) return;
        if (error instanceof ApiError) refused(error);
        else if (!(error instanceof Unreachable)) throw error;
      }
      if (!abort.signal.aborted) wait();
    };
    // Not while nobody looks at it, or may; nor while the server is away, which is asked for all of them.
    const isIdle = () => document.hidden || ended.peek() || secondsUntilRetry.peek() !== null;
    const wait = () => { if (every !== null) timer = setTimeout(() => (isIdle() ? wait() : void load()), every); };
    void load();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [path, asked, returns.value]);
  return [state, () => ask((number) => number + 1)];
}

/** `title` heads a page that has no heading of its own before its content is there; `list` is where there are others of what is refused. */
export function Loaded<T>({ from, children, again, title, list }: { from: State<T>; children(value: T): ComponentChildren; again?: () => void; title?: string; list?: { at: string; name: string } }) {
  const heading = title !== undefined && <h1 class="unseen">{title}</h1>;
  switch (from.is) {
    case "loading":
      return <>{heading}<Loading /></>;
    case "refused":
      return <>{heading}<Refusal error={from.error} {...(again && { again })} />{list && <p><Link to={list.at}>{list.name}</Link></p>}</>;
    case "there":
      return <>{children(from.value)}</>;
  }
}
