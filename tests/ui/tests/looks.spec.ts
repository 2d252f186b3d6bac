/** What somebody sees who looks at a page: what matters first, nothing cut off or one over the other, and room for fingers. */

import type { Locator, Page } from "@playwright/test";
import { ACCEPTED, event, ID, packaged, problem, tar } from "../answers";
import { expect, test } from "../page";

const LONG = "a-name-that-is-as-long-as-no-name-should-ever-be-and-then-some";
const NOW = new Date().toISOString();
const SUBMISSION = { id: ID, state: "done", verdict: "WrongAnswer", language: "cpp20", created_at: NOW, finished_at: NOW, user: `${LONG}@students.example.edu`, problem: { id: LONG, version: "1".repeat(64) }, summary: { passed: 1, total: 2, cpu_ms_max: 1234, wall_ms_max: 1300, memory_bytes_max: 3 * 2 ** 20 } };
const NODE = { busy: 0, credits: 2, compilations: 1, done: 12_345, failures: 0, images: { gcc: "1" }, silent_ms: 0, speed: 1, version: "1.0.0", weight: 1, state: "ready" };

const width = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth);

/** Of what is within a part and can be seen, none lies over another. */
async function overlaps(rows: Locator): Promise<string[]> {
  return rows.evaluateAll((all) => all.flatMap((row) => {
    const cells = Array.from(row.children).map((cell) => {
      const range = document.createRange();
      range.selectNodeContents(cell);
      // Of what is shortened the text goes on where it is not seen.
      return { text: cell.textContent ?? "", box: (cell.querySelector(".shortened") ?? range).getBoundingClientRect() };
    }).filter(({ text, box }) => text && box.width > 0);
    return cells.flatMap((one, index) => cells.slice(index + 1).filter(({ box }) => box.left < one.box.right - 1 && box.right > one.box.left + 1 && box.top < one.box.bottom - 1 && box.bottom > one.box.top + 1).map(({ text }) => `${one.text} / ${text}`));
  }));
}

async function listed(page: Page, submissions: object[]): Promise<void> {
  await page.route("**/api/v1/submissions?*", (route) => route.fulfill({ json: { submissions, next_cursor: null } }));
}

test("operations of a cluster are as wide as the window, and a node's button is seen without scrolling", async ({ page }) => {
  const nodes = [{ ...NODE, name: "lab-1", faults: [] }, { ...NODE, name: LONG, state: "away", silent_ms: 200_000, faults: [`image gavel/${LONG} is older`] }];
  await page.route("**/api/v1/nodes", (route) => route.fulfill({ json: nodes }));
  for (const wide of [1280, 320]) {
    await page.setViewportSize({ width: wide, height: 800 });
    await page.goto("/operations");
    await expect(page.getByRole("button", { name: "Drain: lab-1" })).toBeAttached();
    expect(await width(page)).toBeLessThanOrEqual(wide);
    const [inside, room] = await page.getByRole("region", { name: "Nodes" }).evaluate((list) => [list.scrollWidth, list.clientWidth] as const);
    if (wide === 1280) expect(inside).toBeLessThanOrEqual(room);
  }
});

test("a row of submissions is read on any window: nothing is cut off, and nothing lies over anything else", async ({ page }) => {
  await listed(page, [SUBMISSION, { ...SUBMISSION, id: `1${ID}`, problem: { ...SUBMISSION.problem, removed: true } }, { ...SUBMISSION, id: `2${ID}`, user: null, problem: undefined, verdict: null, state: "queued", summary: undefined }]);
  for (const wide of [320, 768, 1280, 1920]) {
    await page.setViewportSize({ width: wide, height: 800 });
    await page.goto("/submissions");
    const rows = page.getByRole("table").locator("tbody tr");
    await expect(rows).toHaveCount(3);
    const [inside, room] = await page.locator(".cards").evaluate((list) => [list.scrollWidth, list.clientWidth] as const);
    expect(inside, `${wide}`).toBeLessThanOrEqual(room);
    expect(await overlaps(rows), `${wide}`).toEqual([]);
    await expect(rows.first()).toContainText("1.23 s");
    await expect(rows.first()).toContainText("3 MiB");
  }
  // The whole of a name that is shortened.
  await expect(page.getByTitle(SUBMISSION.user).first()).toBeVisible();
});

