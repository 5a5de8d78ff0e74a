// Recordings: found, heard, sought in; the sound element really moves, and the file comes in ranges.

import { until } from "../house/program.mjs";
import { must, same } from "../house/run.mjs";

/** The sound of the newest player on this page. */
const sound = (page) =>
  page.evaluate(() => {
    const it = window.__tour.sounds.filter((one) => one.src).at(-1);
    return it && { at: it.currentTime, length: it.duration, paused: it.paused, error: it.error?.message ?? null };
  });

export async function recordings({ step, house, supervisor, admin, customer, notes, api }) {
  const { page, say } = supervisor;
  const at = { look: page };
  /** Listenings that were written down. */
  const listened = async () => (await api.get("/admin/audit?action=recording.listen&limit=200")).items.length;

  await step(
    "a supervisor finds the recording, plays it, and seeks in it",
    async () => {
      const ranges = [];
      page.on("response", (answer) => {
        if (answer.url().includes("/audio"))
          ranges.push({ status: answer.status(), asked: answer.request().headers().range ?? "" });
      });
      await page.goto(`${house.base}/recordings`);
      await page.locator(".ant-table-row", { hasText: customer.name }).first().click();
      const player = page.locator(".ant-drawer .player");
      await player.locator(".player-box[data-ready]").waitFor();
      await page.waitForLoadState("networkidle");
      same([ranges.length, await listened()].join(), "0,0", "bytes asked for and listenings written down before Play");
      must(
        (await player.locator(".player-names span").count()) === 2,
        "one track for the customer and one for the agent",
      );
      await player
        .getByRole("button", { name: say("player.play") })
        .or(player.getByRole("button", { name: say("player.pause") }))
        .first()
        .waitFor();
      if ((await sound(page))?.paused !== false) await player.locator("button").first().click();
      const first = await until(
        "the sound to move",
        async () => {
          const now = await sound(page);
          must(!now?.error, `the sound: ${now?.error}`);
          return now && now.at > 0.2 && now;
        },
        20_000,
      );
      must(first.length > 3, `the recording is ${first.length} s long`);
      await player.locator("button").first().focus();
      await page.keyboard.press("ArrowRight");
      const far = await until(
        "the sound to be five seconds on",
        async () => {
          const now = await sound(page);
          return now.at >= Math.min(first.at + 4.5, now.length - 0.3) && now;
        },
        20_000,
      );
      const box = await player.locator(".player-box").boundingBox();
      await page.mouse.click(box.x + box.width * 0.1, box.y + box.height / 2);
      await until(
        "the sound to be near the beginning",
        async () => {
          const now = await sound(page);
          return now.at < far.at && now.at < now.length * 0.35;
        },
        20_000,
      );
      // It may have come to its end before it was sent back; then it waits to be played again.
      if ((await sound(page)).paused) await player.locator("button").first().click();
      await until(
        "the sound to move on from there",
        async () => (await sound(page)).at > first.length * 0.1 + 0.1,
        20_000,
      );
      same(await player.locator(".wrong").count(), 0, "complaints of the player");
      must(
        ranges.length > 0 && ranges.every((one) => one.status === 206 && one.asked.startsWith("bytes=")),
        `ranges: ${JSON.stringify(ranges)}`,
      );
      same(await listened(), 1, "listenings written down, seeking and all");
      await house.shot(page, "recording");
    },
    at,
  );

  await step(
    "recordings are found by their customer, also from the customer's page",
    async () => {
      // Of all teams: others are there to be left out.
      const { page, say } = admin;
      await page.goto(`${house.base}/recordings`);
      const rows = page.locator(".ant-table-row");
      await rows.nth(1).waitFor();
      const others = page.locator(".ant-table-row", { hasNotText: customer.name });
      must((await others.count()) > 0, "there are recordings of other customers");
      const find = page.locator(".filterbar").getByRole("combobox", { name: say("word.customer") });
      await find.fill(customer.name);
      await page.locator(".ant-select-item-option", { hasText: customer.name }).first().click();
      await others.first().waitFor({ state: "detached" });
      must((await rows.count()) > 0, "recordings of the customer");
      await page.goto(`${house.base}/customers/${customer.id}`);
      await page.locator(`main a[href*="/recordings"]`).click();
      await page.locator(".filterbar", { hasText: customer.name }).waitFor();
      await rows.first().waitFor();
      same(await others.count(), 0, "recordings of others");
    },
    { look: admin.page },
  );

  await step(
    "a number of few digits finds what ends so, and a word is asked for its digits",
    async () => {
      await page.goto(`${house.base}/calls`);
      const find = page.locator(".filterbar").getByRole("textbox", { name: say("filter.number") });
      await find.fill("Wang");
      await page.locator(".ant-tooltip", { hasText: say("filter.digits") }).waitFor();
      await page.locator(".ant-table-row").first().waitFor();
      await find.fill("68");
      await page.locator(".ant-table-row", { hasText: "000" }).first().waitFor({ state: "detached" });
      same((await page.locator(".ant-table-row", { hasText: "555 0168" }).count()) > 0, true, "the call from …68");
    },
    at,
  );

  await step(
    "the customer's page shows the call on the timeline, with its notes and its recording",
    async () => {
      await page.goto(`${house.base}/customers/${customer.id}`);
      const item = page.locator(".timeline-item", { hasText: notes }).first();
      await item.waitFor();
      await item.locator("button").first().click();
      await item.locator(".player-box[data-ready]").waitFor();
      await house.shot(page, "customer");
    },
    at,
  );

  await step(
    "who listened is in the audit log",
    async () => {
      await admin.page.goto(`${house.base}/admin/audit`);
      await admin.page
        .locator(".ant-table-row", { hasText: supervisor.fullName })
        .filter({ hasText: /recording/i })
        .first()
        .waitFor();
    },
    { look: admin.page },
  );
}
