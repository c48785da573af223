import type { Browser } from "playwright-core";
import { afterAll, describe, test } from "vitest";
import { formOf, toFormBody } from "../../src/reports/forms.ts";
import { launchBrowser } from "../support/chromium.ts";
import { mount } from "./support/mini-program.ts";

const browser = await launchBrowser();
const open = (file: string, options?: Parameters<typeof mount>[2]) =>
  mount(browser as Browser, file, options);
const report = toFormBody(formOf("report"));
const fieldOf = (name: string) => report.fields.find((one) => one.name === name);

describe.skipIf(browser === undefined)("the mini-program", () => {
  afterAll(() => browser?.close());
  test("try", async () => {
    const field = await open("components/form-field/form-field", {
      properties: { field: fieldOf("relation"), value: "消费者" },
      events: ["change"],
    });
    console.log(await field.page.content().then((x) => x.slice(-3000)));
    console.log(await field.text(".field__chip"), field.errors);
    await field.tap(".field__chip", 0);
    console.log(await field.told(), await field.sizes(".field__chip"));
  });
});
