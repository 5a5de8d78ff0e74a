// What goes otherwise: rejected, missed, abandoned, two tabs, answered while typing.

import { until } from "../house/program.mjs";
import { must, same } from "../house/run.mjs";

/** When the ring of this page was last begun and last cut, in its own clock. */
const sound = (page) =>
  page.evaluate(() => ({ begun: Math.max(0, ...window.__tour.notes), cut: Math.max(0, ...window.__tour.quiet) }));
const pause = (ms) => new Promise((go) => setTimeout(go, ms));

/** The ring ended within half a second of `ended`, and stays ended for longer than its period. */
async function silent(page, ended, what) {
  const { begun, cut } = await until(
    `${what}: the ring to be cut`,
    async () => {
      const now = await sound(page);
      return now.cut >= now.begun && now;
    },
    10_000,
  );
  must(begun > 0, `${what}: it rang at all`);
  await pause(2700);
  same((await sound(page)).begun, begun, `${what}: the last note of the ring`);
  return cut - ended;
}

export async function oddCalls({ step, house, who, station, caller, dial, supervisor }) {
  const { page, say } = who;
  const at = { look: page };
  let talk;
  let there;
  const ring = async () => {
    await who.goReady();
    talk = await caller.dial(dial);
    there = await station.rung();
  };
  const after = () => house.calm(who, [talk, there]);

  await step(
    "on any other page the call pops as well, and Alt+A answers while a text field has the keyboard",
    async () => {
      await who.goReady();
      await page.goto(`${house.base}/customers`);
      const find = page.locator("main input").first();
      await find.fill("张");
      talk = await caller.dial(dial);
      there = await station.rung();
      await page.locator(".pop-small .shrink").waitFor();
      same(await find.evaluate((it) => it === document.activeElement), true, "the field still has the keyboard");
      await page.keyboard.press("Alt+a");
      await there.answered();
      await page.locator(".strip").waitFor();
      same(await find.inputValue(), "张", "what stands in the field");
      talk.say(440);
      await there.hears(440);
      await page.goto(`${house.base}/desk`);
      await page.locator(".focus-talking").waitFor();
      await talk.hangUp();
      await page.locator(".focus-wrap_up").waitFor();
      await page.keyboard.press("Alt+Enter");
      await page.locator(".idle").waitFor();
    },
    { ...at, after },
  );

  await step(
    "a rejected call leaves the desk, the phone stops, and the caller keeps waiting",
    async () => {
      await ring();
      await page.locator(".focus-ringing").waitFor();
      const rejected = Date.now();
      await page.keyboard.press("Alt+x");
      await there.ended();
      await page.locator(`.idle-gone:has-text("${say("gone.rejected")}")`).waitFor();
      await talk.hearsSound();
      // The same agent is the only one, so the caller comes again: what is asked is that this ring was cut.
      await until("the ring to be cut", async () => (await sound(page)).cut >= rejected, 10_000);
    },
    { ...at, after },
  );

  await step(
    "a caller who hangs up while it rings takes the card, the phone's ring and the desk's ring away",
    async () => {
      await ring();
      await page.locator(".focus-ringing").waitFor();
      await until("the ring to sound", async () => (await sound(page)).begun > 0, 10_000);
      const ended = Date.now();
      await talk.hangUp();
      await page.locator(".focus-ringing").waitFor({ state: "detached" });
      await there.ended();
      const took = await silent(page, ended, "abandoned");
      house.judge("ring cut after an abandon", took, 500);
      await page.locator(`.idle-gone:has-text("${say("gone.caller_left")}")`).waitFor();
    },
    { ...at, after },
  );

  await step(
    "a call not answered in time sets the seat not ready, says why, and shows the way back",
    async () => {
      await ring();
      await page.locator(".focus-ringing").waitFor();
      const banner = page.locator(".banner-warn", { hasText: say("banner.seat.missed_offer") });
      await banner.waitFor({ timeout: 60_000 });
      await there.ended();
      must((await page.locator(".seat-button").innerText()).includes(say("seat.not_ready")), "the seat says not ready");
      await talk.hangUp();
      await talk.ended();
      await banner.locator("button").click();
      await page.locator(".idle-ready").waitFor();
      await banner.waitFor({ state: "detached" });
    },
    { ...at, after },
  );

  await step(
    "of two tabs both show the call, one rings, and the other can take the ring over",
    async () => {
      const other = await who.context.newPage();
      try {
        await who.goReady();
        await other.goto(`${house.base}/desk`);
        await other.locator(".banner-info", { hasText: say("banner.otherTab") }).waitFor();
        talk = await caller.dial(dial);
        there = await station.rung();
        await Promise.all([page, other].map((one) => one.locator(".focus-ringing").waitFor()));
        await until("the first tab to ring", async () => (await sound(page)).begun > 0, 10_000);
        same((await sound(other)).begun, 0, "notes of the second tab");
        await other.locator(".banner-info button").click();
        await page.locator(".banner-info").waitFor();
        await until("the second tab to ring", async () => (await sound(other)).begun > 0, 10_000);
        await other.locator(".callbar [data-action=answer]").click();
        await Promise.all([page, other].map((one) => one.locator(".focus-talking").waitFor()));
        await there.answered();
        await talk.hangUp();
        await Promise.all([page, other].map((one) => one.locator(".focus-wrap_up").waitFor()));
        await other.keyboard.press("Alt+Enter");
        await Promise.all([page, other].map((one) => one.locator(".idle").waitFor()));
      } finally {
        await other.close();
      }
    },
    { ...at, after },
  );

  await step(
    "a phone that unregisters takes the seat out of the queue, and says so",
    async () => {
      await who.goReady();
      await station.unregister();
      await page.locator(".banner-warn", { hasText: say("banner.seat.station_lost") }).waitFor();
      await station.register();
      await page.locator(".station-ok").first().waitFor();
    },
    {
      ...at,
      after: async () => {
        await station.register();
        await after();
      },
    },
  );

  await step(
    "the supervisor's page moves with a call: waiting, ringing, talking, gone",
    async () => {
      const board = supervisor.page;
      await board.goto(`${house.base}/live`);
      await board.locator(".live-calls").waitFor();
      await ring();
      await board.locator(".live-calls .chip", { hasText: supervisor.say("live.call.ringing") }).waitFor();
      await board.locator("[data-explain]").first().click();
      await board.locator(".ant-drawer").waitFor();
      await board.keyboard.press("Escape");
      await page.locator(".focus-ringing").waitFor();
      await page.keyboard.press("Alt+a");
      await board.locator(".live-calls .chip", { hasText: supervisor.say("live.call.talking") }).waitFor();
      await board.locator(".agents li", { hasText: house.agentName }).locator(".dot-talking").waitFor();
      await house.shot(board, "live-talking");
      await talk.hangUp();
      await board.locator(".live-calls .ant-table-row").first().waitFor({ state: "detached" });
    },
    { look: supervisor.page, after },
  );
}
