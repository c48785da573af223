import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { conversationReferences, conversationTurns } from "../../src/conversation/schema.ts";
import { replay } from "../../src/conversation/trace/replay.ts";
import type { TracedTurn } from "../../src/conversation/trace/trace.ts";
import { createReplayEngine, readRecord } from "../evals/dialogue-runner/replay.ts";
import { withStaff } from "../support/staff.ts";

type Trace = { items: TracedTurn[]; nextCursor: string | null };

async function traced() {
  const staff = await withStaff([
    ["city", "city", "130900"],
    ["head", "office_head", "130929"],
  ]);
  const { harness, signIn } = staff;
  const city = await signIn("city");
  const read = async (query: Record<string, string>, headers = city) => {
    const response = await harness.request(`/api/v1/conversation/trace?${new URLSearchParams(query)}`, {
      headers,
    });
    const text = await response.text();
    return { status: response.status, text, body: JSON.parse(text) as Trace };
  };
  return { ...staff, city, read };
}

const filing = [
  "献县商林有家叫鑫旺五金的，卖的卡扣件冒用专利号ZL202320901414.6，昨天看见的，我举报",
  "顺便问一句，这种瞎印专利号的最多罚多少？",
  "没照片",
  "我叫刘鸿骞，电话一三九一二三四零九一七",
  "说错了，不是献县，是孟村",
  "确认",
];

describe("the trace of a conversation", () => {
  test("tells of every slot its value, its rule and the words it was read from", async () => {
    const { harness, read } = await traced();
    const filed = await harness.person().tell(...filing);
    const reportNo = filed.reports[0]?.reportNo ?? "";
    const { status, body } = await read({ reportNo });
    expect(status).toBe(200);
    expect(body.items.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
    for (const { reading } of body.items) {
      for (const { start, end, evidence } of reading?.slots ?? [])
        expect(reading?.text.slice(start, end)).toBe(evidence);
    }
    const [first, question, , contact, corrected, last] = body.items;
    expect(first?.before.draft).toBeNull();
    expect(first?.reading?.slots).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ slot: "county", value: "献县", rule: "place", evidence: "献县" }),
        expect.objectContaining({ slot: "patentNumber", value: "ZL202320901414.6" }),
        expect.objectContaining({ slot: "occurredAt", evidence: "昨天" }),
      ]),
    );
    expect(question?.citations).toContainEqual({ law: "专利法", article: "第六十八条" });
    expect(question?.intents).toContain("qa");
    expect(contact?.after.draft?.slots).toMatchObject({ contactName: "＊＊＊" });
    expect(corrected?.before.draft?.slots.county).toBe("献县");
    expect(corrected?.after.draft?.slots.county).toBe("孟村回族自治县");
    expect(corrected?.decisions).toContainEqual(expect.objectContaining({ slot: "county" }));
    expect(last).toMatchObject({ state: "filed", effects: [{ kind: "file", reportNos: [reportNo] }] });
    expect(last?.after.draft).toBeNull();
  });

  test("names nobody, and opens nothing", async () => {
    const { harness, read } = await traced();
    const person = harness.person("openid-of-somebody");
    await person.tell(...filing.slice(0, 3));
    await person.say("有事打139-1234-0917，微信号liuhq1980，身份证130929198001011234");
    const ticket = await person.say("我叫刘鸿骞，电话13912340917，转人工");
    const filed = await person.say("确认");
    const [{ reportNo, queryCode } = { reportNo: "", queryCode: "" }] = filed.reports;
    await person.say(`编号${reportNo}，查询码${queryCode}，办到哪了`);
    for (const query of [{ reportNo }, { ticketNo: ticket.handoff?.ticketNo ?? "" }]) {
      const { status, text } = await read(query as Record<string, string>);
      expect(status).toBe(200);
      const spaced = queryCode.replace(/(\d{4})(?=\d)/, "$1 ");
      for (const secret of [
        "刘鸿骞",
        "13912340917",
        "139-1234-0917",
        "liuhq1980",
        "130929198001011234",
        "openid",
      ])
        expect(text).not.toContain(secret);
      for (const secret of [queryCode, spaced]) expect(text).not.toContain(secret);
    }
  });

  test("is of one matter: what else the person reported is no part of it", async () => {
    const { harness, read } = await traced();
    const person = harness.person();
    const first = await person.tell(
      "献县商林冀卡扣件冒用专利号ZL202320901414.6，没照片，匿名，我举报",
      "确认",
    );
    const second = await person.tell(
      "泊头交河镇有家永旺铸造，井盖上冒用专利号ZL202320901414.6，没照片，我举报",
      "我叫刘鸿骞，电话13912340917",
      "确认",
    );
    const numbers = [first, second].map(({ reports }) => reports[0]?.reportNo ?? "");
    expect(new Set(numbers).size).toBe(2);
    const [one, other] = await Promise.all(numbers.map((reportNo) => read({ reportNo })));
    expect(one?.body.items.map(({ seq }) => seq)).toEqual([1, 2]);
    expect(other?.body.items.map(({ seq }) => seq)).toEqual([3, 4, 5]);
    expect(one?.text).not.toContain(numbers[1] ?? "?");
    expect(other?.text).not.toContain(numbers[0] ?? "?");
    expect(one?.text).not.toContain("泊头");
  });

  test("comes in pages", async () => {
    const { harness, read } = await traced();
    const filed = await harness.person().tell(...filing);
    const reportNo = filed.reports[0]?.reportNo ?? "";
    const seen: number[] = [];
    let cursor: string | null = "0";
    while (cursor !== null) {
      const { body }: { body: Trace } = await read({ reportNo, limit: "4", cursor });
      seen.push(...body.items.map(({ seq }) => seq));
      cursor = body.nextCursor;
    }
    expect(seen).toEqual([1, 2, 3, 4, 5, 6]);
    expect((await read({ reportNo, cursor: "x" })).status).toBe(400);
  });

  test("is sealed, and gone with the conversation", async () => {
    const { harness, read } = await traced();
    const person = harness.person();
    const filed = await person.tell(...filing);
    const reportNo = filed.reports[0]?.reportNo ?? "";
    const rows = await harness.db.sql.select().from(conversationTurns);
    expect(rows.map(({ sealedTrace }) => sealedTrace === null)).toEqual(rows.map(() => false));
    for (const { sealedTrace } of rows)
      expect(Buffer.from(sealedTrace ?? []).toString("utf8")).not.toMatch(/county|献县/);
    expect(JSON.stringify(await harness.db.sql.select().from(conversationReferences))).not.toContain(
      reportNo,
    );

    harness.moveTo(new Date(harness.now().getTime() + 73 * 3_600_000).toISOString());
    await harness.tend();
    const { headers } = { headers: await harness.signIn("city", "County-password-1") };
    expect((await read({ reportNo }, headers)).status).toBe(404);
    expect(await harness.db.sql.select().from(conversationReferences)).toEqual([]);
  });

  test("goes when the person ends the conversation", async () => {
    const { harness, read } = await traced();
    const person = harness.person("leaver", "web");
    const filed = await person.tell(...filing);
    const reportNo = filed.reports[0]?.reportNo ?? "";
    expect((await read({ reportNo })).status).toBe(200);
    await harness.request("/api/v1/conversation?channel=web&userId=leaver", {
      method: "DELETE",
      headers: { authorization: harness.authorization },
    });
    expect((await read({ reportNo })).status).toBe(404);
  });

  test("is for the city and the administrator, asks for one number, and is audited", async () => {
    const { harness, read, signIn, entries } = await traced();
    const filed = await harness.person().tell(...filing);
    const reportNo = filed.reports[0]?.reportNo ?? "";
    expect((await read({ reportNo }, await signIn("head"))).status).toBe(403);
    expect((await read({}, await signIn("admin"))).status).toBe(400);
    expect((await read({ reportNo, ticketNo: "RG-0" })).status).toBe(400);
    expect((await read({ reportNo })).status).toBe(200);
    expect((await entries("city")).at(-1)).toMatchObject({
      action: "conversation.traced",
      subjectKind: "report",
      subjectId: reportNo.toLowerCase().replaceAll("-", "_"),
      outcome: "ok",
    });
  });
});

