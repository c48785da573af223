import { z } from "zod";
import data from "../../data/notices.json" with { type: "json" };

const Wishes = z.object({
  source: z.string(),
  date: z.iso.date(),
  yes: z.array(z.string()).min(1),
  no: z.array(z.string()).min(1),
});

const wishes = Wishes.parse(data);
const whole = (patterns: readonly string[]) =>
  new RegExp(
    `^(?:好|行|嗯|那|，|,|\\s)*(?:${patterns.join("|")})(?:吧|啊|呀|呗|哈|谢谢|，|,|。|！|!|\\s)*$`,
    "u",
  );
const yes = whole(wishes.yes);
const no = whole(wishes.no);

/** Whether a message says that the person wants to be told of progress (true), no longer (false), or neither. */
export function noticeWishIn(text: string): boolean | undefined {
  if (no.test(text)) return false;
  return yes.test(text) ? true : undefined;
}
