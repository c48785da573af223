import { describe, expect, test } from "vitest";
import { chosenOption, renderReply } from "./options.ts";

const places = [
  { id: "county:南皮县", label: "南皮县" },
  { id: "county:盐山县", label: "盐山县" },
  { id: "skip", label: "跳过" },
];
const ratings = [5, 4, 3, 2, 1].map((score) => ({ id: `rating:${score}`, label: `${score} 分` }));

describe("options", () => {
  test("are numbered lines below the text", () => {
    expect(renderReply({ text: "在哪个县？", options: places }, "回复数字就行。")).toBe(
      "在哪个县？\n\n1. 南皮县\n2. 盐山县\n3. 跳过\n回复数字就行。",
    );
    expect(renderReply({ text: "好。" }, "回复数字就行。")).toBe("好。");
    expect(renderReply({ text: "好。", options: [] }, "回复数字就行。")).toBe("好。");
  });

  test("keep the numbers that their labels begin with", () => {
    expect(renderReply({ text: "打几分？", options: ratings }, "回复数字就行。")).toContain("\n5 分\n4 分\n");
    expect(chosenOption("5", ratings)?.id).toBe("rating:5");
    expect(chosenOption("1", ratings)?.id).toBe("rating:1");
  });

  test.each(["2", "２", " 2 ", "2.", "2、", "选2", "2号"])("%s chooses the second", (text) => {
    expect(chosenOption(text, places)?.id).toBe("county:盐山县");
  });

  test.each(["0", "4", "12", "2件", "有2个", "南皮县", "2024年", "", "2 3"])("%s chooses none", (text) => {
    expect(chosenOption(text, places)).toBeUndefined();
  });

  test("nothing is chosen where nothing was offered", () => {
    expect(chosenOption("1", [])).toBeUndefined();
  });
});
