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
}

/** People and messages on a server of their own, nobody on it before. */
export async function cast(tidings: Tidings): Promise<Cast> {
  const olga = tidings.admin();
  const [ana, mia, nora, cara, rana] = [tidings.person("ana"), tidings.admin("mia"), tidings.admin("nora"), tidings.person("cara"), tidings.person("rana")];
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
  return { tidings, olga, ana, mia, nora, cara, rana };
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
