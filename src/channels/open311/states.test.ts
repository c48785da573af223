import { expect, test } from "vitest";
import type { CaseProjection } from "../../cases/case.ts";
import type { CaseState } from "../../cases/lifecycle.ts";
import type { Track } from "../../cases/track.ts";
import { isStatus, toldStateOf } from "./states.ts";

const told = (
  state: CaseState,
  {
    track = "ruling",
    closing = null,
    duplicate = false,
    outcome = null,
  }: { track?: Track; closing?: string | null; duplicate?: boolean; outcome?: string | null } = {},
) => {
  const current = { state, track, facts: { outcome } } as CaseProjection;
  const { status, code, description } = toldStateOf({ current, closing, duplicate, movedAt: new Date(0) });
  return [status, code, description].join(" ");
};

test.each([
  ["received", {}, "open OPEN Received"],
  ["waiting_material", {}, "open OPEN Waiting for material"],
  ["routed", {}, "open FOR_TRIAGE Routing"],
  ["accepted", {}, "open INVESTIGATING Accepted"],
  ["accepted", { track: "penalty" }, "open INVESTIGATING Filed"],
  ["investigating", {}, "open IN_PROGRESS Checking"],
  ["mediating", {}, "open ACTION_SCHEDULED Mediation"],
  ["suspended", {}, "open ACTION_SCHEDULED Suspended"],
  ["transferred", {}, "open INTERNAL_REFERRAL Transferred"],
  ["decided", {}, "open IN_PROGRESS Decided"],
  ["declined", { track: "complaint" }, "closed NOT_COUNCILS_RESPONSIBILITY Not accepted"],
  ["declined", { track: "penalty" }, "closed NO_FURTHER_ACTION Ended"],
  ["withdrawn", {}, "closed CANCELLED Withdrawn"],
  ["closed", { closing: "decision", outcome: "not_infringing" }, "closed CLOSED Done"],
  ["closed", { closing: "mediation_agreement" }, "closed FIXED Done"],
  ["closed", { closing: "advised" }, "closed CLOSED Done"],
  ["closed", { closing: "advised", duplicate: true }, "closed DUPLICATE Duplicate"],
  ["closed", { closing: "decision", duplicate: true }, "closed CLOSED Done"],
  ["closed", { closing: "handed_over" }, "closed NOT_COUNCILS_RESPONSIBILITY Not accepted"],
  ["closed", {}, "closed NO_FURTHER_ACTION Ended"],
] as const)("%s %o is told as %s", (state, more, expected) => {
  expect(told(state, more)).toBe(expected);
});

test("the statuses of others are known by name", () => {
  expect(isStatus("PLANNED")).toBe(true);
  expect(isStatus("open")).toBe(false);
});
