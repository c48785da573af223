import { describe, expect, test } from "vitest";
import { createVault } from "../crypto/key-ring.ts";
import { creditCodeCheck } from "../identifiers/credit-code.ts";
import { type MarkKind, type MarkSource, marksOf, maxMarks } from "./fingerprint.ts";

const vaultOf = (byte: number) =>
  createVault({ current: "k1", keys: new Map([["k1", new Uint8Array(32).fill(byte)]]) });
const vault = vaultOf(7);

const mark = (source: Partial<MarkSource>, by = vault) =>
  marksOf({ slots: {}, narrative: [], evidenceSha256s: [], ...source }, (text) => by.hash("lookup", text));
const valuesOf = async (kind: MarkKind, source: Partial<MarkSource>) =>
  (await mark(source)).filter((one) => one.kind === kind).map(({ value }) => value);

/** Whether two reports share a mark of a kind. */
async function share(kind: MarkKind, a: Partial<MarkSource>, b: Partial<MarkSource>) {
  const theirs = await valuesOf(kind, b);
  return (await valuesOf(kind, a)).some((value) => theirs.includes(value));
}

describe("the marks of a report", () => {
  test("hold nothing in clear, and nobody without the key can make them", async () => {
    const source = {
      slots: { infringer: "宏达扣件厂", patentNumber: "ZL202020123456.8" },
      narrative: ["宏达扣件厂的扣件上印着别人的专利号，我查了两回都对不上，请你们去看看"],
    };
    const marks = await mark(source);

    expect(marks.every(({ value }) => /^[0-9a-f]{32}$/.test(value))).toBe(true);
    expect(JSON.stringify(marks)).not.toMatch(/宏达|2020/);
    const others = new Set((await mark(source, vaultOf(8))).map(({ value }) => value));
    expect(marks.filter(({ value }) => others.has(value))).toEqual([]);
  });

  test(`are at most ${maxMarks}, each once`, async () => {
    const many = Array.from({ length: 20 }, (_, index) => `${index}`.padStart(64, "0"));
    const marks = await mark({
      slots: {
        infringer: "献县宏达扣件有限公司",
        county: "沧县",
        platform: "淘宝",
        market: "明珠城",
        stall: "C区35号",
        product: "脚手架扣件",
        link: "https://item.taobao.com/item.htm?id=678901234567&shop_id=55",
      },
      narrative: [
        "老板电话13812345670，ZL202020123456.8，ZL202120123456.6，ZL202220123456.5，ZL202320123456.0 都是假的，扣件上印着",
      ],
      evidenceSha256s: [...many, ...many],
      imageHashes: many,
    });

    expect(marks.length).toBeLessThanOrEqual(maxMarks);
    expect(marks.filter(({ kind }) => kind === "text_band")).toHaveLength(16);
    expect(marks.filter(({ kind }) => kind === "file").length).toBeGreaterThan(0);
    expect(new Set(marks.map(({ kind, value }) => kind + value)).size).toBe(marks.length);
  });

  test("are none for a report that says nothing", async () => {
    expect(await mark({})).toEqual([]);
  });
});

describe("two reports share", () => {
  test("a patent, written in the slot, in words, without its check digit or with a wrong one", async () => {
    const slot = { slots: { patentNumber: "ZL202020123456.8" } };

    for (const said of [
      "专利号ZL202020123456.8",
      "专利号是２０２０２０１２３４５６",
      "印的专利号202020123456.1",
    ]) {
      expect(await share("patent", slot, { narrative: [said] }), said).toBe(true);
    }
    expect(await share("patent", slot, { narrative: ["专利号ZL202020123457.6"] })).toBe(false);
  });

  test("the other side's telephone, never a reporter's", async () => {
    const theirs = { narrative: ["老板电话 138-1234-5670"] };

    expect(await share("respondent_phone", theirs, { narrative: ["包装上的电话是13812345670"] })).toBe(true);
    expect(
      await valuesOf("respondent_phone", { narrative: ["我电话13812345670", "联系我13812345670"] }),
    ).toEqual([]);
    expect(await valuesOf("respondent_phone", { ...theirs, slots: { contactPhone: "13812345670" } })).toEqual(
      [],
    );
  });

  test("a credit code that is one, and not the reporter's own", async () => {
    const body = "91130929MA0ABCDE8";
    const code = body + creditCodeCheck(body);

    expect(
      await share(
        "respondent_credit_code",
        { narrative: [`信用代码${code}`] },
        { slots: { description: `营业执照上是 ${code.toLowerCase()}` } },
      ),
    ).toBe(true);
    const wrong = `${body}${creditCodeCheck(body) === "1" ? "2" : "1"}`;
    expect(await valuesOf("respondent_credit_code", { narrative: [wrong, `我公司信用代码${code}`] })).toEqual(
      [],
    );
  });

  test("a stall by its market and number", async () => {
    const stall = (text: string, market: string) => ({ slots: { stall: text, market } });

    expect(await share("shop", stall("C区35号摊", "明珠商贸城"), stall("c区35号", "明珠商贸城"))).toBe(true);
    expect(await share("shop", stall("C区35号", "明珠商贸城"), stall("C区35号", "小商品城"))).toBe(false);
  });

  test("goods by the word that says what they are, and by what else they are called", async () => {
    const goods = (product: string) => ({ slots: { product } });

    expect(await share("product", goods("脚手架扣件"), goods("扣件"))).toBe(true);
    expect(await share("product", goods("铰链"), goods("液压合页"))).toBe(true);
    expect(await share("product", goods("净水器"), { narrative: ["他家净水器假专利"] })).toBe(true);
    expect(await share("product", goods("扣件"), goods("井盖"))).toBe(false);
    expect(await valuesOf("product", goods("专利产品"))).toEqual([]);
  });

  test("a name with its place only in that place", async () => {
    const firm = (infringer: string, county: "献县" | "沧县") => ({ slots: { infringer, county } });

    expect(await share("respondent_place", firm("献县宏达扣件厂", "献县"), firm("宏达扣件", "献县"))).toBe(
      true,
    );
    expect(await share("respondent", firm("宏达扣件厂", "献县"), firm("宏达扣件", "沧县"))).toBe(true);
    expect(await share("respondent_place", firm("宏达扣件厂", "献县"), firm("宏达扣件", "沧县"))).toBe(false);
  });

  test("files and pictures by their hashes", async () => {
    const hash = "ab".repeat(32);

    expect(await share("file", { evidenceSha256s: [hash] }, { evidenceSha256s: [hash] })).toBe(true);
    expect(await share("image", { imageHashes: [hash] }, { imageHashes: [hash] })).toBe(true);
    expect(await share("file", { evidenceSha256s: [hash] }, { imageHashes: [hash] })).toBe(false);
  });

  test("a text whose reporter, number and link differ", async () => {
    const told = (name: string, phone: string, link: string) => ({
      slots: { contactName: name },
      narrative: [
        `我是${name}，沧县老集上那家五金店把别人的专利号印在合页盒子上卖，${link} 我的电话${phone}`,
      ],
    });

    expect(await valuesOf("text_band", told("王小二", "13800001111", "https://a.example/1"))).toEqual(
      await valuesOf("text_band", told("赵四", "13900002222", "https://b.example/2")),
    );
  });
});
