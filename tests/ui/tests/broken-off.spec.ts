/** The server, or a session, ends in the middle of something: what happened is told, nothing waits for ever, and it goes on from there. */

import type { BrowserContext, Page, Route } from "@playwright/test";
import { ACCEPTED, event, ID, packaged, problem, refuse, tar } from "../answers";
import serious from "../axe";
import { askNow, expect, holdExamples, result, run, share, test, write } from "../page";

const RUNNING = { id: ID, state: "running", language: "python3", created_at: new Date().toISOString() };
const JUDGED = { ...RUNNING, state: "done", verdict: "Accepted", summary: { passed: 1, total: 1 }, tests: [{ ...ACCEPTED, index: 0 }] };

const keyOf = (route: Route) => route.request().headers()["idempotency-key"]!;

/** A server whose session is there until somebody says that it has ended, and again after a sign-in. */
async function sessions(at: Page | BrowserContext): Promise<{ end(): void }> {
  let known = true;
  await at.route("**/api/v1/session", (route) => {
    const method = route.request().method();
    if (method !== "GET") known = method === "POST";
    if (method === "DELETE") return route.fulfill({ status: 204 });
    return known ? route.fulfill({ json: { token: "lab", scopes: ["submit", "read"], signed_in: true, ends_at: "2100-01-01T00:00:00Z" } }) : refuse(route, 401, "unauthorized");
  });
  const guarded = async (path: string, answer: (route: Route) => Promise<void>) => at.route(path, (route) => (known ? answer(route) : refuse(route, 401, "unauthorized")));
  await guarded("**/api/v1/submissions?*", (route) => route.fulfill({ json: { submissions: [JUDGED], next_cursor: null } }));
  await guarded(`**/api/v1/submissions/${ID}/sources`, (route) => route.fulfill({ json: { files: { "main.py": "print('mine')" } } }));
  await guarded(`**/api/v1/submissions/${ID}/judgements`, (route) => route.fulfill({ json: { judgements: [] } }));
  return { end: () => { known = false; } };
}

async function signIn(page: Page): Promise<void> {
  await page.locator("main").getByRole("button", { name: "Sign in" }).first().click();
  await page.getByRole("dialog").getByLabel("Token").fill("the-right-token-0123");
  await page.getByRole("dialog").getByRole("button", { name: "Sign in" }).click();
}

test("an answer that breaks off in the middle is asked for again, and one that is none is told", async ({ page }) => {
  await page.addInitScript(() => {
    const json = Response.prototype.json;
    let isFirst = true;
    Response.prototype.json = function () {
      if (!this.url.includes("/submissions?") || !isFirst) return json.call(this);
      isFirst = false;
      return Promise.reject(new TypeError("network error"));
    };
  });
  await page.route("**/api/v1/submissions?*", (route) => route.fulfill({ json: { submissions: [JUDGED], next_cursor: null } }));
  await page.route(`**/api/v1/submissions/${ID}`, (route) => route.fulfill({ contentType: "text/html", body: "<h1>Sign in to the network</h1>" }));
  await page.goto("/submissions");
  await page.getByRole("link", { name: ID.slice(0, 8) }).click();
  await expect(page.getByRole("alert")).toContainText("This is no answer of the server");
});

test("a proxy that answers for a server that is away is no answer of it, and what it finds too large is told", async ({ page }) => {
  let isAway = true;
  await page.route(/\/(api|healthz)/, (route) => (isAway ? route.fulfill({ status: 502, contentType: "text/html", body: "<h1>Bad Gateway</h1>" }) : route.fallback()));
  await page.route("**/api/v1/problems/*", (route) => (isAway ? route.fallback() : route.fulfill({ status: 413, contentType: "text/html", body: "<h1>Too large</h1>" })));
  await page.goto("/problems");
  const away = page.getByText("The server does not answer");
  await expect(away).toBeVisible();
  await askNow(page);
  await expect(away).toBeVisible();
  isAway = false;
  await askNow(page);
  await page.locator(".drop input").setInputFiles({ name: "sums.zip", mimeType: "application/zip", buffer: Buffer.from("x") });
  await expect(page.getByRole("alert")).toContainText("This is too large");
  await expect(away).toHaveCount(0);
});

