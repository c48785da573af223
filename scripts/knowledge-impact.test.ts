import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { openDatabase } from "../src/db/client.ts";
import { migrateDatabase } from "../src/db/migrate.node.ts";
import { createStandardAnswerRepository } from "../src/knowledge/standard-answer-repository.ts";
import { buildFromFiles } from "./knowledge.ts";
import { showImpact } from "./knowledge-impact.ts";

const root = join(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "zhiquan-impact-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const environment = (file: string) => ({ ...process.env, DATABASE_URL: `file:${join(folder, file)}` });
const blob = buildFromFiles();

/** The command as it is, which reads all files first. */
function run(words: string[], file: string) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["scripts/knowledge.ts", "impact", ...words],
    { cwd: root, encoding: "utf8", env: environment(file) },
  );
  return { status, lines: stdout.trim().split("\n"), stderr };
}

/** What the command does once it has read them, without a database. */
async function impact(words: string[]) {
  const lines: string[] = [];
  const errors: string[] = [];
  const output = { log: (line: string) => lines.push(line), error: (line: string) => errors.push(line) };
  const status = await showImpact(() => blob, words, { environment: environment("none.db"), output });
  return { status, lines, stderr: errors.join("\n") };
}

describe("npm run knowledge -- impact", () => {
  test("prints a line a place, the standard answers of the database among them", async () => {
    const url = `file:${join(folder, "zhiquan.db")}`;
    await migrateDatabase({ url }, "test");
    const db = await openDatabase({ url });
    const at = new Date("2026-11-26T00:00:00Z");
    const standard = {
      id: "standard_1",
      questions: ["外观专利保护几年"],
      text: "保护15年（专利法第四十二条）。",
      citations: [{ law: "专利法", article: "第四十二条", edition: "2020-10-17" }],
      reviewer: null,
      approvedAt: null,
      expiresOn: "2027-01-01",
      enabled: true,
      revision: 1,
      createdAt: at,
      updatedAt: at,
      updatedBy: "account_1",
    };
    await db.write([createStandardAnswerRepository(db).insert(standard)]);
    await db.close();
    const { status, lines } = run(["中华人民共和国专利法", "42"], "zhiquan.db");
    expect(status).toBe(0);
    const starts = lines.map((line) => line.split("\t").slice(0, 4).join(" "));
    expect(starts).toContain("correction knowledge/corrections.yaml design-term article");
    expect(starts).toContain("standardAnswer knowledge_standard_answers standard_1 text");
    expect(lines.at(-1)).toBe(`${lines.length - 1} 处引用`);
  });

  test("says that standard answers were not looked at where there is no database", async () => {
    const { status, lines } = await impact(["专利法", "第四十二条"]);
    expect(status).toBe(0);
    expect(lines[0]).toContain("标准口径没有查");
  });

  test("of an edition names the places by article", async () => {
    const { status, lines } = await impact(["--edition", "专利法", "2020-10-17"]);
    expect(status).toBe(0);
    expect(lines).toContain("专利法第四十二条");
  });

  test.each([
    ["no article", ["专利法"], 2, "用法"],
    ["a law that is not known", ["火星法", "第一条"], 1, "没有收录《火星法》"],
    ["an edition that is not digested", ["--edition", "专利法", "1984-03-12"], 1, "1984-03-12"],
  ])("with %s says how to mend it", async (_, words, code, said) => {
    const { status, stderr } = await impact(words);
    expect(status).toBe(code);
    expect(stderr).toContain(said);
  });

  test("ends with the code, and its complaint goes to stderr", () => {
    const { status, lines, stderr } = run(["专利法"], "none.db");
    expect({ status, lines }).toEqual({ status: 2, lines: [""] });
    expect(stderr).toContain("用法");
  });
});
