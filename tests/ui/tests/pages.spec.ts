import AxeBuilder, { seriousInBothColours } from "../axe";
import { problem } from "../answers";
import { askNow, expect, result, run, test, write } from "../page";

const BUSY = { ready: false, draining: true, reasons: ["the store is not writable"], degraded: ["java21 is failing"], waiting: 12, running: 2, pool: { notes: [], profiles: [] } };

const NODE = { version: "0.1.0", credits: 4, compilations: 2, weight: 1.05, busy: 3, done: 1204, failures: 1, silent_ms: 800, images: { run: "sha256:1", "toolchain:gcc": "sha256:2" } };
const NODES = [
  { ...NODE, name: "lab-1", state: "ready", faults: [] },
  { ...NODE, name: "lab-2", state: "draining", faults: ["<b>lies</b>"] },
  { ...NODE, name: "lab-3", state: "away", faults: [], silent_ms: 90_000 },
];

const PAGES = ["/", "/problems", "/submissions", "/operations"];

for (const path of PAGES) {
  test(`nobody is shut out of ${path}`, async ({ page }) => {
    await page.goto(path);
    await expect(page.locator("main .card").first()).toBeVisible();
    await expect(page.getByText("Loading…")).toHaveCount(0);
    expect(await seriousInBothColours(page)).toEqual([]);
  });
}

test("nobody is shut out of a submission with all that it may have, in both colours", async ({ page, request, baseURL }) => {
  const data = { language: "python3", files: { "main.py": "print(input())", "util.py": "x = 1" }, user: "axe", wait: true, tests: [{ stdin: "1", expected: "1" }, { stdin: "2", expected: "3" }] };
  const { id } = await (await request.post(`${baseURL}/api/v1/submissions`, { data })).json();
  await page.goto(`/submissions/${id}`);
  await expect(page.getByRole("region", { name: "Tests" })).toBeVisible();
  await expect(page.locator(".source-frame .cm-content")).toContainText("print");
  expect(await seriousInBothColours(page)).toEqual([]);
});

test("nobody is shut out of what operators see of a busy service", async ({ page }) => {
  await page.route("**/readyz", (route) => route.fulfill({ status: 503, json: BUSY }));
  await page.route("**/api/v1/admin/throttled", (route) => route.fulfill({ json: { users: [{ user: "<i>slow</i>", token: "lab", until: new Date().toISOString(), cool_downs: 2 }] } }));
  await page.route("**/api/v1/nodes", (route) => route.fulfill({ json: NODES }));
  await page.goto("/operations");
  await expect(page.getByText("the store is not writable")).toBeVisible();
  await expect(page.getByText("<i>slow</i>")).toBeVisible();
  await expect(page.getByText("<b>lies</b>")).toBeVisible();
  expect(await AxeBuilder(page)).toEqual([]);
  const asked = page.waitForRequest("**/api/v1/users/*/throttle?*");
  await page.getByRole("button", { name: "Forgive" }).click();
  expect(new URL((await asked).url()).search, "the user of that token alone").toBe("?token=lab");
});

test("what others have named is text in what operators see, and turns nothing around", async ({ page }) => {
  const hostile = '<img src=x onerror="document.title=1">\u202Eevil\u001b[31m';
  const finding = { what: hostile, level: "problem", found: hostile, remedy: hostile };
  await page.route("**/readyz", (route) => route.fulfill({ status: 503, json: { ...BUSY, reasons: [hostile], degraded: [hostile] } }));
  await page.route("**/api/v1/admin/throttled", (route) => route.fulfill({ json: { users: [{ user: hostile, token: hostile, until: null, cool_downs: 1 }] } }));
  await page.route("**/api/v1/admin/findings", (route) => route.fulfill({ json: { findings: [finding] } }));
  await page.route("**/api/v1/nodes", (route) => route.fulfill({ json: [{ ...NODE, name: hostile, state: "ready", faults: [hostile], version: hostile, images: { [hostile]: "1" } }] }));
  await page.goto("/operations");
  for (const part of ["State", "Nodes", "Throttled users"]) {
    await expect(page.locator("main .card").filter({ has: page.getByRole("heading", { name: part, exact: true }) })).toContainText(hostile);
  }
  await expect(page.locator("main img")).toHaveCount(0);
  const forgive = page.getByRole("button", { name: "Forgive" });
  expect((await forgive.boundingBox())!.x, "the button is behind the names").toBeGreaterThan((await page.locator("bdi", { hasText: "evil" }).last().boundingBox())!.x);
  await expect(page).toHaveTitle("Gavel: Operations");
});

