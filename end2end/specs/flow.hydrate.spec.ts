// Flow: where the focus goes, what opens next, and what keys and verbs are for.
import type { Tidings } from "../tidings.js";
import { type Page, expect, isLive, openLive, row, test, visit } from "../fixtures.js";

async function openWith(page: Page, tidings: Tidings, titles: string[], more = {}, path = "/") {
  const ana = tidings.person("ana");
  const token = tidings.token(tidings.admin(), "send");
  const send = (title: string, and = {}) => tidings.send(token, { to: [ana.name], title, ...more, ...and });
  for (const title of titles) await send(title);
  await openLive(page, ana, path);
  return { ana, send };
}

const titles = ["Four", "Three", "Two", "One"];

/** Does something from another device, so to say. */
const elsewhere = (page: Page, verb: string, id: string | null) =>
  page.evaluate(async (body) => {
    const headers = { accept: "application/json", "content-type": "application/x-www-form-urlencoded" };
    await fetch("/api/act", { method: "POST", headers, body });
  }, `change=${verb}:${id}`);

const idOf = (page: Page, title: string) => row(page, title).getAttribute("data-id");
const opened = (page: Page) => page.getByTestId("message-title");
const pressed = (page: Page, testid: string) => page.getByTestId("message").getByTestId(testid).press("Enter");

test.describe("the focus is never lost", () => {
  test("when the row leaves by another device", async ({ page, tidings }) => {
    await openWith(page, tidings, titles);
    await page.keyboard.press("j");
    await elsewhere(page, "done", await idOf(page, "One"));
    await expect(row(page, "Two")).toBeFocused();
    await row(page, "Four").focus();
    await elsewhere(page, "delete", await idOf(page, "Four"));
    await expect(row(page, "Three")).toBeFocused();
  });

  test("when the bar of what is selected goes, also by the dialog of snoozing", async ({ page, tidings }) => {
    await openWith(page, tidings, titles);
    await page.keyboard.press("j");
    await page.keyboard.press("x");
    await page.getByTestId("bulk").getByRole("button", { name: "Done" }).press("Enter");
    await expect(row(page, "Two")).toBeFocused();
    await page.keyboard.press("x");
    await page.getByTestId("bulk").getByRole("button", { name: "Snooze" }).press("Enter");
    await page.getByTestId("snooze-choice").first().press("Enter");
    await expect(row(page, "Three")).toBeFocused();
    await page.keyboard.press("x");
    await page.getByTestId("bulk").getByRole("button", { name: "Pin" }).press("Enter");
    await expect(row(page, "Three")).toBeFocused();
  });

  test("when the toast goes by its button", async ({ page, tidings }) => {
    await openWith(page, tidings, titles);
    await page.keyboard.press("j");
    await page.keyboard.press("e");
    await expect(row(page, "Two")).toBeFocused();
    await expect(page.getByTestId("undo")).toBeVisible();
    await page.getByTestId("undo").press("Enter");
    await expect(row(page, "One")).toBeVisible();
    await expect(row(page, "Two")).toBeFocused();
  });

  test("when a banner is dismissed, and when the line is tried again, by key", async ({ page, context, tidings, faults }) => {
    faults.expect(/status of 503|ERR_INTERNET_DISCONNECTED/);
    await openWith(page, tidings, titles);
    const focused = () => page.evaluate(() => document.activeElement?.tagName);
    await page.route("**/api/act", (route) => route.fulfill({ status: 503, body: JSON.stringify({ busy: { retry_after_s: 1 } }) }));
    await row(page, "One").focus();
    await page.keyboard.press("s");
    await page.getByTestId("notice").getByRole("button").focus();
    await page.keyboard.press("Enter");
    await expect(page.getByTestId("notice")).toHaveCount(0);
    await expect.poll(focused).not.toBe("BODY");
    await context.setOffline(true);
    await page.getByTestId("try-now").focus();
    await context.setOffline(false);
    await page.keyboard.press("Enter");
    await isLive(page);
    await expect.poll(focused).not.toBe("BODY");
  });

  test("when the last row leaves, and when it comes back", async ({ page, tidings }) => {
    await openWith(page, tidings, ["Only"]);
    await page.keyboard.press("j");
    await page.keyboard.press("e");
    await expect(page.locator("#heading")).toBeFocused();
    await page.keyboard.press("z");
    await expect(row(page, "Only")).toBeFocused();
  });

  test("when the message closes or is deleted", async ({ page, tidings }) => {
    await openWith(page, tidings, titles);
    await row(page, "Two").getByTestId("item-link").click();
    await expect(opened(page)).toHaveText("Two");
    await pressed(page, "message-close");
    await expect(row(page, "Two")).toBeFocused();
    await row(page, "Two").getByTestId("item-link").click();
    await expect(opened(page)).toHaveText("Two");
    await pressed(page, "mark-delete");
    await expect(opened(page)).toHaveText("Three");
    await expect(page.locator("article.message")).toBeFocused();
  });

  test("on a phone, where the message takes the place of the list", async ({ visitor, tidings }) => {
    const page = await visitor(tidings, { viewport: { width: 390, height: 844 } });
    await openWith(page, tidings, titles);
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await expect(opened(page)).toHaveText("One");
    await expect(page.locator("article.message")).toBeFocused();
    await page.keyboard.press("u");
    await expect(row(page, "One")).toBeFocused();
  });

  test("when what was found is found no more", async ({ page, tidings }) => {
    await openWith(page, tidings, titles, {}, "/?q=is%3Aunread");
    await page.keyboard.press("j");
    await expect(row(page, "One")).toBeFocused();
    await page.keyboard.press("I");
    await expect(row(page, "One")).toHaveCount(0);
    await expect(row(page, "Two")).toBeFocused();
  });

  test("when another view or page is shown by key", async ({ page, tidings }) => {
    await openWith(page, tidings, titles);
    await page.keyboard.press("j");
    await page.keyboard.press("g");
    await page.keyboard.press("d");
    await expect(page.locator("#heading")).toBeFocused();
    await expect(page.locator("#heading")).toContainText("Done");
    await page.keyboard.press("g");
    await page.keyboard.press(",");
    await expect(page.getByRole("heading", { name: "Preferences", level: 1 })).toBeFocused();
  });

  test("but who points with the mouse and has it nowhere keeps it there", async ({ page, tidings }) => {
    const { send } = await openWith(page, tidings, titles);
    await row(page, "One").getByTestId("item-link").click();
    await expect(opened(page)).toHaveText("One");
    await page.locator("#heading").click();
    await send("Zero");
    await expect(row(page, "Zero")).toBeVisible();
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("BODY");
  });
});

