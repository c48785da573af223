import { describe, expect, test } from "vitest";
import { cases } from "../../src/cases/schema.ts";
import { conversationTurns } from "../../src/conversation/schema.ts";
import { evidence, reports } from "../../src/reports/schema.ts";
import { createHarness, type Harness } from "../support/harness.ts";

const messages = "/api/v1/conversation/messages";
const message = {
  channel: "official_account",
  userId: "u",
  messageId: "m",
  content: { type: "text", text: "你好" },
};

async function expectProblem(response: Response, status: number, pointer?: string) {
  expect(response.status).toBe(status);
  expect(response.headers.get("Content-Type")).toBe("application/problem+json");
  const problem = (await response.json()) as {
    type: string;
    title: string;
    detail: string;
    status: number;
    errors: { pointer: string; detail: string }[];
    requestId: string;
  };
  expect(problem).toMatchObject({ status, requestId: expect.stringMatching(/^req_/) });
  expect(problem.type).toMatch(/^\/problems\/[a-z_]+$/);
  expect(problem.detail).toMatch(/[\u4e00-\u9fff]/);
  expect(JSON.stringify(problem)).not.toMatch(/\.ts:|at .*\(|Error:|node_modules/);
  if (pointer !== undefined) expect(problem.errors.map((error) => error.pointer)).toContain(pointer);
  return problem;
}

async function expectNothingStored({ db }: Harness) {
  for (const table of [conversationTurns, reports, cases, evidence]) {
    expect(await db.sql.select().from(table)).toHaveLength(0);
  }
}

describe("a message that will not do", () => {
  test.each([
    ["an unknown channel", { ...message, channel: "fax" }, "/channel"],
    ["an empty text", { ...message, content: { type: "text", text: "  " } }, "/content/text"],
    [
      "10,000 characters",
      { ...message, content: { type: "text", text: "长".repeat(10_000) } },
      "/content/text",
    ],
    ["no user", { ...message, userId: undefined }, "/userId"],
    ["no message id", { ...message, messageId: "" }, "/messageId"],
    ["an unknown kind of content", { ...message, content: { type: "dance" } }, "/content/type"],
    ["a field that does not exist", { ...message, chanel: "web" }, "/chanel"],
    [
      "a place off the globe",
      { ...message, content: { type: "location", latitude: 91, longitude: 0 } },
      "/content/latitude",
    ],
    ["a group without a room", { ...message, channel: "wechaty_group" }, "/roomId"],
    ["a time that is none", { ...message, sentAt: "yesterday" }, "/sentAt"],
    ["a list instead of an object", [], "/"],
  ])("%s is refused by name and not stored", async (_, body, pointer) => {
    const harness = await createHarness();
    await expectProblem(await harness.post(messages, body), 400, pointer);
    await expectNothingStored(harness);
  });

  test("a picture that was not uploaded is refused by name", async () => {
    const harness = await createHarness();
    const body = { ...message, content: { type: "image", evidenceId: "evidence_none" } };
    await expectProblem(await harness.post(messages, body), 404, "/content/evidenceId");
    await expectNothingStored(harness);
  });

  test.each([
    ["no JSON", "{oops", "application/json", 400, "/"],
    ["no body", "", "application/json", 400, "/"],
    ["another content type", "channel=web", "application/x-www-form-urlencoded", 415, "/header/content-type"],
    ["XML", "<xml/>", "text/xml", 415, "/header/content-type"],
  ])("%s is refused by name", async (_, body, type, status, pointer) => {
    const harness = await createHarness();
    const response = await harness.request(messages, {
      method: "POST",
      headers: { "Content-Type": type, authorization: harness.authorization },
      body,
    });
    await expectProblem(response, status, pointer);
    await expectNothingStored(harness);
  });

  test("a body of a megabyte is refused before it is read", async () => {
    const harness = await createHarness();
    const body = { ...message, content: { type: "text", text: "长".repeat(1_000_000) } };
    await expectProblem(await harness.post(messages, body), 413);
    await expectNothingStored(harness);
  });

  test("nobody in particular is asked for a session", async () => {
    const { request } = await createHarness();
    const body = JSON.stringify(message);
    const headers = { "Content-Type": "application/json" };
    await expectProblem(await request(messages, { method: "POST", headers, body }), 401);
    const wrong = { ...headers, authorization: "Bearer not-the-token-000000" };
    await expectProblem(await request(messages, { method: "POST", headers: wrong, body }), 401);
  });

  test("more than 60 a minute are asked to wait, and the next minute they may go on", async () => {
    const { moveTo, post } = await createHarness();
    const send = (n: number) => post(messages, { ...message, messageId: `m${n}` });
    for (let n = 0; n < 60; n++) expect((await send(n)).status).toBe(200);
    const response = await send(60);
    await expectProblem(response, 429);
    expect(Number(response.headers.get("Retry-After"))).toBeGreaterThan(0);
    moveTo("2026-11-23T02:01:00Z");
    expect((await send(60)).status).toBe(200);
  });
});

describe("an address or method that is not there", () => {
  test.each(["/api/v1/nothing", "/api/v1/cases-of-all", "/.env"])("%s is a problem", async (path) => {
    const { request } = await createHarness();
    await expectProblem(await request(path), 404);
  });
});

describe("a report filed by its slots", () => {
  const filing = {
    channel: "mini_program",
    userId: "u",
    reportType: "假冒专利",
    infringer: "某五金厂",
    county: "南皮县",
    anonymous: true,
  };

  test.each([
    ["an unknown kind", { ...filing, reportType: "偷瓜" }, 400, "/reportType"],
    ["an unknown county", { ...filing, county: "石家庄" }, 400, "/county"],
    ["a phone that is too short", { ...filing, contactPhone: "1380000" }, 400, "/contactPhone"],
    ["a patent number of another form", { ...filing, patentNumber: "12345" }, 400, "/patentNumber"],
    ["no kind", { ...filing, reportType: undefined }, 422, "/reportType"],
    ["nobody and nowhere", { ...filing, infringer: undefined }, 422, "/infringer"],
    ["no county", { ...filing, county: undefined }, 422, "/county"],
    ["neither anonymous nor a contact", { ...filing, anonymous: undefined }, 422, "/contactPhone"],
    ["a place outside the city", { ...filing, county: "非本市" }, 422, "/county"],
    ["evidence that is not there", { ...filing, evidenceIds: ["evidence_x"] }, 404, "/evidenceIds"],
    ["an adapter that names no user", { ...filing, userId: undefined }, 400, "/userId"],
  ])("with %s is refused by name and not stored", async (_, body, status, pointer) => {
    const harness = await createHarness();
    await expectProblem(await harness.post("/api/v1/reports", body), status, pointer);
    await expectNothingStored(harness);
  });
});

describe("a report asked after", () => {
  test("with a wrong code and one that is not there are told alike", async () => {
    const { person, request } = await createHarness();
    const filed = await person().tell(
      "献县商林冀卡扣件冒用专利号ZL202320901414.6，匿名，没照片，我举报",
      "确认",
    );
    const reportNo = filed.reports[0]?.reportNo ?? "";
    const ask = (no: string, code: string) =>
      request(`/api/v1/reports/${no}`, { headers: { "X-Query-Code": code } });
    const wrong = await expectProblem(await ask(reportNo, "00000000"), 404, "/header/x-query-code");
    const absent = await expectProblem(await ask("CZ-00000-00000", "00000000"), 404);
    expect({ ...wrong, requestId: "" }).toEqual({ ...absent, requestId: "" });
    expect((await ask(reportNo, filed.reports[0]?.queryCode ?? "")).status).toBe(200);
    await expectProblem(await request(`/api/v1/reports/${reportNo}`), 400);
  });

  test("with five wrong codes in an hour is closed for the right one too, until the hour is over", async () => {
    const { moveTo, person, request } = await createHarness();
    const filed = await person().tell(
      "献县商林冀卡扣件冒用专利号ZL202320901414.6，匿名，没照片，我举报",
      "确认",
    );
    const { reportNo = "", queryCode = "" } = filed.reports[0] ?? {};
    const ask = (code: string) =>
      request(`/api/v1/reports/${reportNo}`, { headers: { "X-Query-Code": code } });
    for (let n = 0; n < 5; n++) await expectProblem(await ask("00000000"), 404);
    await expectProblem(await ask(queryCode), 429);
    moveTo("2026-11-23T03:00:00Z");
    expect((await ask(queryCode)).status).toBe(200);
  });
});
