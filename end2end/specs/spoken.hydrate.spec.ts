// What a screen reader says of the main flows is what docs/ACCESSIBILITY.md says it does. `make spoken` writes the document's
// blocks anew, for a reviewer to read; here they are compared.
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Page } from "@playwright/test";
import { expect, isLive, row, signIn, test, visit } from "../fixtures.js";
import { spoken } from "../spoken.js";
import { type Cast, cast } from "../states.js";

const DOCUMENT = resolve(import.meta.dirname, "../../docs/ACCESSIBILITY.md");
const WRITE = Boolean(process.env.SPOKEN);

/** The flows in order, on one page; each leads to the next. The names are those of the document's blocks. */
const flows: [name: string, selector: string, act: (page: Page, cast: Cast) => Promise<void>][] = [
  ["sign in", "body", async (page) => visit(page, "/sign-in")],
  ["sign in, refused", "form", async (page, { olga }) => {
    await page.getByTestId("field-name").fill(olga.name);
    await page.getByTestId("field-password").fill("not the password");
    await page.keyboard.press("Enter");
    await page.getByTestId("problem").waitFor();
  }],
  ["the inbox", "body", async (page, { olga }) => {
    await signIn(page, olga);
    await isLive(page);
  }],
  ["a message", ".pane", async (page) => {
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.getByTestId("message-body").waitFor();
    await expect(row(page, "Backup failed")).toHaveAttribute("data-state", "read");
  }],
  ["its row, once it was read", "[data-testid=item]", async () => {}],
  ["done: the toast", ".toasts", async (page) => {
    await row(page, "Canteen closed on Friday").focus();
    await page.keyboard.press("e");
    await page.getByTestId("undo-toast").waitFor();
  }],
  ["done: the status", "[data-testid=said]", async () => {}],
  ["several selected", "[data-testid=bulk]", async (page) => {
    await page.keyboard.press("x");
    await page.keyboard.press("K");
    await expect(page.getByTestId("bulk")).toContainText("2 selected");
  }],
  ["until when to snooze", "[data-testid=snooze]", async (page) => {
    await page.keyboard.press("h");
    await page.getByTestId("snooze").waitFor();
  }],
  ["the palette", "[data-testid=palette]", async (page) => {
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+k");
    await page.keyboard.type("mark");
    await expect(page.getByRole("option")).toHaveCount(3);
  }],
  ["a search", "main", async (page) => {
    await visit(page, "/?q=canteen");
    await page.getByTestId("item").first().waitFor();
  }],
  ["a search that finds nothing", ".list", async (page) => visit(page, "/?q=zebra")],
  ["preferences", "main", async (page) => {
    await visit(page, "/preferences");
    await page.locator(".here[data-state]").first().waitFor();
  }],
  ["sending", "main", async (page) => visit(page, "/send")],
  ["sending: what has to be put right", "main", async (page) => {
    await page.getByTestId("field-to").fill("nobody-1");
    await page.getByTestId("review").click();
    await page.getByTestId("problem-title").waitFor();
  }],
  ["sending: the review", "main", async (page, { ana }) => {
    await page.getByTestId("field-to").fill(ana.name);
    await page.getByTestId("field-title").fill("Lunch at one");
    await page.getByTestId("field-body").fill("Downstairs, **not** in the canteen.");
    await page.getByTestId("review").click();
    await page.getByTestId("review-page").waitFor();
  }],
];

const block = (name: string) => new RegExp(`(<!-- spoken: ${name} -->\n\`\`\`text\n)([\\s\\S]*?)(\n\`\`\`)`);

test("the document says what a screen reader says", async ({ own, visitor, faults }) => {
  test.setTimeout(150_000);
  faults.expect(/status of (401|422|400)/);
  const people = await cast(own);
  const page = await visitor(own);
  let document = readFileSync(DOCUMENT, "utf8");
  for (const [name, selector, act] of flows) {
    await test.step(name, async () => {
      await act(page, people);
      const said = await spoken(page, selector, { [people.olga.name]: "olga", [people.ana.name]: "ana", [people.mia.name]: "mia" });
      expect(document, `the document has no block «${name}»`).toMatch(block(name));
      if (WRITE) document = document.replace(block(name), (_, head: string, __, tail: string) => head + said + tail);
      else expect.soft(said, name).toBe(document.match(block(name))![2]);
    });
  }
  if (WRITE) writeFileSync(DOCUMENT, document);
});

test("everything that can be acted on has a name of its own", async ({ own, visitor }) => {
  const people = await cast(own);
  const page = await visitor(own);
  await signIn(page, people.olga);
  await isLive(page);
  await row(page, "Backup failed").getByTestId("item-link").click();
  await page.getByTestId("message-body").waitFor();
  const lines = (await spoken(page, "body")).split("\n").map((line) => line.trim());
  const actors = lines.filter((line) => /, (link|button|checkbox)/.test(line)).map((line) => line.replace(/, (current page|not checked|checked|“.*”).*$/, ""));
  const nameless = lines.filter((line) => /^(link|button|checkbox|textbox|searchbox|combobox|article)\b/.test(line));
  expect(nameless).toEqual([]);
  // In the list every verb names its message, so no two are alike.
  expect(actors.filter((line, at) => actors.indexOf(line) !== at)).toEqual([]);
});
