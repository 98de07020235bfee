// Fixtures: a server for each worker, one of their own for tests that break things, and pages that are watched.
import { type BrowserContext, type BrowserContextOptions, type Page, expect, test as base } from "@playwright/test";
import { type Person, Tidings } from "./tidings.js";

export { expect, type Page, type Person };
export { BEAT_MS, unique, until } from "./tidings.js";

export interface Options {
  /** Whether JavaScript runs in this project. */
  js: boolean;
}

/** What a page complained about: console errors (blocked by CSP among them) and exceptions. All must be foreseen. */
export class Faults {
  private readonly seen: string[] = [];
  private readonly foreseen: RegExp[] = [];

  /** This complaint belongs to the test. */
  expect(pattern: RegExp) {
    this.foreseen.push(pattern);
  }

  watch(context: BrowserContext) {
    context.on("console", (message) => {
      if (message.type() === "error" || /Content.Security.Policy/i.test(message.text())) {
        this.seen.push(`${message.text()} (${message.location().url})`);
      }
    });
    context.on("weberror", (error) => this.seen.push(error.error().stack ?? String(error.error())));
  }

  verify() {
    expect(this.seen.filter((fault) => !this.foreseen.some((pattern) => pattern.test(fault)))).toEqual([]);
  }
}

interface Fixtures {
  faults: Faults;
  /** A server with an empty database for this test alone. */
  own: Tidings;
  /** A page of another browser (a context of its own), on the worker's server or on the one that is given. */
  visitor: (on?: Tidings, options?: BrowserContextOptions) => Promise<Page>;
}

interface WorkerFixtures {
  tidings: Tidings;
}

export const test = base.extend<Fixtures & Options, WorkerFixtures>({
  js: [true, { option: true }],

  tidings: [
    async ({}, use) => {
      const tidings = await Tidings.launch();
      await use(tidings);
      await tidings.close();
    },
    { scope: "worker", timeout: 40_000 },
  ],

  own: async ({}, use, info) => {
    const tidings = await Tidings.launch();
    await use(tidings);
    if (info.status !== info.expectedStatus) await info.attach("server.log", { body: tidings.log.join("\n") });
    await tidings.close();
  },

  baseURL: async ({ tidings }, use) => use(tidings.url),

  faults: async ({}, use) => {
    const faults = new Faults();
    await use(faults);
    faults.verify();
  },

  context: async ({ context, faults }, use) => {
    faults.watch(context);
    await use(context);
  },

  visitor: async ({ browser, faults, tidings }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async (on = tidings, options = {}) => {
      const context = await browser.newContext({ baseURL: on.url, ...options });
      contexts.push(context);
      faults.watch(context);
      return context.newPage();
    });
    for (const context of contexts) await context.close();
  },
});

/** Goes to a path and waits until the page is alive, where it can be. */
export async function visit(page: Page, path: string) {
  await page.goto(path, { waitUntil: "domcontentloaded" });
  await alive(page);
}

/** Waits until the WASM has taken over, on pages that carry it. */
export async function alive(page: Page) {
  if (!(test.info().project.use as Partial<Options>).js) return;
  if (await page.locator("script[type=module]").count()) await expect(page.locator("html[data-hydrated]")).toBeAttached();
}

/** Signs in by the form and waits until the page that follows is alive. */
export async function signIn(page: Page, person: Person, next = "/") {
  await page.goto(`/sign-in?next=${encodeURIComponent(next)}`);
  await fillSignIn(page, person);
  await page.waitForURL((url) => url.pathname !== "/sign-in", { waitUntil: "domcontentloaded" });
  await alive(page);
}

/** Fills the form of the sign-in page that is open, and submits it. */
export async function fillSignIn(page: Page, person: Pick<Person, "name" | "password">) {
  await page.getByTestId("field-name").fill(person.name);
  await page.getByTestId("field-password").fill(person.password);
  await page.getByTestId("sign-in").click();
}

/** Signs in and waits until news arrive by themselves. */
export async function openLive(page: Page, person: Person, path = "/") {
  await signIn(page, person, path);
  await isLive(page);
}

export async function isLive(page: Page, timeout = 15_000) {
  await expect(page.getByTestId("live")).toHaveAttribute("data-state", "live", { timeout });
}

/** The row with this title. */
export function row(page: Page, title: string) {
  return page.getByTestId("item").filter({ has: page.getByTestId("item-title").getByText(title, { exact: true }) });
}

/** Presses a button of a row. Some are shown only while the pointer or the focus is in the row. */
export async function press(page: Page, title: string, button: "mark-read" | "mark-unread" | "mark-done" | "mark-restore" | "mark-delete") {
  await row(page, title).hover();
  await row(page, title).getByTestId(button).click();
}

/** Marks the page's present document; a reload would lose the mark. */
export const markDocument = (page: Page) => page.evaluate(() => { document.documentElement.dataset.same = "yes"; });
export const expectSameDocument = (page: Page) => expect(page.locator("html")).toHaveAttribute("data-same", "yes");
