import { describe, expect, onTestFinished, test } from "vitest";
import { officialAccountMessages } from "../../src/channels/official-account/schema.ts";
import { cases } from "../../src/cases/schema.ts";
import { ModelError } from "../../src/llm/model.ts";
import type { Prompt } from "../../src/llm/model.ts";
import { evidence } from "../../src/reports/schema.ts";
import { createFakeTime } from "../support/fake-time.ts";
import { fakeWechatSecrets, startFakeWechat } from "../support/fake-wechat.ts";
import { createHarness, tinyPng } from "../support/harness.ts";
import {
  createOfficialAccountClient,
  officialAccountAesKey,
  officialAccountAppId,
  officialAccountToken,
} from "../support/official-account.ts";

const custom = "/cgi-bin/message/custom/send";

/** A model that answers when it is told to; what is asked meanwhile waits. */
function createSlowModel() {
  let isSlow = false;
  const waiting = new Set<() => void>();
  const answer = async () => {
    if (isSlow) await new Promise<void>((resolve) => waiting.add(resolve));
    throw new ModelError("garbage");
  };
  return {
    model: { completeJson: answer, complete: answer, stream: answer } as never,
    beSlow() {
      isSlow = true;
    },
    /** Lets everything that waits go on, and what comes after. */
    goOn() {
      isSlow = false;
      for (const go of waiting) go();
      waiting.clear();
    },
  };
}

async function account({ canPush = true, intakeOpen = true } = {}) {
  const time = createFakeTime();
  const wechat = await startFakeWechat();
  onTestFinished(() => wechat.stop());
  const slow = createSlowModel();
  const harness = await createHarness({
    now: time.now,
    wait: time.wait,
    intakeOpen,
    wechatApiBase: wechat.url,
    officialAccount: {
      token: officialAccountToken,
      aesKey: officialAccountAesKey,
      appId: officialAccountAppId,
      secret: canPush ? fakeWechatSecrets.app : undefined,
    },
  });
  const client = createOfficialAccountClient({ ask: harness.request, now: time.now });
  return { ...client, harness, time, wechat, slow };
}

describe("try", () => {
  test("says", async () => {
    const { person } = await account();
    const p = person();
    console.log(await p.say("你好"));
    console.log(await p.say("1"));
  });
});
