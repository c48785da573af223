import { booleanPointInPolygon } from "@turf/boolean-point-in-polygon";
import { fold } from "../text/fold.ts";
import { createLexicon, type Meaning } from "./lexicon.ts";
import { type County, outsideCounty, type PlaceMention, type PlaceResolution, type Point } from "./place.ts";
import { type GazetteerData, loadGazetteerData } from "./region-data.ts";
import { areaCodeOf, scan, type Token } from "./scan.ts";

/** Finds places in texts and on the map. Pure: the same text always gives the same answer. */
export type Gazetteer = {
  /** The places named in a text, in order, without overlap. Texts of everyday words give none. */
  find(text: string): PlaceMention[];
  /** Where a text lies: one county, several to ask about, outside the city, or nowhere known. */
  resolve(text: string): PlaceResolution;
  /** Where a point lies, by the coarse outlines: always to be confirmed. */
  locate(point: Point): PlaceResolution;
  /** The province (two digits) of a place elsewhere that the text names; undefined where unknown. */
  provinceOf(text: string): string | undefined;
  /** The county or zone with this code or name (official, short or API name). */
  county(codeOrName: string): County | undefined;
  /** The 19 counties and zones in the order of their codes. */
  readonly counties: readonly County[];
  /** Where a known online platform has its seat. */
  platformSeat(name: string): { seat: string; province: string } | undefined;
};

/** Degrees around the outlines within which a point may still be the city's. */
const borderDegrees = 0.05;

let shipped: Gazetteer | undefined;

/** @param data The shipped data of Cangzhou by default: read and compiled once, for it keeps nothing of what it is asked. */
export function createGazetteer(data?: GazetteerData): Gazetteer {
  if (data !== undefined) return compileGazetteer(data);
  shipped ??= compileGazetteer(loadGazetteerData());
  return shipped;
}