test.describe("reading goes on", () => {
  test("at the top of the next message", async ({ page, tidings }) => {
    const body = Array(120).fill("A line of text.").join("\n\n");
    await openWith(page, tidings, titles, { body });
    await row(page, "One").getByTestId("item-link").click();
    await expect(opened(page)).toHaveText("One");
    const pane = page.locator(".pane");
    await pane.evaluate((pane) => pane.scrollTo(0, 1500));
    await page.getByTestId("next-message").click();
    await expect(opened(page)).toHaveText("Two");
    expect(await pane.evaluate((pane) => pane.scrollTop)).toBe(0);
  });

  test("with the next message when the open one is done, and by z the last is back", async ({ page, tidings }) => {
    await openWith(page, tidings, titles);
    await row(page, "Two").getByTestId("item-link").click();
    await expect(opened(page)).toHaveText("Two");
    await page.getByTestId("message").getByTestId("mark-done").click();
    await expect(opened(page)).toHaveText("Three");
    await expect(page).toHaveURL(/m=\d+/);
    await page.keyboard.press("e");
    await expect(opened(page)).toHaveText("Four");
    await page.keyboard.press("e");
    await expect(opened(page)).toHaveText("One");
    await page.keyboard.press("z");
    await expect(row(page, "Four")).toBeVisible();
  });

  test("from where a message was that has left the list", async ({ page, tidings }) => {
    await openWith(page, tidings, titles, {}, "/?q=is%3Aunread");
    await row(page, "Two").getByTestId("item-link").click();
    await expect(opened(page)).toHaveText("Two");
    await expect(row(page, "Two")).toHaveCount(0);
    await page.getByTestId("next-message").click();
    await expect(opened(page)).toHaveText("Three");
  });

  test("on a phone in the list", async ({ visitor, tidings }) => {
    const page = await visitor(tidings, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    await openWith(page, tidings, titles);
    await row(page, "Two").getByTestId("item-link").tap();
    await page.getByTestId("message").getByTestId("mark-done").tap();
    await expect(page).toHaveURL(/\/$/);
    await expect(row(page, "Two")).toHaveCount(0);
    await expect(row(page, "Three")).toBeVisible();
  });
});

test.describe("nothing is read that nobody has before them", () => {
  const hide = () => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => !(window as unknown as { shown?: boolean }).shown });
  };
  const show = (page: Page) =>
    page.evaluate(() => {
      (window as unknown as { shown: boolean }).shown = true;
      document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
    });

  test("a repeat of the open message waits until the page is looked at", async ({ page, tidings }) => {
    const { send } = await openWith(page, tidings, ["Backup failed"], { collapse_key: "backup" });
    await row(page, "Backup failed").getByTestId("item-link").click();
    await expect(row(page, "Backup failed")).toHaveAttribute("data-state", "read");
    await page.evaluate(hide);
    await send("Backup failed again");
    await expect(opened(page)).toHaveText("Backup failed again");
    await page.waitForTimeout(1200);
    await expect(row(page, "Backup failed again")).toHaveAttribute("data-state", "unread");
    await show(page);
    await expect(row(page, "Backup failed again")).toHaveAttribute("data-state", "read");
  });

  test("nor what a page shows that was restored in the background", async ({ page, tidings }) => {
    const { ana } = await openWith(page, tidings, ["One"]);
    const id = await idOf(page, "One");
    await page.addInitScript(hide);
    await visit(page, `/?m=${id}`);
    await isLive(page);
    await page.waitForTimeout(1200);
    await expect(row(page, "One")).toHaveAttribute("data-state", "unread");
    await show(page);
    await expect(row(page, "One")).toHaveAttribute("data-state", "read");
    expect(ana.name).toBeTruthy();
  });
});

