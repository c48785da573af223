import { z } from "zod";
import { type Channel, channels } from "./callers/caller.ts";
import type { ChannelToken } from "./callers/caller-service.ts";
import type { MiniProgramSettings } from "./channels/mini-program/mini-program.ts";
import type { OfficialAccountSettings } from "./channels/official-account/door.ts";
import { targetProblem, type WebhookEndpoint, WebhookEndpoints } from "./channels/webhook/endpoints.ts";
import type { WecomSettings } from "./channels/wecom/door.ts";
import { type LogLevel, logLevels } from "./core/log.ts";
import { type KeyRing, parseKeyRing } from "./crypto/key-ring.ts";
import type { ModelSettings } from "./llm/openai-model.ts";
import { wordedKinds } from "./notifications/notice-rules.ts";
import { passwordProblem } from "./staff/role.ts";

/** The settings of a process, read from its environment once and handed in from there. */
export type Config = {
  port: number;
  databaseUrl: string;
  databaseAuthToken: string | undefined;
  blobDir: string;
  channelTokens: ChannelToken[];
  adminPassword: string | undefined;
  /** Absent where the process is to make its own (embedded database only). */
  identityKey: KeyRing | undefined;
  /** Signs receipts. Absent where the process is to make its own (embedded database only). */
  receiptKey: KeyRing | undefined;
  /** Where the clock starts; only with `NODE_ENV=test`. */
  startsAt: Date | undefined;
  logLevel: LogLevel;
  /** Whether one reverse proxy stands in front that ends TLS and appends the visitor's address to `X-Forwarded-For`. */
  trustProxy: boolean;
  /** Whether the operator has confirmed that personal data stays in the PRC (个人信息保护法 36). */
  dataRegionConfirmed: boolean;
  /** Whether the operator has checked how long files of cases are kept; until then none is erased by its age. */
  caseFilePeriodsConfirmed: boolean;
  /** The systems that are told of cases by webhook. */
  webhooks: WebhookEndpoint[];
  /** Whether webhooks may lead to this machine: in tests alone. */
  webhooksToLoopback: boolean;
  /** The mail server that notices go through; on Node alone. */
  mail: { url: string; from: string } | undefined;
  /** What tells answers in other words; absent where none is set. */
  languageModel: ModelSettings | undefined;
  /** What search by meaning goes by; absent where none is set. */
  embeddingModel: ModelSettings | undefined;
  /** The mini-program; absent where none is set up. */
  miniProgram: MiniProgramSettings | undefined;
  /** The keys that other systems file with over Open311; none: its write side is not there. */
  open311ApiKeys: readonly string[];
  /** Where the APIs of WeChat and WeCom are. */
  wechatApiBase: string;
  wecomApiBase: string;
  /** The official account; absent where none is set up. */
  officialAccount: OfficialAccountSettings | undefined;
  /** Customer service of WeCom; absent where none is set up. */
  wecom: WecomSettings | undefined;
};

export type ConfigResult = { ok: true; config: Config } | { ok: false; problems: string[] };

const minTokenChars = 16;

const Key = z.string().transform((text, context) => {
  const ring = parseKeyRing(text);
  if (ring !== undefined) return ring;
  context.addIssue("要 32 字节的 base64（44 个字符），可以写成 编号:base64，轮换时用逗号隔开，新的在前");
  return z.NEVER;
});

const Token = z.string().min(minTokenChars, `至少 ${minTokenChars} 个字符`);

const ModelName = z
  .string()
  .trim()
  .min(1, "要写模型的名称")
  .max(200, "模型的名称太长")
  .regex(/^[\x21-\x7e]+$/, "模型的名称里不能有空格和中文");

const Printable = z.string().regex(/^[\x21-\x7e]{1,200}$/, "里面不能有空格和中文");
const AppId = z.string().regex(/^[A-Za-z0-9_-]{4,64}$/, "要公众平台上的 AppID（wx 开头）");
const AesKey = z.string().regex(/^[A-Za-z0-9+/]{43}$/, "要公众平台上的 EncodingAESKey，43 个字母和数字");
const ApiBase = z.url({ protocol: /^https?$/, error: "要以 http:// 或 https:// 开头" });
const AppSecret = z.string().regex(/^[0-9a-zA-Z]{16,64}$/, "要微信公众平台给的那一串字母数字");
const TemplateId = z.string().regex(/^[\w-]{10,100}$/, "要微信公众平台里订阅消息的模板 ID");

