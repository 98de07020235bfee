// One's sessions: which devices there are, signing them out, and changing the password. By plain forms, also without JavaScript.
import { type Page, alive, expect, fillSignIn, isLive, row, signIn, test } from "../fixtures.js";

const NEW = "another-horse-battery";

/** Goes to the page of sessions by the link with one's name. */
async function openSessions(page: Page) {
  await page.getByTestId("me").click();
  await expect(page.getByTestId("sessions-page")).toBeVisible();
  await expect(page).toHaveURL("/sessions");
}

/** The entries of the list that are not this device's. */
const others = (page: Page) => page.getByTestId("session").and(page.locator(":not([data-here])"));

test("the list has this device first, says when the others were used, and names the device in each button", async ({ page, tidings, visitor, js }) => {
  const ana = tidings.person("ana");
  await signIn(page, ana);
  await openSessions(page);
  await expect(page.getByTestId("only-here")).toBeVisible();
  await expect(page.getByTestId("end-others")).toHaveCount(0);
  await signIn(await visitor(), ana);
  await page.reload();
  await alive(page);
  await expect(page.getByTestId("session")).toHaveCount(2);
  await expect(page.getByTestId("session").first()).toContainText("This device");
  const there = others(page);
  await expect(there).toContainText(/In use now|Last used just now/);
  await expect(page.getByRole("button", { name: /^Sign out .+, from 127\.0\.0\.1$/ })).toHaveCount(2);
  // No zone is kept yet, so the server writes UTC; where script runs the page puts it on the reader's clock.
  await expect(there.locator("time").last()).toHaveText(js ? /^\w+day, \d+ \w+ \d{4}, \d\d:\d\d$/ : / UTC$/);
});

test("a device is signed out from the list, and its open page is told at once", async ({ page, tidings, visitor, js, faults }) => {
  faults.expect(/status of 401/);
  const ana = tidings.person("ana");
  const token = tidings.token(tidings.admin(), "send");
  await tidings.send(token, { to: [ana.name], title: "Before" });
  await signIn(page, ana);
  const phone = await visitor();
  await signIn(phone, ana);
  if (js) await isLive(phone);
  await openSessions(page);
  await others(page).getByTestId("session-end").click();
  await expect(page.getByTestId("done")).toHaveText("That device is signed out.");
  await expect(page.getByTestId("only-here")).toBeVisible();
  if (js) {
    await expect(phone.getByTestId("signed-out")).toBeVisible({ timeout: 3000 });
    await expect(row(phone, "Before")).toBeVisible();
  }
  await phone.goto("/sessions");
  await expect(phone.getByTestId("sign-in-page")).toBeVisible();
  await page.goto("/");
  await expect(page.getByTestId("inbox-page")).toBeVisible();
});

test("signing out everywhere asks once more, and then leaves nobody in", async ({ page, tidings, visitor, js, faults }) => {
  faults.expect(/status of 401/);
  const ana = tidings.person("ana");
  await signIn(page, ana);
  const phone = await visitor();
  await signIn(phone, ana);
  if (js) await isLive(phone);
  await openSessions(page);
  await expect(page.getByTestId("end-everywhere-sure")).toBeHidden();
  await page.getByTestId("end-everywhere").click();
  await page.getByTestId("end-everywhere-sure").click();
  await expect(page.getByTestId("sign-in-page")).toBeVisible();
  await expect(page.getByTestId("done")).toHaveText("You are signed out everywhere.");
  if (js) await expect(phone.getByTestId("signed-out")).toBeVisible({ timeout: 3000 });
  await phone.goto("/sessions");
  await expect(phone.getByTestId("sign-in-page")).toBeVisible();
});

test("a new password needs the current one, signs the others out, and is the one that counts", async ({ page, tidings, visitor, js, faults }) => {
  faults.expect(/status of 401/);
  const ana = tidings.person("ana");
  await signIn(page, ana);
  const phone = await visitor();
  await signIn(phone, ana);
  if (js) await isLive(phone);
  await openSessions(page);
  const change = async (current: string, again: string) => {
    await page.getByTestId("field-current").fill(current);
    await page.getByTestId("field-new").fill(NEW);
    await page.getByTestId("field-again").fill(again);
    await page.getByTestId("change-password").click();
  };
  await change("not the password", NEW);
  await expect(page.getByTestId("problem-current")).toBeVisible();
  await change(ana.password, `${NEW}!`);
  await expect(page.getByTestId("problem-again")).toBeVisible();
  await change(ana.password, NEW);
  await expect(page.getByTestId("done")).toContainText("Your password is changed");
  await alive(page);
  if (js) {
    await isLive(page);
    await expect(phone.getByTestId("signed-out")).toBeVisible({ timeout: 3000 });
  }
  await phone.goto("/sign-in");
  await fillSignIn(phone, ana);
  await expect(phone.getByTestId("problem")).toBeVisible();
  await fillSignIn(phone, { name: ana.name, password: NEW });
  await expect(phone.getByTestId("inbox-page")).toBeVisible();
});
