import type { FoundSlots } from "./understanding.ts";

/** Whether the message tells what happened: it names somebody, a place or a number, and does not only ask in general. */
export function tellsFacts(slots: FoundSlots, question: string | undefined, text: string): boolean {
  const named =
    slots.infringer !== undefined ||
    slots.patentNumber !== undefined ||
    slots.location !== undefined ||
    slots.county !== undefined ||
    slots.market !== undefined;
  if (named) return true;
  // „有个公司没有资质还替人申请专利，咋举报“ tells of somebody, and only asks the way.
  const ofSomebody =
    slots.reportType !== undefined &&
    /有(?:一)?(?:个|家|些)[^，。]{0,2}(?:人|厂|店|公司|摊|网店|主播|中介|机构|老板)/u.test(text) &&
    /(?:怎么|咋|如何|上哪儿?|去哪儿?|能)(?:给)?(?:举报|投诉|反映|报)|吧[。！]*$/u.test(text) &&
    !/如果|要是|假如|的话|万一/u.test(text);
  if (ofSomebody) return true;
  if (question !== undefined) return false;
  if (
    slots.reportType !== undefined &&
    /卖|做|印|标|仿|抄|用|偷|冒|骗|刻|贴|扒|搬|编|带走|拿走|接|拷|泄|挖走|跳槽|造谣|诋毁|抹黑|说(?:我|俺|咱)(?:们)?(?:家|的|厂|店)|坑|抢注|撬|单干|另起炉灶|不给|没给|不退|装死|买(?:了|的|到|个)/u.test(
      text,
    )
  )
    return true;
  return /(?:有(?:一)?(?:家|个|人|些|的)|某(?:家|个|人|厂|店)|他们?(?:家|厂)?|对方|人家|隔壁|村里|市场上|我(?:们|家)?(?:的)?[^，。]{0,8}被|(?:我|俺)[^，。]{0,6}(?:买|发现|看见|看到))/u.test(
    text,
  );
}