describe("a recorded conversation", () => {
  test("goes the same way when it is played again, and what changed is told", async () => {
    const { harness, read } = await traced();
    const person = harness.person();
    await person.tell("你好", ...filing.slice(0, 4));
    await person.send({ type: "location", latitude: 38.18987, longitude: 116.12345, label: "商林村委会" });
    const filed = await person.tell("先别提交", "我电话打不通，是 1380000123", "匿名吧", "确认");
    await person.say("对了，包装背面还有个批号 A77");
    const reportNo = filed.reports[0]?.reportNo ?? "";
    const { text } = await read({ reportNo });
    const record = readRecord(text, "record");
    const engine = createReplayEngine(2026);
    expect(record.length).toBeGreaterThan(10);
    expect(replay(record, engine)).toEqual([]);

    const altered = structuredClone(record);
    const turn = altered.find(({ reading }) => reading?.slots.some(({ slot }) => slot === "county"));
    const county = turn?.reading?.slots.find(({ slot }) => slot === "county");
    if (turn === undefined || county === undefined) throw new Error("No county was read.");
    county.value = "南皮县";
    expect(replay(altered, engine)).toEqual([
      { seq: turn.seq, where: "reading.slots.county.value", recorded: "南皮县", now: "献县" },
    ]);
  });

  test("is played by npm run dialogues -- --replay", async () => {
    const { harness, read } = await traced();
    const filed = await harness.person().tell(...filing);
    const { body } = await read({ reportNo: filed.reports[0]?.reportNo ?? "" });
    const file = join(harness.folder, "record.json");
    const play = () =>
      spawnSync(process.execPath, ["scripts/dialogues.ts", "--replay", file], { encoding: "utf8" });
    writeFileSync(file, JSON.stringify([body]));
    const same = play();
    expect(same.stderr + same.stdout).toBe('{"turns":6,"differing":0}\n');
    expect(same.status).toBe(0);

    const [first] = body.items;
    if (first !== undefined) first.state = "handoff";
    writeFileSync(file, JSON.stringify(body));
    const other = play();
    expect(other.stdout).toContain('record.json, turn 1: state was "handoff", is "collecting"');
    expect(other.status).toBe(1);
  });

  test("is not taken for one when it is something else", () => {
    expect(() => readRecord('{"items":[{"seq":1}]}', "F.json")).toThrow(/F\.json is no record/);
  });
});
