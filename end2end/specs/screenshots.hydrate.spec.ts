// Every page and state as a picture, for people to look at: SCREENSHOTS=1 npx playwright test. Not a test.
import { test } from "../fixtures.js";
import { cast, states } from "../states.js";

for (const colorScheme of ["light", "dark"] as const) {
  test(`screenshots, ${colorScheme}`, async ({ own, visitor, faults }) => {
    test.setTimeout(300_000);
    faults.expect(/./);
    const setUp = own.setUpLink();
    const draw = { "set-up": (page: Parameters<(typeof states)[string]>[0]) => page.goto(setUp).then(() => {}) };
    let people;
    for (const [name, state] of Object.entries({ ...draw, ...states })) {
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
