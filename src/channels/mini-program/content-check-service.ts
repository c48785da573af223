import { z } from "zod";
import type { Clock } from "../../core/clock.ts";
import { AppError } from "../../core/error.ts";
import type { Log } from "../../core/log.ts";
import { equalInConstantTime, toHex } from "../../crypto/bytes.ts";
import type { Vault } from "../../crypto/key-ring.ts";
import type { DerivativeService } from "../../reports/derivative-service.ts";
import type { EvidenceService } from "../../reports/evidence-service.ts";
import type { ReportService } from "../../reports/report-service.ts";
import { type WechatApi, WechatApiError } from "../../wechat/api-client.ts";
import {
  type CheckState,
  type Suggestion,
  stateOf,
  suggestions,
  textsToCheck,
  type Verdict,
  worstOf,
} from "./content-check.ts";
import type { ContentChecks, OpenCheck } from "./content-check-repository.ts";
import { checkableForMs, type MiniProgramUsers } from "./user-repository.ts";

const minuteMs = 60_000;
/** The platform answers within 30 minutes (mediaCheckAsync); with time to spare. */
const unansweredMs = 60 * minuteMs;
/** How long the platform may fetch a file. */
const mediaForMs = 60 * minuteMs;
/** By then the case has long been read by a person. */
const keptDays = 90;
const atOnce = 20;
const maxAttempts = 5;
/** The person has not used the mini-program for two hours. */
const notUsedLately = 61010;
/** A report is a text that somebody hands in: nearest to „comment“ of the platform's scenes (资料 1, 评论 2, 论坛 3, 社交日志 4). */
const scene = 2;
const mediaTypes: Readonly<Record<string, number>> = { audio: 1, image: 2 };

const Result = z.object({
  result: z.object({ suggest: z.enum(suggestions), label: z.union([z.number(), z.string()]) }),
});
const Traced = z.object({ trace_id: z.string().min(1).max(100) });

/** What a callback says of a file. */
export type MediaVerdict = { traceId: string; suggest: Suggestion; label: string };

export type ContentCheckService = ReturnType<typeof createContentCheckService>;

/**
 * Has WeChat check what came in by the mini-program. A report is private: it is stored and handled whatever the check
 * says, which only tells staff what to look at with care.
 */
