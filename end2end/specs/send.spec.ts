// Writing a message by form: compose → review → send → sent.
import { type Page, alive, expect, row, signIn, test, unique, visit } from "../fixtures.js";

interface Typed {
  to?: string;
  everyone?: boolean;
  title?: string;
  body?: string;
  priority?: string;
  link?: string;
}

/** Fills the form and goes on to the review, or back to the form with what is wrong. */
async function write(page: Page, typed: Typed) {
  await page.getByTestId(typed.everyone ? "to-everyone" : "to-people").check();
  if (typed.to !== undefined) await page.getByTestId("field-to").fill(typed.to);
  if (typed.title !== undefined) await page.getByTestId("field-title").fill(typed.title);
  if (typed.body !== undefined) await page.getByTestId("field-body").fill(typed.body);
  if (typed.priority !== undefined) await page.getByTestId("field-priority").selectOption(typed.priority);
  if (typed.link !== undefined) await page.getByTestId("field-link").fill(typed.link);
  await page.getByTestId("review").click();
}

/** Presses «Send» on the review that is shown. */
async function confirm(page: Page) {
  await expect(page.getByTestId("review-page")).toBeVisible();
  await alive(page);
  await page.getByTestId("send").click();
  await expect(page.getByTestId("sent-page")).toBeVisible();
}

test("a message to one person is reviewed, sent, and readable", async ({ page, tidings, visitor }) => {
  const [olga, ana] = [tidings.admin(), tidings.person("ana")];
  const title = unique("Lunch ");
  await signIn(page, olga, "/send");
  await write(page, { to: ana.name, title, body: "At **one**, downstairs.", priority: "high", link: "https://example.org/menu" });

  await expect(page.getByTestId("review-page")).toBeVisible();
  await expect(page.getByTestId("recipients")).toContainText("1 person");
  await expect(page.getByTestId("preview").locator("strong")).toHaveText("one");
  await confirm(page);
  await expect(page.getByTestId("sent-title")).toHaveText(title);
  await expect(page.getByTestId("sent-recipients")).toContainText("1 person");

  const reader = await visitor();
  await signIn(reader, ana);
  await expect(row(reader, title)).toHaveAttribute("data-priority", "high");
  await expect(row(reader, title)).toHaveAttribute("data-state", "unread");
  await row(reader, title).getByTestId("item-link").click();
  await expect(reader.getByTestId("message-body").locator("strong")).toHaveText("one");
  await expect(reader.getByTestId("message-link")).toHaveAttribute("href", "https://example.org/menu");
});

test("a message to several reaches each of them once and nobody else", async ({ page, tidings, visitor }) => {
  const olga = tidings.admin();
  const [ana, bo, cy] = [tidings.person("ana"), tidings.person("bo"), tidings.person("cy")];
  const title = unique("Keys ");
  await signIn(page, olga, "/send");
  await write(page, { to: `${ana.name}, ${bo.name.toUpperCase()}; ${ana.name}`, title });
  await expect(page.getByTestId("recipients")).toContainText("2 people");
  await confirm(page);
  await expect(page.getByTestId("sent-recipients")).toContainText("2 people");
  for (const [person, count] of [[ana, 1], [bo, 1], [cy, 0]] as const) {
    const reader = await visitor();
    await signIn(reader, person);
    await expect(reader.getByTestId("inbox-page")).toBeVisible();
    await expect(row(reader, title)).toHaveCount(count);
  }
});

test("a message to everyone says before how many that is, and reaches all", async ({ own, visitor }) => {
  const olga = own.admin();
  const people = [own.person("ana"), own.person("bo"), olga];
  const gone = own.person("cy");
  own.disable(gone);
  const page = await visitor(own);
  await signIn(page, olga, "/send");
  await expect(page.getByTestId("everyone-count")).toContainText("3");
  const title = unique("Fire drill ");
  await write(page, { everyone: true, title });
  await expect(page.getByTestId("recipients")).toContainText("3 people");
  await confirm(page);
  await expect(page.getByTestId("sent-recipients")).toContainText("3 people");
  for (const person of people) {
    const reader = await visitor(own);
    await signIn(reader, person);
    // It is delivered in chunks: those without JavaScript see it when they reload.
    await expect(async () => {
      await visit(reader, "/");
      await expect(row(reader, title)).toHaveCount(1, { timeout: 500 });
    }).toPass();
  }
});

