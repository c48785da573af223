import { describe, expect, test } from "vitest";
import { readBotConfig, readConfig } from "./config.ts";

const models = (environment: Record<string, string>) => {
  const result = readConfig(environment);
  if (!result.ok) return result.problems.map((problem) => problem.split("：")[0]);
  const { languageModel, embeddingModel } = result.config;
  return { languageModel, embeddingModel };
};

describe("the settings of models", () => {
  test("are none unless a model is named", () => {
    const none = { languageModel: undefined, embeddingModel: undefined };
    expect(models({})).toEqual(none);
    expect(models({ OPENAI_API_KEY: "sk-1", OPENAI_BASE_URL: "http://127.0.0.1:1/v1" })).toEqual(none);
    expect(models({ OPENAI_MODEL: "", OPENAI_BASE_URL: "http://127.0.0.1:1/v1" })).toEqual(none);
  });

  test("name each model with the server of both", () => {
    const baseUrl = "https://models.example.cn/v1";
    expect(
      models({
        OPENAI_BASE_URL: baseUrl,
        OPENAI_MODEL: "qwen-plus",
        OPENAI_EMBEDDING_MODEL: "text-embedding-v3",
      }),
    ).toEqual({
      languageModel: { baseUrl, apiKey: undefined, model: "qwen-plus" },
      embeddingModel: { baseUrl, apiKey: undefined, model: "text-embedding-v3" },
    });
    expect(models({ OPENAI_API_KEY: "sk-1", OPENAI_MODEL: "gpt-x" })).toMatchObject({
      languageModel: { baseUrl: undefined, apiKey: "sk-1", model: "gpt-x" },
    });
  });

  test.each([
    [{ OPENAI_BASE_URL: "models.example.cn" }, ["OPENAI_BASE_URL"]],
    [{ OPENAI_BASE_URL: "ftp://models.example.cn" }, ["OPENAI_BASE_URL"]],
    [{ OPENAI_API_KEY: "sk 1" }, ["OPENAI_API_KEY"]],
    [{ OPENAI_MODEL: "通义", OPENAI_API_KEY: "sk-1" }, ["OPENAI_MODEL"]],
    [{ OPENAI_MODEL: "qwen", OPENAI_EMBEDDING_MODEL: "bge" }, ["OPENAI_MODEL", "OPENAI_EMBEDDING_MODEL"]],
  ])("%o is refused, and the key named", (environment, keys) => {
    expect(models(environment)).toEqual(keys);
    const result = readConfig(environment);
    for (const value of Object.values(environment))
      expect(JSON.stringify(result)).not.toContain(`：${value}`);
  });
});

describe("the settings of the mini-program", () => {
  const read = (environment: Record<string, string>) => {
    const result = readConfig(environment);
    return result.ok ? result.config.miniProgram : result.problems.map((problem) => problem.split("：")[0]);
  };
  const app = {
    WECHAT_MINI_APP_ID: "wx0123456789abcdef",
    WECHAT_MINI_SECRET: "0123456789abcdef0123456789abcdef",
  };

  test("are none unless an app is named, and tell its templates by what they are for", () => {
    expect(read({})).toBeUndefined();
    expect(
      read({ ...app, WECHAT_MINI_TEMPLATE_CLOSED: "tmpl-0123456789", PUBLIC_URL: "https://a.example.cn/" }),
    ).toEqual({
      appId: app.WECHAT_MINI_APP_ID,
      secret: app.WECHAT_MINI_SECRET,
      token: undefined,
      aesKey: undefined,
      templateIds: { closed: "tmpl-0123456789" },
      publicUrl: "https://a.example.cn",
    });
  });

  test.each([
    [{ WECHAT_MINI_APP_ID: app.WECHAT_MINI_APP_ID }, ["WECHAT_MINI_SECRET"]],
    [{ WECHAT_MINI_SECRET: app.WECHAT_MINI_SECRET }, ["WECHAT_MINI_APP_ID"]],
    [{ ...app, WECHAT_MINI_AES_KEY: "a".repeat(43) }, ["WECHAT_MINI_TOKEN"]],
    [{ ...app, WECHAT_MINI_AES_KEY: "a".repeat(42), WECHAT_MINI_TOKEN: "token" }, ["WECHAT_MINI_AES_KEY"]],
    [{ ...app, WECHAT_MINI_TOKEN: "t!" }, ["WECHAT_MINI_TOKEN"]],
    [
      { WECHAT_MINI_APP_ID: "0123", WECHAT_MINI_SECRET: "short" },
      ["WECHAT_MINI_APP_ID", "WECHAT_MINI_SECRET"],
    ],
    [{ ...app, WECHAT_MINI_TEMPLATE_ACCEPTED: "模板" }, ["WECHAT_MINI_TEMPLATE_ACCEPTED"]],
    [{ PUBLIC_URL: "http://a.example.cn" }, ["PUBLIC_URL"]],
  ])("that are wrong are told by name: %j", (environment, keys) => {
    expect(read(environment)).toEqual(keys);
  });
});

