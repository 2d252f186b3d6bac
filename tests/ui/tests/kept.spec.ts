/** Nothing typed is lost, and nothing that a stranger writes harms the page. */

import { execFileSync } from "node:child_process";
import type { Page, Route } from "@playwright/test";
import { problem, refuse } from "../answers";
import serious from "../axe";
import { askNow, expect, holdExamples, result, run, share, test, write } from "../page";

const PYTHON = (text: string) => JSON.stringify({ language: "python3", files: [{ name: "main.py", content: text }], active: 0, tests: [{ stdin: "", expected: null }], limits: {} });

test("what a link takes the place of is brought back", async ({ page, context }) => {
  await page.goto("/");
  await write(page, 'print("theirs")\n', "python3");
  const link = await share(page);
  const other = await (await context.browser()!.newContext()).newPage();
  await other.goto("/");
  await write(other, 'print("mine")\n', "python3");
  await other.goto("about:blank");
  // Whoever loads the page again before all of it is there loses nothing either.
  await other.route(/\/assets\/example-sources/, (route) => void setTimeout(() => void route.continue().catch(() => {}), 2000));
  await other.goto(link);
  await expect(other.locator("#editor .cm-content")).toHaveText('print("theirs")');
  await other.reload();
  await other.getByRole("button", { name: "Bring it back" }).click();
  await expect(other.locator("#editor .cm-content")).toHaveText('print("mine")');
  await expect(other.getByRole("button", { name: "Bring it back" })).toHaveCount(0);
  await other.context().close();
});

