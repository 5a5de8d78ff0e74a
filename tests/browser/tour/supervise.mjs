// A supervisor in a talk: three phones with three tones, and two pages that say what the phones do.

import { axe, choose, menuOf } from "../house/browser.mjs";
import { until } from "../house/program.mjs";
import { same } from "../house/run.mjs";

const CALLER = 440;
const AGENT = 700;
const CHIEF = 950;

export async function supervising({ step, house, chief, chiefStation, agent, station, caller, dial, api }) {
  const { say } = chief;
  const strip = chief.page.locator(".supervise");
  const chip = (mode) => agent.page.locator(`.hero-state :text("${agent.say(`supervise.by.${mode}`).replace("{{name}}", chief.fullName)}")`);
  let talk;
  let there;
  let ear;
  const audited = async () => (await api.get("/admin/audit?action=call.supervise&limit=200")).items;
  const mode = async (name) => {
    await strip.locator(`.ant-segmented-item:has-text("${say(`supervise.mode.${name}`)}")`).click();
    await chief.page.locator(`.supervise-${name}`).waitFor();
  };

  await step(
    "a supervisor listens to a talk from the list of live calls; agent and caller hear nothing of it",
    async () => {
      await chief.takeSeat();
      await agent.goReady();
      talk = await caller.dial(dial);
      there = await station.rung();
      await agent.page.locator(".callbar [data-action=answer]").click();
      await there.answered();
      talk.say(CALLER);
      there.say(AGENT);
      await there.hears(CALLER);
      await chief.page.goto(`${house.base}/live`);
      const before = (await audited()).length;
      await chief.page.locator("[data-supervise]").click();
      await choose(chief.page, say("supervise.mode.listen"));
      ear = await chiefStation.rung();
      await ear.answered();
      ear.say(CHIEF);
      await strip.locator(`:text("${say("supervise.now.listen").replace("{{name}}", agent.fullName)}")`).waitFor();
      await ear.hearsBoth(CALLER, AGENT);
      await talk.hearsOnly(AGENT);
      await there.hearsOnly(CALLER);
      await chip("listen").waitFor();
      same((await audited()).length, before + 1, "lines in the audit log");
      await house.shot(chief.page, "supervise-live");
      await chief.page.setViewportSize({ width: 1024, height: 768 });
      await house.shot(chief.page, "supervise-live-1024");
      await chief.page.setViewportSize({ width: 1440, height: 900 });
      await house.shot(agent.page, "supervise-agent");
      for (const one of [chief, agent]) same((await axe(one.page)).join("\n"), "", `axe on the page of ${one.name}`);
    },
    { look: chief.page },
  );

  await step(
    "what is whispered the agent hears and the caller does not; who barges in is heard by both",
    async () => {
      await mode("whisper");
      await there.hearsBoth(CALLER, CHIEF);
      await talk.hearsOnly(AGENT);
      await chip("whisper").waitFor();
      await mode("barge");
      await talk.hearsBoth(AGENT, CHIEF);
      await there.hearsBoth(CALLER, CHIEF);
      await chip("barge").waitFor();
    },
    { look: chief.page },
  );

  await step(
    "a supervisor goes to another page and back in the talk, without a mouse, and leaves it as it was",
    async () => {
      await chief.page.goto(`${house.base}/calls`);
      await strip.locator(".ant-segmented").waitFor();
      await chief.page.locator(".supervise .ant-segmented-item-selected input").focus();
      await chief.page.keyboard.press("ArrowLeft");
      await chief.page.locator(".supervise-whisper").waitFor();
      await there.hearsBoth(CALLER, CHIEF);
      await chief.page.locator("[data-supervise-leave]").focus();
      await chief.page.keyboard.press("Enter");
      await ear.ended();
      await strip.waitFor({ state: "detached" });
      await until("the agent alone", async () => (await chip("whisper").count()) === 0);
      await talk.hearsOnly(AGENT);
      await there.hearsOnly(CALLER);
    },
    { look: chief.page, after: () => house.calm(agent, [talk, there, ear]) },
  );

  await step(
    "a supervisor takes a waiting caller from the list of live calls",
    async () => {
      await agent.rest();
      await chief.goReady();
      await chief.page.goto(`${house.base}/live`);
      talk = await caller.dial(dial);
      await talk.answered();
      await chief.page.locator("[data-send-on]").click();
      await menuOf(chief.page);
      await house.shot(chief.page, "send-on");
      same((await axe(chief.page)).join("\n"), "", "axe with the menu open");
      await choose(chief.page, say("sendOn.take"));
      ear = await chiefStation.rung();
      await chief.page.locator(".pop-small").waitFor();
      await chief.page.keyboard.press("Alt+a");
      await ear.answered();
      talk.say(CALLER);
      ear.say(CHIEF);
      await ear.hears(CALLER);
      await talk.hears(CHIEF);
    },
    {
      look: chief.page,
      after: async () => {
        await house.calm(chief, [talk, ear]);
        await chief.rest();
      },
    },
  );
}
