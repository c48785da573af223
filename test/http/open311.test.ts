import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import fc from "fast-check";
import { XMLValidator } from "fast-xml-parser";
import { describe, expect, test } from "vitest";
import { caseEvents, cases } from "../../src/cases/schema.ts";
import { type Document, type Node, plainText, write } from "../../src/channels/open311/document.ts";
import { createNewId } from "../../src/core/new-id.ts";
import { deletionRequests, evidence, identities, reports } from "../../src/reports/schema.ts";
import { type Canary, canariesIn } from "../support/canary.ts";
import { tinyPng } from "../support/harness.ts";
import { apiKey, asTexts, copyCases, createDoor, fromXml, otherKey, request } from "../support/open311.ts";

type Door = Awaited<ReturnType<typeof createDoor>>;
type Told = Record<string, unknown>;

const runs = process.env["FULL"] === "1" ? 1_000 : 30;

/** Ids that are the same each time, so that answers can be compared with files. */
function countingIds() {
  let count = 0;
  return createNewId((length) => {
    count += 1;
    return Uint8Array.from({ length }, (_, index) =>
      index === length - 1 ? count & 255 : index === length - 2 ? count >> 8 : 0,
    );
  });
}

/** A report over the API that everybody uses. */
async function file({ harness }: Door, slots: Record<string, unknown>) {
  const response = await harness.post("/api/v1/reports", {
    channel: "mini_program",
    userId: "u",
    reportType: "假冒专利",
    infringer: "冀卡扣件",
    county: "献县",
    contactPhone: "13912340917",
    contactName: "刘鸿骞",
    ...slots,
  });
  expect(response.status).toBe(201);
  const { reports: opened } = (await response.json()) as { reports: [{ caseId: string; reportNo: string }] };
  return opened[0];
}

const many = (
  count: number,
  prefix: string,
  more: Omit<Parameters<typeof copyCases>[1][number], "id"> = {},
) =>
  Array.from({ length: count }, (_, index) => ({
    id: `case_${prefix}${String(index).padStart(5, "0")}`,
    ...more,
  }));

describe("each call in both formats", () => {
  test("is as the golden files have it", async () => {
    const door = await createDoor({ newId: countingIds() });
    const { harness, get, post, submit } = door;
    const { service_request_id: id } = await submit();
    for (let count = 0; count < 4; count += 1) await submit();
    const headers = await harness.signIn();
    const accepted = await harness.post(`/api/v1/cases/${id}/actions/accept`, { revision: 2 }, headers);
    expect(accepted.status).toBe(200);
    const token = (await (
      await post("v2/requests.json", { ...request, client_request_id: "golden" }, { Prefer: "respond-async" })
    ).json()) as [{ token: string }];

    const calls: [name: string, ask: (format: string) => Promise<Response>][] = [
      ["discovery", (format) => get(`discovery.${format}`)],
      ["services", (format) => get(`v2/services.${format}`)],
      ["definition", (format) => get(`v2/services/patent_infringement.${format}`)],
      ["submitted", (format) => post(`v2/requests.${format}`, { ...request, client_request_id: "golden" })],
      ["token", (format) => get(`v2/tokens/${token[0].token}.${format}`)],
      ["requests", (format) => get(`v2/requests.${format}`)],
      ["request", (format) => get(`v2/requests/${id}.${format}?extensions=true`)],
      ["updates", (format) => get(`v2/servicerequestupdates.${format}`)],
      ["errors", (format) => post(`v2/requests.${format}`, { api_key: apiKey, phone: "1", lat: "x" })],
    ];
    const folder = join(import.meta.dirname, "../golden/open311");
    for (const [name, ask] of calls) {
      const texts: Record<string, string> = {};
      for (const format of ["xml", "json"]) {
        const response = await ask(format);
        expect(response.headers.get("Content-Type")).toBe(
          format === "xml" ? "text/xml; charset=utf-8" : "application/json; charset=utf-8",
        );
        // Numbers and codes of reports are drawn by chance.
        const text = (await response.text())
          .replaceAll(/CZ-[0-9A-Z]{5}-[0-9A-Z]{5}/g, "CZ-00000-00000")
          .replaceAll(/查询码 \d{8}/g, "查询码 00000000");
        const path = join(folder, `${name}.${format}`);
        // Written anew by GOLDEN=write alone.
        if (process.env["GOLDEN"] === "write") {
          mkdirSync(folder, { recursive: true });
          writeFileSync(path, text);
        }
        expect(existsSync(path), path).toBe(true);
        expect(text, path).toBe(readFileSync(path, "utf8"));
        texts[format] = text;
      }
      expect(texts["xml"]).toMatch(/^<\?xml version="1.0" encoding="utf-8"\?>\n/);
      expect(fromXml(texts["xml"] ?? ""), name).toEqual(asTexts(JSON.parse(texts["json"] ?? "")));
    }
  });

  test("says the same in XML and in JSON whatever a text holds", () => {
    const leaf = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("]]>", "&amp;", "<![CDATA[", "\r\n", " 两边 ", "\u0000", "\ud800", "-->", "'\""),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
    );
    const service = fc.record({ service_code: leaf, description: leaf, metadata: fc.boolean() });
    const attributes = fc.array(
      fc.record({ code: leaf, values: fc.array(fc.record({ key: leaf, name: leaf }), { maxLength: 4 }) }),
    );
    fc.assert(
      fc.property(fc.array(service, { maxLength: 4 }), attributes, (services, definitions) => {
        const documents: Document[] = [
          { root: "services", content: services },
          { root: "service_definition", content: { service_code: "a", attributes: definitions as Node } },
        ];
        for (const document of documents) {
          const said = asTexts(JSON.parse(write(document, "json")));
          expect(fromXml(write(document, "xml"))).toEqual(said);
        }
      }),
      { numRuns: runs },
    );
    expect(plainText("a\u0001b\ud800")).toBe("a\ufffdb\ufffd");
  });
});

