import { put, type Reading } from "../reading.ts";
import { relationIn } from "../relation.ts";
import { keepOnly, overlaps, type Span } from "../spans.ts";
import type { PlaceReading, Readers } from "../understanding.ts";
import {
  isAside,
  isBarred,
  isBeside,
  isBesides,
  isDenied,
  isHome,
  isOwn,
  isReported,
  isSellers,
  isTheirs,
  namesPlace,
} from "./place-told.ts";

/** Whether the person does not know in which of two cities of the same district it is: 石家庄还是沧州搞不清. */
const unsureOfCity = (text: string): boolean =>
  /(?:还是沧州|沧州还是)[^，。]{0,4}[我俺]?(?:也)?(?:搞|弄|分|说)?(?:不|没)|哪个?市的?(?:我)?(?:没|不)|也(?:可能|许)是[\u4e00-\u9fff]{2,3}那个|不(?:知道|清楚|晓得)是[^，。]{2,8}还是(?:哪|别)/u.test(
    text,
  );

/** Whether the person cannot tell which of two neighbours it is in: 就在两个县搭界那儿，归谁我也弄不清. */
const unsureWhich =
  /(?:归|是|算|属于?)[^，。]{0,2}(?:哪|谁)[^，。\s]{0,4}[，,\s]*(?:也|都|我|俺|真)*(?:[闹弄搞分]不清|说不(?:清|准|好)|不(?:知道|清楚|晓得|好说))|(?:[闹弄搞分]不清|说不(?:清|准|好)|不(?:知道|清楚|晓得))[^，。]{0,6}(?:归|是|算|属于?)[^，。]{0,2}(?:哪|谁)/u;

/** The place as one of two neighbours, where the person cannot tell which. */
function betweenTwo(
  place: ReturnType<typeof resolve>,
  meant: readonly PlaceReading[],
): ReturnType<typeof resolve> {
  const candidates = [...new Set(meant.flatMap(({ counties }) => (counties.length === 1 ? counties : [])))];
  if (candidates.length !== 2) return place;
  const reason = `${candidates.join("和")}挨着，拿不准也不要紧。`;
  return { ...place, county: undefined, candidates, reason };
}

/** The district as one that is asked about: here, or in the other city. */
const inDoubt = (place: ReturnType<typeof resolve>): ReturnType<typeof resolve> =>
  place.county === undefined
    ? place
    : {
        ...place,
        county: undefined,
        candidates: [place.county, "非本市"],
        reason: `外地也有叫${place.county}的，请问是沧州的${place.county}吗？`,
      };

