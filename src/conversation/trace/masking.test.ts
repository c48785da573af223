import { describe, expect, test } from "vitest";
import { createGazetteer } from "../../regions/gazetteer.ts";
import { createReaders } from "../understanding/readers.ts";
import { understand } from "../understanding/understand.ts";
import { mask, withStandIns } from "./masking.ts";

const readers = createReaders({ gazetteer: createGazetteer(), presentYear: () => 2026 });
const nothingAsked = { asking: [], drafting: true, confirming: false };
const read = (text: string) => understand(text, nothingAsked, "2026-11-23", readers);

describe("a text for the trace", () => {
  test.each([
    ["我叫刘建国，电话13800001234", "我叫＊＊＊，电话＊＊＊＊＊＊＊＊＊＊＊"],
    ["电话一三八零零零零一二三四", "电话＊＊＊＊＊＊＊＊＊＊＊"],
    ["厂里座机0317-5551234，找老板", "厂里座机＊＊＊＊＊＊＊＊＊＊＊＊，找老板"],
    ["微信号liuhq1980，邮箱a.b@example.com", "微信号＊＊＊＊＊＊＊＊＊，邮箱＊＊＊＊＊＊＊＊＊＊＊＊＊＊＊"],
    ["我家在县城，家住清池大道29号楼，电话随后说", "我家在县城，家住＊＊＊＊＊＊＊＊，电话随后说"],
    ["身份证130929198001011234", "身份证＊＊＊＊＊＊＊＊＊＊＊＊＊＊＊＊＊＊"],
    ["编号CZ-4BTJE-THPEM，查询码1234 5678", "编号＊＊＊＊＊＊＊＊＊＊＊＊＊＊，查询码＊＊＊＊＊＊＊＊＊"],
    // What is reported stays: a patent number, right or wrong, a house, a sum.
    ["专利号ZL202320901414.6，印的202021900101.1", "专利号ZL202320901414.6，印的202021900101.1"],
    ["清池大道29号，花了12800元", "清池大道29号，花了12800元"],
  ])("has no contact data: %s", (text, masked) => {
    expect(mask(text, {}, read(text)).text).toBe(masked);
  });

  test("is without the person's name where it was told before, but not in each word of one letter", () => {
    const known = { contactName: "刘建国", contactPhone: "13800001234" };
    expect(mask("刘建国的店，打13800001234", known).text).toBe("＊＊＊的店，打＊＊＊＊＊＊＊＊＊＊＊");
    expect(mask("类型：李家店\n称呼：李", { contactName: "李" }).text).toBe("类型：李家店\n称呼：＊");
  });

  test.each([
    "我叫刘建国，电话13800001234",
    "电话一三八零零零零一二三四，没照片",
    "我姓刘，电话138-0000-1234",
    "座机0317-5551234",
    "电话1380000123",
  ])("reads with stand-ins as it read at first, place for place: %s", (text) => {
    const first = read(text);
    const again = read(withStandIns(mask(text, {}, first)));
    const shape = ({ slots, phones, intents }: typeof first) => ({
      slots: Object.entries(slots).map(([name, found]) => [name, found?.rule, found?.start, found?.end]),
      phones: phones.map(({ start, end, valid }) => [start, end, valid === undefined]),
      intents,
    });
    expect(shape(again)).toEqual(shape(first));
    expect(withStandIns(mask(text, {}, first))).not.toBe(text);
  });
});
