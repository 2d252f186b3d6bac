/** How far down each page of the history was, so that back leads to where one was: lists come only after that. */

import { keepHere, keptHere } from "./entries";

/** Milliseconds for which what is there is waited for. */
const LONGEST = 10_000;

const PLACE = "place";

export const keepPlace = (): void => keepHere(PLACE, scrollY);

addEventListener("scroll", keepPlace, { passive: true });

/** Somebody has gone back or forward: there, as soon as the page is that long, and unless they have gone on already. */
export function restore(): void {
  const [place, end] = [keptHere(PLACE, 0), performance.now() + LONGEST];
  let isMoved = false;
  const moved = () => { isMoved = true; };
  const done = () => ["wheel", "keydown", "pointerdown"].forEach((kind) => removeEventListener(kind, moved));
  const look = () => {
    if (isMoved) return done();
    scrollTo(0, place);
    if (Math.abs(scrollY - place) <= 1 || performance.now() > end) return done();
    requestAnimationFrame(look);
  };
  ["wheel", "keydown", "pointerdown"].forEach((kind) => addEventListener(kind, moved, { passive: true }));
  // What was shown before is gone by then.
  requestAnimationFrame(look);
}
