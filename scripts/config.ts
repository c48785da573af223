/** `npm run config -- check`: what the environment sets, key by key, and what is wrong with it. Values are never shown. */
import { readBotConfig, readConfig, settings } from "../src/config.ts";

if (process.argv[2] !== "check") {
  console.error("用法：npm run config -- check");
  process.exitCode = 2;
} else {
  const width = Math.max(...settings.map(({ key }) => key.length)) + 2;
  for (const { key, default: usual } of settings) {
    const isSet = (process.env[key] ?? "") !== "";
    console.log(`${key.padEnd(width)}${isSet ? "已设置" : usual === undefined ? "未设置" : `默认 ${usual}`}`);
  }
  const known = new Set(settings.map(({ key }) => key));
  const unknown = Object.keys(process.env).filter(
    (key) => key.startsWith("CHANNEL_TOKEN") && !known.has(key),
  );
  const result = readConfig(process.env);
  // Its settings are looked at where the wechaty process is switched on.
  const bot = (process.env["WECHATY_PUPPET"] ?? "") === "" ? undefined : readBotConfig(process.env);
  const problems = [
    ...(result.ok ? [] : result.problems),
    ...(bot === undefined || bot.ok
      ? []
      : bot.problems.filter((one) => result.ok || !result.problems.includes(one))),
    ...unknown.map((key) => `${key}：没有这个渠道，不会生效`),
  ];
  for (const problem of problems) console.error(problem);
  console.log(problems.length === 0 ? "设置没有问题。" : `${problems.length} 处要改。`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