/** The settings of the mini-program. */
const MiniProgramEnvironment = {
  WECHAT_MINI_APP_ID: z
    .string()
    .regex(/^wx[0-9a-f]{16}$/, "要小程序的 AppID：wx 加 16 位")
    .optional(),
  WECHAT_MINI_SECRET: AppSecret.optional(),
  WECHAT_MINI_TOKEN: z
    .string()
    .regex(/^[0-9a-zA-Z]{3,32}$/, "要 3 到 32 个字母或数字，和消息推送里填的一样")
    .optional(),
  WECHAT_MINI_AES_KEY: z
    .string()
    .regex(/^[0-9a-zA-Z]{43}$/, "要 43 个字母或数字（EncodingAESKey）")
    .optional(),
  WECHAT_MINI_TEMPLATE_ACCEPTED: TemplateId.optional(),
  WECHAT_MINI_TEMPLATE_SUPPLEMENT: TemplateId.optional(),
  WECHAT_MINI_TEMPLATE_CLOSED: TemplateId.optional(),
  PUBLIC_URL: z
    .url({ protocol: /^https$/, error: "要以 https:// 开头" })
    .transform((url) => url.replace(/\/+$/, ""))
    .optional(),
};

const Environment = z.object({
  ...MiniProgramEnvironment,
  PORT: z
    .string()
    .regex(/^\d+$/, "要一个端口号")
    .transform(Number)
    .refine((port) => port <= 65535, "端口号最大 65535")
    .default(8787),
  DATABASE_URL: z
    .string()
    .regex(/^(file:.+|libsql:\/\/.+|https?:\/\/.+)$/, "要以 file:、libsql://、http:// 或 https:// 开头")
    .default("file:data/zhiquan.db"),
  DATABASE_AUTH_TOKEN: z.string().optional(),
  BLOB_DIR: z.string().default("data/blobs"),
  ADMIN_PASSWORD: z
    .string()
    .superRefine((password, context) => {
      const problem = passwordProblem(password);
      if (problem !== undefined) context.addIssue(problem);
    })
    .optional(),
  IDENTITY_KEY: Key.optional(),
  RECEIPT_KEY: Key.optional(),
  NODE_ENV: z.string().optional(),
  NOW: z.iso.datetime({ offset: true, error: "要写成 2026-11-22T01:02:03Z 的样子" }).optional(),
  LOG_LEVEL: z.enum(logLevels, { error: `只能是 ${logLevels.join("、")} 之一` }).default("info"),
  TRUST_PROXY: z.enum(["0", "1"], { error: "只能是 0 或 1" }).default("0"),
  DATA_REGION_CONFIRMED: z.enum(["0", "1"], { error: "只能是 0 或 1" }).default("0"),
  CASE_FILE_PERIODS_CONFIRMED: z.enum(["0", "1"], { error: "只能是 0 或 1" }).default("0"),
  WEBHOOK_URLS: WebhookEndpoints.optional(),
  SMTP_URL: z
    .url({ protocol: /^smtps?$/, error: "写成 smtps://用户:密码@主机:465 或 smtp://用户:密码@主机:587" })
    .optional(),
  MAIL_FROM: z
    .string()
    .regex(/^(?:[^<>"\r\n]{1,60} <[^\s@<>]+@[^\s@<>]+>|[^\s@<>]+@[^\s@<>]+)$/, "写成 地址，或者 名称 <地址>")
    .optional(),
  OPENAI_BASE_URL: z
    .url({ protocol: /^https?$/, error: "要以 http:// 或 https:// 开头，一直写到 /v1" })
    .optional(),
  // It travels in a header, which holds nothing else.
  OPENAI_API_KEY: z
    .string()
    .regex(/^[\x21-\x7e]+$/, "里面不能有空格和中文")
    .optional(),
  OPENAI_MODEL: ModelName.optional(),
  OPENAI_EMBEDDING_MODEL: ModelName.optional(),
  WECHAT_API_BASE: ApiBase.default("https://api.weixin.qq.com"),
  OPEN311_API_KEYS: z
    .string()
    .transform((text) => text.split(",").map((key) => key.trim()))
    .refine((keys) => keys.every((key) => /^[\x21-\x7e]{16,200}$/.test(key)), {
      error: `用逗号隔开，每个至少 ${minTokenChars} 个字符，不能有空格和中文`,
    })
    .optional(),
  WECOM_API_BASE: ApiBase.default("https://qyapi.weixin.qq.com"),
  WECHAT_OFFICIAL_APP_ID: AppId.optional(),
  WECHAT_OFFICIAL_SECRET: Printable.optional(),
  WECHAT_OFFICIAL_TOKEN: z
    .string()
    .regex(/^[A-Za-z0-9_-]{3,32}$/, "要公众平台上填的 Token，3–32 个字母和数字")
    .optional(),
  WECHAT_OFFICIAL_AES_KEY: AesKey.optional(),
  WECOM_CORP_ID: z
    .string()
    .regex(/^[A-Za-z0-9_-]{4,64}$/, "要企业微信的企业 ID（ww 开头）")
    .optional(),
  WECOM_KF_SECRET: Printable.optional(),
  WECOM_TOKEN: z
    .string()
    .regex(/^[A-Za-z0-9]{1,32}$/, "要回调配置里的 Token，最多 32 个字母和数字")
    .optional(),
  WECOM_AES_KEY: z
    .string()
    .regex(/^[A-Za-z0-9+/]{43}$/, "要回调配置里的 EncodingAESKey，43 个字母和数字")
    .optional(),
});

const wecomKeys = ["WECOM_CORP_ID", "WECOM_KF_SECRET", "WECOM_TOKEN", "WECOM_AES_KEY"] as const;

const tokenKey = (channel: Channel) => `CHANNEL_TOKEN_${channel.toUpperCase()}`;

/** `CHANNEL_TOKEN` speaks for all channels, `CHANNEL_TOKEN_<CHANNEL>` for one. */
function readTokens(environment: Record<string, string | undefined>, problems: string[]): ChannelToken[] {
  const tokens: ChannelToken[] = [];
  const read = (key: string, speaksFor: ChannelToken["channels"]) => {
    const value = environment[key];
    if (value === undefined || value === "") return;
    const checked = Token.safeParse(value);
    if (checked.success) tokens.push({ token: value, channels: speaksFor });
    else problems.push(`${key}：${checked.error.issues[0]?.message ?? "有误"}`);
  };
  read("CHANNEL_TOKEN", "all");
  for (const channel of channels) read(tokenKey(channel), [channel]);
  return tokens;
}

/** What only the wechaty process looks at. `WECHATY_PUPPET` is the switch: the process does not run without. */
const botSettings = {
  WECHATY_PUPPET: z
    .string({ error: "没有设置，机器人不启动；试点时设为 wechaty-puppet-service 等" })
    .regex(/^wechaty-puppet-[a-z0-9-]+$/, "要写 wechaty-puppet- 开头的包名"),
  WECHATY_PUPPET_SERVICE_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]+_[\x21-\x7e]+$/, "要带前缀和下划线，如 insecure_…、uuid_…，不能有空格和中文")
    .optional(),
  WECHATY_PUPPET_SERVICE_ENDPOINT: z
    .string()
    .regex(/^[\w.-]+:\d{1,5}$/, "要写成 主机:端口")
    .optional(),
  SERVICE_URL: z
    .url({ protocol: /^https?$/, error: "要以 http:// 或 https:// 开头" })
    .default("http://127.0.0.1:8787"),
  BOT_PORT: z
    .string()
    .regex(/^\d+$/, "要一个端口号")
    .transform(Number)
    .refine((port) => port <= 65535, "端口号最大 65535")
    .default(8788),
};

const BotEnvironment = z.object({ ...botSettings, LOG_LEVEL: Environment.shape.LOG_LEVEL });

/** The settings of the wechaty process. */
export type BotConfig = {
  puppet: string;
  /** Of the puppet service. */
  puppetToken: string | undefined;
  puppetEndpoint: string | undefined;
  /** Where the service listens. */
  serviceUrl: string;
  /** What it shows the service for each kind of chat. */
  tokens: { wechaty_private: string; wechaty_group: string };
  /** Where the state of the bot is told, on this machine only. */
  healthPort: number;
  logLevel: LogLevel;
};

/** Reads and checks the environment of the wechaty process, as `readConfig` does that of the service. */
export function readBotConfig(
  environment: Record<string, string | undefined>,
): { ok: true; config: BotConfig } | { ok: false; problems: string[] } {
  const problems: string[] = [];
  const tokens = readTokens(environment, problems);
  const tokenFor = (channel: Channel) =>
    (
      tokens.find((one) => one.channels !== "all" && one.channels.includes(channel)) ??
      tokens.find((one) => one.channels === "all")
    )?.token;
  const [forPrivate, forGroup] = [tokenFor("wechaty_private"), tokenFor("wechaty_group")];
  if (problems.length === 0 && (forPrivate === undefined || forGroup === undefined)) {
    problems.push(
      "CHANNEL_TOKEN：没有设置，要和服务那边的一样（或 CHANNEL_TOKEN_WECHATY_PRIVATE 和 CHANNEL_TOKEN_WECHATY_GROUP）",
    );
  }
  const parsed = BotEnvironment.safeParse(withoutEmpty(environment));
  if (!parsed.success) problems.push(...describeIssues(parsed.error));
  else if (
    parsed.data.WECHATY_PUPPET === "wechaty-puppet-service" &&
    parsed.data.WECHATY_PUPPET_SERVICE_TOKEN === undefined
  ) {
    problems.push("WECHATY_PUPPET_SERVICE_TOKEN：用 wechaty-puppet-service 时必须设置");
  }
  if (!parsed.success || problems.length > 0 || forPrivate === undefined || forGroup === undefined) {
    return { ok: false, problems };
  }
  const { data } = parsed;
  return {
    ok: true,
    config: {
      puppet: data.WECHATY_PUPPET,
      puppetToken: data.WECHATY_PUPPET_SERVICE_TOKEN,
      puppetEndpoint: data.WECHATY_PUPPET_SERVICE_ENDPOINT,
      serviceUrl: data.SERVICE_URL,
      tokens: { wechaty_private: forPrivate, wechaty_group: forGroup },
      healthPort: data.BOT_PORT,
      logLevel: data.LOG_LEVEL,
    },
  };
}

/** One setting: its key in the environment, and the value that counts where it is absent. */
export type Setting = { key: string; default: string | undefined };

/** Every setting that `readConfig` looks at. */
export const settings: readonly Setting[] = [
  ...settingsOf(Environment.shape),
  ...["CHANNEL_TOKEN", ...channels.map(tokenKey)].map((key) => ({ key, default: undefined })),
  ...settingsOf(botSettings),
];

function settingsOf(shape: Record<string, z.ZodType>): Setting[] {
  return Object.entries(shape).map(([key, schema]) => ({
    key,
    default: schema instanceof z.ZodDefault ? String(schema.def.defaultValue) : undefined,
  }));
}

/** The settings of a program that only needs the database: no key is asked for, and no other problem told. */
export function readDatabaseTarget(
  environment: Record<string, string | undefined>,
): { ok: true; target: { url: string; authToken: string | undefined } } | { ok: false; problems: string[] } {
  const parsed = Environment.pick({ DATABASE_URL: true, DATABASE_AUTH_TOKEN: true }).safeParse(
    withoutEmpty(environment),
  );
  return parsed.success
    ? { ok: true, target: { url: parsed.data.DATABASE_URL, authToken: parsed.data.DATABASE_AUTH_TOKEN } }
    : { ok: false, problems: describeIssues(parsed.error) };
}

const withoutEmpty = (environment: Record<string, string | undefined>) =>
  Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ""));

