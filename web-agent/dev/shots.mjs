// Pictures of pages in both languages and looks, for people to look at, and axe on each.
// node dev/shots.mjs OUT [name…]   (needs `npm run build`; starts its own pretend server)

import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { chromium } from "playwright-core";

const [out, ...only] = process.argv.slice(2);
const port = 8100 + Math.floor(Math.random() * 400);
const base = `http://127.0.0.1:${port}`;
const fake = spawn(process.execPath, [new URL("fake.mjs", import.meta.url).pathname], {
  env: { ...process.env, PORT: String(port) },
  stdio: ["ignore", "pipe", "inherit"],
});
await new Promise((ready) => fake.stdout.once("data", ready));
const sizes = { wide: { width: 1440, height: 900 }, small: { width: 1024, height: 768 } };
const looks = (process.env.LOOKS ?? "zh-light-wide,en-dark-wide,en-light-small").split(",");
const poke = (what) => fetch(`${base}/fake/${what}`, { method: "POST" });
const settle = (page) => page.waitForTimeout(500);
const seat = async (page) => {
  await page.goto(`${base}/desk`);
  const begin = page.locator(".seat .ant-btn-primary");
  await begin.click();
  await page.locator(".take .ant-btn").click();
  await page.locator(".idle .ant-btn-primary").click();
  await settle(page);
};
const ringing = (kind) => async (page) => {
  await seat(page);
  await poke(kind);
  await page.locator(".hero").waitFor();
};
const pages = {
  signin: async (page) => {
    await poke("out");
    await page.goto(base);
    await page.locator(".signin").waitFor();
  },
  offline: (page) => page.goto(`${base}/desk`),
  idle: seat,
  ring: ringing("ring"),
  many: ringing("ring-many"),
  none: ringing("ring-none"),
  guess: ringing("ring-tail"),
  linked: async (page) => {
    await ringing("ring-tail")(page);
    await page.locator(".candidate").click();
    await page.locator(".hero-who .chip").waitFor();
  },
  change: async (page) => {
    await ringing("ring")(page);
    await page.keyboard.press("Alt+c");
    await page.locator(".candidates").waitFor();
  },
  unfinished: async (page) => {
    await ringing("ring")(page);
    await page.keyboard.press("Alt+a");
    await page.locator(".focus-talking").waitFor();
    await page.locator(".notes textarea").fill("客户询问订单进度");
    await page.keyboard.press("Alt+e");
    await page.locator(".focus-wrap_up").waitFor();
    await poke("timeout");
    await page.locator(".inbox-mark").first().waitFor();
  },
  finish: async (page) => {
    await pages.unfinished(page);
    await page.locator(".ant-notification .ant-btn-primary").click();
    await page.locator(".own .leaf").first().waitFor();
  },
  number: async (page) => {
    await page.goto(`${base}/calls`);
    await page.locator(".filterbar input").nth(3).fill("Wang");
  },
  "conflict-flow": async (page) => {
    await page.goto(`${base}/admin/flows/welcome`);
    const text = page.locator(".code textarea");
    await text.fill((await text.inputValue()).replace("play: [welcome]", "play: [welcome, news]"));
    await poke("meanwhile");
    await page.locator(".page-head .ant-btn-primary").click();
    await page.locator(".ant-modal textarea").fill("news");
    await page.locator(".ant-modal .ant-btn-primary").click();
    await page.locator(".differences").waitFor();
  },
  conflict: async (page) => {
    await page.goto(`${base}/admin/queues`);
    await page.locator(".ant-table-row").first().click();
    await page.locator("#ringSeconds").fill("33");
    await page.locator("#record").click();
    await poke("meanwhile");
    await page.locator(".ant-drawer-footer .ant-btn-primary").click();
    await page.locator(".differences").waitFor();
  },
  talk: async (page) => {
    await ringing("ring")(page);
    await page.keyboard.press("Alt+a");
    await page.locator(".focus-talking").waitFor();
    await page.locator(".timeline .ant-btn").first().click();
    await page.locator(".player-box[data-ready]").first().waitFor();
  },
  wrap: async (page) => {
    await ringing("ring")(page);
    await page.keyboard.press("Alt+a");
    await page.locator(".focus-talking").waitFor();
    await page.keyboard.press("Alt+e");
    await page.locator(".focus-wrap_up").waitFor();
    await page.keyboard.press("1");
  },
  transfer: async (page) => {
    await ringing("ring")(page);
    await page.keyboard.press("Alt+a");
    await page.locator(".focus-talking").waitFor();
    await page.keyboard.press("Alt+t");
    await page.locator(".targets li").first().waitFor();
  },
  elsewhere: async (page) => {
    await seat(page);
    await page.goto(`${base}/customers`);
    await page.locator("table, .ant-table").first().waitFor();
    await poke("ring");
    await page.locator(".pop-small").waitFor();
  },
  missed: async (page) => {
    await ringing("ring")(page);
    await poke("missed");
  },
  commands: async (page) => {
    await page.goto(`${base}/desk`);
    await page.locator(".search").click();
    await page.keyboard.type("王");
  },
  help: async (page) => {
    await page.goto(`${base}/desk`);
    await page.locator(".inbox").waitFor();
    await page.keyboard.press("?");
  },
  calls: (page) => page.goto(`${base}/calls`),
  call: async (page) => {
    await page.goto(`${base}/calls`);
    await page.locator(".ant-table-row").nth(1).click();
    await page
      .locator(".player-box[data-ready]")
      .first()
      .waitFor({ timeout: 4000 })
      .catch(() => {});
  },
  recordings: async (page) => {
    await page.goto(`${base}/recordings`);
    await page.locator(".ant-table-row").first().click();
  },
  customers: (page) => page.goto(`${base}/customers`),
  customer: (page) => page.goto(`${base}/customers/5007`),
  live: (page) => page.goto(`${base}/live`),
  explain: async (page) => {
    await page.goto(`${base}/live`);
    await page.locator("[data-explain]").first().click();
  },
  ...Object.fromEntries(
    [
      "agents",
      "queues",
      "trunks",
      "stations",
      "numbers",
      "flows",
      "lists",
      "prompts",
      "dispositions",
      "reasons",
      "company",
      "audit",
      "teams",
    ].map((s) => [`admin-${s}`, (page) => page.goto(`${base}/admin/${s}`)]),
  ),
  "edit-agent": async (page) => {
    await page.goto(`${base}/admin/agents`);
    await page.locator(".ant-table-row").first().click();
  },
  "edit-queue": async (page) => {
    await page.goto(`${base}/admin/queues`);
    await page.locator(".ant-table-row").first().click();
  },
  "edit-trunk": async (page) => {
    await page.goto(`${base}/admin/trunks`);
    await page.locator(".ant-table-row").first().click();
  },
  "upload-prompts": async (page) => {
    await page.goto(`${base}/admin/prompts`);
    await page.locator(".prompts .page-head .ant-btn-primary").click();
    const good = new URL("../../ivr/demo/prompts/zh-CN/closed.wav", import.meta.url).pathname;
    const files = [good, new URL("prompts.mjs", import.meta.url).pathname];
    await page.locator(".ant-drawer input[type=file]").setInputFiles(files);
    await page.locator(".prompts-files li").nth(1).waitFor();
  },
  "play-prompt": async (page) => {
    await page.goto(`${base}/admin/prompts`);
    await page.locator(".prompts-sound button").nth(3).click();
    await page.locator(".wave").waitFor();
  },
  flow: (page) => page.goto(`${base}/admin/flows/welcome`),
  account: (page) => page.goto(`${base}/account`),
};