test("a link that is pasted where the playground is shown is shown, and nothing that was written is lost to it", async ({ page }) => {
  const link = async (source: string) => {
    await page.goto("/");
    await write(page, source, "python3");
    return share(page);
  };
  const links = [await link("print('one')"), await link("print('two')")];
  await page.evaluate(() => localStorage.clear());
  await page.goto("/#code=AAAA");
  await expect(page.getByRole("alert")).toContainText("This link is damaged");
  const editor = page.locator("#editor .cm-content");
  await write(page, "print('mine')", "python3");
  for (const [index, told] of ["print('one')", "print('two')"].entries()) {
    await page.goto(links[index]!);
    await expect(editor).toHaveText(told);
    await expect(page.getByRole("alert")).toHaveCount(0);
    await expect(page).not.toHaveURL(/#/);
  }
  // Nobody has written the first.
  await page.getByRole("button", { name: "Bring it back" }).click();
  await expect(editor).toHaveText("print('mine')");
});

test("what is brought back is not lost to a browser that forgets, nor to another tab that is written in", async ({ page, context }) => {
  const editor = page.locator("#editor .cm-content");
  const bring = page.getByRole("button", { name: /^Bring it back/ });
  await page.goto("/");
  await write(page, "print('theirs')", "python3");
  const { hash } = new URL(await share(page));
  await write(page, "print('mine')");
  await expect(page).not.toHaveURL(/#/);
  await page.waitForFunction(() => localStorage.getItem("gavel.draft")?.includes("mine"));
  await page.evaluate((hash) => { localStorage.clear(); location.hash = hash; }, hash);
  await expect(editor).toHaveText("print('theirs')");
  // The draft is kept a moment after it has changed.
  await page.waitForFunction(() => localStorage.getItem("gavel.draft")?.includes("theirs"));
  await expect(bring).toBeVisible();

  const other = await context.newPage();
  await other.goto("/");
  await write(page, "print('mine, too')");
  await page.waitForFunction(() => localStorage.getItem("gavel.draft")?.includes("mine, too"));
  await write(other, "print('of another tab')");
  await other.waitForFunction(() => localStorage.getItem("gavel.draft")?.includes("of another tab"));
  await other.close();
  await page.goto("about:blank");
  await page.goto("/");
  await expect(editor).toHaveText("print('of another tab')");
  for (const text of ["print('mine, too')", "print('mine')"]) {
    await bring.click();
    await expect(editor).toHaveText(text);
  }
});

test("a link that is pasted while what is shared ends with a change is looked at all the same", async ({ page }) => {
  await page.goto("/");
  await write(page, "print('theirs')", "python3");
  const { hash } = new URL(await share(page));
  await write(page, "print('mine')");
  await expect(page).not.toHaveURL(/#/);
  await page.evaluate(async (hash) => {
    const add = document.querySelector<HTMLButtonElement>(".tests .add")!;
    add.click();
    await null;
    // The first change is drawn, and what follows from it is done before the next is: all of that before the event of the address.
    location.hash = hash;
    add.click();
  }, hash);
  await expect(page.locator("#editor .cm-content")).toHaveText("print('theirs')");
  await expect(page).not.toHaveURL(/#/);
});

test("a page that is loaded again after its program was shared offers nothing to bring back", async ({ page }) => {
  await page.goto("/");
  await write(page, "print('mine')", "python3");
  await share(page);
  await page.reload();
  await expect(page.locator("#editor .cm-content")).toHaveText("print('mine')");
  await expect(page).not.toHaveURL(/#/);
  expect(await page.evaluate(() => localStorage.getItem("gavel.draft.before") ?? "")).not.toContain("mine");
});

test("what an earlier version of the page has kept is brought back", async ({ page }) => {
  await page.addInitScript((kept) => localStorage.setItem("gavel.draft.before", kept), PYTHON("print('mine')"));
  await page.goto("/");
  await page.getByRole("button", { name: "Bring it back" }).click();
  await expect(page.locator("#editor .cm-content")).toHaveText("print('mine')");
});

test("a test that is added while the first example is on its way stays", async ({ page }) => {
  const { asked, release } = await holdExamples(page);
  await page.goto("/");
  await asked;
  await page.getByRole("button", { name: "Add a test" }).click();
  await page.getByRole("textbox", { name: "Standard input" }).fill("typed");
  release();
  await expect(page.locator("#editor .cm-content")).toContainText("std::cin");
  await expect(page.getByRole("tab", { name: "Test 2" })).toBeVisible();
  await expect(page.getByRole("textbox", { name: "Standard input" })).toHaveValue("typed");
});

test("tests that somebody has written stay where another language's example takes the place of the first", async ({ page }) => {
  await page.goto("/");
  await expect(page.locator("#editor .cm-content")).toContainText("std::cin");
  const [tests, language] = [page.getByRole("region", { name: "Tests" }), page.locator(".toolbar").getByLabel("Language")];
  await language.selectOption("python3");
  await expect(page.locator("#editor .cm-content")).toContainText("input()");
  await tests.getByLabel("Standard input", { exact: true }).fill("1\n2\n");
  await tests.getByLabel("Expected", { exact: true }).fill("3\n");
  await page.getByText("Limits and more").click();
  await page.getByLabel("Files to hand back").fill("plot.png");
  await language.selectOption("cpp20");
  await expect(page.locator("#editor .cm-content")).toContainText("std::cin");
  await expect(tests.getByLabel("Standard input", { exact: true })).toHaveValue("1\n2\n");
  await expect(tests.getByLabel("Expected", { exact: true })).toHaveValue("3\n");
  await expect(page.getByLabel("Files to hand back")).toHaveValue("plot.png");
});

test("Ctrl+Enter runs the program wherever one types", async ({ page }) => {
  await page.goto("/");
  await write(page, "print(input())\n", "python3");
  await page.getByRole("textbox", { name: "Standard input" }).fill("42\n");
  await page.keyboard.press("Control+Enter");
  await expect(result(page).getByRole("heading", { name: "Accepted" }).first()).toBeVisible();
});

test("Ctrl+Enter runs the program before anything was clicked", async ({ page }) => {
  let sent = 0;
  await page.route("**/api/v1/submissions", (route) => { sent += 1; return route.abort(); });
  await page.goto("/");
  await expect(page.getByRole("button", { name: "Run" })).toBeEnabled();
  await expect(page.locator("body")).toBeFocused();
  await page.keyboard.press("Control+Enter");
  await expect.poll(() => sent).toBe(1);
});

test("a draft that makes no sense in part is shown all the same", async ({ page }) => {
  const draft = { language: "python3", active: -1, files: [{ name: "main.py", content: "print(1)" }, { name: "main.py", content: "print(2)" }], tests: [null, 7, { stdin: "x" }] };
  await page.addInitScript((kept) => localStorage.setItem("gavel.draft", kept), JSON.stringify(draft));
  await page.goto("/");
  await expect(page.locator("#editor .cm-content")).toHaveText("print(1)");
  await expect(page.locator(".file-tabs").getByRole("tab")).toHaveCount(1);
});

test("a very long line that is wrong is shown where it differs", async ({ page }) => {
  await page.addInitScript((kept) => localStorage.setItem("gavel.draft", kept), PYTHON('print("a" * 400_000 + "X" + "b" * 400_000)'));
  await page.goto("/");
  await page.getByRole("button", { name: "Compare the output" }).click();
  await page.getByRole("textbox", { name: "Expected" }).fill(`${"a".repeat(400_000)}Y`);
  await run(page);
  await expect(result(page).getByRole("heading", { name: "Wrong answer" }).first()).toBeVisible();
  await expect(result(page).locator(".diff mark").first()).toBeVisible();
  const shown = await result(page).locator(".diff").evaluate((table) => table.textContent!.length);
  expect(shown).toBeLessThan(10_000);
});

test("a stream that breaks off tells no test twice", async ({ page }) => {
  const id = "9a8c7a54-be93-4fa4-bf8f-09f64d208806";
  const running = { id, state: "running", language: "python3", created_at: new Date().toISOString(), position: null };
  let streams = 0;
  await page.route("**/api/v1/submissions", (route) => route.fulfill({ status: 202, json: { ...running, state: "queued" } }));
  await page.route(`**/api/v1/submissions/${id}`, (route) => route.fulfill({ json: running }));
  await page.route(new RegExp(`/api/v1/submissions/${id}/events`), (route) => {
    streams += 1;
    const state = { state: "running", tests_done: 1, tests: [{ index: 0, verdict: "Accepted" }] };
    return route.fulfill({ contentType: "text/event-stream", body: `event: state\ndata: ${JSON.stringify(state)}\n\n` });
  });
  await page.goto("/");
  await page.getByRole("button", { name: "Add a test" }).click();
  await run(page);
  await expect.poll(() => streams).toBeGreaterThan(2);
  await expect(result(page).locator(".strip .cell")).toHaveCount(1);
});

test("what comes late for another filter is not shown", async ({ page }) => {
  const submission = (language: string, number: number) => ({ id: `${number}`.padStart(8, "0"), state: "done", verdict: "Accepted", language, created_at: new Date().toISOString() });
  let release = () => {};
  await page.route("**/api/v1/submissions?*", async (route) => {
    const asked = new URL(route.request().url()).searchParams;
    const language = asked.get("language") ?? "all";
    if (asked.get("cursor")) await new Promise<void>((resolve) => (release = resolve));
    await route.fulfill({ json: { submissions: [submission(language, asked.get("cursor") ? 2 : 1)], next_cursor: "1" } });
  });
  await page.goto("/submissions");
  await expect(page.getByRole("cell", { name: "all", exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Show more" }).click();
  await page.locator(".filters").getByLabel("Language").selectOption("python3");
  await expect(page.getByRole("cell", { name: "Python 3 (CPython)", exact: true })).toBeVisible();
  const late = page.waitForResponse((response) => response.url().includes("cursor="));
  release();
  await late;
  await expect(page.getByRole("cell", { name: "all", exact: true })).toHaveCount(0);
  await expect(page.getByRole("row")).toHaveCount(2);
});

test("a program whose terminal was closed while it compiled is kept by nobody", async ({ page }) => {
  let release = () => {};
  await page.route("**/run", async (route) => {
    await new Promise<void>((resolve) => (release = resolve));
    await route.fulfill({ json: [{ status: "Accepted", exitStatus: 0, time: 1, memory: 1, fileIds: { main: "ABCDEFGH" } }] });
  });
  const removed = page.waitForRequest((request) => request.method() === "DELETE" && request.url().endsWith("/file/ABCDEFGH"));
  await page.route("**/file/ABCDEFGH", (route) => route.fulfill({ status: 200 }));
  await page.goto("/");
  await expect(page.locator("#editor .cm-content")).toContainText("std::cin");
  const compiling = page.waitForRequest("**/run");
  await page.getByRole("button", { name: "Terminal" }).click();
  await compiling;
  await page.getByRole("button", { name: "Close" }).click();
  release();
  await removed;
});

async function terminal(page: Page, language: string): Promise<void> {
  await page.locator(".toolbar").getByLabel("Language").selectOption(language);
  await page.getByRole("button", { name: "Terminal" }).click();
}

test("a program of any length runs on a terminal", async ({ page }) => {
  const source = `print(1) # ${"x".repeat(400_000)}`;
  await page.addInitScript((kept) => localStorage.setItem("gavel.draft", kept), PYTHON(source));
  await page.route("**/run", (route) => route.fulfill({ json: [{ status: "Accepted", exitStatus: 0, time: 1, memory: 1 }] }));
  const requests: Buffer[] = [];
  await page.routeWebSocket("**/stream", (socket) => socket.onMessage((message) => void requests.push(message as Buffer)));
  await page.goto("/");
  await expect(page.locator("#editor .cm-content")).toContainText("print(1)");
  await terminal(page, "python3");
  await expect.poll(() => requests.length).toBeGreaterThan(0);
  expect(requests[0]![0]).toBe(1);
  const { cmd } = JSON.parse(requests[0]!.subarray(1).toString()) as { cmd: { copyIn: Record<string, { content: string }> }[] };
  expect(cmd[0]!.copyIn["main.py"]!.content).toBe(source);
});

test("what a program writes on a terminal names no page, fills no clipboard, and opens nothing that nobody wants", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.addInitScript((kept) => localStorage.setItem("gavel.draft", kept), PYTHON("print(1)"));
  await page.route("**/run", (route) => route.fulfill({ json: [{ status: "Accepted", exitStatus: 0, time: 1, memory: 1 }] }));
  const link = (address: string, text: string) => `\u001b]8;;${address}\u0007${text}\u001b]8;;\u0007`;
  const written = `\u001b]0;hacked\u0007\u001b]2;hacked\u0007\u001b]52;c;aGFja2Vk\u0007${link("javascript:document.title='hacked'", "script")}\r\n${link("https://evil.example/\u202Ethere", "elsewhere")}\r\n`;
  await page.routeWebSocket("**/stream", (socket) => socket.onMessage((message) => { if ((message as Buffer)[0] === 1) socket.send(Buffer.concat([Buffer.from([2, 0]), Buffer.from(written)])); }));
  const [asked, opened] = [[] as string[], [] as string[]];
  page.on("dialog", (dialog) => { asked.push(dialog.message()); void dialog.dismiss(); });
  context.on("page", (tab) => opened.push(tab.url()));
  await page.goto("/");
  await page.evaluate(() => navigator.clipboard.writeText("mine"));
  await terminal(page, "python3");
  const rows = page.getByRole("region", { name: "Terminal" }).locator(".xterm-rows");
  await expect(rows).toContainText("elsewhere");
  const click = async (text: string) => {
    const box = await rows.getByText(text).boundingBox();
    // A row that is being drawn anew has none.
    if (!box) return false;
    const [x, y] = [box.x + 12, box.y + box.height / 2];
    // From another row: links are looked for where the pointer comes to one.
    await page.mouse.move(x, y + 2 * box.height);
    await page.mouse.move(x, y);
    await page.mouse.click(x, y);
    return true;
  };
  await expect.poll(() => click("script")).toBe(true);
  await expect.poll(async () => ((await click("elsewhere")), [...new Set(asked)])).toEqual(["The program leads to https://evil.example/%E2%80%AEthere. Open it?"]);
  expect(opened).toEqual([]);
  await expect(page).toHaveTitle("Gavel");
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe("mine");
});

test("what comes too fast for a terminal is left out, and it says how much, also where nothing comes behind it", async ({ page }) => {
  await page.addInitScript((kept) => localStorage.setItem("gavel.draft", kept), PYTHON("print(1)"));
  await page.route("**/run", (route) => route.fulfill({ json: [{ status: "Accepted", exitStatus: 0, time: 1, memory: 1 }] }));
  // All of it at one time, as no socket brings it.
  await page.addInitScript(() => {
    const Flood = function () {
      const socket = {
        readyState: 1,
        onopen: null as (() => void) | null,
        onmessage: null as ((event: { data: unknown }) => void) | null,
        send(message: Uint8Array): void {
          if (message[0] !== 1) return;
          const written = `\u0002\0${`${"x".repeat(78)}\r\n`.repeat(8000)}`;
          const ended = `\u0001${JSON.stringify({ results: [{ status: "Accepted", exitStatus: 0, time: 1e6, memory: 1 }] })}`;
          for (const text of [written, written, ended]) socket.onmessage?.({ data: new TextEncoder().encode(text).buffer });
        },
        close() {},
      };
      setTimeout(() => socket.onopen?.());
      return socket;
    };
    globalThis.WebSocket = Object.assign(Flood, { OPEN: 1 }) as unknown as typeof WebSocket;
  });
  await page.goto("/");
  await terminal(page, "python3");
  const region = page.getByRole("region", { name: "Terminal" });
  await expect(region.getByRole("status")).toContainText(/^ended, /);
  await expect(region.locator(".xterm-rows")).toContainText("625 KiB left out");
});

test("a compiled program is kept at the server until it runs, or its tab is closed", async ({ context, request, baseURL }) => {
  const stored = async () => Object.keys((await (await request.get(`${baseURL}/file`)).json()) as object);
  for (const [source, isSilent] of [["#include <stdio.h>\nint main() { getchar(); }", true], ["#include <stdio.h>\nint main() { puts(\"hello\"); getchar(); }", false]] as const) {
    const tab = await context.newPage();
    await tab.goto("/");
    await write(tab, source, "c17");
    const compiled = tab.waitForResponse("**/run");
    await tab.getByRole("button", { name: "Terminal" }).click();
    const [{ fileIds }] = (await (await compiled).json()) as [{ fileIds: { main: string } }];
    await expect(tab.getByRole("region", { name: "Terminal" }).getByRole("status")).toHaveText("running");
    if (isSilent) expect(await stored()).toContain(fileIds.main);
    // Not told to the test: the browser sends it when the page is gone.
    if (isSilent) await tab.goto("about:blank");
    await expect.poll(stored).not.toContain(fileIds.main);
    await tab.close();
  }
});

test("a language that is chosen while the server is away is there when it is back, with what was written meanwhile", async ({ page }) => {
  await page.addInitScript((kept) => localStorage.setItem("gavel.draft", kept), PYTHON("print('one')"));
  await page.goto("/");
  await expect(page.locator("#editor .cm-content")).toHaveText("print('one')");
  await page.route(/\/(api|healthz|assets)/, (route) => route.abort("connectionrefused"));
  await page.locator(".toolbar").getByLabel("Language").selectOption("javascript");
  await expect(page.getByRole("alert")).toContainText("The server does not answer");
  await write(page, "console.log('two')");
  await page.unroute(/\/(api|healthz|assets)/);
  await askNow(page);
  await expect(page.locator(".file-tabs").getByRole("tab")).toHaveText("main.js");
  await expect(page.locator("#editor .cm-content")).toHaveText("console.log('two')");
});

test("a part of the page that a newer server has no more is told, and what was written stays", async ({ page }) => {
  await page.addInitScript((kept) => localStorage.setItem("gavel.draft", kept), PYTHON("print('mine')"));
  await page.route(/\/assets\/example-sources/, (route) => route.fulfill({ status: 404 }));
  await page.goto("/");
  await expect(page.locator("#editor .cm-content")).toHaveText("print('mine')");
  await page.locator(".toolbar").getByLabel("Language").selectOption("javascript");
  await expect(page.getByRole("alert")).toContainText("A part of this page cannot be had");
  await page.unroute(/\/assets\/example-sources/);
  await page.getByRole("button", { name: "Load it again" }).click();
  await expect(page.getByRole("alert")).toHaveCount(0);
  await expect(page.locator("#editor .cm-content")).toHaveText("print('mine')");
  await page.locator(".toolbar").getByLabel("Language").selectOption("javascript");
  await expect(page.locator(".file-tabs").getByRole("tab")).toHaveText("main.js");
});

test("what could not be cancelled can be cancelled once the server is back", async ({ page }) => {
  await page.goto("/");
  await write(page, "import time\ntime.sleep(60)\n", "python3");
  await page.getByText("Limits and more").click();
  await page.getByLabel("Time on the clock").fill("70");
  await run(page);
  await expect(result(page)).toContainText("Running");
  await page.route(/\/(api|healthz)/, (route) => route.abort("connectionrefused"));
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("alert")).toContainText("The server does not answer");
  await page.unroute(/\/(api|healthz)/);
  await askNow(page);
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(result(page)).toContainText("Cancelled");
});

test("a run that is not sent yet is cancelled, and is never judged", async ({ page }) => {
  let sent = 0;
  await page.route("**/api/v1/submissions", (route) => { sent += 1; return route.abort("connectionrefused"); });
  await page.route("**/healthz", (route) => route.abort("connectionrefused"));
  await page.goto("/");
  await write(page, "print(42)\n", "python3");
  await run(page);
  await expect(page.getByRole("alert")).toContainText("The server does not answer");
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("button", { name: "Run" })).toBeVisible();
  await page.unroute("**/healthz");
  await askNow(page);
  await expect(page.getByRole("alert")).toHaveCount(0);
  await page.waitForTimeout(500);
  expect(sent).toBe(1);
});

test("a run that is cancelled while it is sent is cancelled at the server, too", async ({ page }) => {
  let held: Route | null = null;
  const id = "9a8c7a54-be93-4fa4-bf8f-09f64d208806";
  const told = { id, state: "queued", language: "python3", created_at: new Date().toISOString() };
  await page.route("**/api/v1/submissions", (route) => void (held = route));
  await page.route(`**/api/v1/submissions/${id}/events*`, (route) => route.fulfill({ contentType: "text/event-stream", body: `event: judgement\ndata: ${JSON.stringify({ ...told, state: "cancelled" })}\n\n` }));
  const cancelled = page.waitForRequest((request) => request.method() === "DELETE" && request.url().endsWith(id));
  await page.route(`**/api/v1/submissions/${id}`, (route) => route.fulfill({ json: { ...told, state: "cancelled" } }));
  await page.goto("/");
  await write(page, "print(42)\n", "python3");
  await run(page);
  await expect.poll(() => held).not.toBeNull();
  await page.getByRole("button", { name: "Cancel" }).click();
  await held!.fulfill({ status: 202, json: told });
  await cancelled;
  await expect(result(page)).toContainText("Cancelled");
});

test("a run that was cancelled while it was sent, and is refused, can be run again", async ({ page }) => {
  let held: Route | null = null;
  const keys: string[] = [];
  await page.route("**/api/v1/submissions", (route) => { keys.push(route.request().headers()["idempotency-key"]!); held = route; });
  await page.goto("/");
  await write(page, "print(42)\n", "python3");
  for (const sent of [1, 2]) {
    await run(page);
    await expect.poll(() => keys.length).toBe(sent);
    await page.getByRole("button", { name: "Cancel" }).click();
    await refuse(held!, 429, "throttled");
    await expect(result(page).getByRole("alert")).toContainText("Too many programs exceeded their time limit");
  }
  expect(new Set(keys).size, "what was given up is another").toBe(2);
});

test("what is refused for its key has another when it is sent once more", async ({ page }) => {
  const keys: string[] = [];
  await page.route("**/api/v1/submissions", (route) => { keys.push(route.request().headers()["idempotency-key"]!); return refuse(route, 422, "idempotency-key-reused"); });
  await page.goto("/");
  await write(page, "print(42)\n", "python3");
  for (const sent of [1, 2]) {
    await run(page);
    await expect.poll(() => keys.length).toBe(sent);
    await expect(result(page).getByRole("alert")).toContainText("This was sent before with other contents");
  }
  expect(new Set(keys).size).toBe(2);
});

test("the main button stays where it is", async ({ page }) => {
  for (const width of [1024, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    await page.goto("/");
    const places = [];
    for (const language of ["cpp20", "python3"]) {
      await page.locator(".toolbar").getByLabel("Language").selectOption(language);
      await expect(page.locator(".toolbar .version")).not.toBeEmpty();
      places.push(await page.getByRole("button", { name: "Run" }).boundingBox());
    }
    expect(places[0], `${width}`).toEqual(places[1]);
    const bar = await page.locator(".writing .toolbar").boundingBox();
    expect(bar!.height, `${width}: the bar is one line`).toBeLessThan(70);
  }
});

test("an example takes the place of what was written, and that is brought back", async ({ page }) => {
  await page.goto("/");
  await write(page, 'print("mine")\n', "python3");
  await page.getByRole("button", { name: "Example" }).click();
  await expect(page.locator("#editor .cm-content")).toContainText("int(input())");
  await page.getByRole("button", { name: "Bring it back" }).click();
  await expect(page.locator("#editor .cm-content")).toHaveText('print("mine")');
  await expect(page.getByRole("button", { name: "Bring it back" }), "nobody has written the example").toHaveCount(0);
});

test("what was made of an example is not lost to what the example took the place of", async ({ page }) => {
  await page.goto("/");
  await write(page, 'print("mine")\n', "python3");
  await page.getByRole("button", { name: "Example" }).click();
  await expect(page.locator("#editor .cm-content")).toContainText("int(input())");
  await write(page, 'print("made of it")\n');
  // Also where the page is loaded again between.
  await page.reload();
  for (const text of ['print("mine")', 'print("made of it")', 'print("mine")']) {
    await page.getByRole("button", { name: "Bring it back" }).click();
    await expect(page.locator("#editor .cm-content")).toHaveText(text);
  }
});

test("what is written after sharing is not lost to the link in the address", async ({ page }) => {
  await page.goto("/");
  await write(page, 'print("shared")\n', "python3");
  await share(page);
  await write(page, 'print("later")\n');
  await expect(page).not.toHaveURL(/#code=/);
  await page.reload();
  await expect(page.locator("#editor .cm-content")).toHaveText('print("later")');
});

test("a damaged link says so", async ({ page }) => {
  await page.goto("/#code=AAAA");
  await expect(page.getByRole("alert")).toContainText("This link is damaged");
  await expect(page.locator("#editor .cm-content")).toContainText("std::cin");
});

test("a name that no file may have is told with why", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("button", { name: "Add a file" }).click();
  const name = page.getByRole("textbox", { name: "Name of the file" });
  await name.fill("<img>.h");
  await expect(name).toHaveAccessibleDescription(/Letters, digits/);
  await name.fill("main.cpp");
  await expect(name).toHaveAccessibleDescription(/already/);
});

test("the settings close by Escape, by a click elsewhere, and on another page", async ({ page }) => {
  await page.goto("/");
  const menu = page.locator("details.menu");
  const gear = menu.locator("summary");
  await gear.click();
  expect(await serious(page), "nobody is shut out of them").toEqual([]);
  await page.keyboard.press("Escape");
  await expect(menu).not.toHaveAttribute("open");
  await expect(gear).toBeFocused();
  await gear.click();
  await page.getByRole("heading", { name: "Playground" }).dispatchEvent("pointerdown");
  await expect(menu).not.toHaveAttribute("open");
  await gear.click();
  await page.getByRole("link", { name: "Problems" }).click();
  await expect(menu).not.toHaveAttribute("open");
});

test("what a token may not do is not offered", async ({ page }) => {
  await page.route("**/api/v1/session", (route) => route.fulfill({ json: { scopes: ["read"], signed_in: true, ends_at: "2100-01-01T00:00:00Z" } }));
  await page.goto("/");
  await expect(page.getByRole("button", { name: "Run" })).toBeDisabled();
  await expect(result(page)).toContainText("Your token may not run programs here");
});

test("typing over what is selected breaks no rule of the page", async ({ page }) => {
  await page.goto("/");
  await page.locator("#editor .cm-content").click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("int x;");
  await expect(page.locator("#editor .cm-content")).toHaveText("int x;");
});

test("a tab in which nothing was written takes nothing away from another", async ({ page, context }) => {
  await page.goto("/");
  await write(page, 'print("old")\n', "python3");
  await page.waitForFunction(() => localStorage.getItem("gavel.draft")?.includes("old"));
  const untouched = await context.newPage();
  await untouched.goto("/");
  await expect(untouched.locator("#editor .cm-content")).toHaveText('print("old")');
  await write(page, 'print("new")\n');
  await page.waitForFunction(() => localStorage.getItem("gavel.draft")?.includes("new"));
  await untouched.close({ runBeforeUnload: true });
  await page.reload();
  await expect(page.locator("#editor .cm-content")).toHaveText('print("new")');
  const other = await context.newPage();
  await other.goto("/");
  await write(page, 'print("newer")\n');
  await page.waitForFunction(() => localStorage.getItem("gavel.draft")?.includes("newer"));
  await write(other, 'print("other")\n');
  // What was written here is not lost to what another tab has, nor that to what was written here, also where that tab is there no more.
  await page.close();
  for (const text of ['print("newer")', 'print("other")', 'print("newer")']) {
    await other.getByRole("button", { name: "Bring it back" }).click();
    await expect(other.locator("#editor .cm-content")).toHaveText(text);
  }
});

test("where the browser has no room for all, the program is kept", async ({ page }) => {
  await page.goto("/");
  await write(page, 'print("kept")\n', "python3");
  // Of what a browser has for a site, 300 kB are left.
  await page.evaluate(() => {
    const chunk = "x".repeat(100_000);
    let full = 0;
    try { for (;; full += 1) localStorage.setItem(`full-${full}`, chunk); } catch { /* that is the end of it */ }
    for (let free = 1; free <= 3; free += 1) localStorage.removeItem(`full-${full - free}`);
  });
  await page.getByLabel("Standard input: from a file").setInputFiles({ name: "a.txt", mimeType: "text/plain", buffer: Buffer.alloc(1_000_000, "x") });
  await write(page, 'print("kept, too")\n');
  await expect(page.getByText("This browser has no room for the large inputs")).toBeVisible();
  await page.reload();
  await expect(page.locator("#editor .cm-content")).toHaveText('print("kept, too")');
});

test("a draft with more inputs than any browser keeps holds up nobody who types, and the program is kept", async ({ page }) => {
  await page.addInitScript(() => {
    const stringify = JSON.stringify;
    const seen = ((globalThis as unknown as { seen: { long: number } }).seen = { long: 0 });
    JSON.stringify = ((...how: Parameters<typeof stringify>) => {
      const text = stringify(...how) as string | undefined;
      if ((text?.length ?? 0) > 5_000_000) seen.long += 1;
      return text;
    }) as unknown as typeof JSON.stringify;
  });
  await page.goto("/");
  await write(page, 'print("kept")\n', "python3");
  const input = page.getByRole("textbox", { name: "Standard input" });
  for (let tests = 1; tests <= 6; tests += 1) {
    if (tests > 1) await page.getByRole("button", { name: "Add a test" }).click();
    await page.getByLabel("Standard input: from a file").setInputFiles({ name: "a.txt", mimeType: "text/plain", buffer: Buffer.alloc(1_000_000, "x") });
    await expect.poll(() => input.evaluate((area: HTMLTextAreaElement) => area.value.length)).toBe(1_000_000);
  }
  await expect(page.getByText("This browser has no room for the large inputs")).toBeVisible();
  const long = () => page.evaluate(() => (globalThis as unknown as { seen: { long: number } }).seen.long);
  const before = await long();
  await write(page, 'print("kept, too")\n');
  await page.waitForFunction(() => localStorage.getItem("gavel.draft")?.includes("kept, too"));
  expect(await long()).toBe(before);
  await page.reload();
  await expect(page.locator("#editor .cm-content")).toHaveText('print("kept, too")');
});

test("a program is run in the language that was chosen for it, also while examples are on their way", async ({ page }) => {
  const draft = { language: "cpp20", files: [{ name: "main.cpp", content: "print(42)\n" }], active: 0, tests: [{ stdin: "", expected: null }], limits: {} };
  await page.addInitScript((text) => localStorage.setItem("gavel.draft", text), JSON.stringify(draft));
  const { release } = await holdExamples(page);
  await page.goto("/");
  await page.locator(".toolbar").getByLabel("Language").selectOption("python3");
  await run(page);
  release();
  await expect(result(page).getByRole("heading", { name: "Accepted" }).first()).toBeVisible();
});

test("a page that is loaded again goes on showing its run", async ({ page }) => {
  await page.goto("/");
  await write(page, 'import time\ntime.sleep(1.5)\nprint(42)\n', "python3");
  await run(page);
  await expect(result(page)).toContainText("Running");
  await page.reload();
  await expect(result(page).getByRole("heading", { name: "Accepted" }).first()).toBeVisible();
});

test("what came of a program is seen without scrolling, and told in few words", async ({ page }) => {
  await page.addInitScript(() => localStorage.setItem("gavel.large", "yes"));
  for (const size of [{ width: 1280, height: 720 }, { width: 390, height: 844 }]) {
    await page.setViewportSize(size);
    await page.goto("/");
    await write(page, 'print("41")\n', "python3");
    await run(page);
    await expect(result(page).getByRole("heading", { name: "Wrong answer" }).first()).toBeInViewport();
    await expect(result(page).getByRole("status")).toHaveText(/^Wrong answer: line 1/);
    await page.evaluate(() => sessionStorage.clear());
  }
});

test("one is told how to leave the editor by keys", async ({ page }) => {
  await page.goto("/");
  const editor = page.locator("#editor .cm-content");
  await expect(editor).toHaveAccessibleDescription(/Escape, then Tab leaves/);
  await editor.focus();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Tab");
  await expect(editor).not.toBeFocused();
});

test("what is written for a problem in one tab is not lost to what is written for it in another", async ({ page, context }) => {
  const other = await context.newPage();
  const at = ".source-frame .cm-content";
  for (const tab of [page, other]) {
    await problem(tab, "both");
    await tab.goto("/problems/both");
    await expect(tab.locator(at)).toBeVisible();
  }
  const bring = other.getByRole("button", { name: "Bring it back" });
  for (const [tab, text] of [[page, "print('one')"], [other, "print('two')"]] as const) {
    await expect(bring).toHaveCount(0);
    await write(tab, text, undefined, at);
    await tab.waitForFunction((text) => localStorage.getItem("gavel.answers")?.includes(text), text);
  }
  await page.close();
  for (const text of ["print('one')", "print('two')", "print('one')"]) {
    await bring.click();
    await expect(other.locator(at)).toHaveText(text);
  }
});

test("what is written for a problem is there after a reload", async ({ page, request, baseURL }) => {
  const id = `kept-${Date.now()}`;
  const archive = execFileSync("tar", ["cz", "-C", new URL("../../problems", import.meta.url).pathname, "plain"]);
  const pushed = await request.put(`${baseURL}/api/v1/problems/${id}`, { data: archive, headers: { "Content-Type": "application/gzip" } });
  expect(pushed.ok()).toBe(true);
  await page.goto(`/problems/${id}`);
  const editor = page.locator(".source-frame .cm-content");
  await editor.click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.press("Delete");
  await page.keyboard.insertText("print('for this problem')");
  await page.getByRole("link", { name: "Playground" }).click();
  await expect(page.locator("#editor .cm-content")).not.toContainText("for this problem");
  await page.goto(`/problems/${id}`);
  await expect(editor).toContainText("for this problem");
  // What was taken back is not there again.
  for (const text of ["print('tried')", "print('for this problem')"]) {
    await write(page, text, undefined, ".source-frame .cm-content");
    await page.waitForFunction((text) => localStorage.getItem("gavel.answers")?.includes(text), text);
  }
  await page.reload();
  await expect(editor).toHaveText("print('for this problem')");
});
