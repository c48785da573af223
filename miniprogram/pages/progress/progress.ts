import { detailOf } from "../../lib/failure";
import type { ZhiquanApp } from "../../lib/services";
import { type ReportStatus, readQuery } from "../../lib/timeline";

const services = () => getApp<ZhiquanApp>().services;

Component({
  data: { reportNo: "", queryCode: "", failure: "", busy: false, status: null as ReportStatus | null },
  methods: {
    onNo(event: WechatMiniprogram.Input): void {
      this.setData({ reportNo: event.detail.value });
    },
    onCode(event: WechatMiniprogram.Input): void {
      this.setData({ queryCode: event.detail.value });
    },
    async onAsk(): Promise<void> {
      if (this.data.busy) return;
      const query = readQuery(this.data.reportNo, this.data.queryCode);
      if ("problem" in query) {
        this.setData({ failure: query.problem, status: null });
        return;
      }
      this.setData({ busy: true, failure: "" });
      try {
        this.setData({ status: await services().api.status(query.reportNo, query.queryCode) });
      } catch (error) {
        this.setData({ failure: detailOf(error), status: null });
      } finally {
        this.setData({ busy: false });
      }
    },
  },
});
