import type { CallerService } from "../../callers/caller-service.ts";
import type { ConversationService } from "../../conversation/conversation-service.ts";
import type { Content } from "../../conversation/message.ts";
import type { Clock } from "../../core/clock.ts";
import { describeError, type Log } from "../../core/log.ts";
import type { NewId } from "../../core/new-id.ts";
import type { Vault } from "../../crypto/key-ring.ts";
import { maxEvidenceBytes } from "../../reports/evidence.ts";
import type { EvidenceService } from "../../reports/evidence-service.ts";
import { retentionMs } from "../../reports/retention.ts";
import { type WechatApi, WechatApiError } from "../../wechat/api-client.ts";
import { asksForMore, optionNumber } from "../chat/choosing.ts";
import { createHearing, type Heard, windowMs } from "../chat/hearing.ts";
import type { MarketName } from "../chat/scene.ts";
import { texts as common } from "../chat/texts.ts";
import { joinPieces, maxPerMessage, pieceId, prefixChars, readPieceId } from "./answer.ts";
import { type Inbound, readItem } from "./inbound.ts";
import { createKfApi, failureOf, kfCodes, serviceStates } from "./kf-api.ts";
import { texts } from "./texts.ts";
import {
  type Customer,
  type MessageRow,
  personHash,
  type StoredAnswer,
  type WecomRepository,
  wecomHash,
} from "./wecom-repository.ts";

const channel = "wecom";

/** After that time whoever has a turn counts as gone. */
const leaseMs = 60_000;
/** How many customers one process answers at once. */
const atOnce = 8;
/** A welcome is good for 20 s (the guide to `kf/send_msg_on_event`). */
const welcomeMs = 20_000;

/** How long a file is asked for that cannot be had for now; what was written after it waits meanwhile. */
const fileMs = 10 * 60 * 1000;

/** Why a message of ours did not arrive (`msg_send_fail`) that the customer opens the way for by writing again. */
const untilTheyWrite: ReadonlySet<number> = new Set([4, 5, 6]);

/** The turn went to somebody else, or what was asked for must wait: the rest is done by them, or later. */
class Stopped extends Error {}

export type WecomService = ReturnType<typeof createWecomService>;

