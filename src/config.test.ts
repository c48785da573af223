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
