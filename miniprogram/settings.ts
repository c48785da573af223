/** What a deployment sets before it uploads the mini-program. */
export const settings = {
  /** Where the service answers; a request domain of the mini-program's own settings at WeChat. No slash at the end. */
  serviceUrl: "https://zhiquan.example.gov.cn",
  /** How long one request may take. */
  answerWithinMs: 15_000,
  /** How long one upload may take. */
  uploadWithinMs: 120_000,
  /** The largest file that the service takes (`POST /api/v1/evidence`). */
  fileBytes: 30 * 1024 * 1024,
  /** The most files of one report (`evidenceIds` of the form). */
  files: 50,
  /** The longest message (`maxMessageChars` of the service). */
  messageChars: 4000,
  /** WeChat's speech plugin, where the account was given it; the keyboard's own dictation does otherwise. */
  speechPlugin: "WechatSI",
};
