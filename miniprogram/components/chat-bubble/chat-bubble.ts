import { type Bubble, foldedText } from "../../lib/chat";
import { texts } from "../../lib/texts";

const noBubble = {
  id: "",
  own: false,
  text: "",
  options: [],
  citations: [],
  reports: [],
} as unknown as Bubble;

Component({
  properties: { bubble: { type: Object, value: noBubble } },
  data: { texts, shownText: "", folded: false, opened: false },
  observers: {
    "bubble, opened"(): void {
      const { text, own } = this.data.bubble as Bubble;
      const folded = own || this.data.opened ? undefined : foldedText(text);
      this.setData({ shownText: folded ?? text, folded: folded !== undefined });
    },
  },
  methods: {
    onOption(event: WechatMiniprogram.TouchEvent): void {
      const { id, label } = event.currentTarget.dataset as { id: string; label: string };
      this.triggerEvent("choose", { id, label });
    },
    onUnfold(): void {
      this.setData({ opened: true });
    },
    onRetry(): void {
      this.triggerEvent("retry", { id: (this.data.bubble as Bubble).id });
    },
  },
});
