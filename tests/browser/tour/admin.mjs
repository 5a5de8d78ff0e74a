// What an administrator does: change a queue, be refused a wrong flow with its line, publish a right one.

import { atRest, choose } from "../house/browser.mjs";
import { until } from "../house/program.mjs";
import { must, same } from "../house/run.mjs";

export async function administration({ step, house, admin, api }) {
  const { page, say } = admin;
  const at = { look: page };

  await step(
    "a queue is changed in its form, and the server has it",
    async () => {
      await page.goto(`${house.base}/admin/queues`);
      await page.locator(".ant-table-row", { hasText: "sales-en" }).click();
      const drawer = page.locator(".ant-drawer");
      await drawer.locator("#ringSeconds").fill("17");
      await drawer.locator(".ant-drawer-footer .ant-btn-primary").click();
      await drawer.waitFor({ state: "detached" });
      const { items } = await api.get("/admin/queues?limit=200");
      const kept = items.find((one) => (one.name ?? one.item?.name) === "sales-en");
      same(kept.ringSeconds ?? kept.item?.ringSeconds, 17, "seconds it rings");
    },
    at,
  );

  await step(
    "of two who change one queue the second sees both, and keeping the own takes the other's where nothing was changed",
    async () => {
      const find = async () => (await api.get("/admin/queues?limit=200")).items.find((one) => one.name === "sales-en");
      await page.goto(`${house.base}/admin/queues`);
      await page.locator(".ant-table-row", { hasText: "sales-en" }).click();
      const drawer = page.locator(".ant-drawer");
      await drawer.locator("#ringSeconds").fill("21");
      const { id, updatedAt, updatedBy, ...item } = await find();
      await api.put(`/admin/queues/${id}`, { ...item, ringSeconds: 19, wrapUpSeconds: 41 });
      const save = drawer.locator(".ant-drawer-footer .ant-btn-primary");
      await save.click();
      const both = page.locator(".ant-modal .differences");
      for (const seconds of ["19", "21", "41"]) await both.getByRole("cell", { name: seconds, exact: true }).waitFor();
      await page.getByRole("button", { name: say("conflict.back") }).click();
      await both.waitFor({ state: "detached" });
      same(await drawer.locator("#ringSeconds").inputValue(), "21", "what was typed, back in the form");
      await save.click();
      await page.getByRole("button", { name: say("conflict.mine") }).click();
      await drawer.waitFor({ state: "detached" });
      const kept = await find();
      same([kept.ringSeconds, kept.wrapUpSeconds].join(), "21,41", "seconds it rings, and of wrap-up");
    },
    at,
  );

  await step(
    "a rule that is broken is said at its field, and nothing typed is lost",
    async () => {
      await page.goto(`${house.base}/admin/queues`);
      await page.locator(".ant-table-row", { hasText: "sales-en" }).click();
      const drawer = page.locator(".ant-drawer");
      await drawer.locator("#name").fill("support-en");
      await drawer.locator(".ant-drawer-footer .ant-btn-primary").click();
      await drawer.locator('[role="alert"]').first().waitFor();
      same(await drawer.locator("#name").inputValue(), "support-en", "what was typed");
      await page.keyboard.press("Escape");
    },
    at,
  );

  await step(
    "a trunk is made in its form, and says why it is not registered",
    async () => {
      await page.goto(`${house.base}/admin/trunks`);
      await page.locator(".page-head .ant-btn-primary").click();
      const drawer = page.locator(".ant-drawer");
      await drawer.locator("#name").fill("carrier");
      // Nobody listens there, which over TCP is known at once.
      await drawer.locator("#to").fill("127.0.0.1:9 ");
      await drawer.locator("#transport").click();
      await page.locator(".ant-select-item", { hasText: "TCP" }).click();
      await drawer.locator("#digestUser").fill("9001");
      await drawer.locator("#password").fill("trunk-secret");
      await drawer.locator("#register").click();
      await atRest(drawer);
      await house.shot(page, "trunk-form");
      for (const fold of ["trunk.callers", "trunk.numbers"]) await drawer.getByText(say(fold), { exact: true }).click();
      await drawer.getByRole("button", { name: say("trunk.addRewrite") }).click();
      await drawer.getByLabel(say("trunk.begins")).fill("+86");
      await drawer.getByRole("spinbutton", { name: say("trunk.strip") }).fill("3");
      await drawer.getByLabel(say("trunk.add"), { exact: true }).fill("0");
      await drawer.getByLabel(say("trunk.add"), { exact: true }).scrollIntoViewIfNeeded();
      await atRest(drawer);
      await house.shot(page, "trunk-rules");
      await drawer.locator(".ant-drawer-footer .ant-btn-primary").click();
      await drawer.waitFor({ state: "detached" });
      const find = async () => (await api.get("/admin/trunks?limit=200")).items.find((one) => one.name === "carrier");
      await until("the failed registration", async () => (await find()).registration?.state === "failed");
      const kept = await find();
      same(JSON.stringify([kept.transport, kept.probeSeconds, kept.rewrites]), '["tcp",30,[{"prefix":"+86","strip":3,"add":"0"}]]', "the trunk");
      same(kept.registration.why, "no_connection", "why it is not registered");
      await page.reload();
      await page.locator(".ant-table-row", { hasText: "carrier" }).locator(".chip-bad", { hasText: say("trunk.failed") }).waitFor();
      await house.shot(page, "trunk-state");
      await api.remove(`/admin/trunks/${kept.id}`);
    },
    at,
  );

  await step(
    "a wrong flow is told with its line while it is written, and cannot be published",
    async () => {
      await page.goto(`${house.base}/admin/flows/main`);
      const text = page.locator(".code textarea");
      await text.waitFor();
      const good = await text.inputValue();
      const line = good.split("\n").findIndex((one) => one.trim() === "next: hours") + 1;
      must(line > 0, "the demo's main flow goes on at hours");
      await text.fill(good.replace("next: hours", "next: nowhere"));
      const problem = page.locator(".problems li", {
        hasText: say("flow.line").replace("{{line}}", line).split(/[,，]/)[0].split("{{")[0].trim(),
      });
      await problem.first().waitFor();
      must((await problem.first().innerText()).includes("nowhere"), await problem.first().innerText());
      await page.locator(".code-gutter .error").first().waitFor();
      must(await page.locator(".page-head .ant-btn-primary").isDisabled(), "it cannot be published");
      await house.shot(page, "flow-wrong");
      await text.fill(good.replace("description: Main line", "description: The main line"));
      await page.locator(".problems .stat-ok").waitFor();
      const publish = page.locator(".page-head .ant-btn-primary");
      await until("the button to live", async () => !(await publish.isDisabled()));
      await publish.click();
      await page.locator(".ant-modal textarea").fill("wording");
      await atRest(page.locator(".ant-modal"));
      await page.locator(".ant-modal .ant-btn-primary").click();
      await page.locator(".ant-modal").waitFor({ state: "hidden" });
      await page.locator(".chip", { hasText: say("flow.running").replace("{{version}}", "2") }).waitFor();
    },
    at,
  );

  await step(
    "a flow somebody else published meanwhile is shown line by line, and the own text is published over it when wanted",
    async () => {
      await page.goto(`${house.base}/admin/flows/main`);
      const text = page.locator(".code textarea");
      await text.waitFor();
      const mine = (await text.inputValue()).replace(/description: .*/, "description: Mine");
      await text.fill(mine);
      const { yaml, version } = await api.get("/admin/flows/main");
      const theirs = yaml.replace(/description: .*/, "description: Theirs");
      await api.put("/admin/flows/main", { yaml: theirs, note: "quicker", version });
      const publish = page.locator(".page-head .ant-btn-primary");
      await until("the button to live", async () => !(await publish.isDisabled()));
      await publish.click();
      await page.locator(".ant-modal textarea").fill("wording");
      await atRest(page.locator(".ant-modal"));
      await page.locator(".ant-modal .ant-btn-primary").click();
      for (const line of ["description: Theirs", "description: Mine"])
        await page.locator(".differences .fresh", { hasText: line }).waitFor();
      await page.getByRole("button", { name: say("conflict.mine") }).click();
      const running = say("flow.running").replace("{{version}}", version + 2);
      await page.locator(".chip", { hasText: running }).waitFor();
      same((await api.get("/admin/flows/main")).yaml, mine, "the flow that runs");
    },
    at,
  );

  await step(
    "the language changes on the spot, without a reload",
    async () => {
      await page.goto(`${house.base}/desk`);
      await page.locator(".shell").waitFor();
      await page.evaluate(() => {
        window.__same = true;
      });
      const rail = page.locator(".rail");
      const before = await rail.innerText();
      await page.locator(".me").click();
      await choose(page, /Switch to English|切换到中文/);
      await until("other words", async () => (await rail.innerText()) !== before);
      same(await page.evaluate(() => window.__same), true, "the page is the same");
      await page.locator(".me").click();
      await choose(page, /Switch to English|切换到中文/);
      await until("the words of before", async () => (await rail.innerText()) === before);
    },
    at,
  );
}
