// Searches that stay open.
import { expect, row, signIn, test } from "../fixtures.js";

test("a search in a tab that nobody sees asks again only when it is shown", async ({ page, tidings }) => {
  const ana = tidings.person("ana");
  const token = tidings.token(tidings.admin(), "send");
  await signIn(page, ana, "/?q=backup");
  await expect(page.getByTestId("live")).toHaveAttribute("data-state", "live");
  const show = (hidden: boolean) =>
    page.evaluate((hidden) => Object.defineProperty(document, "hidden", { configurable: true, value: hidden }), hidden);
  let asked = 0;
  page.on("request", (request) => {
    if (new URL(request.url()).pathname === "/api/page") asked += 1;
  });
  await show(true);
  await tidings.send(token, { to: [ana.name], title: "Backup failed" });
  await expect(page).toHaveTitle(/1/);
  // A tab that is seen asks a second after the change.
  await page.waitForTimeout(2_500);
  expect(asked).toBe(0);
  await show(false);
  await expect(row(page, "Backup failed")).toBeVisible();
  expect(asked).toBe(1);
});
