// The session ends while the page is open: the page says so, keeps what it shows, and goes on after signing in.
import { BEAT_MS, expect, fillSignIn, isLive, openLive, row, test } from "../fixtures.js";

/** A stream is looked at again at each beat; twice that, for what other tests do to the machine. */
const SOON = { timeout: 2 * BEAT_MS + 3000 };

test("signing out in one tab is told in the other, which keeps its list and resumes after signing in", async ({ page, context, tidings, faults }) => {
  faults.expect(/status of 401/);
  const ana = tidings.person("ana");
  const token = tidings.token(tidings.admin(), "send");
  await tidings.send(token, { to: [ana.name], title: "Before" });
  await openLive(page, ana);
  const twin = await context.newPage();
  await twin.goto("/");
  await twin.getByTestId("sign-out").click();
  await expect(twin.getByTestId("sign-in-page")).toBeVisible();

  await expect(page.getByTestId("signed-out")).toBeVisible(SOON);
  await expect(page.getByTestId("live")).toHaveAttribute("data-state", "signed-out");
  await expect(row(page, "Before")).toBeVisible();

  await tidings.send(token, { to: [ana.name], title: "Meanwhile" });
  await page.getByTestId("sign-in-again").click();
  await expect(page.getByTestId("sign-in-page")).toBeVisible();
  await fillSignIn(page, ana);
  await isLive(page);
  await expect(row(page, "Before")).toBeVisible();
  await expect(row(page, "Meanwhile")).toBeVisible();
});

test("a person who is disabled hears nothing more, is told, and cannot come back", async ({ page, tidings, faults, visitor }) => {
  faults.expect(/status of 401/);
  const ana = tidings.person("ana");
  const token = tidings.token(tidings.admin(), "send");
  await tidings.send(token, { to: [ana.name], title: "Before" });
  await openLive(page, ana);
  tidings.disable(ana);
  await expect(page.getByTestId("signed-out")).toBeVisible(SOON);
  await expect(row(page, "Before")).toBeVisible();
  const fresh = await visitor();
  await fresh.goto("/sign-in");
  await fillSignIn(fresh, ana);
  await expect(fresh.getByTestId("problem")).toBeVisible();
});

test("signing out on one device leaves the other one signed in", async ({ page, tidings, visitor }) => {
  const ana = tidings.person("ana");
  const token = tidings.token(tidings.admin(), "send");
  await openLive(page, ana);
  const phone = await visitor();
  await openLive(phone, ana);
  await phone.getByTestId("sign-out").click();
  await expect(phone.getByTestId("sign-in-page")).toBeVisible();
  await tidings.send(token, { to: [ana.name], title: "Still for you" });
  await expect(row(page, "Still for you")).toBeVisible();
  await expect(page.getByTestId("live")).toHaveAttribute("data-state", "live");
});

test("an act after the session has ended does not pretend", async ({ page, context, tidings, faults }) => {
  faults.expect(/status of 401/);
  const ana = tidings.person("ana");
  await tidings.send(tidings.token(tidings.admin(), "send"), { to: [ana.name], title: "Stay" });
  await openLive(page, ana);
  await context.clearCookies();
  await row(page, "Stay").hover();
  await row(page, "Stay").getByTestId("mark-done").click();
  await expect(page.getByTestId("signed-out")).toBeVisible();
  await expect(row(page, "Stay")).toHaveAttribute("data-state", "unread");
});