test.describe("verbs are for what the reader sees", () => {
  test("what is selected in a list that is not shown is left alone", async ({ page, tidings }) => {
    await openWith(page, tidings, titles);
    await page.keyboard.press("j");
    await page.keyboard.press("x");
    await page.keyboard.press("g");
    await page.keyboard.press(",");
    await expect(page.getByTestId("preferences-page")).toBeVisible();
    await page.keyboard.press("#");
    await page.keyboard.press("*");
    await page.keyboard.press("g");
    await page.keyboard.press("i");
    await expect(page.getByTestId("item")).toHaveCount(4);
    await expect(page.getByTestId("bulk")).toContainText("1 selected");
  });

  test("an act on another row does not end the selection", async ({ page, tidings }) => {
    await openWith(page, tidings, titles);
    await page.keyboard.press("j");
    await page.keyboard.press("x");
    await page.keyboard.press("J");
    await row(page, "Four").hover();
    await row(page, "Four").getByTestId("pin").click();
    await expect(row(page, "Four")).toHaveAttribute("data-pinned", "");
    await expect(page.getByTestId("bulk")).toContainText("2 selected");
  });

  test("a key that is held deletes one row, and goes through many", async ({ page, tidings }) => {
    await openWith(page, tidings, titles);
    await page.keyboard.press("j");
    for (let n = 0; n < 4; n++) await page.keyboard.down("#");
    await page.keyboard.up("#");
    await expect(page.getByTestId("item")).toHaveCount(3);
    await expect(row(page, "Two")).toBeFocused();
    for (let n = 0; n < 2; n++) await page.keyboard.down("j");
    await page.keyboard.up("j");
    await expect(row(page, "Four")).toBeFocused();
  });

  test("a message is acknowledged by key on its row", async ({ page, tidings }) => {
    await openWith(page, tidings, ["Read this"], { acknowledge: true });
    await page.keyboard.press("j");
    await page.keyboard.press("a");
    await expect(row(page, "Read this")).toHaveAttribute("data-state", "read");
    await page.keyboard.press("Enter");
    await expect(page.getByTestId("acknowledged")).toBeVisible();
    await page.keyboard.press("a");
    await expect(page.getByTestId("said")).toContainText("does not ask");
  });

  test("the bar says what its keys do: in Done, back; of what is pinned, unpin; of what is read, unread", async ({ page, tidings }) => {
    await openWith(page, tidings, titles);
    await elsewhere(page, "done", await idOf(page, "One"));
    await elsewhere(page, "snooze@week", await idOf(page, "Two"));
    await page.keyboard.press("j");
    await page.keyboard.press("s");
    await page.keyboard.press("x");
    const bulk = page.getByTestId("bulk");
    await expect(bulk.getByRole("button", { name: "Unpin" })).toBeVisible();
    await expect(bulk.getByRole("button", { name: "Mark read" })).toBeVisible();
    await page.keyboard.press("Escape");
    await visit(page, "/?view=done");
    await page.keyboard.press("j");
    await page.keyboard.press("x");
    await expect(bulk.getByRole("button", { name: "Mark unread" })).toBeVisible();
    await bulk.getByRole("button", { name: "Back to the inbox" }).click();
    await expect(row(page, "One")).toHaveCount(0);
    await visit(page, "/?view=snoozed");
    await page.keyboard.press("j");
    await page.keyboard.press("x");
    await bulk.getByRole("button", { name: "Back to the inbox now" }).click();
    await expect(row(page, "Two")).toHaveCount(0);
    await visit(page, "/");
    await expect(row(page, "Two")).toBeVisible();
    await expect(row(page, "One")).toBeVisible();
  });
});

