// Many tabs of one browser: one stream, the same list in all, whatever happens to the tab that has it.
import type { BrowserContext, Page } from "@playwright/test";
import { alive, expect, fillSignIn, isLive, openLive, type Person, row, test as base, visit } from "../fixtures.js";
import { freePort, Tidings } from "../tidings.js";

interface Counted {
  tidings: Tidings;
  /** The streams that the server has open. */
  streams: () => Promise<number>;
}

const test = base.extend<{ counted: Counted }>({
  counted: async ({}, use) => {
    const metrics = await freePort();
    const tidings = await Tidings.launch(["--metrics-listen", `127.0.0.1:${metrics}`]);
    const streams = async () => {
      const text = await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text();
      return Number(text.match(/^tidings_streams_open (\S+)/m)?.[1] ?? Number.NaN);
    };
    await use({ tidings, streams });
    await tidings.close();
  },
});

/** One more tab of the same browser. */
async function another(context: BrowserContext, path = "/") {
  const tab = await context.newPage();
  await visit(tab, path);
  await isLive(tab);
  return tab;
}

const oneStream = (streams: () => Promise<number>) => expect.poll(streams, { timeout: 15_000 }).toBe(1);

/** All tabs show all of it, each once. */
async function showAll(tabs: Page[], titles: string[]) {
  const latestFirst = [...titles].reverse();
  for (const tab of tabs) {
    await expect(tab.getByTestId("item")).toHaveCount(titles.length, { timeout: 20_000 });
    expect(await tab.getByTestId("item-title").allInnerTexts()).toEqual(latestFirst);
    await expect(tab.getByTestId("unread-count")).toHaveText(String(titles.length));
  }
}

/** Sends numbered messages while something happens. */
async function sendingWhile(tidings: Tidings, ana: Person, happens: () => Promise<unknown>): Promise<string[]> {
  const token = tidings.token(tidings.admin(), "send");
  const titles: string[] = [];
  let over = false;
  const sending = (async () => {
    while (!over || titles.length < 12) {
      const title = `Number ${titles.length + 1}`;
      await tidings.send(token, { to: [ana.name], title });
      titles.push(title);
      if (titles.length > 45) break;
      await new Promise((next) => setTimeout(next, 80));
    }
  })();
  await expect.poll(() => titles.length).toBeGreaterThan(2);
  await happens();
  over = true;
  await sending;
  return titles;
}

test("two tabs have one stream, and both show what arrives and what is done", async ({ counted, visitor }) => {
  const { tidings, streams } = counted;
  const ana = tidings.person("ana");
  const token = tidings.token(tidings.admin(), "send");
  const first = await visitor(tidings);
  await openLive(first, ana);
  const second = await another(first.context());
  await oneStream(streams);
  await tidings.send(token, { to: [ana.name], title: "For both" });
  await expect(row(first, "For both")).toHaveAttribute("data-state", "unread");
  await expect(row(second, "For both")).toHaveAttribute("data-state", "unread");
  await row(second, "For both").hover();
  await row(second, "For both").getByTestId("mark-read").click();
  await expect(row(first, "For both")).toHaveAttribute("data-state", "read");
  expect(await streams()).toBe(1);
});

test("when the tab that has the stream is closed, another goes on and nothing is lost", async ({ counted, visitor }) => {
  const { tidings, streams } = counted;
  const ana = tidings.person("ana");
  const first = await visitor(tidings);
  await openLive(first, ana);
  const others = [await another(first.context()), await another(first.context())];
  const titles = await sendingWhile(tidings, ana, () => first.close());
  await showAll(others, titles);
  await oneStream(streams);
});

test("when it crashes, another goes on and nothing is lost", async ({ counted, visitor, faults }) => {
  faults.expect(/crash/i);
  const { tidings, streams } = counted;
  const ana = tidings.person("ana");
  const first = await visitor(tidings);
  await openLive(first, ana);
  const other = await another(first.context());
  const titles = await sendingWhile(tidings, ana, async () => {
    const crashed = first.waitForEvent("crash");
    const devtools = await first.context().newCDPSession(first);
    devtools.send("Page.crash").catch(() => {});
    await crashed;
  });
  await showAll([other], titles);
  await oneStream(streams);
});

test("when it is frozen, another goes on, and it catches up when it is thawed", async ({ counted, visitor }) => {
  const { tidings, streams } = counted;
  const ana = tidings.person("ana");
  const first = await visitor(tidings);
  await openLive(first, ana);
  const other = await another(first.context());
  const devtools = await first.context().newCDPSession(first);
  const titles = await sendingWhile(tidings, ana, () => devtools.send("Page.setWebLifecycleState", { state: "frozen" }));
  await showAll([other], titles);
  await oneStream(streams);
  await devtools.send("Page.setWebLifecycleState", { state: "active" });
  await isLive(first);
  await showAll([first, other], titles);
  await oneStream(streams);
});

