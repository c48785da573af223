import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import { type Comparison, compareArticles } from "../src/knowledge/import/compare.ts";
import { parseStatute } from "../src/knowledge/import/parse-statute.ts";
import { readFileText, UnreadableFileError } from "../src/knowledge/import/read-file.ts";
import { nameOf, type Statute } from "../src/knowledge/import/statute.ts";
import {
  type CatalogueMatch,
  matchCatalogue,
  StoredStatute,
  serialize,
  storedPath,
} from "../src/knowledge/import/stored-statute.ts";
import { type Instrument, InstrumentFile } from "../src/knowledge/instrument.ts";
import type { StatuteImport, StoreOutcome } from "../src/knowledge/statute-import.ts";

const root = resolve(import.meta.dirname, "..");

/** Files of the public collections that are no statutes. */
const skippedNames = new Set(["_index.md", "README.md", "法律法规模版.md"]);

type Settings = {
  /** Where the imported editions lie. */
  folder: string;
  /** The database that answers are served from; files alone are kept without one. */
  database?: StatuteImport | undefined;
  instruments: readonly Instrument[];
  print: (line: string) => void;
  complain: (line: string) => void;
};

/** The folder of `STATUTES_DIR` (`data/statutes` where it is not set), the catalogue, and the console. */
export function importSettings(): Settings {
  const catalogue: unknown = parse(readFileSync(join(root, "knowledge/instruments.yaml"), "utf8"));
  return {
    folder: resolve(root, process.env["STATUTES_DIR"] ?? "data/statutes"),
    instruments: InstrumentFile.parse(catalogue).instruments,
    print: (line) => console.log(line),
    complain: (line) => console.error(line),
  };
}

/**
 * Reads statutes, keeps each edition in a file of its own and stores what the catalogue lists in the database.
 * The same file twice changes nothing; another edition leaves the earlier ones where they are.
 *
 * @returns the exit code: 1 if a file could not be read, 2 if none was named.
 */
export async function importFiles(paths: readonly string[], settings: Settings): Promise<number> {
  const { print, complain } = settings;
  if (paths.length === 0) {
    complain("用法：npm run knowledge -- import 文件…（.md .txt .html .docx）");
    complain("　　　npm run knowledge -- import --remove 专利法@2020-10-17…（从数据库移除，文件保留）");
    return 2;
  }
  let unreadable = 0;
  let articles = 0;
  let read = 0;
  for (const path of paths) {
    const name = basename(path);
    if (skippedNames.has(name)) {
      print(`${path}：跳过（不是法规）`);
      continue;
    }
    try {
      articles += await importFile(path, settings);
      read++;
    } catch (error) {
      const message = readFault(error);
      if (message === undefined) throw error;
      unreadable++;
      complain(`${path}：无法读取：${message}`);
    }
  }
  print(`共${read}个文件、${articles}条${unreadable === 0 ? "" : `，${unreadable}个文件无法读取`}`);
  return unreadable === 0 ? 0 : 1;
}

async function importFile(path: string, { folder, database, instruments, print }: Settings): Promise<number> {
  const bytes = readBytes(path);
  const name = basename(path);
  const { text, remarks } = readFileText(bytes, name);
  const statute = parseStatute(text, { fileName: name });
  const match = matchCatalogue(instruments, statute);
  const target = join(folder, storedPath(match, statute));
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const json = serialize(match, statute, { name, sha256 });
  const before = existsSync(target) ? readFileSync(target, "utf8") : undefined;
  if (before !== json) writeWhole(target, json);
  const outcome = before === undefined ? "新增" : before === json ? "未变" : "改写";

  const count = statute.articles.length;
  const pieces = count > 0 ? `${count}条` : `无条文，${statute.sections.length}节`;
  print(
    `${path}：《${statute.title}》${statute.portion ?? ""} ${statute.edition ?? "日期不明"}，${pieces}，${outcome} ${target}`,
  );
  if (database !== undefined && match.kind === "listed") {
    const place = { instrument: match.instrument.id, edition: match.edition.edition };
    print(`  数据库：${storeOutcomes[await database.store(place, statute, sha256)]}`);
  } else if (database !== undefined) print("  数据库：没有存入，登记清单里没有这一版，只保留文件");
  for (const remark of remarks) print(`  注意：${remark}`);
  for (const { line, message } of statute.warnings) print(`  第${line}行：${message}`);
  for (const line of catalogueRemarks(match, statute)) print(`  ${line}`);
  return count;
}

const storeOutcomes: Record<StoreOutcome, string> = {
  added: "新增",
  changed: "改写",
  unchanged: "未变",
  empty: "没有存入，这份文件没有条文",
};

/**
 * Removes editions, each 法名@年-月-日, from the database; their files stay.
 *
 * @returns the exit code: 1 if one is not in the catalogue or not in the database, 2 if none was named.
 */
export async function removeEditions(
  names: readonly string[],
  { database, instruments, print, complain }: Settings & { database: StatuteImport },
): Promise<number> {
  if (names.length === 0) {
    complain("用法：npm run knowledge -- import --remove 专利法@2020-10-17…");
    return 2;
  }
  let missing = 0;
  for (const name of names) {
    const [title = "", edition = ""] = name.split("@");
    const instrument = instruments.find((one) => one.title === title || one.id === title);
    const removed =
      instrument === undefined ? 0 : await database.remove({ instrument: instrument.id, edition });
    if (removed === 0) {
      missing++;
      complain(`${name}：数据库里没有这一版，写法是 法名@年-月-日`);
    } else print(`${name}：已从数据库移除，文件保留；再次导入即可恢复`);
  }
  return missing === 0 ? 0 : 1;
}

