/** Long, wide, many, on paper, in few colours: what a page is seldom, and has to bear all the same. */

import type { Page } from "@playwright/test";
import { ACCEPTED as TEST, event, ID, packaged, problem } from "../answers";
import { expect, result, run, test } from "../page";

async function judged(page: Page, tests: object[], others: object = {}): Promise<void> {
  const submission = { id: ID, state: "done", verdict: "Accepted", language: "python3", created_at: new Date().toISOString(), summary: { passed: 1, total: tests.length }, tests, ...others };
  await page.route(`**/api/v1/submissions/${ID}`, (route) => route.fulfill({ json: submission }));
  await page.goto(`/submissions/${ID}`);
  await expect(page.getByRole("heading", { name: /^Submission/ })).toBeVisible();
}

test("of ten thousand tests those that failed are shown, and that there are more", async ({ page }) => {
  const tests = Array.from({ length: 10_000 }, (_, index) => ({ ...TEST, index, verdict: index === 9_876 ? "WrongAnswer" : "Accepted" }));
  await judged(page, tests, { verdict: "WrongAnswer" });
  const strip = page.getByRole("group", { name: "All tests" });
  await expect(strip.getByRole("button").first()).toHaveText("9877 ✗");
  await expect(strip).toContainText("and 9800 more");
  await expect(page.getByRole("region", { name: "Tests" })).toContainText("and 9000 more");
  await strip.getByRole("button").nth(1).click();
  await expect(page.getByRole("heading", { name: /Test 1 · +Accepted/ })).toBeVisible();
});

test("a failure of the judge is told as that, and figures stand against their limits", async ({ page }) => {
  const limits = { cpu_ms: 1000, wall_ms: 4000, memory_bytes: 2 ** 28 };
  const ran = { ...TEST, index: 0, cpu_ms: 250, wall_ms: 3000, memory_bytes: 2 ** 28 };
  for (const [verdict, title, told] of [["JudgeError", "Judge error", "The problem's own validator failed: the program may be right."], ["InternalError", "Internal error", "The judge itself failed: the program may be right."]] as const) {
    await judged(page, [{ ...ran, verdict, reason: "because" }], { verdict, limits });
    const summary = page.locator(".summary.fault");
    await expect(summary.getByRole("heading", { name: title })).toBeVisible();
    await expect(summary).toContainText(told);
    await expect(summary).toContainText("because");
  }
  for (const [name, part] of [["CPU time: 250 ms / 1 s", 0.25], ["On the clock: 3 s / 4 s", 0.75], ["Memory: 256 MiB / 256 MiB", 1]] as const) {
    await expect(page.getByRole("meter", { name })).toHaveJSProperty("value", part);
  }
});

test("of an output of ten megabytes a part is shown at a time", async ({ page }) => {
  await judged(page, [{ ...TEST, index: 0, stdout: "0123456789\n".repeat(1_000_000), stderr: "\u202E\u05D0 <b>".repeat(10_000) }]);
  const length = () => page.evaluate(() => document.body.textContent!.length);
  expect(await length()).toBeLessThan(60_000);
  await page.getByRole("button", { name: "Show more (10.5 MiB left)" }).click();
  await expect.poll(length).toBeGreaterThan(200_000);
  expect(await length()).toBeLessThan(300_000);
});

test("of an output that was not kept nothing is told to be missing, and bytes that are no text are no silence", async ({ page }) => {
  const wrong = { ...TEST, verdict: "WrongAnswer", index: 0, stdout: "", stdout_truncated: true, difference: { line: 700, column: 2, expected: "x1", got: "x2" } };
  await judged(page, [wrong], { verdict: "WrongAnswer" });
  await expect(page.getByText("It was longer")).toBeVisible();
  await expect(page.getByText("The program wrote nothing")).toHaveCount(0);
  await judged(page, [{ ...TEST, index: 0, stderr_base64: "/w==" }]);
  await expect(page.getByText("1 byte that are no text")).toBeVisible();
  await expect(page.getByText("The program wrote nothing")).toHaveCount(0);

  // As the playground has it, which knows all that was expected.
  const draft = { language: "python3", files: [{ name: "main.py", content: "print(1)" }], tests: [{ stdin: "", expected: "1\n".repeat(1000) }] };
  await page.addInitScript((draft) => localStorage.setItem("gavel.draft", draft), JSON.stringify(draft));
  const submission = { id: ID, state: "done", verdict: "WrongAnswer", language: "python3", created_at: new Date().toISOString(), tests: [wrong] };
  await page.route("**/api/v1/submissions", (route) => route.fulfill({ status: 202, json: submission }));
  await page.route(`**/api/v1/submissions/${ID}/events*`, (route) => route.fulfill(event("judgement", submission)));
  await page.goto("/");
  await run(page);
  const rows = result(page).getByRole("region", { name: "Expected and got" }).locator("tbody tr");
  await expect(rows).toHaveCount(1);
  await expect(rows.getByRole("rowheader")).toHaveText("700");
  await expect(rows.getByRole("cell")).toHaveText(["x1", "x2"]);
});

