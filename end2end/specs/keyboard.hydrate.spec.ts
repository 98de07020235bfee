// One day without a mouse: from signing in to signing out, and not one click.
import { type Page, alive, expect, isLive, row, test } from "../fixtures.js";

/** Goes on by Tab until this has the focus. */
async function tabTo(page: Page, testid: string, key = "Tab") {
  const here = () => page.evaluate((testid) => (document.activeElement as HTMLElement | null)?.dataset.testid === testid, testid);
  for (let n = 0; n < 80 && !(await here()); n++) await page.keyboard.press(key);
  await expect(page.getByTestId(testid).and(page.locator(":focus"))).toBeVisible();
}

test("sign in, read, done, undo, search, snooze, palette, send, sign out", async ({ page, tidings }) => {
  test.setTimeout(120_000);
  // Whoever touches the mouse fails.
  await page.addInitScript(() => addEventListener("mousedown", () => { throw new Error("a mouse was used"); }, true));
  const [olga, ana] = [tidings.admin(), tidings.person("ana")];
  const token = tidings.token(olga, "send");
  for (const title of ["Canteen closed", "Report is ready", "Backup failed"]) await tidings.send(token, { to: [olga.name], title, body: "More of it **here**." });

  // Sign in.
  await page.goto("/sign-in");
  await tabTo(page, "field-name");
  await page.keyboard.type(olga.name);
  await page.keyboard.press("Tab");
  await page.keyboard.type(olga.password);
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.pathname === "/");
  await alive(page);
  await isLive(page);

  // The first thing on the page leads past the rail.
  await page.keyboard.press("Tab");
  await expect(page.locator(".skip")).toBeFocused();
  await page.keyboard.press("Enter");
  await tabTo(page, "item");

  // Read.
  await expect(row(page, "Backup failed")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("message-title")).toHaveText("Backup failed");
  await page.keyboard.press("Escape");
  await expect(row(page, "Backup failed")).toHaveAttribute("data-state", "read");
  await expect(row(page, "Backup failed")).toBeFocused();

  // Done by the button of the row, and taken back by the one of the toast.
  await tabTo(page, "mark-done");
  await page.keyboard.press("Enter");
  await expect(row(page, "Backup failed")).toHaveCount(0);
  await expect(row(page, "Report is ready")).toBeFocused();
  await tabTo(page, "undo", "Shift+Tab");
  await page.keyboard.press("Enter");
  await expect(row(page, "Backup failed")).toBeVisible();
  // And the same by letters.
  await row(page, "Report is ready").waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("e");
  await expect(page.getByTestId("item")).toHaveCount(2);
  await expect(page.getByTestId("undo-toast")).toContainText("1 message done.");
  await page.keyboard.press("z");
  await expect(page.getByTestId("item")).toHaveCount(3);

  // Search.
  await page.keyboard.press("/");
  await page.keyboard.type("canteen");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/q=canteen/);
  await expect(page.getByTestId("item")).toHaveCount(1);
  await tabTo(page, "item");
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("item")).toHaveCount(3);

  // Snooze, by the dialog.
  await page.keyboard.press("j");
  await page.keyboard.press("h");
  await expect(page.getByTestId("snooze")).toBeVisible();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("item")).toHaveCount(2);
  await expect(page.getByTestId("undo-toast")).toContainText("snoozed until tomorrow");

  // The palette.
  await page.keyboard.press("Control+k");
  await page.keyboard.type("snoozed");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/view=snoozed/);
  await expect(page.getByTestId("item")).toHaveCount(1);

  // Send.
  await tabTo(page, "nav-send", "Shift+Tab");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("send-page")).toBeVisible();
  await tabTo(page, "field-to");
  await page.keyboard.type(ana.name);
  await page.keyboard.press("Tab");
  await page.keyboard.type("Lunch at one");
  await page.keyboard.press("Tab");
  await page.keyboard.type("Downstairs.");
  await tabTo(page, "review");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("review-page")).toBeVisible();
  await alive(page);
  await tabTo(page, "send");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("sent-page")).toBeVisible();
  await alive(page);

  // Sign out.
  await tabTo(page, "sign-out");
  await page.keyboard.press("Enter");
  await page.waitForURL(/sign-in/);
  await expect(page.getByTestId("sign-in-page")).toBeVisible();
});
