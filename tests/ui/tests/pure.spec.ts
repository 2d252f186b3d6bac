/** What needs no browser. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { expect, test } from "@playwright/test";
import { tar } from "../answers";
import { familyOf, plain } from "../../../server/ui/src/editor/families";
import { inputs, sources } from "../../../server/ui/src/playground/example-sources";
import { hear, WINDOW } from "../../../server/ui/src/api/heard";
import { unpacked } from "../../../server/ui/src/playground/unpack";
import { places } from "../../../server/ui/src/playground/places";
import { submissionsOf } from "../../../server/ui/src/problems/archive";
import { areAnswers } from "../../../server/ui/src/problems/bare";
import { scaleOf } from "../../../server/ui/src/operations/scale";
import { asMarkdown } from "../../../server/ui/src/statement/latex";

test("places in what compilers and runtimes say", () => {
  for (const [said, file, line, column, message] of [
    ["main.cpp:3:5: error: 'b' was not declared", "main.cpp", 3, 5, "error: 'b' was not declared"],
    ["main.pas(3,5) Fatal: Syntax error", "main.pas", 3, 5, "Fatal: Syntax error"],
    ["Main.java:7: error: ';' expected", "Main.java", 7, null, "error: ';' expected"],
    ['  File "main.py", line 3, in f\n    x\nNameError: no x', "main.py", 3, null, "NameError: no x"],
    ["IndexError: list index out of range, main.py line 7", "main.py", 7, null, "IndexError: list index out of range, main.py line 7"],
    ["error[E0425]: cannot find value\n  --> main.rs:2:9", "main.rs", 2, 9, "error[E0425]: cannot find value"],
    ["PHP Fatal error: no in main.php on line 4", "main.php", 4, null, "PHP Fatal error: no in main.php on line 4"],
    ["./pkg/util.go:9:2: undefined: x", "pkg/util.go", 9, 2, "undefined: x"],
  ] as const) {
    expect(places(said, [file, "other.txt"]), said).toEqual([{ file, line, column, message }]);
  }
  expect(places("my-main.c:3:1: error: no\nmain.c:4:1: warning: unused\nmain.c:5:1: note: here", ["main.c"])).toEqual([]);
  expect(places("main.c:1:1: error: x\n".repeat(5000), ["main.c"])).toHaveLength(100);
});

/** The beginning of what compilers say of a program that is wrong in line 5, and of what runtimes say who name no file. */
const SAID: Record<string, string[]> = {
  ada: ["main.adb:5:4: error: \"Y\" is undefined", "0x401234 Main at main.adb:5"],
  bash: ["main.sh: line 5: syntax error near unexpected token `fi'", "/w/main.sh: line 5: nosuch: command not found"],
  c: ["main.c:5:12: error: 'b' undeclared", "main: main.c:5: main: Assertion `a == 1' failed."],
  cobol: ["main.cob:5: error: 'B' is not defined"],
  cpp: ["main.cpp:5:12: error: 'b' was not declared in this scope"],
  csharp: ["main.cs(5,9): error CS0103: The name `b' does not exist", "  at Program.Main () [0x00001] in /w/main.cs:5", "   at Program.Main() in /w/main.cs:line 5"],
  d: ["main.d(5): Error: undefined identifier `b`", "main.d(5,9): Error: undefined identifier `b`"],
  elixir: ["    main.exs:5: (file)", "└─ main.exs:5:6"],
  erlang: ["main.erl:5:6: variable 'B' is unbound", "(main.erl, line 5)"],
  fortran: ["main.f90:5:10:", "At line 5 of file main.f90"],
  go: ["./main.go:5:2: undefined: b", "\t/w/main.go:5 +0x1d"],
  haskell: ["main.hs:5:9: error: [GHC-88464]", "main.hs:5:9-12: error:", "main.hs:(5,3)-(6,7): error: [GHC-83865]"],
  java: ["Main.java:5: error: cannot find symbol", "\tat Main.main(Main.java:5)"],
  javascript: ["file:///w/main.js:5", "    at main (/w/main.js:5:7)"],
  kotlin: ["main.kt:5:9: error: unresolved reference: b", "\tat MainKt.main(main.kt:5)"],
  lisp: ["    (in form starting at line: 5, column: 0,", ";     Line: 5, Column: 9, File-Position: 55"],
  lua: ["luac: main.lua:5: unexpected symbol near 'end'"],
  nasm: ["main.asm:5: error: symbol `b' not defined"],
  ocaml: ['File "main.ml", line 5, characters 4-7:', 'File "main.ml", lines 5-7, characters 4-7:', 'Raised at Main.f in file "main.ml", line 5, characters 2-9'],
  octave: ["parse error near line 5 of file main.m", "parse error near line 5 of file /w/main.m", "    f at line 5 column 3", "v(7): out of bound 3, in f line 5"],
  pascal: ["main.pas(5,3) Error: Identifier not found \"b\"", "  $0000000000401234  PRICE,  line 5 of main.pas"],
  perl: ["syntax error at main.pl line 5, near \"}\""],
  php: ["PHP Parse error:  syntax error in main.php on line 5", "#0 /w/main.php(5): f()"],
  prolog: ["ERROR: /w/main.pl:5:10: Syntax error: Operator expected"],
  python: ["main.py:5: SyntaxError: invalid syntax", '  File "/w/main.py", line 5, in <module>'],
  r: ["main.R:5:1: unexpected symbol", "at main.R:5"],
  racket: ["main.rkt:5:0: read-syntax: expected a `)`"],
  ruby: ["main.rb:5: syntax error, unexpected end-of-input"],
  rust: ["error[E0425]: cannot find value `b`\n --> main.rs:5:9", "thread 'main' panicked at main.rs:5:9:"],
  sql: ["main.sql:5: near \"people\": syntax error", "Parse error near line 5: no such column: height", "Input nesting limit (25) reached at line 5"],
  swift: ["main.swift:5:9: error: cannot find 'b' in scope", "main/main.swift:5: Fatal error: no"],
  typescript: ["main.ts(5,9): error TS2304: Cannot find name 'b'.", "    at main (/w/main.ts:5:7)"],
};

