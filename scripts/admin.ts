/** `npm run admin -- help`: accounts, the schema, and whether the records of cases, evidence, aid money and staff are whole. */
import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { createLedgerVerification } from "../src/cases/aid-verification-service.ts";
import { createCaseVerification } from "../src/cases/case-verification-service.ts";
import { caseNotes, respondentAccess } from "../src/cases/schema.ts";
import { subscriptionConsents } from "../src/channels/mini-program/schema.ts";
import { menuToPush } from "../src/channels/official-account/menu.ts";
import { readDatabaseTarget } from "../src/config.ts";
import { AppError } from "../src/core/error.ts";
import { createNewId, randomBytes } from "../src/core/new-id.ts";
import { createVault } from "../src/crypto/key-ring.ts";
import { type Database, openDatabase } from "../src/db/client.ts";
import { knownMigrations, migrateDatabase } from "../src/db/migrate.node.ts";
import { outbox } from "../src/outbox/schema.ts";
import { loadOffices } from "../src/regions/region-data.ts";
import { createKeyRotation } from "../src/reports/key-rotation-service.ts";
import { noticeConsents } from "../src/reports/schema.ts";
import { createAccountService } from "../src/staff/account-service.ts";
import type { KeptAnchor } from "../src/staff/anchor-service.ts";
import { createAudit } from "../src/staff/audit-service.ts";
import { type Role, roleNames, roles } from "../src/staff/role.ts";
import { auditEntries, staffAccounts } from "../src/staff/schema.ts";
import { qrCodes } from "./operations/qr-codes.ts";
import { findRing, OperatorError, requireConfig, runCommand, stampOf } from "./operations/settings.ts";
import { verifyAudit } from "./operations/verify-audit.ts";
import { verifyEvidenceAloud } from "./operations/verify-evidence.ts";
import { pushMenu } from "./operations/wechat-menu.ts";

const help = `用法：npm run admin -- 命令

  accounts                     列出账号
  add --account A --name N --role R --office CODE
                               新建账号，显示一次性密码
  reset-password A             换成新的一次性密码，并解除锁定
  migrate                      把数据库升级到这个版本（远程数据库在部署前运行）
  verify [--anchor N:HASH]     核对案件记录、材料的文件和保管记录、维权援助的账、操作日志是否完整、有没有被改动；
                               带上以前抄下的锚点，还能看出数据是不是被换成了更早的
  rewrap                       换了 IDENTITY_KEY 以后，把每份报告的密钥改由新密钥保管
  menu show|push               看公众号菜单，或者把它推到微信（src/channels/official-account/data/menu.json）
  qrcodes [--out DIR] [--stalls F.csv]
                               为每个市场和摊位取小程序码，扫码进来地点已经填好

角色：${roleNames.map((role) => `${role}（${roles[role].title}）`).join("、")}
单位：130900 是市局，县（市、区）用 6 位区划代码
数据库：DATABASE_URL、DATABASE_AUTH_TOKEN，不设则用 data/zhiquan.db`;

const commands: Record<string, (words: string[]) => Promise<number>> = {
  accounts: () => withDatabase(listAccounts),
  add: (words) => withDatabase((db) => addAccount(db, words)),
  "reset-password": (words) => withDatabase((db) => resetPassword(db, words)),
  migrate,
  verify: (words) => {
    const kept = readAnchor(words);
    return withDatabase((db) => verify(db, kept));
  },
  rewrap: () => withDatabase(rewrap),
  menu,
  qrcodes: (words) =>
    withDatabase((db) => {
      const ring = findRing(requireConfig());
      if (ring === undefined)
        throw new OperatorError("还没有密钥，请先启动一次服务，或者设置 IDENTITY_KEY。");
      return qrCodes(db, createVault(ring, randomBytes), words);
    }),
};

await runCommand(async () => {
  const [name = "help", ...words] = process.argv.slice(2);
  const command = commands[name];
  if (command !== undefined) {
    try {
      return await command(words);
    } catch (error) {
      throw error instanceof AppError ? new OperatorError(error.message) : error;
    }
  }
  if (name !== "help") console.error(`没有命令 ${name}。\n`);
  console.log(help);
  return name === "help" ? 0 : 2;
});

function requireTarget() {
  const result = readDatabaseTarget(process.env);
  if (!result.ok) throw new OperatorError(result.problems.join("\n"));
  return result.target;
}

