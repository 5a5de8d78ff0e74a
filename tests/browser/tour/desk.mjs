// What an agent's desk owes on whatever page it is: the pop, the keys, the customer, the notes.

import { until } from "../house/program.mjs";
import { must, quantile, same } from "../house/run.mjs";

const act = (page, action) => page.locator(`.callbar [data-action=${action}]`).first();

/** The bar of this pop gets shorter. */
async function shrinks(pop) {
  const width = () => pop.locator(".shrink span").evaluate((it) => it.getBoundingClientRect().width);
  const first = await width();
  await until("the bar to shrink", async () => (await width()) < first, 5000);
}

/** Everything wanted stands in it, as soon as the server knows it. */
async function shows(pop, wanted) {
  let text = "";
  await until(
    "a pop that says it all",
    async () => {
      text = await pop.innerText();
      return wanted.every((one) => (one instanceof RegExp ? one.test(text) : text.includes(one)));
    },
    10_000,
  ).catch(() => {
    throw new Error(`wanted ${wanted.join(" | ")}; shown is ${JSON.stringify(text)}`);
  });
}

/** `who` takes support calls in Chinese, `other` does not. `known`: a customer with calls before, and `caller` calls from there. */
export async function deskPoints({ step, house, who, other, station, phones, api, known, caller }) {
  const { page, say } = who;
  const at = { look: page };
  const direct = "8000";
  const plain = await phones.caller("somebody", "13700137000");
  let talk;
  let there;
  const after = () => house.calm(who, [talk, there]);
  const rings = async (from = caller, dial = direct) => {
    talk = await from.dial(dial);
    there = await station.rung();
  };
  const answered = async (from = caller) => {
    await who.goReady();
    await rings(from);
    await page.locator(".focus-ringing").waitFor();
    await act(page, "answer").click();
    await page.locator(".focus-talking").waitFor();
    await there.answered();
  };
  const leaves = async (pop) => {
    await talk.hangUp();
    await pop.waitFor({ state: "detached" });
    await there.ended();
  };

  await step(
    "on every page of an agent a call pops with number, name, queue, time waited and a bar that shrinks",
    async () => {
      await who.goReady();
      const pages = ["/calls", "/customers", `/customers/${known.id}`, "/recordings", "/account", "/desk"];
      for (const path of pages) {
        await house.collect(page);
        await page.goto(`${house.base}${path}`);
        await page.locator("main").first().waitFor();
        await rings();
        const pop = page.locator(path === "/desk" ? ".focus-ringing .hero" : ".pop-small");
        await pop.waitFor();
        await shows(pop, [known.name, "138 0013 8000", "support-zh", /\b0:0\d/]);
        await shrinks(pop);
        if (path !== "/desk") await leaves(pop);
      }
    },
    { ...at, after },
  );

  await step(
    "what the caller chose in the menu stands in the pop of any page",
    async () => {
      await who.goReady();
      await page.goto(`${house.base}/calls`);
      talk = await plain.dial("4008001234");
      await talk.answered();
      for (const key of ["1", "3"]) {
        await talk.hearsSound();
        await talk.press(key);
      }
      there = await station.rung();
      const pop = page.locator(".pop-small");
      await pop.waitFor();
      await shows(pop, ["报修", "137 0013 7000"]);
    },
    { ...at, after },
  );

  await step(
    "only the agent who is offered a call sees it pop",
    async () => {
      await who.goReady();
      await other.goReady();
      await rings();
      await page.locator(".focus-ringing").waitFor();
      await act(page, "answer").click();
      await page.locator(".focus-talking").waitFor();
      same(await house.rang(other.page), false, "the other agent's page heard of the call");
      same(await other.page.locator(".focus-ringing, .pop-small, .strip").count(), 0, "pops of the other agent");
      await other.rest();
    },
    { ...at, after },
  );

  await step(
    "the customer's page beside a ringing call is filled before the answer: who it is and what was before",
    async () => {
      await who.goReady();
      await house.collect(page);
      await page.reload();
      await page.locator(".idle-ready").waitFor();
      for (let n = 0; n < 6; n++) {
        await rings();
        const pop = page.locator(".focus-ringing");
        await pop.waitFor();
        await page.locator(`.side h2:has-text("${known.name}")`).waitFor();
        await page.locator(".side .lasts li, .side .timeline-item").first().waitFor();
        await leaves(pop);
        await page.locator(".idle-ready").waitFor();
      }
      const { rings: heard, filled } = await page.evaluate(() => window.__tour);
      const first = new Map();
      for (const ring of heard) if (!first.has(ring.interaction)) first.set(ring.interaction, ring.at);
      const took = [...first.values()].map((ring) => (filled.find((one) => one.at >= ring)?.at ?? Infinity) - ring);
      must(took.length >= 6, `${took.length} calls were seen`);
      house.note(`each: ${took.map(Math.round).join(", ")} ms`);
      house.judge("p95 from the ring to the filled side", quantile(took, 0.95), 800);
    },
    { ...at, after },
  );

  await step(
    "several customers with one number are a choice, and the one chosen fills the side",
    async () => {
      const blank = { ...nobody, points: [{ kind: "phone", value: "+8613700137077", sharedLine: true }] };
      await api.post("/customers", { ...blank, name: "赵一" });
      await api.post("/customers", { ...blank, name: "钱二" });
      await who.goReady();
      await rings(await phones.caller("household", "13700137077"));
      await page.locator(".focus-ringing").waitFor();
      const choice = page.locator(".candidates .candidate");
      await choice.nth(1).waitFor();
      same(await choice.count(), 2, "customers to choose from");
      same(await page.locator(".candidates [aria-pressed=true]").count(), 0, "chosen before anybody chose");
      await choice.filter({ hasText: "钱二" }).click();
      await page.locator('.hero h2:has-text("钱二")').waitFor();
      await page.locator('.side h2:has-text("钱二")').waitFor();
    },
    { ...at, after },
  );

  await step(
    "a number nobody has opens a new customer with the number filled in, and the call is that customer's",
    async () => {
      await who.goReady();
      await rings(await phones.caller("stranger", "13700137088"));
      await page.locator(".focus-ringing .hero").waitFor();
      await page.locator(".candidates .ant-btn-primary").click();
      const drawer = page.locator(".ant-drawer");
      const number = drawer.locator("#number");
      await number.waitFor();
      same((await number.inputValue()).replace(/\D/g, "").slice(-11), "13700137088", "the number in the form");
      await drawer.locator("#name").fill("孙三");
      await drawer.locator(".ant-drawer-footer .ant-btn-primary").click();
      await page.locator('.side h2:has-text("孙三")').waitFor();
    },
    { ...at, after },
  );

  await step(
    "in a text field Alt with H, M, T and E hold, mute, transfer and end, and type nothing",
    async () => {
      await answered();
      const notes = page.locator(".notes textarea");
      await notes.fill("写到一半");
      same(await notes.evaluate((it) => it === document.activeElement), true, "the notes have the keyboard");
      await page.keyboard.press("Alt+h");
      await page.locator(".focus-held").waitFor();
      await page.keyboard.press("Alt+h");
      await page.locator(".focus-talking").waitFor();
      await page.keyboard.press("Alt+m");
      await page.locator(".hero .chip-warn").waitFor();
      await page.keyboard.press("Alt+m");
      await page.locator(".hero .chip-warn").waitFor({ state: "detached" });
      await page.keyboard.press("Alt+t");
      await page.locator(".transfer input").waitFor();
      await page.keyboard.press("Escape");
      await page.locator(".transfer").waitFor({ state: "detached" });
      await notes.focus();
      await page.keyboard.press("Alt+e");
      await page.locator(".focus-wrap_up").waitFor();
      must((await talk.ended()).includes("FarHungUp"), "the caller hears that the agent hung up");
      same(await notes.inputValue(), "写到一半", "what stands in the field");
    },
    { ...at, after },
  );

  const shortcut = (action) =>
    page.getByRole("button", { name: say("help.change").replace("{{action}}", say(`key.${action}`)) });

  await step(
    "the question mark lists every shortcut",
    async () => {
      await page.goto(`${house.base}/desk`);
      await page.locator(".seat-button").waitFor();
      await page.keyboard.press("?");
      for (const action of ["answer", "reject", "hold", "mute", "transfer", "hangup"]) await shortcut(action).waitFor();
      await page.keyboard.press("Escape");
      await page.locator(".shortcuts").waitFor({ state: "detached" });
    },
    { ...at, after },
  );

  await step(
    "each shortcut can be changed, and a key in use is refused by name",
    async () => {
      await page.goto(`${house.base}/account`);
      await shortcut("hold").click();
      await page.keyboard.press("Alt+a");
      await page.locator(".shortcuts .ant-alert", { hasText: say("key.answer") }).waitFor();
      await page.keyboard.press("Alt+j");
      await until("the new key", async () => /J/.test(await shortcut("hold").innerText()), 5000);
      try {
        await answered();
        there.say(620);
        await talk.hears(620);
        await page.keyboard.press("Alt+j");
        await page.locator(".focus-held").waitFor();
        // The old key does nothing: were it to take the caller back, the new one would hold again.
        await page.keyboard.press("Alt+h");
        await page.keyboard.press("Alt+j");
        await page.locator(".focus-talking").waitFor();
        await talk.hears(620);
      } finally {
        await page.goto(`${house.base}/account`);
        await page.locator(".shortcuts button", { hasText: say("help.reset") }).click();
      }
    },
    { ...at, after },
  );

  await step(
    "another record opened in talk loses neither the call nor what was typed, and the server keeps it",
    async () => {
      await answered();
      const notes = page.locator(".notes textarea");
      const kept = page.waitForResponse((reply) => /\/draft/.test(reply.url()) && reply.ok());
      await notes.fill("客户要求周三回电");
      await kept;
      await page.locator('.rail a[href="/customers"]').click();
      await page.locator(".ant-table-row").first().click();
      await page.locator(".strip").waitFor();
      same(await page.locator(".strip [data-action=hold]").isEnabled(), true, "the call can be held from here");
      await page.locator(".strip-who").click();
      await page.locator(".focus-talking").waitFor();
      same(await notes.inputValue(), "客户要求周三回电", "the notes after another record");
      await page.reload();
      await page.locator(".focus-talking").waitFor();
      await until("the notes after a reload", async () => (await notes.inputValue()) === "客户要求周三回电", 10_000);
    },
    { ...at, after },
  );

  await step(
    "from page to page goes at once",
    async () => {
      await page.goto(`${house.base}/desk`);
      await page.locator(".idle").waitFor();
      const places = ["/calls", "/customers", "/recordings", "/desk"];
      // What was never open is fetched first; afterwards it is there.
      for (const place of places) await change(page, place);
      const took = [];
      for (let n = 0; n < 10; n++) for (const place of places) took.push(await change(page, place));
      house.note(`each: ${took.map(Math.round).join(", ")} ms`);
      house.judge("p95 from the click to another page", quantile(took, 0.95), 200);
    },
    { ...at, after },
  );
}

const nobody = {
  kind: "person",
  level: null,
  source: null,
  region: null,
  industry: null,
  stage: null,
  ownerAgent: null,
  ownerTeam: null,
  vip: false,
  notes: "",
};

/** Milliseconds from the click on a place to the frame that shows it. */
const change = (page, place) =>
  page.evaluate(
    (place) =>
      new Promise((done) => {
        const before = document.querySelector("main");
        const began = performance.now();
        const look = () => {
          const now = document.querySelector("main");
          if (now && now !== before && location.pathname === place)
            requestAnimationFrame(() => done(performance.now() - began));
          else requestAnimationFrame(look);
        };
        document.querySelector(`.rail a[href="${place}"]`).click();
        look();
      }),
    place,
  );
