// Larger text, narrower windows, wider spacing, and the other direction: nothing is cut off, nothing lies over another thing, and
// nothing scrolls sideways (WCAG 1.4.4, 1.4.10, 1.4.12).
import { type Page, expect, row, signIn, test } from "../fixtures.js";
import { type Cast, cast, states } from "../states.js";

const LOOKED_AT = ["sign-in", "inbox", "message", "selected", "snooze", "palette", "undo-toast", "found", "found-nothing", "empty", "preferences", "send", "send-wrong", "review", "sessions-alone", "keys"] as const;

/** What does not fit on the page, in words. Text that ends in «…» is cut on purpose, and whole in the message. */
const faulty = (page: Page) =>
  page.evaluate(() => {
    const found: string[] = [];
    const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    if (wide > 0) found.push(`the page scrolls ${wide} px sideways`);
    for (const part of document.querySelectorAll(".feed, .pane, .desk-page, .card-page, dialog[open]")) {
      if (part.scrollWidth > part.clientWidth + 1) found.push(`${part.className} scrolls ${part.scrollWidth - part.clientWidth} px sideways`);
    }
    const shown = (element: Element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !element.closest("[hidden], .sr, .acts") && element.getBoundingClientRect().width > 1;
    const name = (element: Element) => `${element.tagName.toLowerCase()}.${element.className} «${element.textContent!.trim().slice(0, 30)}»`;
    const dialog = document.querySelector("dialog[open]");
    const root = dialog ?? document.body;
    for (const element of root.querySelectorAll("h1, h2, h3, p, a, button, label, legend, th, td, li, b, small, time, span, kbd, dt, dd")) {
      if (!shown(element) || !element.textContent!.trim()) continue;
      const style = getComputedStyle(element);
      const cut = style.textOverflow === "ellipsis" || style.webkitLineClamp !== "none";
      const clips = style.overflowX !== "visible" || style.overflowY !== "visible";
      const scrolls = ["auto", "scroll"].includes(style.overflowX) || ["auto", "scroll"].includes(style.overflowY);
      if (clips && !scrolls && !cut && style.clipPath === "none") {
        if (element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 3) found.push(`cut off: ${name(element)}`);
      }
      // Text that leaves its box sideways, into what stands beside it.
      const rect = element.getBoundingClientRect();
      if (rect.right > innerWidth + 1 || rect.left < -1) {
        if (!element.closest("pre, table, .feed, .chips")) found.push(`outside the window: ${name(element)}`);
      }
    }
    // Controls that lie over one another.
    const controls = [...root.querySelectorAll("button, a.button, input:not([type=hidden], .pick), select, textarea, nav a")].filter((element) => shown(element) && !element.closest(".toasts, .banners"));
    // As much of each as its list lets be seen.
    const seen = (element: Element) => {
      const [box, list] = [element.getBoundingClientRect(), element.closest(".kept, .feed, .chips")?.getBoundingClientRect()];
      return { left: box.left, right: box.right, top: Math.max(box.top, list?.top ?? box.top), bottom: Math.min(box.bottom, list?.bottom ?? box.bottom) };
    };
    const boxes = controls.map((element) => [element, seen(element)] as const);
    boxes.forEach(([a, one], at) => {
      for (const [b, other] of boxes.slice(at + 1)) {
        if (a.contains(b) || b.contains(a)) continue;
        // The field of the search has room for its own button.
        if (a.closest(".search") && b.closest(".search") && parseFloat(getComputedStyle(a).paddingInlineEnd) >= other.right - other.left) continue;
        const [width, height] = [Math.min(one.right, other.right) - Math.max(one.left, other.left), Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top)];
        const sticky = (element: Element) => { for (let up: Element | null = element; up; up = up.parentElement) if (["sticky", "fixed"].includes(getComputedStyle(up).position)) return up; return null; };
        if (width > 3 && height > 3 && sticky(a) === sticky(b)) found.push(`${name(a)} and ${name(b)} lie over each other`);
      }
    });
    return [...new Set(found)].slice(0, 8);
  });

/** Each way of looking: the window, and what is done to the page. */
const WAYS: Record<string, { width: number; height: number; css?: string; html?: Record<string, string> }> = {
  // 1280 px at 200 % are 640 px, at 400 % 320.
  "1280 px at 200 %": { width: 640, height: 400 },
  "320 px": { width: 320, height: 568 },
  "text twice as large, 1280 px": { width: 1280, height: 800, css: "html { font-size: 200% }" },
  "text twice as large, 390 px": { width: 390, height: 844, css: "html { font-size: 200% }" },
  "wide text spacing, 1280 px": { width: 1280, height: 800, css: "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }" },
  "wide text spacing, 390 px": { width: 390, height: 844, css: "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }" },
  "right to left, 1280 px": { width: 1280, height: 800, html: { dir: "rtl" } },
  "right to left, 390 px": { width: 390, height: 844, html: { dir: "rtl" } },
};

async function put(page: Page, css = "", html: Record<string, string> = {}) {
  await page.evaluate(({ css, html }) => {
    // The policy of the page forbids style elements, not sheets that a script makes.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    document.adoptedStyleSheets = [sheet];
    document.documentElement.removeAttribute("dir");
    for (const [name, value] of Object.entries(html)) document.documentElement.setAttribute(name, value);
  }, { css, html });
}

// Each page is drawn once and then looked at in every way.
for (const half of [0, 1]) {
  test(`every page, in every way, ${half + 1} of 2`, async ({ own, visitor, faults }) => {
    test.setTimeout(240_000);
    faults.expect(/status of (401|403|404|410|422)/);
    const people: Cast = await cast(own);
    for (const name of LOOKED_AT.filter((_, at) => at % 2 === half)) {
      await test.step(name, async () => {
        const page = await visitor(own);
        await page.emulateMedia({ reducedMotion: "reduce" });
        await states[name]!(page, people);
        for (const [way, { width, height, css, html }] of Object.entries(WAYS)) {
          await page.setViewportSize({ width, height });
          await put(page, css, html);
          await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
          const found = await faulty(page);
          if (found.length && process.env.LOOK) await page.screenshot({ path: `${process.env.LOOK}/${way}-${name}.png` });
          expect.soft(found, `${name}, ${way}`).toEqual([]);
        }
        await page.context().close();
      });
    }
  });
}

test("titles go in the direction of their script", async ({ page, tidings }) => {
  const ana = tidings.person("ana");
  const token = tidings.token(tidings.admin(), "send");
  await tidings.send(token, { to: [ana.name], title: "النسخ الاحتياطي فشل", body: "انظر السجل" });
  await tidings.send(token, { to: [ana.name], title: "Backup failed" });
  await signIn(page, ana);
  const direction = (title: string, testid: string) => row(page, title).getByTestId(testid).evaluate((element) => getComputedStyle(element).direction);
  expect(await direction("النسخ الاحتياطي فشل", "item-link")).toBe("rtl");
  expect(await direction("Backup failed", "item-link")).toBe("ltr");
  await row(page, "النسخ الاحتياطي فشل").getByTestId("item-link").click();
  for (const part of ["message-title", "message-body"]) await expect(page.getByTestId(part)).toHaveCSS("direction", "rtl");
});
