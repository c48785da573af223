import fc from "fast-check";
import { expect, test } from "vitest";
import { filing } from "../support/filing.ts";
import { type Harness, tinyPng } from "../support/harness.ts";
import { scale } from "../support/scale.ts";
import { type Headers, withStaff } from "../support/staff.ts";

/** The county whose people look, and the counties that they must never learn of. */
const own = { county: "献县", office: "130929" };
const others = [
  { county: "南皮县", office: "130927" },
  { county: "沧县", office: "130921" },
] as const;

/** Reports that have everything in common: another county's copy of one is what duplicates are made of. */
const templates = [
  { reportType: "假冒专利", infringer: "冀卡扣件厂", patentNumber: "ZL202320901414.6", product: "弯管卡扣" },
  {
    reportType: "假冒专利",
    infringer: "冀卡扣件厂",
    product: "弯管卡扣",
    description: "外包装印着已经失效的专利号",
  },
  {
    reportType: "专利纠纷调解",
    infringer: "宏达门窗厂",
    patentNumber: "ZL202330901414.4",
    anonymous: undefined,
    contactName: "刘建国",
    contactPhone: "13800001234",
    relation: "权利人",
  },
  { reportType: "商标侵权", infringer: "宏达门窗厂", platform: "某平台", link: "https://example.com/item/1" },
] as const;

/** One report: where, which of the templates, and what the office did with it. */
type Planned = {
  county: number;
  template: number;
  acts: readonly ("accept" | "supervise" | "report_progress")[];
};

const planned: fc.Arbitrary<Planned> = fc.record({
  county: fc.integer({ min: -1, max: others.length - 1 }),
  template: fc.integer({ min: 0, max: templates.length - 1 }),
  acts: fc.array(fc.constantFrom("accept" as const, "supervise" as const, "report_progress" as const), {
    maxLength: 2,
  }),
});

/** Ids, numbers and hashes that chance makes, by the order in which they are first seen: alike in two worlds if all else is. */
function createMask() {
  const names = new Map<string, string>();
  const random = /\b[a-z]+_[0-9a-z]{26}\b|\bCZ-[0-9A-Z]{5}-[0-9A-Z]{5}\b|\b[0-9a-f]{64}\b/g;
  const nameOf = (found: string) => {
    const name = names.get(found) ?? `<${names.size + 1}>`;
    names.set(found, name);
    return name;
  };
  return (text: string) =>
    text
      // A cursor is base64 of where a page ended.
      .replaceAll(
        /"nextCursor":"([^"]+)"/g,
        (_, cursor: string) => `"nextCursor":"${Buffer.from(cursor, "base64")}"`,
      )
      .replaceAll(/"(requestId|queryCode|receipt)":"[^"]*"/g, '"$1":""')
      .replaceAll(random, nameOf);
}

async function createWorld() {
  // Ids in the order in which they are made: what is listed by its id is in one order in both worlds.
  let count = 0;
  const newId = (prefix: string) => `${prefix}_${String(++count).padStart(26, "0")}`;
  const people = await withStaff(
    [
      ["head", "office_head", own.office],
      ["handler", "handler", own.office],
      ["desk", "intake_desk", own.office],
      ["theirs", "office_head", others[0].office],
      ["city", "city", "130900"],
    ],
    { newId },
  );
  const { harness } = people;
  let at = 0;
  const moveTo = (instant: string) => {
    at = Date.parse(instant);
    harness.moveTo(instant);
  };
  moveTo("2026-11-23T02:00:00Z");
  /** Nothing happens at the same instant, so that no order is left to chance. */
  const tick = () => moveTo(new Date(at + 1_000).toISOString());
  return { ...people, tick, moveTo };
}

async function upload(harness: Harness, mark: number) {
  const body = new FormData();
  body.set("file", new File([tinyPng(mark)], "photo.png"));
  const headers = { authorization: harness.authorization };
  const response = await harness.request("/api/v1/evidence", { method: "POST", headers, body });
  return ((await response.json()) as { evidenceId: string }).evidenceId;
}

type Filed = { reportNo: string; caseId: string; evidenceId: string; answer: string };

