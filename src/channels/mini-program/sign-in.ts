import { z } from "zod";
import type { CallerService } from "../../callers/caller-service.ts";
import type { Clock } from "../../core/clock.ts";
import { toHex } from "../../crypto/bytes.ts";
import type { Vault } from "../../crypto/key-ring.ts";
import { type WechatApi, WechatApiError } from "../../wechat/api-client.ts";
import type { MiniProgramUsers } from "./user-repository.ts";
import { problemOf } from "./wechat-problem.ts";

/** How long a person waits for WeChat at the door. */
const signInWithinMs = 4_000;

/** What is read of code2Session's answer. The session_key in it is nobody's here: nothing is decrypted with it. */
const Code2Session = z.object({ openid: z.string().min(1).max(128) });

const PhoneNumber = z.object({
  phone_info: z.object({ purePhoneNumber: z.string().min(1).max(32), countryCode: z.string().min(1).max(8) }),
});

export type MiniProgramSignIn = ReturnType<typeof createMiniProgramSignIn>;

/** Who is at the mini-program, by the codes that WeChat gives it. */
export function createMiniProgramSignIn(dependencies: {
  appId: string;
  api: Pick<WechatApi, "call">;
  vault: Vault;
  callers: Pick<CallerService, "reporterKey">;
  users: MiniProgramUsers;
  now: Clock;
}) {
  const { appId, api, vault, callers, users, now } = dependencies;

  /** The openid of a login code, and the user that it stands for: a keyed hash, which names nobody. */
  async function identify(code: string): Promise<{ openid: string; userId: string }> {
    const answer = await api
      .call("/sns/jscode2session", {
        query: { js_code: code, grant_type: "authorization_code" },
        auth: "secret",
        timeoutMs: signInWithinMs,
        // A code that was taken is used up: the client comes again with another.
        repeatable: false,
      })
      .catch((error: unknown) => {
        throw problemOf(error, { pointer: "/miniProgramCode", again: "请关掉小程序再打开" });
      });
    const { openid } = read(Code2Session, answer, { pointer: "/miniProgramCode" });
    const hash = toHex(await vault.hash("lookup", `mini-program|${appId}|${openid}`));
    return { openid, userId: `mp_${hash.slice(0, 40)}` };
  }

  return {
    identify,

    /** The user behind a login code. @throws {AppError} `invalid_request`, `forbidden`, `too_many_requests`, `unavailable`. */
    async signIn(code: string): Promise<string> {
      const { openid, userId } = await identify(code);
      const reporterKey = await callers.reporterKey({ channel: "mini_program", userId });
      await users.remember({ userId, reporterKey, openid, at: now() });
      return userId;
    },

    /** The telephone that a person lets us have, for the form before them; nothing of it is kept. @throws as `signIn`. */
    async phoneOf(code: string): Promise<{ phone: string; countryCode: string }> {
      const answer = await api
        .call("/wxa/business/getuserphonenumber", {
          json: { code },
          timeoutMs: signInWithinMs,
          repeatable: false,
        })
        .catch((error: unknown) => {
          throw problemOf(error, { pointer: "/code", again: "请再点一次按钮，或者直接填写" });
        });
      const { phone_info: info } = read(PhoneNumber, answer, { pointer: "/code" });
      return { phone: info.purePhoneNumber, countryCode: info.countryCode };
    },
  };
}

/** @throws {AppError} `unavailable` where the platform did not answer as documented. */
function read<T>(schema: z.ZodType<T>, answer: unknown, { pointer }: { pointer: string }): T {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  throw problemOf(new WechatApiError("malformed", undefined, "", true), { pointer, again: "请稍后再试" });
}