const describeIssues = (error: z.ZodError) =>
  error.issues.map((issue) => `${issue.path.join(".")}：${issue.message}`);

function readMiniProgram(
  data: z.infer<typeof Environment>,
  problems: string[],
): MiniProgramSettings | undefined {
  const { WECHAT_MINI_APP_ID: appId, WECHAT_MINI_SECRET: secret, WECHAT_MINI_TOKEN: token } = data;
  if (appId === undefined || secret === undefined) {
    if (appId !== undefined) problems.push("WECHAT_MINI_SECRET：设置了 WECHAT_MINI_APP_ID，还要设置它");
    else if (secret !== undefined) problems.push("WECHAT_MINI_APP_ID：设置了 WECHAT_MINI_SECRET，还要设置它");
    return undefined;
  }
  if (data.WECHAT_MINI_AES_KEY !== undefined && token === undefined)
    problems.push("WECHAT_MINI_TOKEN：设置了 WECHAT_MINI_AES_KEY，还要设置它");
  const templates = {
    accepted: data.WECHAT_MINI_TEMPLATE_ACCEPTED,
    supplement: data.WECHAT_MINI_TEMPLATE_SUPPLEMENT,
    closed: data.WECHAT_MINI_TEMPLATE_CLOSED,
  };
  return {
    appId,
    secret,
    token,
    aesKey: data.WECHAT_MINI_AES_KEY,
    templateIds: Object.fromEntries(Object.entries(templates).filter(([, id]) => id !== undefined)),
    publicUrl: data.PUBLIC_URL,
  };
}

