import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fold } from "../text/fold.ts";
import { findPatentNumbers, parsePatentNumber, patentCheckDigit } from "./patent-number.ts";

const year = 2026;
const parse = (text: string) => parsePatentNumber(text, year);
/** What was found, in one line each, for tables. */
const found = (text: string) =>
  findPatentNumbers(fold(text), year).map(({ result }) => {
    if (result.kind === "malformed") return result.kind;
    return `${result.kind} ${result.kind === "check_digit_missing" ? result.completed : result.normalized}`;
  });

describe("parsePatentNumber", () => {
  test.each(["201710117081.7", "202021900101.1", "202130901313.5", "202220900505.3", "202320901414.6"])(
    "agrees with the check digit of the known number %s",
    (number) => {
      expect(parse(number)).toMatchObject({ kind: "valid", normalized: `ZL${number}` });
    },
  );

  test.each([
    "ZL202020123456.8",
    "zl202020123456.8",
    "Zl 202020123456.8",
    "Z L202020123456.8",
    "ZL:202020123456.8",
    "ZL：202020123456.8",
    "ZL-202020123456.8",
    "ZLNO.202020123456.8",
    "ZL No.202020123456.8",
    "CN202020123456.8",
    "CNZL202020123456.8",
    "CN ZL 202020123456.8",
    "专利号202020123456.8",
    "专利号：ZL202020123456.8",
    "专利号:ZL 2020 2 0123456.8",
    "专利号是ZL202020123456.8",
    "專利號：ZL202020123456.8",
    "专利号码 202020123456.8",
    "专利编号：202020123456.8",
    "中国专利 ZL202020123456.8",
    "实用新型专利号：ZL202020123456.8",
    "申请号：202020123456.8",
    "申请号CN202020123456.8",
    "专利申请号 202020123456.8",
    "授权号 202020123456.8",
    "202020123456.8",
    "2020201234568",
    "ZL2020201234568",
    "202020123456 8",
    "202020123456-8",
    "2020 2 0123456 8",
    "2020 2 0123456.8",
    "2020-2-0123456.8",
    "2020－2－0123456．8",
    "2020—2—0123456—8",
    "2020 2012 3456 8",
    "2020 2012 3456.8",
    "2 0 2 0 2 0 1 2 3 4 5 6 . 8",
    "2 0 2 0 2 0 1 2 3 4 5 6 8",
    "202020123456．8",
    "202020123456。8",
    "202020123456，8",
    "202020123456·8",
    "202020123456点8",
    "202020123456 点 8",
    "202020123456點8",
    "202020123456点八",
    "２０２０２０１２３４５６．８",
    "ＺＬ２０２０２０１２３４５６．８",
    "ＺＬ２０２０２０１２３４５６点８",
    "二零二零二零一二三四五六点八",
    "二〇二〇二〇一二三四五六点八",
    "二零二零二零一二三四五六八",
    "两洞两洞两洞幺两三四五六点八",
    "二零二零 二 零一二三四五六 点八",
    "ZL二零二零二零一二三四五六.8",
    "专利号二零二零二零幺二三四五六点八",
    "贰零贰零贰零壹贰叁肆伍陆点捌",
    "2O2O2O123456.8",
    "二O二O二O一二三四五六点八",
    "二0二0二0一二三四五六点八",
    "ZL2O2O20123456.8",
    "  ZL202020123456.8  ",
    "ZL202020123456.8。",
    "ZL\u200b202020123456.8",
    "ZL 2020\u30002\u30000123456.8",
    "ZL2020/2/0123456.8",
    "ZL2020.2.0123456.8",
  ])("reads %j as ZL202020123456.8", (text) => {
    expect(parse(text)).toEqual({
      kind: "valid",
      normalized: "ZL202020123456.8",
      facts: { type: "实用新型", pct: false, year: 2020, serial: "0123456", old: false },
    });
  });

  // 2·2 + 0·3 + 1·4 + 8·5 + 1·6 = 54 = 4·11 + 10
  const withX = "201810000000";

  test.each([".X", ".x", "X", "x", "点X", "点叉", "叉", " X", ".艾克斯", "．Ｘ", ".×"])(
    "reads the check digit X written %j",
    (tail) => {
      expect(parse(`ZL${withX}${tail}`)).toMatchObject({ kind: "valid", normalized: `ZL${withX}.X` });
    },
  );

  test.each([
    ["201710117081.7", "发明", false],
    ["202021900101.1", "实用新型", false],
    ["202130901313.5", "外观设计", false],
    [`201780012345.${patentCheckDigit("201780012345")}`, "发明", true],
    [`201890012345.${patentCheckDigit("201890012345")}`, "实用新型", true],
  ])("tells the type of %s", (number, type, pct) => {
    expect(parse(number)).toMatchObject({ kind: "valid", facts: { type, pct } });
  });

  test("completes a missing check digit, to be confirmed", () => {
    expect(parse("ZL202020123456")).toMatchObject({
      kind: "check_digit_missing",
      completed: "ZL202020123456.8",
      needsConfirmation: true,
      problem: expect.stringContaining("ZL202020123456.8"),
    });
  });

  test("says which digit was expected when the check digit is wrong, and keeps the number as read", () => {
    const result = parse("ZL202020123456.7");
    expect(result).toMatchObject({
      kind: "check_digit_wrong",
      normalized: "ZL202020123456.7",
      expected: "8",
    });
    expect(result).toHaveProperty("problem", expect.stringMatching(/校验.*8.*7.*核对.*2020.*0123456/));
  });

  test.each([
    ["ZL98112345", "check_digit_missing", "completed", `ZL98112345.${patentCheckDigit("98112345")}`],
    [
      `ZL98112345.${patentCheckDigit("98112345")}`,
      "valid",
      "normalized",
      `ZL98112345.${patentCheckDigit("98112345")}`,
    ],
    [
      `ZL 98 1 12345${patentCheckDigit("98112345")}`,
      "valid",
      "normalized",
      `ZL98112345.${patentCheckDigit("98112345")}`,
    ],
    [
      `03212345.${patentCheckDigit("03212345")}`,
      "valid",
      "normalized",
      `ZL03212345.${patentCheckDigit("03212345")}`,
    ],
    [
      `85100001.${patentCheckDigit("85100001")}`,
      "valid",
      "normalized",
      `ZL85100001.${patentCheckDigit("85100001")}`,
    ],
  ] as const)("reads the old number %s", (text, kind, key, value) => {
    expect(parse(text)).toMatchObject({ kind, [key]: value, facts: { old: true } });
  });

  test.each([
    ["CN106844774A", "CN106844774A", "发明", "公布"],
    ["cn 106844774 a", "CN106844774A", "发明", "公布"],
    ["106844774B", "CN106844774B", "发明", "授权公告"],
    ["CN211234567U", "CN211234567U", "实用新型", "授权公告"],
    ["公告号CN306123456S", "CN306123456S", "外观设计", "授权公告"],
    ["授权公告号：CN211234567U", "CN211234567U", "实用新型", "授权公告"],
    ["CN1234567C", "CN1234567C", "发明", "授权公告"],
    ["CN2345678Y", "CN2345678Y", "实用新型", "授权公告"],
    ["CN106844774B2", "CN106844774B", "发明", "授权公告"],
  ])("tells the publication number %s apart", (text, normalized, type, stage) => {
    const result = parse(text);
    expect(result).toMatchObject({ kind: "publication_number", normalized, facts: { type, stage } });
    expect(result).toHaveProperty("problem", expect.stringContaining("ZL"));
  });

  test.each([
    ["ZL20202012345.8", /少1位/],
    ["ZL20202012345", /少1位/],
    ["ZL2020201234567.8", /多1位/],
    ["ZL20202012345678", /多1位/],
    ["ZL202020123456.88", /小数点后只有1位/],
    ["ZL202040123456.8", /第5位/],
    ["ZL203120123456.8", /年份.*2031/],
    ["ZL199820123456.8", /老号/],
    ["ZL188820123456.8", /年份/],
    ["ZL98512345.1", /第3位/],
    ["ZL20112345.1", /少4位/],
    ["ZL2020A0123456.8", /“A”/],
    ["没有", /专利号/],
    ["ZL", /没有看到/],
    ["", /没有看到/],
  ])("says what is wrong with %j", (text, problem) => {
    expect(parse(text)).toMatchObject({ kind: "malformed", problem: expect.stringMatching(problem) });
  });

  test("takes the present year from outside", () => {
    const digits = "202710123456";
    const number = `${digits}.${patentCheckDigit(digits)}`;
    expect(parsePatentNumber(number, 2026).kind).toBe("malformed");
    expect(parsePatentNumber(number, 2027).kind).toBe("valid");
  });
});

