import { describe, expect, test } from "vitest";
import { bandCount, textBands } from "./min-hash.ts";

const told =
  "华北石油五金市场的老李五金店卖的合页包装上印的专利号是别人的我上专利网查了是浙江一家公司的专利他这是冒充专利骗人";

const sharedBands = (a: string, b: string, seed = 7) => {
  const other = new Set(textBands(b, seed));
  return textBands(a, seed).filter((band) => other.has(band)).length;
};

describe("the bands of a text", () => {
  test("are all the same for the same text and none for another", () => {
    expect(sharedBands(told, told)).toBe(bandCount);
    expect(
      sharedBands(told, "崔尔庄集上有人卖假冒专利的晾衣架我买了三个回家一看上面的号码根本查不到请你们管管"),
    ).toBe(0);
  });

  test("are mostly the same when a word is changed", () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      expect(sharedBands(told, told.replace("骗人", "坑人"), seed)).toBeGreaterThanOrEqual(4);
    }
  });

  test("are other ones under another seed", () => {
    expect(textBands(told, 1).filter((band) => textBands(told, 2).includes(band))).toEqual([]);
  });

  test("are none for a text too short to tell", () => {
    expect(textBands("举报假冒专利", 1)).toEqual([]);
  });
});
