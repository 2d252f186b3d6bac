/** A problem's statement, in whatever form its package has it. */

import { asMarkdown } from "./latex";
import { Markdown } from "./markdown";

/** Longer ones are no statements. */
const LONGEST = 512 * 1024;

export default function Statement({ text, format }: { text: string; format: string }) {
  const shown = text.slice(0, LONGEST);
  if (format === "plain") return <pre class="statement">{shown}</pre>;
  return <div class="statement"><Markdown text={format === "latex" ? asMarkdown(shown) : shown} /></div>;
}
