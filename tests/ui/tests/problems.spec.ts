import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Locator, Page } from "@playwright/test";
import { packaged } from "../answers";
import AxeBuilder, { seriousInBothColours } from "../axe";
import { expect, test, write } from "../page";

const HOSTILE = '<img src=x onerror="document.title=1">';

/** A package of two tests, with submissions whose folders say what comes of them. */
function pack(): string {
  const folder = mkdtempSync(join(tmpdir(), "gavel-ui-"));
  const put = (name: string, text: string) => {
    const path = join(folder, "sums", name);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, text);
  };
  put("problem.yaml", "problem_format_version: legacy\nname: Sums of two\nlimits:\n  time_limit: 1\n");
  put("problem_statement/problem.en.md", `Add **two** numbers, $a + b \\le 10^9$.\n\n${HOSTILE}\n\n[a link](javascript:document.title=1)\n\n$$\\sum_{i=1}^n i$$\n`);
  put("data/sample/1.in", "1 2\n");
  put("data/sample/1.ans", "3\n");
  put("data/secret/1.in", "20 22\n");
  put("data/secret/1.ans", "42\n");
  put("submissions/accepted/right.py", "print(sum(map(int, input().split())))\n");
  put("submissions/wrong_answer/wrong.py", "print(3)\n");
  put("submissions/time_limit_exceeded/quick.py", "print(sum(map(int, input().split())))\n");
  const archive = join(folder, "sums.tar.gz");
  execFileSync("tar", ["czf", archive, "-C", folder, "sums"]);
  return archive;
}

