import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { onTestFinished } from "vitest";

/** What went wrong on a page without a person seeing it. */
export type Visit = { page: Page; consoleErrors: string[]; violations: string[] };

/** Opens an address in a context of its own, the size of a phone, and notes what the browser complains of. */
export async function visit(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 375, height: 740 }, ...options });
  onTestFinished(() => context.close());
  const consoleErrors: string[] = [];
  const violations: string[] = [];
  await context.exposeFunction("reportViolation", (violation: string) => violations.push(violation));
  await context.addInitScript(`document.addEventListener("securitypolicyviolation", (event) => {
    window.reportViolation(event.violatedDirective + " " + event.blockedURI);
  })`);
  const page = await context.newPage();
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") consoleErrors.push(message.text());
  });
  page.on("pageerror", (error) => consoleErrors.push(error.message));
  await page.goto(url);
  return { page, consoleErrors, violations };
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe-core finds of WCAG 2.2 A and AA and of its own best practices, as `rule: element`. */
export async function findBarriers(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  const found = await page.evaluate(
    `axe.run(document).then(({ violations }) =>
      violations.map(({ id, impact, nodes }) => impact + " " + id + ": " + nodes.map(({ html }) => html).join(" ")))`,
  );
  return found as string[];
}

/** By how many pixels the page is wider than what shows it. */
export async function overflowOf(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
