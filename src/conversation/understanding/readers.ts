import { digitWordClass, readDigits } from "../../identifiers/digits.ts";
import { findPatentNumbers } from "../../identifiers/patent-number.ts";
import { findPhones } from "../../identifiers/phone.ts";
import type { Gazetteer } from "../../regions/gazetteer.ts";
import { type CountyName, countyNames, parseReportNo } from "../../reports/report.ts";
import { type Tagger, tagger } from "./learned/tagger.ts";
import { lexicon } from "./lexicon.ts";
import type { NumberReading, PhoneReading, PlaceReading, Readers } from "./understanding.ts";

const isCountyName = (name: string): name is CountyName => (countyNames as readonly string[]).includes(name);

/** A mobile number typed half in figures and half in words, in figures: 159三二七0八八一二. As long as before. */
const mixed = new RegExp(
  `(?<![\\d${digitWordClass}])[\\d${digitWordClass}]{11}(?![\\d${digitWordClass}])`,
  "gu",
);
const figures = (folded: string): string =>
  folded.replace(mixed, (run) => {
    const digits = readDigits(run);
    return /\d/.test(run) && /^1[3-9]\d{9}$/.test(digits) ? digits : run;
  });

/** What understanding borrows from identifiers and regions, in its own terms. */
export function createReaders({
  gazetteer,
  presentYear,
  tag = tagger(),
}: {
  gazetteer: Gazetteer;
  presentYear: () => number;
  tag?: Tagger;
}): Readers {
  const nameOf = (code: string): CountyName | undefined => {
    const name = gazetteer.county(code)?.name;
    return name !== undefined && isCountyName(name) ? name : undefined;
  };
  return {
    words: lexicon(),
    tag,

    patentNumbers: (folded) =>
      findPatentNumbers(folded, presentYear()).map(({ start, end, text, result }): NumberReading => {
        const span = { start, end, text };
        switch (result.kind) {
          case "valid":
            return { ...span, valid: result.normalized };
          case "check_digit_missing":
            return { ...span, completed: result.completed };
          case "publication_number":
            return { ...span, problem: result.problem, publication: true };
          default:
            return { ...span, problem: result.problem };
        }
      }),

    phones: (folded) =>
      findPhones(figures(folded)).flatMap(({ start, end, text, result }): PhoneReading[] => {
        const span = { start, end, text };
        if (result.kind !== "valid") return [{ ...span, problem: result.problem }];
        // A hotline is nobody's own number.
        return result.facts.type === "hotline" ? [] : [{ ...span, valid: result.normalized }];
      }),

    places: (folded) =>
      gazetteer.find(folded).map((mention): PlaceReading => {
        const counties = mention.countyCodes.flatMap((code) => nameOf(code) ?? []);
        const kind = mention.kind === "county" || mention.kind === "zone" ? "area" : mention.kind;
        const { start, end, text, exact, town } = mention;
        // A street office's short name is an everyday word (API.md, places): 公园, 解放.
        const spelled = town?.name.startsWith(text) === true && !town.name.endsWith("街道");
        return {
          start,
          end,
          text,
          kind,
          counties,
          exact,
          spelled,
          // A market is called as the person calls it; the register finds it again by any of its names. A cluster
          // is one only where they say so.
          ...(mention.market?.kind === "market" || (mention.market !== undefined && /市场$|城$/u.test(text))
            ? { market: text }
            : {}),
        };
      }),

    resolvePlaces(text) {
      const { county, market, candidates, confirm, reason } = gazetteer.resolve(text);
      const named = [county, ...candidates]
        .flatMap((one) => (one === null ? [] : [one.name]))
        .filter(isCountyName);
      return {
        county: confirm ? undefined : named.find((name) => name === county?.name),
        market: market?.name,
        candidates: [...new Set(named)],
        reason,
      };
    },

    reportNo(text) {
      const found = /CZ[-\s]*[0-9A-Za-z]{5}[-\s]*[0-9A-Za-z]{5}/iu.exec(text.normalize("NFKC"))?.[0];
      return found === undefined ? undefined : parseReportNo(found);
    },
  };
}
