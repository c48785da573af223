import { describe, expect, test } from "vitest";
import {
  bubblesOf,
  type ChatAnswer,
  foldedText,
  offered,
  ownBubble,
  withBubble,
  withoutOptions,
  wordsOf,
} from "../../miniprogram/lib/chat";
import { Failure } from "../../miniprogram/lib/failure";
import { acceptedOf, templateIdsOf } from "../../miniprogram/lib/notices";
import { knownOf, placeWords, sceneOf } from "../../miniprogram/lib/scene";
import { texts } from "../../miniprogram/lib/texts";
import { dueText, type ReportStatus, readQuery, showInstant, stepsOf } from "../../miniprogram/lib/timeline";
import { createUploads, type Upload } from "../../miniprogram/lib/uploads";
import { createVoice } from "../../miniprogram/lib/voice";

const answer: ChatAnswer = {
  state: "collecting",
  replies: [
    { type: "text", text: "记下了。" },
    { type: "text", text: "在哪个县？", options: [{ id: "county:献县", label: "献县" }] },
  ],
  citations: [],
  reports: [],
};

describe("the log of the chat", () => {
  test("shows an answer bubble by bubble, with options that go once something is said", () => {
    const log = [ownBubble("m1", "被仿了"), ...bubblesOf("m1", answer)];
    expect(log.map(({ id, own, text }) => [id, own, text])).toEqual([
      ["m1", true, "被仿了"],
      ["m1-0", false, "记下了。"],
      ["m1-1", false, "在哪个县？"],
    ]);
    expect(offered(log)).toEqual([{ id: "county:献县", label: "献县" }]);
    expect(offered(withoutOptions(log))).toEqual([]);
    expect(withBubble(log, "m1", { state: "failed" })[0]?.state).toBe("failed");
  });

  test("shows an option by its label and a place by its name", () => {
    const options = [{ id: "county:献县", label: "献县" }];
    expect(wordsOf({ type: "choice", id: "county:献县" }, "", options)).toBe("献县");
    expect(wordsOf({ type: "location", latitude: 38.3, longitude: 116.8 }, "")).toBe("38.3, 116.8");
    expect(wordsOf({ type: "image", evidenceId: "e" }, "发了一张照片")).toBe("发了一张照片");
  });

  test("folds a long answer at the end of a sentence, and leaves a short one", () => {
    expect(foldedText("短。")).toBeUndefined();
    const long = "一二三四五六七八九。".repeat(40);
    expect(foldedText(long)).toBe("一二三四五六七八九。".repeat(32));
    expect([...(foldedText("𠮷".repeat(400)) ?? "")]).toHaveLength(320);
  });
});

const status: ReportStatus = {
  reportNo: "CZ-4K7QM-2XD8A",
  state: "accepted",
  stateLabel: "已受理",
  office: { code: "130927", name: "南皮县市场监督管理局" },
  dueOn: "2026-12-01",
  dueKind: "service",
  provisional: false,
  events: [
    { kind: "received", label: "已登记", at: "2026-11-23T02:00:00Z" },
    { kind: "accepted", label: "已受理", at: "2026-11-23T18:30:00Z" },
  ],
  next: "正在办理，有进展会更新。",
};

describe("progress", () => {
  test("is told in order, by the clock of Shanghai, with what comes next while it is open", () => {
    expect(stepsOf(status).map(({ label, at, current, coming }) => [label, at, current, coming])).toEqual([
      ["已登记", "2026-11-23 10:00", false, false],
      ["已受理", "2026-11-24 02:30", true, false],
      ["正在办理，有进展会更新。", "最晚 2026-12-01（服务承诺）", false, true],
    ]);
    expect(stepsOf({ ...status, state: "closed" }).some(({ coming }) => coming)).toBe(false);
    expect(showInstant("2026-12-31T16:00:00Z")).toBe("2027-01-01 00:00");
  });

  test("never calls a promise a limit of the law, nor the other way round", () => {
    expect(dueText({ ...status, dueKind: "statutory" })).toBe("最晚 2026-12-01（法定期限）");
    expect(dueText({ ...status, provisional: true })).toContain("暂定");
    expect(dueText({ ...status, dueOn: null })).toBe("");
  });

  test.each([
    ["cz-4k7qm-2xd8a", "5831 0274", { reportNo: "CZ-4K7QM-2XD8A", queryCode: "58310274" }],
    ["ＣＺ-4K7QM-2XD8A ", "５８３１０２７４", { reportNo: "CZ-4K7QM-2XD8A", queryCode: "58310274" }],
    ["", "58310274", { problem: texts.statusMissing }],
    ["4K7QM-2XD8A", "58310274", { problem: texts.statusFormat }],
    ["CZ-4K7QM-2XD8A", "5831", { problem: texts.codeFormat }],
  ])("is asked for with %s and %s", (no, code, query) => {
    expect(readQuery(no, code)).toEqual(query);
  });
});

