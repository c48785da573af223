import { type ResolveFnOutput, registerHooks } from "node:module";

/*
 * Loaded into the processes that tests start (`--import`). For each of the hundred files of drizzle-orm, and for each
 * file of ours that imports it, Node reads and parses the 180 KB of its package.json, to learn that they are modules:
 * seconds of each start. Told so, it does not. `src/server.ts` does the same for itself.
 */
const drizzle = "drizzle-orm";
const found = new Map<string, ResolveFnOutput>();

registerHooks({
  resolve(specifier, context, next) {
    const { parentURL, conditions } = context;
    if (/^\..*\.js$/.test(specifier) && parentURL?.includes(`/node_modules/${drizzle}/`) === true)
      return { url: new URL(specifier, parentURL).href, format: "module", shortCircuit: true };
    if (specifier !== drizzle && !specifier.startsWith(`${drizzle}/`)) return next(specifier, context);
    // What is required is another file than what is imported.
    const name = `${conditions.includes("require") ? "require" : "import"} ${specifier}`;
    const known = found.get(name) ?? { ...next(specifier, context), shortCircuit: true };
    found.set(name, known);
    return known;
  },
});
