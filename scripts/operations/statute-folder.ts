import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { silentLog } from "../../src/core/log.ts";
import { StoredStatute } from "../../src/knowledge/import/stored-statute.ts";
import type { Instrument } from "../../src/knowledge/instrument.ts";
import type { StatuteRepository, StoredStatuteRow } from "../../src/knowledge/statute-repository.ts";
import { createStatuteService, type StatuteTexts } from "../../src/knowledge/statute-service.ts";
import { packStatuteText, toStatuteText } from "../../src/knowledge/statute-text.ts";

/** The official wording in a folder that `npm run knowledge -- import` filled, without a database. */
export async function readStatuteFolder(
  folder: string,
  instruments: readonly Instrument[],
): Promise<StatuteTexts> {
  const rows = globSync("*/*.json", { cwd: folder })
    .sort()
    .flatMap((path): StoredStatuteRow[] => {
      const stored = StoredStatute.parse(JSON.parse(readFileSync(join(folder, path), "utf8")));
      if (stored.instrument === null || stored.edition === null) return [];
      const content = packStatuteText(toStatuteText(stored.statute));
      return [
        {
          instrument: stored.instrument,
          edition: stored.edition,
          portion: stored.statute.portion ?? "",
          sha256: stored.source.sha256,
          version: stored.source.sha256.slice(0, 16),
          content,
          importedAt: new Date(0),
        },
      ];
    });
  const statutes: StatuteRepository = {
    list: async () => rows,
    all: async () => rows,
    index: async () => undefined,
    saveIndex: async () => undefined,
    find: async () => undefined,
    save: async () => undefined,
    remove: async () => undefined,
  };
  const service = createStatuteService({ statutes, instruments, now: () => new Date(0), log: silentLog });
  await service.refresh();
  await service.settled();
  return service.texts;
}
