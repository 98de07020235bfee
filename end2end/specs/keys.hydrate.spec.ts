// The inbox by keyboard alone: commands, selection, palette, and where the focus goes.
import type { Tidings } from "../tidings.js";
import { type Page, type Person, expect, openLive, row, test, visit } from "../fixtures.js";

async function openWith(page: Page, tidings: Tidings, titles: string[]): Promise<Person> {
  const ana = tidings.person("ana");
  const token = tidings.token(tidings.admin(), "send");
  for (const title of titles) await tidings.send(token, { to: [ana.name], title });
  await openLive(page, ana);
  return ana;
}

const titles = ["Five", "Four", "Three", "Two", "One"];

test("rows are gone through, opened and left by key", async ({ page, tidings }) => {
  await openWith(page, tidings, titles);
  await page.keyboard.press("j");
  await expect(row(page, "One")).toBeFocused();
  await page.keyboard.press("j");
  await page.keyboard.press("ArrowDown");
  await expect(row(page, "Three")).toBeFocused();
  await page.keyboard.press("k");
  await expect(row(page, "Two")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("message-title")).toHaveText("Two");
  await page.keyboard.press("u");
  await expect(page.getByTestId("message")).toHaveCount(0);
  await expect(row(page, "Two")).toBeFocused();
});

test("the focus goes to the next row when its row leaves, and what left comes back by z", async ({ page, tidings }) => {
  await openWith(page, tidings, titles);
  for (let n = 0; n < 4; n++) await page.keyboard.press("j");
  await expect(row(page, "Four")).toBeFocused();
  await page.keyboard.press("e");
  await expect(row(page, "Four")).toHaveCount(0);
  await expect(row(page, "Five")).toBeFocused();
  await page.keyboard.press("#");
  await expect(row(page, "Five")).toHaveCount(0);
  await expect(row(page, "Three")).toBeFocused();
  await expect(page.getByTestId("undo-toast")).toContainText("deleted");
  await page.keyboard.press("z");
  await expect(row(page, "Five")).toBeVisible();
  await page.keyboard.press("z");
  await expect(row(page, "Four")).toBeVisible();
  await expect(page.getByTestId("said")).toHaveText("Taken back.");
});

test("a range is selected and goes together", async ({ page, tidings }) => {
  await openWith(page, tidings, titles);
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await page.keyboard.press("J");
  await page.keyboard.press("J");
  await expect(page.getByTestId("bulk")).toContainText("3 selected");
  await page.keyboard.press("s");
  for (const title of ["One", "Two", "Three"]) await expect(row(page, title)).toHaveAttribute("data-pinned", "");
  await expect(row(page, "Four")).not.toHaveAttribute("data-pinned", "");
  await expect(page.getByTestId("bulk")).toBeHidden();
});

test("with the mouse, a box and a box with Shift select what lies between", async ({ page, tidings }) => {
  await openWith(page, tidings, titles);
  await row(page, "Two").hover();
  await row(page, "Two").locator(".pick").click();
  await row(page, "Four").hover();
  await row(page, "Four").locator(".pick").click({ modifiers: ["Shift"] });
  await expect(page.getByTestId("bulk")).toContainText("3 selected");
  await page.getByTestId("bulk").getByRole("button", { name: "Done" }).click();
  await expect(page.getByTestId("item")).toHaveCount(2);
});

test("snoozing asks until when, by keyboard alone", async ({ page, tidings }) => {
  await openWith(page, tidings, titles);
  await page.keyboard.press("j");
  await page.keyboard.press("h");
  const dialog = page.getByTestId("snooze");
  await expect(dialog).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(row(page, "One")).toBeFocused();
  await page.keyboard.press("h");
  await page.keyboard.press("Enter");
  await expect(row(page, "One")).toHaveCount(0);
  await expect(page.getByTestId("undo-toast")).toContainText("snoozed until");
  await expect(row(page, "Two")).toBeFocused();
});

test("every key of a row does what the table says", async ({ page, context, tidings }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await openWith(page, tidings, titles);
  const [one, two] = [row(page, "One"), row(page, "Two")];
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("ArrowUp");
  await expect(one).toBeFocused();
  await page.keyboard.press("I");
  await expect(one).toHaveAttribute("data-state", "read");
  await page.keyboard.press("U");
  await expect(one).toHaveAttribute("data-state", "unread");
  await expect(page.getByTestId("said")).toHaveText("1 message marked unread.");
  await page.keyboard.press("c");
  await expect(page.getByTestId("said")).toHaveText("The link is copied.");
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(new URL(link).search).toBe(`?m=${await one.getAttribute("data-id")}`);
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await page.keyboard.press("K");
  await expect(page.getByTestId("bulk")).toContainText("2 selected");
  await page.keyboard.press("*");
  await expect(page.getByTestId("bulk")).toContainText("5 selected");
  await page.keyboard.press("*");
  await expect(page.getByTestId("bulk")).toBeHidden();
  await page.keyboard.press("o");
  await expect(page.getByTestId("message-title")).toHaveText("One");
  await page.keyboard.press("u");
  await page.keyboard.press("Shift+Escape");
  await expect(two).toHaveAttribute("data-state", "read");
  await expect(page.getByTestId("undo-toast")).toContainText("messages marked read");
  await page.keyboard.press("g");
  await page.keyboard.press("p");
  await expect(page).toHaveURL(/view=pinned/);
  await page.keyboard.press("g");
  await page.keyboard.press("d");
  await expect(page).toHaveURL(/view=done/);
});

