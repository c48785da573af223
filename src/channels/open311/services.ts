import { z } from "zod";
import { type FormBody, formOf, toFormBody } from "../../reports/forms.ts";
import { type ReportType, reportTypes } from "../../reports/report.ts";
import shipped from "./data/services.json" with { type: "json" };
import type { Document, Node } from "./document.ts";

const Service = z
  .strictObject({
    code: z.string().regex(/^[a-z]+(_[a-z]+)*$/),
    reportType: z.enum(reportTypes),
    group: z.string().min(1),
    description: z.string().endsWith("。"),
    keywords: z.array(z.string().regex(/^[^,]+$/)).min(1),
  })
  .readonly();
export type Service = z.infer<typeof Service>;

/** The door as its clients find it. */
export const door = z
  .strictObject({
    source: z.string(),
    /** When the list or a definition last changed. */
    changeset: z.iso.datetime({ offset: true }),
    jurisdictionIds: z.array(z.string()).min(1),
    agency: z.string(),
    city: z.string(),
    contact: z.string(),
    keyService: z.strictObject({ open: z.string(), closed: z.string() }),
    services: z
      .array(Service)
      .refine(
        (services) =>
          reportTypes.every((type) => services.filter(({ reportType }) => reportType === type).length === 1),
        "Each report type is one service.",
      ),
  })
  .parse(shipped);

const byCode = new Map(door.services.map((service) => [service.code, service]));
const byType = new Map<string, Service>(door.services.map((service) => [service.reportType, service]));

export const serviceOf = (code: string): Service | undefined => byCode.get(code);

/** The service of a matter. @throws {Error} if there is none: a fault of the data. */
export function serviceOfMatter(matter: string): Service {
  const service = byType.get(matter);
  if (service === undefined) throw new Error("Each matter is a service.");
  return service;
}

/** `GET /services`. */
export const serviceList = (): Document => ({
  root: "services",
  content: door.services.map(({ code, reportType, group, description, keywords }) => ({
    service_code: code,
    service_name: reportType,
    description,
    metadata: true,
    type: "realtime",
    keywords: keywords.join(","),
    group,
  })),
});

export type FormField = FormBody["fields"][number];

/** The fields that GeoReport has parameters of its own for, or that are chosen otherwise. */
const standard: ReadonlySet<string> = new Set([
  "reportType",
  "location",
  "description",
  "evidenceIds",
  "contactName",
  "contactPhone",
]);

/** What is asked for with a service beside the parameters that every service has: the form of the chat and the web. */
export const fieldsOf = (reportType: ReportType): FormField[] =>
  toFormBody(formOf("report"), reportType).fields.filter(
    ({ name, in: place }) => place === "body" && !standard.has(name),
  );

const yesOrNo = [
  { value: "true", label: "是" },
  { value: "false", label: "否" },
];

/** The values that a field may have; undefined where it is free. */
export const valuesOf = ({
  type,
  options,
}: FormField): readonly { value: string; label: string }[] | undefined =>
  type === "yesNo" ? yesOrNo : options;

const datatypes: Readonly<Record<FormField["type"], string>> = {
  text: "string",
  longText: "text",
  list: "text",
  choice: "singlevaluelist",
  choices: "multivaluelist",
  yesNo: "singlevaluelist",
  count: "number",
  date: "datetime",
  period: "string",
  patentNumber: "string",
  phone: "string",
  files: "string",
};

/** `GET /services/{service_code}`. */
export function serviceDefinition({ code, reportType }: Service): Document {
  const attributes = fieldsOf(reportType).map((field, index): Node => {
    const { name, type, label, hint, required, mayBeUnknown } = field;
    const values = valuesOf(field);
    return {
      variable: true,
      code: name,
      datatype: datatypes[type],
      // What may be unknown is found by the place, or left to the city's desk.
      required: required && !mayBeUnknown,
      datatype_description: hint ?? null,
      order: index + 1,
      description: label,
      ...(values === undefined
        ? {}
        : { values: values.map(({ value, label: name }) => ({ key: value, name })) }),
    };
  });
  return { root: "service_definition", content: { service_code: code, attributes } };
}
