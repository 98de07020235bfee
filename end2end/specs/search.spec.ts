// Finding messages. Everything here works without JavaScript too.
import { type Page, expect, row, signIn, test } from "../fixtures.js";

const titlesOf = (page: Page) => page.getByTestId("item-title").allInnerTexts();

async function find(page: Page, query: string) {
  await page.getByTestId("search").fill(query);
  await page.getByTestId("search").press("Enter");
  await expect(page).toHaveURL(query ? /[?&]q=/ : /\/(\?q=)?$/);
}

test("words are found in titles and bodies, marked, and kept in the address", async ({ page, tidings }) => {
  const ana = tidings.person("ana");
  const token = tidings.token(tidings.admin(), "send");
  await tidings.send(token, { to: [ana.name], title: "Backup failed", body: "The disk is full." });
  await tidings.send(token, { to: [ana.name], title: "Lunch", body: "Soup and a backup of bread." });
  await tidings.send(token, { to: [ana.name], title: "Holidays" });
  await signIn(page, ana);
  await find(page, "backup");
  await expect(page.getByTestId("item")).toHaveCount(2);
  expect(await titlesOf(page)).toEqual(["Lunch", "Backup failed"]);
  await expect(row(page, "Backup failed").locator("mark").first()).toHaveText("Backup");
  await page.reload();
  await expect(page.getByTestId("item")).toHaveCount(2);
  await find(page, "backup -lunch");
  expect(await titlesOf(page)).toEqual(["Backup failed"]);
  await row(page, "Backup failed").getByTestId("item-link").click();
  await expect(page.getByTestId("message-title")).toHaveText("Backup failed");
  await expect(page).toHaveURL(/q=backup.*m=\d+/);
});

test("a filter that makes no sense says what and where", async ({ page, tidings }) => {
  await signIn(page, tidings.person("ana"));
  await find(page, "is:loud");
  await expect(page.getByTestId("inbox-page")).toContainText("loud");
  await expect(page.getByTestId("item")).toHaveCount(0);
});

test("a search that is kept stands in the rail with its number", async ({ page, tidings }) => {
  const ana = tidings.person("ana");
  await tidings.send(tidings.token(tidings.admin(), "send"), { to: [ana.name], title: "Deploy is done" });
  await signIn(page, ana);
  await find(page, "deploy");
  await page.getByTestId("filter-name").fill("Deploys");
  await page.getByTestId("filter-keep").click();
  await expect(page.getByTestId("filter")).toContainText("Deploys");
  await expect(page.getByTestId("filter-count")).toContainText("1");
  await page.getByTestId("nav-inbox").click();
  await page.getByTestId("filter-link").click();
  await expect(row(page, "Deploy is done")).toBeVisible();
  await page.getByTestId("filter-forget").click();
  await expect(page.getByTestId("filter")).toHaveCount(0);
});
