import { fingerprintRules } from "./fingerprint-data.ts";

/** What a link points at, as the platform numbers it: `jd:100088812345`. */
export type LinkTarget = { kind: "listing" | "shop"; id: string };

const maxLinks = 5;

/**
 * The listings and shops that a text links to. What a platform adds to a link (who shared it, from where) is dropped;
 * a link of an unknown site counts with its host and path.
 */
export function findLinkTargets(text: string): LinkTarget[] {
  const found = new Map<string, LinkTarget>();
  for (const [written] of text.matchAll(/https?:\/\/[!-~]{4,500}/giu)) {
    for (const target of targetsOf(written.replace(/[)\]}>,.;'"]+$/u, ""))) {
      found.set(`${target.kind} ${target.id}`, target);
    }
    if (found.size >= maxLinks) break;
  }
  return [...found.values()].slice(0, maxLinks);
}

function targetsOf(written: string): LinkTarget[] {
  if (!URL.canParse(written)) return [];
  const { hostname, pathname, searchParams } = new URL(written);
  const { links, bareHostsToIgnore } = fingerprintRules();
  const targets: LinkTarget[] = [];
  for (const { site, host, notHost, path, kind, parameters, fromHost } of links) {
    const inHost = host.exec(hostname);
    if (inHost === null || notHost?.test(hostname) === true) continue;
    if (targets.some((target) => target.kind === kind)) continue;
    const id =
      parameters === undefined
        ? (fromHost === true ? inHost : path.exec(pathname))?.[1]
        : parameters.map((name) => searchParams.get(name)).find((value) => value !== null && value !== "");
    if (id !== undefined && id !== null) targets.push({ kind, id: `${site}:${id.toLowerCase()}` });
  }
  const path = pathname.replace(/\/+$/u, "");
  if (targets.length > 0 || path === "" || bareHostsToIgnore.has(hostname)) return targets;
  return [{ kind: "listing", id: `${hostname}${path}` }];
}
