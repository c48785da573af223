import { describe, expect, test } from "vitest";
import { createProofOfWork } from "../../src/callers/proof-of-work-service.ts";
import { limitCounters, spentProofs } from "../../src/callers/schema.ts";
import type { Answer } from "../../src/conversation/message.ts";
import { conversationTurns } from "../../src/conversation/schema.ts";
import type { AppError } from "../../src/core/error.ts";
import { randomBytes } from "../../src/core/new-id.ts";
import { createVault } from "../../src/crypto/key-ring.ts";
import { reports } from "../../src/reports/schema.ts";
import { filing } from "../support/filing.ts";
import { createHarness, type Harness } from "../support/harness.ts";
import { fillHour, ProofProblem, setHour, solve, zeroBitsOf } from "../support/proof-of-work.ts";

type App = Harness["app"];

/** A visitor of the page, at an address from which nobody filed yet unless told otherwise. */
async function visitor({ app }: { app: App }, address = "192.0.2.1") {
  const call = (path: string, body: unknown, headers: Record<string, string> = {}, at: App = app) =>
    at.request(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Test-Address": address, ...headers },
      body: JSON.stringify(body),
    });
  const { token } = (await (await call("/api/v1/sessions", {})).json()) as { token: string };
  const authorization = `Bearer ${token}`;
  const file = (proof?: string, options: { key?: string; at?: App; body?: object } = {}) =>
    call(
      "/api/v1/reports",
      { ...filing, ...options.body },
      {
        authorization,
        ...(proof === undefined ? {} : { "X-Proof-Of-Work": proof }),
        ...(options.key === undefined ? {} : { "Idempotency-Key": options.key }),
      },
      options.at,
    );
  let count = 0;
  const say = (text: string, { proof, id }: { proof?: string; id?: string } = {}) =>
    call(
      "/api/v1/conversation/messages",
      {
        channel: "web",
        userId: "self",
        messageId: id ?? `m-${token}-${++count}`,
        content: { type: "text", text },
      },
      { authorization, ...(proof === undefined ? {} : { "X-Proof-Of-Work": proof }) },
    );
  return { file, say };
}

const demandOf = async (response: Response) => {
  expect(response.status).toBe(429);
  expect(response.headers.get("Content-Type")).toBe("application/problem+json");
  return ProofProblem.parse(await response.json());
};

const countReports = async ({ db }: Harness) => (await db.sql.select().from(reports)).length;

const countersOf = async ({ db }: Harness) =>
  (await db.sql.select().from(limitCounters)).map(({ count }) => count);

/** Thirty reports filed in this hour, none of them from the address of `first`. */
async function afterThirty() {
  const harness = await createHarness();
  await fillHour(harness);
  return { harness, first: await visitor(harness) };
}

