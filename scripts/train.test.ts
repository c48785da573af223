import { expect, test } from "vitest";
import { createTagger } from "../src/conversation/understanding/learned/tagger.ts";
import { lexicon } from "../src/conversation/understanding/lexicon.ts";
import { clausesOf } from "../src/conversation/understanding/spans.ts";
import { trainCrf } from "./learning/crf.ts";
import { createSampling, type Marked } from "./learning/samples.ts";

const sentence = (firm: string, goods: string): Marked => {
  const text = `${firm}卖的${goods}是假的`;
  const at = firm.length + 2;
  return {
    id: text,
    text,
    asking: [],
    spans: [
      { slot: "infringer", start: 0, end: firm.length },
      { slot: "product", start: at, end: at + goods.length },
    ],
  };
};

test("training gives the same model again, and the model reads sentences like those it learned from", () => {
  const sampleOf = createSampling();
  const samples = [
    ["甲乙", "水泵"],
    ["丙丁行", "菜刀"],
    ["戊己", "风扇"],
    ["庚辛店", "木梳"],
  ].flatMap(([firm = "", goods = ""]) => sampleOf(sentence(firm, goods), { candidates: false }) ?? []);
  const settings = { rounds: 20, rate: 0.2, decay: 0.001, minCount: 1, drop: 0, keep: 2000 };
  const model = trainCrf(samples, settings);
  expect(trainCrf(samples, settings)).toEqual(model);

  const text = "壬癸卖的铁锅是假的";
  const context = {
    clauses: clausesOf(text),
    taken: [],
    places: [],
    phones: [],
    asking: [],
    candidates: { infringer: [], product: [], contactName: [] },
  };
  const { spans } = createTagger({ source: "test", date: "2026-11-26", ...model })(text, context, lexicon());
  expect(spans.map(({ slot, value }) => [slot, value])).toEqual([
    ["infringer", "壬癸"],
    ["product", "铁锅"],
  ]);
});