test("from the rows one goes to what stands before and after them", async ({ page, tidings }) => {
  await openWith(page, tidings, titles);
  await row(page, "Three").getByTestId("item-link").click();
  await expect(page.getByTestId("message-title")).toHaveText("Three");
  await row(page, "Two").focus();
  await page.keyboard.press("PageDown");
  await expect(row(page, "Three")).toBeFocused();
  await page.keyboard.press("PageUp");
  await page.keyboard.press("PageUp");
  await expect(row(page, "One")).toBeFocused();
  await page.keyboard.press("Control+Home");
  await expect(page.getByTestId("search")).toBeFocused();
  await row(page, "One").focus();
  await page.keyboard.press("Control+End");
  await expect(page.locator("article.message")).toBeFocused();
});

test("one snoozes for an hour, or until a moment of one's own", async ({ page, tidings }) => {
  await openWith(page, tidings, titles);
  const [dialog, told] = [page.getByTestId("snooze"), page.getByTestId("undo-toast")];
  await page.keyboard.press("j");
  await page.keyboard.press("h");
  await dialog.getByTestId("snooze-choice").filter({ hasText: "In an hour" }).click();
  await expect(row(page, "One")).toHaveCount(0);
  await expect(told).toContainText("snoozed until");
  await page.keyboard.press("h");
  await dialog.locator("input").fill("2020-01-01T09:00");
  await dialog.getByTestId("snooze-at").click();
  await expect(page.getByTestId("notice")).toContainText("has gone by");
  await page.keyboard.press("h");
  const at = await page.evaluate(() => {
    const then = new Date(Date.now() + 3 * 86_400_000);
    return new Date(then.getTime() - then.getTimezoneOffset() * 60_000).toISOString().slice(0, 10) + "T14:30";
  });
  await dialog.locator("input").fill(at);
  await dialog.locator("input").press("Enter");
  await expect(row(page, "Two")).toHaveCount(0);
  await expect(told).toContainText("14:30");
  await visit(page, "/?view=snoozed");
  const until = async (title: string) =>
    Date.parse((await row(page, title).getByTestId("until").locator("time").getAttribute("datetime")) ?? "");
  const hour = (await until("One")) - Date.now();
  expect(hour).toBeGreaterThan(3_000_000);
  expect(hour).toBeLessThanOrEqual(3_600_000);
  expect(new Date(await until("Two")).getTime()).toBe(await page.evaluate((at) => new Date(at).getTime(), at));
});

test("the palette finds commands and places by a few letters", async ({ page, tidings }) => {
  await openWith(page, tidings, titles);
  await page.keyboard.press("j");
  await page.keyboard.press("Control+k");
  const palette = page.getByTestId("palette");
  await expect(palette.getByRole("combobox")).toBeFocused();
  await page.keyboard.type("mread");
  await expect(palette.getByRole("option").first()).toContainText("Mark read");
  await page.keyboard.press("Enter");
  await expect(palette).toBeHidden();
  await expect(row(page, "One")).toHaveAttribute("data-state", "read");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("pinned");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/view=pinned/);
});

test("the palette opens by its button, too, and is for the row that had the focus", async ({ page, tidings }) => {
  await openWith(page, tidings, titles);
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.getByTestId("commands").click();
  await page.keyboard.type("unpin");
  await page.getByTestId("palette").getByRole("option").first().click();
  await expect(row(page, "Two")).toHaveAttribute("data-pinned", "");
  await expect(row(page, "Two")).toBeFocused();
});

