import type { Market } from "./region-data.ts";

/** The longest scene of a mini-program code (getwxacodeunlimit), in visible characters. */
export const maxSceneChars = 32;

/** What a scene may hold: letters, figures and these signs; the rest the platform refuses (40169). */
const sceneChars = /^[A-Za-z0-9!#$&'()*+,/:;=?@\-._~]+$/;

/** A stall as a code can name it: `A-103`, `2F.15`. */
const stallChars = /^[A-Za-z0-9][A-Za-z0-9.-]*$/;

/** The place that a code on a wall stands for. */
export type ScenePlace = { market: Market; stall: string | undefined };

/**
 * The scene of a market, or of a stall in it: `mingzhu-trade-city`, `mingzhu-trade-city:A-103`.
 *
 * @returns The scene, or why there is none, for the operator.
 */
export function sceneOf(
  market: Pick<Market, "id" | "name">,
  stall?: string,
): { scene: string } | { problem: string } {
  if (stall !== undefined && !stallChars.test(stall))
    return { problem: `${market.name} ${stall}：摊位号只能用字母、数字和 - .` };
  const scene = stall === undefined ? market.id : `${market.id}:${stall}`;
  if (scene.length > maxSceneChars || !sceneChars.test(scene))
    return { problem: `${market.name} ${stall ?? ""}：超过 ${maxSceneChars} 个字符，请把摊位号写短些` };
  return { scene };
}

/** The place of a scene; undefined where it is none of ours. */
export function readScene(scene: string, markets: readonly Market[]): ScenePlace | undefined {
  const colon = scene.indexOf(":");
  const id = colon < 0 ? scene : scene.slice(0, colon);
  const stall = colon < 0 ? undefined : scene.slice(colon + 1);
  const market = markets.find((one) => one.id === id);
  if (market === undefined || (stall !== undefined && !stallChars.test(stall))) return undefined;
  return { market, stall };
}