test("when it hangs without a word, another takes the stream by force", async ({ counted, visitor }) => {
  test.setTimeout(90_000);
  const { tidings, streams } = counted;
  const ana = tidings.person("ana");
  const first = await visitor(tidings);
  await openLive(first, ana);
  const other = await another(first.context());
  // Its script does not come back for a while; the lock is still its own.
  const hang = first.evaluate(() => {
    const end = Date.now() + 25_000;
    while (Date.now() < end);
  });
  const titles = await sendingWhile(tidings, ana, async () => {});
  await showAll([other], titles);
  await hang;
  await isLive(first);
  await showAll([first, other], titles);
  await oneStream(streams);
});

test("twelve tabs over HTTP/1.1 all load, act and hear", async ({ counted, visitor }) => {
  test.setTimeout(120_000);
  const { tidings, streams } = counted;
  const ana = tidings.person("ana");
  const token = tidings.token(tidings.admin(), "send");
  await tidings.send(token, { to: [ana.name], title: "Here already" });
  const first = await visitor(tidings);
  await openLive(first, ana);
  const tabs = [first];
  while (tabs.length < 12) tabs.push(await another(first.context()));
  expect(await streams()).toBe(1);
  await tidings.send(token, { to: [ana.name], title: "For all" });
  for (const tab of tabs) await expect(row(tab, "For all")).toBeVisible();
  for (const [at, tab] of tabs.entries()) {
    await row(tab, "Here already").hover();
    await row(tab, "Here already").getByTestId(at % 2 ? "mark-unread" : "mark-read").click();
    const next = tabs[(at + 1) % tabs.length]!;
    await expect(row(next, "Here already")).toHaveAttribute("data-state", at % 2 ? "unread" : "read");
  }
  await oneStream(streams);
});

test("a message out of sight is told of in exactly one tab, once", async ({ counted, visitor }) => {
  const { tidings } = counted;
  const ana = tidings.person("ana");
  const token = tidings.token(tidings.admin(), "send");
  const first = await visitor(tidings);
  await openLive(first, ana, "/?view=done");
  const tabs = [first, await another(first.context(), "/?view=done"), await another(first.context(), "/?view=done")];
  const told = async () => (await Promise.all(tabs.map((tab) => tab.getByTestId("toast").isVisible()))).filter(Boolean).length;
  await tidings.send(token, { to: [ana.name], title: "Look here" });
  await expect.poll(told).toBe(1);
  for (const tab of tabs) await expect(tab).toHaveTitle(/^\(1\)/);
  expect(await told()).toBe(1);
  const teller = (await Promise.all(tabs.map(async (tab) => ((await tab.getByTestId("toast").isVisible()) ? tab : undefined)))).find(Boolean)!;
  await expect(teller.getByTestId("toast")).toContainText("Look here");
  await tidings.send(token, { to: [ana.name], title: "And here" });
  await expect(teller.getByTestId("toast")).toContainText("2 new messages");
  await teller.getByTestId("toast-link").click();
  await expect(teller.getByTestId("message-title")).toHaveText("And here");
  await expect(teller.getByTestId("toast")).toBeHidden();
});

test("a toast goes by itself, but not while the pointer is on it", async ({ page, tidings }) => {
  const ana = tidings.person("ana");
  const token = tidings.token(tidings.admin(), "send");
  await openLive(page, ana, "/?view=done");
  await tidings.send(token, { to: [ana.name], title: "Soon gone" });
  const toast = page.getByTestId("toast");
  await toast.hover();
  const plays = () => toast.evaluate((toast) => toast.getAnimations()[0]?.playState);
  expect(await plays()).toBe("paused");
  await page.mouse.move(5, 5);
  expect(await plays()).toBe("running");
  await toast.evaluate((toast) => { toast.getAnimations()[0]!.currentTime = 7_900; });
  await expect(toast).toBeHidden();
});

test("a message that fades in before the reader's eyes needs no toast", async ({ page, tidings }) => {
  const ana = tidings.person("ana");
  const token = tidings.token(tidings.admin(), "send");
  await openLive(page, ana);
  await tidings.send(token, { to: [ana.name], title: "In sight" });
  await expect(row(page, "In sight")).toBeVisible();
  await expect(page.getByTestId("said")).toContainText("In sight");
  await expect(page.getByTestId("toast")).toBeHidden();
});

