import { couldBeName } from "../names/bare-answer.ts";
import { isTalk } from "../names/no-name.ts";
import { put, type Reading } from "../reading.ts";
import { type Found, overlaps } from "../spans.ts";
import { describedPlace, landmarkIn, locationIn, mendedLocation, villageIn } from "./locations.ts";
import { bareMarket, marketsIn } from "./markets.ts";
import type { Where } from "./place-meant.ts";
import { boothIn, describedStall, stallIn } from "./stalls.ts";

/** The stall, and the spot that the places are part of. Returns the market that the register does not know. */
export function readStall(
  { text, clauses, words, expectation, slots, taken }: Reading,
  { mentions, places, market }: Where,
): Found<string> | undefined {
  const bazaar = marketsIn(text, { taken, mentions, words })[0];
  const markets = [
    ...places.filter(({ kind }) => kind === "market"),
    ...(bazaar === undefined ? [] : [bazaar]),
  ];
  const asksStall = expectation.asking.includes("stall") || expectation.asking.includes("market");
  put(slots, "stall", stallIn(text, { clauses, markets, places: mentions, taken, asked: asksStall }));
  if (markets.length > 0) put(slots, "stall", boothIn(text, taken, asksStall));
  if (expectation.asking.includes("stall")) put(slots, "stall", describedStall(clauses));
  put(slots, "location", mendedLocation(text));
  const address = locationIn(text, places, slots.stall);
  const sight = landmarkIn(text, slots.stall === undefined ? taken : [...taken, slots.stall], mentions);
  // 东环建材市场 is more than 东环.
  put(
    slots,
    "location",
    address ?? (sight !== undefined && bazaar !== undefined && overlaps(sight, bazaar) ? bazaar : sight),
  );
  if (market !== undefined)
    put(slots, "location", { value: market.text, start: market.start, end: market.end, rule: "location" });
  return bazaar;
}

/** The market that the register does not know, and the spot where nothing says more of it; answers to both. */
export function readMarket(
  { text, clauses, words, expectation, slots, taken }: Reading,
  { mentions, places }: Where,
  bazaar: Found<string> | undefined,
): void {
  put(slots, "market", bazaar);
  const bare = expectation.asking.includes("market") ? bareMarket(clauses) : undefined;
  // „补充说明“ says what is to be done, wherever it is said.
  const saysMarket =
    bare !== undefined &&
    // „在快手上买的“ tells of a platform.
    !(slots.platform !== undefined && overlaps(slots.platform, bare)) &&
    !isTalk(bare.value, words) &&
    !/^(?:做|卖|搞|生产|加工)|的$/u.test(bare.value) &&
    !Object.values(words.intents).some((intent) => intent.test(bare.value)) &&
    couldBeName(bare.value, text, words);
  if (saysMarket) put(slots, "market", bare);
  put(slots, "location", bazaar);
  put(slots, "location", villageIn(text, [...taken, ...mentions], places));
  if (
    slots.location === undefined &&
    slots.infringer === undefined &&
    expectation.asking.includes("location")
  ) {
    put(slots, "location", describedPlace(clauses, taken));
  }
}
