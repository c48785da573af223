import type { CallerService } from "../../callers/caller-service.ts";
import type { ConversationService } from "../../conversation/conversation-service.ts";
import type { Content } from "../../conversation/message.ts";
import type { Clock } from "../../core/clock.ts";
import { describeError, type Log } from "../../core/log.ts";
import type { NewId } from "../../core/new-id.ts";
import { type Wait, within } from "../../core/wait.ts";
import { toHex } from "../../crypto/bytes.ts";
import type { Vault } from "../../crypto/key-ring.ts";
import type { EvidenceService } from "../../reports/evidence-service.ts";
import { retentionMs } from "../../reports/retention.ts";
import { type WechatApi, WechatApiError } from "../../wechat/api-client.ts";
import type { InBackground } from "../chat/callback.ts";
import { asksForMore, optionNumber } from "../chat/choosing.ts";
import { createHearing, windowMs } from "../chat/hearing.ts";
import { render } from "../chat/rendering.ts";
import { texts as common } from "../chat/texts.ts";
import type { Inbound } from "./inbound.ts";
import type { MessageRow, OfficialAccountRepository, StoredAnswer } from "./official-account-repository.ts";
import { texts } from "./texts.ts";

/** The platform waits 5 s for an answer (its guide to passive replies); a second stays for the way. */
const answerWithinMs = 4_000;
/** A delivery that comes so long after the one that was answered is WeChat's own repeat: the answer did not arrive. */
const repeatAfterMs = 4_500;
/** After that time whoever works on a message counts as gone. */
const leaseMs = 60_000;
const pollMs = 200;
/** How long nothing is pushed after the platform said that this account may not. */
const pushPauseMs = 60 * 60 * 1000;
/** Photos of a chat are below 10 MB. */
const maxImageBytes = 10 * 1024 * 1024;
const nonceMs = 15 * 60 * 1000;

/** The account has no right to customer-service messages. */
const noRight: ReadonlySet<number> = new Set([48001, 48004, 50001]);

const channel = "official_account";

/** A passive reply. */
export type PassiveReply = { to: string; from: string; text: string; createdAt: Date };

export type OfficialAccountService = ReturnType<typeof createOfficialAccountService>;