describe("errors", () => {
  const matrix: [
    call: string,
    method: "GET" | "POST",
    path: string,
    form: Record<string, string>,
    status: number,
  ][] = [
    ["discovery", "GET", "nothing", {}, 404],
    ["services", "GET", "v2/services?jurisdiction_id=boston", {}, 404],
    ["definition", "GET", "v2/services/none", {}, 404],
    ["definition", "GET", "v2/services/other?jurisdiction_id=boston", {}, 404],
    ["requests", "GET", "v2/requests?jurisdiction_id=boston", {}, 404],
    ["requests", "GET", "v2/requests?service_code=none,other,nothing", {}, 404],
    ["requests", "GET", "v2/requests?service_request_id=none", {}, 404],
    ["requests", "GET", "v2/requests?status=broken", {}, 400],
    ["requests", "GET", "v2/requests?start_date=yesterday&end_date=2026-11-23T10:00:00", {}, 400],
    ["requests", "GET", "v2/requests?start_date=2026-02-30T00:00:00Z", {}, 400],
    ["requests", "GET", "v2/requests?start_date=2026-11-02&end_date=2026-11-01", {}, 400],
    ["requests", "GET", "v2/requests?start_date=2026-01-01T00:00:00Z&end_date=2026-11-01T00:00:00Z", {}, 400],
    ["requests", "GET", "v2/requests?page=0", {}, 400],
    ["requests", "GET", "v2/requests?page_size=1001", {}, 400],
    ["request", "GET", "v2/requests/none", {}, 404],
    ["request", "GET", "v2/requests/none?jurisdiction_id=boston", {}, 404],
    ["token", "GET", "v2/tokens/none", {}, 404],
    ["updates", "GET", "v2/servicerequestupdates?jurisdiction_id=boston", {}, 404],
    ["updates", "GET", "v2/servicerequestupdates?start_date=x", {}, 400],
    ["updates", "GET", "v2/servicerequestupdates?service_request_id=none", {}, 200],
    ["submit", "POST", "v2/requests", {}, 403],
    ["submit", "POST", "v2/requests", { ...request, api_key: `${apiKey}x` }, 403],
    ["submit", "POST", "v2/requests", { ...request, service_code: "none" }, 404],
    ["submit", "POST", "v2/requests", { ...request, jurisdiction_id: "boston" }, 404],
    ["submit", "POST", "v2/requests", { ...request, service_code: "" }, 400],
    ["submit", "POST", "v2/requests", { ...request, address_string: "" }, 400],
    ["submit", "POST", "v2/requests", { ...request, address_string: "", lat: "38.3" }, 400],
    ["submit", "POST", "v2/requests", { ...request, address_id: "110000" }, 400],
    ["submit", "POST", "v2/requests", { ...request, phone: "123" }, 400],
    ["submit", "POST", "v2/requests", { ...request, description: "长".repeat(4001) }, 400],
    ["submit", "POST", "v2/requests", { ...request, description: "看<b>这里</b>" }, 400],
    ["submit", "POST", "v2/requests", { ...request, "attribute[county]": "北京" }, 400],
    ["submit", "POST", "v2/requests", { ...request, "attribute[patentNumber]": "ZL202020123456.9" }, 400],
    ["submit", "POST", "v2/requests", { ...request, address_string: "北京市海淀区中关村" }, 400],
    ["submit", "POST", "v2/requests", { ...request, media_url: "http://127.0.0.1/a.jpg" }, 400],
    ["submit", "POST", "v2/requests", { ...request, client_request_id: "k".repeat(201) }, 400],
    ["update", "POST", "v2/servicerequestupdates", {}, 403],
    ["update", "POST", "v2/servicerequestupdates", { api_key: apiKey, status: "BROKEN" }, 400],
    [
      "update",
      "POST",
      "v2/servicerequestupdates",
      { api_key: apiKey, service_request_id: "none", update_id: "1", description: "补充" },
      404,
    ],
    ["other", "POST", "v2/services", {}, 404],
  ];

  test("have their status and body in both formats, and nothing is stored", async () => {
    const { harness, get, post } = await createDoor();
    for (const [call, method, path, form, status] of matrix) {
      const bodies: unknown[] = [];
      for (const format of ["xml", "json"]) {
        const [name = "", query] = path.split("?");
        const address = `${name}.${format}${query === undefined ? "" : `?${query}`}`;
        const response = method === "GET" ? await get(address) : await post(address, form);
        const text = await response.text();
        const label = `${call} ${method} ${address} ${JSON.stringify(form)} ${text}`;
        if (call === "updates" && status === 200) continue;
        expect(response.status, label).toBe(status);
        bodies.push(format === "xml" ? fromXml(text) : asTexts(JSON.parse(text)));
        expect(text, label).not.toContain(apiKey);
      }
      expect(bodies[0]).toEqual(bodies[1]);
      for (const error of (bodies[0] as { code: string; description: string }[] | undefined) ?? []) {
        expect(error.code).toMatch(/^4\d\d$/);
        expect(error.description).toMatch(/[\u4e00-\u9fff]/);
      }
    }
    expect(await harness.db.sql.$count(cases)).toBe(0);
  });

  test("are told all at once", async () => {
    const { post, json } = await createDoor();
    const response = await post("v2/requests.json", {
      api_key: apiKey,
      phone: "1",
      media_url: "ftp://a.example.org/a.jpg",
      description: "<i>x</i>",
    });
    expect(response.status).toBe(400);
    const told = ((await response.json()) as { description: string }[]).map(({ description }) => description);
    expect(told).toHaveLength(5);
    for (const name of ["service_code", "address_string", "HTML", "media_url", "phone"]) {
      expect(
        told.some((line) => line.includes(name)),
        name,
      ).toBe(true);
    }
    const codes = (await json("v2/requests.json?service_code=none,other,nothing")) as { code: number }[];
    expect(codes.map(({ code }) => code)).toEqual([404, 404]);
  });

  test("tell a body that is no form, too large, or in another type", async () => {
    const { harness } = await createDoor();
    const send = (type: string, body: string) =>
      harness.request("/open311/v2/requests.xml", {
        method: "POST",
        headers: { "Content-Type": type },
        body,
      });
    for (const [type, body, code] of [
      ["application/json", "{}", 400],
      ["multipart/form-data; boundary=x", "no parts", 400],
      ["application/x-www-form-urlencoded", `description=${"x".repeat(32 * 1024 * 1024)}`, 413],
    ] as const) {
      const response = await send(type, body);
      expect(response.status).toBe(400);
      expect(fromXml(await response.text())).toMatchObject([{ code: String(code) }]);
    }
  });

  test("say that nothing can be filed where there is no key, and reading goes on", async () => {
    const { get, post, json } = await createDoor({ open311ApiKeys: [] });
    for (const call of ["requests", "servicerequestupdates"]) {
      const response = await post(`v2/${call}.json`, request);
      expect(response.status).toBe(404);
      expect(await response.json()).toEqual([
        { code: 404, description: expect.stringContaining("只能读取") },
      ]);
    }
    expect((await get("v2/requests.xml")).status).toBe(200);
    expect(await json<Told>("discovery.json")).toMatchObject({
      key_service: expect.stringContaining("不接收"),
    });
  });

  test("say that reports are not taken where they are not", async () => {
    const { post, harness } = await createDoor({ intakeOpen: false });
    const response = await post("v2/requests.json", request);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual([{ code: 422, description: expect.stringContaining("12345") }]);
    expect(await harness.db.sql.$count(cases)).toBe(0);
  });
});

