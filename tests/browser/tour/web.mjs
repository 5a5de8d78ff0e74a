// A visitor of somebody else's web page calls from it: a page of another origin that embeds `/call.js`, Chromium with a tone for
// a microphone, and an agent at a phone with another.

import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { axe, person } from "../house/browser.mjs";
import { until } from "../house/program.mjs";
import { must, same } from "../house/run.mjs";
import { asPhone, hears } from "./phone.mjs";

const VISITOR = 1000;
const AGENT = 440;

/** A shop's web site; what its page embeds is in its query. */
async function startShop(base) {
  const server = createServer((asked, answer) => {
    const more = [...new URL(asked.url, "http://shop").searchParams].map(([name, value]) => ` data-${name}="${value}"`);
    answer.setHeader("content-type", "text/html; charset=utf-8");
    answer.end(
      `<!doctype html><html lang="en"><title>Shop</title><link rel="icon" href="data:,"><main><h1>Shop</h1></main>` +
        `<script src="${base}/call.js"${more.join("")} async></script></html>`,
    );
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { origin: `http://127.0.0.1:${server.address().port}`, end: () => server.close() };
}

/** Who the visitor is, as the shop's server says it. */
function tokenOf({ id, secret }, claims) {
  const part = (what) => Buffer.from(JSON.stringify(what)).toString("base64url");
  const body = `${part({ alg: "HS256", typ: "JWT", kid: id })}.${part(claims)}`;
  return `${body}.${createHmac("sha256", secret).update(body).digest("base64url")}`;
}

export async function webCalls({ step, house, browser, who, station, known, api, gauge }) {
  const shop = await startShop(house.base);
  const visitor = await person(browser, shop.origin, { language: "en" });
  await visitor.context.addInitScript(asPhone);
  let { page } = visitor;
  let there;
  const state = (wanted) => page.locator(`div[data-state="${wanted}"]`).waitFor({ state: "attached" });
  const nothingLeft = async () => {
    for (const name of ["calls_now", "legs", "rtp_legs", "talks", "offers", "web_callers", "recordings_now", "orphans"])
      await until(`${name} to be 0`, async () => (await gauge(name)) === 0);
  };
  async function allow(more) {
    const { id, updatedAt, updatedBy, ...company } = await api.get("/admin/company");
    await api.put("/admin/company", { ...company, webCalls: { ...company.webCalls, ...more } });
  }
  const show = (more) => page.goto(`${shop.origin}/?${new URLSearchParams(more)}`);

  await step(
    "a page that the company does not list may not call, and says so",
    async () => {
      await show({ number: "8000" });
      await page.locator("button.start").click();
      await state("ended");
      same(await page.locator(".state").innerText(), "Calling is not possible at the moment.", "why");
      await page.locator("button.close").click();
      await state("idle");
    },
    { look: page },
  );

  await step(
    "a visitor calls from a listed page, the flow answers, and visitor and agent hear each other",
    async () => {
      const { webCalls } = await api.get("/admin/company");
      await allow({ origins: [...webCalls.origins, shop.origin], perHour: 100 });
      await who.goReady();
      await show({ number: "8000" });
      await page.locator("button.start").focus();
      await page.keyboard.press("Enter");
      await state("talking");
      there = await station.rung();
      await who.page.locator(".focus-ringing").waitFor();
      await until("the visitor's name", async () =>
        (await who.page.locator(".focus-ringing").innerText()).includes(who.say("word.webVisitor")),
      );
      await house.shot(page, "web-call");
      await who.page.locator(".callbar [data-action=answer]").click();
      await there.answered();
      there.say(AGENT);
      await there.hears(VISITOR);
      await hears(page, AGENT);
      same(await gauge("web_callers"), 1, "visitors who call");
      same((await axe(page)).join("\n"), "", "axe in a call");
      await page.locator("button.mute").click();
      await there.hearsSilence();
      await page.locator("button.mute").click();
      await there.hears(VISITOR);
      // Another network: the same call goes another way.
      await page.evaluate(() => window.zuoxiCall.renew());
      await there.hears(VISITOR);
      await hears(page, AGENT);
    },
    { look: page },
  );

  await step(
    "when the agent hangs up the page says so, and nothing of the call is left",
    async () => {
      await there.hangUp();
      await state("ended");
      same(await page.locator(".state").innerText(), "The call has ended", "why");
      must(/\d:\d\d/.test(await page.locator(".time").innerText()), "how long it was");
      same((await axe(page)).join("\n"), "", "axe after a call");
      await nothingLeft();
    },
    { look: page, after: () => house.calm(who, [there]) },
  );

  await step(
    "a visitor whom the shop knows presses a key, is known to the agent, and closes the page: the call is over within seconds",
    async () => {
      const key = await api.post("/admin/company/web-keys", {});
      const claims = { exp: Math.floor(Date.now() / 1000) + 600, aud: shop.origin, number: "13800138000" };
      await show({ number: "4008001234", token: tokenOf({ ...key, secret: "forged" }, claims) });
      await page.locator("button.start").click();
      await state("ended");
      await who.goReady();
      await show({ number: "4008001234", token: tokenOf(key, claims), language: "zh-CN" });
      same(await page.locator("button.start").innerText(), "在线通话", "in Chinese where it is asked for");
      await page.locator("button.start").click();
      await state("talking");
      await page.locator("button.pad").click();
      await page.locator('.keys button:text-is("1")').click();
      there = await station.rung();
      await who.page.locator(".focus-ringing").waitFor();
      await until("the customer's name", async () =>
        (await who.page.locator(".focus-ringing").innerText()).includes(known.name),
      );
      await who.page.locator(".callbar [data-action=answer]").click();
      await there.answered();
      there.say(AGENT);
      await there.hears(VISITOR);
      await hears(page, AGENT);
      const closed = Date.now();
      await page.close();
      await there.ended();
      house.judge("the agent's phone is free after the page was closed", Date.now() - closed, 3000);
      await nothingLeft();
    },
    { look: who.page, after: () => house.calm(who, [there]) },
  );

  await step(
    "a visitor hangs up",
    async () => {
      page = await visitor.context.newPage();
      await who.goReady();
      await show({ number: "8000" });
      await page.locator("button.start").click();
      there = await station.rung();
      await who.page.locator(".callbar [data-action=answer]").click();
      await there.answered();
      there.say(AGENT);
      await hears(page, AGENT);
      await page.locator("button.end").click();
      await state("ended");
      await there.ended();
      await nothingLeft();
    },
    { look: page, after: () => house.calm(who, [there]) },
  );
  await visitor.context.close();
  shop.end();
}
