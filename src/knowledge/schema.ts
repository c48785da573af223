import { index, integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { LegalBasis } from "../core/citation.ts";
import { bytesColumn } from "../db/columns.ts";

/**
 * One row an answer given. What was asked, what the search saw, comments and notes are sealed;
 * in clear stands only what lists and retention need.
 */
export const knowledgeQuestions = sqliteTable(
  "knowledge_questions",
  {
    /** The id that the answer bore: `answer_…`. */
    id: text("id").primaryKey(),
    at: integer("at", { mode: "timestamp_ms" }).notNull(),
    /** `api`, or the channel of the conversation. */
    channel: text("channel").notNull(),
    outcome: text("outcome").notNull(),
    confidence: real("confidence").notNull(),
    /** How many passages the search found that have to do with the question. */
    passages: integer("passages").notNull(),
    /** The knowledge that answered, by its version. */
    knowledgeVersion: text("knowledge_version").notNull(),
    /** The standard answer that the question matched, whether or not it could answer. */
    standardAnswerId: text("standard_answer_id"),
    /** Keyed hash of the folded question: the same question has the same one. */
    groupKey: text("group_key").notNull(),
    sealedQuestion: bytesColumn("sealed_question").notNull(),
    sealedTrace: bytesColumn("sealed_trace").notNull(),
    /** `none` (nothing to review), `open`, `closed`. */
    state: text("state").notNull(),
    /** Why it is in the queue; JSON. */
    reasons: text("reasons", { mode: "json" }).$type<string[]>().notNull(),
    revision: integer("revision").notNull(),
    thumb: text("thumb"),
    sealedComment: bytesColumn("sealed_comment"),
    resolution: text("resolution"),
    sealedNote: bytesColumn("sealed_note"),
    /** The standard answer that settles it. */
    resolvedWith: text("resolved_with"),
    closedBy: text("closed_by"),
    closedAt: integer("closed_at", { mode: "timestamp_ms" }),
  },
  (table) => [
    index("knowledge_questions_state_at").on(table.state, table.at),
    index("knowledge_questions_group").on(table.groupKey, table.state),
  ],
);

/** Official wording (官方口径), written and approved by staff. Nothing of a person stands in it. */
export const knowledgeStandardAnswers = sqliteTable("knowledge_standard_answers", {
  id: text("id").primaryKey(),
  /** Wordings of the question; JSON. */
  questions: text("questions", { mode: "json" }).$type<string[]>().notNull(),
  text: text("text").notNull(),
  /** Law, article and the edition that was in force when it was saved; JSON. */
  citations: text("citations", { mode: "json" }).$type<(LegalBasis & { edition: string })[]>().notNull(),
  /** Who approved it, by name; null while it is a draft. */
  reviewer: text("reviewer"),
  approvedAt: integer("approved_at", { mode: "timestamp_ms" }),
  /** The last day it answers, `YYYY-MM-DD`. */
  expiresOn: text("expires_on").notNull(),
  enabled: integer("enabled", { mode: "boolean" }).notNull(),
  revision: integer("revision").notNull(),
  createdAt: integer("created_at", { mode: "timestamp_ms" }).notNull(),
  updatedAt: integer("updated_at", { mode: "timestamp_ms" }).notNull(),
  updatedBy: text("updated_by").notNull(),
  hitCount: integer("hit_count").notNull(),
  lastHitAt: integer("last_hit_at", { mode: "timestamp_ms" }),
});

/** Where a model places the passages of the knowledge: rebuilt from it at any time, worth nothing without it. */
export const knowledgeVectors = sqliteTable(
  "knowledge_vectors",
  {
    /** `law|edition|article`. */
    passage: text("passage").notNull(),
    model: text("model").notNull(),
    /** SHA-256 of the text that was embedded. */
    hash: text("hash").notNull(),
    /** 32-bit floats, little-endian: what libSQL takes for a vector (https://docs.turso.tech/features/ai-and-embeddings). */
    vector: bytesColumn("vector").notNull(),
  },
  (table) => [primaryKey({ columns: [table.passage, table.model] })],
);

/** The official wording of an edition, as `npm run knowledge -- import` read it. Public texts: they stand in clear. */
export const knowledgeStatutes = sqliteTable(
  "knowledge_statutes",
  {
    /** Id in the catalogue. */
    instrument: text("instrument").notNull(),
    /** The day it was adopted, `YYYY-MM-DD`. */
    edition: text("edition").notNull(),
    /** The part of a code that the file holds; empty for the whole of it. */
    portion: text("portion").notNull(),
    /** SHA-256 of the file. */
    sha256: text("sha256").notNull(),
    /** Names the wording: another file with the same words has the same version. */
    version: text("version").notNull(),
    /** A `StatuteText` as JSON. Read row by row, so that a broken one hurts nobody else. */
    content: text("content").notNull(),
    importedAt: integer("imported_at", { mode: "timestamp_ms" }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.instrument, table.edition, table.portion] })],
);

/** The index over all imported wording: made from it at any time, kept so that an isolate loads it in milliseconds. */
export const knowledgeStatuteIndexes = sqliteTable("knowledge_statute_indexes", {
  /** Names the wordings it was made from, and its layout. */
  version: text("version").primaryKey(),
  /** A `PackedStatuteIndex` as JSON. */
  content: text("content").notNull(),
});
