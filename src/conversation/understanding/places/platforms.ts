import { put, type Reading } from "../reading.ts";
import { type Found, isNegated, overlaps, placesOf } from "../spans.ts";

/** The platform: the one that is spelled out, else the one that is called so, else the one a link leads to. */
export function readPlatform({ text, words, slots, taken }: Reading): void {
  const platforms = words.platforms
    .flatMap(({ name, spelling }) => placesOf(spelling, text).map((start) => ({ name, spelling, start })))
    .filter(
      ({ start, spelling }) =>
        !isNegated(text, start) &&
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
  if (platform !== undefined) {
    const { name, spelling, start } = platform;
    put(slots, "platform", { value: name, start, end: start + spelling.length, rule: "platform" });
    return;
  }
  put(slots, "platform", namedPlatform(text));
  // A link says where it leads.
  const { link } = slots;
  const host =
    link === undefined ? undefined : words.platformHosts.find(({ pattern }) => pattern.test(link.value));
  if (link !== undefined && host !== undefined)
    put(slots, "platform", { value: host.name, start: link.start, end: link.end, rule: "platform.link" });
}

/** What stands before 平台 and names none. */
const anyPlatform =
  /^(?:这|那|哪|某|一|个|家|他|它|的|网络|电商|网购|购物|直播|交易|团购|本地|当地|第三方|大|外卖|短视频|二手|线上|正规|有)|[我俺咱你他她它的是就谁]|举报|投诉|反映|要求|[要想来]告/u;

/** A platform that nobody knows, by what is called one: 本地的沧淘平台. */
function namedPlatform(text: string): Found<string> | undefined {
  const named =
    /(?:^|[，。\s]|举报|投诉|反映|要告|在|从)(?<name>(?:(?!举报|投诉|反映|要告|我|俺)[\u4e00-\u9fffA-Za-z0-9]){2,8}?)(?:这|那)(?:个|家)(?:咱|我们)?(?:本地|当地|本市)?的?(?:购物|电商|团购|直播|网上)?(?:商城|平台|网站|APP|app|小程序)+/u.exec(
      text,
    ) ??
    /(?:在|从|去|到|上)(?:(?:咱|我)们?(?:这儿?|这里)?)?(?:本地|当地)?的?(?<name>[\u4e00-\u9fffA-Za-z0-9]{2,6}?)(?:购物)?(?:平台|网站|商城|APP|app)(?:上|里|买|卖|下单)/u.exec(
      text,
    ) ??
    /(?:平台|网站|小程序|商城|APP|app)(?:的)?(?:名(?:字|称)?)?(?:叫做?|名叫|是叫)\s*[“"「]?(?<name>[\u4e00-\u9fffA-Za-z0-9]{2,12}?)[”"」]?(?=$|[，。,\s]|的|上|在)/u.exec(
      text,
    ) ??
    /(?:(?:咱|我)们?(?:这儿?|这里|沧州)?的?(?:本地|当地|本市)?|本地|当地|本市|举报|投诉|反映)的?(?:那个|这个|一个)?(?:叫)?[“"「]?(?<name>[\u4e00-\u9fffA-Za-z0-9]{2,6}?)[”"」]?(?:购物|电商|团购|直播)?(?:平台|网站|商城|APP|app|小程序)(?=上|里|不|没|接|的|公司|有|，|。|$)/u.exec(
      text,
    );
  const name = named?.groups?.["name"];
  if (named === null || name === undefined || anyPlatform.test(name)) return undefined;
  const start = named.index + named[0].lastIndexOf(name);
  return { value: name, start, end: start + name.length, rule: "platform.named" };
}