async function file(harness: Harness, { county, template }: Planned, mark: number): Promise<Filed> {
  const evidenceId = await upload(harness, mark);
  const place = county < 0 ? own : others[county];
  const response = await harness.post("/api/v1/reports", {
    ...filing,
    ...templates[template],
    // One sender reports the same in several counties.
    userId: "one-sender",
    county: place?.county,
    evidenceIds: [evidenceId],
  });
  const answer = await response.text();
  if (response.status !== 201) throw new Error(answer);
  const [filed] = (JSON.parse(answer) as { reports: { reportNo: string; caseId: string }[] }).reports;
  if (filed === undefined) throw new Error("Not filed.");
  return { reportNo: filed.reportNo, caseId: filed.caseId, evidenceId, answer };
}

async function actOn(harness: Harness, headers: Headers, caseId: string, action: string, body: object = {}) {
  const found = await harness.request(`/api/v1/cases/${caseId}`, { headers });
  const { revision } = (await found.json()) as { revision: number };
  await harness.post(
    `/api/v1/cases/${caseId}/actions/${action}`,
    { revision, note: "说明", ...body },
    headers,
  );
}

const bodies = { accept: {}, supervise: { reportBy: "2027-01-15" }, report_progress: {} };

/** What stands where another county's thing would: in the world without it, something that there is not. */
const nothing: Filed = {
  reportNo: "CZ-00000-00000",
  caseId: "case_00000000000000000000000000",
  evidenceId: "evidence_00000000000000000000000000",
  answer: "",
};

/**
 * Everything that a county's people are told after some reports, masked. `withOthers`: whether the other counties'
 * reports are there, or only its own.
 */