describe("a request, however odd", () => {
  const odd = fc.oneof(
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.constantFrom(
      "0000-01-01T00:00:00Z",
      "9999-12-31T23:59:59+14:00",
      "2026-11-23T24:00:00Z",
      "-1",
      "1e9",
      "NaN",
      "\u0000",
      "%",
      "../../etc/passwd",
      "<!ENTITY x SYSTEM 'file:///etc/passwd'>",
      "__proto__",
      "献县",
      "case_1",
      "9".repeat(400),
    ),
  );
  const names = fc.constantFrom(
    "service_code",
    "service_request_id",
    "status",
    "start_date",
    "end_date",
    "page",
    "page_size",
    "extensions",
    "lat",
    "long",
    "address_string",
    "address_id",
    "phone",
    "email",
    "first_name",
    "description",
    "media_url",
    "update_id",
    "client_request_id",
    "attribute[county]",
    "attribute[patentNumber]",
    "attribute[remedy][]",
    "attribute[__proto__]",
    "attribute[showEndsOn]",
    "attribute[",
    "",
  );
  const pairs = fc.array(fc.tuple(names, odd), { maxLength: 8 });

  test("is answered in its format, never with a failure of ours", async () => {
    const door = await createDoor();
    const places = fc.oneof(
      fc.constantFrom("discovery", "v2/services", "v2/requests", "v2/servicerequestupdates"),
      fc
        .tuple(fc.constantFrom("services", "requests", "tokens"), odd)
        .map(([of, id]) => `v2/${of}/${encodeURIComponent(id.toWellFormed())}`),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("xml", "json"),
        places,
        pairs,
        fc.boolean(),
        async (format, place, given, filing) => {
          const asked = new URLSearchParams(given.map(([name, value]) => [name, value]));
          const response = filing
            ? await door.post(`v2/requests.${format}`, [
                ...asked,
                ["api_key", apiKey],
                ["service_code", "other"],
              ])
            : await door.get(`${place}.${format}?${asked}`);
          expect(response.status).toBeLessThan(500);
          const text = await response.text();
          if (format === "json") JSON.parse(text);
          else expect(XMLValidator.validate(text)).toBe(true);
        },
      ),
      { numRuns: runs * 5 },
    );
  });
});

