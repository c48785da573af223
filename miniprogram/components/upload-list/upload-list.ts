import { texts } from "../../lib/texts";
import type { Upload } from "../../lib/uploads";

Component({
  properties: { uploads: { type: Array, value: [] as Upload[] } },
  data: { texts },
  methods: {
    onRetry(event: WechatMiniprogram.TouchEvent): void {
      this.triggerEvent("retry", { id: (event.currentTarget.dataset as { id: string }).id });
    },
    onRemove(event: WechatMiniprogram.TouchEvent): void {
      this.triggerEvent("remove", { id: (event.currentTarget.dataset as { id: string }).id });
    },
  },
});
