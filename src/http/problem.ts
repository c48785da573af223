import type { Hook } from "@hono/zod-openapi";
import type { Context, ErrorHandler, NotFoundHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { z } from "zod";
import { AppError, type ErrorCode, type FieldError } from "../core/error.ts";
import { describeError, type Log } from "../core/log.ts";

/** The one table from an error's code to what HTTP says of it. */
const problems = {
  invalid_request: { status: 400, title: "请求有误" },
  invalid_json: { status: 400, title: "请求正文不是合法的 JSON" },
  unsupported_media_type: { status: 415, title: "不支持的内容类型" },
  payload_too_large: { status: 413, title: "内容过大" },
  unauthorized: { status: 401, title: "需要先登录或出示凭据" },
  wrong_credentials: { status: 401, title: "账号或密码不对" },
  totp_required: { status: 401, title: "还要填动态验证码" },
  account_locked: { status: 429, title: "账号暂时锁定" },
  forbidden: { status: 403, title: "没有权限" },
  account_disabled: { status: 403, title: "账号已停用" },
  password_change_required: { status: 403, title: "请先修改一次性密码" },
  totp_enrolment_required: { status: 403, title: "请先设置动态验证码" },
  not_found: { status: 404, title: "没有这个地址" },
  account_not_found: { status: 404, title: "没有查到这个账号" },
  session_not_found: { status: 404, title: "没有查到这次登录" },
  report_not_found: { status: 404, title: "没有查到这份报告" },
  form_not_found: { status: 404, title: "没有这种表单" },
  conversation_not_found: { status: 404, title: "没有查到这段对话" },
  response_not_found: { status: 404, title: "没有查到这个答复编号" },
  case_not_found: { status: 404, title: "没有查到这个案件" },
  article_not_found: { status: 404, title: "没有这一条" },
  law_not_found: { status: 404, title: "没有收录这部法规" },
  evidence_not_found: { status: 404, title: "没有查到这份材料" },
  evidence_damaged: { status: 500, title: "材料文件与收到时不一致" },
  derivative_not_available: { status: 422, title: "这种材料不能自动去除隐藏信息" },
  receipt_not_available: { status: 422, title: "没有可用的回执" },
  answer_not_found: { status: 404, title: "没有查到这次答复" },
  standard_answer_not_found: { status: 404, title: "没有查到这条标准口径" },
  changed_meanwhile: { status: 409, title: "内容已被他人改动" },
  idempotency_conflict: { status: 409, title: "同一个 Idempotency-Key 用在了不同的请求上" },
  totp_already_set: { status: 409, title: "动态验证码已经设置好了" },
  last_administrator: { status: 409, title: "至少要留一位系统管理员" },
  absence_conflict: { status: 409, title: "替岗安排有冲突" },
  invalid_transition: { status: 409, title: "案件当前状态不能做这一步" },
  notice_not_retryable: { status: 409, title: "这条通知不能再发" },
  insufficient_funds: { status: 409, title: "账上的钱不够这一笔" },
  report_incomplete: { status: 422, title: "报告还缺必要的内容" },
  outside_jurisdiction: { status: 422, title: "不在沧州市管辖范围" },
  rule_not_in_force: { status: 422, title: "该日期没有现行规则" },
  calendar_not_published: { status: 422, title: "该年度工作日安排尚未公布" },
  intake_not_available: { status: 422, title: "本入口暂不接收报告" },
  too_many_requests: { status: 429, title: "请求太频繁" },
  // RFC 6585: 428 asks for a conditional request (If-Match); too many, be it over the whole server, is 429.
  proof_of_work_required: { status: 429, title: "要先完成自动验证" },
  unavailable: { status: 503, title: "服务暂时不可用" },
  internal: { status: 500, title: "服务内部错误" },
} as const satisfies Record<ErrorCode, { status: ContentfulStatusCode; title: string }>;

/** The HTTP status of an error. */
export const statusOf = (code: ErrorCode): number => problems[code].status;

/** RFC 9457 problem details with our extensions: `errors`, `requestId` and, for `proof_of_work_required` alone, `proofOfWork`. */
export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    errors: z.array(z.object({ pointer: z.string(), detail: z.string() })),
    requestId: z.string(),
    proofOfWork: z
      .object({
        algorithm: z.literal("SHA-256"),
        challenge: z.string(),
        /** With how many zero bits the hash of `challenge:counter` must begin. */
        bits: z.int(),
        /** Where to send `challenge:counter`. */
        header: z.string(),
        expiresAt: z.iso.datetime(),
      })
      .optional(),
  })
  .meta({ id: "Problem" });
