import { type Clause, type Found, overlaps, type Span } from "../spans.ts";

/** A place as the gazetteer read it (PlaceReading). */
type Place = Span & { kind: string; text: string; counties: readonly string[] };

/**
 * An address: from the first named place through road, village and house number; a bare county is none.
 *
 * @param stall The stall, which has a slot of its own: the address ends before it.
 */
export function locationIn(
  text: string,
  places: readonly Place[],
  stall: Span | undefined,
): Found<string> | undefined {
  let best: Found<string> | undefined;
  for (const [index, place] of places.entries()) {
    const last = lastOf(text, place, places.slice(index + 1));
    const end = endOf(text, last.end, stall);
    // The county has a slot of its own: 南皮县冯家口镇 is 冯家口镇 there.
    const county =
      places.findLast(
        (one) => (one.kind === "area" || one.kind === "city") && one.start >= place.start && one.end < end,
      )?.end ?? place.start;
    const lead =
      /^[)）]?(?:的|那边的?|那个|那儿的?|这边的?|市里|城区)?(?:那个)?/u.exec(text.slice(county, end))?.[0] ??
      "";
    const below = county + lead.length;
    const start = county > place.start && end - below >= 2 ? below : place.start;
    const value = text.slice(start, end);
    if ((saysWhere(last) || end > last.end) && (best === undefined || value.length > best.value.length)) {
      best = { value, start, end, rule: "location" };
    }
  }
  return best;
}

/** Where it is instead of where it was said to be: 地点不是市场里，是市场对过供销社院里. */
export function mendedLocation(text: string): Found<string> | undefined {
  const match =
    /(?:地点|地方|地址|位置)(?:不是|不在|错了[，,\s]*不是)[^，。,\s]{2,12}[，,\s]+(?:是|在)(?:在)?(?<now>[^，。,\s]{3,20})(?=$|[，。,\s])/u.exec(
      text,
    );
  const now = match?.groups?.["now"];
  if (match === null || now === undefined) return undefined;
  const end = match.index + match[0].length;
  return { value: now, start: end - now.length, end, rule: "correction" };
}

/** The last of the places that follow one another from `place` on. What is larger than a town does not stand behind it: there a name begins. */
function lastOf(text: string, place: Place, following: readonly Place[]): Place {
  let last = place;
  for (const next of following) {
    const joined = /^(?:的|那边|那边的|那儿的)?$/u.test(text.slice(last.end, next.start));
    if (!joined || next.start < last.end || (last.kind === "town" && /area|outside/u.test(next.kind))) break;
    last = next;
  }
  return last;
}

/** Where an address ends that reaches `from` at least. */
function endOf(text: string, from: number, stall: Span | undefined): number {
  const more = placeDetail.exec(text.slice(from))?.[0] ?? "";
  const other = /[厂店]|公司|专利|市场监管/u.test(more.replace(/公司(?=对)|店(?=对)|厂(?=对)/gu, ""));
  const end = other || /^(?:和|跟|与|还是)/u.test(more) ? from : from + more.length;
  return stall !== undefined && stall.start >= from && stall.start < end ? stall.start : end;
}

/** Whether a place by itself says where: below a county, and no city elsewhere. */
function saysWhere({ kind, text, counties }: Place): boolean {
  switch (kind) {
    case "town":
    case "market":
      return true;
    case "ambiguous":
      return !/开发区|经开区|高新区|园区?$/u.test(text);
    case "outside":
      // 石家庄, 枣庄 and 景德镇 are cities.
      return text.length >= 3 && /(?<!石家|枣)庄$|[村乡]$|(?<!景德)镇$/u.test(text);
    case "area":
      // 黄骅港 is no name of its county, and a county's works area is a place in it.
      return (
        (!/(?:新|开发|高新|经开)区$/u.test(counties[0] ?? "") || text.endsWith("港")) &&
        /港$|(?:开发|工业|园)区$|(?:产业|工业)园$/u.test(text)
      );
    default:
      return false;
  }
}

