import { OpenAPIHono } from "@hono/zod-openapi";
import type { Context, MiddlewareHandler } from "hono";
import { z } from "zod";
import zhCN from "zod/v4/locales/zh-CN.js";
import migrations from "../drizzle/meta/_journal.json" with { type: "json" };
import knowledgeBlob from "../knowledge/index.json" with { type: "json" };
import { shippedClockRules } from "./calendar/clock-rule.ts";
import { deadlineRoutes } from "./calendar/deadline-routes.ts";
import { createCalendar, shippedHolidays } from "./calendar/working-days.ts";
import { authenticated, type ClientAddress, requireSameOrigin } from "./callers/authenticate.ts";
import { callerRoutes } from "./callers/caller-routes.ts";
import { type ChannelToken, createCallerService } from "./callers/caller-service.ts";
import { createProofOfWork } from "./callers/proof-of-work-service.ts";
import { createAidRepository, createLedgerSource } from "./cases/aid-repository.ts";
import { aidRoutes } from "./cases/aid-routes.ts";
import { createAidService } from "./cases/aid-service.ts";
import { createLedgerVerification } from "./cases/aid-verification-service.ts";
import { caseAdviceRoutes } from "./cases/case-advice-routes.ts";
import { createCaseRepository, isCaseConflict } from "./cases/case-repository.ts";
import { caseRoutes } from "./cases/case-routes.ts";
import { type CaseService, createCaseService } from "./cases/case-service.ts";
import { createCaseVerification } from "./cases/case-verification-service.ts";
import { createCaseClocks } from "./cases/clocks.ts";
import { createPublicRegister } from "./cases/public-register-repository.ts";
import { createReminderRepository } from "./cases/reminder-repository.ts";
import { reminderRoutes } from "./cases/reminder-routes.ts";
import { createReminderService } from "./cases/reminder-service.ts";
import { createRespondentAccessRepository } from "./cases/respondent-access-repository.ts";
import { caseEvents } from "./cases/schema.ts";
import { miniProgramCallbackRoutes } from "./channels/mini-program/callback-routes.ts";
import { createMiniProgram, type MiniProgramSettings } from "./channels/mini-program/mini-program.ts";
import { miniProgramRoutes } from "./channels/mini-program/mini-program-routes.ts";
import {
  createOfficialAccountDoor,
  createOfficialAccountPush,
  type OfficialAccountSettings,
} from "./channels/official-account/door.ts";
import { officialAccountRoutes } from "./channels/official-account/official-account-routes.ts";
import { open311Routes } from "./channels/open311/open311-routes.ts";
import { createOpen311 } from "./channels/open311/open311-service.ts";
import { createWecomDoor, createWecomPush, type WecomSettings } from "./channels/wecom/door.ts";
import { wecomRoutes } from "./channels/wecom/wecom-routes.ts";
import { createConversationRepository } from "./conversation/conversation-repository.ts";
import { conversationRoutes } from "./conversation/conversation-routes.ts";
import { createConversationService } from "./conversation/conversation-service.ts";
import { createProposer } from "./conversation/proposals/proposal-service.ts";
import { traceRoutes } from "./conversation/trace/trace-routes.ts";
import { createTraceService } from "./conversation/trace/trace-service.ts";
import { createReaders } from "./conversation/understanding/readers.ts";
import type { Clock } from "./core/clock.ts";
import { dateInShanghai } from "./core/clock.ts";
import { AppError } from "./core/error.ts";
import { describeError, type Log } from "./core/log.ts";
import type { NewId, RandomBytes } from "./core/new-id.ts";
import { type Wait, wait as waitByTheClock } from "./core/wait.ts";
import type { Vault } from "./crypto/key-ring.ts";
import type { Signer } from "./crypto/signer.ts";
import { createChainSource } from "./db/chain-source.ts";
import type { Database } from "./db/client.ts";
import { type ApiDescription, describeApi } from "./http/api-description.ts";
import { docsRoutes } from "./http/docs-page.ts";
import { type ObserveRequest, observed, secured, withRequestId } from "./http/middleware.ts";
import { type Metrics, type ObserveReading, operationRoutes } from "./http/operation-routes.ts";
import { createErrorHandler, invalidRequest, notFound } from "./http/problem.ts";
import { identifierRoutes } from "./identifiers/identifier-routes.ts";
import { assistedRoutes } from "./intake/assisted-routes.ts";
import { createAssistedIntake } from "./intake/assisted-service.ts";
import { createFilingService } from "./intake/filing-service.ts";
import { intakeRoutes } from "./intake/intake-routes.ts";
import { createIntakeService } from "./intake/intake-service.ts";
import { noticeRoutes } from "./intake/notice-routes.ts";
import { createNoticeService } from "./intake/notice-service.ts";
import { privacyRoutes } from "./intake/privacy-routes.ts";
import { createPrivacyService } from "./intake/privacy-service.ts";
import { respondentRoutes } from "./intake/respondent-routes.ts";
import { createRespondentService } from "./intake/respondent-service.ts";
import { selfHelpRoutes } from "./intake/self-help-routes.ts";
import { createStructuredFiling } from "./intake/structured-filing-service.ts";
import { createAnswerService } from "./knowledge/answer-service.ts";
import { createAnswering } from "./knowledge/answering.ts";
import { createEmbeddingRepository } from "./knowledge/embedding-repository.ts";
import { createGroundedRewriter } from "./knowledge/grounded-rewrite.ts";
import { shippedSources } from "./knowledge/impact-sources.ts";
import { createKnowledge } from "./knowledge/knowledge.ts";
import { knowledgeAdminRoutes } from "./knowledge/knowledge-admin-routes.ts";
import { asBlob } from "./knowledge/knowledge-blob.ts";
import { knowledgeRoutes } from "./knowledge/knowledge-routes.ts";
import { createQuestionRepository } from "./knowledge/question-repository.ts";
import { questionRoutes } from "./knowledge/question-routes.ts";
import { createQuestionService } from "./knowledge/question-service.ts";
import { createSemanticSearch } from "./knowledge/semantic-search.ts";
import { createStandardAnswerRepository } from "./knowledge/standard-answer-repository.ts";
import { standardAnswerRoutes } from "./knowledge/standard-answer-routes.ts";
import { createStandardAnswerService } from "./knowledge/standard-answer-service.ts";
import { createStatuteRepository } from "./knowledge/statute-repository.ts";
import { createStatuteService } from "./knowledge/statute-service.ts";
import { type EmbeddingModel, type LanguageModel, ModelError } from "./llm/model.ts";
import { createDispatcher } from "./notifications/dispatch-service.ts";
import { createNoticeWriter, type NoticeSystem } from "./notifications/notice-writer.ts";
import { outboxRoutes } from "./notifications/outbox-routes.ts";
import type { Sender } from "./notifications/sender.ts";
import { createOutboxRepository } from "./outbox/outbox-repository.ts";
import type { Assets } from "./pages/assets.ts";
import { pageRoutes } from "./pages/page-routes.ts";
import mattersFile from "./regions/data/matters.json" with { type: "json" };
import { createGazetteer } from "./regions/gazetteer.ts";
import { createJurisdiction } from "./regions/jurisdiction.ts";
import { regionRoutes } from "./regions/region-routes.ts";
import { createCustodyRepository } from "./reports/custody-repository.ts";
import { createDerivativeService } from "./reports/derivative-service.ts";
import type { ErasureJournal } from "./reports/erasure-journal.ts";
import { evidenceRoutes } from "./reports/evidence-routes.ts";
import { createEvidenceService } from "./reports/evidence-service.ts";
import { formRoutes } from "./reports/form-routes.ts";
import { createIdentityVault } from "./reports/identity-service.ts";
import { createMatchService } from "./reports/match-service.ts";
import { createNoticeConsents } from "./reports/notice-consent-repository.ts";
import { createPublicMedia, type PublicFetch } from "./reports/public-media-service.ts";
import { receiptRoutes } from "./reports/receipt-routes.ts";
import { createReceipts } from "./reports/receipt-service.ts";
import { createReportService } from "./reports/report-service.ts";
import { createRetentionService } from "./reports/retention-service.ts";
import { createAbsenceService } from "./staff/absence-service.ts";
import { accountRoutes } from "./staff/account-routes.ts";
import { createVaultSigner, publicKeyFromVault } from "./staff/anchor-key.ts";
import { createAnchors, type KeptAnchor } from "./staff/anchor-service.ts";
import { auditRoutes } from "./staff/audit-routes.ts";
import { createAudit } from "./staff/audit-service.ts";
import { audited, createGuard } from "./staff/guard.ts";
import type { SignInPolicy } from "./staff/sign-in-policy.ts";
import { staffRoutes } from "./staff/staff-routes.ts";
import { createStaffService } from "./staff/staff-service.ts";
import type { BlobStore } from "./storage/blob-store.ts";
import { createAccessTokenRepository } from "./wechat/access-token-repository.ts";
import { createAccessTokens } from "./wechat/access-tokens.ts";