export function createContentCheckService(dependencies: {
  api: Pick<WechatApi, "call">;
  checks: ContentChecks;
  users: MiniProgramUsers;
  reports: Pick<ReportService, "open">;
  evidence: Pick<EvidenceService, "ofReport">;
  derivatives: Pick<DerivativeService, "derivativeOf">;
  vault: Vault;
  /** Where the platform reaches this deployment; absent: files are not checked. */
  publicUrl: string | undefined;
  now: Clock;
  log: Log;
}) {
  const { api, checks, users, reports, evidence, derivatives, vault, publicUrl, now, log } = dependencies;

  const signatureOf = async (checkId: string, expires: number) =>
    toHex(await vault.hash("lookup", `mini-program-media|${checkId}|${expires}`));

  async function checkText(reportId: string, openid: string): Promise<Verdict> {
    const texts = textsToCheck(await reports.open(reportId));
    const verdicts: Verdict[] = [];
    for (const content of texts) {
      const answer = await api.call("/wxa/msg_sec_check", { json: { content, version: 2, scene, openid } });
      const { suggest, label } = Result.parse(answer).result;
      verdicts.push({ suggest, label: String(label) });
    }
    return worstOf(verdicts);
  }

  /** Asks for a file to be checked; the answer comes to the callback. */
  async function askForMedia(check: OpenCheck & { evidenceId: string }, openid: string): Promise<void> {
    const file = (await evidence.ofReport(check.reportId)).find(
      ({ evidenceId }) => evidenceId === check.evidenceId,
    );
    const kind = mediaTypes[file?.mediaType.split("/")[0] ?? ""];
    if (file === undefined || kind === undefined)
      return giveUp(check.id, file === undefined ? "erased" : "not_derivable");
    if (publicUrl === undefined) return giveUp(check.id, "no_public_url");
    // Only a copy without place, time and device leaves the house.
    await derivatives.derivativeOf(check.evidenceId, "system");
    const expires = now().getTime() + mediaForMs;
    const signature = await signatureOf(check.id, expires);
    const answer = await api.call("/wxa/media_check_async", {
      json: {
        media_url: `${publicUrl}/channels/mini-program/media/${check.id}?expires=${expires}&signature=${signature}`,
        media_type: kind,
        version: 2,
        scene,
        openid,
      },
    });
    const { trace_id: traceId } = Traced.parse(answer);
    await checks.settle(check.id, { state: "waiting", label: null, traceId }, now());
  }

  const giveUp = (id: string, label: string) => checks.settle(id, { state: "unchecked", label }, now());

  async function run(check: OpenCheck & { reporterKey: string | null }): Promise<void> {
    const openid = check.reporterKey === null ? undefined : await users.openidOf(check.reporterKey, now());
    if (openid === undefined) return giveUp(check.id, "no_openid");
    const { evidenceId } = check;
    try {
      if (evidenceId !== null) return await askForMedia({ ...check, evidenceId }, openid);
      const { suggest, label } = await checkText(check.reportId, openid);
      await checks.settle(check.id, { state: stateOf[suggest], label }, now());
    } catch (error) {
      await failed(check, error);
    }
  }

  async function failed(check: OpenCheck, error: unknown): Promise<void> {
    if (error instanceof AppError) {
      return giveUp(check.id, error.code === "derivative_not_available" ? "not_derivable" : "erased");
    }
    const refused = error instanceof WechatApiError ? error : undefined;
    if (refused?.errcode === notUsedLately) return giveUp(check.id, "no_openid");
    if (refused === undefined && !(error instanceof z.ZodError)) throw error;
    log.warn("content_check_failed", {
      reportId: check.reportId,
      code: String(refused?.errcode ?? refused?.kind ?? "malformed"),
    });
    if (refused?.retryable === false || check.attempts + 1 >= maxAttempts)
      return giveUp(check.id, "no_answer");
    await checks.failed(check.id);
  }

  return {
    /** Notes what has come in, and asks for what is still to be checked. Returns how many checks were asked for. */
    async checkNew(): Promise<number> {
      const since = new Date(now().getTime() - checkableForMs);
      for (const { reportId } of await checks.unseen(since, atOnce)) {
        const files = await evidence.ofReport(reportId);
        const checkable = files.filter(({ mediaType }) => (mediaType.split("/")[0] as string) in mediaTypes);
        await checks.open(
          reportId,
          checkable.map(({ evidenceId }) => evidenceId),
          now(),
        );
      }
      const open = await checks.pending(atOnce);
      for (const check of open) await run(check);
      return open.length;
    },

    /** Takes what the platform says of a file. An unknown trace, and a repeat, change nothing. */
    async hear({ traceId, suggest, label }: MediaVerdict): Promise<void> {
      await checks.hear(traceId, { state: stateOf[suggest], label }, now());
    },

    /**
     * The copy of a file that the platform was given the address of.
     * @throws {AppError} `not_found` for a wrong signature, an address whose time is over, and a check that is done, alike.
     */
    async mediaOf(checkId: string, expires: number, signature: string) {
      const isSigned = equalInConstantTime(await signatureOf(checkId, expires), signature);
      const evidenceId = isSigned && expires > now().getTime() ? await checks.waitingFor(checkId) : undefined;
      if (evidenceId === undefined) throw new AppError("not_found", "没有这个地址。");
      const { content, mediaType } = await derivatives.derivativeOf(evidenceId, "system");
      return { content, mediaType };
    },

    list: checks.list,

    async sweep(): Promise<void> {
      const at = now().getTime();
      await checks.sweep({
        unanswered: new Date(at - unansweredMs),
        before: new Date(at - keptDays * 24 * 60 * minuteMs),
      });
    },
  };
}

/** The states that staff should look at. */
export const worthALook: readonly CheckState[] = ["review", "risky"];
