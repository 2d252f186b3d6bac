/** What all tests of the page share: whatever the browser complains of fails the test. */

import { expect, test as base, type Page } from "@playwright/test";

/** Answers that a test expects not to go well are told on the console, too. */
const EXPECTED = /Failed to load resource: the server responded with a status of (400|401|403|404|409|413|422|429|502|503)|net::ERR_/;

export const test = base.extend<{ complaints: string[] }>({
  complaints: [async ({ context }, use) => {
    const complaints: string[] = [];
    // Of each page that the test opens, and not of its first alone.
    context.on("console", (message) => {
      const isHarmless = message.type() !== "error" || EXPECTED.test(message.text());
      if (!isHarmless || /Content.Security.Policy|Trusted/i.test(message.text())) complaints.push(message.text());
    });
    context.on("weberror", (problem) => { const error = problem.error(); complaints.push(String(error.stack ?? error)); });
    await use(complaints);
    expect(complaints, "the browser complained").toEqual([]);
  }, { auto: true }],
});

export { expect };

/** How a page looked, beside what else a test leaves: for people. */
export const picture = (page: Page, name: string) => page.screenshot({ path: test.info().outputPath(`${name.replaceAll("/", "_")}.png`) });

/** Has the playground's program in a language be this text, or that of another editor. */
export async function write(page: Page, source: string, language?: string, at = "#editor .cm-content"): Promise<void> {
  if (language) await page.locator(".toolbar").getByLabel("Language").selectOption(language);
  const editor = page.locator(at);
  await editor.click();
  await page.keyboard.press("ControlOrMeta+a");
  // Not in the place of what is selected: there Chromium styles what is typed as it was, which the policy forbids it.
  await page.keyboard.press("Delete");
  // As pasted: nothing is completed or indented.
  await page.keyboard.insertText(source);
}

/** Makes the address a link to what the playground shows, and returns it. */
export async function share(page: Page): Promise<string> {
  await page.getByRole("button", { name: "Share" }).click();
  await expect(page).toHaveURL(/#code=/);
  return page.url();
}

/** Keeps the examples' sources on their way until they are released; `asked` is when the page has asked for them. */
export async function holdExamples(page: Page): Promise<{ asked: Promise<unknown>; release: () => void }> {
  const sources = /\/assets\/example-sources/;
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route(sources, async (route) => {
    await held;
    await route.continue();
  });
  return { asked: page.waitForRequest(sources), release };
}

export const run = (page: Page) => page.getByRole("button", { name: "Run" }).click();

export const result = (page: Page) => page.getByRole("region", { name: "Result" });

/** The page asks by itself, too, and then there is no button any more: what comes of it is what a test looks at. */
export const askNow = (page: Page) => page.getByRole("button", { name: "Ask now" }).click({ timeout: 5000 }).catch(() => {});
