// Headless Chromium, and what a tour must know of each page without asking the program's own code: what it complained
// about, when a ring message came and when the card was painted, when the ring sounded and when it was cut.

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repo, until } from "./program.mjs";

const tools = createRequire(join(repo, "web-agent/package.json"));
const { chromium } = tools("playwright-core");
const { AxeBuilder } = tools("@axe-core/playwright");

const PATIENCE_MS = 30_000;
export const words = Object.fromEntries(
  ["zh-CN", "en"].map((language) => [
    language,
    JSON.parse(readFileSync(join(repo, `web-agent/src/locales/${language}.json`), "utf8")),
  ]),
);

export const launch = (more = []) =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--autoplay-policy=no-user-gesture-required",
      ...more,
    ],
  });

/** Until nothing moves that has begun to. */
export const still = (page) =>
  page.evaluate(() =>
    Promise.all(
      document
        .getAnimations()
        .filter((one) => one.effect?.getComputedTiming().iterations === 1)
        .map((one) => one.finished.catch(() => {})),
    ),
  );

/**
 * Until what opens, and may not have begun to move, stands still. It is scaled while it opens: a button pressed then may have moved away before it is let go,
 * which is no click. No hand is that quick.
 */
export async function atRest(it) {
  const moves = (box) =>
    getComputedStyle(box).transform !== "none" ||
    box
      .getAnimations({ subtree: true })
      .some((one) => one.playState !== "finished" && one.effect.getTiming().iterations !== Number.POSITIVE_INFINITY);
  let still = 0;
  await until("it to stand still", async () => {
    still = (await it.evaluate(moves)) ? 0 : still + 1;
    return still >= 4;
  });
}

/** The menu that is open, once it stands still: until then an entry may be under the pointer that is not meant. */
export async function menuOf(page) {
  const menu = page.locator(".ant-dropdown:not(.ant-dropdown-hidden)").last();
  await menu.waitFor();
  await atRest(menu);
  return menu;
}

/** Chooses in the menu that is open. */
export async function choose(page, entry) {
  const menu = await menuOf(page);
  await menu.locator(".ant-dropdown-menu-item", { hasText: entry }).click();
}

/** Runs in every page before its own code. */
function watch() {
  const seen = { rings: [], shown: [], filled: [], notes: [], quiet: [], sounds: [] };
  window.__tour = seen;
  const Plain = window.WebSocket;
  window.WebSocket = class extends Plain {
    constructor(...args) {
      super(...args);
      this.addEventListener("message", (event) => {
        const message = JSON.parse(event.data);
        if (message.kind === "card" && message.card.state === "ringing")
          seen.rings.push({
            interaction: message.card.interaction,
            at: performance.now(),
            sent: message.at,
            came: Date.now(),
          });
      });
    }
  };
  const look = () => {
    const here = document.querySelector(".focus-ringing .hero, .pop-small");
    if (here && !seen.open) {
      // The next frame is the first that shows it.
      requestAnimationFrame(() => seen.shown.push({ at: performance.now(), came: Date.now() }));
    }
    seen.open = Boolean(here);
    const side = document.querySelector(".side h2") && document.querySelector(".side .lasts li, .side .timeline-item");
    if (side && !seen.side) requestAnimationFrame(() => seen.filled.push({ at: performance.now() }));
    seen.side = Boolean(side);
  };
  new MutationObserver(look).observe(document, {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ["class"],
  });
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...args) {
    seen.notes.push(Date.now());
    return start.apply(this, args);
  };
  const cut = AudioParam.prototype.setTargetAtTime;
  AudioParam.prototype.setTargetAtTime = function (value, ...rest) {
    if (value === 0) seen.quiet.push(Date.now());
    return cut.call(this, value, ...rest);
  };
  const Sound = window.Audio;
  window.Audio = function (...args) {
    const sound = new Sound(...args);
    seen.sounds.push(sound);
    return sound;
  };
}

/** What Chromium itself says of an answer the desktop reckons with: not signed in yet, refused, in conflict, wrong. */
const asked = /status of (401|403|409|422) /;

/** One person at one browser. */
export async function person(browser, base, { language, look = "light", width = 1440, height = 900 }) {
  const context = await browser.newContext({ viewport: { width, height }, locale: language, colorScheme: look });
  context.setDefaultTimeout(PATIENCE_MS);
  await context.addInitScript(watch);
  await context.addInitScript(
    ([language, look]) => {
      // An empty page has no storage.
      if (location.protocol === "http:" && !localStorage.getItem("zuoxi-prefs"))
        localStorage.setItem(
          "zuoxi-prefs",
          JSON.stringify({
            state: { language, languageChosen: true, look, ringVolume: 0.6, notify: false, speed: 1, used: {} },
            version: 0,
          }),
        );
    },
    [language, look],
  );
  const complaints = [];
  const listen = (page) => {
    const say = (what) => complaints.push(`${new URL(page.url()).pathname}: ${what}`);
    page.on("pageerror", (why) => say(`threw ${why.message}`));
    page.on("console", (line) => {
      if (["error", "warning"].includes(line.type()) && !asked.test(line.text()))
        say(`${line.type()} ${line.text().slice(0, 300)}`);
    });
  };
  context.on("page", listen);
  const page = await context.newPage();
  return {
    context,
    page,
    complaints,
    /** The catalogue's words in this person's language: `say("seat.ready")`. */
    say: (key) => key.split(".").reduce((at, part) => at[part], words[language]),
    async signIn(username, password = "zuoxi-demo") {
      await page.goto(base);
      await page.locator("#username").fill(username);
      await page.locator("#password").fill(password);
      await page.locator(".signin button[type=submit]").click();
      await page.locator(".shell").waitFor();
    },
    /** Takes the person's own station and goes ready. */
    async goReady() {
      await page.goto(`${base}/desk`);
      await page.locator(".seat").waitFor();
      const begin = page.locator(".seat > .ant-btn-primary");
      const away = page.locator(".idle .ant-btn-primary");
      await begin.or(page.locator(".seat-button")).first().waitFor();
      if (await begin.isVisible()) {
        await begin.click();
        await page.locator(".take .ant-btn-primary").click();
        await away.waitFor();
      }
      if (await away.isVisible()) await away.click();
      await page.locator(".idle-ready").waitFor();
    },
    /** Takes the person's own station, and no calls yet. */
    async takeSeat() {
      await page.goto(`${base}/desk`);
      const begin = page.locator(".seat > .ant-btn-primary");
      await begin.or(page.locator(".seat-button")).first().waitFor();
      if (!(await begin.isVisible())) return;
      await begin.click();
      await page.locator(".take .ant-btn-primary").click();
      await page.locator(".seat-button").waitFor();
    },
    /** Takes no calls, by the menu of the seat. */
    async rest() {
      await page.goto(`${base}/desk`);
      await page.locator(".seat-button").click();
      await choose(page, words[language].seat.noReason);
      await page.locator(".seat-button.tone-not_ready").waitFor();
    },
  };
}

/** What axe finds, a line each. */
export async function axe(page) {
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"])
    .analyze();
  return violations.map(
    (one) =>
      `${one.id} ×${one.nodes.length}: ${one.nodes
        .slice(0, 3)
        .map((node) => `${node.target.join(" ")} (${node.any[0]?.message ?? node.failureSummary})`)
        .join(" | ")}`,
  );
}
