/** The longest label of a place that the service takes, in characters. */
const maxLabelChars = 200;

/**
 * What a person said, without the message that they quoted: WeChat's clients send both as one text, the quoted one in
 * 「…」 above a dashed line. Others' words are not the speaker's.
 */
export function withoutQuotation(text: string): string {
  return text.replace(/^「[\s\S]*?」\s*\n(?:[-—] ?){3,}\s*\n/, "").trim();
}

/** A shared page as the text that the service reads: its title, and where it is. */
export const pageAsText = ({ title, url }: { title: string; url: string }): string =>
  [title.trim(), url.trim()].filter((part) => part !== "").join(" ");

/** The label of a place that was sent: its name and address. */
export function placeLabel({ name, address }: { name: string; address: string }): string | undefined {
  const label = [...new Set([name.trim(), address.trim()])].filter((part) => part !== "").join(" ");
  return label === "" ? undefined : label.slice(0, maxLabelChars);
}

/** One speaker of one chat: the key of a conversation, as the service keeps them apart. */
export const conversationKey = ({
  talkerId,
  roomId = "",
}: {
  talkerId: string;
  roomId?: string | undefined;
}): string => `${roomId}|${talkerId}`;
