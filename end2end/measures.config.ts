// Measurements: what the pages cost in time, in figures. They are no tests of the suite: a figure is the machine's as much as
// ours. `make feel`, `make speed` and `make lighthouse` run them against the release binary, one at a time.
import { defineConfig } from "@playwright/test";
import base from "./playwright.config.js";
import type { Options } from "./fixtures.js";

export default defineConfig<Options>({
  ...base,
  testDir: "measures",
  testMatch: "*.measure.ts",
  testIgnore: [],
  fullyParallel: false,
  workers: 1,
  timeout: 600_000,
  projects: [{ name: "measures", use: { js: true, trace: "off" } }],
});
