// Long lists: they grow while one scrolls, only what is in sight stands in the page, and the reader's place is kept.
import type { Locator } from "@playwright/test";
import type { Tidings } from "../tidings.js";
import { type Page, type Person, expect, openLive, row, test } from "../fixtures.js";

const feed = (page: Page) => page.getByTestId("inbox-list");
const titlesStanding = (page: Page) => page.getByTestId("item-title").allTextContents();

/** Scrolls the list by so many CSS pixels. */
const scrollBy = (page: Page, pixels: number) => feed(page).evaluate((list, pixels) => list.scrollBy(0, pixels), pixels);

/** Where an element begins in the window. */
const topOf = (row: Locator) => row.evaluate((row) => Math.round(row.getBoundingClientRect().top));

/** Scrolls until that row stands and is in sight. */
async function scrollTo(page: Page, title: string) {
  for (let step = 0; step < 200 && !(await row(page, title).isVisible()); step++) {
    await scrollBy(page, 400);
    await page.waitForTimeout(20);
  }
  await row(page, title).evaluate((row) => row.scrollIntoView({ block: "center" }));
  await expect(row(page, title)).toBeInViewport();
}

/** Has the list lengthened while the server is busy, so that it cannot be. */
async function stopGrowing(page: Page) {
  await page.route("**/api/page", (route) => route.fulfill({ status: 503, body: "busy" }));
  await scrollBy(page, 4000);
  await expect(page.getByTestId("older")).toBeVisible();
  await page.unroute("**/api/page");
}

async function readerWith(page: Page, tidings: Tidings, many: number, path = "/"): Promise<[Person, (title: string) => Promise<number>]> {
  const ana = tidings.person("ana");
  const token = tidings.token(tidings.admin(), "send");
  const send = (title: string) => tidings.send(token, { to: [ana.name], title });
  for (let n = 1; n <= many; n++) await send(`Number ${n}`);
  await openLive(page, ana, path);
  return [ana, send];
}

test.slow();

test("a list grows while one scrolls: everything once, in order, and little of it stands at a time", async ({ page, tidings }) => {
  await readerWith(page, tidings, 260);
  await expect(page.getByTestId("older")).toHaveCount(0);
  const met: string[] = [];
  let most = 0;
  for (let step = 0; step < 400 && !met.includes("Number 1"); step++) {
    const standing = await titlesStanding(page);
    most = Math.max(most, standing.length);
    met.push(...standing.filter((title) => !met.includes(title)));
    await scrollBy(page, 500);
    await page.waitForTimeout(30);
  }
  expect(met).toEqual(Array.from({ length: 260 }, (_, n) => `Number ${260 - n}`));
  // 60 while the list is that short, then ten in sight with twelve above and below.
  expect(most).toBeLessThanOrEqual(60);
  expect((await titlesStanding(page)).length).toBeLessThan(40);
  await expect(feed(page)).toHaveAttribute("data-day", "Today");
  await expect(row(page, "Number 1")).toHaveAttribute("aria-posinset", "260");
  await expect(row(page, "Number 1")).toHaveAttribute("aria-setsize", "260");
  await expect(page.getByTestId("older")).toHaveCount(0);
});

test("what arrives or leaves above leaves what is read where it is", async ({ page, tidings }) => {
  const [ana, send] = await readerWith(page, tidings, 120);
  await scrollTo(page, "Number 40");
  const before = await topOf(row(page, "Number 40"));
  const phone = await page.context().newPage();
  await openLive(phone, ana);
  for (const title of ["Number 120", "Number 118"]) {
    await row(phone, title).hover();
    await row(phone, title).getByTestId("mark-done").click();
  }
  await expect(page.getByTestId("item").first()).toHaveAttribute("aria-setsize", /98|118/);
  expect(Math.abs((await topOf(row(page, "Number 40"))) - before)).toBeLessThan(2);
  await phone.close();
  for (const title of ["Later", "Later still", "Last"]) await send(title);
  await expect(page.getByRole("button", { name: "3 new" })).toBeVisible();
  expect(Math.abs((await topOf(row(page, "Number 40"))) - before)).toBeLessThan(2);
  await page.getByRole("button", { name: "3 new" }).click();
  await expect(row(page, "Last")).toBeInViewport();
});