test("whoever types beside a difference of megabytes waits for none of it", async ({ page }) => {
  const text = "0123456789\n".repeat(100_000);
  const draft = { language: "python3", files: [{ name: "main.py", content: "x" }], tests: [{ stdin: "", expected: text }] };
  await page.addInitScript((draft) => {
    localStorage.setItem("gavel.draft", draft);
    const split = String.prototype.split as unknown as (this: string, ...how: unknown[]) => string[];
    const seen = ((globalThis as unknown as { seen: { long: number } }).seen = { long: 0 });
    String.prototype.split = function (this: string, ...how: unknown[]) {
      if (this.length > 500_000) seen.long += 1;
      return split.apply(this, how);
    } as unknown as typeof String.prototype.split;
  }, JSON.stringify(draft));
  const submission = { id: ID, state: "done", verdict: "WrongAnswer", language: "python3", created_at: new Date().toISOString(), tests: [{ ...TEST, index: 0, verdict: "WrongAnswer", stdout: text.replace("5", "x") }] };
  await page.route("**/api/v1/submissions", (route) => route.fulfill({ status: 202, json: submission }));
  await page.route(`**/api/v1/submissions/${ID}/events*`, (route) => route.fulfill(event("judgement", submission)));
  await page.goto("/");
  await run(page);
  await expect(result(page).locator(".diff mark")).toHaveText(["5", "x"]);
  const compared = () => page.evaluate(() => (globalThis as unknown as { seen: { long: number } }).seen.long);
  const once = await compared();
  expect(once, "each of both is parted into its lines").toBeGreaterThanOrEqual(2);
  await page.locator("#editor .cm-content").click();
  await page.keyboard.type("abcde");
  await expect(page.locator("#editor .cm-content")).toContainText("abcde");
  expect(await compared(), "and not with each key").toBe(once);
});

test("a name that opens what turns letters around, and never closes it, turns nothing else around", async ({ page }) => {
  const tests = [0, 1].map((index) => ({ ...TEST, index, name: "\u202Eevil\u2066" }));
  await judged(page, tests, { groups: [{ name: "\u2067\u202Egroup\u2066", verdict: "Accepted", score: 1 }], reference: { "\u202Ea\u2066": "\u202Eb\u2066" } });
  const letters = await page.locator("h3 .verdict").evaluate((verdict) => {
    const text = Array.from(document.createTreeWalker(verdict, NodeFilter.SHOW_TEXT).nextNode()?.textContent ?? "");
    const node = document.createTreeWalker(verdict, NodeFilter.SHOW_TEXT).nextNode()!;
    return text.map((_, at) => { const range = document.createRange(); range.setStart(node, at); range.setEnd(node, at + 1); return range.getBoundingClientRect().left; });
  });
  expect(letters).toEqual([...letters].sort((one, other) => one - other));
});

test("on paper there is what was written, in dark colours on white, and nothing to press", async ({ page }) => {
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  await page.addInitScript(() => localStorage.setItem("gavel.theme", "dark"));
  await judged(page, [{ ...TEST, index: 0, stdout: "42\n" }]);
  await expect(page.getByRole("banner")).toBeHidden();
  await expect(page.getByRole("button", { name: "Judge again" })).toBeHidden();
  const colours = await page.locator(".output pre").evaluate((output) => [getComputedStyle(output).color, getComputedStyle(output.closest(".card")!).backgroundColor]);
  expect(colours).toEqual(["rgb(27, 31, 42)", "rgb(255, 255, 255)"]);
});

