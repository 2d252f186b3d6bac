import { event, ID } from "../answers";
import AxeBuilder from "../axe";
import { expect, result, run, share, test, write } from "../page";

const CPP = (body: string) => `#include <bits/stdc++.h>\nint main() {\n${body}\n}\n`;

test("each language's example is judged", async ({ page }) => {
  await page.goto("/");
  await expect(page.locator("#editor .cm-content")).not.toBeEmpty();
  for (const [language, file] of [["c17", "main.c"], ["cpp20", "main.cpp"], ["python3", "main.py"], ["java21", "Main.java"], ["javascript", "main.js"]] as const) {
    await page.locator(".toolbar").getByLabel("Language").selectOption(language);
    await expect(page.locator(".file-tabs").getByRole("tab")).toHaveText(file);
    const judged = page.waitForResponse((response) => response.request().method() === "POST" && response.url().endsWith("/api/v1/submissions"));
    await run(page);
    expect((await judged).request().postDataJSON().language).toBe(language);
    await expect(result(page).getByRole("heading", { name: "Accepted" }).first(), language).toBeVisible();
    await expect(result(page)).toContainText("The program did what it should.");
    await expect(result(page).getByLabel("Output", { exact: true })).toHaveText("42\n");
  }
});

test("each verdict is told", async ({ page }) => {
  await page.goto("/");
  for (const [verdict, source] of [
    ["Wrong answer", CPP('std::puts("41 ");')],
    ["Runtime error", CPP("std::abort();")],
    ["Time limit exceeded", CPP("for (volatile int i = 0;;) i = i + 1;")],
    ["Memory limit exceeded", CPP("for (;;) std::memset(std::malloc(1 << 20), 1, 1 << 20);")],
    ["Output limit exceeded", CPP('for (;;) std::puts("again and again");')],
  ] as const) {
    await write(page, source);
    await run(page);
    await expect(result(page).getByRole("heading", { name: verdict }).first(), verdict).toBeVisible();
  }
});

test("a difference shows white space", async ({ page }) => {
  await page.goto("/");
  await write(page, CPP('std::puts("42 1");'));
  await run(page);
  const row = result(page).getByRole("row", { name: "1 42" });
  await expect(row.getByRole("cell").nth(1).locator("mark")).toHaveText("·1");
});

test("a compile error leads to its line", async ({ page }) => {
  await page.goto("/");
  await write(page, "int main() {\n    int a = 1;\n    return b;\n}\n");
  await run(page);
  await expect(result(page).getByRole("heading", { name: "Compile error" }).first()).toBeVisible();
  await result(page).getByRole("button", { name: "main.cpp, line 3" }).click();
  await expect(page.locator("#editor .cm-activeLineGutter")).toHaveText("3");
  await expect(page.locator("#editor .cm-lintRange-error")).toHaveText("b");
});

test("a runtime error leads to its line", async ({ page }) => {
  await page.goto("/");
  await write(page, "numbers = [1]\n\nprint(numbers[7])\n", "python3");
  await run(page);
  await expect(result(page).getByRole("heading", { name: "Runtime error" }).first()).toBeVisible();
  await result(page).getByRole("button", { name: "main.py, line 3" }).first().click();
  await expect(page.locator("#editor .cm-activeLineGutter")).toHaveText("3");
});

test("an error leads to its line in another file, however far down that is", async ({ page }) => {
  const files = [{ name: "main.cpp", content: '#include "util.h"\nint main() {}\n' }, { name: "util.h", content: "// said\n".repeat(400) }];
  await page.addInitScript((files) => localStorage.setItem("gavel.draft", JSON.stringify({ language: "cpp20", files })), files);
  const queued = { id: ID, state: "queued", language: "cpp20", created_at: new Date().toISOString() };
  const compile = { ok: false, log: "util.h:300:4: error: no", cpu_ms: 1, wall_ms: 1, memory_bytes: 1 };
  await page.route("**/api/v1/submissions", (route) => route.fulfill({ status: 202, json: queued }));
  await page.route(`**/api/v1/submissions/${ID}/events*`, (route) => route.fulfill(event("judgement", { ...queued, state: "done", verdict: "CompileError", compile, summary: { passed: 0, total: 1 }, tests: [] })));
  await page.goto("/");
  await run(page);
  await result(page).getByRole("button", { name: "util.h, line 300" }).first().click();
  await expect(page.locator("#editor .cm-activeLineGutter")).toHaveText("300");
  await expect(page.locator("#editor .cm-activeLine")).toBeInViewport();
});

test("a program is cancelled while it runs, and its progress is live", async ({ page }) => {
  await page.goto("/");
  await write(page, CPP("std::this_thread::sleep_for(std::chrono::seconds(3));"));
  for (let more = 0; more < 3; more += 1) await page.getByRole("button", { name: "Add a test" }).click();
  await run(page);
  await expect(result(page)).toContainText(/Running test \d of 4/);
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(result(page)).toContainText("Cancelled");
});