test("«new» leads to the top also from a row that has the focus, and gives the focus to the first", async ({ page, tidings }) => {
  const [, send] = await readerWith(page, tidings, 120);
  await scrollTo(page, "Number 40");
  await row(page, "Number 40").focus();
  await send("Later");
  await page.getByRole("button", { name: "1 new" }).click();
  await expect(row(page, "Later")).toBeFocused();
  await expect(row(page, "Later")).toBeInViewport();
});

test("what arrives while the pointer is in the list waits until it has left, and moves no row under it", async ({ page, tidings }) => {
  const [, send] = await readerWith(page, tidings, 3);
  const before = await topOf(row(page, "Number 2"));
  await row(page, "Number 2").hover();
  await send("Later");
  await expect(page.getByRole("button", { name: "1 new" })).toBeVisible();
  await expect(row(page, "Later")).toHaveCount(0);
  expect(await topOf(row(page, "Number 2"))).toBe(before);
  await page.mouse.move(1, 1);
  await expect(row(page, "Later")).toBeVisible();
  await expect(page.getByRole("button", { name: "1 new" })).toBeHidden();
});

test("what arrives above the row with the focus waits, and the key up leads to it", async ({ page, tidings }) => {
  const [, send] = await readerWith(page, tidings, 3);
  await page.keyboard.press("j");
  const first = row(page, "Number 3");
  await expect(first).toBeFocused();
  const before = await topOf(first);
  await send("Later");
  await send("Last");
  await expect(page.getByRole("button", { name: "2 new" })).toBeVisible();
  expect(await topOf(first)).toBe(before);
  await page.keyboard.press("k");
  await expect(row(page, "Later")).toBeFocused();
  await page.keyboard.press("k");
  await expect(row(page, "Last")).toBeFocused();
  await expect(page.getByRole("button", { name: "2 new" })).toBeHidden();
});

test("a repeat of the row with the focus changes it where it is, and brings it to the top when the reader leaves", async ({ page, tidings }) => {
  const ana = tidings.person("ana");
  const token = tidings.token(tidings.admin(), "send");
  const send = (title: string, collapse_key: string) => tidings.send(token, { to: [ana.name], title, collapse_key });
  for (const title of ["One", "Two", "Three"]) await send(title, title);
  await openLive(page, ana);
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await expect(row(page, "Two")).toBeFocused();
  const before = await topOf(row(page, "Two"));
  await send("Two again", "Two");
  const again = row(page, "Two again");
  await expect(again.getByTestId("times")).toContainText("×2");
  await expect(again).toBeFocused();
  expect(Math.abs((await topOf(again)) - before)).toBeLessThan(2);
  await expect(page.getByTestId("item").first()).toContainText("Three");
  await page.getByTestId("nav-preferences").focus();
  await expect(page.getByTestId("item").first()).toContainText("Two again");
  await expect(page.getByTestId("nav-preferences")).toBeFocused();
  // A verb on a row that is held is for what it shows.
  await row(page, "One").focus();
  await send("One again", "One");
  await expect(row(page, "One again").getByTestId("times")).toContainText("×2");
  await page.keyboard.press("e");
  await expect(row(page, "One again")).toHaveCount(0);
  await expect(page.getByTestId("undo-toast")).toContainText("done");
});

test("done in the middle of a long list: the next row takes its place", async ({ page, tidings }) => {
  await readerWith(page, tidings, 120);
  await scrollTo(page, "Number 40");
  const [above, before] = [await topOf(row(page, "Number 41")), await topOf(row(page, "Number 40"))];
  await row(page, "Number 40").hover();
  await row(page, "Number 40").getByTestId("mark-done").click();
  await expect(row(page, "Number 40")).toHaveCount(0);
  expect(Math.abs((await topOf(row(page, "Number 39"))) - before)).toBeLessThan(2);
  expect(Math.abs((await topOf(row(page, "Number 41"))) - above)).toBeLessThan(2);
});

