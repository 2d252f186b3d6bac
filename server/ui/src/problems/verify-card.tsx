/** Where the submissions of a package are judged: below everything else, as wide as the page. */

import { lazy, Suspense } from "preact/compat";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n";
import type { Verified } from "./upload";

const Verify = lazy(() => import("./verify"));

export function VerifyCard({ what }: { what: Verified | null }) {
  const place = useRef<HTMLElement>(null);
  useEffect(() => {
    place.current?.focus({ preventScroll: true });
    place.current?.scrollIntoView({ block: "start" });
  }, [what]);
  if (!what) return null;
  return (
    <section class="card wide" ref={place} tabIndex={-1}>
      <Suspense fallback={<p class="hint" role="status">{t("loading")}</p>}><Verify {...what} /></Suspense>
    </section>
  );
}
