import { describe, expect, test } from "vitest";
import { isGatewayLost } from "./gateway-failure.ts";
import { conversationKey, pageAsText, placeLabel, withoutQuotation } from "./inbound.ts";

describe("what people send", () => {
  test("counts without what they quote", () => {
    const line = "- - - - - - - - - - - - - - -";
    expect(withoutQuotation(`「小王：我叫霍玉兰\n电话 1」\n${line}\n就是这家 `)).toBe("就是这家");
    expect(withoutQuotation("「金鹿」牌子的 - - - 是假的")).toBe("「金鹿」牌子的 - - - 是假的");
    expect(withoutQuotation("  ")).toBe("");
  });

  test("a page is its title and address, a place its name and address", () => {
    expect(pageAsText({ title: " 假专利 ", url: "https://a.cn/1" })).toBe("假专利 https://a.cn/1");
    expect(pageAsText({ title: "", url: "https://a.cn/1" })).toBe("https://a.cn/1");
    expect(placeLabel({ name: "镇政府", address: "王寺镇" })).toBe("镇政府 王寺镇");
    expect(placeLabel({ name: "王寺镇", address: "王寺镇" })).toBe("王寺镇");
    expect(placeLabel({ name: "", address: " " })).toBeUndefined();
    expect(placeLabel({ name: "长".repeat(300), address: "" })).toHaveLength(200);
  });

  test("no two speakers share a conversation", () => {
    expect(conversationKey({ talkerId: "a" })).not.toBe(conversationKey({ talkerId: "a", roomId: "r" }));
  });
});

describe("a gateway is lost", () => {
  test.each([
    { code: 14 },
    { code: 16 },
    { code: 6 },
    new Error("14 UNAVAILABLE: No connection established"),
    new Error('WatchdogAgent reset: lastFood: "{}"'),
  ])("by %o", (error) => expect(isGatewayLost(error)).toBe(true));

  test.each([{ code: 2 }, { code: "ECONNREFUSED" }, new Error("no filebox cache"), "14 UNAVAILABLE", null])(
    "not by %o",
    (error) => expect(isGatewayLost(error)).toBe(false),
  );
});
