import { describe, expect, onTestFinished, test } from "vitest";
import { loadConversations, type Played, playAll, withoutNoticeOffer } from "../support/channel-contract.ts";
import { contract, type DoorKind, doorKinds } from "../support/channel-doors.ts";
import { startFakeWechat } from "../support/fake-wechat.ts";
import { wechatyDoor } from "../support/wechaty-door.ts";

const conversations = loadConversations();

async function playAt(kind: DoorKind): Promise<Played> {
  const wechat = await startFakeWechat();
  onTestFinished(() => wechat.stop());
  const door = await kind.open({ wechat });
  onTestFinished(async () => void (await door.close?.()));
  const t = performance.now();
  const r = await playAll(door, conversations);
  console.log(kind.name, performance.now() - t);
  return r;
}

let byContract: Promise<Played> | undefined;
/** What the contract itself comes to: played once, by the first test that asks. */
const playedByContract = () => {
  byContract ??= playAt(contract);
  return byContract;
};

describe("forty conversations", () => {
  test("come by the conversation's contract to what is written down with them", async () => {
    const { outcomes, totals } = await playedByContract();
    expect(outcomes.size).toBe(40);
    for (const { id, outcome: expected } of conversations) {
      const outcome = outcomes.get(id);
      if (process.env["SHOW"]) console.log(id, JSON.stringify(outcome, null, 1));
      const { reports = [], tickets = [], draft } = outcome instanceof Error || outcome === undefined ? {draft: null} : outcome;
      const filed = reports.map(({ county, slots, photos, cases }) => ({
        matter: cases.map(({ matter }) => matter).join(),
        county,
        anonymous: slots.anonymous === true,
        photos: photos.length,
      }));
      expect.soft({ reports: filed, tickets: tickets.length, draft: draft !== null }, id).toEqual(expected);
    }
    const filed = conversations.flatMap(({ outcome }) => outcome.reports).length;
    expect(totals).toMatchObject({ reports: filed, cases: filed });
  });

  test.each([...doorKinds, wechatyDoor])("come to the same end at $name", async (kind) => {
    const wanted = await playedByContract();
    const { outcomes, totals } = await playAt(kind);
    for (const { id } of conversations) {
      const outcome = outcomes.get(id);
      const wantedOutcome = wanted.outcomes.get(id);
      if (outcome instanceof Error || outcome === undefined || wantedOutcome instanceof Error || wantedOutcome === undefined) {
        expect.soft(outcome, id).toEqual(wantedOutcome);
        continue;
      }
      const {seen, ...stored} = outcome;
      const {seen: wantedSeen, ...wantedStored} = wantedOutcome;
      expect.soft(stored, id).toEqual(wantedStored);
      const plain = seen.map((one, index) => {
      const files = wantedSeen[index]?.text.includes("已经登记好了") === true;
      return kind.offersNotices && files ? withoutNoticeOffer(one) : one;
    });
      expect.soft(plain, id).toEqual(wantedSeen);
    }
    // Nothing is stored that no conversation accounts for.
    expect(totals).toEqual(wanted.totals);
  });
});
