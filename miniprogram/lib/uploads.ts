import type { Api } from "./api";
import { detailOf } from "./failure";
import { texts } from "./texts";

/** One file on its way. `percent` is how much of it has gone out. */
export type Upload = {
  id: string;
  filePath: string;
  bytes: number;
  capturedAt: string | undefined;
  state: "uploading" | "done" | "failed";
  percent: number;
  evidenceId: string;
  failure: string;
};

export type Picked = { filePath: string; bytes: number; capturedAt?: string | undefined };

export type Uploads = ReturnType<typeof createUploads>;

/**
 * The files of one page. Two go out at a time, in the order they were picked; what fails waits for „重试“ and holds
 * nothing up. `onChange` is told of every change.
 */
export function createUploads(dependencies: {
  upload: Api["upload"];
  limits: { fileBytes: number; files: number };
  onChange: (uploads: readonly Upload[]) => void;
}) {
  const { upload, limits, onChange } = dependencies;
  const atOnce = 2;
  let uploads: Upload[] = [];
  let waiting: string[] = [];
  let running = 0;
  let count = 0;

  const change = (id: string, more: Partial<Upload>) => {
    uploads = uploads.map((one) => (one.id === id ? { ...one, ...more } : one));
    onChange(uploads);
  };

  async function run(id: string): Promise<void> {
    const current = uploads.find((one) => one.id === id);
    if (current === undefined) return;
    try {
      const { evidenceId } = await upload(current.filePath, {
        capturedAt: current.capturedAt,
        onProgress: (percent) => {
          change(id, { percent });
        },
      });
      change(id, { state: "done", percent: 100, evidenceId });
    } catch (error) {
      change(id, { state: "failed", failure: detailOf(error) });
    }
  }

  function pump(): void {
    while (running < atOnce) {
      const id = waiting.shift();
      if (id === undefined) return;
      running++;
      void run(id).then(() => {
        running--;
        pump();
      });
    }
  }

  return {
    list: (): readonly Upload[] => uploads,

    /** Adds files and sends them. Returns what to tell of those that are not taken. */
    add(picked: readonly Picked[]): string | undefined {
      let refused: string | undefined;
      for (const { filePath, bytes, capturedAt } of picked) {
        if (bytes > limits.fileBytes) {
          refused = texts.tooLarge;
          continue;
        }
        if (uploads.length >= limits.files) {
          refused = texts.tooMany;
          break;
        }
        const id = `upload-${++count}`;
        uploads = [
          ...uploads,
          { id, filePath, bytes, capturedAt, state: "uploading", percent: 0, evidenceId: "", failure: "" },
        ];
        waiting.push(id);
      }
      onChange(uploads);
      pump();
      return refused;
    },

    retry(id: string): void {
      if (uploads.find((one) => one.id === id)?.state !== "failed") return;
      change(id, { state: "uploading", percent: 0, failure: "" });
      waiting.push(id);
      pump();
    },

    remove(id: string): void {
      waiting = waiting.filter((one) => one !== id);
      uploads = uploads.filter((one) => one.id !== id);
      onChange(uploads);
    },

    /** The ids of what has arrived. */
    evidenceIds: (): string[] =>
      uploads.filter(({ state }) => state === "done").map(({ evidenceId }) => evidenceId),

    /** Whether something is still on its way. */
    isBusy: (): boolean => uploads.some(({ state }) => state === "uploading"),
  };
}