export type Problem = z.infer<typeof Problem>;

/** What an operation declares for a status at which it answers with a problem. */
export function problemContent(description: string) {
  return { description, content: { "application/problem+json": { schema: Problem } } };
}

/** The id of the request in hand; the middleware of `middleware.ts` sets it. */
export function requestIdOf(c: Context): string {
  return (c.get("requestId") as string | undefined) ?? "";
}

function respond(c: Context, error: AppError) {
  const { status, title } = problems[error.code];
  const body: Problem = {
    type: `/problems/${error.code}`,
    title,
    status,
    detail: error.message,
    errors: [...error.errors],
    requestId: requestIdOf(c),
    ...(error.proofOfWork === undefined ? {} : { proofOfWork: error.proofOfWork }),
  };
  if (error.retryAfterSeconds !== undefined) c.header("Retry-After", String(error.retryAfterSeconds));
  return c.body(JSON.stringify(body), status, { "Content-Type": "application/problem+json" });
}

/** An HTTPException of Hono or its middleware as one of our own codes. */
function fromHttpException(error: HTTPException): AppError {
  switch (error.status) {
    case 400:
      return new AppError("invalid_json", "请求正文读不出来，请检查 JSON 的括号、引号和逗号。", {
        errors: [{ pointer: "/", detail: "整个正文不是合法的 JSON。" }],
      });
    case 413:
      return new AppError("payload_too_large", "请求正文太大。");
    case 415:
      return new AppError("unsupported_media_type", "这个接口不收这种 Content-Type；要哪一种，见 /docs。", {
        errors: [{ pointer: "/header/content-type", detail: "换成接口说明里的内容类型。" }],
      });
    case 401:
      return new AppError("unauthorized", "请先登录或出示凭据。");
    case 403:
      return new AppError("forbidden", "没有权限做这件事。");
    default:
      return new AppError("internal", "服务出了点问题，请稍后再试。");
  }
}

/** Answers every failure as a problem; an unexpected one is logged by class and place, never by message. */
export function createErrorHandler(log: Log): ErrorHandler {
  return (error, c) => {
    if (error instanceof AppError) return respond(c, error);
    if (error instanceof HTTPException) return respond(c, fromHttpException(error));
    log.error("unexpected_error", { requestId: requestIdOf(c), ...describeError(error) });
    return respond(
      c,
      new AppError("internal", "服务出了点问题，请稍后再试。您填的内容没有丢，可以再发一次。"),
    );
  };
}

/** Answers an address that nothing is mounted at. */
export const notFound: NotFoundHandler = (c) =>
  respond(c, new AppError("not_found", "没有这个地址，接口清单见 /docs。"));

/** RFC 6901: `~` and `/` in a member's name are escaped. */
function pointerOf(path: readonly PropertyKey[], target: string): string {
  const parts = target === "json" || target === "form" ? path : [target, ...path];
  return parts.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("") || "/";
}

/** The faults of a failed zod check, by field; a fault in a union is that of the branch that came nearest. */
export function fieldErrors(issues: readonly z.core.$ZodIssue[], target = "json"): FieldError[] {
  return issues.flatMap((issue) => {
    if (issue.code === "invalid_union" && issue.errors.length > 0) {
      const nearest = [...issue.errors].sort((a, b) => depth(b) - depth(a))[0] ?? [];
      if (nearest.length > 0) {
        return fieldErrors(
          nearest.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] })),
          target,
        );
      }
    }
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => ({
        pointer: pointerOf([...issue.path, key], target),
        detail: "没有这个字段，请检查拼写。",
      }));
    }
    return [{ pointer: pointerOf(issue.path, target), detail: issue.message }];
  });
}

const depth = (issues: readonly z.core.$ZodIssue[]) =>
  Math.max(0, ...issues.map((issue) => issue.path.length));

/** The `defaultHook` of every route factory: a request that fails its schema becomes one problem that names each field. */
// The hook is generic over each route's input, which it never looks at.
// biome-ignore lint/suspicious/noExplicitAny: the library's own type for a hook of any route
export const invalidRequest: Hook<any, any, any, any> = (result) => {
  if (result.success) return;
  const errors = fieldErrors(result.error.issues as readonly z.core.$ZodIssue[], result.target);
  const first = errors[0];
  throw new AppError(
    "invalid_request",
    first === undefined ? "请求有误。" : `${first.pointer} 有误：${first.detail}`,
    { errors },
  );
};
