import type { CallerService } from "../../callers/caller-service.ts";
import type { ConversationService } from "../../conversation/conversation-service.ts";
import type { Clock } from "../../core/clock.ts";
import type { Log } from "../../core/log.ts";
import type { NewId, RandomBytes } from "../../core/new-id.ts";
import type { Wait } from "../../core/wait.ts";
import type { Vault } from "../../crypto/key-ring.ts";
import type { Database } from "../../db/client.ts";
import { loadGazetteerData } from "../../regions/region-data.ts";
import type { EvidenceService } from "../../reports/evidence-service.ts";
import type { AccessTokens } from "../../wechat/access-tokens.ts";
import { createWechatApi } from "../../wechat/api-client.ts";
import { createMessageCrypto } from "../../wechat/message-crypto.ts";
import { createWecomSender } from "./sender.ts";
import { createWecomRepository } from "./wecom-repository.ts";
import type { WecomDoor } from "./wecom-routes.ts";
import { createWecomService } from "./wecom-service.ts";

/** The settings of customer service of WeCom, as the console of the corp shows them. */
export type WecomSettings = {
  corpId: string;
  /** The secret of customer service (微信客服), or of the app that it is given to. */
  secret: string;
  /** The token and the EncodingAESKey of the callback's configuration. */
  token: string;
  aesKey: string;
};

/** What sends to customers: the API, what is known of them, and the sender of notices. */
export type WecomPush = ReturnType<typeof createWecomPush>;

/** Sending alone, without the conversation. */
export function createWecomPush(
  { corpId, secret }: WecomSettings,
  dependencies: {
    apiBase: string;
    tokens: AccessTokens;
    fetch: (url: string, init: RequestInit) => Promise<Response>;
    db: Database;
    vault: Vault;
    now: Clock;
    wait: Wait;
    log: Log;
  },
) {
  const { apiBase: base, db, vault, now } = dependencies;
  const credentials = { kind: "corp", corpId, secret } as const;
  const repository = createWecomRepository({ db, vault });
  const api = createWechatApi({ ...dependencies, base, credentials });
  return { repository, api, sender: createWecomSender({ api, repository, vault, now }) };
}

/** The door of customer service with what it needs. */
export function createWecomDoor(
  { corpId, token, aesKey }: WecomSettings,
  dependencies: {
    push: Pick<WecomPush, "repository" | "api">;
    vault: Vault;
    conversation: Pick<ConversationService, "answer">;
    callers: Pick<CallerService, "reporterKey">;
    evidence: Pick<EvidenceService, "store">;
    intakeOpen: boolean;
    now: Clock;
    newId: NewId;
    randomBytes: RandomBytes;
    log: Log;
  },
) {
  const { push, randomBytes } = dependencies;
  const service = createWecomService({
    ...dependencies,
    repository: push.repository,
    api: push.api,
    marketName: (id) => loadGazetteerData().markets.find((market) => market.id === id)?.name,
  });
  const crypto = createMessageCrypto({ encodingAesKey: aesKey, receiverId: corpId, randomBytes });
  const door: WecomDoor = { service, token, crypto };
  return { door, service };
}
