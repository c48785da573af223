import { unpackBrowser, whyNoBrowser } from "./chromium.ts";

/** Unpacks the browser before the first test's clock runs, or says why the project is not run. */
export async function setup(): Promise<void> {
  const reason = whyNoBrowser();
  if (reason !== undefined) console.warn(`\nbrowser: not run: ${reason}\n`);
  else if (process.env["CHROMIUM_PATH"] === undefined) await unpackBrowser();
}
