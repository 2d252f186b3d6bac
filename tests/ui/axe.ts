/** What axe finds on a page that is serious or worse, in few words. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "@playwright/test";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Result {
  violations: { id: string; impact: string; help: string; nodes: { html: string; failureSummary?: string }[] }[];
}

/** The page lets no text become a script, so this comes through the protocol of the browser, beside it. */
export default async function serious(page: Page): Promise<string[]> {
  await page.evaluate(source);
  const found = await page.evaluate(() => (globalThis as unknown as { axe: { run(): Promise<Result> } }).axe.run());
  const bad = found.violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  return bad.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)}: ${failureSummary ?? ""}`));
}
