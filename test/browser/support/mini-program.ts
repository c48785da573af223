import { readdirSync, readFileSync } from "node:fs";
import { createRequire, stripTypeScriptTypes } from "node:module";
import path from "node:path";
import type { Browser, Page } from "playwright-core";

const root = path.join(import.meta.dirname, "../../../miniprogram");
const simulator = path.join(
  path.dirname(createRequire(import.meta.url).resolve("miniprogram-simulate/package.json")),
  "build.js",
);

/** What WeUI's components show here: WeChat brings the real ones, which are no part of the code. */
const weuiStub = {
  json: '{"component":true}',
  wxml: "<view>{{title}}{{value}}{{placeholder}}{{footer}}<slot></slot></view>",
  wxss: "",
  js: "Component({ properties: { title: String, value: String, placeholder: String, footer: String, icon: String, size: Number, hover: Boolean, cancel: Boolean } });",
};

/**
 * A module as the developer tools make it: types gone, `import` and `export` of names become `require` and
 * `module.exports`. Other forms of them are not written in the mini-program.
 */
export function toCommonJs(source: string): string {
  const declared: string[] = [];
  const body = stripTypeScriptTypes(source)
    .replace(
      /import\s*\{([^}]*)\}\s*from\s*"([^"]+)";/g,
      (_, names: string, from: string) => `const {${names.replace(/\sas\s/g, ": ")}} = require("${from}");`,
    )
    .replace(/^export const (\w+)/gm, "const $1 = module.exports.$1")
    .replace(/^export ((?:async )?function|class) (\w+)/gm, (_, kind: string, name: string) => {
      declared.push(name);
      return `${kind} ${name}`;
    });
  return `"use strict";${body}\n${declared.map((name) => `module.exports.${name} = ${name};`).join("\n")}`;
}

/** The mini-program's files as the simulator reads them. */
function readFiles(): Record<string, string> {
  const files: Record<string, string> = {};
  for (const entry of readdirSync(root, { recursive: true, encoding: "utf8" })) {
    const file = entry.replaceAll("\\", "/");
    if (!/\.(ts|json|wxml|wxss)$/.test(file)) continue;
    const text = readFileSync(path.join(root, file), "utf8");
    if (file.endsWith(".ts")) files[`/mp/${file.replace(/\.ts$/, ".js")}`] = toCommonJs(text);
    else files[`/mp/${file}`] = text;
    if (!file.endsWith(".json")) continue;
    const used = (JSON.parse(text) as { usingComponents?: Record<string, string> }).usingComponents ?? {};
    for (const target of Object.values(used).filter((one) => one.startsWith("weui-miniprogram/"))) {
      const at = path.posix.join("/mp", path.posix.dirname(file), target);
      for (const [ending, content] of Object.entries(weuiStub)) files[`${at}.${ending}`] = content;
    }
  }
  return files;
}

const components = readdirSync(path.join(root, "components"));

