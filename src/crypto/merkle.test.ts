import { expect, test } from "vitest";
import { type Bytes, concat, toHex, utf8 } from "./bytes.ts";
import { merkleRoot } from "./merkle.ts";

const leaves = [
  "",
  "00",
  "10",
  "2021",
  "3031",
  "40414243",
  "5051525354555657",
  "606162636465666768696a6b6c6d6e6f",
].map((text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)));

// The roots that the reference implementation of Certificate Transparency tests with.
test.each([
  [0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  [1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"],
  [2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
  [3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"],
  [4, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"],
  [5, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"],
  [6, "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"],
  [7, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"],
  [8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"],
])("the tree of %i leaves has the root of RFC 6962", async (count, root) => {
  expect(toHex(await merkleRoot(leaves.slice(0, count)))).toBe(root);
});

test("a tree of thousands of leaves has the root that the recursive definition gives", async () => {
  const many = Array.from({ length: 2_600 }, (_, n) => utf8(`leaf ${n}`));
  const hash = async (...parts: Uint8Array[]): Promise<Bytes> =>
    new Uint8Array(await crypto.subtle.digest("SHA-256", concat(...parts)));
  async function rootOf(part: readonly Bytes[]): Promise<Bytes> {
    if (part.length === 1) return hash(Uint8Array.of(0), ...part);
    const split = 2 ** Math.floor(Math.log2(part.length - 1));
    return hash(Uint8Array.of(1), await rootOf(part.slice(0, split)), await rootOf(part.slice(split)));
  }
  expect(toHex(await merkleRoot(many))).toBe(toHex(await rootOf(many)));
});
