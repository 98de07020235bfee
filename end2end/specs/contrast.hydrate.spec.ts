// More contrast for who asks for it, and the system's own colours (WCAG 2.2, 1.4.3, 1.4.6 and 1.4.11).
import { type Page, expect, openLive, test } from "../fixtures.js";
import { cast, states } from "../states.js";

/** Contrast of two colours (WCAG 2.2, «contrast ratio»), as the page draws them. */
const contrast = (page: Page, of: string, property: string, on: string) =>
  page.evaluate(([of, property, on]) => {
    const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true })!;
    const light = (colour: string) => {
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((part) => part / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
    };
    const colour = (selector: string, property: string) => getComputedStyle(document.querySelector(selector)!).getPropertyValue(property);
    const ground = (selector: string) => {
      for (let at: Element | null = document.querySelector(selector); at; at = at.parentElement) {
        const found = getComputedStyle(at).backgroundColor;
        if (!/^rgba\(.*, 0\)$|transparent/.test(found)) return found;
      }
      return "white";
    };
    const [a, b] = [light(colour(of!, property!)), light(ground(on!))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  }, [of, property, on]);

test("who wants more contrast gets it: text 7:1, borders of fields 4.5:1", async ({ page, tidings }) => {
  const ana = tidings.person("ana");
  await tidings.send(tidings.token(tidings.admin(), "send"), { to: [ana.name], title: "Look", body: "closely" });
  await openLive(page, ana);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, contrast: "no-preference" });
    const [normal, border] = [await contrast(page, ".preview", "color", ".preview"), await contrast(page, "[data-testid=search]", "border-top-color", "[data-testid=search]")];
    expect(normal).toBeGreaterThanOrEqual(4.5);
    expect(border, `the field has a border, ${colorScheme}`).toBeGreaterThanOrEqual(3);
    await page.emulateMedia({ colorScheme, contrast: "more" });
    for (const text of [".preview", ".top time", ".from", ".day", ".bar .unread", ".views a .word"]) {
      expect.soft(await contrast(page, text, "color", text), `${text}, ${colorScheme}`).toBeGreaterThanOrEqual(7);
    }
    expect.soft(await contrast(page, "[data-testid=search]", "border-top-color", "[data-testid=search]"), colorScheme).toBeGreaterThanOrEqual(4.5);
  }
});

test("with forced colours nothing is told by ground alone", async ({ own, visitor }) => {
  const people = await cast(own);
  const page = await visitor(own);
  await page.emulateMedia({ forcedColors: "active", reducedMotion: "reduce" });
  await states.message!(page, people);
  // The dot of what is unread, the lamp, the open row, the chosen place: each has a shape or a system colour of its own.
  const shown = (selector: string) =>
    page.locator(selector).first().evaluate((element) => {
      const [style, before, after] = [getComputedStyle(element), getComputedStyle(element, "::before"), getComputedStyle(element, "::after")];
      const canvas = getComputedStyle(document.body).backgroundColor;
      const drawn = (one: CSSStyleDeclaration) => (one.backgroundColor !== canvas && one.backgroundColor !== "rgba(0, 0, 0, 0)") || (one.borderStyle !== "none" && parseFloat(one.borderTopWidth) + parseFloat(one.borderInlineStartWidth) > 0) || one.outlineStyle !== "none";
      return drawn(style) || (before.content !== "none" && drawn(before)) || (after.content !== "none" && drawn(after));
    });
  for (const selector of ["[data-state=unread] .dot", ".pill .lamp", ".item[aria-current] > .row", ".views a[aria-current]", ".primary, .count:not([data-zero])"]) {
    expect.soft(await shown(selector), selector).toBe(true);
  }
  // Icons are drawn as masks of a colour; that colour is the text's.
  const icons = await page.locator(".acts-bar .icon").first().evaluate((icon) => [getComputedStyle(icon).backgroundColor, getComputedStyle(document.body).backgroundColor]);
  expect(icons[0]).not.toBe(icons[1]);
  await page.keyboard.press("Tab");
  await expect(page.locator(":focus")).toHaveCSS("outline-style", "solid");
});