/** Reads what customers write to customer service, hears each message once, and answers it once. */
export function createWecomService(dependencies: {
  repository: WecomRepository;
  conversation: Pick<ConversationService, "answer">;
  callers: Pick<CallerService, "reporterKey">;
  evidence: Pick<EvidenceService, "store">;
  api: WechatApi;
  /** Whether reports are taken on this deployment. */
  intakeOpen: boolean;
  marketName: MarketName;
  vault: Vault;
  now: Clock;
  newId: NewId;
  log: Log;
}) {
  const { repository, api, marketName, vault, now, newId, log } = dependencies;
  const kf = createKfApi(api);
  const hearing = createHearing({ ...dependencies, channel });
  const inTurn = createLimit(atOnce);

  const hashOf = (text: string) => wecomHash(vault, text);
  const leaseFrom = (at: Date) => new Date(at.getTime() + leaseMs);
  const isLater = (error: unknown) => error instanceof WechatApiError && failureOf(error) === "later";
  const warn = (event: string, { errcode, kind }: WechatApiError) =>
    log.warn(event, { channel, code: errcode === undefined ? kind : String(errcode) });

  const aloud = (work: Promise<unknown>) =>
    work.catch((error: unknown) => {
      if (error instanceof WechatApiError) warn("wecom_call_failed", error);
      else log.error("wecom_failed", { channel, ...describeError(error) });
    });

  /** Does `work` under a turn that one holder has, again while it is asked for meanwhile. Nothing where another has it. */
  async function underTurn(key: string, work: (keep: () => Promise<void>) => Promise<void>): Promise<void> {
    const holder = newId("turn");
    let leaseUntil = leaseFrom(now());
    let wanted = await repository.takeTurn(key, holder, now(), leaseUntil);
    const keep = async () => {
      if (leaseUntil.getTime() - now().getTime() > leaseMs / 2) return;
      leaseUntil = leaseFrom(now());
      if (!(await repository.keepTurn(key, holder, leaseUntil))) throw new Stopped();
    };
    try {
      while (wanted !== undefined) {
        await work(keep);
        wanted = await repository.endTurn(key, holder, wanted);
      }
    } catch (error) {
      await repository.dropTurn(key, holder);
      if (!(error instanceof Stopped)) throw error;
    }
  }

  /** Reads an account to its end and answers who wrote; where another reads it already, that one looks again. */
  async function pull(openKfid: string, token: string | undefined): Promise<void> {
    const answering: Promise<unknown>[] = [];
    try {
      await underTurn(`pull|${openKfid}`, async (keep) => {
        for (;;) {
          await keep();
          const page = await nextPage(openKfid, token);
          for (const customerKey of page.customerKeys) answering.push(aloud(answer(customerKey)));
          if (!page.hasMore) return;
        }
      });
    } finally {
      await Promise.all(answering);
    }
  }

  /** Reads the next page and keeps it with its cursor. */
  async function nextPage(openKfid: string, token: string | undefined) {
    const cursor = await repository.cursorOf(openKfid);
    const { items, next, hasMore } = await syncFrom(openKfid, cursor, token);
    const read = items.map((item) => readItem(item, openKfid, marketName));
    const inbounds = read.filter((inbound) => inbound !== undefined);
    const arrivals = await Promise.all(inbounds.map(arrivalOf));
    const reading = newId("reading");
    await repository.storePage({ openKfid, cursor: next || cursor, reading, arrivals, at: now() });
    const customerKeys = new Set(arrivals.filter(({ isOver }) => !isOver).map((one) => one.customerKey));
    // A page that does not move on would come for ever.
    return { customerKeys, hasMore: hasMore && next !== "" && next !== cursor };
  }

  /** A page; without the token where that is over, and from the beginning where the cursor is refused. */
  async function syncFrom(openKfid: string, cursor: string, token: string | undefined) {
    try {
      return await kf.sync(openKfid, cursor, token);
    } catch (error) {
      if (!(error instanceof WechatApiError) || error.kind !== "refused" || error.retryable) throw error;
      if (token !== undefined && error.errcode === kfCodes.badToken) {
        return kf.sync(openKfid, cursor, undefined);
      }
      if (cursor === "") throw error;
      warn("wecom_cursor_refused", error);
      return kf.sync(openKfid, "", token);
    }
  }

  async function arrivalOf(inbound: Inbound) {
    const { messageId, openKfid, externalUserid, sentAt, wish } = inbound;
    const ageMs = sentAt === undefined ? 0 : now().getTime() - sentAt * 1000;
    return {
      key: await hashOf(`message|${openKfid}|${messageId}`),
      customerKey: await hashOf(`customer|${openKfid}|${externalUserid}`),
      personKey: await personHash(vault, externalUserid),
      inbound,
      isOver: ageMs > (wish.kind === "entered" ? welcomeMs : windowMs),
    };
  }

  /** Hears what a customer wrote, and sends what is owed to them, in order; one process at a time. */
  function answer(customerKey: string): Promise<void> {
    return inTurn(() =>
      underTurn(`customer|${customerKey}`, async (keep) => {
        for (const row of await repository.findOpen(customerKey)) {
          if (row.state !== "new") continue;
          await keep();
          await take(row);
        }
        await send(customerKey, keep);
      }),
    );
  }

  /** Does what one message or event asks for, but for sending the answer. */
  async function take(row: MessageRow): Promise<void> {
    const inbound = await repository.inboundOf(row);
    const customer = await repository.findCustomer(row.customerKey);
    if (inbound === undefined || customer === undefined)
      return repository.finish(row, { reason: "unreadable" });
    const { wish } = inbound;
    switch (wish.kind) {
      case "entered":
        return welcome(row, inbound, wish);
      case "unsent":
        await resend(row, wish);
        return repository.finish(row);
      case "taken": {
        // Who took it over sees what was said; an old answer in between would only confuse.
        for (const owed of await repository.findOpen(row.customerKey)) {
          if (owed.seq < row.seq) await repository.finish(owed, { reason: "people" });
        }
        return repository.finish(row);
      }
      default:
    }
    if (await isWithPeople(customer)) return repository.finish(row, { reason: "people" });
    if (wish.kind === "text" && (await fetchesRest(row.customerKey, customer, wish.text, wish.typed))) {
      return repository.finish(row, { reason: "fetched" });
    }
    const heard = await hear(row, inbound, customer);
    const pieces = heard.pieces.filter((piece) => piece !== "");
    if (pieces.length === 0 && !heard.handedOff) return repository.finish(row);
    await repository.storeAnswer(row.key, { pieces, options: heard.options, handsOver: heard.handedOff });
  }

  /** Whether these words only ask for the rest of an answer that waits, which then goes out. */
  async function fetchesRest(customerKey: string, { options }: Customer, text: string, typed: boolean) {
    if (!typed || !asksForMore(text) || (!text.startsWith("继续") && options.length > 0)) return false;
    return (await repository.findOpen(customerKey)).some(({ state }) => state === "due");
  }

  /** Whether a person serves the customer, or is to; a conversation that nobody has becomes the assistant's. */
  async function isWithPeople({ address }: Customer): Promise<boolean> {
    try {
      const state = await kf.stateOf(address);
      if (state === serviceStates.unassigned) await kf.moveTo(address, serviceStates.assistant);
      return state === serviceStates.pool || state === serviceStates.person;
    } catch (error) {
      if (!(error instanceof WechatApiError) || error.kind !== "refused" || error.retryable) throw error;
      // What it refuses to tell now, it tells when the answer is sent.
      warn("wecom_state_failed", error);
      return false;
    }
  }

  function hear(row: MessageRow, inbound: Inbound, customer: Customer | undefined): Promise<Heard> {
    const { externalUserid: userId, sentAt } = inbound;
    const said = { userId, messageId: row.key, sentAt };
    let spoken = false;
    return hearing
      .hear(
        said,
        async () => {
          const content = await contentOf(row, inbound, customer);
          spoken =
            typeof content !== "string" && inbound.wish.kind === "file" && inbound.wish.what === "voice";
          return content;
        },
        isLater,
      )
      .then((heard) =>
        spoken ? { ...heard, pieces: joinPieces([texts.voiceKept, ...heard.pieces]) } : heard,
      );
  }

  /** What the conversation hears, or what is told without it. @throws {WechatApiError} where it is to be tried again. */
  async function contentOf(
    row: MessageRow,
    { wish, externalUserid }: Inbound,
    customer: Customer | undefined,
  ): Promise<Content | string> {
    switch (wish.kind) {
      case "text": {
        const options = customer?.options ?? [];
        const number = wish.typed ? optionNumber(wish.text) : undefined;
        const id = number === undefined ? options.find((option) => option === wish.menuId) : options[number];
        return id === undefined ? { type: "text", text: wish.text } : { type: "choice", id };
      }
      case "location": {
        const { latitude, longitude, label } = wish;
        return { type: "location", latitude, longitude, ...(label === "" ? {} : { label }) };
      }
      case "file": {
        const kept = await hearing.keepFile(
          {
            mediaId: wish.mediaId,
            userId: externalUserid,
            name: `${row.key.slice(0, prefixChars)}${wish.what === "image" ? ".jpg" : ""}`,
            maxBytes: maxEvidenceBytes,
            missing: wish.what === "image" ? common.imageFailed : common.fileFailed,
          },
          ({ retryable }) => retryable && now().getTime() - row.receivedAt.getTime() < fileMs,
        );
        return typeof kept === "string" ? kept : { type: "image", evidenceId: kept.evidenceId };
      }
      case "entered":
        return { type: "text", text: wish.text };
      case "told":
        return wish.text;
      default:
        return "";
    }
  }

  /** Greets who came in. The code is good once and for 20 s: what fails then is not made up for. */
  async function welcome(row: MessageRow, inbound: Inbound, wish: { welcomeCode: string }): Promise<void> {
    const heard = await hear(row, inbound, undefined);
    const [first] = heard.pieces;
    try {
      const isLate = inbound.sentAt !== undefined && now().getTime() - inbound.sentAt * 1000 > welcomeMs;
      if (first === undefined || isLate) return await repository.finish(row, { reason: "late" });
      await kf.sendOnEvent(wish.welcomeCode, pieceId(row.key, 0, 0), first);
      await repository.finish(row, { options: heard.pieces.length === 1 ? heard.options : [] });
    } catch (error) {
      if (!(error instanceof WechatApiError)) throw error;
      warn("wecom_welcome_failed", error);
      await repository.finish(row, { reason: String(error.errcode ?? error.kind) });
    }
  }

  /** A message that counted as sent did not arrive: it goes out when the customer writes again, if that helps. */
  async function resend(
    { customerKey, seq }: MessageRow,
    { messageId, why }: { messageId: string; why: number },
  ) {
    log.warn("wecom_message_unsent", { channel, code: String(why) });
    const id = readPieceId(messageId);
    const row = id && (await repository.findByPrefix(customerKey, id.prefix));
    if (id === undefined || row === undefined || id.round !== row.round || id.place >= row.shown) return;
    if (row.sealedAnswer === null) return;
    if (!untilTheyWrite.has(why)) return;
    const later = (await repository.findOpen(customerKey)).filter((one) => one.seq > seq);
    const inbounds = await Promise.all(later.map(repository.inboundOf));
    const wroteSince = inbounds.some((inbound) => inbound?.isWritten);
    await repository.takeBack(row.key, id.place, wroteSince ? "due" : "waiting");
  }

  /** Sends what is owed, as far as WeCom takes it now. */
  async function send(customerKey: string, keep: () => Promise<void>): Promise<void> {
    const customer = await repository.findCustomer(customerKey);
    let owed = await answersOwed(customerKey);
    if (customer === undefined || owed.length === 0) return;
    const isOpen =
      customer.lastWroteAt !== null && now().getTime() - customer.lastWroteAt.getTime() <= windowMs;
    let left = isOpen ? Math.max(0, maxPerMessage - customer.sent) : 0;
    if (owed.reduce((sum, { row, answer }) => sum + answer.pieces.length - row.shown, 0) > left) {
      owed = await joined(owed);
    }
    for (const [index, { row, answer }] of owed.entries()) {
      for (let place = row.shown; place < answer.pieces.length; place++) {
        const keys = owed.slice(index).map((one) => one.row.key);
        const wait = (sent = 0) => repository.wait(customerKey, { wrote: customer.wrote, keys, sent });
        if (left === 0) return wait();
        await keep();
        const isLast = place + 1 === answer.pieces.length && index + 1 === owed.length;
        const piece = answer.pieces[place] ?? "";
        const content = left === 1 && !isLast ? `${piece}\n${texts.more}` : piece;
        await repository.beginPiece(row.key, place + 1);
        const failure = await sendPiece(customer, pieceId(row.key, row.round, place), content);
        if (failure === "exhausted") return wait(maxPerMessage);
        if (failure === "wait") return wait();
        if (failure !== undefined) {
          for (const one of owed.slice(index)) await repository.finish(one.row, { reason: failure });
          return;
        }
        await repository.countShown(row, place + 1);
        left--;
      }
      if (answer.handsOver) await handOver(customer);
      await repository.finish(row, { options: answer.options, keepsAnswer: true });
    }
  }

  async function answersOwed(customerKey: string): Promise<{ row: MessageRow; answer: StoredAnswer }[]> {
    const owed: { row: MessageRow; answer: StoredAnswer }[] = [];
    for (const row of await repository.findOpen(customerKey)) {
      if (row.state === "waiting") continue;
      const answer = await repository.answerOf(row);
      if (answer !== undefined) owed.push({ row, answer });
    }
    return owed;
  }

  /** Puts the answers that were not begun together into as few messages as they fit into. */
  async function joined(owed: { row: MessageRow; answer: StoredAnswer }[]) {
    const begun = owed.filter(({ row }) => row.begun > 0);
    const [lead, ...others] = owed.filter(({ row }) => row.begun === 0);
    if (lead === undefined || others.length === 0) return owed;
    const all = [lead, ...others].map(({ answer }) => answer);
    const answer = {
      pieces: joinPieces(all.flatMap(({ pieces }) => pieces)),
      // Numbers mean what was listed last.
      options: all.findLast(({ options }) => options.length > 0)?.options ?? [],
      handsOver: all.some(({ handsOver }) => handsOver),
    };
    await repository.joinAnswers(
      lead.row.key,
      others.map(({ row }) => row.key),
      answer,
    );
    return [...begun, { row: lead.row, answer }];
  }

  /** Sends a piece; says why it did not go out and what to do then. @throws {WechatApiError} where it is tried again. */
  async function sendPiece(
    { address }: Customer,
    msgid: string,
    content: string,
  ): Promise<undefined | "exhausted" | "wait" | "people" | "gone"> {
    for (let attempt = 0; ; attempt++) {
      try {
        await kf.send(address, msgid, content);
        return undefined;
      } catch (error) {
        if (!(error instanceof WechatApiError)) throw error;
        const failure = failureOf(error);
        if (failure === "later") throw error;
        warn("wecom_send_failed", error);
        if (failure !== "wrong_state") return failure;
        const state = await kf.stateOf(address);
        if (state === serviceStates.pool || state === serviceStates.person) return "people";
        if (state === serviceStates.ended || attempt > 0) return "wait";
        if (state === serviceStates.unassigned) await kf.moveTo(address, serviceStates.assistant);
      }
    }
  }

  /** Puts a conversation where people take it up, if anybody receives; else the assistant stays, and the ticket is theirs. */
  async function handOver({ address }: Customer): Promise<void> {
    try {
      if (!(await isStaffed(address.openKfid))) return;
      await kf.moveTo(address, serviceStates.pool);
    } catch (error) {
      // Refused for this state: they have it already.
      if (!(error instanceof WechatApiError) || error.errcode !== kfCodes.noSuchChange) throw error;
    }
  }

  async function isStaffed(openKfid: string): Promise<boolean> {
    try {
      return await kf.isStaffed(openKfid);
    } catch (error) {
      if (!(error instanceof WechatApiError) || error.kind !== "refused" || error.retryable) throw error;
      return true;
    }
  }

  return {
    /** A callback said that there is something: reads it, with the token that it brought. */
    async receive(openKfid: string, token: string | undefined): Promise<void> {
      await aloud(repository.addAccount(openKfid).then(() => pull(openKfid, token)));
    },

    /**
     * Reads every account, whose callbacks may have been lost, answers what was left behind, and forgets what has had its
     * time. Returns how many customers were owed something.
     */
    async tend(): Promise<number> {
      await repository.sweep(new Date(now().getTime() - retentionMs("conversation")));
      for (const openKfid of await repository.listAccounts()) await aloud(pull(openKfid, undefined));
      const owed = await repository.findOwed();
      await Promise.all(owed.map((customerKey) => aloud(answer(customerKey))));
      return owed.length;
    },
  };
}

/** Runs so many pieces of work at once, the others in the order in which they came. */
function createLimit(atOnce: number) {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async function run<T>(work: () => Promise<T>): Promise<T> {
    if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };
}