test("a node is drained and takes tasks again", async ({ page }) => {
  const asked: string[] = [];
  await page.route("**/api/v1/nodes", (route) => route.fulfill({ json: NODES }));
  await page.route("**/api/v1/nodes/*/*", (route) => (asked.push(new URL(route.request().url()).pathname), route.fulfill({ status: 204 })));
  await page.goto("/operations");
  await page.getByRole("button", { name: "Drain: lab-1" }).click();
  await page.getByRole("button", { name: "Take tasks again: lab-2" }).click();
  await expect.poll(() => asked).toEqual(["/api/v1/nodes/lab-1/drain", "/api/v1/nodes/lab-2/undrain"]);
});

test("of a cluster nothing is seen where there is none", async ({ page }) => {
  await page.goto("/operations");
  await expect(page.getByRole("region", { name: "Sandboxes" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Nodes" })).toHaveCount(0);
});

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
  await problem(page, "sums", { names: { en: "Sums", zh: "求和" } });
  await page.route("**/api/v1/problems?*", (route) => route.fulfill({ json: { problems: [{ id: "sums", version: "1", names: { en: "Sums", zh: "求和" }, pushed_at: new Date().toISOString() }], next_cursor: null } }));
  await page.goto("/problems");
  await page.getByRole("link", { name: "求和" }).click();
  await expect(page.getByRole("heading", { name: "求和" })).toBeVisible();
  await page.goto("/");
  await page.locator("#editor .cm-content").press("ControlOrMeta+f");
  await expect(page.locator(".cm-search").getByRole("button", { name: "下一个" })).toBeVisible();
});

test("nothing is wider than a small phone, also in large type", async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  for (const path of PAGES) {
    await page.goto(path);
    await expect(page.locator("main .card").first()).toBeVisible();
    await expect(page.getByText("Loading…")).toHaveCount(0);
    const width = (large: string) => page.evaluate((large) => { document.documentElement.dataset.large = large; return document.documentElement.scrollWidth; }, large);
    for (const large of ["no", "yes"]) expect(await width(large), `${path}, large type: ${large}`).toBeLessThanOrEqual(320);
  }
});

test("nobody is shut out of the API's description, also on a small phone", async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await page.goto("/docs");
  await page.getByRole("link", { name: "Back to Gavel" }).click();
  await expect(page).toHaveTitle("Gavel");
  await page.goBack();
  const details = page.locator("details");
  expect(await details.count()).toBeGreaterThan(30);
  await details.evaluateAll((all) => all.forEach((one) => one.setAttribute("open", "")));
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  // Operations are alike, and so are schemas: of all of them axe takes half a minute.
  for (const alike of [details, page.locator("main > section")]) await alike.evaluateAll((all) => all.forEach((one, index) => index % 12 && one.remove()));
  expect(await seriousInBothColours(page)).toEqual([]);
});

test("what comes late pushes nothing about", async ({ page }) => {
  await page.addInitScript(() => {
    const shifts: number[] = ((globalThis as unknown as { shifts: number[] }).shifts = []);
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => shifts.push((entry as unknown as { value: number }).value))).observe({ type: "layout-shift", buffered: true });
  });
  const throttled = { users: [{ user: "slow", token: "lab", until: new Date().toISOString(), cool_downs: 2 }] };
  await page.route("**/readyz", (route) => route.fulfill({ status: 503, json: BUSY }));
  await page.route("**/api/v1/admin/throttled", (route) => void setTimeout(() => void route.fulfill({ json: throttled }), 300));
  await page.route("**/api/v1/nodes", (route) => void setTimeout(() => void route.fulfill({ json: NODES }), 600));
  await page.goto("/operations");
  await expect(page.getByText("Being judged")).toBeVisible();
  await expect(page.getByRole("region", { name: "Nodes" })).toBeVisible();
  const shift = await page.evaluate(() => (globalThis as unknown as { shifts: number[] }).shifts.reduce((sum, value) => sum + value, 0));
  expect(shift).toBeLessThan(0.05);
});

