/** Answers that are made up: what a real server tells seldom, late, or not while somebody looks. */

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, type Page, type Route } from "@playwright/test";

/** Of a submission. */
export const ID = "9a8c7a54-be93-4fa4-bf8f-09f64d208806";

/** Of a test. */
export const ACCEPTED = { verdict: "Accepted", cpu_ms: 1, wall_ms: 1, memory_bytes: 1 };

export const event = (name: string, data: object) => ({ contentType: "text/event-stream", body: `event: ${name}\ndata: ${JSON.stringify(data)}\n\n` });

export const refuse = (route: Route, status: number, kind: string) =>
  route.fulfill({ status, contentType: "application/problem+json", body: JSON.stringify({ type: `urn:gavel:problem:${kind}`, status, detail: "because" }) });

/** Streams of events that are opened one after the other: each tells one thing, when it is told to. */
export async function streams(page: Page, path: string): Promise<(name: string, data: object) => Promise<void>> {
  const opened: Route[] = [];
  await page.route(path, (route) => void opened.push(route));
  return async (name, data) => {
    await expect.poll(() => opened.length, { intervals: [50] }).toBeGreaterThan(0);
    await opened.shift()!.fulfill(event(name, data));
  };
}

/** What the server tells of a package that it has. */
export const packaged = (id: string, its: object = {}) => ({
  id, version: "1".repeat(64), pushed_at: new Date().toISOString(), private: false, show: "verdicts", format: "legacy", names: { en: id }, type: { scoring: false, interactive: false, multi_pass: false, submit_answer: false },
  limits: { cpu_ms: 1000, memory_bytes: 1, output_bytes: 1 }, cases: { sample: 0, secret: 1 }, validators: [], statements: [], attachments: [], submissions: 0, notes: [], ...its,
});

/** A problem of which nothing is at the server. */
export async function problem(page: Page, id: string, its: { statement?: string; samples?: object[]; total?: number; versions?: string[]; cases?: object; names?: object; private?: boolean; limits?: object } = {}): Promise<void> {
  const { statement, samples = [], total, versions = ["1".repeat(64)], ...others } = its;
  const path = `**/api/v1/problems/${id}`;
  const statements = statement === undefined ? [] : [{ language: "en", format: "markdown" }];
  await page.route(path, (route) => route.fulfill({ json: packaged(id, { version: versions[0], statements, ...others }) }));
  await page.route(`${path}/versions`, (route) => route.fulfill({ json: { versions: versions.map((version) => packaged(id, { version })) } }));
  await page.route(`${path}/samples`, (route) => route.fulfill({ json: { samples, total } }));
  await page.route(`${path}/statement?*`, (route) => route.fulfill({ contentType: "text/plain", body: statement ?? "" }));
}

/** An archive with these files in a folder. */
export function tar(files: Record<string, string>): Buffer {
  const folder = mkdtempSync(join(tmpdir(), "gavel-ui-"));
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, "p", name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return execFileSync("tar", ["c", "-C", folder, "p"], { maxBuffer: 2 ** 24 });
}
