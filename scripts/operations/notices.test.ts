import { expect, test } from "vitest";
import { outbox } from "../../src/outbox/schema.ts";
import { filing } from "../../test/support/filing.ts";
import { createHarness } from "../../test/support/harness.ts";
import { recordingSender } from "../../test/support/recording-sender.ts";
import { holdNotices } from "./notices.ts";

test("what a backup still had to send is held for staff, and what was sent stays sent", async () => {
  const { sender, messages } = recordingSender("webhook");
  const harness = await createHarness({ senders: [sender], systems: [{ name: "hall" }] });
  await harness.post("/api/v1/reports", filing);
  await harness.dispatchDue();
  await harness.post("/api/v1/reports", filing);

  const file = `${harness.folder}/zhiquan.db`;
  expect(await holdNotices(file, harness.now())).toBe(1);
  expect(await holdNotices(file, harness.now())).toBe(0);
  await harness.dispatchDue();
  expect(messages).toHaveLength(1);
  const rows = await harness.db.sql.select().from(outbox);
  expect(rows.map(({ state, reason }) => [state, reason]).sort()).toEqual([
    ["dead", "restored"],
    ["sent", null],
  ]);
});
