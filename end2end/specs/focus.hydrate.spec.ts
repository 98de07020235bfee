// The focus is never lost, always to be seen, and never under what is sticky.
import type { Tidings } from "../tidings.js";
import { type Page, expect, isLive, openLive, row, test } from "../fixtures.js";
import { cast, states } from "../states.js";

const titles = ["Five", "Four", "Three", "Two", "One"];

async function openWith(page: Page, tidings: Tidings, all = titles) {
  const ana = tidings.person("ana");
  const token = tidings.token(tidings.admin(), "send");
  for (const title of all) await tidings.send(token, { to: [ana.name], title, body: "Some words." });
  await openLive(page, ana);
  return { ana, token };
}

const onBody = (page: Page) => page.evaluate(() => document.activeElement === document.body || !document.activeElement);
const expectFocus = (page: Page) => expect.poll(() => onBody(page), "the focus is nowhere").toBe(false);

for (const [device, viewport] of Object.entries({ desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } })) {
  test(`a message that is opened has the focus, and gives it back to its row, ${device}`, async ({ page, tidings }) => {
    await page.setViewportSize(viewport);
    await openWith(page, tidings);
    const message = page.locator("article.message");
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await expect(message).toBeFocused();
    await page.keyboard.press("u");
    await expect(row(page, "Two")).toBeFocused();
    // By its link, and back by the one in the message.
    await row(page, "Three").getByTestId("item-link").click();
    await expect(page.getByTestId("message-title")).toHaveText("Three");
    await expect(message).toBeFocused();
    await page.getByTestId("message-close").focus();
    await page.keyboard.press("Enter");
    await expect(row(page, "Three")).toBeFocused();
    // On to the next by key.
    await page.keyboard.press("o");
    await expect(message).toBeFocused();
    await page.keyboard.press("j");
    await expect(page.getByTestId("message-title")).toHaveText("Four");
    await expect(message).toBeFocused();
    await page.goBack();
    await expect(page.getByTestId("message-title")).toHaveText("Three");
    await expectFocus(page);
  });
}

for (const [device, viewport] of Object.entries({ desktop: { width: 1100, height: 500 }, phone: { width: 390, height: 660 } })) {
  test(`a message that is taller than its pane begins at its beginning, ${device}`, async ({ page, tidings }) => {
    await page.setViewportSize(viewport);
    const { ana, token } = await openWith(page, tidings);
    await tidings.send(token, { to: [ana.name], title: "Tall", body: "A line.\n\n".repeat(60) });
    for (const open of [() => page.keyboard.press("Enter"), () => row(page, "Tall").getByTestId("item-link").click()]) {
      await row(page, "Tall").getByTestId("item-link").focus();
      await open();
      await expect(page.locator("article.message")).toBeFocused();
      expect(await page.locator(".pane").evaluate((pane) => pane.scrollTop)).toBe(0);
      await page.keyboard.press("u");
    }
  });
}

test("a list that is left by key gives the focus to the next list, or to the page", async ({ page, tidings }) => {
  await openWith(page, tidings);
  await page.keyboard.press("j");
  await page.keyboard.press("e");
  await expect(row(page, "Two")).toBeFocused();
  await page.keyboard.press("g");
  await page.keyboard.press("d");
  await expect(row(page, "One")).toBeFocused();
  await page.keyboard.press("g");
  await page.keyboard.press("s");
  await expect(page.getByTestId("empty")).toBeVisible();
  await expectFocus(page);
  await page.keyboard.press("g");
  await page.keyboard.press("i");
  await expect(row(page, "Two")).toBeVisible();
  await page.keyboard.press("j");
  await page.keyboard.press("?");
  await expect(page.getByTestId("keys-page")).toBeVisible();
  await expectFocus(page);
});

test("the last row that leaves leaves the focus on the page", async ({ page, tidings }) => {
  await openWith(page, tidings, ["Only"]);
  await page.keyboard.press("j");
  await page.keyboard.press("e");
  await expect(page.getByTestId("empty")).toBeVisible();
  await expectFocus(page);
});

