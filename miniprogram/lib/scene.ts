/** The place that a code on a wall stands for (`GET /api/v1/places/scene`). */
export type ScenePlace = {
  market: { id: string; name: string };
  county: { code: string; name: string };
  stall: string | null;
};

/** The scene that the mini-program was opened with; WeChat hands it over encoded. */
export function sceneOf(query: Record<string, string | undefined>): string | undefined {
  const { scene } = query;
  if (scene === undefined || scene === "") return undefined;
  try {
    return decodeURIComponent(scene);
  } catch {
    return undefined;
  }
}

/** What a place fills in of a form. */
export const knownOf = ({ market, county, stall }: ScenePlace): Record<string, string | undefined> => ({
  market: market.name,
  county: county.name,
  location: market.name,
  stall: stall ?? undefined,
});

/** What a place is in words, to begin a message with. */
export const placeWords = ({ market, stall }: ScenePlace): string =>
  stall === null ? `我在${market.name}，` : `我在${market.name} ${stall} 号摊位，`;
