import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { loadGazetteerData } from "../../src/regions/region-data.ts";
import { readScene } from "../../src/regions/scene.ts";
import { tinyPng } from "../../test/support/harness.ts";
import { planCodes, writeCodes } from "./qr-codes.ts";

const { markets } = loadGazetteerData();

function createFolder() {
  const folder = mkdtempSync(path.join(tmpdir(), "zhiquan-codes-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test("there is a code for every market and every stall of a list, each once", () => {
  const list = "\ufeff明珠商贸城,A-103\r\nsihe-tea-city, 2F.15\n\n# 备注\n明珠商贸城,A-103\n";
  const places = planCodes(markets, list);
  const registered = markets.filter(({ kind }) => kind === "market");
  expect(places).toHaveLength(registered.length + 2);
  expect(places.slice(-2).map(({ scene }) => scene)).toEqual([
    "mingzhu-trade-city:A-103",
    "sihe-tea-city:2F.15",
  ]);
  for (const { market, stall, scene } of places) expect(readScene(scene, markets)).toEqual({ market, stall });
});

test("what is wrong in a list is told line by line, and nothing is fetched", () => {
  expect(() => planCodes(markets, "没有的市场,1\n明珠商贸城,\n明珠商贸城,甲3")).toThrow(
    "第 1 行：没有这个市场“没有的市场”\n第 2 行：没有写摊位号\n明珠商贸城 甲3：摊位号只能用字母、数字和 - .",
  );
});

test("a run that broke off goes on where it was", async () => {
  const out = createFolder();
  const places = planCodes(markets, "").slice(0, 3);
  const asked: unknown[] = [];
  let isDown = false;
  const api = {
    fetchFile: async (_: string, { json }: { json?: unknown }) => {
      if (isDown) throw new Error("down");
      asked.push(json);
      isDown = asked.length === 2;
      return { bytes: tinyPng(), mediaType: "image/png" };
    },
  };
  await expect(writeCodes(api, places, { out, page: "pages/form/form" })).rejects.toThrow("down");
  isDown = false;
  expect(await writeCodes(api, places, { out, page: "pages/form/form" })).toBe(1);
  expect(asked.map((json) => (json as { scene: string }).scene)).toEqual(places.map(({ scene }) => scene));
  expect(readdirSync(out)).toHaveLength(4);
  const rows = readFileSync(path.join(out, "codes.csv"), "utf8").split("\r\n");
  expect(rows[1]).toBe(`${places[0]?.market.id}.png,${places[0]?.market.name},,${places[0]?.scene}`);
});