test("of a problem its statement and samples are printed, and nothing of the page around them", async ({ page }) => {
  await page.emulateMedia({ media: "print" });
  await problem(page, "sums", { statement: "Add **two** numbers.", samples: [{ name: "sample/1", input: "1 2\n", answer: "3\n" }] });
  await page.goto("/problems/sums");
  await expect(page.getByText("Add two numbers.")).toBeVisible();
  await expect(page.getByLabel("Standard input").last()).toBeVisible();
  for (const name of ["Submit", "Submissions to this problem", "Versions", "Upload a new version"]) await expect(page.getByRole("heading", { name, exact: true, includeHidden: true })).toBeHidden();
  await expect(page.getByText("Run on this")).toBeHidden();
});

test("where somebody has chosen few colours, it is seen which tab is shown", async ({ page }) => {
  await page.emulateMedia({ forcedColors: "active" });
  await page.goto("/");
  await page.getByRole("button", { name: "Add a test" }).click();
  const line = (name: string) => page.getByRole("tab", { name }).evaluate((tab) => getComputedStyle(tab).borderBottomColor);
  expect(await line("Test 1")).not.toBe(await line("Test 2"));
});

test("where somebody wants nothing to move, nothing does", async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.route("**/api/v1/submissions", () => {});
  await page.goto("/");
  await page.getByRole("button", { name: "Run" }).click();
  const spinner = page.locator(".spinner");
  await expect(spinner).toBeVisible();
  expect(await spinner.evaluate((element) => element.getAnimations().length)).toBe(0);
});

test("back leads to where one was in a list", async ({ page }) => {
  const submissions = Array.from({ length: 50 }, (_, index) => ({ id: `${index}`.padStart(8, "0"), state: "done", verdict: "Accepted", language: "python3", created_at: new Date().toISOString() }));
  await page.route("**/api/v1/submissions?*", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    await route.fulfill({ json: { submissions, next_cursor: null } });
  });
  await page.route("**/api/v1/submissions/0*", (route) => route.fulfill({ json: submissions[0] }));
  await page.goto("/submissions");
  await page.getByRole("link", { name: "00000045" }).scrollIntoViewIfNeeded();
  const before = await page.evaluate(() => scrollY);
  expect(before).toBeGreaterThan(300);
  await page.getByRole("link", { name: "00000045" }).click();
  await expect(page.getByRole("heading", { name: /^Submission/ })).toBeVisible();
  expect(await page.evaluate(() => scrollY)).toBe(0);
  await page.goBack();
  await expect(page.getByRole("link", { name: "00000045" })).toBeInViewport();
  await expect.poll(async () => Math.abs((await page.evaluate(() => scrollY)) - before)).toBeLessThan(2);
  await page.goForward();
  await expect(page.getByRole("heading", { name: /^Submission/ })).toBeVisible();
});

test("of a list of thousands a part is in the page, and the rest is behind two buttons", async ({ page }) => {
  const page_ = 350;
  await page.route("**/api/v1/submissions?*", (route) => {
    const from = Number(new URL(route.request().url()).searchParams.get("cursor") ?? 0);
    const submissions = Array.from({ length: page_ }, (_, index) => ({ id: `${from + index + 1}`.padStart(8, "0"), state: "done", verdict: "Accepted", language: "python3", created_at: new Date().toISOString() }));
    return route.fulfill({ json: { submissions, next_cursor: from + page_ < 3 * page_ ? String(from + page_) : null } });
  });
  await page.route("**/api/v1/submissions/0*", (route) => route.fulfill({ json: { id: "00000950", state: "cancelled", language: "python3", created_at: new Date().toISOString() } }));
  await page.goto("/submissions");
  const [table, more] = [page.getByRole("table"), page.getByRole("button", { name: "Show more" })];
  const rows = table.locator("tbody tr");
  await expect(table).toHaveAttribute("aria-rowcount", "-1");
  for (const last of ["00000700", "00001050"]) {
    await more.focus();
    await page.keyboard.press("Enter");
    await expect(rows.last()).toContainText(last);
    await expect(rows).toHaveCount(400);
  }
  await expect(page.getByText("Shown: 651 to 1050")).toBeVisible();
  await expect(table).toHaveAttribute("aria-rowcount", "1051");
  await expect(rows.first()).toHaveAttribute("aria-rowindex", "652");
  await expect(more, "that was all").toHaveCount(0);
  await expect(page.locator(".windowed"), "keys go on from there").toBeFocused();
  // Whoever has looked at one of them comes back to it.
  await page.getByRole("link", { name: "00000950" }).click();
  await expect(page.getByRole("heading", { name: /^Submission/ })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("link", { name: "00000950" })).toBeInViewport();
  await expect(page.getByText("Shown: 651 to 1050")).toBeVisible();
  const back = page.getByRole("button", { name: /before these/ });
  for (const first of ["00000451", "00000251", "00000051", "00000001"]) {
    await back.press("Enter");
    await expect(rows.first()).toContainText(first);
  }
  await expect(back).toHaveCount(0);
  await expect(page.locator(".windowed")).toBeFocused();
  await more.click();
  await expect(rows.first()).toContainText("00000201");
  await page.locator(".filters").getByLabel("Language").selectOption("python3");
  await expect(rows, "another list begins at its beginning").toHaveCount(page_);
});

