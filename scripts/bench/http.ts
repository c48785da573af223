import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { startServer } from "../../test/support/server.ts";
import { type Load, measure, printTable } from "./load.ts";

const connections = 8;

/** What one person says, from the first word to the filed report, with a question in between. */
const turns = [
  "我要举报有人假冒专利",
  "南皮县王寺镇的华盛铸件厂",
  "假冒专利会罚多少钱？",
  "产品是铸铁管件，没有别的证据",
  "匿名举报",
  "就这些",
  "确认提交",
];

const questions = [
  "假冒专利怎么处罚？",
  "专利侵权要赔多少钱？",
  "实用新型专利保护几年？",
  "专利侵权的诉讼时效是多久？",
  "外观设计专利的期限是多少年？",
  "谁来处理专利侵权纠纷？",
];

/** Measures the conversation turn and the answer beside a bare route, one after the other. */
export async function benchHttp(): Promise<void> {
  const server = await startServer();
  const bare = await startBareRoute();
  try {
    const headers = { Authorization: `Bearer ${server.token}` };
    let users = 0;
    let asked = 0;

    const loads: Record<string, Omit<Load, "amount" | "connections">> = {
      "bare Hono route": {
        url: bare.url,
        round: [() => ({ method: "POST", path: "/", body: { channel: "web", text: turns[0] } })],
      },
      "conversation turn": {
        url: server.url,
        round: turns.map((text, turn) => (context) => {
          // A person each round: limits are per person, and a turn follows on the one before.
          if (context["user"] === undefined) {
            context["user"] = `bench-${users}`;
            users += 1;
          }
          return {
            method: "POST",
            path: "/api/v1/conversation/messages",
            headers,
            body: {
              channel: "web",
              userId: context["user"],
              messageId: `${context["user"]}-${turn}`,
              sentAt: new Date().toISOString(),
              content: { type: "text", text },
            },
          };
        }),
      },
      answer: {
        url: server.url,
        round: [
          () => {
            asked += 1;
            const question = questions[asked % questions.length];
            return { method: "POST", path: "/api/v1/knowledge/answers", headers, body: { question } };
          },
        ],
      },
    };
    // First a part of each, so that nothing, the sender included, is measured cold. The yardstick comes before
    // and after, and the better of its two runs counts.
    for (const name of Object.keys(loads)) await run(name, 700);
    const before = await run("bare Hono route", 20_000);
    const turn = await run("conversation turn", 2_100);
    const answer = await run("answer", 2_100);
    const after = await run("bare Hono route", 20_000);
    printTable([
      ["bare Hono route", before.requestsPerSecond > after.requestsPerSecond ? before : after],
      ["conversation turn", turn],
      ["answer", answer],
    ]);

    async function run(name: string, amount: number) {
      const load = loads[name];
      if (load === undefined) throw new Error(`There is no load ${name}.`);
      return measure({ ...load, amount, connections });
    }
  } finally {
    bare.process.kill();
    await server.stop();
  }
}

async function startBareRoute(): Promise<{ url: string; process: ChildProcess }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "bare-route.ts")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [url] = (await once(createInterface(child.stdout), "line")) as [string];
  return { url, process: child };
}
