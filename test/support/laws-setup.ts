import { lawsDir } from "./laws.ts";

/** Stops the run at once where the statute texts are absent. */
export function setup(): void {
  lawsDir();
}
