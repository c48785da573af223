import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { createClock } from "../../src/core/clock.ts";
import { createNewId } from "../../src/core/new-id.ts";
import { wait } from "../../src/core/wait.ts";
import type { Vault } from "../../src/crypto/key-ring.ts";
import type { Database } from "../../src/db/client.ts";
import { loadGazetteerData, type Market } from "../../src/regions/region-data.ts";
import { sceneOf } from "../../src/regions/scene.ts";
import { createAccessTokenRepository } from "../../src/wechat/access-token-repository.ts";
import { createAccessTokens } from "../../src/wechat/access-tokens.ts";
import { createWechatApi, type WechatApi, WechatApiError } from "../../src/wechat/api-client.ts";
import { OperatorError, requireConfig } from "./settings.ts";

const usage =
  "用法：npm run admin -- qrcodes [--out 文件夹] [--stalls 摊位表.csv] [--page pages/form/form]\n摊位表每行：市场编号或名称,摊位号";
const maxCodeBytes = 2 * 1024 * 1024;
/** What a printer needs at 5 cm; the largest that the platform makes is 1280. */
const widthPixels = 860;

type Place = { market: Market; stall: string | undefined; scene: string };

/** The markets of the register, and the stalls of a list, with their scenes. @throws {OperatorError} with one line per bad row. */
export function planCodes(markets: readonly Market[], stallList: string): Place[] {
  const places: Place[] = [];
  const problems: string[] = [];
  const add = (market: Market, stall: string | undefined) => {
    const made = sceneOf(market, stall);
    if ("problem" in made) problems.push(made.problem);
    else if (!places.some(({ scene }) => scene === made.scene))
      places.push({ market, stall, scene: made.scene });
  };
  for (const market of markets.filter(({ kind }) => kind === "market")) add(market, undefined);
  for (const [index, line] of stallList.split(/\r?\n/).entries()) {
    const [name = "", stall = ""] = line
      .replace(/^\ufeff/, "")
      .split(",")
      .map((cell) => cell.trim());
    if (name === "" || name.startsWith("#")) continue;
    const market = markets.find((one) => one.id === name || one.name === name);
    if (market === undefined) problems.push(`第 ${index + 1} 行：没有这个市场“${name}”`);
    else if (stall === "") problems.push(`第 ${index + 1} 行：没有写摊位号`);
    else add(market, stall);
  }
  if (problems.length > 0) throw new OperatorError(problems.join("\n"));
  return places;
}

const fileOf = ({ market, stall }: Place) => `${market.id}${stall === undefined ? "" : `_${stall}`}`;

/**
 * Fetches a mini-program code for each place and writes it into a folder with a list of what is what; codes that are there
 * are left, so that a run that broke off goes on. Returns how many were fetched.
 */
export async function writeCodes(
  api: Pick<WechatApi, "fetchFile">,
  places: readonly Place[],
  { out, page }: { out: string; page: string },
): Promise<number> {
  mkdirSync(out, { recursive: true });
  let fetched = 0;
  const lines = ["文件,市场,摊位,scene"];
  for (const place of places) {
    const name = fileOf(place);
    const there = [".png", ".jpg"]
      .map((ending) => name + ending)
      .find((one) => existsSync(path.join(out, one)));
    const file = there ?? (await fetchCode(api, place, page, { out, name }));
    if (there === undefined) fetched++;
    lines.push([file, place.market.name, place.stall ?? "", place.scene].join(","));
  }
  // Excel reads UTF-8 with this mark only.
  writeFileSync(path.join(out, "codes.csv"), `\ufeff${lines.join("\r\n")}\r\n`);
  return fetched;
}

async function fetchCode(
  api: Pick<WechatApi, "fetchFile">,
  { scene }: Place,
  page: string,
  { out, name }: { out: string; name: string },
): Promise<string> {
  const { bytes, mediaType } = await api.fetchFile("/wxa/getwxacodeunlimit", {
    json: { scene, page, width: widthPixels, check_path: false, env_version: "release" },
    maxBytes: maxCodeBytes,
  });
  const file = name + (mediaType === "image/jpeg" ? ".jpg" : ".png");
  writeFileSync(path.join(out, file), bytes);
  return file;
}

function readOptions(words: string[]) {
  try {
    const text = { type: "string" } as const;
    return parseArgs({ args: words, options: { out: text, stalls: text, page: text } }).values;
  } catch {
    throw new OperatorError(usage);
  }
}

/** `npm run admin -- qrcodes`. */
export async function qrCodes(db: Database, vault: Vault, words: string[]): Promise<number> {
  const { out = "qrcodes", stalls, page = "pages/form/form" } = readOptions(words);
  const { miniProgram, wechatApiBase } = requireConfig();
  if (miniProgram === undefined)
    throw new OperatorError("先设置 WECHAT_MINI_APP_ID 和 WECHAT_MINI_SECRET，小程序码由微信生成。");
  if (stalls !== undefined && !existsSync(stalls)) throw new OperatorError(`没有这个文件：${stalls}`);
  const places = planCodes(
    loadGazetteerData().markets,
    stalls === undefined ? "" : readFileSync(stalls, "utf8"),
  );
  const now = createClock();
  const api = createWechatApi({
    base: wechatApiBase,
    credentials: { kind: "app", appId: miniProgram.appId, secret: miniProgram.secret },
    tokens: createAccessTokens({
      tokens: createAccessTokenRepository({ db, vault }),
      now,
      newId: createNewId(),
      wait,
    }),
    fetch,
    now,
    wait,
  });
  try {
    const fetched = await writeCodes(api, places, { out, page });
    console.log(`${places.length} 个小程序码在 ${out}/，这次取了 ${fetched} 个；对照表是 codes.csv。`);
    return 0;
  } catch (error) {
    if (!(error instanceof WechatApiError)) throw error;
    throw new OperatorError(
      `微信没有给出小程序码（${error.errcode ?? error.kind}）。取到的都留着，过一会儿再运行会接着取。`,
    );
  }
}
