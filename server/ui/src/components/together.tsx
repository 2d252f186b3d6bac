/** What is shown at once, when all of it is there: parts that come one after another would push each other about. */

import { type ComponentChildren, createContext } from "preact";
import { useContext, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { t } from "../i18n";

/** Milliseconds for which one slow part may keep the others from being seen. */
const LONGEST = 2000;

/** Tells that something is on its way; returns what tells that it is there. */
const Awaited = createContext<(() => () => void) | null>(null);

/** Stands where something will be. */
export function Loading() {
  const isAwaited = useAwaited();
  return <p class="hint" role={isAwaited ? undefined : "status"}>{t("loading")}</p>;
}

/** Stands where something will be, or nothing. */
export function Perhaps() {
  useAwaited();
  return null;
}

/** Whether what is around this waits for as long as this is there. */
function useAwaited(): boolean {
  const begin = useContext(Awaited);
  useLayoutEffect(() => begin?.(), []);
  return begin !== null;
}

export function Together({ children }: { children: ComponentChildren }) {
  const [shown, show] = useState(false);
  const missing = useRef(0);
  // What has come may bring something else that is on its way: that begins before the next frame.
  const look = () => requestAnimationFrame(() => { if (missing.current === 0) show(true); });
  const begin = useRef(() => {
    missing.current += 1;
    return () => {
      missing.current -= 1;
      look();
    };
  });
  useEffect(() => {
    look();
    const timer = setTimeout(() => show(true), LONGEST);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Awaited.Provider value={shown ? null : begin.current}>
      {!shown && <p class="hint not-yet" role="status">{t("loading")}</p>}
      <div class={shown ? undefined : "unready"}>{children}</div>
    </Awaited.Provider>
  );
}