describe("a list", () => {
  test("holds the last 90 days, at most 1,000 at once, by page the rest", async () => {
    const door = await createDoor();
    await file(door, { reportType: "地理标志" });
    await copyCases(door.harness, [
      ...many(1_005, "b", { matter: "假冒专利", openedAt: "2026-11-01T02:00:00Z" }),
      ...many(6, "old", { matter: "假冒专利", openedAt: "2026-08-24T15:00:00Z" }),
      ...many(6, "first", { matter: "假冒专利", openedAt: "2026-08-25T15:59:59Z" }),
    ]);
    const ids = async (query: string) =>
      (await door.json<{ service_request_id: string }[]>(`v2/requests.json${query}`)).map(
        (one) => one.service_request_id,
      );
    const first = await ids("");
    expect(first).toHaveLength(1_000);
    const second = await ids("?page=2");
    expect(second).toHaveLength(11);
    expect(new Set([...first, ...second]).size).toBe(1_011);
    expect(second.filter((id) => id.startsWith("case_first"))).toHaveLength(6);
    expect([...first, ...second].some((id) => id.startsWith("case_old"))).toBe(false);
    expect(await ids("?page=3")).toEqual([]);
    expect(await ids("?page_size=7&page=2")).toEqual(first.slice(7, 14));

    const older = await ids("?start_date=2026-08-24T00:00:00%2B08:00&end_date=2026-08-25T00:00:00Z");
    expect(older.sort()).toEqual(
      many(12, "", {})
        .slice(0, 12)
        .map((_, index) => (index < 6 ? `case_first0000${index}` : `case_old0000${index - 6}`)),
    );
    // A plus that was not encoded comes as a space; a time of day finds out nothing.
    for (const start of ["2026-08-25T23:59:00 08:00", "2026-08-25", "2026-08-25T15:59:59.999Z"]) {
      expect(await ids(`?start_date=${start}&end_date=2026-08-25T15:59:59.999Z`)).toHaveLength(6);
    }
  });

  test("goes by comma lists, and ids override all else", async () => {
    const door = await createDoor();
    await file(door, { reportType: "地理标志" });
    await copyCases(door.harness, [
      ...many(5, "a", { matter: "假冒专利" }),
      ...many(5, "b", { matter: "商标侵权", state: "closed" }),
      ...many(5, "c", { matter: "著作权", track: "handover" }),
    ]);
    const count = async (query: string) => {
      const found = await door.json<Told[]>(`v2/requests.json?${query}`);
      return [found.length, [...new Set(found.map((one) => one["service_code"]))].sort()];
    };
    expect(await count("service_code=counterfeit_patent,trademark")).toEqual([
      10,
      ["counterfeit_patent", "trademark"],
    ]);
    expect(await count("service_code=copyright")).toEqual([5, ["copyright"]]);
    expect(await count("status=closed")).toEqual([5, ["trademark"]]);
    expect(await count("status=open,closed")).toEqual([15, ["copyright", "counterfeit_patent", "trademark"]]);
    expect(await count("service_code=counterfeit_patent, trademark,&status=,open")).toEqual([
      5,
      ["counterfeit_patent"],
    ]);

    const named = await door.json<Told[]>(
      "v2/requests.json?service_request_id=case_b00001,case_a00000,case_gone,case_b00001&service_code=none&status=x&start_date=x&page=x",
    );
    expect(named.map((one) => one["service_request_id"])).toEqual(["case_b00001", "case_a00000"]);
  });

  test("does not see an empty parameter, or one that is null", async () => {
    const door = await createDoor();
    await file(door, { reportType: "地理标志" });
    await copyCases(door.harness, many(6, "a", { matter: "假冒专利" }));
    const names = [
      "jurisdiction_id",
      "service_request_id",
      "service_code",
      "start_date",
      "end_date",
      "status",
      "page",
      "page_size",
      "extensions",
      "api_key",
    ];
    const calls = [
      "discovery",
      "v2/services",
      "v2/services/other",
      "v2/requests",
      "v2/requests/case_a00001",
      "v2/servicerequestupdates",
    ];
    const plain = new Map<string, string>();
    for (const call of calls) plain.set(call, await (await door.get(`${call}.json`)).text());
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...calls),
        fc.array(fc.tuple(fc.constantFrom(...names), fc.constantFrom("", " ", "null", "NULL", ",", "%09")), {
          maxLength: 6,
        }),
        async (call, parameters) => {
          const query = parameters
            .filter(([name, value]) => value !== "," || /service|status/.test(name))
            .map(([name, value]) => `${name}=${value}`);
          expect(await (await door.get(`${call}.json?${query.join("&")}`)).text()).toBe(plain.get(call));
        },
      ),
      { numRuns: runs },
    );
    // In a submission, too: each empty field is as one that was left out.
    const { service_request_id } = await door.submit({
      media_url: "",
      lat: "null",
      long: "",
      "attribute[product]": " ",
      account_id: "null",
    });
    expect(service_request_id).toMatch(/^case_/);
  });
});

