import { eq } from "drizzle-orm";
import { expect } from "vitest";
import type { Speaker } from "../../src/callers/caller.ts";
import { callerSessions } from "../../src/callers/schema.ts";
import type { Answer, Content } from "../../src/conversation/message.ts";
import { sha256 } from "../../src/crypto/bytes.ts";
import { createFakeTime } from "./fake-time.ts";
import { type FakeWechat, fakeWechatSecrets } from "./fake-wechat.ts";
import { createHarness, type Harness } from "./harness.ts";
import {
  createOfficialAccountClient,
  officialAccountAesKey,
  officialAccountAppId,
  officialAccountToken,
} from "./official-account.ts";

/** What a person sees after one message: the text without the lines of options, and the options' labels. */
export type Seen = { text: string; options: string[] };

export type Place = { latitude: number; longitude: number; label: string };

/** Somebody at a door. */
export type Visitor = {
  /** Who that is to the conversation. */
  speaker: Speaker;
  say(text: string): Promise<Seen>;
  /** Chooses the option at this position, from 1, as one does at this door. */
  tap(position: number): Promise<Seen>;
  photo(bytes: Uint8Array<ArrayBuffer>): Promise<Seen>;
  place(place: Place): Promise<Seen>;
};

/** A chat door on a service of its own, with a clock that stands still. */
export type Door = {
  harness: Harness;
  come(): Promise<Visitor>;
  /** Whether people can come side by side. */
  sideBySide: boolean;
  /** Ends what the door needs besides its service. */
  close?(): Promise<void>;
};

export type DoorKind = {
  name: string;
  /** Whether this door can tell of progress later, and so asks after filing whether it is to. */
  offersNotices: boolean;
  open(fakes: { wechat: FakeWechat }): Promise<Door>;
};

const miniProgram = {
  appId: officialAccountAppId,
  secret: fakeWechatSecrets.app,
  token: "push-token-0123",
  aesKey: officialAccountAesKey,
  templateIds: { accepted: "t-accepted", supplement: "t-supplement", closed: "t-closed" },
  publicUrl: "https://zhiquan.example.gov.cn",
};

const seenOf = ({ replies }: Answer): Seen => ({
  text: replies.map(({ text }) => text).join("\n"),
  options: replies.flatMap(({ options = [] }) => options.map(({ label }) => label)),
});

/** Somebody who speaks by the conversation's HTTP contract: how they are named there, and with these headers. */
function contractVisitor(
  harness: Harness,
  {
    speaker,
    named = speaker,
    headers = {},
  }: { speaker: Speaker; named?: Speaker; headers?: Record<string, string> },
): Visitor {
  let count = 0;
  let offered: string[] = [];
  async function send(content: Content): Promise<Seen> {
    const { channel, userId } = named;
    const body = { channel, userId, messageId: `m-${++count}`, content };
    const response = await harness.post("/api/v1/conversation/messages", body, headers);
    if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
    const answer = (await response.json()) as Answer;
    offered = answer.replies.flatMap(({ options = [] }) => options.map(({ id }) => id));
    return seenOf(answer);
  }
  return {
    speaker,
    say: (text) => send({ type: "text", text }),
    tap: (position) => send({ type: "choice", id: offered[position - 1] ?? "nothing offered" }),
    async photo(bytes) {
      const body = new FormData();
      body.set("file", new File([bytes], "photo.png"));
      const { authorization } = { authorization: harness.authorization, ...headers };
      const stored = await harness.request("/api/v1/evidence", {
        method: "POST",
        headers: { authorization },
        body,
      });
      const { evidenceId } = (await stored.json()) as { evidenceId: string };
      return send({ type: "image", evidenceId });
    },
    place: (place) => send({ type: "location", ...place }),
  };
}

/** The HTTP contract itself, which every door is compared with. */
export const contract: DoorKind = {
  name: "the contract",
  offersNotices: false,
  async open() {
    const harness = await createHarness();
    let count = 0;
    return {
      harness,
      sideBySide: true,
      come: async () => contractVisitor(harness, { speaker: { channel: "web", userId: `user-${++count}` } }),
    };
  },
};

