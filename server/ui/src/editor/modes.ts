/** Colours of languages that CodeMirror has none for: comments, strings, numbers, and the words that a language keeps for itself. */

import type { StreamParser } from "@codemirror/language";
import { simpleMode } from "@codemirror/legacy-modes/mode/simple-mode";

const words = (all: string, flags = "") => new RegExp(`(?:${all.trim().split(/\s+/).join("|")})\\b`, flags);

export const ada: StreamParser<unknown> = simpleMode({
  start: [
    { regex: /--.*/, token: "comment" },
    { regex: /"(?:[^"]|"")*"?/, token: "string" },
    // Not the tick of an attribute: that stands behind a name.
    { regex: /'.'(?!')/, token: "string" },
    { regex: /[\d_]+(?:#[\da-f_.]+#|\.[\d_]+)?(?:e[+-]?\d+)?/i, token: "number" },
    { regex: words(`abort abs abstract accept access aliased all and array at begin body case constant declare delay delta digits do else elsif end entry
      exception exit for function generic goto if in interface is limited loop mod new not null of or others out overriding package parallel pragma private
      procedure protected raise range record rem renames requeue return reverse select separate some subtype synchronized tagged task terminate then type
      until use when while with xor`, "i"), token: "keyword" },
    { regex: words("boolean character duration float integer natural positive string", "i"), token: "typeName" },
    { regex: words("true false", "i"), token: "atom" },
    // With its attributes, of which one is called as a keyword is.
    { regex: /[a-z][\w.]*(?:'[a-z]\w*)*/i, token: "variable" },
  ],
});

export const prolog: StreamParser<unknown> = simpleMode({
  start: [
    { regex: /%.*/, token: "comment" },
    { regex: /\/\*/, token: "comment", next: "comment" },
    { regex: /0'(?:\\.|''|.)|0[xob][\da-f]+|\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?/i, token: "number" },
    { regex: /"(?:[^"\\]|\\.)*"?|`(?:[^`\\]|\\.)*`?/, token: "string" },
    { regex: /'(?:[^'\\]|\\.)*'?/, token: "atom" },
    { regex: /:-|-->|->|\?-|\\\+|!/, token: "keyword" },
    { regex: words("is mod rem div xor dynamic discontiguous initialization module use_module ensure_loaded"), token: "keyword" },
    { regex: /[A-Z_]\w*/, token: "typeName" },
    { regex: /[a-z]\w*(?=\()/, token: "variableName.function" },
    { regex: /[a-z]\w*/, token: "variable" },
  ],
  comment: [
    { regex: /.*?\*\//, token: "comment", next: "start" },
    { regex: /.*/, token: "comment" },
  ],
});