/** The county that the places amount to. Of several, one town told beside bare counties is where it happened. */
function resolve(readers: Readers, text: string, places: readonly PlaceReading[], answersCounty: boolean) {
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
function addressOf(place: PlaceReading, all: readonly PlaceReading[], text: string): Span {
  const joined = (one: Span, next: Span) =>
    next.start >= one.end && /^(?:的|那边的?|那儿的?|[市县区省])?$/u.test(text.slice(one.end, next.start));
  const near = ({ counties }: PlaceReading) => counties.some((county) => place.counties.includes(county));
  const before = all.findLast((other) => near(other) && joined(other, place));
  const after = all.find((other) => near(other) && joined(place, other));
  return { start: before?.start ?? place.start, end: after?.end ?? place.end };
}

/** Whether what is called like a town stands right behind another town, and so is a village of that one: 铁城镇小王庄. */
const isVillage = (place: PlaceReading, all: readonly PlaceReading[]): boolean =>
  place.kind === "town" &&
  !/[镇乡]$/u.test(place.text) &&
  all.some(
    (other) =>
      other.end === place.start &&
      other.kind === "town" &&
      /[镇乡]$/u.test(other.text) &&
      place.counties.every((county) => !other.counties.includes(county)),
  );

/** The places of a message. */
export type Where = {
  /** Every place that is named as one, those that are denied, too. */
  mentions: readonly PlaceReading[];
  /** Those where it happened. */
  places: readonly PlaceReading[];
  /** Those, and such as are told only beside what happened, but may be meant where there is no other. */
  near: readonly PlaceReading[];
  /** Whether the message answers the question for the place. */
  answersPlace: boolean;
  /** The market of the register that is named. */
  market: PlaceReading | undefined;
  /** The county, or which to choose from. */
  resolved: ReturnType<typeof resolve> | undefined;
};

/** Where it happened, with the county and the market of the register that this amounts to. */
export function readPlaces(reading: Reading): Where {
  const { text, slots, taken, readers, expectation } = reading;
  const allPlaces = readers.places(text);
  // Where nothing is filed yet, a branch here is where it may be.
  const settled = expectation.known?.county !== undefined && expectation.known.county !== "非本市";
  const mentions = allPlaces
    .filter((place) => namesPlace(place, text) && !isVillage(place, allPlaces))
    .filter((place) => !settled || !isBesides(addressOf(place, allPlaces, text), text))
    .filter((place) => !taken.some((other) => overlaps(other, place)));
  const meant = affirmedPlaces(mentions, text);
  const answersPlace = expectation.asking.includes("county") || expectation.asking.includes("location");
  const { places, near } = happenedAt(reading, meant, answersPlace);
  // „市里“ to the question for the county is the city's districts.
  const inCity = expectation.asking.includes("county") && cityOnly.test(text);
  const resolved =
    resolvedOf(reading, { allPlaces, meant, places, near }) ??
    (inCity ? readers.resolvePlaces("沧州市区") : undefined);
  const firstPlace = places[0];
  if (resolved?.county !== undefined && firstPlace !== undefined) {
    put(slots, "county", {
      value: resolved.county,
      start: firstPlace.start,
      end: firstPlace.end,
      rule: "place",
    });
  }
  const market = [...places, ...near].find((place) => place.market !== undefined);
  if (market?.market !== undefined)
    put(slots, "market", {
      value: market.market,
      start: market.start,
      end: market.end,
      rule: "place.market",
    });
  return { mentions, places, near, answersPlace, market, resolved };
}

const cityOnly =
  /^(?:就|是|在|就在|我们|俺们|咱们?)*(?:市里|城里|市区|城区|市内|主城区?)(?:头|边|面)?(?:的|这块儿?|这边)?(?:吧|啊|呢)?[。！\s]*$/u;

/** The places that are not denied. */
function affirmedPlaces(mentions: readonly PlaceReading[], text: string): PlaceReading[] {
  // A place that was denied stays so where it is named again: 不是河间的，河间那家是经销商.
  const open = undecided(mentions, text);
  const denied = mentions.filter((place) => !open.includes(place) && isDenied(place, mentions, text));
  const deniedAt = new Map(
    denied.map((place) => [place.text, isBarred(place, text) ? 0 : place.start] as const),
  );
  return mentions.filter((place) => {
    const since = deniedAt.get(place.text);
    return !denied.includes(place) && !open.includes(place) && (since === undefined || place.start < since);
  });
}

/** Two places to choose between, where one of them is told once more: 南皮还是东光来着，我媳妇说是东光. */
function undecided(mentions: readonly PlaceReading[], text: string): readonly PlaceReading[] {
  const between = (one: Span, next: Span) =>
    next.start >= one.end &&
    /^[县市区]?(?:的|那边)?(?:还是|或者?是?)$/u.test(text.slice(one.end, next.start));
  const at = mentions.findIndex((place, index) => {
    const next = mentions[index + 1];
    return next !== undefined && between(place, next);
  });
  const choices = mentions.slice(at, at + 2).filter((place) => at >= 0 && place.counties.length === 1);
  const later = new Set(mentions.slice(at + 2).flatMap(({ counties }) => counties));
  const chosen = choices.some(({ counties }) => counties.every((county) => later.has(county)));
  return choices.length === 2 && later.size === 1 && chosen ? choices : [];
}

/** Where it happened, not where the person is from or where the goods came from, unless nothing else was named. */
function happenedAt(
  { text, expectation, words }: Reading,
  meant: readonly PlaceReading[],
  answersPlace: boolean,
): Pick<Where, "places" | "near"> {
  const whole = (place: PlaceReading): Span => addressOf(place, meant, text);
  const elsewhere = (place: PlaceReading): boolean => isBeside(whole(place), text);
  const accused = relationIn(text, expectation, words)?.value === "被控侵权人";
  const owned = accused ? [] : outdone(meant, { text, whole, elsewhere });
  // „离咱青县不远“ tells how far it is, „我人在青县住“ who asks.
  const isFarFrom = (place: PlaceReading): boolean =>
    /(?:离(?:着)?(?:我|俺|咱)?们?|(?:我|俺)(?:的)?人(?:就|是)?(?:在|住))$/u.test(text.slice(0, place.start));
  const counts = (place: PlaceReading): boolean =>
    !owned.includes(place) && !isFarFrom(place) && (answersPlace || accused || !isHome(whole(place), text));
  const told = meant.filter(
    (place) => !elsewhere(place) && counts(place) && (place.kind !== "outside" || !isAside(place, text)),
  );
  // Where goods were sent from, or where the person lives, says nothing when it lies elsewhere.
  const near = meant.filter(
    (place) => (place.kind !== "outside" || (!elsewhere(place) && !isAside(place, text))) && counts(place),
  );
  // A maker elsewhere does not move the market where it was sold.
  const sold = told.some(
    (place) => place.market !== undefined || (place.kind !== "outside" && isSellers(place, text)),
  );
  const abroad = sold ? [] : meant.filter((place) => place.kind === "outside" && isTheirs(place, text));
  const notFrom = near.filter((place) => !/(?:从|打)$/u.test(text.slice(0, place.start)));
  const outright = told.find((place) => isReported(whole(place), text));
  const reported =
    outright === undefined
      ? []
      : told.filter(({ start, counties }) => start >= outright.start || counties[0] === outright.counties[0]);
  // „沧州“ alone, of a firm's name or in passing, says less than any place in it.
  const closer = told.every(({ kind }) => kind === "city") ? [] : told;
  const places = [reported, abroad, closer, notFrom, near].find((some) => some.length > 0) ?? [];
  return { places, near };
}

/** The person's own places where another county is told besides: 我们厂在河间，让任丘一家给仿了. */
function outdone(
  meant: readonly PlaceReading[],
  {
    text,
    whole,
    elsewhere,
  }: { text: string; whole(place: PlaceReading): Span; elsewhere(place: PlaceReading): boolean },
): readonly PlaceReading[] {
  const own = meant.filter((place) => isOwn(whole(place), text) || isHome(whole(place), text));
  const besides = meant.some(
    (place) =>
      !own.includes(place) &&
      !elsewhere(place) &&
      (place.kind !== "outside" || !isAside(place, text)) &&
      own.some(({ counties }) => counties.every((county) => !place.counties.includes(county))),
  );
  return besides ? own : [];
}

/** The county that the places amount to, or which to choose from. */
function resolvedOf(
  { text, readers, expectation }: Reading,
  {
    allPlaces,
    meant,
    places,
    near,
  }: Record<"allPlaces" | "meant" | "places" | "near", readonly PlaceReading[]>,
): Where["resolved"] {
  const placeText = keepOnly(text, places, allPlaces);
  const answersCounty = expectation.asking.includes("county") && text.length <= 8;
  const first = places.length === 0 ? undefined : resolve(readers, placeText, places, answersCounty);
  // „我以前在任丘市油建路的…上班“: a road tells no county, so what stands before it does.
  const nowhere = first?.county === undefined && (first?.candidates ?? []).length === 0;
  const heard =
    nowhere && near.length > places.length
      ? resolve(readers, keepOnly(text, near, allPlaces), near, answersCounty)
      : first;
  // „我是青县马厂的，在我们马厂街上买的“: a place that may be meant is sure where the person names its county besides.
  const [likely, ...others] = heard?.candidates ?? [];
  const besides = meant.some(
    ({ kind, spelled, exact, counties }) =>
      // A street's name is an everyday word, and vouches for nothing.
      (kind !== "ambiguous" || spelled === true) && exact && counties.length === 1 && counties[0] === likely,
  );
  const sure =
    heard !== undefined && heard.county === undefined && others.length === 0 && besides
      ? { ...heard, county: likely, candidates: [] }
      : heard;
  if (sure?.county !== undefined && unsureWhich.test(text)) return betweenTwo(sure, meant);
  const small = places.some(({ kind }) => kind === "town" || kind === "market");
  return sure !== undefined && !small && unsureOfCity(text) ? inDoubt(sure) : sure;
}
