/** A file that a page loads: its bytes, and the same compressed where the platform does not compress by itself. */
export type Asset = {
  body: Uint8Array<ArrayBuffer> | ReadableStream | string;
  type: string;
  gzip?: Uint8Array<ArrayBuffer>;
};

/** Finds an asset by its name; undefined where there is none. */
export type Assets = (name: string) => Promise<Asset | undefined>;

/** All that the pages load, by name: nothing else is served. */
export const assetTypes = {
  "proof-of-work.js": "text/javascript; charset=utf-8",
  "chat.js": "text/javascript; charset=utf-8",
  "chat.css": "text/css; charset=utf-8",
  "weui.css": "text/css; charset=utf-8",
  "icon.svg": "image/svg+xml",
} as const satisfies Record<string, string>;
export type AssetName = keyof typeof assetTypes;

export const isAssetName = (name: string): name is AssetName => Object.hasOwn(assetTypes, name);

/** The part of Cloudflare's assets binding that is used here. */
export type AssetsBinding = { fetch(input: string): Promise<Response> };

/** Assets of a Worker: the files that `scripts/build-assets.ts` laid into the folder of `[assets]`. Cloudflare compresses. */
export function createBindingAssets(binding: AssetsBinding): Assets {
  return async function read(name) {
    if (!isAssetName(name)) return undefined;
    // The binding looks at the path alone.
    const found = await binding.fetch(`https://assets.invalid/${name}`);
    if (!found.ok) return undefined;
    return { body: new Uint8Array(await found.arrayBuffer()), type: assetTypes[name] };
  };
}
