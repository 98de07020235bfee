// The open page follows what happens, by itself.
import { alive, expect, expectSameDocument, markDocument, openLive, press, row, signIn, test, unique } from "../fixtures.js";

test("a message that is sent by form appears in another browser without a reload", async ({ page, tidings, visitor }) => {
  const [olga, ana] = [tidings.admin(), tidings.person("ana")];
  const title = unique("Hello ");
  await openLive(page, ana);
  await expect(page).toHaveTitle("Inbox · Tidings");
  await markDocument(page);

  const desk = await visitor();
  await signIn(desk, olga, "/send");
  await desk.getByTestId("to-people").check();
  await desk.getByTestId("field-to").fill(ana.name);
  await desk.getByTestId("field-title").fill(title);
  await desk.getByTestId("review").click();
  await expect(desk.getByTestId("review-page")).toBeVisible();
  await alive(desk);
  await desk.getByTestId("send").click();
  await expect(desk.getByTestId("sent-page")).toBeVisible();

  await expect(row(page, title)).toHaveAttribute("data-state", "unread");
  await expect(page.getByTestId("unread-count")).toHaveText("1");
  await expect(page).toHaveTitle("(1) Inbox · Tidings");
  await expectSameDocument(page);
});

test("two tabs of one person are in step", async ({ page, context, tidings }) => {
  const ana = tidings.person("ana");
  const token = tidings.token(tidings.admin(), "send");
  for (const title of ["One", "Two"]) await tidings.send(token, { to: [ana.name], title });
  await openLive(page, ana);
  const twin = await context.newPage();
  await twin.goto("/", { waitUntil: "domcontentloaded" });
  await expect(twin.getByTestId("live")).toHaveAttribute("data-state", "live");
  await markDocument(twin);

  await press(page, "One", "mark-read");
  await expect(row(twin, "One")).toHaveAttribute("data-state", "read");
  await expect(twin.getByTestId("unread-count")).toHaveText("1");
  await press(page, "Two", "mark-done");
  await expect(row(twin, "Two")).toHaveCount(0);
  await expect(twin.getByTestId("unread-count")).toHaveText("0");
  await press(twin, "One", "mark-unread");
  await expect(row(page, "One")).toHaveAttribute("data-state", "unread");
  await expect(page.getByTestId("unread-count")).toHaveText("1");
  await expectSameDocument(twin);
});

test("opening a message marks it read in every tab", async ({ page, context, tidings }) => {
  const ana = tidings.person("ana");
  await tidings.send(tidings.token(tidings.admin(), "send"), { to: [ana.name], title: "Open me" });
  await openLive(page, ana);
  const twin = await context.newPage();
  await twin.goto("/", { waitUntil: "domcontentloaded" });
  await expect(twin.getByTestId("live")).toHaveAttribute("data-state", "live");
  await row(page, "Open me").getByTestId("item-link").click();
  await expect(row(twin, "Open me")).toHaveAttribute("data-state", "read");
});

test("nobody else's list or stream hears of it", async ({ page, tidings, visitor }) => {
  const [ana, eve] = [tidings.person("ana"), tidings.person("eve")];
  const token = tidings.token(tidings.admin(), "send");
  await openLive(page, ana);
  const other = await visitor();
  await openLive(other, eve);

  // Everything that Eve's stream says, as bytes.
  const end = new AbortController();
  const stream = await fetch(`${tidings.url}/events`, {
    headers: { authorization: `Bearer ${tidings.token(eve, "read")}` },
    signal: AbortSignal.any([end.signal, AbortSignal.timeout(20_000)]),
  });
  expect(stream.status).toBe(200);
  const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
  let heard = "";
  const hear = async (until: string) => {
    while (!heard.includes(until)) {
      const { value, done } = await reader.read();
      if (done) throw new Error(`the stream ended before «${until}»`);
      heard += value;
    }
  };
  await hear("caught-up");

  const [secret, fence] = [unique("Secret "), unique("Fence ")];
  await tidings.send(token, { to: [ana.name], title: secret });
  await expect(row(page, secret)).toBeVisible();
  // What was sent before has arrived when what is sent after it is there.
  await tidings.send(token, { to: [eve.name], title: fence });
  await hear(fence);
  await expect(row(other, fence)).toBeVisible();
  end.abort();

  expect(heard).not.toContain(secret);
  expect(heard.match(/^event: ?item$/gm)).toHaveLength(1);
  await expect(other.getByTestId("item")).toHaveCount(1);
  await expect(other.getByTestId("unread-count")).toHaveText("1");
});

