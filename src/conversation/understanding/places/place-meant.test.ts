import { describe, expect, test } from "vitest";
import { afterTalk } from "../../../../test/support/talk.ts";
import { createGazetteer } from "../../../regions/gazetteer.ts";
import { phrase } from "../../say.ts";
import { createReaders } from "../readers.ts";
import { understand } from "../understand.ts";

const readers = createReaders({ gazetteer: createGazetteer(), presentYear: () => 2026 });
const countyIn = (text: string, drafting = false) =>
  understand(text, { asking: drafting ? ["county"] : [], drafting, confirming: false }, "2026-11-26", readers)
    .slots.county?.value;

describe("where it happened, of several places", () => {
  test.each([
    ["我们厂在青县马厂做铝箱，黄骅那边有个顺昌箱业仿了我们的专利", "黄骅市"],
    ["俺东光连镇的，俺那个吹塑机的专利，让南皮一家叫飞腾的厂子照着做了", "南皮县"],
    ["我爸在献县我姑在泊头，我们合伙的店在盐山，让海兴一个姓卢的把专利号冒用了", "海兴县"],
    ["我在青县打工，老家是吴桥的，发现吴桥铁城镇一家店卖假专利琴弦", "吴桥县"],
  ])("is not one's own: „%s“", (text, county) => {
    expect(countyIn(text)).toBe(county);
  });

  test.each([
    ["盐山，不对，海兴", "海兴县"],
    ["献县……记错了，河间", "河间市"],
    ["青县的改成黄骅的", "黄骅市"],
    ["别写成泊头了，执照上是南皮", "南皮县"],
    ["我可没说在东光，是吴桥", "吴桥县"],
    ["河间还是献县来着，我媳妇说是献县", "献县"],
    ["海兴那个是我对象记的，我记的是盐山", "盐山县"],
  ])("is what is left of what was taken back: „%s“", (text, county) => {
    expect(countyIn(text, true)).toBe(county);
  });

  test("is not denied by „厂在盐山，不是海兴“", () => {
    expect(countyIn("厂在盐山，不是海兴", true)).toBe("盐山县");
  });

  test.each([
    "他青县还有个分店 分店没卖这个",
    "我在孟村高寨上班 跟这事没关系",
    "他仓库在黄骅",
    "泊头那个摊不告",
  ])("stands while another place is told aside: „%s“", (text) => {
    const { draft } = afterTalk(["举报献县陌南镇宏远铸造，井盖上的专利号是冒用的", text]).memory;
    expect(draft?.slots).toMatchObject({ county: "献县", location: "陌南镇" });
  });

  test("stands where the person only tells where they are from, which is noted", () => {
    const opening = "举报献县陌南镇宏远铸造，井盖上的专利号是冒用的";
    const { memory, parts } = afterTalk([opening, "要多久", "俺自个儿是盐山的 别弄混了"]);
    expect(memory.draft?.slots.county).toBe("献县");
    expect(parts[0]).toBe(phrase("noted"));
  });

  test("gives way to what is said to be right once it is called a store", () => {
    const { draft } = afterTalk([
      "举报献县陌南镇宏远铸造，井盖上的专利号是冒用的",
      "陌南镇是他库房 厂子在韩村",
    ]).memory;
    expect(draft?.slots).toMatchObject({ county: "献县", location: "韩村" });
  });

  test("is no name of whoever stands right before it", () => {
    const opening = "举报献县陌南镇宏远铸造，井盖上的专利号是冒用的，匿名";
    const { draft } = afterTalk([opening, "我是人家的代理人 青县"]).memory;
    expect(draft?.slots).toMatchObject({ anonymous: true, relation: "代理人" });
    expect(draft?.slots.contactName).toBeUndefined();
  });

  test.each([
    ["县那项改成青县吧，河间那是我打工的地儿", "青县"],
    ["我在肃宁开店上班，寄件地址是南皮冯家口，号是假的", "南皮县"],
    ["执照上注册在黄骅，可我说的是他海兴的作坊，写海兴", "海兴县"],
    ["那是俺老家住址，肃宁师素；他的店在东光连镇", "东光县"],
    ["俺弟在献县陌南干活，他们老板往滤芯上贴假专利标", "献县"],
    ["卖家是泊头交河的信誉五金，厂家是宁波的", "泊头市"],
    ["货是打白沟发的，甭写白沟，卖货的人在吴桥桑园", "吴桥县"],
    ["连镇归东光，恁咋给俺写成吴桥", "东光县"],
  ])("of several is the one meant: „%s“", (text, county) => {
    expect(countyIn(text, true)).toBe(county);
  });

  test.each([
    "信是从温州寄来的",
    "来的那人一股东光口音",
    "保定的战友说他们那边也这样",
    "货车三天两头往河南跑",
  ])("is told by nothing that only stands beside: „%s“", (text) => {
    expect(countyIn(text, true)).toBeUndefined();
  });

  test("who is no native tells no place, and a name holds none", () => {
    expect(countyIn("我不是沧州人，能报不", true)).toBeUndefined();
    expect(countyIn("店叫上海滩烫发")).toBeUndefined();
  });
});