test("an order to judge again whose answer was lost is followed to its end", async ({ page }) => {
  let isOrdered = false;
  await page.route(`**/api/v1/submissions/${ID}`, (route) => route.fulfill({ json: { ...JUDGED, ...(isOrdered && { rejudging: true }) } }));
  await page.route(`**/api/v1/submissions/${ID}/events*`, (route) => route.fulfill(event("judgement", { ...JUDGED, verdict: "WrongAnswer", rejudged_at: JUDGED.created_at })));
  await page.route(`**/api/v1/submissions/${ID}/rejudge`, (route) => (isOrdered = true, route.abort("connectionreset")));
  await page.goto(`/submissions/${ID}`);
  await page.getByRole("button", { name: "Judge again" }).click();
  await expect(page.getByRole("heading", { name: "Wrong answer" }).first()).toBeVisible();
  await expect(page.locator("main .spinner")).toHaveCount(0);
});

test("a stream of which nothing comes any more is not waited for", async ({ page }) => {
  let isJudged = false;
  await page.clock.install();
  await page.route("**/api/v1/submissions", (route) => route.fulfill({ status: 202, json: RUNNING }));
  await page.route(`**/api/v1/submissions/${ID}`, (route) => route.fulfill({ json: isJudged ? JUDGED : RUNNING }));
  await page.route(`**/api/v1/submissions/${ID}/events*`, () => {});
  await page.goto("/");
  await run(page);
  await expect(result(page)).toContainText("Running");
  const asked = page.waitForResponse(`**/api/v1/submissions/${ID}`);
  await page.clock.fastForward(60_000);
  await asked;
  isJudged = true;
  await expect(async () => {
    await page.clock.fastForward(60_000);
    await expect(result(page).getByRole("heading", { name: "Accepted" }).first()).toBeVisible({ timeout: 1000 });
  }).toPass();
});

test("a session that ends while a submission is looked at takes nothing away, and it is followed on after a sign-in", async ({ page }) => {
  const session = await sessions(page);
  let isEnded = false;
  await page.route(`**/api/v1/submissions/${ID}`, (route) => (isEnded ? refuse(route, 401, "unauthorized") : route.fulfill({ json: RUNNING })));
  // All that is looked at has come by then, and who looks is known: both are asked for beside the events.
  const looked = Promise.all(["session", `submissions/${ID}/sources`].map((path) => page.waitForResponse(`**/api/v1/${path}`)));
  await page.route(`**/api/v1/submissions/${ID}/events*`, async (route) => {
    await looked;
    session.end();
    isEnded = true;
    return route.fulfill(event("state", { state: "running", tests_done: 0 }));
  });
  await page.goto(`/submissions/${ID}`);
  await expect(page.getByText("Your session has ended")).toBeVisible();
  await expect(page.locator(".source-frame .cm-content")).toHaveText("print('mine')");
  isEnded = false;
  await page.route(`**/api/v1/submissions/${ID}/events*`, (route) => route.fulfill(event("judgement", JUDGED)));
  await signIn(page);
  await expect(page.getByRole("heading", { name: "Accepted" }).first()).toBeVisible();
  await expect(page.getByRole("alert")).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Judge again" }), "that is an operator's").toHaveCount(0);
});

test("what comes behind the end of a submission takes nothing of it back", async ({ page }) => {
  const session = await sessions(page);
  const looked = page.waitForResponse("**/api/v1/session");
  let [isBack, followed] = [false, 0];
  await page.route(`**/api/v1/submissions/${ID}`, async (route) => {
    if (!isBack && followed > 0) return refuse(route, 401, "unauthorized");
    if (isBack) await expect(page.getByRole("heading", { name: "Accepted" }).first()).toBeVisible();
    return route.fulfill({ json: RUNNING });
  });
  await page.route(`**/api/v1/submissions/${ID}/events*`, async (route) => {
    await looked;
    followed += 1;
    if (isBack) return route.fulfill(event("judgement", JUDGED));
    session.end();
    return route.fulfill(event("state", { state: "running", tests_done: 0 }));
  });
  await page.goto(`/submissions/${ID}`);
  await expect(page.getByText("Your session has ended")).toBeVisible();
  isBack = true;
  const late = page.waitForResponse(`**/api/v1/submissions/${ID}`);
  await signIn(page);
  await late;
  await page.waitForTimeout(300);
  await expect(page.getByRole("heading", { name: "Accepted" }).first()).toBeVisible();
  await expect(page.locator("main .spinner")).toHaveCount(0);
  expect(followed, "it need not be followed once more").toBe(2);
});

