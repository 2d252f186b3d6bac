/** Of a long list a part is in the page: a browser lays out all that is there each time that something is added. */

import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { ApiError } from "../api/client";
import { useKeptHere } from "../entries";
import { t } from "../i18n";
import { Refusal } from "./refusal";

/** Rows that are shown at once. */
const MOST = 400;

export interface Props<T> {
  /** Of the list, as no other on the page is called: back leads to the part of it that was shown. */
  name: string;
  items: T[];
  /** Gets those that come behind what has come; null where there are none. */
  more?: (() => void) | null;
  /** Why they could not be had. */
  failed?: ApiError | null;
  most?: number;
  /** `first` is the place of the first of those that are shown, from 0. */
  children(shown: T[], first: number): ComponentChildren;
}

export function Windowed<T>({ name, items, more = null, failed = null, most = MOST, children }: Props<T>) {
  // Infinity: at the end, also when more has come.
  const [begin, setBegin] = useKeptHere(`window of ${name}`, 0);
  const first = Math.min(begin, Math.max(items.length - most, 0));
  const end = Math.min(first + most, items.length);
  const half = Math.ceil(most / 2);
  const [place, pressed] = useKeptFocus();
  const forward = () => {
    pressed();
    setBegin(end + half < items.length ? first + half : Infinity);
    if (end === items.length) more?.();
  };
  const back = () => {
    pressed();
    setBegin(Math.max(first - half, 0));
  };
  return (
    <div class="windowed" ref={place} tabIndex={-1}>
      {first > 0 && <button type="button" onClick={back}>{t("list.before", { n: first })}</button>}
      {children(items.slice(first, end), first)}
      {items.length > most && <p class="hint" role="status">{t("list.shown", { first: first + 1, last: end })}</p>}
      {failed && <Refusal error={failed} />}
      {(more || end < items.length) && <button type="button" onClick={forward}>{t("list.more")}</button>}
    </div>
  );
}

/** Whoever has pressed a button that is not there any more goes on at the list, and not at the top of the page. */
function useKeptFocus() {
  const place = useRef<HTMLDivElement>(null);
  const isPressed = useRef(false);
  useLayoutEffect(() => {
    if (!isPressed.current || document.activeElement !== document.body) return;
    isPressed.current = false;
    place.current?.focus({ preventScroll: true });
  });
  return [place, () => { isPressed.current = true; }] as const;
}
