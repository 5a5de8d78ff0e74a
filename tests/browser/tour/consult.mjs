// A colleague asked into a talk: three phones with three tones, and two pages that say what the phones do.

import { axe } from "../house/browser.mjs";
import { until } from "../house/program.mjs";
import { same } from "../house/run.mjs";

const CALLER = 440;
const AGENT = 700;
const OTHER = 950;
const NOTES = "客户要求改期，想和英文组确认。";

export async function consulting({ step, house, agent, station, other, otherStation, caller, dial }) {
  const { page, say } = agent;
  let talk;
  let there;
  let asked;
  const begins = async () => {
    await agent.goReady();
    await other.goReady();
    talk = await caller.dial(dial);
    there = await station.rung();
    await page.locator(".callbar [data-action=answer]").click();
    await there.answered();
    talk.say(CALLER);
    there.say(AGENT);
    await there.hears(CALLER);
  };
  /** From the dialog, by keys alone. */
  const asks = async () => {
    await page.keyboard.press("Alt+t");
    await page.locator(".transfer input").fill(other.fullName.split(" ")[0]);
    await page.locator(".targets li.on", { hasText: other.fullName }).waitFor();
    await page.keyboard.press("Shift+Enter");
    await page.locator(".other-ringing").waitFor();
    asked = await otherStation.rung();
    await other.page.locator(".focus-ringing .other-leads", { hasText: agent.fullName }).waitFor();
  };
  const comes = async () => {
    await other.page.keyboard.press("Alt+a");
    await asked.answered();
    asked.say(OTHER);
    await page.locator(".other-apart").waitFor();
  };
  const after = async () => {
    await house.calm(agent, [talk, there, asked]);
    await house.calm(other, []);
  };

  await step(
    "an agent asks a colleague while the caller hears music, and hands the caller over, by keys alone",
    async () => {
      await begins();
      const kept = page.waitForResponse((reply) => /\/draft/.test(reply.url()) && reply.ok());
      await page.locator(".notes textarea").fill(NOTES);
      await kept;
      await asks();
      // Whoever is asked reads what it is about before the answer.
      await other.page.locator(".colleague", { hasText: NOTES }).waitFor();
      await house.shot(other.page, "consult-asked");
      await comes();
      await asked.hearsOnly(AGENT);
      await there.hearsOnly(OTHER);
      await house.shot(page, "consult-agent");
      await house.shot(other.page, "consult-colleague");
      for (const one of [agent, other]) same((await axe(one.page)).join("\n"), "", `axe on the page of ${one.name}`);
      await page.keyboard.press("Alt+s");
      await page.locator(".other-waits").waitFor();
      await there.hearsOnly(CALLER);
      await talk.hearsOnly(AGENT);
      await house.shot(page, "consult-swapped");
      await page.keyboard.press("Alt+s");
      await page.locator(".other-apart").waitFor();
      await page.keyboard.press("Alt+p");
      await there.ended();
      await page.locator(".focus-wrap_up").waitFor();
      await talk.hearsOnly(OTHER);
      await asked.hearsOnly(CALLER);
      // The caller is the colleague's as any other: with all buttons, and with the customer beside it.
      await other.page.locator(".callbar [data-action=hold]:enabled").waitFor();
      same(await other.page.locator(".other").count(), 0, "others on the colleague's card");
      await other.page.locator(".colleague", { hasText: NOTES }).waitFor();
      await house.shot(other.page, "consult-handed-over");
    },
    { look: page, after },
  );

  await step(
    "a conference is made and left, and whoever was asked can be let go of",
    async () => {
      await begins();
      await asks();
      await comes();
      await page.locator(".callbar [data-action=join]").click();
      await page.locator(".other-joined").waitFor();
      await talk.hearsBoth(AGENT, OTHER);
      await there.hearsBoth(CALLER, OTHER);
      await asked.hearsBoth(CALLER, AGENT);
      await house.shot(page, "conference");
      await page.setViewportSize({ width: 1024, height: 768 });
      await house.shot(page, "conference-1024");
      await page.setViewportSize({ width: 1440, height: 900 });
      same((await axe(page)).join("\n"), "", "axe on the conference");
      await page.locator(".other-joined button").click();
      await asked.ended();
      await until("the agent and the caller alone", async () => (await page.locator(".other").count()) === 0);
      await talk.hearsOnly(AGENT);
      await other.page.locator(".idle").waitFor();
      await page.locator(`.callbar [aria-label="${say("action.hold")}"]:enabled`).waitFor();
    },
    { look: page, after },
  );

  await step(
    "a colleague who does not come is said aloud, and the agent is with the caller again",
    async () => {
      await begins();
      await asks();
      await other.page.keyboard.press("Alt+x");
      await asked.ended();
      await page.locator(".ant-notification", { hasText: say("notice.consult_failed").replace("{{cause}}", say("cause.rejected")) }).waitFor();
      await page.locator(".focus-talking").waitFor();
      await talk.hearsOnly(AGENT);
      await there.hearsOnly(CALLER);
    },
    {
      look: page,
      after: async () => {
        await after();
        await other.rest();
      },
    },
  );
}
