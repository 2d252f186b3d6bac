/** A formula, by KaTeX: as elements, which need no markup from text and no style in it. */

import katex from "katex";
import "katex/dist/katex.min.css";
import { useLayoutEffect, useRef } from "preact/hooks";

export function Formula({ text, isBlock = false }: { text: string; isBlock?: boolean }) {
  const place = useRef<HTMLSpanElement>(null);
  // Before anything is painted: its height is not that of its text.
  useLayoutEffect(() => {
    if (!place.current) return;
    try {
      katex.render(text, place.current, { displayMode: isBlock, throwOnError: true, trust: false, errorColor: "var(--bad)", strict: "ignore", maxExpand: 200, maxSize: 20, output: "htmlAndMathml" });
    } catch {
      // What it does not understand is shown as it was written.
      place.current.textContent = text;
    }
  }, [text, isBlock]);
  return <span ref={place} class={isBlock ? "formula block" : "formula"} />;
}
