import { describe, expect, test } from "vitest";
import { statementKinds } from "../../src/intake/respondent.ts";
import { type FormBody, type FormKind, formKinds, formOf, privacyClasses } from "../../src/reports/forms.ts";
import { identitySlots } from "../../src/reports/report.ts";
import { createHarness } from "../support/harness.ts";

type Schema = {
  $ref?: string;
  type?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  enum?: string[];
  maxLength?: number;
  maxItems?: number;
  minimum?: number;
  maximum?: number;
  pattern?: string;
  allOf?: Schema[];
};
type Operation = {
  requestBody?: { content: { "application/json": { schema: Schema } } };
  parameters?: { name: string; in: string; required?: boolean; schema: Schema }[];
};

const oneLine = "^[^\\r\\n]*$";

async function openForms() {
  const harness = await createHarness();
  const read = (path: string, headers: Record<string, string> = {}) =>
    harness.request(`/api/v1/forms/${path}`, { headers });
  return {
    harness,
    read,
    form: async (path: string) => (await (await read(path)).json()) as FormBody,
  };
}

describe("a form", () => {
  test("of every kind is given to anybody, with its fields in order", async () => {
    const { form } = await openForms();
    for (const kind of formKinds) {
      const { kind: given, fields, ...rest } = await form(kind);
      expect(given).toBe(kind);
      expect(fields.map(({ name }) => name)).toEqual(formOf(kind).fields.map(({ name }) => name));
      expect(JSON.stringify(rest)).not.toContain('"questions"');
    }
    expect(formKinds).toEqual(expect.arrayContaining([...statementKinds, "report", "aid", "opinion"]));
  });

  test("of a kind that is not known is answered with those that are", async () => {
    const { read } = await openForms();
    const response = await read("nonsense");
    expect(response.status).toBe(404);
    expect(response.headers.get("Content-Type")).toBe("application/problem+json");
    const problem = (await response.json()) as { type: string; detail: string };
    expect(problem.type).toBe("/problems/form_not_found");
    for (const kind of formKinds) expect(problem.detail).toContain(kind);
  });

  test("leaves out what a matter does not need", async () => {
    const { form, read } = await openForms();
    const names = async (matter: string) =>
      (await form(`report?${new URLSearchParams({ reportType: matter })}`)).fields.map(({ name }) => name);
    expect(await names("专利侵权")).toEqual(
      expect.arrayContaining(["product", "patentNumber", "suedAlready", "knownSince"]),
    );
    expect(await names("消费投诉")).toContain("product");
    expect(await names("消费投诉")).not.toContain("patentNumber");
    expect(await names("代理违法")).not.toContain("product");
    expect((await form("report")).reportType).toBeNull();
    expect((await read("report?reportType=nonsense")).status).toBe(400);
  });

  test("is not sent again to who has it", async () => {
    const { read } = await openForms();
    const first = await read("report");
    const tag = first.headers.get("ETag") ?? "";
    expect(tag).not.toBe("");
    const again = await read("report", { "If-None-Match": tag });
    expect(again.status).toBe(304);
    expect(await again.text()).toBe("");
    expect((await read("aid", { "If-None-Match": tag })).status).toBe(200);
  });

  test.each(formKinds)("of %s is what its door takes, field by field", async (kind) => {
    const { harness, form } = await openForms();
    const { submit, fields } = await form(kind);
    const description = harness.describe() as unknown as {
      paths: Record<string, Record<string, Operation>>;
      components: { schemas: Record<string, Schema> };
    };
    const operation = description.paths[submit.path]?.[submit.method.toLowerCase()];
    if (operation === undefined) throw new Error(`There is no ${submit.path}.`);
    const resolve = (schema: Schema | undefined): Schema | undefined => {
      const name = schema?.$ref?.split("/").at(-1);
      if (name !== undefined) return resolve(description.components.schemas[name]);
      if (schema?.allOf === undefined) return schema;
      const parts = schema.allOf.map((part) => resolve(part) ?? {});
      return { ...schema, properties: Object.assign({}, ...parts.map(({ properties }) => properties)) };
    };
    const body = resolve(operation.requestBody?.content["application/json"].schema);
    const find = (name: string): Schema | undefined =>
      name.split(".").reduce<Schema | undefined>((at, part) => resolve(at?.properties?.[part]), body);

    for (const [name, value] of Object.entries(submit.fixed)) expect(find(name)?.enum).toContain(value);
    for (const field of fields) {
      const parameter = operation.parameters?.find(
        (one) => one.in === field.in && one.name.toLowerCase() === field.name.toLowerCase(),
      );
      const schema = field.in === "body" ? find(field.name) : parameter?.schema;
      if (schema === undefined) throw new Error(`The door of ${kind} knows no ${field.name}.`);
      const inner = schema.type === "array" ? resolve(schema.items) : schema;
      const told = `${kind}.${field.name}`;
      if (field.options !== undefined && field.joinedBy === undefined) {
        expect(
          field.options.map(({ value }) => value),
          told,
        ).toEqual(inner?.enum);
      }
      // An id of a file is not typed by anybody.
      if (field.type !== "files") expect(field.maxLength, told).toBe(inner?.maxLength);
      expect(field.maxItems, told).toBe(schema.maxItems);
      // That a text is of one line, its type says.
      const pattern = field.type === "text" && schema.pattern === oneLine ? undefined : schema.pattern;
      expect(field.pattern, told).toBe(pattern);
      expect([field.minimum, field.maximum], told).toEqual([schema.minimum, schema.maximum]);
    }
    // What the door cannot do without stands in the form as required.
    for (const name of body?.required ?? []) {
      if (name in submit.fixed) continue;
      expect(fields.find((field) => field.name === name)?.required, `${kind}.${name}`).toBe(true);
    }
  });

  test("says of every value who sees it, and of who reports that it goes to the vault", () => {
    for (const kind of ["report", "aid", "opinion"] as const satisfies FormKind[]) {
      const contacts = formOf(kind).fields.filter(({ privacy }) => privacy === "contact");
      expect(contacts.map(({ name }) => name)).toEqual([...identitySlots]);
    }
    expect(privacyClasses).toContain(formOf("rating").fields.find(({ in: at }) => at === "header")?.privacy);
  });
});

describe("what a form requires", () => {
  test("is what the structured door asks for", async () => {
    const { harness, form } = await openForms();
    for (const kind of ["report", "aid", "opinion"] as const) {
      const { requirements } = await form(kind);
      const refused = await harness.post("/api/v1/reports", {
        channel: "web",
        userId: "u1",
        kind,
        ...(kind === "report" ? {} : { anonymous: true }),
      });
      expect(refused.status).toBe(422);
      const { errors } = (await refused.json()) as { errors: { pointer: string; detail: string }[] };
      const expected = requirements.map(({ ask, message }) => ({ pointer: `/${ask}`, detail: message }));
      expect(errors).toEqual(expected);
    }
  });

  test("is what the chat still lacks", async () => {
    const { harness, form } = await openForms();
    const { requirements, fields } = await form("report");
    const answer = await harness.person().say("我要举报");
    expect(answer.form?.missing).toEqual(requirements.map(({ ask }) => ask));
    const asked = (name: string) => fields.find((field) => field.name === name)?.asked;
    expect([asked("reportType"), asked("product"), asked("stall")]).toEqual(["until_given", "once", "never"]);
  });
});