const miniProgramDoor: DoorKind = {
  name: "the mini-program",
  offersNotices: true,
  async open({ wechat }) {
    const { now, wait } = createFakeTime();
    const harness = await createHarness({ now, wait, miniProgram, wechatApiBase: wechat.url });
    let count = 0;
    return {
      harness,
      sideBySide: true,
      async come() {
        const code = `contract-code-${++count}`;
        wechat.codes.set(code, { openid: `contract-openid-${count}` });
        const opened = await harness.post(
          "/api/v1/sessions",
          { miniProgramCode: code },
          { authorization: "" },
        );
        expect(opened.status).toBe(201);
        const { token } = (await opened.json()) as { token: string };
        const session = await harness.db.sql
          .select()
          .from(callerSessions)
          .where(eq(callerSessions.tokenHash, await sha256(token)))
          .get();
        const speaker: Speaker = { channel: "mini_program", userId: session?.userId ?? "" };
        return contractVisitor(harness, {
          speaker,
          // Who it is, the session says; the client names nobody.
          named: { channel: "mini_program", userId: "me" },
          headers: { authorization: `Bearer ${token}` },
        });
      },
    };
  },
};

/** The text of an answer of plain text without its list of options, and the labels in that: numbered from 1, below a line that says how to choose. */
export function readNumbered(shown: string): Seen {
  const lines = shown.split("\n");
  const labels: string[] = [];
  for (let line = lines.pop(); line !== undefined; line = lines.pop()) {
    const numbered = /^\d+ (.+)$/.exec(line);
    if (numbered === null) {
      if (labels.length === 0) lines.push(line);
      break;
    }
    labels.unshift(line);
  }
  return {
    text: lines.join("\n"),
    options: labels.map((line, index) => {
      expect(line).toMatch(new RegExp(`^${index + 1} `));
      return line.slice(line.indexOf(" ") + 1);
    }),
  };
}

/** `isLate`: no answer is there in time, so that each is pushed. */
const officialAccountDoor = ({
  name,
  isEncrypted,
  isLate,
}: {
  name: string;
  isEncrypted: boolean;
  isLate: boolean;
}): DoorKind => ({
  name,
  offersNotices: true,
  async open({ wechat }) {
    const time = createFakeTime();
    const answerWithinMs = 4000;
    const harness = await createHarness({
      now: time.now,
      wait: async (ms, signal) => {
        if (!(isLate && ms === answerWithinMs)) await time.wait(ms, signal);
      },
      wechatApiBase: wechat.url,
      officialAccount: {
        token: officialAccountToken,
        aesKey: isEncrypted ? officialAccountAesKey : undefined,
        appId: officialAccountAppId,
        secret: fakeWechatSecrets.app,
      },
    });
    const background: Promise<unknown>[] = [];
    // One sender for all: no two signed requests are the same.
    const client = createOfficialAccountClient({
      now: time.now,
      ask: (path, init) => {
        const waitUntil = (work: Promise<unknown>) => void background.push(work);
        const context = { waitUntil, passThroughOnException() {}, props: {} };
        return harness.app.request(path, init, {}, context);
      },
    });
    let count = 0;

    /** Hands a message in and resolves to all that the person sees of the answer, passive or pushed. */
    async function hand(openid: string, message: Record<string, string | number>): Promise<Seen> {
      const before = wechat.delivered.length;
      const answer = await (isEncrypted ? client.sendEncrypted(message) : client.send(message));
      expect(answer.status).toBe(200);
      await Promise.all(background);
      const pushed = wechat.delivered.slice(before).filter(({ touser }) => touser === openid);
      if (isLate) expect(answer.text).toBeUndefined();
      const texts = pushed.map(({ text }) => text);
      return readNumbered((answer.text === undefined ? texts : [answer.text, ...texts]).join("\n"));
    }

    return {
      harness,
      sideBySide: true,
      async come() {
        const openid = `o-${isEncrypted ? "sealed" : "plain"}-${isLate ? "late" : "timely"}-${++count}`;
        const person = client.person(openid);
        const say = (fields: Record<string, string | number>) => hand(openid, person.message(fields));

        return {
          speaker: { channel: "official_account", userId: openid },
          say: (text) => say({ MsgType: "text", Content: text }),
          tap: (position) => say({ MsgType: "text", Content: String(position) }),
          async photo(bytes) {
            const mediaId = `media-of-${openid}-${++count}`;
            wechat.media.set(mediaId, bytes);
            return say({ MsgType: "image", MediaId: mediaId, PicUrl: "http://127.0.0.1/never-fetched" });
          },
          place: ({ latitude, longitude, label }) =>
            say({
              MsgType: "location",
              Location_X: String(latitude),
              Location_Y: String(longitude),
              Scale: 15,
              Label: label,
            }),
        };
      },
    };
  },
});

/** Every chat door but the contract itself, and but wechaty's (`wechaty-door.ts`), which takes seconds to load. */
export const doorKinds: readonly DoorKind[] = [
  miniProgramDoor,
  officialAccountDoor({ name: "the official account, encrypted", isEncrypted: true, isLate: false }),
  officialAccountDoor({ name: "the official account, late and pushed", isEncrypted: false, isLate: true }),
];
