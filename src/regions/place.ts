import { z } from "zod";

/** A county or zone as the API names it; 非本市 has the code 000000. */
export const County = z
  .object({ code: z.string().regex(/^\d{6}$/), name: z.string() })
  .readonly()
  .meta({ id: "County" });
export type County = z.infer<typeof County>;

/** Any place that is not in the city. */
export const outsideCounty: County = { code: "000000", name: "非本市" };

export const mentionKinds = ["county", "zone", "town", "market", "city", "outside", "ambiguous"] as const;
export type MentionKind = (typeof mentionKinds)[number];

/** A place named in a text. `start` and `end` point into the folded text (`fold` of `text/fold.ts`). */
export type PlaceMention = {
  start: number;
  end: number;
  text: string;
  kind: MentionKind;
  /** The counties or zones it may lie in; `000000` for outside. */
  countyCodes: readonly string[];
  town?: { code: string; name: string };
  /** `cluster`: a trade of many firms over a county, which is no market to walk into. */
  market?: { id: string; name: string; kind: "market" | "cluster" };
  /** False for a slip of the pen and for old or doubtful names: confirm with the person. */
  exact: boolean;
};

/** Where a text, or a point, lies (API.md, "Places"). `reason` is a sentence for the person. */
export const PlaceResolution = z
  .object({
    county: County.nullable(),
    town: z.object({ code: z.string(), name: z.string() }).nullable(),
    market: z.object({ id: z.string(), name: z.string() }).nullable(),
    candidates: z.array(County),
    /** True when the text names a place that may be several: ask. */
    ambiguous: z.boolean(),
    /** True when `county` is likely but was not plainly said: confirm. */
    confirm: z.boolean(),
    reason: z.string(),
  })
  .readonly()
  .meta({ id: "PlaceResolution" });
export type PlaceResolution = z.infer<typeof PlaceResolution>;

/** A point in degrees, WGS 84. */
export type Point = { latitude: number; longitude: number };
