import { detailOf } from "../../lib/failure";
import type { ZhiquanApp } from "../../lib/services";
import { texts } from "../../lib/texts";
import type { Found, KnowledgeAnswer } from "../../lib/wire";

const services = () => getApp<ZhiquanApp>().services;

Component({
  data: {
    texts,
    question: "",
    busy: false,
    failure: "",
    answer: null as KnowledgeAnswer | null,
    found: [] as Found[],
    nothing: false,
  },
  methods: {
    onInput(event: WechatMiniprogram.Input): void {
      this.setData({ question: event.detail.value });
    },
    async onAsk(): Promise<void> {
      const question = this.data.question.trim();
      if (this.data.busy) return;
      if (question === "") {
        this.setData({ failure: texts.askNothing });
        return;
      }
      this.setData({ busy: true, failure: "", answer: null, found: [], nothing: false });
      const { api } = services();
      // Either may fail without the other.
      const [answered, searched] = await Promise.all([
        api.answer(question).catch((error: unknown) => error),
        api.search(question).catch(() => undefined),
      ]);
      const found = searched?.items ?? [];
      if (answered instanceof Error) this.setData({ failure: detailOf(answered), found });
      else this.setData({ answer: answered as KnowledgeAnswer, found, nothing: found.length === 0 });
      this.setData({ busy: false });
    },
    async onRelated(event: WechatMiniprogram.TouchEvent): Promise<void> {
      this.setData({ question: (event.currentTarget.dataset as { question: string }).question });
      await this.onAsk();
    },
  },
});
