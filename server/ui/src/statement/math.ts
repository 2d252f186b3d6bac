/** Formulas in Markdown: `$…$` in a line, `$$…$$` by themselves. */

import type { MarkdownIt } from "markdown-it";

/** Of a text, where for each sign is known that none closes what begins behind that. */
type Unclosed = Map<string, { text: string; begin: number; most: number }>;

export function math(markdown: MarkdownIt): void {
  const unclosed: Unclosed = new Map();
  markdown.inline.ruler.before("escape", "math", (state, silent) => {
    if (state.src[state.pos] !== "$") return false;
    const sign = state.src[state.pos + 1] === "$" ? "$$" : "$";
    const begin = state.pos + sign.length;
    const known = unclosed.get(sign);
    // Else a text of dollars would be looked through to its end for each of them.
    if (known && known.text === state.src && begin >= known.begin && state.posMax <= known.most) return false;
    const end = closing(state.src, begin, sign, state.posMax);
    if (end === null) unclosed.set(sign, { text: state.src, begin, most: state.posMax });
    if (end === null || end < 0) return false;
    if (!silent) {
      const token = state.push(sign === "$$" ? "math_block" : "math_inline", "", 0);
      token.content = state.src.slice(begin, end);
    }
    state.pos = end + sign.length;
    return true;
  });
}

/** Where it ends, null where nowhere; a dollar that is escaped, or one before a blank or a digit as in prices, is none. Below 0
 * where nothing begins here. */
function closing(text: string, begin: number, sign: string, most: number): number | null {
  if (sign === "$" && /\s/.test(text[begin] ?? " ")) return -1;
  for (let at = begin; at < most; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text.startsWith(sign, at) && at > begin && at + sign.length <= most) {
      if (sign === "$$" || (!/\s/.test(text[at - 1] ?? "") && !/\d/.test(text[at + 1] ?? ""))) return at;
    }
  }
  return null;
}
