/** What the server tells of itself, of a submission's way and of its past is shown, and what is pressed comes to it. */

import { ACCEPTED, event, ID, problem, refuse, streams, tar } from "../answers";
import serious from "../axe";
import { expect, test, write } from "../page";

const QUEUED = { id: ID, state: "queued", position: 7, language: "python3", created_at: new Date().toISOString() };

test("a submission is told its place and how long that takes, then groups and points, and what another judgement changed", async ({ page }) => {
  const groups = [
    { name: "sample", verdict: "Accepted", score: 0 }, { name: "secret/small", verdict: "Accepted", score: 40 },
    { name: "secret/large", verdict: "WrongAnswer", score: 0 }, { name: "secret/huge", skipped: true },
  ];
  const tests = [{ ...ACCEPTED, index: 0, name: "small/1", score: 40 }, { ...ACCEPTED, index: 1, name: "large/1", verdict: "WrongAnswer", score: 0 }];
  const first = { ...QUEUED, state: "done", position: null, verdict: "WrongAnswer", score: 40, summary: { passed: 1, total: 2 }, groups, tests };
  const second = { ...first, verdict: "Accepted", score: 100, groups: [], rejudged_at: QUEUED.created_at };
  const judgement = { number: 1, newest: false, judged_at: QUEUED.created_at, verdict: "WrongAnswer", summary: { passed: 1, total: 2 } };
  const changes = [{ index: 1, name: "large/1", before: { ...ACCEPTED, verdict: "WrongAnswer" }, after: { ...ACCEPTED, cpu_ms: 25 } }];
  let judgements: object[] = [{ ...judgement, newest: true }];
  await page.route(`**/api/v1/submissions/${ID}`, (route) => route.fulfill({ json: QUEUED }));
  await page.route(`**/api/v1/submissions/${ID}/sources`, (route) => route.fulfill({ json: { files: { "main.py": "print(1)" } } }));
  await page.route(`**/api/v1/submissions/${ID}/judgements`, (route) => route.fulfill({ json: { judgements } }));
  await page.route(`**/api/v1/submissions/${ID}/rejudge`, (route) => route.fulfill({ status: 202, json: {} }));
  const tell = await streams(page, `**/api/v1/submissions/${ID}/events*`);
  await page.goto(`/submissions/${ID}`);
  await expect(page.getByText("Waiting: place 7 in the queue.")).toBeVisible();
  await tell("state", { state: "queued", position: 3, estimated_wait_ms: 95_300 });
  await expect(page.getByText("Waiting: place 3 in the queue, some 1 min 35 s at the pace of the moment.")).toBeVisible();
  await tell("judgement", first);
  await expect(page.getByText("40 points")).toBeVisible();
  const table = page.getByRole("table", { name: "Groups of tests" });
  for (const [group, verdict, points] of [["secret/small", "Accepted", "40"], ["secret/large", "Wrong answer", "0"], ["secret/huge", "skipped", "–"]] as const) {
    const cells = table.getByRole("row", { name: group }).getByRole("cell");
    await expect(cells.first()).toContainText(verdict);
    await expect(cells.last()).toHaveText(points);
  }
  await expect(page.getByRole("region", { name: "Tests" }).getByRole("row", { name: "small/1" }).getByRole("cell").last()).toHaveText("40");
  await expect(page.getByRole("heading", { name: "Judgements" }), "one is no history").toHaveCount(0);
  judgements = [{ ...judgement, number: 2, newest: true, verdict: "Accepted", changes }, judgement];
  await page.getByRole("button", { name: "Judge again" }).click();
  await tell("judgement", second);
  const newest = page.getByRole("article").filter({ has: page.getByRole("heading", { name: "No. 2" }) });
  await expect(newest.getByRole("row", { name: "large/1" }).getByRole("cell")).toContainText(["Wrong answer", /Accepted.*25 ms/]);
  await expect(page.getByRole("heading", { name: "No. 1" })).toContainText("Wrong answer");
  expect(await serious(page), "nobody is shut out of groups and judgements").toEqual([]);
});

