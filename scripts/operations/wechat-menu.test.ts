import { describe, expect, onTestFinished, test } from "vitest";
import { readConfig } from "../../src/config.ts";
import { fakeWechatSecrets, startFakeWechat } from "../../test/support/fake-wechat.ts";
import { createHarness } from "../../test/support/harness.ts";
import { OperatorError } from "./settings.ts";
import { pushMenu } from "./wechat-menu.ts";

async function scene(settings: Record<string, string> = {}) {
  const wechat = await startFakeWechat();
  onTestFinished(() => wechat.stop());
  const { db } = await createHarness();
  const result = readConfig({
    IDENTITY_KEY: Buffer.alloc(32, 7).toString("base64"),
    WECHAT_API_BASE: wechat.url,
    WECHAT_OFFICIAL_TOKEN: "token",
    WECHAT_OFFICIAL_APP_ID: "wx1234",
    WECHAT_OFFICIAL_SECRET: fakeWechatSecrets.app,
    ...settings,
  });
  if (!result.ok) throw new Error(result.problems.join());
  return { wechat, db, config: result.config };
}

describe("admin menu push", () => {
  test("gives WeChat the shipped menu without what its buttons say, under the deployment's token", async () => {
    const { wechat, db, config } = await scene();
    await pushMenu(db, config);
    await pushMenu(db, config);
    const [call] = wechat.callsOf("/cgi-bin/menu/create");
    expect(call?.json).toMatchObject({
      button: [{ type: "click", name: "我要举报", key: "report" }, {}, {}],
    });
    expect(call?.raw).not.toContain("says");
    expect(wechat.tokens).toHaveLength(1);
  });

  test("tells the operator what is missing, and that WeChat refused", async () => {
    const unset = await scene({ WECHAT_OFFICIAL_SECRET: "" });
    await expect(pushMenu(unset.db, unset.config)).rejects.toThrow(/WECHAT_OFFICIAL_SECRET/);
    const { wechat, db, config } = await scene();
    wechat.fail("/cgi-bin/menu/create", { kind: "errcode", errcode: 40018 });
    await expect(pushMenu(db, config)).rejects.toThrow(OperatorError);
  });
});
