import type { Door, Notification, Sender, SendResult } from "../../src/notifications/sender.ts";

/** A sender that keeps what it is given; `answer` says how that ends, by default well. */
export function recordingSender(
  door: Door,
  answer: (message: Notification) => SendResult | Promise<SendResult> = () => ({ sent: true }),
) {
  const messages: Notification[] = [];
  const sender: Sender = {
    door,
    async send(message) {
      messages.push(message);
      return answer(message);
    },
  };
  return { sender, messages };
}
