// Reading one's inbox. Everything here works without JavaScript too.
import type { Tidings } from "../tidings.js";
import { type Page, type Person, expect, press, row, signIn, test, unique, visit } from "../fixtures.js";

/** A reader with these messages, signed in. */
async function readerWith(page: Page, tidings: Tidings, titles: string[], body = ""): Promise<Person> {
  const ana = tidings.person("ana");
  const token = tidings.token(tidings.admin(), "send");
  for (const title of titles) await tidings.send(token, { to: [ana.name], title, body });
  await signIn(page, ana);
  return ana;
}

const titlesOf = (page: Page) => page.getByTestId("item-title").allInnerTexts();

test("the list is in the first HTML, newest first, with the number of unread", async ({ page, tidings }) => {
  await readerWith(page, tidings, ["First", "Second", "Third"]);
  const html = await (await page.request.get("/")).text();
  const places = ["Third", "Second", "First"].map((title) => html.indexOf(`>${title}<`));
  expect(places.every((place) => place > 0)).toBe(true);
  expect([...places].sort((a, b) => a - b)).toEqual(places);
  expect(await titlesOf(page)).toEqual(["Third", "Second", "First"]);
  await expect(page.getByTestId("unread-count")).toHaveText("3");
  await expect(page).toHaveTitle("(3) Inbox · Tidings");
});

test("an item is marked read and unread, and stays so", async ({ page, tidings }) => {
  await readerWith(page, tidings, ["One", "Two"]);
  await press(page, "One", "mark-read");
  await expect(row(page, "One")).toHaveAttribute("data-state", "read");
  await expect(page.getByTestId("unread-count")).toHaveText("1");
  await visit(page, "/");
  await expect(row(page, "One")).toHaveAttribute("data-state", "read");
  await expect(row(page, "Two")).toHaveAttribute("data-state", "unread");
  await press(page, "One", "mark-unread");
  await expect(row(page, "One")).toHaveAttribute("data-state", "unread");
  await expect(page.getByTestId("unread-count")).toHaveText("2");
  await visit(page, "/");
  await expect(page.getByTestId("unread-count")).toHaveText("2");
});

test("what is done leaves the inbox, can be put back, and deleted for good", async ({ page, tidings }) => {
  await readerWith(page, tidings, ["Back", "Away"]);
  for (const title of ["Back", "Away"]) {
    await press(page, title, "mark-done");
    await expect(row(page, title)).toHaveCount(0);
  }
  await expect(page.getByTestId("empty")).toHaveAttribute("data-state", "inbox");
  await expect(page.getByTestId("unread-count")).toHaveText("0");

  await page.getByTestId("nav-done").click();
  await expect(row(page, "Back")).toHaveAttribute("data-state", "done");
  await press(page, "Back", "mark-restore");
  await expect(row(page, "Back")).toHaveCount(0);
  await press(page, "Away", "mark-delete");
  await expect(page.getByTestId("empty")).toHaveAttribute("data-state", "done");

  await page.getByTestId("nav-inbox").click();
  await expect(row(page, "Back")).toHaveAttribute("data-state", "read");
  expect(await titlesOf(page)).toEqual(["Back"]);
});

test("a message opens beside the list and closes again", async ({ page, tidings, js }) => {
  await readerWith(page, tidings, ["One", "Two"], "Some *words*.");
  await row(page, "One").getByTestId("item-link").click();
  await expect(page).toHaveURL(/[?&]m=\d+/);
  await expect(page.getByTestId("message-title")).toHaveText("One");
  await expect(page.getByTestId("message-body").locator("em")).toHaveText("words");
  // A page that only shows changes nothing; the script says that it was read.
  await expect(row(page, "One")).toHaveAttribute("data-state", js ? "read" : "unread");
  await page.getByTestId("message-close").click();
  await expect(page.getByTestId("message")).toHaveCount(0);
  await expect(row(page, "Two")).toBeVisible();
});

test("an open message is done with, from its own bar", async ({ page, tidings }) => {
  await readerWith(page, tidings, ["One", "Two"]);
  await row(page, "One").getByTestId("item-link").click();
  await page.getByTestId("message").getByTestId("mark-done").click();
  await expect(row(page, "One")).toHaveCount(0);
  await expect(row(page, "Two")).toBeVisible();
});

/** Where the page without script leads on. */
async function olderOf(page: Page): Promise<string> {
  const html = await (await page.request.get("/")).text();
  return html.match(/data-testid="older" href="([^"]+)"/)?.[1] ?? "";
}

test("the first HTML has fifty rows; without script older ones are on further pages, none twice, none left out", async ({ page, tidings, js }) => {
  test.slow();
  const titles = Array.from({ length: 53 }, (_, n) => `Number ${n + 1}`);
  await readerWith(page, tidings, titles);
  const first = await titlesOf(page);
  expect(first).toHaveLength(50);
  // With script the list grows by itself; the pages are there all the same.
  const older = js ? page.goto(await olderOf(page)) : page.getByTestId("older").click();
  await older;
  await expect(page.getByTestId("item")).toHaveCount(3);
  expect([...first, ...(await titlesOf(page))]).toEqual(titles.reverse());
  await expect(page.getByTestId("older")).toHaveCount(0);
  await page.getByTestId("newest").click();
  await expect(page.getByTestId("item")).toHaveCount(50);
});

test("an empty inbox and an empty Done say so", async ({ page, tidings }) => {
  await signIn(page, tidings.person("ana"));
  await expect(page.getByTestId("empty")).toHaveAttribute("data-state", "first");
  await page.getByTestId("nav-done").click();
  await expect(page.getByTestId("empty")).toHaveAttribute("data-state", "done");
});

test("somebody else's message is not there", async ({ page, tidings, faults }) => {
  faults.expect(/status of 404/);
  const [ana, bo] = [tidings.person("ana"), tidings.person("bo")];
  const title = unique("Secret ");
  const id = await tidings.send(tidings.token(tidings.admin(), "send"), { to: [bo.name], title, body: "for Bo" });
  await signIn(page, ana);
  const answer = await page.goto(`/?m=${id}`);
  expect(answer?.status()).toBe(404);
  await expect(page.getByTestId("message-missing")).toBeVisible();
  expect(await page.content()).not.toContain(title);
});

test("everything is marked read at once", async ({ page, tidings }) => {
  const ana = tidings.person("ana");
  const token = tidings.token(tidings.admin(), "send");
  for (const title of ["One", "Two", "Three"]) await tidings.send(token, { to: [ana.name], title });
  await signIn(page, ana);
  await page.getByTestId("read-all").click();
  for (const title of ["One", "Two", "Three"]) await expect(row(page, title)).toHaveAttribute("data-state", "read");
  await expect(page.getByTestId("unread-count")).toHaveText("0");
  await expect(page.getByTestId("read-all")).toBeHidden();
});
