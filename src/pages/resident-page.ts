import { html, raw } from "hono/html";
import type { AssetName } from "./assets.ts";
import type { PageTexts } from "./page-texts.ts";

/** What the resident page opens with. */
export type ResidentView = "chat" | "progress";

/** The longest message, in characters, and the largest file, in bytes: as the API takes them. */
export type ResidentLimits = { messageChars: number; fileBytes: number };

/** The page for residents: a chat, and the look-up of a report. Scripts fill it; all that is always there stands here. */
export function residentPage(options: {
  view: ResidentView;
  texts: PageTexts;
  limits: ResidentLimits;
  addressOf: (name: AssetName) => string;
}) {
  const { view, texts, limits, addressOf } = options;
  const t = texts.page;
  const hiddenUnless = (shown: ResidentView) => (view === shown ? "" : raw("hidden"));
  return html`<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content">
<meta name="color-scheme" content="light dark">
<meta name="format-detection" content="telephone=no">
<meta name="description" content="${t.description}">
<title>${t.title}</title>
<link rel="icon" type="image/svg+xml" href="${addressOf("icon.svg")}">
<link rel="stylesheet" href="${addressOf("weui.css")}">
<link rel="stylesheet" href="${addressOf("chat.css")}">
<script type="application/json" id="settings">${embed({ view, limits, texts: texts.script })}</script>
<script defer src="${addressOf("proof-of-work.js")}"></script>
<script defer src="${addressOf("chat.js")}"></script>
</head>
<body>
<div id="page" class="zq-page">
<a class="zq-skip" id="skip" href="${view === "chat" ? "#message" : "#report-no"}">${t.skip}</a>
<header class="zq-top">
  <div class="zq-bar">
    <h1 class="zq-bar__title">${t.title}</h1>
    <nav class="zq-bar__actions">
      <a class="zq-bar__action" id="open-progress" href="/progress" ${hiddenUnless("chat")}>${t.openProgress}</a>
      <button class="zq-bar__action" id="clear" type="button" ${hiddenUnless("chat")}>${t.clear}</button>
      <a class="zq-bar__action" id="close-progress" href="/" ${hiddenUnless("progress")}>${t["progress.back"]}</a>
    </nav>
  </div>
  <section class="zq-filed" id="filed" aria-label="${t.filed}" hidden></section>
</header>
<main class="zq-main">
<noscript><p class="zq-noscript">${t.noscript}</p></noscript>

<div class="zq-view" id="chat-view" ${hiddenUnless("chat")}>
  <div class="zq-log" id="log" role="log" aria-live="polite" aria-label="${t.log}">
    <div class="zq-turn" id="greeting">
      <div class="zq-bubble"><span class="zq-only-heard">${t.assistant}：</span>${t.greeting}

${t["greeting.how"]}</div>
      <div class="zq-options" id="first-options" role="group" aria-label="${t["greeting.options"]}">
        <button class="zq-option" type="button" data-first="report">${t["option.report"]}</button>
        <button class="zq-option" type="button" data-first="ask">${t["option.ask"]}</button>
        <button class="zq-option" type="button" data-first="progress">${t["option.progress"]}</button>
      </div>
      <p class="zq-privacy">${t.privacy}</p>
    </div>
  </div>
  <div class="zq-typing" id="typing" aria-hidden="true" hidden><i></i><i></i><i></i></div>

  <form class="zq-composer" id="composer" aria-label="${t.composer}" novalidate>
    <ul class="zq-tray" id="tray" aria-label="${t.attachments}" hidden></ul>
    <div class="zq-composer__row">
      <label class="zq-only-heard" for="message">${t.input}</label>
      <textarea class="zq-composer__text" id="message" rows="1" placeholder="${t.placeholder}" autocomplete="off" enterkeyhint="send" aria-describedby="counter"></textarea>
      <button class="zq-send" id="send" type="submit">${t.send}</button>
    </div>
    <p class="zq-counter" id="counter" aria-live="polite"></p>
    <div class="zq-composer__tools">
      <input class="zq-only-heard" id="file" type="file" accept="image/*,video/*,application/pdf" multiple>
      <label class="zq-tool" for="file">${icon("M4 5h3l2-2h6l2 2h3v14H4zM12 8.5a4 4 0 1 0 0 8 4 4 0 0 0 0-8z")}${t.attach}</label>
      <button class="zq-tool" id="location" type="button" hidden>${icon("M12 21s-7-6.2-7-11.3A7 7 0 0 1 19 9.700C19 14.800 12 21 12 21zM12 7.300a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5z")}${t.location}</button>
    </div>
    <p class="zq-note">${t.disclaimer}</p>
  </form>
</div>

<div class="zq-view" id="progress-view" ${hiddenUnless("progress")}>
  <div class="zq-progress">
    <h2 class="zq-progress__title" id="progress-title" tabindex="-1">${t["progress.title"]}</h2>
    <p class="zq-progress__hint">${t["progress.hint"]}</p>
    <form id="progress-form" aria-labelledby="progress-title" novalidate>
      <div class="weui-cells weui-cells_form zq-cells">
        <div class="weui-cell">
          <div class="weui-cell__hd"><label class="weui-label" for="report-no">${t["progress.reportNo"]}</label></div>
          <div class="weui-cell__bd"><input class="weui-input" id="report-no" name="reportNo" type="text" maxlength="40" placeholder="${t["progress.reportNo.placeholder"]}" autocomplete="off" autocapitalize="characters" spellcheck="false" aria-describedby="progress-error"></div>
        </div>
        <div class="weui-cell">
          <div class="weui-cell__hd"><label class="weui-label" for="query-code">${t["progress.queryCode"]}</label></div>
          <div class="weui-cell__bd"><input class="weui-input" id="query-code" name="queryCode" type="text" maxlength="40" placeholder="${t["progress.queryCode.placeholder"]}" autocomplete="off" autocapitalize="characters" spellcheck="false" aria-describedby="progress-error"></div>
        </div>
      </div>
      <p class="zq-error" id="progress-error" role="alert"></p>
      <button class="weui-btn weui-btn_primary zq-primary" type="submit">${t["progress.submit"]}</button>
    </form>
    <div class="zq-found" id="progress-found" role="status"></div>
    <p class="zq-note">${t.disclaimer}</p>
  </div>
</div>
</main>
</div>

<div id="dialog" hidden>
  <div class="weui-mask"></div>
  <div class="weui-dialog" role="alertdialog" aria-modal="true" aria-labelledby="dialog-title" aria-describedby="dialog-text">
    <div class="weui-dialog__hd"><h2 class="weui-dialog__title" id="dialog-title"></h2></div>
    <div class="weui-dialog__bd" id="dialog-text"></div>
    <div class="weui-dialog__ft">
      <button class="weui-dialog__btn weui-dialog__btn_default" id="dialog-cancel" type="button">${t["dialog.cancel"]}</button>
      <button class="weui-dialog__btn weui-dialog__btn_primary" id="dialog-ok" type="button"></button>
    </div>
  </div>
</div>
<p class="zq-toast" id="toast" role="status"></p>
<p class="zq-only-heard" id="heard" role="status"></p>
</body>
</html>`;
}

/** A drawing of one line on a field of 24 × 24, which says nothing that the text beside it does not. */
function icon(path: string) {
  return html`<svg class="zq-icon" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" focusable="false"><path d="${path}"/></svg>`;
}

/** JSON that stays inside its script element whatever it holds. */
function embed(value: unknown) {
  return raw(JSON.stringify(value).replaceAll("<", "\\u003c"));
}
