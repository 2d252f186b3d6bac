/** What statements in LaTeX use, as Markdown. It is no LaTeX: what is not known is shown as it stands. */

const ENVIRONMENTS: Record<string, string> = { itemize: "- ", enumerate: "1. " };

export function asMarkdown(latex: string): string {
  const { text, kept } = withoutMath(latex.replace(/(^|[^\\])%.*$/gm, "$1"));
  return restored(converted(text), kept);
}

/** Formulas are left alone. */
function withoutMath(text: string): { text: string; kept: string[] } {
  const kept: string[] = [];
  const keep = (formula: string) => `\u0000${kept.push(formula) - 1}\u0000`;
  return {
    text: text
      .replace(/\\\[([\s\S]*?)\\\]|\$\$([\s\S]*?)\$\$/g, (_, one, other) => keep(`$$${one ?? other}$$`))
      .replace(/\\\(([\s\S]*?)\\\)|\$((?:[^$\\]|\\.)*)\$/g, (_, one, other) => keep(`$${(one ?? other).trim()}$`)),
    kept,
  };
}

const restored = (text: string, kept: string[]) => text.replace(/\u0000(\d+)\u0000/g, (_, index) => kept[Number(index)] ?? "");

function converted(text: string): string {
  return items(text)
    .replace(/\\problemname\{([^}]*)\}/g, "")
    .replace(/\\(?:section|chapter)\*?\{([^}]*)\}/g, "\n\n# $1\n\n")
    .replace(/\\(?:subsection|subsubsection|paragraph)\*?\{([^}]*)\}/g, "\n\n## $1\n\n")
    .replace(/\\(?:textbf|bf)\{([^{}]*)\}/g, "**$1**")
    .replace(/\\(?:emph|textit|it)\{([^{}]*)\}/g, "*$1*")
    .replace(/\\(?:texttt|verb|lstinline)\{([^{}]*)\}/g, "`$1`")
    .replace(/\\url\{([^{}]*)\}/g, "<$1>")
    .replace(/\\href\{([^{}]*)\}\{([^{}]*)\}/g, "[$2]($1)")
    .replace(/\\includegraphics(?:\[[^\]]*\])?\{([^{}]*)\}/g, "![$1]($1)")
    .replace(/\\illustration\{[^{}]*\}\{([^{}]*)\}\{[^{}]*\}/g, "![$1]($1)")
    .replace(/\\(?:begin|end)\{[^}]*\}(?:\[[^\]]*\])?/g, "\n\n")
    .replace(/\\(?:label|noindent|medskip|bigskip|smallskip|centering)\b(?:\{[^}]*\})?/g, "")
    .replace(/``|''/g, '"')
    .replace(/---/g, "—")
    .replace(/--/g, "–")
    .replace(/~/g, " ")
    .replace(/\\\\/g, "\n\n")
    .replace(/\\([%&#_{}$])/g, "$1")
    .replace(/\\(?:ldots|dots)\b(?:\{\})?/g, "…");
}

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
      const indent = "   ".repeat(Math.max(open.length - 1, 0));
      return sign ? line.replace(/^\s*\\item\s*/, `\n${indent}${sign}`) : line;
    })
    .join("\n");
}
