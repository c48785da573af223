import { describe, expect, test } from "vitest";
import { silentLog } from "../../core/log.ts";
import { createServiceClient } from "./service-client.ts";

const message = {
  channel: "wechaty_private",
  userId: "li",
  messageId: "m1",
  content: { type: "text", text: "你好" },
} as const;

/** A client whose service answers its requests one after the other; what it asked is kept. */
function createClient(answers: (Response | Error | "never")[]) {
  const asked: { url: string; init: RequestInit }[] = [];
  const client = createServiceClient({
    url: "http://127.0.0.1:1/",
    tokens: { wechaty_private: "token-private", wechaty_group: "token-group" },
    async fetch(url, init) {
      asked.push({ url, init });
      const answer = answers.shift();
      if (answer instanceof Response) return answer;
      if (answer !== "never") throw answer ?? new Error("Nobody asked for this.");
      return new Promise((_, reject) => {
        init.signal?.addEventListener("abort", () => reject(init.signal?.reason));
      });
    },
    log: silentLog,
    messageMs: 5,
    retryAfterMs: 0,
  });
  return { client, asked };
}

const problem = (status: number, code: string, errors: { pointer: string; detail: string }[] = []) =>
  Response.json({ type: `/problems/${code}`, detail: "不行。", errors }, { status });
const told = () => Response.json({ state: "idle", replies: [{ type: "text", text: "您好" }] });

describe("the service", () => {
  test("is asked with the token of the kind of chat", async () => {
    const { client, asked } = createClient([told(), told()]);

    expect(await client.send(message)).toEqual({ kind: "told", value: [{ text: "您好" }] });
    await client.send({ ...message, channel: "wechaty_group", roomId: "r", mentioned: true });

    expect(asked[0]?.url).toBe("http://127.0.0.1:1/api/v1/conversation/messages");
    expect(asked.map(({ init }) => new Headers(init.headers).get("Authorization"))).toEqual([
      "Bearer token-private",
      "Bearer token-group",
    ]);
  });

  test.each([
    ["is out of reach", new TypeError("fetch failed")],
    ["does not answer in time", "never"],
    ["fails", problem(500, "internal")],
    ["answers with something else", new Response("<html>")],
  ] as const)("is asked twice when it %s", async (_, answer) => {
    const again = answer instanceof Response ? answer.clone() : answer;
    const { client, asked } = createClient([answer, told()]);
    const never = createClient([again, again instanceof Response ? again.clone() : again]);

    expect(await client.send(message)).toMatchObject({ kind: "told" });
    expect(asked).toHaveLength(2);
    expect(await never.client.send(message)).toEqual({ kind: "away" });
    expect(never.asked).toHaveLength(2);
  });

  test.each([
    [problem(429, "too_many_requests"), { kind: "refused", detail: "不行。" }],
    [
      problem(400, "invalid_request", [{ pointer: "/content/text", detail: "太长。" }]),
      { kind: "refused", detail: "太长。" },
    ],
    [problem(400, "invalid_request", [{ pointer: "/userId", detail: "缺少 userId。" }]), { kind: "away" }],
    [problem(401, "unauthorized"), { kind: "away" }],
    [problem(403, "forbidden"), { kind: "away" }],
  ])("says no once, and to people only what is meant for them (%#)", async (answer, outcome) => {
    const { client, asked } = createClient([answer]);

    expect(await client.send(message)).toEqual(outcome);
    expect(asked).toHaveLength(1);
  });

  test("is left alone for a while after six failures in a row", async () => {
    const { client, asked } = createClient([]);
    for (let time = 0; time < 5; time += 1) await client.send(message);

    expect(asked).toHaveLength(6);
  });
});
