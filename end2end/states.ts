// Every page and state worth looking at, by name: for axe, for widths, and for screenshots.
import type { Page } from "@playwright/test";
import { alive, fillSignIn, isLive, row, signIn, visit } from "./fixtures.js";
import type { Person, Tidings } from "./tidings.js";

export interface Cast {
  tidings: Tidings;
  /** An admin with messages, one of them done. */
  olga: Person;
  /** A reader without messages. */
  ana: Person;
  /** An admin whose token sent the messages. */
  mia: Person;
  /** An admin without messages. */
  nora: Person;
  /** A reader who is done with everything. */
  cara: Person;
  /** A reader with many messages, long names and titles among them, and such that run from right to left. */
  rana: Person;
  /** A reader of messages that repeat, are resolved, or are to be acknowledged; the states make her snooze, mute and keep a search. */
  rita: Person;
}

/** People and messages on a server of their own, nobody on it before. */
export async function cast(tidings: Tidings): Promise<Cast> {
  const olga = tidings.admin();
  const [ana, mia, nora, cara, rana, rita] = [tidings.person("ana"), tidings.admin("mia"), tidings.admin("nora"), tidings.person("cara"), tidings.person("rana"), tidings.person("rita")];
  const token = tidings.token(mia, "send");
  const body = [
    "The night job stopped at **03:12**.",
    "",
    "1. Free some space on `/backup`.",
    "2. Start it again: `backup --resume`.",
    "",
    "> Ask in the channel when in doubt.",
    "",
    "| host | free |",
    "|---|---|",
    "| db1 | 2 % |",
    "",
    "See the [manual](https://example.org/manual) for the rest.",
  ].join("\n");
  const send = (title: string, more = {}) => tidings.send(token, { to: [olga.name], title, ...more });
  await send("Welcome", { body: "Nice to have you here.", priority: "low" });
  await send("Canteen closed on Friday", { body: "Bring your own lunch; the kitchen gets a new oven." });
  await send("Pull request 218 was merged", { link: "https://example.org/pull/218" });
  await send("A title that is much longer than one line of the list can show, so that it has to be cut somewhere sensible, even on the widest of screens", { priority: "high" });
  await send("Backup failed", { body, priority: "urgent", link: "https://example.org/jobs/17" });
  await tidings.send(token, { to: [cara.name], title: "Welcome" });
  const long = tidings.token(tidings.admin("maximiliane-von-und-zu-hohenstaufen"), "send");
  const titles = ["تم نشر الإصدار 4.18 في بيئة الاختبار بنجاح ولم يفشل أي اختبار", "גיבוי מסד הנתונים נכשל", "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen", "Short"];
  for (let n = 0; n < 52; n++) {
    const [title = ""] = titles.slice(n % titles.length);
    const tags = [["deploy", "staging-environment-with-a-long-name"], ["billing"], []][n % 3] ?? [];
    await tidings.send(n % 5 ? token : long, { to: [rana.name], title: `${title} ${n}`, body: "One line of text.", tags });
  }
  const repeat = (title: string, more = {}) => tidings.send(token, { to: [rita.name], title, ...more });
  for (const percent of [80, 85, 90]) await repeat(`Disk ${percent} % full`, { collapse_key: "disk", category: "disks" });
  await repeat("Disk is fine again", { collapse_key: "disk", category: "disks", resolved: true, body: "**41 %** after the logs were rotated." });
  for (let n = 0; n < 12; n++) await repeat("Deploy is waiting for its turn", { collapse_key: "deploy", tags: ["deploy"] });
  await repeat("Please read the new rules", { acknowledge: true, body: "They apply from **Monday** on." });
  await repeat("Fire drill at three", { acknowledge: true });
  await repeat("Renew the certificate", { tags: ["deploy"] });
  return { tidings, olga, ana, mia, nora, cara, rana, rita };
}

/** Opens a row's message. */
async function open(page: Page, title: string) {
  await row(page, title).getByTestId("item-link").click();
  await page.getByTestId("message-title").getByText(title).waitFor();
}

/** A page in this state of the line, by what its stream and its polls are answered. */
async function line(page: Page, person: Person, state: string, answer: Parameters<Page["route"]>[1], which = (_: URL) => true) {
  await page.route((url) => url.pathname === "/events" && which(url), answer);
  await signIn(page, person);
  await page.locator(`[data-testid=live][data-state=${state}]`).waitFor({ timeout: 30_000 });
}

