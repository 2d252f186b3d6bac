import { defineConfig } from "@playwright/test";
import tests from "./playwright.config";

const { projects: _, ...shared } = tests;

export default defineConfig({ ...shared, testDir: "screenshots", workers: 1 });
