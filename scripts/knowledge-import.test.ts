import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { StoredStatute } from "../src/knowledge/import/stored-statute.ts";
import { Instrument } from "../src/knowledge/instrument.ts";
import { diffEditions, importFiles } from "./knowledge-import.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "import-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const edition = {
  effectiveFrom: "2020-03-01",
  effectiveFromConfidence: "text",
  act: "公布",
  articles: 2,
  confidence: "text",
};
const instruments = [
  Instrument.parse({
    id: "shili-tiaoli",
    title: "示例条例",
    issuer: "某会议",
    kind: "地方性法规",
    sourceUrl: "https://example.org/",
    editions: [
      { ...edition, edition: "2020-02-03" },
      { ...edition, edition: "2024-05-06", supersedes: "2020-02-03" },
    ],
  }),
];

function create(files: Record<string, string | Uint8Array>) {
  const out: string[] = [];
  const faults: string[] = [];
  for (const [name, content] of Object.entries(files)) writeFileSync(join(home, name), content);
  const folder = join(home, "statutes");
  return {
    settings: {
      folder,
      instruments,
      print: (line: string) => out.push(line),
      complain: (line: string) => faults.push(line),
    },
    paths: Object.keys(files).map((name) => join(home, name)),
    stored: () => readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile()),
    read: (path: string) => readFileSync(join(folder, path), "utf8"),
    out,
    faults,
  };
}
const older = "# 中华人民共和国示例条例\n第一条 样品应当在三日内封存。\n第二条 回执凭证件领取。\n";
const newer = "# 示例条例\n第一条 样品应当在五日内封存。\n第二条 登记簿公开。\n第三条 回执凭证件领取。\n";

test("an edition is kept in a file of its own; again it changes nothing; a later one leaves it there", async () => {
  const { settings, paths, stored, read, out } = create({
    "示例条例(2020-02-03).md": older,
    "示例条例(2024-05-06).md": newer,
  });

  expect(await importFiles(paths.slice(0, 1), settings)).toBe(0);
  const first = read("shili-tiaoli/2020-02-03.json");
  expect(await importFiles(paths, settings)).toBe(0);

  expect(read("shili-tiaoli/2020-02-03.json")).toBe(first);
  expect(stored()).toHaveLength(2);
  expect(StoredStatute.parse(JSON.parse(read("shili-tiaoli/2024-05-06.json")))).toMatchObject({
    instrument: "shili-tiaoli",
    edition: "2024-05-06",
    supersedes: "2020-02-03",
  });
  const text = out.join("\n");
  expect(text).toMatch(/2020-02-03，2条，新增/u);
  expect(text).toMatch(/2020-02-03，2条，未变/u);
  expect(text).toContain("登记为2条，本文件有3条，请核对");
  expect(text).toContain("取代2020-02-03版（旧版文件保留）");
  expect(text).toContain("共2个文件、5条");
});

test("an unknown title or edition is read, kept apart, and the entry to add is printed", async () => {
  const { settings, paths, stored, out } = create({
    "示例条例(2019-01-01).txt": older,
    "别的规定(2019-01-01).txt": "别的../规定\n第一条 甲。",
  });

  expect(await importFiles(paths, settings)).toBe(0);

  expect(stored().every((one) => one.parentPath.startsWith(join(settings.folder, "unlisted")))).toBe(true);
  expect(stored()).toHaveLength(2);
  expect(out.join("\n")).toContain('- edition: "2019-01-01"');
  expect(out.join("\n")).toContain("knowledge/instruments.yaml 没有这部法规");
});

test("files that cannot be read end with 1 and say how to mend them; the others are imported", async () => {
  const { settings, paths, stored, faults, out } = create({
    "旧.doc": new Uint8Array([0xd0, 0xcf, 0x11, 0xe0]),
    "示例条例(2020-02-03).md": `${older}第五条 甲。\n`,
    "_index.md": "x",
  });

  expect(await importFiles([join(home, "没有.md"), home, ...paths], settings)).toBe(1);

  expect(stored()).toHaveLength(1);
  expect(faults.map((line) => line.split("：").at(-1))).toEqual([
    "没有这个文件，请检查路径",
    `这是文件夹，请写成 ${join(home, "*.md")}`,
    "这是旧版Word文件（.doc），请在Word或WPS中另存为.docx后再导入",
  ]);
  expect(out.join("\n")).toContain("第4行：第二条之后是第五条");
  expect(await importFiles([], settings)).toBe(2);
});

test("diff prints what changed between files or imported editions", async () => {
  const { settings, paths, out, faults } = create({
    "示例条例(2020-02-03).md": older,
    "示例条例(2024-05-06).md": newer,
  });
  await importFiles(paths, settings);
  out.length = 0;

  expect(diffEditions(["示例条例@2020-02-03", paths[1] ?? ""], settings)).toBe(0);
  expect(out).toEqual([
    "注意：标题不同：《中华人民共和国示例条例》与《示例条例》",
    expect.stringMatching(/^修改 第一条（相似\d\d%）$/u),
    "改号 第二条 → 第三条（文字未变）",
    "新增 第二条",
    "未变0条，修改1条，改号1条，删去0条，新增1条",
  ]);

  expect(diffEditions(["示例条例@1999-01-01", "shili-tiaoli@2024-05-06"], settings)).toBe(1);
  expect(faults.join("\n")).toContain("还没有导入");
  expect(diffEditions(["示例条例@2020-02-03"], settings)).toBe(2);
});