describe("what is public", () => {
  test("is nothing that is hidden: it is as absent, to the byte", async () => {
    const door = await createDoor();
    const anonymous = await file(door, { anonymous: true, contactName: undefined, contactPhone: undefined });
    const lead = await file(door, { reportType: "专利侵权", relation: "知情人" });
    const mediation = await file(door, { reportType: "专利纠纷调解" });
    const secret = await file(door, { reportType: "侵犯商业秘密" });
    const advice = await file(door, { reportType: "其他" });
    const aid = await file(door, { kind: "aid", application: {} });
    const forgotten = await file(door, { userId: "forgotten" });
    const [row] = await door.harness.db.sql.select().from(cases).where(eq(cases.id, forgotten.caseId));
    await door.harness.db.write([
      door.harness.db.sql.insert(deletionRequests).values({
        reportId: row?.reportId ?? "",
        part: "sender",
        requestedAt: door.harness.now(),
        waitsFor: "closing",
      }),
    ]);
    await copyCases(door.harness, [{ id: "case_found", origin: "discovered" }]);
    // Enough of each cell, were they public.
    await copyCases(door.harness, many(5, "a", { anonymous: true }));

    const answers = async (id: string) => {
      const told: string[] = [];
      for (const format of ["json", "xml"]) {
        for (const path of [
          `v2/requests/${id}.${format}`,
          `v2/requests/${id}.${format}?extensions=true`,
          `v2/requests.${format}?service_request_id=${id}`,
          `v2/servicerequestupdates.${format}?service_request_id=${id}`,
          `v2/tokens/${id}.${format}`,
        ]) {
          const response = await door.get(path);
          const headers = [...response.headers].filter(([name]) => name !== "x-request-id");
          told.push(`${response.status} ${JSON.stringify(headers)} ${await response.text()}`);
        }
      }
      return told;
    };
    const absent = await answers("case_00000000000000000000000000");
    for (const { caseId } of [anonymous, lead, mediation, secret, advice, aid, forgotten]) {
      expect(await answers(caseId)).toEqual(absent);
    }
    expect(await answers("case_found")).toEqual(absent);
    // By its number, no report is found: numbers are for those who hold them.
    expect(await answers(forgotten.reportNo)).toEqual(absent);
    expect(await door.json("v2/requests.json")).toEqual([]);
    expect(await (await door.get("bulk/requests.csv")).text()).toMatch(/^[^\n]+\n$/);
    const open = await file(door, { county: "南皮县" });
    expect((await answers(open.caseId)).filter((one) => one.startsWith("200"))).toHaveLength(8);
  });

  test("is not told of fewer than five: a small cell loses its county, a smaller month its rows", async () => {
    const door = await createDoor();
    await file(door, { userId: "x", county: "青县", reportType: "著作权" });
    const [seed] = await door.harness.db.sql.select().from(cases);
    await copyCases(door.harness, [
      ...many(5, "xian", { matter: "假冒专利", county: "献县" }),
      ...many(4, "nanpi", { matter: "假冒专利", county: "南皮县" }),
      ...many(1, "qing", { matter: "假冒专利", county: "青县" }),
      ...many(4, "brand", { matter: "商标侵权", county: "献县" }),
      // Not public, and so no company for the others.
      ...many(3, "brandhidden", { matter: "商标侵权", county: "献县", anonymous: true }),
      // Another month is another cell, though a window takes in both.
      ...many(4, "octo", { matter: "商标侵权", county: "献县", openedAt: "2026-10-30T02:00:00Z" }),
    ]);
    const listed =
      await door.json<{ service_request_id: string; address: string; address_id: string | null }[]>(
        "v2/requests.json",
      );
    const told = new Map(listed.map((one) => [one.service_request_id, [one.address, one.address_id]]));
    expect(told.get("case_xian00000")).toEqual(["河北省沧州市献县", "130929"]);
    expect(told.get("case_nanpi00003")).toEqual(["河北省沧州市", null]);
    expect(told.get("case_qing00000")).toEqual(["河北省沧州市", null]);
    expect(told.size).toBe(10);
    // Who knows the id knows of it already: it is told, without its county.
    expect(await door.json("v2/requests/case_brand00001.json")).toMatchObject([
      { address: "河北省沧州市", address_id: null },
    ]);
    expect(await door.json(`v2/requests/${seed?.id}.json`)).toMatchObject([
      { service_code: "copyright", address: "河北省沧州市" },
    ]);
    // A filter does not make a cell larger or smaller.
    expect(
      await door.json<Told[]>("v2/requests.json?status=open&service_code=trademark&start_date=2026-10-01"),
    ).toEqual([]);

    const csv = (await (await door.get("bulk/requests.csv")).text()).trimEnd().split("\r\n");
    expect(csv[0]).toBe(
      "service_request_id,requested_datetime,updated_datetime,closed_date,status_description,status_notes,source,service_name,service_subtype,description,agency_responsible,address,lat,long",
    );
    expect(csv).toHaveLength(11);
    expect(csv.filter((line) => line.includes("献县"))).toHaveLength(5);
    expect(csv.filter((line) => /南皮|青县|商标|著作权/.test(line))).toEqual([]);
    expect(csv.find((line) => line.startsWith("case_xian00000"))).toBe(
      "case_xian00000,2026-11-23T00:00:00+08:00,2026-11-23T00:00:00+08:00,,Routing,已转办,,假冒专利,,,沧州市市场监督管理局（沧州市知识产权局）,河北省沧州市献县,,",
    );
  });

  test("holds nothing of what a person wrote, nor the time of day", async () => {
    const door = await createDoor({
      now: "2026-11-23T02:34:56Z",
      publicFetch: async () => new Response(tinyPng(3)),
    });
    const planted: Canary[] = [
      ["description", "司空照夜说的那批货"],
      ["first_name", "疏影"],
      ["phone", "13912341017"],
      ["email", "zhaoshuying@mail.example.org"],
      ["device_id", "device-7f31-东方既白"],
      ["account_id", "account-宇文霁月"],
      ["address_string", "献县解放西路牡丹园17号楼"],
      ["media_url", "https://media.example.org/夏侯知微.png"],
      ["attribute[infringer]", "端木扣件厂"],
      ["attribute[product]", "申屠牌扣件"],
      ["attribute[market]", "钟离市场"],
      ["attribute[stall]", "慕容三排五号"],
      ["attribute[link]", "https://shop.example.org/公冶长庚"],
      ["client_request_id", "client-濮阳问雪"],
    ].map(([name = "", text = ""]) => ({ name, text }));
    const form = {
      ...request,
      last_name: "赵",
      ...Object.fromEntries(planted.map(({ name, text }) => [name, text])),
    };
    const answers: [string, string][] = [];
    const keep = async (label: string, response: Response) => {
      answers.push([label, JSON.stringify([...response.headers]) + (await response.text())]);
      expect(response.status, label).toBe(200);
    };
    let id = "";
    for (let count = 0; count < 5; count += 1) {
      const response = await door.post("v2/requests.json", {
        ...form,
        client_request_id: `client-濮阳问雪-${count}`,
      });
      id = ((await response.clone().json()) as [{ service_request_id: string }])[0].service_request_id;
      await keep("submitted", response);
    }
    const update = {
      api_key: apiKey,
      service_request_id: id,
      update_id: "u1",
      description: "又看到尉迟砚秋",
    };
    planted.push(
      { name: "update", text: "尉迟砚秋" },
      { name: "time", text: "02:34" },
      { name: "time here", text: "10:34" },
    );
    await keep("added", await door.post("v2/servicerequestupdates.json", update));
    for (const format of ["xml", "json"]) {
      for (const path of ["v2/requests", `v2/requests/${id}`, "v2/servicerequestupdates"]) {
        await keep(path, await door.get(`${path}.${format}?extensions=true`));
      }
    }
    await keep("bulk", await door.get("bulk/requests.csv"));
    expect(answers.flatMap(([label, text]) => canariesIn(label, text, planted))).toEqual([]);
    expect(answers.some(([label, text]) => label === "v2/requests" && text.includes(id))).toBe(true);
    // They are there, where they belong.
    expect(await door.harness.db.sql.$count(evidence)).toBe(5);
    expect(await door.harness.db.sql.$count(identities)).toBe(5);
  });
});

