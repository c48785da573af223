import { afterAll, describe, expect, test } from "vitest";
import type { Answer, Content } from "../../src/conversation/message.ts";
import { tinyPng } from "../support/harness.ts";
import { scale } from "../support/scale.ts";
import { type RunningServer, startServer } from "../support/server.ts";

const kills = scale(3, 20);
let server: RunningServer | undefined;
afterAll(() => server?.stop());

async function call<T>({ url, token }: RunningServer, path: string, init: RequestInit = {}): Promise<T> {
  const response = await fetch(url + path, {
    ...init,
    headers: { authorization: `Bearer ${token}`, ...init.headers },
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

function say(running: RunningServer, userId: string, messageId: string, content: Content): Promise<Answer> {
  return call(running, "/api/v1/conversation/messages", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ channel: "official_account", userId, messageId, content }),
  });
}

async function upload(running: RunningServer, mark: number): Promise<string> {
  const body = new FormData();
  body.set("file", new File([tinyPng(mark)], "photo.png"));
  const stored = await call<{ evidenceId: string }>(running, "/api/v1/evidence", { method: "POST", body });
  return stored.evidenceId;
}

/** The standard report of a counterfeit, step by step with two photos, up to the last answer. */
async function reportStepByStep(running: RunningServer, userId: string, round: number): Promise<Answer> {
  const photo = async (mark: number, caption: string): Promise<Content> => ({
    type: "image",
    evidenceId: await upload(running, mark),
    caption,
  });
  const contents: (Content | (() => Promise<Content>))[] = [
    { type: "text", text: "我要举报" },
    { type: "text", text: "有家厂子冒用别人专利号往外卖货" },
    { type: "text", text: "南皮县冯家口镇的鑫旺旺五金厂，做合页的" },
    { type: "text", text: "包装上印的是ZL202021900101.1，查了根本不是他家的" },
    () => photo(round * 2, "包装正面"),
    () => photo(round * 2 + 1, "店面照片"),
    { type: "text", text: "我叫刘建国，手机13800001234" },
    { type: "text", text: "对，就这些，交吧" },
  ];
  let answer: Answer | undefined;
  for (const [index, content] of contents.entries()) {
    const body = typeof content === "function" ? await content() : content;
    answer = await say(running, userId, `${userId}-${index}`, body);
  }
  if (answer?.state !== "filed") throw new Error(`Not filed: ${JSON.stringify(answer)}`);
  return answer;
}

describe("kill -9 right after the last answer", () => {
  test(`${kills} times loses no report: each stands at 南皮县's office with its evidence, and a repeat files nothing more`, async () => {
    // The server that starts after one kill is the one that the next kill ends.
    let running = await startServer();
    server = running;
    const { folder } = running;
    for (let round = 1; round <= kills; round++) {
      const userId = `reporter-${round}`;
      const filed = await reportStepByStep(running, userId, round);
      await running.kill();

      running = await startServer({ folder });
      server = running;
      const [report] = filed.reports;
      const status = await call(running, `/api/v1/reports/${report?.reportNo}`, {
        headers: { "X-Query-Code": report?.queryCode ?? "" },
      });
      expect(status).toMatchObject({ state: "routed", office: { code: "130927" } });
      const repeat = await say(running, userId, `${userId}-7`, { type: "text", text: "对，就这些，交吧" });
      expect(repeat).toEqual(filed);
    }

    const signIn = await fetch(`${running.url}/api/v1/staff/sessions`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ account: "admin", password: "test-admin-password-1" }),
    });
    const Cookie = signIn.headers.get("Set-Cookie")?.split(";")[0] ?? "";
    const { items } = await call<{ items: { id: string; office: { code: string } }[] }>(
      running,
      "/api/v1/cases?limit=200",
      { headers: { Cookie } },
    );
    expect(items).toHaveLength(kills);
    expect(new Set(items.map((item) => item.office.code))).toEqual(new Set(["130927"]));
    for (const item of items) {
      const { evidence } = await call<{ evidence: unknown[] }>(running, `/api/v1/cases/${item.id}`, {
        headers: { Cookie },
      });
      expect(evidence).toHaveLength(2);
    }
  }, 240_000);
});
