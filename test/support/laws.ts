import { existsSync } from "node:fs";
import { resolve } from "node:path";

/**
 * The folder of statute texts that the tests in `test/laws` read. They are not ours to ship.
 *
 * @throws {Error} if there is no such folder: these tests never pass by not being run.
 */
export function lawsDir(): string {
  const folder = resolve(process.env["LAWS_DIR"] ?? "../shared/domain/laws");
  if (!existsSync(folder)) throw new Error(`There are no statute texts in ${folder}; set LAWS_DIR.`);
  return folder;
}
