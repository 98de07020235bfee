// What a screen reader is told by itself: two status regions that keep out of each other's way, and alerts for what is urgent.
import { type Page, expect, isLive, openLive, row, test } from "../fixtures.js";

interface Said {
  region: string;
  text: string;
  at: number;
}

/** Writes down from now on everything that the regions say. */
const listen = (page: Page) =>
  page.evaluate(() => {
    const all: Said[] = ((window as unknown as { heard: Said[] }).heard = []);
    for (const region of ["said", "line", "alarm"]) {
      const element = document.querySelector(`[data-testid=${region}]`)!;
      new MutationObserver(() => all.push({ region, text: element.textContent!.trim(), at: performance.now() })).observe(element, { subtree: true, childList: true, characterData: true });
    }
  });
const heard = (page: Page, region: string) =>
  page.evaluate((region) => (window as unknown as { heard: Said[] }).heard.filter((one) => one.region === region), region);

test("there are two polite regions and one that interrupts", async ({ page, tidings }) => {
  await openLive(page, tidings.person("ana"));
  await expect(page.getByTestId("said")).toHaveRole("status");
  await expect(page.getByTestId("line")).toHaveRole("status");
  await expect(page.getByTestId("alarm")).toHaveRole("alert");
  for (const region of ["said", "line", "alarm"]) await expect(page.getByTestId(region)).toBeEmpty();
  await expect(page.getByTestId("inbox-list")).not.toHaveAttribute("aria-live");
});

test("what arrives is told in at most one sentence in three seconds", async ({ page, tidings }) => {
  const ana = tidings.person("ana");
  const token = tidings.token(tidings.admin(), "send");
  await openLive(page, ana);
  await listen(page);
  for (const title of ["One", "Two", "Three"]) await tidings.send(token, { to: [ana.name], title });
  await expect(page.getByTestId("said")).toHaveText(/^3 new messages\. Latest: Three, from .+\.$/);
  for (const title of ["Four", "Five"]) await tidings.send(token, { to: [ana.name], title, priority: "high" });
  await expect(page.getByTestId("said")).toHaveText(/^2 new messages\. Latest, important: Five, from .+\.$/);
  const [first, second, ...more] = await heard(page, "said");
  expect(more).toEqual([]);
  expect(second!.at - first!.at).toBeGreaterThanOrEqual(2_900);
  expect(await heard(page, "alarm")).toEqual([]);
});

test("what is urgent is told at once, and interrupts", async ({ page, tidings }) => {
  const ana = tidings.person("ana");
  const token = tidings.token(tidings.admin(), "send");
  await openLive(page, ana);
  await listen(page);
  await tidings.send(token, { to: [ana.name], title: "Fire", priority: "urgent" });
  await expect(page.getByTestId("alarm")).toHaveText(/^Urgent: Fire, from .+\.$/);
  expect(await heard(page, "said")).toEqual([]);
});

test("what is done twice is told twice", async ({ page, tidings }) => {
  const ana = tidings.person("ana");
  const token = tidings.token(tidings.admin(), "send");
  for (const title of ["One", "Two"]) await tidings.send(token, { to: [ana.name], title });
  await openLive(page, ana);
  await listen(page);
  await page.keyboard.press("j");
  await page.keyboard.press("e");
  await expect(page.getByTestId("said")).toHaveText("1 message done.");
  await expect(row(page, "One")).toBeFocused();
  await page.keyboard.press("e");
  await expect.poll(async () => (await heard(page, "said")).map(({ text }) => text)).toEqual(["1 message done.", "1 message done."]);
});

test("a page that is gone to without loading says its name", async ({ page, tidings }) => {
  await openLive(page, tidings.person("ana"));
  await page.getByTestId("nav-pinned").click();
  await expect(page.getByTestId("said")).toHaveText("Pinned");
  await page.getByTestId("nav-preferences").click();
  await expect(page.getByTestId("said")).toHaveText("Preferences");
});

test("a connection that stays lost is told, and that it is back; what is over in a moment is not", async ({ own, visitor, faults }) => {
  test.setTimeout(90_000);
  faults.expect(/Failed to load resource|ERR_/);
  const page = await visitor(own);
  const ana = own.person("ana");
  const token = own.token(own.admin(), "send");
  await openLive(page, ana);
  await own.send(token, { to: [ana.name], title: "Before" });
  await expect(page.getByTestId("said")).toHaveText(/Before/);
  await listen(page);

  await own.kill();
  await expect(page.getByTestId("live")).toHaveAttribute("data-state", "offline");
  await own.restart();
  await page.getByTestId("try-now").click();
  await isLive(page);
  const back = await page.evaluate(() => performance.now());
  await own.kill();
  await expect(page.getByTestId("line")).toHaveText("The connection is lost. Trying again.", { timeout: 20_000 });
  await own.restart();
  await isLive(page, 40_000);
  await expect(page.getByTestId("line")).toHaveText("The connection is back.");
  const lines = await heard(page, "line");
  expect(lines.map(({ text }) => text)).toEqual(["The connection is lost. Trying again.", "The connection is back."]);
  // The first loss was too short to be told; the second lasted.
  expect(lines[0]!.at - back).toBeGreaterThanOrEqual(2_900);
  // What was said of messages stands where it stood.
  expect(await heard(page, "said")).toEqual([]);
});
