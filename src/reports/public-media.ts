/** Why a file is not fetched from an address, or could not be; each is a code for the log and for a text. */
export const mediaProblems = [
  "malformed",
  "scheme",
  "credentials",
  "port",
  "private_host",
  "redirect",
  "status",
  "too_large",
  "timeout",
  "unreachable",
  "media_type",
] as const;
export type MediaProblem = (typeof mediaProblems)[number];

/** The faults of the address itself: nothing was asked of anybody. */
export const isAddressProblem = (problem: MediaProblem): boolean =>
  ["malformed", "scheme", "credentials", "port", "private_host"].includes(problem);

/** Names that are resolved inside a network (RFC 6761, 6762, 7686, 8375; the metadata servers of clouds). */
const privateSuffixes = [
  "localhost",
  "local",
  "localdomain",
  "internal",
  "intranet",
  "private",
  "corp",
  "home",
  "lan",
  "home.arpa",
  "onion",
  "test",
  "invalid",
  "example",
];

/** IPv4 blocks that are not for the public (IANA IPv4 Special-Purpose Address Registry), multicast and reserved. */
const privateV4: readonly (readonly [base: string, bits: number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
];

const numberOf = (address: string) => address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);

function isPrivateV4(address: string): boolean {
  const value = numberOf(address);
  return privateV4.some(([base, bits]) => {
    const size = 2 ** (32 - bits);
    return Math.floor(value / size) === Math.floor(numberOf(base) / size);
  });
}

/** The eight groups of an IPv6 address in any notation; undefined if it is none. */
function groupsOf(address: string): number[] | undefined {
  const [plain = ""] = address.split("%");
  const mapped = plain.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) => {
    const high = (Number(a) * 256 + Number(b)).toString(16);
    return `${high}:${(Number(c) * 256 + Number(d)).toString(16)}`;
  });
  const [head = "", tail, more] = mapped.split("::");
  if (more !== undefined) return undefined;
  const read = (part: string) =>
    part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16));
  const [before, after] = [read(head), read(tail ?? "")];
  const gap = 8 - before.length - after.length;
  if (tail === undefined ? gap !== 0 : gap < 1) return undefined;
  const groups = [...before, ...new Array<number>(gap).fill(0), ...after];
  return groups.every((group) => group >= 0 && group <= 0xffff) ? groups : undefined;
}

/** Only global unicast (2000::/3) is public, without documentation, Teredo, 6to4 and what embeds an IPv4 address. */
function isPrivateV6(address: string): boolean {
  const groups = groupsOf(address);
  if (groups === undefined) return true;
  const [first = 0, second = 0] = groups;
  if (first < 0x2000 || first > 0x3fff) return true;
  if (first === 0x2001 && (second < 0x200 || second === 0xdb8)) return true;
  return first === 0x2002 || first === 0x3fff;
}

/** Whether an IP address, as a resolver gives it, is not of the public Internet. A text that is none counts as such. */
export function isPrivateAddress(address: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(address) ? isPrivateV4(address) : isPrivateV6(address);
}

/**
 * The address of a file that somebody named, if it may be asked for it: `https` or `http` at its usual port, without
 * credentials, and not a host of a private network (OWASP, "Server-Side Request Forgery Prevention").
 *
 * The URL parser has read `0x7f.1`, `2130706433` and full-width digits as the address that they mean.
 */
export function publicAddress(text: string): { url: URL } | { problem: MediaProblem } {
  const url = URL.parse(text.trim());
  if (url === null) return { problem: "malformed" };
  if (url.protocol !== "https:" && url.protocol !== "http:") return { problem: "scheme" };
  if (url.username !== "" || url.password !== "") return { problem: "credentials" };
  if (url.port !== "") return { problem: "port" };
  return isPublicHost(url.hostname) ? { url } : { problem: "private_host" };
}

function isPublicHost(hostname: string): boolean {
  const host = hostname.toLowerCase().replace(/\.$/, "");
  if (host.startsWith("[")) return !isPrivateV6(host.slice(1, -1));
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(host)) return !isPrivateV4(host);
  // A name without a dot is one of the own network.
  if (!host.includes(".")) return false;
  return !privateSuffixes.some((suffix) => host === suffix || host.endsWith(`.${suffix}`));
}
