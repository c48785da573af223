import { settings } from "../settings";
import { createApi } from "./api";
import { createDrafts } from "./draft";
import type { Platform } from "./platform";
import type { ScenePlace } from "./scene";
import { createService } from "./service";

export type Services = ReturnType<typeof createServices>;

/** What the pages share; `app.ts` builds it on WeChat, tests on a platform of their own. */
export function createServices(platform: Platform) {
  const service = createService({ platform, ...settings });
  return {
    api: createApi({ service, platform }),
    drafts: createDrafts(platform),
    /** The place of the code that was scanned, until a page has used it. */
    place: undefined as ScenePlace | undefined,
    /** Files taken with the evidence camera, until the form has fetched them. */
    takenEvidence: [] as string[],
  };
}

/** What `getApp()` returns. */
export type ZhiquanApp = { services: Services };