test("a statement of many dollars, formulas and columns is read on a small phone", async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  const row = `|${" a |".repeat(60)}\n`;
  const table = row + `|${" - |".repeat(60)}\n` + row.repeat(20);
  const long = "$\\underbrace{" + "x".repeat(300) + "}_{\\text{never broken}}$";
  const statement = `${"$1".repeat(100_000)}\n\n${table}\n\n${long}\n\n${"$x$ ".repeat(3000)}\n\n${"$" + "x".repeat(60_000) + "$"}\n\nthe end`;
  await problem(page, "huge", { statement });
  await page.goto("/problems/huge");
  await expect(page.locator(".statement")).toContainText("the end");
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  expect(await page.locator(".statement .katex").count()).toBe(1000);
  await expect(page.locator(".statement").getByRole("table")).toHaveCount(1);
});

test("a formula whose few letters stand for millions is shown as it was written", async ({ page }) => {
  const millions = (define: string) => `$${define}{${"x".repeat(20_000)}}${"\\a".repeat(190)}$`;
  const doubled = `$\\def\\a#1{${"#1".repeat(90)}}\\a{\\a{\\a{x}}}$`;
  const statement = ["\\def\\a", "\\global\\edef\\a", "\\providecommand{\\a}"].map(millions).concat(doubled, "$\\overline{x} + \\vec a$", "the end").join("\n\n");
  await problem(page, "bomb", { statement });
  await page.goto("/problems/bomb");
  await expect(page.locator(".statement")).toContainText("the end");
  await expect(page.locator(".statement .katex")).toHaveCount(1);
  await expect(page.locator(".statement code")).toHaveCount(4);
});

test("signs that KaTeX gives a style of their own have it", async ({ page }) => {
  await problem(page, "styled", { statement: "$\\vec{a}$ and $\\fcolorbox{red}{white}{b}$, the end" });
  await page.goto("/problems/styled");
  await expect(page.locator(".statement")).toContainText("the end");
  const arrow = page.locator(".statement svg").first();
  expect(await arrow.evaluate((svg) => (svg as SVGElement).style.width)).toMatch(/em$/);
  await expect(page.locator(".statement [data-style]")).toHaveCount(0);
});

test("formulas lead nowhere, load nothing and are no part of the page", async ({ page }) => {
  const formulas = ["\\href{javascript:document.title=1}{x}", "\\url{https://evil.example}", "\\includegraphics{https://evil.example/x.png}", "\\htmlClass{card}{y}", "\\htmlId{main}{y}", "\\htmlStyle{position: fixed}{y}", "\\text{<img src=x onerror=document.title=2>}"];
  await problem(page, "leads", { statement: `${formulas.map((formula) => `$${formula}$`).join("\n\n")}\n\nthe end` });
  await page.goto("/problems/leads");
  await expect(page.locator(".statement")).toContainText("the end");
  await expect(page.locator(".statement .formula").last()).toContainText("<img src=x onerror=document.title=2>");
  await expect(page.locator(".statement :is(a, img, .card, [id], [data-x])")).toHaveCount(0);
  await expect(page).toHaveTitle("Gavel: Problems: leads");
});

