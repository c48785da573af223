import { describe, expect, test } from "vitest";
import { findLinkTargets } from "./listing-link.ts";

describe("the target of a link", () => {
  test.each([
    ["https://item.taobao.com/item.htm?spm=a1z10&id=678901234567&ns=1", "listing", "taobao:678901234567"],
    ["https://detail.tmall.com/item.htm?id=678901234567", "listing", "taobao:678901234567"],
    ["https://a.m.taobao.com/i678901234567.htm", "listing", "taobao:678901234567"],
    ["https://shop123456.taobao.com/", "shop", "taobao:123456"],
    ["https://hongda.tmall.com/shop/view_shop.htm", "shop", "tmall:hongda"],
    ["https://mobile.yangkeduo.com/goods2.html?refer=a&goods_id=558800310", "listing", "pinduoduo:558800310"],
    ["https://mobile.yangkeduo.com/mall_page.html?mall_id=9988", "shop", "pinduoduo:9988"],
    ["https://item.jd.com/100088812345.html", "listing", "jd:100088812345"],
    ["https://item.m.jd.com/product/100088812345.html?sku=1", "listing", "jd:100088812345"],
    ["https://mall.jd.com/index-1000012.html", "shop", "jd:1000012"],
    ["https://detail.1688.com/offer/712345678901.html?spm=1", "listing", "1688:712345678901"],
    ["https://hongda.1688.com/page/index.html", "shop", "1688:hongda"],
    [
      "https://haohuo.jinritemai.com/views/product/item2?id=3500112233445566&x=1",
      "listing",
      "douyin:3500112233445566",
    ],
    ["https://www.douyin.com/video/7123456789012345678", "listing", "douyin:7123456789012345678"],
    ["https://example.com/a/b/?from=me", "listing", "example.com/a/b"],
  ])("%s is the %s %s", (link, kind, id) => {
    expect(findLinkTargets(`看这个链接 ${link}，假的`)).toEqual([{ kind, id }]);
  });

  test("is nothing for the front page of a platform and for words", () => {
    expect(findLinkTargets("在 https://www.taobao.com/ 买的，https://")).toEqual([]);
  });

  test("counts once, however often it is sent", () => {
    const link = "https://item.jd.com/100088812345.html";

    expect(findLinkTargets(`${link}\n${link}?a=1`)).toHaveLength(1);
  });
});
