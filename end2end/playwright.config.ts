// The browser tests. Every spec runs with JavaScript on and off, except *.hydrate.spec.ts, which need it on.
import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";
import type { Options } from "./fixtures.js";

// Pages are compared with their pictures once there are some; `make pictures` takes them.
const pictures = existsSync(new URL("pictures", import.meta.url)) || Boolean(process.env.PICTURES);
const screenshots = Boolean(process.env.SCREENSHOTS);

export default defineConfig<Options>({
  testDir: "specs",
  testMatch: screenshots ? "screenshots.hydrate.spec.ts" : "**/*.spec.ts",
  testIgnore: screenshots ? [] : ["screenshots.*", ...(pictures ? [] : ["pictures.*"])],
  outputDir: "test-results",
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  retries: 0, // a test that passes at the second try has found something
  workers: 2,
  timeout: 60_000,
  globalTimeout: 38 * 60_000,
  expect: {
    timeout: 10_000,
    // Little enough that a wrong colour is seen, enough for edges of letters on another machine.
    toHaveScreenshot: { threshold: 0.1, maxDiffPixelRatio: 0.002, animations: "disabled", caret: "hide", scale: "css" },
  },
  snapshotPathTemplate: "pictures/{arg}{ext}",
  reporter: "list",
  use: {
    browserName: "chromium",
    viewport: { width: 1280, height: 800 },
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    actionTimeout: 10_000,
    navigationTimeout: 15_000,
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--font-render-hinting=none",
        "--force-color-profile=srgb",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  projects: [
    { name: "js", use: { js: true } },
    { name: "no-js", use: { js: false, javaScriptEnabled: false }, testIgnore: ["*.hydrate.spec.ts", "**/*.hydrate.spec.ts"] },
  ],
});
