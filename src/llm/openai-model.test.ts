import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Behaviour, type OpenAiServer, startOpenAiServer } from "../../test/support/openai-server.ts";
import type { ModelError, ModelFailure } from "./model.ts";
import { createEmbeddingModel, createLanguageModel } from "./openai-model.ts";
import { published } from "./outgoing.ts";

let server: OpenAiServer;
beforeAll(async () => {
  server = await startOpenAiServer();
});
afterAll(() => server.stop());

let instant = 0;
const now = () => new Date(instant);
const open = (options = {}) =>
  createLanguageModel({ baseUrl: server.url, apiKey: "sk-test", model: "qwen", now, ...options });
const prompt = { system: "规则", user: published("材料"), maxTokens: 100, timeoutMs: 5_000 };

async function read(pieces: AsyncIterable<string>): Promise<string> {
  let text = "";
  for await (const piece of pieces) text += piece;
  return text;
}

const kindOf = (work: Promise<unknown>): Promise<ModelFailure> =>
  work.then(
    () => expect.fail("it did not fail"),
    (error: ModelError) => error.kind,
  );

describe("createLanguageModel", () => {
  test("asks the model by its name and key, with instructions and data apart", async () => {
    server.behave({ kind: "say", text: "外观设计专利保护15年。" });

    expect(await open().complete(prompt)).toBe("外观设计专利保护15年。");
    expect(server.chats.at(-1)).toMatchObject({
      model: "qwen",
      stream: false,
      system: "规则",
      user: "材料",
      authorization: "Bearer sk-test",
    });
  });

  test("gives the pieces of a stream as they come", async () => {
    server.behave({ kind: "say", text: "外观设计专利保护15年。", pieceChars: 3 });

    expect(await read(open().stream(prompt))).toBe("外观设计专利保护15年。");
  });

  const faults: [string, Behaviour, ModelFailure, ModelFailure][] = [
    ["429", { kind: "status", status: 429, headers: { "Retry-After": "60" } }, "refused", "refused"],
    ["500", { kind: "status", status: 500 }, "refused", "refused"],
    ["silence", { kind: "hang" }, "timeout", "timeout"],
    ["silence in the middle", { kind: "stall", text: "外观" }, "timeout", "timeout"],
    ["a broken connection", { kind: "drop", text: "外观" }, "unreachable", "unreachable"],
    ["an end without the mark of an end", { kind: "cut", text: "外观" }, "garbage", "unreachable"],
    ["no JSON", { kind: "garbage" }, "garbage", "garbage"],
    ["no choice", { kind: "empty" }, "garbage", "unreachable"],
    ["nothing said", { kind: "say", text: "" }, "garbage", "garbage"],
  ];
  test.each(faults)("tells %s", async (_, behaviour, whole, streamed) => {
    server.behave(behaviour);
    // Only who is to be late is given little time: a busy machine is no fault of a model.
    const brief = { ...prompt, timeoutMs: whole === "timeout" ? 150 : 5_000 };
    const before = server.chats.length;

    expect(await kindOf(open().complete(brief))).toBe(whole);
    expect(await kindOf(read(open().stream(brief)))).toBe(streamed);
    // A person waits: nothing is tried twice.
    expect(server.chats.length - before).toBe(2);
  });

  test("tells where nobody listens, and our own stop", async () => {
    const gone = await startOpenAiServer();
    await gone.stop();
    expect(await kindOf(open({ baseUrl: gone.url }).complete(prompt))).toBe("unreachable");

    server.behave({ kind: "hang" });
    const stop = new AbortController();
    const asked = kindOf(open().complete({ ...prompt, signal: stop.signal }));
    stop.abort();
    expect(await asked).toBe("stopped");
  });

  test("says nothing of the prompt in an error", async () => {
    server.behave({ kind: "status", status: 400 });
    const error = await open()
      .complete({ ...prompt, user: published("秘密") })
      .catch((cause: unknown) => cause);

    expect(String((error as Error).stack)).not.toContain("秘密");
    expect(error).toMatchObject({ kind: "refused", status: 400 });
  });

  test("pauses after failures in a row, then tries once, and opens again for good only when that succeeds", async () => {
    const model = open({ failures: 2, pauseMs: 1_000 });
    server.behave({ kind: "status", status: 500 });
    expect(await kindOf(model.complete(prompt))).toBe("refused");
    expect(await kindOf(read(model.stream(prompt)))).toBe("refused");
    const asked = server.chats.length;
    expect(await kindOf(model.complete(prompt))).toBe("paused");
    expect(await kindOf(read(model.stream(prompt)))).toBe("paused");
    expect(server.chats).toHaveLength(asked);

    instant += 1_000;
    expect(await kindOf(model.complete(prompt))).toBe("refused");
    expect(await kindOf(model.complete(prompt))).toBe("paused");

    instant += 1_000;
    server.behave({ kind: "say", text: "好" });
    expect(await model.complete(prompt)).toBe("好");
    expect(await read(model.stream(prompt))).toBe("好");
  });

  const asJson = { ...prompt, json: { name: "reading", schema: { type: "object", properties: {} } } };
  const formatOf = (raw: string | undefined) =>
    (JSON.parse(raw ?? "{}") as { response_format?: { type: string } }).response_format;

  test("asks for JSON by its schema, strictly", async () => {
    server.behave({ kind: "say", text: "{}" });

    expect(await open().complete(asJson)).toBe("{}");
    expect(formatOf(server.chats.at(-1)?.raw)).toEqual({
      type: "json_schema",
      json_schema: { name: "reading", strict: true, schema: asJson.json.schema },
    });
  });

  test.each([
    ["JSON objects only", ["json_schema"], ["json_schema", "json_object"], "json_object"],
    ["none of it", ["json_schema", "json_object"], ["json_schema", "json_object", undefined], undefined],
  ])(
    "asks a server that knows %s in the way it knows, and finds that out once",
    async (_, unknown, tried, then) => {
      server.behave(({ raw }) =>
        unknown.includes(formatOf(raw)?.type ?? "words")
          ? { kind: "status", status: 400 }
          : { kind: "say", text: "{}" },
      );
      const model = open({ failures: 1 });
      const before = server.chats.length;

      expect(await model.complete(asJson)).toBe("{}");
      expect(server.chats.slice(before).map(({ raw }) => formatOf(raw)?.type)).toEqual(tried);
      expect(await model.complete(asJson)).toBe("{}");
      expect(server.chats.slice(before + tried.length).map(({ raw }) => formatOf(raw)?.type)).toEqual([then]);
    },
  );

  test("tries no other way where a server fails for another reason", async () => {
    server.behave({ kind: "status", status: 500 });
    const before = server.chats.length;

    expect(await kindOf(open().complete(asJson))).toBe("refused");
    expect(server.chats.length - before).toBe(1);
  });

  test("does not count a reader who goes away", async () => {
    const model = open({ failures: 1, pauseMs: 1_000 });
    server.behave({ kind: "say", text: "外观设计专利保护15年。" });
    for await (const _ of model.stream(prompt)) break;

    expect(await model.complete(prompt)).toContain("15年");
  });
});

describe("createEmbeddingModel", () => {
  const embedding = () => createEmbeddingModel({ baseUrl: server.url, model: "bge", now });
  const embed = (...texts: string[]) => embedding().embed(texts.map(published), { timeoutMs: 5_000 });

  test("gives a vector for each text, in their order", async () => {
    server.embed((text) => [text.length, 1]);

    expect((await embed("一", "三三三")).map((vector) => [...vector])).toEqual([
      [1, 1],
      [3, 1],
    ]);
  });

  test.each([
    ["too few", '{"data":[{"index":0,"embedding":[1]}]}'],
    ["two lengths", '{"data":[{"index":0,"embedding":[1]},{"index":1,"embedding":[1,2]}]}'],
    ["a place twice", '{"data":[{"index":0,"embedding":[1]},{"index":0,"embedding":[2]}]}'],
    ["no numbers", '{"data":[{"index":0,"embedding":["a"]},{"index":1,"embedding":[2]}]}'],
    ["no list", '{"data":"x"}'],
    ["no JSON", "{"],
  ])("refuses vectors with %s", async (_, answer) => {
    server.embed(answer);

    expect(await kindOf(embed("一", "二"))).toBe("garbage");
  });
});
