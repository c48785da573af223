import type { Speaker } from "../../callers/caller.ts";
import type { CallerService } from "../../callers/caller-service.ts";
import { csvText } from "../../cases/case-csv.ts";
import { type CaseRepository, conflictOf } from "../../cases/case-repository.ts";
import { monthOf, type PublicCase, startOfMonth } from "../../cases/public-register.ts";
import type { PublicRegister } from "../../cases/public-register-repository.ts";
import { type Clock, dateInShanghai } from "../../core/clock.ts";
import { AppError } from "../../core/error.ts";
import { toCrockford } from "../../core/new-id.ts";
import { type Bytes, equalInConstantTime, sha256 } from "../../crypto/bytes.ts";
import type { Vault } from "../../crypto/key-ring.ts";
import type { FiledReport } from "../../intake/filed-report.ts";
import { evidenceConflictOf, type IntakeService } from "../../intake/intake-service.ts";
import type { StructuredFiling } from "../../intake/structured-filing-service.ts";
import type { Gazetteer } from "../../regions/gazetteer.ts";
import { maxEvidenceBytes } from "../../reports/evidence.ts";
import type { EvidenceService } from "../../reports/evidence-service.ts";
import { type FetchPublicMedia, MediaError } from "../../reports/public-media-service.ts";
import type { Document, Node } from "./document.ts";
import { badRequest, Fault, notThere } from "./fault.ts";
import { type Parameters, readPage, readSpan, wholeDays } from "./parameters.ts";
import {
  bulkColumns,
  extensionsOf,
  toBulkRow,
  toldPlace,
  toRequest,
  toUpdate,
  updatesOf,
} from "./requests.ts";
import { door, type Service, serviceDefinition, serviceList, serviceOf } from "./services.ts";
import { isStatus } from "./states.ts";
import { readSubmission } from "./submission.ts";
import { noticeText, problemText } from "./texts.ts";

/** The longest span and the most requests that one call gives (GeoReport v2, „GET Service Requests“). */
const maxSpanDays = 90;
const maxRequests = 1_000;
/** How far back updates are told without dates, as mySociety's clients expect. */
const updateWindowMs = 2 * 60 * 60 * 1000;
const bulkSpanDays = 366;
const maxBulkRows = 10_000;
const maxKeyChars = 200;

type Filed = {
  reportNo: string;
  queryCode: string;
  reports: FiledReport[];
  notOpened?: { reportType: string; reason: string }[];
  failedMedia?: number;
  withoutPhone?: boolean;
};

export type Open311 = ReturnType<typeof createOpen311>;