async function withDatabase(work: (db: Database) => Promise<number>): Promise<number> {
  const target = requireTarget();
  const notReady = new OperatorError("数据库还没有建好或版本较旧，请先运行：npm run admin -- migrate");
  // Opening a file that is not there would make one.
  if (target.url.startsWith("file:") && !existsSync(target.url.slice("file:".length))) throw notReady;
  let db: Database | undefined;
  try {
    db = await openDatabase(target);
    await db.ping();
    // It has no schema at all where this fails.
    const applied = await db.countMigrations().catch(() => 0);
    if (applied < knownMigrations()) throw notReady;
    return await work(db);
  } catch (error) {
    throw describeUnreachable(error);
  } finally {
    await db?.close();
  }
}

/** A database that does not answer, in words; its address may hold a secret and stays out. Other failures as they are. */
function describeUnreachable(error: unknown): unknown {
  if (error instanceof AppError) return error;
  for (let current = error; current instanceof Error; current = current.cause) {
    const code = current.message === "fetch failed" ? current.message : (current as { code?: unknown }).code;
    if (typeof code !== "string") continue;
    return new OperatorError(
      `数据库没有应答或不可用（${code}）。请检查 DATABASE_URL 和 DATABASE_AUTH_TOKEN。`,
    );
  }
  return error;
}

function accountsOf(db: Database) {
  const [now, newId] = [() => new Date(), createNewId()];
  const audit = createAudit({ db, now, newId });
  const knowsOffice = (code: string) => loadOffices().some((office) => office.code === code);
  return createAccountService({ db, audit, now, newId, randomBytes, knowsOffice });
}

async function listAccounts(db: Database): Promise<number> {
  const offices = new Map(loadOffices().map((office) => [office.code, office.shortName]));
  const accounts = await accountsOf(db).listAccounts();
  for (const { account, name, role, officeCode, lockedUntil, disabledAt } of accounts) {
    const title = roles[role as Role].title;
    const locked = lockedUntil !== null && lockedUntil > new Date() ? "，已锁定" : "";
    const disabled = disabledAt === null ? "" : "，已停用";
    console.log(
      `${account}\t${name}\t${title}\t${officeCode} ${offices.get(officeCode) ?? "?"}${locked}${disabled}`,
    );
  }
  console.log(`共 ${accounts.length} 个账号`);
  return 0;
}

async function addAccount(db: Database, words: string[]): Promise<number> {
  const { account, name, role, office } = readOptions(words);
  const problems = [
    /^[A-Za-z0-9._-]{2,60}$/.test(account ?? "") ? "" : "--account：2–60 个字母、数字、点、横线或下划线",
    (name ?? "").trim() === "" ? "--name：请填姓名" : "",
    roleNames.some((known) => known === role) ? "" : `--role：只能是 ${roleNames.join("、")} 之一`,
    loadOffices().some((known) => known.code === office)
      ? ""
      : `--office：没有这个单位，可以是 ${loadOffices()
          .map((known) => `${known.code} ${known.shortName}`)
          .join("、")}`,
  ].filter((problem) => problem !== "");
  if (account === undefined || name === undefined || office === undefined || problems.length > 0) {
    throw new OperatorError(problems.join("\n"));
  }
  // Checked against the list above.
  const made = await accountsOf(db).createAccount({ account, name, role: role as Role, officeCode: office });
  console.log(
    `账号 ${account.toLowerCase()} 已建好，一次性密码 ${made.password}（只显示这一次，登录后请修改）`,
  );
  return 0;
}

function readOptions(words: string[]) {
  try {
    const text = { type: "string" } as const;
    return parseArgs({ args: words, options: { account: text, name: text, role: text, office: text } })
      .values;
  } catch {
    throw new OperatorError("用法：npm run admin -- add --account A --name N --role R --office CODE");
  }
}

async function resetPassword(db: Database, [account]: string[]): Promise<number> {
  if (account === undefined) throw new OperatorError("用法：npm run admin -- reset-password A");
  const password = await accountsOf(db).resetPassword(account);
  console.log(`账号 ${account} 的一次性密码 ${password}（只显示这一次，登录后请修改）；它的登录都已退出。`);
  return 0;
}

