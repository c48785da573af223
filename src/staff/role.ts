import type { Permission } from "../core/guard.ts";

/** The code of the city's own office; its people are appointed by the administrator alone. */
export const cityOffice = "130900";

const officeRoles = [
  "office_head",
  "handler",
  "intake_desk",
  "town_desk",
  "market_inspector",
  "mediator",
] as const;

/**
 * What each role may do, at whose offices (`own` or `all`), and to which roles it may appoint people. One table;
 * routes only name permissions. The administrator may handle cases, for a small deployment where one person does
 * everything, but never learns who reported (个人信息保护法 第五十一条: limits of access by task) and does
 * not read the log that watches them.
 */
export const roles = {
  administrator: {
    title: "系统管理员",
    scope: "all",
    appoints: ["administrator", "city", ...officeRoles, "knowledge_editor", "auditor"],
    permissions: [
      "account:own",
      "case:read",
      "case:act",
      "case:approve",
      "case:transfer",
      "case:supervise",
      "case:mediate",
      "case:take_down",
      "case:export",
      "conversation:trace",
      "statistics:read",
      "knowledge:edit",
      "staff:manage",
      "metrics:read",
      "notices:manage",
    ],
  },
  city: {
    title: "市局督办",
    scope: "all",
    appoints: officeRoles,
    permissions: [
      "account:own",
      "case:read",
      "case:act",
      "case:approve",
      "case:transfer",
      "case:supervise",
      "case:mediate",
      "case:take_down",
      "case:export",
      "conversation:trace",
      "identity:reveal",
      "legal_hold:set",
      "audit:read",
      "statistics:read",
      "staff:manage",
      "notices:manage",
      "patrol:work",
    ],
  },
  office_head: {
    title: "单位负责人",
    scope: "own",
    appoints: [],
    permissions: [
      "account:own",
      "case:read",
      "case:act",
      "case:approve",
      "case:transfer",
      "case:mediate",
      "case:take_down",
      "case:export",
      "identity:reveal",
      "legal_hold:set",
      "audit:read",
      "statistics:read",
      "staff:deputise",
      "patrol:work",
    ],
  },
  handler: {
    title: "承办人",
    scope: "own",
    appoints: [],
    permissions: [
      "account:own",
      "case:read",
      "case:act",
      "case:transfer",
      "case:mediate",
      "case:take_down",
      "identity:reveal",
      "patrol:work",
    ],
  },
  intake_desk: {
    title: "接待窗口",
    scope: "own",
    appoints: [],
    permissions: ["account:own", "case:read", "case:take_down"],
  },
  /** Takes down and hands on; what became of it, the query code tells. */
  town_desk: {
    title: "乡镇受理点",
    scope: "own",
    appoints: [],
    permissions: ["account:own", "case:take_down"],
  },
  market_inspector: {
    title: "市场巡查员",
    scope: "own",
    appoints: [],
    permissions: ["account:own", "patrol:work"],
  },
  mediator: {
    title: "调解员",
    scope: "own",
    appoints: [],
    permissions: ["account:own", "case:read", "case:mediate"],
  },
  /** Sees no case. */
  knowledge_editor: {
    title: "知识编辑",
    scope: "own",
    appoints: [],
    permissions: ["account:own", "knowledge:edit"],
  },
  /** Sees what staff did and how much there is; no case, no identity. */
  auditor: {
    title: "审计员",
    scope: "all",
    appoints: [],
    permissions: ["account:own", "audit:read", "statistics:read"],
  },
} as const satisfies Record<
  string,
  {
    title: string;
    scope: "own" | "all";
    appoints: readonly string[];
    permissions: readonly Permission[];
  }
>;
export type Role = keyof typeof roles;
export const roleNames = Object.keys(roles) as [Role, ...Role[]];

/** Whether a person of one role may make, change or end accounts of another at an office. */
export function mayAppoint(appointer: Role, role: Role, officeCode: string): boolean {
  const appoints: readonly Role[] = roles[appointer].appoints;
  return appoints.includes(role) && (appointer === "administrator" || officeCode !== cityOffice);
}

/** Whether one role may do all that another may. */
export function coversRole(deputy: Role, absent: Role): boolean {
  const able: readonly Permission[] = roles[deputy].permissions;
  return roles[absent].permissions.every((permission) => able.includes(permission));
}

/** Why a password will not do, or undefined if it will: at least 10 characters of three kinds (GlobaLeaks' "acceptable"). */
export function passwordProblem(password: string): string | undefined {
  if (password.length < 10) return "密码至少 10 个字符。";
  if (password.length > 200) return "密码最多 200 个字符。";
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z\d]/].filter((kind) => kind.test(password)).length;
  return kinds < 3 ? "密码要包含大写字母、小写字母、数字、符号中的三种。" : undefined;
}
