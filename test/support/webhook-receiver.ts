import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

/** A post that a receiver got. */
export type ReceivedPost = { headers: IncomingHttpHeaders; body: string; idempotencyKey: string };

/** What a receiver answers: a status, with headers, or never. */
export type Answering = { status: number; headers?: Record<string, string> } | "silence";

/** A system that is told by webhook, on this machine. `answer` may look at the post; absent: 204. */
export async function startWebhookReceiver(
  answer: (post: ReceivedPost) => Answering = () => ({ status: 204 }),
) {
  const posts: ReceivedPost[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const post = {
        headers: request.headers,
        body: Buffer.concat(chunks).toString("utf8"),
        idempotencyKey: String(request.headers["idempotency-key"] ?? ""),
      };
      posts.push(post);
      const told = answer(post);
      if (told === "silence") return;
      response.writeHead(told.status, told.headers);
      response.end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    /** Everything that came, in order. */
    posts,
    /** What came, each key once: what a receiver that honours the key works with. */
    seen: () => [...new Set(posts.map((post) => post.idempotencyKey))],
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