function compileGazetteer(data: GazetteerData): Gazetteer {
  const lexicon = createLexicon(data);
  const counties: readonly County[] = lexicon.areas.map(({ code, name }) => ({ code, name }));
  const countyByCode = new Map(counties.map((county) => [county.code, county]));
  const countyByName = new Map<string, County>([[outsideCounty.name, outsideCounty]]);
  for (const { code, name, official, shortName } of lexicon.areas) {
    for (const text of [code, name, official, shortName]) countyByName.set(text, { code, name });
  }
  const platforms = data.outside.platforms.flatMap(({ names, seat, province }) =>
    names.map((name) => ({ name: fold(name).toLowerCase(), seat, province })),
  );

  const toCounties = (codes: Iterable<string>): County[] =>
    [...codes].flatMap((code) => countyByCode.get(code) ?? []);
  const innerCity = toCounties(data.aliases.innerCityAreas);
  const wholeCity = [...innerCity, ...counties.filter(({ code }) => !innerCity.some((c) => c.code === code))];
  const parks = toCounties(data.aliases.parkAreas);

  /** A zone named together with the county it lies in is the zone. */
  function withoutHosts(codes: Iterable<string>): Set<string> {
    const left = new Set(codes);
    for (const code of [...left]) {
      for (const host of lexicon.hosts.get(code) ?? []) left.delete(host);
    }
    return left;
  }

  function toMention(text: string, token: Token): PlaceMention[] {
    const { start, end, meaning, exact } = token;
    const base = { start, end, text: text.slice(start, end), exact };
    const asked = token.shared || token.bareNoun;
    switch (meaning.kind) {
      case "area":
        return [{ ...base, kind: meaning.area.kind, countyCodes: [meaning.area.code] }];
      case "town": {
        const { code, name } = meaning.town;
        const mention = { ...base, countyCodes: [meaning.area.code], town: { code, name } };
        return [{ ...mention, kind: asked ? "ambiguous" : "town" }];
      }
      case "market": {
        const { id, name, kind } = meaning.market;
        return [{ ...base, kind: "market", countyCodes: [meaning.area.code], market: { id, name, kind } }];
      }
      case "city":
        return [{ ...base, kind: "city", countyCodes: cityOf(meaning).map(({ code }) => code) }];
      case "park":
        return [{ ...base, kind: "ambiguous", countyCodes: parks.map(({ code }) => code) }];
      case "outside":
        return [{ ...base, kind: "outside", countyCodes: [outsideCounty.code] }];
      default:
        return [];
    }
  }

  function cityOf(meaning: Meaning & { kind: "city" }): County[] {
    return meaning.inner ? innerCity : wholeCity;
  }

  function resolveTokens(tokens: readonly Token[]): PlaceResolution {
    const plain = tokens.filter((token) => !token.shared && !token.bareNoun && areaCodeOf(token.meaning));
    // What was said plainly outweighs what may be a slip.
    const sure = new Set(plain.flatMap(({ exact, meaning }) => (exact ? (areaCodeOf(meaning) ?? []) : [])));
    const own = sure.size === 0 ? plain : plain.filter(({ meaning }) => sure.has(areaCodeOf(meaning) ?? ""));
    const asked = tokens.filter((token) => token.shared || token.bareNoun);
    const city = tokens.flatMap(({ meaning }) => (meaning.kind === "city" ? [meaning] : []));
    const elsewhere = tokens.some(({ meaning }) => meaning.kind === "outside");

    if (own.length > 0) {
      const resolved = resolveOwn(own);
      const only = resolved.county;
      if (only !== null && elsewhere && city.length === 0 && isSameNameElsewhere(only.code, tokens)) {
        return isOutside("这个地方在外地也有同名的，按您说的是外地那一个，不归沧州办。");
      }
      return resolved;
    }
    if (asked.length > 0) {
      if (elsewhere) return isOutside("按您说的，这个地方不在沧州市。");
      return askAbout(asked);
    }
    const [cityNamed] = city;
    const parkNamed = tokens.some(({ meaning }) => meaning.kind === "park");
    if (parkNamed) return ask(parks, "沧州有好几个开发区，请问是哪个县、哪个区的开发区？");
    if (cityNamed !== undefined) {
      return cityNamed.inner
        ? ask(innerCity, "沧州市区分属几个区，边上还有沧县，请问是哪个区、哪条街？")
        : ask(
            wholeCity,
            "沧州有16个县（市、区）和3个新区、开发区，请问具体是哪个县或哪个区？这样才能送到当地的局。",
          );
    }
    if (elsewhere) return isOutside("您说的地方不在沧州市。");
    return nothing("还没听出是哪个县、哪个区，麻烦说一下县名或者乡镇名。");
  }

  function resolveOwn(own: readonly Token[]): PlaceResolution {
    const of = (kind: Meaning["kind"]) => own.filter(({ meaning }) => meaning.kind === kind);
    const codes = (some: readonly Token[]) => some.flatMap(({ meaning }) => areaCodeOf(meaning) ?? []);
    const towns = of("town");
    const named = [...of("area"), ...towns];
    const left = withoutHosts(codes(named.length > 0 ? named : own));
    // A market of another county is dropped where a town is named, else both are asked about.
    if (towns.length === 0) for (const code of codes(of("market"))) left.add(code);
    const all = toCounties(withoutHosts(left));
    const [county, ...others] = all;
    if (county === undefined) return nothing("还没听出是哪个县、哪个区。");
    if (others.length > 0) {
      return ask(all, `您提到了${all.map(({ name }) => name).join("、")}，请问事情发生在哪一个？`);
    }
    const town = towns.find(({ meaning }) => areaCodeOf(meaning) === county.code)?.meaning;
    const market = of("market").find(({ meaning }) => areaCodeOf(meaning) === county.code)?.meaning;
    const confirm = !own.some((token) => token.exact && areaCodeOf(token.meaning) === county.code);
    const townName = town?.kind === "town" ? town.town.name : "";
    return {
      county,
      town: town?.kind === "town" ? { code: town.town.code, name: townName } : null,
      market: market?.kind === "market" ? { id: market.market.id, name: market.market.name } : null,
      candidates: [],
      ambiguous: false,
      confirm,
      reason: confirm
        ? `您说的是${county.name}${townName}吧？麻烦确认一下，免得送错地方。`
        : `按您说的，地点在${county.name}${townName}。`,
    };
  }

  /** Whether the text names a city that has a district of the same name as ours. */
  function isSameNameElsewhere(code: string, tokens: readonly Token[]): boolean {
    const risk = data.aliases.sameNameAreas.find((entry) => entry.code === code);
    return (
      risk !== undefined &&
      tokens.some(({ meaning, name }) => meaning.kind === "outside" && risk.elsewhere.includes(name))
    );
  }

  function askAbout(asked: readonly Token[]): PlaceResolution {
    const own = toCounties(new Set(asked.flatMap(({ meaning }) => areaCodeOf(meaning) ?? [])));
    const names = own.map(({ name }) => name).join("、");
    const said = [...new Set(asked.map(({ name }) => name))].join("、");
    const elsewhereToo = asked.some((token) => token.shared);
    return ask(
      elsewhereToo ? [...own, outsideCounty] : own,
      elsewhereToo
        ? `“${said}”这个地名${names}有，外地也有同名的县市，请问是沧州${names}的吗？`
        : `“${said}”既是${names}一个乡镇、街道的名字，也是平常说的词，请问是${names}的那个地方吗？`,
    );
  }

  const shapes = data.outlines.map(({ code, polygons }) => ({
    code,
    shape: { type: "MultiPolygon" as const, coordinates: polygons },
  }));
  const box = boxOf(data.outlines.flatMap(({ polygons }) => polygons.flat(2)));

  return {
    counties,

    county: (codeOrName) => countyByName.get(codeOrName),

    find(text) {
      const folded = fold(text);
      return scan(folded, lexicon).flatMap((token) => toMention(folded, token));
    },

    resolve: (text) => resolveTokens(scan(fold(text), lexicon)),

    provinceOf(text) {
      for (const { meaning } of scan(fold(text), lexicon)) {
        if (meaning.kind === "outside" && meaning.province !== undefined) return meaning.province;
      }
      return undefined;
    },

    platformSeat(name) {
      const folded = fold(name).toLowerCase();
      const found = platforms.find((platform) => folded.includes(platform.name));
      return found && { seat: found.seat, province: found.province };
    },

    locate({ latitude, longitude }) {
      const [west, south, east, north] = box;
      const beyond =
        longitude < west - borderDegrees ||
        longitude > east + borderDegrees ||
        latitude < south - borderDegrees ||
        latitude > north + borderDegrees;
      if (beyond) {
        return { ...isOutside("从定位看，这个位置不在沧州市，请确认一下。"), confirm: true };
      }
      const hit = shapes.find(({ shape }) => booleanPointInPolygon([longitude, latitude], shape));
      const county = hit && countyByCode.get(hit.code);
      if (county === undefined) {
        return nothing("定位落在沧州边界附近，看不准是哪个县，麻烦说一下县名或者乡镇名。");
      }
      // The outlines know no zones, so those inside the county are offered beside it.
      const zones = [...lexicon.hosts].flatMap(([zone, hosts]) =>
        hosts.includes(county.code) ? [zone] : [],
      );
      return {
        county,
        town: null,
        market: null,
        candidates: zones.length === 0 ? [] : [county, ...toCounties(zones)],
        ambiguous: false,
        confirm: true,
        reason: `从定位看大概在${county.name}，请您确认一下。`,
      };
    },
  };
}

function ask(candidates: readonly County[], reason: string): PlaceResolution {
  return {
    county: null,
    town: null,
    market: null,
    candidates: [...candidates],
    ambiguous: true,
    confirm: false,
    reason,
  };
}

function nothing(reason: string): PlaceResolution {
  return { ...ask([], reason), ambiguous: false };
}

function isOutside(reason: string): PlaceResolution {
  return { ...nothing(reason), county: outsideCounty };
}

/** West, south, east, north of some positions. */
function boxOf(positions: readonly (readonly [number, number])[]): [number, number, number, number] {
  const longitudes = positions.map(([longitude]) => longitude);
  const latitudes = positions.map(([, latitude]) => latitude);
  return [Math.min(...longitudes), Math.min(...latitudes), Math.max(...longitudes), Math.max(...latitudes)];
}
