import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { bytesColumn } from "../db/columns.ts";
import { doors } from "../outbox/outbox.ts";
import { custodyStart } from "./custody.ts";

/** Who agreed to be told of a report's progress, and where: rows go when that is taken back, or with the report's data. */
export const noticeConsents = sqliteTable(
  "notice_consents",
  {
    reportId: text("report_id")
      .notNull()
      .references(() => reports.id),
    door: text("door", { enum: doors }).notNull(),
    /** What the door addresses, sealed. */
    address: bytesColumn("address").notNull(),
    agreedAt: integer("agreed_at", { mode: "timestamp_ms" }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.reportId, table.door] })],
);

/** What was filed. All that a person wrote is in `sealed`; empty once it is erased (see `erasures`). */
export const reports = sqliteTable(
  "reports",
  {
    id: text("id").primaryKey(),
    reportNo: text("report_no").notNull().unique(),
    /** The key that the query code is derived under; it stays valid when the deployment's key is rotated. */
    queryKeyId: text("query_key_id").notNull(),
    reportType: text("report_type").notNull(),
    county: text("county"),
    channel: text("channel").notNull(),
    /** Keyed hash of the speaker, for their own look-up; null where they asked to leave no trace, and once erased. */
    reporterKey: text("reporter_key"),
    /** Keyed hash of the system and number of the work order that it came with. */
    workOrderKey: text("work_order_key").unique(),
    /** The id of the first report that was opened from the same material, in all of them; null where it is alone. */
    materialOf: text("material_of"),
    /** The wrapped key of this report's content and supplements; null in reports filed before there was one. */
    contentKey: bytesColumn("content_key"),
    sealed: bytesColumn("sealed").notNull(),
    filedAt: integer("filed_at", { mode: "timestamp_ms" }).notNull(),
    /** When its last case closed; null while one is open. */
    closedAt: integer("closed_at", { mode: "timestamp_ms" }),
    /** The rule of `data/retention.json` that `eraseAfter` comes from. */
    retentionRule: text("retention_rule"),
    /** From when on the content is erased; null while a case is open. */
    eraseAfter: integer("erase_after", { mode: "timestamp_ms" }),
  },
  (table) => [
    index("reports_erase_after").on(table.eraseAfter),
    index("reports_material").on(table.materialOf),
    index("reports_reporter").on(table.reporterKey, table.filedAt),
  ],
);

/** Who filed, for reports that are not anonymous: sealed under a key of its own. The row goes when it is erased. */
export const identities = sqliteTable(
  "identities",
  {
    reportId: text("report_id")
      .primaryKey()
      .references(() => reports.id),
    wrappedKey: bytesColumn("wrapped_key").notNull(),
    sealed: bytesColumn("sealed").notNull(),
    /** From when on it is erased; null while a case is open. */
    eraseAfter: integer("erase_after", { mode: "timestamp_ms" }),
    /** Until when the person themselves wants it kept, if longer. */
    keepUntil: integer("keep_until", { mode: "timestamp_ms" }),
  },
  (table) => [index("identities_erase_after").on(table.eraseAfter)],
);

/** Finds a person's reports by a phone or a name without opening anybody's identity. */
export const identityIndex = sqliteTable(
  "identity_index",
  {
    kind: text("kind").notNull(),
    /** Keyed hash of the value in normal form. */
    key: text("key").notNull(),
    reportId: text("report_id")
      .notNull()
      .references(() => reports.id),
  },
  (table) => [
    primaryKey({ columns: [table.kind, table.key, table.reportId] }),
    index("identity_index_report").on(table.reportId),
  ],
);

/** What was erased, when, and by which rule: all that remains of it. */
export const erasures = sqliteTable(
  "erasures",
  {
    kind: text("kind").notNull(),
    /** The id of the report, or of the file. */
    subjectId: text("subject_id").notNull(),
    reportId: text("report_id").notNull(),
    rule: text("rule").notNull(),
    /** SHA-256 of the wrapped key that was destroyed, or of the file; null where there was neither. */
    hash: text("hash"),
    /** When it was decided. From then on no hold stops it. */
    begunAt: integer("begun_at", { mode: "timestamp_ms" }).notNull(),
    /** When it was done; null between the decision and the deed. */
    erasedAt: integer("erased_at", { mode: "timestamp_ms" }),
  },
  (table) => [
    primaryKey({ columns: [table.kind, table.subjectId] }),
    index("erasures_report").on(table.reportId),
    index("erasures_erased").on(table.erasedAt),
  ],
);

/** Reports of which nothing may be erased for the time being. */
export const legalHolds = sqliteTable(
  "legal_holds",
  {
    id: text("id").primaryKey(),
    reportId: text("report_id")
      .notNull()
      .references(() => reports.id),
    category: text("category").notNull(),
    sealedReason: bytesColumn("sealed_reason").notNull(),
    setBy: text("set_by").notNull(),
    setAt: integer("set_at", { mode: "timestamp_ms" }).notNull(),
    liftedBy: text("lifted_by"),
    liftedAt: integer("lifted_at", { mode: "timestamp_ms" }),
  },
  (table) => [index("legal_holds_report").on(table.reportId)],
);

