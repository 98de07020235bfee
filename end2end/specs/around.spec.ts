// What stands around the list: chips, searches and sources, and what an empty list says. Also without JavaScript.
import { expect, row, signIn, test, visit } from "../fixtures.js";

test("chips narrow the inbox, hold in the address, and say which one is on", async ({ page, tidings }) => {
  const ana = tidings.person("ana");
  const token = tidings.token(tidings.admin(), "send");
  await tidings.send(token, { to: [ana.name], title: "Lunch" });
  await tidings.send(token, { to: [ana.name], title: "Fire", priority: "urgent" });
  await tidings.send(token, { to: [ana.name], title: "Deploy 7", tags: ["deploy"] });
  await signIn(page, ana);
  const chip = (word: string) => page.getByTestId("chip").getByText(word, { exact: true });
  const on = page.locator("[data-testid=chip][aria-current]");
  await expect(on).toHaveText("All");
  for (const [word, title, query] of [["Urgent", "Fire", "priority:urgent"], ["deploy", "Deploy 7", "tag:deploy"]] as const) {
    await chip(word).click();
    await expect(page.getByTestId("item")).toHaveCount(1);
    await expect(row(page, title)).toBeVisible();
    await expect(on).toHaveText(word);
    expect(page.url()).toContain(encodeURI(query));
    await page.reload();
    await expect(on).toHaveText(word);
  }
  await chip("Unread").click();
  await expect(page.getByTestId("item")).toHaveCount(3);
  await chip("All").click();
  await expect(on).toHaveText("All");
  expect(new URL(page.url()).search).toBe("");
});

test("sources are who sends most, each with what is unread, and lead to all of theirs", async ({ page, tidings }) => {
  const ana = tidings.person("ana");
  const [bea, cem] = [tidings.admin("bea"), tidings.admin("cem")];
  for (const title of ["One", "Two"]) await tidings.send(tidings.token(bea, "send"), { to: [ana.name], title });
  await tidings.send(tidings.token(cem, "send"), { to: [ana.name], title: "Three" });
  await signIn(page, ana);
  const source = (name: string) => page.getByTestId("source").filter({ hasText: name });
  await expect(source(bea.display).getByTestId("source-count")).toContainText("2");
  await expect(source(cem.display).getByTestId("source-count")).toContainText("1");
  await source(bea.display).click();
  await expect(page.getByTestId("item")).toHaveCount(2);
  await expect(source(bea.display)).toHaveAttribute("aria-current", "page");
});

test("on a small screen searches and sources are one press away", async ({ page, tidings }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const ana = tidings.person("ana");
  await tidings.send(tidings.token(tidings.admin("bea"), "send"), { to: [ana.name], title: "One" });
  await signIn(page, ana);
  await expect(page.getByTestId("source")).toBeHidden();
  await page.getByTestId("ways").click();
  await page.getByTestId("source").click();
  await expect(page).toHaveURL(/q=from:/);
  await expect(page.getByTestId("item")).toHaveCount(1);
  await expect(page.getByTestId("source")).toBeHidden();
  await expect(page.getByTestId("nav-preferences")).toBeVisible();
});

test("before anything has come, one can send oneself a test", async ({ page, tidings, js }) => {
  const olga = tidings.admin();
  await signIn(page, olga);
  await expect(page.getByTestId("empty")).toHaveAttribute("data-state", "first");
  await expect(page.getByTestId("empty")).toContainText(`tidings token create ${olga.name}`);
  if (js) await expect(page.getByTestId("live")).toHaveAttribute("data-state", "live");
  await page.getByTestId("send-test").click();
  await expect(row(page, "It works")).toBeVisible();
});

test("who may not send is not offered to", async ({ page, tidings }) => {
  await signIn(page, tidings.person("ana"));
  await expect(page.getByTestId("empty")).toHaveAttribute("data-state", "first");
  await expect(page.getByTestId("send-test")).toHaveCount(0);
});

test("an empty list says what comes next", async ({ page, tidings }) => {
  const ana = tidings.person("ana");
  await tidings.send(tidings.token(tidings.admin(), "send"), { to: [ana.name], title: "Lunch" });
  await signIn(page, ana);
  await row(page, "Lunch").hover();
  await row(page, "Lunch").getByTestId("mark-done").click();
  const empty = page.getByTestId("empty");
  await expect(empty).toHaveAttribute("data-state", "inbox");
  await empty.getByRole("link", { name: "See what is done" }).click();
  await expect(row(page, "Lunch")).toBeVisible();
  await visit(page, "/?q=lunch+-is%3Adone");
  await expect(empty).toHaveAttribute("data-state", "not-found");
  await empty.getByRole("link", { name: "Look in everything" }).click();
  await expect(row(page, "Lunch")).toBeVisible();
  await visit(page, "/?q=tag%3Anowhere");
  await expect(empty).toHaveAttribute("data-state", "no-match");
  await empty.getByRole("link", { name: "Back to the inbox" }).click();
  await expect(empty).toHaveAttribute("data-state", "inbox");
});
