import { texts } from "../../lib/texts";
import { showCode } from "../../lib/timeline";
import type { FiledReport } from "../../lib/wire";

Component({
  properties: {
    report: {
      type: Object,
      value: { reportNo: "", queryCode: "", office: { name: "" } } as unknown as FiledReport,
    },
  },
  data: { code: "" },
  observers: {
    report(report: FiledReport): void {
      this.setData({ code: showCode(report.queryCode) });
    },
  },
  methods: {
    onCopy(): void {
      const { reportNo, queryCode } = this.data.report as FiledReport;
      wx.setClipboardData({
        data: `编号 ${reportNo}，查询码 ${queryCode}`,
        success: () => wx.showToast({ title: texts.copied }),
      });
    },
  },
});