test("output is there while the program runs, and tells no markup", async ({ page }) => {
  await page.goto("/");
  await write(page, 'import sys, time\nprint("<b>first</b>", flush=True)\nprint("oops", file=sys.stderr, flush=True)\ntime.sleep(30)\n', "python3");
  await page.getByText("Limits and more").click();
  await page.getByLabel("Time on the clock").fill("40");
  await run(page);
  const live = page.getByRole("region", { name: "What it writes" });
  await expect(live.getByLabel("Output", { exact: true })).toHaveText("<b>first</b>\n");
  await expect(live.getByLabel("Standard error")).toHaveText("oops\n");
  await expect(result(page)).toContainText("Running");
  expect(await AxeBuilder(page)).toEqual([]);
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(live).toHaveCount(0);
});

test("an error's link leads to its line, which an edit has moved, also after a look at another file", async ({ page }) => {
  await page.goto("/");
  await write(page, "numbers = [1]\n\nprint(numbers[7])\n", "python3");
  await run(page);
  await expect(result(page).getByRole("heading", { name: "Runtime error" }).first()).toBeVisible();
  await expect(page.locator("#editor .cm-lintRange-error")).toHaveText("print(numbers[7])");
  await page.locator("#editor .cm-content").click();
  await page.keyboard.press("ControlOrMeta+Home");
  await page.keyboard.insertText("# one\n# two\n# three\n");
  const jump = result(page).getByRole("button", { name: "main.py, line 3" }).first();
  await jump.click();
  await expect(page.locator("#editor .cm-activeLineGutter")).toHaveText("6");
  await page.getByRole("button", { name: "Add a file" }).click();
  await page.getByLabel("Name of the file").fill("util.py");
  await page.keyboard.press("Enter");
  await expect(page.locator("#editor .cm-content")).toHaveText("");
  await jump.click();
  await expect(page.locator("#editor .cm-activeLineGutter")).toHaveText("6");
  await expect(page.locator("#editor .cm-lintRange-error")).toHaveText("print(numbers[7])");
});

test("a limit that is none is told at its field, and one that the server refuses by the field's name", async ({ page }) => {
  await page.goto("/");
  await page.getByText("Limits and more").click();
  const field = page.getByLabel("CPU time");
  await expect(field, "what that is the server decides").toHaveAttribute("placeholder", "as usual");
  for (const [typed, isWrong] of [["-1", true], ["0", true], ["0.5", false], ["100000", false]] as const) {
    await field.fill("");
    await field.pressSequentially(typed);
    await expect(field).toHaveValue(typed);
    await expect(page.getByText("A number above 0")).toHaveCount(isWrong ? 1 : 0);
  }
  await run(page);
  await expect(result(page).getByRole("alert")).toContainText("CPU time:");
});

test("tests are added, and each is told", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("button", { name: "Add a test" }).click();
  await page.getByRole("textbox", { name: "Standard input" }).fill("1\n2\n");
  await page.getByRole("button", { name: "Compare the output" }).click();
  await page.getByRole("textbox", { name: "Expected" }).fill("4\n");
  await run(page);
  await expect(result(page)).toContainText("1 of 2 tests passed");
  await expect(result(page).getByRole("button", { name: "Test 1: Accepted" })).toBeVisible();
  // In no colour alone.
  await expect(result(page).getByRole("button", { name: "Test 2: Wrong answer" })).toHaveText("2 ✗");
});

test("where no more tests can be added, that is said", async ({ page }) => {
  const tests = Array.from({ length: 99 }, () => ({ stdin: "", expected: null }));
  await page.addInitScript((tests) => localStorage.setItem("gavel.draft", JSON.stringify({ language: "python3", files: [{ name: "main.py", content: "print(1)" }], tests })), tests);
  await page.goto("/");
  await page.getByRole("button", { name: "Add a test" }).click();
  await expect(page.getByText("100 tests at most here")).toBeVisible();
  await expect(page.getByRole("button", { name: "Add a test" })).toBeDisabled();
});

test("where nothing is compared, that is said", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("button", { name: "Do not compare" }).click();
  await run(page);
  await expect(result(page)).toContainText("Nothing was compared");
});

test("a file that is no text is not changed without a word, and what is removed is brought back", async ({ page }) => {
  await page.goto("/");
  await page.getByLabel("Standard input: from a file").setInputFiles({ name: "a.txt", mimeType: "text/plain", buffer: Buffer.from([0x63, 0xe9]) });
  await expect(page.getByRole("alert")).toContainText("not UTF-8");
  await expect(page.getByRole("textbox", { name: "Standard input" })).toHaveValue("20\n22\n");
  await expect(page.getByText("a.txt")).toBeVisible();
  await page.getByRole("button", { name: "Add a test" }).click();
  await expect(page.getByRole("alert"), "that was the other test's file").toHaveCount(0);
  await expect(page.getByText("a.txt")).toHaveCount(0);
  await page.getByRole("textbox", { name: "Standard input" }).fill("typed");
  await page.getByRole("button", { name: "Remove this test" }).click();
  await page.getByRole("button", { name: "Bring it back" }).click();
  await page.getByRole("tab", { name: "Test 2" }).click();
  await expect(page.getByRole("textbox", { name: "Standard input" })).toHaveValue("typed");
});

