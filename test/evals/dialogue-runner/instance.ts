import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { startServer } from "../../support/server.ts";
import { randomPng } from "./png.ts";

/** A running service that scenarios are played against. */
export type Instance = {
  url: string;
  token: string;
  adminPassword: string;
  /** Where its data lie; absent for a service that we did not start. */
  folder: string | undefined;
  /** What it has logged so far. */
  log(): string;
  stop(): Promise<void>;
};

export type InstanceOptions = {
  /** The folder of its data, made by the caller. */
  folder: string;
  /** Where its clock starts; the present when absent. */
  now?: Date;
  /** Whether it may use the model that the environment names. */
  model: boolean;
};

const adminPassword = `Aa1-${randomBytes(12).toString("hex")}`;

/** Starts a service of our own on the data of `folder`. */
export async function startInstance({ folder, now, model }: InstanceOptions): Promise<Instance> {
  const token = randomBytes(24).toString("hex");
  const withoutModel = {
    OPENAI_BASE_URL: undefined,
    OPENAI_API_KEY: undefined,
    OPENAI_MODEL: undefined,
    OPENAI_EMBEDDING_MODEL: undefined,
  };
  const server = await startServer({
    folder,
    env: {
      ...(model ? {} : withoutModel),
      CHANNEL_TOKEN: token,
      ADMIN_PASSWORD: adminPassword,
      LOG_LEVEL: "info",
      NOW: now?.toISOString(),
    },
  });
  return {
    url: server.url,
    token,
    adminPassword,
    folder,
    log: server.output,
    stop: async () => void (await server.stop()),
  };
}

/** A case as the office sees it, as far as scenarios ask. */
export type OfficeCase = { id: string; county: string | null; revision: number };

const CasePage = z.object({
  items: z.array(z.object({ id: z.string(), county: z.string().nullable(), revision: z.number() })),
  nextCursor: z.string().nullable(),
});
const CaseDetail = z.object({ evidence: z.array(z.unknown()) });
const Stored = z.object({ evidenceId: z.string() });

/** What a tester does beside talking: looks at the cases as the administrator, uploads pictures. */
export async function openDesk(instance: Instance) {
  const signedIn = await fetch(`${instance.url}/api/v1/staff/sessions`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ account: "admin", password: instance.adminPassword }),
  });
  if (signedIn.status !== 201)
    throw new Error(`admin cannot sign in: ${signedIn.status} ${await signedIn.text()}`);
  await signedIn.body?.cancel();
  const cookie = signedIn.headers
    .getSetCookie()
    .map((one) => one.split(";")[0])
    .join("; ");

  async function read(path: string): Promise<unknown> {
    const response = await fetch(`${instance.url}/api/v1${path}`, { headers: { Cookie: cookie } });
    if (response.status !== 200) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }

  return {
    /** All cases there are, by id. */
    async cases(): Promise<Map<string, OfficeCase>> {
      const found = new Map<string, OfficeCase>();
      let cursor: string | null = "";
      while (cursor !== null) {
        const query = new URLSearchParams({ limit: "200", ...(cursor === "" ? {} : { cursor }) });
        const page = CasePage.parse(await read(`/cases?${query}`));
        for (const one of page.items) found.set(one.id, one);
        cursor = page.nextCursor;
      }
      return found;
    },

    async evidenceCount(caseId: string): Promise<number> {
      return CaseDetail.parse(await read(`/cases/${caseId}`)).evidence.length;
    },

    /** Uploads a picture that nobody has uploaded before; resolves to its evidence id. */
    async uploadPicture(): Promise<string> {
      const form = new FormData();
      form.set("file", new File([randomPng()], "照片.png", { type: "image/png" }));
      const response = await fetch(`${instance.url}/api/v1/evidence`, {
        method: "POST",
        headers: { Authorization: `Bearer ${instance.token}` },
        body: form,
      });
      if (response.status !== 201)
        throw new Error(`POST /evidence: ${response.status} ${await response.text()}`);
      return Stored.parse(await response.json()).evidenceId;
    },
  };
}
export type Desk = Awaited<ReturnType<typeof openDesk>>;

/** Where any of the words stands in clear: in a file of the data folder (by path), or in the log. */
export function findInClear(
  words: readonly string[],
  { folder, log }: { folder?: string | undefined; log: string },
) {
  const found: string[] = [];
  const look = (where: string, content: Buffer) => {
    for (const word of words) if (content.includes(word)) found.push(`“${word}” in ${where}`);
  };
  look("the log", Buffer.from(log));
  if (folder !== undefined) {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) look(entry.name, readFileSync(join(entry.parentPath, entry.name)));
    }
  }
  return found;
}
