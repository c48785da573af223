import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { pngOf } from "../../test/support/png.ts";
import { createPublicFetch } from "./public-fetch.node.ts";
import { isPrivateAddress, publicAddress } from "./public-media.ts";
import { createPublicMedia, type PublicFetch } from "./public-media-service.ts";

const tinyPng = () => pngOf(1, Uint8Array.of(0, 0, 0));

/** Addresses that lead, or could lead, inside (OWASP SSRF cheat sheet; PayloadsAllTheThings, „SSRF“). */
const refused: [address: string, problem: string][] = [
  ["", "malformed"],
  ["照片", "malformed"],
  ["//media.example.org/a.png", "malformed"],
  ["http://[::1", "malformed"],
  ["http://256.256.256.256/", "malformed"],
  ["file:///etc/passwd", "scheme"],
  ["ftp://media.example.org/a.png", "scheme"],
  ["gopher://127.0.0.1:6379/_INFO", "scheme"],
  ["data:image/png;base64,AAAA", "scheme"],
  ["javascript:alert(1)", "scheme"],
  ["blob:https://media.example.org/1", "scheme"],
  ["http://user@media.example.org/", "credentials"],
  ["https://media.example.org:pw@127.0.0.1/", "credentials"],
  ["http://media.example.org:8080/", "port"],
  ["https://media.example.org:22/", "port"],
  ...[
    "http://127.0.0.1/",
    "http://127.1/",
    "http://0x7f.1/",
    "http://0177.0.0.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://１２７.０.０.１/",
    "http://①②⑦.⓪.⓪.①/",
    "http://127.0.0.1./",
    "http://0/",
    "http://0.0.0.0/",
    "http://10.1.2.3/",
    "http://100.100.100.200/latest/meta-data/",
    "http://169.254.169.254/latest/meta-data/",
    "http://172.16.0.1/",
    "http://172.31.255.255/",
    "http://192.168.0.1/",
    "http://192.0.0.192/",
    "http://198.18.0.1/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://[::]/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[2001::1]/",
    "http://[2001:db8::1]/",
    "http://[fe80::1]/",
    "http://[fc00::1]/",
    "http://[fd00:ec2::254]/",
    "http://[ff02::1]/",
    "http://localhost/",
    "http://LOCALHOST./",
    "http://a.localhost/",
    "http://metadata/",
    "http://metadata.google.internal/",
    "http://printer.local/",
    "http://db.corp/",
    "http://router.home.arpa/",
  ].map((address): [string, string] => [address, "private_host"]),
];

const allowed = [
  "https://media.example.org/a.png",
  "http://media.example.org/a.png?size=1#x",
  "https://media.example.org:443/",
  "http://1.1.1.1/",
  "http://172.32.0.1/",
  "https://[2606:4700:4700::1111]/",
  "https://例子.中国/图.png",
  " https://media.example.org/ ",
];

describe("an address of a file", () => {
  test.each(refused)("%s is refused, and nothing is asked", async (address, problem) => {
    expect(publicAddress(address)).toEqual({ problem });
    let asked = 0;
    const fetchMedia = createPublicMedia({ fetch: async () => new Response(String(asked++)) });
    await expect(fetchMedia(address)).rejects.toMatchObject({ problem });
    expect(asked).toBe(0);
  });

  test.each(allowed)("%s is asked for", (address) => {
    expect(publicAddress(address)).toHaveProperty("url");
  });

  test("that a resolver gives is judged likewise; what is none is refused", () => {
    for (const address of ["1.1.1.1", "2606:4700::1", "2400:3200::1"])
      expect(isPrivateAddress(address)).toBe(false);
    for (const address of [
      "127.0.0.1",
      "10.0.0.1",
      "::1",
      "::ffff:10.0.0.1",
      "fe80::1%eth0",
      "",
      "x",
      "1::2::3",
    ]) {
      expect(isPrivateAddress(address), address).toBe(true);
    }
  });
});

