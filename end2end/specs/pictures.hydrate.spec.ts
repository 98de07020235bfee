// The key views look as they looked: each beside its picture in `pictures/`, on a desktop and a phone, light and dark. Fonts, data
// and motion are pinned and times are hidden, so that what differs is what somebody changed. `make pictures` takes them anew; look
// at them before you commit them.
import { type Page, expect, row, signIn, test } from "../fixtures.js";
import { type Cast, cast, states } from "../states.js";

const SIZES = { desktop: { width: 1100, height: 620 }, phone: { width: 390, height: 660 } };
const VIEWS: Record<string, (page: Page, people: Cast) => Promise<void>> = {
  "sign-in": states["sign-in"]!,
  inbox: states.inbox!,
  message: states.message!,
  search: states.found!,
  snoozed: async (page, { olga }) => {
    await signIn(page, olga, "/?view=snoozed");
    await row(page, "Pull request 218 was merged").waitFor();
  },
  empty: states.empty!,
  preferences: async (page, { olga }) => signIn(page, olga, "/preferences"),
  send: states.send!,
};

/** One font on every machine (Debian's `fonts-liberation`), and nothing of the hour or of this run. */
const PINNED = `
  :root { --font: "Liberation Sans"; --mono: "Liberation Mono" }
  time, #hint-zone, .why, .first-steps pre { visibility: hidden !important }
  * { caret-color: transparent !important; scrollbar-width: none !important }
`;

for (const [device, viewport] of Object.entries(SIZES)) {
  for (const colorScheme of ["light", "dark"] as const) {
    test(`pictures, ${device}, ${colorScheme}`, async ({ own, visitor }) => {
      test.setTimeout(150_000);
      const people = await cast(own);
      // Read and snoozed beforehand, so that no view depends on another.
      const before = await visitor(own);
      await signIn(before, people.olga);
      for (const [title, button] of [["Welcome", "mark-read"], ["Pull request 218 was merged", "mark-snoozed"]] as const) {
        await row(before, title).hover();
        await row(before, title).getByTestId(button).click();
      }
      await before.getByTestId("snooze-choice").nth(1).click();
      await expect(before.getByTestId("item")).toHaveCount(4);
      for (const [name, draw] of Object.entries(VIEWS)) {
        await test.step(name, async () => {
          const page = await visitor(own, { viewport, colorScheme, reducedMotion: "reduce" });
          await draw(page, people);
          await page.evaluate((css) => {
            const sheet = new CSSStyleSheet();
            sheet.replaceSync(css);
            document.adoptedStyleSheets = [sheet];
          }, PINNED);
          await page.mouse.move(0, 0);
          await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
          await expect.soft(page).toHaveScreenshot(`${name}-${device}-${colorScheme}.png`);
          await page.context().close();
        });
      }
    });
  }
}
