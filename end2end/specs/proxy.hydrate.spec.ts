// Behind a proxy: nginx and Caddy as docs/OPERATING.md has them, and nginx in ways that are in the stream's.
import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import type { Page } from "@playwright/test";
import { Asking, type Event } from "../asking.js";
import { expect, expectSameDocument, isLive, markDocument, openLive, row, signIn, test as base } from "../fixtures.js";
import {
  Proxy,
  type SetUp,
  caddyAsDocumented,
  nginxAsDocumented,
  nginxByDefault,
  nginxInAHurry,
  nginxThatCompresses,
  nginxThatHoldsBack,
} from "../proxy.js";
import { Tidings, freePort, until } from "../tidings.js";

interface Behind {
  proxy: Proxy;
  tidings: Tidings;
  /** A page of a browser of its own, which asks the proxy. */
  visit: () => Promise<Page>;
}

interface Fixtures {
  /** A server behind a proxy, with more settings. */
  behind: (setUp: SetUp, settings?: string[]) => Promise<Behind>;
}

const test = base.extend<Fixtures>({
  behind: async ({ visitor }, use, info) => {
    const made: Behind[] = [];
    const pages: Page[] = [];
    await use(async (setUp, settings = []) => {
      const proxy = await Proxy.prepare(setUp);
      const tidings = await Tidings.launch(["--public-url", proxy.url, "--trusted-proxies", "127.0.0.1", ...settings]);
      const visit = async () => {
        const page = await visitor(tidings, { baseURL: proxy.url, ignoreHTTPSErrors: true });
        pages.push(page);
        return page;
      };
      made.push({ proxy, tidings, visit });
      await proxy.start(tidings.port);
      return { proxy, tidings, visit };
    });
    // Before what they look at goes away.
    for (const page of pages) await page.context().close();
    for (const { proxy, tidings } of made) {
      if (info.status !== info.expectedStatus) {
        await info.attach("proxy.log", { body: proxy.log.join("") });
        await info.attach("server.log", { body: tidings.log.join("\n") });
      }
      await proxy.close();
      await tidings.close();
    }
  },
});

/** How long a page waits for the first event. */
const HELLO_MS = 5_000;

/** How many messages are timed. */
const MESSAGES = 40;

/** What the set-ups give streams at most when the proxy stops, and some. */
const GRACE_MS = 2_000 + 2_000;

/** What a browser says of a server that does not answer, and of a proxy that closes. */
const ABSENT = /status of 50[234]|ERR_HTTP2_PROTOCOL_ERROR|ERR_HTTP2_SERVER|ERR_INCOMPLETE_CHUNKED|ERR_CONNECTION|ERR_ABORTED|ERR_EMPTY/;

const documented = [nginxAsDocumented, caddyAsDocumented];

for (const setUp of [nginxAsDocumented, nginxByDefault, nginxThatCompresses, caddyAsDocumented]) {
  test(`${setUp.name}: a page is live, shows what is sent, and hears that its session ended`, async ({ behind, faults }) => {
    faults.expect(/status of 401/);
    const { proxy, tidings, visit } = await behind(setUp);
    const ana = tidings.person("ana");
    const token = tidings.token(tidings.admin(), "send");
    const page = await visit();
    await openLive(page, ana);
    await proxy.send(token, ana.name, "Hello through the proxy");
    await expect(row(page, "Hello through the proxy")).toBeVisible({ timeout: 2_000 });

    const twin = await page.context().newPage();
    await twin.goto("/");
    await twin.getByTestId("sign-out").click();
    await expect(page.getByTestId("signed-out")).toBeVisible();
    await expect(page.getByTestId("live")).toHaveAttribute("data-state", "signed-out");
  });
}

