import { describe, expect, test } from "vitest";
import { readConfig } from "./config.ts";

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
