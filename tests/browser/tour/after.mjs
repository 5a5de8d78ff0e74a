// Who it was, put right; and what is written of a call when its card has long gone.

import { until } from "../house/program.mjs";
import { must, same } from "../house/run.mjs";

/** `household` calls from a line that one customer shares, `caller` from the number of `known`. */
export async function whoAndAfter({ step, house, who, station, dial, known, caller, household, queue, api }) {
  const { page, say } = who;
  const at = { look: page };
  let talk;
  let there;
  const after = () => house.calm(who, [talk, there]);
  const answered = async (from) => {
    await who.goReady();
    talk = await from.dial(dial);
    there = await station.rung();
    await page.locator(".focus-ringing").waitFor();
    await page.keyboard.press("Alt+a");
    await page.locator(".focus-talking").waitFor();
    await there.answered();
  };
  const heading = () => page.locator(".hero h2").innerText();
  /** The newest call of a customer's timeline, or of none. */
  const newest = async (customer) =>
    (await api.get(`/customers/${customer}/timeline?limit=1`)).items[0]?.interaction.id;

  await step(
    "a lone match on a shared line is a guess with its reason; linked it is settled, and undone it is a guess again",
    async () => {
      const { items } = await api.get(`/customers?q=${encodeURIComponent("周家")}&limit=1`);
      const nobody = { kind: "person", level: null, source: null, region: null, industry: null, stage: null };
      const home = { ...nobody, ownerAgent: null, ownerTeam: null, vip: false, notes: "", name: "周家" };
      const points = [{ kind: "phone", value: "+8613600136001", sharedLine: true }];
      const { id } = items[0] ?? (await api.post("/customers", { ...home, points }));
      await answered(household);
      const guess = page.locator(".candidate", { hasText: "周家" });
      await guess.locator(".chip", { hasText: say("match.shared_line") }).waitFor();
      must(!(await heading()).includes("周家"), `a guess is no heading: ${await heading()}`);
      await page.locator(".side-guess").waitFor();
      same(await newest(id), undefined, "calls on the timeline of a guess");
      await guess.click();
      await until("the settled name", async () => (await heading()).includes("周家"), 10_000);
      await page.locator(".side-guess").waitFor({ state: "detached" });
      const linked = await until("the call on the timeline", () => newest(id), 10_000);
      await page.locator(".ant-message button", { hasText: say("form.undo") }).click();
      await guess.waitFor();
      await until("the call off the timeline", async () => (await newest(id)) === undefined, 10_000);
      await guess.click();
      same(await until("the call on the timeline again", () => newest(id), 10_000), linked, "the call");
    },
    { ...at, after },
  );

  await step(
    "a stranger on a customer's number is unlinked, and linked again, without a mouse",
    async () => {
      await answered(caller);
      await until("the sure match", async () => (await heading()).includes(known.name), 10_000);
      same(await page.locator(".candidates").count(), 0, "choices while it is settled");
      await page.keyboard.press("Alt+c");
      const chosen = page.locator(".candidate[aria-pressed=true]");
      await chosen.waitFor();
      same(await chosen.evaluate((it) => it === document.activeElement), true, "the choice has the keyboard");
      await page.keyboard.press("1");
      await until("nobody settled", async () => !(await heading()).includes(known.name), 10_000);
      await page.keyboard.press("Alt+c");
      await page.keyboard.press("1");
      await until("the name again", async () => (await heading()).includes(known.name), 10_000);
    },
    { ...at, after },
  );

  await step(
    "what was typed when wrap-up ran out is kept, listed, and saved later",
    async () => {
      const { items } = await api.get("/admin/queues?limit=200");
      const { id, updatedAt, updatedBy, ...before } = items.find((one) => one.name === queue);
      const short = await api.put(`/admin/queues/${id}`, { ...before, wrapUpSeconds: 4 });
      const words = "客户等周三的回电，型号 A-7。";
      try {
        await answered(caller);
        await talk.hangUp();
        await page.locator(".focus-wrap_up").waitFor();
        // The page hears keys a breath after it shows: no hand is as quick as this one.
        const chosen = page.locator(".leaf.on").first();
        for (let tries = 0; tries < 5 && !(await chosen.isVisible()); tries += 1) {
          await page.keyboard.press("2");
          await chosen.waitFor({ timeout: 500 }).catch(() => undefined);
        }
        await chosen.waitFor({ timeout: 500 });
        await page.locator(".notes textarea").fill(words);
        await page.locator(".idle").waitFor({ timeout: 15_000 });
        await page.locator(".ant-notification", { hasText: say("own.left") }).waitFor();
        const mine = page.locator(".inbox a", { hasText: words });
        await mine.waitFor();
        // A page that knows nothing of it but what the server says.
        await page.reload();
        await mine.click();
        const form = page.locator(".ant-drawer .own");
        same(await form.locator("textarea").first().inputValue(), words, "what was typed");
        await form.locator(".leaf.on").first().waitFor();
        await form.locator("textarea").first().press("Control+Enter");
        await form.waitFor({ state: "detached" });
        await page.locator(".call-notes", { hasText: words }).waitFor();
        await page.goto(`${house.base}/desk`);
        await page.locator(".idle").waitFor();
        await page.waitForLoadState("networkidle");
        same(await page.locator(".inbox-mark ~ .grow", { hasText: words }).count(), 0, "calls still to finish");
      } finally {
        await api.put(`/admin/queues/${id}`, { ...before, version: short.version });
      }
    },
    { ...at, after },
  );
}