test("on a problem's page its submissions are not told to which problem they are, and of samples that are cut that is said", async ({ page }) => {
  const checker = { icpc: { case_sensitive: true, space_change_sensitive: false, float_absolute_tolerance: 0.5 } };
  await problem(page, "sums", {
    private: true, limits: { cpu_ms: 2500, memory_bytes: 64 * 2 ** 20, output_bytes: 2 ** 20 }, total: 60,
    samples: [{ name: "sample/1", input: "1\n", answer: "1\n" }, { name: "sample/2", input: "2\n", input_bytes: 100_000, answer: "2\n", checker }, { name: "sample/3", input: "3\n", answer: "3\n", answer_bytes: 70_000, checker }, { name: "sample/4", input: "4\n", answer: "4\n", checker }],
  });
  await page.addInitScript(() => localStorage.setItem("gavel.answers", JSON.stringify([["sums", { language: "python3", source: "print('mine')" }]])));
  await listed(page, [SUBMISSION]);
  await page.goto("/problems/sums");
  const list = page.getByRole("region", { name: "Submissions" });
  await expect(list).toContainText("Wrong answer");
  await expect(list).not.toContainText(LONG.slice(0, 20) + LONG.slice(20) + "1");
  await expect(list.getByRole("link", { name: LONG })).toHaveCount(0);

  await expect(page.getByText("private · 2.5 s")).toBeVisible();
  await expect(page.getByText("These are the first 4 of 60 samples.")).toBeVisible();
  const samples = page.getByRole("article").filter({ has: page.getByRole("heading", { name: /^\d$/ }) });
  await expect(samples).toHaveCount(4);
  await expect(samples.nth(1)).toContainText("This is the beginning: there are 97.7 KiB.");
  const offered = (name: string) => samples.evaluateAll((all, name) => all.map((one) => Array.from(one.querySelectorAll("button")).filter((button) => button.textContent === name).length), name);
  expect(await offered("copy"), "what is cut is no use as a copy").toEqual([2, 1, 1, 2]);
  expect(await offered("Run on this"), "nor to run on").toEqual([1, 0, 1, 1]);
  const compare = page.getByRole("button", { name: "Compare the output" });
  for (const [at, isCompared] of [[0, false], [2, false], [3, true]] as const) {
    await samples.nth(at).getByRole("button", { name: "Run on this" }).click();
    await expect(page.getByRole("textbox", { name: "Standard input" })).toHaveValue(`${at + 1}\n`);
    await expect(page.locator("#editor .cm-content")).toHaveText("print('mine')");
    await expect(compare, "a validator of its own, or an answer that is cut, compares nothing here").toHaveCount(isCompared ? 0 : 1);
    if (!isCompared) await page.goBack();
  }
  await page.route("**/api/v1/submissions", (route) => route.abort());
  const sent = page.waitForRequest((request) => request.method() === "POST" && request.url().endsWith("/api/v1/submissions"));
  await page.getByRole("button", { name: "Run" }).click();
  expect((await sent).postDataJSON()).toMatchObject({ checker, limits: { cpu_ms: 2500, memory_bytes: 64 * 2 ** 20, output_bytes: 2 ** 20 } });
});

