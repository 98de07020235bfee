// What people ask of their system and their fingers holds here, too: no motion, targets that can be hit, rows that go with the finger.
import { type Page, expect, isLive, openLive, row, signIn, test } from "../fixtures.js";
import { cast, states } from "../states.js";

/** Animations and transitions that run for longer than can be seen, the time of a toast aside, which moves nothing. */
const moving = (page: Page) =>
  page.evaluate(() =>
    document.getAnimations()
      .filter((one) => one.playState === "running" && Number(one.effect!.getComputedTiming().activeDuration) > 20)
      .map((one) => (one as CSSAnimation).animationName ?? (one as CSSTransition).transitionProperty)
      .filter((name) => !/^stay/.test(name)));

test("who wants no motion gets none", async ({ page, tidings }) => {
  const ana = tidings.person("ana");
  const token = tidings.token(tidings.admin(), "send");
  const motions = async (wish: "reduce" | "no-preference") => {
    await page.emulateMedia({ reducedMotion: wish });
    await page.evaluate(() => {
      const seen: string[] = ((window as unknown as { seen: string[] }).seen = []);
      addEventListener("animationstart", (event) => seen.push(event.animationName), true);
    });
    const title = `With ${wish}`;
    await tidings.send(token, { to: [ana.name], title });
    await row(page, title).waitFor();
    const now = await moving(page);
    const durations = await row(page, title).locator(".row").evaluate((row) => parseFloat(getComputedStyle(row).animationDuration));
    return { now, durations };
  };
  await openLive(page, ana);
  expect((await motions("no-preference")).durations).toBeGreaterThan(0.05);
  const still = await motions("reduce");
  expect(still.now).toEqual([]);
  expect(still.durations).toBeLessThan(0.001);
  // Nothing scrolls smoothly, and the lamp does not breathe.
  const smooth = await page.evaluate(() => [...document.querySelectorAll("*")].filter((element) => getComputedStyle(element).scrollBehavior === "smooth").length);
  expect(smooth).toBe(0);
  await page.keyboard.press("j");
  await page.keyboard.press("Control+k");
  await page.keyboard.press("Escape");
  await page.keyboard.press("e");
  await page.getByTestId("undo-toast").waitFor();
  expect(await moving(page)).toEqual([]);
});

test("every target is at least 24 px, or has that much room around it", async ({ own, visitor }) => {
  test.setTimeout(150_000);
  const people = await cast(own);
  for (const state of ["inbox", "message", "selected", "snooze", "palette", "preferences", "send", "sessions-alone", "sign-in"]) {
    const page = await visitor(own);
    await states[state]!(page, people);
    const small = await page.evaluate(() => {
      const targets = [...(document.querySelector("dialog[open]") ?? document.body).querySelectorAll<HTMLElement>("a[href], button, input:not([type=hidden]), select, textarea, summary, [role=option]")]
        .filter((element) => element.checkVisibility() && element.getBoundingClientRect().width > 1 && !element.closest(".skip"))
        // Links in a line of text are excepted; a row is opened anywhere on it; a box by its label, too.
        .filter((element) => !(element.matches("a:not([class])") && element.closest("p, h2, small, .why")) && !element.closest("label") && !element.matches("[data-testid=item-link]"));
      const middle = (element: HTMLElement) => { const { left, top, width, height } = element.getBoundingClientRect(); return [left + width / 2, top + height / 2] as const; };
      return targets.filter((element) => {
        const { width, height } = element.getBoundingClientRect();
        if (width >= 24 && height >= 24) return false;
        const [x, y] = middle(element);
        return targets.some((other) => {
          if (other === element) return false;
          const box = other.getBoundingClientRect();
          const [dx, dy] = [Math.max(box.left - x, 0, x - box.right), Math.max(box.top - y, 0, y - box.bottom)];
          return Math.hypot(dx, dy) < 12;
        });
      }).map((element) => `${element.outerHTML.slice(0, 90)} ${Math.round(element.getBoundingClientRect().width)}×${Math.round(element.getBoundingClientRect().height)}`);
    });
    expect.soft(small, state).toEqual([]);
    await page.context().close();
  }
});

test("under a right-to-left page a row still goes where the finger draws it", async ({ own, visitor }) => {
  const page = await visitor(own, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  const ana = own.person("ana");
  await own.send(own.token(own.admin(), "send"), { to: [ana.name], title: "Draw me" });
  await signIn(page, ana);
  await isLive(page);
  await page.evaluate(() => document.documentElement.setAttribute("dir", "rtl"));
  const box = (await row(page, "Draw me").boundingBox())!;
  const touch = (type: string, x: number) =>
    row(page, "Draw me").evaluate((row, { type, x, y }) => row.querySelector(".text")!.dispatchEvent(new PointerEvent(type, { pointerType: "touch", isPrimary: true, clientX: x, clientY: y, bubbles: true, pointerId: 7 })), { type, x, y: box.y + 20 });
  await touch("pointerdown", 150);
  await touch("pointermove", 230);
  // What will be done stands where the row has left: on the left.
  const [drawn, label] = await row(page, "Draw me").evaluate((row) => [row.querySelector(".row")!.getBoundingClientRect().left - row.getBoundingClientRect().left, getComputedStyle(row, "::before").justifyContent]);
  expect(drawn).toBeGreaterThan(40);
  expect(label).toBe("left");
  await touch("pointermove", 300);
  await touch("pointerup", 300);
  await expect(row(page, "Draw me")).toHaveCount(0);
  await expect(page.getByTestId("undo-toast")).toContainText("done");
});
