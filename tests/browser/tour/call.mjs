// The main job: a call comes in, the desktop pops, the agent answers, both hear each other, the call is wrapped up.

import { axe } from "../house/browser.mjs";
import { until } from "../house/program.mjs";
import { must, same } from "../house/run.mjs";

const idOf = (card) => card.locator(".hero h2").innerText();
const act = (page, action) => page.locator(`.callbar [data-action=${action}]`).first();

/** `who`: the agent's browser. `keys`: what the caller presses. `wants`: what the pop must show. */
export async function mainCall({ step, house, who, station, caller, dial, keys, wants, picture }) {
  const { page, say } = who;
  const at = { look: page };
  const tones = { caller: 440, agent: 620 };
  let talk;
  let there;

  await step(
    `${who.name}: a call pops with who it is, the mark, the queue, what was pressed and the time left`,
    async () => {
      await who.goReady();
      talk = await caller.dial(dial);
      await talk.answered();
      talk.say(tones.caller);
      for (const key of keys) {
        await talk.hearsSound();
        await talk.press(key);
      }
      there = await station.rung();
      await page.locator(".focus-ringing").waitFor();
      const hero = page.locator(".focus-ringing .hero");
      same(
        (await idOf(page))
          .split(/\s{2,}|\n/)[0]
          .trim()
          .startsWith(wants.name),
        true,
        `the name on the card, ${await idOf(page)}`,
      );
      same(await hero.locator("h2 .chip-vip").count(), wants.vip ? 1 : 0, "the VIP mark");
      await hero.locator(".shrink").waitFor();
      await hero.locator(".clock-big time").waitFor();
      same(await hero.locator(".facts dd").first().innerText(), wants.queue, "the queue");
      const pressed = await hero.locator(".trail li").allInnerTexts();
      for (const wanted of wants.pressed)
        must(
          pressed.some((one) => one.includes(wanted)),
          `${wanted} was pressed; shown is ${JSON.stringify(pressed)}`,
        );
      await page.locator(`.side h2:has-text("${wants.name}")`).waitFor();
      must((await page.title()) !== "" && house.rang(page), "the title says who rings");
      await picture?.();
    },
    at,
  );

  await step(
    `${who.name}: nothing on a ringing desk is out of reach (axe)`,
    async () => {
      same((await axe(page)).join("\n"), "", "axe");
    },
    at,
  );

  await step(
    `${who.name}: the Answer button lifts the phone, and both hear each other`,
    async () => {
      await act(page, "answer").click();
      await page.locator(".focus-talking").waitFor();
      await there.answered();
      there.say(tones.agent);
      await Promise.all([talk.hears(tones.agent), there.hears(tones.caller)]);
    },
    at,
  );

  await step(
    `${who.name}: on hold the caller hears music and the agent nothing; then they talk again`,
    async () => {
      await act(page, "hold").click();
      await page.locator(".focus-held").waitFor();
      await there.hearsSilence();
      await talk.hearsSound();
      await act(page, "resume").click();
      await page.locator(".focus-talking").waitFor();
      await Promise.all([talk.hears(tones.agent), there.hears(tones.caller)]);
    },
    at,
  );

  await step(
    `${who.name}: muted, the caller hears nothing and the agent everything`,
    async () => {
      await page.keyboard.press("Alt+m");
      await page.locator(".hero .chip-warn").waitFor();
      await talk.hearsSilence();
      await there.hears(tones.caller);
      await act(page, "unmute").click();
      await page.locator(".hero .chip-warn").waitFor({ state: "detached" });
      await talk.hears(tones.agent);
    },
    at,
  );

  await step(
    `${who.name}: a talking desk has no fault of access (axe)`,
    async () => {
      same((await axe(page)).join("\n"), "", "axe");
    },
    at,
  );

  await step(
    `${who.name}: after a reload the same call is on the screen, and nobody was cut off`,
    async () => {
      const before = await idOf(page);
      await page.reload();
      await page.locator(".focus-talking").waitFor();
      same(await idOf(page), before, "who is on the call");
      await Promise.all([talk.hears(tones.agent), there.hears(tones.caller)]);
    },
    at,
  );

  await step(
    `${who.name}: notes are kept while typing, hanging up is Alt+E, and wrap-up needs no mouse`,
    async () => {
      await page.locator(".notes textarea").fill(wants.notes);
      await page.keyboard.press("Alt+e");
      await page.locator(".focus-wrap_up").waitFor();
      must((await talk.ended()).includes("FarHungUp"), "the caller hears that the agent hung up");
      await there.ended();
      same(await page.locator(".notes textarea").inputValue(), wants.notes, "the notes after the call");
      // The notes have the keyboard, as they were being typed: back to the dispositions by Tab.
      const find = page.getByLabel(say("wrap.find"));
      for (let n = 0; n < 30 && !(await find.evaluate((it) => it === document.activeElement)); n++)
        await page.keyboard.press("Shift+Tab");
      await page.keyboard.press("1");
      await page.locator(".top-five .leaf.on").waitFor();
      await page.keyboard.press("Control+Enter");
      await page.locator(".focus-wrap_up").waitFor({ state: "detached" });
      await page.locator(".idle-ready").waitFor();
    },
    { ...at, after: () => house.calm(who, [talk, there]) },
  );

  await step(
    `${who.name}: the call is in the call list, with its segments, what was written and what was said`,
    async () => {
      await page.goto(`${house.base}/calls`);
      await page.locator(".ant-table-row").first().click();
      const drawer = page.locator(".ant-drawer .call");
      await drawer.waitFor();
      must((await drawer.locator("h2").innerText()).includes(wants.name), "the customer's name");
      const lines = await drawer.locator(".segment .segment-name").allInnerTexts();
      for (const kind of ["ivr", "queue", "ring", "talk", "hold", "wrap_up"])
        must(
          lines.some((one) => one.trim() === say(`segment.${kind}`)),
          `a segment ${kind}; shown are ${lines}`,
        );
      await drawer.locator(".call-notes", { hasText: wants.notes }).waitFor();
      await drawer.locator(".player-box[data-ready]").first().waitFor();
    },
    at,
  );
}

/** From the moment the call was over until lists show it, as the server says it. */
export async function listedAfter(api, { customer, ended }) {
  const row = await until("the call on the timeline", async () => {
    const { items } = await api.get(`/customers/${customer}/timeline?limit=5`);
    return items.find((one) => one.interaction.ended !== null && one.interaction.ended >= ended);
  });
  return { row, took: Date.now() - row.interaction.ended };
}