interface Known { id: string; source: string; extensions: string[] }

/** What the service's own table of languages says. */
function languages(): Known[] {
  const table = readFileSync(new URL("../../../images/languages.toml", import.meta.url), "utf8");
  return table.split("\n[[languages]]\n").slice(1).map((text) => {
    const value = (key: string) => new RegExp(`^${key} = (.*)$`, "m").exec(text)?.[1];
    const source = JSON.parse(value("source")!) as string;
    return { id: JSON.parse(value("id")!), source, extensions: JSON.parse(value("extensions") ?? `["${source.split(".").pop()}"]`) };
  });
}

test("a place in what each language's compiler and runtime say leads to its line", () => {
  for (const { id, source } of languages()) {
    const said = SAID[plain(id).replace("pypy", "python")];
    expect(said, `${id} says something`).toBeDefined();
    for (const text of said!) expect(places(text, [source, "other.txt"], id).map(({ file, line }) => [file, line]), `${id}: ${text}`).toEqual([[source, 5]]);
  }
  expect(places("main.hs:(3,5)-(4,7): error: [GHC-83865]\n    • Couldn't match", ["main.hs"])).toEqual([{ file: "main.hs", line: 3, column: 5, message: "Couldn't match" }]);
  expect(places("main.sh: line 5: syntax error", ["main.sh"])[0]!.message).toBe("syntax error");
  for (const told of ["at main (/w/main.js:5:7)", "└─ main.js:5:6"]) expect(places(`    ${told}`, ["main.js"])[0]!.message).toBe(told);
  expect(places("division by nothing, in divided line 5", ["main.m", "divided.m"], "octave")[0]!.file).toBe("divided.m");
  expect(places("near line 5: what a program says", ["main.cpp"], "cpp20"), "no program names a line by chance").toEqual([]);
  expect(places("line 5 of main.pascal", ["main.pas"])).toEqual([]);
});