test("a package is uploaded as private, and stays as it is where nothing else is said", async ({ page }) => {
  const asked: string[] = [];
  await page.route("**/api/v1/problems/*?show=*", (route) => (asked.push(new URL(route.request().url()).search), route.fulfill({ json: packaged("p", { private: true }) })));
  await problem(page, "p", { private: true });
  await page.route("**/api/v1/problems?*", (route) => route.fulfill({ json: { problems: [{ ...packaged("p"), private: true }, packaged("q")], next_cursor: null } }));
  const upload = async (search: string) => {
    const before = asked.length;
    await page.locator(".drop input").setInputFiles({ name: "p.tar", mimeType: "application/x-tar", buffer: tar({ "problem.yaml": "" }) });
    await expect.poll(() => asked.slice(before)).toEqual([search]);
    // While one is sent there is no other.
    await expect(page.getByText("Sending p…")).toHaveCount(0);
  };
  await page.goto("/problems");
  await expect(page.locator(".problem-list").getByRole("listitem")).toHaveText([/^p.*private /, /^q(?!.*private)/]);
  await upload("?show=verdicts");
  await page.getByLabel("Private").check();
  await upload("?show=verdicts&private=true");
  await page.goto("/problems/p");
  await upload("?show=verdicts&private=true");
  await page.getByLabel("Private").uncheck();
  await upload("?show=verdicts&private=false");
});

test("each word of a source has its colour, also where two languages have one extension", async ({ page }) => {
  let [language, files] = ["", {}];
  await page.route(`**/api/v1/submissions/${ID}`, (route) => route.fulfill({ json: { ...SUBMISSION, language, tests: [] } }));
  await page.route(`**/api/v1/submissions/${ID}/sources`, (route) => route.fulfill({ json: { files } }));
  const source = page.locator(".source-frame .cm-content");
  const colour = (word: string) => source.locator("span", { hasText: new RegExp(`^${word}$`) }).first().evaluate((span) => getComputedStyle(span).color);
  for (const [id, name, text, comment, others] of [
    ["prolog", "main.pl", "% said\n:- dynamic seen/1.\nX = \"text\".\n", "% said", ["dynamic", "X", "\"text\""]],
    ["perl", "main.pl", "# said\nmy $x = \"text\";\n", "# said", []],
    ["ada", "main.adb", "-- said\nprocedure Main is\n   X : Integer := 42;\n", "-- said", ["procedure", "Integer", "42"]],
    ["cpp20", "main.cpp", "// said\nint x = 42; const char *s = \"text\";\n", "// said", ["int", "42", "\"text\""]],
  ] as const) {
    [language, files] = [id, { [name]: text }];
    await page.goto(`/submissions/${ID}`);
    await expect(source.locator("span", { hasText: comment }).first(), id).toBeVisible();
    const [plain, said] = [await source.evaluate((content) => getComputedStyle(content).color), await colour(comment)];
    const told = await Promise.all(others.map(colour));
    for (const one of told) expect([plain, said], `${id}: ${others}`).not.toContain(one);
    expect(said).not.toBe(plain);
  }
});

