import { describe, expect, test } from "vitest";
import { withStaff } from "../support/staff.ts";

describe("absence", () => {
  const days = { from: "2026-11-24", to: "2026-11-26" };
  const at = (day: string) => new Date(`${day}T02:00:00Z`);

  async function office() {
    const staff = await withStaff([
      ["head", "office_head"],
      ["a", "handler"],
      ["b", "handler"],
      ["c", "handler"],
      ["desk", "intake_desk"],
      ["away", "handler", "130929"],
    ]);
    const put = async (who: string, body: object) =>
      (await staff.send("PUT", "/staff/me/absence", await staff.signIn(who), body)).status;
    const cover = async (who: string, day: string) => {
      const id = await staff.harness.absences.coverOf(staff.idOf(who), at(day));
      return (await staff.harness.staff.listAccounts()).find((row) => row.id === id)?.account;
    };
    return { ...staff, put, cover };
  }

  test("hands over to the deputy on its days and not before or after, and the deputy is told", async () => {
    const { harness, put, cover, send, signIn, entries } = await office();
    expect(await put("a", { ...days, deputy: "B" })).toBe(204);
    expect(await Promise.all(["23", "24", "26", "27"].map((day) => cover("a", `2026-11-${day}`)))).toEqual([
      "a",
      "b",
      "b",
      "a",
    ]);
    harness.moveTo("2026-11-24T02:00:00Z");
    const b = await signIn("b");
    expect((await send("GET", "/staff/me", b)).body["coveringFor"]).toEqual([{ account: "a", name: "a" }]);
    const a = await signIn("a");
    expect((await send("GET", "/staff/me", a)).body["absences"]).toMatchObject([
      { deputy: { account: "b" } },
    ]);
    expect((await send("DELETE", "/staff/me/absence", a)).status).toBe(204);
    expect(await cover("a", "2026-11-25")).toBe("a");
    expect((await entries("a")).map(({ action }) => action)).toEqual(
      expect.arrayContaining(["absence.set", "absence.cleared"]),
    );
  });

  test.each([
    ["themselves", { deputy: "a" }, 400],
    ["a role that may do less", { deputy: "desk" }, 400],
    ["another office's", { deputy: "away" }, 400],
    ["nobody known", { deputy: "nobody" }, 400],
    ["an end before the start", { deputy: "b", to: "2026-11-23" }, 400],
    ["days that are over", { deputy: "b", from: "2026-11-01", to: "2026-11-02" }, 400],
    ["more than a year", { deputy: "b", to: "2028-01-01" }, 400],
    ["no date", { deputy: "b", from: "tomorrow" }, 400],
  ])("refuses %s", async (_, member, status) => {
    const { put, cover } = await office();
    expect(await put("a", { ...days, ...member })).toBe(status);
    expect(await cover("a", "2026-11-25")).toBe("a");
  });

  test("refuses days that overlap and deputies who stand in for each other, and follows a line of deputies", async () => {
    const { harness, put, cover, send, signIn, idOf } = await office();
    expect(await put("a", { ...days, deputy: "b" })).toBe(204);
    expect(await put("a", { from: "2026-11-26", to: "2026-11-30", deputy: "c" })).toBe(409);
    expect(await put("b", { from: "2026-11-26", to: "2026-11-30", deputy: "a" })).toBe(409);
    expect(await put("b", { from: "2026-11-25", to: "2026-11-30", deputy: "c" })).toBe(204);
    expect(await put("c", { from: "2026-11-26", to: "2026-11-26", deputy: "a" })).toBe(409);
    expect(await put("c", { from: "2026-11-27", to: "2026-11-28", deputy: "a" })).toBe(204);
    expect(await cover("a", "2026-11-24")).toBe("b");
    expect(await cover("a", "2026-11-26")).toBe("c");
    expect(await cover("b", "2026-11-27")).toBe("a");
    harness.moveTo("2026-11-25T02:00:00Z");
    await send("PATCH", `/staff/accounts/${idOf("c")}`, await signIn("admin"), { disabled: true });
    expect(await cover("a", "2026-11-26")).toBe("b");
  });

  test("is set by the head for their own people alone", async () => {
    const { send, signIn, idOf, cover } = await office();
    const set = async (who: string, whose: string) =>
      (
        await send("PUT", `/staff/accounts/${idOf(whose)}/absence`, await signIn(who), {
          ...days,
          deputy: "b",
        })
      ).status;
    expect(await set("head", "a")).toBe(204);
    expect(await set("head", "away")).toBe(404);
    expect(await set("c", "a")).toBe(403);
    expect(await cover("a", "2026-11-25")).toBe("b");
    const clear = await send("DELETE", `/staff/accounts/${idOf("a")}/absence`, await signIn("head"));
    expect(clear.status).toBe(204);
    expect(await cover("a", "2026-11-25")).toBe("a");
  });
});