test("a run whose session ends in the middle is shown to its end after a sign-in", async ({ page }) => {
  const session = await sessions(page);
  let isEnded = false;
  const keys: string[] = [];
  await page.route("**/api/v1/submissions", (route) => {
    keys.push(keyOf(route));
    return isEnded ? refuse(route, 401, "unauthorized") : route.fulfill({ status: 202, json: RUNNING });
  });
  await page.route(`**/api/v1/submissions/${ID}`, (route) => (isEnded ? refuse(route, 401, "unauthorized") : route.fulfill({ json: JUDGED })));
  await page.route(`**/api/v1/submissions/${ID}/events*`, (route) => {
    session.end();
    isEnded = true;
    return route.abort("connectionreset");
  });
  await page.goto("/");
  await run(page);
  await expect(result(page).getByRole("alert")).toContainText("Sign in first");
  await run(page);
  await expect.poll(() => keys.length).toBe(2);
  await expect(result(page).getByRole("alert")).toContainText("Sign in first");
  isEnded = false;
  await signIn(page);
  await expect(result(page).getByRole("heading", { name: "Accepted" }).first()).toBeVisible();
  expect(new Set(keys).size, "under one key").toBe(1);
});

test("a server that cannot tell at the moment is asked again, and a run is followed on", async ({ page }) => {
  let asked = 0;
  await page.route("**/api/v1/submissions", (route) => route.fulfill({ status: 202, json: RUNNING }));
  await page.route(`**/api/v1/submissions/${ID}/events*`, (route) => route.abort("connectionreset"));
  await page.route(`**/api/v1/submissions/${ID}`, (route) => ((asked += 1) === 1 ? refuse(route, 503, "unavailable") : route.fulfill({ json: JUDGED })));
  await page.goto("/");
  await run(page);
  await expect(result(page).getByRole("heading", { name: "Accepted" }).first()).toBeVisible();
  expect(asked).toBe(2);
});

test("what a busy server has not told for a minute is no second submission where it is sent once more", async ({ page }) => {
  const keys: string[] = [];
  let asked = 0;
  let isBusy = true;
  await page.route("**/api/v1/submissions", (route) => { keys.push(route.request().headers()["idempotency-key"]!); return route.fulfill({ status: 202, json: RUNNING }); });
  await page.route(`**/api/v1/submissions/${ID}/events*`, (route) => route.abort("connectionreset"));
  await page.route(`**/api/v1/submissions/${ID}`, (route) => { asked += 1; return isBusy ? refuse(route, 503, "unavailable") : route.fulfill({ json: JUDGED }); });
  await page.goto("/");
  await run(page);
  await expect.poll(() => asked).toBeGreaterThan(0);
  // The minute is over.
  await page.evaluate(() => { const now = Date.now; Date.now = () => now() + 61_000; });
  await expect(result(page).getByRole("alert")).toContainText("The server cannot serve at the moment");
  isBusy = false;
  await run(page);
  await expect(result(page).getByRole("heading", { name: "Accepted" }).first()).toBeVisible();
  expect(keys).toHaveLength(2);
  expect(new Set(keys).size, "under one key").toBe(1);
});