describe("the keys of Open311", () => {
  const keys = (text?: string) => {
    const result = readConfig(text === undefined ? {} : { OPEN311_API_KEYS: text });
    return result.ok ? result.config.open311ApiKeys : result.problems;
  };

  test("are a comma list, and none where none is set", () => {
    expect(keys()).toEqual([]);
    expect(keys("")).toEqual([]);
    expect(keys("0123456789abcdef, fedcba9876543210")).toEqual(["0123456789abcdef", "fedcba9876543210"]);
  });

  test.each(["short", "0123456789abcdef,", "0123456789abcdef,short", "密钥密钥密钥密钥密钥密钥密钥密钥"])(
    "%s is refused, and the value not told",
    (text) => {
      expect(keys(text)).toEqual([expect.stringMatching(/^OPEN311_API_KEYS：用逗号隔开/)]);
    },
  );
});

const officialAccount = (environment: Record<string, string>) => {
  const result = readConfig(environment);
  if (!result.ok) return result.problems.map((problem) => problem.split("：")[0]);
  return result.config.officialAccount;
};

describe("the settings of the official account", () => {
  const aesKey = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";

  test("are none without its token; the token alone answers, and pushes nothing", () => {
    expect(officialAccount({ WECHAT_OFFICIAL_APP_ID: "wx1234" })).toBeUndefined();
    expect(officialAccount({ WECHAT_OFFICIAL_TOKEN: "token" })).toEqual({
      token: "token",
      aesKey: undefined,
      appId: undefined,
      secret: undefined,
    });
    expect(
      officialAccount({
        WECHAT_OFFICIAL_TOKEN: "token",
        WECHAT_OFFICIAL_APP_ID: "wx1234",
        WECHAT_OFFICIAL_SECRET: "s",
        WECHAT_OFFICIAL_AES_KEY: aesKey,
      }),
    ).toEqual({ token: "token", aesKey, appId: "wx1234", secret: "s" });
  });

  test.each([
    [{ WECHAT_OFFICIAL_TOKEN: "to ken" }, ["WECHAT_OFFICIAL_TOKEN"]],
    [{ WECHAT_OFFICIAL_TOKEN: "token", WECHAT_OFFICIAL_APP_ID: "公众号" }, ["WECHAT_OFFICIAL_APP_ID"]],
    [{ WECHAT_OFFICIAL_TOKEN: "token", WECHAT_OFFICIAL_SECRET: "s" }, ["WECHAT_OFFICIAL_SECRET"]],
    [{ WECHAT_OFFICIAL_APP_ID: "wx1234", WECHAT_OFFICIAL_AES_KEY: aesKey }, ["WECHAT_OFFICIAL_AES_KEY"]],
    [{ WECHAT_OFFICIAL_AES_KEY: "short" }, ["WECHAT_OFFICIAL_AES_KEY"]],
    [{ WECHAT_API_BASE: "api.weixin.qq.com" }, ["WECHAT_API_BASE"]],
    [{ WECOM_API_BASE: "ftp://qyapi.weixin.qq.com" }, ["WECOM_API_BASE"]],
  ])("%o is refused, and the key named", (environment, keys) => {
    expect(officialAccount(environment)).toEqual(keys);
  });
});

describe("the settings of customer service of WeCom", () => {
  const aesKey = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";
  const all = {
    WECOM_CORP_ID: "ww0123456789abcdef",
    WECOM_KF_SECRET: "s",
    WECOM_TOKEN: "token",
    WECOM_AES_KEY: aesKey,
  };
  const wecom = (environment: Record<string, string>) => {
    const result = readConfig(environment);
    return result.ok ? result.config.wecom : result.problems.map((problem) => problem.split("：")[0]);
  };

  test("are all four or none", () => {
    expect(wecom({})).toBeUndefined();
    expect(wecom(all)).toEqual({ corpId: "ww0123456789abcdef", secret: "s", token: "token", aesKey });
    expect(wecom({ ...all, WECOM_AES_KEY: "" })).toEqual(["WECOM_CORP_ID", "WECOM_KF_SECRET", "WECOM_TOKEN"]);
  });

  test.each([
    [{ ...all, WECOM_TOKEN: "to ken" }, ["WECOM_TOKEN"]],
    [{ ...all, WECOM_AES_KEY: "short" }, ["WECOM_AES_KEY"]],
    [{ ...all, WECOM_CORP_ID: "企业" }, ["WECOM_CORP_ID"]],
    [{ ...all, WECOM_KF_SECRET: "a b" }, ["WECOM_KF_SECRET"]],
  ])("that are wrong are named: %j", (environment, keys) => {
    expect(wecom(environment)).toEqual(keys);
  });
});