async function tellAll(plan: readonly Planned[], withOthers: boolean) {
  const { harness, signIn, tick, moveTo, idOf } = await createWorld();
  const mask = createMask();
  const told: [asked: string, answer: string][] = [];
  const mine: Filed[] = [];
  let theirs: Filed | undefined;
  const city = await signIn("city");
  for (const [index, one] of plan.entries()) {
    tick();
    if (one.county >= 0 && !withOthers) continue;
    const filed = await file(harness, one, index);
    if (one.county < 0) {
      mine.push(filed);
      told.push([`${index}: what its sender is told`, filed.answer]);
    } else theirs ??= filed;
    for (const action of one.acts) await actOn(harness, city, filed.caseId, action, bodies[action]);
  }
  if (withOthers && theirs !== undefined) {
    // Two counties that are at odds, and a case on its way between them, are no third one's to know.
    const second = await file(harness, { county: 0, template: 0, acts: [] }, 100);
    const third = await file(harness, { county: 1, template: 0, acts: [] }, 101);
    await actOn(harness, city, second.caseId, "transfer", {
      office: others[1].office,
      reason: "wrong_place",
    });
    await actOn(harness, city, third.caseId, "raise_dispute", {
      office: others[0].office,
      reason: "wrong_place",
    });
    await actOn(harness, city, theirs.caseId, "link", { caseId: second.caseId, relation: "duplicate" });
    const first = mine[0];
    if (first !== undefined) {
      await actOn(harness, city, theirs.caseId, "link", { caseId: first.caseId, relation: "duplicate" });
    }
    const head = await signIn("theirs");
    await actOn(harness, head, theirs.caseId, "report_progress");
    const wrong = { "X-Query-Code": "00000000" };
    await harness.request(`/api/v1/reports/${theirs.reportNo}`, { headers: wrong });
  }
  moveTo("2026-12-21T02:00:00Z");
  await harness.tend();
  const reminders = await harness.reminders.inbox(
    {
      accountId: "",
      account: "",
      name: "",
      role: "office_head",
      officeCode: others[0].office,
      offices: [others[0].office],
      permissions: ["case:approve"],
    },
    1,
    undefined,
  );
  const reminder = reminders.items[0]?.reminder.id ?? "reminder_00000000000000000000000000";

  const whole = await harness.request("/api/v1/cases?limit=200", { headers: await signIn("city") });
  const { items } = (await whole.json()) as { items: { office: { code: string } }[] };
  const ofOwn = items.filter(({ office }) => office.code === own.office).length;
  expect(ofOwn).toBe(mine.length);
  expect(items.length - ofOwn > 0).toBe(withOthers);

  const alien = theirs ?? nothing;
  for (const who of ["head", "handler", "desk"]) {
    const headers = await signIn(who);
    const ask = async (asked: string, path: string, body?: unknown) => {
      tick();
      const response =
        body === undefined
          ? await harness.request(`/api/v1${path}`, { headers })
          : await harness.post(`/api/v1${path}`, body, headers);
      const text = await response.text();
      told.push([`${who}: ${asked}`, `${response.status} ${text}`]);
      return text;
    };
    /** Page by page, so that no page is shorter for what is left out of it. */
    const walk = async (path: string, limit: number) => {
      let cursor: string | null = "";
      for (let page = 0; cursor !== null && page < 20; page++) {
        const at: string = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
        const text = await ask(`${path} by ${limit}, page ${page}`, `${path}limit=${limit}${at}`);
        cursor = (JSON.parse(text) as { nextCursor: string | null }).nextCursor;
      }
    };
    for (const path of ["/cases?", "/cases?sort=due&", "/reminders?", "/overdue?"]) {
      await walk(path, 1);
      await walk(path, 50);
    }
    for (const filter of [
      "state=routed",
      "state=accepted",
      "state=transferred",
      "track=penalty",
      "track=ruling",
      `matter=${encodeURIComponent("假冒专利")}`,
      "supervised=true",
      "incoming=true",
      "overdue=true",
      "overdue=true&sort=due",
      "format=csv",
      "format=csv&incoming=true",
    ]) {
      await ask(filter, `/cases?${filter}`);
    }
    await ask("its handler", `/cases?handler=${idOf("theirs")}`);
    await ask("its number", `/cases?reportNo=${alien.reportNo}`);
    await ask("after it", `/cases?cursor=${btoa(`9999999999999|${alien.caseId}`)}`);
    await ask("after it, by day", `/cases?sort=due&cursor=${btoa(`2026-11-01|${alien.caseId}`)}`);
    await ask("its office's late cases", `/overdue?office=${others[0].office}`);
    await ask("it", `/cases/${alien.caseId}`);
    await ask("its events", `/cases/${alien.caseId}/events`);
    await ask("its file", `/cases/${alien.caseId}/evidence/${alien.evidenceId}`);
    await ask("a step of it", `/cases/${alien.caseId}/actions/report_progress`, { revision: 2 });
    await ask("its reminder", `/reminders/${reminder}/read`, {});
    for (const { caseId, evidenceId } of mine) {
      const detail = await ask("a case", `/cases/${caseId}`);
      expect(told.at(-1)?.[1]).toMatch(/^200 /);
      await ask("its events", `/cases/${caseId}/events`);
      await ask("a file", `/cases/${caseId}/evidence/${evidenceId}`);
      await ask("another's file", `/cases/${caseId}/evidence/${alien.evidenceId}`);
      const { revision } = JSON.parse(detail) as { revision: number };
      for (const relation of ["duplicate", "mixed"]) {
        await ask("a link to it", `/cases/${caseId}/actions/link`, {
          revision,
          caseId: alien.caseId,
          relation,
        });
      }
    }
    await ask("accounts", "/staff/accounts");
    await ask("who acted", "/audit?limit=200");
    await ask("what their people did", "/audit?account=theirs");
    await ask("who acted on it", `/audit?subject=${alien.caseId}`);
    await ask("oneself", "/staff/me");
  }
  return told.map(([asked, answer]) => [asked, mask(answer)] as const);
}

test(
  "a county's people are told the same whether other counties have reports of the same, or none",
  async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(planned, { minLength: 3, maxLength: 6 }), async (random) => {
        // At least one of theirs before one of ours, and one after: what came first must not matter.
        const plan: Planned[] = [
          { county: 0, template: 0, acts: ["accept", "supervise"] },
          { county: -1, template: 0, acts: ["accept"] },
          ...random,
          { county: 1, template: 0, acts: [] },
        ];
        const [withThem, without] = [await tellAll(plan, true), await tellAll(plan, false)];
        expect(withThem.map(([asked]) => asked)).toEqual(without.map(([asked]) => asked));
        const differing = withThem.flatMap(([asked, answer], index) =>
          answer === without[index]?.[1] ? [] : [{ asked, answer, without: without[index]?.[1] }],
        );
        expect(differing).toEqual([]);
        compared += withThem.length;
      }),
      { numRuns: scale(2, 40), endOnFailure: true },
    );
    expect(compared).toBeGreaterThan(200);
  },
  scale(90_000, 600_000),
);
