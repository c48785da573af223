import { AppError } from "../../core/error.ts";
import { WechatApiError } from "../../wechat/api-client.ts";

/** The code is wrong (40029), was used before (40163), or is none (41008). */
const badCode: ReadonlySet<number> = new Set([40029, 40163, 41008]);
/** Calls beyond what the platform allows for now: a minute (45011) or a day (45009). */
const tooMany: ReadonlySet<number> = new Set([45011, 45009]);
/** Users whom the platform thinks risky. */
const riskyUser = 40226;

const aMinute = 60;

/**
 * What to tell of a call of the platform that failed, in words that say how to go on; other errors as they are.
 *
 * @param pointer The field that held the code.
 * @param again What to do for another code.
 */
export function problemOf(error: unknown, { pointer, again }: { pointer: string; again: string }): unknown {
  if (!(error instanceof WechatApiError)) return error;
  const { errcode = 0 } = error;
  if (badCode.has(errcode)) {
    return new AppError("invalid_request", `微信的登录凭证过期或者用过了，${again}。`, {
      errors: [{ pointer, detail: "凭证五分钟内有效，只能用一次，请换一个新的。" }],
    });
  }
  if (errcode === riskyUser) {
    return new AppError(
      "forbidden",
      "微信暂时不让这个账号登录小程序。请在网页上填，或者打 12345、到现场提交。",
    );
  }
  if (tooMany.has(errcode)) {
    return new AppError("too_many_requests", "现在人有点多，请过一分钟再试。", {
      retryAfterSeconds: aMinute,
      retryable: true,
    });
  }
  return new AppError("unavailable", "暂时连不上微信，请稍后再试；着急的话可以在网页上填。", {
    retryAfterSeconds: 5,
    retryable: true,
  });
}