/** The verbs of GeoReport v2 on our own: what is public is read from the register, what comes goes through the intake. */
export function createOpen311(dependencies: {
  apiKeys: readonly string[];
  intakeOpen: boolean;
  register: PublicRegister;
  caseRepository: CaseRepository;
  filings: StructuredFiling;
  intake: IntakeService;
  evidence: EvidenceService;
  callers: CallerService;
  fetchMedia: FetchPublicMedia;
  gazetteer: Gazetteer;
  vault: Vault;
  now: Clock;
}) {
  const { apiKeys, intakeOpen, register, caseRepository, filings, intake, evidence, callers } = dependencies;
  const { fetchMedia, gazetteer, vault, now } = dependencies;

  const codeOf = (name: string) => gazetteer.county(name)?.code;

  function requireJurisdiction(parameters: Parameters): void {
    const id = parameters.text("jurisdiction_id");
    if (id !== undefined && !door.jurisdictionIds.includes(id)) throw notThere(problemText("jurisdiction"));
  }

  /** The system that a key is of. Every key is compared, so that the time taken tells nothing. */
  async function holderOf(key: string | undefined): Promise<Speaker | undefined> {
    if (key === undefined) return undefined;
    const [known] = apiKeys.filter((one) => equalInConstantTime(one, key));
    return known === undefined
      ? undefined
      : { channel: "transferred", userId: `open311:${(await sha256(`open311|${known}`)).slice(0, 32)}` };
  }

  async function requireHolder(parameters: Parameters): Promise<Speaker> {
    if (apiKeys.length === 0) throw notThere(problemText("closed"));
    const key = parameters.text("api_key");
    const holder = await holderOf(key);
    if (holder !== undefined) return holder;
    throw new Fault(403, [
      { code: 403, description: problemText(key === undefined ? "keyMissing" : "keyInvalid") },
    ]);
  }

  const reporterKeyOf = async (parameters: Parameters) => {
    const holder = await holderOf(parameters.text("api_key"));
    return holder && callers.reporterKey(holder);
  };

  function requireService(code: string): Service {
    const service = serviceOf(code);
    if (service === undefined) throw notThere(problemText("service", { code }));
    return service;
  }

  function mattersOf(parameters: Parameters): string[] | undefined {
    const codes = parameters.list("service_code");
    const unknown = codes?.filter((code) => serviceOf(code) === undefined) ?? [];
    if (unknown.length > 0) {
      throw new Fault(
        404,
        unknown.map((code) => ({ code: 404, description: problemText("service", { code }) })),
      );
    }
    return codes?.map((code) => requireService(code).reportType);
  }

  function endedOf(parameters: Parameters): boolean | undefined {
    const statuses = parameters.list("status")?.map((status) => status.toLowerCase());
    if (statuses?.some((status) => status !== "open" && status !== "closed"))
      throw badRequest(problemText("status"));
    return statuses?.length === 1 ? statuses[0] === "closed" : undefined;
  }

  const requestsDocument = (content: Node): Document => ({ root: "service_requests", content });

  async function told(found: readonly PublicCase[], parameters: Parameters): Promise<Document> {
    const cells = await register.cells(found.map(({ current }) => current.openedAt));
    const extended = parameters.text("extensions")?.toLowerCase() === "true";
    const histories = extended ? await register.histories(found) : undefined;
    return requestsDocument(
      found.map((one, index) => {
        const history = histories?.[index];
        return {
          ...toRequest(one, toldPlace(one, cells, codeOf)),
          ...(history === undefined ? {} : extensionsOf(history)),
        };
      }),
    );
  }

  /** The cells of a span: whole months, whatever part of them is asked for. */
  const cellsOf = (from: Date, before: Date) =>
    register.cells([startOfMonth(monthOf(from)), new Date(before.getTime() - 1)]);

  async function tokenOf(caseId: string): Promise<string> {
    const mark = toCrockford(await vault.hash("lookup", `open311-token|${caseId}`))
      .slice(0, 20)
      .toLowerCase();
    return `${mark}-${caseId}`;
  }

  /** A client's own key for a submission, by which a repeat is known: a header, or what FixMyStreet sends. */
  function clientKeyOf(parameters: Parameters, header: string | undefined): string | undefined {
    const key =
      header ??
      parameters.text("client_request_id") ??
      parameters.text("attribute[external_id]") ??
      parameters.text("attribute[fixmystreet_id]");
    if (key !== undefined && key.length > maxKeyChars) throw badRequest(problemText("clientKey"));
    return key;
  }

  async function readFiles(parameters: Parameters) {
    return Promise.all(
      parameters.files.map(async (file) => {
        if (file.size > maxEvidenceBytes) {
          throw new AppError("payload_too_large", "单个文件不能超过 30 MB。", {
            errors: [{ pointer: "/file", detail: "文件超过 30 MB。" }],
          });
        }
        return { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) as Bytes };
      }),
    );
  }

  /** Stores what came with a submission and what its addresses lead to; what cannot be had does not stop it. */
  async function storeMedia(
    files: readonly { name: string; bytes: Bytes }[],
    urls: readonly string[],
    ownerKey: string,
  ): Promise<{ evidenceIds: string[]; failed: number }> {
    const evidenceIds: string[] = [];
    let failed = 0;
    for (const file of files) evidenceIds.push((await evidence.store(file, ownerKey)).evidenceId);
    const fetched = await Promise.allSettled(urls.map(fetchMedia));
    for (const one of fetched) {
      if (one.status === "fulfilled")
        evidenceIds.push((await evidence.store(one.value, ownerKey)).evidenceId);
      else if (one.reason instanceof MediaError) failed += 1;
      else throw one.reason;
    }
    return { evidenceIds, failed };
  }

  const contentOf = async (parameters: Parameters, files: readonly { bytes: Bytes }[]) => ({
    parameters: parameters.entries.map(([name, values]) => [name, [...values]]),
    files: await Promise.all(files.map(({ bytes }) => sha256(bytes))),
  });

  async function noticeOf({
    reports,
    notOpened = [],
    failedMedia = 0,
    withoutPhone,
  }: Filed): Promise<string> {
    const [first, ...others] = reports;
    const words = (report: FiledReport) => ({ ...report, office: report.office.name });
    const sentences = first === undefined ? [] : [noticeText("filed", words(first))];
    for (const other of others) sentences.push(noticeText("second", words(other)));
    for (const one of notOpened) sentences.push(noticeText("notOpened", one));
    if (withoutPhone === true) sentences.push(noticeText("anonymous"));
    if (failedMedia > 0) sentences.push(noticeText("media", { count: String(failedMedia) }));
    const isPublic = first !== undefined && (await register.find([first.caseId])).length > 0;
    if (!isPublic) sentences.push(noticeText("hidden"));
    return sentences.join("");
  }

  return {
    /** Where the door is, from `base`, its address without a slash at the end. */
    discovery: (base: string): Document => ({
      root: "discovery",
      content: {
        changeset: door.changeset,
        contact: door.contact,
        key_service: apiKeys.length > 0 && intakeOpen ? door.keyService.open : door.keyService.closed,
        endpoints: [
          {
            specification: "http://wiki.open311.org/GeoReport_v2",
            url: `${base}/v2`,
            changeset: door.changeset,
            type: "production",
            formats: ["text/xml", "application/json"],
          },
        ],
      },
    }),

    services(parameters: Parameters): Document {
      requireJurisdiction(parameters);
      return serviceList();
    },

    /** @throws {Fault} 404 for a service that is not there. */
    definition(parameters: Parameters, code: string): Document {
      requireJurisdiction(parameters);
      return serviceDefinition(requireService(code));
    },

    /** Public requests: those that are named, or a page of the newest of a span. @throws {Fault} 400, 404. */
    async requests(parameters: Parameters): Promise<Document> {
      requireJurisdiction(parameters);
      const ids = parameters.list("service_request_id");
      if (ids !== undefined) {
        const found = await register.find(ids.slice(0, maxRequests));
        if (found.length === 0) throw notThere(problemText("request"));
        return told(found, parameters);
      }
      const matters = mattersOf(parameters);
      const ended = endedOf(parameters);
      const page = readPage(parameters, maxRequests);
      const span = wholeDays(readSpan(parameters, now(), { maxDays: maxSpanDays }));
      const reporterKey = await reporterKeyOf(parameters);
      const cells = await cellsOf(span.from, span.before);
      return told(await register.list({ ...span, matters, ended, reporterKey }, cells, page), parameters);
    },

    /** One public request. @throws {Fault} 404 for one that is not there or not public: nobody is told which. */
    async request(parameters: Parameters, id: string): Promise<Document> {
      requireJurisdiction(parameters);
      const found = await register.find([id]);
      if (found.length === 0) throw notThere(problemText("request"));
      return told(found, parameters);
    },

    /** The id that a token stands for. @throws {Fault} 404. */
    async token(parameters: Parameters, token: string): Promise<Document> {
      requireJurisdiction(parameters);
      const caseId = token.slice(token.indexOf("-") + 1);
      const isOurs = equalInConstantTime(await tokenOf(caseId), token);
      const found = isOurs ? await register.find([caseId]) : [];
      if (found.length === 0) throw notThere(problemText("token"));
      return requestsDocument([{ service_request_id: caseId, token }]);
    },

    /** What changed in public requests. @throws {Fault} 400, 404. */
    async updates(parameters: Parameters): Promise<Document> {
      requireJurisdiction(parameters);
      const ids = parameters.list("service_request_id");
      const usual = ids === undefined ? updateWindowMs : maxSpanDays * 24 * 60 * 60 * 1000;
      const { start, end } = readSpan(parameters, now(), { maxDays: maxSpanDays, usualMs: usual });
      const page = readPage(parameters, maxRequests);
      const of =
        ids?.slice(0, maxRequests) ??
        ({
          shown: await register.cellsOfChanged(start),
          reporterKey: await reporterKeyOf(parameters),
        } as const);
      const steps = await register.steps({ start, end, of }, page);
      const found = await register.find(steps.map(({ caseId }) => caseId));
      const updates = new Map(
        (await register.histories(found)).flatMap(updatesOf).map((update) => [update.id, update]),
      );
      return {
        root: "service_request_updates",
        content: steps.flatMap(({ caseId, seq }) => {
          const update = updates.get(`${caseId}.${seq}`);
          return update === undefined ? [] : [toUpdate(update)];
        }),
      };
    },

    /** The open-data file: as `requests`, over a longer span, as CSV. @throws {Fault} 400, 404. */
    async bulk(parameters: Parameters): Promise<string> {
      requireJurisdiction(parameters);
      const matters = mattersOf(parameters);
      const page = readPage(parameters, maxBulkRows);
      const span = wholeDays(readSpan(parameters, now(), { maxDays: bulkSpanDays }));
      const cells = await cellsOf(span.from, span.before);
      const found = await register.list({ ...span, matters }, cells, page);
      const rows = found.map((one) => toBulkRow(one, toldPlace(one, cells, codeOf)));
      return csvText([bulkColumns, ...rows]);
    },

    /**
     * Files a report for another system, once under the same key of its own.
     * @throws {Fault} 403 without a valid key, 404 for an unknown service or a door that is closed, 400 with all faults.
     * @throws {AppError} as `FilingService.prepare`.
     */
    async submit(
      parameters: Parameters,
      { idempotencyKey, asToken }: { idempotencyKey: string | undefined; asToken: boolean },
    ): Promise<Document> {
      const holder = await requireHolder(parameters);
      requireJurisdiction(parameters);
      if (!intakeOpen) throw new AppError("intake_not_available", problemText("intake"));
      const code = parameters.text("service_code");
      const service = code === undefined ? undefined : requireService(code);
      const presentYear = Number(dateInShanghai(now()).slice(0, 4));
      const submission = readSubmission(parameters, service, { gazetteer, presentYear });
      if (submission.faults.length > 0) throw badRequest(...submission.faults);
      const clientKey = clientKeyOf(parameters, idempotencyKey);
      const { slots, unknown, smallFirm, showEndsOn, traceless, mediaUrls, person } = submission;
      const files = await readFiles(parameters);
      const ownerKey = await callers.reporterKey(holder);
      const answer = await filings.fileOnce(
        {
          speaker: holder,
          content: await contentOf(parameters, files),
          idempotencyKey: clientKey && `request:${clientKey}`,
        },
        async () => {
          const { evidenceIds, failed } = await storeMedia(files, mediaUrls, ownerKey);
          return {
            filing: {
              slots: { ...slots, evidenceCount: evidenceIds.length },
              unknown,
              narrative: [],
              evidenceIds,
              speaker: holder,
              address: undefined,
              traceless,
              smallFirm,
              showEndsOn,
              countedAs: person,
            },
            more: {
              failedMedia: failed,
              withoutPhone: slots.anonymous === true && parameters.text("phone") === undefined,
            },
          };
        },
      );
      const filed = JSON.parse(answer) as Filed;
      const caseId = filed.reports[0]?.caseId ?? "";
      return requestsDocument([
        {
          ...(asToken ? { token: await tokenOf(caseId) } : { service_request_id: caseId }),
          service_notice: await noticeOf(filed),
          account_id: null,
        },
      ]);
    },

    /**
     * Adds to a report that the same system filed, once for an `update_id` of its own. The status that it names is
     * its own affair: an office decides ours.
     * @throws {Fault} 403, 404, 400 as `submit`. @throws {AppError} as `IntakeService.prepareOwnSupplement`.
     */
    async addUpdate(parameters: Parameters): Promise<Document> {
      const holder = await requireHolder(parameters);
      requireJurisdiction(parameters);
      if (!intakeOpen) throw new AppError("intake_not_available", problemText("intake"));
      const [caseId, updateId, text] = ["service_request_id", "update_id", "description"].map(
        parameters.text,
      );
      const mediaUrls = parameters.all("media_url");
      const status = parameters.text("status");
      const faults = [
        caseId === undefined ? problemText("updateRequest") : [],
        updateId === undefined || updateId.length > maxKeyChars ? problemText("updateId") : [],
        text === undefined && mediaUrls.length === 0 && parameters.files.length === 0
          ? problemText("updateText")
          : [],
        text !== undefined && text.length > 4000 ? `description：最多 4000 个字。` : [],
        status !== undefined && !isStatus(status.toUpperCase()) ? problemText("updateStatus") : [],
      ].flat();
      if (faults.length > 0 || caseId === undefined || updateId === undefined) throw badRequest(...faults);
      const current = await caseRepository.find(caseId);
      const ownerKey = await callers.reporterKey(holder);
      const isOwn =
        current !== undefined && (await register.filedBy(ownerKey, [current.reportId])).has(current.reportId);
      if (current === undefined || !isOwn) throw notThere(problemText("request"));
      const files = await readFiles(parameters);
      const call = {
        speaker: holder,
        content: await contentOf(parameters, files),
        idempotencyKey: `update:${updateId}`,
      };
      try {
        await filings.once(call, async () => {
          const { evidenceIds } = await storeMedia(files, mediaUrls, ownerKey);
          const statements = await intake.prepareOwnSupplement(holder, current.reportNo, {
            text,
            evidenceIds,
          });
          return { answer: updateId, statements };
        });
      } catch (error) {
        throw evidenceConflictOf(conflictOf(error));
      }
      return { root: "service_request_updates", content: [{ update_id: updateId }] };
    },
  };
}
