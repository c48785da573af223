import { expect, test } from "vitest";
import { targetProblem, WebhookEndpoints } from "./endpoints.ts";
import { isPublicAddress } from "./public-address.ts";

const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

test.each([
  "8.8.8.8",
  "1.1.1.1",
  "223.5.5.5",
  "172.32.0.1",
  "100.128.0.1",
  "2400:3200::1",
  "2606:4700:4700::1111",
  "64:ff9b::808:808",
])("%s is public", (address) => {
  expect(isPublicAddress(address)).toBe(true);
});

test.each([
  "0.0.0.0",
  "10.1.2.3",
  "100.64.0.1",
  "127.0.0.1",
  "127.1",
  "169.254.169.254",
  "172.16.0.1",
  "172.31.255.255",
  "192.168.1.1",
  "198.18.0.1",
  "203.0.113.9",
  "224.0.0.1",
  "255.255.255.255",
  "010.0.0.1",
  "0x7f000001",
  "2130706433",
  "::",
  "::1",
  "[::1]",
  "::ffff:8.8.8.8",
  "::ffff:127.0.0.1",
  "fe80::1%eth0",
  "fc00::1",
  "fd12:3456::1",
  "ff02::1",
  "2001:db8::1",
  "2001::1",
  "2002:7f00:1::1",
  "64:ff9b::7f00:1",
  "1:2:3:4:5:6:7:8:9",
  "1::2::3",
  "",
  "example.com",
])("„%s“ is not", (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

test.each([
  ["https://hooks.example.gov.cn/zhiquan", undefined],
  ["https://8.8.8.8/x", undefined],
  ["http://hooks.example.gov.cn/", "not_https"],
  ["ftp://hooks.example.gov.cn/", "not_https"],
  ["https://user:pw@hooks.example.gov.cn/", "credentials_in_address"],
  ["https://hooks.example.gov.cn/#x", "fragment_in_address"],
  ["https://127.0.0.1/", "inner_address"],
  // The URL parser reads these as 127.0.0.1.
  ["https://2130706433/", "inner_address"],
  ["https://0x7f.1/", "inner_address"],
  ["https://0177.0.0.1/", "inner_address"],
  ["https://[::ffff:169.254.169.254]/", "inner_address"],
  ["https://localhost/", "inner_address"],
  ["https://db.internal/", "inner_address"],
  ["https://db.internal./", "inner_address"],
  ["https://intranet/", "inner_address"],
  ["no address", "not_an_address"],
])("%s: %s", (url, problem) => {
  expect(targetProblem(url)).toBe(problem);
});

test("this machine may be told in tests alone, over plain http, too", () => {
  expect(targetProblem("http://127.0.0.1:9/x", { loopback: true })).toBeUndefined();
  expect(targetProblem("http://10.0.0.1:9/x", { loopback: true })).toBe("not_https");
});

test("a setting names systems with one or two keys each", () => {
  const [one] = WebhookEndpoints.parse(
    JSON.stringify([
      { name: "hall", url: "https://a.example.cn/", secret: `${secret} ${secret}`, kinds: ["accepted"] },
    ]),
  );
  expect(one).toMatchObject({ name: "hall", kinds: ["accepted"] });
  expect(one?.secrets).toHaveLength(2);
});

test.each([
  ["no JSON", "{"],
  ["no list", "{}"],
  ["a key that is too short", JSON.stringify([{ name: "a", url: "https://a.cn", secret: "whsec_QUJD" }])],
  ["a key without its mark", JSON.stringify([{ name: "a", url: "https://a.cn", secret: secret.slice(6) }])],
  [
    "three keys",
    JSON.stringify([{ name: "a", url: "https://a.cn", secret: `${secret} ${secret} ${secret}` }]),
  ],
  ["a name with capitals", JSON.stringify([{ name: "A b", url: "https://a.cn", secret }])],
  [
    "a name twice",
    JSON.stringify([
      { name: "a", url: "https://a.cn", secret },
      { name: "a", url: "https://b.cn", secret },
    ]),
  ],
])("a setting with %s is refused, and the key is not told", (_, text) => {
  const read = WebhookEndpoints.safeParse(text);
  expect(read.success).toBe(false);
  expect(JSON.stringify(read.error?.issues)).not.toContain(secret.slice(6));
});
