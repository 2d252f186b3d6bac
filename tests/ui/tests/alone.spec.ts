/** What disturbs other tests, and so is done when they are over: the server ends in the middle; a server of its own that is closed. */

import { execFileSync } from "node:child_process";
import { expect, result, run, test, write } from "../page";

const [project, tag] = ["GAVEL_E2E_PROJECT", "GAVEL_E2E_TAG"].map((name) => process.env[name]);
test.skip(!project || !tag, "GAVEL_E2E_PROJECT and GAVEL_E2E_TAG do not say which containers are the service's");

// One after the other: the server that is killed is that of all.
test.describe.configure({ mode: "default" });

const docker = (...words: string[]) => execFileSync("docker", words, { encoding: "utf8" }).trim();

test("a server that is killed in the middle loses nothing of it", async ({ page }) => {
  test.setTimeout(180_000);
  await page.goto("/");
  await write(page, "import time\ntime.sleep(6)\nprint(42)\n", "python3");
  await run(page);
  await expect(result(page)).toContainText("Running");
  const server = docker("ps", "-q", "--filter", `label=com.docker.compose.project=${project}`, "--filter", "label=com.docker.compose.service=server");
  docker("kill", server);
  await expect(page.getByText("The server does not answer")).toBeVisible();
  await write(page, 'print("typed meanwhile")\n');
  docker("start", server);
  await expect(page.getByText("The server does not answer")).toHaveCount(0, { timeout: 60_000 });
  await expect(result(page).getByRole("heading", { name: "Accepted" }).first()).toBeVisible({ timeout: 60_000 });
  await expect(page.locator("#editor .cm-content")).toHaveText('print("typed meanwhile")');
});

/** Writes 5 MB a second for three seconds, and says at the end how much that was. */
const FLOOD = `
import os, sys, time
line = b"." * 99 + b"\\n"
begun, written = time.monotonic(), 0
while (now := time.monotonic() - begun) < 3:
    due = int(now * 5_000_000) - written
    if due > 0:
        written += os.write(1, line * (due // 100 + 1))
    time.sleep(0.005)
print(round(written / (time.monotonic() - begun) / 1e6, 1), "MB/s", file=sys.stderr)
`;

test("typing does not lag while a program writes 5 MB a second", async ({ page }) => {
  await page.addInitScript(() => {
    const delays: number[] = ((globalThis as unknown as { delays: number[] }).delays = []);
    // From the key to the frame in which it is seen.
    addEventListener("keydown", ({ timeStamp }) => requestAnimationFrame(() => setTimeout(() => delays.push(performance.now() - timeStamp))), true);
  });
  const slowest = async (keys: number) => {
    await page.keyboard.type("x".repeat(keys), { delay: 30 });
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50))));
    const delays = await page.evaluate(() => (globalThis as unknown as { delays: number[] }).delays.splice(0));
    expect(delays.length).toBeGreaterThanOrEqual(keys);
    return delays.sort((one, other) => one - other)[Math.floor(delays.length * 0.9)] as number;
  };
  await page.goto("/");
  await write(page, FLOOD, "python3");
  await page.getByRole("button", { name: "Do not compare" }).click();
  await page.getByText("Limits and more").click();
  await page.getByLabel("Output (MiB)").fill("64");
  await page.getByLabel("CPU time").fill("5");
  await page.locator("#editor .cm-content").click();
  await page.keyboard.press("ControlOrMeta+End");
  await page.keyboard.insertText("\n# ");
  const before = await slowest(30);
  await page.keyboard.press("ControlOrMeta+Enter");
  const live = page.getByRole("region", { name: "What it writes" });
  await expect(live).toContainText("the end of it");
  const meanwhile = await slowest(25);
  await expect(live, "it still writes").toBeVisible();
  expect(meanwhile, `without it ${before} ms`).toBeLessThan(Math.max(200, 4 * before));
  await expect(result(page).getByRole("heading", { name: "Accepted" }).first()).toBeVisible();
  const rate = Number(/([\d.]+) MB\/s/.exec(await result(page).getByLabel("Standard error").innerText())?.[1]);
  // A slow host is behind with it, too.
  expect(rate).toBeGreaterThan(2);
  test.info().annotations.push({ type: "keys", description: `9 of 10 seen within ${Math.round(meanwhile)} ms; without output ${Math.round(before)} ms` });
});

test.describe("a closed server", () => {
  const [site, operator] = ["a-token-of-a-site-0123", "an-operators-token-0123"];
  let [container, origin] = ["", ""];

  // Alone, it judges nothing; signing in needs no more.
  test.beforeAll(() => {
    const settings = { GAVEL_HTTP__LISTEN: "0.0.0.0:5050", GAVEL_HTTP__TOKEN: site, GAVEL_HTTP__ADMIN_TOKEN: operator };
    const environment = Object.entries(settings).flatMap(([name, value]) => ["-e", `${name}=${value}`]);
    const begin = "mkdir /workspace/state /workspace/store /workspace/slots /workspace/bin && exec gavel serve";
    container = docker("run", "-d", "--rm", "-p", "127.0.0.1::5050", "--tmpfs", "/workspace:mode=1777", ...environment, "--entrypoint", "sh", `gavel/server:${tag}`, "-c", begin);
    origin = `http://${docker("port", container, "5050").split("\n")[0]}`;
  });
  test.afterAll(() => docker("rm", "-f", container));

  test("is signed in to with its token, and out of", async ({ page, context }) => {
    await expect.poll(() => page.goto(origin).then(() => true, () => false), { timeout: 30_000 }).toBe(true);
    const source = page.getByRole("region", { name: "Source" });
    await expect(source.getByRole("alert")).toContainText("Sign in first");
    await source.getByRole("button", { name: "Sign in" }).click();
    const dialog = page.getByRole("dialog");
    for (const [token, told] of [["no-token-of-anybody", "This token is wrong"], [operator, null]] as const) {
      await dialog.getByLabel("Token").fill(token);
      await dialog.getByRole("button", { name: "Sign in" }).click();
      if (told) await expect(dialog.getByRole("alert")).toContainText(told);
    }
    await expect(page.getByRole("link", { name: "Operations" })).toBeVisible();
    await expect(source.locator(".cm-content")).toContainText("main");
    await page.reload();
    await expect(page.getByRole("button", { name: "Sign out" })).toBeVisible();
    await page.getByText("Your token").click();
    await expect(page.locator(".who")).toContainText("operate the service");
    expect(await context.cookies()).toMatchObject([{ httpOnly: true, sameSite: "Strict" }]);
    expect(await page.evaluate(() => JSON.stringify([localStorage, sessionStorage, document.cookie]))).not.toContain(operator);
    const other = await context.newPage();
    await other.goto(origin);
    await expect(other.getByRole("link", { name: "Operations" })).toBeVisible();
    await page.getByRole("button", { name: "Sign out" }).click();
    for (const tab of [page, other]) await expect(tab.getByRole("banner").getByRole("button", { name: "Sign in" })).toBeVisible();
    await expect(other.getByRole("link", { name: "Operations" })).toHaveCount(0);
    await expect(page.getByRole("link", { name: "Operations" })).toHaveCount(0);
    expect((await page.request.get(`${origin}/api/v1/languages`)).status()).toBe(401);
  });
});
