import AxeBuilder from "../axe";
import { expect, result, run, test, write } from "../page";

const PAGES = ["/", "/problems", "/submissions", "/operations"];

for (const scheme of ["light", "dark"] as const) {
  for (const path of PAGES) {
    test(`nobody is shut out of ${path} (${scheme})`, async ({ page }) => {
      await page.emulateMedia({ colorScheme: scheme });
      await page.goto(path);
      await expect(page.locator("main .card").first()).toBeVisible();
      await expect(page.getByText("Loading…")).toHaveCount(0);
      expect(await AxeBuilder(page)).toEqual([]);
    });
  }
}

test("a judged program is told to everybody, too", async ({ page }) => {
  await page.goto("/");
  await write(page, 'print("41")\n', "python3");
  await run(page);
  await expect(result(page).getByRole("heading", { name: "Wrong answer" }).first()).toBeVisible();
  expect(await AxeBuilder(page)).toEqual([]);
});

test("the page is there in Chinese", async ({ page }) => {
  await page.addInitScript(() => localStorage.setItem("gavel.language", "zh"));
  for (const path of PAGES) {
    await page.goto(path);
    await expect(page.locator("main .card").first()).toBeVisible();
    await expect(page.locator("html")).toHaveAttribute("lang", "zh-CN");
  }
  await page.goto("/");
  await page.getByRole("button", { name: "运行" }).click();
  await expect(page.getByRole("region", { name: "结果" }).getByRole("heading", { name: "通过" }).first()).toBeVisible();
  await write(page, "int main() {}\n");
  await page.getByRole("button", { name: "运行" }).click();
  await expect(page.getByRole("region", { name: "结果" })).toContainText("输出提前结束");
});

test("nothing is wider than a small phone", async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  for (const path of PAGES) {
    await page.goto(path);
    await expect(page.locator("main .card").first()).toBeVisible();
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width, path).toBeLessThanOrEqual(320);
  }
});

test("a projector has large type", async ({ page }) => {
  await page.addInitScript(() => localStorage.setItem("gavel.large", "yes"));
  await page.goto("/");
  expect(await page.evaluate(() => getComputedStyle(document.documentElement).fontSize)).toBe("22px");
});

test("a program is run by keys alone", async ({ page }) => {
  await page.goto("/");
  await expect(page.locator("#editor .cm-content")).toContainText("std::cin");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(page.locator("#main")).toBeFocused();
  await page.locator("#editor .cm-content").focus();
  await page.keyboard.press("Control+Enter");
  await expect(result(page).getByRole("heading", { name: "Accepted" }).first()).toBeVisible();
});

test("the first page is light, and soon there", async ({ page }) => {
  const sizes: Promise<{ responseBodySize: number }>[] = [];
  page.on("requestfinished", (request) => {
    if (new URL(request.url()).pathname.startsWith("/assets/")) sizes.push(request.sizes());
  });
  await page.goto("/", { waitUntil: "networkidle" });
  await expect(page.locator("#editor .cm-content")).toContainText("std::cin");
  const bytes = (await Promise.all(sizes)).reduce((sum, { responseBodySize }) => sum + responseBodySize, 0);
  expect(bytes).toBeGreaterThan(50_000);
  expect(bytes).toBeLessThanOrEqual(200 * 1024);
});

test.describe("what the server refuses is told with what to do", () => {
  for (const [kind, status, title] of [
    ["throttled", 429, "Too many programs exceeded their time limit"],
    ["queue-full", 503, "The queue is full"],
    ["language-not-installed", 422, "This language is not installed"],
  ] as const) {
    test(kind, async ({ page }) => {
      await page.route("**/api/v1/submissions", (route) => route.fulfill({
        status, headers: { "Retry-After": "2" }, contentType: "application/problem+json",
        body: JSON.stringify({ type: `urn:gavel:problem:${kind}`, title: "", status, detail: `about <b>${kind}</b>` }),
      }));
      await page.goto("/");
      await run(page);
      const refusal = result(page).getByRole("alert");
      await expect(refusal).toContainText(title);
      await expect(refusal).toContainText(`about <b>${kind}</b>`);
      await expect(refusal.getByRole("timer")).toBeVisible();
      await page.unroute("**/api/v1/submissions");
      await refusal.getByRole("button", { name: "Try again" }).click();
      await expect(result(page).getByRole("heading", { name: "Accepted" }).first()).toBeVisible();
    });
  }
});

test("a server that is away is asked again, and what was sent is judged once", async ({ page }) => {
  await page.goto("/");
  await expect(page.locator("#editor .cm-content")).toContainText("std::cin");
  const keys = new Set<string>();
  page.on("request", (request) => {
    const key = request.headers()["idempotency-key"];
    if (key) keys.add(key);
  });
  await page.route(/\/(api|healthz)/, (route) => route.abort("connectionrefused"));
  await run(page);
  await expect(page.getByRole("alert")).toContainText("The server does not answer");
  await expect(page.getByRole("alert")).toContainText(/Asking again in \d+ s/);
  await page.unroute(/\/(api|healthz)/);
  await page.getByRole("button", { name: "Ask now" }).click();
  await expect(result(page).getByRole("heading", { name: "Accepted" }).first()).toBeVisible();
  await expect(page.getByText("The server does not answer")).toHaveCount(0);
  expect(keys.size).toBe(1);
});

test("whoever must sign in is asked for a token, and a session that ends loses nothing", async ({ page }) => {
  let known = false;
  await page.route("**/api/v1/session", async (route) => {
    const request = route.request();
    if (request.method() === "POST") known = request.headers()["authorization"] === "Bearer the-right-token-0123";
    const session = { scopes: ["submit", "read"], signed_in: true, ends_at: "2100-01-01T00:00:00Z" };
    const problem = { type: "urn:gavel:problem:unauthorized", title: "", status: 401, detail: "the bearer token is wrong" };
    await route.fulfill(known ? { json: session } : { status: 401, contentType: "application/problem+json", body: JSON.stringify(problem) });
  });
  await page.goto("/");
  await page.getByRole("button", { name: "Sign in" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Token").fill("a-wrong-token-012345");
  await dialog.getByRole("button", { name: "Sign in" }).click();
  await expect(dialog.getByRole("alert")).toContainText("This token is wrong");
  await dialog.getByLabel("Token").fill("the-right-token-0123");
  await dialog.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("button", { name: "Sign out" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Operations" })).toHaveCount(0);
  await write(page, 'print("kept")\n', "python3");
  known = false;
  await page.route("**/api/v1/submissions", (route) => route.fulfill({ status: 401, contentType: "application/problem+json", body: "{}" }));
  await run(page);
  await expect(page.getByText("Your session has ended")).toBeVisible();
  await expect(page.locator("#editor .cm-content")).toHaveText('print("kept")');
});

test("an address that is none says so", async ({ page }) => {
  await page.goto("/");
  await page.evaluate(() => history.pushState(null, "", "/nothing/here/at/all"));
  await page.evaluate(() => dispatchEvent(new PopStateEvent("popstate")));
  await expect(page.getByRole("heading", { name: "There is no such page" })).toBeVisible();
});
