// Every page and state as a picture, for people to look at: SCREENSHOTS=1 npx playwright test. Not a test.
import { test } from "../fixtures.js";
import { type Cast, cast, states } from "../states.js";

for (const colorScheme of ["light", "dark"] as const) {
  test(`screenshots, ${colorScheme}`, async ({ own, visitor, faults }) => {
    test.setTimeout(300_000);
    faults.expect(/./);
    const setUp = own.setUpLink();
    const all: typeof states = { "set-up": async (page) => void (await page.goto(setUp)), ...states };
    let people: Cast | undefined;
    for (const [name, state] of Object.entries(all)) {
      if (name !== "set-up") people ??= await cast(own);
      for (const [width, height] of [[390, 844], [820, 1180], [1440, 900]] as const) {
        const page = await visitor(own);
        await page.setViewportSize({ width, height });
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await state(page, people!);
        await page.screenshot({ path: `screenshots/${name}-${width}-${colorScheme}.png` });
        await page.context().close();
      }
    }
  });
}