test("a language's name is text wherever it stands", async ({ page }) => {
  const name = '<img src=x onerror="document.title=1">';
  const language = { id: "hostile", name, version: name, source_file: "main.x", extensions: ["x"], compile: [], run: [], state: "installed", available: true };
  await page.route("**/api/v1/languages", (route) => route.fulfill({ json: [language] }));
  await judged(page, [{ ...TEST, index: 0 }], { language: "hostile" });
  await expect(page.locator(".facts").first()).toContainText(name);
  for (const path of ["/", "/submissions", "/operations"]) {
    await page.goto(path);
    await expect(page.locator("main").getByText(name).first()).toBeAttached();
    await expect(page.locator("main img")).toHaveCount(0);
  }
});

test("at twice its size on a small window nothing is wider than that", async ({ page }) => {
  // A window of 640 at 200 %, and the smallest phone on its side.
  for (const [width, height] of [[320, 256], [568, 320]] as const) {
    await page.setViewportSize({ width, height });
    await judged(page, [{ ...TEST, index: 0, name: `secret/${"x".repeat(200)}`, stdout: "x".repeat(3000), reason: "y".repeat(300), feedback: "z".repeat(300) }], { user: "u".repeat(128), reference: { ["k".repeat(64)]: "v".repeat(256) } });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  }
});

test("a package is sent once more after the server was away, and what is lost is told", async ({ page }) => {
  let sent = 0;
  await page.route("**/api/v1/problems/*", (route) => (sent += 1) && route.abort("connectionreset"));
  await page.goto("/problems");
  await page.locator(".drop input").setInputFiles({ name: "sums.zip", mimeType: "application/zip", buffer: Buffer.from("x") });
  await expect(page.getByText("The connection broke off while sums (1 B) was sent")).toBeVisible();
  expect(sent).toBe(2);
});

test("of a package that is chosen while another is sent it is told that it is not, and the one is sent on", async ({ page }) => {
  const sent: string[] = [];
  let release = () => {};
  await page.route("**/api/v1/problems/*", async (route) => {
    sent.push(new URL(route.request().url()).pathname);
    await new Promise<void>((resolve) => (release = resolve));
    await route.fulfill({ json: packaged("one") });
  });
  await page.goto("/problems");
  const choose = (name: string) => page.locator(".drop input").setInputFiles({ name, mimeType: "application/zip", buffer: Buffer.from("x") });
  const card = page.locator(".card", { has: page.locator(".drop") });
  await choose("one.zip");
  await expect.poll(() => sent).toEqual(["/api/v1/problems/one"]);
  await choose("two.zip");
  await expect(card).toContainText("two.zip is not sent");
  await expect(card).toContainText("Sending one…");
  release();
  await expect(card.getByRole("link", { name: "one" })).toBeVisible();
  await expect(card).not.toContainText("is not sent");
  await choose("two.zip");
  await expect.poll(() => sent).toEqual(["/api/v1/problems/one", "/api/v1/problems/two"]);
  release();
  await expect(card).not.toContainText("Sending two…");
});

test("what is refused is told where one has asked for it", async ({ page }) => {
  let refused = {};
  const refuse = (status: number, kind: string) => {
    refused = { status, contentType: "application/problem+json", body: JSON.stringify({ type: `urn:gavel:problem:${kind}`, status, detail: "because" }) };
  };
  await page.route("**/api/v1/problems/*", (route) => route.fulfill(refused));
  await page.route("**/api/v1/admin/recycle", (route) => route.fulfill(refused));
  await page.goto("/operations");
  refuse(403, "forbidden");
  await page.getByRole("button", { name: "Replace all" }).click();
  await expect(page.locator(".card", { hasText: "Sandboxes" }).getByRole("alert")).toContainText("This is not for you");
  await page.goto("/problems");
  const upload = () => page.locator(".drop input").setInputFiles({ name: "sums.zip", mimeType: "application/zip", buffer: Buffer.from("x") });
  for (const [status, kind, title] of [[413, "body-too-large", "This is too large"], [503, "unavailable", "The server cannot serve at the moment"]] as const) {
    refuse(status, kind);
    await upload();
    await expect(page.locator(".card", { hasText: "Upload a problem" }).getByRole("alert")).toContainText(title);
  }
  refuse(401, "unauthorized");
  await upload();
  await expect(page.getByText("Your session has ended")).toBeVisible();
  await expect(page.locator(".card", { hasText: "Upload a problem" }).getByRole("alert"), "what was in the middle of something stays").toContainText("Sign in first");
});
