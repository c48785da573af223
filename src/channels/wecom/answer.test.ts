import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { maxTextBytes } from "../chat/rendering.ts";
import { joinPieces, pieceId, readPieceId } from "./answer.ts";

describe("pieces of answers", () => {
  test("are joined in order, and none becomes too long", () => {
    const piece = fc.string({ unit: fc.constantFrom("专", "a", "。"), minLength: 1, maxLength: 600 });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const joined = joinPieces(pieces);
        expect(joined.join("\n\n")).toBe(pieces.join("\n\n"));
        for (const one of joined) expect(Buffer.byteLength(one)).toBeLessThanOrEqual(maxTextBytes - 100);
      }),
      { numRuns: 60, seed: 6 },
    );
    expect(joinPieces(["一", "二"])).toEqual(["一\n\n二"]);
  });

  test("have ids that WeCom takes, and that say what they are of", () => {
    const key = "0123456789abcdef".repeat(4);
    const id = pieceId(key, 3, 12);
    expect(id).toMatch(/^[0-9a-zA-Z_-]{1,32}$/);
    expect(readPieceId(id)).toEqual({ prefix: key.slice(0, 24), round: 3, place: 12 });
    expect(pieceId(key, 99, 99).length).toBeLessThanOrEqual(32);
    for (const other of ["", "msg-1", `${id}0-1`, id.toUpperCase()])
      expect(readPieceId(other)).toBeUndefined();
  });
});