test("what the server cannot tell for a moment takes nothing away of what is shown, and is asked for again", async ({ page }) => {
  await problem(page, "sums", { statement: "Add **two** numbers." });
  await page.route("**/api/v1/submissions?*", (route) => route.fulfill({ json: { submissions: [JUDGED], next_cursor: null } }));
  await page.route("**/api/v1/submissions", (route) => route.fulfill({ status: 202, json: RUNNING }));
  await page.route(`**/api/v1/submissions/${ID}/events*`, (route) => route.fulfill(event("judgement", JUDGED)));
  await page.addInitScript(() => localStorage.setItem("gavel.answers", JSON.stringify([["sums", { language: "python3", source: "print('mine')" }]])));
  await page.goto("/problems/sums");
  await page.getByRole("button", { name: "Submit", exact: true }).click();
  const judged = page.locator(".card.tool").getByRole("heading", { name: "Accepted" }).first();
  await expect(judged).toBeVisible();
  const busy = { status: 503, headers: { "Retry-After": "1" }, contentType: "application/problem+json", body: JSON.stringify({ type: "urn:gavel:problem:unavailable", status: 503, detail: "busy" }) };
  const asked: Record<string, number> = {};
  await page.route(/\/api\/v1\/(problems\/sums(\/statement.*)?|submissions\?.*)$/, (route) => {
    const path = new URL(route.request().url()).pathname;
    asked[path] = (asked[path] ?? 0) + 1;
    return route.fulfill(busy);
  });
  // Somebody has signed in in another tab: all is asked for anew.
  await page.evaluate(() => new BroadcastChannel("gavel.session").postMessage("in"));
  await expect.poll(() => asked["/api/v1/problems/sums"]).toBeGreaterThan(1);
  expect(asked["/api/v1/problems/sums/statement"]).toBe(1);
  // Also what was asked for when the submission was judged may come only now.
  expect(asked["/api/v1/submissions"]).toBeLessThan(3);
  await expect(judged).toBeVisible();
  await expect(page.locator(".statement strong")).toHaveText("two");
  const list = page.locator(".card", { has: page.getByRole("heading", { name: "Submissions to this problem" }) });
  await expect(list.getByRole("link", { name: ID.slice(0, 8) })).toBeVisible();
  await expect(list.getByRole("alert"), "there may be newer ones").toContainText("The server cannot serve at the moment");
});

test("a picture that cannot be had for a moment is shown when it can, and stays", async ({ page }) => {
  const path = `/api/v1/submissions/${ID}/files/0/plot.png`;
  const pixel = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC", "base64");
  let isBusy = true;
  await page.route(`**/api/v1/submissions/${ID}`, (route) => route.fulfill({ json: { ...JUDGED, tests: [{ ...ACCEPTED, index: 0, files: [{ name: "plot.png", bytes: pixel.length, path }] }] } }));
  await page.route(`**${path}`, (route) => (isBusy ? refuse(route, 503, "unavailable") : route.fulfill({ contentType: "application/octet-stream", body: pixel })));
  const lookAgain = () => page.evaluate(() => new BroadcastChannel("gavel.session").postMessage("in"));
  await page.goto(`/submissions/${ID}`);
  await expect(page.getByText("This is no picture that can be shown")).toBeVisible();
  isBusy = false;
  await lookAgain();
  const picture = page.getByRole("img", { name: "The picture plot.png" });
  await expect(picture).toBeVisible();
  isBusy = true;
  const refused = page.waitForResponse(`**${path}`);
  await lookAgain();
  await refused;
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  await expect(picture).toBeVisible();
});

test("a stream that cannot be had is asked for ever more seldom", async ({ page }) => {
  let asked = 0;
  await page.route("**/api/v1/submissions", (route) => route.fulfill({ status: 202, json: RUNNING }));
  await page.route(`**/api/v1/submissions/${ID}`, (route) => route.fulfill({ json: RUNNING }));
  await page.route(`**/api/v1/submissions/${ID}/events*`, (route) => { asked += 1; return refuse(route, 503, "unavailable"); });
  await page.goto("/");
  await run(page);
  await expect.poll(() => asked).toBeGreaterThan(2);
  await page.waitForTimeout(4000);
  expect(asked).toBeLessThan(7);
  await expect(result(page)).toContainText("Running");
});

