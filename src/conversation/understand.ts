import { findDates } from "../calendar/said-date.ts";
import type { SlotName, Slots } from "../reports/report.ts";
import { fold } from "../text/fold.ts";
import { assents } from "./assent.ts";
import { bareAnswer, couldBeName } from "./bare-answer.ts";
import { affirmedOf, isOfReported, punctuated, withoutCommands, withoutTakenBack } from "./begin-reading.ts";
import { dateSlot, isOnlyDate, neitherFrom, tellsDeed } from "./days.ts";
import {
  employerIn,
  goodsOfFirm,
  inFull,
  isFirm,
  maker,
  maxNameChars,
  rankedFirst,
  sentOnGoods,
} from "./firms-and-goods.ts";
import { intentsOf } from "./intents.ts";
import {
  dateTerms,
  type FlagSlot,
  flagCues,
  type Leaning,
  leaningOfTerms,
  leanings,
  leaningTerms,
  noLeaning,
  remedies as remedyNames,
} from "./leaning.ts";
import { describedPlace, landmarkIn, locationIn, villageIn } from "./locations.ts";
import { bareMarket, marketsIn } from "./markets.ts";
import { matterIn, numbered } from "./matter.ts";
import {
  couldBePerson,
  findContactName,
  findCorrections,
  findInfringers,
  findMendedName,
  findProducts,
  isDescription,
  isNoFirm,
  isOwnName,
  isRunBySpeaker,
  isTalk,
  mendedByLabel,
  withHead,
} from "./names.ts";
import { addressOf, inDoubt, resolve, unsureOfCity } from "./place-meant.ts";
import {
  deniedAfter,
  isAside,
  isAuthority,
  isBeside,
  isHome,
  isReported,
  isTheirs,
  namesAccount,
  namesFirm,
  namesGoods,
  saysNoPlace,
} from "./place-told.ts";
import { askedNumbers, asksForReal, asksInGeneral, asksLeave, echoedIn, questionIn } from "./questions.ts";
import { relationIn, withoutDeniedRights } from "./relation.ts";
import { isSmallTalk, requestsOf } from "./requests.ts";
import { tellsFacts } from "./signals.ts";
import {
  clausesOf,
  type Found,
  isWhole,
  keepOnly,
  overlaps,
  placesOf,
  type Span,
  withoutSpans,
} from "./spans.ts";
import { spacedOut } from "./speaker.ts";
import { boothIn, describedStall, stallIn } from "./stalls.ts";
import { taggedSlots, weigh } from "./tagger.ts";
import type {
  Expectation,
  FoundSlots,
  PlaceReading,
  Readers,
  Signals,
  Understanding,
} from "./understanding.ts";
import { hintsOf, settled } from "./weighed.ts";
import { actHints, weighActs } from "./weighed-acts.ts";
import { withoutOthersDoings, yesOrNo } from "./yes-or-no.ts";

const negatedBefore =
  /(?:不是|不在|并非|别写|不要写|没在|不归|不属于|而不是)(?:在|去|到|我说的|咱们?|我们?|你们?|恁们?)?$/u;

/**
 * What a text says. Pure: the same text, expectation and date give the same reading.
 *
 * @param today The date of the message in Asia/Shanghai, `YYYY-MM-DD`.
 */
