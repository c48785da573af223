import type { Note, Notes } from "./notebook.ts";

/** What the process that holds the bot tells the one that watches over it. */
export type FromBot =
  /** It has been loaded and waits for the notes of the one before. */
  | { kind: "hello" }
  /** It lives; `loggedIn` says whether anybody can reach it. */
  | { kind: "beat"; loggedIn: boolean }
  | { kind: "note"; note: Note };

/** What it is told. */
export type ToBot = { kind: "notes"; notes: Notes };

/** How often a bot says that it lives. */
export const beatEveryMs = 5_000;
