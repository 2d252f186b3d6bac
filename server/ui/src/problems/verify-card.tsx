/** Where the submissions of a package are judged: below everything else, as wide as the page. */

import { useEffect, useRef } from "preact/hooks";
import { later } from "../components/later";
import type { Verified } from "./upload";

const Verify = later(async () => (await import("./verify")).default);

export function VerifyCard({ what }: { what: Verified | null }) {
  const place = useRef<HTMLElement>(null);
  useEffect(() => {
    place.current?.focus({ preventScroll: true });
    place.current?.scrollIntoView({ block: "start" });
  }, [what]);
  if (!what) return null;
  return (
    <section class="card wide" ref={place} tabIndex={-1}>
      <Verify {...what} />
    </section>
  );
}