test("the focus stays where it is when messages arrive", async ({ page, tidings }) => {
  const ana = tidings.person("ana");
  const token = tidings.token(tidings.admin(), "send");
  await tidings.send(token, { to: [ana.name], title: "First" });
  await openLive(page, ana);
  const link = row(page, "First").getByTestId("item-link");
  await link.focus();
  await tidings.send(token, { to: [ana.name], title: "Second" });
  await expect(page.getByRole("button", { name: "1 new" })).toBeVisible();
  await expect(row(page, "Second")).toHaveCount(0);
  await expect(link).toBeFocused();
  const toggle = row(page, "First").getByTestId("mark-read");
  await toggle.focus();
  await page.keyboard.press("Enter");
  await expect(row(page, "First").getByTestId("mark-unread")).toBeFocused();
  // When it leaves the list, what waits comes in.
  await page.getByTestId("search").focus();
  await expect(row(page, "Second")).toBeVisible();
  await expect(page.getByRole("button", { name: "1 new" })).toBeHidden();
});

test("what the server refuses is taken back, and the page says so", async ({ page, tidings, faults }) => {
  faults.expect(/Failed to load resource/);
  const ana = tidings.person("ana");
  await tidings.send(tidings.token(tidings.admin(), "send"), { to: [ana.name], title: "Stay" });
  await openLive(page, ana);
  await page.route("**/api/act", (route) => route.abort());
  await press(page, "Stay", "mark-done");
  await expect(page.getByTestId("notice")).toBeVisible();
  await expect(row(page, "Stay")).toHaveAttribute("data-state", "unread");
  await expect(page.getByTestId("unread-count")).toHaveText("1");
});

test("a click acts before the server has answered", async ({ page, tidings }) => {
  const ana = tidings.person("ana");
  await tidings.send(tidings.token(tidings.admin(), "send"), { to: [ana.name], title: "Swift" });
  await openLive(page, ana);
  let answer = () => {};
  const held = new Promise<void>((done) => (answer = done));
  await page.route("**/api/act", async (route) => {
    await held;
    await route.continue();
  });
  await press(page, "Swift", "mark-done");
  await expect(row(page, "Swift")).toHaveCount(0);
  await expect(page.getByTestId("unread-count")).toHaveText("0");
  const answered = page.waitForResponse("**/api/act");
  answer();
  expect((await answered).ok()).toBe(true);
  await expect(row(page, "Swift")).toHaveCount(0);
});

test("one stream outlives moving between lists and messages", async ({ page, tidings }) => {
  const olga = tidings.admin();
  const token = tidings.token(olga, "send");
  let streams = 0;
  page.on("request", (request) => (streams += Number(new URL(request.url()).pathname === "/events")));
  await openLive(page, olga);
  await markDocument(page);
  await tidings.send(token, { to: [olga.name], title: "Open me" });
  await row(page, "Open me").getByTestId("item-link").click();
  await expect(page.getByTestId("message-title")).toHaveText("Open me");
  for (const place of ["nav-done", "nav-inbox"]) {
    await page.getByTestId(place).click();
    await expect(page.getByTestId(place)).toHaveAttribute("aria-current", "page");
  }
  await page.goBack();
  await expect(page.getByTestId("nav-done")).toHaveAttribute("aria-current", "page");
  await page.goForward();
  await expect(row(page, "Open me")).toBeVisible();
  await expect(page.getByTestId("inbox-page")).toBeVisible();
  const title = unique("Still here ");
  await tidings.send(token, { to: [olga.name], title });
  await expect(row(page, title)).toBeVisible();
  await expectSameDocument(page);
  expect(streams).toBe(1);
});

test("a message that came while another page was shown is counted there, and is in the list", async ({ page, tidings }) => {
  const olga = tidings.admin();
  const token = tidings.token(olga, "send");
  await openLive(page, olga);
  for (const [place, shown] of [["nav-send", "send-page"], ["nav-done", "inbox-page"]] as const) {
    await page.getByTestId(place).click();
    await expect(page.getByTestId(shown)).toBeVisible();
    await expect(page.getByTestId(place)).toHaveAttribute("aria-current", "page");
    await alive(page);
    const title = unique("Meanwhile ");
    await tidings.send(token, { to: [olga.name], title });
    await expect(page).toHaveTitle(place === "nav-send" ? /^\(1\) / : /^\(2\) /);
    await page.getByTestId("nav-inbox").click();
    await expect(row(page, title)).toHaveCount(1);
  }
});

test("a state that changes in one place is the same in the other", async ({ page, tidings, visitor }) => {
  const ana = tidings.person("ana");
  const token = tidings.token(tidings.admin(), "send");
  for (const title of ["One", "Two", "Three"]) await tidings.send(token, { to: [ana.name], title });
  await openLive(page, ana);
  const other = await visitor();
  await openLive(other, ana);
  await row(page, "One").hover();
  await row(page, "One").getByTestId("pin").click();
  await expect(row(other, "One")).toHaveAttribute("data-pinned", "");
  await press(page, "Two", "mark-done");
  await expect(row(other, "Two")).toHaveCount(0);
  await expect(other.getByTestId("nav-pinned")).toContainText("1");
  await page.getByTestId("undo").click();
  await expect(row(other, "Two")).toBeVisible();
  await expect(other.getByTestId("unread-count")).toHaveText(await page.getByTestId("unread-count").innerText());
});