test("a run is shown again after a sign-in where the page was loaded anew while nobody was signed in", async ({ page }) => {
  const session = await sessions(page);
  let isKnown = true;
  await page.route("**/api/v1/submissions", (route) => route.fulfill({ status: 202, json: RUNNING }));
  await page.route(`**/api/v1/submissions/${ID}/events*`, (route) => route.fulfill(event("judgement", JUDGED)));
  await page.route(`**/api/v1/submissions/${ID}`, (route) => (isKnown ? route.fulfill({ json: JUDGED }) : refuse(route, 401, "unauthorized")));
  await page.goto("/");
  await run(page);
  await expect(result(page).getByRole("heading", { name: "Accepted" }).first()).toBeVisible();
  session.end();
  isKnown = false;
  const refused = page.waitForResponse(`**/api/v1/submissions/${ID}`);
  await page.reload();
  await refused;
  await page.getByRole("banner").getByRole("button", { name: "Sign in" }).click();
  isKnown = true;
  await page.getByRole("dialog").getByLabel("Token").fill("the-right-token-0123");
  await page.getByRole("dialog").getByRole("button", { name: "Sign in" }).click();
  await expect(result(page).getByRole("heading", { name: "Accepted" }).first()).toBeVisible();
});

test("a submission to a problem is one submission, also where the session ends in the middle and Submit is pressed anew", async ({ page }) => {
  const session = await sessions(page);
  const keys: string[] = [];
  let state: "begun" | "signed out" | "back" = "begun";
  await problem(page, "sums");
  await page.route("**/api/v1/submissions", (route) => {
    keys.push(keyOf(route));
    return state === "signed out" ? refuse(route, 401, "unauthorized") : route.fulfill({ status: 202, json: RUNNING });
  });
  await page.route(`**/api/v1/submissions/${ID}/events*`, (route) => route.fulfill(state === "back" ? event("judgement", JUDGED) : event("state", { state: "running", tests_done: 0 })));
  await page.route(`**/api/v1/submissions/${ID}`, (route) => {
    session.end();
    state = "signed out";
    return refuse(route, 401, "unauthorized");
  });
  await page.addInitScript(() => localStorage.setItem("gavel.answers", JSON.stringify([["sums", { language: "python3", source: "print('mine')" }]])));
  await page.goto("/problems/sums");
  const [card, press] = [page.locator(".card.tool").first(), () => page.getByRole("button", { name: "Submit", exact: true }).click()];
  await press();
  await expect(card.getByRole("alert")).toContainText("Sign in first");
  await expect(card.locator(".cm-content")).toHaveText("print('mine')");
  await press();
  await expect.poll(() => keys.length).toBe(2);
  await expect(card.getByRole("alert")).toContainText("Sign in first");
  state = "back";
  await signIn(page);
  await expect(card.getByRole("heading", { name: "Accepted" }).first()).toBeVisible();
  expect(new Set(keys).size, "under one key").toBe(1);
  await press();
  await expect.poll(() => keys.length).toBe(3);
  expect(new Set(keys).size, "what was judged may be sent again").toBe(2);
});

test("what is refused late, and was asked for before a sign-in, ends no session", async ({ page }) => {
  const session = await sessions(page);
  session.end();
  let [held, isOpen] = [null as Route | null, false];
  await page.route("**/api/v1/submissions?*", (route) => (isOpen || held ? route.fallback() : void (held = route)));
  await page.goto("/submissions");
  await expect.poll(() => held).not.toBeNull();
  await page.getByRole("banner").getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("dialog").getByLabel("Token").fill("the-right-token-0123");
  await page.getByRole("dialog").getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("link", { name: ID.slice(0, 8) })).toBeVisible();
  isOpen = true;
  const answered = page.waitForResponse((response) => response.status() === 401);
  await refuse(held!, 401, "unauthorized");
  await answered;
  await page.waitForTimeout(200);
  await expect(page.getByRole("alert")).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Sign out" })).toBeVisible();
});

