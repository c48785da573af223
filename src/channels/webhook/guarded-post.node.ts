import { lookup } from "node:dns";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { LookupFunction } from "node:net";
import { isPublicAddress } from "./public-address.ts";
import { type PostText, RefusedTarget } from "./webhook-sender.ts";

type ResolveAll = (
  hostname: string,
  options: { all: true },
  callback: (error: Error | null, addresses: { address: string; family: number }[]) => void,
) => void;

/**
 * Posts to names of the public internet alone. The address that was checked is the one that is connected to, so that a
 * name that leads elsewhere at the second look gains nothing (DNS rebinding). Redirects are not followed.
 *
 * @param loopback Lets this very machine in: for tests.
 */
export function createGuardedPost({
  loopback = false,
  resolve = lookup as ResolveAll,
}: {
  loopback?: boolean;
  resolve?: ResolveAll;
} = {}): PostText {
  const allowed = (address: string) =>
    isPublicAddress(address) || (loopback && /^(127\.\d+\.\d+\.\d+|::1)$/.test(address));

  const guardedLookup: LookupFunction = (hostname, options, callback) => {
    resolve(hostname, { all: true }, (error, addresses) => {
      if (error !== null) return callback(error, "", 0);
      const [first] = addresses;
      // One inner address among several is a trick, too.
      if (first === undefined || !addresses.every(({ address }) => allowed(address))) {
        return callback(new RefusedTarget("inner_address"), "", 0);
      }
      return options.all === true ? callback(null, addresses) : callback(null, first.address, first.family);
    });
  };

  return (url, { headers, body, signal }) =>
    new Promise((fulfil, reject) => {
      const { protocol } = new URL(url);
      const open = protocol === "https:" ? requestHttps : requestHttp;
      const sent = open(
        url,
        { method: "POST", headers, lookup: guardedLookup, signal, agent: false, timeout: 10_000 },
        (response) => {
          fulfil({ status: response.statusCode ?? 0 });
          response.destroy();
        },
      );
      sent.on("error", reject);
      sent.end(body);
    });
}
