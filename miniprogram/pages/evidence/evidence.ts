import type { ZhiquanApp } from "../../lib/services";
import { texts } from "../../lib/texts";
import { createUploads, type Upload, type Uploads } from "../../lib/uploads";
import { settings } from "../../settings";

const services = () => getApp<ZhiquanApp>().services;

let uploads: Uploads | undefined;

/** What makes a picture of use, in the order that it is taken. */
const advice = [
  "先拍一张全景：店门、摊位号或者柜台。",
  "再拍商品和包装，正面背面都要。",
  "把专利号、商标、厂名拍清楚，看得清每个字。",
  "有小票、聊天记录、付款记录也拍上。",
];

Component({
  data: { texts, advice: advice[0] ?? "", uploads: [] as readonly Upload[], refused: false, failure: "" },
  methods: {
    onLoad(): void {
      uploads = createUploads({
        upload: services().api.upload,
        limits: settings,
        onChange: (list) =>
          this.setData({ uploads: list, advice: advice[Math.min(list.length, advice.length - 1)] ?? "" }),
      });
    },
    onCameraError(): void {
      this.setData({ refused: true });
    },
    onTake(): void {
      wx.createCameraContext().takePhoto({
        quality: "original",
        success: ({ tempImagePath }) => this.take(tempImagePath, new Date().toISOString()),
        fail: () => this.setData({ refused: true }),
      });
    },
    onAlbum(): void {
      wx.chooseMedia({
        count: 9,
        mediaType: ["image"],
        sourceType: ["album"],
        sizeType: ["original"],
        success: ({ tempFiles }) => {
          const refused = uploads?.add(
            tempFiles.map(({ tempFilePath, size }) => ({ filePath: tempFilePath, bytes: size })),
          );
          this.setData({ failure: refused ?? "" });
        },
      });
    },
    /** The size of a photo just taken is not told; the service has the last word on it. */
    take(filePath: string, capturedAt: string): void {
      const refused = uploads?.add([{ filePath, bytes: 0, capturedAt }]);
      this.setData({ failure: refused ?? "" });
    },
    onRetry(event: WechatMiniprogram.CustomEvent<{ id: string }>): void {
      uploads?.retry(event.detail.id);
    },
    onRemove(event: WechatMiniprogram.CustomEvent<{ id: string }>): void {
      uploads?.remove(event.detail.id);
    },
    onDone(): void {
      if (uploads?.isBusy() === true) {
        wx.showToast({ title: texts.uploading, icon: "none" });
        return;
      }
      services().takenEvidence = [...services().takenEvidence, ...(uploads?.evidenceIds() ?? [])];
      wx.navigateBack();
    },
  },
});
