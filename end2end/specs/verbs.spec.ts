// What a reader does with messages, and taking it back. Everything here works without JavaScript too.
import { type Page, type Person, expect, row, signIn, test } from "../fixtures.js";
import type { Tidings } from "../tidings.js";

async function readerWith(page: Page, tidings: Tidings, titles: string[], more = {}): Promise<Person> {
  const ana = tidings.person("ana");
  const token = tidings.token(tidings.admin(), "send");
  for (const title of titles) await tidings.send(token, { to: [ana.name], title, ...more });
  await signIn(page, ana);
  return ana;
}

async function pressOn(page: Page, title: string, button: string) {
  await row(page, title).hover();
  await row(page, title).getByTestId(button).click();
}

test("what is done, deleted or read is as it was after «Undo»", async ({ page, tidings }) => {
  await readerWith(page, tidings, ["One", "Two"]);
  await pressOn(page, "One", "mark-done");
  await expect(row(page, "One")).toHaveCount(0);
  await expect(page.getByTestId("undo-toast")).toContainText("done");
  await page.getByTestId("undo").click();
  // Done had marked it read; it was not.
  await expect(row(page, "One")).toHaveAttribute("data-state", "unread");
  await expect(page.getByTestId("unread-count")).toHaveText("2");

  await row(page, "Two").getByTestId("item-link").click();
  await page.getByTestId("message").getByTestId("mark-delete").click();
  await expect(row(page, "Two")).toHaveCount(0);
  await page.getByTestId("undo").click();
  await expect(row(page, "Two")).toBeVisible();
});

test("pinned messages have a place of their own, wherever else they are", async ({ page, tidings }) => {
  await readerWith(page, tidings, ["Keep", "Other"]);
  await pressOn(page, "Keep", "pin");
  await expect(row(page, "Keep")).toHaveAttribute("data-pinned", "");
  await expect(page.getByTestId("nav-pinned")).toContainText("1");
  await pressOn(page, "Keep", "mark-done");
  await page.getByTestId("nav-pinned").click();
  await expect(page).toHaveURL(/view=pinned/);
  await expect(row(page, "Keep")).toHaveAttribute("data-state", "done");
  await expect(row(page, "Other")).toHaveCount(0);
  await pressOn(page, "Keep", "unpin");
  await expect(row(page, "Keep")).toHaveCount(0);
});

test("what is snoozed is in Snoozed, says until when, and can come back at once", async ({ page, tidings, js }) => {
  await readerWith(page, tidings, ["Later", "Now"]);
  await pressOn(page, "Later", "mark-snoozed");
  // Without script it is until tomorrow; with it the page asks.
  if (js) await page.getByTestId("snooze-choice").filter({ hasText: "Tomorrow" }).click();
  await expect(row(page, "Later")).toHaveCount(0);
  await expect(page.getByTestId("nav-snoozed")).toContainText("1");
  await page.getByTestId("nav-snoozed").click();
  await expect(row(page, "Later")).toHaveAttribute("data-state", "snoozed");
  await expect(row(page, "Later").getByTestId("until")).toContainText("09:00");
  await pressOn(page, "Later", "wake");
  await expect(row(page, "Later")).toHaveCount(0);
  await page.getByTestId("nav-inbox").click();
  await expect(row(page, "Later")).toHaveAttribute("data-state", "unread");
});

test("repeats stand in one row, which says how many, and the message shows the earlier ones", async ({ page, tidings }) => {
  const ana = tidings.person("ana");
  const token = tidings.token(tidings.admin(), "send");
  const send = (title: string, more = {}) =>
    tidings.send(token, { to: [ana.name], title, collapse_key: "disk", ...more } as Parameters<Tidings["send"]>[1]);
  await send("Disk 80 % full");
  await send("Disk 90 % full");
  await send("Disk is fine again", { resolved: true });
  await signIn(page, ana);
  await expect(page.getByTestId("item")).toHaveCount(1);
  await expect(row(page, "Disk is fine again").getByTestId("times")).toContainText("×3");
  await expect(row(page, "Disk is fine again")).toHaveAttribute("data-resolved", "");
  await row(page, "Disk is fine again").getByTestId("item-link").click();
  const history = page.getByTestId("history");
  await history.locator("summary").click();
  await expect(history.getByRole("listitem")).toHaveText([/Disk 90 % full/, /Disk 80 % full/]);
});

test("a message that asks for it is acknowledged, and says so", async ({ page, tidings }) => {
  await readerWith(page, tidings, ["Read this"], { acknowledge: true });
  await row(page, "Read this").getByTestId("item-link").click();
  await page.getByTestId("acknowledge").click();
  await expect(page.getByTestId("acknowledged")).toBeVisible();
  await expect(page.getByTestId("acknowledge")).toHaveCount(0);
});

test("a message says why it is here, and its sender can be muted from it", async ({ page, tidings }) => {
  await readerWith(page, tidings, ["Chatter"], { category: "chat" });
  await row(page, "Chatter").getByTestId("item-link").click();
  await expect(page.getByTestId("why")).toContainText("sent to you by name");
  await page.getByTestId("mute-category").click();
  await expect(page.getByTestId("why")).toContainText("You have muted this");
});

test("a message offers what can be done about it, and its sender can be muted", async ({ page, tidings }) => {
  const actions = [
    { label: "Open the log", url: "https://example.com/log" },
    { label: "Run it again", url: "https://example.com/again" },
  ];
  await readerWith(page, tidings, ["Build failed"], { actions });
  await row(page, "Build failed").getByTestId("item-link").click();
  for (const { label, url } of actions) {
    await expect(page.getByTestId("message").getByRole("link", { name: label })).toHaveAttribute("href", url);
  }
  await page.getByTestId("mute").click();
  await expect(page.getByTestId("why")).toContainText("You have muted");
});