test("every key doubles a control that can be pressed", async ({ page, tidings }) => {
  const ana = tidings.person("ana");
  const token = tidings.token(tidings.admin(), "send");
  for (const title of titles) await tidings.send(token, { to: [ana.name], title, acknowledge: true });
  await openLive(page, ana);
  const seen = new Set<string>();
  const look = async () => {
    const there = await page.locator("a, button, input").filter({ visible: true }).evaluateAll((all) =>
      all.filter((one) => getComputedStyle(one.closest(".acts") ?? one).opacity === "1").map((one) => one.getAttribute("data-testid") ?? one.getAttribute("href") ?? one.className));
    for (const name of there) seen.add(name);
  };
  await row(page, "One").hover();
  await look();
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await look();
  await page.keyboard.press("I");
  await row(page, "One").hover();
  await look();
  await row(page, "One").getByTestId("item-link").click();
  await page.getByTestId("acknowledge").waitFor();
  await look();
  await page.keyboard.press("h");
  await page.getByTestId("snooze-choice").first().click();
  await page.getByTestId("undo").waitFor();
  await look();
  await page.getByTestId("nav-snoozed").click();
  await row(page, "One").hover();
  await look();
  await page.getByTestId("nav-preferences").click();
  await page.getByTestId("preferences-page").waitFor();
  await look();
  await visit(page, "/keys");
  const doubled: Record<string, string> = {
    "Next message": "next-message", "Previous message": "previous-message", Open: "item-link", "Back to the list": "message-close",
    Search: "search", "Find a command": "commands", Keys: "/keys",
    "Done, or back to the inbox": "mark-done", "Mark read": "mark-read", "Mark unread": "mark-unread", Snooze: "mark-snoozed", "End the snooze": "wake",
    "Pin, or unpin": "pin", Acknowledge: "acknowledge", "Mute the sender": "mute", Delete: "mark-delete", "Copy the link": "copy-link", Undo: "undo",
    "Mark all read": "read-all", Select: "pick needs-script", "Select the next, too": "pick needs-script", "Select the previous, too": "pick needs-script",
    "Select all, or none": "bulk-all", Inbox: "nav-inbox", Pinned: "nav-pinned", Snoozed: "nav-snoozed", Done: "nav-done", Preferences: "nav-preferences",
  };
  const labels = await page.getByTestId("keys-page").locator("dt").allTextContents();
  expect([...labels].sort()).toEqual(Object.keys(doubled).sort());
  expect(labels.filter((label) => !seen.has(doubled[label]!)), [...seen].join(" ")).toEqual([]);
});

test("beside the message stand its neighbours and its address, to be pressed", async ({ page, context, tidings }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await openWith(page, tidings, titles);
  await row(page, "Two").getByTestId("item-link").click();
  const title = page.getByTestId("message-title");
  await page.getByTestId("next-message").click();
  await expect(title).toHaveText("Three");
  await page.getByTestId("previous-message").click();
  await expect(title).toHaveText("Two");
  await page.getByTestId("previous-message").click();
  await expect(title).toHaveText("One");
  await page.getByTestId("copy-link").click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(page.url());
});

test("two keys go to a view, and «?» shows all of them", async ({ page, tidings }) => {
  await openWith(page, tidings, titles);
  await page.keyboard.press("g");
  await page.keyboard.press("s");
  await expect(page).toHaveURL(/view=snoozed/);
  await page.keyboard.press("g");
  await page.keyboard.press("i");
  await expect(page).toHaveURL(/\/$/);
  await page.keyboard.press("?");
  await expect(page.getByTestId("keys-page")).toContainText("Mark all read");
  await expect(page.getByTestId("keys-page").locator("kbd", { hasText: "Shift+Esc" })).toBeVisible();
});

test("letters that are typed are text, and single letters can be switched off", async ({ page, tidings }) => {
  await openWith(page, tidings, titles);
  await page.keyboard.press("/");
  await expect(page.getByTestId("search")).toBeFocused();
  await page.keyboard.type("ej#");
  await expect(page.getByTestId("search")).toHaveValue("ej#");
  await expect(page.getByTestId("item")).toHaveCount(5);

  await visit(page, "/preferences");
  await page.getByLabel(/single/i).uncheck();
  await page.getByRole("button", { name: /save/i }).first().click();
  await visit(page, "/");
  await page.keyboard.press("j");
  await expect(row(page, "One")).not.toBeFocused();
  await page.keyboard.press("Control+k");
  await expect(page.getByTestId("palette")).toBeVisible();
});

test("a row changes at once when it is acted on", async ({ page, tidings }) => {
  await openWith(page, tidings, titles);
  // From the click to the frame that shows the change, in the page itself; a server that answers late makes no difference.
  await page.route("**/api/act", async (route) => {
    await new Promise((done) => setTimeout(done, 1500));
    await route.continue();
  });
  await row(page, "Two").hover();
  await row(page, "Two").getByTestId("mark-read").click();
  await expect(row(page, "Two")).toHaveAttribute("data-state", "read", { timeout: 1000 });
});

test("what the server refuses is taken back, and told", async ({ page, tidings, faults }) => {
  faults.expect(/status of 503/);
  await openWith(page, tidings, titles);
  await page.route("**/api/act", (route) => route.fulfill({ status: 503, body: JSON.stringify({ busy: { retry_after_s: 1 } }) }));
  await row(page, "Two").hover();
  await row(page, "Two").getByTestId("mark-done").click();
  await expect(page.getByTestId("notice")).toContainText("busy");
  await expect(row(page, "Two")).toHaveAttribute("data-state", "unread");
});