test("on a small phone a submission's verdict, time and user are seen without scrolling sideways", async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  const submission = { id: "9a8c7a54-be93-4fa4-bf8f-09f64d208806", state: "done", verdict: "TimeLimitExceeded", language: "python3", created_at: new Date().toISOString(), user: "somebody" };
  await page.route("**/api/v1/submissions?*", (route) => route.fulfill({ json: { submissions: [submission], next_cursor: null } }));
  await page.goto("/submissions");
  for (const text of ["Time limit exceeded", "somebody"]) {
    const box = await page.getByRole("cell", { name: text }).boundingBox();
    expect((box?.x ?? 999) + (box?.width ?? 0), text).toBeLessThanOrEqual(320);
  }
});

test("on a small phone an operator sees all of languages and sandboxes without scrolling sideways", async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await page.goto("/operations");
  for (const name of ["Languages", "Sandboxes"]) {
    const region = page.locator("main .scroll").and(page.getByRole("region", { name }));
    await expect(region.locator("td").first()).toBeVisible();
    const [inside, room] = await region.evaluate((element) => [element.scrollWidth, element.clientWidth]);
    expect(inside, name).toBeLessThanOrEqual(room ?? 0);
  }
});

test("a page that is refused has its heading all the same, and leads to its list", async ({ page }) => {
  for (const [path, name, list] of [["/submissions/00000000-0000-4000-8000-000000000000", "Submission 00000000", "All submissions"], ["/problems/no-such", "no-such", "All problems"]] as const) {
    await page.goto(path);
    await expect(page.getByRole("alert")).toBeVisible();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
    expect(await AxeBuilder(page)).toEqual([]);
    await page.getByRole("link", { name: list }).click();
    await expect(page, "where there are others").toHaveURL(path.replace(/\/[^/]*$/, ""));
  }
});

test("a name that is written backwards turns nothing else around", async ({ page }) => {
  const names = { en: "\u202Eevil" };
  await page.route("**/api/v1/problems?*", (route) => route.fulfill({ json: { problems: [{ id: "sums", version: "1", names, pushed_at: new Date().toISOString() }], next_cursor: null } }));
  await page.goto("/problems");
  const row = page.getByRole("listitem").filter({ hasText: "evil" });
  const [name, id, time] = [await row.getByRole("link").boundingBox(), await row.locator("code").boundingBox(), await row.locator("small").boundingBox()];
  expect(id?.x).toBeGreaterThan(name?.x ?? 0);
  expect(time?.x).toBeGreaterThan(id?.x ?? 0);
});

test("the day is drawn by the server's clock, whatever that of the browser says", async ({ page }) => {
  await page.clock.setFixedTime(Date.now() - 86_400_000);
  const at = (minutes: number) => new Date(Math.floor(Date.now() / 600_000) * 600_000 - minutes * 60_000).toISOString();
  const part = { verdicts: { Accepted: 2 }, refused: 0, failed: 0, wait: null, judging: null };
  await page.route("**/api/v1/admin/figures", (route) => route.fulfill({ json: { since: at(6000), now: at(0), part_ms: 600_000, parts: [{ ...part, at: at(720) }, { ...part, at: at(0) }] } }));
  await page.goto("/operations");
  const bars = page.getByRole("img", { name: "Judged, per ten minutes" }).locator("rect.good");
  await expect(bars).toHaveCount(2);
  expect(await bars.evaluateAll((all) => all.map((bar) => Math.floor(Number(bar.getAttribute("x")))))).toEqual([71, 143]);
});