test("webhooks and mail are read, and what will not do is told by its key without its value", () => {
  const secret = `whsec_${"A".repeat(43)}=`;
  const hook = (url: string, more: object = {}) => JSON.stringify([{ name: "hall", url, secret, ...more }]);
  const good = readConfig({
    WEBHOOK_URLS: hook("https://hooks.example.cn/in", { kinds: ["accepted"] }),
    SMTP_URL: "smtps://user:pass@mail.example.cn:465",
    MAIL_FROM: "知权 <no-reply@example.cn>",
  });
  expect(good.ok && good.config).toMatchObject({
    webhooks: [{ name: "hall", url: "https://hooks.example.cn/in", kinds: ["accepted"] }],
    webhooksToLoopback: false,
    mail: { url: "smtps://user:pass@mail.example.cn:465", from: "知权 <no-reply@example.cn>" },
  });

  for (const bad of [
    { WEBHOOK_URLS: hook("http://hooks.example.cn/in") },
    { WEBHOOK_URLS: hook("https://10.0.0.8/in") },
    { WEBHOOK_URLS: hook("http://127.0.0.1/in") },
    { WEBHOOK_URLS: hook("https://hooks.example.cn/in", { kinds: ["nothing"] }) },
    { WEBHOOK_URLS: "{" },
    { SMTP_URL: "https://user:pass@mail.example.cn", MAIL_FROM: "a@b.cn" },
    { SMTP_URL: "smtps://user:pass@mail.example.cn" },
    { MAIL_FROM: "a@b.cn" },
    { SMTP_URL: "smtps://user:pass@mail.example.cn", MAIL_FROM: "nobody" },
  ]) {
    const read = readConfig(bad);
    const told = read.ok ? "" : read.problems.join();
    expect(told).toMatch(/^(WEBHOOK_URLS|SMTP_URL|MAIL_FROM)/);
    expect(told).not.toMatch(/whsec_A|user:pass|10\.0\.0\.8/);
  }
});

describe("the settings of the wechaty process", () => {
  const usual = {
    WECHATY_PUPPET: "wechaty-puppet-service",
    WECHATY_PUPPET_SERVICE_TOKEN: "insecure_11111111",
    CHANNEL_TOKEN: "channel-token-0123456789",
  };
  const problemsOf = (environment: Record<string, string>) => {
    const result = readBotConfig(environment);
    return result.ok ? [] : result.problems.map((problem) => problem.split("：")[0]);
  };

  test("have a switch, and need the tokens of gateway and service", () => {
    expect(problemsOf({})).toEqual(["CHANNEL_TOKEN", "WECHATY_PUPPET"]);
    expect(problemsOf({ ...usual, WECHATY_PUPPET_SERVICE_TOKEN: "" })).toEqual([
      "WECHATY_PUPPET_SERVICE_TOKEN",
    ]);
    expect(readBotConfig(usual)).toMatchObject({
      ok: true,
      config: { serviceUrl: "http://127.0.0.1:8787", healthPort: 8788, puppetEndpoint: undefined },
    });
  });

  test("prefer the token of a kind of chat", () => {
    const one = { ...usual, CHANNEL_TOKEN_WECHATY_GROUP: "group-token-0123456789" };
    expect(readBotConfig(one)).toMatchObject({
      config: { tokens: { wechaty_private: usual.CHANNEL_TOKEN, wechaty_group: "group-token-0123456789" } },
    });
    expect(problemsOf({ ...one, CHANNEL_TOKEN: "" })).toEqual(["CHANNEL_TOKEN"]);
  });

  test("are refused with a line for each key that will not do, never its value", () => {
    const bad = {
      WECHATY_PUPPET: "padlocal!",
      WECHATY_PUPPET_SERVICE_TOKEN: "no prefix",
      WECHATY_PUPPET_SERVICE_ENDPOINT: "https://gateway",
      SERVICE_URL: "service.local",
      BOT_PORT: "70000",
      CHANNEL_TOKEN: "short-one",
    };
    expect(problemsOf(bad).sort()).toEqual(Object.keys(bad).sort());
    for (const value of Object.values(bad)) expect(JSON.stringify(readBotConfig(bad))).not.toContain(value);
  });
});
