/** The slots that are learned from labelled sentences, beside the rules. */
export const taggedSlots = ["infringer", "product", "contactName"] as const;
export type TaggedSlot = (typeof taggedSlots)[number];

/** Labels of a character: none, or the first or a further one of a slot's value. */
export const tags = ["O", ...taggedSlots.flatMap((slot) => [`B-${slot}`, `I-${slot}`])];
export const tagCount = tags.length;
/** The label of a value's first character; that of a further one is the next. */
export const firstOf = (slot: TaggedSlot) => 1 + 2 * taggedSlots.indexOf(slot);
