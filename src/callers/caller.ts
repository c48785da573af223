import { z } from "zod";

/** The channels of API.md. The last three are taken down by staff for someone. */
export const channels = [
  "web",
  "mini_program",
  "official_account",
  "wecom",
  "wechaty_private",
  "wechaty_group",
  "phone",
  "walk_in",
  "letter",
  "transferred",
] as const;
export const Channel = z.enum(channels, {
  error: `channel 只能是 ${channels.join("、")} 之一。`,
});
export type Channel = (typeof channels)[number];

/**
 * Who makes a request: a trusted channel adapter, which names its own users, or
 * the holder of a session, who is one user of one channel.
 */
export type Caller =
  | { kind: "adapter"; channels: "all" | readonly Channel[] }
  | {
      kind: "session";
      channel: Channel;
      userId: string;
      /** Where the request came from, for limits only. */
      address: string;
      /** The proof of work that it brings. */
      proof?: string | undefined;
    };

/** One user of one channel, and in a group chat the room. */
export type Speaker = { channel: Channel; userId: string; roomId?: string | undefined };

/** A text that stands for a speaker and for no other. Lengths are written so that no two speakers share it. */
export function speakerKey({ channel, userId, roomId = "" }: Speaker): string {
  return `${channel}|${roomId.length}:${roomId}|${userId.length}:${userId}`;
}
