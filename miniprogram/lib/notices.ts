/** A kind of message that can be subscribed to: one consent, one message. */
export type Notice = { kind: string; title: string; templateId: string };

/** `wx.requestSubscribeMessage` takes three at most. */
const askedAtOnce = 3;

export const templateIdsOf = (notices: readonly Notice[]): string[] =>
  notices.slice(0, askedAtOnce).map(({ templateId }) => templateId);

/** The templates that the person agreed to, of what WeChat answered. */
export const acceptedOf = (answer: Record<string, unknown>, asked: readonly string[]): string[] =>
  asked.filter((templateId) => answer[templateId] === "accept");
