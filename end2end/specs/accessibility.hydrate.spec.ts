// axe finds nothing on any page, in both themes, on desktop and phone, and on a tablet; and no page scrolls sideways.
import { AxeBuilder } from "@axe-core/playwright";
import { expect, row, signIn, test } from "../fixtures.js";
import { type Cast, cast, states } from "../states.js";

const SIZES = { desktop: { width: 1440, height: 900 }, tablet: { width: 820, height: 1180 }, phone: { width: 390, height: 844 } };

for (const [device, size] of Object.entries(SIZES)) {
  // Colours do not know how wide the page is.
  for (const colorScheme of device === "tablet" ? (["light"] as const) : (["light", "dark"] as const)) {
    test(`every page, ${device}, ${colorScheme}`, async ({ own, visitor, faults }) => {
      test.setTimeout(480_000);
      faults.expect(/status of (401|403|404|410|500|503)|ERR_INTERNET_DISCONNECTED/);
      const people: Cast = await cast(own);
      for (const [name, draw] of Object.entries(states)) {
        await test.step(name, async () => {
          const page = await visitor(own);
          await page.setViewportSize(size);
          // Without motion nothing is measured half-way through a fade.
          await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
          await draw(page, people);
          const { violations } = await new AxeBuilder({ page }).analyze();
          const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`);
          expect.soft(found, name).toEqual([]);
          const width = await page.evaluate(() => document.documentElement.scrollWidth);
          expect.soft(width, `${name} scrolls sideways`).toBeLessThanOrEqual(size.width);
          await page.context().close();
        });
      }
    });
  }
}

test("a desktop shows rail, list and message, a tablet a slim rail beside them, a phone one after the other", async ({ own, visitor }) => {
  const { olga } = await cast(own);
  const page = await visitor(own);
  await signIn(page, olga);
  const box = async (selector: string) => (await page.locator(selector).boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  for (const [device, size] of Object.entries(SIZES)) {
    await page.setViewportSize(size);
    const [rail, list, pane, tabs] = [await box(".rail"), await box("section.list"), await box(".pane"), await box(".views")];
    if (device === "phone") {
      expect([rail.width, list.width, pane.width].map(Math.round)).toEqual([size.width, size.width, 0]);
      expect(Math.round(tabs.y + tabs.height), "the views are tabs at the bottom").toBe(size.height);
      await row(page, "Backup failed").getByTestId("item-link").click();
      await expect(page.getByTestId("message-title")).toBeVisible();
      expect(Math.round((await box(".pane")).width)).toBe(size.width);
      await expect(page.getByTestId("inbox-list")).toBeHidden();
      continue;
    }
    expect(rail.x + rail.width, device).toBeLessThanOrEqual(list.x + 1);
    expect(list.x + list.width, device).toBeLessThanOrEqual(pane.x + 1);
    expect(Math.round(pane.x + pane.width), device).toBe(size.width);
    expect(rail.width < 100, "slim").toBe(device === "tablet");
    const heights = await page.getByTestId("item").locator(".row").evaluateAll((rows) => rows.map((row) => row.getBoundingClientRect().height));
    for (const height of heights) expect(height).toBeLessThanOrEqual(72);
  }
});

test("the set-up page, both themes", async ({ own, visitor }) => {
  const page = await visitor(own);
  await page.goto(own.setUpLink());
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id }) => id)).toEqual([]);
  }
});

test("under a finger, everything that can be pressed is at least 40 px high", async ({ own, visitor, faults }) => {
  test.setTimeout(150_000);
  faults.expect(/status of 500|ERR_INTERNET_DISCONNECTED/);
  const people = await cast(own);
  for (const name of ["inbox", "found", "ways", "first-run", "failed", "offline", "message", "send", "review", "preferences"]) {
    const page = await visitor(own, { viewport: name === "found" ? SIZES.tablet : SIZES.phone, hasTouch: true, isMobile: true });
    await states[name]!(page, people);
    // A row is opened by a touch anywhere on it, so its link counts as the row; a box is ticked by its label.
    const targets = page.locator("nav a:visible, button:visible, a.button:visible, input:visible:not([type=radio], label [type=checkbox]), label:has([type=checkbox]):visible, select:visible, article[data-testid=item]:visible");
    expect(await targets.count(), name).toBeGreaterThan(3);
    for (const target of await targets.all()) {
      const box = await target.boundingBox();
      const shown = await target.evaluate((node) => node.outerHTML.slice(0, 100));
      expect.soft(Math.round(box?.height ?? 0), `${name}: ${shown}`).toBeGreaterThanOrEqual(40);
    }
    const empty = await page.locator("button:visible > .icon").evaluateAll((icons) => icons.filter((icon) => icon.clientWidth < 12).map((icon) => icon.parentElement!.outerHTML));
    expect.soft(empty, `${name}: a button without its drawing`).toEqual([]);
    await page.context().close();
  }
});
