// Signing in and out by plain forms.
import { expect, fillSignIn, signIn, test } from "../fixtures.js";

test("a good name and password lead to the inbox", async ({ page, tidings }) => {
  const ana = tidings.person("ana");
  await signIn(page, ana);
  await expect(page).toHaveURL("/");
  await expect(page.getByTestId("inbox-page")).toBeVisible();
  await expect(page.getByTestId("me")).toContainText(ana.display);
});

test("whoever is not signed in is led to the form, and then to the page that was asked for", async ({ page, tidings }) => {
  const olga = tidings.admin();
  await page.goto("/send");
  await expect(page).toHaveURL(/\/sign-in\?next=%2Fsend$/);
  await fillSignIn(page, olga);
  await expect(page).toHaveURL("/send");
  await expect(page.getByTestId("send-page")).toBeVisible();
});

for (const foreign of ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"]) {
  test(`a sign-in never leads to ${foreign}`, async ({ page, tidings }) => {
    const ana = tidings.person("ana");
    await page.goto(`/sign-in?next=${encodeURIComponent(foreign)}`);
    await fillSignIn(page, ana);
    await expect(page.getByTestId("inbox-page")).toBeVisible();
    await expect(page).toHaveURL("/");
  });
}

test("a wrong password and an unknown name get the same answer, and the name stays typed", async ({ own, visitor }) => {
  const ana = own.person("ana");
  const page = await visitor(own);
  const answers = [];
  for (const name of [ana.name, "nobody"]) {
    await page.goto("/sign-in");
    await fillSignIn(page, { name, password: "not the password" });
    await expect(page.getByTestId("problem")).toBeVisible();
    await expect(page.getByTestId("field-name")).toHaveValue(name);
    await expect(page.getByTestId("field-password")).toHaveValue("");
    answers.push(await page.getByTestId("problem").innerText());
  }
  expect(answers[0]).toBe(answers[1]);
  await page.goto("/");
  await expect(page).toHaveURL(/\/sign-in/);
});

test("after some failures one has to wait, is told how long, and then gets in", async ({ own, visitor, faults }) => {
  faults.expect(/status of 429/);
  const ana = own.person("ana");
  const page = await visitor(own);
  const told = async () => Number((await page.getByTestId("problem").innerText()).match(/wait (\d+) second/)?.[1] ?? 0);
  // Each failure doubles the wait; a few seconds are enough to try again within them.
  await expect(async () => {
    await page.goto("/sign-in");
    await fillSignIn(page, { name: ana.name, password: "not the password" });
    await page.waitForURL(/problem=/);
    expect(await told()).toBeGreaterThanOrEqual(3);
  }).toPass({ timeout: 20_000, intervals: [0] });
  // Even the right password, so that guessing learns nothing.
  const answer = page.waitForResponse("**/api/sign_in");
  await fillSignIn(page, ana);
  expect((await answer).headers().location).toContain("problem=slow-down");
  await expect(async () => {
    await page.goto("/sign-in");
    await fillSignIn(page, ana);
    await expect(page.getByTestId("inbox-page")).toBeVisible({ timeout: 1000 });
  }).toPass({ timeout: 15_000 });
});

test("signing out ends the session", async ({ page, tidings }) => {
  await signIn(page, tidings.person("ana"));
  await page.getByTestId("sign-out").click();
  await expect(page.getByTestId("sign-in-page")).toBeVisible();
  await page.goto("/");
  await expect(page).toHaveURL(/\/sign-in/);
});
