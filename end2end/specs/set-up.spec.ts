// The first start: a link makes the first admin, once.
import { alive, expect, test } from "../fixtures.js";

test("the printed link makes the first admin, and is dead afterwards", async ({ own, visitor, faults }) => {
  faults.expect(/status of 410/);
  const link = own.setUpLink();
  const page = await visitor(own);

  // What is wrong stands at its field, and what was typed stays.
  await page.goto(link);
  await page.getByTestId("field-name").fill("-olga");
  await page.getByTestId("field-display-name").fill("Olga Example");
  await page.getByTestId("field-password").fill("correct horse battery");
  await page.getByTestId("create").click();
  await expect(page.getByTestId("problem-name")).toBeVisible();
  await expect(page.getByTestId("field-name")).toHaveValue("-olga");
  await expect(page.getByTestId("field-display-name")).toHaveValue("Olga Example");

  await page.getByTestId("field-name").fill("olga");
  await page.getByTestId("field-password").fill("correct horse battery");
  await page.getByTestId("create").click();
  await expect(page.getByTestId("inbox-page")).toBeVisible();
  await alive(page);
  await expect(page.getByTestId("me")).toContainText("Olga Example");
  await expect(page.getByTestId("nav-send")).toBeVisible();

  const second = await visitor(own);
  const answer = await second.goto(link);
  expect(answer?.status()).toBe(410);
  await expect(second.getByTestId("set-up-page")).toBeVisible();
  await expect(second.getByTestId("problem")).toBeVisible();
  await expect(second.getByTestId("create")).toHaveCount(0);
});

test("a made-up link is dead", async ({ own, visitor, faults }) => {
  faults.expect(/status of 410/);
  const page = await visitor(own);
  const answer = await page.goto(`/set-up?link=${"a".repeat(43)}`);
  expect(answer?.status()).toBe(410);
  await expect(page.getByTestId("create")).toHaveCount(0);
});