test("a part of the day that is far above all others does not flatten them", async ({ page }) => {
  const now = Math.floor(Date.now() / 600_000) * 600_000;
  const parts = Array.from({ length: 12 }, (_, back) => {
    const times = back === 5 ? 600_000 : 100;
    return { at: new Date(now - back * 600_000).toISOString(), verdicts: { Accepted: back === 5 ? 5000 : 10 }, refused: 0, failed: 0, wait: { median_ms: times / 2, p95_ms: times }, judging: null };
  }).reverse();
  await page.route("**/api/v1/admin/figures", (route) => route.fulfill({ json: { since: parts[0]!.at, now: new Date(now).toISOString(), part_ms: 600_000, parts } }));
  await page.goto("/operations");
  for (const [title, columns, told] of [["Judged, per ten minutes", "rect.good", "1 column is higher than the chart, 5,000 at most"], ["Waited", "rect.spread", "1 column is higher than the chart, 10 min at most"]] as const) {
    const chart = page.locator("figure").filter({ has: page.getByRole("img", { name: title, exact: true }) });
    const heights = () => chart.locator(columns).evaluateAll((all) => all.map((column) => Number(column.getAttribute("height"))));
    await expect.poll(async () => (await heights()).filter((height) => height >= 9).length, title).toBeGreaterThanOrEqual(11);
    await expect(chart.locator("rect.over")).toHaveCount(1);
    await expect(chart.locator("figcaption")).toContainText(told);
  }
});

test("an address with two slashes is no other site's", async ({ page, baseURL }) => {
  await page.goto(`${baseURL}//evil.example/`);
  await expect(page.getByRole("heading", { name: "There is no such page" })).toBeVisible();
  await expect(page).toHaveURL(/[^/]\/evil\.example$/);
});

test("a slash behind an address is no part of it", async ({ page }) => {
  await page.goto("/problems/");
  await expect(page.getByRole("heading", { name: "Problems", exact: true })).toBeVisible();
  await expect(page).toHaveURL(/\/problems$/);
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
  page.on("requestfinished", (request) => void sizes.push(request.sizes()));
  await page.goto("/", { waitUntil: "networkidle" });
  await expect(page.locator("#editor .cm-content")).toContainText("std::cin");
  const bytes = (await Promise.all(sizes)).reduce((sum, { responseBodySize }) => sum + responseBodySize, 0);
  expect(bytes).toBeGreaterThan(50_000);
  expect(bytes).toBeLessThanOrEqual(200_000);
});

/** What a person waits for: the editor takes keys. On an idle machine that is there within a second; tests run beside others. */
test("the page takes keys soon after it is opened", async ({ page }) => {
  await page.addInitScript(() => {
    const look = new MutationObserver(() => {
      if (!document.querySelector("#editor .cm-content .cm-line")?.textContent) return;
      performance.mark("usable");
      look.disconnect();
    });
    look.observe(document, { childList: true, subtree: true });
  });
  const times = [];
  for (let visit = 0; visit < 3; visit += 1) {
    await page.goto("/");
    await expect.poll(() => page.evaluate(() => performance.getEntriesByName("usable").length)).toBe(1);
    times.push(await page.evaluate(() => performance.getEntriesByName("usable")[0]!.startTime));
  }
  test.info().annotations.push({ type: "milliseconds until usable", description: times.map(Math.round).join(", ") });
  expect(Math.min(...times)).toBeLessThan(3000);
});

