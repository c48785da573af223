import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { randomBytes } from "../core/new-id.ts";
import { maskIdentity, newReportNo, parseReportNo, withoutIdentity } from "./report.ts";

describe("a report's number", () => {
  test("is read however it is written", () => {
    for (let n = 0; n < 200; n++) {
      const number = newReportNo(randomBytes);
      expect(parseReportNo(number)).toBe(number);
      expect(parseReportNo(number.toLowerCase().replaceAll("-", " "))).toBe(number);
      expect(parseReportNo(number.slice(3))).toBe(number);
      expect(parseReportNo(number.replaceAll("0", "O").replaceAll("1", "l"))).toBe(number);
    }
  });

  test("is refused when two neighbours are swapped", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 8 }), (place) => {
        const body = newReportNo(randomBytes).slice(3).replace("-", "");
        const [first = "", second = ""] = body.slice(place, place + 2);
        const swapped = body.slice(0, place) + second + first + body.slice(place + 2);
        // 0 and Z are 31 apart: the one pair that the sum cannot tell.
        if (first !== second && !/^(?:0Z|Z0)$/.test(first + second))
          expect(parseReportNo(`CZ-${swapped}`)).toBeUndefined();
      }),
    );
  });

  test("is refused when one character is wrong", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 9 }),
        fc.constantFrom(..."123456789ABCDEFGHJKMNPQRSTVWXY"),
        (place, other) => {
          const body = newReportNo(randomBytes).slice(3).replace("-", "");
          if (body[place] === other) return;
          expect(parseReportNo(`CZ-${body.slice(0, place)}${other}${body.slice(place + 1)}`)).toBeUndefined();
        },
      ),
    );
  });

  test.each(["", "CZ-", "CZ-12345", "CZ-12345-6789U", "13800001234", "ZL202020123456.8"])(
    "%s is none",
    (text) => {
      expect(parseReportNo(text)).toBeUndefined();
    },
  );
});

describe("maskIdentity", () => {
  const person = { contactName: "刘建国", contactPhone: "13800001234" };

  test.each([
    ["我叫刘建国，电话13800001234", "我叫＊＊＊，电话＊＊＊＊＊＊＊＊＊＊＊"],
    ["138-0000-1234 找我", "＊＊＊＊＊＊＊＊＊＊＊＊＊ 找我"],
    ["１３８００００１２３４", "＊＊＊＊＊＊＊＊＊＊＊"],
    ["+86 13800001234", "＊＊＊＊＊＊＊＊＊＊＊＊＊＊＊"],
    // Another's, and a longer number that holds it, are what is reported.
    ["老板王二13800001235，单号9138000012349", "老板王二13800001235，单号9138000012349"],
  ])("blanks out who reports: %s", (text, masked) => {
    expect(maskIdentity(text, person)).toBe(masked);
  });

  test("leaves a name of one letter, and everything where nothing is given", () => {
    expect(maskIdentity("李家店", { contactName: "李" })).toBe("李家店");
    expect(maskIdentity("刘建国13800001234", {})).toBe("刘建国13800001234");
    expect(withoutIdentity({ ...person, description: "我是刘建国", infringer: "刘建国门市" })).toEqual({
      description: "我是＊＊＊",
      infringer: "刘建国门市",
    });
  });
});
