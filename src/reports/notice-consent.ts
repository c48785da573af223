import type { Channel } from "../callers/caller.ts";
import type { Door } from "../outbox/outbox.ts";

/** The door through which the user of a channel is reached; undefined where the channel has none to one person. */
export function doorOf(channel: Channel): Door | undefined {
  switch (channel) {
    case "official_account":
    case "mini_program":
    case "wecom":
      return channel;
    default:
      return undefined;
  }
}

/** The doors that reach a person who filed; `webhook` reaches systems. */
export const personalDoors = ["official_account", "mini_program", "wecom", "email"] as const satisfies Door[];
