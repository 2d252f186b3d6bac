/** How source text is coloured: loaded when it is first needed. */

import { LanguageSupport, StreamLanguage, type StreamParser } from "@codemirror/language";
import { language } from "../api/languages";
import { familyOf, type Family } from "./families";

type Loader = () => Promise<LanguageSupport>;

const legacy = (load: () => Promise<StreamParser<unknown>>): Loader => async () => new LanguageSupport(StreamLanguage.define(await load()));

const clike = (name: "csharp" | "kotlin" | "scala" | "objectiveC") => legacy(async () => (await import("@codemirror/legacy-modes/mode/clike"))[name] as StreamParser<unknown>);

const cpp: Loader = async () => (await import("@codemirror/lang-cpp")).cpp();
const java: Loader = async () => (await import("@codemirror/lang-java")).java();
const script = (typescript: boolean): Loader => async () => (await import("@codemirror/lang-javascript")).javascript({ typescript });

const loaders: Record<Family, Loader> = {
  c: cpp, java,
  python: async () => (await import("@codemirror/lang-python")).python(),
  kotlin: clike("kotlin"),
  csharp: clike("csharp"),
  javascript: script(false),
  typescript: script(true),
  go: async () => (await import("@codemirror/lang-go")).go(),
  rust: async () => (await import("@codemirror/lang-rust")).rust(),
  php: async () => (await import("@codemirror/lang-php")).php(),
  sql: async () => (await import("@codemirror/lang-sql")).sql(),
  pascal: legacy(async () => (await import("@codemirror/legacy-modes/mode/pascal")).pascal),
  ruby: legacy(async () => (await import("@codemirror/legacy-modes/mode/ruby")).ruby),
  lua: legacy(async () => (await import("@codemirror/legacy-modes/mode/lua")).lua),
  perl: legacy(async () => (await import("@codemirror/legacy-modes/mode/perl")).perl),
  shell: legacy(async () => (await import("@codemirror/legacy-modes/mode/shell")).shell),
  haskell: legacy(async () => (await import("@codemirror/legacy-modes/mode/haskell")).haskell),
  ocaml: legacy(async () => (await import("@codemirror/legacy-modes/mode/mllike")).oCaml),
  fortran: legacy(async () => (await import("@codemirror/legacy-modes/mode/fortran")).fortran),
  assembly: legacy(async () => (await import("@codemirror/legacy-modes/mode/gas")).gas),
  prolog: legacy(async () => (await import("./modes")).prolog),
  lisp: legacy(async () => (await import("@codemirror/legacy-modes/mode/commonlisp")).commonLisp),
  scheme: legacy(async () => (await import("@codemirror/legacy-modes/mode/scheme")).scheme),
  d: legacy(async () => (await import("@codemirror/legacy-modes/mode/d")).d),
  r: legacy(async () => (await import("@codemirror/legacy-modes/mode/r")).r),
  ada: legacy(async () => (await import("./modes")).ada),
  swift: legacy(async () => (await import("@codemirror/legacy-modes/mode/swift")).swift),
  cobol: legacy(async () => (await import("@codemirror/legacy-modes/mode/cobol")).cobol),
  octave: legacy(async () => (await import("@codemirror/legacy-modes/mode/octave")).octave),
  erlang: legacy(async () => (await import("@codemirror/legacy-modes/mode/erlang")).erlang),
};

/** Of a file of this name in a program of this language; null where its text has no colours. */
export async function support(name: string, id: string): Promise<LanguageSupport | null> {
  const family = familyOf(name, id, language(id)?.extensions ?? []);
  return family ? loaders[family]() : null;
}
