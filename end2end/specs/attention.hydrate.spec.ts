// Attention: badges, sound and notifications, each once for the browser; quiet hours, and the digest at their end.
import type { BrowserContext, Page } from "@playwright/test";
import { alive, expect, isLive, openLive, row, signIn, test, visit } from "../fixtures.js";

/** What the page did to be noticed, as its stubs count it. */
interface Noticed {
  /** Sounds; two notes are one. */
  sounds: number;
  /** Times that the browser was asked to ask. */
  asked: number;
  /** Texts of notifications. */
  shown: string[];
  /** The number on the app's icon. */
  badge: number;
}

type Stubbed = Window & { noticed: Noticed };

/** In place of what a browser without a screen cannot show or play: counters. */
async function count(context: BrowserContext, permission: "default" | "granted" = "default") {
  await context.addInitScript((permission) => {
    const noticed: Noticed = { sounds: 0, asked: 0, shown: [], badge: -1 };
    Object.assign(window, { noticed });
    const parameter = () => ({ value: 0, setValueAtTime() {}, exponentialRampToValueAtTime() {} });
    const node = () => ({ connect() {}, start() {}, stop() {}, type: "", frequency: parameter(), gain: parameter() });
    class AudioContext {
      destination = {};
      get currentTime() { return performance.now() / 1000; }
      resume = async () => {};
      createGain = node;
      createOscillator() {
        noticed.sounds += 0.5;
        return node();
      }
    }
    class Notification {
      static get permission() { return localStorage.getItem("permission") ?? permission; }
      static async requestPermission() {
        noticed.asked += 1;
        localStorage.setItem("permission", "granted");
        return "granted";
      }
      constructor(title: string, { body }: { body: string }) { noticed.shown.push(`${title}: ${body}`); }
      close() {}
    }
    Object.assign(window, { AudioContext, Notification });
    Object.assign(navigator, { setAppBadge: async (badge: number) => { noticed.badge = badge; } });
  }, permission);
}

const noticed = (page: Page) => page.evaluate(() => (window as unknown as Stubbed).noticed);
const sounds = async (pages: Page[]) => (await Promise.all(pages.map(noticed))).reduce((sum, { sounds }) => sum + sounds, 0);
const icon = (page: Page) => page.locator("link[rel=icon]").getAttribute("href");

/** The reader comes to this tab. */
async function comeTo(page: Page) {
  await page.bringToFront();
  // A browser without windows has the focus everywhere at once.
  await page.evaluate(() => window.dispatchEvent(new Event("focus")));
}

/** The reader looks at something else; the page stays open. */
const lookAway = (page: Page) => page.evaluate(() => { document.hasFocus = () => false; });

/** Changes the preferences in a tab of their own, and answers the version that they have then. */
async function prefer(context: BrowserContext, choose: (form: Page) => Promise<unknown>): Promise<number> {
  const tab = await context.newPage();
  await visit(tab, "/preferences");
  await choose(tab);
  await tab.getByTestId("save").click();
  await expect(tab.getByTestId("done")).toBeVisible();
  const version = await tab.evaluate(async () => {
    const headers = { accept: "application/json", "content-type": "application/x-www-form-urlencoded" };
    const me = await fetch("/api/me", { method: "POST", headers });
    return (await me.json()).wishes.version as number;
  });
  await tab.close();
  return version;
}

const soundOn = (form: Page) => form.getByTestId("loud-other").getByLabel("Sound").check();

/** It is quiet all the time, or never. */
const quiet = (on: boolean) => async (form: Page) => {
  for (let day = 0; day < 7; day++) {
    await form.getByTestId(`quiet-${day}`).setChecked(on);
    for (const end of ["from", "to"]) await form.getByTestId(`quiet-${end}-${day}`).fill("00:00");
  }
};

/** Waits until the page goes by preferences of which this holds. */
async function follows(page: Page, context: BrowserContext, choose: (form: Page) => Promise<unknown>) {
  let known = -1; // the browser's time zone is a version, too
  page.on("response", async (response) => {
    if (response.url().endsWith("/api/me") && response.ok()) known = (await response.json()).wishes.version;
  });
  const version = await prefer(context, choose);
  await expect.poll(() => known, { timeout: 15_000 }).toBe(version);
}

test("the title, the page's icon and the app's say how many are unread, up to 99", async ({ page, tidings }) => {
  const ana = tidings.person("ana");
  const token = tidings.token(tidings.admin(), "send");
  await count(page.context());
  await openLive(page, ana);
  expect(await icon(page)).toBe("/favicon.svg");
  await expect(page).toHaveTitle("Inbox · Tidings");
  await tidings.send(token, { to: [ana.name], title: "One" });
  await expect(page).toHaveTitle("(1) Inbox · Tidings");
  await expect.poll(() => icon(page)).toContain("%3E1%3C/text");
  await expect.poll(async () => (await noticed(page)).badge).toBe(1);
  const one = await icon(page);
  for (let n = 2; n <= 100; n++) await tidings.send(token, { to: [ana.name], title: `Number ${n}` });
  await expect(page).toHaveTitle("(99+) Inbox · Tidings");
  await expect.poll(() => icon(page)).toContain("%3E99+%3C/text");
  await expect.poll(async () => (await noticed(page)).badge).toBe(100);
  expect(await icon(page)).not.toBe(one);
  // The first HTML has them, too.
  const html = await (await page.request.get("/")).text();
  expect(html).toContain("<title>(99+) Inbox · Tidings</title>");
  expect(html).toContain("99+%3C/text");
});

