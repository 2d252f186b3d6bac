/** What the playground does by itself: with the address, with languages that come, and with results that come. */

import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { language, languages } from "../api/languages";
import { forgetters } from "../api/session";
import { chooseFirst } from "./choose";
import { draft, type Draft } from "./draft";
import { bring } from "./replaced";
import { resume, run } from "./run";
import { isLink, shared } from "./share";

/** The address is a link no more; with a fragment, if it is still that one: another may have been pasted since. */
function unlink(fragment = location.hash): void {
  if (isLink(fragment) && fragment === location.hash) history.replaceState(history.state, "", location.pathname);
}

forgetters.add(() => unlink());

/** Shows what a link brings. Returns what is called with what is shared: the address is a link to that, and to nothing that is written after it. */
export function useLink(replaced: () => void, damaged: (is: boolean) => void): (draft: Draft) => void {
  const linked = useRef<{ draft: Draft; fragment: string } | null>(null);
  useEffect(() => {
    const look = async (fragment: string) => {
      if (!isLink(fragment)) return;
      const found = await shared(fragment);
      unlink(fragment);
      damaged(found === null);
      if (!found) return;
      await bring(found);
      replaced();
    };
    void look(location.hash);
    // A link that is pasted where the page is shown already loads nothing. The event is told later than the address changes.
    const come = ({ newURL }: HashChangeEvent) => void look(new URL(newURL).hash);
    addEventListener("hashchange", come);
    return () => removeEventListener("hashchange", come);
  }, []);
  useEffect(() => {
    const own = linked.current;
    if (!own || draft.value === own.draft) return;
    unlink(own.fragment);
    linked.current = null;
  }, [draft.value]);
  return (draft) => (linked.current = { draft, fragment: location.hash });
}

/** Of the window's height: what begins below that is hardly seen. */
const LOW = 0.6;

/** Scrolls to what came of a run: below the window nobody sees that there is something. */
export function useSeen(resultCard: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const top = resultCard.current?.getBoundingClientRect().top ?? 0;
    if (run.value.is === "idle" || run.value.is === "going" || (top >= 0 && top < innerHeight * LOW)) return;
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    resultCard.current?.scrollIntoView({ block: "start", behavior: isStill ? "auto" : "smooth" });
  }, [run.value.is]);
}

/** The run that was shown before the page was loaded, and where nothing is written yet, the example of a language that is there. */
export function useBegin(replaced: () => void): void {
  useEffect(() => void resume(draft.value.tests), []);
  useEffect(() => {
    if (draft.value.files.length > 0) return;
    const usual = language(draft.value.language);
    const first = [usual, ...languages.value].find((one) => one?.available) ?? usual ?? languages.value[0];
    if (first) void chooseFirst(first.id, replaced);
  }, [languages.value]);
}