test("who signs out in one tab leaves nothing to be seen in another", async ({ page, context }) => {
  await sessions(context);
  await page.goto("/submissions");
  const other = await context.newPage();
  await other.goto("/submissions");
  for (const tab of [page, other]) await expect(tab.getByRole("link", { name: ID.slice(0, 8) })).toBeVisible();
  await other.getByRole("button", { name: "Sign out" }).click();
  for (const tab of [page, other]) {
    await expect(tab.locator("main").getByRole("alert")).toContainText("Sign in first");
    await expect(tab.getByRole("link", { name: ID.slice(0, 8) })).toHaveCount(0);
  }
});

test("who signs out leaves nothing of what was written and what came of it, in no tab", async ({ page, context }) => {
  await sessions(context);
  await context.route("**/api/v1/submissions", (route) => route.fulfill({ status: 202, json: RUNNING }));
  await context.route(`**/api/v1/submissions/${ID}/events*`, (route) => route.fulfill(event("judgement", { ...JUDGED, tests: [{ ...ACCEPTED, index: 0, stdout: "told to me alone" }] })));
  await page.addInitScript(() => localStorage.setItem("gavel.theme", "dark"));
  await page.goto("/");
  await write(page, "print('my own work')\n", "python3");
  await page.getByRole("button", { name: "Run" }).click();
  await expect(page.getByRole("region", { name: "Result" })).toContainText("told to me alone");
  await share(page);
  await page.evaluate(() => localStorage.setItem("gavel.answers", JSON.stringify([["sums", { language: "c17", source: "my answer" }]])));
  const other = await context.newPage();
  await other.goto("/");
  await expect(other.locator("#editor .cm-content")).toContainText("my own work");
  await other.getByRole("button", { name: "Sign out" }).click();
  for (const tab of [page, other]) {
    await expect(tab.getByRole("banner").getByRole("button", { name: "Sign in" })).toBeVisible();
    for (const own of ["my own work", "told to me alone"]) await expect(tab.locator("body")).not.toContainText(own);
    await tab.waitForTimeout(500);
    await expect(tab).not.toHaveURL(/#/);
    const kept = await tab.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
    for (const own of ["my own work", "my answer", ID]) expect(kept).not.toContain(own);
    expect(kept, "what was chosen stays").toContain("dark");
  }
  await page.reload();
  await expect(page.locator("body")).not.toContainText("my own work");
});

test("who signs out while it is looked at whether something was written leaves nothing of that", async ({ page }) => {
  await sessions(page);
  const draft = { language: "python3", files: [{ name: "main.py", content: "print('my own work')" }], tests: [{ stdin: "1" }, { stdin: "2" }] };
  await page.addInitScript((draft) => localStorage.setItem("gavel.draft", JSON.stringify(draft)), draft);
  const { asked, release } = await holdExamples(page);
  await page.goto("/");
  await page.getByRole("button", { name: "Remove this test" }).click();
  await asked;
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("banner").getByRole("button", { name: "Sign in" })).toBeVisible();
  release();
  await expect(page.locator("#editor .cm-content")).toContainText("std::cin");
  await expect(page.getByRole("button", { name: /^Bring it back/ })).toHaveCount(0);
  expect(await page.evaluate(() => JSON.stringify({ ...localStorage }))).not.toContain("my own work");
});

test("while the server is away one question is asked, and not one by each part of the page", async ({ page }) => {
  await page.goto("/operations");
  await expect(page.getByRole("heading", { name: "Operations" }).first()).toBeAttached();
  const asked: string[] = [];
  await page.route(/\/(api|readyz|healthz)/, (route) => { asked.push(new URL(route.request().url()).pathname); return route.abort("connectionrefused"); });
  await expect(page.getByRole("alert").first()).toContainText("The server does not answer");
  await page.waitForTimeout(500);
  asked.length = 0;
  await page.waitForTimeout(7000);
  expect(new Set(asked)).toEqual(new Set(["/healthz"]));
  expect(asked.length).toBeLessThan(6);
});