/** Draws one state on a fresh page that is signed out. */
export const states: Record<string, (page: Page, cast: Cast) => Promise<void>> = {
  "sign-in": async (page) => visit(page, "/sign-in"),
  "sign-in-wrong": async (page, { olga }) => {
    await visit(page, "/sign-in");
    // One failure for each visit; the good sign-ins in between keep it from being slowed.
    await fillSignIn(page, { name: olga.name, password: "not the password" });
    await page.getByTestId("problem").waitFor();
  },
  "set-up-dead": async (page) => visit(page, "/set-up?link=dead"),
  inbox: async (page, { olga }) => {
    await signIn(page, olga);
    await isLive(page);
  },
  message: async (page, { olga }) => {
    await signIn(page, olga);
    await isLive(page);
    await row(page, "Backup failed").getByTestId("item-link").click();
    await page.getByTestId("message-body").waitFor();
  },
  "message-missing": async (page, { olga }) => signIn(page, olga, "/?m=999999"),
  done: async (page, { olga }) => {
    await signIn(page, olga);
    if (await row(page, "Welcome").count()) {
      await row(page, "Welcome").hover();
      await row(page, "Welcome").getByTestId("mark-done").click();
    }
    await page.getByTestId("nav-done").click();
    await row(page, "Welcome").waitFor();
  },
  selected: async (page, { olga }) => {
    await signIn(page, olga);
    await isLive(page);
    await page.keyboard.press("j");
    await page.keyboard.press("x");
    await page.keyboard.press("J");
    await page.getByTestId("bulk").waitFor();
  },
  palette: async (page, { olga }) => {
    await signIn(page, olga);
    await isLive(page);
    await page.keyboard.press("Control+k");
    await page.keyboard.type("mark");
    await page.getByTestId("palette").waitFor();
  },
  snooze: async (page, { olga }) => {
    await signIn(page, olga);
    await isLive(page);
    await page.keyboard.press("j");
    await page.keyboard.press("h");
    await page.getByTestId("snooze").waitFor();
  },
  "undo-toast": async (page, { olga }) => {
    await signIn(page, olga);
    await isLive(page);
    await page.keyboard.press("j");
    await page.keyboard.press("s");
    await page.getByTestId("undo-toast").waitFor();
  },
  found: async (page, { olga }) => signIn(page, olga, "/?q=backup"),
  "no-match": async (page, { olga }) => signIn(page, olga, "/?q=tag%3Anowhere+-is%3Adone"),
  "first-run": async (page, { nora }) => signIn(page, nora),
  "caught-up": async (page, { cara }) => {
    await signIn(page, cara);
    if (await row(page, "Welcome").count()) {
      await row(page, "Welcome").hover();
      await row(page, "Welcome").getByTestId("mark-done").click();
      await page.getByTestId("undo-toast").waitFor();
      await visit(page, "/");
    }
    await page.getByTestId("empty").waitFor();
  },
  full: async (page, { rana }) => {
    await signIn(page, rana);
    await isLive(page);
  },
  repeats: async (page, { rita }) => {
    await signIn(page, rita);
    await isLive(page);
    await open(page, "Disk is fine again");
    await page.getByTestId("history").locator("summary").click();
  },
  "to-acknowledge": async (page, { rita }) => {
    await signIn(page, rita);
    await isLive(page);
    await open(page, "Please read the new rules");
  },
  acknowledged: async (page, { rita }) => {
    await signIn(page, rita);
    await isLive(page);
    await open(page, "Fire drill at three");
    if (await page.getByTestId("acknowledge").count()) await page.getByTestId("acknowledge").click();
    await page.getByTestId("acknowledged").waitFor();
  },
  snoozed: async (page, { rita }) => {
    await signIn(page, rita);
    await isLive(page);
    if (await row(page, "Renew the certificate").count()) {
      await row(page, "Renew the certificate").focus();
      await page.keyboard.press("h");
      await page.getByTestId("snooze-choice").last().click();
      await page.getByTestId("undo-toast").waitFor();
    }
    await page.getByTestId("nav-snoozed").click();
    await row(page, "Renew the certificate").waitFor();
  },
  "kept-search": async (page, { rita }) => {
    await signIn(page, rita, "/?q=deploy");
    await isLive(page);
    const show = async () => void ((await page.getByTestId("ways").isVisible()) && (await page.getByTestId("ways").click()));
    await show();
    if (!(await page.getByTestId("filter").count())) {
      await page.getByTestId("filter-name").fill("Deploys that wait");
      await page.getByTestId("filter-keep").click();
      await page.getByTestId("filter").first().waitFor({ state: "attached" });
      await alive(page);
      await show();
    }
    await page.getByTestId("filter").first().waitFor();
  },
  muted: async (page, { rita }) => {
    await signIn(page, rita);
    await isLive(page);
    await open(page, "Disk is fine again");
    if (await page.getByTestId("mute-category").count()) await page.getByTestId("mute-category").click();
    await page.getByTestId("why").getByText("You have muted this").waitFor();
    await visit(page, "/preferences");
    await page.getByTestId("muted").first().scrollIntoViewIfNeeded();
  },
  toast: async (page, { tidings, ana, mia }) => {
    await signIn(page, ana, "/preferences");
    await isLive(page);
    await tidings.send(tidings.token(mia, "send"), { to: [ana.name], title: "The kitchen has cake", priority: "high" });
    await page.getByTestId("toast").waitFor();
  },
  newer: async (page, { tidings, rana, mia }) => {
    await signIn(page, rana);
    await isLive(page);
    await page.getByRole("feed").evaluate((feed) => feed.scrollTo(0, 900));
    const token = tidings.token(mia, "send");
    for (const title of ["One more", "And another"]) await tidings.send(token, { to: [rana.name], title });
    await page.locator(".newer").getByText("2 new").waitFor();
  },
  notice: async (page, { olga }) => {
    await signIn(page, olga);
    await isLive(page);
    await page.route("**/api/act", (route) => route.fulfill({ status: 500, body: JSON.stringify({ unexpected: { id: "5f0c1ab2" } }) }));
    await row(page, "Canteen closed on Friday").focus();
    await page.keyboard.press("s");
    await page.getByTestId("notice").waitFor();
  },
  "new-build": async (page, { olga }) => {
    await signIn(page, olga);
    await page.route((url) => url.pathname === "/", async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, body: (await answer.text()).replace(/\b(\d+\.\d+\.\d+-)[0-9a-f]{8}\b/g, "$100000000") });
    });
    await visit(page, "/");
    await page.getByTestId("new-build").waitFor();
  },
  polling: async (page, { olga }) => line(page, olga, "polling", () => {}, (url) => !url.searchParams.has("poll")),
  busy: async (page, { olga }) => line(page, olga, "busy", (route) => route.fulfill({ status: 503, body: JSON.stringify({ busy: { retry_after_s: 30 } }) })),
  paused: async (page, { olga }) =>
    line(page, olga, "paused", (route) => route.fulfill({ contentType: "text/event-stream", body: 'event: drain\ndata: {"reconnect_ms":60000,"why":"replaced"}\n\n' })),
  offline: async (page, { rana }) => {
    await signIn(page, rana);
    await isLive(page);
    await page.context().setOffline(true);
    await page.getByTestId("down").waitFor();
    await page.waitForTimeout(1_300); // its strip comes when the line does not come back at once
  },
  failed: async (page, { olga }) => {
    await signIn(page, olga);
    await isLive(page);
    await page.route("**/api/open", (route) => route.fulfill({ status: 500, body: JSON.stringify({ unexpected: { id: "5f0c1ab2" } }) }));
    await row(page, "Backup failed").getByTestId("item-link").click();
    await page.getByTestId("failed").waitFor();
  },
  loading: async (page, { olga }) => {
    await signIn(page, olga);
    await isLive(page);
    await page.route("**/api/page", () => {});
    await page.getByTestId("nav-snoozed").click();
    await page.waitForTimeout(500); // the skeleton comes when it takes long
  },
  ways: async (page, { olga }) => {
    await signIn(page, olga, "/?q=backup");
    await isLive(page);
    if (await page.getByTestId("ways").isVisible()) await page.getByTestId("ways").click();
    await page.getByTestId("source").first().waitFor();
  },
  "found-nothing": async (page, { olga }) => signIn(page, olga, "/?q=zebra"),
  "search-wrong": async (page, { olga }) => signIn(page, olga, "/?q=is%3Aloud"),
  pinned: async (page, { olga }) => signIn(page, olga, "/?view=pinned"),
  "empty-snoozed": async (page, { ana }) => signIn(page, ana, "/?view=snoozed"),
  "empty-pinned": async (page, { ana }) => signIn(page, ana, "/?view=pinned"),
  keys: async (page, { olga }) => signIn(page, olga, "/keys"),
  empty: async (page, { ana }) => {
    await signIn(page, ana);
    await isLive(page);
  },
  "empty-done": async (page, { ana }) => signIn(page, ana, "/?view=done"),
  send: async (page, { olga }) => signIn(page, olga, "/send"),
  "send-wrong": async (page, { olga }) => {
    await signIn(page, olga, "/send");
    await page.getByTestId("field-to").fill("nobody-1");
    await page.getByTestId("field-link").fill("ftp://example.org");
    await page.getByTestId("review").click();
    await page.getByTestId("problem-link").waitFor();
    await alive(page);
  },
  review: async (page, { olga, ana }) => {
    await signIn(page, olga, "/send");
    await page.getByTestId("to-people").check();
    await page.getByTestId("field-to").fill(ana.name);
    await page.getByTestId("field-title").fill("Lunch at one");
    await page.getByTestId("field-body").fill("Downstairs, **not** in the canteen.");
    await page.getByTestId("field-link").fill("");
    await page.getByTestId("review").click();
    await page.getByTestId("review-page").waitFor();
    await alive(page);
  },
  sent: async (page, { olga }) => {
    await signIn(page, olga, "/send");
    await page.getByTestId("to-people").check();
    await page.getByTestId("field-to").fill(olga.name);
    await page.getByTestId("field-title").fill("Note to myself");
    await page.getByTestId("field-link").fill("");
    await page.getByTestId("review").click();
    await page.getByTestId("review-page").waitFor();
    await alive(page);
    await page.getByTestId("send").click();
    await page.getByTestId("sent-page").waitFor();
    await alive(page);
  },
  sessions: async (page, { olga }) => {
    // Another device: its cookie is lost, its session is not.
    await signIn(page, olga);
    await page.context().clearCookies();
    await signIn(page, olga, "/sessions");
    await page.getByTestId("end-everywhere").click();
    await page.getByTestId("end-everywhere-sure").waitFor();
  },
  "sessions-alone": async (page, { ana }) => {
    await signIn(page, ana, "/sessions");
    if (await page.getByTestId("end-others").count()) await page.getByTestId("end-others").click();
    await page.getByTestId("only-here").waitFor();
    await alive(page);
  },
  "sessions-wrong": async (page, { ana }) => {
    await signIn(page, ana, "/sessions");
    await page.getByTestId("field-current").fill(ana.password);
    await page.getByTestId("field-new").fill("a long new password");
    await page.getByTestId("field-again").fill("a long new passwort");
    await page.getByTestId("change-password").click();
    await page.getByTestId("problem-again").waitFor();
    await alive(page);
  },
  preferences: async (page, { olga }) => {
    await signIn(page, olga, "/preferences");
    await page.getByTestId("quiet-5").check();
    await page.getByTestId("field-another").fill("deploy");
    await page.getByTestId("save").click();
    await page.getByTestId("done").waitFor();
    await alive(page);
  },
  "preferences-wrong": async (page, { olga }) => {
    await signIn(page, olga, "/preferences");
    await page.getByTestId("field-zone").fill("Berlin");
    await page.getByTestId("save").click();
    await page.getByTestId("problem-zone").waitFor();
    await alive(page);
  },
  "signed-out": async (page, { olga }) => {
    await signIn(page, olga);
    await isLive(page);
    const twin = await page.context().newPage();
    await twin.goto("/");
    await twin.getByTestId("sign-out").click();
    await page.getByTestId("signed-out").waitFor({ timeout: 10_000 });
    await twin.close();
  },
  forbidden: async (page, { ana }) => signIn(page, ana, "/send"),
  "not-found": async (page, { olga }) => {
    await signIn(page, olga);
    await visit(page, "/nowhere");
  },
};
