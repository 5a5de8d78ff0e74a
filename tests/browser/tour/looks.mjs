// Every page in both languages, light and dark: no fault of access, nothing to scroll sideways, no complaint.

import { axe, person, still } from "../house/browser.mjs";
import { same } from "../house/run.mjs";

const sections = [
  "agents",
  "teams",
  "skills",
  "queues",
  "flows",
  "prompts",
  "numbers",
  "lists",
  "trunks",
  "pbxs",
  "stations",
  "dispositions",
  "reasons",
  "company",
  "audit",
];

/** Where a page stands still: nothing loads and nothing moves. */
async function settled(page) {
  await page.waitForLoadState("networkidle").catch(() => {});
  await page
    .locator(".ant-skeleton, .ant-spin-spinning")
    .first()
    .waitFor({ state: "detached", timeout: 10_000 })
    .catch(() => {});
  await still(page);
}

export async function looks({ step, house, browser, customer }) {
  const pages = {
    desk: "/desk",
    calls: "/calls",
    customers: "/customers",
    customer: `/customers/${customer.id}`,
    recordings: "/recordings",
    live: "/live",
    account: "/account",
    ...Object.fromEntries(sections.map((one) => [`admin-${one}`, `/admin/${one}`])),
    flow: "/admin/flows/main",
  };
  // Each page is seen in each language and in each look; not in all four pairs, for time.
  for (const [language, look] of [
    ["zh-CN", "light"],
    ["en", "dark"],
  ]) {
    const who = await person(browser, house.base, { language, look, width: 1024, height: 768 });
    const { page } = who;
    const check = async (name) => {
      await settled(page);
      await house.shot(page, `${name}-${language}-${look}`);
      same((await axe(page)).join("\n"), "", "axe");
      same(await page.evaluate(() => document.documentElement.scrollWidth), 1024, "the width of the page");
    };
    await step(
      `${language} ${look}: sign-in`,
      async () => {
        await page.goto(house.base);
        await page.locator("#username").waitFor();
        await check("sign-in");
        await who.signIn("admin");
      },
      { look: page },
    );
    for (const [name, path] of Object.entries(pages)) {
      await step(
        `${language} ${look}: ${name}`,
        async () => {
          await page.goto(`${house.base}${path}`);
          await page.locator("main").first().waitFor();
          await check(name);
        },
        { look: page },
      );
    }
    await step(
      `${language} ${look}: a call's drawer, a form, the help`,
      async () => {
        await page.goto(`${house.base}/calls`);
        await page.locator(".ant-table-row").first().click();
        await page.locator(".ant-drawer .call .player-box[data-ready]").first().waitFor();
        await check("call");
        await page.goto(`${house.base}/admin/queues`);
        await page.locator(".ant-table-row").first().click();
        await page.locator(".ant-drawer #ringSeconds").waitFor();
        await check("queue-form");
        await page.goto(`${house.base}/desk`);
        await page.locator(".inbox").waitFor();
        await page.keyboard.press("?");
        await page.locator(".ant-modal, .ant-drawer").first().waitFor();
        await check("help");
      },
      { look: page },
    );
    await step(`${language} ${look}: no page complained`, async () => {
      same(who.complaints.join("\n"), "", "complaints");
    });
    await who.context.close();
  }
}
