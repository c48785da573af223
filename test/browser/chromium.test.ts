import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, describe, expect, test } from "vitest";
import { drawsChinese, launchBrowser } from "../support/chromium.ts";

const browser = await launchBrowser();

describe.skipIf(browser === undefined)("the test browser", () => {
  afterAll(() => browser?.close());

  test("draws Chinese: characters have glyphs of their own", async () => {
    expect(browser && (await drawsChinese(browser))).toBe(true);
  });

  test("holds several contexts at once, each with cookies of its own", async () => {
    const [one, other] = await Promise.all([browser?.newContext(), browser?.newContext()]);
    await one?.addCookies([{ name: "a", value: "1", url: "http://127.0.0.1" }]);

    expect(await one?.cookies()).toHaveLength(1);
    expect(await other?.cookies()).toHaveLength(0);
  });

  test("keeps the web's own safety on: one site may not read another", async () => {
    const [one, other] = await Promise.all([serve("<p>one</p>"), serve("secret")]);
    const page = await browser?.newPage();
    await page?.goto(one.url);

    const read = page?.evaluate((url) => fetch(url).then((response) => response.text()), other.url);

    await expect(read).rejects.toThrow(/Failed to fetch/);
    one.stop();
    other.stop();
  });
});

async function serve(body: string): Promise<{ url: string; stop(): void }> {
  const server = createServer((_, response) => response.setHeader("Content-Type", "text/html").end(body));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, stop: () => server.close() };
}