test.describe("by touch", () => {
  const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

  test("rows are selected, and go together", async ({ visitor, tidings }) => {
    const page = await visitor(tidings, phone);
    await openWith(page, tidings, titles);
    await page.getByTitle("Select", { exact: true }).tap();
    await row(page, "One").locator(".pick").tap();
    await row(page, "Three").locator(".pick").tap();
    await expect(page.getByTestId("bulk")).toContainText("2 selected");
    await page.getByTestId("bulk").getByRole("button", { name: "Done" }).tap();
    await expect(page.getByTestId("item")).toHaveCount(2);
  });

  test("what is snoozed is woken from its row and from the message", async ({ visitor, tidings }) => {
    const page = await visitor(tidings, phone);
    await openWith(page, tidings, titles);
    for (const title of ["One", "Two"]) await elsewhere(page, "snooze@week", await idOf(page, title));
    await visit(page, "/?view=snoozed");
    await row(page, "One").getByTestId("wake").tap();
    await expect(row(page, "One")).toHaveCount(0);
    await row(page, "Two").getByTestId("item-link").tap();
    await page.getByTestId("message").getByTestId("wake").tap();
    await expect(row(page, "Two")).toHaveCount(0);
    await visit(page, "/");
    await expect(page.getByTestId("item")).toHaveCount(4);
    await row(page, "Three").getByTestId("item-link").tap();
    await expect(page.getByTestId("message").getByTestId("wake")).toBeHidden();
  });

  test("a finger draws a row to the left to snooze it, and to the right to be done with it", async ({ visitor, tidings }) => {
    const page = await visitor(tidings, phone);
    await openWith(page, tidings, titles);
    const finger = await page.context().newCDPSession(page);
    const draw = async (title: string, by: number) => {
      const box = (await row(page, title).boundingBox())!;
      const at = (x: number) => ({ touchPoints: [{ x: box.x + box.width / 2 + x, y: box.y + box.height / 2 }] });
      await finger.send("Input.dispatchTouchEvent", { type: "touchStart", ...at(0) });
      for (let n = 1; n <= 10; n++) await finger.send("Input.dispatchTouchEvent", { type: "touchMove", ...at((by * n) / 10) });
      // It rests before it is lifted: after a fling the browser takes the next tap for the end of the fling.
      await page.waitForTimeout(150);
      await finger.send("Input.dispatchTouchEvent", { type: "touchMove", ...at(by) });
      const drawn = await row(page, title).getAttribute("data-drawn");
      await finger.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
      return drawn;
    };
    expect(await draw("One", -150)).toBe("left");
    await expect(page.getByTestId("snooze")).toBeVisible();
    await page.getByTestId("snooze-choice").first().tap();
    await expect(row(page, "One")).toHaveCount(0);
    await draw("Two", 40);
    expect(await draw("Two", 150)).toBe("right");
    await expect(page.getByTestId("undo-toast")).toContainText("1 message done.");
    await expect(row(page, "Two")).toHaveCount(0);
    await expect(row(page, "Three")).toBeVisible();
  });

  test("a row that is done comes back by the same swipe", async ({ visitor, tidings }) => {
    const page = await visitor(tidings, phone);
    await openWith(page, tidings, titles);
    await elsewhere(page, "done", await idOf(page, "One"));
    await visit(page, "/?view=done");
    await row(page, "One").evaluate((row) => {
      const at = { bubbles: true, pointerType: "touch", isPrimary: true, pointerId: 1, clientY: 200 };
      row.dispatchEvent(new PointerEvent("pointerdown", { ...at, clientX: 50 }));
      row.dispatchEvent(new PointerEvent("pointermove", { ...at, clientX: 200 }));
      row.dispatchEvent(new PointerEvent("pointerup", { ...at, clientX: 200 }));
    });
    await expect(page.getByTestId("undo-toast")).toContainText("back in the inbox");
  });
});

