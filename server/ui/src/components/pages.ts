/** A list that comes in pages, and is as long as it was when somebody comes back to it. */

import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, get, isPassing, query, Unreachable } from "../api/client";
import { returns } from "../api/connection";
import { keepHere, keptHere } from "../entries";
import { isKept, type State } from "./loaded";

/** Items that the API gives at one time, at most; and those of a list that somebody comes back to. */
const PAGE = 200;
const MOST_AGAIN = 2000;

interface Pages<T> {
  state: State<T[]>;
  /** Of this list among others. */
  name: string;
  more: (() => void) | null;
  /** Why there is no more of it, or nothing newer; what has come stays. */
  failed: ApiError | null;
  again(): void;
}

/** Pages of `limit` items each. */
export function usePages<P extends { next_cursor?: string | null }, T>(path: string, filters: Record<string, string>, limit: number, items: (page: P) => T[]): Pages<T> {
  const [state, setState] = useState<State<T[]>>({ is: "loading" });
  const [cursor, setCursor] = useState<string | null>(null);
  const [failed, setFailed] = useState<ApiError | null>(null);
  const [asked, ask] = useState(0);
  // Of the list that is shown: what comes for another is too late.
  const list = useRef(0);
  // Whose items are shown: those of another take the place of no refusal.
  const listed = useRef<string | null>(null);
  const name = path + query(filters);
  const length = `length of ${name}`;

  /** One page behind what is there, and as many more as it takes until there are `least`. */
  const gathered = async (cursor: string | null, before: T[], least: number) => {
    let [next, all] = [cursor, before];
    do {
      const page = await get<P>(path + query({ ...filters, limit: Math.min(Math.max(least - all.length, limit), PAGE), cursor: next }));
      next = page.next_cursor ?? null;
      all = [...all, ...items(page)];
    } while (next !== null && all.length < least);
    return [all, next] as const;
  };
  const refused = (error: ApiError, isFirst: boolean) => {
    if (isFirst && !(isKept(error) && listed.current === name)) {
      listed.current = null;
      setState({ is: "refused", error });
    } else if (!isFirst || isPassing(error)) setFailed(error);
  };
  /** Shown when all of it is there: what comes bit by bit would push about what somebody looks at. */
  const load = async (from: string | null, before: T[], least: number) => {
    const mine = list.current;
    const isGone = () => mine !== list.current;
    try {
      const [all, next] = await gathered(from, before, least);
      if (isGone()) return;
      keepHere(length, all.length);
      listed.current = name;
      setState({ is: "there", value: all });
      setCursor(next);
    } catch (error) {
      if (isGone()) return;
      if (error instanceof ApiError) refused(error, from === null);
      else if (!(error instanceof Unreachable)) throw error;
    }
  };
  useEffect(() => {
    list.current += 1;
    setFailed(null);
    void load(null, [], Math.min(keptHere(length, 0), MOST_AGAIN));
    return () => { list.current += 1; };
  }, [name, asked, returns.value]);
  const more = cursor === null || state.is !== "there" ? null : () => { setFailed(null); void load(cursor, state.value, 0); };
  return { state, name, more, failed, again: () => ask((number) => number + 1) };
}