test("a list that is read anew keeps the focus on its row", async ({ own, visitor, faults }) => {
  faults.expect(/Failed to load resource|ERR_/);
  const page = await visitor(own);
  const { ana, token } = await openWith(page, own);
  await row(page, "Three").focus();
  await own.kill();
  await expect(page.getByTestId("live")).toHaveAttribute("data-state", "offline");
  await own.restart();
  await own.send(token, { to: [ana.name], title: "Meanwhile" });
  await page.getByTestId("try-now").dispatchEvent("click");
  await isLive(page, 40_000);
  await expect(page.getByRole("button", { name: "1 new" })).toBeVisible();
  await expect(row(page, "Three")).toBeFocused();
});

test("dialogs give the focus back, by key and by their own button", async ({ page, tidings }) => {
  await openWith(page, tidings);
  await page.keyboard.press("j");
  await page.keyboard.press("h");
  await expect(page.getByTestId("snooze")).toBeVisible();
  await expect(page.getByTestId("snooze-choice").first()).toBeFocused();
  await page.getByTestId("snooze-cancel").click();
  await expect(page.getByTestId("snooze")).toBeHidden();
  await expect(row(page, "One")).toBeFocused();
  await page.keyboard.press("Control+k");
  await expect(page.getByTestId("palette").getByRole("combobox")).toBeFocused();
  // The focus stays inside.
  for (let n = 0; n < 4; n++) await page.keyboard.press("Tab");
  expect(await page.evaluate(() => !document.activeElement?.closest(".app"))).toBe(true);
  await page.keyboard.press("Escape");
  await expect(row(page, "One")).toBeFocused();
  // A finger has no Escape: beside the dialog is out of it.
  await page.keyboard.press("Control+k");
  await page.mouse.click(5, 5);
  await expect(page.getByTestId("palette")).toBeHidden();
});

/** The focused element, as far as it can be seen: what of it is covered by something else, and whether it is marked. */
const seen = (page: Page) =>
  page.evaluate(async () => {
    // Without motion every change takes one frame.
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const element = document.activeElement as HTMLElement;
    if (!element || element === document.body || !element.matches(":focus")) return { name: "nothing", covered: false, marked: true, out: false };
    const rect = element.getBoundingClientRect();
    const name = `${element.tagName.toLowerCase()} ${element.dataset.testid ?? element.className} «${(element.getAttribute("aria-label") ?? element.textContent ?? "").trim().slice(0, 40)}»`;
    const outlined = (style: CSSStyleDeclaration) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    // The link of a row is marked around the row, a box around its label; the parts of a time field by the browser.
    const marked = outlined(getComputedStyle(element)) || outlined(getComputedStyle(element, "::after")) || element.matches("[type=time]:not(:focus-visible)") || Boolean(element.closest("label") && outlined(getComputedStyle(element.closest("label")!)));
    const points = [0.5, 0.15, 0.85].flatMap((x) => [0.5, 0.2, 0.8].map((y) => [rect.left + rect.width * x, rect.top + rect.height * y] as const));
    const within = points.filter(([x, y]) => x >= 0 && y >= 0 && x < innerWidth && y < innerHeight);
    const covered = within.length > 0 && within.every(([x, y]) => {
      const top = document.elementFromPoint(x, y);
      return !top || !(element.contains(top) || top.contains(element) || (top as HTMLElement).closest("label")?.contains(element) || element.closest("article")?.contains(top));
    });
    return { name, covered, marked, out: within.length === 0 };
  });

for (const [device, viewport] of Object.entries({ desktop: { width: 1280, height: 500 }, phone: { width: 390, height: 600 } })) {
  test(`everything that Tab reaches is marked and in sight, ${device}`, async ({ own, visitor }) => {
    test.setTimeout(120_000);
    const people = await cast(own);
    const page = await visitor(own);
    await page.setViewportSize(viewport);
    await page.emulateMedia({ reducedMotion: "reduce" });
    for (const state of ["inbox", "message", "send", "preferences", "sessions-alone", "sign-in"]) {
      await page.context().clearCookies();
      await states[state]!(page, people);
      await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur?.());
      for (const key of ["Tab", "Shift+Tab"]) {
        for (let n = 0; n < 60; n++) {
          await page.keyboard.press(key);
          const { name, covered, marked, out } = await seen(page);
          if (name === "nothing") break;
          expect.soft({ covered, marked, out }, `${state}, ${key} ${n}: ${name}`).toEqual({ covered: false, marked: true, out: false });
        }
      }
    }
  });
}