describe("updates", () => {
  test("tell the states that a request came to, in the window, with the codes of mySociety", async () => {
    const door = await createDoor();
    const { harness, json } = door;
    const { service_request_id: id } = await door.submit();
    for (let count = 0; count < 4; count += 1) await door.submit();
    const act = async (at: string, action: string, more: object = {}) => {
      harness.moveTo(at);
      const headers = await harness.signIn();
      const [row] = await harness.db.sql.select().from(cases).where(eq(cases.id, id));
      const response = await harness.post(
        `/api/v1/cases/${id}/actions/${action}`,
        { revision: row?.seq, ...more },
        headers,
      );
      expect(response.status, await response.clone().text()).toBe(200);
    };
    await act("2026-11-23T03:00:00Z", "transfer", { office: "130927", reason: "wrong_place" });
    await act("2026-11-23T03:10:00Z", "accept_transfer");
    await act("2026-11-23T03:15:00Z", "supervise", { reportBy: "2026-11-30" });
    await act("2026-11-23T03:20:00Z", "accept");

    harness.moveTo("2026-11-23T04:00:00Z");
    const updates = await json<Told[]>("v2/servicerequestupdates.json");
    expect(
      updates.map((one) => [one["service_request_id"], one["status"], one["updated_datetime"]]).slice(0, 2),
    ).toEqual([
      [id, "INTERNAL_REFERRAL", "2026-11-23T11:00:00+08:00"],
      [id, "FOR_TRIAGE", "2026-11-23T11:10:00+08:00"],
    ]);
    expect(updates).toHaveLength(3);
    expect(new Set(updates.map((one) => one["update_id"])).size).toBe(3);
    expect(
      await json(
        "v2/servicerequestupdates.json?start_date=2026-11-23T03:05:00Z&end_date=2026-11-23T03:15:00Z",
      ),
    ).toEqual([updates[1]]);
    harness.moveTo("2026-11-23T05:15:00Z");
    expect(await json("v2/servicerequestupdates.json")).toEqual([updates[2]]);
    expect(await json(`v2/servicerequestupdates.json?service_request_id=${id}`)).toEqual(updates);
    expect(await json(`v2/requests/${id}.json?extensions=true`)).toMatchObject([
      { notes: updates.map((one) => ({ datetime: one["updated_datetime"], type: one["status"] })) },
    ]);
  });

  test("of a small cell are for the system that filed it", async () => {
    const door = await createDoor();
    const { service_request_id: id } = await door.submit();
    const headers = await door.harness.signIn();
    await door.harness.post(`/api/v1/cases/${id}/actions/accept`, { revision: 2 }, headers);
    const seen = async (query: string) => [
      (await door.json<Told[]>(`v2/servicerequestupdates.json?${query}`)).length,
      (await door.json<Told[]>(`v2/requests.json?${query}`)).length,
    ];
    expect(await seen("")).toEqual([0, 0]);
    expect(await seen(`api_key=${otherKey}`)).toEqual([0, 0]);
    expect(await seen(`api_key=${apiKey}`)).toEqual([1, 1]);
  });

  test("from the system that filed add to the report, once for an update_id", async () => {
    const door = await createDoor({ publicFetch: async () => new Response(tinyPng(1)) });
    const { service_request_id: id } = await door.submit();
    const update = {
      api_key: apiKey,
      service_request_id: id,
      update_id: "fms-1",
      status: "open",
      description: "又来了一车货",
      media_url: "https://media.example.org/1.png",
    };
    for (const _ of [1, 2]) {
      const response = await door.post("v2/servicerequestupdates.json", update);
      expect(await response.json()).toEqual([{ update_id: "fms-1" }]);
    }
    const kinds = (await door.harness.db.sql.select().from(caseEvents).where(eq(caseEvents.caseId, id))).map(
      ({ kind }) => kind,
    );
    expect(kinds).toEqual(["received", "routed", "supplemented"]);
    const [row] = await door.harness.db.sql.select().from(cases).where(eq(cases.id, id));
    expect((await door.harness.reports.open(row?.reportId ?? "")).supplements).toMatchObject([
      { text: "又来了一车货" },
    ]);
    expect(await door.harness.db.sql.$count(evidence)).toBe(1);

    const other = await door.post("v2/servicerequestupdates.json", { ...update, api_key: otherKey });
    expect(other.status).toBe(404);
    const changed = await door.post("v2/servicerequestupdates.json", { ...update, description: "别的话" });
    expect([changed.status, await changed.json()]).toMatchObject([400, [{ code: 409 }]]);
  });
});

