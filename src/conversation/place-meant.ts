import type { Span } from "./spans.ts";
import type { PlaceReading, Readers } from "./understanding.ts";

/** Whether the person does not know in which of two cities of the same district it is: 石家庄还是沧州搞不清. */
export const unsureOfCity = (text: string): boolean =>
  /(?:还是沧州|沧州还是)[^，。]{0,4}[我俺]?(?:也)?(?:搞|弄|分|说)?(?:不|没)|哪个?市的?(?:我)?(?:没|不)|也(?:可能|许)是[\u4e00-\u9fff]{2,3}那个/u.test(
    text,
  );

/** The district as one that is asked about: here, or in the other city. */
export const inDoubt = (place: ReturnType<typeof resolve>): ReturnType<typeof resolve> =>
  place.county === undefined
    ? place
    : {
        ...place,
        county: undefined,
        candidates: [place.county, "非本市"],
        reason: `外地也有叫${place.county}的，请问是沧州的${place.county}吗？`,
      };

/** The county that the places amount to. Of several, one town told beside bare counties is where it happened. */
export function resolve(
  readers: Readers,
  text: string,
  places: readonly PlaceReading[],
  answersCounty: boolean,
) {
  const whole = readers.resolvePlaces(text);
  if (whole.county !== undefined) return whole;
  const [sole, ...more] = whole.candidates;
  if (sole !== undefined && more.length === 0) {
    // A town's short name that stands where a place stands, or answers the question for the county, is meant.
    const spelled = places.some(
      ({ kind, spelled, counties }) =>
        spelled === true && (kind === "town" || answersCounty) && counties.includes(sole),
    );
    return spelled ? { ...whole, county: sole, candidates: [] } : whole;
  }
  if (sole === undefined) return whole;
  const towns = places.filter((place) => (place.kind === "town" || place.kind === "market") && place.exact);
  const [only, ...others] = new Set(towns.flatMap(({ counties }) => counties));
  if (only === undefined || others.length > 0) return whole;
  return { ...whole, county: only, candidates: [] };
}

/** The address that a place is a part of, from its county to its village: what is told of one is told of all. */
export function addressOf(place: PlaceReading, all: readonly PlaceReading[], text: string): Span {
  const joined = (one: Span, next: Span) =>
    next.start >= one.end && /^(?:的|那边的?|那儿的?|[市县区省])?$/u.test(text.slice(one.end, next.start));
  const near = ({ counties }: PlaceReading) => counties.some((county) => place.counties.includes(county));
  const before = all.findLast((other) => near(other) && joined(other, place));
  const after = all.find((other) => near(other) && joined(place, other));
  return { start: before?.start ?? place.start, end: after?.end ?? place.end };
}