/** What people asked to have erased, and what it waits for. */
export const deletionRequests = sqliteTable(
  "deletion_requests",
  {
    reportId: text("report_id")
      .notNull()
      .references(() => reports.id),
    /** `identity`, `sender` or `content`. */
    part: text("part").notNull(),
    requestedAt: integer("requested_at", { mode: "timestamp_ms" }).notNull(),
    /** `closing`: the end of the case; `schedule`: the end of the period that the law sets; null: nothing but a hold. */
    waitsFor: text("waits_for"),
  },
  (table) => [primaryKey({ columns: [table.reportId, table.part] })],
);

/** What was added to a report after it was filed. */
export const supplements = sqliteTable(
  "report_supplements",
  {
    id: text("id").primaryKey(),
    reportId: text("report_id")
      .notNull()
      .references(() => reports.id),
    sealed: bytesColumn("sealed").notNull(),
    addedAt: integer("added_at", { mode: "timestamp_ms" }).notNull(),
  },
  (table) => [index("report_supplements_report").on(table.reportId)],
);

/** Files that people sent. The bytes are in the blob store under `id`. */
export const evidence = sqliteTable(
  "evidence",
  {
    id: text("id").primaryKey(),
    sha256: text("sha256").notNull(),
    bytes: integer("bytes").notNull(),
    mediaType: text("media_type").notNull(),
    /** The name the file came with, sealed: names of files often name people. */
    sealedName: bytesColumn("sealed_name").notNull(),
    receivedAt: integer("received_at", { mode: "timestamp_ms" }).notNull(),
    /** When it was taken, as the sender's device said. */
    claimedCapturedAt: integer("claimed_captured_at", { mode: "timestamp_ms" }),
    /** When it was taken, as the file itself says (Exif DateTimeOriginal). */
    exifCapturedAt: integer("exif_captured_at", { mode: "timestamp_ms" }),
    /** SHA-256 of the picture without its hidden data (`redactMetadata`); null for what no such copy is made of. */
    imageHash: text("image_hash"),
    /** Keyed hash of the first speaker who named it; nobody else may use it. */
    ownerKey: text("owner_key"),
    reportId: text("report_id").references(() => reports.id),
    /** Its place, from 0, among what the report was filed with; null for what was added later. */
    filingPlace: integer("filing_place"),
    /** Whose it is: the two sides of a case never see each other's files here. */
    party: text("party", { enum: ["reporter", "respondent"] })
      .notNull()
      .default("reporter"),
    /** The last entry of its custody log. */
    custodySeq: integer("custody_seq").notNull().default(0),
    custodyHash: text("custody_hash").notNull().default(custodyStart),
  },
  (table) => [index("evidence_report").on(table.reportId)],
);

/** What happened to each piece of evidence, chained by hash; it outlives the evidence. Rows are never changed or deleted. */
export const evidenceCustody = sqliteTable(
  "evidence_custody",
  {
    evidenceId: text("evidence_id").notNull(),
    seq: integer("seq").notNull(),
    kind: text("kind").notNull(),
    at: integer("at", { mode: "timestamp_ms" }).notNull(),
    /** `public`, `system`, or the id of an account. */
    actor: text("actor").notNull(),
    /** Of the original at that time. */
    sha256: text("sha256").notNull(),
    data: text("data").notNull(),
    previousHash: text("previous_hash").notNull(),
    hash: text("hash").notNull(),
  },
  (table) => [primaryKey({ columns: [table.evidenceId, table.seq] })],
);

/** Copies of evidence without hidden data. The bytes are in the blob store under `id`. */
export const evidenceDerivatives = sqliteTable("evidence_derivatives", {
  evidenceId: text("evidence_id")
    .primaryKey()
    .references(() => evidence.id),
  id: text("id").notNull(),
  sha256: text("sha256").notNull(),
  bytes: integer("bytes").notNull(),
  mediaType: text("media_type").notNull(),
  method: text("method").notNull(),
  madeAt: integer("made_at", { mode: "timestamp_ms" }).notNull(),
});

/** What the receipt of a report says of its evidence: a receipt is signed anew whenever it is asked for. */
export const reportReceipts = sqliteTable("report_receipts", {
  reportId: text("report_id").primaryKey(),
  evidenceRoot: text("evidence_root").notNull(),
  evidenceCount: integer("evidence_count").notNull(),
});

/** Answers to structured filings by their Idempotency-Key (keyed hash with the caller). */
export const idempotentAnswers = sqliteTable("idempotent_answers", {
  key: text("key").primaryKey(),
  requestHash: text("request_hash").notNull(),
  sealed: bytesColumn("sealed").notNull(),
  answeredAt: integer("answered_at", { mode: "timestamp_ms" }).notNull(),
});

/** Blind marks by which reports about the same are found: keyed hashes, nothing in clear. Written with the report, never changed. */
export const reportMarks = sqliteTable(
  "report_marks",
  {
    reportId: text("report_id")
      .notNull()
      .references(() => reports.id),
    kind: text("kind").notNull(),
    value: text("value").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.reportId, table.kind, table.value] }),
    index("report_marks_kind_value").on(table.kind, table.value),
  ],
);
