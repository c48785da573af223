import type { Clock } from "../core/clock.ts";
import type { NewId } from "../core/new-id.ts";
import type { Wait } from "../core/wait.ts";
import type { AccessTokenRepository, StoredToken } from "./access-token-repository.ts";

/** A token as the platform gave it. */
export type FetchedToken = { token: string; expiresInSeconds: number };

/** Asks the platform for a token; `force` asks for another one than it would give by itself. */
export type FetchToken = (options: { force: boolean }) => Promise<FetchedToken>;

export type AccessTokens = {
  /** The token in use; fetched where there is none whose time is not over. */
  get(id: string, fetch: FetchToken): Promise<string>;
  /** The token in place of one that the platform refused. */
  renew(id: string, refused: string, fetch: FetchToken): Promise<string>;
};

/** A token is not used in its last five minutes: a call takes a while, and clocks differ. */
const marginMs = 5 * 60 * 1000;
/** After this time a renewal counts as lost, and another may try. */
const leaseMs = 15_000;
const pollMs = 100;
/** How often one looks whether another's renewal is done: twice a lease. */
const maxPolls = (2 * leaseMs) / pollMs;

/**
 * The access tokens of a deployment. A token is fetched once, however many calls of however many processes need it:
 * who gets the lease row fetches, the others wait for what is stored then.
 */
export function createAccessTokens(dependencies: {
  tokens: AccessTokenRepository;
  now: Clock;
  newId: NewId;
  wait: Wait;
}): AccessTokens {
  const { tokens, now, newId, wait } = dependencies;
  /** What this process knows, so that not every call reads the database. */
  const known = new Map<string, StoredToken>();
  const renewals = new Map<string, Promise<string>>();

  const isGood = (stored: StoredToken | undefined, refused: string | undefined): stored is StoredToken =>
    stored !== undefined &&
    stored.token !== refused &&
    stored.expiresAt.getTime() - marginMs > now().getTime();

  async function renewOnce(id: string, refused: string | undefined, fetch: FetchToken): Promise<string> {
    const holder = newId("lease");
    for (let poll = 0; poll < maxPolls; poll++) {
      const stored = await tokens.find(id);
      if (isGood(stored, refused)) return remember(id, stored);
      const until = new Date(now().getTime() + leaseMs);
      if (await tokens.takeLease(id, holder, now(), until))
        return fetchUnderLease(id, holder, refused, fetch);
      await wait(pollMs);
    }
    throw new Error("Nobody renewed the access token in time.");
  }

  async function fetchUnderLease(
    id: string,
    holder: string,
    refused: string | undefined,
    fetch: FetchToken,
  ): Promise<string> {
    try {
      // Between the look and the lease another may have finished.
      const stored = await tokens.find(id);
      if (isGood(stored, refused)) {
        await tokens.release(id, holder);
        return remember(id, stored);
      }
      let fetched = await fetch({ force: false });
      // The platform says the same again while it thinks it good; forcing is limited to 20 a day.
      if (fetched.token === refused) fetched = await fetch({ force: true });
      const expiresAt = new Date(now().getTime() + fetched.expiresInSeconds * 1000);
      const fresh = { token: fetched.token, expiresAt };
      await tokens.store(id, holder, fresh);
      return remember(id, fresh);
    } catch (error) {
      await tokens.release(id, holder);
      throw error;
    }
  }

  function remember(id: string, stored: StoredToken): string {
    known.set(id, stored);
    return stored.token;
  }

  function renewInTurn(id: string, refused: string | undefined, fetch: FetchToken): Promise<string> {
    const under = renewals.get(id);
    if (under !== undefined) return under;
    const renewal = renewOnce(id, refused, fetch).finally(() => {
      renewals.delete(id);
    });
    renewals.set(id, renewal);
    return renewal;
  }

  return {
    async get(id, fetch) {
      const stored = known.get(id);
      return isGood(stored, undefined) ? stored.token : renewInTurn(id, undefined, fetch);
    },
    async renew(id, refused, fetch) {
      const stored = known.get(id);
      return isGood(stored, refused) ? stored.token : renewInTurn(id, refused, fetch);
    },
  };
}