test("a picture that a program writes is shown", async ({ page }) => {
  await page.goto("/");
  // One red pixel.
  const source = 'import base64\nopen("plot.png", "wb").write(base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"))\n';
  await write(page, source, "python3");
  await page.getByText("Limits and more").click();
  await page.getByLabel("Files to hand back").fill("plot.png");
  await page.getByRole("button", { name: "Do not compare" }).click();
  await run(page);
  const picture = result(page).getByRole("img", { name: "The picture plot.png" });
  await expect(picture).toBeVisible();
  expect(await picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1);
});

test("a link shares a draft, and a draft outlives a reload", async ({ page, context }) => {
  await page.goto("/");
  await write(page, 'print("shared")\n', "python3");
  const link = await share(page);
  await page.goto("about:blank");
  await page.goto("/");
  await expect(page.locator("#editor .cm-content")).toHaveText('print("shared")');
  const other = await context.browser()!.newContext();
  const elsewhere = await other.newPage();
  await elsewhere.goto(link);
  await expect(elsewhere.locator("#editor .cm-content")).toHaveText('print("shared")');
  await other.close();
});

test("several files are one program", async ({ page }) => {
  await page.goto("/");
  await write(page, '#include "answer.h"\n#include <cstdio>\nint main() { std::printf("%d\\n", answer); }\n');
  await page.getByRole("button", { name: "Add a file" }).click();
  await page.getByRole("textbox", { name: "Name of the file" }).fill("answer.h");
  await page.keyboard.press("Enter");
  await page.locator("#editor .cm-content").click();
  await page.keyboard.insertText("constexpr int answer = 42;\n");
  await run(page);
  await expect(result(page).getByRole("heading", { name: "Accepted" }).first()).toBeVisible();
});

test("an interactive program talks on a terminal", async ({ page }) => {
  await page.goto("/");
  await write(page, CPP('std::string name;\nstd::cout << "Who? " << std::flush;\nstd::cin >> name;\nstd::cout << "Hello, " << name << std::endl;'));
  await page.getByRole("button", { name: "Terminal" }).click();
  const terminal = page.getByRole("region", { name: "Terminal" });
  await expect(terminal.locator(".xterm-rows")).toContainText("Who?");
  await page.keyboard.type("Ada\n");
  await expect(terminal.locator(".xterm-rows")).toContainText("Hello, Ada");
  await expect(terminal.getByRole("status"), "nothing was judged").toContainText(/^ended, /);
});

test("what a program writes is text, whatever it looks like", async ({ page }) => {
  await page.goto("/");
  const hostile = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
  await write(page, `print(${JSON.stringify(hostile)})\n`, "python3");
  await run(page);
  await expect(result(page).getByLabel("Output", { exact: true })).toContainText(hostile);
  await expect(page).toHaveTitle("Gavel");
});

/** What is not drawn in time is left out, so that keys never wait. Bounds are for a machine that does other things beside. */
test("keys are not behind a program that writes 5 MB a second", async ({ page }) => {
  let received = 0;
  page.on("websocket", (socket) => socket.on("framereceived", ({ payload }) => (received += payload.length)));
  await page.goto("/");
  await write(page, CPP('std::string block(50\'000, \'x\');\nfor (std::size_t at = 79; at < block.size(); at += 80) block[at] = \'\\n\';\nfor (int n = 0; n < 1\'500; ++n) { std::fwrite(block.data(), 1, block.size(), stdout); std::this_thread::sleep_for(std::chrono::milliseconds(10)); }'));
  await page.getByRole("button", { name: "Terminal" }).click();
  await expect(page.getByRole("region", { name: "Terminal" }).locator(".xterm-rows")).toContainText("xxxx");
  await page.evaluate(() => {
    const delays: number[] = [];
    Object.assign(globalThis, { delays });
    document.querySelector("#editor")!.addEventListener("keydown", (event) => requestAnimationFrame(() => setTimeout(() => delays.push(performance.now() - event.timeStamp))), true);
  });
  await page.locator("#editor .cm-content").click();
  const [before, begun] = [received, Date.now()];
  for (let key = 0; key < 40; key += 1) await page.keyboard.press("a");
  const rate = ((received - before) / (Date.now() - begun)) * 1000;
  // The last keys are drawn a moment later.
  await page.waitForFunction(() => (globalThis as unknown as { delays: number[] }).delays.length >= 40);
  const delays = await page.evaluate(() => (globalThis as unknown as { delays: number[] }).delays.sort((one, other) => one - other));
  const [median, most] = [delays[Math.floor(delays.length / 2)]!, delays.at(-1)!];
  test.info().annotations.push({ type: "keys", description: `${Math.round(median)} ms median, ${Math.round(most)} ms at most, while ${(rate / 1e6).toFixed(1)} MB/s came` });
  expect(delays).toHaveLength(40);
  expect(rate, "it goes on").toBeGreaterThan(100_000);
  // Where all that came were drawn, keys would wait for seconds.
  expect(median).toBeLessThan(300);
  expect(most).toBeLessThan(2000);
});
