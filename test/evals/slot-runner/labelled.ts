import { z } from "zod";
import { type SlotName, slotNames } from "../../../src/reports/report.ts";

/** The slots that sentences are labelled with. What happened and how much evidence there is are not measured. */
export const measuredSlots: readonly SlotName[] = slotNames.filter(
  (name) => name !== "description" && name !== "evidenceCount",
);

const Value = z.union([z.string(), z.boolean()]);
const Label = z.union([Value, z.strictObject({ any: z.array(Value.nullable()).min(1) })]);
export type Label = z.infer<typeof Label>;

/** One message of one person with what it says, written by somebody who had not seen the engine. */
export const Labelled = z.strictObject({
  id: z.string(),
  text: z.string().min(1),
  /** The slot that the last question asked for, where the message is an answer. */
  pending: z.enum(slotNames as [SlotName, ...SlotName[]]).optional(),
  slots: z.partialRecord(z.enum(measuredSlots as [SlotName, ...SlotName[]]), Label),
  /** Slots that may be read one way or another: they are neither scored nor taught. */
  lenient: z.array(z.enum(measuredSlots as [SlotName, ...SlotName[]])).optional(),
  /** Whether the words leave the county open, so that it must be asked. */
  countyAsk: z.boolean().optional(),
  tags: z.array(z.string()),
});
export type Labelled = z.infer<typeof Labelled>;

/** Reads a file of labelled sentences, one JSON object a line. @throws {Error} naming the line that is not one. */
export function parseLabelled(text: string, name: string): Labelled[] {
  return text.split("\n").flatMap((line, index) => {
    if (line.trim() === "") return [];
    try {
      return [Labelled.parse(JSON.parse(line))];
    } catch (cause) {
      throw new Error(`${name}:${index + 1} is no labelled sentence`, { cause });
    }
  });
}
