import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { scale } from "../../test/support/scale.ts";
import { AppError } from "../core/error.ts";
import { canonicalJson } from "../crypto/canonical-json.ts";
import {
  applyEvent,
  type CaseEvent,
  type CaseEventKind,
  type CaseProjection,
  caseEventKinds,
  type Due,
  parseEvent,
  replay,
  statesBefore,
} from "./case.ts";
import { chainStart, firstBrokenLink, hashEvent } from "./chain.ts";

const due: Due = { on: "2026-12-07", kind: "statutory", ruleId: "r", provisional: false };
const data: { [K in CaseEventKind]: Extract<CaseEvent, { kind: K }>["data"] } = {
  received: { reportId: "report_1", matter: "假冒专利", county: "献县", channel: "web", contentHash: "0" },
  routed: { office: "130929", basis: [], due },
  petition_awaited: {},
  petition_received: { due },
  accepted: { due: null },
  supplemented: { texts: 1, files: 0 },
  withdrawn: {},
  due_recomputed: { due },
};
const event = (kind: CaseEventKind, seq: number): CaseEvent =>
  ({ caseId: "case_1", seq, kind, at: new Date(seq), actor: "system", data: data[kind] }) as CaseEvent;

describe("the lifecycle", () => {
  const steps = fc.array(fc.constantFrom(...caseEventKinds), { maxLength: 30 });

  test("takes only the steps of its table, and every lawful history replays to itself", () => {
    fc.assert(
      fc.property(steps, (kinds) => {
        const history: CaseEvent[] = [];
        let current: CaseProjection | undefined;
        for (const kind of kinds) {
          const next = event(kind, history.length + 1);
          const lawful =
            current === undefined ? kind === "received" : statesBefore(kind).includes(current.state);
          if (lawful) {
            current = applyEvent(current, next);
            history.push(next);
            expect(current.seq).toBe(history.length);
          } else {
            expect(() => applyEvent(current, next)).toThrow(AppError);
          }
        }
        if (current !== undefined) expect(replay(history)).toEqual(current);
      }),
      { numRuns: scale(500, 20_000) },
    );
  });

  test.each([1, 3, 0])("refuses an event numbered %i after the first", (seq) => {
    const first = applyEvent(undefined, event("received", 1));
    expect(() => applyEvent(first, event("routed", seq))).toThrow(
      expect.objectContaining({ code: "changed_meanwhile" }),
    );
  });

  test("does not go on after a withdrawal", () => {
    const withdrawn = replay([event("received", 1), event("routed", 2), event("withdrawn", 3)]);
    for (const kind of caseEventKinds) {
      expect(() => applyEvent(withdrawn, event(kind, 4)), kind).toThrow(AppError);
    }
  });
});

describe("the chain", () => {
  async function linked(kinds: readonly CaseEventKind[]) {
    const links: { event: CaseEvent; previousHash: string; hash: string }[] = [];
    let previousHash = chainStart;
    for (const [index, kind] of kinds.entries()) {
      const one = event(kind, index + 1);
      const hash = await hashEvent(one, previousHash);
      links.push({ event: one, previousHash, hash });
      previousHash = hash;
    }
    return links;
  }
  const kinds = ["received", "routed", "supplemented", "accepted"] as const;

  test("is whole as it was written, also after a round trip through text", async () => {
    const links = (await linked(kinds)).map((link) => ({
      ...link,
      event: parseEvent({ ...link.event, data: JSON.stringify(link.event.data) }),
    }));
    expect(await firstBrokenLink(links)).toBeUndefined();
  });

  test("tells an event taken out, moved or put in", async () => {
    const links = await linked(kinds);
    expect(await firstBrokenLink(links.toSpliced(1, 1))).toBe(2);
    expect(await firstBrokenLink([...links.slice(0, 1), ...links.slice(1).reverse()])).toBe(2);
    expect(await firstBrokenLink([...links, ...links.slice(3)])).toBe(5);
  });

  test("hashes equal data alike, whatever the order of its members", () => {
    expect(canonicalJson({ b: [1, { d: null, c: "x" }], a: true })).toBe(
      canonicalJson({ a: true, b: [1, { c: "x", d: null }] }),
    );
  });
});
