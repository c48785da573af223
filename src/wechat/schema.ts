import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { bytesColumn } from "../db/columns.ts";

/**
 * The access token of each app or corp, one for the whole deployment: asking for another one may end the one in use.
 * Who renews it holds the lease meanwhile.
 */
export const wechatAccessTokens = sqliteTable("wechat_access_tokens", {
  /** `app:wx…` or `corp:ww…`. */
  id: text("id").primaryKey(),
  /** The token, sealed; null until the first was had. */
  sealed: bytesColumn("sealed"),
  /** Until when it may be used. */
  expiresAt: integer("expires_at", { mode: "timestamp_ms" }),
  /** Who is renewing it, if anybody. */
  leaseHolder: text("lease_holder"),
  leaseUntil: integer("lease_until", { mode: "timestamp_ms" }),
});
