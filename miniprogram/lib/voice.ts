/** What the speech plugin of WeChat gives (WechatSI 同声传译). */
type Recogniser = {
  onStop: ((result: { result: string }) => void) | undefined;
  onError: ((error: unknown) => void) | undefined;
  start(options: { duration: number; lang: string }): void;
  stop(): void;
};

export type Voice = {
  start(): void;
  stop(): void;
};

/** WeChat stops by itself after a minute. */
const longestMs = 60_000;

/** Speech as text; undefined where the account has no such plugin. */
export function createVoice(
  load: () => { getRecordRecognitionManager(): Recogniser },
  heard: { onText: (text: string) => void; onFailure: () => void },
): Voice | undefined {
  let recogniser: Recogniser;
  try {
    recogniser = load().getRecordRecognitionManager();
  } catch {
    return undefined;
  }
  recogniser.onStop = ({ result }) => {
    const text = result.trim();
    if (text === "") heard.onFailure();
    else heard.onText(text);
  };
  recogniser.onError = () => heard.onFailure();
  return {
    start: () => recogniser.start({ duration: longestMs, lang: "zh_CN" }),
    stop: () => recogniser.stop(),
  };
}
