/** Which colours a source text has: by the language that it is written in, else by the extension of its file. */

const BY_LANGUAGE = {
  c: "c", cpp: "c", python: "python", pypy: "python", java: "java", kotlin: "kotlin", csharp: "csharp", javascript: "javascript", typescript: "typescript",
  go: "go", rust: "rust", php: "php", sql: "sql", pascal: "pascal", ruby: "ruby", elixir: "ruby", lua: "lua", perl: "perl", bash: "shell", haskell: "haskell",
  ocaml: "ocaml", fortran: "fortran", nasm: "assembly", prolog: "prolog", lisp: "lisp", racket: "scheme", d: "d", r: "r", ada: "ada", swift: "swift",
  cobol: "cobol", octave: "octave", erlang: "erlang",
} as const;

export type Family = (typeof BY_LANGUAGE)[keyof typeof BY_LANGUAGE];

const EXTENSIONS: Record<Family, string> = {
  c: "c h cpp cc cxx c++ cp hh hpp hxx h++ inc inl ipp tcc tpp", python: "py py3", java: "java", kotlin: "kt kts", csharp: "cs", javascript: "js mjs cjs", typescript: "ts mts cts",
  go: "go", rust: "rs", php: "php", sql: "sql", pascal: "pas pp p", ruby: "rb ex exs", lua: "lua", perl: "pl pm", shell: "sh bash", haskell: "hs lhs", ocaml: "ml mli",
  fortran: "f90 f95 f03 f08 f for", assembly: "asm nasm s", prolog: "plg pro", lisp: "lisp", scheme: "rkt scm", d: "d", r: "r", ada: "adb ads", swift: "swift",
  cobol: "cob cbl cobol", octave: "m", erlang: "erl hrl escript",
};

const BY_EXTENSION = new Map(Object.entries(EXTENSIONS).flatMap(([family, all]) => all.split(" ").map((extension) => [extension, family as Family] as const)));

/** What people call a language by its id: without its version, its compiler, and what that looks for. */
export const plain = (id: string): string => id.replace(/-.*$/, "").replace(/\d+$/, "");

function ofLanguage(id: string): Family | null {
  const name = plain(id);
  return Object.hasOwn(BY_LANGUAGE, name) ? BY_LANGUAGE[name as keyof typeof BY_LANGUAGE] : null;
}

/** `extensions` are those of the language's sources. Null where the text has no colours. */
export function familyOf(file: string, language: string, extensions: string[]): Family | null {
  const extension = file.split(".").pop() ?? "";
  const byExtension = BY_EXTENSION.get(extension.toLowerCase()) ?? null;
  // The same extension may be that of several languages: a Prolog program is called as one of Perl is.
  return extensions.includes(extension) ? (ofLanguage(language) ?? byExtension) : byExtension;
}