async function migrate(): Promise<number> {
  const target = requireTarget();
  try {
    const backup = await migrateDatabase(target, stampOf(new Date()));
    if (backup !== undefined) console.log(`升级前已备份到 ${backup}`);
  } catch (error) {
    throw describeUnreachable(error);
  }
  console.log(`数据库已是这个版本的结构（${knownMigrations()} 次升级都已完成）。`);
  return 0;
}

/** The anchor that the operator noted from an earlier run, if they name one. */
function readAnchor(words: string[]): KeptAnchor | undefined {
  if (words.length === 0) return undefined;
  const [, seq, hash] = /^--anchor[ =](\d+):([0-9a-f]{64})$/.exec(words.join(" ")) ?? [];
  if (seq === undefined || hash === undefined)
    throw new OperatorError("用法：npm run admin -- verify --anchor N:HASH");
  return { seq: Number(seq), hash };
}

async function verify(db: Database, kept: KeptAnchor | undefined): Promise<number> {
  const { count, faults } = await createCaseVerification({ db }).all();
  for (const { caseId, fault } of faults) console.error(`${caseId}：${fault}`);
  console.log(
    faults.length === 0 ? `${count} 个案件的记录都完整。` : `${count} 个案件，${faults.length} 个有问题。`,
  );
  const isEvidenceWhole = await verifyEvidenceAloud(db, requireTarget().url);
  const ledger = await createLedgerVerification({ db }).verifyLedger();
  for (const { year, seq, fault } of ledger.faults)
    console.error(`维权援助 ${year} 年账第 ${seq} 笔：${fault}`);
  console.log(
    `维权援助的账 ${ledger.count} 笔，${ledger.faults.length === 0 ? "都完整" : `${ledger.faults.length} 处有问题`}。`,
  );
  const audit = await verifyAudit(db, kept);
  for (const { chain, seq, fault } of audit.faults) console.error(`${chain} 第 ${seq} 条：${fault}`);
  const unsigned = audit.unsigned === 0 ? "" : `（${audit.unsigned} 个锚点没有密钥，没有核对签名）`;
  console.log(
    `操作日志 ${audit.entries} 条，锚点 ${audit.anchors} 个，${audit.faults.length === 0 ? "都完整" : `${audit.faults.length} 处有问题`}${unsigned}。`,
  );
  if (audit.last !== undefined)
    console.log(`请抄下最新的锚点，下次核对用：--anchor ${audit.last.seq}:${audit.last.hash}`);
  const faultCount = faults.length + ledger.faults.length + audit.faults.length;
  return faultCount === 0 && isEvidenceWhole ? 0 : 1;
}

async function menu([what]: string[]): Promise<number> {
  if (what !== "show" && what !== "push") throw new OperatorError("用法：npm run admin -- menu show|push");
  console.log(JSON.stringify(menuToPush(), null, 2));
  if (what === "show") return 0;
  return withDatabase(async (db) => {
    await pushMenu(db, requireConfig());
    console.log("菜单已推到微信，关注的人最迟 24 小时内看到。");
    return 0;
  });
}

async function rewrap(db: Database): Promise<number> {
  const ring = findRing(requireConfig());
  if (ring === undefined) throw new OperatorError("没有找到密钥：请设 IDENTITY_KEY，或者先启动一次服务。");
  const done = await createKeyRotation({
    db,
    vault: createVault(ring, randomBytes),
    elsewhere: {
      sealed: [
        caseNotes.sealed,
        staffAccounts.totpSealed,
        auditEntries.reasonSealed,
        subscriptionConsents.sealedOpenid,
        noticeConsents.address,
        outbox.recipient,
      ],
      codeKeys: [respondentAccess.keyId],
    },
  }).rewrap();
  console.log(`${done.rewrapped} 份密钥已改由 ${ring.current} 保管。`);
  for (const [id, count] of Object.entries(done.queryCodes)) {
    console.log(`${id} 还不能去掉：${count} 个查询码（答复码）由它算出。`);
  }
  console.log("对话和问题队列里由旧密钥封存的，最迟 180 天后到期删除，在那以前也要留着旧密钥。");
  if (done.sealedDirectly > 0) {
    console.log(
      `旧密钥还不能去掉：${done.sealedDirectly} 项直接由它封存（早期的报告、材料的文件名、办案附言、动态口令、各种理由）。`,
    );
  }
  return 0;
}
