// The release binary alone in an empty folder is the whole product.
import { expect, openLive, test } from "../fixtures.js";

test("it needs and leaves nothing beside itself and its data", async ({ own, visitor }) => {
  const olga = own.admin();
  const page = await visitor(own);
  const foreign: string[] = [];
  const failed: string[] = [];
  page.on("request", (request) => !request.url().startsWith(own.url) && foreign.push(request.url()));
  page.on("response", (answer) => answer.status() >= 400 && failed.push(`${answer.status()} ${answer.url()}`));
  await openLive(page, olga);
  for (const path of ["/?view=done", "/send"]) {
    await page.goto(path, { waitUntil: "domcontentloaded" });
    await expect(page.locator("html[data-hydrated]")).toBeAttached();
  }
  expect(foreign).toEqual([]);
  expect(failed).toEqual([]);
  expect(own.leftovers()).toEqual([]);
  expect(own.cli(["--version"])).toContain("tidings");
});

test("its files are compressed at build time, typed, and cached for ever by their hashed names", async ({ own, visitor }) => {
  const page = await visitor(own);
  await page.goto("/sign-in");
  await openLive(page, own.admin());
  const html = await (await page.request.get("/")).text();
  const files = [...new Set(html.match(/\/pkg\/[\w.-]+/g))];
  for (const [end, type] of [["css", "text/css"], ["js", "text/javascript"], ["wasm", "application/wasm"]] as const) {
    const file = files.find((name) => name.endsWith(`.${end}`));
    expect(file, `a hashed .${end} in the page`).toMatch(/\.[\w-]{8,}\.\w+$/);
    for (const encoding of ["br", "gzip", "identity"]) {
      const answer = await fetch(own.url + file, { headers: { "accept-encoding": encoding } });
      expect(answer.status).toBe(200);
      expect(answer.headers.get("content-encoding") ?? "identity").toBe(encoding);
      expect(answer.headers.get("content-type")).toContain(type);
      expect(answer.headers.get("cache-control")).toContain("immutable");
      expect(answer.headers.get("vary")?.toLowerCase()).toContain("accept-encoding");
      expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(500);
    }
  }
});

test("a file without a hash in its name is asked for again by its tag", async ({ own }) => {
  const first = await fetch(`${own.url}/favicon.svg`);
  expect(first.status).toBe(200);
  const tag = first.headers.get("etag");
  expect(tag).toBeTruthy();
  expect(first.headers.get("cache-control") ?? "").not.toContain("immutable");
  await first.arrayBuffer();
  const second = await fetch(`${own.url}/favicon.svg`, { headers: { "if-none-match": tag! } });
  expect(second.status).toBe(304);
});

test("pages have headers that keep strangers out", async ({ own, visitor }) => {
  const page = await visitor(own);
  await openLive(page, own.admin());
  for (const path of ["/", "/send", "/nowhere", "/sign-in"]) {
    const headers = (await page.request.get(path)).headers();
    expect(headers["content-security-policy"], path).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
    expect(headers["content-security-policy"], path).not.toContain("unsafe-inline");
    expect(headers["x-content-type-options"], path).toBe("nosniff");
    expect(headers["referrer-policy"], path).toBe("same-origin");
  }
});
