import { expect, test } from "vitest";
import { noticeWishIn } from "./notice-wish.ts";

test.each([
  ["要通知", true],
  ["要通知吧", true],
  ["好，要通知", true],
  ["我要收通知", true],
  ["同意通知", true],
  ["有进展通知我一声", true],
  ["有结果了告诉我", true],
  ["不要通知", false],
  ["不要通知了", false],
  ["别给我发通知了", false],
  ["取消通知", false],
  ["不用通知我", false],
  ["他们不通知我就把货拉走了", undefined],
  ["驳回通知书怎么看", undefined],
  ["受理通知书多久能收到", undefined],
  ["好的", undefined],
  ["不要", undefined],
  ["通知", undefined],
])("„%s“ says of notices: %s", (text, wish) => {
  expect(noticeWishIn(text)).toBe(wish);
});