function readBytes(path: string): Uint8Array {
  if (existsSync(path) && statSync(path).isDirectory()) {
    throw new UnreadableFileError(`这是文件夹，请写成 ${join(path, "*.md")}`);
  }
  return readFileSync(path);
}

/** Written beside and renamed, so that a reader never sees half a file. */
function writeWhole(target: string, json: string): void {
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(`${target}.part`, json);
  renameSync(`${target}.part`, target);
}

/** What a person can mend about a file that could not be read; undefined for faults of ours. */
function readFault(error: unknown): string | undefined {
  if (error instanceof UnreadableFileError) return error.message;
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT") return "没有这个文件，请检查路径";
  if (code === "EACCES" || code === "EPERM") return "没有权限，请检查文件的读取权限和保存位置的写入权限";
  return undefined;
}

/** How the catalogue and the file differ, and how to enter what it lacks. */
function catalogueRemarks(match: CatalogueMatch, statute: Statute): string[] {
  const date = statute.edition ?? "年-月-日";
  const edition = [
    `      - edition: "${date}"`,
    `        effectiveFrom: "年-月-日"`,
    "        effectiveFromConfidence: secondary",
    "        act: 公布",
    `        articles: ${statute.articles.length}`,
    "        confidence: text",
  ];
  switch (match.kind) {
    case "listed": {
      const { articles, supersedes } = match.edition;
      const remarks: string[] = [];
      if (articles !== undefined && statute.portion === undefined && articles !== statute.articles.length) {
        remarks.push(`登记为${articles}条，本文件有${statute.articles.length}条，请核对`);
      }
      if (supersedes !== undefined) remarks.push(`取代${supersedes}版（旧版文件保留）`);
      return remarks;
    }
    case "editionUnknown":
      return [
        `knowledge/instruments.yaml 的“${match.instrument.title}”（${match.instrument.id}）没有${date}版。核对施行日期后在其 editions 下加入，再导入一次：`,
        ...edition,
      ];
    case "titleUnknown":
      return [
        "knowledge/instruments.yaml 没有这部法规。核对后加入以下内容，再导入一次：",
        "  - id: 拼音-以连字符相连",
        `    title: ${statute.title.replace(/^中华人民共和国/u, "")}`,
        "    issuer: 制定机关",
        "    kind: 法律（或行政法规、部门规章、部门规范性文件、司法解释、地方性法规、党内法规）",
        "    sourceUrl: https://flk.npc.gov.cn/",
        "    editions:",
        ...edition,
      ];
  }
}

/**
 * Prints what changed between two editions, each a file or 法名@年-月-日 of an imported one.
 *
 * @returns the exit code: 1 if one could not be read, 2 if not exactly two were named.
 */
export function diffEditions(names: readonly string[], settings: Settings): number {
  const { print, complain } = settings;
  const [from, to] = names;
  if (from === undefined || to === undefined || names.length > 2) {
    complain("用法：npm run knowledge -- diff 旧版 新版（文件，或 专利法@2020-10-17）");
    return 2;
  }
  const statutes: Statute[] = [];
  for (const name of [from, to]) {
    try {
      statutes.push(openEdition(name, settings));
    } catch (error) {
      const message = readFault(error);
      if (message === undefined) throw error;
      complain(`${name}：无法读取：${message}`);
    }
  }
  const [before, after] = statutes;
  if (before === undefined || after === undefined) return 1;
  if (before.title !== after.title) print(`注意：标题不同：《${before.title}》与《${after.title}》`);
  for (const line of describeComparison(compareArticles(before.articles, after.articles))) print(line);
  return 0;
}

function openEdition(name: string, { folder, instruments }: Settings): Statute {
  const [title = "", date] = name.split("@");
  const instrument = instruments.find((one) => one.title === title || one.id === title);
  if (date !== undefined && instrument !== undefined) {
    const path = join(folder, instrument.id, `${date}.json`);
    if (!existsSync(path)) throw new UnreadableFileError("这一版还没有导入，请先用 import 导入");
    return readStored(path);
  }
  if (name.endsWith(".json")) return readStored(name);
  return parseStatute(readFileText(readBytes(name), basename(name)).text, { fileName: basename(name) });
}

function readStored(path: string): Statute {
  try {
    return StoredStatute.parse(JSON.parse(readFileSync(path, "utf8"))).statute;
  } catch (error) {
    if (readFault(error) !== undefined) throw error;
    throw new UnreadableFileError("不是本程序导入的文件或格式已旧，请从原文件重新导入", { cause: error });
  }
}

/** A comparison, one article a line. */
export function describeComparison(comparison: Comparison): string[] {
  const { changed, added, removed, renumbered, same } = comparison;
  const percent = (likeness: number) => `${Math.floor(likeness * 100)}%`;
  return [
    ...changed.map((one) => `修改 ${nameOf(one.to)}（相似${percent(one.likeness)}）`),
    ...renumbered.map((one) => {
      const wording = one.likeness === 1 ? "文字未变" : `有修改，相似${percent(one.likeness)}`;
      return `改号 ${nameOf(one.from)} → ${nameOf(one.to)}（${wording}）`;
    }),
    ...removed.map((one) => `删去 ${nameOf(one)}`),
    ...added.map((one) => `新增 ${nameOf(one)}`),
    `未变${same}条，修改${changed.length}条，改号${renumbered.length}条，删去${removed.length}条，新增${added.length}条`,
  ];
}
