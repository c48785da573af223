import { describe, expect, onTestFinished, test } from "vitest";
import {
  loadConversations,
  type Outcome,
  type Played,
  playAll,
  withoutNoticeOffer,
} from "../support/channel-contract.ts";
import { contract, type DoorKind, doorKinds } from "../support/channel-doors.ts";
import { startFakeWechat } from "../support/fake-wechat.ts";
import { isFull } from "../support/scale.ts";
import { wechatyDoor } from "../support/wechaty-door.ts";
import { wecomDoor } from "../support/wecom-door.ts";

const conversations = loadConversations();

/** What a door plays. Customer service answers one after the other: the fast suite plays every fourth conversation there. */
const playedAt = (kind: DoorKind) =>
  kind === wecomDoor && !isFull ? conversations.filter((_, place) => place % 4 === 0) : conversations;

async function playAt(kind: DoorKind): Promise<Played> {
  const wechat = await startFakeWechat();
  onTestFinished(() => wechat.stop());
  const door = await kind.open({ wechat });
  onTestFinished(async () => void (await door.close?.()));
  return playAll(door, playedAt(kind));
}

let byContract: Promise<Played> | undefined;
/** What the contract itself comes to: played once, by the first test that asks. */
function playedByContract(): Promise<Played> {
  byContract ??= playAt(contract);
  return byContract;
}

const filedText = "已经登记好了";

/** What was seen, where a door asks once a report is filed whether it is to tell of progress: that it asked there, and the rest. */
const seenBesides = ({ seen }: Outcome) =>
  seen.map((one) => (one.text.includes(filedText) ? (withoutNoticeOffer(one) ?? "did not ask") : one));

/** Of a conversation's outcome what is written down with it. */
function inShort({ reports, tickets, draft }: Outcome) {
  return {
    reports: reports.map(({ county, slots, photos, cases }) => ({
      matter: cases.map(({ matter }) => matter).join("、"),
      county,
      anonymous: slots.anonymous === true,
      photos: photos.length,
    })),
    tickets: tickets.length,
    draft: draft !== null,
  };
}

describe("forty conversations", () => {
  test("come by the conversation's contract to what is written down with them", async () => {
    const { outcomes, totals } = await playedByContract();
    expect(outcomes.size).toBe(40);
    for (const { id, outcome: expected } of conversations) {
      const outcome = outcomes.get(id);
      expect.soft(outcome?.kind === "played" ? inShort(outcome) : outcome, id).toEqual(expected);
    }
    // Longer than what doors put into one message of WeChat, so that each has to send several.
    const long = outcomes.get("question-inside");
    const lengths = long?.kind === "played" ? long.seen.map(({ text }) => Buffer.byteLength(text)) : [];
    expect(Math.max(...lengths)).toBeGreaterThan(1920);
    const filed = conversations.flatMap(({ outcome }) => outcome.reports).length;
    expect(totals).toMatchObject({ reports: filed, cases: filed });
  });

  test.each([...doorKinds, wecomDoor, wechatyDoor])("come to the same end at $name", async (kind) => {
    const wanted = await playedByContract();
    const { outcomes, totals } = await playAt(kind);
    for (const { id } of playedAt(kind)) {
      const outcome = outcomes.get(id);
      const told =
        outcome?.kind === "played" && kind.offersNotices
          ? { ...outcome, seen: seenBesides(outcome) }
          : outcome;
      expect.soft(told, id).toEqual(wanted.outcomes.get(id));
    }
    // Nothing is stored that no conversation accounts for.
    if (playedAt(kind) === conversations) expect(totals).toEqual(wanted.totals);
  });
});