test("what is wrong stands at its field, and everything typed stays", async ({ page, tidings }) => {
  await signIn(page, tidings.admin(), "/send");
  await write(page, { to: "", title: "", body: "Line one\n\nLine <two>", priority: "urgent", link: "ftp://example.org" });
  await expect(page.getByTestId("send-page")).toBeVisible();
  for (const field of ["to", "title", "link"]) {
    await expect(page.getByTestId(`problem-${field}`)).toBeVisible();
    await expect(page.getByTestId(`field-${field}`)).toHaveAccessibleDescription(/./);
    await expect(page.getByTestId(`field-${field}`)).toHaveAttribute("aria-invalid", "true");
  }
  for (const field of ["body", "priority"]) await expect(page.getByTestId(`problem-${field}`)).toHaveCount(0);
  await expect(page.getByTestId("field-body")).toHaveValue("Line one\n\nLine <two>");
  await expect(page.getByTestId("field-priority")).toHaveValue("urgent");
  await expect(page.getByTestId("field-link")).toHaveValue("ftp://example.org");
});

test("all unknown names are named and nothing is sent", async ({ page, tidings, visitor }) => {
  const ana = tidings.person("ana");
  const title = unique("Lost ");
  await signIn(page, tidings.admin(), "/send");
  await write(page, { to: `${ana.name} nemo1 nemo2`, title });
  await expect(page.getByTestId("problem-to")).toContainText("nemo1");
  await expect(page.getByTestId("problem-to")).toContainText("nemo2");
  await expect(page.getByTestId("problem-to")).not.toContainText(ana.name);
  await expect(page.getByTestId("field-to")).toHaveValue(`${ana.name} nemo1 nemo2`);
  const reader = await visitor();
  await signIn(reader, ana);
  await expect(reader.getByTestId("empty")).toHaveAttribute("data-state", "first");
});

test("after the review one can still change it; «send another» begins anew", async ({ page, tidings }) => {
  const [olga, ana] = [tidings.admin(), tidings.person("ana")];
  await signIn(page, olga, "/send");
  await write(page, { to: ana.name, title: "Firts", body: "Kept" });
  await expect(page.getByTestId("review-page")).toBeVisible();
  await alive(page);
  await page.getByTestId("edit").click();
  await expect(page.getByTestId("field-title")).toHaveValue("Firts");
  await expect(page.getByTestId("field-body")).toHaveValue("Kept");
  await write(page, { title: "First" });
  await confirm(page);
  await expect(page.getByTestId("sent-title")).toHaveText("First");
  await page.getByTestId("send-another").click();
  await expect(page.getByTestId("send-page")).toBeVisible();
  await expect(page.getByTestId("field-title")).toHaveValue("");
  await expect(page.getByTestId("field-to")).toHaveValue("");
});

test("a review that is open twice is sent once", async ({ page, context, tidings, visitor }) => {
  const [olga, ana] = [tidings.admin(), tidings.person("ana")];
  const title = unique("Once ");
  await signIn(page, olga, "/send");
  await write(page, { to: ana.name, title });
  await expect(page.getByTestId("review-page")).toBeVisible();
  const twin = await context.newPage();
  await visit(twin, "/send/review");
  await confirm(page);
  await twin.getByTestId("send").click();
  await twin.waitForURL((url) => url.pathname !== "/send/review");
  const reader = await visitor();
  await signIn(reader, ana);
  await expect(row(reader, title)).toHaveCount(1);
});

test("HTML in a message is shown as text", async ({ page, tidings, visitor }) => {
  const [olga, ana] = [tidings.admin(), tidings.person("ana")];
  const title = unique("<img src=x onerror=alert(1)> ").trim();
  const body = "<script>alert(1)</script><b onclick='alert(1)'>bold</b> [a](javascript:alert(1)) <style>body{display:none}</style>\n\n</div></article>end";
  await signIn(page, olga, "/send");
  await write(page, { to: ana.name, title, body });
  await confirm(page);
  const reader = await visitor();
  await signIn(reader, ana);
  await row(reader, title).getByTestId("item-link").click();
  await expect(reader.getByTestId("message-title")).toHaveText(title);
  const shown = reader.getByTestId("message-body");
  await expect(shown).toContainText("<script>alert(1)</script><b onclick='alert(1)'>bold</b>");
  await expect(shown).toContainText("</div></article>end");
  await expect(shown.locator("script, style, img, [onclick], [href^=javascript]")).toHaveCount(0);
  await expect(shown).toBeVisible();
});

test("readers are told that sending is for admins", async ({ page, tidings, faults }) => {
  faults.expect(/status of 403/);
  await signIn(page, tidings.person("ana"));
  await expect(page.getByTestId("nav-send")).toHaveCount(0);
  const answer = await page.goto("/send");
  expect(answer?.status()).toBe(403);
  await expect(page.getByTestId("forbidden-page")).toBeVisible();
  await page.getByTestId("forbidden-page").getByRole("link").click();
  await expect(page.getByTestId("inbox-page")).toBeVisible();
});
