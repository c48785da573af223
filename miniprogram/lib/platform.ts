/** A request as the mini-program's network sends it. */
export type Outgoing = {
  method: "GET" | "POST";
  url: string;
  headers: Record<string, string>;
  body?: unknown;
  withinMs: number;
};

/** What came back; the body is parsed where it is JSON. */
export type Incoming = { status: number; body: unknown };

/** A file of the phone on its way to the service. */
export type OutgoingFile = {
  url: string;
  headers: Record<string, string>;
  filePath: string;
  fields: Record<string, string>;
  withinMs: number;
  onProgress?: (percent: number) => void;
};

/** What the mini-program needs of WeChat; tests hand in their own. */
export type Platform = {
  /** Resolves for every answer. @throws whatever the network throws where none came. */
  send(request: Outgoing): Promise<Incoming>;
  upload(file: OutgoingFile): Promise<Incoming>;
  /** A login code (`wx.login`), good for one use within five minutes. */
  loginCode(): Promise<string>;
  read(key: string): unknown;
  write(key: string, value: unknown): void;
  erase(key: string): void;
  /** Milliseconds since 1970. */
  now(): number;
  /** 128 random bits in hexadecimal. */
  newId(): Promise<string>;
};
