import type { Database } from "../../src/db/client.ts";
import { parseStatute } from "../../src/knowledge/import/parse-statute.ts";
import { createStatuteImport } from "../../src/knowledge/statute-import.ts";
import { createStatuteRepository } from "../../src/knowledge/statute-repository.ts";

/** Ids of the catalogue whose editions the made-up texts are stored under. */
export const patentLaw = { instrument: "zhuanli-fa", edition: "2020-10-17" };
export const oldRules = { instrument: "zhuanli-fa-shishi-xize", edition: "2010-01-09" };
export const agencyRules = { instrument: "zhuanli-daili-guanli-banfa", edition: "2019-04-04" };

/** Stores a made-up text, one article or 款 a line, as the import would. */
export async function importText(
  db: Database,
  place: { instrument: string; edition: string },
  text: string,
): Promise<string> {
  const statutes = createStatuteRepository(db);
  const statute = parseStatute(`# 示例\n${text}\n`, { fileName: "示例.md" });
  return createStatuteImport({ statutes, now: () => new Date(0) }).store(place, statute, text);
}
