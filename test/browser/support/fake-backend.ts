import { Hono } from "hono";
import type { Answer, Message, Option } from "../../../src/conversation/message.ts";

/** What the fake was asked, and how it is told what to answer. */
export type FakeBackend = {
  fetch(request: Request): Response | Promise<Response>;
  /** Every message that arrived, repeats included. */
  messages: Message[];
  /** How many reports were filed: a repeat files none. */
  filings(): number;
  sessions(): number;
  erasures(): number;
  uploads: { name: string; bytes: number }[];
  /** Ends the session that is open: the next request with its cookie is refused. */
  endSession(): void;
};

const citation: Answer["citations"][number] = {
  law: "专利法",
  article: "第六十八条",
  paragraph: 1,
  edition: "2020-10-17",
  effectiveFrom: "2021-06-01",
  status: "current",
  sourceUrl: "https://flk.npc.gov.cn/",
};

export const filedReport: Answer["reports"][number] = {
  reportNo: "CZ-4K7QM-2XD8A",
  queryCode: "58310274",
  caseId: "case_1",
  office: { code: "130927", name: "南皮县市场监督管理局" },
  dueOn: "2026-12-14",
  dueKind: "statutory",
};

function answerWith(text: string, more: Partial<Answer> & { options?: Option[] } = {}): Answer {
  const { options, ...rest } = more;
  return {
    state: "collecting",
    replies: [options === undefined ? { type: "text", text } : { type: "text", text, options }],
    intents: ["report"],
    form: null,
    citations: [],
    outcome: null,
    confidence: null,
    reports: [],
    ...rest,
  };
}

function answerTo({ content }: Message): Answer {
  if (content.type === "choice") {
    switch (content.id) {
      case "report":
        return answerWith("好，我来帮您登记。\n您要反映的是哪一类？", {
          options: [
            { id: "reportType:假冒专利", label: "冒充专利、乱印专利号" },
            { id: "reportType:专利侵权", label: "我的专利被人仿了" },
            { id: "reportType:其他", label: "别的情况" },
          ],
        });
      case "confirm":
        return answerWith("已经登记好了。编号和查询码请留好。", { state: "filed", reports: [filedReport] });
      default:
        return answerWith("是哪家厂、哪家店？在哪条街、哪个市场也行。");
    }
  }
  if (content.type === "image") return answerWith("材料收到，一共 1 份。");
  if (content.type === "location") return answerWith("您是在南皮县，对吗？");
  const text = content.type === "text" ? content.text : content.transcript;
  if (text.includes("<")) return answerWith(`您说的是：${text}`);
  if (text.includes("怎么罚")) {
    return answerWith(
      "假冒专利的，没收违法所得，可以并处违法所得五倍以下的罚款；没有违法所得或者不到五万元的，可以处二十五万元以下的罚款。\n仅供参考，以主管部门认定为准。",
      { state: "idle", intents: ["qa"], outcome: "answered", confidence: 0.93, citations: [citation] },
    );
  }
  return answerWith("请核对一下：\n类型：假冒专利\n被反映的一方：鑫旺旺五金厂\n县（市、区）：南皮县", {
    state: "confirming",
    options: [
      { id: "confirm", label: "确认提交" },
      { id: "edit", label: "有地方要改" },
    ],
  });
}

/** Says no as the service does. */
function problem(status: number, code: string, detail: string): Response {
  return new Response(
    JSON.stringify({
      type: `/problems/${code}`,
      title: code,
      status,
      detail,
      errors: [],
      requestId: "req_1",
    }),
    { status, headers: { "Content-Type": "application/problem+json" } },
  );
}

/** The API as the page sees it, with scripted answers: sessions by cookie, and a repeat answered like the first time. */
export function createFakeBackend(): FakeBackend {
  const messages: Message[] = [];
  const uploads: FakeBackend["uploads"] = [];
  const answered = new Map<string, string>();
  let sessions = 0;
  let ended = 0;
  let erasures = 0;
  let filings = 0;
  let wrongCodes = 0;

  const isKnown = (request: Request) => {
    const cookie = /zhiquan_session=(\d+)/.exec(request.headers.get("Cookie") ?? "")?.[1];
    return cookie !== undefined && Number(cookie) > ended;
  };

  const app = new Hono();
  app.post("/api/v1/sessions", (c) => {
    sessions += 1;
    c.header("Set-Cookie", `zhiquan_session=${sessions}; HttpOnly; SameSite=Strict; Path=/`);
    return c.json({ token: "t", expiresAt: "2026-12-23T02:00:00Z" }, 201);
  });
  app.post("/api/v1/conversation/messages", async (c) => {
    if (!isKnown(c.req.raw)) return problem(401, "unauthorized", "请先取得会话。");
    const message = await c.req.json<Message>();
    messages.push(message);
    let answer = answered.get(message.messageId);
    if (answer === undefined) {
      const made = answerTo(message);
      filings += made.reports.length;
      answer = JSON.stringify(made);
      answered.set(message.messageId, answer);
    }
    return c.body(answer, 200, { "Content-Type": "application/json" });
  });
  app.delete("/api/v1/conversation", (c) => {
    if (!isKnown(c.req.raw)) return problem(401, "unauthorized", "请先取得会话。");
    erasures += 1;
    return c.body(null, 204);
  });
  app.post("/api/v1/evidence", async (c) => {
    if (!isKnown(c.req.raw)) return problem(401, "unauthorized", "请先取得会话。");
    const file = (await c.req.formData()).get("file") as File;
    if (!/^(image|video)\/|pdf$/.test(file.type)) {
      return problem(415, "unsupported_media_type", "这种文件收不了。可以传：照片、视频、PDF。");
    }
    uploads.push({ name: file.name, bytes: file.size });
    return c.json({ evidenceId: `evidence_${uploads.length}` }, 201);
  });
  app.get("/api/v1/reports/:reportNo", (c) => {
    if (wrongCodes >= 5) return problem(429, "too_many_requests", "查询码错得太多了。");
    const code = c.req.header("X-Query-Code")?.replaceAll(" ", "");
    if (c.req.param("reportNo") !== filedReport.reportNo || code !== filedReport.queryCode) {
      wrongCodes += 1;
      return problem(404, "report_not_found", "编号和查询码对不上。");
    }
    return c.json({
      reportNo: filedReport.reportNo,
      state: "routed",
      stateLabel: "已转办",
      office: filedReport.office,
      dueOn: filedReport.dueOn,
      dueKind: filedReport.dueKind,
      provisional: false,
      events: [
        { kind: "received", label: "已登记", at: "2026-11-23T02:00:00Z" },
        { kind: "routed", label: "已转办", at: "2026-11-23T17:05:00Z" },
      ],
      next: "承办单位最晚 2026-12-14 决定是否受理（立案）。",
    });
  });

  return {
    fetch: (request) => app.fetch(request),
    messages,
    filings: () => filings,
    sessions: () => sessions,
    erasures: () => erasures,
    uploads,
    endSession: () => {
      ended = sessions;
    },
  };
}
