import { loadGazetteerData } from "../regions/region-data.ts";
import { fold } from "../text/fold.ts";
import { fingerprintRules } from "./fingerprint-data.ts";

/** A firm, shop or stall by what tells it from others. */
export type FirmName = {
  /** The name without its place and legal form: 宏达扣件 of 河北省献县宏达扣件有限公司. */
  core: string;
  /** The core without its trade: 宏达. Undefined where nothing but a trade is left. */
  stem: string | undefined;
  /** The county of Cangzhou (name of API.md) that the name begins with. */
  county: string | undefined;
};

/** Prefixes of places, longest first, with the county that each means. */
let prefixes: { text: string; county: string | undefined }[] | undefined;

function placePrefixes() {
  if (prefixes !== undefined) return prefixes;
  const { places, areasNeverBare } = fingerprintRules();
  const { divisions, outside } = loadGazetteerData();
  const list: { text: string; county: string | undefined }[] = places.map((text) => ({
    text,
    county: undefined,
  }));
  for (const area of divisions.areas) {
    for (const text of new Set([area.name, area.official, `${area.shortName}县`, `${area.shortName}市`])) {
      list.push({ text, county: area.name });
    }
    if (!areasNeverBare.has(area.shortName)) {
      list.push({ text: area.shortName, county: area.name });
    }
    for (const town of area.towns) list.push({ text: town.name, county: area.name });
  }
  for (const { names } of outside.provinces) {
    for (const text of names) list.push({ text, county: undefined });
  }
  for (const { names } of [...outside.prefectures, ...outside.counties]) {
    for (const text of names.flatMap((name) => name.split("/"))) list.push({ text, county: undefined });
  }
  prefixes = list.filter(({ text }) => text.length > 1).sort((a, b) => b.text.length - a.text.length);
  return prefixes;
}

/**
 * A name as two people who mean the same firm have it in common; undefined where it is nobody's (他家, 一家店, 某厂).
 * Folded, lower case, without brackets, spaces, place and legal form.
 */
export function normaliseFirmName(written: string): FirmName | undefined {
  const rules = fingerprintRules();
  let name = fold(written)
    .toLowerCase()
    .replace(/[(（【[][^)）】\]]{0,20}[)）】\]]/gu, "")
    .replace(/[^\p{L}\p{N}]/gu, "")
    .replace(/^(?:一家|一个|有家|有个|叫做?|那家|这家|那个|这个)+/u, "")
    .replace(/(?<=.)(?:家)?的(?=店|厂|公司|摊|铺|门市)/u, "");
  let county: string | undefined;
  let place = "";
  for (let again = true; again; ) {
    again = false;
    for (const prefix of placePrefixes()) {
      if (!name.startsWith(prefix.text) || name.length < prefix.text.length + 2) continue;
      county = prefix.county ?? county;
      place += prefix.text;
      name = name.slice(prefix.text.length);
      again = true;
      break;
    }
  }
  const core = withoutEnd(name, rules.legalForms, 2);
  const stem = withoutEnd(core, rules.tradeWords, 0);
  if (rules.genericNames.has(core) || rules.genericNames.has(stem) || core.length < 2) return undefined;
  // 沧州扣件厂: the place is all that names it.
  if (stem === "" || rules.legalForms.includes(core)) {
    return place === "" || core.length < 2 ? undefined : { core: place + core, stem: undefined, county };
  }
  return { core, stem: stem.length < 2 ? undefined : stem, county };
}

/** The text without the words that it ends in, as long as `least` characters are left. */
function withoutEnd(text: string, words: readonly string[], least: number): string {
  let rest = text;
  for (let again = true; again; ) {
    again = false;
    for (const word of words) {
      if (!rest.endsWith(word) || rest.length - word.length < least) continue;
      rest = rest.slice(0, -word.length);
      again = true;
      break;
    }
  }
  return rest;
}
