import { type AddressInfo, createServer, type Socket } from "node:net";

/** A mail that a server took. */
export type ReceivedMail = { from: string; to: string; data: string };

/** What the server says to a command instead of its usual answer; undefined: the usual. */
export type Refusing = (command: string) => string | undefined;

/** A mail server of RFC 5321, as much of it as a client needs: no TLS, no sign-in, one mail after the other. */
export async function startSmtpServer(refuse: Refusing = () => undefined) {
  const mails: ReceivedMail[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => undefined);
    let held = "";
    let mail: ReceivedMail = { from: "", to: "", data: "" };
    let inData = false;
    const say = (line: string) => socket.write(`${line}\r\n`);
    const usual: Record<string, () => void> = {
      EHLO: () => say("250-mail.test\r\n250 8BITMIME"),
      HELO: () => say("250 mail.test"),
      RSET: () => say("250 ok"),
      NOOP: () => say("250 ok"),
      RCPT: () => say("250 ok"),
      DATA() {
        inData = true;
        say("354 go on");
      },
      MAIL: () => say("250 ok"),
      QUIT() {
        say("221 bye");
        socket.end();
      },
    };
    const take = (line: string) => {
      if (inData) {
        if (line !== ".") {
          mail.data += `${line.replace(/^\./, "")}\r\n`;
          return;
        }
        inData = false;
        const refusal = refuse("END");
        if (refusal === undefined) mails.push(mail);
        mail = { from: "", to: "", data: "" };
        say(refusal ?? "250 taken");
        return;
      }
      const address = /<(.*?)>/.exec(line)?.[1] ?? "";
      const verb = line.slice(0, 4).toUpperCase();
      if (verb === "MAIL") mail.from = address;
      if (verb === "RCPT") mail.to = address;
      const refusal = refuse(line);
      if (refusal !== undefined) say(refusal);
      else (usual[verb] ?? (() => say("500 what")))();
    };
    socket.on("data", (chunk) => {
      held += chunk.toString("utf8");
      for (let end = held.indexOf("\r\n"); end >= 0; end = held.indexOf("\r\n")) {
        const line = held.slice(0, end);
        held = held.slice(end + 2);
        take(line);
      }
    });
    say("220 mail.test ready");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mails,
    close: () =>
      new Promise<void>((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
