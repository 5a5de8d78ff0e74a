// A browser as the phone: Chromium with a tone for a microphone, a SIP caller with another, and what each of them hears.

import { writeFileSync } from "node:fs";
import { axe, choose, menuOf } from "../house/browser.mjs";
import { until } from "../house/program.mjs";
import { must, same } from "../house/run.mjs";

const CALLER = 440;
const AGENT = 1000;

/** A tone without end, as Chromium takes it for a microphone: 48 kHz, 16 bits. */
export function toneFile(path, hz = AGENT) {
  const rate = 48_000;
  const samples = rate * 4;
  const wav = Buffer.alloc(44 + 2 * samples);
  wav.write("RIFF", 0);
  wav.writeUInt32LE(36 + 2 * samples, 4);
  wav.write("WAVEfmt ", 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(rate, 24);
  wav.writeUInt32LE(2 * rate, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write("data", 36);
  wav.writeUInt32LE(2 * samples, 40);
  for (let n = 0; n < samples; n++)
    wav.writeInt16LE(Math.round(9000 * Math.sin((2 * Math.PI * hz * n) / rate)), 44 + 2 * n);
  writeFileSync(path, wav);
  return path;
}

/** What Chromium needs to be a phone on a machine without sound, and where there is only the loopback. */
export const withMicrophone = (file) => [
  "--allow-loopback-in-peer-connection",
  "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream",
  `--use-file-for-fake-audio-capture=${file}`,
];

/** Runs in every page before its own code: speech is cleaned of tones, so a tone must not be cleaned; and microphones can go. */
export function asPhone() {
  const devices = navigator.mediaDevices;
  if (!devices) return;
  const ask = devices.getUserMedia.bind(devices);
  window.__phone = { streams: [], refused: false, peers: [] };
  const Plain = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Plain {
    constructor(...args) {
      super(...args);
      window.__phone.peers.push(this);
    }
  };
  devices.getUserMedia = async () => {
    if (window.__phone.refused) throw new DOMException("refused", "NotAllowedError");
    const audio = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    const stream = await ask({ audio });
    window.__phone.streams.push(stream);
    return stream;
  };
}

/** Waits until the page plays this tone, and says how long that took. */
export async function hears(page, hz) {
  const began = Date.now();
  const share = (tone) => {
    const embedded = [...document.querySelectorAll("body > div")].map((one) => one.shadowRoot?.querySelector("audio"));
    const element = [...(window.__tour?.sounds ?? []), ...embedded].findLast((one) => one?.srcObject);
    if (!element) return 0;
    window.__ear ??= {};
    if (window.__ear.stream !== element.srcObject) {
      const context = new AudioContext();
      const analyser = context.createAnalyser();
      analyser.fftSize = 4096;
      context.createMediaStreamSource(element.srcObject).connect(analyser);
      window.__ear = { stream: element.srcObject, analyser, context };
    }
    const { analyser, context } = window.__ear;
    const bins = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(bins);
    const power = bins.map((db) => (db === Number.NEGATIVE_INFINITY ? 0 : 10 ** (db / 10)));
    const at = Math.round((tone * analyser.fftSize) / context.sampleRate);
    const near = power.slice(at - 4, at + 5).reduce((sum, one) => sum + one, 0);
    const all = power.reduce((sum, one) => sum + one, 0);
    return near > 1e-5 ? near / all : 0;
  };
  await until(`the page to play ${hz} Hz`, async () => (await page.evaluate(share, hz)) > 0.6, 30_000);
  return Date.now() - began;
}

/** Waits until the page plays nothing of this tone. */
const silent = (page) =>
  until(
    "the page to play nothing",
    () =>
      page.evaluate(() => {
        const analyser = window.__ear?.analyser;
        if (!analyser) return true;
        const bins = new Float32Array(analyser.frequencyBinCount);
        analyser.getFloatFrequencyData(bins);
        return Math.max(...bins) < -70;
      }),
    30_000,
  );

export async function browserPhone({ step, house, who, other, caller, dial, api, gauge }) {
  const { page, say } = who;
  let talk;
  const chip = (health) => page.locator(`.seat .station-${health}`);
  const button = (action) => page.locator(`.callbar [data-action=${action}]`);

  await step(
    "an agent takes a seat with nothing but the browser, sees the microphone move and is ready",
    async () => {
      await page.goto(`${house.base}/desk`);
      await page.locator(".seat > .ant-btn-primary").click();
      const here = page.locator('.take [data-station="browser"]');
      await here.waitFor();
      same(await page.locator(".take [data-station]").first().getAttribute("data-station"), "browser", "first of the list");
      await here.click();
      await house.shot(page, "phone-take");
      await page.locator(".take .ant-btn-primary").click();
      await chip("ok").waitFor();
      await until("the seat's name", async () => (await chip("ok").innerText()).includes(say("station.browser")));
      await page.locator(".idle .ant-btn-primary").click();
      await page.locator(".idle-ready").waitFor();
      await page.locator(".seat-button").click();
      await menuOf(page);
      await until("the meter to move", async () => Number(await page.locator(".gauge-bar").getAttribute("aria-valuenow")) > 30);
      await until("a round trip", async () => /\d ms|\d 毫秒/.test(await page.locator(".gauge-line").innerText()));
      await house.shot(page, "phone-gauge");
      same((await axe(page)).join("\n"), "", "axe with the menu open");
      await page.keyboard.press("Escape");
      same(await gauge("browser_phones"), 1, "browsers that are phones");
    },
    { look: page },
  );

  await step(
    "a call rings in the browser, is answered by the key, and both sides hear each other",
    async () => {
      talk = await caller.dial(dial);
      await page.locator(".focus-ringing").waitFor();
      const pressed = Date.now();
      await page.keyboard.press("Alt+a");
      talk.say(CALLER);
      await talk.hears(AGENT);
      house.judge("the caller hears the agent after the press", Date.now() - pressed, 1000);
      await hears(page, CALLER);
      house.judge("and the agent the caller", Date.now() - pressed, 1500);
      await house.shot(page, "phone-talk");
    },
    { look: page },
  );

  await step(
    "on hold neither is heard, and afterwards both are again",
    async () => {
      await button("hold").click();
      await page.locator(".focus-held").waitFor();
      await silent(page);
      await talk.hearsSound();
      await button("resume").click();
      await page.locator(".focus-talking").waitFor();
      // What was on its way of the music is heard before.
      await talk.hears(AGENT);
      await hears(page, CALLER);
      await button("mute").click();
      await talk.hearsSilence();
      await hears(page, CALLER);
      await button("unmute").click();
      await talk.hears(AGENT);
    },
    { look: page },
  );

  await step(
    "after a reload in mid-talk the call is there, with audio both ways",
    async () => {
      const began = Date.now();
      await page.reload();
      await page.locator(".focus-talking").waitFor();
      await hears(page, CALLER);
      house.judge("the agent hears the caller again after the reload", Date.now() - began, 3000);
      await talk.hears(AGENT);
      house.judge("and the caller the agent", Date.now() - began, 3000);
      await talk.hears(AGENT);
      same(await gauge("browser_phones"), 1, "browsers that are phones");
    },
    { look: page },
  );

  await step(
    "on another network the call goes on over the same line",
    async () => {
      const renewed = page.waitForResponse(
        (answer) => answer.url().endsWith("/desk/line") && answer.request().postData()?.includes('"renew":true'),
      );
      await page.evaluate(() => window.dispatchEvent(new Event("online")));
      same((await renewed).status(), 200, "another way");
      await talk.hears(AGENT);
      await hears(page, CALLER);
      same(await page.locator(".seat .station-ok").count(), 1, "the phone stays");
    },
    { look: page },
  );

  await step(
    "when it is hung up nothing of the call is left, and the microphone is not sent any more",
    async () => {
      await button("hangup").click();
      await talk.ended();
      await page.locator(".focus-wrap_up").waitFor();
      for (const name of ["calls_now", "legs", "rtp_legs", "talks", "offers", "recordings_now", "orphans"])
        await until(`${name} to be 0`, async () => (await gauge(name)) === 0);
    },
    { look: page, after: () => house.calm(who, [talk]) },
  );

  await step(
    "a microphone that goes sets the agent not ready before the next call, and says so; once it is back the agent is ready",
    async () => {
      await page.evaluate(() => {
        window.__phone.refused = true;
        for (const stream of window.__phone.streams)
          for (const track of stream.getTracks()) track.dispatchEvent(new Event("ended"));
      });
      await chip("unfit").waitFor();
      await page.locator(".seat-button.tone-not_ready").waitFor();
      await page.locator(`.banner:has-text("${say("phone.help.refused")}")`).waitFor();
      await house.shot(page, "phone-refused");
      same((await axe(page)).join("\n"), "", "axe with the banner");
      talk = await caller.dial(dial);
      await talk.answered();
      await talk.hearsSound();
      same(await page.locator(".focus-ringing").count(), 0, "it does not ring");
      await page.evaluate(() => {
        window.__phone.refused = false;
      });
      await page.locator(`.banner .ant-btn:has-text("${say("phone.again")}")`).click();
      await page.locator(".focus-ringing").waitFor();
      await page.keyboard.press("Alt+a");
      talk.say(CALLER);
      await talk.hears(AGENT);
      await hears(page, CALLER);
    },
    { look: page, after: () => house.calm(who, [talk]) },
  );

  await step(
    "in another browser of the same person the phone stays where it is, until it is wanted there",
    async () => {
      const { page: there } = other;
      await there.goto(`${house.base}/desk`);
      const banner = there.locator(`.banner:has-text("${say("phone.elsewhere")}")`);
      await banner.waitFor();
      await house.shot(there, "phone-elsewhere");
      same((await axe(there)).join("\n"), "", "axe with the banner");
      await banner.locator(".ant-btn").click();
      await banner.waitFor({ state: "detached" });
      await page.locator(`.banner:has-text("${say("phone.elsewhere")}")`).waitFor();
      talk = await caller.dial(dial);
      await there.locator(".focus-ringing").waitFor();
      await there.keyboard.press("Alt+a");
      talk.say(CALLER);
      await talk.hears(AGENT);
      await hears(there, CALLER);
    },
    {
      look: other.page,
      after: async () => {
        await house.calm(other, [talk]);
        await other.page.locator(".seat-button").click();
        await choose(other.page, say("seat.leave"));
        await other.page.locator(".seat > .ant-btn-primary").waitFor();
        await until("no browser to be a phone", async () => (await gauge("browser_phones")) === 0);
      },
    },
  );
}