describe("uploads", () => {
  /** A network whose uploads end when told to. */
  function createUploading() {
    const running: { path: string; progress: (percent: number) => void; end: (error?: Error) => void }[] = [];
    let shown: readonly Upload[] = [];
    const uploads = createUploads({
      upload: (path, { onProgress } = {}) =>
        new Promise((resolve, reject) => {
          running.push({
            path,
            progress: (percent) => onProgress?.(percent),
            end: (error) =>
              error === undefined
                ? resolve({ evidenceId: `e-${path}`, bytes: 1, mediaType: "image/jpeg" })
                : reject(error),
          });
        }),
      limits: { fileBytes: 100, files: 4 },
      onChange: (list) => {
        shown = list;
      },
    });
    const settled = () => new Promise((resolve) => setImmediate(resolve));
    return { uploads, running, shown: () => shown, settled };
  }
  const picked = (...names: string[]) => names.map((filePath) => ({ filePath, bytes: 1 }));

  test("go out two at a time, with their progress, and one that fails holds nothing up", async () => {
    const { uploads, running, shown, settled } = createUploading();
    uploads.add(picked("a", "b", "c"));
    expect(running.map(({ path }) => path)).toEqual(["a", "b"]);
    running[0]?.progress(40);
    expect(shown()[0]).toMatchObject({ state: "uploading", percent: 40 });
    running[0]?.end(new Failure("网络不通。", 0));
    running[1]?.end();
    await settled();
    expect(running.map(({ path }) => path)).toEqual(["a", "b", "c"]);
    running[2]?.end();
    await settled();
    expect(shown().map(({ state, failure }) => [state, failure])).toEqual([
      ["failed", "网络不通。"],
      ["done", ""],
      ["done", ""],
    ]);
    expect(uploads.evidenceIds()).toEqual(["e-b", "e-c"]);
    expect(uploads.isBusy()).toBe(false);
  });

  test("are tried again when tapped, and only where they failed", async () => {
    const { uploads, running, settled } = createUploading();
    uploads.add(picked("a"));
    running[0]?.end(new Failure("网络不通。", 0));
    await settled();
    uploads.retry("upload-1");
    uploads.retry("upload-1");
    expect(running).toHaveLength(2);
    running[1]?.end();
    await settled();
    expect(uploads.evidenceIds()).toEqual(["e-a"]);
  });

  test("are refused where they are too large or too many, and the others taken", () => {
    const { uploads } = createUploading();
    expect(uploads.add([{ filePath: "big", bytes: 101 }, ...picked("a")])).toBe(texts.tooLarge);
    expect(uploads.add(picked("b", "c", "d", "e"))).toBe(texts.tooMany);
    expect(uploads.list().map(({ filePath }) => filePath)).toEqual(["a", "b", "c", "d"]);
    uploads.remove("upload-1");
    expect(uploads.list()).toHaveLength(3);
  });
});

describe("what a scanned code says", () => {
  const place = {
    market: { id: "mingzhu-trade-city", name: "明珠商贸城" },
    county: { code: "130902", name: "新华区" },
    stall: "A-103",
  };
  test("is read as WeChat hands it over", () => {
    expect(sceneOf({ scene: "mingzhu-trade-city%3AA-103" })).toBe("mingzhu-trade-city:A-103");
    expect([sceneOf({}), sceneOf({ scene: "%E0%A4%A" })]).toEqual([undefined, undefined]);
  });
  test("fills in the place, and begins a message", () => {
    expect(knownOf(place)).toEqual({
      market: "明珠商贸城",
      location: "明珠商贸城",
      county: "新华区",
      stall: "A-103",
    });
    expect(placeWords(place)).toBe("我在明珠商贸城 A-103 号摊位，");
    expect(placeWords({ ...place, stall: null })).toBe("我在明珠商贸城，");
  });
});

describe("consent to notices", () => {
  test("is what WeChat says was accepted, of three that are asked for at most", () => {
    const notices = ["a", "b", "c", "d"].map((id) => ({ kind: id, title: id, templateId: id }));
    expect(templateIdsOf(notices)).toEqual(["a", "b", "c"]);
    expect(acceptedOf({ a: "accept", b: "reject", c: "ban", d: "accept" }, ["a", "b", "c"])).toEqual(["a"]);
  });
});

describe("speech", () => {
  test("becomes text, and what was not heard is told", () => {
    const heard: string[] = [];
    const recogniser: {
      onStop?: (result: { result: string }) => void;
      onError?: (error: unknown) => void;
      start(): void;
      stop(): void;
    } = { start: () => undefined, stop: () => undefined };
    const voice = createVoice(() => ({ getRecordRecognitionManager: () => recogniser as never }), {
      onText: (text) => heard.push(text),
      onFailure: () => heard.push("!"),
    });
    expect(voice).toBeDefined();
    recogniser.onStop?.({ result: " 有人仿我的杯子 " });
    recogniser.onStop?.({ result: "" });
    recogniser.onError?.("x");
    expect(heard).toEqual(["有人仿我的杯子", "!", "!"]);
  });
  test("is done by the keyboard where the account has no plugin", () => {
    const absent = () => {
      throw new Error("no plugin");
    };
    expect(createVoice(absent, { onText: () => undefined, onFailure: () => undefined })).toBeUndefined();
  });
});