/** What an entry builds and hands in: everything outside the process, and chance and time. */
export type Adapters = {
  db: Database;
  blobs: BlobStore;
  vault: Vault;
  log: Log;
  now: Clock;
  newId: NewId;
  randomBytes: RandomBytes;
  channelTokens: readonly ChannelToken[];
  clientAddress: ClientAddress;
  /** The figures of staff's sign-in. Absent: as shipped. */
  signInPolicy?: SignInPolicy | undefined;
  /** How many iterations of PBKDF2 stand before a guess at a password. Absent: as shipped, which no entry changes. */
  passwordIterations?: number | undefined;
  /** Whether cookies are sent over TLS only. */
  secureCookie: boolean;
  /** Signs receipts; a must where reports are taken. */
  signer: Signer | undefined;
  /** Whether reports are taken here; else knowledge and status only (个人信息保护法 36). */
  intakeOpen: boolean;
  /** What was erased, kept outside the database. Without one, a restored backup brings erased things back. */
  erasureJournal?: ErasureJournal | undefined;
  /** Whether the operator has confirmed how long files of cases are kept; else none is erased by its age. */
  caseFilePeriodsConfirmed?: boolean | undefined;
  /** What the pages load. */
  assets: Assets;
  /** Told of every finished request, and read at `/metrics`. Absent where the platform measures (Workers). */
  metrics?: Metrics & { observe: ObserveRequest; observeReading: ObserveReading };
  /** Tells answers in other words, and proposes what the rules left open in a message. Absent where none is configured. */
  languageModel?: LanguageModel | undefined;
  /** Search by meaning. Absent where none is configured. */
  embeddingModel?: EmbeddingModel | undefined;
  /** What carries notices out, one a door. Absent: nothing is sent. */
  senders?: readonly Sender[] | undefined;
  /** How long a sender may take for one notice. Absent: as shipped. */
  sendTimeLimitMs?: number | undefined;
  /** The systems that are told of cases by webhook. */
  systems?: readonly NoticeSystem[] | undefined;
  /** How long a person waits for a model before the answer stands without it. */
  modelTimeouts?: { rewriteMs: number; searchMs: number; proposeMs?: number };
  /** Waits; absent: by the clock of the machine. */
  wait?: Wait | undefined;
  /** Where WeChat's API is; absent: its own host. */
  wechatApiBase?: string | undefined;
  /** The mini-program; absent where none is set up. */
  miniProgram?: MiniProgramSettings | undefined;
  /** The keys that other systems file with over Open311. None: it is for reading only. */
  open311ApiKeys?: readonly string[] | undefined;
  /** Fetches files from addresses that people name. Absent: none is fetched. */
  publicFetch?: PublicFetch | undefined;
  /** The official account; absent where none is set up. */
  officialAccount?: OfficialAccountSettings | undefined;
  /** Where WeCom's API is; absent: its own host. */
  wecomApiBase?: string | undefined;
  /** Customer service of WeCom; absent where none is set up. */
  wecom?: WecomSettings | undefined;
};