describe("a submission", () => {
  test("becomes a report like any other, with its slots, its identity sealed and its office found", async () => {
    const door = await createDoor();
    const { service_request_id: id, service_notice } = await door.submit({
      service_code: "patent_infringement",
      lat: "38.19",
      long: "116.12",
      deviceid: "d1",
      "attribute[relation]": "权利人",
      "attribute[patentNumber]": "2020 2012 3456.8",
      "attribute[suedAlready]": "false",
      "attribute[showEndsOn]": "2026-11-30T00:00:00+08:00",
      "attribute[unknown_to_us]": "x",
    });
    const [row] = await door.harness.db.sql.select().from(cases).where(eq(cases.id, id));
    expect(row).toMatchObject({ matter: "专利侵权", county: "献县", officeCode: "130900", track: "ruling" });
    const opened = await door.harness.reports.open(row?.reportId ?? "");
    expect(opened).toMatchObject({
      slots: {
        reportType: "专利侵权",
        infringer: "冀卡扣件",
        location: "献县乐寿镇扣件市场；坐标 38.19, 116.12",
        county: "献县",
        patentNumber: "ZL202020123456.8",
        suedAlready: false,
        anonymous: false,
      },
      more: { showEndsOn: "2026-11-30" },
    });
    expect(await door.harness.identities.open(row?.reportId ?? "")).toMatchObject({
      kind: "identity",
      contactName: "刘鸿骞",
      contactPhone: "13912340917",
    });
    const [, reportNo = "", queryCode = ""] = /编号 (\S+?)，查询码 (\d{8})/.exec(service_notice) ?? [];
    const status = await door.harness.request(`/api/v1/reports/${reportNo}`, {
      headers: { "X-Query-Code": queryCode },
    });
    expect(await status.json()).toMatchObject({ state: "awaiting_petition" });
  });

  test("takes several values of a list, and a name in either order", async () => {
    const door = await createDoor();
    const form: [string, string][] = Object.entries({
      ...request,
      first_name: "San",
      last_name: "Zhang",
      service_code: "trademark",
    });
    const response = await door.post("v2/requests.json", [
      ...form,
      ["attribute[remedy][]", "赔偿"],
      ["attribute[remedy][]", "停止侵权"],
    ]);
    expect(response.status).toBe(200);
    const [report] = await door.harness.db.sql.select().from(reports);
    expect((await door.harness.reports.open(report?.id ?? "")).slots.remedy).toBe("赔偿、停止侵权");
    expect(await door.harness.identities.open(report?.id ?? "")).toMatchObject({ contactName: "San Zhang" });
  });

  test("without a telephone is anonymous, and says so", async () => {
    const door = await createDoor();
    const { service_request_id: id, service_notice } = await door.submit({
      phone: "",
      email: "a@mail.example.org",
    });
    expect(service_notice).toContain("按匿名登记");
    expect(service_notice).toContain("不在开放接口上公布");
    expect(await door.harness.db.sql.$count(identities)).toBe(0);
    expect((await door.get(`v2/requests/${id}.json`)).status).toBe(404);
  });

  test("is filed once for the same key of the client, also with its files and all at once", async () => {
    let fetched = 0;
    const door = await createDoor({
      publicFetch: async () => {
        fetched += 1;
        return new Response(tinyPng(fetched));
      },
    });
    const form = { ...request, media_url: "https://media.example.org/1.png" };
    const send = (more: Record<string, string>, headers: Record<string, string> = {}) =>
      door.post("v2/requests.json", { ...form, ...more }, headers);
    const first = await (await send({}, { "Idempotency-Key": "k1" })).text();
    const again = await Promise.all(
      [1, 2, 3].map(async () => (await send({}, { "Idempotency-Key": "k1" })).text()),
    );
    expect(again).toEqual([first, first, first]);
    expect(fetched).toBe(1);
    const external = await Promise.all(
      [1, 2, 3].map(async () => (await send({ "attribute[external_id]": "fms-7" })).text()),
    );
    expect(new Set(external).size).toBe(1);
    expect(external[0]).not.toBe(first);
    expect(await door.harness.db.sql.$count(cases)).toBe(2);
    const changed = await send({ description: "别的" }, { "Idempotency-Key": "k1" });
    expect([changed.status, await changed.json()]).toMatchObject([400, [{ code: 409 }]]);
    // The key of one system is not that of another.
    expect((await send({ api_key: otherKey }, { "Idempotency-Key": "k1" })).status).toBe(200);
    expect(await door.harness.db.sql.$count(cases)).toBe(3);
  });

  test("gives a token where the client will wait, which leads to the id", async () => {
    const door = await createDoor();
    const response = await door.post("v2/requests.json", request, { Prefer: "respond-async" });
    const [told] = (await response.json()) as [Told];
    expect(told).not.toHaveProperty("service_request_id");
    const [found] = await door.json<[Told]>(`v2/tokens/${told["token"]}.json`);
    expect(found["token"]).toBe(told["token"]);
    expect((await door.get(`v2/requests/${found["service_request_id"]}.json`)).status).toBe(200);
    const forged = String(told["token"]).replace(/^./, (letter) => (letter === "0" ? "1" : "0"));
    expect((await door.get(`v2/tokens/${forged}.json`)).status).toBe(404);
  });

  test("takes files of a form, and is filed though an address gives none", async () => {
    const door = await createDoor({ publicFetch: async () => new Response("no", { status: 404 }) });
    const form = new FormData();
    for (const [name, value] of Object.entries(request)) form.set(name, value);
    form.set("media_url", "https://media.example.org/gone.png");
    form.set("media", new File([tinyPng()], "现场.png", { type: "image/png" }));
    form.set("empty", new File([], ""));
    const response = await door.post("v2/requests.json", form);
    const [told] = (await response.json()) as [{ service_notice: string }];
    expect(told.service_notice).toContain("1 个附件没有取到");
    const stored = await door.harness.db.sql.select().from(evidence);
    expect(stored).toMatchObject([{ mediaType: "image/png", reportId: expect.any(String) }]);
    form.set("media", new File(["<script>"], "a.png"));
    const refused = await door.post("v2/requests.json", form);
    expect([refused.status, await refused.json()]).toMatchObject([400, [{ code: 415 }]]);
  });

  test("counts the filings of a day for each person that the other system tells apart", async () => {
    const door = await createDoor();
    const send = async (device: string) =>
      (await door.post("v2/requests.json", { ...request, account_id: device })).status;
    const sent = await Promise.all(Array.from({ length: 30 }, () => send("one")));
    expect(new Set(sent)).toEqual(new Set([200]));
    expect(await send("one")).toBe(400);
    expect(await send("two")).toBe(200);
  });
});
