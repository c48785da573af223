import { z } from "zod";
import shipped from "../../prompts/pages.json" with { type: "json" };

/** Every text the page names, and every one its script does. A file that lacks one, or has another, is refused. */
const pageIds = Object.keys(shipped.page) as (keyof typeof shipped.page)[];
const scriptIds = Object.keys(shipped.script) as (keyof typeof shipped.script)[];

const Text = z.string().min(1).max(300);

/** The texts of the pages as people read them; `{name}` in one of the script is filled in by it. */
export const PageTexts = z.strictObject({
  source: z.string(),
  date: z.iso.date(),
  page: z.record(z.enum(pageIds), Text),
  script: z.record(z.enum(scriptIds), Text),
});
export type PageTexts = z.infer<typeof PageTexts>;

/** The texts of `prompts/pages.json`. */
export const shippedPageTexts = (): PageTexts => PageTexts.parse(shipped);
