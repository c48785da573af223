import { describe, expect, test } from "vitest";
import { loadGazetteerData } from "./region-data.ts";
import { maxSceneChars, readScene, sceneOf } from "./scene.ts";

const { markets } = loadGazetteerData();

describe("a scene", () => {
  test.each(markets.map((market) => [market.name, market] as const))(
    "of %s, and of a stall in it, is one that WeChat takes, and leads back there",
    (_, market) => {
      for (const stall of [undefined, "A-103"]) {
        const made = sceneOf(market, stall);
        if ("problem" in made) throw new Error(made.problem);
        expect(made.scene).toMatch(/^[\w!#$&'()*+,/:;=?@.~-]{1,32}$/);
        expect(made.scene.length).toBeLessThanOrEqual(maxSceneChars);
        expect(readScene(made.scene, markets)).toEqual({ market, stall });
      }
    },
  );

  test.each(["甲区3号", "", "-1", "A 1", "A:1", "x".repeat(40)])("is not made of the stall „%s“", (stall) => {
    expect(sceneOf({ id: "mingzhu-trade-city", name: "明珠商贸城" }, stall)).toHaveProperty("problem");
  });

  test.each(["", "nowhere", "mingzhu-trade-city:", "mingzhu-trade-city:A:1", "__proto__"])(
    "„%s“ leads nowhere",
    (scene) => {
      expect(readScene(scene, markets)).toBeUndefined();
    },
  );
});
