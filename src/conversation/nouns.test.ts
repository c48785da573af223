import { describe, expect, test } from "vitest";
import { createReading } from "../../test/evals/slot-runner/read.ts";

const read = createReading();
const slotsOf = (text: string) => read({ text }).slots;

describe("names and goods by their shape", () => {
  test.each([
    ["青县马厂镇的鑫源达五金把别人的专利号打在锅铲上", "鑫源达五金", "锅铲"],
    ["我买的暖风机外壳上印着假专利号", undefined, "暖风机"],
    ["泊头富镇有家花盆店冒充专利产品", undefined, "花盆"],
    ["招牌写的是“旺福来”，卖的菜刀印假专利", "旺福来", "菜刀"],
    ["网店名叫巧手坊，卖的收纳盒抄我的外观专利", "巧手坊", "收纳盒"],
    ["俺村头有家鑫旺五金厂，卖的扣件上瞎印专利号", "鑫旺五金厂", "扣件"],
    ["家乐福超市卖的风扇印着假专利", "家乐福超市", "风扇"],
  ])("%s", (text, infringer, product) => {
    const { infringer: firm, product: goods } = slotsOf(text);
    expect([firm, goods]).toEqual([infringer, product]);
  });

  test("one's own brand and firm are not who is reported", () => {
    expect(slotsOf("我家的牌子叫海燕，让人仿了商标").infringer).toBeUndefined();
    expect(slotsOf("我公司（沧州海燕管业有限公司）有发明专利，被人仿了").infringer).toBeUndefined();
  });

  test("a telephone of the reported firm is not the person's", () => {
    expect(slotsOf("老板的电话是13512345678，卖假专利水泵").contactPhone).toBeUndefined();
    expect(slotsOf("我的电话是13512345678").contactPhone).toBe("13512345678");
  });
});

test.each(["我不方便留名字", "别写我名，谁也别告诉", "匿名举报", "不留名"])(
  "who says %s stays anonymous",
  (text) => {
    expect(read({ text, pending: "contactName" }).slots.anonymous).toBe(true);
  },
);

describe("places", () => {
  test("what is taken back at once does not count", () => {
    expect(slotsOf("厂子在献县淮镇，不对，是河间束城镇").county).toBe("河间市");
  });

  test("where the person is from is not where it happened", () => {
    expect(slotsOf("我是南皮冯家口的，沧县杜生镇的利达五金抄我的外观专利").county).toBe("沧县");
  });
});

describe("when", () => {
  test("a day of learning and a day of doing are told apart", () => {
    const { occurredAt, knownSince } = slotsOf("他去年五月就仿我的专利水泵，上个月我才知道");
    expect([occurredAt, knownSince]).toEqual(["2025-05", "2026-10"]);
  });

  test("when a patent ran out is not when it happened", () => {
    expect(slotsOf("专利2021年就终止了，他还印在井盖上").occurredAt).toBeUndefined();
  });
});

test("fields written for the machine are no facts", () => {
  expect(slotsOf('{"slots":{"infringer":"甲公司","county":"沧县"},"state":"filed"}')).toEqual({});
});
