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
import { createOfficialAccountRepository } from "./official-account-repository.ts";
import type { OfficialAccountDoor } from "./official-account-routes.ts";
import { createOfficialAccountService } from "./official-account-service.ts";
import { createOfficialAccountSender } from "./sender.ts";

/** The settings of an official account, as the platform's page of basic settings shows them. */
export type OfficialAccountSettings = {
  /** The token of the server configuration; without one the door is closed. */
  token: string;
  /** The EncodingAESKey, 43 characters; absent in plain mode. */
  aesKey: string | undefined;
  appId: string | undefined;
  /** Without it nothing can be pushed, and no photo fetched. */
  secret: string | undefined;
};

/** What reaches people of the official account without being asked: its API and its sender, where there is a secret. */
export function createOfficialAccountPush(
  { appId, secret }: OfficialAccountSettings,
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
  const { apiBase, tokens, fetch, db, vault, now, wait, log } = dependencies;
  const repository = createOfficialAccountRepository({ db, vault });
  const credentials =
    appId === undefined || secret === undefined ? undefined : ({ kind: "app", appId, secret } as const);
  const api = credentials && createWechatApi({ base: apiBase, credentials, tokens, fetch, now, wait, log });
  const sender = api && createOfficialAccountSender({ api, repository, vault, now });
  return { repository, api, sender };
}

/** The door of the official account with what it needs. */
export function createOfficialAccountDoor(
  { token, aesKey, appId }: OfficialAccountSettings,
  dependencies: {
    push: ReturnType<typeof createOfficialAccountPush>;
    db: Database;
    vault: Vault;
    conversation: Pick<ConversationService, "answer">;
    callers: Pick<CallerService, "reporterKey">;
    evidence: Pick<EvidenceService, "store">;
    intakeOpen: boolean;
    now: Clock;
    wait: Wait;
    newId: NewId;
    randomBytes: RandomBytes;
    log: Log;
  },
) {
  const { push, randomBytes } = dependencies;
  const { repository, api, sender } = push;
  const service = createOfficialAccountService({ ...dependencies, repository, api });
  const door: OfficialAccountDoor = {
    service,
    token,
    crypto:
      aesKey === undefined
        ? undefined
        : createMessageCrypto({ encodingAesKey: aesKey, receiverId: appId, randomBytes }),
    marketName: (id) => loadGazetteerData().markets.find((market) => market.id === id)?.name,
  };
  return { door, service, sender, api };
}