for (const setUp of documented) {
  test(`${setUp.name}: HTTP/2, secure cookies, twelve streams at once, and twelve tabs that are all live`, async ({ behind }) => {
    const { proxy, tidings, visit } = await behind(setUp);
    const ana = tidings.person("ana");
    const page = await visit();
    await openLive(page, ana);
    const protocol = await page.evaluate(() => (performance.getEntriesByType("navigation")[0] as PerformanceNavigationTiming).nextHopProtocol);
    expect(protocol).toBe("h2");
    const [cookie] = await page.context().cookies();
    expect(cookie).toMatchObject({ name: "__Host-tidings", secure: true, httpOnly: true });
    expect((await proxy.ask("/sign-in")).headers["strict-transport-security"]).toContain("max-age=");

    // HTTP/1.1 lets a browser have six.
    expect(await page.evaluate(hellos, 12)).toBe(12);
    const tabs = [page];
    while (tabs.length < 12) {
      const tab = await page.context().newPage();
      await tab.goto("/", { waitUntil: "domcontentloaded" });
      tabs.push(tab);
    }
    await Promise.all(tabs.map((tab) => isLive(tab)));
    await proxy.send(tidings.token(tidings.admin(), "send"), ana.name, "To all tabs");
    await Promise.all(tabs.map((tab) => expect(row(tab, "To all tabs")).toBeVisible()));
  });

  test(`${setUp.name}: while the server restarts it answers 502, and the page comes back by itself`, async ({ behind, faults }) => {
    faults.expect(ABSENT);
    const { proxy, tidings, visit } = await behind(setUp);
    const ana = tidings.person("ana");
    const token = tidings.token(tidings.admin(), "send");
    const page = await visit();
    await openLive(page, ana);
    for (const signal of ["SIGTERM", "SIGKILL"] as const) {
      await tidings.end(signal);
      await expect(page.getByTestId("live")).not.toHaveAttribute("data-state", "live");
      expect((await proxy.ask("/healthz")).status).toBe(502);
      await tidings.restart();
      await tidings.send(token, { to: [ana.name], title: `Sent after ${signal}` });
      await isLive(page, 40_000);
      await expect(row(page, `Sent after ${signal}`)).toBeVisible();
    }
  });

  test(`${setUp.name}: refusals are ours, whole`, async ({ behind }) => {
    const { proxy, tidings } = await behind(setUp, ["--sends-per-second", "1", "--max-streams", "1"]);
    const ana = tidings.person("ana");
    const [send, read] = [tidings.token(tidings.admin(), "send"), tidings.token(ana, "read")];
    const headers = { authorization: `Bearer ${send}`, "content-type": "application/json" };
    const post = (body: string) => proxy.ask("/api/v1/messages", { method: "POST", headers, body });
    const message = JSON.stringify({ to: [ana.name], title: "Hello" });

    const large = await post(" ".repeat(600 * 1024));
    expect(large.status).toBe(413);
    expect(large.body).toContain("512 KiB");
    const stranger = await proxy.ask("/events");
    expect(stranger.status).toBe(401);
    expect(stranger.headers["www-authenticate"]).toContain("Bearer");
    expect((await post(message)).status).toBe(201);
    const fast = await post(message);
    expect(fast.status).toBe(429);
    expect(Number(fast.headers["retry-after"])).toBeGreaterThan(0);
    const stream = await proxy.stream(read);
    expect((await stream.until("caught-up", 5_000))?.data.seq).toBe(1);
    const full = await proxy.stream(read);
    expect(full.status).toBe(503);
    expect(Number(full.headers["retry-after"])).toBeGreaterThan(0);
    for (const refusal of [large, stranger, fast, full]) expect(refusal.headers["content-type"]).toBe("application/problem+json");

    // A reader that leaves is gone at the server too: its place is free.
    stream.close();
    expect(await until(5_000, async () => (await proxy.stream(read)).status === 200)).toBe(true);
  });

  test(`${setUp.name}: people are known by their own addresses, not by the proxy's or by what they claim`, async ({ behind }) => {
    const { proxy, tidings } = await behind(setUp);
    const headers = { "content-type": "application/x-www-form-urlencoded", "x-forwarded-for": "203.0.113.9" };
    await proxy.ask("/api/sign_in", { method: "POST", headers, body: "name=nobody&password=wrong+password", from: "127.0.0.7" });
    const told = () => tidings.log.map((line) => line.match(/client\.address=(\S+)/)?.[1]).find(Boolean);
    expect(await until(5_000, told)).toBe(true);
    expect(told()).toBe("127.0.0.7");
  });

  test(`${setUp.name}: after a reload of the proxy news go on, and it stops although streams are open`, async ({ behind, faults }) => {
    faults.expect(ABSENT);
    const { proxy, tidings, visit } = await behind(setUp);
    const ana = tidings.person("ana");
    const page = await visit();
    await openLive(page, ana);
    const before = proxy.workers();
    proxy.reload();
    const left = () => proxy.workers().some((worker) => before.includes(worker));
    expect(await until(GRACE_MS, () => !left())).toBe(true);
    await proxy.send(tidings.token(tidings.admin(), "send"), ana.name, "After the reload");
    await expect(row(page, "After the reload")).toBeVisible({ timeout: 15_000 });
    await isLive(page);
    const stream = await proxy.stream(tidings.token(ana, "read"));
    expect(await stream.until("hello", 5_000)).toBeDefined();
    const begin = Date.now();
    await proxy.stop();
    expect(Date.now() - begin).toBeLessThan(GRACE_MS);
  });

  test(`${setUp.name}: a message whose answer was lost is not sent again by the proxy`, async () => {
    // In the server's place, one that dies when it has read a message.
    let messages = 0;
    const dying = createServer((socket) => {
      socket.on("error", () => {});
      socket.on("data", (bytes) => {
        const request = bytes.toString();
        if (request.startsWith("POST")) messages++;
        if (request.startsWith("POST")) socket.destroy();
        else socket.write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
      });
    });
    const port = await freePort();
    await new Promise<void>((done) => dying.listen(port, "127.0.0.1", done));
    const proxy = await Proxy.prepare(setUp);
    await proxy.start(port);
    expect((await proxy.send("td_x", "ana", "Once")).status).toBe(502);
    expect(messages).toBe(1);
    await proxy.close();
    await new Promise((done) => dying.close(done));
  });

  test(`${setUp.name}: plain http is sent on`, async ({ behind }) => {
    const { proxy } = await behind(setUp);
    const answer = await proxy.plain.ask("/?m=1", { headers: { host: "tidings.example.org" } });
    expect([301, 308]).toContain(answer.status);
    expect(answer.headers.location).toMatch(/^https:\/\/tidings\.example\.org(:\d+)?\/\?m=1$/);
  });
}