test("what the server refuses is told with what to do", async ({ page }) => {
  await page.goto("/");
  for (const [kind, status, title] of [
    ["throttled", 429, "Too many programs exceeded their time limit"],
    ["queue-full", 503, "The queue is full"],
    ["language-not-installed", 422, "This language is not installed"],
  ] as const) {
    await page.route("**/api/v1/submissions", (route) => route.fulfill({
      status, headers: { "Retry-After": "1" }, contentType: "application/problem+json",
      body: JSON.stringify({ type: `urn:gavel:problem:${kind}`, title: "", status, detail: `about <b>${kind}</b>` }),
    }));
    await run(page);
    const refusal = result(page).getByRole("alert");
    await expect(refusal).toContainText(title);
    await expect(refusal).toContainText(`about <b>${kind}</b>`);
    await expect(refusal.getByRole("timer")).toBeVisible();
    await page.unroute("**/api/v1/submissions");
    await expect(refusal.getByRole("button", { name: "Try again" })).toBeVisible();
  }
  await result(page).getByRole("button", { name: "Try again" }).click();
  await expect(result(page).getByRole("heading", { name: "Accepted" }).first()).toBeVisible();
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
  // Seen, and not read aloud each second.
  await expect(page.getByRole("alert").locator("[aria-hidden]")).toContainText(/Asking again in \d+ s/);
  await page.unroute(/\/(api|healthz)/);
  await askNow(page);
  await expect(result(page).getByRole("heading", { name: "Accepted" }).first()).toBeVisible();
  await expect(page.getByText("The server does not answer")).toHaveCount(0);
  expect(keys.size).toBe(1);
});

test("whoever must sign in is asked for a token, and a session that ends loses nothing", async ({ page }) => {
  let known = false;
  await page.route("**/api/v1/session", async (route) => {
    const request = route.request();
    if (request.method() === "POST") known = request.headers()["authorization"] === "Bearer the-right-token-0123";
    const session = { token: "cs-101 <b>", scopes: ["submit", "read"], signed_in: true, ends_at: "2100-01-01T00:00:00Z" };
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
  await expect(page.locator("#main")).toBeFocused();
  await expect(page.getByRole("link", { name: "Operations" })).toHaveCount(0);
  await page.setViewportSize({ width: 320, height: 640 });
  const who = page.getByRole("banner").locator("details", { hasText: "cs-101 <b>" });
  await who.locator("summary").click();
  for (const told of ["cs-101 <b>", "submit and run programs", "look at its submissions", "2100"]) await expect(who.locator("dl")).toContainText(told);
  await expect(who.getByRole("listitem")).toHaveCount(2);
  expect((await who.locator("dl").boundingBox())!.x).toBeGreaterThanOrEqual(0);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  expect(await AxeBuilder(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await expect(who).not.toHaveAttribute("open");
  await page.setViewportSize({ width: 1280, height: 720 });
  await write(page, 'print("kept")\n', "python3");
  known = false;
  await page.route("**/api/v1/submissions", (route) => route.fulfill({ status: 401, contentType: "application/problem+json", body: "{}" }));
  await run(page);
  await expect(page.getByText("Your session has ended")).toBeVisible();
  await expect(page.locator("#editor .cm-content")).toHaveText('print("kept")');
});

test("a part of the page that is first needed while the server is away comes when it is back", async ({ page }) => {
  await page.goto("/");
  await expect(page.locator("#editor .cm-content")).toContainText("std::cin");
  await page.route(/\/(api|healthz|assets)/, (route) => route.abort("connectionrefused"));
  await page.getByRole("link", { name: "Submissions" }).click();
  await expect(page.getByRole("alert")).toContainText("The server does not answer");
  await page.unroute(/\/(api|healthz|assets)/);
  await askNow(page);
  await expect(page.getByRole("heading", { name: "Submissions" })).toBeVisible();
  await expect(page.getByLabel("User")).toBeVisible();
});

test("a browser whose language is no tag is shown the page", async ({ page }) => {
  for (const told of ["en-US@posix", "C", ""]) {
    await page.addInitScript((told) => Object.defineProperty(navigator, "language", { configurable: true, get: () => told }), told);
    await page.goto("/");
    await expect(page.getByRole("button", { name: "Run" })).toBeVisible();
  }
});

test("an address that is none says so", async ({ page }) => {
  await page.goto("/");
  await page.evaluate(() => history.pushState(null, "", "/nothing/here/at/all"));
  await page.evaluate(() => dispatchEvent(new PopStateEvent("popstate")));
  await expect(page.getByRole("heading", { name: "There is no such page" })).toBeVisible();
});