describe("POST /api/v1/reports by an anonymous visitor of the web", () => {
  test("is asked for a proof after thirty of an hour, harder after a hundred and three hundred, whatever the address", async () => {
    const { harness } = await afterThirty();
    let filed = 30;
    for (const [count, bits] of [
      [99, 15],
      [100, 17],
      [299, 17],
      [300, 19],
      [30, 15],
    ] as const) {
      await setHour(harness, filed, count);
      filed = count;
      const refused = await (await visitor(harness, `192.0.2.${bits}`)).file();
      expect(refused.headers.get("Retry-After")).toBe("3600");
      const { detail, proofOfWork } = await demandOf(refused);
      expect(detail).toMatch(/X-Proof-Of-Work.*原样再发一次.*都还在/);
      expect([count, proofOfWork]).toMatchObject([count, { bits, expiresAt: "2026-11-23T02:10:00.000Z" }]);
    }
    expect(await countReports(harness)).toBe(30);

    const { file } = await visitor(harness);
    const proof = solve((await demandOf(await file())).proofOfWork);
    expect(zeroBitsOf(proof)).toBeGreaterThanOrEqual(15);
    expect((await file(proof)).status).toBe(201);
    expect(await countReports(harness)).toBe(31);
    expect(await countersOf(harness)).toContain(31);
  });

  test("is not asked before, up to the five of its address", async () => {
    const harness = await createHarness();
    for (const address of ["192.0.2.1", "192.0.2.2"]) {
      const { file } = await visitor(harness, address);
      for (let n = 0; n < 5; n++) expect((await file()).status).toBe(201);
      expect(await (await file()).json()).toMatchObject({ type: "/problems/too_many_requests" });
    }
    await setHour(harness, 10, 29);
    const { file } = await visitor(harness, "192.0.2.3");

    expect((await file()).status).toBe(201);
    await demandOf(await file());
  });

  test("gets no more than five an hour from one address by proofs", async () => {
    const { harness, first } = await afterThirty();
    for (let n = 0; n < 5; n++) {
      // Sessions cost nothing: the address counts.
      const { file } = await visitor(harness);
      expect((await file(solve((await demandOf(await file())).proofOfWork))).status).toBe(201);
    }

    const sixth = await first.file();

    expect(sixth.status).toBe(429);
    expect(sixth.headers.get("Retry-After")).toBe("3600");
    expect(await sixth.json()).toMatchObject({ type: "/problems/too_many_requests" });
    expect(await countReports(harness)).toBe(35);
  });

  test("with a contact, by a channel token or in the next hour is not asked, and does not count", async () => {
    const { harness, first } = await afterThirty();

    const named = { anonymous: undefined, contactPhone: "13800001234" };
    for (let n = 0; n < 4; n++) expect((await first.file(undefined, { body: named })).status).toBe(201);
    for (const channel of ["web", "official_account", "mini_program"]) {
      for (let n = 0; n < 4; n++)
        expect((await harness.post("/api/v1/reports", { ...filing, channel })).status).toBe(201);
    }
    expect(await countersOf(harness)).toContain(30);
    harness.moveTo("2026-11-23T03:00:00Z");
    expect((await first.file()).status).toBe(201);
  });

  test("may send a header that means nothing where no proof is asked for, and it is not looked at", async () => {
    const harness = await createHarness();
    const { file } = await visitor(harness);
    expect((await file("anything at all")).status).toBe(201);
    expect(await harness.db.sql.select().from(spentProofs)).toEqual([]);
  });

  test("is told what is wrong with the report before any work is asked for", async () => {
    const { first } = await afterThirty();
    const response = await first.file(undefined, { body: { infringer: undefined } });
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ type: "/problems/report_incomplete" });
  });

  test("keeps a proof whose report was refused for another reason", async () => {
    const { harness, first } = await afterThirty();
    const proof = solve((await demandOf(await first.file())).proofOfWork);
    expect((await first.file(proof, { body: { evidenceIds: ["evidence_absent"] } })).status).toBe(404);
    expect((await first.file(proof)).status).toBe(201);
    expect(await countReports(harness)).toBe(31);
  });

  test("gets nothing for a proof that is forged, made lighter, wrong, too old or another visitor's", async () => {
    const { harness, first } = await afterThirty();
    const other = await visitor(harness);
    const { proofOfWork } = await demandOf(await first.file());
    const proof = solve(proofOfWork);
    const [expires = "", nonce = "", , signature = ""] = proofOfWork.challenge.split(".");
    const counter = Number(proof.split(":")[1]);
    const wrong = Array.from({ length: counter }, (_, n) => `${proofOfWork.challenge}:${n}`).find(
      (value) => zeroBitsOf(value) >= 10,
    );
    const changed = (challenge: string, bits = proofOfWork.bits) => solve({ challenge, bits });
    const whyOf = async (value: string, by = first) =>
      (await demandOf(await by.file(value))).errors[0].detail;
    const foreign = "不是给这次会话出的题。";

    // Signed by who has another key: all is right but the signature.
    const stranger = createProofOfWork({
      db: harness.db,
      vault: createVault({ current: "k1", keys: new Map([["k1", new Uint8Array(32).fill(9)]]) }),
      now: harness.now,
      randomBytes,
    });
    const own = await stranger
      .take({ subject: "anybody", bits: 15, retryAfterSeconds: 1 }, undefined)
      .catch((error: AppError) => error.proofOfWork);
    if (own === undefined || Array.isArray(own)) throw new Error("No challenge was given.");

    for (const value of [
      "x",
      `${proofOfWork.challenge}:`,
      `${proof} `.repeat(2),
      solve(own),
      changed(`${expires}.${nonce}.1.${signature}`, 1),
      changed(`${Number(expires) + 1}.${nonce}.15.${signature}`),
      changed(`${expires}.${nonce.replace(/^./, (letter) => (letter === "A" ? "B" : "A"))}.15.${signature}`),
      changed(`${expires}.${nonce}.15.${signature.replace(/^./, (letter) => (letter === "A" ? "B" : "A"))}`),
    ]) {
      expect([value, await whyOf(value)]).toEqual([value, foreign]);
    }
    expect(await whyOf(proof, other)).toBe(foreign);
    expect(await whyOf(wrong ?? `${proofOfWork.challenge}:${counter + 1}`)).toBe("答案不对。");
    harness.moveTo("2026-11-23T02:10:00Z");
    expect(await whyOf(proof)).toBe("题目过期了。");
    harness.moveTo("2026-11-23T02:09:59.999Z");
    expect(await countReports(harness)).toBe(30);
    expect(await harness.db.sql.select().from(spentProofs)).toEqual([]);

    expect((await first.file(proof)).status).toBe(201);
  });

  test("cannot save up light proofs: where much more was filed meanwhile they are not enough", async () => {
    const { harness, first } = await afterThirty();
    const light = solve((await demandOf(await first.file())).proofOfWork);
    await setHour(harness, 30, 100);

    const { errors, proofOfWork } = await demandOf(await first.file(light));

    expect(errors[0].detail).toBe("这会儿提交的更多了，题目要换难一点的。");
    expect(proofOfWork.bits).toBe(17);
    expect(await countReports(harness)).toBe(30);
  });

  test("uses a proof once, at whichever instance, and also where the hour begins anew", async () => {
    const { harness, first } = await afterThirty();
    const second = await harness.secondInstance();
    harness.moveTo("2026-11-23T02:55:00Z");
    const { proofOfWork } = await demandOf(await first.file());
    const proof = solve(proofOfWork);
    expect((await first.file(proof, { at: second.app })).status).toBe(201);
    harness.moveTo("2026-11-23T03:00:00Z");
    await fillHour(harness);

    for (const at of [harness.app, second.app]) {
      // Another counter that fits is the same proof.
      for (const value of [proof, solve(proofOfWork, Number(proof.split(":")[1]) + 1)]) {
        const { errors } = await demandOf(await first.file(value, { at }));
        expect(errors[0].detail).toBe("这个答案用过了。");
      }
    }
    expect(await countReports(harness)).toBe(61);
    expect(await harness.db.sql.select().from(spentProofs)).toMatchObject([
      { nonce: proofOfWork.challenge.split(".")[1], expiresAt: new Date("2026-11-23T03:05:00Z") },
    ]);

    harness.moveTo("2026-11-23T03:05:00.001Z");
    await harness.tend();
    expect(await harness.db.sql.select().from(spentProofs)).toEqual([]);
  });

  test("gets five through from one address at two instances at once, and one for one proof", async () => {
    const harness = await createHarness();
    const second = await harness.secondInstance();
    const bothInstances = [harness.app, second.app];
    const visitors = await Promise.all([...Array(6)].map(() => visitor(harness)));

    const answers = await Promise.all(
      visitors.flatMap(({ file }) => bothInstances.map((at) => file(undefined, { at }))),
    );

    expect(answers.map(({ status }) => status).sort()).toEqual([
      ...Array(5).fill(201),
      ...Array(7).fill(429),
    ]);
    for (const answer of answers.filter(({ status }) => status === 429))
      expect(await answer.json()).toMatchObject({ type: "/problems/too_many_requests" });
    expect(await countReports(harness)).toBe(5);

    await fillHour(harness);
    const { file } = await visitor(harness, "192.0.2.2");
    const proof = solve((await demandOf(await file())).proofOfWork);
    const again = await Promise.all([...bothInstances, ...bothInstances].map((at) => file(proof, { at })));
    expect(again.map(({ status }) => status).sort()).toEqual([201, 429, 429, 429]);
    expect(await countReports(harness)).toBe(36);
  });

  test("does not fail for others who file at the same moment from elsewhere, each with a proof", async () => {
    const { harness } = await afterThirty();
    const second = await harness.secondInstance();
    const proven = await Promise.all(
      [...Array(8)].map(async (_, n) => {
        const { file } = await visitor(harness, `192.0.2.${n}`);
        return { file, proof: solve((await demandOf(await file())).proofOfWork) };
      }),
    );

    const answers = await Promise.all(
      proven.map(({ file, proof }, n) => file(proof, { at: n % 2 ? second.app : harness.app })),
    );

    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(201));
    expect(await countersOf(harness)).toContain(38);
  });

  test("may use its Idempotency-Key again after the refusal, and files once under it", async () => {
    const { harness, first } = await afterThirty();
    const { proofOfWork } = await demandOf(await first.file(undefined, { key: "k-1" }));
    const proof = solve(proofOfWork);

    const filed = await first.file(proof, { key: "k-1" });
    const [withProof, without] = [
      await first.file(proof, { key: "k-1" }),
      await first.file(undefined, { key: "k-1" }),
    ];

    expect([filed.status, withProof.status, without.status]).toEqual([201, 201, 201]);
    const answer = await filed.text();
    expect([await withProof.text(), await without.text()]).toEqual([answer, answer]);
    expect(await countReports(harness)).toBe(31);
    // A proof that was used is none for another report.
    await demandOf(await first.file(proof, { key: "k-2" }));
    expect(await countReports(harness)).toBe(31);
  });
});