test.describe("time and place", () => {
  test("the browser tells its zone once, and never against a choice", async ({ page, tidings }) => {
    const { ana } = await openWith(page, tidings, ["One"]);
    await expect.poll(async () => {
      await visit(page, "/preferences");
      return page.getByTestId("field-zone").inputValue();
    }).toBe("Europe/Berlin");
    await page.getByTestId("field-zone").fill("America/Los_Angeles");
    await page.getByTestId("save").click();
    await expect(page.getByTestId("done")).toBeVisible();
    await visit(page, "/");
    await isLive(page);
    const until = async (title: string) => {
      await visit(page, "/?view=snoozed");
      return row(page, title).getByTestId("until").locator("time").getAttribute("datetime");
    };
    const id = await idOf(page, "One");
    await row(page, "One").focus();
    await page.keyboard.press("h");
    await page.getByTestId("snooze-choice").filter({ hasText: "Tomorrow" }).click();
    await expect(row(page, "One")).toHaveCount(0);
    const withScript = await until("One");
    await expect(row(page, "One").getByTestId("until")).toContainText("09:00");
    await elsewhere(page, "snooze@tomorrow", id);
    expect(await until("One")).toBe(withScript);
    await visit(page, "/preferences");
    await expect(page.getByTestId("field-zone")).toHaveValue("America/Los_Angeles");
    expect(ana.name).toBeTruthy();
  });

  test("times are told by the clock of the zone that is kept, and follow when another is", async ({ page, tidings, context }) => {
    await openWith(page, tidings, ["One"]);
    await page.getByTestId("item-link").click();
    const told = row(page, "One").locator("time");
    const inFull = (zone: string, at: string) =>
      new Intl.DateTimeFormat("en-GB", { timeZone: zone, weekday: "long", day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit" })
        .format(new Date(at)).replace(/^(\w+) /, "$1, ").replace(" at ", ", ");
    const at = (await told.getAttribute("datetime")) ?? "";
    await expect(told).toHaveText("now");
    await expect(told).toHaveAttribute("title", inFull("Europe/Berlin", at));
    await expect(page.getByTestId("message").locator(".sender time")).toHaveText(inFull("Europe/Berlin", at));
    const other = await context.newPage();
    await visit(other, "/preferences");
    await other.getByTestId("field-zone").fill("Asia/Tokyo");
    await other.getByTestId("save").click();
    await expect(other.getByTestId("done")).toBeVisible();
    // The words of the row are the same, what stands behind them is not.
    await expect(told).toHaveAttribute("title", inFull("Asia/Tokyo", at));
    await expect(page.getByTestId("message").locator(".sender time")).toHaveText(inFull("Asia/Tokyo", at));
    const html = await (await page.request.get("/")).text();
    expect(html).toContain(`title="${inFull("Asia/Tokyo", at)}">now</time>`);
    expect(html).toContain(">Today</h2>");
  });

  test("yesterday's messages stand under yesterday, and say the day", async ({ page, tidings }) => {
    await page.clock.install({ time: Date.now() + 86_400_000 });
    await openWith(page, tidings, ["One"]);
    await expect(page.getByRole("heading", { name: "Yesterday" })).toBeVisible();
    await expect(row(page, "One").locator("time")).toHaveText(/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)$/);
    await page.clock.setSystemTime(Date.now() + 2 * 86_400_000);
    await page.clock.runFor(31_000);
    await expect(page.getByRole("heading", { name: /^(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day$/ })).toBeVisible();
  });

  test("after a restored backup what arrives is told again", async ({ page, tidings }) => {
    const { ana, send } = await openWith(page, tidings, ["One"]);
    await page.evaluate((name) => localStorage.setItem(`tidings:surfaced:${name}`, "another-999999"), ana.name);
    await visit(page, "/?view=done");
    await isLive(page);
    await send("Two");
    await expect(page.getByTestId("toast")).toContainText("Two");
  });

  test("a list that could not be read offline is read when the line is back", async ({ page, context, tidings, faults }) => {
    faults.expect(/ERR_INTERNET_DISCONNECTED|Failed to load/);
    await openWith(page, tidings, titles);
    await elsewhere(page, "done", await idOf(page, "One"));
    await expect(row(page, "One")).toHaveCount(0);
    await context.setOffline(true);
    await expect(page.getByTestId("live")).toHaveAttribute("data-state", "offline");
    await page.getByTestId("nav-done").click();
    await expect(page.getByTestId("notice")).toBeVisible();
    await context.setOffline(false);
    await isLive(page);
    await expect(page.locator("#heading")).toContainText("Done");
    await expect(row(page, "One")).toBeVisible();
  });

  test("what is typed stays, whatever arrives", async ({ page, tidings }) => {
    const { send } = await openWith(page, tidings, ["hotel one"]);
    await page.evaluate(async () => {
      const headers = { "content-type": "application/x-www-form-urlencoded" };
      await fetch("/api/keep_filter", { method: "POST", headers, body: "name=Hotels&q=hotel" });
    });
    await visit(page, "/?q=one");
    await isLive(page);
    await page.getByTestId("filter-name").click();
    await page.keyboard.type("My impor");
    let asked = 0;
    page.on("request", (request) => (asked += request.url().endsWith("/api/around") ? 1 : 0));
    await send("hotel two");
    await expect(page.getByTestId("toast")).toContainText("hotel two");
    // Numbers are read anew within six seconds.
    await page.waitForTimeout(6500);
    await page.keyboard.type("tant");
    await expect(page.getByTestId("filter-name")).toHaveValue("My important");
    expect(asked).toBe(0);
    await page.getByTestId("filter-name").fill("");
    const counted = page.waitForResponse("**/api/around");
    await page.getByTestId("search").focus();
    await counted;
    await page.getByTestId("search").fill("half a");
    await send("hotel one more");
    await expect(row(page, "hotel one more")).toBeVisible();
    await expect(page.getByTestId("search")).toHaveValue("half a");
  });
});

test("what arrives is counted over the list that it comes into, and over no other", async ({ page, tidings }) => {
  const { send } = await openWith(page, tidings, Array.from({ length: 25 }, (_, n) => `Row ${n}`));
  const ids = await page.getByTestId("item").evaluateAll((rows) => rows.map((row) => (row as HTMLElement).dataset.id));
  await elsewhere(page, "done", ids.join(","));
  await visit(page, "/?view=done");
  await isLive(page);
  const feed = page.locator("#feed");
  await feed.evaluate((feed) => feed.scrollTo(0, 400));
  await send("Elsewhere");
  await expect(page.getByTestId("toast")).toContainText("Elsewhere");
  await expect(page.locator(".newer")).toBeHidden();
});
