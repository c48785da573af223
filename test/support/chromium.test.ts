import { describe, expect, test } from "vitest";
import { whyNoBrowser } from "./chromium.ts";

describe("whyNoBrowser", () => {
  test.each([
    ["linux", "x64", {}, undefined],
    ["linux", "arm64", {}, /linux-arm64; set CHROMIUM_PATH/],
    ["darwin", "arm64", {}, /darwin-arm64/],
    ["win32", "x64", {}, /win32-x64/],
    ["darwin", "arm64", { CHROMIUM_PATH: "/opt/chromium" }, undefined],
  ] as const)("on %s-%s with %o gives %s", (platform, arch, env, reason) => {
    const said = whyNoBrowser({ platform, arch, env });

    if (reason === undefined) expect(said).toBeUndefined();
    else expect(said).toMatch(reason);
  });
});
