// The script of the resident page, as browsers run it: no build step comes between. It keeps to what
// Chrome 60 and Safari 11 know (old Android phones, WeChat's browser), and to text nodes: nothing
// that comes from the service or from a person is ever read as HTML.

// biome-ignore lint/suspicious/noRedundantUseStrict: a classic script, which browsers do not read strictly by themselves
"use strict";

/**
 * @typedef {{ type: string, [field: string]: unknown }} Content
 * @typedef {{ channel: string, userId: string, messageId: string, content: Content }} Message
 * @typedef {{ id: string, label: string }} Option
 * @typedef {{ law: string, article: string, paragraph?: number, edition: string, effectiveFrom: string, status: string, sourceUrl: string }} Citation
 * @typedef {{ reportNo: string, queryCode: string, office: { name: string }, dueOn: string, dueKind: string }} FiledReport
 * @typedef {{ state: string, replies: { text: string, options?: Option[] }[], citations: Citation[], reports: FiledReport[] }} Answer
 * @typedef {{ reportNo: string, stateLabel: string, office: { name: string }, dueOn: string | null, dueKind: string | null, provisional: boolean, events: { label: string, at: string }[], next: string }} ReportStatus
 * @typedef {{ challenge: string, bits: number }} ProofOfWork
 * @typedef {{ file: File, state: "uploading" | "done" | "failed", evidenceId: string, view: HTMLElement, picture: HTMLElement }} Attachment
 * @typedef {{ element: HTMLElement, show(state: "sending" | "verifying" | "sent"): void, fail(failure: Failure, retry: (() => void) | undefined): void }} OwnBubble
 */

/** A request that came to nothing. `status` is 0 where no answer came. */
class Failure extends Error {
  /**
   * @param {string} detail what to tell the person
   * @param {number} status
   * @param {ProofOfWork} [proofOfWork] the work after which the very same request goes through
   */
  constructor(detail, status, proofOfWork) {
    super(detail);
    this.detail = detail;
    this.status = status;
    this.proofOfWork = proofOfWork;
    /** Whether the very same request may succeed later. */
    this.retryable = status === 0 || status === 408 || status === 429 || status >= 500;
  }
}