const twelve = fc
  .tuple(
    fc.integer({ min: 2003, max: year }),
    fc.constantFrom("1", "2", "3", "8", "9"),
    fc.integer({ min: 0, max: 9_999_999 }),
  )
  .map(([at, kind, serial]) => `${at}${kind}${String(serial).padStart(7, "0")}`);

describe("any number", () => {
  test("comes back from every way of writing it", () => {
    const writings: ((digits: string, check: string) => string)[] = [
      (digits, check) => `ZL${digits}.${check}`,
      (digits, check) => `${digits}${check}`,
      (digits, check) => `${digits.slice(0, 4)} ${digits[4]} ${digits.slice(5)} . ${check}`,
      (digits, check) => `专利号：${digits}点${check}`,
      (digits, check) =>
        `${[...digits].map((digit) => "零一二三四五六七八九"[Number(digit)]).join("")}点${check === "X" ? "叉" : "零一二三四五六七八九"[Number(check)]}`,
    ];
    fc.assert(
      fc.property(twelve, fc.constantFrom(...writings), (digits, write) => {
        const check = patentCheckDigit(digits);
        const text = write(digits, check);
        const normalized = `ZL${digits}.${check}`;
        expect(parse(text)).toMatchObject({ kind: "valid", normalized });
        expect(found(`包装上印的${text}，查了不是他家的`)).toEqual([`valid ${normalized}`]);
        expect(parse(normalized)).toEqual(parse(text));
      }),
      { numRuns: 500 },
    );
  });

  test("no single changed figure passes, since every weight has an inverse modulo 11", () => {
    fc.assert(
      fc.property(
        twelve,
        fc.integer({ min: 0, max: 11 }),
        fc.integer({ min: 1, max: 9 }),
        (digits, at, by) => {
          const changed = (Number(digits[at]) + by) % 10;
          const other = `${digits.slice(0, at)}${changed}${digits.slice(at + 1)}`;
          expect(patentCheckDigit(other)).not.toBe(patentCheckDigit(digits));
          expect(parse(`${other}.${patentCheckDigit(digits)}`).kind).not.toBe("valid");
        },
      ),
      { numRuns: 1000 },
    );
  });

  test("never throws, whatever is written", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), (text) => {
        parse(text);
        for (const { start, end, text: part } of findPatentNumbers(text, year)) {
          expect(text.slice(start, end)).toBe(part);
        }
      }),
    );
  });
});

