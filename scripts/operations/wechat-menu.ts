import { menuToPush } from "../../src/channels/official-account/menu.ts";
import type { Config } from "../../src/config.ts";
import { createNewId, randomBytes } from "../../src/core/new-id.ts";
import { wait } from "../../src/core/wait.ts";
import { createVault } from "../../src/crypto/key-ring.ts";
import type { Database } from "../../src/db/client.ts";
import { createAccessTokenRepository } from "../../src/wechat/access-token-repository.ts";
import { createAccessTokens } from "../../src/wechat/access-tokens.ts";
import { createWechatApi, WechatApiError } from "../../src/wechat/api-client.ts";
import { findRing, OperatorError } from "./settings.ts";

/**
 * Makes the shipped menu that of the official account. It uses the deployment's access token: fetching another one would end it.
 *
 * @throws {OperatorError} where the account is not set up, or WeChat refuses.
 */
export async function pushMenu(db: Database, config: Config): Promise<void> {
  const ring = findRing(config);
  const { appId, secret } = config.officialAccount ?? {};
  if (appId === undefined || secret === undefined)
    throw new OperatorError(
      "还没有接入公众号：请设 WECHAT_OFFICIAL_TOKEN、WECHAT_OFFICIAL_APP_ID、WECHAT_OFFICIAL_SECRET。",
    );
  if (ring === undefined) throw new OperatorError("没有找到密钥：请设 IDENTITY_KEY，或者先启动一次服务。");
  const now = () => new Date();
  const tokens = createAccessTokens({
    tokens: createAccessTokenRepository({ db, vault: createVault(ring, randomBytes) }),
    now,
    newId: createNewId(),
    wait,
  });
  const credentials = { kind: "app", appId, secret } as const;
  const api = createWechatApi({ base: config.wechatApiBase, credentials, tokens, fetch, now, wait });
  try {
    await api.call("/cgi-bin/menu/create", { json: menuToPush() });
  } catch (error) {
    if (!(error instanceof WechatApiError)) throw error;
    throw new OperatorError(`微信没有接受菜单（${error.errcode ?? error.kind}）。`);
  }
}