const context = await chromium.launchPersistentContext(mkdtempSync(join(tmpdir(), "shots-")), {
  executablePath: "/usr/bin/chromium",
  headless: true,
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
  ],
});
let bad = 0;
try {
  for (const look of looks) {
    const [language, mode, size] = look.split("-");
    for (const [name, open] of Object.entries(pages)) {
      if (only.length && !only.includes(name)) continue;
      await poke("reset");
      await fetch(`${base}/api/v1/session`, { method: "POST", body: "{}" });
      const page = await context.newPage();
      page.on("pageerror", (why) => console.log(`${name} ${look}: ${why.message}`));
      page.on(
        "console",
        (line) =>
          ["error", "warning"].includes(line.type()) &&
          !/401|404|422|409/.test(line.text()) &&
          console.log(`${name} ${look}: ${line.text().slice(0, 300)}`),
      );
      await page.setViewportSize(sizes[size]);
      await page.addInitScript((state) => localStorage.setItem("zuoxi-prefs", JSON.stringify({ state, version: 0 })), {
        language: language === "zh" ? "zh-CN" : "en",
        look: mode,
        ringVolume: 0,
        notify: false,
        speed: 1,
        used: {},
      });
      try {
        await open(page);
        await page.waitForTimeout(700);
        await page.screenshot({ path: join(out, `${name}-${look}.png`) });
        if (!process.env.NO_AXE) {
          const { violations } = await new AxeBuilder({ page })
            .withTags(["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"])
            .analyze();
          for (const v of violations) {
            bad++;
            console.log(
              `AXE ${name} ${look}: ${v.id} ×${v.nodes.length}: ${v.nodes
                .slice(0, 3)
                .map(
                  (node) => `${node.target.join(" ")} ${(node.any[0] ?? node.all[0] ?? node.none[0])?.message ?? ""}`,
                )
                .join(" | ")}`,
            );
          }
        }
      } catch (why) {
        bad++;
        console.log(`FAIL ${name} ${look}: ${String(why).slice(0, 400)}`);
        await page.screenshot({ path: join(out, `${name}-${look}-fail.png`) }).catch(() => {});
      }
      await page.close();
    }
  }
} finally {
  await context.close();
  fake.kill();
}
console.log(bad ? `${bad} problems` : "no problems");