export function understand(
  raw: string,
  expectation: Expectation,
  today: string,
  readers: Readers,
): Understanding {
  const { words } = readers;
  const given = words.mend(punctuated(fold(raw)));
  const injected = words.intents.injection.test(given);
  // What would command the machine is data of no use: its clauses give no facts and no yes.
  const text = withoutTakenBack(injected ? withoutCommands(given, words) : given);
  const clauses = clausesOf(text);
  const written = readers.patentNumbers(text);
  const numbers = affirmedOf(written, text);
  const taken: Span[] = [...written];
  const phones = affirmedOf(readers.phones(text), text).filter(
    (phone) => !written.some((number) => overlaps(number, phone)) && !isOfReported(phone, text),
  );
  taken.push(...phones);
  const link =
    /[¥￥$][A-Za-z0-9]{6,16}[¥￥$]|https?:\/\/[^\s，。；、"”）)]+|(?:www\.|m\.)[\w.-]+\.[a-z]{2,}[^\s，。；、"”）)]*/iu.exec(
      text,
    );
  if (link !== null) taken.push({ start: link.index, end: link.index + link[0].length });

  const slots: FoundSlots = {};
  const put = <K extends SlotName>(name: K, found: Found<NonNullable<Slots[K]>> | undefined) => {
    if (found !== undefined && slots[name] === undefined) {
      (slots as Record<string, unknown>)[name] = found;
    }
  };
  const stated = (value: string, rule: string, pattern: RegExp): Found<string> | undefined => {
    const match = pattern.exec(text);
    return match === null
      ? undefined
      : { value, start: match.index, end: match.index + match[0].length, rule };
  };
  const saysYes = (word: string): Found<boolean> | undefined => {
    const start = text.indexOf(word);
    return start < 0 ? undefined : { value: true, start, end: start + word.length, rule: "anonymous.asked" };
  };
  const general = asksInGeneral(text);
  const own = withoutOthersDoings(text);
  const flag = (value: boolean, rule: string, pattern: RegExp): Found<boolean> | undefined => {
    if (general && expectation.asking.length === 0) return undefined;
    const match = pattern.exec(own.replace(asksLeave, (asked) => "＊".repeat(asked.length)));
    return match === null
      ? undefined
      : { value, start: match.index, end: match.index + match[0].length, rule };
  };

  const good = numbers.find((number) => number.valid !== undefined);
  if (good?.valid !== undefined)
    put("patentNumber", { value: good.valid, start: good.start, end: good.end, rule: "patentNumber" });
  const phone = phones.find((one) => one.valid !== undefined);
  if (phone?.valid !== undefined)
    put("contactPhone", { value: phone.valid, start: phone.start, end: phone.end, rule: "phone" });
  if (link !== null)
    put("link", { value: link[0], start: link.index, end: link.index + link[0].length, rule: "link" });

  const seen = [...taken];

  // Who the person is, before anything else is read as a name.
  const wantsName =
    expectation.asking.includes("contactName") ||
    expectation.asking.includes("contactPhone") ||
    phone?.valid !== undefined;
  const ownText = withoutSpans(
    text,
    readers.phones(text).filter((one) => isOfReported(one, text)),
  );
  const { contactName: knownName, contactPhone: knownPhone } = expectation.known ?? {};
  const calledName =
    (wantsName || knownName !== undefined || knownPhone !== undefined
      ? findMendedName(ownText, knownName, words)
      : undefined) ?? findContactName(ownText, wantsName, words);
  // „任丘“ alone is the place, though 任 is a surname.
  const isPlace =
    calledName !== undefined &&
    /^contact\.(?:bare|role|signed|firstPerson)$/u.test(calledName.rule) &&
    readers
      .places(calledName.value)
      .some(({ kind, text: all }) => kind !== "outside" && all === calledName.value);
  const contactName = isPlace ? undefined : calledName;
  put("contactName", contactName);
  if (contactName !== undefined) taken.push(contactName);
  put(
    "anonymous",
    flag(false, "anonymous.no", words.anonymousNo) ??
      flag(true, "anonymous.yes", words.anonymousYes) ??
      // „匿名中不“ to the question for a name takes it, though it asks.
      ((expectation.asking.includes("anonymous") ||
        (expectation.drafting && words.intents.finish.test(text))) &&
      text.length <= 14
        ? saysYes("匿名")
        : undefined) ??
      spacedOut(text, words.anonymousYes),
  );
  put(
    "callback",
    flag(false, "callback.no", words.callbackNo) ?? flag(true, "callback.yes", words.callbackYes),
  );

  // Where. A place that is denied („不是盐山，是孟村“) does not count.
  const allPlaces = readers.places(text);
  const mentions = allPlaces
    .filter((place) => !namesGoods.test(text.slice(place.end, place.end + 6)))
    .filter((place) => !isAuthority(text.slice(place.end, place.end + 14)))
    .filter((place) => !namesAccount(text, place))
    // „你们沧州管不管“ speaks to the desk.
    .filter(
      (place) =>
        place.kind !== "city" || !/(?:你|您|恁)们(?:这儿?|那儿?)?$/u.test(text.slice(0, place.start)),
    )
    .filter((place) => place.kind !== "outside" || !namesFirm.test(text.slice(place.end, place.end + 12)))
    .filter(
      (place) => place.kind !== "outside" || !saysNoPlace(text.slice(place.end, place.end + 4), place.text),
    )
    .filter((place) => !taken.some((other) => overlaps(other, place)));
  const isDenied = (place: Span): boolean =>
    negatedBefore.test(text.slice(Math.max(0, place.start - 6), place.start)) ||
    deniedAfter.test(text.slice(place.end, place.end + 6)) ||
    // „不是任丘那个辛中驿“ denies both.
    mentions.some(
      (other) =>
        other.end <= place.start &&
        /^(?:的|那个?|那边的?)?$/u.test(text.slice(other.end, place.start)) &&
        isDenied(other),
    );
  // A place that was denied stays so where it is named again: 不是河间的，河间那家是经销商.
  const deniedAt = new Map(mentions.filter(isDenied).map((place) => [place.text, place.start]));
  const meant = mentions.filter((place) => {
    const since = deniedAt.get(place.text);
    return !isDenied(place) && (since === undefined || place.start < since);
  });
  // Where it happened, not where the person is from or where the goods came from, unless nothing else was named.
  const whole = (place: PlaceReading): Span => addressOf(place, meant, text);
  const atHome = (place: PlaceReading): boolean => isHome(whole(place), text);
  const elsewhere = (place: PlaceReading): boolean => isBeside(whole(place), text);
  const answersPlace = expectation.asking.includes("county") || expectation.asking.includes("location");
  const accused = relationIn(text, expectation, words)?.value === "被控侵权人";
  const told = meant.filter(
    (place) =>
      !elsewhere(place) &&
      (answersPlace || accused || !atHome(place)) &&
      (place.kind !== "outside" || !isAside(place, text)),
  );
  // Where goods were sent from, or where the person lives, says nothing when it lies elsewhere.
  const near = meant.filter(
    (place) =>
      (place.kind !== "outside" || (!elsewhere(place) && !isAside(place, text))) &&
      (answersPlace || accused || !atHome(place)),
  );
  // A maker elsewhere does not move the market where it was sold.
  const sold = told.some(({ market }) => market !== undefined);
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
  const small = places.some(({ kind }) => kind === "town" || kind === "market");
  const resolved = sure !== undefined && !small && unsureOfCity(text) ? inDoubt(sure) : sure;
  const firstPlace = places[0];
  if (resolved?.county !== undefined && firstPlace !== undefined) {
    put("county", { value: resolved.county, start: firstPlace.start, end: firstPlace.end, rule: "place" });
  }
  const market = [...places, ...near].find((place) => place.market !== undefined);
  if (market?.market !== undefined)
    put("market", { value: market.market, start: market.start, end: market.end, rule: "place.market" });
  const bazaar = marketsIn(text, { taken, mentions, words })[0];
  const markets = [
    ...places.filter(({ kind }) => kind === "market"),
    ...(bazaar === undefined ? [] : [bazaar]),
  ];
  const asksStall = expectation.asking.includes("stall") || expectation.asking.includes("market");
  put("stall", stallIn(text, { clauses, markets, places: mentions, taken, asked: asksStall }));
  if (markets.length > 0) put("stall", boothIn(text, taken, asksStall));
  if (expectation.asking.includes("stall")) put("stall", describedStall(clauses));
  const address = locationIn(text, places, slots.stall);
  const sight = landmarkIn(text, slots.stall === undefined ? taken : [...taken, slots.stall], mentions);
  // 东环建材市场 is more than 东环.
  put(
    "location",
    address ?? (sight !== undefined && bazaar !== undefined && overlaps(sight, bazaar) ? bazaar : sight),
  );
  if (market !== undefined)
    put("location", { value: market.text, start: market.start, end: market.end, rule: "location" });

  const platforms = words.platforms
    .flatMap(({ name, spelling }) => placesOf(spelling, text).map((start) => ({ name, spelling, start })))
    .filter(
      ({ start, spelling }) =>
        !negatedBefore.test(text.slice(Math.max(0, start - 6), start)) &&
        !/^(?:改成|换成|改为|的?不是|不对)/u.test(
          text.slice(start + spelling.length, start + spelling.length + 4),
        ) &&
        // 1688 within a telephone number is no platform.
        !taken.some((other) => overlaps(other, { start, end: start + spelling.length })),
    )
    .sort((a, b) => a.start - b.start || b.spelling.length - a.spelling.length);
  const platform =
    platforms.find(({ start }) =>
      /(?:改成|换成|改为|主要是|应该是|主要在|是在|而是)$/u.test(text.slice(0, start)),
    ) ?? platforms[0];
  const namedPlatform =
    /(?:在|从|去|到|上)(?:(?:咱|我)们?(?:这儿?|这里)?)?(?:本地|当地)?的?(?<name>[\u4e00-\u9fffA-Za-z0-9]{2,6}?)(?:购物)?(?:平台|网站|商城|APP|app)(?:上|里|买|卖|下单)/u.exec(
      text,
    ) ??
    /(?:平台|网站|小程序|商城|APP|app)(?:的)?(?:名(?:字|称)?)?(?:叫做?|名叫|是叫)\s*[“"「]?(?<name>[\u4e00-\u9fffA-Za-z0-9]{2,12}?)[”"」]?(?=$|[，。,\s]|的|上|在)/u.exec(
      text,
    ) ??
    /(?:(?:咱|我)们?(?:这儿?|这里|沧州)?的?(?:本地|当地|本市)?|本地|当地|本市|举报|投诉|反映)的?(?:那个|这个|一个)?(?:叫)?[“"「]?(?<name>[\u4e00-\u9fffA-Za-z0-9]{2,6}?)[”"」]?(?:购物|电商|团购|直播)?(?:平台|网站|商城|APP|app|小程序)(?=上|里|不|没|接|的|公司|有|，|。|$)/u.exec(
      text,
    );
  const platformName = namedPlatform?.groups?.["name"];
  const anyPlatform =
    /^(?:这|那|哪|某|一|个|家|他|它|的|网络|电商|网购|购物|直播|交易|团购|本地|当地|第三方|大|外卖|短视频|二手|线上|正规|有)|[我俺咱你他她它的是就谁]|举报|投诉|反映|要求|[要想来]告/u;
  if (
    platform === undefined &&
    namedPlatform !== null &&
    platformName !== undefined &&
    !anyPlatform.test(platformName)
  ) {
    const start = namedPlatform.index + namedPlatform[0].lastIndexOf(platformName);
    put("platform", { value: platformName, start, end: start + platformName.length, rule: "platform.named" });
  }
  // A link says where it leads.
  const host = link === null ? undefined : words.platformHosts.find(({ pattern }) => pattern.test(link[0]));
  if (platform === undefined && link !== null && host !== undefined)
    put("platform", {
      value: host.name,
      start: link.index,
      end: link.index + link[0].length,
      rule: "platform.link",
    });
  if (platform !== undefined) {
    const { name, spelling, start } = platform;
    put("platform", { value: name, start, end: start + spelling.length, rule: "platform" });
  }

  // What is called a product outright is no firm, whatever it ends in.
  const namedProduct = findProducts(clauses, [...taken, ...mentions], words).find(
    ({ rule }) => rule === "product.named",
  );
  const infringers = findInfringers(clauses, taken, mentions, words).filter(
    (found) =>
      !negatedBefore.test(text.slice(Math.max(0, found.start - 6), found.start)) &&
      !isTalk(found.value, words) &&
      !(namedProduct !== undefined && overlaps(found, namedProduct)),
  );
  put("infringer", infringers[0]);

  put("market", bazaar);
  const bare = expectation.asking.includes("market") ? bareMarket(clauses) : undefined;
  // „补充说明“ says what is to be done, wherever it is said.
  const saysMarket =
    bare !== undefined &&
    !isTalk(bare.value, words) &&
    !/^(?:做|卖|搞|生产|加工)|的$/u.test(bare.value) &&
    !Object.values(words.intents).some((intent) => intent.test(bare.value)) &&
    couldBeName(bare.value, text, words);
  if (saysMarket) put("market", bare);
  put("location", bazaar);
  put("location", villageIn(text, [...taken, ...mentions], places));
  if (
    slots.location === undefined &&
    slots.infringer === undefined &&
    expectation.asking.includes("location")
  ) {
    put("location", describedPlace(clauses, taken));
  }
  // Answers to what was asked: a short clause that no other rule has a claim on.
  if (slots.infringer === undefined && phone === undefined && expectation.asking.includes("infringer")) {
    const none = [namedProduct, slots.stall].filter((one) => one !== undefined);
    put("infringer", bareAnswer(clauses, [...taken, ...mentions, ...none], words, "infringer"));
  }
  const nameTaken = slots.infringer === undefined ? taken : [...taken, slots.infringer];
  const products = findProducts(clauses, [...nameTaken, ...mentions], words);
  put("product", namedProduct ?? products.find(({ value }) => !isTalk(value, words)));
  if (slots.product === undefined && phone === undefined && expectation.asking.includes("product")) {
    put("product", bareAnswer(clauses, [...nameTaken, ...mentions], words, "product"));
  }

  const candidates = {
    infringer: rankedFirst(slots.infringer, infringers),
    product: rankedFirst(slots.product, products),
    contactName: rankedFirst(slots.contactName, []),
  };
  const asking = expectation.asking;
  const read = readers.tag(
    text,
    { clauses, taken: seen, places: mentions, phones, asking, candidates },
    words,
  );
  // What the rules know to be another thing is none, however probable.
  const tagging = {
    ...read,
    spans: read.spans.filter(
      (span) =>
        span.value.length <= maxNameChars &&
        !isTalk(span.value, words) &&
        clauses.every((clause) => !isWhole(span, clause) || couldBeName(span.value, clause.text, words)) &&
        !negatedBefore.test(text.slice(Math.max(0, span.start - 6), span.start)) &&
        !(
          span.slot === "infringer" &&
          (isOwnName(text, span.start) ||
            (slots.stall !== undefined && overlaps(slots.stall, span)) ||
            isRunBySpeaker(text.slice(Math.max(0, span.start - 20), span.start), text.slice(span.end)) ||
            /^(?:做|卖|修|收|开)(?!心)/u.test(span.value) ||
            (isDescription(span.value, words) && !/[“"「『]/u.test(text[span.start - 1] ?? "")) ||
            isNoFirm(
              span.value,
              text.slice(Math.max(0, span.start - 14), span.start),
              text.slice(span.end, span.end + 8),
            ))
        ) &&
        !(span.slot === "contactName" && !couldBePerson(span.value, words)),
    ),
  };
  const behindPlace = (one: Span) => mentions.some(({ end, kind }) => end === one.start && kind === "town");
  // „我做工艺玻璃的，隔壁厂仿我的杯子“: what the speaker makes is not yet what it is about.
  const ofOwnTrade = (one: Span) =>
    /(?:我|俺|咱)(?:们)?(?:家|厂|公司|店)?(?:是|就是)?(?:做|干|搞|卖|生产|加工|批发)$/u.test(
      text.slice(Math.max(0, one.start - 8), one.start),
    ) && /^(?:生意)?的/u.test(text.slice(one.end));
  for (const slot of taggedSlots) {
    // Goods are no part of the name that was settled on before.
    const other = slot === "product" ? slots.infringer : undefined;
    const found = weigh(slot, candidates[slot], tagging, { other, placed: behindPlace, aside: ofOwnTrade });
    if (found === undefined) delete slots[slot];
    else if (slot === "infringer") slots.infringer = inFull(found, text, mentions);
    else slots[slot] = slot === "product" ? withHead(found, text) : found;
  }

  // „那个店叫二柱子泵业门口写的“ to the question where it is: the name was told, not the place.
  const named = slots.infringer;
  const described = slots.location?.rule === "location.described" ? slots.location : undefined;
  if (described !== undefined && named !== undefined && overlaps(described, named)) delete slots.location;

  for (const { slot, ...mended } of mendedByLabel(text, expectation.known ?? {})) slots[slot] = mended;

  let corrected = 0;
  for (const { instead, value } of findCorrections(text)) {
    // What was called by its label is mended already.
    if (Object.values(slots).some((slot) => slot.rule.endsWith(".mended") && overlaps(slot, value))) continue;
    const lead = text.slice(corrected, value.start);
    corrected = value.end;
    if (mentions.some((place) => overlaps(place, value))) continue;
    // „是A21，不是A12“ mends the stall.
    const { stall: booth } = expectation.known ?? {};
    if (booth?.includes(instead) === true && /\d/u.test(value.value)) {
      slots.stall = { ...value, value: booth.replace(instead, () => value.value) };
      continue;
    }
    const known = (name: "infringer" | "product") => {
      const all = expectation.known?.[name];
      return all !== undefined && (all.includes(instead) || instead.includes(all)) ? all : undefined;
    };
    const saysGoods = /产品|货|东西/u.test(lead) || known("product") === instead;
    const saysFirm = /(?:厂|店|公司)(?:的)?(?:名|字号)/u.test(lead) || known("infringer") === instead;
    const isGoods = saysGoods !== saysFirm ? saysGoods : known("product") !== undefined;
    const slot = isGoods ? "product" : "infringer";
    const whole = known(slot);
    // „我名字不是张三是张山“ is about who tells it.
    if (whole === undefined && /(?:我|俺|本人|联系人)(?:的)?(?:名|姓|电话|手机)|姓名|称呼/u.test(lead)) {
      if (couldBePerson(value.value, words) && value.value.length <= 4) slots.contactName = value;
      continue;
    }
    const names = /(?:厂|店|公司|招牌|门头)(?:的)?(?:名|字号|叫|上写)|(?<!匿|姓)名/u.test(text);
    if (whole === undefined && !names && !isFirm(value.value, words)) continue;
    // „不是瑞丰，是瑞峰“ of 瑞丰弯头厂 mends that part of the name.
    const mends = whole !== undefined && whole !== instead && instead.length === value.value.length;
    slots[slot] = mends ? { ...value, value: whole.replace(instead, () => value.value) } : value;
    const other = slot === "infringer" ? "product" : "infringer";
    if (slots[other] !== undefined && overlaps(slots[other], value)) delete slots[other];
  }

  // „改成西方线缆厂“, and nothing else: what is shaped like a firm takes the firm's place.
  const renamed =
    /^(?:那?就|还是)?(?:改成|改为|换成)[ ：:]*(?<name>[^，。！!?？\s]{2,24}?)(?:吧|啊|呀)?[。！]*$/u.exec(
      text.trim(),
    );
  const renamedTo = renamed?.groups?.["name"];
  if (renamedTo !== undefined && expectation.known?.infringer !== undefined && isFirm(renamedTo, words)) {
    const start = text.indexOf(renamedTo);
    slots.infringer = { value: renamedTo, start, end: start + renamedTo.length, rule: "correction" };
    delete slots.product;
  }

  // The number of a stall is no name.
  if (slots.stall !== undefined && slots.infringer !== undefined && overlaps(slots.stall, slots.infringer))
    delete slots.infringer;

  // A name that the person goes by is nobody else's.
  if (contactName !== undefined && /^contact\.(?!bare|am)/u.test(contactName.rule)) {
    for (const slot of ["infringer", "product"] as const)
      if (slots[slot] !== undefined && overlaps(slots[slot], contactName)) delete slots[slot];
  }

  const unquoted = text.replace(/[“"「『][^”"」』]*[”"」』]/gu, (quoted) => " ".repeat(quoted.length));
  put("relation", general ? undefined : relationIn(unquoted, expectation, words));
  put(
    "suedAlready",
    flag(false, "sued.no", words.suedNo) ??
      flag(true, "sued.yes", words.suedYes) ??
      (expectation.asking.includes("suedAlready") ? yesOrNo(text) : undefined),
  );
  const wishes = own.replace(
    /(?:不图|不是图|不要|不求|没想|不想要|不用|不指望|不稀罕|不为|赔不)[^，。]{0,4}赔(?:不赔)?(?:钱|偿|款)?|赔不赔(?:钱)?[^，。]{0,6}|(?:让|叫|要|逼)(?:我|俺|咱)(?:们)?(?:停产|停售|停|赔|下架)[^，。]{0,6}|(?:不(?:给)?(?:我)?|直接给|被|给我|已经|都给)下架|请自行协商|说不和解就|赔个不是|(?:跟|和|与|还是)(?:调解|十倍赔)[^，。]{0,6}(?:能|选|[?？]|$)|假一赔[十三]|(?:我|俺)?(?:不想|不愿|不接受|不同意|不要|也?不用你们)(?:跟他|和他)?(?:调解|协商|说和|私了|谈)/gu,
    (unwanted) => "＊".repeat(unwanted.length),
  );
  const remedies = words.remedies.filter(({ pattern }) => pattern.test(wishes));
  const asksForRemedy =
    expectation.asking.includes("remedy") ||
    /(?:请|责令|希望|要(?!是|么)|想|让|叫|得|给|别|就行|就中|帮|盼|求|退一赔|假一赔|倍赔)/u.test(wishes);
  const firstRemedy = remedies[0]?.pattern.exec(wishes);
  if (asksForRemedy && firstRemedy != null) {
    put("remedy", {
      value: remedies.map(({ name }) => name).join("、"),
      start: firstRemedy.index,
      end: firstRemedy.index + firstRemedy[0].length,
      rule: "remedy",
    });
  }
  const bareYear =
    /^(?:大概|大约|好像|应该|差不多|得有|就是|是|从)*(?<year>(?:19|20)\d{2})年?(?:吧|左右|前后|的|那年|那会儿|开始|年)*[。，！\s]*$/u.exec(
      text.trim(),
    )?.groups?.["year"];
  const askedDate = expectation.asking.find((name) => name === "occurredAt" || name === "knownSince");
  if (bareYear !== undefined && askedDate !== undefined && bareYear <= today.slice(0, 4))
    put(askedDate, { value: bareYear, start: 0, end: text.length, rule: "date.bareYear" });
  const dates = findDates(
    text.replace(/(?:不是|并非)[^，。]{1,10}(?=[，。]|是)/gu, (unmeant) => " ".repeat(unmeant.length)),
    today,
  );
  const happenings: ((typeof dates)[number] & { likely: number })[] = [];
  const weighedDates: Understanding["weighed"]["dates"] = [];
  // „说错了，不是昨天，是前天“ mends the day that was told.
  const mendsDate = words.correction.test(text) && expectation.known?.occurredAt !== undefined;
  for (const [index, date] of dates.entries()) {
    if (taken.some((other) => overlaps(other, date))) continue;
    // „今儿天真冷“ is small talk.
    if (/^(?:的)?(?:天气|真|太|可真|挺|怪)/u.test(text.slice(date.end))) continue;
    const after = dates.find((other) => other.start >= date.end)?.start ?? text.length;
    const told = text.slice(0, after);
    const rule = dateSlot(told, date, Object.keys(slots).length > 0);
    const deed = tellsDeed(told, date);
    const terms = dateTerms(text, date, [
      `rule=${rule ?? noLeaning}`,
      `deed=${deed}`,
      `place=${index === 0 ? "first" : "later"}of${dates.length > 1 ? "several" : "one"}`,
      Object.keys(slots).length > 0 ? "facts" : "bare",
    ]);
    weighedDates.push({ value: date.value, terms });
    const leaning = leaningOfTerms(leanings().date, terms);
    const isNeither = leaning.kind === noLeaning && leaning.probability >= neitherFrom;
    const learned =
      leaning.kind === "occurredAt" || leaning.kind === "knownSince"
        ? leaning.kind
        : isNeither
          ? undefined
          : rule;
    const alone = expectation.drafting && isOnlyDate(text, date) ? "occurredAt" : undefined;
    const slot = askedDate ?? learned ?? alone ?? (mendsDate ? "occurredAt" : undefined);
    if (slot === "occurredAt" && askedDate === undefined)
      happenings.push({ ...date, likely: leaning.probabilities["occurredAt"] ?? 0 });
    else if (slot !== undefined) put(slot, date);
  }
  // Of several days, the one that is likeliest to be that of the deed.
  const [happening] = happenings.sort((a, b) => b.likely - a.likely);
  if (happening !== undefined) {
    const { likely: _, ...date } = happening;
    put("occurredAt", date);
  }
  const noEvidence = stated("0", "evidence.none", words.noEvidence);
  if (noEvidence !== undefined && !/专利/u.test(noEvidence.value)) {
    put("evidenceCount", { value: 0, start: noEvidence.start, end: noEvidence.end, rule: "evidence.none" });
  }

  const requests = requestsOf(text, words);
  const agrees =
    text.length <= 10 &&
    words.intents.confirm.test(text) &&
    !words.question.test(text.replace(/[吧呢]|[这那]么/gu, ""));
  // What is small talk, or asks that nobody be told, names no firm and no goods.
  const smallTalk =
    isSmallTalk(text, words) && numbers.length === 0 && phones.length === 0 && slots.county === undefined;
  if (smallTalk || (requests.secrecy && text.length <= 16)) {
    for (const name of ["infringer", "product", "contactName", "occurredAt", "location"] as const)
      delete slots[name];
  }
  if (words.intents.abuse.test(text)) {
    for (const name of ["infringer", "product", "contactName"] as const)
      if (/\.(?:bare|learned)$/u.test(slots[name]?.rule ?? "")) delete slots[name];
  }
  // „谢谢你啊 态度真好“ to the question for the firm names none.
  const thanked = words.intents.thanks.test(text) ? slots.infringer : undefined;
  if (thanked?.rule === "infringer.bare" && !isFirm(thanked.value, words)) delete slots.infringer;
  const calms = requests.calmed && !/[?？]/u.test(text);
  // „哪个区？运河区“ to the question which repeats it, and answers.
  const echo = answersPlace && places.length > 0 ? echoedIn(text, mentions) : 0;
  const question =
    !agrees &&
    !smallTalk &&
    !calms &&
    !(expectation.drafting && requests.showsDraft) &&
    asksForReal(text.slice(echo), words)
      ? questionIn(
          clauses.filter(({ start }) => start >= echo),
          words,
          taken,
          infringers,
          expectation.drafting ? [] : written,
          expectation.drafting ? mentions.filter((place) => !isHome(place, text)) : [],
        )
      : undefined;
  const asksNumber =
    question !== undefined && !expectation.drafting && askedNumbers(clauses, written).length > 0;
  // A number that reads as a patent's says „专利“ whether or not the word stands beside it.
  const aside = expectation.asking.length > 0 && !expectation.asking.includes("reportType");
  const mayLean = text.length >= 10 && !aside && !general && !smallTalk;
  const plainMatter = matterIn(text, words, expectation);
  const numberedMatter =
    plainMatter !== undefined ||
    numbers.length === 0 ||
    expectation.asking.includes("patentNumber") ||
    words.correction.test(text) ||
    /对不对/u.test(text)
      ? undefined
      : matterIn(numbered(text, numbers), words, expectation);
  const ruled = plainMatter ?? (numberedMatter?.value === "标识不规范" ? undefined : numberedMatter);
  const weighed = {
    text: withoutDeniedRights(unquoted),
    hints: [...hintsOf("reportType", ruled), ...hintsOf("relation", slots.relation)],
    flags: {} as { [F in FlagSlot]?: string[] },
    dates: weighedDates,
  };
  /** What was learned of a yes or no that the rules say, or do not; undefined where it leaves what they say. */
  const weighFlag = (slot: FlagSlot, rule: boolean | undefined, asked: boolean): Leaning | undefined => {
    if (!asked && (general || !flagCues[slot].test(text))) return undefined;
    const said = `rule=${rule ?? noLeaning}`;
    weighed.flags[slot] = [asked ? "asked" : "unasked", said, `${asked}${said}`];
    const leaning = leaningOfTerms(leanings()[slot], leaningTerms(weighed.text, weighed.flags[slot]));
    if (leaning.kind === String(rule ?? noLeaning)) return undefined;
    return leaning.probability < (leaning.kind === noLeaning ? 0.9 : 0.5) ? undefined : leaning;
  };
  for (const slot of ["suedAlready", "callback"] as const) {
    const leaning = weighFlag(slot, slots[slot]?.value, expectation.asking.includes(slot));
    if (leaning === undefined) continue;
    delete slots[slot];
    if (leaning.kind === noLeaning) continue;
    const value = leaning.kind === "true";
    put(slot, { value, start: 0, end: text.length, rule: `${slot}.leaning(${leaning.because.join(" ")})` });
  }
  const asked = slots.remedy?.value.split("、") ?? [];
  const wanted = remedyNames.filter((remedy) => {
    const rule = asked.includes(remedy);
    const leaning = weighFlag(remedy, rule ? true : undefined, expectation.asking.includes("remedy"));
    return leaning === undefined ? rule : leaning.kind === "true";
  });
  if (wanted.join("、") !== asked.join("、")) {
    delete slots.remedy;
    const value = wanted.join("、");
    if (value !== "") put("remedy", { value, start: 0, end: text.length, rule: "remedy.leaning" });
  }
  let terms: ReadonlySet<string> | undefined;
  // What was learned, the rules' own word among what it goes by, decides.
  const settle = <S extends "reportType" | "relation">(
    slot: S,
    rule: Found<NonNullable<Slots[S]>> | undefined,
    least: number,
  ) => {
    terms ??= leaningTerms(weighed.text, weighed.hints);
    const reports = slot === "reportType" && words.intents.report.test(text);
    return settled(slot, rule, least, terms, text, reports);
  };
  const matterLeans = mayLean && (question === undefined || words.intents.report.test(text));
  const matter = matterLeans ? settle("reportType", ruled, 0.4) : ruled;
  if (mayLean && question === undefined) {
    const relation = settle("relation", slots.relation, 0.4);
    delete slots.relation;
    put("relation", relation);
  }
  // A quarrel over who is named, or unfair competition, is told by somebody who claims no right yet.
  if (
    (matter?.value === "不正当竞争" || matter?.value === "专利纠纷调解") &&
    slots.relation?.value === "权利人" &&
    !expectation.asking.includes("relation") &&
    !/专利权人|权利人|许可|转让|共有|使用费/u.test(text)
  )
    delete slots.relation;
  // Who is accused tells of the other side's claim, not of a matter of theirs.
  if (matter?.rule === "matter.named" || slots.relation?.value !== "被控侵权人") put("reportType", matter);

  if (slots.reportType?.value === "专利纠纷调解") put("infringer", employerIn(text, mentions, words));
  const { infringer } = slots;
  if (
    slots.product === undefined &&
    infringer !== undefined &&
    (sentOnGoods.test(text) || maker.test(infringer.value))
  )
    put("product", goodsOfFirm(infringer, words));

  // What is weighed over the whole message has no place of its own.
  const facts = Object.values(slots).filter(({ rule }) => !/leaning|\.words\./u.test(rule));
  const served = clauses.filter((clause) => words.requests.another.test(clause.text));
  const spaced = text.replace(/(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])/gu, "，");
  const signals: Signals = {
    submit: !injected && words.intents.submit.test(text),
    finish: words.intents.finish.test(text),
    // „对了，…“ before a question changes the subject; alone it agrees.
    confirm:
      !injected && words.intents.confirm.test(spaced) && !(question !== undefined && /^对了/u.test(text)),
    agreed: !injected && question === undefined && assents(clauses, [...facts, ...served]),
    deny: words.intents.deny.test(text),
    unknown: words.unknown.test(text),
    skip: words.skip.test(text),
    asPrinted: words.asPrinted.test(text),
    numberAgreed: words.numberAgreed.test(text),
    numberAsIs: words.numberAsIs.test(text),
    reserved: words.reservation.test(text),
    correction: words.correction.test(text),
    copiedWithoutRight: slots.reportType === undefined && words.copiedWithoutRight.test(text),
    withdraw: words.intents.withdraw.test(text),
    placeUnknown:
      /(?:人|店|厂|地方|位置|地址|在哪(?:儿|里)?|哪个?(?:县|区|市|镇|乡)|哪儿)[^，。]{0,8}(?:不清楚|不知道|说不准|不晓得|说不好|弄不清)|(?:不知道|不清楚|不晓得|说不准)[^，。]{0,6}(?:在哪|哪个?县|哪儿|什么地方|啥地方)/u.test(
        text,
      ),
    firmUnknown:
      slots.infringer === undefined &&
      /(?:不知道|不清楚|不晓得|知不道|说不上|叫不上)[^，。]{0,4}(?:是)?(?:哪(?:个|一)?(?:家|厂|店)|谁家|啥(?:厂|店|公司|名)|什么(?:厂|店|公司|名)|(?:厂|店|公司)(?:名|叫)|叫(?:啥|什么|嘛))|(?:厂|店|公司)名[^，。]{0,4}(?:不知道|不清楚|忘了|没记|记不)/u.test(
        text,
      ),
    numberUnknown:
      /(?:专利)?号(?:码)?[^，。]{0,8}(?:不清楚|不知道|哪(?:儿)?(?:知道|晓得|认得)|不认(?:字|识|得)|没(?:说|提|标|印|写|念|讲)|知不道|没看清|看不清|不记得|没记|忘了|没有)/u.test(
        text,
      ),
    tellsFacts: tellsFacts(slots, question, text),
  };
  const reportNo = readers.reportNo(raw);
  const queryCode =
    /(?:查询码|码)(?:是|[:：])?\s*(\d{4}[\s-]?\d{4})(?!\d)/u.exec(text)?.[1] ??
    (reportNo !== undefined ? /(?<!\d)(\d{4}[\s-]?\d{4})(?!\d)/u.exec(text)?.[1] : undefined);

  const ruledIntents = intentsOf(text, words, expectation, {
    injected,
    slots,
    signals,
    question,
    numbers,
    phones,
    places,
    reportNo,
    requests,
    asksNumber,
  });
  const acting = { folded: text, hints: actHints(ruledIntents, requests, signals, slots) };
  const weighing = weighActs(acting, expectation, {
    intents: ruledIntents,
    requests,
    signals,
    question,
    marked: /[?？]/u.test(text),
    asks: (clause) => words.question.test(clause),
    slots,
    text,
  });

  return {
    text,
    intents: weighing.intents,
    acting,
    acts: weighing.acts,
    slots: weighing.isTalk ? {} : slots,
    numbers,
    phones,
    // „今儿真冷，沧州都零下了“ tells of no place.
    place:
      resolved === undefined ||
      resolved.county !== undefined ||
      weighing.acts.some(({ act }) => act === "chitchat")
        ? undefined
        : { candidates: resolved.candidates, reason: resolved.reason },
    signals: weighing.signals,
    requests: weighing.requests,
    question: weighing.question,
    reportNo,
    queryCode: queryCode?.replace(/\D/g, ""),
    narrative: withoutSpans(text, [...phones, ...(contactName === undefined ? [] : [contactName])]),
    weighed,
  };
}
