import { describe, expect, test } from "vitest";
import { lexicon } from "./lexicon.ts";
import { isSmallTalk, requestsOf } from "./requests.ts";

const read = (text: string) => requestsOf(text, lexicon());

describe("what a message asks of the desk", () => {
  test.each([
    ["非常满意", 5],
    ["挺满意的", 5],
    ["满意", 4],
    ["基本满意", 3],
    ["不太满意", 2],
    ["非常不满意", 1],
    ["给三颗星", 3],
    ["差评", 1],
    ["我来评价一下", null],
    ["满意吗", undefined],
    ["他家一个专利卖五分钱一个的螺丝我看着不像真的专利产品啊", undefined],
    ["这事给我办办", undefined],
  ])("%s is a rating of %s", (text, rating) => {
    expect(read(text).rating).toBe(rating);
  });

  test.each([
    ["谁举报的我们店", true],
    ["举报人叫啥", true],
    ["谁告诉你的", false],
    ["我要举报他", false],
  ])("%s asks who reported: %s", (text, asked) => {
    expect(read(text).whoReported).toBe(asked);
  });

  test.each([
    ["我被同行投诉侵权了", true],
    ["对方说我们厂的锁侵权", true],
    ["收到一封律师函", true],
    ["他侵犯我的专利", false],
    ["我要投诉他", false],
  ])("%s is said by who is accused: %s", (text, accused) => {
    expect(read(text).accused).toBe(accused);
  });

  test.each([
    ["另外还有一家我也要举报", true],
    ["我再举报一个", true],
    ["另外我还有照片", false],
  ])("%s announces another matter: %s", (text, another) => {
    expect(read(text).another).toBe(another);
  });

  test.each([
    ["今天好冷啊", true],
    ["中午吃啥", true],
    ["你是机器人吗", true],
    ["天冷了，他家卖的保温杯冒用专利", false],
    ["下雨了也要举报", false],
  ])("%s is small talk: %s", (text, small) => {
    expect(isSmallTalk(text, lexicon())).toBe(small);
  });
});
