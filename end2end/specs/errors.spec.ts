// Addresses that lead nowhere.
import { expect, signIn, test } from "../fixtures.js";

for (const path of ["/nowhere", "/send/nowhere", "/pkg/nowhere.js", "/%2e%2e/etc/passwd", "/sent"]) {
  test(`${path} says that there is nothing`, async ({ page, tidings, faults }) => {
    faults.expect(/status of 404/);
    await signIn(page, tidings.admin());
    const answer = await page.goto(path);
    expect(answer?.status()).toBe(404);
    await expect(page.getByTestId("not-found-page")).toBeVisible();
    await page.getByTestId("not-found-page").getByRole("link").first().click();
    await expect(page.getByTestId("inbox-page")).toBeVisible();
  });
}

test("a message that was never sent has no page", async ({ page, tidings, faults }) => {
  faults.expect(/status of 404/);
  await signIn(page, tidings.admin());
  const answer = await page.goto("/send/sent/999999");
  expect(answer?.status()).toBe(404);
  await expect(page.getByTestId("not-found-page")).toBeVisible();
});