test(`${nginxInAHurry.name}: while the server hangs it answers 504, and the page comes back by itself`, async ({ behind, faults }) => {
  faults.expect(ABSENT);
  const { proxy, tidings, visit } = await behind(nginxInAHurry);
  const ana = tidings.person("ana");
  const page = await visit();
  await openLive(page, ana);
  const token = tidings.token(tidings.admin(), "send");
  tidings.freeze();
  await expect(page.getByTestId("live")).toHaveAttribute("data-state", "offline");
  expect((await proxy.ask("/healthz")).status).toBe(504);
  tidings.thaw();
  await tidings.send(token, { to: [ana.name], title: "Sent after the standstill" });
  await isLive(page, 40_000);
  await expect(row(page, "Sent after the standstill")).toBeVisible();
});

test(`${nginxThatHoldsBack.name}: the stream does not pass, polls do`, async ({ behind }) => {
  const { proxy, tidings } = await behind(nginxThatHoldsBack);
  const ana = tidings.person("ana");
  const [read, send] = [tidings.token(ana, "read"), tidings.token(tidings.admin(), "send")];
  // Not even the head of the answer comes.
  const hello = proxy.stream(read).then((stream) => stream.until("hello", HELLO_MS));
  expect(await Promise.race([hello, pause(HELLO_MS, undefined, { ref: false })])).toBeUndefined();

  const opening = await proxy.poll(read, "poll=0");
  expect(opening.headers["content-encoding"]).toBe("gzip");
  expect(opening.events.map((event) => event.name)).toEqual(["hello", "caught-up"]);
  const cursor = opening.events.at(-1)?.id;
  const waiting = proxy.poll(read, `poll=20&after=${cursor}`);
  await proxy.send(send, ana.name, "By polling");
  const answered = Date.now();
  const news = await waiting;
  expect(Date.now() - answered).toBeLessThan(2_000);
  expect(news.events.find((event) => event.name === "item")?.data.item).toMatchObject({ title: "By polling" });
});

