import { texts } from "./texts.ts";

/** The name of the market with this id, if there is one. */
export type MarketName = (id: string) => string | undefined;

/** The scene of a QR code at a market: `market:ID`, or `market:ID:STALL` at a stall. Others are greeted. */
export function sceneOf(market: string, stall?: string): string {
  return stall === undefined ? `market:${market}` : `market:${market}:${stall}`;
}

/** What coming in by a scene is as good as saying: that one wants to report something there, or a greeting. */
export function sayingOfScene(scene: string, marketName: MarketName): string {
  const [, id = "", stall] = /^(?:market:)?([a-z0-9-]{1,60})(?::([^:]{1,20}))?$/u.exec(scene) ?? [];
  const name = marketName(id);
  if (name === undefined) return texts.greeting;
  const place = stall === undefined ? name : `${name}${stall}${/[号铺位]$/u.test(stall) ? "" : "号"}摊位`;
  return texts.scan.replace("{place}", place);
}