test("a server of which one path alone never answers is asked ever more seldom", async ({ page }) => {
  let asked = 0;
  await page.route("**/api/v1/submissions?*", (route) => { asked += 1; return route.abort("connectionreset"); });
  await page.goto("/submissions");
  await expect.poll(() => asked).toBeGreaterThan(1);
  await page.waitForTimeout(5000);
  expect(asked).toBeLessThan(6);
});

test("a server that is cut off, and answers nothing at all, is counted down to again", async ({ page }) => {
  await page.addInitScript(() => {
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    AbortSignal.timeout = (ms) => timeout(ms / 20);
  });
  let asked = 0;
  await page.route("**/healthz", () => void (asked += 1));
  await page.route("**/api/v1/submissions?*", (route) => route.abort("connectionrefused"));
  await page.goto("/submissions");
  await expect.poll(() => asked).toBeGreaterThan(1);
  await expect(page.getByRole("alert").locator("[aria-hidden]")).toContainText(/Asking again in \d+ s/);
});

test("who asks again while the server is being asked asks nothing more", async ({ page }) => {
  // The question is open for as long as the test is.
  await page.addInitScript(() => { AbortSignal.timeout = () => new AbortController().signal; });
  let asked = 0;
  await page.route("**/healthz", () => void (asked += 1));
  await page.route("**/api/v1/submissions?*", (route) => route.abort("connectionrefused"));
  await page.goto("/submissions");
  await expect.poll(() => asked).toBe(1);
  for (let press = 0; press < 3; press += 1) await page.getByRole("button", { name: "Ask now" }).click();
  // What was asked for before this has come to its route.
  await page.evaluate(() => fetch("/api/v1/languages"));
  expect(asked).toBe(1);
});

test("a submission to a problem that is not sent yet is cancelled", async ({ page }) => {
  await problem(page, "away");
  await page.route("**/api/v1/submissions?*", (route) => route.fulfill({ json: { submissions: [], next_cursor: null } }));
  await page.goto("/problems/away");
  await write(page, "print(42)", undefined, ".source-frame .cm-content");
  await page.route(/\/(healthz|api\/v1\/submissions$)/, (route) => route.abort("connectionrefused"));
  await page.getByRole("button", { name: "Submit" }).click();
  await expect(page.getByRole("alert")).toContainText("The server does not answer");
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("button", { name: "Submit" })).toBeEnabled();
});

test("a token with a letter that no browser sends is wrong, and no server is away", async ({ page }) => {
  await page.route("**/api/v1/session", (route) => refuse(route, 401, "unauthorized"));
  await page.goto("/problems");
  await page.getByRole("banner").getByRole("button", { name: "Sign in" }).click();
  const dialog = page.getByRole("dialog");
  for (const token of ["the-right-token-0123\u200b", "“the-right-token-0123”", "令牌"]) {
    await dialog.getByLabel("Token").fill(token);
    await dialog.getByRole("button", { name: "Sign in" }).click();
    await expect(dialog.getByRole("alert")).toHaveText("This token is wrong.");
  }
  await expect(page.getByText("The server does not answer")).toHaveCount(0);
  // A blank is sent: the server knows tokens that are several words.
  const sent = page.waitForRequest((request) => request.method() === "POST" && request.url().endsWith("/api/v1/session"));
  await dialog.getByLabel("Token").fill("several words are a token");
  await dialog.getByRole("button", { name: "Sign in" }).click();
  expect(await (await sent).headerValue("Authorization")).toBe("Bearer several words are a token");
});