test("the place is kept over a message, another view, another page and a reload", async ({ page, tidings }) => {
  await readerWith(page, tidings, 200);
  await scrollTo(page, "Number 30");
  const before = await topOf(row(page, "Number 30"));
  const isKept = async () => {
    await expect(row(page, "Number 30")).toBeInViewport();
    expect(Math.abs((await topOf(row(page, "Number 30"))) - before)).toBeLessThan(3);
  };
  await row(page, "Number 30").getByTestId("item-link").click();
  await expect(page.getByTestId("message-title")).toHaveText("Number 30");
  await isKept();
  await page.goBack();
  await isKept();
  // The place is in the browser's history a moment after it changed.
  await page.waitForTimeout(600);
  await page.getByTestId("nav-done").click();
  await expect(page.getByTestId("empty")).toBeVisible();
  await page.goBack();
  await isKept();
  await page.goForward();
  await expect(page.getByTestId("empty")).toBeVisible();
  await page.goBack();
  await isKept();
  await page.getByTestId("nav-preferences").click();
  await expect(page.getByTestId("preferences-page")).toBeVisible();
  await page.goBack();
  await isKept();
  await page.reload();
  await isKept();
});

for (const title of ["Number 151", "Number 56"]) {
  test(`the place is kept near the end of what is read at once, at ${title}`, async ({ page, tidings }) => {
    await readerWith(page, tidings, 200);
    await scrollTo(page, title);
    const before = await topOf(row(page, title));
    await page.waitForTimeout(600);
    await page.reload();
    await expect(row(page, title)).toBeInViewport();
    await expect.poll(async () => Math.abs((await topOf(row(page, title))) - before)).toBeLessThan(3);
  });
}

test("a search that is read anew keeps the place and what is selected", async ({ page, tidings }) => {
  const [, send] = await readerWith(page, tidings, 120, "/?q=number");
  await row(page, "Number 110").locator(".pick").click();
  await scrollTo(page, "Number 40");
  await row(page, "Number 40").locator(".pick").click({ modifiers: ["Shift"] });
  await expect(page.getByTestId("bulk")).toContainText("71 selected");
  const before = await topOf(row(page, "Number 40"));
  const read = page.waitForResponse("**/api/page");
  await send("Number 121");
  await read;
  await expect(page.getByTestId("item").last()).toHaveAttribute("aria-setsize", /101|121|-1/);
  await expect(page.getByTestId("bulk")).toContainText("71 selected");
  expect(Math.abs((await topOf(row(page, "Number 40"))) - before)).toBeLessThan(2);
});

test("older messages that come when another list is shown are not missed later", async ({ page, tidings }) => {
  await readerWith(page, tidings, 120);
  const held: (() => void)[] = [];
  await page.route("**/api/page", async (route) => {
    if (!held.length) await new Promise<void>((go) => held.push(go));
    await route.continue();
  });
  await scrollBy(page, 4000);
  await expect.poll(() => held.length).toBe(1);
  await page.getByTestId("nav-done").click();
  await expect(page.getByTestId("empty")).toBeVisible();
  await page.goBack();
  held[0]!();
  await expect(row(page, "Number 75")).toBeVisible();
  await scrollTo(page, "Number 30");
});

test("the list fills a window that grows", async ({ page, tidings }) => {
  await readerWith(page, tidings, 200);
  await scrollTo(page, "Number 100");
  await page.setViewportSize({ width: 1280, height: 2400 });
  const isFull = () =>
    feed(page).evaluate((list) => {
      const { left, bottom } = list.getBoundingClientRect();
      return Boolean(document.elementFromPoint(left + 120, bottom - 40)?.closest("article"));
    });
  await expect.poll(isFull).toBe(true);
});

