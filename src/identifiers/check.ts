import { dateInShanghai } from "../core/clock.ts";
import { parseCreditCode } from "./credit-code.ts";
import { parsePatentNumber } from "./patent-number.ts";
import { parsePhone } from "./phone.ts";
import { parseResidentId } from "./resident-id.ts";

export const identifierKinds = ["patentNumber", "creditCode", "residentId", "phone"] as const;
export type IdentifierKind = (typeof identifierKinds)[number];

/** The answer about one identifier. `normalized` is null where nothing could be read, and masked for an identity number. */
export type IdentifierCheck = {
  valid: boolean;
  normalized: string | null;
  /** What is wrong and where to look, for people. */
  problem?: string;
  facts: Record<string, string | number | boolean>;
};

/** Checks an identifier as someone wrote it, at the instant `now`. */
export function checkIdentifier(kind: IdentifierKind, value: string, now: Date): IdentifierCheck {
  const today = dateInShanghai(now);
  switch (kind) {
    case "patentNumber":
      return checkPatentNumber(value, Number(today.slice(0, 4)));
    case "creditCode": {
      const result = parseCreditCode(value);
      return result.kind === "valid" ? accepted(result.normalized, result.facts) : refused(result.problem);
    }
    case "residentId": {
      const result = parseResidentId(value, today);
      // Neither the number nor what it tells (birth, sex, home) goes back over the wire.
      return result.kind === "valid" ? accepted(result.masked, {}) : refused(result.problem);
    }
    case "phone": {
      const result = parsePhone(value);
      return result.kind === "valid" ? accepted(result.normalized, result.facts) : refused(result.problem);
    }
  }
}

function checkPatentNumber(value: string, presentYear: number): IdentifierCheck {
  const result = parsePatentNumber(value, presentYear);
  switch (result.kind) {
    case "valid":
      return accepted(result.normalized, result.facts);
    case "check_digit_missing":
      return refused(result.problem, result.completed, { ...result.facts, needsConfirmation: true });
    case "check_digit_wrong":
      return refused(result.problem, result.normalized, {
        ...result.facts,
        expectedCheckDigit: result.expected,
      });
    case "publication_number":
      return refused(result.problem, result.normalized, { ...result.facts, publicationNumber: true });
    case "malformed":
      return refused(result.problem);
  }
}

function accepted(normalized: string, facts: IdentifierCheck["facts"]): IdentifierCheck {
  return { valid: true, normalized, facts: { ...facts } };
}

function refused(
  problem: string,
  normalized: string | null = null,
  facts: IdentifierCheck["facts"] = {},
): IdentifierCheck {
  return { valid: false, normalized, problem, facts };
}
