import type { Citation } from "../../lib/wire";

/** What a citation's status is called; a law in force needs no word. */
const statusLabels: Record<string, string> = {
  superseded: "（已修改）",
  repealed: "（已废止）",
  notYetInForce: "（还没施行）",
};

Component({
  properties: { citations: { type: Array, value: [] as Citation[] } },
  data: { shown: [] as { key: string; label: string; url: string }[] },
  observers: {
    citations(citations: Citation[]): void {
      this.setData({
        shown: citations.map(({ law, article, edition, status, sourceUrl }) => ({
          key: `${law}${article}${edition}`,
          label: `《${law}》${article}${statusLabels[status] ?? ""}`,
          url: sourceUrl ?? "",
        })),
      });
    },
  },
  methods: {
    /** The mini-program may not open foreign pages: the address goes to the clipboard. */
    onCopy(event: WechatMiniprogram.TouchEvent): void {
      const { url } = event.currentTarget.dataset as { url: string };
      if (url !== "") wx.setClipboardData({ data: url });
    },
  },
});
