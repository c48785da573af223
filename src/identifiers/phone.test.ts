import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fold } from "../text/fold.ts";
import { findPatentNumbers } from "./patent-number.ts";
import { findPhones, maskPhone, parsePhone } from "./phone.ts";

const found = (text: string) =>
  findPhones(fold(text)).map(({ result }) => (result.kind === "valid" ? result.normalized : result.problem));

describe("parsePhone", () => {
  test.each([
    "13800001234",
    "138 0000 1234",
    "138-0000-1234",
    "138－0000－1234",
    "138 00001234",
    "+8613800001234",
    "+86 138 0000 1234",
    "+86-138-0000-1234",
    "8613800001234",
    "008613800001234",
    "013800001234",
    "１３８００００１２３４",
    "一三八零零零零一二三四",
    "幺三八零零零零幺二三四",
    "幺三八洞洞洞洞幺两三四",
    "一三八〇〇〇〇一二三四",
    "一三八 零零零零 一二三四",
    "1380000I234".replace("I", "1"),
    "手机13800001234",
    "手机号：13800001234",
    "我的手机号码是13800001234",
    "电话:13800001234",
    "电话 138 0000 1234",
    "联系电话：13800001234",
    "Tel: 13800001234",
    "1 3 8 0 0 0 0 1 2 3 4",
    "138O0001234",
  ])("reads %j as the mobile number 13800001234", (text) => {
    expect(parsePhone(text)).toEqual({
      kind: "valid",
      normalized: "13800001234",
      masked: "138****1234",
      facts: { type: "mobile" },
    });
  });

  test.each([
    ["0317-5678901", "0317-5678901", "0317-***8901"],
    ["03175678901", "0317-5678901", "0317-***8901"],
    ["0317 567 8901", "0317-5678901", "0317-***8901"],
    ["(0317)5678901", "0317-5678901", "0317-***8901"],
    ["（0317）5678901", "0317-5678901", "0317-***8901"],
    ["0317—5678901", "0317-5678901", "0317-***8901"],
    ["座机：0317-5678901", "0317-5678901", "0317-***8901"],
    ["零三一七五六七八九零一", "0317-5678901", "0317-***8901"],
    ["010-65551234", "010-65551234", "010-****1234"],
    ["021 65551234", "021-65551234", "021-****1234"],
    ["0311-85551234", "0311-85551234", "0311-****1234"],
    ["0534-2345678", "0534-2345678", "0534-***5678"],
    ["400-123-4567", "400-123-4567", "400-***-4567"],
    ["4001234567", "400-123-4567", "400-***-4567"],
  ])("reads %s as %s, masked %s", (text, normalized, masked) => {
    expect(parsePhone(text)).toMatchObject({ kind: "valid", normalized, masked });
  });

  test("keeps an extension apart", () => {
    expect(parsePhone("0317-5678901转801")).toMatchObject({
      kind: "valid",
      normalized: "0317-5678901",
      facts: { type: "landline", areaCode: "0317", extension: "801" },
    });
  });

  test.each([
    ["1390000123", "手机号要11位，这里只有10位，少1位，请核对后再发一次。"],
    ["139000012389", "手机号要11位，这里有12位，多1位，请核对后再发一次。"],
    ["139000012", /少2位/],
    ["12800001234", /第2位/],
    ["0317-567890", /0317.*7位.*6位.*少1位/],
    ["0317-56789012", /多1位/],
    ["010-6555123", /8位.*少1位/],
    ["0317-1678901", /2到8/],
    ["021-6555123", /区号 021.*8位.*7位.*少1位/],
    ["0000-5678901", /区号不对/],
    ["5678901", /区号.*0317/],
    ["12315", /服务热线/],
    ["12345", /服务热线/],
    ["123", /位数对不上/],
    ["没有", /读不出/],
    ["", /读不出/],
  ])("says what is wrong with %s", (text, problem) => {
    expect(parsePhone(text)).toMatchObject({
      kind: "malformed",
      problem: typeof problem === "string" ? problem : expect.stringMatching(problem),
    });
  });

  test("comes back from its normal form, and the mask hides the middle", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("3", "4", "5", "6", "7", "8", "9"),
        fc.integer({ min: 0, max: 999_999_999 }),
        (second, rest) => {
          const number = `1${second}${String(rest).padStart(9, "0")}`;
          const spoken = [...number].map((digit) => "零幺二三四五六七八九"[Number(digit)]).join("");
          const grouped = `${number.slice(0, 3)} ${number.slice(3, 7)} ${number.slice(7)}`;
          for (const text of [number, spoken, grouped, `+86${number}`]) {
            expect(parsePhone(text)).toMatchObject({ kind: "valid", normalized: number });
            expect(found(`我姓苗，电话${text}，姓名别公开`)).toEqual([number]);
          }
          expect(maskPhone(number)).toBe(`${number.slice(0, 3)}****${number.slice(7)}`);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("findPhones", () => {
  test.each([
    ["我叫刘建国，手机13800001234", ["13800001234"]],
    ["13900001238", ["13900001238"]],
    ["打13800001234找老苗", ["13800001234"]],
    ["那是139000012389", ["手机号要11位，这里有12位，多1位，请核对后再发一次。"]],
    ["电话一三八零零零零一二三四一直能打通", ["13800001234"]],
    ["我电话是幺三八，零零零零，幺二三四", ["13800001234"]],
    ["电话 138 0000 1234 或 0317-5678901", ["13800001234", "0317-5678901"]],
    ["13800001234/13900001238", ["13800001234", "13900001238"]],
    ["13800001234，13900001238", ["13800001234", "13900001238"]],
    ["13800001234 13900001238", ["13800001234", "13900001238"]],
    ["138 0000 1234 139 0000 1238", ["13800001234", "13900001238"]],
    ["座机（0317）5678901转801", ["0317-5678901"]],
    ["1.13800001234", ["13800001234"]],
    ["13800001234.1号楼找我", ["13800001234"]],
    ["下单前打13800001234问问", ["13800001234"]],
    ["他家的货不行，有时间打13800001234", ["13800001234"]],
    ["快递13800001234", ["13800001234"]],
    ["我下了订单，找13800001234", ["13800001234"]],
    ["微信同号13800001234", ["13800001234"]],
    ["手机+86 13800001234。", ["13800001234"]],
    ["tel13800001234", ["13800001234"]],
    ["专利号202020123456.8 电话13800001234", ["13800001234"]],
    ["202020123456.8 13800001234", ["13800001234"]],
    ["身份证13092119900101123X 手机13800001234", ["13800001234"]],
    ["电话1390000123，姓苗", ["手机号要11位，这里只有10位，少1位，请核对后再发一次。"]],
    ["手机号139000012388", ["手机号要11位，这里有12位，多1位，请核对后再发一次。"]],
    ["139000012 姓苗 打这个", ["手机号要11位，这里只有9位，少2位，请核对后再发一次。"]],
    ["号是1390000123", ["手机号要11位，这里只有10位，少1位，请核对后再发一次。"]],
    ["1390000123", ["手机号要11位，这里只有10位，少1位，请核对后再发一次。"]],
    ["幺三九零零零零幺二三", ["手机号要11位，这里只有10位，少1位，请核对后再发一次。"]],
    ["手机12800001234", ["手机号第2位应是3到9，这里不是，请核对开头几位。"]],
    ["我电话23931705528", ["手机号以1开头，这里不是，请核对开头几位；座机要带区号。"]],
    ["座机0317-567890", ["区号 0317 后面的座机号要7位，这里是6位，少1位，请核对后再发一次。"]],
    ["电话5678901", ["座机要带区号，沧州是0317，请写成 0317 加7位号码；手机号是11位。"]],
  ])("finds in %j", (text, expected) => {
    expect(found(text)).toEqual(expected);
  });

  test.each([
    "包装上印的是ZL202021900101.1，查了",
    "专利号2020201234568",
    "ZL1380000123",
    "专利号1380000123",
    "身份证130921199001011232",
    "身份证号13092119900101123X",
    "130921 19900101 1232",
    "银行卡6222020200112233445",
    "6222 0213 8000 0123 4567",
    "订单号13800001234",
    "订单1380000123",
    "QQ1380000123",
    "qq号13800001234",
    "订单：13800001234",
    "快递单号138000012345",
    "花了13800001234元",
    "卖了1380000123件",
    "13800001234@qq.com",
    "https://m.jd.com/13800001234.html",
    "wx13800001234",
    "SF13800001234",
    "营业执照91350100M000100Y43",
    "信用代码914403001922038216",
    "打12345反映过",
    "拨打12315没人接",
    "2026年11月23日",
    "20261123",
    "查询码8842119912",
    "一二三四五六七八九十",
    "卖了十三八百块",
  ])("leaves %j alone", (text) => {
    expect(found(text)).toEqual([]);
  });

  test("points into the text, extension and area brackets included", () => {
    const text = "座机(0317)5678901转801，白天在";
    expect(findPhones(text)).toMatchObject([
      { start: 2, end: 19, text: "(0317)5678901转801", result: { facts: { extension: "801" } } },
    ]);
  });

  test("leaves a bracket around a mobile number outside", () => {
    expect(findPhones("老张(13800001234)")).toMatchObject([{ start: 3, end: 14, text: "13800001234" }]);
  });

  test("takes a message of nothing but figures in its stride", () => {
    for (const piece of ["1 ", "1,", "138 ", "13800001234 ", "a", "1a", "一，", "0317-", "2020.2."]) {
      const text = piece.repeat(10_000 / piece.length);
      const startedAt = performance.now();
      findPhones(text);
      findPatentNumbers(text, 2026);
      expect(performance.now() - startedAt).toBeLessThan(2000);
    }
  });

  test("and findPatentNumbers never claim the same figures", () => {
    const part = fc.oneof(
      fc.constantFrom(
        "ZL202020123456.8",
        "2020201234568",
        "202020123456",
        "13800001234",
        "1390000123",
        "0317-5678901",
      ),
      fc.constantFrom("专利号", "电话", "号是", "印的是", " ", "，", "和", "+86"),
      fc.integer({ min: 0, max: 999_999_999_999 }).map(String),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const text = fold(parts.join(""));
        const taken = findPatentNumbers(text, 2026);
        for (const phone of findPhones(text)) {
          expect(text.slice(phone.start, phone.end)).toBe(phone.text);
          for (const patent of taken)
            expect(patent.end <= phone.start || phone.end <= patent.start).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
