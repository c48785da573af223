import {
  type Bubble,
  bubblesOf,
  type Content,
  offered,
  ownBubble,
  withBubble,
  withoutOptions,
  wordsOf,
} from "../../lib/chat";
import { detailOf } from "../../lib/failure";
import { placeWords } from "../../lib/scene";
import type { ZhiquanApp } from "../../lib/services";
import { texts } from "../../lib/texts";
import { createVoice, type Voice } from "../../lib/voice";
import { settings } from "../../settings";

const services = () => getApp<ZhiquanApp>().services;

/** What was said and not answered yet, by message: „重试“ sends the very same again. */
const unanswered = new Map<string, Content>();
let voice: Voice | undefined;

const greeting: Bubble = {
  id: "greeting",
  own: false,
  text: texts.greeting,
  options: [],
  citations: [],
  reports: [],
  state: "sent",
  failure: "",
};

Component({
  data: {
    texts,
    maxChars: settings.messageChars,
    log: [greeting] as Bubble[],
    draft: "",
    listening: false,
    hasVoice: false,
    lastId: "greeting",
    percent: -1,
  },
  methods: {
    onLoad(): void {
      voice = createVoice(() => requirePlugin(settings.speechPlugin), {
        onText: (transcript) => {
          this.setData({ listening: false });
          void this.say({ type: "voice", transcript });
        },
        onFailure: () => {
          this.setData({ listening: false });
          wx.showToast({ title: texts.voiceFailed, icon: "none" });
        },
      });
      this.setData({ hasVoice: voice !== undefined });
    },
    /** Whoever came by a code on a wall need not say where they are. */
    onShow(): void {
      const { place } = services();
      if (place === undefined || this.data.draft !== "" || this.data.log.length > 1) return;
      this.setData({ draft: placeWords(place) });
    },
    onDraft(event: WechatMiniprogram.Input): void {
      this.setData({ draft: event.detail.value });
    },
    onSend(): void {
      const text = this.data.draft.trim();
      if (text === "") return;
      if ([...text].length > settings.messageChars) {
        wx.showToast({ title: texts.tooLong, icon: "none" });
        return;
      }
      this.setData({ draft: "" });
      void this.say({ type: "text", text });
    },
    onChoose(event: WechatMiniprogram.CustomEvent<{ id: string }>): void {
      void this.say({ type: "choice", id: event.detail.id });
    },
    onVoice(): void {
      if (voice === undefined) {
        wx.showToast({ title: texts.voiceUnavailable, icon: "none" });
      } else if (this.data.listening) {
        voice.stop();
      } else {
        voice.start();
        this.setData({ listening: true });
      }
    },
    onLocation(): void {
      wx.chooseLocation({
        success: ({ latitude, longitude, name, address }) => {
          const label = [address, name]
            .filter((one) => one !== "")
            .join(" ")
            .slice(0, 200);
          void this.say({ type: "location", latitude, longitude, ...(label === "" ? {} : { label }) });
        },
        fail: () => wx.showToast({ title: texts.locationRefused, icon: "none" }),
      });
    },
    onPhoto(): void {
      wx.chooseMedia({
        count: 1,
        mediaType: ["image"],
        sizeType: ["original"],
        success: ({ tempFiles }) => {
          const [file] = tempFiles;
          if (file !== undefined) void this.sendPhoto(file.tempFilePath, file.size);
        },
      });
    },
    async sendPhoto(filePath: string, bytes: number): Promise<void> {
      if (bytes > settings.fileBytes) {
        wx.showToast({ title: texts.tooLarge, icon: "none" });
        return;
      }
      this.setData({ percent: 0 });
      try {
        const { evidenceId } = await services().api.upload(filePath, {
          onProgress: (percent) => this.setData({ percent }),
        });
        await this.say({ type: "image", evidenceId });
      } catch (error) {
        wx.showToast({ title: detailOf(error), icon: "none" });
      } finally {
        this.setData({ percent: -1 });
      }
    },
    async say(content: Content): Promise<void> {
      const id = await services().api.newId();
      const words = wordsOf(content, texts.photoSent, offered(this.data.log));
      unanswered.set(id, content);
      this.setData({ log: [...withoutOptions(this.data.log), ownBubble(id, words)], lastId: id });
      await this.deliver(id);
    },
    onRetry(event: WechatMiniprogram.CustomEvent<{ id: string }>): void {
      void this.deliver(event.detail.id);
    },
    async deliver(id: string): Promise<void> {
      const content = unanswered.get(id);
      if (content === undefined) return;
      this.setData({ log: withBubble(this.data.log, id, { state: "sending", failure: "" }) });
      try {
        const answer = await services().api.say(content, id);
        unanswered.delete(id);
        const bubbles = bubblesOf(id, answer);
        const log = withBubble(this.data.log, id, { state: "sent" });
        this.setData({ log: [...withoutOptions(log), ...bubbles], lastId: bubbles[0]?.id ?? id });
      } catch (error) {
        this.setData({ log: withBubble(this.data.log, id, { state: "failed", failure: detailOf(error) }) });
      }
    },
  },
});
