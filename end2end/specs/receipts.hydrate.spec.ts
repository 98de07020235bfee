// What a browser acknowledges: how far it is, what stood before the reader's eyes, what was opened.
import type { BrowserContext, Request } from "@playwright/test";
import { expect, openLive, row, test, until } from "../fixtures.js";

interface Told { at: number; page: string; form: URLSearchParams }

/** Everything that goes to the door from now on, whichever page says it. */
function listen(context: BrowserContext): Told[] {
  const told: Told[] = [];
  context.on("request", (request: Request) => {
    if (new URL(request.url()).pathname !== "/api/acknowledge") return;
    told.push({ at: Date.now(), page: request.frame().url(), form: new URLSearchParams(request.postData() ?? "") });
  });
  return told;
}

const ids = (told: Told[], field: string) => told.flatMap(({ form }) => (form.get(field) ?? "").split(",").filter(Boolean).map(Number));

test("what arrives is acknowledged with its number, and what stays in sight is seen", async ({ page, context, tidings }) => {
  const ana = tidings.person("ana");
  const token = tidings.token(tidings.admin(), "send");
  const told = listen(context);
  await openLive(page, ana);
  const sent = [await tidings.send(token, { to: [ana.name], title: "One" }), await tidings.send(token, { to: [ana.name], title: "Two" })];
  await expect(row(page, "Two")).toBeVisible();
  expect(await until(10_000, () => sent.every((id) => ids(told, "seen").includes(id)))).toBe(true);
  // The mark is a change of its own, and the next acknowledgement tells that it came.
  expect(await until(10_000, () => told.some(({ form }) => /-3$/.test(form.get("cursor") ?? "")))).toBe(true);
  expect(told.every(({ form }) => /^[A-Za-z0-9_-]{1,64}$/.test(form.get("client") ?? ""))).toBe(true);
  expect(ids(told, "read")).toEqual([]);

  await row(page, "One").getByTestId("item-link").click();
  await expect(page.getByTestId("message-title")).toHaveText("One");
  expect(await until(10_000, () => ids(told, "read").includes(sent[0]!))).toBe(true);
});

test("a browser acknowledges at most once a second, whatever arrives, and one tab does it for all", async ({ page, context, tidings }) => {
  const ana = tidings.person("ana");
  const token = tidings.token(tidings.admin(), "send");
  await openLive(page, ana);
  const twin = await context.newPage();
  await twin.goto("/?view=done", { waitUntil: "domcontentloaded" });
  await expect(twin.getByTestId("live")).toHaveAttribute("data-state", "live");
  const told = listen(context);
  for (let n = 0; n < 20; n++) {
    await tidings.send(token, { to: [ana.name], title: `News ${n}` });
    await new Promise((done) => setTimeout(done, 150));
  }
  expect(await until(10_000, () => told.some(({ form }) => /-(2\d|[3-9]\d)$/.test(form.get("cursor") ?? "")))).toBe(true);
  const gaps = told.slice(1).map(({ at }, n) => at - told[n]!.at);
  // Timers of a browser are not exact; two in one second would be 500 ms apart at most.
  expect(gaps.filter((gap) => gap < 700)).toEqual([]);
  expect(new Set(told.map((one) => one.page)).size).toBe(1);
});

test("what is out of sight is not seen", async ({ page, context, tidings }) => {
  const ana = tidings.person("ana");
  const token = tidings.token(tidings.admin(), "send");
  const sent: number[] = [];
  for (let n = 0; n < 30; n++) sent.push(await tidings.send(token, { to: [ana.name], title: `News ${n}` }));
  const told = listen(context);
  await openLive(page, ana);
  expect(await until(10_000, () => ids(told, "seen").includes(sent.at(-1)!))).toBe(true);
  expect(ids(told, "seen")).not.toContain(sent[0]);
});

// The browser sends it while the page goes, out of sight of the tools; the server's log has it.
test("a page that is left tells what it still has to tell", async ({ page, tidings }) => {
  const ana = tidings.person("ana");
  const token = tidings.token(tidings.admin(), "send");
  await tidings.send(token, { to: [ana.name], title: "Leaving" });
  await openLive(page, ana);
  const acknowledged = () => tidings.log.filter((line) => line.includes("/api/acknowledge")).length;
  // Until there is nothing more to tell.
  expect(await until(10_000, () => acknowledged() > 0)).toBe(true);
  await new Promise((done) => setTimeout(done, 4000));
  const before = acknowledged();
  await row(page, "Leaving").getByTestId("item-link").click();
  await expect(page.getByTestId("message-title")).toHaveText("Leaving");
  await page.goto("about:blank");
  expect(await until(3_000, () => acknowledged() > before)).toBe(true);
});
