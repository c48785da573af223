import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What the model does when it is asked. */
export type Behaviour =
  /** Says it, whole or (when asked to stream) in pieces of `pieceChars` characters. */
  | { kind: "say"; text: string; pieceChars?: number }
  /** Answers with an HTTP status. */
  | { kind: "status"; status: number; headers?: Record<string, string> }
  /** Takes the question and never answers. */
  | { kind: "hang" }
  /** Says `text`, then nothing more, and keeps the line open. */
  | { kind: "stall"; text: string }
  /** Says `text`, then breaks the connection. */
  | { kind: "drop"; text: string }
  /** Says `text` and ends without the mark of an end. */
  | { kind: "cut"; text: string }
  /** Answers 200 with what is not JSON. */
  | { kind: "garbage" }
  /** Answers 200 without a choice. */
  | { kind: "empty" };

export type ReceivedChat = {
  model: string;
  stream: boolean;
  system: string;
  user: string;
  authorization: string | undefined;
  /** The body as it came. */
  raw: string;
};

export type OpenAiServer = {
  /** `http://127.0.0.1:PORT/v1`. */
  url: string;
  /** What came so far, newest last. */
  chats: readonly ReceivedChat[];
  /** The texts of each call for embeddings. */
  embedded: readonly (readonly string[])[];
  /** Sets what the model does from now on: always the same, or as the question has it. */
  behave(next: Behaviour | ((chat: ReceivedChat) => Behaviour)): void;
  /** Sets how texts become vectors; `undefined` answers 500, a string is sent as it is. */
  embed(next: ((text: string) => number[]) | string | undefined): void;
  stop(): Promise<void>;
};

/** An OpenAI-compatible server on 127.0.0.1 whose model does what a test wants of it. */
export async function startOpenAiServer(): Promise<OpenAiServer> {
  const chats: ReceivedChat[] = [];
  const embedded: string[][] = [];
  let behaviour: Behaviour | ((chat: ReceivedChat) => Behaviour) = { kind: "status", status: 500 };
  let toVector: ((text: string) => number[]) | string | undefined;

  const server = createServer(async (request, response) => {
    let raw = "";
    for await (const chunk of request) raw += String(chunk);
    const body = JSON.parse(raw) as Record<string, unknown>;
    if (request.url === "/v1/embeddings") {
      const input = body["input"] as string[];
      embedded.push(input);
      if (toVector === undefined) send(response, 500, { error: { message: "no vectors" } });
      else if (typeof toVector === "string") response.writeHead(200, json).end(toVector);
      else {
        const vectorOf = toVector;
        const data = input.map((text, index) => ({ object: "embedding", index, embedding: vectorOf(text) }));
        // Out of order, as the interface allows.
        send(response, 200, { object: "list", model: body["model"], data: data.reverse() });
      }
      return;
    }
    const messages = body["messages"] as { role: string; content: string }[];
    const of = (role: string) => messages.find((message) => message.role === role)?.content ?? "";
    const chat: ReceivedChat = {
      model: String(body["model"]),
      stream: body["stream"] === true,
      system: of("system"),
      user: of("user"),
      authorization: request.headers.authorization,
      raw,
    };
    chats.push(chat);
    act(typeof behaviour === "function" ? behaviour(chat) : behaviour, chat.stream, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}/v1`,
    chats,
    embedded,
    behave(next) {
      behaviour = next;
    },
    embed(next) {
      toVector = next;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

const json = { "Content-Type": "application/json" };

function send(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, { ...json, ...headers }).end(JSON.stringify(body));
}

function act(behaviour: Behaviour, stream: boolean, response: ServerResponse): void {
  switch (behaviour.kind) {
    case "say":
      if (!stream) {
        send(response, 200, completion(behaviour.text));
        return;
      }
      begin(response);
      for (const piece of cut(behaviour.text, behaviour.pieceChars ?? 4)) response.write(chunk(piece));
      response.write(chunk("", "stop"));
      response.end("data: [DONE]\n\n");
      return;
    case "status": {
      const error = { message: "The server says no.", type: "error", code: null };
      send(response, behaviour.status, { error }, behaviour.headers);
      return;
    }
    case "hang":
      return;
    case "stall":
    case "drop":
    case "cut": {
      const after =
        behaviour.kind === "drop"
          ? () => response.destroy()
          : behaviour.kind === "cut"
            ? () => response.end()
            : () => {};
      if (stream) {
        begin(response);
        response.write(chunk(behaviour.text), after);
      } else {
        response.writeHead(200, json);
        response.write(JSON.stringify(completion(behaviour.text)).slice(0, -20), after);
      }
      return;
    }
    case "garbage":
      if (stream) {
        begin(response);
        response.end("data: {not json\n\n");
      } else response.writeHead(200, json).end("{not json");
      return;
    case "empty":
      if (stream) {
        begin(response);
        response.end(`data: ${JSON.stringify({ id: "x", choices: [] })}\n\ndata: [DONE]\n\n`);
      } else send(response, 200, { id: "x", object: "chat.completion", choices: [] });
  }
}

const begin = (response: ServerResponse) => response.writeHead(200, { "Content-Type": "text/event-stream" });

const completion = (content: string) => ({
  id: "chatcmpl-1",
  object: "chat.completion",
  created: 0,
  model: "test",
  choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }],
});

const chunk = (content: string, finish: string | null = null) =>
  `data: ${JSON.stringify({
    id: "chatcmpl-1",
    object: "chat.completion.chunk",
    created: 0,
    model: "test",
    choices: [{ index: 0, delta: { content }, finish_reason: finish }],
  })}\n\n`;

function cut(text: string, size: number): string[] {
  const characters = [...text];
  const pieces: string[] = [];
  for (let at = 0; at < characters.length; at += size) pieces.push(characters.slice(at, at + size).join(""));
  return pieces;
}
