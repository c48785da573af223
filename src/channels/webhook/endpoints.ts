import { z } from "zod";
import { fromBase64 } from "../../crypto/bytes.ts";
import { isPublicAddress } from "./public-address.ts";

/** A system that is told of cases: where, signed with what, of which kinds of notice. */
export type WebhookEndpoint = {
  /** What the outbox and staff know it by. */
  name: string;
  url: string;
  /** One or two keys: the new one and the one that it takes the place of. */
  secrets: readonly Uint8Array<ArrayBuffer>[];
  /** Absent: all. */
  kinds?: readonly string[] | undefined;
};

/** Names that lead into one's own network. */
const innerName = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|private|arpa|test|invalid)\.?$/i;

/**
 * Why nothing is sent to an address, as a code; undefined where it may be. Only `https` to a name or an address of the
 * public internet; whether a name leads inside is seen when it is looked up.
 *
 * @param loopback Lets `http` and this very machine in: for tests.
 */
export function targetProblem(
  text: string,
  { loopback = false }: { loopback?: boolean } = {},
): string | undefined {
  if (!URL.canParse(text)) return "not_an_address";
  const { protocol, hostname, username, password, hash } = new URL(text);
  if (username !== "" || password !== "") return "credentials_in_address";
  if (hash !== "") return "fragment_in_address";
  if (loopback && /^(127\.0\.0\.1|localhost|\[::1\])$/.test(hostname)) return undefined;
  if (protocol !== "https:") return "not_https";
  const literal = hostname.startsWith("[") || /^[\d.]+$/.test(hostname);
  if (literal) return isPublicAddress(hostname) ? undefined : "inner_address";
  return innerName.test(hostname) || !hostname.includes(".") ? "inner_address" : undefined;
}

const secretPattern = /^whsec_[A-Za-z0-9+/]+={0,2}$/;

/** A key as the Standard Webhooks specification writes it: `whsec_` and base64 of 24 to 64 bytes. */
function secretOf(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!secretPattern.test(text)) return undefined;
  try {
    const bytes = fromBase64(text.slice("whsec_".length));
    return bytes.length >= 24 && bytes.length <= 64 ? bytes : undefined;
  } catch {
    return undefined;
  }
}

const Endpoint = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, "name 用小写字母、数字和连字符"),
    url: z.string().max(500),
    /** One key, or the new and the old one with a space between. */
    secret: z.string(),
    kinds: z.array(z.string()).min(1).optional(),
  })
  .transform(({ name, url, secret, kinds }, context) => {
    const keys = secret.split(" ").map(secretOf);
    const secrets = keys.filter((key) => key !== undefined);
    if (secrets.length !== keys.length || secrets.length > 2) {
      context.addIssue("secret 写成 whsec_ 加 24 到 64 字节的 base64；换钥匙时新旧两把用空格隔开");
    }
    return { name, url, secrets, kinds } satisfies WebhookEndpoint;
  });

/** The endpoints of a setting, a JSON list. The addresses are checked by who knows whether this is a test. */
export const WebhookEndpoints = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue('要一个 JSON 列表，例如 [{"name":"hall","url":"https://…","secret":"whsec_…"}]');
      return z.NEVER;
    }
  })
  .pipe(z.array(Endpoint, { error: "要一个 JSON 列表" }).max(20, "最多 20 个"))
  .refine((list) => new Set(list.map(({ name }) => name)).size === list.length, "name 不能重复");
