/** What statements in LaTeX use, as Markdown. It is no LaTeX: what is not known is shown as it stands. */

const ENVIRONMENTS: Record<string, string> = { itemize: "- ", enumerate: "1. " };

export function asMarkdown(latex: string): string {
  // What stands for formulas meanwhile is nobody's to write.
  const { text, kept } = withoutMath(latex.replaceAll("\u0000", "").replace(/(^|[^\\])%.*$/gm, "$1"));
  return restored(converted(text), kept);
}

/** Formulas are left alone. */
function withoutMath(text: string): { text: string; kept: string[] } {
  const kept: string[] = [];
  const keep = (formula: string) => `\u0000${kept.push(formula) - 1}\u0000`;
  const [block, inline] = [(formula: string) => keep(`$$${formula}$$`), (formula: string) => keep(`$${formula.trim()}$`)];
  text = between(between(text, "\\[", "\\]", block), "$$", "$$", block);
  return { text: dollars(between(text, "\\(", "\\)", inline), inline), kept };
}

/** What stands between these, replaced with them. What is never closed is looked for once, however often it is opened. */
function between(text: string, open: string, close: string, replaced: (within: string) => string): string {
  const parts: string[] = [];
  for (let at = 0; ; ) {
    const begin = text.indexOf(open, at);
    const end = begin < 0 ? -1 : text.indexOf(close, begin + open.length);
    if (end < 0) return parts.join("") + text.slice(at);
    parts.push(text.slice(at, begin), replaced(text.slice(begin + open.length, end)));
    at = end + close.length;
  }
}

/** The same for dollars, of which those that are escaped are none. Each is looked at once. */
function dollars(text: string, replaced: (within: string) => string): string {
  const parts: string[] = [];
  let [at, begin] = [0, -1];
  for (const { 0: sign, index } of text.matchAll(/\\[^]|\$/g)) {
    if (sign !== "$") continue;
    if (begin >= 0) {
      parts.push(text.slice(at, begin), replaced(text.slice(begin + 1, index)));
      at = index + 1;
    }
    begin = begin < 0 ? index : -1;
  }
  return parts.join("") + text.slice(at);
}

const restored = (text: string, kept: string[]) => text.replace(/\u0000(\d+)\u0000/g, (_, index) => kept[Number(index)] ?? "");

/** What stands in braces has a bound: many that are never closed would each be looked for to the end. */
function converted(text: string): string {
  return items(text)
    .replace(/\\problemname\{([^}]{0,1000})\}/g, "")
    .replace(/\\(?:section|chapter)\*?\{([^}]{0,1000})\}/g, "\n\n# $1\n\n")
    .replace(/\\(?:subsection|subsubsection|paragraph)\*?\{([^}]{0,1000})\}/g, "\n\n## $1\n\n")
    .replace(/\\(?:textbf|bf)\{([^{}]{0,1000})\}/g, "**$1**")
    .replace(/\\(?:emph|textit|it)\{([^{}]{0,1000})\}/g, "*$1*")
    .replace(/\\(?:texttt|verb|lstinline)\{([^{}]{0,1000})\}/g, (_, code: string) => `\`${code.replaceAll("\\$", "$")}\``)
    .replace(/\\url\{([^{}]{0,1000})\}/g, "<$1>")
    .replace(/\\href\{([^{}]{0,1000})\}\{([^{}]{0,1000})\}/g, "[$2]($1)")
    .replace(/\\includegraphics(?:\[[^\]]{0,1000}\])?\{([^{}]{0,1000})\}/g, "![$1]($1)")
    .replace(/\\illustration\{[^{}]{0,1000}\}\{([^{}]{0,1000})\}\{[^{}]{0,1000}\}/g, "![$1]($1)")
    .replace(/\\(?:begin|end)\{[^}]{0,1000}\}(?:\[[^\]]{0,1000}\])?/g, "\n\n")
    .replace(/\\(?:label|noindent|medskip|bigskip|smallskip|centering)\b(?:\{[^}]{0,1000}\})?/g, "")
    .replace(/``|''/g, '"')
    .replace(/---/g, "—")
    .replace(/--/g, "–")
    .replace(/~/g, " ")
    .replace(/\\\\/g, "\n\n")
    // A dollar stays escaped: in Markdown it would begin a formula.
    .replace(/\\([%&#_{}])/g, "$1")
    .replace(/\\(?:ldots|dots)\b(?:\{\})?/g, "…");
}

/** Of lists in lists; what is deeper stands where these do. */
const DEEPEST = 8;

/** Lists, of which one may stand in another. */
function items(text: string): string {
  const open: string[] = [];
  return text
    .split("\n")
    .map((line) => {
      const environment = /\\(begin|end)\{(itemize|enumerate)\}/.exec(line);
      if (environment) {
        if (environment[1] === "begin") open.push(environment[2] ?? "");
        else open.pop();
        return "";
      }
      const sign = ENVIRONMENTS[open[open.length - 1] ?? ""];
      const indent = "   ".repeat(Math.min(Math.max(open.length - 1, 0), DEEPEST));
      return sign ? line.replace(/^\s*\\item\s*/, `\n${indent}${sign}`) : line;
    })
    .join("\n");
}
