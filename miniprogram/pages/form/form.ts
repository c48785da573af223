import { detailOf, Failure } from "../../lib/failure";
import {
  type FieldValue,
  type Filled,
  type Form,
  type FormField,
  fieldOfPointer,
  fieldsShown,
  isContact,
  nothingFilled,
  prefilled,
  problemOf,
  problemsOf,
  submissionOf,
  withUnknown,
  withValue,
} from "../../lib/form";
import { acceptedOf, templateIdsOf } from "../../lib/notices";
import { knownOf } from "../../lib/scene";
import type { ZhiquanApp } from "../../lib/services";
import { texts } from "../../lib/texts";
import { createUploads, type Upload, type Uploads } from "../../lib/uploads";
import type { FiledReport } from "../../lib/wire";
import { settings } from "../../settings";

const services = () => getApp<ZhiquanApp>().services;
const kind = "report";

/** What the form is made of; the page's data holds what is drawn of it. */
let form: Form | undefined;
let filled: Filled = nothingFilled;
let idempotencyKey = "";
let uploads: Uploads | undefined;

type Row = { field: FormField; value: FieldValue | null; unknown: boolean; problem: string };

Component({
  data: {
    texts,
    title: "",
    intro: "",
    note: "",
    failure: "",
    rows: [] as Row[],
    contactRows: [] as Row[],
    problems: {} as Record<string, string>,
    noticeSeen: false,
    uploads: [] as readonly Upload[],
    sending: false,
    filed: [] as FiledReport[],
    asksNotice: false,
  },
  methods: {
    onLoad(): Promise<void> {
      return this.start();
    },
    onShow(): void {
      const shared = services();
      if (form === undefined) return;
      if (shared.place !== undefined && this.data.filed.length === 0) this.takePlace();
      if (shared.takenEvidence.length > 0) {
        const before = evidenceOf(filled);
        filled = withValue(filled, "evidenceIds", [...before, ...shared.takenEvidence]);
        shared.takenEvidence = [];
        this.changed();
      }
    },
    /** Fetches the form of a matter and brings what was filled in along. */
    async start(reportType?: string): Promise<void> {
      const { api, drafts } = services();
      try {
        form = await api.form(kind, reportType);
      } catch (error) {
        this.setData({
          failure: error instanceof Failure && error.status === 0 ? error.detail : texts.notAsked,
        });
        return;
      }
      if (idempotencyKey === "") {
        const draft = drafts.load(kind);
        filled = draft?.filled ?? nothingFilled;
        idempotencyKey = draft?.idempotencyKey ?? (await api.newId());
        if (draft !== undefined) this.setData({ note: texts.draftFound });
      }
      uploads ??= createUploads({
        upload: api.upload,
        limits: settings,
        onChange: (list) => this.setData({ uploads: list }),
      });
      this.setData({ title: form.title, intro: form.intro, failure: "" });
      if (services().place !== undefined) this.takePlace();
      this.draw();
      const chosen = filled.values["reportType"];
      if (reportType === undefined && typeof chosen === "string") await this.start(chosen);
    },
    takePlace(): void {
      const { place } = services();
      if (place === undefined || form === undefined) return;
      filled = prefilled(form, filled, knownOf(place));
      this.setData({ note: texts.scene });
      this.changed();
    },
    draw(): void {
      if (form === undefined) return;
      const rowOf = (field: FormField): Row => ({
        field,
        value: filled.values[field.name] ?? null,
        unknown: filled.unknown.includes(field.name),
        problem: this.data.problems[field.name] ?? "",
      });
      const shown = fieldsShown(form, filled);
      this.setData({
        rows: shown.filter((field) => !isContact(field)).map(rowOf),
        contactRows: shown.filter(isContact).map(rowOf),
      });
    },
    changed(): void {
      if (form === undefined) return;
      services().drafts.save(form, filled, idempotencyKey);
      this.draw();
    },
    onChange(event: WechatMiniprogram.CustomEvent<{ name: string; value: FieldValue | undefined }>): void {
      const { name, value } = event.detail;
      filled = withValue(filled, name, value);
      const field = form?.fields.find((one) => one.name === name);
      // A fault that was told goes as soon as it is mended; no new one is told while somebody writes.
      if (field !== undefined && this.data.problems[name] !== undefined) {
        const { [name]: _mended, ...problems } = this.data.problems;
        const still = problemOf(field, filled);
        this.setData({ problems: still === undefined ? problems : { ...problems, [name]: still } });
      }
      this.changed();
      if (name === "reportType" && typeof value === "string") void this.start(value);
    },
    onUnknown(event: WechatMiniprogram.CustomEvent<{ name: string; unknown: boolean }>): void {
      const { name, unknown } = event.detail;
      filled = withUnknown(filled, name, unknown);
      const { [name]: _mended, ...problems } = this.data.problems;
      this.setData({ problems });
      this.changed();
    },
    onNoticeAgree(): void {
      this.setData({ noticeSeen: true });
    },
    onNoticeDecline(): void {
      filled = withValue(filled, "anonymous", true);
      this.changed();
    },
    async onPhoneNumber(event: WechatMiniprogram.CustomEvent<{ code?: string }>): Promise<void> {
      const { code } = event.detail;
      // Who refuses simply types.
      if (code === undefined) return;
      try {
        const { phone } = await services().api.phone(code);
        filled = withValue(filled, "contactPhone", phone);
        this.changed();
      } catch (error) {
        wx.showToast({ title: error instanceof Failure ? error.detail : texts.phoneFailed, icon: "none" });
      }
    },
    onCamera(): void {
      wx.navigateTo({ url: "/pages/evidence/evidence" });
    },
    onAlbum(): void {
      wx.chooseMedia({
        count: 9,
        mediaType: ["image", "video"],
        sourceType: ["album"],
        sizeType: ["original"],
        success: ({ tempFiles }) => {
          const refused = uploads?.add(
            tempFiles.map(({ tempFilePath, size }) => ({ filePath: tempFilePath, bytes: size })),
          );
          if (refused !== undefined) wx.showToast({ title: refused, icon: "none" });
        },
      });
    },
    onUploadRetry(event: WechatMiniprogram.CustomEvent<{ id: string }>): void {
      uploads?.retry(event.detail.id);
    },
    onUploadRemove(event: WechatMiniprogram.CustomEvent<{ id: string }>): void {
      uploads?.remove(event.detail.id);
    },
    async onSubmit(): Promise<void> {
      if (form === undefined || this.data.sending) return;
      if (uploads?.isBusy() === true) {
        wx.showToast({ title: texts.uploading, icon: "none" });
        return;
      }
      const evidenceIds = [...new Set([...evidenceOf(filled), ...(uploads?.evidenceIds() ?? [])])];
      const complete = withValue(filled, "evidenceIds", evidenceIds);
      const problems = problemsOf(form, complete);
      this.setData({ problems, failure: "" });
      this.draw();
      if (Object.keys(problems).length > 0) {
        this.setData({ failure: "有几项要补一下，红字的地方。" });
        return;
      }
      this.setData({ sending: true });
      const { api, drafts } = services();
      const { path, body } = submissionOf(form, complete);
      try {
        const { reports } = await api.file(path, body, idempotencyKey);
        drafts.clear(kind);
        filled = nothingFilled;
        idempotencyKey = "";
        uploads = undefined;
        services().place = undefined;
        this.setData({ filed: reports, uploads: [], note: "" });
        await this.offerNotices();
      } catch (error) {
        await this.refused(error);
      } finally {
        this.setData({ sending: false });
      }
    },
    async refused(error: unknown): Promise<void> {
      this.setData({ failure: detailOf(error) });
      if (!(error instanceof Failure) || form === undefined) return;
      // What was filed under this key before was another report: this one needs a key of its own.
      if (error.status === 409) idempotencyKey = await services().api.newId();
      const problems = { ...this.data.problems };
      for (const { pointer, detail } of error.errors) {
        const name = fieldOfPointer(form, pointer);
        if (name !== undefined) problems[name] = detail;
      }
      this.setData({ problems });
      this.changed();
    },
    /** Whether there is anything to be told by; WeChat lets us ask only after a tap. */
    async offerNotices(): Promise<void> {
      try {
        const { items } = await services().api.notices();
        this.setData({ asksNotice: items.length > 0 });
      } catch {
        // Without notices the report is filed all the same.
      }
    },
    async onNotices(): Promise<void> {
      this.setData({ asksNotice: false });
      const { api } = services();
      try {
        const asked = templateIdsOf((await api.notices()).items);
        const answer = await wx.requestSubscribeMessage({ tmplIds: asked });
        const accepted = acceptedOf(answer as unknown as Record<string, unknown>, asked);
        if (accepted.length > 0)
          await api.consent(
            this.data.filed.map(({ reportNo }) => reportNo),
            accepted,
          );
        wx.showToast({ title: accepted.length > 0 ? texts.noticeKept : texts.noticeNone, icon: "none" });
      } catch {
        wx.showToast({ title: texts.noticeNone, icon: "none" });
      }
    },
    onNoNotices(): void {
      this.setData({ asksNotice: false });
    },
    async onAgain(): Promise<void> {
      this.setData({ filed: [], noticeSeen: false, problems: {}, asksNotice: false });
      await this.start();
    },
  },
});

const evidenceOf = ({ values }: Filled): string[] =>
  Array.isArray(values["evidenceIds"]) ? values["evidenceIds"] : [];