const apiVersion = "1.0.0";
const wechatApi = "https://api.weixin.qq.com";
const wecomApi = "https://qyapi.weixin.qq.com";

/** Builds the services of every room on the adapters, and mounts what each room exports. */
export function createApp(adapters: Adapters) {
  if (adapters.intakeOpen && adapters.signer === undefined) {
    throw new Error("Reports are taken only where receipts are signed.");
  }
  z.config(zhCN());
  const { db, blobs, vault, log, now, newId, randomBytes, metrics } = adapters;

  const calendar = createCalendar(shippedHolidays);
  const statutes = createStatuteService({
    statutes: createStatuteRepository(db),
    instruments: asBlob(knowledgeBlob).instruments,
    now,
    log,
  });
  const knowledge = createKnowledge(knowledgeBlob, {
    deadlines: { calendar, rules: shippedClockRules },
    texts: statutes.texts,
  });
  const { languageModel, embeddingModel, modelTimeouts = { rewriteMs: 2_500, searchMs: 1_500 } } = adapters;
  const rewriter =
    languageModel === undefined
      ? undefined
      : createGroundedRewriter({
          model: languageModel,
          findReferences: knowledge.findReferences,
          timeoutMs: modelTimeouts.rewriteMs,
        });
  const semantic =
    embeddingModel === undefined
      ? undefined
      : createSemanticSearch({
          model: embeddingModel,
          vectors: createEmbeddingRepository(db),
          passages: knowledge.passages,
          log,
          queryTimeoutMs: modelTimeouts.searchMs,
        });
  const answering = createAnswering({ knowledge, rewriter, semantic, log });
  const gazetteer = createGazetteer();
  const jurisdiction = createJurisdiction({ gazetteer });
  const clocks = createCaseClocks({ rules: shippedClockRules, calendar });

  const questionRepository = createQuestionRepository({ db, vault });
  const standards = createStandardAnswerService({
    db,
    standards: createStandardAnswerRepository(db),
    knowledge,
    now,
    newId,
    log,
  });
  const answers = createAnswerService({
    db,
    knowledge,
    standards,
    statutes,
    questions: questionRepository,
    prepareQuery: answering.prepare,
    answerer: (query, { signal, onPiece }) =>
      onPiece === undefined ? answering.ask(query, signal) : answering.askStreaming(query, onPiece, signal),
    now,
    newId,
    log,
  });
  const questions = createQuestionService({ questions: questionRepository, hasStandard: standards.has, now });

  const callers = createCallerService({
    db,
    vault,
    now,
    newId,
    randomBytes,
    channelTokens: adapters.channelTokens,
  });
  const proofs = createProofOfWork({ db, vault, now, randomBytes });
  const audit = createAudit({ db, vault, now, newId });
  const staff = createStaffService({
    db,
    vault,
    audit,
    now,
    newId,
    randomBytes,
    knowsOffice: (code) => jurisdiction.officeOf(code) !== undefined,
    policy: adapters.signInPolicy,
    passwordIterations: adapters.passwordIterations,
  });
  const absences = createAbsenceService({ db, audit, now, newId });
  const anchorSigner = createVaultSigner(vault);
  const caseChains = createChainSource(db, "case", caseEvents, {
    chain: caseEvents.caseId,
    seq: caseEvents.seq,
    hash: caseEvents.hash,
  });
  const anchors = createAnchors({
    db,
    signer: anchorSigner,
    publicKeyOf: (keyId) => publicKeyFromVault(vault, keyId),
    sources: [audit.source, caseChains, createLedgerSource(db)],
    now,
  });
  const identities = createIdentityVault({ db, vault, randomBytes });
  const reports = createReportService({ db, vault, identities, now, newId, randomBytes });
  const custody = createCustodyRepository(db);
  const evidence = createEvidenceService({ db, blobs, custody, vault, now, newId });
  const derivatives = createDerivativeService({ db, blobs, evidence, custody, now, newId });
  const receipts = createReceipts({ db, signer: adapters.signer });
  const caseRepository = createCaseRepository({ db, vault });
  const consents = createNoticeConsents({ db, vault });
  const outbox = createOutboxRepository({ db, vault, newId });
  const noticeWriter = createNoticeWriter({
    db,
    outbox,
    consents,
    cases: caseRepository,
    jurisdiction,
    systems: adapters.systems ?? [],
    now,
  });
  const wait = adapters.wait ?? waitByTheClock;
  const accessTokens = createAccessTokens({
    tokens: createAccessTokenRepository({ db, vault }),
    now,
    newId,
    wait,
  });
  /** How a door speaks to WeChat or WeCom. */
  const reaching = {
    tokens: accessTokens,
    fetch: (url: string, init: RequestInit) => fetch(url, init),
    db,
    vault,
    now,
    wait,
    log,
  };
  const officialAccountPush =
    adapters.officialAccount &&
    createOfficialAccountPush(adapters.officialAccount, {
      apiBase: adapters.wechatApiBase ?? wechatApi,
      ...reaching,
    });
  const wecomPush =
    adapters.wecom &&
    createWecomPush(adapters.wecom, {
      apiBase: adapters.wecomApiBase ?? wecomApi,
      ...reaching,
    });
  const miniProgram =
    adapters.miniProgram &&
    createMiniProgram(adapters.miniProgram, {
      apiBase: adapters.wechatApiBase ?? wechatApi,
      ...reaching,
      callers,
      reports,
      evidence,
      derivatives,
      newId,
      randomBytes,
    });

  const dispatcher = createDispatcher({
    outbox,
    senders: [
      officialAccountPush?.sender,
      miniProgram?.sender,
      wecomPush?.sender,
      ...(adapters.senders ?? []),
    ].filter((sender) => sender !== undefined),
    now,
    chance: () => (randomBytes(1)[0] ?? 0) / 256,
    log,
    timeLimitMs: adapters.sendTimeLimitMs,
  });
  const aid = createAidService({ db, ledger: createAidRepository({ db }), cases: caseRepository, now });
  const retention = createRetentionService({
    db,
    blobs,
    vault,
    journal: adapters.erasureJournal,
    caseFilePeriodsConfirmed: adapters.caseFilePeriodsConfirmed ?? false,
    // Cases stand above retention: they are built below, and told when something of theirs is erased.
    recordErasure: {
      prepare: async (reportId, erased) => {
        const identity = erased.find(({ part }) => part === "identity");
        if (identity === undefined) return [];
        return cases.prepareErasure(
          reportId,
          identity.rule === "deletion-request" ? "requested" : "retention",
        );
      },
      isConflict: isCaseConflict,
    },
    now,
    newId,
  });
  const cases: CaseService = createCaseService({
    db,
    cases: caseRepository,
    clocks,
    calendar,
    jurisdiction,
    grantOf: aid.grantOf,
    ending: {
      ended: async ({ reportId, facts }, at) =>
        retention.onCaseClosed(reportId, at, facts.outcome === null ? "other" : "decided"),
      reopened: async (reportId) => retention.onCaseReopened(reportId),
      held: (reportId, hold, person) => retention.hold(reportId, hold, person.accountId),
    },
    tellOutside: noticeWriter.tellCase,
    now,
    newId,
  });
  const reminders = createReminderService({
    db,
    reminders: createReminderRepository({ db }),
    cases: caseRepository,
    calendar,
    recipientOf: absences.coverOf,
    tellOutside: noticeWriter.tellReminders,
    now,
    newId,
  });
  const matches = createMatchService({ db, vault });
  const notices = createNoticeService({ db, reports, consents, callers, doors: dispatcher.doors, now });
  const filings = createFilingService({
    vault,
    reports,
    evidence,
    receipts,
    matches,
    cases,
    caseRepository,
    callers,
    proofs,
    jurisdiction,
    notices,
    now,
  });
  const intake = createIntakeService({
    db,
    reports,
    evidence,
    receipts,
    cases,
    caseRepository,
    callers,
    jurisdiction,
  });
  const privacy = createPrivacyService({
    db,
    intake,
    reports,
    identities,
    consents,
    evidence,
    retention,
    cases,
    now,
  });
  const respondents = createRespondentService({
    db,
    access: createRespondentAccessRepository({ db, vault, randomBytes }),
    cases,
    caseRepository,
    reports,
    evidence,
    callers,
    jurisdiction,
    now,
    newId,
  });
  const structured = createStructuredFiling({ db, vault, filings, receipts, now });
  const assisted = createAssistedIntake({ structured, evidence, callers, now });
  const readers = createReaders({ gazetteer, presentYear: () => Number(dateInShanghai(now()).slice(0, 4)) });
  const conversations = createConversationRepository({ db, vault });
  const conversation = createConversationService({
    db,
    conversations,
    callers,
    evidence,
    intake,
    filings,
    notices,
    intakeOpen: adapters.intakeOpen,
    answers,
    cite: knowledge.cite,
    gazetteer,
    calendar,
    readers,
    vault,
    now,
    randomBytes,
    proposer:
      languageModel === undefined
        ? undefined
        : createProposer({ model: languageModel, now, limitMs: modelTimeouts.proposeMs }),
    observeReading(reading) {
      metrics?.observeReading(reading);
      if (reading.model === undefined) return;
      const { outcome, taken, durationMs } = reading.model;
      log.info("model_proposal", { code: outcome, count: taken, durationMs });
    },
  });

  const officialAccount =
    adapters.officialAccount &&
    officialAccountPush &&
    createOfficialAccountDoor(adapters.officialAccount, {
      push: officialAccountPush,
      db,
      vault,
      conversation,
      callers,
      evidence,
      intakeOpen: adapters.intakeOpen,
      now,
      wait,
      newId,
      randomBytes,
      log,
    });

  const wecom =
    adapters.wecom &&
    wecomPush &&
    createWecomDoor(adapters.wecom, {
      push: wecomPush,
      vault,
      conversation,
      callers,
      evidence,
      intakeOpen: adapters.intakeOpen,
      now,
      newId,
      randomBytes,
      log,
    });

  const guard = createGuard(staff, requireSameOrigin);
  const known = authenticated(callers, adapters.clientAddress);

  const app = new OpenAPIHono({ defaultHook: invalidRequest });
  app.use(
    withRequestId(newId),
    secured(),
    observed({ log, now, ...(metrics === undefined ? {} : { observe: metrics.observe }) }),
    audited(audit),
  );
  app.onError(createErrorHandler(log));
  app.notFound(notFound);

  const checks = {
    database: () => db.ping().then(() => true),
    migrations: async () => (await db.countMigrations()) >= migrations.entries.length,
    knowledge: async () => knowledge.version !== "",
  };
  /** An adapter that speaks for all channels, or a person who may. */
  async function requireMetricsReader(c: Context): Promise<void> {
    const token = /^Bearer\s+(\S+)$/i.exec(c.req.header("Authorization") ?? "")?.[1];
    const caller = token === undefined ? undefined : await callers.identify(token, "");
    if (caller?.kind === "adapter" && caller.channels === "all") return;
    await guard(c, "metrics:read");
  }
  app.route("/", operationRoutes({ checks, metrics, requireMetricsReader, countOutbox: outbox.counts }));
  app.get("/openapi.json", (c) => c.json(describe()));
  app.route(
    "/docs",
    docsRoutes(() => describe()),
  );

  /** Where reports are not taken, no door takes them; knowledge and status stay open. */
  const intakeDoor: MiddlewareHandler = async (c, next) => {
    if (!adapters.intakeOpen && c.req.method === "POST") {
      throw new AppError(
        "intake_not_available",
        "这个入口只答法律问题和查进度，请换用 12345 热线或现场提交举报。",
      );
    }
    await next();
  };
  app.use("/api/v1/reports", intakeDoor);
  app.use("/api/v1/reports/:reportNo/supplements", intakeDoor);
  app.use("/api/v1/reports/:reportNo/petition", intakeDoor);
  app.use("/api/v1/assisted-reports", intakeDoor);
  app.use("/api/v1/assisted-reports/evidence", intakeDoor);
  app.use("/api/v1/responses/:responseNo/statements", intakeDoor);
  app.use("/api/v1/evidence", intakeDoor);

  const { secureCookie } = adapters;
  app.route("/api/v1", callerRoutes({ callers, secureCookie, miniProgram: miniProgram?.signIn }));
  app.route("/api/v1", conversationRoutes({ conversation, authenticated: known }));
  app.route("/api/v1", traceRoutes({ traces: createTraceService({ conversations }), guard }));
  app.route("/api/v1", evidenceRoutes({ evidence, callers, authenticated: known }));
  app.route("/api/v1", receiptRoutes({ receipts }));
  app.route("/api/v1", formRoutes());
  app.route("/api/v1", intakeRoutes({ intake, filings: structured, callers, authenticated: known }));
  app.route("/api/v1", noticeRoutes({ notices, intake, authenticated: known }));
  app.route("/api/v1", outboxRoutes({ outbox, guard, now }));
  app.route("/api/v1", assistedRoutes({ assisted, guard }));
  app.route("/api/v1", privacyRoutes({ privacy }));
  app.route("/api/v1", selfHelpRoutes({ rules: shippedClockRules, calendar, cite: knowledge.cite, now }));
  app.route("/api/v1", respondentRoutes({ respondents, callers, authenticated: known, guard }));
  app.route("/api/v1", staffRoutes({ staff, absences, guard, secureCookie, now }));
  app.route("/api/v1", accountRoutes({ accounts: staff.accounts, guard, now }));
  app.route("/api/v1", auditRoutes({ audit, guard }));
  app.route(
    "/api/v1",
    caseRoutes({ cases, reports, evidence, derivatives, identities, jurisdiction, guard, now }),
  );
  app.route("/api/v1", caseAdviceRoutes({ cases, matches, identities, guard }));
  app.route("/api/v1", reminderRoutes({ reminders, jurisdiction, guard }));
  app.route("/api/v1", aidRoutes({ aid, jurisdiction, guard, now }));
  app.route("/api/v1", regionRoutes({ gazetteer, jurisdiction, cite: knowledge.cite, now }));
  app.route("/api/v1", deadlineRoutes({ rules: shippedClockRules, calendar, invalidRequest }));
  app.route("/api/v1", identifierRoutes({ now, invalidRequest }));
  app.use("/api/v1/knowledge/*", async (_, next) => {
    await statutes.refresh();
    await next();
  });
  app.route("/api/v1/knowledge", knowledgeRoutes({ knowledge, answers, answering, now }));
  app.route("/api/v1/knowledge", questionRoutes({ questions, standards, guard }));
  app.route("/api/v1/knowledge", standardAnswerRoutes({ standards, guard }));
  const sources = [
    ...shippedSources(knowledgeBlob),
    { kind: "jurisdiction", file: "src/regions/data/matters.json", content: mattersFile } as const,
  ];
  app.route(
    "/api/v1/knowledge",
    knowledgeAdminRoutes({ knowledge, answers, standards, sources, guard, now }),
  );

  app.route(
    "/api/v1",
    miniProgramRoutes({
      db,
      miniProgram,
      callers,
      prepareOwnNotices: notices.prepareOwn,
      authenticated: known,
      guard,
      now,
    }),
  );
  app.route(
    "/channels/mini-program",
    miniProgramCallbackRoutes({
      contentChecks: miniProgram?.contentChecks,
      callback: miniProgram?.callback,
      now,
    }),
  );
  const open311 = createOpen311({
    apiKeys: adapters.open311ApiKeys ?? [],
    intakeOpen: adapters.intakeOpen,
    register: createPublicRegister({ db }),
    caseRepository,
    filings: structured,
    intake,
    evidence,
    callers,
    fetchMedia: createPublicMedia({
      fetch: adapters.publicFetch ?? (() => Promise.reject(new Error("Nothing is fetched here."))),
    }),
    gazetteer,
    vault,
    now,
  });
  app.route("/open311", open311Routes({ open311, isSecure: secureCookie, log }));
  app.route("/", officialAccountRoutes({ door: officialAccount?.door, now, randomBytes }));
  app.route("/", wecomRoutes({ door: wecom?.door, now }));

  app.route("/", pageRoutes({ assets: adapters.assets }));

  /**
   * What is to be done now and then: erasing what has had its time, reckoning dates anew, reminding of them. What
   * fails keeps nothing behind it from being done.
   *
   * @throws the first failure, after everything was tried.
   */
  async function tend(): Promise<void> {
    const counting = (event: string, work: () => Promise<number>) => async () => {
      const count = await work();
      if (count > 0) log.info(event, { count });
    };
    const chores = [
      conversation.sweep,
      structured.sweep,
      evidence.sweep,
      counting("erased", retention.sweep),
      callers.sweep,
      proofs.sweep,
      staff.sweep,
      questions.sweep,
      counting("due_dates_recomputed", cases.recomputeProvisional),
      counting("reminders_written", reminders.remind),
      counting("supplements_reminded", noticeWriter.remindOfSupplements),
      noticeWriter.sweep,
      counting("aid_released", aid.releaseEnded),
      anchors.anchorHourly,
      counting("official_account_resumed", async () => (await officialAccount?.service.tend()) ?? 0),
      counting("wecom_resumed", async () => (await wecom?.service.tend()) ?? 0),
      ...(miniProgram === undefined
        ? []
        : [counting("content_checked", miniProgram.checkContent), miniProgram.sweep]),
    ];
    const failures: unknown[] = [];
    for (const chore of chores) {
      try {
        await chore();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  /** Walks the audit log and holds it and the cases' events against the anchors, and against one `kept` elsewhere. */
  async function verifyAudit(kept?: KeptAnchor) {
    const [log, anchored] = [await audit.verify(), await anchors.verify(kept)];
    return {
      ...log,
      anchors: anchored.anchors,
      last: anchored.last,
      faults: [...log.faults, ...anchored.faults],
    };
  }

  let embedding: Promise<void> | undefined;
  /** Brings the vectors up to the knowledge, where there is an embedding model; one run at a time. Answers do not wait for it. */
  function embedKnowledge(): Promise<void> {
    embedding ??= embedNow().finally(() => {
      embedding = undefined;
    });
    return embedding;
  }
  async function embedNow(): Promise<void> {
    if (semantic === undefined) return;
    try {
      const count = await semantic.embedPassages();
      if (count > 0) log.info("knowledge_embedded", { count });
    } catch (error) {
      const code = error instanceof ModelError ? { code: error.kind } : {};
      log.warn("knowledge_not_embedded", { ...describeError(error), ...code });
    }
  }

  let description: ApiDescription | undefined;
  /** The OpenAPI 3.1 description of all that is mounted: made when first asked for, then kept. */
  function describe(): ApiDescription {
    description ??= describeApi(app, {
      title: "知权 API",
      version: apiVersion,
      description: "沧州知识产权保护：举报、问答、转办、查询。",
    });
    return description;
  }

  return {
    app,
    tend,
    dispatchDue: dispatcher.dispatchDue,
    embedKnowledge,
    describe,
    staff,
    absences,
    audit,
    anchors,
    verifyAudit,
    cases,
    verification: createCaseVerification({ db }),
    aid,
    ledgerVerification: createLedgerVerification({ db }),
    reminders,
    evidence,
    derivatives,
    receipts,
    reports,
    identities,
    retention,
    miniProgram,
    knowledge,
    statutes,
    jurisdiction,
    officialAccount,
    wecom,
  };
}

export type App = ReturnType<typeof createApp>;
