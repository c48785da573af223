/**
 * Takes the picture of a Chinese page with the browser of `test/support/chromium.ts`.
 *
 * `node scripts/prove-browser.ts FILE.png`; scripts/prove-browser.sh runs it in a root that holds
 * glibc and libstdc++ and nothing else.
 */
import { drawsChinese, launchBrowser, whyNoBrowser } from "../test/support/chromium.ts";

const picture = process.argv[2] ?? "prove-browser.png";
const browser = await launchBrowser();
if (browser === undefined) {
  console.log(`not run: ${whyNoBrowser()}`);
} else {
  const page = await browser.newPage({ viewport: { width: 390, height: 520 }, deviceScaleFactor: 2 });
  await page.setContent(`<html lang="zh-CN"><body style="font: 17px/1.7 -apple-system, 'PingFang SC', sans-serif">
    <h2>知权 · 沧州市知识产权举报</h2>
    <p>假冒专利怎么举报？南皮县王寺镇的铸件厂。</p>
    <p style="font-family: serif">《专利法》第六十八条：罚款 ￥500,000</p>
    <p><b>黄骅、孟村、任丘、泊头</b> <code>ZL202020123456.8</code></p>
    <button>提交</button> <input value="请输入内容">
  </body></html>`);
  const drawn = await drawsChinese(browser);
  await page.screenshot({ path: picture });
  console.log(
    `Chromium ${browser.version()}, Chinese glyphs ${drawn ? "drawn" : "MISSING"}, picture in ${picture}`,
  );
  await browser.close();
  if (!drawn) process.exitCode = 1;
}