test("somebody else who signs in in the same browser shares nothing", async ({ counted, visitor, faults }) => {
  faults.expect(/status of 401/);
  const { tidings, streams } = counted;
  const [ana, bob] = [tidings.person("ana"), tidings.person("bob")];
  const token = tidings.token(tidings.admin(), "send");
  await tidings.send(token, { to: [ana.name], title: "Ana's own" });
  const hers = await visitor(tidings);
  await openLive(hers, ana);
  const his = await hers.context().newPage();
  await his.goto("/sign-in");
  await fillSignIn(his, bob);
  await alive(his);
  await isLive(his);
  await expect(hers.getByTestId("signed-out")).toBeVisible();
  await tidings.send(token, { to: [bob.name], title: "Bob's own" });
  await tidings.send(token, { to: [ana.name], title: "Ana's next" });
  await expect(row(his, "Bob's own")).toBeVisible();
  await oneStream(streams);
  // The network comes back: her page asks again, and learns who is there.
  await hers.evaluate(() => window.dispatchEvent(new Event("focus")));
  await expect(hers.getByTestId("live")).toHaveAttribute("data-state", "other");
  expect(await hers.getByTestId("item-title").allInnerTexts()).toEqual(["Ana's own"]);
  expect(await his.getByTestId("item-title").allInnerTexts()).toEqual(["Bob's own"]);
  await row(hers, "Ana's own").hover();
  await row(hers, "Ana's own").getByTestId("mark-done").click();
  await expect(hers.getByTestId("notice")).toBeVisible();
  await expect(row(hers, "Ana's own")).toHaveCount(1);
  // Nor are her colours his.
  const asked = hers.waitForResponse((answer) => /api\/(me|theme)$/.test(answer.url()));
  await hers.keyboard.press("Control+k");
  await hers.keyboard.type("dark");
  await hers.keyboard.press("Enter");
  await asked;
  await his.reload();
  await alive(his);
  await expect(his.locator("html")).toHaveAttribute("data-theme", "system");
});

for (const missing of ["locks", "BroadcastChannel"] as const) {
  test(`a browser without ${missing} has one stream for each tab`, async ({ counted, visitor }) => {
    const { tidings, streams } = counted;
    const ana = tidings.person("ana");
    const first = await visitor(tidings);
    await first.context().addInitScript((missing) => {
      if (missing === "locks") Object.defineProperty(Navigator.prototype, "locks", { get: () => undefined });
      else Reflect.deleteProperty(window, "BroadcastChannel");
    }, missing);
    await openLive(first, ana);
    const second = await another(first.context());
    await expect.poll(streams).toBe(2);
    await tidings.send(tidings.token(tidings.admin(), "send"), { to: [ana.name], title: "For each" });
    for (const tab of [first, second]) await expect(row(tab, "For each")).toBeVisible();
    await second.close();
    await oneStream(streams);
  });
}

test("where a stream does not pass, the page polls, says so, and goes back when it does", async ({ counted, visitor }) => {
  test.setTimeout(90_000);
  const { tidings, streams } = counted;
  const ana = tidings.person("ana");
  const token = tidings.token(tidings.admin(), "send");
  const page = await visitor(tidings);
  const context = page.context();
  const streamOnly = (url: URL) => url.pathname === "/events" && !url.searchParams.has("poll");
  await context.route(streamOnly, () => {});
  await openLiveBy(page, ana, "polling");
  const twin = await context.newPage();
  await visit(twin, "/");
  await expect(twin.getByTestId("live")).toHaveAttribute("data-state", "polling");
  await tidings.send(token, { to: [ana.name], title: "By asking" });
  for (const tab of [page, twin]) await expect(row(tab, "By asking")).toBeVisible();
  await expect(page.getByTestId("live")).toHaveAttribute("title", /holds the stream back/);
  await context.unroute(streamOnly);
  await page.evaluate(() => window.dispatchEvent(new Event("online")));
  for (const tab of [page, twin]) await isLive(tab);
  await oneStream(streams);
  await tidings.send(token, { to: [ana.name], title: "By stream" });
  for (const tab of [page, twin]) await showAll([tab], ["By asking", "By stream"]);
});

async function openLiveBy(page: Page, person: Person, state: string) {
  await page.goto("/sign-in");
  await fillSignIn(page, person);
  await alive(page);
  await expect(page.getByTestId("live")).toHaveAttribute("data-state", state, { timeout: 25_000 });
}

