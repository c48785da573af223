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

describe("who is reported", () => {
  test.each([
    ["叫顺达的没造假，我要告的是隔壁的昌河门业", "昌河门业"],
    ["店名也不叫宏远，叫宏运五金", "宏运五金"],
    ["仿我的叫恒达五金，专利号我回头给", "恒达五金"],
    ["被举报人：恒丰管业。产品：弯头", "恒丰管业"],
    ["厂名写全，是沧州瑞达管件有限公司", "沧州瑞达管件有限公司"],
  ])("%s", (text, firm) => {
    expect(slotsOf(text).infringer).toBe(firm);
  });

  test("a description, a variety and what is called no more are nobody's name", () => {
    expect(slotsOf("沧县李天木的净化设备厂冒用专利号").infringer).toBeUndefined();
    expect(slotsOf("种子袋上写着“沧丰66”授权品种，没人给过授权").infringer).toBeUndefined();
    expect(slotsOf("原来叫福源五金，现在叫金源五金，卖假专利锁").infringer).toBe("金源五金");
  });

  test("what the seed carries is the variety, and a count is no part of goods", () => {
    expect(slotsOf("丰收农资私自繁育我们的授权玉米新品种卖种子").product).toBe("玉米");
    expect(slotsOf("我买了二十台抽水泵，机身上的专利号是假的").product).toBe("抽水泵");
  });
});

describe("stalls and markets", () => {
  test.each([
    ["崔尔庄红枣市场甲区三十二号，卖枣的", "甲区三十二号"],
    ["展位2B15，摆的扳手仿我的专利", "2B15"],
    ["四合茶城第三排第二户，茶壶上印假专利", "第三排第二户"],
    ["盘古蔬菜市场，9号棚，卖套牌种子", "9号棚"],
  ])("%s", (text, stall) => {
    expect(slotsOf(text).stall).toBe(stall);
  });

  test("a market that the register does not know is read behind a place", () => {
    expect(slotsOf("任丘石门桥 门窗城 东门第三家卖的窗户抄我外观").market).toBe("门窗城");
  });

  test("a link says which platform it leads to", () => {
    expect(slotsOf("这家卖假专利：https://item.taobao.com/item.htm?id=1").platform).toBe("淘宝");
  });
});

test("who is called so is the person only where they speak of themselves", () => {
  expect(slotsOf("屋主姓季，在家做假专利水泵").contactName).toBeUndefined();
  expect(read({ text: "姓牛", pending: "contactName" }).slots.contactName).toBe("牛");
  expect(read({ text: "聯絡人：陳國強", pending: "contactName" }).slots.contactName).toBe("陈国强");
});

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
