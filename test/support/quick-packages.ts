import { registerHooks } from "node:module";

/*
 * Loaded into the processes that tests start (`--import`). For each of the hundred files of drizzle-orm Node reads and
 * parses the 180 KB of its package.json, to learn that they are modules: a second of each start. Told so, it does not.
 */
registerHooks({
  resolve(specifier, context, next) {
    const { parentURL } = context;
    if (!/^\..*\.js$/.test(specifier) || parentURL?.includes("/node_modules/drizzle-orm/") !== true)
      return next(specifier, context);
    return { url: new URL(specifier, parentURL).href, format: "module", shortCircuit: true };
  },
});
