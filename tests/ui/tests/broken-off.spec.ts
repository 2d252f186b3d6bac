/** The server, or a session, ends in the middle of something: what happened is told, nothing waits for ever, and it goes on from there. */

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserContext, Page, Route } from "@playwright/test";
import { expect, result, run, test } from "../page";

const ID = "9a8c7a54-be93-4fa4-bf8f-09f64d208806";
const TEST = { index: 0, verdict: "Accepted", cpu_ms: 1, wall_ms: 1, memory_bytes: 1 };
const RUNNING = { id: ID, state: "running", language: "python3", created_at: new Date().toISOString() };
const JUDGED = { ...RUNNING, state: "done", verdict: "Accepted", summary: { passed: 1, total: 1 }, tests: [TEST] };

const event = (name: string, data: object) => ({ contentType: "text/event-stream", body: `event: ${name}\ndata: ${JSON.stringify(data)}\n\n` });

const refuse = (route: Route, status: number, kind: string) =>
  route.fulfill({ status, contentType: "application/problem+json", body: JSON.stringify({ type: `urn:gavel:problem:${kind}`, status, detail: "because" }) });

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

test("a session that ends while a submission is looked at takes nothing away, and it is followed on after a sign-in", async ({ page }) => {
  const session = await sessions(page);
  let isEnded = false;
  await page.route(`**/api/v1/submissions/${ID}`, (route) => (isEnded ? refuse(route, 401, "unauthorized") : route.fulfill({ json: RUNNING })));
  await page.route(`**/api/v1/submissions/${ID}/events*`, (route) => {
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
});

test("a run whose session ends in the middle is shown to its end after a sign-in", async ({ page }) => {
  const session = await sessions(page);
  let isEnded = false;
  await page.route("**/api/v1/submissions", (route) => route.fulfill({ status: 202, json: RUNNING }));
  await page.route(`**/api/v1/submissions/${ID}`, (route) => (isEnded ? refuse(route, 401, "unauthorized") : route.fulfill({ json: JUDGED })));
  await page.route(`**/api/v1/submissions/${ID}/events*`, (route) => {
    session.end();
    isEnded = true;
    return route.abort("connectionreset");
  });
  await page.goto("/");
  await run(page);
  await expect(result(page).getByRole("alert")).toContainText("Sign in first");
  isEnded = false;
  await signIn(page);
  await expect(result(page).getByRole("heading", { name: "Accepted" }).first()).toBeVisible();
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

test("who signs in to a server that is away is told so in the form, which keeps the token", async ({ page }) => {
  await page.route("**/api/v1/session", (route) => (route.request().method() === "POST" ? route.abort("connectionrefused") : refuse(route, 401, "unauthorized")));
  await page.goto("/problems");
  await page.getByRole("banner").getByRole("button", { name: "Sign in" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Token").fill("the-right-token-0123");
  await dialog.getByRole("button", { name: "Sign in" }).click();
  await expect(dialog.getByRole("alert")).toContainText("The server does not answer");
  await expect(dialog.getByLabel("Token")).toHaveValue("the-right-token-0123");
  await expect(dialog.getByRole("button", { name: "Sign in" })).toBeEnabled();
});

test("of a package's submissions those that could not be judged are told apart, and judged once more", async ({ page }) => {
  const folder = join(mkdtempSync(join(tmpdir(), "gavel-ui-")), "p");
  for (const name of ["accepted/a.py", "accepted/b.py"]) {
    mkdirSync(join(folder, "submissions", name, ".."), { recursive: true });
    writeFileSync(join(folder, "submissions", name), "print(1)\n");
  }
  const archive = execFileSync("tar", ["c", "-C", join(folder, ".."), "p"]);
  const problem = {
    id: "p", version: "1".repeat(64), format: "legacy", names: {}, limits: { cpu_ms: 1000, memory_bytes: 1, output_bytes: 1 }, cases: { sample: 0, secret: 1 },
    validators: [], statements: [], attachments: [], submissions: 2, notes: [],
  };
  let sent = 0;
  await page.route("**/api/v1/problems/p?*", (route) => route.fulfill({ json: problem }));
  await page.route("**/api/v1/submissions", (route) => (sent += 1) === 2 ? refuse(route, 503, "unavailable") : route.fulfill({ status: 202, json: { ...RUNNING, id: `${sent}${ID.slice(1)}` } }));
  await page.route("**/api/v1/submissions/*/events*", (route) => route.fulfill(event("judgement", JUDGED)));
  await page.goto("/problems");
  await page.locator(".drop input").setInputFiles({ name: "p.tar", mimeType: "application/x-tar", buffer: archive });
  await page.getByRole("button", { name: "Judge its own submissions" }).click();
  await expect(page.getByText("1 could not be judged.")).toBeVisible();
  await page.getByRole("button", { name: "Judge those once more" }).click();
  await expect(page.getByText("All came to what their folders say.")).toBeVisible();
  expect(sent, "what was judged is not sent again").toBe(3);
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
  session.end();
  await terminal.getByRole("button", { name: "Run again" }).click();
  await expect(page.getByRole("alert")).toContainText("Your session has ended");
  await expect(terminal.getByRole("button", { name: "Run again" })).toBeVisible();
  await expect(page.locator("#editor .cm-content")).toContainText("std::cin");
});