test("a place in each reason that the table of languages gives leads to its line", () => {
  const table = readFileSync(new URL("../../../images/languages.toml", import.meta.url), "utf8");
  const forms = [...table.matchAll(/^reason = (["'])(.*\$.* line \$.*)\1$/gm)].map(([, , form]) => form!);
  expect(forms.length).toBeGreaterThan(60);
  for (const form of forms) {
    const isNameless = / in \$\d line /.test(form);
    // Of several the last: those before it may be a library's.
    const told = form.replace(/(.*)(?:\$\w+|\$\{\w+\}) line (?:\$\w+|\$\{\w+\})/, (_, before: string) => `${before}${isNameless ? "f" : "main.xyz"} line 5`).replace(/\$\w+|\$\{\w+\}/g, "what");
    expect(places(told, ["main.xyz"], isNameless ? "octave" : "any").map(({ line }) => line), form).toEqual([5]);
  }
});

test("a place in each reason that the programs of the tests are to be given leads to its line", () => {
  const root = new URL("../../submissions/", import.meta.url);
  let found = 0;
  for (const { id, source } of languages()) {
    const folder = new URL(`${id}/`, root);
    for (const name of readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => entry.name)) {
      const head = readFileSync(new URL(name, folder), "utf8").slice(0, 2000);
      if (!head.includes("expect: RuntimeError")) continue;
      for (const [, reason, line] of head.matchAll(/reason-contains: (.*\S\.\w+ line (\d+))/g)) {
        const named = /(\S+) line \d+$/.exec(reason!)![1]!;
        expect(places(reason!, [named, source], id).map((place) => place.line), `${id}/${name}`).toEqual([Number(line)]);
        found += 1;
      }
    }
  }
  expect(found).toBeGreaterThan(40);
});

test("each language has an example, and its sources have colours, whatever their extension", () => {
  const known = languages();
  expect(known.length).toBeGreaterThan(35);
  for (const { id, source, extensions } of known) {
    const name = plain(id).replace("pypy", "python");
    expect(Object.hasOwn(sources, name), `an example of ${id}`).toBe(true);
    for (const extension of extensions) expect(familyOf(`a.${extension}`, id, extensions), `${id}: ${extension}`).not.toBeNull();
    expect(familyOf(source, id, []), `${id} before its extensions are known`).not.toBeNull();
  }
  expect(Object.keys(inputs).every((name) => Object.hasOwn(sources, name))).toBe(true);
  for (const [file, id, family] of [["main.pl", "prolog", "prolog"], ["main.pl", "perl", "perl"], ["Util.pm", "perl", "perl"], ["main.adb", "ada", "ada"], ["a.h", "cpp20-clang", "c"], ["data.py", "c17", "python"], ["notes.txt", "c17", null]] as const) {
    expect(familyOf(file, id, known.find((one) => one.id === id)!.extensions), `${id}: ${file}`).toBe(family);
  }
});

test("a chart is as high as is usual, and all of it where nothing is far out", () => {
  for (const [values, top, over] of [
    [[], 1, 0], [[0, 0], 1, 0], [[3, 900], 900, 0], [[1, 2, 3, 4, 12], 12, 0], [[10, 10, 10, 10, 5000], 20, 1],
    [Array.from({ length: 100 }, (_, index) => (index % 20 === 0 ? 1e6 : 50)), 100, 5],
  ] as const) expect(scaleOf([...values]), String(values)).toMatchObject({ top, over });
});

test("LaTeX of statements as Markdown, with formulas as they are", () => {
  const text = "\\section*{Input}\nAt most $10^5$ \\textbf{numbers} \\% of $x\\_1$ % a remark\n\\begin{itemize}\n\\item one\n\\item \\emph{two}\n\\end{itemize}\n\\[ a_1 \\]";
  const told = asMarkdown(text);
  for (const part of ["# Input", "$10^5$", "**numbers** %", "$x\\_1$", "- one", "- *two*", "$$ a_1 $$"]) expect(told).toContain(part);
  expect(told).not.toContain("remark");
  expect(asMarkdown("\\$5 or $x$, \\texttt{\\$} and 6\\$"), "what is escaped is no formula").toBe("\\$5 or $x$, `$` and 6\\$");
});

test("what a statement in LaTeX opens and never closes takes no time", () => {
  // Of the processor: others may be busy beside us.
  const begun = process.cpuUsage();
  const seconds = () => process.cpuUsage(begun).user / 1e6;
  for (const open of ["\\[", "\\(", "$$ ", "$", "\\$", "$a ", "\\texttt{\\$", "\\section{", "\\textbf{", "\\href{a}{", "\\includegraphics[", "\\begin{", "\\begin{itemize}\n"]) {
    expect(asMarkdown(open.repeat(Math.floor(200_000 / open.length))).length, open).toBeLessThan(1_000_000);
  }
  expect(seconds()).toBeLessThan(10);
  const lists = "\\begin{itemize}\n".repeat(4000) + "\\item\n".repeat(20_000);
  expect(asMarkdown(lists).length, "however deep").toBeLessThan(1_000_000);
  expect(seconds()).toBeLessThan(10);
  const formula = "x".repeat(100_000);
  expect(asMarkdown(`$${formula}$${"\u00000\u0000".repeat(10_000)}`).length).toBeLessThan(200_000);
});

test("answers are known by their names", () => {
  expect([[], ["1.ans"], ["1.ans", "secret/2.out"], ["1.ans", "a.py"], ["answers"]].map(areAnswers)).toEqual([false, true, true, false, false]);
});

for (const kind of ["zip", "tar", "tar.gz"]) {
  test(`submissions are found in a ${kind}`, async () => {
    const folder = mkdtempSync(join(tmpdir(), "gavel-ui-"));
    const make = `
import io, sys, tarfile, zipfile
files = {"p/problem.yaml": "", "p/submissions/accepted/a.py": "print(1)\\n" * 500, "p/submissions/wrong_answer/two/b.c": "int main() {}", "p/submissions/accepted/large.py": "#" * (1024 * 1024 + 1), "p/submissions/accepted/../../x.py": "no"}
files |= {name: "what tools leave behind" for name in ["p/submissions/accepted/._a.py", "p/submissions/accepted/.DS_Store", "__MACOSX/submissions/accepted/a.py"]}
path, kind = sys.argv[1:]
if kind == "zip":
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items(): archive.writestr(name, text)
        link = zipfile.ZipInfo("p/submissions/accepted/link.py"); link.external_attr = 0o120777 << 16; archive.writestr(link, "a.py")
        windows = zipfile.ZipInfo("p\\\\submissions\\\\accepted\\\\w.py"); windows.create_system = 0; archive.writestr(windows, "print(1)")
else:
    with tarfile.open(path, "w:gz" if kind == "tar.gz" else "w") as archive:
        for name, text in files.items():
            info = tarfile.TarInfo(name); info.size = len(text); archive.addfile(info, io.BytesIO(text.encode()))
        link = tarfile.TarInfo("p/submissions/accepted/link.py"); link.type = tarfile.SYMTYPE; link.linkname = "a.py"; archive.addfile(link)
`;
    const path = join(folder, `p.${kind}`);
    execFileSync("python3", ["-c", make, path, kind]);
    const found = await submissionsOf(new File([readFileSync(path)], `p.${kind}`));
    expect(found.map(({ path }) => path).sort()).toEqual(["accepted/a.py", "accepted/large.py", "accepted/link.py", ...(kind === "zip" ? ["accepted/w.py"] : []), "wrong_answer/two/b.c"]);
    expect(found.filter(({ text }) => text === null).map(({ path }) => path), "what is left out is told").toEqual(["accepted/large.py", "accepted/link.py"]);
    expect(found.find(({ path }) => path === "accepted/a.py")?.text).toBe("print(1)\n".repeat(500));
  });
}

test("of an archive with too many files those that are not read are told, and one that is cut off is none", async () => {
  const files = Object.fromEntries(Array.from({ length: 502 }, (_, index) => [`submissions/accepted/${index}.py`, "print(1)"]));
  const archive = new Uint8Array(tar(files));
  const found = await submissionsOf(new File([archive], "p.tar"));
  expect([found.length, found.filter(({ text }) => text === null).length]).toEqual([502, 2]);
  for (const part of [100, 512 + 4]) await expect(submissionsOf(new File([archive.subarray(0, 512 * 11 + part)], "p.tar"))).rejects.toThrow("damaged");
});

test("what is no archive is none", async () => {
  await expect(submissionsOf(new File(["PK, but nothing more"], "p.zip"))).rejects.toThrow("noDirectory");
  await expect(submissionsOf(new File(["nothing of all that"], "p.tar"))).rejects.toThrow("damaged");
});

test("a link that unpacks to gigabytes is none, and takes no memory for that", async () => {
  expect(await unpacked(new Uint8Array(deflateRawSync("{}")))).toBe("{}");
  const packed = new Uint8Array(deflateRawSync(Buffer.alloc(100_000_000)));
  const before = process.memoryUsage().rss;
  await expect(unpacked(packed)).rejects.toThrow("too large");
  expect(process.memoryUsage().rss - before).toBeLessThan(60_000_000);
});

test("of what a program writes the end is heard, from the beginning of a line", () => {
  let heard = hear(null, { test: 0, stream: "stdout", text: "one\n" });
  heard = hear(heard, { test: 0, stream: "stderr", text: "oops" });
  heard = hear(heard, { test: 0, stream: "stdout", text: "two" });
  expect(heard).toEqual({ test: 0, stdout: { text: "one\ntwo", isCut: false }, stderr: { text: "oops", isCut: false }, transcript: { text: "", isCut: false } });
  const gap = hear(heard, { test: 0, stream: "stdout", missed: 100, text: "later" });
  expect(gap.stdout).toEqual({ text: "later", isCut: true });
  let long = gap;
  for (let more = 0; more < 1000; more += 1) long = hear(long, { test: 0, stream: "stdout", text: `line ${more}\n`.padStart(100, ".") });
  expect(long.stdout.text.length).toBeLessThanOrEqual(WINDOW);
  expect(long.stdout.text).toMatch(/^\.+line \d+\n/);
  expect(long.stdout.text).toMatch(/line 999\n$/);
  expect(hear(long, { test: 0, stream: "stdout", text: "x".repeat(3 * WINDOW) }).stdout.text).toHaveLength(WINDOW);
  expect(hear(long, { test: 1, stream: "stdout", text: "of another" })).toEqual({ test: 1, stdout: { text: "of another", isCut: false }, stderr: { text: "", isCut: false }, transcript: { text: "", isCut: false } });
});
