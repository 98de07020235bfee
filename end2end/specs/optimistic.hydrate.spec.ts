// Every verb acts on the page before the server has answered, by click and by key; and goes back, with an alert, when the server
// says no. How fast is measured by `make feel`.
import { type Page, expect, openLive, row, test, visit } from "../fixtures.js";

const VERBS = [
  { name: "read", button: "mark-read", key: "Shift+I", is: (page: Page) => expect(row(page, "Two")).toHaveAttribute("data-state", "read") },
  { name: "pin", button: "pin", key: "s", is: (page: Page) => expect(row(page, "Two")).toHaveAttribute("data-pinned", "") },
  { name: "done", button: "mark-done", key: "e", is: (page: Page) => expect(row(page, "Two")).toHaveCount(0) },
  { name: "delete", key: "#", is: (page: Page) => expect(row(page, "Two")).toHaveCount(0) },
] as const;

for (const { name, key, is, ...verb } of VERBS) {
  for (const way of "button" in verb ? (["click", "key"] as const) : (["key"] as const)) {
    test(`${name} by ${way}: at once, and back when it is refused`, async ({ page, tidings, faults }) => {
      faults.expect(/status of 503/);
      const ana = tidings.person("ana");
      const token = tidings.token(tidings.admin(), "send");
      for (const title of ["Three", "Two", "One"]) await tidings.send(token, { to: [ana.name], title });
      await openLive(page, ana);
      let refuse = () => {};
      const held = new Promise<void>((done) => (refuse = done));
      await page.route("**/api/act", async (route) => {
        await held;
        await route.fulfill({ status: 503, body: JSON.stringify({ busy: { retry_after_s: 1 } }) });
      });
      const act = async () => {
        if (way === "key") return row(page, "Two").focus().then(() => page.keyboard.press(key));
        await row(page, "Two").hover();
        await row(page, "Two").getByTestId((verb as { button: string }).button).click();
      };

      const asked = page.waitForRequest("**/api/act");
      await act();
      await asked;
      await is(page);
      await expect(page.getByTestId("undo-toast")).toBeHidden();
      refuse();
      await expect(page.getByTestId("notice")).toHaveRole("alert");
      await expect(page.getByTestId("notice")).toContainText("busy");
      await expect(row(page, "Two")).toHaveAttribute("data-state", "unread");
      await expect(row(page, "Two")).not.toHaveAttribute("data-pinned");
      await expect(page.getByTestId("item-title")).toHaveText(["One", "Two", "Three"]);
      await expect(page.getByTestId("unread-count")).toHaveText("3");
      await expect(page.getByTestId("undo-toast")).toBeHidden();
      // The buttons offer again what did not happen.
      for (const button of ["mark-read", "pin", "mark-done"]) await expect(row(page, "Two").getByTestId(button)).toBeAttached();
    });
  }
}

test("what was done is done, also when the page is left at once", async ({ page, tidings }) => {
  const ana = tidings.person("ana");
  const token = tidings.token(tidings.admin(), "send");
  const titles = ["Three", "Two", "One"];
  for (const title of titles) await tidings.send(token, { to: [ana.name], title });
  await openLive(page, ana);
  // So far away that nothing has left the browser yet when the page is gone.
  const far = await page.context().newCDPSession(page);
  await far.send("Network.emulateNetworkConditions", { offline: false, latency: 600, downloadThroughput: -1, uploadThroughput: -1 });
  for (const title of titles) {
    await Promise.all([
      page.waitForURL("**/preferences", { waitUntil: "commit" }),
      row(page, title).getByTestId("mark-done").evaluate((button: HTMLElement) => {
        button.click();
        location.href = "/preferences";
      }),
    ]);
    await visit(page, "/");
    await expect(row(page, title)).toHaveCount(0);
  }
});
