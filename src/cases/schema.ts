import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { bytesColumn } from "../db/columns.ts";

/** The projection of each case's events: written in the same batch, never changed otherwise. */
export const cases = sqliteTable(
  "cases",
  {
    id: text("id").primaryKey(),
    reportId: text("report_id").notNull(),
    reportNo: text("report_no").notNull(),
    matter: text("matter").notNull(),
    track: text("track").notNull(),
    county: text("county"),
    officeCode: text("office_code").notNull(),
    state: text("state").notNull(),
    /** How many events there are: the revision that an action must name. */
    seq: integer("seq").notNull(),
    dueOn: text("due_on"),
    dueOuter: text("due_outer"),
    dueKind: text("due_kind"),
    dueStep: text("due_step"),
    dueRuleId: text("due_rule_id"),
    dueProvisional: integer("due_provisional", { mode: "boolean" }).notNull(),
    handler: text("handler"),
    transferTo: text("transfer_to"),
    disputeWith: text("dispute_with"),
    supervised: integer("supervised", { mode: "boolean" }).notNull(),
    /** JSON: what later steps depend on and no filter asks for. */
    facts: text("facts").notNull(),
    openedAt: integer("opened_at", { mode: "timestamp_ms" }).notNull(),
    updatedAt: integer("updated_at", { mode: "timestamp_ms" }).notNull(),
    endedAt: integer("ended_at", { mode: "timestamp_ms" }),
  },
  (table) => [
    index("cases_report").on(table.reportId),
    index("cases_report_no").on(table.reportNo),
    index("cases_office_opened").on(table.officeCode, table.openedAt, table.id),
    index("cases_office_state").on(table.officeCode, table.state, table.openedAt, table.id),
    index("cases_opened").on(table.openedAt, table.id),
    index("cases_state").on(table.state, table.openedAt, table.id),
    index("cases_office_due").on(table.officeCode, table.dueOn, table.id),
    index("cases_due").on(table.dueOn, table.id),
    index("cases_transfer").on(table.transferTo),
    index("cases_dispute").on(table.disputeWith),
    // Dates that rest on an unpublished calendar are found again when it is published.
    index("cases_provisional").on(table.dueProvisional, table.dueRuleId),
  ],
);

/** What happened to a case, append-only. `hash` covers the event and the hash before it. */
export const caseEvents = sqliteTable(
  "case_events",
  {
    caseId: text("case_id").notNull(),
    seq: integer("seq").notNull(),
    kind: text("kind").notNull(),
    at: integer("at", { mode: "timestamp_ms" }).notNull(),
    actor: text("actor").notNull(),
    data: text("data").notNull(),
    /** JSON: the date that stands after it. */
    due: text("due"),
    /** SHA-256 of the sealed note that was written with it. */
    noteHash: text("note_hash"),
    previousHash: text("previous_hash").notNull(),
    hash: text("hash").notNull(),
  },
  (table) => [primaryKey({ columns: [table.caseId, table.seq] })],
);

/** What staff wrote with a step, sealed: notes name people. */
export const caseNotes = sqliteTable(
  "case_notes",
  {
    caseId: text("case_id").notNull(),
    seq: integer("seq").notNull(),
    sealed: bytesColumn("sealed").notNull(),
  },
  (table) => [primaryKey({ columns: [table.caseId, table.seq] })],
);

/** Cases that belong together. The event `linked` of `case_id` says so; this finds them from the other side. */
export const caseLinks = sqliteTable(
  "case_links",
  {
    caseId: text("case_id").notNull(),
    otherId: text("other_id").notNull(),
    relation: text("relation").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.caseId, table.otherId, table.relation] }),
    index("case_links_other").on(table.otherId),
  ],
);

/**
 * Who was told of a due day that nears or is past. Says nothing of the report: what is shown comes from the case.
 * `settled_at` is set once the due day moved or was met, or a higher rung reached the same recipient.
 */
export const caseReminders = sqliteTable(
  "case_reminders",
  {
    id: text("id").primaryKey(),
    caseId: text("case_id").notNull(),
    dueOn: text("due_on").notNull(),
    step: text("step").notNull(),
    rung: text("rung").notNull(),
    recipientKind: text("recipient_kind", { enum: ["account", "office_head", "city"] }).notNull(),
    /** The id of an account, the code of an office, or `city`. */
    recipient: text("recipient").notNull(),
    createdAt: integer("created_at", { mode: "timestamp_ms" }).notNull(),
    readAt: integer("read_at", { mode: "timestamp_ms" }),
    settledAt: integer("settled_at", { mode: "timestamp_ms" }),
  },
  (table) => [
    // Several workers may remind at once: each recipient is told once of a rung.
    uniqueIndex("case_reminders_once").on(
      table.caseId,
      table.dueOn,
      table.step,
      table.rung,
      table.recipientKind,
      table.recipient,
    ),
    index("case_reminders_inbox").on(table.recipient, table.dueOn, table.id).where(sql`settled_at IS NULL`),
  ],
);

/**
 * The budget of rights aid, a chain of lines for each year, append-only: triggers refuse to change or delete a row.
 * Amounts in fen. Holds no word of an applicant: `application_id` is the id of the case.
 */
export const aidLedger = sqliteTable(
  "aid_ledger",
  {
    year: integer("year").notNull(),
    /** From 1 without a gap: of two who write the next line at once, one fails. */
    seq: integer("seq").notNull(),
    at: integer("at", { mode: "timestamp_ms" }).notNull(),
    kind: text("kind").notNull(),
    amountFen: integer("amount_fen").notNull(),
    applicationId: text("application_id"),
    releasedFrom: text("released_from"),
    enteredBy: text("entered_by").notNull(),
    approvedBy: text("approved_by"),
    /** SHA-256 of the account and its Idempotency-Key. */
    requestKey: text("request_key").unique(),
    previousHash: text("previous_hash").notNull(),
    hash: text("hash").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.year, table.seq] }),
    index("aid_ledger_application").on(table.applicationId),
  ],
);

/** What a respondent comes back with: a number on the served paper. Its code is derived, never stored. */
export const respondentAccess = sqliteTable(
  "respondent_access",
  {
    responseNo: text("response_no").primaryKey(),
    caseId: text("case_id").notNull(),
    /** The key that the code is derived under; it stays valid when the deployment's key is rotated. */
    keyId: text("key_id").notNull(),
    issuedAt: integer("issued_at", { mode: "timestamp_ms" }).notNull(),
    /** When another took its place; it opens nothing from then on. */
    revokedAt: integer("revoked_at", { mode: "timestamp_ms" }),
  },
  (table) => [uniqueIndex("respondent_access_valid").on(table.caseId).where(sql`revoked_at IS NULL`)],
);

/** What the other side of a case handed in. All that a person wrote is in `sealed`, under the key of the case's report. */
export const respondentStatements = sqliteTable(
  "respondent_statements",
  {
    id: text("id").primaryKey(),
    caseId: text("case_id").notNull(),
    responseNo: text("response_no").notNull(),
    kind: text("kind").notNull(),
    sealed: bytesColumn("sealed").notNull(),
    /** JSON: the ids of the files that came with it. */
    evidenceIds: text("evidence_ids").notNull(),
    /** The last day for it, as it stood then; null where none ran. */
    dueOn: text("due_on"),
    late: integer("late", { mode: "boolean" }).notNull(),
    at: integer("at", { mode: "timestamp_ms" }).notNull(),
  },
  (table) => [index("respondent_statements_case").on(table.caseId, table.at)],
);
