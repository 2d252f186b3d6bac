/** How far down each page of the history was, so that back leads to where one was: lists come only after that. */

/** Milliseconds for which what is there is waited for. */
const LONGEST = 10_000;

const places = new Map<number, number>();
/** No other entry of the history has a higher number. */
let last = number();

function number(): number {
  const { state } = history as { state: { entry?: unknown } | null };
  return typeof state?.entry === "number" ? state.entry : 0;
}

addEventListener("scroll", () => void places.set(number(), scrollY), { passive: true });

/** For an entry that comes behind the one that is shown. */
export function next(): { entry: number } {
  // What was scrolled just now is told only after this.
  places.set(number(), scrollY);
  last += 1;
  return { entry: last };
}

/** Somebody has gone back or forward: there, as soon as the page is that long, and unless they have gone on already. */
export function restore(): void {
  const [place, end] = [places.get(number()) ?? 0, performance.now() + LONGEST];
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
