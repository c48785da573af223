import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** The projection of each case's events: written in the same batch, never changed otherwise. */
export const cases = sqliteTable(
  "cases",
  {
    id: text("id").primaryKey(),
    reportId: text("report_id").notNull(),
    matter: text("matter").notNull(),
    county: text("county"),
    officeCode: text("office_code").notNull(),
    state: text("state").notNull(),
    /** How many events there are: the revision that an action must name. */
    seq: integer("seq").notNull(),
    dueOn: text("due_on"),
    dueKind: text("due_kind"),
    dueRuleId: text("due_rule_id"),
    dueProvisional: integer("due_provisional", { mode: "boolean" }).notNull(),
    openedAt: integer("opened_at", { mode: "timestamp_ms" }).notNull(),
    updatedAt: integer("updated_at", { mode: "timestamp_ms" }).notNull(),
  },
  (table) => [
    index("cases_report").on(table.reportId),
    index("cases_office_opened").on(table.officeCode, table.openedAt, table.id),
    index("cases_opened").on(table.openedAt, table.id),
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
    previousHash: text("previous_hash").notNull(),
    hash: text("hash").notNull(),
  },
  (table) => [primaryKey({ columns: [table.caseId, table.seq] })],
);
