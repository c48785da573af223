import { type DoorKind, readNumbered, type Seen } from "./channel-doors.ts";
import { createFakeTime } from "./fake-time.ts";
import { createHarness } from "./harness.ts";
import { createWecomClient, watchDoor, wecomSettings } from "./wecom.ts";

/** Customer service of WeCom: the callback tells that there is something, and the answers come by its API. */
export const wecomDoor: DoorKind = {
  name: "customer service of WeCom",
  offersNotices: true,
  async open({ wechat }) {
    const { now, wait } = createFakeTime();
    const harness = await createHarness({ now, wait, wecom: wecomSettings, wecomApiBase: wechat.url });
    if (harness.wecom === undefined) throw new Error("The door is closed.");
    // Nobody is there to take a conversation over: the assistant stays, as at doors that know of no such change.
    wechat.kfStaffed.value = false;
    const settled = watchDoor(harness.wecom.door);
    const client = createWecomClient({ ask: harness.request, now, wechat });
    let count = 0;
    return {
      harness,
      // All wait in one queue: what a callback fetches is not only its own.
      sideBySide: false,
      async come() {
        const externalUserid = `wm-visitor-${++count}`;
        const customer = client.customer(externalUserid);
        async function write(content: Parameters<typeof customer.write>[0]): Promise<Seen> {
          const before = customer.got().length;
          customer.write(content);
          const { status } = await client.call();
          if (status !== 200) throw new Error(`The callback was answered with ${status}.`);
          await settled();
          return readNumbered(customer.got().slice(before).join("\n"));
        }
        return {
          speaker: { channel: "wecom", userId: externalUserid },
          say: (text) => write(text),
          tap: (position) => write(String(position)),
          photo(bytes) {
            const mediaId = `media-of-${externalUserid}-${++count}`;
            wechat.media.set(mediaId, bytes);
            return write({ msgtype: "image", image: { media_id: mediaId } });
          },
          place: ({ latitude, longitude, label }) =>
            write({ msgtype: "location", location: { latitude, longitude, name: label, address: "" } }),
        };
      },
    };
  },
};
