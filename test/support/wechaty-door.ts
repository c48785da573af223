import { FileBox } from "file-box";
import { shippedBotTexts } from "../../src/channels/wechaty/bot-texts.ts";
import type { DoorKind, Seen } from "./channel-doors.ts";
import { createHarness } from "./harness.ts";
import { createWechatyStage, type Heard, wechatyTypes } from "./wechaty-stage.ts";

const { choose } = shippedBotTexts();

/** The text of an answer without its list of options, and the labels in that. */
function readNumbered({ text }: Heard): Seen {
  if (!text.endsWith(`\n${choose}`)) return { text, options: [] };
  const lines = text.slice(0, -choose.length - 1).split("\n");
  const from = lines.lastIndexOf("") + 1;
  return {
    text: lines.slice(0, from).join("\n"),
    options: lines.slice(from).map((line) => line.replace(/^\d+\. /, "")),
  };
}

/** The wechaty bot in this process, before the service over its HTTP contract. */
export const wechatyDoor: DoorKind = {
  name: "the wechaty bot",
  offersNotices: false,
  async open() {
    const harness = await createHarness();
    const stage = await createWechatyStage({
      fetch: async (input, init) => harness.request(new URL(input).pathname, init),
      now: harness.now,
    });
    const { mocker, self, puppet } = stage;
    let count = 0;
    return {
      harness,
      // The bot tells that a message came to its end, but not whose.
      sideBySide: false,
      close: () => stage.stop(),
      async come() {
        const contact = mocker.createContact({ id: `visitor-${++count}`, name: `访客${count}` });
        async function hear(act: () => void): Promise<Seen> {
          const heard = (await stage.after(act)).filter(({ to }) => to === contact.id).map(readNumbered);
          return {
            text: heard.map(({ text }) => text).join("\n"),
            options: heard.flatMap(({ options }) => options),
          };
        }
        const timestamp = harness.now().getTime();
        const say = (text: string) =>
          hear(() => stage.arrive({ type: wechatyTypes.Message.Text, text, timestamp, from: contact.id }));
        return {
          speaker: { channel: "wechaty_private", userId: contact.id },
          say,
          tap: (position) => say(String(position)),
          photo: (bytes) =>
            hear(() => {
              const box = FileBox.fromBase64(Buffer.from(bytes).toString("base64"), "现场.png");
              contact.say(box).to(self);
            }),
          place: ({ latitude, longitude, label }) =>
            hear(() => {
              const id = `place-${++count}`;
              puppet.places.set(id, { latitude, longitude, name: label, address: label });
              stage.arrive({ type: wechatyTypes.Message.Location, id, timestamp, from: contact.id });
            }),
        };
      },
    };
  },
};