test("what came of a submission stands above all else of it, a place that the compiler names leads to its line, and a test of the table to itself", async ({ page }) => {
  const compile = { ok: false, cached: false, cpu_ms: 1, wall_ms: 1, memory_bytes: 1, log: "util.h:2:1: error: unknown type name 'foo'\n", log_truncated: false };
  const files = { "main.cpp": '#include "util.h"\nint main() {}\n', "util.h": "#pragma once\nfoo bar;\n" };
  let submission: object = { ...SUBMISSION, verdict: "CompileError", compile, tests: [] };
  await page.route(`**/api/v1/submissions/${ID}`, (route) => route.fulfill({ json: submission }));
  await page.route(`**/api/v1/submissions/${ID}/sources`, (route) => route.fulfill({ json: { files } }));
  await page.goto(`/submissions/${ID}`);
  const top = async (part: Locator) => (await part.boundingBox())!.y;
  await expect(page.getByRole("heading", { name: "Compile error" })).toBeVisible();
  expect(await top(page.getByRole("heading", { name: "Compile error" }))).toBeLessThan(await top(page.getByText("Submitted", { exact: true })));
  await page.getByRole("button", { name: "util.h, line 2" }).click();
  await expect(page.locator(".source-frame .cm-activeLineGutter")).toHaveText("2");
  await expect(page.locator(".source-frame .cm-lintRange-error")).toHaveText("foo");

  const difference = { line: 7, column: 3, expected: "a b", got: "a c" };
  const tests = [{ ...ACCEPTED, index: 0, name: `secret/${LONG}`, node: "lab-1" }, { ...ACCEPTED, index: 1, verdict: "WrongAnswer", difference, node: "lab-2", first_node: "lab-3" }];
  submission = { ...SUBMISSION, compile: { ...compile, ok: true, node: "lab-4" }, tests };
  await page.reload();
  await expect(page.getByRole("region", { name: "Expected and got" }).getByRole("rowheader"), "its own number").toHaveText("7");
  await expect(page.locator(".facts")).toContainText("Judged onlab-4, lab-1, lab-3, lab-2");
  await expect(page.getByRole("region", { name: "Tests" }).locator("tbody tr")).toContainText(["lab-1", "lab-2"]);
  await expect(page.getByRole("region", { name: "Test 2" })).toContainText("Run on node lab-2. It was late by so little on node lab-3");
  const table = page.getByRole("region", { name: "Tests" });
  const [inside, room] = await table.evaluate((list) => [list.scrollWidth, list.clientWidth] as const);
  expect(inside, "all columns are seen").toBeLessThanOrEqual(room);
  await expect(table.getByRole("columnheader", { name: "Points" }), "where there are none").toHaveCount(0);
  await table.getByRole("button", { name: "Test 1" }).click();
  await expect(page.getByRole("region", { name: "Test 1" })).toBeFocused();
  await expect(page.getByRole("group", { name: "All tests" }).getByRole("button", { name: /^Test 1:/ })).toHaveAttribute("aria-pressed", "true");
});

test("the parts of a submission's timeline make up the whole, and the queue is told apart where it is known", async ({ page }) => {
  const at = (ms: number) => new Date(Date.parse(NOW) + ms).toISOString();
  const compile = { ok: true, cached: false, cpu_ms: 1, wall_ms: 500, memory_bytes: 1, log: "", log_truncated: false };
  const tests = [0, 1].map((index) => ({ ...ACCEPTED, index, wall_ms: 900 }));
  let submission: object = {};
  await page.route(`**/api/v1/submissions/${ID}`, (route) => route.fulfill({ json: { ...SUBMISSION, compile, tests, ...submission } }));
  for (const [its, title, parts] of [
    [{ started_at: at(2000), finished_at: at(5000) }, "5 s from sent to judged", ["waited in the queue 2 s", "compiled 500 ms", "ran 1.8 s", "sandboxes, comparing 700 ms"]],
    // Both tests ran beside each other.
    [{ started_at: at(2000), finished_at: at(3500) }, "3.5 s from sent to judged", ["waited in the queue 2 s", "compiled 500 ms", "ran 1 s", "sandboxes, comparing 0 ms"]],
    [{ finished_at: at(5000) }, "5 s from sent to judged", ["compiled 500 ms", "ran 1.8 s", "queue, sandboxes, comparing 2.7 s"]],
    [{ started_at: at(60_000), finished_at: at(5000), rejudged_at: at(63_000) }, "3 s from its first sandbox to judged again", ["compiled 500 ms", "ran 1.8 s", "sandboxes, comparing 700 ms"]],
  ] as const) {
    submission = its;
    await page.goto(`/submissions/${ID}`);
    const timeline = page.locator(".timeline");
    await expect(timeline.locator("figcaption")).toHaveText(title);
    await expect(timeline.getByRole("listitem")).toHaveText([...parts]);
  }
});

