import { dueText, type ReportStatus, type Step, stepsOf } from "../../lib/timeline";

const noStatus = {
  reportNo: "",
  stateLabel: "",
  office: { name: "" },
  events: [],
} as unknown as ReportStatus;

Component({
  properties: { status: { type: Object, value: noStatus } },
  data: { steps: [] as Step[], due: "" },
  observers: {
    status(status: ReportStatus): void {
      if (status.reportNo === "") return;
      this.setData({ steps: stepsOf(status), due: dueText(status) });
    },
  },
});