describe("fetching a file", () => {
  const address = "https://media.example.org/%E5%9B%BE.png";
  const fetched = (fetch: PublicFetch, more: { timeoutMs?: number; maxBytes?: number } = {}) =>
    createPublicMedia({ fetch, ...more })(address);

  test("gives its bytes, its type by content and the name of its path", async () => {
    let init: RequestInit | undefined;
    const found = await fetched(async (_, sent) => {
      init = sent;
      return new Response(tinyPng(), { headers: { "Content-Type": "text/html" } });
    });
    expect(found).toEqual({ bytes: tinyPng(), mediaType: "image/png", name: "图.png" });
    expect(init?.redirect).toBe("manual");
    expect(Object.keys(init?.headers ?? {})).toEqual(["Accept"]);
  });

  test("follows no redirect, and takes no answer but 200", async () => {
    for (const status of [301, 302, 303, 307, 308]) {
      const headers = { Location: "http://127.0.0.1/" };
      await expect(fetched(async () => new Response(null, { status, headers }))).rejects.toMatchObject({
        problem: "redirect",
      });
    }
    await expect(fetched(async () => Response.error())).rejects.toMatchObject({ problem: "status" });
    for (const status of [204, 206, 404, 500]) {
      const body = status === 204 ? null : "x";
      await expect(fetched(async () => new Response(body, { status }))).rejects.toMatchObject({
        problem: "status",
      });
    }
  });

  test("stops where it is too large, said or not", async () => {
    let pulled = 0;
    let cancelled = false;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 1;
        controller.enqueue(new Uint8Array(100));
      },
      cancel() {
        cancelled = true;
      },
    });
    await expect(fetched(async () => new Response(endless), { maxBytes: 1_000 })).rejects.toMatchObject({
      problem: "too_large",
    });
    expect(pulled).toBeLessThan(14);
    expect(cancelled).toBe(true);
    const said = new Response("x", { headers: { "Content-Length": "1001" } });
    await expect(fetched(async () => said, { maxBytes: 1_000 })).rejects.toMatchObject({
      problem: "too_large",
    });
  });

  test("ends in time though the server is silent, before its answer or within it", async () => {
    const silent = () => new Promise<Response>(() => {});
    await expect(fetched(silent, { timeoutMs: 5 })).rejects.toMatchObject({ problem: "timeout" });
    const halting = async () => new Response(new ReadableStream({ start: (one) => one.enqueue(tinyPng()) }));
    await expect(fetched(halting, { timeoutMs: 5 })).rejects.toMatchObject({ problem: "timeout" });
  });

  test("takes no kind of file that evidence may not be, and tells a failure", async () => {
    for (const body of ["<html>", "", "#!/bin/sh"]) {
      await expect(fetched(async () => new Response(body))).rejects.toMatchObject({ problem: "media_type" });
    }
    await expect(fetched(() => Promise.reject(new Error("ECONNRESET")))).rejects.toMatchObject({
      problem: "unreachable",
    });
  });
});

describe("on Node", () => {
  async function listen() {
    let hits = 0;
    const server = createServer((_, response) => {
      hits += 1;
      response.writeHead(200, { "Content-Type": "image/png" }).end(tinyPng());
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    onTestFinished(() => void server.close());
    return { port: (server.address() as AddressInfo).port, hits: () => hits };
  }
  type Lookup = NonNullable<NonNullable<Parameters<typeof createPublicFetch>[0]>["resolve"]>;
  const resolving = (...addresses: string[]) =>
    ((_: string, __: object, done: (error: null, found: object[]) => void) =>
      done(
        null,
        addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
      )) as unknown as Lookup;

  test("a name that resolves to a private address is not connected to, not even as one of several", async () => {
    const { port, hits } = await listen();
    for (const addresses of [["127.0.0.1"], ["1.1.1.1", "127.0.0.1"], ["::1"], []]) {
      const fetchPublic = createPublicFetch({ resolve: resolving(...addresses) });
      await expect(fetchPublic(`http://media.example.org:${port}/`, {})).rejects.toThrow("private");
    }
    expect(hits()).toBe(0);
  });

  test("a public one is, and its answer comes as fetch has it", async () => {
    const { port, hits } = await listen();
    const resolve = resolving("127.0.0.1");
    const fetchPublic = createPublicFetch({ resolve, isPrivate: () => false });
    const response = await fetchPublic(`http://media.example.org:${port}/`, {
      headers: { Accept: "image/*" },
    });
    expect(response.status).toBe(200);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(tinyPng());
    const through: PublicFetch = (_, init) => fetchPublic(`http://media.example.org:${port}/`, init);
    expect(await createPublicMedia({ fetch: through })("http://media.example.org/1.png")).toMatchObject({
      mediaType: "image/png",
    });
    expect(hits()).toBe(2);
    await expect(
      fetchPublic(`http://media.example.org:${port}/`, { signal: AbortSignal.abort() }),
    ).rejects.toThrow();
  });
});
