import { enableCompileCache, flushCompileCache, type ResolveFnOutput, registerHooks } from "node:module";
import path from "node:path";

// What this process writes, database and evidence, is for its own user alone.
process.umask(0o077);

// Loading some 800 modules is nearly all of a start, so what speeds it stands here, before the first of them.
// The cache lies beside the code: who may write there may change the code as well. Where nobody may, there is none.
enableCompileCache(path.join(import.meta.dirname, "../node_modules/.cache/node"));

/**
 * The package.json of drizzle-orm has 180 kB, which Node 24 reads and parses anew for each of its files and for each
 * file of ours that imports it: a second of every start. Its files are modules, and import each other by path.
 */
const drizzle = "drizzle-orm";
const found = new Map<string, ResolveFnOutput>();
registerHooks({
  resolve(specifier, context, nextResolve) {
    const { parentURL = "" } = context;
    const isRelative = specifier.startsWith(".") && specifier.endsWith(".js");
    if (isRelative && parentURL.includes(`/node_modules/${drizzle}/`) && parentURL.endsWith(".js")) {
      return { url: new URL(specifier, parentURL).href, format: "module", shortCircuit: true };
    }
    if (specifier !== drizzle && !specifier.startsWith(`${drizzle}/`)) return nextResolve(specifier, context);
    const known = found.get(specifier) ?? { ...nextResolve(specifier, context), shortCircuit: true };
    found.set(specifier, known);
    return known;
  },
});

const { serveUntilStopped } = await import("./serve.node.ts");
await serveUntilStopped(process.env);

// Also for a process that is killed without a word later on.
setTimeout(flushCompileCache, 2_000).unref();