test("where the usual language is not installed, the example is of one that is", async ({ page }) => {
  const language = { extensions: [], compile: [], run: [], version: "1" };
  await page.route("**/api/v1/languages", (route) => route.fulfill({ json: [
    { ...language, id: "cpp20", name: "C++20", source_file: "main.cpp", state: "not-installed", available: false },
    { ...language, id: "python3", name: "Python 3", source_file: "main.py", state: "installed", available: true },
  ] }));
  await page.goto("/");
  await expect(page.locator("#editor .cm-content")).toContainText("input()");
  await expect(page.locator(".toolbar").getByLabel("Language")).toHaveValue("python3");
  await expect(page.locator(".file-tabs").getByRole("tab")).toHaveText("main.py");
});

test("a source that is not UTF-8 is shown, and a judgement that begins anew shows nothing of what its program wrote before", async ({ page }) => {
  const judged = { ...QUEUED, state: "done", position: null, verdict: "CompileError", compile: { ok: false, log: "main.c:2:1: error: what is this", cpu_ms: 1, wall_ms: 1, memory_bytes: 1 }, tests: [] };
  await page.route(`**/api/v1/submissions/${ID}`, (route) => route.fulfill({ json: { ...QUEUED, state: "running" } }));
  await page.route(`**/api/v1/submissions/${ID}/sources`, (route) => route.fulfill({ json: { files: {}, files_base64: { "main.c": Buffer.from("// caf\xe9\nint main() {}\n", "latin1").toString("base64") } } }));
  await page.route(`**/api/v1/submissions/${ID}/judgements`, (route) => route.fulfill({ json: { judgements: [] } }));
  await page.route(`**/api/v1/submissions/${ID}/rejudge`, (route) => route.fulfill({ status: 202, json: {} }));
  const told = [event("output", { test: 0, stream: "stdout", text: "written before" }), event("judgement", judged)];
  let followed = 0;
  await page.route(`**/api/v1/submissions/${ID}/events*`, (route) => ((followed += 1) === 1 ? route.fulfill({ ...told[0], body: told.map(({ body }) => body).join("") }) : undefined));
  await page.goto(`/submissions/${ID}`);
  await expect(page.locator(".source-frame .cm-content")).toContainText("// caf�");
  await expect(page.getByText("This file is not UTF-8")).toBeVisible();
  await page.getByRole("button", { name: "main.c, line 2" }).click();
  await expect(page.locator(".source-frame .cm-activeLineGutter")).toHaveText("2");
  await page.getByRole("button", { name: "Judge again" }).click();
  await expect(page.getByText("It has its turn")).toBeVisible();
  await expect.poll(() => followed).toBe(2);
  await expect(page.getByText("written before")).toHaveCount(0);
});

test("words that are there are completed, and keys are Vim's or Emacs' for whoever wants that", async ({ page }) => {
  await page.route("**/api/v1/submissions", (route) => refuse(route, 503, "unavailable"));
  await page.goto("/");
  await write(page, "remembered = 1\nrem", "python3");
  const [editor, offered] = [page.locator("#editor .cm-content"), page.locator(".cm-tooltip-autocomplete")];
  // What helps who types is loaded when somebody first does.
  await expect(async () => {
    await page.keyboard.press("Control+Space");
    await expect(offered).toContainText("remembered", { timeout: 500 });
  }).toPass();
  // The editor takes nothing that is pressed the moment that something is offered.
  await page.waitForTimeout(200);
  await page.keyboard.press("Enter");
  await expect(editor).toHaveText("remembered = 1remembered");

  const choose = async (keys: string) => {
    await page.locator("summary[title=Settings]").click();
    await page.getByLabel("Keys of the editor").selectOption(keys);
    await page.keyboard.press("Escape");
    await editor.focus();
  };
  await choose("vim");
  await expect(page.locator("#editor .cm-vimMode")).toBeVisible();
  await page.keyboard.type("ggdGiprint(7)");
  await page.keyboard.press("Escape");
  await page.keyboard.type("yyp");
  await expect(editor).toHaveText("print(7)print(7)");
  const sent = page.waitForRequest((request) => request.method() === "POST" && request.url().endsWith("/api/v1/submissions"));
  await page.keyboard.press("Control+Enter");
  expect((await sent).postDataJSON().files).toEqual({ "main.py": "print(7)\nprint(7)" });

  await choose("emacs");
  await expect(page.locator("#editor .cm-emacsMode")).toBeVisible();
  await page.keyboard.press("Control+Home");
  for (const key of ["e", "a", "k", "y", "y"]) await page.keyboard.press(`Control+${key}`);
  await expect(editor).toHaveText("print(7)print(7)print(7)");
  await choose("plain");
  await expect(page.locator("#editor .cm-emacsMode, #editor .cm-vimMode")).toHaveCount(0);
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.press("Delete");
  await expect(editor).toHaveText("");
});

