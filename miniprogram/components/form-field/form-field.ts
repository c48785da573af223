import { type FieldValue, type FormField, mendPatentNumber } from "../../lib/form";
import { texts } from "../../lib/texts";

/** How a field is drawn; several types share one way. */
type Control = "line" | "area" | "chips" | "picker" | "day" | "period" | "files";

/** So many options stand side by side; more go into a picker. */
const mostChips = 6;

function controlOf({ type, options }: FormField): Control {
  switch (type) {
    case "longText":
    case "list":
      return "area";
    case "choice":
      return (options?.length ?? 0) > mostChips ? "picker" : "chips";
    case "choices":
    case "yesNo":
      return "chips";
    case "date":
      return "day";
    case "period":
      return "period";
    case "files":
      return "files";
    default:
      return "line";
  }
}

/** The keyboard that a phone brings up. */
const keyboardOf = ({ type }: FormField) => (type === "count" || type === "phone" ? "number" : "text");

type Chip = { value: string; label: string; chosen: boolean };

function chipsOf(field: FormField, value: FieldValue | undefined): Chip[] {
  if (field.type === "yesNo") {
    return [
      { value: "yes", label: texts.yes, chosen: value === true },
      { value: "no", label: texts.no, chosen: value === false },
    ];
  }
  const chosen = Array.isArray(value) ? value : [value];
  return (field.options ?? []).map((option) => ({ ...option, chosen: chosen.includes(option.value) }));
}

/** `2026-11-01/2026-11-20` as its two days. */
const daysOf = (value: FieldValue | undefined): { from: string; to: string } => {
  const [from = "", to = ""] = typeof value === "string" ? value.split("/") : [];
  return { from, to };
};

const noField = { name: "", type: "text", label: "", in: "body", privacy: "none" } as unknown as FormField;

Component({
  properties: {
    field: { type: Object, value: noField },
    value: { type: null, value: null },
    unknown: { type: Boolean, value: false },
    problem: { type: String, value: "" },
  },
  data: {
    texts,
    control: "line" as Control,
    keyboard: "text",
    chips: [] as Chip[],
    labels: [] as string[],
    chosenIndex: -1,
    shownText: "",
    from: "",
    to: "",
    length: 0,
  },
  observers: {
    "field, value"(): void {
      const field = this.data.field as FormField;
      const value = (this.data.value ?? undefined) as FieldValue | undefined;
      const options = field.options ?? [];
      const shownText = Array.isArray(value) ? value.join("\n") : value === undefined ? "" : String(value);
      this.setData({
        control: controlOf(field),
        keyboard: keyboardOf(field),
        chips: chipsOf(field, value),
        labels: options.map(({ label }) => label),
        chosenIndex: options.findIndex((option) => option.value === value),
        shownText,
        length: [...shownText].length,
        ...daysOf(value),
      });
    },
  },
  methods: {
    tell(value: FieldValue | undefined): void {
      this.triggerEvent("change", { name: (this.data.field as FormField).name, value });
    },
    onInput(event: WechatMiniprogram.Input): void {
      const { type } = this.data.field as FormField;
      const written = event.detail.value;
      this.tell(type === "list" ? written.split("\n") : written);
    },
    /** Mends what can be mended without doubt, once the person has finished. */
    onBlur(event: WechatMiniprogram.Input): void {
      const { type } = this.data.field as FormField;
      if (type !== "patentNumber") return;
      const mended = mendPatentNumber(event.detail.value);
      if (mended !== event.detail.value) this.tell(mended);
    },
    onChip(event: WechatMiniprogram.TouchEvent): void {
      const field = this.data.field as FormField;
      const { value } = event.currentTarget.dataset as { value: string };
      const present = this.data.value as FieldValue | null;
      if (field.type === "yesNo") {
        const chosen = value === "yes";
        this.tell(present === chosen && !field.required ? undefined : chosen);
      } else if (field.type === "choices") {
        const chosen = Array.isArray(present) ? present : [];
        this.tell(chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value]);
      } else {
        this.tell(present === value && !field.required ? undefined : value);
      }
    },
    onPick(event: WechatMiniprogram.PickerChange): void {
      const option = (this.data.field as FormField).options?.[Number(event.detail.value)];
      if (option !== undefined) this.tell(option.value);
    },
    onDay(event: WechatMiniprogram.PickerChange): void {
      this.tell(String(event.detail.value));
    },
    onFrom(event: WechatMiniprogram.PickerChange): void {
      const from = String(event.detail.value);
      const { to } = this.data;
      this.tell(to === "" || to <= from ? from : `${from}/${to}`);
    },
    onTo(event: WechatMiniprogram.PickerChange): void {
      const to = String(event.detail.value);
      const { from } = this.data;
      if (from === "" || to === from) this.tell(to);
      else this.tell(to > from ? `${from}/${to}` : `${to}/${from}`);
    },
    onClear(): void {
      this.tell(undefined);
    },
    onUnknown(): void {
      this.triggerEvent("unknown", {
        name: (this.data.field as FormField).name,
        unknown: !this.data.unknown,
      });
    },
  },
});
