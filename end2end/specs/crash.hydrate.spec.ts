// The server dies or goes away while the page is open: nothing that was acknowledged is lost, nothing comes twice.
import { setTimeout as pause } from "node:timers/promises";
import type { Tidings } from "../tidings.js";
import { type Faults, type Page, expect, expectSameDocument, isLive, markDocument, openLive, test, until, visit } from "../fixtures.js";

/** What a page may complain of while its server is away. */
function foreseeAbsence(faults: Faults) {
  faults.expect(/ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY_RESPONSE|ERR_SOCKET_NOT_CONNECTED|status of 503/);
}

/** Sends numbered messages one after the other until told to stop, each until it is acknowledged. */
class Sender {
  readonly acknowledged: string[] = [];
  interrupted = 0;
  private stopped = false;
  private readonly work: Promise<void>;

  constructor(tidings: Tidings, token: string, to: string) {
    this.work = (async () => {
      for (let n = 1; !this.stopped; n++) {
        const title = `Number ${n}`;
        // The same key: the first try may have been stored, with its answer lost in the crash.
        for (let acknowledged = false; !acknowledged; ) {
          const answer = await tidings.post(token, { to: [to], title }, `key-${n}`).catch(() => undefined);
          acknowledged = answer?.status === 201;
          if (!answer) this.interrupted++;
          await pause(acknowledged ? 20 : 100);
        }
        this.acknowledged.push(title);
      }
    })();
  }

  async reach(count: number) {
    expect(await until(15_000, () => this.acknowledged.length >= count)).toBe(true);
  }

  async stop() {
    this.stopped = true;
    await this.work;
  }
}

const titlesOf = (page: Page) => page.getByTestId("item-title").allInnerTexts();

async function expectEverything(page: Page, sender: Sender) {
  const all = [...sender.acknowledged].reverse();
  expect(all.length).toBeLessThanOrEqual(50);
  await expect(page.getByTestId("item")).toHaveCount(all.length);
  expect(await titlesOf(page)).toEqual(all);
  await expect(page.getByTestId("unread-count")).toHaveText(String(all.length));
}

test("killed with -9 while messages are sent, and started again: the page catches up by itself", async ({ own, visitor, faults }) => {
  test.setTimeout(90_000);
  foreseeAbsence(faults);
  const ana = own.person("ana");
  const page = await visitor(own);
  await openLive(page, ana);
  await markDocument(page);
  const sender = new Sender(own, own.token(own.admin(), "send"), ana.name);

  for (const count of [8, 20]) {
    await sender.reach(count);
    await own.kill();
    await expect(page.getByTestId("live")).not.toHaveAttribute("data-state", "live");
    await own.restart();
  }
  await sender.reach(32);
  await sender.stop();
  expect(sender.interrupted).toBeGreaterThan(0);

  await isLive(page, 40_000);
  await expectEverything(page, sender);
  await expectSameDocument(page);
  await visit(page, "/");
  await expectEverything(page, sender);
});

test("a planned restart ends streams within seconds, and the page comes back", async ({ own, visitor, faults }) => {
  test.setTimeout(60_000);
  foreseeAbsence(faults);
  const ana = own.person("ana");
  const token = own.token(own.admin(), "send");
  const page = await visitor(own);
  await openLive(page, ana);
  await markDocument(page);
  const before = Date.now();
  expect(await own.end("SIGTERM")).toBe(0);
  expect(Date.now() - before).toBeLessThan(5_000);
  await expect(page.getByTestId("live")).not.toHaveAttribute("data-state", "live");
  await own.restart();
  await own.send(token, { to: [ana.name], title: "Sent while you were away" });
  await isLive(page, 40_000);
  expect(await titlesOf(page)).toEqual(["Sent while you were away"]);
  await expectSameDocument(page);
});

test("while the server is away the list stays readable and the page says since when", async ({ own, visitor, faults }) => {
  foreseeAbsence(faults);
  const ana = own.person("ana");
  await own.send(own.token(own.admin(), "send"), { to: [ana.name], title: "Kept" });
  const page = await visitor(own);
  await openLive(page, ana);
  await own.kill();
  await expect(page.getByTestId("live")).toHaveAttribute("data-state", "offline");
  await expect(page.getByTestId("live")).toContainText(/\d\d:\d\d/);
  await expect(page.getByTestId("item-title")).toHaveText("Kept");
});
