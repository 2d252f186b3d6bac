/** Markdown as elements. Nothing is ever parsed as HTML: what looks like it in a statement is text, and of the elements that
 * Markdown knows only those below are made. */

import MarkdownIt, { type Token } from "markdown-it";
import { h, type ComponentChild } from "preact";
import { t } from "../i18n";
import { Formula } from "./formula";
import { math } from "./math";

const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false }).use(math);

const ELEMENTS = new Set(["p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "table", "thead", "tbody", "tr", "th", "td", "em", "strong", "s", "hr", "br"]);

/** Of formulas, of which each takes a while to be set: what is beyond is shown as it was written, and the page stays quick. */
interface Room {
  formulas: number;
  characters: number;
}

const ROOM: Room = { formulas: 1000, characters: 50_000 };

/** What gives a text a name: a few letters would stand for millions, as KaTeX bounds how often such names are used, and not what for. */
const DEFINES = /\\(?:[egx]?def|(?:new|renew|provide)command)(?![A-Za-z@])/;

export function Markdown({ text }: { text: string }) {
  return <>{elements(markdown.parse(text, {}), { ...ROOM })}</>;
}

/** A token opens an element, closes one, or is one. */
function elements(tokens: Token[], room: Room): ComponentChild[] {
  const open: { tag: string; token: Token | null; children: ComponentChild[] }[] = [{ tag: "", token: null, children: [] }];
  const add = (child: ComponentChild) => open[open.length - 1]?.children.push(child);
  for (const token of tokens) {
    if (token.nesting === 1) {
      open.push({ tag: token.tag, token, children: [] });
    } else if (token.nesting === -1) {
      const closed = open.pop();
      if (closed?.token) add(element(closed.tag, closed.token, closed.children));
    } else {
      add(single(token, room));
    }
  }
  return open[0]?.children ?? [];
}

function element(tag: string, token: Token, children: ComponentChild[]): ComponentChild {
  if (token.hidden) return children;
  if (tag === "a") return link(String(token.attrGet("href") ?? ""), children);
  // The page has a heading of its own above.
  const heading = /^h([1-6])$/.exec(tag);
  if (heading) return h(`h${Math.min(Number(heading[1]) + 1, 6)}`, {}, children);
  if (tag === "table") return <div class="scroll" tabIndex={0} role="group" aria-label={t("statement.table")}>{h(tag, {}, children)}</div>;
  return ELEMENTS.has(tag) ? h(tag, {}, children) : children;
}

function single(token: Token, room: Room): ComponentChild {
  switch (token.type) {
    case "inline":
      return elements(token.children ?? [], room);
    case "text":
      return token.content;
    case "code_inline":
      return <code>{token.content}</code>;
    case "fence":
    case "code_block":
      return <pre tabIndex={0}>{token.content}</pre>;
    case "softbreak":
      return " ";
    case "math_inline":
      return formula(token.content, room, false);
    case "math_block":
      return formula(token.content, room, true);
    case "image":
      return <span class="figure">{t("statement.figure", { name: token.content || (String(token.attrGet("src") ?? "")) })}</span>;
    default:
      return ELEMENTS.has(token.tag) ? h(token.tag, {}) : token.content;
  }
}

function formula(text: string, room: Room, isBlock: boolean): ComponentChild {
  if (room.formulas <= 0 || text.length > room.characters || DEFINES.test(text)) return <code>{text}</code>;
  room.formulas -= 1;
  room.characters -= text.length;
  return <Formula text={text} isBlock={isBlock} />;
}

/** Only to the web: markdown-it lets no `javascript:` through either. */
function link(to: string, children: ComponentChild[]): ComponentChild {
  if (!/^https?:\/\//i.test(to)) return <span>{children}</span>;
  return <a href={to} rel="noopener noreferrer nofollow" target="_blank">{children}</a>;
}
