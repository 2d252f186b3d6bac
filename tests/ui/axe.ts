/** What axe finds on a page that is serious or worse, in few words. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "@playwright/test";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Result {
  violations: { id: string; impact: string; help: string; nodes: { html: string; failureSummary?: string }[] }[];
}

/** What depends on colours alone. */
export const COLOURS = ["color-contrast", "link-in-text-block"];

/** By all rules, or by those that are named. The page lets no text become a script, so this comes through the protocol of the browser, beside it. */
export default async function serious(page: Page, rules: string[] | null = null): Promise<string[]> {
  await page.evaluate(source);
  const options = rules ? { runOnly: rules } : {};
  const found = await page.evaluate((options) => (globalThis as unknown as { axe: { run(options: object): Promise<Result> } }).axe.run(options), options);
  const bad = found.violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  return bad.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)}: ${failureSummary ?? ""}`));
}

/** In both colours, of which the second changes nothing but those. */
export async function seriousInBothColours(page: Page): Promise<string[]> {
  await page.emulateMedia({ colorScheme: "light" });
  const byDay = await serious(page);
  await page.emulateMedia({ colorScheme: "dark" });
  return [...byDay, ...(await serious(page, COLOURS)).map((told) => `dark: ${told}`)];
}
