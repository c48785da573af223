import { type Permission, permissions } from "../core/guard.ts";

/** What each role may do, and whose cases it sees: `own` office's or `all`. One table; routes only name permissions. */
export const roles = {
  administrator: {
    title: "系统管理员",
    scope: "all",
    permissions: [...permissions],
  },
  city: { title: "市局督办", scope: "all", permissions: ["account:own", "case:read", "case:act"] },
  office_head: { title: "单位负责人", scope: "own", permissions: ["account:own", "case:read", "case:act"] },
  handler: { title: "承办人", scope: "own", permissions: ["account:own", "case:read", "case:act"] },
  intake_desk: { title: "接待窗口", scope: "own", permissions: ["account:own", "case:read"] },
  /** Sees no case. */
  knowledge_editor: { title: "知识编辑", scope: "own", permissions: ["account:own", "knowledge:edit"] },
} as const satisfies Record<
  string,
  { title: string; scope: "own" | "all"; permissions: readonly Permission[] }
>;
export type Role = keyof typeof roles;
export const roleNames = Object.keys(roles) as [Role, ...Role[]];

/** Wrong passwords in a row after which an account is locked, and for how long. */
export const lockOut = { attempts: 5, minutes: 15 } as const;

/** Hours after sign-in at which a session ends. */
export const sessionHours = 12;

/** Why a password will not do, or undefined if it will: at least 10 characters of three kinds (GlobaLeaks' "acceptable"). */
export function passwordProblem(password: string): string | undefined {
  if (password.length < 10) return "密码至少 10 个字符。";
  if (password.length > 200) return "密码最多 200 个字符。";
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z\d]/].filter((kind) => kind.test(password)).length;
  return kinds < 3 ? "密码要包含大写字母、小写字母、数字、符号中的三种。" : undefined;
}
