/** A formula, by KaTeX: as elements, which need no markup from text and no style in it. */

import katex, { type KatexOptions } from "katex";
import "katex/dist/katex.min.css";
import { useLayoutEffect, useRef } from "preact/hooks";

/** What KaTeX makes of a formula, before it is part of the page. */
interface Tree {
  attributes?: Record<string, string>;
  children?: Tree[];
  toNode(): HTMLElement;
}

const { __renderToDomTree: parsed } = katex as unknown as { __renderToDomTree(text: string, options: KatexOptions): Tree };

/** Styles as attributes, which a few signs have (vectors, frames), are none where the policy allows no style in markup: they are set by hand. */
function keepStyles(tree: Tree): void {
  const { attributes, children } = tree;
  if (attributes?.["style"]) {
    attributes["data-style"] = attributes["style"];
    delete attributes["style"];
  }
  children?.forEach(keepStyles);
}

function setStyles(formula: HTMLElement): void {
  for (const styled of formula.querySelectorAll<HTMLElement>("[data-style]")) {
    styled.style.cssText = styled.getAttribute("data-style") ?? "";
    styled.removeAttribute("data-style");
  }
}

export function Formula({ text, isBlock = false }: { text: string; isBlock?: boolean }) {
  const place = useRef<HTMLSpanElement>(null);
  // Before anything is painted: its height is not that of its text.
  useLayoutEffect(() => {
    if (!place.current) return;
    try {
      const tree = parsed(text, { displayMode: isBlock, throwOnError: true, trust: false, errorColor: "var(--bad)", strict: "ignore", maxExpand: 200, maxSize: 20, output: "htmlAndMathml" });
      keepStyles(tree);
      const formula = tree.toNode();
      setStyles(formula);
      place.current.replaceChildren(formula);
    } catch {
      // What it does not understand is shown as it was written.
      place.current.textContent = text;
    }
  }, [text, isBlock]);
  return <span ref={place} class={isBlock ? "formula block" : "formula"} />;
}
