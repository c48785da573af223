import { and, eq, inArray, sql } from "drizzle-orm";
import { type Database, unitOfWork } from "../db/client.ts";
import { knowledgeVectors } from "./schema.ts";

/** A passage with its place in a model's space. */
export type StoredVector = { passage: string; hash: string; vector: Float32Array };

export type EmbeddingRepository = {
  /** The hash of the text each stored vector was made from, by passage. */
  hashes(model: string): Promise<Map<string, string>>;
  save(model: string, vectors: readonly StoredVector[]): Promise<void>;
  remove(model: string, passages: readonly string[]): Promise<void>;
  /** The `limit` passages nearest to a vector, nearest first; every row is looked at, which does for a few thousand. */
  nearest(model: string, vector: Float32Array, limit: number): Promise<string[]>;
};

/** Vectors in libSQL, beside nothing they could disagree with. */
export function createEmbeddingRepository(db: Database): EmbeddingRepository {
  return {
    async hashes(model) {
      const rows = await db.sql
        .select({ passage: knowledgeVectors.passage, hash: knowledgeVectors.hash })
        .from(knowledgeVectors)
        .where(eq(knowledgeVectors.model, model));
      return new Map(rows.map(({ passage, hash }) => [passage, hash]));
    },

    async save(model, vectors) {
      if (vectors.length === 0) return;
      await db.write(
        unitOfWork(
          vectors.map(({ passage, hash, vector }) => {
            const bytes = bytesOf(vector);
            return db.sql
              .insert(knowledgeVectors)
              .values({ passage, model, hash, vector: bytes })
              .onConflictDoUpdate({
                target: [knowledgeVectors.passage, knowledgeVectors.model],
                set: { hash, vector: bytes },
              });
          }),
        ),
      );
    },

    async remove(model, passages) {
      if (passages.length === 0) return;
      await db.write([
        db.sql
          .delete(knowledgeVectors)
          .where(and(eq(knowledgeVectors.model, model), inArray(knowledgeVectors.passage, [...passages]))),
      ]);
    },

    async nearest(model, vector, limit) {
      const asked = sql.param(bytesOf(vector), knowledgeVectors.vector);
      const rows = await db.sql
        .select({ passage: knowledgeVectors.passage })
        .from(knowledgeVectors)
        .where(eq(knowledgeVectors.model, model))
        .orderBy(sql`vector_distance_cos(${knowledgeVectors.vector}, ${asked})`, knowledgeVectors.passage)
        .limit(limit);
      return rows.map(({ passage }) => passage);
    },
  };
}

/** Floats as libSQL stores them: little-endian, four bytes each. */
function bytesOf(vector: Float32Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(vector.length * 4);
  const view = new DataView(bytes.buffer);
  vector.forEach((value, at) => {
    view.setFloat32(at * 4, value, true);
  });
  return bytes;
}
