// A PBX beside us: set by an administrator, and its call on an agent's desk.

import { recorded, startAsterisk } from "../house/asterisk.mjs";
import { atRest, axe, choose } from "../house/browser.mjs";
import { until } from "../house/program.mjs";
import { must, same } from "../house/run.mjs";

const PASSWORD = "manager secret";

export async function besidePbx({ step, house, admin, who, api }) {
  const { page, say } = admin;
  const agent = who.page;
  let asterisk;
  let pbx;
  let station;
  const find = async () => (await api.get("/admin/pbxs?limit=200")).items.find((one) => one.name === "Office PBX");

  await step(
    "a PBX is set in its form, and the list says that it is connected",
    async () => {
      asterisk = await startAsterisk(PASSWORD);
      await page.goto(`${house.base}/admin/pbxs`);
      await page.locator(".page-head .ant-btn-primary").click();
      const drawer = page.locator(".ant-drawer");
      await drawer.locator("#name").fill("Office PBX");
      await drawer.locator("#address").fill(asterisk.address);
      await drawer.locator("#user").fill("zuoxi");
      await drawer.locator("#password").fill("wrong");
      await drawer.locator("#context").fill("from-internal");
      await drawer.getByRole("button", { name: say("pbx.addQueue") }).click();
      await drawer.getByLabel(say("pbx.queueThere")).fill("support");
      await drawer.getByRole("combobox", { name: say("word.queue") }).click();
      await page.locator(".ant-select-item", { hasText: "support-zh" }).click();
      await drawer.getByLabel(say("pbx.dialed")).fill("400");
      await atRest(drawer);
      await house.shot(page, "pbx-form");
      same((await axe(page)).join("\n"), "", "axe with the form");
      await drawer.locator(".ant-drawer-footer .ant-btn-primary").click();
      await drawer.waitFor({ state: "detached" });
      await until("the refusal", async () => (await find()).link?.why === "refused");
      await page.reload();
      const row = page.locator(".ant-table-row", { hasText: "Office PBX" });
      await row.getByText(say("pbx.why.refused")).waitFor();
      await house.shot(page, "pbx-refused");
      await row.click();
      await drawer.locator("#password").fill(PASSWORD);
      await drawer.locator(".ant-drawer-footer .ant-btn-primary").click();
      await drawer.waitFor({ state: "detached" });
      await until("the connection", async () => (await find()).link?.state === "up");
      pbx = await find();
      must(!JSON.stringify(pbx).includes(PASSWORD), "the password is told to nobody");
      await page.reload();
      await row.locator(".chip-ok", { hasText: say("pbx.link.up") }).waitFor();
      await house.shot(page, "pbx-connected");
    },
    { look: page },
  );

  await step(
    "a station is made a phone of the PBX by its form, which asks for no password then",
    async () => {
      await page.goto(`${house.base}/admin/stations`);
      await page.locator(".page-head .ant-btn-primary").click();
      const drawer = page.locator(".ant-drawer");
      await drawer.locator("#username").fill("a001");
      await drawer.locator("#pbx").click();
      await page.locator(".ant-select-item", { hasText: "Office PBX" }).click();
      await drawer.locator("#line").fill("PJSIP/a001");
      same(await drawer.locator("#password").count(), 0, "a field for a password");
      await atRest(drawer);
      await house.shot(page, "pbx-station");
      await drawer.locator(".ant-drawer-footer .ant-btn-primary").click();
      await drawer.waitFor({ state: "detached" });
      station = (await api.get("/admin/stations?limit=200")).items.find((one) => one.username === "a001");
      same(JSON.stringify([station.pbx, station.line, station.health]), JSON.stringify([pbx.id, "PJSIP/a001", "ok"]), "the station");
    },
    { look: page },
  );

  await step(
    "a call of the PBX pops at its agent, who sees just what the PBX can do, and is not rung there on a break",
    async () => {
      await agent.goto(`${house.base}/desk`);
      await agent.locator(".seat > .ant-btn-primary").click();
      await agent.locator('.take [data-station="a001"]').click();
      await agent.locator(".take .ant-btn-primary").click();
      await agent.locator(".idle .ant-btn-primary").click();
      await agent.locator(".idle-ready").waitFor();
      const pause = (on) => (ask) => ask.Action === "QueuePause" && ask.Paused === String(on);
      await asterisk.asked("the phone to be rung again", pause(false));
      const all = recorded("answered.ami");
      const [lifted, end] = [/^Event: Newstate[^]*Channel: PJSIP\/a001-[^]*Desc: Up/, /^Event: HangupRequest/].map((what) =>
        all.findIndex((event) => what.test(event)),
      );
      asterisk.says(all.slice(0, lifted));
      await agent.locator(".focus-ringing").waitFor();
      must((await agent.locator(".focus-ringing").innerText()).includes("138"), "who calls");
      same(await agent.locator(".callbar .ant-btn").count(), 0, "buttons while it rings");
      await house.shot(agent, "pbx-ringing");
      asterisk.says(all.slice(lifted, end));
      await agent.locator(".focus-talking").waitFor();
      await agent.locator('[data-action="transfer"]').waitFor();
      same(await agent.locator('[data-action="hold"]').count(), 0, "a button for what it cannot");
      same((await axe(agent)).join("\n"), "", "axe in the talk");
      await agent.locator('[data-action="pause_recording"]:enabled').waitFor();
      await house.shot(agent, "pbx-talking");
      asterisk.says(all.slice(end));
      await agent.locator(".focus-wrap_up").waitFor();
      await agent.keyboard.press("Alt+Enter");
      await agent.locator(".idle-ready").waitFor();
    },
    {
      look: agent,
      after: async () => {
        await house.calm(who, []);
        if (await agent.locator(".seat-button").isVisible()) {
          await agent.locator(".seat-button").click();
          await choose(agent, who.say("seat.leave"));
          await agent.locator(".seat > .ant-btn-primary").waitFor();
        }
        if (station) await api.remove(`/admin/stations/${station.id}`);
        if (pbx) await api.remove(`/admin/pbxs/${pbx.id}`);
        asterisk?.end();
      },
    },
  );
}
