import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { parse } from "yaml";
import { dateInShanghai } from "../src/core/clock.ts";
import { checkKnowledge, type OfficialText } from "../src/knowledge/check-knowledge.ts";
import type { FieldModel } from "../src/knowledge/field-model.ts";
import { createKnowledge } from "../src/knowledge/knowledge.ts";
import { buildBlob, type KnowledgeBlob, readSources, SourceError } from "../src/knowledge/knowledge-blob.ts";
import type { BoostedTrees } from "../src/knowledge/ranking/boosted-trees.ts";
import type { RefusalModel } from "../src/knowledge/refusal-model.ts";
import { embedKnowledge } from "./knowledge-embed.ts";
import { showImpact } from "./knowledge-impact.ts";
import { diffEditions, importFiles, importSettings, removeEditions } from "./knowledge-import.ts";
import { OperatorError, runCommand } from "./operations/settings.ts";
import { withStatuteDatabase } from "./operations/statute-database.ts";

const root = resolve(import.meta.dirname, "..");
const folder = join(root, "knowledge");
const indexFile = join(folder, "index.json");

/** The blob of the YAML files as they stand. */
export function buildFromFiles(): KnowledgeBlob {
  const files = new Map<string, unknown>();
  for (const path of globSync("**/*.yaml", { cwd: folder })) {
    const name = relative(folder, join(folder, path)).replaceAll("\\", "/");
    files.set(name, parse(readFileSync(join(folder, path), "utf8")));
  }
  return buildBlob({ ...readSources(files), ...learned() }, (content) =>
    createHash("sha256").update(content).digest("hex").slice(0, 16),
  );
}

/** What was learned from the passages, where it has been. */
function learned(): Pick<KnowledgeBlob, "field" | "refused" | "ranking"> {
  const read = (name: string): unknown =>
    existsSync(join(folder, name)) ? JSON.parse(readFileSync(join(folder, name), "utf8")) : undefined;
  const ranking = read("ranking.json") as BoostedTrees | undefined;
  const field = read("field.json") as FieldModel | undefined;
  return {
    field: field ?? { bias: 0, terms: [], weights: [] },
    refused: (read("refused.json") as RefusalModel | undefined) ?? { kinds: [], bias: [], terms: {} },
    ...(ranking === undefined ? {} : { ranking }),
  };
}

/** The official texts at hand by title and edition, or undefined where there is no folder of them. */
export function officialTexts(): OfficialText[] | undefined {
  const lawsDir = resolve(root, process.env["LAWS_DIR"] ?? "../shared/domain/laws");
  const manifest = join(lawsDir, "manifest.json");
  if (!existsSync(manifest)) return undefined;
  const { files } = JSON.parse(readFileSync(manifest, "utf8")) as {
    files: { file: string; title: string; version_date: string | null; articles: number }[];
  };
  return files.map((entry) => ({
    title: entry.title.replace(/中华人民共和国/u, ""),
    edition: entry.version_date ?? "",
    articles: entry.articles,
    text: readFileSync(join(lawsDir, entry.file), "utf8"),
  }));
}

async function main(command: string | undefined, names: readonly string[]): Promise<number> {
  switch (command) {
    case "build": {
      const blob = buildFromFiles();
      const json = `${JSON.stringify(blob)}\n`;
      writeFileSync(indexFile, json);
      console.log(
        `${relative(root, indexFile)} ${blob.version}: ${blob.instruments.length} instruments, ${blob.digests.length} digests, ${Math.round(Buffer.byteLength(json) / 1000)} kB`,
      );
      return 0;
    }
    case "check": {
      const blob = buildFromFiles();
      const texts = officialTexts();
      const report = checkKnowledge(blob, { asOf: dateInShanghai(new Date()), texts });
      for (const remark of report.remarks) console.log(`note: ${remark}`);
      for (const fault of report.faults) console.error(`fault: ${fault}`);
      const shipped = existsSync(indexFile)
        ? (JSON.parse(readFileSync(indexFile, "utf8")) as { version?: string }).version
        : undefined;
      const stale = shipped !== blob.version;
      if (stale) console.error("fault: knowledge/index.json is stale: npm run knowledge -- build");
      console.log(`${blob.digests.length} digests checked, ${report.faults.length} faults`);
      return report.faults.length > 0 || stale ? 1 : 0;
    }
    case "list": {
      const today = dateInShanghai(new Date());
      for (const { instrument, status, editions } of createKnowledge(buildFromFiles()).laws(today)) {
        console.log(`${instrument.title} (${instrument.kind}) ${status}`);
        for (const { edition, status: standing, digests } of editions) {
          console.log(
            `  ${edition.edition} ${standing}, from ${edition.effectiveFrom}${edition.effectiveTo === undefined ? "" : ` to ${edition.effectiveTo}`}, ${edition.articles ?? "?"} articles, ${digests} digests`,
          );
        }
      }
      return 0;
    }
    case "embed":
      return embedKnowledge(JSON.parse(readFileSync(indexFile, "utf8")), process.env);
    case "import": {
      const settings = importSettings();
      if (names.length === 0) return importFiles(names, settings);
      return withStatuteDatabase(process.env, settings, (database) =>
        names[0] === "--remove"
          ? removeEditions(names.slice(1), { ...settings, database })
          : importFiles(names, { ...settings, database }),
      );
    }
    case "diff":
      return diffEditions(names, importSettings());
    case "impact":
      return showImpact(buildFromFiles, names);
    default:
      console.error(
        "npm run knowledge -- build | check | list | embed | import FILE… | import --remove LAW@DAY… | diff A B | impact LAW ARTICLE | impact --edition LAW DAY",
      );
      return 2;
  }
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === import.meta.filename) {
  await runCommand(async () => {
    try {
      return await main(process.argv[2], process.argv.slice(3));
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      throw new OperatorError(error.faults.map((fault) => `fault: ${error.path}: ${fault}`).join("\n"));
    }
  });
}
