/** The pictures of the documentation. */

import { expect, result, run, test, write } from "../page";

const INTO = "../../docs/images";

test.use({ viewport: { width: 1280, height: 800 } });

test("the playground", async ({ page }) => {
  await page.goto("/");
  await write(page, "#include <iostream>\n\nint main() {\n    int a, b;\n    std::cin >> a >> b;\n    std::cout << a - b << '\\n';\n}\n");
  await run(page);
  await expect(result(page).getByRole("heading", { name: "Wrong answer" }).first()).toBeVisible();
  await page.evaluate(() => document.querySelector(".result")?.scrollIntoView({ block: "end" }));
  await page.screenshot({ path: `${INTO}/playground.png` });
});

test("operations", async ({ page }) => {
  await page.emulateMedia({ colorScheme: "dark" });
  await page.goto("/operations");
  await expect(page.getByRole("region", { name: "Sandboxes" })).toBeVisible();
  await expect(page.getByText("Loading…")).toHaveCount(0);
  await page.screenshot({ path: `${INTO}/operations.png` });
});
