// Recordings: found, heard, sought in; the sound element really moves, and the file comes in ranges.

import { until } from "../house/program.mjs";
import { must, same } from "../house/run.mjs";

/** The sound of the newest player on this page. */
const sound = (page) =>
  page.evaluate(() => {
    const it = window.__tour.sounds.filter((one) => one.src).at(-1);
    return it && { at: it.currentTime, length: it.duration, paused: it.paused, error: it.error?.message ?? null };
  });

export async function recordings({ step, house, supervisor, admin, customer, notes }) {
  const { page, say } = supervisor;
  const at = { look: page };

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
      await house.shot(page, "recording");
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
