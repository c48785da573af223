import type { ChatAnswer, Content } from "./chat";
import type { Form } from "./form";
import type { Notice } from "./notices";
import type { Platform } from "./platform";
import type { ScenePlace } from "./scene";
import type { Service } from "./service";
import type { ReportStatus } from "./timeline";
import type { Evidence, FiledReport, Found, KnowledgeAnswer } from "./wire";

export type Api = ReturnType<typeof createApi>;

/** The calls of the service that the pages make. All throw `Failure`. */
export function createApi({ service, platform }: { service: Service; platform: Platform }) {
  return {
    /** Says something. `messageId` is the message's own: said again under it, nothing happens twice. */
    say: (content: Content, messageId: string) =>
      service.askAsSomebody({
        method: "POST",
        path: "/api/v1/conversation/messages",
        // Channel and user are the session's; what stands here is not looked at.
        body: { channel: "mini_program", userId: "me", messageId, content },
      }) as Promise<ChatAnswer>,

    form: (kind: string, reportType?: string) =>
      service.ask({
        method: "GET",
        path: `/api/v1/forms/${kind}`,
        query: { reportType },
      }) as Promise<Form>,

    /** Files what a form holds; under the same key it is filed once. */
    file: (path: string, body: Record<string, unknown>, idempotencyKey: string) =>
      service.askAsSomebody({
        method: "POST",
        path,
        headers: { "Idempotency-Key": idempotencyKey },
        body,
      }) as Promise<{ reportNo: string; queryCode: string; reports: FiledReport[] }>,

    upload: (filePath: string, options?: Parameters<Service["upload"]>[1]) =>
      service.upload(filePath, options) as Promise<Evidence>,

    status: (reportNo: string, queryCode: string) =>
      service.ask({
        method: "GET",
        path: `/api/v1/reports/${encodeURIComponent(reportNo)}`,
        headers: { "X-Query-Code": queryCode },
      }) as Promise<ReportStatus>,

    myReports: (cursor?: string) =>
      service.askAsSomebody({ method: "GET", path: "/api/v1/reports", query: { cursor } }) as Promise<{
        items: ReportStatus[];
        nextCursor: string | null;
      }>,

    search: (words: string) =>
      service.ask({
        method: "GET",
        path: "/api/v1/knowledge/search",
        query: { q: words, limit: "10" },
      }) as Promise<{
        items: Found[];
      }>,

    answer: (question: string) =>
      service.ask({
        method: "POST",
        path: "/api/v1/knowledge/answers",
        body: { question },
      }) as Promise<KnowledgeAnswer>,

    /** The number behind a code of `<button open-type="getPhoneNumber">`. */
    phone: (code: string) =>
      service.askAsSomebody({ method: "POST", path: "/api/v1/sessions/phone", body: { code } }) as Promise<{
        phone: string;
      }>,

    notices: () =>
      service.ask({ method: "GET", path: "/api/v1/notices/templates" }) as Promise<{ items: Notice[] }>,

    /** Keeps what the person agreed to be told. The code proves anew who is there: until now nothing was kept of it. */
    consent: async (reportNos: readonly string[], templateIds: readonly string[]) =>
      service.askAsSomebody({
        method: "POST",
        path: "/api/v1/notices/consents",
        body: { miniProgramCode: await service.loginCode(), reportNos, templateIds },
      }) as Promise<{ accepted: string[] }>,

    scene: (scene: string) =>
      service.ask({ method: "GET", path: "/api/v1/places/scene", query: { scene } }) as Promise<ScenePlace>,

    newId: () => platform.newId(),
  };
}
