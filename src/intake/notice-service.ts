import type { Channel, Speaker } from "../callers/caller.ts";
import type { CallerService } from "../callers/caller-service.ts";
import type { Clock } from "../core/clock.ts";
import { AppError } from "../core/error.ts";
import { type Database, type Statements, unitOfWork } from "../db/client.ts";
import type { Door } from "../outbox/outbox.ts";
import { doorOf, personalDoors } from "../reports/notice-consent.ts";
import {
  forgetNoticeConsents,
  type NoticeAddress,
  type NoticeConsents,
} from "../reports/notice-consent-repository.ts";
import type { ReportService } from "../reports/report-service.ts";
import type { IntakeService } from "./intake-service.ts";

/** How a person wants to be told of progress. */
export type NoticeWish = {
  /** Through the channel they speak on. */
  channel?: boolean | undefined;
  /** By mail to this address. */
  email?: string | undefined;
};

export type NoticeService = ReturnType<typeof createNoticeService>;

/** Takes and takes back people's consent to notices. Default: none (个人信息保护法 13–15). */
export function createNoticeService(dependencies: {
  db: Database;
  reports: ReportService;
  consents: NoticeConsents;
  callers: CallerService;
  /** The doors that something is sent through on this deployment. */
  doors: ReadonlySet<Door>;
  now: Clock;
}) {
  const { db, reports, consents, callers, doors, now } = dependencies;

  const doorTo = (channel: Channel): Door | undefined => {
    const door = doorOf(channel);
    return door !== undefined && doors.has(door) ? door : undefined;
  };

  /**
   * Where a person is reached by what they wish.
   * @throws {AppError} `invalid_request` for a door that there is not, mail of who is anonymous, anything of who leaves no trace.
   */
  function addressesFor(
    wish: NoticeWish | undefined,
    { speaker, anonymous, traceless }: { speaker: Speaker; anonymous: boolean; traceless: boolean },
  ): NoticeAddress[] {
    const addresses: NoticeAddress[] = [];
    if (wish?.channel === true) {
      const door = doorTo(speaker.channel);
      if (door === undefined) {
        throw refused("/notices/channel", "这个渠道发不了通知，请凭编号和查询码查进度。");
      }
      addresses.push({ door, address: speaker.userId });
    }
    if (wish?.email !== undefined) {
      if (!doors.has("email")) throw refused("/notices/email", "这里没有开通邮件通知。");
      if (anonymous) throw refused("/notices/email", "匿名报告不留联系方式，邮箱也不留。");
      addresses.push({ door: "email", address: wish.email });
    }
    if (addresses.length > 0 && traceless) {
      throw refused("/notices", "不留痕的报告不存账号和邮箱，没法发通知。");
    }
    return addresses;
  }

  async function prepareConsents(
    reportId: string,
    addresses: readonly NoticeAddress[],
  ): Promise<Statements[number][]> {
    const prepared = addresses.map((address) => consents.prepare(reportId, address, now()));
    return (await Promise.all(prepared)).flat();
  }

  return {
    addressesFor,

    /** The statements by which the person of a report agrees to be told at these addresses. */
    prepareConsents,

    /** Whether people on a channel can be told there. */
    offers: (channel: Channel): boolean => doorTo(channel) !== undefined,

    /**
     * The statements by which a speaker agrees to be told of these reports of theirs on the channel they speak on, or
     * takes that back; none where no such report is theirs. Nothing is stored yet.
     */
    async prepareOwn(
      speaker: Speaker,
      reportNos: readonly string[],
      agrees: boolean,
    ): Promise<Statements[number][]> {
      const door = doorTo(speaker.channel);
      if (door === undefined) return [];
      const reporterKey = await callers.reporterKey(speaker);
      const statements: Statements[number][] = [];
      for (const reportNo of reportNos) {
        const report = await reports.findOwn(reporterKey, reportNo);
        if (report === undefined) continue;
        const change = agrees
          ? await prepareConsents(report.id, [{ door, address: speaker.userId }])
          : forgetNoticeConsents(db, report.id, { at: now(), doors: [door] });
        statements.push(...change);
      }
      return statements;
    },

    /**
     * Sets how the person of a report is told, for who holds its code: what the wish does not name is taken back.
     *
     * @returns The doors that are agreed to then.
     * @throws {AppError} as `IntakeService.withCode`; `invalid_request` as `addressesFor`.
     */
    async set(
      intake: Pick<IntakeService, "withCode">,
      { reportNo, queryCode }: { reportNo: string; queryCode: string },
      wish: NoticeWish,
      speaker: Speaker,
    ): Promise<Door[]> {
      const { report, current } = await intake.withCode(reportNo, queryCode);
      const traceless = !(await reports.knowsItsSender(report.id));
      const { anonymous } = current.facts;
      const addresses = addressesFor(wish, { speaker, anonymous, traceless });
      await db.write(
        unitOfWork([
          ...forgetNoticeConsents(db, report.id, {
            at: now(),
            doors: personalDoors.filter((door) => !addresses.some((one) => one.door === door)),
          }),
          ...(await prepareConsents(report.id, addresses)),
        ]),
      );
      return addresses.map(({ door }) => door);
    },
  };
}

const refused = (pointer: string, detail: string) =>
  new AppError("invalid_request", "没法这样通知您。", { errors: [{ pointer, detail }] });