test("dates are as the person's own country has them, and long times in hours", async ({ page }) => {
  const then = "2025-03-04T15:06:07Z";
  await listed(page, [{ ...SUBMISSION, created_at: then }]);
  await page.route("**/api/v1/admin/sandboxes", (route) => route.fulfill({ json: { sandboxes: [{ profile: "run", state: "idle", age_ms: 499 * 60_000 + 59_700, unused_ms: 59_999, runs: 12_345 }, { profile: "run", state: "idle", age_ms: 3 * 86_400_000 + 5 * 3_600_000, unused_ms: 1000 * 3600, runs: 1 }] } }));
  await page.goto("/submissions");
  await expect(page.getByRole("table").locator("tbody time")).toHaveText(/^4 Mar(ch)? 2025/);
  await page.goto("/operations");
  const rows = page.getByRole("region", { name: "Sandboxes" }).locator("tbody tr");
  for (const told of ["8 h 20 min", "1 min", "12,345"]) await expect(rows.first()).toContainText(told);
  for (const told of ["3 d 5 h", "1 h"]) await expect(rows.last()).toContainText(told);
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true });

  test("what a package's own submissions came to is read without scrolling sideways", async ({ page }) => {
    const tests = Array.from({ length: 60 }, (_, index) => ({ ...ACCEPTED, index, cpu_ms: index * 15 }));
    await page.route("**/api/v1/problems/p?*", (route) => route.fulfill({ json: packaged("p", { submissions: 1 }) }));
    await page.route("**/api/v1/submissions", (route) => route.fulfill({ status: 202, json: { ...SUBMISSION, state: "running", verdict: null } }));
    await page.route("**/api/v1/submissions/*/events*", (route) => route.fulfill(event("judgement", { ...SUBMISSION, verdict: "TimeLimitExceeded", tests })));
    await page.goto("/problems");
    await page.locator(".drop input").setInputFiles({ name: "p.tar", mimeType: "application/x-tar", buffer: tar({ [`submissions/accepted/${LONG}.py`]: "print(1)\n" }) });
    await page.getByRole("button", { name: "Judge its own submissions" }).click();
    const table = page.getByRole("region", { name: "Its own submissions" });
    await expect(table.getByRole("img")).toHaveCount(60);
    const [inside, room] = await table.evaluate((list) => [list.scrollWidth, list.clientWidth] as const);
    expect(inside).toBeLessThanOrEqual(room);
    await expect(table).toContainText("Time limit exceeded");
    expect(await width(page)).toBeLessThanOrEqual(360);
  });

  test("a terminal is in sight when it is opened", async ({ page }) => {
    await page.route("**/run", () => {});
    await page.goto("/");
    await page.getByRole("button", { name: "Terminal" }).click();
    await expect(page.locator(".terminal .screen")).toBeInViewport({ ratio: 0.9 });
  });

  test("what is pressed is as large as a finger, what is typed into is not magnified, and the head leaves room", async ({ page }) => {
    await listed(page, [SUBMISSION]);
    await problem(page, "sums", { samples: [{ name: "sample/1", input: "1\n", answer: "1\n" }] });
    for (const path of ["/", "/problems", "/problems/sums", "/submissions"]) {
      await page.goto(path);
      await expect(page.locator("main .card").first()).toBeVisible();
      await expect(page.getByText("Loading…")).toHaveCount(0);
      const small = await page.locator("button, select, input:not([type=file], [type=checkbox]), summary, .as-button, header a").evaluateAll((all) => all
        .filter((one) => one.checkVisibility() && one.getBoundingClientRect().width > 1 && one.getBoundingClientRect().height < 43.5)
        .map((one) => one.outerHTML.slice(0, 100)));
      expect(small, path).toEqual([]);
      const magnified = await page.locator("input:not([type=file]), select, textarea, .cm-content").evaluateAll((all) => all.filter((one) => one.checkVisibility() && parseFloat(getComputedStyle(one).fontSize) < 16).map((one) => one.outerHTML.slice(0, 100)));
      expect(magnified, path).toEqual([]);
      expect((await page.getByRole("banner").boundingBox())!.height, path).toBeLessThan(120);
      expect(await width(page), path).toBeLessThanOrEqual(360);
    }
  });
});