describe("a conversation on the web that would file", () => {
  /** Says all that a report needs, up to the question whether to file it. */
  async function upToConfirming(harness: Harness) {
    const { say } = await visitor(harness);
    let answer: Answer | undefined;
    for (const text of ["我要举报，献县冀卡扣件印假专利号", "没了", "匿名", "就这些"]) {
      answer = (await (await say(text)).json()) as Answer;
      if (answer.state === "confirming") break;
    }
    expect(answer).toMatchObject({ state: "confirming", form: { slots: { anonymous: true } } });
    return { say, form: answer?.form };
  }

  test("asks for the proof at the yes, keeps the draft, and files once when the same message comes again with it", async () => {
    const { harness } = await afterThirty();
    const { say } = await upToConfirming(harness);
    const turns = await harness.db.sql.select().from(conversationTurns);

    const { proofOfWork } = await demandOf(await say("确认", { id: "yes" }));
    expect(await harness.db.sql.select().from(conversationTurns)).toEqual(turns);
    expect(await countReports(harness)).toBe(30);

    const proof = solve(proofOfWork);
    const filed = await say("确认", { id: "yes", proof });
    expect(filed.status).toBe(200);
    const answer = await filed.text();
    expect(JSON.parse(answer)).toMatchObject({
      state: "filed",
      form: { slots: { infringer: "冀卡扣件", county: "献县" } },
      reports: [{ office: { code: "130929" } }],
    });
    expect(await (await say("确认", { id: "yes", proof })).text()).toBe(answer);
    expect(await (await say("确认", { id: "yes" })).text()).toBe(answer);
    expect(await countReports(harness)).toBe(31);
  });

  test("goes on without the proof: the person may change the draft, or come back in the next hour", async () => {
    const { harness } = await afterThirty();
    const { say, form } = await upToConfirming(harness);
    await demandOf(await say("确认", { id: "yes" }));

    const changed = (await (await say("不对，是南皮县的")).json()) as Answer;
    expect(changed.form?.slots).toEqual({ ...form?.slots, county: "南皮县" });
    await demandOf(await say("确认", { id: "yes again" }));
    harness.moveTo("2026-11-23T03:00:00Z");

    expect(await (await say("确认", { id: "yes again" })).json()).toMatchObject({ state: "filed" });
    expect(await countReports(harness)).toBe(31);
  });

  test("that crosses with others' at the last of an address is told so, and loses nothing", async () => {
    const harness = await createHarness();
    const { file } = await visitor(harness);
    for (let n = 0; n < 3; n++) expect((await file()).status).toBe(201);
    const people = await Promise.all([...Array(4)].map(() => upToConfirming(harness)));

    const answers = await Promise.all(people.map(({ say }, n) => say("确认", { id: `yes ${n}` })));

    const told = (await Promise.all(answers.map((answer) => answer.json()))) as Answer[];
    expect(told.map(({ state }) => state).sort()).toEqual(["confirming", "confirming", "filed", "filed"]);
    expect(await countReports(harness)).toBe(5);
    harness.moveTo("2026-11-23T03:00:00Z");
    for (const { say } of people.filter((_, n) => told[n]?.state === "confirming")) {
      expect(await (await say("确认")).json()).toMatchObject({ state: "filed" });
    }
    expect(await countReports(harness)).toBe(7);
  });

  test("by a channel token never asks", async () => {
    const { harness } = await afterThirty();
    for (const channel of ["web", "wechaty_private", "official_account"] as const) {
      for (let n = 0; n < 3; n++) {
        const answer = await harness
          .person(undefined, channel)
          .tell("我要举报，献县冀卡扣件印假专利号", "没了", "匿名", "确认");
        expect(answer.state).toBe("filed");
      }
    }
  });
});