test("there is no sound until one is chosen, and then it is played once for all tabs", async ({ page, tidings }) => {
  const ana = tidings.person("ana");
  const token = tidings.token(tidings.admin(), "send");
  await count(page.context());
  await openLive(page, ana);
  const other = await page.context().newPage();
  await visit(other, "/");
  await isLive(other);
  const tabs = [page, other];
  await tidings.send(token, { to: [ana.name], title: "Silent" });
  for (const tab of tabs) await expect(row(tab, "Silent")).toBeVisible();
  expect(await sounds(tabs)).toBe(0);
  await follows(page, page.context(), soundOn);
  await comeTo(page);
  await tidings.send(token, { to: [ana.name], title: "Heard" });
  await expect.poll(() => sounds(tabs)).toBe(1);
  for (const tab of tabs) await expect(row(tab, "Heard")).toBeVisible();
  expect(await sounds(tabs)).toBe(1);
});

test("a page in which nothing was pressed is not heard, also not later", async ({ page, tidings }) => {
  const ana = tidings.person("ana");
  const token = tidings.token(tidings.admin(), "send");
  await count(page.context());
  // Whatever Playwright looks at counts as used.
  await page.addInitScript(() => Object.defineProperty(navigator, "userActivation", { value: { hasBeenActive: false } }));
  await openLive(page, ana);
  await follows(page, page.context(), soundOn);
  await comeTo(page);
  await tidings.send(token, { to: [ana.name], title: "Too early" });
  await expect(row(page, "Too early")).toBeVisible();
  await page.evaluate(() => Object.assign(navigator.userActivation, { hasBeenActive: true }));
  expect(await sounds([page])).toBe(0);
  await tidings.send(token, { to: [ana.name], title: "In time" });
  await expect.poll(() => sounds([page])).toBe(1);
});

test("the sound can be tried, and the zone of the browser be taken over", async ({ page, tidings }) => {
  const ana = tidings.person("ana");
  await count(page.context());
  await signIn(page, ana, "/preferences");
  await page.getByTestId("sound-test").click();
  await expect.poll(() => sounds([page])).toBe(1);
  await expect(page.getByTestId("field-zone")).toHaveValue("");
  await page.getByTestId("zone-here").click();
  await expect(page.getByTestId("field-zone")).toHaveValue("Europe/Berlin");
  await page.getByTestId("save").click();
  await expect(page.getByTestId("done")).toBeVisible();
  await alive(page);
  await expect(page.getByTestId("field-zone")).toHaveValue("Europe/Berlin");
  await expect(page.getByTestId("zone-here")).toBeHidden();
});

test("the browser asks for notifications only when the button for it is pressed, and one tab shows them", async ({ page, tidings }) => {
  const ana = tidings.person("ana");
  const token = tidings.token(tidings.admin(), "send");
  await count(page.context());
  await openLive(page, ana);
  await lookAway(page);
  await tidings.send(token, { to: [ana.name], title: "Before" });
  await expect(row(page, "Before")).toBeVisible();
  expect(await noticed(page)).toMatchObject({ asked: 0, shown: [] });
  const other = await page.context().newPage();
  await visit(other, "/preferences");
  await isLive(other);
  expect((await noticed(other)).asked).toBe(0);
  await other.getByTestId("notify").click();
  await expect(other.getByTestId("notify")).toHaveText("Turn notifications off here", { useInnerText: true });
  expect((await noticed(other)).asked).toBe(1);
  await lookAway(other);
  await tidings.send(token, { to: [ana.name], title: "After" });
  const shown = async () => [...(await noticed(page)).shown, ...(await noticed(other)).shown];
  await expect.poll(shown).toEqual(["After: Olga Example"]);
  await other.getByTestId("notify").click();
  await expect(other.getByTestId("notify")).toHaveText("Turn notifications on here", { useInnerText: true });
  await tidings.send(token, { to: [ana.name], title: "Turned off" });
  await expect(page).toHaveTitle(/^\(3\)/);
  expect(await shown()).toEqual(["After: Olga Example"]);
});

test("in quiet hours toast, sound and notification wait, urgent messages do not, and one digest tells of the rest", async ({ page, tidings, visitor }) => {
  test.setTimeout(90_000);
  const ana = tidings.person("ana");
  const token = tidings.token(tidings.admin(), "send");
  const context = page.context();
  await count(context, "granted");
  await openLive(page, ana, "/?view=done");
  await follows(page, context, async (form) => {
    await quiet(true)(form);
    await soundOn(form);
  });
  await comeTo(page);
  await lookAway(page);
  const toast = page.getByTestId("toast");
  for (const title of ["First", "Second", "Backup failed"]) await tidings.send(token, { to: [ana.name], title });
  await expect(page).toHaveTitle(/^\(3\)/);
  await expect(toast).toBeHidden();
  expect(await noticed(page)).toMatchObject({ sounds: 0, shown: [] });
  await tidings.send(token, { to: [ana.name], title: "Fire", priority: "urgent" });
  await expect(toast).toContainText("Fire");
  await expect.poll(() => noticed(page)).toMatchObject({ sounds: 1, shown: ["Fire: Olga Example"] });
  await toast.getByTestId("toast-close").click();
  // It survives a reload.
  await visit(page, "/?view=done");
  await isLive(page);
  await lookAway(page);
  await expect(toast).toBeHidden();
  // From another device: a tab of this browser would be looked at, and tell.
  const elsewhere = await visitor();
  await signIn(elsewhere, ana, "/preferences");
  await follows(page, elsewhere.context(), quiet(false));
  await comeTo(page);
  const digest = "While it was quiet: 3 messages. Latest: Backup failed";
  await expect(toast).toContainText(digest, { timeout: 15_000 });
  await expect.poll(() => noticed(page)).toMatchObject({ sounds: 1, shown: [`Tidings: ${digest}`] });
  await toast.getByTestId("toast-link").click();
  await expect(row(page, "Backup failed")).toBeVisible();
  await expect(toast).toBeHidden();
});