test(`${nginxThatHoldsBack.name}: the page asks for news instead and says so`, async ({ behind, faults }) => {
  faults.expect(/status of 401/);
  const { proxy, tidings, visit } = await behind(nginxThatHoldsBack);
  const ana = tidings.person("ana");
  const token = tidings.token(tidings.admin(), "send");
  const page = await visit();
  await signIn(page, ana);
  await polls(page);
  await markDocument(page);
  for (const title of ["One", "Two", "Three"]) {
    await proxy.send(token, ana.name, title);
    await expect(row(page, title)).toBeVisible({ timeout: 3_000 });
  }
  await polls(page);
  await expectSameDocument(page);

  const twin = await page.context().newPage();
  await twin.goto("/");
  await twin.getByTestId("sign-out").click();
  await expect(page.getByTestId("signed-out")).toBeVisible();
});

test(`${nginxThatHoldsBack.name}: when streams pass at last, the page has one again`, async ({ behind }) => {
  const { proxy, tidings, visit } = await behind(nginxThatHoldsBack);
  const ana = tidings.person("ana");
  const page = await visit();
  await page.clock.install();
  await signIn(page, ana);
  await polls(page);
  const before = proxy.workers();
  proxy.reload(nginxByDefault);
  const changed = () => proxy.accepting().length > 0 && !proxy.accepting().some((worker) => before.includes(worker));
  expect(await until(10_000, changed)).toBe(true);
  // The page tries a stream again after a minute of its own clock.
  await page.clock.fastForward(70_000);
  await isLive(page);
  await proxy.send(tidings.token(tidings.admin(), "send"), ana.name, "By stream again");
  await expect(row(page, "By stream again")).toBeVisible();
});

/** Two openings of a stream have to fail first. */
async function polls(page: Page) {
  await expect(page.getByTestId("live")).toHaveAttribute("data-state", "polling", { timeout: 25_000 });
}

for (const setUp of [nginxAsDocumented, nginxByDefault, nginxThatCompresses, caddyAsDocumented, nginxThatHoldsBack]) {
  const way = setUp === nginxThatHoldsBack ? "poll" : "stream";
  test(`${setUp.name}: by ${way}, messages arrive within a moment`, async ({ behind }, info) => {
    const { proxy, tidings } = await behind(setUp);
    const ana = tidings.person("ana");
    const [read, send] = [tidings.token(ana, "read"), tidings.token(tidings.admin(), "send")];
    const cursor = (await proxy.poll(read, "poll=0")).events.at(-1)?.id ?? "";
    const past = arrivals(new Asking(tidings.url), "stream", read, cursor);
    const through = arrivals(proxy, way, read, cursor);
    for (let n = 0; n < MESSAGES; n++) {
      await proxy.send(send, ana.name, `Number ${n}`);
      await pause(50);
    }
    const times = { through: figures(await through), past: figures(await past) };
    info.annotations.push({ type: "from sending to arriving", description: `${times.through.text}; past the proxy ${times.past.text}` });
    expect(times.through.median).toBeLessThan(1_000);
  });
}

/** How long each message took, in milliseconds. */
async function arrivals(from: Asking, way: "stream" | "poll", token: string, cursor: string): Promise<number[]> {
  const items: Event[] = [];
  const stream = way === "stream" ? await from.stream(token, `?after=${cursor}`) : undefined;
  await until(40_000, async () => {
    const events = stream ? stream.events.splice(0) : (await from.poll(token, `poll=20&after=${cursor}`)).events;
    cursor = events.filter((event) => event.id).at(-1)?.id ?? cursor;
    items.push(...events.filter((event) => event.name === "item"));
    return items.length >= MESSAGES;
  });
  stream?.close();
  return items.map(({ at, data }) => at - (data.item as { sent_at: number }).sent_at);
}

function figures(times: number[]) {
  const sorted = times.sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  return { median, text: `median ${median} ms, longest ${sorted.at(-1)} ms` };
}

/** In the page: opens so many streams at once; how many said hello. */
async function hellos(count: number): Promise<number> {
  const sources = Array.from({ length: count }, (_, n) => new EventSource(`/events?client=stream-${n}`));
  const greeted = sources.map((source) => new Promise<number>((done) => source.addEventListener("hello", () => done(1))));
  const late = new Promise<number>((done) => setTimeout(done, 10_000, 0));
  const heard = await Promise.all(greeted.map((hello) => Promise.race([hello, late])));
  for (const source of sources) source.close();
  return heard.reduce((sum, one) => sum + one, 0);
}
