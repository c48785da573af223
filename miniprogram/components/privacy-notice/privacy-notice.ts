import { texts } from "../../lib/texts";

Component({
  data: { texts },
  methods: {
    onAgree(): void {
      this.triggerEvent("agree");
    },
    onDecline(): void {
      this.triggerEvent("decline");
    },
  },
});
