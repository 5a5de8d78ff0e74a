// An agent calls somebody: from the pad by keys, and by the button beside a customer's number.

import { axe } from "../house/browser.mjs";
import { until } from "../house/program.mjs";
import { must, same } from "../house/run.mjs";

const AGENT = 700;
const OTHER = 950;

const TRUNK = {
  name: "to the outside",
  from: [],
  digestUser: null,
  register: false,
  domain: "",
  transport: "udp",
  probeSeconds: 0,
  trusted: false,
  country: "",
  maxCalls: 0,
  callerId: "+861062340000",
  shown: "own",
  identity: "from",
  prefixes: [],
  rewrites: [],
  codecs: [],
};

export async function dialing({ step, house, agent, station, outside, known, api }) {
  const { page, say } = agent;
  let there;
  let far;
  const after = () => house.calm(agent, [there, far]);
  const trunk = await api.post("/admin/trunks", { ...TRUNK, to: [outside.address] });

  await step(
    "an agent calls a number by keys alone, and the talk is as any other",
    async () => {
      await agent.takeSeat();
      await page.locator("[data-dial]:enabled").waitFor();
      await page.keyboard.press("Alt+n");
      await page.locator(".dialpad input").first().fill("138 0013 8000");
      await house.shot(page, "dial-pad");
      same((await axe(page)).join("\n"), "", "axe with the pad open");
      await page.keyboard.press("Enter");
      there = await station.rung();
      await there.answered();
      far = await outside.rung();
      // Who is called is known before the answer.
      await page.locator(".focus-connecting", { hasText: known.name }).waitFor();
      await house.shot(page, "dial-rings");
      await far.answer();
      await page.locator(".focus-talking").waitFor();
      there.say(AGENT);
      far.say(OTHER);
      await there.hears(OTHER);
      await far.hears(AGENT);
      await page.locator(".callbar [data-action=hold]").click();
      await page.locator(".focus-held").waitFor();
      await page.keyboard.press("Alt+h");
      await page.locator(".focus-talking").waitFor();
      await far.hangUp();
      await page.locator(".idle").waitFor();
      await until("the call in the list", async () => {
        const { items } = await api.get("/interactions?limit=1");
        return items[0].direction === "outbound" && items[0].ended !== null;
      });
    },
    { look: page, after },
  );

  await step(
    "a number shown is called by the button beside it, and why nobody answers is said",
    async () => {
      await page.goto(`${house.base}/customers/${known.id}`);
      await page.locator("[data-call]:enabled").first().waitFor();
      await house.shot(page, "dial-customer");
      await page.locator("[data-call]:enabled").first().click();
      there = await station.rung();
      await there.answered();
      far = await outside.rung();
      await far.reject(486);
      const words = say("notice.dial_failed").replace("{{cause}}", say("cause.busy"));
      await page.locator(".ant-notification", { hasText: words }).waitFor();
      await there.ended();
    },
    { look: page, after },
  );

  await step(
    "what one may not dial is refused in words, and nothing rings",
    async () => {
      await page.goto(`${house.base}/desk`);
      await page.locator("[data-dial]:enabled").click();
      await page.locator(".dialpad input").first().fill("0044 20 7946 0958");
      await page.keyboard.press("Enter");
      await page.locator(".ant-message", { hasText: say("error.code.number_not_allowed") }).waitFor();
      must(await page.locator(".dialpad").isVisible(), "the pad stays, with what was typed");
      await page.keyboard.press("Escape");
    },
    {
      look: page,
      after: async () => {
        await after();
        await api.remove(`/admin/trunks/${trunk.id}`);
      },
    },
  );
}