describe("findPatentNumbers", () => {
  test.each([
    ["包装上印的是ZL202021900101.1，查了根本不是他家的", ["valid ZL202021900101.1"]],
    ["再看一眼 哦印的是202220900505点3", ["valid ZL202220900505.3"]],
    ["合页 专利号ZL202021900101.1 鑫旺旺五金", ["valid ZL202021900101.1"]],
    ["行，厂名叫永旺铸造，号是ZL202130901313.5", ["valid ZL202130901313.5"]],
    ["产品上印的专利号ZL202020123456.7我觉着是编的，举报", ["check_digit_wrong ZL202020123456.7"]],
    ["专利号 2 0 2 0 2 0 1 2 3 4 5 6 点 8", ["valid ZL202020123456.8"]],
    ["二零二零二零一二三四五六点八", ["valid ZL202020123456.8"]],
    ["号码是二零二零二零一二三四五六点八一直在卖", ["valid ZL202020123456.8"]],
    ["專利號ＺＬ２０２０２０１２３４５６．８", ["valid ZL202020123456.8"]],
    ["专利号：\n202020123456.8", ["valid ZL202020123456.8"]],
    ["专利号就是202020123456", ["check_digit_missing ZL202020123456.8"]],
    ["202020123456", ["check_digit_missing ZL202020123456.8"]],
    ["201710117081", ["check_digit_missing ZL201710117081.7"]],
    ["2020201234568", ["valid ZL202020123456.8"]],
    ["箱子上有2020201234568这么一串", ["valid ZL202020123456.8"]],
    ["印的202020123456 8月份买的", ["check_digit_missing ZL202020123456.8"]],
    ["印的202020123456，8月份买的", ["check_digit_missing ZL202020123456.8"]],
    ["印的是202020123456。查了没有", ["check_digit_missing ZL202020123456.8"]],
    ["两个号ZL202020123456.8和ZL202021900101.1", ["valid ZL202020123456.8", "valid ZL202021900101.1"]],
    ["ZL202020123456.8 ZL202021900101.1", ["valid ZL202020123456.8", "valid ZL202021900101.1"]],
    ["202020123456.8 202021900101.1", ["valid ZL202020123456.8", "valid ZL202021900101.1"]],
    ["202020123456.8,13800001234", ["valid ZL202020123456.8"]],
    ["13800001234 202020123456.8", ["valid ZL202020123456.8"]],
    ["我电话13800001234专利号202020123456.8", ["valid ZL202020123456.8"]],
    [
      "ZL201811234567.X",
      [`${patentCheckDigit("201811234567") === "X" ? "valid" : "check_digit_wrong"} ZL201811234567.X`],
    ],
    ["上面写CN106844774A", ["publication_number CN106844774A"]],
    ["公告号是CN 211234567 U的那个", ["publication_number CN211234567U"]],
    ["公告号211234567U", ["publication_number CN211234567U"]],
    ["专利号20202012345", ["malformed"]],
    ["号是20202012345", ["malformed"]],
    ["印的20202012345678", ["malformed"]],
    ["ZL2020201234", ["malformed"]],
    ["ZL202020123456.88", ["malformed"]],
    ["专利号是ZL203120123456.8", ["malformed"]],
    [
      "证书号第11234567号 专利号：ZL 2020 2 0123456.8\n专利申请日：2020年01月23日\n授权公告号：CN 211234567 U",
      ["valid ZL202020123456.8", "publication_number CN211234567U"],
    ],
    ["专利号2020.2.0123456.8，2026.11.23拍的", ["valid ZL202020123456.8"]],
    ["ZL202020123456.8、ZL202021900101.1", ["valid ZL202020123456.8", "valid ZL202021900101.1"]],
    ["202020123456.8号专利是我的", ["valid ZL202020123456.8"]],
    ["手机壳的专利202020123456", ["check_digit_missing ZL202020123456.8"]],
    ["下单的货上印着202020123456.8", ["valid ZL202020123456.8"]],
    ["上面是二0二O二〇一二三四五六点八", ["valid ZL202020123456.8"]],
    ["老专利ZL98112345", [`check_digit_missing ZL98112345.${patentCheckDigit("98112345")}`]],
  ])("finds in %j", (text, expected) => {
    expect(found(text)).toEqual(expected);
  });

  test.each([
    "我手机13800001234",
    "电话0317-5678901",
    "身份证130921199001011232",
    "身份证号13092119900101123X",
    "130921 19900101 1234",
    "银行卡6222020200112233445",
    "卡号 6222 2020 2012 3456 789",
    "6222 0202 0012 3456 78",
    "订单号202020123456",
    "订单号是2020201234568",
    "订单编号：2026112312345678",
    "快递单号2020201234568",
    "运单号 SF2020201234568",
    "2026年11月23日买的",
    "2026-11-23 12:34 拍的",
    "时间202611231234",
    "拍摄于202611231234的照片",
    "20261123",
    "日期20261123 12345",
    "营业执照91350100M000100Y43",
    "信用代码914403001922038216",
    "https://item.taobao.com/item.htm?id=202020123456",
    "www.abc.com/2020201234568",
    "商品条码6901234567892",
    "批号20261123001",
    "QQ号2020201234",
    "花了202020123456元",
    "案号冀沧知法裁字〔2026〕1号",
    "第1234567890123号",
    "卖了2020 套",
    "微信wx2020201234568",
    "型号A202020123456B",
    "专利法第六十八条",
    "一二三四五六七八九十",
    "查询码 8842 1199",
    "有专利证书吗",
    "专利证书号第12345678号",
  ])("leaves %j alone", (text) => {
    expect(found(text)).toEqual([]);
  });

  test("points into the folded text", () => {
    const text = fold("包装上印的是ＺＬ２０２０２１９００１０１．１，查了");
    expect(findPatentNumbers(text, year)).toMatchObject([
      { start: 6, end: 22, text: "ZL202021900101.1", result: { kind: "valid" } },
    ]);
  });

  test("takes no telephone, identity or card number for a patent number", () => {
    const figures = (length: number) =>
      fc
        .array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length })
        .map((list) => list.join(""));
    fc.assert(
      fc.property(
        fc.constantFrom("我电话", "身份证", "银行卡号", "订单号", "", "买家"),
        fc.oneof(
          fc.tuple(fc.constantFrom("13", "15", "18", "19"), figures(9)).map((parts) => parts.join("")),
          fc
            .tuple(
              fc.constantFrom("130921", "110105"),
              fc.integer({ min: 1950, max: 2009 }),
              fc.constant("0101"),
              figures(4),
            )
            .map((parts) => parts.join("")),
          fc.tuple(fc.constantFrom("6222", "6217"), figures(15)).map((parts) => parts.join("")),
          fc.tuple(fc.constant("2026112"), figures(11)).map((parts) => parts.join("")),
        ),
        (words, number) => {
          expect(found(`${words}${number}，麻烦查一下`)).toEqual([]);
        },
      ),
      { numRuns: 500 },
    );
  });
});
