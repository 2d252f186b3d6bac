/** How source text is coloured: by the extension of its file, and loaded when it is first needed. */

import { LanguageSupport, StreamLanguage, type StreamParser } from "@codemirror/language";

type Loader = () => Promise<LanguageSupport>;

const legacy = (load: () => Promise<StreamParser<unknown>>): Loader => async () => new LanguageSupport(StreamLanguage.define(await load()));

const clike = (name: "csharp" | "kotlin" | "scala" | "objectiveC") => legacy(async () => (await import("@codemirror/legacy-modes/mode/clike"))[name] as StreamParser<unknown>);

const cpp: Loader = async () => (await import("@codemirror/lang-cpp")).cpp();
const java: Loader = async () => (await import("@codemirror/lang-java")).java();
const script = (typescript: boolean): Loader => async () => (await import("@codemirror/lang-javascript")).javascript({ typescript });

const byExtension: Record<string, Loader> = {
  c: cpp, h: cpp, cpp, cc: cpp, cxx: cpp, hpp: cpp,
  py: async () => (await import("@codemirror/lang-python")).python(),
  java,
  kt: clike("kotlin"),
  cs: clike("csharp"),
  js: script(false), mjs: script(false), cjs: script(false),
  ts: script(true),
  go: async () => (await import("@codemirror/lang-go")).go(),
  rs: async () => (await import("@codemirror/lang-rust")).rust(),
  php: async () => (await import("@codemirror/lang-php")).php(),
  sql: async () => (await import("@codemirror/lang-sql")).sql(),
  pas: legacy(async () => (await import("@codemirror/legacy-modes/mode/pascal")).pascal),
  rb: legacy(async () => (await import("@codemirror/legacy-modes/mode/ruby")).ruby),
  exs: legacy(async () => (await import("@codemirror/legacy-modes/mode/ruby")).ruby),
  ex: legacy(async () => (await import("@codemirror/legacy-modes/mode/ruby")).ruby),
  lua: legacy(async () => (await import("@codemirror/legacy-modes/mode/lua")).lua),
  pl: legacy(async () => (await import("@codemirror/legacy-modes/mode/perl")).perl),
  sh: legacy(async () => (await import("@codemirror/legacy-modes/mode/shell")).shell),
  hs: legacy(async () => (await import("@codemirror/legacy-modes/mode/haskell")).haskell),
  ml: legacy(async () => (await import("@codemirror/legacy-modes/mode/mllike")).oCaml),
  f90: legacy(async () => (await import("@codemirror/legacy-modes/mode/fortran")).fortran),
  asm: legacy(async () => (await import("@codemirror/legacy-modes/mode/gas")).gas),
  lisp: legacy(async () => (await import("@codemirror/legacy-modes/mode/commonlisp")).commonLisp),
  rkt: legacy(async () => (await import("@codemirror/legacy-modes/mode/scheme")).scheme),
  d: legacy(async () => (await import("@codemirror/legacy-modes/mode/d")).d),
  r: legacy(async () => (await import("@codemirror/legacy-modes/mode/r")).r),
  swift: legacy(async () => (await import("@codemirror/legacy-modes/mode/swift")).swift),
  cob: legacy(async () => (await import("@codemirror/legacy-modes/mode/cobol")).cobol),
  m: legacy(async () => (await import("@codemirror/legacy-modes/mode/octave")).octave),
  erl: legacy(async () => (await import("@codemirror/legacy-modes/mode/erlang")).erlang),
};

/** Of a file of this name; null where its text has no colours. */
export async function support(name: string): Promise<LanguageSupport | null> {
  const extension = name.split(".").pop()?.toLowerCase() ?? "";
  const load = Object.hasOwn(byExtension, extension) ? byExtension[extension] : undefined;
  return load ? load() : null;
}
