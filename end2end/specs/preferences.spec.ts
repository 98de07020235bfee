// Preferences: a plain form, also without JavaScript.
import { expect, row, signIn, test, visit } from "../fixtures.js";

test("what is chosen is there again, and what cannot be kept is told", async ({ page, tidings }) => {
  const ana = tidings.person("ana");
  await signIn(page, ana);
  await page.getByTestId("nav-preferences").click();
  await expect(page.getByTestId("preferences-page")).toBeVisible();
  await expect(page).toHaveTitle("Preferences · Tidings");
  await expect(page.getByTestId("loud-other").getByLabel("Toast")).toBeChecked();
  await expect(page.getByTestId("loud-other").getByLabel("Sound")).not.toBeChecked();
  await page.getByTestId("quiet-5").check();
  await page.getByTestId("quiet-from-5").fill("00:00");
  await page.getByTestId("quiet-to-5").fill("00:00");
  await page.getByTestId("field-zone").fill("Asia/Tokyo");
  await page.getByTestId("keys").uncheck();
  await page.getByTestId("save").click();
  await expect(page.getByTestId("done")).toContainText("saved");
  await visit(page, "/preferences");
  await expect(page.getByTestId("quiet-5")).toBeChecked();
  await expect(page.getByTestId("quiet-4")).not.toBeChecked();
  await expect(page.getByTestId("quiet-to-5")).toHaveValue("00:00");
  await expect(page.getByTestId("field-zone")).toHaveValue("Asia/Tokyo");
  await expect(page.getByTestId("keys")).not.toBeChecked();
  await page.getByTestId("field-zone").fill("Mars/Olympus");
  await page.getByTestId("save").click();
  await expect(page.getByTestId("problem")).toContainText("Nothing is saved.");
  await expect(page.getByTestId("problem-zone")).toContainText("no time zone of that name");
  await expect(page.getByTestId("field-zone")).toHaveValue("Mars/Olympus");
  await expect(page.getByTestId("field-zone")).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByTestId("quiet-5")).toBeChecked();
  await visit(page, "/preferences");
  await expect(page.getByTestId("field-zone")).toHaveValue("Asia/Tokyo");
});

test("the colours that are chosen are those of the first paint", async ({ page, tidings }) => {
  await page.emulateMedia({ colorScheme: "light" });
  await signIn(page, tidings.person("ana"), "/preferences");
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  await page.getByTestId("theme-dark").check();
  await page.getByTestId("save").click();
  await expect(page.getByTestId("done")).toBeVisible();
  await page.goto("/", { waitUntil: "commit" });
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  expect(await ground()).not.toBe(light);
  await visit(page, "/preferences");
  await page.getByTestId("theme-system").check();
  await page.getByTestId("save").click();
  await expect(page.getByTestId("done")).toBeVisible();
  expect(await ground()).toBe(light);
});

test("a category leaves the inbox and comes back", async ({ page, tidings }) => {
  const ana = tidings.person("ana");
  const token = tidings.token(tidings.admin(), "send");
  const send = (title: string) => tidings.send(token, { to: [ana.name], title, category: "deploy" });
  await send("Deploy 1");
  await signIn(page, ana, "/preferences");
  const box = page.getByRole("checkbox", { name: "Inbox for deploy" });
  await box.uncheck();
  await page.getByTestId("save").click();
  await expect(page.getByTestId("muted")).toContainText("deploy");
  await send("Deploy 2");
  await visit(page, "/");
  await expect(row(page, "Deploy 1")).toBeVisible();
  await expect(row(page, "Deploy 2")).toHaveCount(0);
  await visit(page, "/?view=done");
  await expect(row(page, "Deploy 2")).toBeVisible();
  await visit(page, "/preferences");
  await expect(box).not.toBeChecked();
  await box.check();
  await page.getByTestId("save").click();
  await expect(page.getByTestId("nothing-muted")).toBeVisible();
});
