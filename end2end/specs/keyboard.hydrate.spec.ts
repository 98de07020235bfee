// One day without a mouse: from signing in to signing out, and not one click.
import { type Page, type Person, alive, expect, isLive, row, test } from "../fixtures.js";

/** Goes on by Tab until this has the focus. */
async function tabTo(page: Page, testid: string, key = "Tab") {
  const here = () => page.evaluate((testid) => (document.activeElement as HTMLElement | null)?.dataset.testid === testid, testid);
  for (let n = 0; n < 160 && !(await here()); n++) await page.keyboard.press(key);
  await expect(page.getByTestId(testid).and(page.locator(":focus"))).toBeVisible();
}

/** Whoever touches the mouse fails. */
async function noMouse(page: Page) {
  await page.addInitScript(() => addEventListener("mousedown", () => { throw new Error("a mouse was used"); }, true));
}

/** Signs in by key. */
async function enter(page: Page, person: Person) {
  await page.goto("/sign-in");
  await tabTo(page, "field-name");
  await page.keyboard.type(person.name);
  await page.keyboard.press("Tab");
  await page.keyboard.type(person.password);
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.pathname === "/");
  await alive(page);
  await isLive(page);
}

test("select, acknowledge, mute, look into history, keep a search, choose, end a session, come to what is new", async ({ page, tidings, faults }) => {
  test.setTimeout(120_000);
  faults.expect(/status of 500/);
  await noMouse(page);
  const ana = tidings.person("ana");
  const token = tidings.token(tidings.admin(), "send");
  const send = (title: string, more = {}) => tidings.send(token, { to: [ana.name], title, ...more });
  for (let n = 0; n < 30; n++) await send(`Old ${n}`);
  for (const percent of [80, 90]) await send(`Disk ${percent} % full`, { collapse_key: "disk" });
  await send("Chatter", { category: "chat", tags: ["chat"] });
  await send("New rules", { acknowledge: true });
  await enter(page, ana);
  await page.context().clearCookies(); // another device: its cookie is lost, its session is not
  await enter(page, ana);
  const press = async (testid: string, key = "Tab") => {
    await tabTo(page, testid, key);
    await page.keyboard.press("Enter");
  };

  // Acknowledge, mute and history, in the message.
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await press("acknowledge");
  await expect(page.getByTestId("acknowledged")).toBeVisible();
  await page.keyboard.press("j");
  await expect(page.getByTestId("message-title")).toHaveText("Chatter");
  await press("mute-category");
  await expect(page.getByTestId("why")).toContainText("You have muted this");
  await page.keyboard.press("j");
  await expect(page.getByTestId("message-title")).toHaveText("Disk 90 % full");
  for (let n = 0; n < 20 && !(await page.locator("summary:focus").count()); n++) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("history")).toContainText("Disk 80 % full");
  await page.keyboard.press("u");

  // Select, and do it with all of them by the bar.
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await page.keyboard.press("J");
  await expect(page.getByTestId("bulk")).toContainText("2 selected");
  await press("bulk-pin", "Shift+Tab");
  await expect(page.locator("article[data-pinned]")).toHaveCount(2);

  // A chip, a search that is kept, opened and forgotten.
  await tabTo(page, "search", "Shift+Tab");
  await tabTo(page, "chip");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/q=is/);
  await page.keyboard.press("/");
  await page.keyboard.press("Control+a");
  await page.keyboard.type("disk");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("item")).toHaveCount(1);
  await tabTo(page, "filter-name", "Shift+Tab");
  await page.keyboard.type("Disks");
  await press("filter-keep");
  await expect(page.getByTestId("filter")).toContainText("Disks");
  await alive(page);
  await press("filter-forget");
  await expect(page.getByTestId("filter")).toHaveCount(0);

  // Choose, and hear of the muted again.
  await press("nav-preferences");
  await expect(page.getByTestId("preferences-page")).toBeVisible();
  await tabTo(page, "quiet-5");
  await page.keyboard.press("Space");
  await press("save");
  await expect(page.getByTestId("done")).toContainText("saved");
  await alive(page);
  await press("unmute");
  await expect(page.getByTestId("nothing-muted")).toBeVisible();
  await alive(page);

  // End the other session.
  await press("me");
  await expect(page.getByTestId("session")).toHaveCount(2);
  await press("end-others");
  await expect(page.getByTestId("only-here")).toBeVisible();
  await alive(page);

  // What is new while one is far below, and a failure that is tried again.
  await page.keyboard.press("g");
  await page.keyboard.press("i");
  await isLive(page);
  await page.keyboard.press("j");
  for (let n = 0; n < 24; n++) await page.keyboard.press("j");
  await send("Just in");
  await expect(page.locator(".newer")).toBeVisible();
  // From a row to what stands before all rows (WAI-ARIA Authoring Practices, «Feed»).
  await page.keyboard.press("Control+Home");
  for (let n = 0; n < 20 && !(await page.locator(".newer:focus").count()); n++) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(row(page, "Just in")).toBeInViewport();
  await page.route("**/api/open", (route) => route.fulfill({ status: 500, body: JSON.stringify({ unexpected: { id: "5f0c1ab2" } }) }));
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.getByTestId("failed").waitFor();
  await page.unroute("**/api/open");
  await page.keyboard.press("Control+End");
  await press("retry");
  await expect(page.getByTestId("message-title")).toBeVisible();
});

test("sign in, read, done, undo, search, snooze, palette, send, sign out", async ({ page, tidings }) => {
  test.setTimeout(120_000);
  await noMouse(page);
  const [olga, ana] = [tidings.admin(), tidings.person("ana")];
  const token = tidings.token(olga, "send");
  for (const title of ["Canteen closed", "Report is ready", "Backup failed"]) await tidings.send(token, { to: [olga.name], title, body: "More of it **here**." });

  // Sign in.
  await enter(page, olga);

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