test("a sample is copied, also where a browser's clipboard is closed to pages, and an older version judges a package", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.addInitScript(() => {
    const write = navigator.clipboard.writeText.bind(navigator.clipboard);
    let isOpen = true;
    navigator.clipboard.writeText = (text) => {
      if (!isOpen) return Promise.reject(new DOMException("no", "NotAllowedError"));
      isOpen = false;
      return write(text);
    };
  });
  const [newest, older] = ["2".repeat(64), "1".repeat(64)];
  await problem(page, "two", { versions: [newest, older], samples: [{ name: "sample/1", input: "1\n2\n", answer: "3\n\t4\n" }] });
  await page.goto("/problems/two");
  for (const [title, text] of [["Standard input", "1\n2\n"], ["Expected", "3\n\t4\n"]] as const) {
    await page.getByRole("button", { name: `copy: ${title}` }).click();
    await expect(page.locator("section.output", { has: page.getByLabel(title, { exact: true }) }).getByRole("status")).toHaveText("copied");
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(text);
    await expect(page.getByRole("button", { name: `copy: ${title}` }), "where one was").toBeFocused();
  }

  const bodies: { problem: string; version: string }[] = [];
  await page.route("**/api/v1/submissions", (route) => (bodies.push(route.request().postDataJSON()), route.fulfill({ status: 202, json: QUEUED })));
  await page.route(`**/api/v1/submissions/${ID}`, (route) => route.fulfill({ json: { ...QUEUED, state: "running" } }));
  const tell = await streams(page, `**/api/v1/submissions/${ID}/events*`);
  await page.getByLabel("Version that judges").selectOption(older.slice(0, 12));
  await page.getByLabel(/^The package/).setInputFiles({ name: "two.tar", mimeType: "application/x-tar", buffer: tar({ "submissions/accepted/a.py": "print(1)\n" }) });
  // Each square as soon as its test is judged, and how hot it is with the judgement.
  const squares = page.getByRole("region", { name: "Its own submissions" }).getByRole("img");
  await tell("state", { state: "running", tests_done: 1, tests: [{ index: 0, verdict: "Accepted" }] });
  await expect(squares).toHaveCount(1);
  await expect(squares).not.toHaveClass(/heat-\d/);
  await tell("state", { state: "running", tests_done: 2, tests: [{ index: 0, verdict: "Accepted" }, { index: 1, verdict: "Accepted" }] });
  await expect(squares).toHaveCount(2);
  await expect(page.getByText("0 of 1 judged.")).toBeVisible();
  const limits = { cpu_ms: 1000 };
  await tell("judgement", { ...QUEUED, state: "done", verdict: "Accepted", limits, tests: [10, 450, 990].map((cpu_ms, index) => ({ ...ACCEPTED, index, cpu_ms })) });
  await expect(page.getByText("All came to what their folders say.")).toBeVisible();
  for (const [at, heat] of [[0, "heat-0"], [1, "heat-2"], [2, "heat-4"]] as const) await expect(squares.nth(at)).toHaveClass(new RegExp(`\\b${heat}\\b`));
  expect(await serious(page), "nobody is shut out of what they came to").toEqual([]);
  expect(bodies.map(({ problem, version }) => [problem, version])).toEqual([["two", older]]);
});

