/**
 * Whether a network address is one of the public internet: not private, loopback, link-local, shared, reserved,
 * multicast or for documentation (IANA special-purpose registries, RFC 6890; 2002::/16 and 64:ff9b::/96 by what is
 * embedded in them). What is no address is none of the public internet.
 */
export function isPublicAddress(address: string): boolean {
  const v4 = ipv4Of(address);
  if (v4 !== undefined) return isPublicV4(v4);
  const v6 = ipv6Of(address.replace(/^\[|\]$/g, "").replace(/%.*$/, ""));
  return v6 !== undefined && isPublicV6(v6);
}

const special4: readonly (readonly [network: string, prefix: number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.31.196.0", 24],
  ["192.52.193.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["192.175.48.0", 24],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
];

/** Four decimal parts without leading zeros; other spellings (octal, one number) are refused, not read. */
function ipv4Of(text: string): number | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  if (parts === undefined || parts.some((part) => part > 255) || /(^|\.)0\d/.test(text)) return undefined;
  return parts.reduce((whole, part) => whole * 256 + part, 0);
}

function isPublicV4(address: number): boolean {
  return !special4.some(([network, prefix]) => {
    const size = 2 ** (32 - prefix);
    return Math.floor(address / size) === Math.floor((ipv4Of(network) ?? 0) / size);
  });
}

/** The eight groups of an IPv6 address. */
function ipv6Of(text: string): number[] | undefined {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const v4 = dotted?.[2] === undefined ? undefined : ipv4Of(dotted[2]);
  if (dotted !== null && v4 === undefined) return undefined;
  const plain =
    v4 === undefined
      ? text
      : `${dotted?.[1]}${Math.floor(v4 / 65536).toString(16)}:${(v4 % 65536).toString(16)}`;
  const halves = plain.split("::");
  if (halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array<string>(missing).fill("0"), ...tail];
  return groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))
    ? groups.map((group) => Number.parseInt(group, 16))
    : undefined;
}

function isPublicV6(groups: readonly number[]): boolean {
  const [a = 0, b = 0, c = 0] = groups;
  const embedded = (at: number) => isPublicV4((groups[at] ?? 0) * 65536 + (groups[at + 1] ?? 0));
  if (a === 0x64 && b === 0xff9b && groups.slice(2, 6).every((group) => group === 0)) return embedded(6);
  if (a === 0x2002) return embedded(1);
  // Global unicast alone (2000::/3), without Teredo, ORCHID and benchmarking (2001::/23) and documentation.
  if (a < 0x2000 || a > 0x3fff) return false;
  if (a === 0x2001 && (b < 0x200 || b === 0xdb8)) return false;
  return !(a === 0x3fff && b < 0x1000) && !(a === 0x2620 && b === 0x4f && c === 0x8000);
}