/** What runs in the browser, beside the simulator. */
function arrange({ files, appStyle }: { files: Record<string, string>; appStyle: string }): void {
  const scope = window as unknown as Record<string, unknown> & {
    require: (file: string) => unknown;
    simulate: { load(path: string, options: object): string; render(id: string, properties: object): Comp };
    wx: Record<string, unknown>;
  };
  type Node = { dom: HTMLElement; dispatchEvent(name: string, options?: object): void };
  type Comp = Node & {
    instance: Record<string, (...args: unknown[]) => unknown> & { data: Record<string, unknown> };
    attach(parent: Element): void;
    addEventListener(name: string, listen: (event: { detail: unknown }) => void): void;
    querySelector(selector: string): Comp | undefined;
    querySelectorAll(selector: string): Comp[];
  };
  scope["__FILE_MAP__"] = files;
  // A module is one thing for all who require it.
  const load = scope.require;
  const loaded = new Map<string, unknown>();
  scope.require = (file) => {
    if (!loaded.has(file)) loaded.set(file, load(file));
    return loaded.get(file);
  };
  const style = document.createElement("style");
  style.textContent = appStyle;
  document.head.append(style);

  let comp: Comp;
  const told: { name: string; detail: unknown }[] = [];
  const find = (selector: string, index = 0): Comp => {
    const found = selector === "" ? comp : comp.querySelectorAll(selector)[index];
    if (found === undefined) throw new Error(`Nothing is ${selector}.`);
    return found;
  };
  scope["mp"] = {
    mount(file: string, properties: object, events: string[]) {
      const id = scope.simulate.load(`/mp/${file}`, { compiler: "simulate", rootPath: "/mp" });
      comp = scope.simulate.render(id, properties);
      comp.attach(document.body);
      for (const name of events) comp.addEventListener(name, ({ detail }) => told.push({ name, detail }));
    },
    tap: (selector: string, index?: number) => find(selector, index).dispatchEvent("tap"),
    fire: (selector: string, name: string, detail: unknown, index?: number) =>
      find(selector, index).dispatchEvent(name, { bubbles: false, composed: false, detail }),
    call: (method: string, ...args: unknown[]) => comp.instance[method]?.(...args),
    set: (data: object) => comp.instance["setData"]?.(data),
    data: () => JSON.parse(JSON.stringify(comp.instance.data)) as unknown,
    told: () => told,
    text: (selector: string) =>
      (selector === "" ? [comp] : comp.querySelectorAll(selector)).map(({ dom }) => dom.innerText.trim()),
    count: (selector: string) => comp.querySelectorAll(selector).length,
    sizes: (selector: string) =>
      comp.querySelectorAll(selector).map(({ dom }) => {
        const { width, height } = dom.getBoundingClientRect();
        return { width, height };
      }),
  };
}

export type MiniProgram = Awaited<ReturnType<typeof mount>>;

/**
 * A component or page of the mini-program, drawn by miniprogram-simulate in a browser; `rpx` are pixels there, so that
 * 88 of them is what WeChat's guide asks of what is tapped. `globals` is a script that makes `wx` and `getApp`.
 */
export async function mount(
  browser: Browser,
  file: string,
  options: {
    properties?: object;
    events?: string[];
    globals?: string;
    /** What the script finds by these names. */
    functions?: Record<string, (...args: never[]) => unknown>;
  } = {},
) {
  const page: Page = await browser.newPage({ viewport: { width: 750, height: 1400 } });
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  await page.setContent("<!doctype html><html><head></head><body></body></html>");
  await page.addScriptTag({ path: simulator });
  const files = readFiles();
  // As the developer tools do it: `page` is the page itself, `rpx` scale.
  const appStyle = (files["/mp/app.wxss"] ?? "")
    .replace(/^page \{/m, "body {")
    .replaceAll("rpx", "px")
    // The simulator puts a component's name before its classes; „apply-shared“ lets those of the app in all the same.
    .replace(
      /\.(zq-[\w-]+)/g,
      (_, name: string) => `:is(${["main", ...components].map((one) => `.${one}--${name}`).join()})`,
    );
  await page.evaluate(arrange, { files, appStyle });
  for (const [name, work] of Object.entries(options.functions ?? {})) await page.exposeFunction(name, work);
  if (options.globals !== undefined) await page.evaluate(options.globals);
  const ask = (name: string, ...args: unknown[]) =>
    page.evaluate(
      ([method, given]) =>
        (window as unknown as { mp: Record<string, (...all: unknown[]) => unknown> }).mp[method as string]?.(
          ...(given as unknown[]),
        ),
      [name, args] as const,
    );
  await ask("mount", file, options.properties ?? {}, options.events ?? []);
  return {
    page,
    errors,
    tap: (selector: string, index = 0) => ask("tap", selector, index),
    fire: (selector: string, name: string, detail: unknown, index = 0) =>
      ask("fire", selector, name, detail, index),
    call: (method: string, ...args: unknown[]) => ask("call", method, ...args),
    set: (data: object) => ask("set", data),
    /** Goes on once the data are as they should be. */
    until: (condition: string) =>
      page.waitForFunction(`(() => { const data = mp.data(); return ${condition}; })()`),
    data: () => ask("data") as Promise<Record<string, unknown>>,
    told: () => ask("told") as Promise<{ name: string; detail: unknown }[]>,
    text: (selector: string) => ask("text", selector) as Promise<string[]>,
    count: (selector: string) => ask("count", selector) as Promise<number>,
    sizes: (selector: string) => ask("sizes", selector) as Promise<{ width: number; height: number }[]>,
  };
}
