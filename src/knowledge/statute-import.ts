import type { Clock } from "../core/clock.ts";
import { sha256 as sha256Of } from "../crypto/bytes.ts";
import type { Statute } from "./import/statute.ts";
import type { StatuteKey, StatuteRepository } from "./statute-repository.ts";
import { packStatuteText, toStatuteText } from "./statute-text.ts";

/** What became of a wording: `empty` has no articles to serve. */
export type StoreOutcome = "added" | "changed" | "unchanged" | "empty";

/** Keeps imported wordings in the database. The same wording twice changes nothing; another edition has a row of its own. */
export function createStatuteImport({ statutes, now }: { statutes: StatuteRepository; now: Clock }) {
  return {
    async store(
      { instrument, edition }: { instrument: string; edition: string },
      statute: Pick<Statute, "articles" | "portion">,
      sha256: string,
    ): Promise<StoreOutcome> {
      const text = toStatuteText(statute);
      if (text.articles.length === 0) return "empty";
      const key: StatuteKey = { instrument, edition, portion: statute.portion ?? "" };
      const content = packStatuteText(text);
      const version = (await sha256Of(content)).slice(0, 16);
      const before = await statutes.find(key);
      if (before?.version === version && before.sha256 === sha256) return "unchanged";
      await statutes.save({ ...key, sha256, version, content, importedAt: now() });
      if (before === undefined) return "added";
      return before.version === version ? "unchanged" : "changed";
    },

    /** Removes an edition with all its parts. Returns how many rows that were. */
    async remove({ instrument, edition }: { instrument: string; edition: string }): Promise<number> {
      const rows = (await statutes.list()).filter(
        (row) => row.instrument === instrument && row.edition === edition,
      );
      for (const row of rows) await statutes.remove(row);
      return rows.length;
    },
  };
}

export type StatuteImport = ReturnType<typeof createStatuteImport>;