/** What says where in a place: roads, villages, buildings, what it is beside. */
const placeDetail =
  /^(?:(?:的|里|那个?|这个?)?(?:(?!那家|这家|有家|有个|[一两二三四五]个|[这那][一二三两四几]|开(?!发)|一(?![条街路号楼层中期]))[^的买卖标印是有说做我俺咱您你他她叫赶举满查，。；！?？、“"（(:：\s]){0,10}?(?:村|庄|屯|镇|乡|路(?!路|桥|由|灯|障|亚|过|费|况|通)|大街|街道|街里|街|胡同|巷|大道|会战道|国道|省道|工业园区?|工业区|产业园|园区|开发区|市场|商城|批发城|广场|小区|大厦|公园|医院|学校|小学|中学|大庙|寺|桥头|路口|十字|火车站|高铁站|汽车站|车站|果品站|收费站|加油站|供销社|粮站|卫生院|信用社|东头|西头|南头|北头|大集|集上|集|号楼|号院|院里|冷库|门口|对过|对门|对面|旁边|附近|斜对过|后身|拐角|[0-9]+号))+(?:[0-9]+号)?(?:院里?|楼)?(?:附近|旁边|对面|对过|对门|后身|路[东西南北]|[东西南北]边|村?[东西南北]头?|里面|门口|往[东西南北]|朝[东西南北])?/u;

const road =
  "(?:(?<![一半思销套门线网上马逛走公铁])(?:大街|大道|中路|[东西南北]路|路|胡同|巷)(?![过灯由障况桥费通亚路顺])(?:[0-9]+号)?(?:院里?)?|一条街|(?<![上逛满整条])街(?=$|[上那口，。的路东西南北里租])|[东西南北]环(?![境保球]))";
/** What stands at a place and is known by itself. */
const landmark =
  "(?:会展中心|体育馆|博物馆|大厦|商厦|商场|百货大?楼|写字楼|孵化(?:器|楼|园|基地)|购物中心|广场|公园|火车站|高铁站|汽车站|收费站|服务站|码头|国道|高速口|(?<!宠物|动物)医院|农场|管理局|(?:[东西南北])站|博览会|小区(?=门口)|村口|桥(?=底下|头))";
const landmarkTail =
  "(?:出站口)?(?:附近|旁边|对面|对过|院里|门口|底下|边上|(?<=村口)小卖部|交叉口|路?口|路[东西南北]|[东西南北]边|[东西]侧|往[东西南北]走?)?";
const landmarks = new RegExp(
  `(?<=^|[，。；、\\s在到是去往])(?<name>(?:沧州市?|狮城)?[\\u4e00-\\u9fffA-Za-z0-9]{1,10}?(?:${road}(?:[跟与和][\\u4e00-\\u9fff]{1,4}路)?|${landmark})${landmarkTail}|(?:百货大?楼|高速口|邮局|供销社)${landmarkTail}(?=$|[，。的里])|(?:火车站|高铁站|汽车站|小区|高速口|码头|村口)(?:出站口)?(?:往[东西南北]走?|附近|旁边|对面|门口|边上|小卖部)|[\\u4e00-\\u9fffA-Za-z0-9]{2,12}(?:对门|对面|隔壁|旁边|附近|对过|斜对过|后身))`,
  "gu",
);
/** What stands before a landmark's name and is no part of it. */
const beforeLandmark = /^.*(?:[在到去]|就是|就|那边|这边|从|[今昨前]天|[月日]号|十五|初.)(?=.{2,})/u;
/** What no landmark's name holds. */
const noLandmark =
  /^(?:是|不是)|我|俺|他|她|你|说|卖|买|做|专利|不|没|问|告|法院|律师|走路|怎么|哪|市局|电话|[把了被拷的让货]|带到|集成|出差|招牌|过去|有人|发的|来路|满|能路|坟|某|过路|^就|^又|^挨|^一个|^这|^那|老早|^跟|^给|^(?:对面|对门|隔壁|旁边|附近|商场|医院|大厦)$/u;

/** A place told by a road or by what stands there, where no named place says more. */
export function landmarkIn(
  text: string,
  taken: readonly Span[],
  mentions: readonly Span[],
): Found<string> | undefined {
  for (const match of text.matchAll(landmarks)) {
    const whole = match.groups?.["name"] ?? "";
    // A place that is named before it is no part of the name, and neither is what leads to it.
    const place = mentions.find(({ start, end }) => start <= match.index && end > match.index);
    const behind = Math.max(0, (place?.end ?? 0) - match.index);
    const cut = behind + (beforeLandmark.exec(whole.slice(behind))?.[0].length ?? 0);
    const name = whole.slice(cut);
    const start = match.index + cut;
    const span = { start, end: start + name.length };
    const clash =
      taken.some((other) => overlaps(other, span)) ||
      mentions.some((other) => overlaps(other, span) && other.end === span.end);
    if (name.length < 2 || noLandmark.test(name) || clash) continue;
    return { value: name, ...span, rule: "location.landmark" };
  }
  return undefined;
}

/** Endings of villages; those that other words have, too, count only right behind their county. */
const villages = {
  anywhere:
    /(?<=在|去|到|回|上|住|从)(?<name>[\u4e00-\u9fff]{1,3}(?:庄子?|营子?|村|屯|洼|堡|寨|疃|坨))(?=$|[，。、\s的那这有买卖开一个上里集拉做])/u,
  behindCounty:
    /^(?:那边的?|的)?(?<name>[\u4e00-\u9fff]{1,3}(?:庄子?|营子?|村|屯|洼|堡|寨|疃|坨|城|桥|佐|集|嘴))(?=$|[，。、\s的那这有买卖开一个上里拉做])/u,
};
/** What ends like a village and is none. */
const noVillage =
  /^(?:[我俺咱你他她全农本同邻各隔乡外哪这那一几每老新]|隔壁|我们|俺们)?(?:们|个|壁)?村$|[山农饭钱茶酒渔]庄$|^(?:县|省|市|门|对|路|街|专|商|网|分|总|老|本|这|那|某|我|他|们).{0,2}(?:店|城|口|头)$|[卖门饭酒商网书药分]店$|商城|县城|[路门窗进出]口$|[里外前后上下东西南北]头$|[一这那哪有是的里开上]/u;

/** A village that no register names: in a place that is told, or where somebody is or goes. */
export function villageIn(
  text: string,
  taken: readonly Span[],
  places: readonly Place[],
): Found<string> | undefined {
  const behind = places
    .filter(({ kind }) => kind === "area")
    .flatMap(({ end }) => {
      const match = villages.behindCounty.exec(text.slice(end));
      return match === null
        ? []
        : [
            {
              name: match.groups?.["name"] ?? "",
              start: end + match[0].lastIndexOf(match.groups?.["name"] ?? ""),
            },
          ];
    });
  const match = villages.anywhere.exec(text);
  const anywhere = match === null ? [] : [{ name: match.groups?.["name"] ?? "", start: match.index }];
  for (const { name, start } of [...behind, ...anywhere]) {
    const span = { start, end: start + name.length };
    if (name === "" || noVillage.test(name) || taken.some((other) => overlaps(other, span))) continue;
    return { value: name, ...span, rule: "location.village" };
  }
  return undefined;
}

/** A place told by what stands around it: 路口东边那个蓝大门的院子. */
export function describedPlace(
  clauses: readonly Clause[],
  taken: readonly Span[],
): Found<string> | undefined {
  const clause = clauses.find(
    (one) =>
      !/[?？]/u.test(one.mark) &&
      !/没|不|忘|字/u.test(one.text) &&
      one.text.length >= 4 &&
      one.text.length <= 40 &&
      /(?:路口|街|路[东西南北]|[东西南北](?:边|头|侧|面)|对面|旁边|附近|隔壁|院子|大门|门口|桥头|学校|医院|车站|大集|后身)/u.test(
        one.text,
      ) &&
      !taken.some((other) => overlaps(other, one)),
  );
  return clause === undefined
    ? undefined
    : { value: clause.text, start: clause.start, end: clause.end, rule: "location.described" };
}
