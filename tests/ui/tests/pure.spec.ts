/** What needs no browser. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { expect, test } from "@playwright/test";
import { tar } from "../answers";
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
path, kind = sys.argv[1:]
if kind == "zip":
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items(): archive.writestr(name, text)
else:
    with tarfile.open(path, "w:gz" if kind == "tar.gz" else "w") as archive:
        for name, text in files.items():
            info = tarfile.TarInfo(name); info.size = len(text); archive.addfile(info, io.BytesIO(text.encode()))
`;
    const path = join(folder, `p.${kind}`);
    execFileSync("python3", ["-c", make, path, kind]);
    const found = await submissionsOf(new File([readFileSync(path)], `p.${kind}`));
    expect(found.map(({ path }) => path).sort()).toEqual(["accepted/a.py", "accepted/large.py", "wrong_answer/two/b.c"]);
    expect(found.filter(({ text }) => text === null).map(({ path }) => path), "what is left out is told").toEqual(["accepted/large.py"]);
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
  await expect(submissionsOf(new File(["PK, but nothing more"], "p.zip"))).rejects.toThrow("no directory");
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
