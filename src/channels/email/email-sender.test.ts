import { afterEach, expect, test } from "vitest";
import { type Refusing, startSmtpServer } from "../../../test/support/smtp-server.ts";
import type { Notification, Sender } from "../../notifications/sender.ts";
import { createEmailSender } from "./email-sender.node.ts";

const message: Notification = {
  idempotencyKey: "k".repeat(40),
  recipient: "reporter@example.com",
  kind: "accepted",
  title: "已受理",
  text: "CZ-ABCDE-FGHJK 已受理。",
  fields: {},
  reportNo: "CZ-ABCDE-FGHJK",
};

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function mail(
  refuse?: Refusing,
): Promise<{ sender: Sender; server: Awaited<ReturnType<typeof startSmtpServer>> }> {
  const server = await startSmtpServer(refuse);
  const sender = createEmailSender({ url: server.url, from: "知权 <no-reply@zhiquan.example>" });
  closing.push(server.close, sender.close);
  return { sender, server };
}

/** A header with its encoded words (RFC 2047, of UTF-8) read. */
const decoded = (data: string) =>
  data.replace(/\?=\r\n =\?UTF-8\?Q\?/g, "").replace(/=\?UTF-8\?Q\?(.*?)(\?=|\r\n)/gi, (_, text: string) =>
    Buffer.from(
      text.replace(/=([0-9A-F]{2})/g, (__, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
      "latin1",
    ).toString("utf8"),
  );

test("a notice arrives as a mail with the key as its Message-ID, marked as automatic", async () => {
  const { sender, server } = await mail();
  expect(await sender.send(message)).toEqual({ sent: true });

  const [got] = server.mails;
  expect(got).toMatchObject({ from: "no-reply@zhiquan.example", to: "reporter@example.com" });
  expect(got?.data).toContain(`Message-ID: <${message.idempotencyKey}@zhiquan.example>`);
  expect(got?.data).toContain("Auto-Submitted: auto-generated");
  expect(decoded(got?.data ?? "")).toContain("已受理（CZ-ABCDE-FGHJK）");
  const [, body = ""] = got?.data.split("\r\n\r\n") ?? [];
  expect(Buffer.from(body, "base64").toString("utf8")).toContain(message.text);
});

test.each([
  ["RCPT", "550 no such user", { sent: false, retryable: false, reason: "smtp_550" }],
  ["RCPT", "451 later", { sent: false, retryable: true, reason: "smtp_451" }],
  ["END", "554 refused", { sent: false, retryable: false, reason: "smtp_554" }],
  ["MAIL", "421 busy", { sent: false, retryable: true, reason: "smtp_421" }],
])("a server that answers %s with „%s“ is %o", async (verb, answer, result) => {
  const { sender, server } = await mail((command) => (command.startsWith(verb) ? answer : undefined));
  expect(await sender.send(message)).toEqual(result);
  expect(server.mails).toEqual([]);
});

test("a server that is not there is tried again", async () => {
  const { sender, server } = await mail();
  await server.close();
  expect(await sender.send(message)).toEqual({ sent: false, retryable: true, reason: "unreachable" });
});

test.each(["nobody", "a@b\r\nRCPT TO:<c@d>", "a@b, c@d", "<a@b>"])(
  "„%s“ is no address and reaches no server",
  async (recipient) => {
    const { sender, server } = await mail();
    expect(await sender.send({ ...message, recipient })).toEqual({
      sent: false,
      retryable: false,
      reason: "not_an_address",
    });
    expect(server.mails).toEqual([]);
  },
);
