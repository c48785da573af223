import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { brotliDecompressSync, createBrotliDecompress } from "node:zlib";
import { type Browser, chromium } from "playwright-core";
import { readTar } from "./tar.ts";

const locate = createRequire(import.meta.url).resolve;

/** Families that pages name and no machine of ours has: each is drawn with the one font we bring. */
const standIns = [
  "sans-serif",
  "serif",
  "monospace",
  "system-ui",
  "PingFang SC",
  "Hiragino Sans GB",
  "Microsoft YaHei",
  "Helvetica Neue",
  "Helvetica",
  "Arial",
];

/** Why no browser can be had here, or undefined where one can. `CHROMIUM_PATH` always can. */
export function whyNoBrowser({
  platform,
  arch,
  env,
}: Pick<NodeJS.Process, "platform" | "arch" | "env"> = process): string | undefined {
  if (env["CHROMIUM_PATH"] !== undefined) return undefined;
  if (platform === "linux" && arch === "x64") return undefined;
  return `the npm package @sparticuz/chromium holds a browser for linux-x64 only, this is ${platform}-${arch}; set CHROMIUM_PATH to one of yours`;
}

/**
 * Starts a headless Chromium that came with `npm ci`, or the one at `CHROMIUM_PATH`.
 * It needs glibc and nothing else of the system, and draws Chinese with Noto Sans SC.
 * Undefined where `whyNoBrowser` gives a reason.
 */
export async function launchBrowser(): Promise<Browser | undefined> {
  if (whyNoBrowser() !== undefined) return undefined;
  const own = process.env["CHROMIUM_PATH"];
  const unpacked = own === undefined ? await unpackBrowser() : undefined;
  const fonts = await writeFontConfig();
  return chromium.launch({
    executablePath: unpacked?.executablePath ?? own ?? "",
    headless: true,
    args: [
      "--no-sandbox", // CI runs as root.
      "--no-zygote",
      "--disable-gpu",
      "--disable-dev-shm-usage",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--disable-quic",
      "--no-first-run",
      "--font-render-hinting=none",
    ],
    env: {
      ...inherited(),
      FONTCONFIG_FILE: fonts,
      ...(unpacked === undefined ? {} : { LD_LIBRARY_PATH: unpacked.libraries }),
    },
  });
}

/** Whether Chinese characters have glyphs of their own: one that no font has is drawn as the same box as any other. */
export async function drawsChinese(browser: Browser): Promise<boolean> {
  const page = await browser.newPage();
  const pictures = await page.evaluate(() =>
    // The last two are for private use: no font of ours has them.
    ["沧", "骅", "黄", "\uE123", "\uE124"].map((character) => {
      const canvas = document.createElement("canvas");
      const pen = canvas.getContext("2d");
      if (pen === null) return "";
      pen.font = "40px 'PingFang SC', sans-serif";
      pen.fillText(character, 10, 60);
      return canvas.toDataURL();
    }),
  );
  await page.close();
  return new Set(pictures).size === 4 && pictures[3] === pictures[4];
}

/**
 * Unpacks the browser and its libraries once per package version and user, under the system's
 * temporary folder. Processes may do so at the same time: each fills a folder of its own, the
 * first to finish names it, and the others use that one.
 */
export async function unpackBrowser(): Promise<{ executablePath: string; libraries: string }> {
  const packed = join(dirname(locate("@sparticuz/chromium")), "..");
  const { version } = JSON.parse(await readFile(join(packed, "package.json"), "utf8")) as { version: string };
  const home = join(tmpdir(), `zhiquan-chromium-${version}-${process.getuid?.() ?? 0}`);

  if (!(await isOurs(home))) {
    const own = await mkdtemp(`${home}.`);
    try {
      await pipeline(
        createReadStream(join(packed, "bin", "chromium.br")),
        createBrotliDecompress(),
        createWriteStream(join(own, "chromium"), { mode: 0o700 }),
      );
      await unpackTar(join(packed, "bin", "al2023.tar.br"), own);
      await rename(own, home);
    } catch (error) {
      await rm(own, { recursive: true, force: true });
      if (!(await isOurs(home))) throw error; // Somebody else was first: theirs is as good.
    }
  }
  return { executablePath: join(home, "chromium"), libraries: join(home, "lib") };
}

/** Whether a folder stands there and belongs to this user: the temporary folder is everybody's. */
async function isOurs(folder: string): Promise<boolean> {
  const found = await stat(folder).catch(() => undefined);
  if (found === undefined) return false;
  if (process.getuid !== undefined && found.uid !== process.getuid()) {
    throw new Error(`${folder} belongs to somebody else; remove it or set TMPDIR.`);
  }
  return true;
}

async function unpackTar(archive: string, folder: string): Promise<void> {
  for (const file of readTar(brotliDecompressSync(await readFile(archive)))) {
    const target = join(folder, file.path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, file.content, { mode: file.mode });
  }
}

/**
 * Writes a fontconfig file that knows the Chinese font of the npm package alone, and returns its path.
 * The file is named by the clone it points into and put in place in one step, so processes may share it.
 */
async function writeFontConfig(): Promise<string> {
  const fonts = dirname(locate("@expo-google-fonts/noto-sans-sc/package.json"));
  const folder = join(tmpdir(), `zhiquan-fonts-${process.getuid?.() ?? 0}`);
  if (!(await isOurs(folder))) await mkdir(folder, { recursive: true, mode: 0o700 });
  const aliases = standIns.map(
    (family) =>
      `  <match target="pattern"><test name="family"><string>${family}</string></test>` +
      `<edit name="family" mode="assign" binding="strong"><string>Noto Sans SC</string></edit></match>`,
  );
  const file = join(folder, `${createHash("sha256").update(fonts).digest("hex").slice(0, 12)}.conf`);
  const draft = `${file}.${process.pid}`;
  await writeFile(
    draft,
    [
      `<?xml version="1.0"?>`,
      `<!DOCTYPE fontconfig SYSTEM "fonts.dtd">`,
      `<fontconfig>`,
      `  <dir>${join(fonts, "400Regular")}</dir>`,
      `  <dir>${join(fonts, "700Bold")}</dir>`,
      `  <cachedir>${join(folder, "cache")}</cachedir>`,
      ...aliases,
      `</fontconfig>`,
      ``,
    ].join("\n"),
  );
  await rename(draft, file);
  return file;
}

function inherited(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
