import { primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { bytesColumn } from "../db/columns.ts";

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