test("of a submission to a problem it is told which of its tests runs", async ({ page }) => {
  const running = { ...QUEUED, state: "running", position: null };
  await problem(page, "sums", { cases: { sample: 1, secret: 9 } });
  await page.route("**/api/v1/submissions", (route) => route.fulfill({ status: 202, json: running }));
  await page.route(`**/api/v1/submissions/${ID}`, (route) => route.fulfill({ json: running }));
  const tell = await streams(page, `**/api/v1/submissions/${ID}/events*`);
  await page.addInitScript(() => localStorage.setItem("gavel.answers", JSON.stringify([["sums", { language: "python3", source: "print(1)" }]])));
  await page.goto("/problems/sums");
  await page.getByRole("button", { name: "Submit", exact: true }).click();
  await tell("state", { state: "running", tests_done: 3, tests: [{ index: 2, verdict: "Accepted" }] });
  await expect(page.getByText("Running test 4 of 10…")).toBeVisible();
  await expect(page.getByRole("progressbar")).toHaveJSProperty("value", 3);
});

test("submissions are filtered by state and verdict, and the address tells how", async ({ page }) => {
  const asked: string[][] = [];
  await page.route("**/api/v1/submissions?*", (route) => {
    const filters = new URL(route.request().url()).searchParams;
    const [state, verdict] = ["state", "verdict"].map((name) => filters.get(name) ?? "");
    asked.push([state!, verdict!]);
    return route.fulfill({ json: { submissions: verdict === "CompileError" ? [] : [{ ...QUEUED, state: state || "done", verdict: verdict || undefined }], next_cursor: null } });
  });
  await page.goto("/submissions?state=cancelled");
  const [filters, rows] = [page.locator(".filters"), page.getByRole("table").locator("tbody tr")];
  await expect(filters.getByLabel("State")).toHaveValue("cancelled");
  await expect(rows).toContainText("Cancelled");
  await filters.getByLabel("State").selectOption("done");
  await filters.getByLabel("Verdict").selectOption("WrongAnswer");
  await expect(rows).toContainText("Wrong answer");
  await expect(page).toHaveURL(/\?state=done&verdict=WrongAnswer$/);
  await filters.getByLabel("Verdict").selectOption("CompileError");
  await expect(rows).toHaveCount(0);
  await filters.getByLabel("Verdict").selectOption("");
  await expect(rows).toHaveCount(1);
  await expect.poll(() => asked).toEqual([["cancelled", ""], ["done", ""], ["done", "WrongAnswer"], ["done", "CompileError"], ["done", ""]]);
});

test("operators drain the service and no longer, replace sandboxes, and read what installs a language", async ({ page }) => {
  const pressed: string[] = [];
  let draining = false;
  await page.route("**/api/v1/admin/*drain", (route) => {
    draining = route.request().url().endsWith("/drain");
    pressed.push(route.request().url().split("/").pop()!);
    return route.fulfill({ status: 204 });
  });
  await page.route("**/api/v1/admin/recycle", (route) => (pressed.push("recycle"), route.fulfill({ json: { sandboxes: 4 } })));
  await page.route("**/readyz", (route) => route.fulfill({ json: { ready: true, draining, waiting: 12, running: 2 } }));
  const language = { extensions: [], compile: [], run: [], source_file: "main.x" };
  await page.route("**/api/v1/languages", (route) => route.fulfill({ json: [
    { ...language, id: "python3", name: "Python 3", state: "installed", available: true, version: "3.13.5" },
    { ...language, id: "rust", name: "Rust", state: "not-installed", available: false, install: "make toolchain rust" },
    { ...language, id: "go", name: "Go", state: "failing", available: false, reason: "its <b>self-test</b> timed out" },
  ] }));
  await page.goto("/operations");
  await page.getByRole("button", { name: "Drain" }).click();
  await expect(page.getByText("Draining: nothing new is taken, what waits is judged.")).toBeVisible();
  await page.getByRole("button", { name: "Take submissions again" }).click();
  await expect(page.getByText("Nothing new is taken then; what was taken is still judged.")).toBeVisible();
  await page.getByRole("button", { name: "Replace all" }).click();
  await expect(page.getByText("4 are being replaced.")).toBeVisible();
  expect(pressed).toEqual(["drain", "undrain", "recycle"]);
  const rows = page.getByRole("region", { name: "Languages" }).getByRole("row");
  // What is amiss first, and what is not there last.
  await expect(rows).toContainText(["Language", "its <b>self-test</b> timed out", "3.13.5", "not installed: make toolchain rust"]);
});