test("the day stands over a list that stands whole, too", async ({ page, tidings }) => {
  await readerWith(page, tidings, 40);
  await scrollBy(page, 600);
  await expect(feed(page)).toHaveAttribute("data-day", "Today");
  await scrollBy(page, -600);
  await expect(feed(page)).toHaveAttribute("data-day", "");
});

test("a row with the focus stays where it is when it is scrolled out of sight, and keys go on from it", async ({ page, tidings }) => {
  await readerWith(page, tidings, 120);
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await expect(row(page, "Number 119")).toBeFocused();
  await scrollTo(page, "Number 30");
  await expect(row(page, "Number 119")).toBeFocused();
  await expect(row(page, "Number 118")).toHaveCount(0);
  await page.keyboard.press("j");
  await expect(row(page, "Number 118")).toBeFocused();
  await expect(row(page, "Number 118")).toBeInViewport();
  // Nothing stands after a list that grows by itself: the end is its last row.
  await page.keyboard.press("Control+End");
  await expect(row(page, "Number 1")).toBeFocused();
  await expect(row(page, "Number 1")).toBeInViewport();
});

test("in a long list a range reaches over rows that do not stand, and what is done with it leaves the focus nearby", async ({ page, tidings }) => {
  await readerWith(page, tidings, 120);
  await row(page, "Number 110").locator(".pick").click();
  await scrollTo(page, "Number 40");
  await row(page, "Number 40").locator(".pick").click({ modifiers: ["Shift"] });
  await expect(page.getByTestId("bulk")).toContainText("71 selected");
  await row(page, "Number 40").focus();
  await page.keyboard.press("e");
  await expect(row(page, "Number 39")).toBeFocused();
  await expect(row(page, "Number 39")).toBeInViewport();
  await page.keyboard.press("k");
  await expect(row(page, "Number 111")).toBeFocused();
  await expect(row(page, "Number 111")).toBeInViewport();
  await page.keyboard.press("z");
  await expect(row(page, "Number 110")).toBeVisible();
  await expect(row(page, "Number 111")).toBeFocused();
});

test("when older messages cannot be had the list says where they are", async ({ page, tidings, faults }) => {
  faults.expect(/503/);
  await readerWith(page, tidings, 120);
  await stopGrowing(page);
  await page.getByTestId("older").click();
  await expect(row(page, "Number 70")).toBeVisible();
  await page.getByTestId("newest").click();
  await expect(row(page, "Number 120")).toBeVisible();
});

test("a list that could not be lengthened goes on growing when the line is back", async ({ page, context, tidings, faults }) => {
  faults.expect(/503|ERR_INTERNET_DISCONNECTED/);
  await readerWith(page, tidings, 120);
  await stopGrowing(page);
  await context.setOffline(true);
  await expect(page.getByTestId("live")).not.toHaveAttribute("data-state", "live");
  await context.setOffline(false);
  await expect(page.getByTestId("older")).toHaveCount(0);
  await scrollTo(page, "Number 30");
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test("the list is where it was after a message was read", async ({ page, tidings }) => {
    await readerWith(page, tidings, 120);
    await scrollTo(page, "Number 40");
    const before = await topOf(row(page, "Number 40"));
    await row(page, "Number 40").getByTestId("item-link").tap();
    await expect(page.getByTestId("message-title")).toHaveText("Number 40");
    await expect(feed(page)).toBeHidden();
    await page.goBack();
    const isKept = async () => {
      await expect(row(page, "Number 40")).toBeInViewport();
      await expect.poll(async () => Math.abs((await topOf(row(page, "Number 40"))) - before)).toBeLessThan(3);
    };
    await isKept();
    await row(page, "Number 40").getByTestId("item-link").tap();
    await expect(page.getByTestId("message-title")).toHaveText("Number 40");
    await page.reload();
    await expect(page.getByTestId("message-title")).toHaveText("Number 40");
    await page.goBack();
    await isKept();
  });
});