/** Reads and checks an environment. A problem names the key and never its value. Empty values count as absent. */
export function readConfig(environment: Record<string, string | undefined>): ConfigResult {
  const problems: string[] = [];
  const channelTokens = readTokens(environment, problems);
  const parsed = Environment.safeParse(withoutEmpty(environment));
  if (!parsed.success) {
    problems.push(...describeIssues(parsed.error));
    return { ok: false, problems };
  }
  const { data } = parsed;
  if (!data.DATABASE_URL.startsWith("file:") && data.IDENTITY_KEY === undefined) {
    problems.push("IDENTITY_KEY：用远程数据库时必须设置，各个进程要用同一把");
  }
  for (const key of ["OPENAI_MODEL", "OPENAI_EMBEDDING_MODEL"] as const) {
    if (data[key] !== undefined && data.OPENAI_BASE_URL === undefined && data.OPENAI_API_KEY === undefined)
      problems.push(`${key}：还要设置 OPENAI_BASE_URL（自己的服务）或 OPENAI_API_KEY`);
  }
  for (const key of ["WECHAT_OFFICIAL_SECRET", "WECHAT_OFFICIAL_AES_KEY"] as const) {
    if (data[key] === undefined) continue;
    for (const needed of ["WECHAT_OFFICIAL_APP_ID", "WECHAT_OFFICIAL_TOKEN"] as const) {
      if (data[needed] === undefined) problems.push(`${key}：还要设置 ${needed}`);
    }
  }
  const {
    WECOM_CORP_ID: corpId,
    WECOM_KF_SECRET: kfSecret,
    WECOM_TOKEN: kfToken,
    WECOM_AES_KEY: kfAesKey,
  } = data;
  const wecom =
    corpId !== undefined && kfSecret !== undefined && kfToken !== undefined && kfAesKey !== undefined
      ? { corpId, secret: kfSecret, token: kfToken, aesKey: kfAesKey }
      : undefined;
  if (wecom === undefined) {
    for (const key of wecomKeys) {
      const missing = wecomKeys.filter((other) => data[other] === undefined);
      if (data[key] !== undefined) problems.push(`${key}：还要设置 ${missing.join("、")}`);
    }
  }
  const miniProgram = readMiniProgram(data, problems);
  const webhooksToLoopback = data.NODE_ENV === "test";
  for (const { name, url, kinds = [] } of data.WEBHOOK_URLS ?? []) {
    const problem = targetProblem(url, { loopback: webhooksToLoopback });
    if (problem !== undefined)
      problems.push(`WEBHOOK_URLS：${name} 的地址不能用（${problem}），只能是公网的 https 地址`);
    const unknown = kinds.filter((kind) => !wordedKinds.includes(kind));
    if (unknown.length > 0) problems.push(`WEBHOOK_URLS：${name} 的 kinds 里有没有的种类`);
  }
  if ((data.SMTP_URL === undefined) !== (data.MAIL_FROM === undefined))
    problems.push("SMTP_URL、MAIL_FROM：要么都设，要么都不设");
  if (problems.length > 0) return { ok: false, problems };
  const mail =
    data.SMTP_URL === undefined || data.MAIL_FROM === undefined
      ? undefined
      : { url: data.SMTP_URL, from: data.MAIL_FROM };
  const modelSettings = (model: string | undefined): ModelSettings | undefined =>
    model === undefined ? undefined : { baseUrl: data.OPENAI_BASE_URL, apiKey: data.OPENAI_API_KEY, model };
  return {
    ok: true,
    config: {
      port: data.PORT,
      databaseUrl: data.DATABASE_URL,
      databaseAuthToken: data.DATABASE_AUTH_TOKEN,
      blobDir: data.BLOB_DIR,
      channelTokens,
      adminPassword: data.ADMIN_PASSWORD,
      identityKey: data.IDENTITY_KEY,
      receiptKey: data.RECEIPT_KEY,
      startsAt: data.NODE_ENV === "test" && data.NOW !== undefined ? new Date(data.NOW) : undefined,
      logLevel: data.LOG_LEVEL,
      trustProxy: data.TRUST_PROXY === "1",
      dataRegionConfirmed: data.DATA_REGION_CONFIRMED === "1",
      caseFilePeriodsConfirmed: data.CASE_FILE_PERIODS_CONFIRMED === "1",
      webhooks: data.WEBHOOK_URLS ?? [],
      webhooksToLoopback,
      mail,
      languageModel: modelSettings(data.OPENAI_MODEL),
      embeddingModel: modelSettings(data.OPENAI_EMBEDDING_MODEL),
      wechatApiBase: data.WECHAT_API_BASE,
      miniProgram,
      open311ApiKeys: data.OPEN311_API_KEYS ?? [],
      wecomApiBase: data.WECOM_API_BASE,
      officialAccount:
        data.WECHAT_OFFICIAL_TOKEN === undefined
          ? undefined
          : {
              token: data.WECHAT_OFFICIAL_TOKEN,
              aesKey: data.WECHAT_OFFICIAL_AES_KEY,
              appId: data.WECHAT_OFFICIAL_APP_ID,
              secret: data.WECHAT_OFFICIAL_SECRET,
            },
      wecom,
    },
  };
}
