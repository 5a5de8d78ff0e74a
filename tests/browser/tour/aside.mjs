// The caller put aside: in a numbered place, in a flow; and an agent who asks for a supervisor.

import { axe } from "../house/browser.mjs";
import { until } from "../house/program.mjs";
import { same } from "../house/run.mjs";

const CALLER = 440;
const AGENT = 700;
const OTHER = 950;

export async function aside({ step, house, agent, station, other, otherStation, chief, caller, dial }) {
  const { page, say } = agent;
  let talk;
  let there;
  let taken;
  const begins = async () => {
    await agent.goReady();
    talk = await caller.dial(dial);
    there = await station.rung();
    await page.locator(".callbar [data-action=answer]").click();
    await there.answered();
    talk.say(CALLER);
    there.say(AGENT);
    await there.hears(CALLER);
  };
  const row = (whose) => whose.page.locator(".parked li");
  const both = async (name) => {
    await house.shot(agent.page, name);
    await house.shot(other.page, `${name}-other`);
    for (const one of [agent, other]) same((await axe(one.page)).join("\n"), "", `axe on the page of ${one.name}`);
  };

  await step(
    "an agent parks the caller and a colleague takes them, by keys alone",
    async () => {
      await other.goReady();
      await begins();
      await page.keyboard.press("Alt+q");
      await there.ended();
      await page.locator(".focus-wrap_up").waitFor();
      await row(agent).locator(`text=${say("parked.byMe")}`).waitFor();
      await row(other).waitFor();
      await both("parked");
      await other.page.keyboard.press("Alt+l");
      await other.page.keyboard.press("Enter");
      taken = await otherStation.rung();
      await taken.answered();
      taken.say(OTHER);
      await taken.hears(CALLER);
      await talk.hearsOnly(OTHER);
      await other.page.locator(".focus-talking").waitFor();
      same(await row(other).count(), 0, "callers who are parked");
      await until("nobody parked on the other desk", async () => (await row(agent).count()) === 0);
    },
    {
      look: page,
      after: async () => {
        await house.calm(other, [talk, taken]);
        await house.calm(agent, [there]);
      },
    },
  );

  await step(
    "an agent sends the caller to key digits and has them back with what they keyed",
    async () => {
      await begins();
      await page.keyboard.press("Alt+t");
      await page.locator(".transfer input").fill("id-digits");
      await page.locator(".targets li.on", { hasText: "id-digits" }).waitFor();
      await house.shot(page, "transfer-flow");
      await page.keyboard.press("Enter");
      await page.locator(".flow-away").waitFor();
      await there.hearsSilence();
      await both("in-flow");
      await talk.press("4711");
      await page.locator(".flow-trip li", { hasText: "id-digits" }).waitFor();
      await page.locator(".trail", { hasText: "4711" }).waitFor();
      await page.locator(".focus-talking").waitFor();
      await there.hears(CALLER);
      await house.shot(page, "back-from-flow");
      await page.keyboard.press("Alt+t");
      await page.locator(".transfer input").fill("survey");
      await page.locator(".targets li.on", { hasText: "survey" }).waitFor();
      await page.keyboard.press("Enter");
      await there.ended();
      await page.locator(".focus-wrap_up").waitFor();
      await talk.press("1");
      await talk.ended();
    },
    { look: page, after: () => house.calm(agent, [talk, there]) },
  );

  await step(
    "an agent raises a hand, the supervisor sees it, writes, and lowers it",
    async () => {
      await chief.page.goto(`${house.base}/live`);
      await chief.page.locator(".agents li").first().waitFor();
      await page.keyboard.press("Alt+u");
      await page.locator("#hand-note").fill("客户要求退款超过我的权限");
      await page.keyboard.press("Enter");
      await page.locator("[data-hand=up]").waitFor();
      const raised = chief.page.locator(".hand-row", { hasText: agent.fullName });
      await raised.locator("text=客户要求退款超过我的权限").waitFor();
      await chief.page.locator(".ant-notification", { hasText: agent.fullName }).waitFor();
      await house.shot(chief.page, "hand-raised");
      same((await axe(chief.page)).join("\n"), "", "axe on the live page");
      await raised.locator("button").last().click();
      await chief.page.locator(`.ant-dropdown-menu-item:has-text("${chief.say("messages.to").replace("{{name}}", agent.fullName)}")`).click();
      await chief.page.locator(".thread textarea").fill("马上过来，先安抚客户。");
      await chief.page.keyboard.press("Enter");
      await chief.page.locator(".thread .mine", { hasText: "马上过来" }).waitFor();
      await house.shot(chief.page, "messages-chief");
      same((await axe(chief.page)).join("\n"), "", "axe on the messages");
      await page.locator("[data-messages='1']").waitFor();
      await page.keyboard.press("Alt+g");
      await page.locator(".thread li", { hasText: "马上过来" }).waitFor();
      await page.locator(".thread textarea").fill("谢谢");
      await page.keyboard.press("Enter");
      await chief.page.locator(".thread li", { hasText: "谢谢" }).waitFor();
      await house.shot(page, "messages-agent");
      await page.keyboard.press("Escape");
      await chief.page.keyboard.press("Escape");
      await chief.page.locator(".thread").waitFor({ state: "detached" });
      await raised.locator("button").last().click();
      await chief.page.locator(`.ant-dropdown-menu-item:has-text("${chief.say("hand.lowerFor")}")`).click();
      await page.locator("[data-hand=down]").waitFor();
    },
    { look: chief.page },
  );
}