test("who signs in to a server that is away is told so in the form, which keeps the token", async ({ page }) => {
  await page.route("**/api/v1/session", (route) => (route.request().method() === "POST" ? route.abort("connectionrefused") : refuse(route, 401, "unauthorized")));
  await page.goto("/problems");
  await page.getByRole("banner").getByRole("button", { name: "Sign in" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Token").fill("the-right-token-0123");
  await dialog.getByRole("button", { name: "Sign in" }).click();
  await expect(dialog.getByRole("alert")).toContainText("The server does not answer");
  expect(await serious(page), "nobody is shut out of the form, and of what says that the server is away").toEqual([]);
  await expect(dialog.getByLabel("Token")).toHaveValue("the-right-token-0123");
  await expect(dialog.getByRole("button", { name: "Sign in" })).toBeEnabled();
});

test("of a package's submissions those that could not be judged are told apart, and judged once more", async ({ page }) => {
  const archive = tar({ "submissions/accepted/a.py": "print(1)\n", "submissions/accepted/b.py": "print(1)\n" });
  const keys: string[] = [];
  await page.route("**/api/v1/problems/p?*", (route) => route.fulfill({ json: packaged("p", { submissions: 2 }) }));
  await page.route("**/api/v1/submissions", (route) => keys.push(keyOf(route)) === 2 ? refuse(route, 503, "unavailable") : route.fulfill({ status: 202, json: { ...RUNNING, id: `${keys.length}${ID.slice(1)}` } }));
  await page.route("**/api/v1/submissions/*/events*", (route) => route.fulfill(event("judgement", JUDGED)));
  await page.goto("/problems");
  await page.locator(".drop input").setInputFiles({ name: "p.tar", mimeType: "application/x-tar", buffer: archive });
  await page.getByRole("button", { name: "Judge its own submissions" }).click();
  await expect(page.getByText("1 could not be judged.")).toBeVisible();
  await page.getByRole("button", { name: "Judge those once more" }).click();
  await expect(page.getByText("All came to what their folders say.")).toBeVisible();
  expect(keys, "what was judged is not sent again").toHaveLength(3);
  expect(keys[2], "nor is what may have come, as another").toBe(keys[1]);
});

test("of a package's submissions those with files that are left out are told, and are not judged in part", async ({ page }) => {
  const archive = tar({ "submissions/accepted/a.py": "print(1)", "submissions/accepted/b/b.py": "print(1)", "submissions/accepted/b/table.py": "#".repeat(1024 * 1024 + 1) });
  await problem(page, "left-out");
  await page.route("**/api/v1/problems/*?show=*", (route) => route.fulfill({ json: packaged("left-out", { submissions: 2 }) }));
  let sent = 0;
  await page.route("**/api/v1/submissions", (route) => { sent += 1; return route.fulfill({ status: 202, json: RUNNING }); });
  await page.route("**/api/v1/submissions/*/events*", (route) => route.fulfill(event("judgement", JUDGED)));
  await page.goto("/problems");
  await page.locator(".drop input").setInputFiles({ name: "p.tar", mimeType: "application/x-tar", buffer: archive });
  await page.getByRole("button", { name: "Judge its own submissions" }).click();
  await expect(page.getByText("1 could not be judged.")).toBeVisible();
  await expect(page.getByRole("row", { name: "accepted/b" })).toContainText("left out");
  await expect(page.getByText("All came to what their folders say.")).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Judge those once more" })).toHaveCount(0);
  expect(sent).toBe(1);
});

test("a terminal whose connection breaks off, or is refused for a session that has ended, says so and can be begun again", async ({ page }) => {
  const session = await sessions(page);
  await page.route("**/run", (route) => route.fulfill({ json: [{ status: "Accepted", exitStatus: 0, time: 1, memory: 1, fileIds: { main: "ABCDEFGH" } }] }));
  await page.route("**/file/ABCDEFGH", (route) => route.fulfill({ status: 200 }));
  await page.routeWebSocket("**/stream", (socket) => void socket.onMessage(() => socket.close()));
  await page.goto("/");
  await expect(page.locator("#editor .cm-content")).toContainText("std::cin");
  await page.getByRole("button", { name: "Terminal" }).click();
  const terminal = page.getByRole("region", { name: "Terminal" });
  await expect(terminal.getByRole("status")).toHaveText("The connection broke off.");
  await expect(page.getByRole("alert")).toHaveCount(0);
  expect(await serious(page), "nobody is shut out of it").toEqual([]);
  session.end();
  await terminal.getByRole("button", { name: "Run again" }).click();
  await expect(page.getByRole("alert")).toContainText("Your session has ended");
  await expect(terminal.getByRole("button", { name: "Run again" })).toBeVisible();
  await expect(page.locator("#editor .cm-content")).toContainText("std::cin");
});
