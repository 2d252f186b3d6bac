import { defineConfig } from "@playwright/test";

/** The distribution's: nothing is fetched for these tests but packages. */
const executablePath = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

/** It runs as root in a container of its own on test machines, and talks to nobody but the service. */
const args = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

export default defineConfig({
  testDir: "tests",
  outputDir: process.env["GAVEL_UI_ARTEFACTS"] ?? "artefacts",
  fullyParallel: true,
  workers: 2,
  forbidOnly: true,
  /** As scripts/test.sh does it with the other tests; the list says which were flaky. */
  retries: 1,
  timeout: 120_000,
  expect: { timeout: 40_000 },
  reporter: [["list"]],
  projects: [
    { name: "page", testIgnore: "alone.spec.ts" },
    { name: "alone", testMatch: "alone.spec.ts", dependencies: ["page"] },
  ],
  use: {
    baseURL: process.env["GAVEL_E2E_URL"] ?? "http://127.0.0.1:5050",
    browserName: "chromium",
    launchOptions: { executablePath, args },
    locale: "en-GB",
    colorScheme: "light",
    screenshot: "only-on-failure",
    trace: "off",
  },
});