(() => {
  const settings = JSON.parse(byId("settings").textContent || "{}");
  /** @type {Record<string, string>} */
  const texts = settings.texts;
  /** @type {{ messageChars: number, fileBytes: number }} */
  const limits = settings.limits;

  const answerWithinMs = 30000;
  const uploadWithinMs = 10 * 60000;
  const mostFiles = 9;
  const mostProofs = 3;
  const counterFrom = limits.messageChars - 400;
  /** Says only that a session was opened here: the session itself is a cookie no script can read. */
  const sessionMark = "zhiquan.session";

  const page = byId("page");
  const log = byId("log");
  const greeting = byId("greeting");
  const firstOptions = byId("first-options");
  const typing = byId("typing");
  const composer = byId("composer");
  const input = /** @type {HTMLTextAreaElement} */ (byId("message"));
  const sendButton = byId("send");
  const counter = byId("counter");
  const fileInput = /** @type {HTMLInputElement} */ (byId("file"));
  const locationButton = byId("location");
  const tray = byId("tray");
  const filedStrip = byId("filed");
  const chatView = byId("chat-view");
  const progressView = byId("progress-view");
  const reportNoInput = /** @type {HTMLInputElement} */ (byId("report-no"));
  const queryCodeInput = /** @type {HTMLInputElement} */ (byId("query-code"));
  const openLink = byId("open-progress");
  const closeLink = byId("close-progress");
  const clearButton = byId("clear");
  const progressError = byId("progress-error");
  const progressFound = byId("progress-found");

  let busy = false;
  /** @type {Attachment[]} */
  let attachments = [];
  /** @type {FiledReport[]} */
  const filed = [];

  // ---- small helpers ---------------------------------------------------------------------------

  /**
   * @param {string} id
   * @returns {HTMLElement}
   */
  function byId(id) {
    return /** @type {HTMLElement} */ (document.getElementById(id));
  }

  /**
   * A text of the page with its `{names}` filled in.
   *
   * @param {string} id
   * @param {Record<string, string | number>} [values]
   */
  function t(id, values) {
    return texts[id].replace(/\{(\w+)\}/g, (_, name) => String(values === undefined ? "" : values[name]));
  }

  /**
   * @param {string} tag
   * @param {string} [className]
   * @param {(Node | string)[]} [children]
   * @returns {HTMLElement}
   */
  function make(tag, className, children) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    for (const child of children || []) {
      element.appendChild(typeof child === "string" ? document.createTextNode(child) : child);
    }
    return element;
  }

  /**
   * @param {string} className
   * @param {string} label
   * @param {() => void} act
   */
  function makeButton(className, label, act) {
    const button = /** @type {HTMLButtonElement} */ (make("button", className, [label]));
    button.type = "button";
    button.addEventListener("click", act);
    return button;
  }

  /** @param {Element | null} element */
  function remove(element) {
    if (element !== null && element.parentNode !== null) element.parentNode.removeChild(element);
  }

  /** @param {Element} element */
  function empty(element) {
    while (element.firstChild !== null) element.removeChild(element.firstChild);
  }

  /** An id that no other message has: 128 random bits. */
  function newId() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => `0${byte.toString(16)}`.slice(-2)).join("");
  }

  /** @type {number | undefined} */
  let toastTimer;
  /** @param {string} text */
  function toast(text) {
    const element = byId("toast");
    element.textContent = text;
    window.clearTimeout(toastTimer);
    toastTimer = window.setTimeout(() => {
      element.textContent = "";
    }, 4000);
  }

  /** Says something to those who do not see it on the screen. @param {string} text */
  function tell(text) {
    byId("heard").textContent = text;
  }

  /** @param {number} bytes */
  function showSize(bytes) {
    return bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
  }

  /**
   * An instant as the clocks here show it. Phones abroad, and old ones, have other zones or none.
   *
   * @param {string} instant
   */
  function showInstant(instant) {
    const shanghai = new Date(Date.parse(instant) + 8 * 3600 * 1000).toISOString();
    return `${shanghai.slice(0, 10)} ${shanghai.slice(11, 16)}`;
  }

  /** Eight digits in two fours, to be copied by hand. The service does without the space. @param {string} code */
  function showCode(code) {
    return code.replace(/^(\d{4})(\d{4})$/, "$1 $2");
  }

  /** Text with its web addresses as links. @param {string} text */
  function withLinks(text) {
    const pieces = text.split(/(https?:\/\/[\w\-./?=&%#~:+@]*[\w/=#])/);
    return pieces.map((piece, index) => (index % 2 === 1 ? makeLink(piece, piece) : piece));
  }

  /**
   * @param {string} address
   * @param {string} label
   */
  function makeLink(address, label) {
    const link = /** @type {HTMLAnchorElement} */ (make("a", "zq-link", [label]));
    link.href = address;
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    return link;
  }

  // ---- the service -----------------------------------------------------------------------------

  let sessionKnown = readMark();
  /** @type {Promise<void> | undefined} */
  let opening;

  function readMark() {
    try {
      return localStorage.getItem(sessionMark) === "1";
    } catch (_) {
      return false; // Storage is switched off: a session is opened for each visit.
    }
  }

  /**
   * The failure that a refused request tells of, in the words of its problem details.
   *
   * @param {number} status
   * @param {string} body
   */
  function failureOf(status, body) {
    try {
      const problem = JSON.parse(body);
      const first = problem.errors && problem.errors.length > 0 ? problem.errors[0].detail : undefined;
      // A malformed field is named by a pointer that says nothing to people; what is wrong with it does.
      const detail = status === 400 && first ? first : problem.detail;
      if (typeof detail === "string" && detail !== "")
        return new Failure(detail, status, problem.proofOfWork);
    } catch (_) {
      // A proxy's own page: not ours to show.
    }
    return new Failure(t("unavailable"), status);
  }

  /**
   * One request. XMLHttpRequest tells how far an upload is, which fetch does not.
   *
   * @param {{ method: string, path: string, json?: unknown, form?: FormData, headers?: Record<string, string>, withinMs?: number, onProgress?: (share: number) => void }} options
   * @returns {Promise<any>} the body of the answer
   * @throws {Failure}
   */
  function ask({ method, path, json, form, headers, withinMs, onProgress }) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open(method, path);
      request.timeout = withinMs || answerWithinMs;
      request.setRequestHeader("Accept", "application/json, application/problem+json");
      if (json !== undefined) request.setRequestHeader("Content-Type", "application/json");
      for (const name of Object.keys(headers || {})) {
        request.setRequestHeader(name, /** @type {Record<string, string>} */ (headers)[name]);
      }
      if (onProgress !== undefined) {
        request.upload.onprogress = (event) => {
          if (event.lengthComputable && event.total > 0) onProgress(event.loaded / event.total);
        };
      }
      request.onload = () => {
        if (request.status < 200 || request.status > 299) {
          reject(failureOf(request.status, request.responseText));
          return;
        }
        try {
          resolve(request.responseText === "" ? undefined : JSON.parse(request.responseText));
        } catch (_) {
          reject(new Failure(t("unavailable"), 502)); // Somebody between answered in the service's place.
        }
      };
      request.onerror = () => reject(new Failure(t("network"), 0));
      request.ontimeout = () => reject(new Failure(t("unavailable"), 0));
      request.send(json !== undefined ? JSON.stringify(json) : form);
    });
  }

  /** Opens a session if none is known. Several who need one at once share it. */
  function openSession() {
    if (sessionKnown) return Promise.resolve();
    if (opening === undefined) {
      opening = ask({ method: "POST", path: "/api/v1/sessions", json: {} }).then(
        () => {
          opening = undefined;
          sessionKnown = true;
          try {
            localStorage.setItem(sessionMark, "1");
          } catch (_) {
            // As above.
          }
        },
        (failure) => {
          opening = undefined;
          throw failure;
        },
      );
    }
    return opening;
  }

  /**
   * A request that needs a session. One that has ended is replaced, once.
   *
   * @param {Parameters<typeof ask>[0]} options
   */
  async function askAsSomebody(options) {
    await openSession();
    try {
      return await ask(options);
    } catch (failure) {
      if (failure.status !== 401) throw failure;
    }
    sessionKnown = false;
    await openSession();
    try {
      return await ask(options);
    } catch (failure) {
      throw failure.status === 401 ? new Failure(t("cookies"), 401) : failure;
    }
  }

  // ---- the log ---------------------------------------------------------------------------------

  /** @param {HTMLElement} turn */
  function append(turn) {
    log.appendChild(turn);
    scrollTo(turn);
  }

  /** Shows the end of the log, but never hides the beginning of what was said last. @param {HTMLElement} turn */
  function scrollTo(turn) {
    const room = window.innerHeight - composer.offsetHeight - topHeight();
    if (turn.offsetHeight > room) {
      window.scrollTo(0, turn.getBoundingClientRect().top + window.pageYOffset - topHeight() - 8);
    } else {
      window.scrollTo(0, document.documentElement.scrollHeight);
    }
  }

  function topHeight() {
    return /** @type {HTMLElement} */ (filedStrip.parentNode).offsetHeight;
  }

  /** Takes the options away that were offered so far: they belong to a question that has been answered. */
  function withdrawOptions() {
    firstOptions.hidden = true;
    for (const group of Array.from(log.querySelectorAll(".zq-turn__options"))) remove(group);
  }

  /**
   * A bubble of the person's own, with its state beneath.
   *
   * @param {(Node | string)[]} children
   * @returns {OwnBubble}
   */
  function addOwn(children) {
    const bubble = make("div", "zq-bubble zq-bubble_own", [
      make("span", "zq-only-heard", [`${t("you")}：`]),
      ...children,
    ]);
    const state = make("div", "zq-own-state");
    const element = make("div", "zq-turn zq-turn_own", [bubble, state]);
    element.tabIndex = -1;
    append(element);
    return {
      element,
      show(now) {
        empty(state);
        element.classList.remove("zq-turn_failed");
        if (now !== "sent") state.textContent = t(now);
      },
      fail(failure, retry) {
        empty(state);
        element.classList.add("zq-turn_failed");
        state.appendChild(make("span", "zq-own-state__why", [`${t("failed")}：${failure.detail}`]));
        if (retry !== undefined) state.appendChild(makeButton("zq-retry", t("retry"), retry));
        scrollTo(element);
      },
    };
  }

  /** @param {Answer} answer */
  function showAnswer(answer) {
    withdrawOptions();
    const turn = make("div", "zq-turn");
    turn.appendChild(make("span", "zq-only-heard", [`${t("assistant")}：`]));
    for (const reply of answer.replies) turn.appendChild(make("div", "zq-bubble", withLinks(reply.text)));
    if (answer.citations.length > 0) turn.appendChild(makeCitations(answer.citations));
    for (const report of answer.reports) {
      if (filed.some(({ reportNo }) => reportNo === report.reportNo)) continue;
      filed.push(report);
      turn.appendChild(makeCard(report));
    }
    const last = answer.replies[answer.replies.length - 1];
    const options = last === undefined ? undefined : last.options;
    if (options !== undefined && options.length > 0) turn.appendChild(makeOptions(options));
    if (turn.childElementCount === 1) return;
    showFiled(); // First: what stands above must not cover the beginning of the answer.
    append(turn);
  }

  /** @param {string} text */
  function addHint(text) {
    append(
      make("div", "zq-turn", [
        make("span", "zq-only-heard", [`${t("assistant")}：`]),
        make("div", "zq-bubble", [text]),
      ]),
    );
  }

  /** @param {Option[]} options */
  function makeOptions(options) {
    const buttons = options.map((option) => makeButton("zq-option", option.label, () => choose(option)));
    const group = make("div", "zq-options zq-turn__options", buttons);
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", t("options"));
    return group;
  }

  /** @param {Citation[]} citations */
  function makeCitations(citations) {
    const items = citations.map((citation) => {
      const { law, article, paragraph, edition, effectiveFrom, status, sourceUrl } = citation;
      const where = paragraph === undefined ? "" : t("citation.paragraph", { paragraph });
      const name = make("span", "zq-citation__name", [t("citation", { law, article }) + where]);
      const facts = [t("citation.edition", { edition }), t("citation.from", { effectiveFrom })];
      if (status !== "current") facts.push(t(`status.${status}`));
      // Each in a piece of its own: a date is not broken over two lines.
      const pieces = facts.map((fact, index) =>
        make("span", "zq-whole", [index < facts.length - 1 ? `${fact}，` : fact]),
      );
      const parts = [name, " ", ...pieces, " "];
      if (/^https?:\/\//.test(sourceUrl)) {
        const link = makeLink(sourceUrl, t("citation.source"));
        link.setAttribute("aria-label", t("citation.sourceOf", { law }));
        parts.push(link);
      }
      return make("li", "zq-citation", parts);
    });
    const list = make("ul", "zq-citations__list", items);
    return make("div", "zq-citations", [make("p", "zq-citations__title", [t("citations")]), list]);
  }

  // ---- filed reports ---------------------------------------------------------------------------

  /** @param {[string, string][]} rows */
  function makeFacts(rows) {
    const children = [];
    for (const [name, value] of rows) children.push(make("dt", "", [name]), make("dd", "", [value]));
    return make("dl", "zq-facts", children);
  }

  /** @param {FiledReport} report */
  function makeCard(report) {
    const { reportNo, queryCode, office, dueOn, dueKind } = report;
    const due = dueKind === "statutory" ? "card.due.statutory" : "card.due.service";
    const facts = makeFacts([
      [t("card.reportNo"), reportNo],
      [t("card.queryCode"), showCode(queryCode)],
      [t("card.office"), office.name],
      [t("card.due"), t(due, { date: dueOn })],
    ]);
    facts.classList.add("zq-facts_codes");
    const card = make("section", "zq-card", [
      make("h2", "zq-card__title", [t("card.title")]),
      facts,
      make("p", "zq-card__keep", [t("card.keep")]),
      make("div", "zq-card__actions", [
        makeButton("zq-option", t("card.copy"), () => void copyCodes(report)),
        makeButton("zq-option", t("card.progress"), () => openProgress(report)),
      ]),
    ]);
    card.setAttribute("aria-label", `${t("card.title")} ${reportNo}`);
    return card;
  }

  /** The numbers stay in sight above the conversation: the code is shown nowhere else. */
  function showFiled() {
    empty(filedStrip);
    filedStrip.hidden = filed.length === 0;
    const last = filed[filed.length - 1];
    if (last === undefined) return;
    const { reportNo } = last;
    const queryCode = showCode(last.queryCode);
    const line = make("span", "zq-filed__codes", [t("filed.line", { reportNo, queryCode })]);
    filedStrip.appendChild(line);
    if (filed.length > 1) {
      filedStrip.appendChild(make("span", "zq-filed__more", [t("filed.more", { count: filed.length })]));
    }
  }

  /** @param {FiledReport} report */
  async function copyCodes({ reportNo, queryCode }) {
    const text = t("card.copyText", { reportNo, queryCode });
    toast((await copy(text)) ? t("card.copied") : t("card.copyFailed"));
  }

  /** @param {string} text */
  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch (_) {
      // Absent, or not allowed in this browser: the old way.
    }
    const before = document.activeElement;
    const area = /** @type {HTMLTextAreaElement} */ (make("textarea", "zq-only-heard"));
    area.value = text;
    area.readOnly = true;
    document.body.appendChild(area);
    area.select();
    area.setSelectionRange(0, text.length);
    let done = false;
    try {
      done = document.execCommand("copy");
    } catch (_) {
      done = false;
    }
    remove(area);
    if (before instanceof HTMLElement) before.focus();
    return done;
  }

  // ---- sending ---------------------------------------------------------------------------------

  /** @param {boolean} now */
  function setBusy(now) {
    busy = now;
    typing.hidden = !now;
    sendButton.setAttribute("aria-disabled", String(now));
    tell(now ? t("typing") : "");
    if (now) window.scrollTo(0, document.documentElement.scrollHeight);
  }

  /**
   * Sends a message as what its bubble shows. The id is drawn once: whoever tries again says the same again,
   * and the service files nothing twice.
   *
   * @param {Content} content
   * @param {OwnBubble} bubble
   * @param {() => void} [onRefused] what to do where trying again is of no use
   */
  function send(content, bubble, onRefused) {
    /** @type {Message} */
    const message = { channel: "web", userId: "self", messageId: newId(), content };
    withdrawOptions();
    return deliver(message, bubble, onRefused);
  }

  /**
   * Says a message; where the service asks for a proof of work first, says it again with that. It asks anew where much
   * more was filed meanwhile.
   *
   * @param {Message} message
   * @param {OwnBubble} bubble
   * @returns {Promise<Answer>}
   * @throws {Failure}
   */
  async function say(message, bubble) {
    const request = { method: "POST", path: "/api/v1/conversation/messages", json: message };
    /** @type {Record<string, string>} */
    let headers = {};
    for (let proofs = 0; ; proofs += 1) {
      try {
        return await askAsSomebody(Object.assign({ headers }, request));
      } catch (failure) {
        const { proofOfWork } = failure;
        if (proofOfWork === undefined) throw failure;
        if (proofs >= mostProofs) throw new Failure(t("notVerified"), failure.status);
        bubble.show("verifying");
        tell(t("verifying"));
        headers = { "X-Proof-Of-Work": await proveWork(proofOfWork.challenge, proofOfWork.bits) };
        bubble.show("sending");
      }
    }
  }

  /**
   * @param {Message} message
   * @param {OwnBubble} bubble
   * @param {() => void} [onRefused]
   * @returns {Promise<boolean>} whether it was answered
   */
  async function deliver(message, bubble, onRefused) {
    if (busy) {
      toast(t("busy"));
      return false;
    }
    setBusy(true);
    bubble.show("sending");
    try {
      const answer = await say(message, bubble);
      setBusy(false);
      bubble.show("sent");
      showAnswer(answer);
      return true;
    } catch (failure) {
      setBusy(false);
      const told = failure instanceof Failure ? failure : new Failure(t("unavailable"), 500);
      const retry = () => {
        if (!busy) bubble.element.focus(); // The button goes; the focus stays near.
        void deliver(message, bubble, onRefused);
      };
      bubble.fail(told, told.retryable ? retry : undefined);
      if (!told.retryable && onRefused !== undefined) onRefused();
      return false;
    }
  }

  /** @param {Option} option */
  function choose(option) {
    if (busy) {
      toast(t("busy"));
      return;
    }
    const bubble = addOwn([option.label]);
    // The button goes with its question. From here the next Tab leads to what the answer offers.
    bubble.element.focus();
    void send({ type: "choice", id: option.id }, bubble);
  }

  /** Sends what was written and the files that were chosen; the text is the caption of the first. */
  async function submit() {
    const text = input.value.trim();
    if (busy) {
      toast(t("busy"));
      return;
    }
    if (text.length > limits.messageChars) {
      input.focus();
      return;
    }
    if (attachments.length > 0) {
      await submitFiles(text);
      return;
    }
    if (text === "") {
      input.focus();
      return;
    }
    setText("");
    const restore = () => {
      if (input.value === "") setText(text);
    };
    await send({ type: "text", text }, addOwn([text]), restore);
  }

  /** @param {string} text */
  async function submitFiles(text) {
    if (attachments.some(({ state }) => state === "uploading")) {
      toast(t("upload.wait"));
      return;
    }
    if (attachments.some(({ state }) => state === "failed")) {
      toast(t("upload.mend"));
      return;
    }
    setText("");
    let caption = text;
    // One after another, each with its answer. After a failure the others stay for later.
    while (attachments.length > 0) {
      const attachment = attachments[0];
      detach(attachment);
      const children = caption === "" ? [attachment.picture] : [attachment.picture, caption];
      const { evidenceId } = attachment;
      /** @type {Content} */
      const content = { type: "image", evidenceId };
      if (caption !== "") content.caption = caption;
      caption = "";
      if (!(await send(content, addOwn(children)))) return;
    }
  }

  // ---- writing ---------------------------------------------------------------------------------

  /** @param {string} text */
  function setText(text) {
    input.value = text;
    fitInput();
  }

  function fitInput() {
    input.style.height = "auto";
    input.style.height = `${Math.min(input.scrollHeight, 132)}px`;
    const { length } = input.value.trim();
    const over = length > limits.messageChars;
    counter.classList.toggle("zq-counter_over", over);
    input.setAttribute("aria-invalid", String(over));
    if (over) counter.textContent = t("counter.over", { over: length - limits.messageChars });
    else
      counter.textContent = length >= counterFrom ? t("counter", { left: limits.messageChars - length }) : "";
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    if (event.key !== "Enter" || event.shiftKey) return;
    // While Chinese is being composed, Enter takes the candidate. Safari tells it by 229 alone.
    if (event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    void submit();
  }

  // ---- files -----------------------------------------------------------------------------------

  function takeFiles() {
    const files = Array.from(fileInput.files || []);
    fileInput.value = ""; // So that the same file may be chosen again.
    for (const file of files) {
      if (attachments.length >= mostFiles) {
        toast(t("upload.tooMany"));
        return;
      }
      attach(file);
    }
  }

  /** @param {File} file */
  function attach(file) {
    const { name } = file;
    const picture = makePicture(file);
    const view = make("li", "zq-file");
    /** @type {Attachment} */
    const attachment = { file, state: "uploading", evidenceId: "", view, picture };
    attachments.push(attachment);
    tray.appendChild(view);
    tray.hidden = false;
    if (file.size > limits.fileBytes) {
      showRefused(attachment, new Failure(t("upload.tooLarge", { name, size: showSize(file.size) }), 413));
    } else if (file.size === 0) {
      showRefused(attachment, new Failure(t("upload.empty", { name }), 400));
    } else {
      void upload(attachment);
    }
    window.scrollTo(0, document.documentElement.scrollHeight);
  }

  /** @param {File} file */
  function makePicture(file) {
    const named = () => make("span", "zq-picture zq-picture_none", [file.name]);
    if (file.type.indexOf("image/") !== 0) return named();
    const frame = make("span", "zq-picture");
    const image = document.createElement("img");
    image.alt = t("upload.preview", { name: file.name });
    image.src = URL.createObjectURL(file);
    image.onload = () => scrollTo(frame);
    // HEIC and TIFF: the service takes them, this browser cannot draw them.
    image.onerror = () => {
      remove(image);
      frame.className = "zq-picture zq-picture_none";
      frame.textContent = file.name;
    };
    frame.appendChild(image);
    return frame;
  }

  /**
   * The file in the tray: its picture, name, what is to be said of it, and what can be done.
   *
   * @param {Attachment} attachment
   * @param {(Node | string)[]} state
   * @param {Node[]} actions
   */
  function showFile(attachment, state, actions) {
    const { view, picture, file } = attachment;
    const { name } = file;
    const held = view.contains(document.activeElement);
    const removing = makeButton("zq-file__action", t("upload.remove"), () => {
      detach(attachment);
      fileInput.focus();
    });
    removing.setAttribute("aria-label", t("upload.removeOf", { name }));
    empty(view);
    view.appendChild(picture);
    view.appendChild(
      make("div", "zq-file__body", [
        make("div", "zq-file__name", [name]),
        make("div", "zq-file__state", state),
        make("div", "zq-file__actions", [...actions, removing]),
      ]),
    );
    if (held) removing.focus();
  }

  /** @param {Attachment} attachment */
  async function upload(attachment) {
    const { file } = attachment;
    attachment.state = "uploading";
    const bar = document.createElement("progress");
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-label", t("upload.progressOf", { name: file.name }));
    const words = make("span", "", [t("upload.progress", { percent: 0 })]);
    showFile(attachment, [bar, words], []);
    const form = new FormData();
    form.append("file", file, file.name);
    try {
      const stored = await askAsSomebody({
        method: "POST",
        path: "/api/v1/evidence",
        form,
        withinMs: uploadWithinMs,
        onProgress(share) {
          bar.value = Math.round(share * 100);
          words.textContent = t("upload.progress", { percent: bar.value });
        },
      });
      attachment.evidenceId = stored.evidenceId;
      attachment.state = "done";
      if (attachments.indexOf(attachment) === -1) return; // Removed meanwhile.
      showFile(attachment, [t("upload.done")], []);
      tell(t("upload.doneOf", { name: file.name }));
    } catch (failure) {
      if (attachments.indexOf(attachment) === -1) return;
      showRefused(attachment, failure instanceof Failure ? failure : new Failure(t("unavailable"), 500));
    }
  }

  /**
   * @param {Attachment} attachment
   * @param {Failure} failure
   */
  function showRefused(attachment, failure) {
    attachment.state = "failed";
    const why = make("span", "zq-file__why", [`${t("upload.failed")}：${failure.detail}`]);
    why.setAttribute("role", "alert");
    const retry = makeButton("zq-file__action", t("retry"), () => void upload(attachment));
    showFile(attachment, [why], failure.retryable ? [retry] : []);
  }

  /** @param {Attachment} attachment */
  function detach(attachment) {
    attachments = attachments.filter((other) => other !== attachment);
    remove(attachment.view);
    tray.hidden = attachments.length === 0;
  }

  // ---- where the person is ---------------------------------------------------------------------

  async function sendLocation() {
    if (busy) {
      toast(t("busy"));
      return;
    }
    const agreed = await confirm({
      title: t("location.title"),
      text: t("location.ask"),
      ok: t("location.ok"),
    });
    if (!agreed) return;
    toast(t("location.finding"));
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        toast("");
        if (busy) {
          toast(t("busy"));
          return;
        }
        const content = {
          type: "location",
          // Five digits are a metre: enough to tell the village, and no more than the phone knows.
          latitude: Number(coords.latitude.toFixed(5)),
          longitude: Number(coords.longitude.toFixed(5)),
        };
        void send(content, addOwn([t("location.own")]));
      },
      (error) => toast(t(error.code === error.PERMISSION_DENIED ? "location.denied" : "location.failed")),
      { timeout: 15000, maximumAge: 60000 },
    );
  }

  // ---- the dialog ------------------------------------------------------------------------------

  /**
   * Asks for a yes. Escape and the other button mean no; the focus stays inside and goes back after.
   *
   * @param {{ title: string, text: string, ok: string }} options
   * @returns {Promise<boolean>}
   */
  function confirm({ title, text, ok }) {
    const dialog = byId("dialog");
    const okButton = byId("dialog-ok");
    const cancelButton = byId("dialog-cancel");
    const before = document.activeElement;
    byId("dialog-title").textContent = title;
    byId("dialog-text").textContent = text;
    okButton.textContent = ok;
    toast("");
    return new Promise((resolve) => {
      /** @param {boolean} agreed */
      function end(agreed) {
        document.removeEventListener("keydown", onDialogKey, true);
        dialog.hidden = true;
        page.removeAttribute("aria-hidden");
        if (before instanceof HTMLElement) before.focus();
        resolve(agreed);
      }
      /** @param {KeyboardEvent} event */
      function onDialogKey(event) {
        if (event.key === "Escape") end(false);
        if (event.key !== "Tab") return;
        event.preventDefault();
        (document.activeElement === okButton ? cancelButton : okButton).focus();
      }
      okButton.onclick = () => end(true);
      cancelButton.onclick = () => end(false);
      document.addEventListener("keydown", onDialogKey, true);
      page.setAttribute("aria-hidden", "true");
      dialog.hidden = false;
      cancelButton.focus();
    });
  }

  async function clearConversation() {
    // What is on its way would come back after all was erased.
    if (busy) {
      toast(t("busy"));
      return;
    }
    const agreed = await confirm({ title: t("clear.title"), text: t("clear.ask"), ok: t("clear.ok") });
    if (!agreed) return;
    try {
      if (sessionKnown) await ask({ method: "DELETE", path: "/api/v1/conversation" });
    } catch (failure) {
      // A session that has ended has no conversation left to erase.
      if (failure.status !== 401) {
        toast(failure.detail);
        return;
      }
    }
    for (const turn of Array.from(log.children)) if (turn !== greeting) remove(turn);
    for (const attachment of attachments) remove(attachment.view);
    attachments = [];
    tray.hidden = true;
    firstOptions.hidden = false;
    setText("");
    // What was filed stands: its numbers are shown nowhere else.
    if (filed.length > 0) log.appendChild(make("div", "zq-turn", filed.map(makeCard)));
    window.scrollTo(0, 0);
    toast(t("clear.done"));
  }

  // ---- the look-up -----------------------------------------------------------------------------

  /** @param {"chat" | "progress"} view */
  function show(view) {
    chatView.hidden = view !== "chat";
    progressView.hidden = view !== "progress";
    openLink.hidden = clearButton.hidden = view !== "chat";
    closeLink.hidden = view !== "progress";
    byId("skip").setAttribute("href", view === "chat" ? "#message" : "#report-no");
    toast("");
    window.scrollTo(0, view === "chat" ? document.documentElement.scrollHeight : 0);
    if (view === "progress") byId("progress-title").focus();
  }

  /** @param {FiledReport} [report] */
  function openProgress(report) {
    if (progressView.hidden) history.pushState({ view: "progress" }, "", "/progress");
    show("progress");
    const known = report || filed[filed.length - 1];
    if (known === undefined) return;
    reportNoInput.value = known.reportNo;
    queryCodeInput.value = known.queryCode;
    if (report !== undefined) void lookUp();
  }

  function closeProgress() {
    if (history.state !== null && history.state.view === "progress") {
      history.back(); // `popstate` shows the chat.
      return;
    }
    history.replaceState(null, "", "/");
    show("chat");
    openLink.focus();
  }

  async function lookUp() {
    // Full-width letters and digits are what a Chinese keyboard gives; a header holds neither.
    const reportNo = reportNoInput.value.normalize("NFKC").trim();
    const queryCode = queryCodeInput.value.normalize("NFKC").trim();
    progressError.textContent = "";
    reportNoInput.setAttribute("aria-invalid", String(reportNo === ""));
    queryCodeInput.setAttribute("aria-invalid", String(queryCode === ""));
    if (reportNo === "" || queryCode === "") {
      progressError.textContent = t("progress.missing");
      (reportNo === "" ? reportNoInput : queryCodeInput).focus();
      return;
    }
    progressFound.textContent = t("progress.searching");
    try {
      if (!/^[\x20-\x7e]+$/.test(queryCode)) throw new Failure("", 404);
      const path = `/api/v1/reports/${encodeURIComponent(reportNo)}`;
      const status = await ask({ method: "GET", path, headers: { "X-Query-Code": queryCode } });
      showStatus(status);
    } catch (failure) {
      progressFound.textContent = "";
      if (failure.status === 404) progressError.textContent = t("progress.notFound");
      else if (failure.status === 429) progressError.textContent = t("progress.tooMany");
      else progressError.textContent = failure instanceof Failure ? failure.detail : t("unavailable");
    }
  }

  /** @param {ReportStatus} status */
  function showStatus({ reportNo, stateLabel, office, dueOn, dueKind, provisional, events, next }) {
    /** @type {[string, string][]} */
    const rows = [
      [t("progress.state"), stateLabel],
      [t("progress.office"), office.name],
    ];
    if (dueOn !== null) {
      const due = t(dueKind === "statutory" ? "card.due.statutory" : "card.due.service", { date: dueOn });
      rows.push([t("progress.due"), provisional ? due + t("progress.provisional") : due]);
    }
    rows.push([t("progress.next"), next]);
    const steps = events.map(({ label, at }) =>
      make("li", "zq-step", [
        make("span", "zq-step__label", [label]),
        make("time", "zq-step__at", [showInstant(at)]),
      ]),
    );
    empty(progressFound);
    progressFound.appendChild(
      make("section", "zq-card", [
        make("h3", "zq-card__title", [reportNo]),
        makeFacts(rows),
        make("h4", "zq-card__subtitle", [t("progress.timeline")]),
        make("ol", "zq-steps", steps),
      ]),
    );
    progressFound.scrollIntoView();
  }

  // ---- what listens to what --------------------------------------------------------------------

  composer.addEventListener("submit", (event) => {
    event.preventDefault();
    void submit();
  });
  input.addEventListener("input", fitInput);
  input.addEventListener("keydown", onKey);
  fileInput.addEventListener("change", takeFiles);
  clearButton.addEventListener("click", () => void clearConversation());
  locationButton.hidden = !("geolocation" in navigator) || window.isSecureContext === false;
  locationButton.addEventListener("click", () => void sendLocation());

  firstOptions.addEventListener("click", ({ target }) => {
    if (!(target instanceof HTMLElement)) return;
    const first = target.getAttribute("data-first");
    if (first === "report") choose({ id: "report", label: target.textContent || "" });
    if (first === "progress") openProgress();
    if (first === "ask") {
      addHint(t("ask.hint"));
      input.focus();
    }
  });

  openLink.addEventListener("click", (event) => {
    event.preventDefault();
    openProgress();
  });
  closeLink.addEventListener("click", (event) => {
    event.preventDefault();
    closeProgress();
  });
  byId("progress-form").addEventListener("submit", (event) => {
    event.preventDefault();
    void lookUp();
  });
  window.addEventListener("popstate", () => {
    const opened = location.pathname === "/progress";
    show(opened ? "progress" : "chat");
    if (!opened) openLink.focus();
  });
  fitInput();
})();
