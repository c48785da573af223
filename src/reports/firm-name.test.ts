import { describe, expect, test } from "vitest";
import { normaliseFirmName } from "./firm-name.ts";

describe("the name of a firm", () => {
  test.each([
    ["献县宏达扣件有限公司", "宏达扣件", "献县"],
    ["河北省沧州市献县宏达扣件有限责任公司", "宏达扣件", "献县"],
    ["獻縣宏達扣件廠", "宏达扣件", "献县"],
    ["宏达扣件（沧州）有限公司", "宏达扣件", undefined],
    ["宏达 扣件 经营部", "宏达扣件", undefined],
    ["孟村回族自治县万通管件有限公司", "万通管件", "孟村回族自治县"],
    ["沧县杜林镇冀枣香食品厂", "冀枣香食品", "沧县"],
    ["温州市恒通电器有限公司", "恒通电器", undefined],
    ["ＫＯＬＩＤＡ数码专营店", "kolida数码", undefined],
    ["老李的店", "老李", undefined],
    ["新华书店", "新华书", undefined],
  ])("%s is %s", (written, core, county) => {
    expect(normaliseFirmName(written)).toMatchObject({ core, county });
  });

  test("has a stem without its trade", () => {
    expect(normaliseFirmName("南皮县锐锋五金工具有限公司")?.stem).toBe("锐锋");
    expect(normaliseFirmName("锐锋工具厂")?.stem).toBe("锐锋");
  });

  test("keeps its place where nothing else names it", () => {
    expect(normaliseFirmName("沧州扣件厂")).toMatchObject({ core: "沧州扣件", stem: undefined });
  });

  test.each(["他家", "那家店", "一家五金店", "老板", "厂", "淘宝店", "", "扣件厂"])(
    "%s names nobody",
    (written) => {
      expect(normaliseFirmName(written)).toBeUndefined();
    },
  );
});
