import type { CallerService } from "../../callers/caller-service.ts";
import type { Clock } from "../../core/clock.ts";
import type { Log } from "../../core/log.ts";
import type { NewId, RandomBytes } from "../../core/new-id.ts";
import type { Wait } from "../../core/wait.ts";
import type { Vault } from "../../crypto/key-ring.ts";
import type { Database } from "../../db/client.ts";
import type { Sender } from "../../notifications/sender.ts";
import type { DerivativeService } from "../../reports/derivative-service.ts";
import type { EvidenceService } from "../../reports/evidence-service.ts";
import type { ReportService } from "../../reports/report-service.ts";
import type { AccessTokens } from "../../wechat/access-tokens.ts";
import { createWechatApi } from "../../wechat/api-client.ts";
import { createMessageCrypto } from "../../wechat/message-crypto.ts";
import type { CallbackSettings } from "./callback-routes.ts";
import { createSubscriptionConsents } from "./consent-repository.ts";
import { createContentChecks } from "./content-check-repository.ts";
import { createContentCheckService } from "./content-check-service.ts";
import type { MiniProgram } from "./mini-program-routes.ts";
import { createMiniProgramSender } from "./sender.ts";
import { createMiniProgramSignIn } from "./sign-in.ts";
import type { TemplateName } from "./template.ts";
import { createMiniProgramUsers } from "./user-repository.ts";

/** What a deployment sets for its mini-program. */
export type MiniProgramSettings = {
  appId: string;
  secret: string;
  /** The token of the message push, which the callback is signed with; absent: files are not checked. */
  token: string | undefined;
  /** The EncodingAESKey of the message push; absent: it is set to plain messages. */
  aesKey: string | undefined;
  /** The ids that WeChat gave the templates. */
  templateIds: Partial<Record<TemplateName, string>>;
  /** Where WeChat reaches this deployment, without a slash at the end. */
  publicUrl: string | undefined;
};

/** Builds the mini-program's back end: who is there, what they agreed to, how they are told, and the content check. */
export function createMiniProgram(
  settings: MiniProgramSettings,
  dependencies: {
    apiBase: string;
    tokens: AccessTokens;
    fetch: (url: string, init: RequestInit) => Promise<Response>;
    wait: Wait;
    db: Database;
    vault: Vault;
    callers: CallerService;
    reports: ReportService;
    evidence: EvidenceService;
    derivatives: DerivativeService;
    now: Clock;
    newId: NewId;
    randomBytes: RandomBytes;
    log: Log;
  },
): MiniProgram & {
  callback: CallbackSettings | undefined;
  sender: Sender;
  checkContent(): Promise<number>;
  sweep(): Promise<void>;
} {
  const { apiBase, tokens, fetch, wait, db, vault, callers, reports, evidence, derivatives } = dependencies;
  const { now, newId, randomBytes, log } = dependencies;
  const { appId, secret, token, aesKey, templateIds, publicUrl } = settings;
  const api = createWechatApi({
    base: apiBase,
    credentials: { kind: "app", appId, secret },
    tokens,
    fetch,
    now,
    wait,
    log,
  });
  const users = createMiniProgramUsers({ db, vault });
  const consents = createSubscriptionConsents({ db, vault, newId });
  const contentChecks = createContentCheckService({
    api,
    checks: createContentChecks({ db, newId }),
    users,
    reports,
    evidence,
    derivatives,
    vault,
    // Without a signed callback nobody would hear what became of a file.
    publicUrl: token === undefined ? undefined : publicUrl,
    now,
    log,
  });
  return {
    signIn: createMiniProgramSignIn({ appId, api, vault, callers, users, now }),
    consents,
    contentChecks,
    templateIds,
    callback:
      token === undefined
        ? undefined
        : {
            token,
            crypto:
              aesKey === undefined
                ? undefined
                : createMessageCrypto({ encodingAesKey: aesKey, receiverId: appId, randomBytes }),
          },
    sender: createMiniProgramSender({ api, consents, templateIds, now }),
    checkContent: contentChecks.checkNew,
    async sweep() {
      await users.sweep(now());
      await consents.sweep(now());
      await contentChecks.sweep();
    },
  };
}