test("the network goes and comes back: every tab says so and catches up", async ({ counted, visitor, faults }) => {
  faults.expect(/ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED/);
  const { tidings, streams } = counted;
  const ana = tidings.person("ana");
  const token = tidings.token(tidings.admin(), "send");
  const first = await visitor(tidings);
  await openLive(first, ana);
  const second = await another(first.context());
  await first.context().setOffline(true);
  for (const tab of [first, second]) {
    await expect(tab.getByTestId("live")).toHaveAttribute("data-state", "offline");
    await expect(tab.getByTestId("try-now")).toBeVisible();
  }
  await tidings.send(token, { to: [ana.name], title: "Meanwhile" });
  await first.context().setOffline(false);
  for (const tab of [first, second]) await isLive(tab);
  await showAll([first, second], ["Meanwhile"]);
  await oneStream(streams);
});

test("a server that is killed and started again: the same list in every tab, each message once", async ({ counted, visitor, faults }) => {
  test.setTimeout(90_000);
  faults.expect(/ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY_RESPONSE|ERR_SOCKET_NOT_CONNECTED/);
  const { tidings, streams } = counted;
  const ana = tidings.person("ana");
  const token = tidings.token(tidings.admin(), "send");
  const first = await visitor(tidings);
  await openLive(first, ana);
  const second = await another(first.context());
  await tidings.send(token, { to: [ana.name], title: "Before" });
  await tidings.kill();
  await expect(second.getByTestId("live")).toHaveAttribute("data-state", "offline");
  await tidings.restart();
  await tidings.send(token, { to: [ana.name], title: "After" });
  for (const tab of [first, second]) await isLive(tab, 40_000);
  await showAll([first, second], ["Before", "After"]);
  await oneStream(streams);
});

test("signing out ends every tab with its reason, and signing in again in one goes on in all", async ({ counted, visitor, faults }) => {
  faults.expect(/status of 401/);
  const { tidings, streams } = counted;
  const ana = tidings.person("ana");
  const token = tidings.token(tidings.admin(), "send");
  await tidings.send(token, { to: [ana.name], title: "Before" });
  const first = await visitor(tidings);
  await openLive(first, ana);
  const [second, third] = [await another(first.context()), await another(first.context())];
  await third.getByTestId("sign-out").click();
  await expect(third.getByTestId("sign-in-page")).toBeVisible();
  for (const tab of [first, second]) {
    await expect(tab.getByTestId("signed-out")).toBeVisible();
    await expect(row(tab, "Before")).toBeVisible();
  }
  await tidings.send(token, { to: [ana.name], title: "Meanwhile" });
  await fillSignIn(third, ana);
  await alive(third);
  for (const tab of [first, second, third]) {
    await isLive(tab);
    await expect(tab.getByTestId("signed-out")).toHaveCount(0);
  }
  await showAll([first, second, third], ["Before", "Meanwhile"]);
  await oneStream(streams);
});

test("a page that is left and restored has let go of stream and lock, and catches up", async ({ counted, visitor }) => {
  const { tidings, streams } = counted;
  const ana = tidings.person("ana");
  const token = tidings.token(tidings.admin(), "send");
  const page = await visitor(tidings);
  await openLive(page, ana);
  // What a browser tells a page that goes to the back-forward cache and comes back.
  await page.evaluate(() => window.dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true })));
  await expect.poll(streams).toBe(0);
  expect(await page.evaluate(async () => (await navigator.locks.query()).held?.length)).toBe(0);
  await tidings.send(token, { to: [ana.name], title: "While away" });
  await page.evaluate(() => window.dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })));
  await isLive(page);
  await showAll([page], ["While away"]);
  await oneStream(streams);
});

test("another build of the server is offered as a reload, in every tab", async ({ page, context, tidings }) => {
  const ana = tidings.person("ana");
  // A page of the build before.
  await context.route((url) => url.pathname === "/", async (route) => {
    const answer = await route.fetch();
    const body = (await answer.text()).replace(/\b(\d+\.\d+\.\d+-)[0-9a-f]{8}\b/g, "$100000000");
    await route.fulfill({ response: answer, body });
  });
  await openLive(page, ana);
  await visit(page, "/");
  const twin = await another(context);
  for (const tab of [page, twin]) await expect(tab.getByTestId("new-build")).toBeVisible();
});

test("with too many pages open the oldest is paused, says so, and resumes when asked", async ({ visitor, faults }) => {
  faults.expect(/status of 4/);
  const tidings = await Tidings.launch(["--max-streams-per-user", "1"]);
  try {
    const ana = tidings.person("ana");
    const [laptop, phone] = [await visitor(tidings), await visitor(tidings)];
    await openLive(laptop, ana);
    await openLive(phone, ana);
    await expect(laptop.getByTestId("live")).toHaveAttribute("data-state", "paused");
    await laptop.getByTestId("try-now").click();
    await isLive(laptop);
    await expect(phone.getByTestId("live")).toHaveAttribute("data-state", "paused");
    await laptop.context().close();
    await phone.context().close();
  } finally {
    await tidings.close();
  }
});
