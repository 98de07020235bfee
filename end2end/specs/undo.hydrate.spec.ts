// Undo: what z and the button take back, whatever came between.
import type { Tidings } from "../tidings.js";
import { type Page, alive, expect, openLive, row, test } from "../fixtures.js";

async function openWith(page: Page, tidings: Tidings, titles: string[]) {
  const ana = tidings.person("ana");
  const token = tidings.token(tidings.admin(), "send");
  const send = (title: string) => tidings.send(token, { to: [ana.name], title });
  for (const title of titles) await send(title);
  await openLive(page, ana);
  return send;
}

/** Asks a door as the page would, from another device so to say. */
const door = (page: Page, name: string, form: string) =>
  page.evaluate(async ([name, body]) => {
    const headers = { accept: "application/json", "content-type": "application/x-www-form-urlencoded" };
    const answer = await fetch(`/api/${name}`, { method: "POST", headers, body });
    return answer.json();
  }, [name, form]);

test("z takes back the last act also while its answer is on the way", async ({ page, tidings }) => {
  await openWith(page, tidings, ["Two", "One"]);
  await page.keyboard.press("j");
  await page.keyboard.press("s");
  await expect(page.getByTestId("undo-toast")).toContainText("pinned");
  await page.route("**/api/act", async (route) => {
    if (route.request().postData()?.includes("done")) await new Promise((done) => setTimeout(done, 1000));
    await route.continue();
  });
  await page.keyboard.press("j");
  await page.keyboard.press("e");
  await expect(row(page, "Two")).toHaveCount(0);
  await page.keyboard.press("z");
  await expect(page.getByTestId("said")).toHaveText("Taken back.");
  await expect(row(page, "Two")).toBeVisible();
  await expect(row(page, "One")).toHaveAttribute("data-pinned", "");
  await page.keyboard.press("z");
  await expect(row(page, "One")).not.toHaveAttribute("data-pinned", "");
});

test("the button takes back what it names, also what a form did before the page was alive", async ({ page, tidings }) => {
  await openWith(page, tidings, ["One"]);
  const id = await row(page, "One").getAttribute("data-id");
  const { undo } = await door(page, "act", `change=done:${id}`);
  await page.goto(`/?did=done&items=1&undo=${undo}`);
  await alive(page);
  await page.getByTestId("undo").click();
  await expect(row(page, "One")).toBeVisible();
});

test("an undo that fails can be tried again", async ({ page, tidings, faults }) => {
  faults.expect(/status of 503/);
  await openWith(page, tidings, ["One"]);
  await page.keyboard.press("j");
  await page.keyboard.press("e");
  await expect(page.getByTestId("undo-toast")).toContainText("done");
  await page.route("**/api/act", (route) => route.fulfill({ status: 503, body: JSON.stringify({ busy: { retry_after_s: 1 } }) }));
  await page.getByTestId("undo").click();
  await expect(page.getByTestId("notice")).toContainText("busy");
  await expect(page.getByTestId("undo-toast")).toContainText("done");
  await page.unroute("**/api/act");
  await page.keyboard.press("z");
  await expect(row(page, "One")).toBeVisible();
});

test("who opens a message after an act can still take the act back", async ({ page, tidings }) => {
  await openWith(page, tidings, ["One"]);
  await page.keyboard.press("j");
  await page.keyboard.press("s");
  await expect(page.getByTestId("undo-toast")).toContainText("pinned");
  await page.keyboard.press("Enter");
  await expect(row(page, "One")).toHaveAttribute("data-state", "read");
  await page.keyboard.press("z");
  await expect(row(page, "One")).not.toHaveAttribute("data-pinned", "");
  await expect(row(page, "One")).toHaveAttribute("data-state", "read");
});

test("what has changed since is told, and not taken back", async ({ page, tidings, faults }) => {
  faults.expect(/status of 404/);
  await openWith(page, tidings, ["One"]);
  await page.keyboard.press("j");
  await page.keyboard.press("s");
  await expect(page.getByTestId("undo-toast")).toContainText("pinned");
  await door(page, "act", `change=unread:${await row(page, "One").getAttribute("data-id")}`);
  await door(page, "act", `change=read:${await row(page, "One").getAttribute("data-id")}`);
  await page.keyboard.press("z");
  await expect(page.getByTestId("notice")).toContainText("has changed since");
});

test("each act has the whole time of its toast", async ({ page, tidings }) => {
  const send = await openWith(page, tidings, ["One"]);
  const toast = page.getByTestId("undo-toast");
  const age = () => toast.evaluate((toast) => toast.getAnimations()[0]?.currentTime as number);
  await page.keyboard.press("j");
  await page.keyboard.press("s");
  await expect(toast).toContainText("pinned");
  const lasts = await toast.evaluate((toast) => Number(toast.getAnimations()[0]?.effect?.getTiming().duration));
  expect(lasts).toBeGreaterThanOrEqual(5_000);
  expect(lasts).toBeLessThanOrEqual(10_000);
  await send("Zero");
  await expect(page.getByRole("button", { name: "1 new" })).toBeVisible();
  await expect.poll(age).toBeGreaterThan(1500);
  await page.keyboard.press("s");
  await expect(toast).toContainText("no longer");
  expect(await age()).toBeLessThan(1500);
});

test("the sender of the focused row is muted by key, which says so and can be taken back", async ({ page, tidings }) => {
  await openWith(page, tidings, ["Two", "One"]);
  await page.keyboard.press("j");
  await page.keyboard.press("m");
  await expect(page.getByTestId("undo-toast")).toContainText("Muted.");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("why")).toContainText("You have muted this");
  await page.keyboard.press("z");
  await expect(page.getByTestId("said")).toHaveText("Taken back.");
  await expect(page.getByTestId("mute")).toBeVisible();
});

test("everything is marked read at once, and as it was by z", async ({ page, tidings }) => {
  await openWith(page, tidings, ["Two", "One"]);
  await page.route("**/api/act", async (route) => {
    await new Promise((done) => setTimeout(done, 1000));
    await route.continue();
  });
  await page.getByTestId("read-all").click();
  await expect(row(page, "One")).toHaveAttribute("data-state", "read", { timeout: 800 });
  await page.keyboard.press("z");
  await expect(page.getByTestId("said")).toHaveText("Taken back.");
  await expect(row(page, "One")).toHaveAttribute("data-state", "unread");
  await expect(page.getByTestId("unread-count")).toHaveText("2");
});

test("what is said twice is heard twice", async ({ page, tidings }) => {
  await openWith(page, tidings, ["Three", "Two", "One"]);
  const said = page.getByTestId("said");
  await page.keyboard.press("j");
  await page.keyboard.press("e");
  await expect(said).toHaveText("1 message done.");
  const first = await said.evaluate((said) => said.textContent);
  await page.keyboard.press("e");
  await expect(row(page, "Two")).toHaveCount(0);
  await expect.poll(() => said.evaluate((said) => said.textContent)).not.toBe(first);
  await expect(said).toHaveText("1 message done.");
});
