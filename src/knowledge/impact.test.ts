import { describe, expect, test } from "vitest";
import index from "../../knowledge/index.json" with { type: "json" };
import { createFindReferences } from "./article-reference.ts";
import { indexCitations } from "./impact.ts";
import { createKnowledge } from "./knowledge.ts";

const instruments = createKnowledge(index)
  .laws("2026-11-26")
  .map(({ instrument }) => instrument);
const tools = {
  findReferences: createFindReferences(instruments),
  titleOf: (name: string) =>
    instruments.find((one) => one.title === name || one.aliases.includes(name))?.title,
};

const placesIn = (content: unknown, law = "专利法", article = "第四十二条") =>
  indexCitations([{ kind: "digest", file: "f", content }], tools)({ law, article });

describe("what cites an article", () => {
  test.each([
    ["the law before it", "保护期看专利法第四十二条。"],
    ["an alias and digits", "看《中华人民共和国专利法》第42条第2款"],
    ["a list of one law", "专利法第二十四条、第二十九条、第四十二条"],
    ["a range of articles", "专利法第四十条至第四十五条"],
  ])("is a text with %s", (_, text) => {
    expect(placesIn({ greet: text })).toMatchObject([
      { kind: "digest", file: "f", id: "greet", field: "greet" },
    ]);
  });

  test.each([
    ["another number that holds it", "专利法第一百四十二条，又专利法第四十二条之一"],
    ["another law", "专利法实施细则第四十二条"],
    ["a law named since", "专利法第十条和商标法第四十二条"],
    ["a range that ends before it", "专利法第三十条至第四十一条"],
    ["two articles that are no range", "专利法第四十条和第四十五条"],
    ["no law at all", "看第四十二条。"],
    ["an old edition", "旧专利法第四十二条"],
  ])("is not a text with %s", (_, text) => {
    expect(placesIn({ greet: text })).toEqual([]);
  });

  test("is a bare number in what belongs to that law, and not behind 本细则 of another", () => {
    const digest = {
      law: "专利法",
      article: "第五条",
      title: "标题",
      points: [{ text: "依第四十二条办理。" }],
    };
    expect(placesIn([digest])).toEqual([
      {
        kind: "digest",
        file: "f",
        id: "专利法第五条",
        field: "points.0.text",
        excerpt: "依第四十二条办理。",
      },
    ]);
    const other = {
      law: "专利法实施细则",
      article: "第五条",
      text: "除专利法第十条外，本细则第四十二条也适用。",
    };
    expect(placesIn([other])).toEqual([]);
    expect(placesIn([other], "专利法实施细则")).toHaveLength(1);
  });

  test("is an object that names law and article apart, told by the id around it and by what it says", () => {
    const rules = [
      { id: "term", law: "专利法", article: "第四十二条", say: "现在保护15年。" },
      { matter: "假冒专利", basis: [{ law: "专利法", article: "第四十二条" }], reason: "归县里管。" },
      { id: "clock", title: "期限", basis: { law: "专利法", article: "第四十二条" } },
      { id: "other", law: "商标法", article: "第四十二条" },
    ];
    expect(placesIn(rules).map(({ id, field, excerpt }) => [id, field, excerpt])).toEqual([
      ["term", "article", "现在保护15年。"],
      ["假冒专利", "basis.0.article", "归县里管。"],
      ["clock", "basis.article", "期限"],
    ]);
  });

  test("is where an old number leads to in a table", () => {
    const table = {
      law: "专利法",
      from: "2008-12-27",
      to: "2020-10-17",
      articles: [
        { from: "第四十二条", to: "第四十三条" },
        { from: "第四十一条", to: "第四十二条" },
      ],
    };
    expect(placesIn([table])).toMatchObject([
      { id: "专利法 2008-12-27 → 2020-10-17", field: "articles.1.to" },
    ]);
  });

  test("is shown shortened around the citation", () => {
    const [place] = placesIn({ long: `${"前".repeat(200)}专利法第四十二条${"后".repeat(200)}` });
    expect(place?.excerpt).toMatch(/^…前+专利法第四十二条后+…$/u);
    expect(place?.excerpt.length).toBeLessThan(100);
  });
});