/** Takes what people send to the official account, hears it once, and answers it once. */
export function createOfficialAccountService(dependencies: {
  repository: OfficialAccountRepository;
  conversation: Pick<ConversationService, "answer">;
  callers: Pick<CallerService, "reporterKey">;
  evidence: Pick<EvidenceService, "store">;
  /** Absent where the account has no secret: then nothing can be pushed, and no photo fetched. */
  api: WechatApi | undefined;
  /** Whether reports are taken on this deployment. */
  intakeOpen: boolean;
  vault: Vault;
  now: Clock;
  wait: Wait;
  newId: NewId;
  log: Log;
}) {
  const { repository, api, vault, now, wait, newId, log } = dependencies;
  const hearing = createHearing({ ...dependencies, channel });
  /** The answers that this process is working on. */
  const underway = new Map<string, Promise<StoredAnswer>>();
  let pushPausedUntil = 0;

  const hashOf = async (text: string) => toHex(await vault.hash("lookup", `official-account|${text}`));
  const canPush = () => api !== undefined && now().getTime() >= pushPausedUntil;
  const leaseFrom = (at: Date) => new Date(at.getTime() + leaseMs);

  /** What is to be answered, by asking the conversation where it is for it. Never fails for what came in. */
  async function compose(key: string, userKey: string, inbound: Inbound): Promise<void> {
    const at = now();
    const { openid, wish } = inbound;
    if (wish.kind === "text" && wish.typed && asksForMore(wish.text)) {
      const waiting = await waitingFor(userKey, wish.text);
      if (waiting !== undefined) {
        const rest = await restOf(waiting);
        if (rest === undefined) {
          await repository.storeAnswer(key, { openid, pieces: [texts.stillLooking], options: [] }, { at });
        } else {
          await repository.storeAnswer(key, rest, { at, fetched: waiting.key });
        }
        return;
      }
    }
    const shown = await hear(userKey, inbound);
    const undelivered = shown.options.length === 0 ? await repository.findWaiting(userKey) : undefined;
    const hinted = undelivered?.failed === 1 ? undelivered.key : undefined;
    const pieces = hinted === undefined ? shown.pieces : withLine(shown.pieces, texts.undelivered);
    await repository.storeAnswer(key, { openid, pieces, options: shown.options }, { at, hinted });
  }

  /** The answer that these words fetch, if one waits; numbers that were shown since are the options'. */
  async function waitingFor(userKey: string, text: string): Promise<MessageRow | undefined> {
    const waiting = await repository.findWaiting(userKey);
    if (waiting === undefined || text.startsWith("继续")) return waiting;
    const user = await repository.findUser(userKey);
    const shownSince = user?.optionsAt != null && user.optionsAt > waiting.receivedAt;
    return shownSince && user.options.length > 0 ? undefined : waiting;
  }

  /** What of a waiting answer was not shown; undefined while it is not there. */
  async function restOf(waiting: MessageRow): Promise<StoredAnswer | undefined> {
    const answer =
      (await repository.answerOf(waiting)) ??
      (await within(answerWithinMs / 2, wait, (signal) => follow(waiting.key, signal)))?.value;
    return answer === undefined ? undefined : { ...answer, pieces: answer.pieces.slice(waiting.shown) };
  }

  const hear = (userKey: string, inbound: Inbound) => {
    const { openid, identity, sentAt } = inbound;
    return hearing.hear({ userId: openid, messageId: identity, sentAt }, () => contentOf(userKey, inbound));
  };

  /** What the conversation hears, or what is told without it. @throws {AppError} where a photo is none that we take. */
  async function contentOf(userKey: string, { openid, wish, identity }: Inbound): Promise<Content | string> {
    switch (wish.kind) {
      case "text": {
        const number = wish.typed ? optionNumber(wish.text) : undefined;
        const id = number === undefined ? undefined : (await repository.findUser(userKey))?.options[number];
        return id === undefined ? { type: "text", text: wish.text } : { type: "choice", id };
      }
      case "voice":
        return { type: "voice", transcript: wish.transcript };
      case "location": {
        const { latitude, longitude, label } = wish;
        return { type: "location", latitude, longitude, ...(label === "" ? {} : { label }) };
      }
      case "image": {
        const kept = await hearing.keepFile({
          mediaId: wish.mediaId,
          userId: openid,
          name: `${identity.replace(/\W+/g, "-")}.jpg`,
          maxBytes: maxImageBytes,
          missing: common.imageFailed,
        });
        if (typeof kept === "string") return kept;
        return { type: "image", evidenceId: kept.evidenceId };
      }
      case "told":
        return wish.text;
      case "nothing":
        return "";
    }
  }

  /** Works on a message and keeps its answer; others in this process may wait for it. */
  function work(row: MessageRow, inbound: Inbound): Promise<StoredAnswer> {
    const { key, userKey } = row;
    const answered = compose(key, userKey, inbound)
      .then(() => requireAnswer(key))
      .finally(() => underway.delete(key));
    underway.set(key, answered);
    return answered;
  }

  async function requireAnswer(key: string): Promise<StoredAnswer> {
    const row = await repository.find(key);
    const answer = row && (await repository.answerOf(row));
    if (answer === undefined) throw new Error("The answer is gone.");
    return answer;
  }

  /** Waits for the answer that another delivery works on, here or in another process. */
  async function follow(key: string, signal: AbortSignal): Promise<StoredAnswer> {
    for (;;) {
      const here = underway.get(key);
      if (here !== undefined) return here;
      const row = await repository.find(key);
      const answer = row && (await repository.answerOf(row));
      if (answer !== undefined) return answer;
      if (signal.aborted) throw new Error("Nobody waits any more.");
      await wait(pollMs, signal);
    }
  }

  type Delivery = { id: string; at: Date; inbound: Inbound };

  /** Answers a delivery with what is there: with the answer, if it is the one that gets it. */
  async function give(
    row: MessageRow,
    answer: StoredAnswer,
    delivery: Delivery,
    inBackground: InBackground,
  ): Promise<PassiveReply | undefined> {
    const [first, ...rest] = answer.pieces;
    if (first === undefined || first === "") return undefined;
    if (row.way === null && rest.length > 0 && canPush()) {
      // In one way and in order: a passive reply and a push may overtake each other.
      await promisePush(row, delivery);
      inBackground(push(row.key));
      return undefined;
    }
    const isAll = rest.length === 0;
    const text = isAll ? first : `${first}\n${texts.more}`;
    const decided =
      row.way === null
        ? await repository.decideWay(row, {
            way: "passive",
            delivery: delivery.id,
            deliveryAt: delivery.at,
            newest: true,
            shown: 1,
            isAll,
            options: isAll ? answer.options : [],
            at: now(),
          })
        : row;
    return replyIfOwn(decided, delivery, decided.way === "asked" ? texts.later : text);
  }

  /** The reply, where this delivery has it, or is WeChat's repeat of the one that has. */
  function replyIfOwn(
    row: MessageRow,
    { id, at, inbound }: Delivery,
    text: string,
  ): PassiveReply | undefined {
    if (row.way === "push" || row.givenToAt === null) return undefined;
    const isRepeat = at.getTime() - row.givenToAt.getTime() >= repeatAfterMs;
    if (row.givenTo !== id && !isRepeat) return undefined;
    return { to: inbound.openid, from: inbound.account, text, createdAt: row.givenToAt };
  }

  const promisePush = (row: MessageRow, { id, at }: Pick<Delivery, "id" | "at">) =>
    repository.decideWay(row, {
      way: "push",
      delivery: id,
      deliveryAt: at,
      newest: false,
      shown: 0,
      isAll: false,
      options: undefined,
      at: now(),
    });

  /** The time is over: the answer is pushed when it is there, or the person asks for it. */
  async function postpone(
    row: MessageRow,
    delivery: Delivery,
    inBackground: InBackground,
  ): Promise<PassiveReply | undefined> {
    if (canPush()) {
      const decided = await promisePush(row, delivery);
      // It may have come while this was written down.
      if (decided.sealedAnswer !== null) inBackground(push(row.key));
      return replyIfOwn(decided, delivery, texts.later);
    }
    const decided = await repository.decideWay(row, {
      way: "asked",
      delivery: delivery.id,
      deliveryAt: delivery.at,
      newest: true,
      shown: 0,
      isAll: false,
      options: [],
      at: now(),
    });
    return replyIfOwn(decided, delivery, texts.later);
  }

  /** Sends by customer service what is owed, each piece at most once; whoever else does so already, does it. */
  async function push(key: string): Promise<void> {
    const found = await repository.find(key);
    if (api === undefined || found?.way !== "push" || found.failed > 0 || found.sealedAnswer === null) return;
    const worker = newId("push");
    const row = await repository.takeOver(key, worker, now(), leaseFrom(now()));
    const answer = row && (await repository.answerOf(row));
    if (row === undefined || answer === undefined) return;
    const user = await repository.findUser(row.userKey);
    if (user === undefined || now().getTime() - user.lastWroteAt.getTime() > windowMs) {
      await repository.stopPush(key, true);
      return;
    }
    try {
      for (const [place, content] of answer.pieces.entries()) {
        if (place < row.shown) continue;
        const json = { touser: answer.openid, msgtype: "text", text: { content } };
        await api.call("/cgi-bin/message/custom/send", { json, repeatable: false });
        await repository.countShown(key, place + 1);
      }
      await repository.finishPush(row, answer.options, now());
    } catch (error) {
      if (!(error instanceof WechatApiError)) throw error;
      if (noRight.has(error.errcode ?? 0)) pushPausedUntil = now().getTime() + pushPauseMs;
      // Where nobody knows whether it arrived, a second time might show; the person may ask for it.
      const isCertain = error.kind === "paused" || error.kind === "refused";
      await repository.stopPush(key, !(isCertain && error.retryable));
      log.warn("official_account_push_failed", {
        channel,
        code: error.errcode === undefined ? error.kind : String(error.errcode),
      });
    }
  }

  const aloud = (work: Promise<unknown>) =>
    work.catch((error: unknown) =>
      log.error("official_account_failed", { channel, ...describeError(error) }),
    );

  /** Answers a message that its worker left behind, and pushes what is owed. */
  async function resume(row: MessageRow): Promise<void> {
    if (row.sealedAnswer === null) {
      const worker = newId("work");
      const taken = await repository.takeOver(row.key, worker, now(), leaseFrom(now()));
      const inbound = taken && (await repository.inboundOf(taken));
      if (taken === undefined || inbound === undefined) return;
      await work(taken, inbound);
      if (taken.way === null) await promisePush(taken, { id: worker, at: now() });
      if (!canPush()) await repository.stopPush(row.key, true);
    }
    await push(row.key);
  }

  return {
    /**
     * Answers a delivery within 4 s of `arrivedAt`: with the passive reply, or with nothing where the answer went out with
     * another delivery or is pushed.
     */
    async receive(
      inbound: Inbound,
      { arrivedAt, inBackground }: { arrivedAt: Date; inBackground: InBackground },
    ): Promise<PassiveReply | undefined> {
      const loud: InBackground = (work) => inBackground(aloud(work));
      const userKey = await hashOf(inbound.openid);
      if (inbound.wish.kind === "nothing") {
        if (inbound.wish.left) await repository.forgetUser(userKey);
        return undefined;
      }
      const key = await hashOf(`${inbound.openid}|${inbound.identity}`);
      const delivery = { id: newId("delivery"), at: arrivedAt, inbound };
      const row = await repository.arrive({
        key,
        userKey,
        inbound,
        delivery: delivery.id,
        at: arrivedAt,
        leaseUntil: leaseFrom(arrivedAt),
      });
      const stored = await repository.answerOf(row);
      if (stored !== undefined) return give(row, stored, delivery, loud);

      const mine = row.worker === delivery.id ? work(row, inbound) : undefined;
      if (mine !== undefined) loud(mine.then(() => push(key)));
      const leftMs = Math.max(0, answerWithinMs - (now().getTime() - arrivedAt.getTime()));
      const answer = await within(leftMs, wait, (signal) => mine ?? follow(key, signal));
      const present = (await repository.find(key)) ?? row;
      return answer === undefined
        ? postpone(present, delivery, loud)
        : give(present, answer.value, delivery, loud);
    },

    /** Whether a signed request may be taken: not one that came before with another body. */
    admit: (key: string, bodyHash: string) => repository.admit(key, bodyHash, now()),

    /** Answers and pushes what was left behind, and forgets what has had its time. Returns how many were left behind. */
    async tend(): Promise<number> {
      const at = now();
      await repository.sweep({
        messagesBefore: new Date(at.getTime() - retentionMs("conversation")),
        noncesBefore: new Date(at.getTime() - nonceMs),
      });
      const abandoned = await repository.findAbandoned(at, new Date(at.getTime() - windowMs));
      for (const row of abandoned) await aloud(resume(row));
      return abandoned.length;
    },
  };
}

/** The pieces with a line after the last one; as a piece of its own where it has no room. */
function withLine(pieces: readonly string[], line: string): string[] {
  return render([...pieces.map((text) => ({ text })), { text: line }]).pieces;
}
