// States that only a live page has: the line is down, something failed, something is on the way, other colours at once.
import { expect, isLive, openLive, row, signIn, test } from "../fixtures.js";

test("while the line is down the list stays, says since when, and what fails can be tried again in place", async ({ page, tidings, faults }) => {
  faults.expect(/ERR_INTERNET_DISCONNECTED|Failed to load resource/);
  const ana = tidings.person("ana");
  await tidings.send(tidings.token(tidings.admin(), "send"), { to: [ana.name], title: "Lunch" });
  await openLive(page, ana);
  await page.context().setOffline(true);
  await expect(page.getByTestId("down")).toContainText(/Offline since \d\d:\d\d/);
  await expect(row(page, "Lunch")).toBeVisible();
  await row(page, "Lunch").getByTestId("item-link").click();
  await expect(page.getByTestId("failed")).toContainText("cannot be reached");
  await page.getByTestId("retry").click();
  await expect(page.getByTestId("failed")).toBeVisible();
  await expect(row(page, "Lunch")).toBeVisible();
  await page.getByTestId("nav-done").click();
  await expect(row(page, "Lunch")).toBeVisible();
  await page.context().setOffline(false);
  await isLive(page, 40_000);
  await expect(page.getByTestId("down")).toBeHidden();
  await expect(page.getByTestId("empty")).toHaveAttribute("data-state", "done");
});

test("what failed on the server has a number, and can be tried again", async ({ page, tidings, faults }) => {
  faults.expect(/status of 500/);
  const ana = tidings.person("ana");
  await tidings.send(tidings.token(tidings.admin(), "send"), { to: [ana.name], title: "Lunch" });
  await openLive(page, ana);
  await page.route("**/api/open", (route) => route.fulfill({ status: 500, body: JSON.stringify({ unexpected: { id: "5f0c1ab2" } }) }));
  await row(page, "Lunch").getByTestId("item-link").click();
  await expect(page.getByTestId("request-id")).toHaveText("5f0c1ab2");
  await page.unroute("**/api/open");
  await page.getByTestId("retry").click();
  await expect(page.getByTestId("message-title")).toHaveText("Lunch");
});

test("what takes long is drawn as on the way, and what is quick is not", async ({ page, tidings }) => {
  await openLive(page, tidings.person("ana"));
  let go = () => {};
  const held = new Promise<void>((done) => (go = done));
  await page.route("**/api/page", async (route) => {
    await held;
    await route.continue();
  });
  await page.getByTestId("nav-done").click();
  const list = page.locator("section.list");
  await expect(list).toHaveAttribute("aria-busy", "true");
  const delay = await list.evaluate((node) => getComputedStyle(node, "::after").animationDelay);
  expect(delay).toBe("0.2s");
  go();
  await expect(list).not.toHaveAttribute("aria-busy", "true");
});

test("the palette changes the colours, here at once and in other tabs by themselves", async ({ page, tidings }) => {
  await openLive(page, tidings.person("ana"));
  const twin = await page.context().newPage();
  await twin.goto("/");
  await isLive(twin);
  await page.bringToFront();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("dark");
  await page.keyboard.press("Enter");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(twin.locator("html")).toHaveAttribute("data-theme", "dark");
});

test("numbers of sources follow what comes", async ({ page, tidings }) => {
  const [ana, bea] = [tidings.person("ana"), tidings.admin("bea")];
  const token = tidings.token(bea, "send");
  await openLive(page, ana);
  await expect(page.getByTestId("source")).toHaveCount(0);
  await tidings.send(token, { to: [ana.name], title: "One" });
  await expect(page.getByTestId("source-count")).toContainText("1", { timeout: 15_000 });
});

test("what is to be copied is copied", async ({ page, tidings }) => {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const olga = tidings.admin();
  await signIn(page, olga);
  await page.getByTestId("copy").first().click();
  await expect(page.getByTestId("copy").first()).toHaveText("Copied");
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`tidings token create ${olga.name} --scope send`);
});

test("a page that is not for its reader says so, also when it is gone to without loading", async ({ page, tidings, faults }) => {
  faults.expect(/status of (403|404)/);
  const follow = (href: string) =>
    page.evaluate((href) => {
      const link = document.body.appendChild(document.createElement("a"));
      link.setAttribute("href", href);
      link.click();
    }, href);
  await openLive(page, tidings.person("ana"));
  await follow("/send");
  await expect(page.getByTestId("forbidden-page")).toBeVisible();
  await page.goto("about:blank");
  await page.context().clearCookies();
  await openLive(page, tidings.admin("olga"));
  await follow("/send/sent/999");
  await expect(page.getByTestId("not-found-page")).toBeVisible();
  await page.getByTestId("not-found-page").getByRole("link").click();
  await expect(page.getByTestId("inbox-page")).toBeVisible();
});
