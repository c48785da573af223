import { expect, test } from "vitest";
import { trackNames, tracks } from "../cases/track.ts";
import { retentionSchedule } from "../reports/retention.ts";

test("the schedule keeps the name in every track that a petition starts, and names only tracks that there are", () => {
  const needed = retentionSchedule.identityNeeded.map(({ track }) => track);
  expect(needed).toEqual(expect.arrayContaining(trackNames.filter((name) => tracks[name].byPetition)));
  expect(trackNames).toEqual(expect.arrayContaining(needed));
});