test("a package is uploaded, verified, read, submitted to, and looked at", async ({ page }) => {
  const id = `ui-${Date.now()}`;
  await page.goto("/problems");
  await page.getByLabel("Id (else the archive's name)").fill(id);
  await page.locator(".drop input").setInputFiles(pack());
  await expect(page.getByText("1 sample and 1 secret tests").first()).toBeVisible();
  await expect(page.getByText("3 submissions of its authors")).toBeVisible();

  await page.getByRole("button", { name: "Judge its own submissions" }).click();
  const table = page.getByRole("region", { name: "Its own submissions" }).getByRole("table");
  await expect(page.getByText("3 of 3 judged.")).toBeVisible({ timeout: 40_000 });
  await expect(page.getByText("1 did not come to what their folders say.")).toBeVisible();
  await expect(table.getByRole("row", { name: /accepted\/right\.py/ })).toContainText("✓");
  await expect(table.getByRole("row", { name: /wrong_answer\/wrong\.py/ })).toContainText("Wrong answer");
  await expect(table.getByRole("row", { name: /quick\.py/ })).toContainText("✗");
  await expect(table.getByRole("img")).toHaveCount(6);

  await page.goto(`/problems/${id}`);
  await expect(page.getByRole("heading", { name: "Sums of two" })).toBeVisible();
  const statement = page.locator(".statement");
  await expect(statement.locator("strong")).toHaveText("two");
  await expect(statement.locator(".katex").first()).toBeVisible();
  await expect(statement).toContainText(HOSTILE);
  await expect(statement.locator("a, img")).toHaveCount(0);

  const editor = page.locator(".source-frame .cm-content").first();
  await page.locator(".toolbar").getByLabel("Language").selectOption("python3");
  await editor.click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.press("Delete");
  await page.keyboard.insertText("numbers = []\nprint(numbers[7])\n");
  await page.getByRole("button", { name: "Submit", exact: true }).click();
  await page.getByRole("button", { name: "main.py, line 2" }).first().click();
  await expect(page.locator(".source-frame .cm-activeLineGutter")).toHaveText("2");
  await expect(page.locator(".source-frame .cm-lintRange-error")).toHaveText("print(numbers[7])");
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.press("Delete");
  await page.keyboard.insertText("print(sum(map(int, input().split())))\n");
  await page.getByRole("button", { name: "Submit", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Accepted" }).first()).toBeVisible();
  await page.getByRole("link", { name: "All of it" }).click();
  await expect(page.getByRole("heading", { name: /^Submission/ })).toBeVisible();
  await expect(page.locator(".source-frame .cm-content")).toContainText("print(sum(");
  await expect(page.getByRole("img", { name: /waited in the queue:.*compiled:.*ran:.*sandboxes, comparing:/ })).toBeVisible();

  await page.getByRole("button", { name: "Judge again" }).click();
  await expect(page.getByText("Judged again", { exact: true })).toBeVisible({ timeout: 40_000 });

  await page.goto(`/problems/${id}`);
  await expect(page.locator(".katex").first()).toBeVisible();
  expect(await seriousInBothColours(page)).toEqual([]);
  // What was written is still here, and of the submissions those to this problem alone.
  await expect(page.locator(".source-frame .cm-content").first()).toContainText("print(sum(");
  await expect(page.getByRole("region", { name: "Submissions" }).locator("tbody tr")).toHaveCount(5);
  await page.goto(`/submissions?problem=${id}`);
  await expect(page.getByLabel("Problem")).toHaveValue(id);
  await expect(page.getByRole("region", { name: "Submissions" }).getByRole("link", { name: id })).toHaveCount(5);
});

/** As from a desktop: with files, or folders, of the disk. */
async function drop(page: Page, at: Locator, files: string[]): Promise<void> {
  const box = (await at.boundingBox())!;
  const place = { x: box.x + box.width / 2, y: box.y + 10, data: { items: [], files, dragOperationsMask: 1 } };
  const browser = await page.context().newCDPSession(page);
  for (const type of ["dragEnter", "dragOver", "drop"] as const) await browser.send("Input.dispatchDragEvent", { type, ...place });
}

test("what is dropped and is no package is told as that, and nothing that is dropped takes the page's place", async ({ page }) => {
  const archive = pack();
  await page.goto("/problems");
  const place = page.locator(".drop");
  const told = page.locator(".card", { has: place });
  await expect(place).toBeVisible();
  await drop(page, place, [join(archive, "../sums")]);
  await expect(told).toContainText("This is a folder");
  await drop(page, place, Array<string>(50).fill(archive));
  await expect(told).toContainText("One package at a time: 50 files were dropped");
  await page.getByLabel("Id (else the archive's name)").fill("..");
  await drop(page, place, [archive]);
  await expect(told).toContainText("An id has letters");
  await drop(page, page.getByRole("heading", { name: "Problems", exact: true }), [archive]);
  await page.getByLabel("Id (else the archive's name)").fill("");
  // As a file that was moved away after it was chosen.
  await page.evaluate(() => { Blob.prototype.arrayBuffer = () => Promise.reject(new DOMException("gone", "NotReadableError")); });
  await drop(page, place, [archive]);
  await expect(told).toContainText("This file cannot be read");
  await expect(page.getByText("The server does not answer")).toHaveCount(0);
  await expect(page).toHaveURL(/\/problems$/);
});

test("a package that is dropped is uploaded under the name of its file", async ({ page }) => {
  const archive = pack();
  const sent: string[] = [];
  await page.route("**/api/v1/problems/*", (route) => {
    sent.push(`${route.request().method()} ${new URL(route.request().url()).pathname} ${route.request().headers()["content-type"]}`);
    return route.fulfill({ json: packaged("sums", { submissions: 3 }) });
  });
  await page.goto("/problems");
  const place = page.locator(".drop");
  await expect(place).toBeVisible();
  await drop(page, place, [archive]);
  await expect(page.locator(".card", { has: place })).toContainText("3 submissions of its authors");
  expect(sent).toEqual(["PUT /api/v1/problems/sums application/gzip"]);
  await expect(place, "and nothing is held over it any more").not.toHaveClass(/over/);
});

test("a problem is found that is not loaded yet", async ({ page }) => {
  const problem = (number: number) => ({ id: `p${number}`, version: "1", names: { en: number === 2 ? " " : `Number ${number}` }, pushed_at: new Date().toISOString() });
  await page.route("**/api/v1/problems?*", (route) => {
    const from = Number(new URL(route.request().url()).searchParams.get("cursor") ?? 0);
    const problems = Array.from({ length: 200 }, (_, index) => problem(from + index));
    return route.fulfill({ json: { problems, next_cursor: from < 800 ? String(from + 200) : null } });
  });
  await page.goto("/problems");
  await expect(page.getByRole("link", { name: "Number 199" })).toBeVisible();
  await expect(page.getByRole("link", { name: "p2", exact: true }), "a name of nothing is none").toBeVisible();
  await page.getByLabel("Search").fill("number");
  await expect(page.getByText("Shown: 1 to 400"), "of all that is found a part").toBeVisible();
  await page.getByLabel("Search").fill("number 999");
  await page.getByRole("link", { name: "Number 999" }).click();
  await expect(page).toHaveURL(/\/problems\/p999$/);
  // Back leads to what was found, with what was looked for.
  await page.goBack();
  await expect(page.getByLabel("Search")).toHaveValue("number 999");
  await expect(page.getByRole("link", { name: "Number 999" })).toBeVisible();
  await expect(page.locator(".problem-list").getByRole("listitem")).toHaveCount(1);
});

test("of a problem that is gone there is no link", async ({ page, request, baseURL }) => {
  const id = `ui-gone-${Date.now()}`;
  await request.put(`${baseURL}/api/v1/problems/${id}`, { data: readFileSync(pack()), headers: { "Content-Type": "application/gzip" } });
  const data = { language: "python3", source: "print(3)", problem: id, user: id, wait: true };
  const { id: submission } = await (await request.post(`${baseURL}/api/v1/submissions`, { data })).json();
  for (const isThere of [true, false]) {
    for (const path of [`/submissions?user=${id}`, `/submissions/${submission}`]) {
      await page.goto(path);
      await expect(page.locator("main").getByText(id, { exact: true }).first()).toBeVisible();
      await expect(page.locator(`main a[href="/problems/${id}"]`)).toHaveCount(isThere ? 1 : 0);
    }
    if (isThere) await request.delete(`${baseURL}/api/v1/problems/${id}`);
  }
  await expect(page.getByText("removed", { exact: true })).toBeVisible();
});

test("a program from a file takes the place of what was written, which is brought back", async ({ page, request, baseURL }) => {
  const id = `ui-file-${Date.now()}`;
  await request.put(`${baseURL}/api/v1/problems/${id}`, { data: readFileSync(pack()), headers: { "Content-Type": "application/gzip" } });
  const written = JSON.stringify([[id, { language: "python3", source: "print('mine')" }]]);
  await page.addInitScript((written) => localStorage.getItem("gavel.answers") ?? localStorage.setItem("gavel.answers", written), written);
  await page.goto(`/problems/${id}`);
  const editor = page.locator(".source-frame .cm-content").first();
  const choose = page.getByLabel("Source: from a file");
  await choose.setInputFiles({ name: "a.py", mimeType: "text/plain", buffer: Buffer.from([0xe9]) });
  await expect(page.getByRole("alert")).toContainText("not UTF-8");
  await choose.setInputFiles({ name: "a.py", mimeType: "text/plain", buffer: Buffer.from("print('file')") });
  await expect(editor).toHaveText("print('file')");
  const bring = page.getByRole("button", { name: "Bring it back" });
  await bring.click();
  await expect(editor).toHaveText("print('mine')");
  await expect(bring, "nobody here has written the file").toHaveCount(0);
  // Another file, also in another language, takes the place of nothing of that; what is made of it stays, too, and so it does where the page is loaded again.
  for (const name of ["a.py", "c.py", "b.cpp"]) {
    await choose.setInputFiles({ name, mimeType: "text/plain", buffer: Buffer.from(`// ${name}`) });
    await expect(editor).toHaveText(`// ${name}`);
  }
  await write(page, "made of it", undefined, ".source-frame .cm-content");
  await page.reload();
  const language = page.locator(".toolbar").getByLabel("Language");
  for (const [text, id] of [["print('mine')", /^python3$/], ["made of it", /^cpp/], ["print('mine')", /^python3$/]] as const) {
    await bring.click();
    await expect(editor).toHaveText(text);
    await expect(language).toHaveValue(id);
  }
});

test("a package that is wrong is told with what is wrong", async ({ page }) => {
  const folder = mkdtempSync(join(tmpdir(), "gavel-ui-"));
  const broken = join(folder, "broken.zip");
  writeFileSync(broken, "this is no archive");
  await page.goto("/problems");
  await page.locator(".drop input").setInputFiles(broken);
  await expect(page.getByRole("alert")).toContainText("makes no sense");
});

test("a sample is run in the playground", async ({ page, request, baseURL }) => {
  const id = `ui-sample-${Date.now()}`;
  await request.put(`${baseURL}/api/v1/problems/${id}`, { data: readFileSync(pack()), headers: { "Content-Type": "application/gzip" } });
  await page.goto(`/problems/${id}`);
  // Whoever has the package has its submissions judged at any time.
  await page.getByLabel(/^The package/).setInputFiles(pack());
  await expect(page.getByRole("region", { name: "Its own submissions" })).toBeInViewport();
  await page.addInitScript(() => localStorage.setItem("gavel.large", "yes"));
  await page.setViewportSize({ width: 320, height: 640 });
  await page.goto(`/problems/${id}`);
  await expect(page.locator(".katex").first()).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  await page.goto("/");
  await write(page, "int main() {}", "c17");
  await page.goto(`/problems/${id}`);
  await page.locator(".toolbar").getByLabel("Language").selectOption("python3");
  await write(page, "print('sum', sum(map(int, input().split())))", undefined, ".source-frame .cm-content");
  await page.getByRole("button", { name: "Run on this" }).click();
  await expect(page.getByRole("textbox", { name: "Standard input" })).toHaveValue("1 2\n");
  await expect(page.locator("#editor .cm-content"), "what is written for the problem").toContainText("print('sum'");
  await expect(page.locator(".file-tabs").getByRole("tab")).toHaveText("main.py");
  await page.getByText("Limits and more").click();
  await expect(page.getByLabel("CPU time")).toHaveValue("1");
  await expect(page.getByLabel("Comparison")).toHaveValue("problem");
  const sent = page.waitForRequest((request) => request.method() === "POST" && request.url().endsWith("/api/v1/submissions"));
  await page.getByRole("button", { name: "Run" }).click();
  expect((await sent).postDataJSON()).toMatchObject({ language: "python3", checker: { icpc: { case_sensitive: false } }, limits: { cpu_ms: 1000 }, tests: [{ stdin: "1 2\n", expected: "3\n" }] });
  await expect(page.getByRole("region", { name: "Result" }).getByRole("heading", { name: "Wrong answer" }).first()).toBeVisible();
  await page.getByRole("button", { name: "Bring it back" }).click();
  await expect(page.locator("#editor .cm-content"), "what the playground had").toHaveText("int main() {}");
});

test("what a sample's program writes, and says to a validator, is seen while it runs", async ({ page, request, baseURL }) => {
  const id = `ui-guess-${Date.now()}`;
  // With time enough to look.
  const folder = mkdtempSync(join(tmpdir(), "gavel-ui-"));
  cpSync(new URL("../../problems/guess", import.meta.url), join(folder, "guess"), { recursive: true });
  const settings = join(folder, "guess/problem.yaml");
  writeFileSync(settings, readFileSync(settings, "utf8").replace("time_limit: 3", "time_limit: 30"));
  const guess = execFileSync("tar", ["cz", "-C", folder, "guess"]);
  const pushed = await request.put(`${baseURL}/api/v1/problems/${id}`, { data: guess, headers: { "Content-Type": "application/gzip" } });
  expect(pushed.ok()).toBe(true);
  const source = 'import sys, time\ninput()\nprint("<b>", file=sys.stderr, flush=True)\nprint(5, flush=True)\ntime.sleep(60)\n';
  await page.addInitScript(([id, source]) => localStorage.setItem("gavel.answers", JSON.stringify([[id, { language: "python3", source }]])), [id, source]);
  await page.goto(`/problems/${id}`);
  await page.getByRole("button", { name: "Submit", exact: true }).click();
  const live = page.getByRole("region", { name: "What it writes" });
  await expect(page.getByRole("heading", { name: "Samples" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Run on this" }), "it needs its validator").toHaveCount(0);
  await expect(live.getByLabel("What was said")).toContainText(/program +5\n.*validator +>/);
  await expect(live.getByLabel("Standard error")).toHaveText("<b>\n");
  await expect(live.getByLabel("Output", { exact: true })).toHaveCount(0);
  expect(await AxeBuilder(page)).toEqual([]);
  // Whoever looks at the submission sees it, too, and ends it.
  const { submissions } = await (await request.get(`${baseURL}/api/v1/submissions?problem=${id}`)).json();
  await page.goto(`/submissions/${submissions[0].id}`);
  await expect(live.getByLabel("What was said")).toContainText(/program +5/);
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(live).toHaveCount(0);
  await page.goBack();
  await page.getByRole("button", { name: "Submit", exact: true }).click();
  await expect(live).toBeVisible();
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByText("Cancelled").first()).toBeVisible();
  await expect(live).toHaveCount(0);
});

test("submissions are listed, filtered, and hostile names are text", async ({ page, request, baseURL }) => {
  const user = `<b>${Date.now()}</b>`;
  await request.post(`${baseURL}/api/v1/submissions`, { data: { language: "python3", source: "print(1)", user, wait: true } });
  await page.goto("/submissions");
  await page.getByRole("textbox", { name: "User" }).fill(user);
  await page.keyboard.press("Tab");
  await expect(page.getByRole("cell", { name: user })).toHaveCount(1);
  await page.getByRole("table").getByRole("link").first().click();
  await expect(page.getByRole("link", { name: user })).toBeVisible();
});

test("files with hostile names are text, and leave as files", async ({ page, request, baseURL }) => {
  // The last would be a document with scripts.
  const names = ['"><img src=x onerror=alert(1)>.txt', "\u202Egnp.exe", "a\u001b[31mb.txt", "plot.png.svg"];
  const source = `for name in ${JSON.stringify(names)}:\n    open(name, "w").write("<script>document.title = 'x'</script>")\n`;
  const asked = await request.post(`${baseURL}/api/v1/submissions`, { data: { language: "python3", source, collect: ["page.html"], wait: true } });
  expect(asked.ok()).toBe(true);
  const files = names.map((name, index) => ({ name, bytes: 43, path: `/api/v1/submissions/x/files/0/${index}` }));
  const submission = { id: "9a8c7a54-be93-4fa4-bf8f-09f64d208806", state: "done", verdict: "Accepted", language: "python3", created_at: new Date().toISOString(), summary: { passed: 1, total: 1 }, tests: [{ index: 0, verdict: "Accepted", cpu_ms: 1, wall_ms: 1, memory_bytes: 1, files }] };
  await page.route(`**/api/v1/submissions/${submission.id}`, (route) => route.fulfill({ json: submission }));
  await page.goto(`/submissions/${submission.id}`);
  for (const [index, name] of names.entries()) {
    const link = page.locator(".files a").nth(index);
    await expect(link).toHaveText(name);
    await expect(link).toHaveAttribute("download", name);
  }
  await expect(page.locator(".files img")).toHaveCount(0);
});

test("operators see the day, recycle, and forgive", async ({ page, request, baseURL }) => {
  const user = `slow-${Date.now()}`;
  for (let strike = 0; strike < 5; strike += 1) {
    await request.post(`${baseURL}/api/v1/submissions`, {
      data: { language: "python3", source: "while True: pass", user, wait: true, limits: { cpu_ms: 100, time_factor: 1, time_extra_ms: 0 } },
    });
  }
  await page.goto("/operations");
  await expect(page.getByText("ready: a submission would be judged now")).toBeVisible();
  await expect(page.getByRole("img", { name: "Judged, per ten minutes" })).toBeVisible();
  await expect(page.locator(".chart title").first()).toHaveText(/^\d\d:\d\d: \d+$/);
  const throttled = page.getByRole("listitem").filter({ hasText: user });
  await throttled.getByRole("button", { name: "Forgive" }).click();
  await expect(throttled).toHaveCount(0);
  await expect(page.getByRole("region", { name: "Sandboxes" }).getByRole("row").nth(1)).toBeVisible();
  await expect(page.getByRole("region", { name: "Languages" })).toContainText("C++20 (GCC)");
});

test("a program for a problem is written where the draft is", async ({ page }) => {
  await page.goto("/");
  await write(page, 'print("mine")\n', "python3");
  await page.getByRole("link", { name: "Problems" }).click();
  await expect(page.getByRole("heading", { name: "Problems" })).toBeVisible();
  await page.goBack();
  await expect(page.locator("#editor .cm-content")).toHaveText('print("mine")');
});
