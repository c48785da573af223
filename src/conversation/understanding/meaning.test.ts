import { expect, test } from "vitest";
import { createGazetteer } from "../../regions/gazetteer.ts";
import type { SlotName } from "../../reports/report.ts";
import { createReaders } from "./readers.ts";
import { understand } from "./understand.ts";

const readers = createReaders({ gazetteer: createGazetteer(), presentYear: () => 2026 });
const slotsOf = (text: string, asking: SlotName[] = []) => {
  const expectation = { asking, drafting: asking.length > 0, confirming: false };
  const { slots } = understand(text, expectation, "2026-11-26", readers);
  return Object.fromEntries(Object.entries(slots).map(([name, found]) => [name, found.value]));
};

test.each<[string, SlotName, unknown]>([
  ["打过官司了，在石家庄中院立的案", "suedAlready", true],
  ["我起诉了，法院还没开庭", "suedAlready", true],
  ["法院那边没去过", "suedAlready", false],
  ["姓名那栏写一位群众就行，我不想露面", "anonymous", true],
  ["有眉目了知会我一声", "callback", true],
  ["叫他立马停了，剩下的货也封了", "remedy", "停止侵权"],
  ["专利是我的，他凭啥做", "relation", "权利人"],
  ["我就是过路的，看不惯", "relation", "知情人"],
  ["厂子搬到天津静海了，原先在青县", "county", "非本市"],
  ["孟村街里那家卖压面机的", "county", "孟村回族自治县"],
  ["我在石家庄一家数码店买的充电头", "county", "非本市"],
  ["实名不敢，匿名反映个厂", "anonymous", true],
  ["有个叫专利一点通的公司没资质还代理", "infringer", "专利一点通"],
  ["我们是专利权人，泊头明海环保的，河间一家公司仿我们的阀门", "county", "河间市"],
  ["小年那天我在集上买的拖把", "occurredAt", "2026-02-10"],
  ["我们店在黄骅常郭镇，对门的塑料厂印假专利号，货都发到天津去了", "county", "黄骅市"],
  ["我不方便留名，你们查就是了", "anonymous", true],
  ["我们的折叠梯ZL202021223344.6让盐山一家厂仿了", "relation", "权利人"],
  ["就沧州市的那块经济开发区里头", "county", undefined],
  ["厂子在沧州那个经济开发区", "county", "沧州开发区"],
  ["链接在这 shop.example.com/item/88123", "link", "shop.example.com/item/88123"],
])("„%s“: %s is %s", (text, slot, value) => {
  expect(slotsOf(text)[slot]).toBe(value);
});

test.each([
  ["人家起诉的就是俺家", "被控侵权人"],
  ["帮朋友打听的", "代理人"],
  ["以前给他厂里打过工", "知情人"],
])("„%s“ answers how they stand to it: %s", (text, relation) => {
  expect(slotsOf(text, ["relation"])["relation"]).toBe(relation);
});

test("匿名 that is only asked about tells nothing of oneself", () => {
  expect(slotsOf("实名举报跟匿名举报有啥区别来着", ["contactName"])["anonymous"]).toBeUndefined();
});

test("a family name stands before how it is written", () => {
  expect(slotsOf("我姓汤喝汤的汤没拍照", ["contactName"])["contactName"]).toBe("汤");
});

test("what is named only to say that it is not wanted is not wished for", () => {
  expect(slotsOf("不是让他赔钱，就让他把货下架", ["remedy"])["remedy"]).toBe("停止侵权");
});

test("of two family names the one that is not denied is meant", () => {
  expect(slotsOf("不姓李，姓栗", ["contactName"])["contactName"]).toBe("栗");
});

test("a telephone told anew beside what is denied tells of no false number", () => {
  const text = "电话写错了，是13800000000，不是运河区，是新华区";
  expect(slotsOf(text, ["infringer"])["reportType"]).toBeUndefined();
});

test.each(["这么标合规不合规", "被仿了几年里头能告", "这是区里罚还是省上罚"])("„%s“ asks", (text) => {
  const expectation = { asking: [], drafting: true, confirming: false };
  expect(understand(text, expectation, "2026-11-26", readers).question).toBe(text);
});

test("a yes or no answers the question whether it went to court", () => {
  expect(slotsOf("没有呢还", ["suedAlready"])["suedAlready"]).toBe(false);
  expect(slotsOf("告了", ["suedAlready"])["suedAlready"]).toBe(true);
});

test.each<[string, SlotName]>([
  ["如果有人仿我专利，我该先找谁？", "reportType"],
  ["如果有人仿我专利，我该先找谁？", "relation"],
  ["老板说“侵权必究，假一赔十”", "reportType"],
  ["隔壁摊抄我设计的布娃娃，气死了", "reportType"],
  ["去年在石家庄中院立的案", "county"],
  ["去年在石家庄中院立的案", "occurredAt"],
  ["我们是泊头明海环保的，河间一家公司仿我们的阀门", "infringer"],
  ["方便的话礼拜一上午打我电话", "occurredAt"],
  ["不想打官司，给我们说和说和", "suedAlready"],
  ["人在外地能打字举报不", "county"],
  ["有个中介给我打电话说包过专利", "callback"],
])("„%s“ says nothing of %s", (text, slot) => {
  expect(slotsOf(text)[slot]).toBeUndefined();
});

test("the telephone under the heading of the reported firm is not the person's own", () => {
  const letter = "被举报人：大伟裘皮制品厂 负责人 李大伟 电话 13703170088\n举报人：匿名";
  expect(slotsOf(letter)).toMatchObject({ anonymous: true });
  expect(slotsOf(letter)["contactPhone"]).toBeUndefined();
});
