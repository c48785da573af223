import { detailOf } from "../../lib/failure";
import type { ZhiquanApp } from "../../lib/services";
import { texts } from "../../lib/texts";
import type { ReportStatus } from "../../lib/timeline";

const services = () => getApp<ZhiquanApp>().services;

Component({
  data: {
    texts,
    reports: [] as ReportStatus[],
    nextCursor: null as string | null,
    opened: "",
    failure: "",
    loaded: false,
  },
  methods: {
    onShow(): Promise<void> {
      return this.fetch();
    },
    async onPullDownRefresh(): Promise<void> {
      await this.fetch();
      wx.stopPullDownRefresh();
    },
    async fetch(): Promise<void> {
      try {
        const { items, nextCursor } = await services().api.myReports();
        this.setData({ reports: items, nextCursor, failure: "", loaded: true });
      } catch (error) {
        this.setData({ failure: detailOf(error), loaded: true });
      }
    },
    async onMore(): Promise<void> {
      const { nextCursor, reports } = this.data;
      if (nextCursor === null) return;
      try {
        const more = await services().api.myReports(nextCursor);
        this.setData({ reports: [...reports, ...more.items], nextCursor: more.nextCursor });
      } catch (error) {
        this.setData({ failure: detailOf(error) });
      }
    },
    onOpen(event: WechatMiniprogram.TouchEvent): void {
      const { no } = event.currentTarget.dataset as { no: string };
      this.setData({ opened: this.data.opened === no ? "" : no });
    },
  },
});
