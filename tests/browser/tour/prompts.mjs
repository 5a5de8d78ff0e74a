// A company's own sounds: put there by dropping files, heard by the next caller, taken back, chosen in a queue's form,
// kept while they are played.

import { atRest, still } from "../house/browser.mjs";
import { until } from "../house/program.mjs";
import { must, same } from "../house/run.mjs";

const GREETING_HZ = 1350;

/** Two seconds of a tone: 16 kHz, 16 bit. */
function tone(hz) {
  const rate = 16_000;
  const file = Buffer.alloc(44 + rate * 4);
  file.write("RIFF", 0);
  file.writeUInt32LE(file.length - 8, 4);
  file.write("WAVEfmt ", 8);
  for (const [at, value] of [
    [16, 16],
    [24, rate],
    [28, rate * 2],
    [40, rate * 4],
  ])
    file.writeUInt32LE(value, at);
  for (const [at, value] of [
    [20, 1],
    [22, 1],
    [32, 2],
    [34, 16],
  ])
    file.writeUInt16LE(value, at);
  file.write("data", 36);
  for (let n = 0; n < rate * 2; n++)
    file.writeInt16LE(Math.round(8000 * Math.sin((2 * Math.PI * hz * n) / rate)), 44 + n * 2);
  return file;
}

const wav = (name, hz) => ({ name, mimeType: "audio/wav", buffer: tone(hz) });

export async function prompts({ step, house, admin, api, caller }) {
  const { page, say } = admin;
  const at = { look: page };
  const row = (name) => page.locator(`.prompts .ant-table-row[aria-label="${name}"]`);
  const drawer = page.locator(".ant-drawer");
  const tab = (word) => page.locator(".prompts-bar .ant-segmented-item", { hasText: say(`prompts.folder.${word}`) });
  const told = page.locator(".ant-message-notice").last();
  const own = async (language, name) => {
    const { items } = await api.get("/admin/prompts");
    return items.find((one) => one.language === language && one.name === name)?.own ?? null;
  };
  const open = async (word) => {
    await page.goto(`${house.base}/admin/prompts`);
    await row("welcome").waitFor();
    await tab(word).click();
  };
  /** By dropping them onto the page, as people do. */
  const drop = async (...files) => {
    const data = await page.evaluateHandle(
      (files) => {
        const data = new DataTransfer();
        for (const { name, text } of files)
          data.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], name, { type: "audio/wav" }));
        return data;
      },
      files.map(({ name, buffer }) => ({ name, text: buffer.toString("base64") })),
    );
    const target = page.locator("main.prompts");
    for (const what of ["dragenter", "dragover", "drop"]) await target.dispatchEvent(what, { dataTransfer: data });
    await drawer.locator(".prompts-files li").nth(files.length - 1).waitFor();
  };
  const send = async () => {
    await drawer.locator(".ant-drawer-footer .ant-btn-primary").click();
    await told.getByText(say("prompts.kept")).waitFor();
  };
  const remove = async (name) => {
    await row(name).focus();
    await page.keyboard.press("Delete");
    await atRest(page.locator(".ant-modal").last());
    await page.locator(".ant-modal .ant-btn-dangerous").click();
  };

  await step(
    "a greeting dropped onto the page is heard by the next caller, and what is no sound is told before it is sent",
    async () => {
      await open("zh");
      await drop(wav("Welcome.wav", GREETING_HZ), { name: "song.wav", buffer: Buffer.from("ID3 is no WAV") });
      await drawer.getByText(say("prompts.overBuiltIn"), { exact: false }).waitFor();
      await drawer.locator(".prompts-files .wrong", { hasText: say("rule.not_wav") }).waitFor();
      await page.setViewportSize({ width: 1024, height: 768 });
      await still(page);
      await house.shot(page, "prompts-upload");
      await send();
      await still(page);
      await house.shot(page, "prompts-uploaded");
      const shown = await told.boundingBox();
      const close = await drawer.locator(".ant-drawer-close").boundingBox();
      must(shown.y >= close.y + close.height, "the message leaves the close button free");
      await page.setViewportSize({ width: 1440, height: 900 });
      await page.keyboard.press("Escape");
      await drawer.waitFor({ state: "detached" });
      await row("welcome").locator(".chip", { hasText: say("prompts.own") }).waitFor();
      const talk = await caller.dial("4008001234");
      await talk.answered();
      await talk.hears(GREETING_HZ);
      await talk.hangUp();
    },
    at,
  );

  await step(
    "it is played where it stands, by the keyboard",
    async () => {
      await row("welcome").focus();
      await page.keyboard.press("Enter");
      await row("welcome").locator(".wave").waitFor();
      const sound = () => page.evaluate(() => window.__tour.sounds.at(-1)?.currentTime ?? 0);
      await until("the sound to go on", async () => (await sound()) > 0);
      await page.keyboard.press("Enter");
      await until("a pause", () => page.evaluate(() => window.__tour.sounds.at(-1).paused));
    },
    at,
  );

  await step(
    "what was deleted is taken back, and deleted for good the built-in one is there again",
    async () => {
      await open("zh");
      await remove("welcome");
      await until("the built-in one", async () => (await own("zh-CN", "welcome")) === false);
      await told.getByRole("button", { name: say("prompts.undo") }).click();
      await until("the own one", async () => (await own("zh-CN", "welcome")) === true);
      await told.getByText(say("prompts.undone")).waitFor();
      await remove("welcome");
      await until("the built-in one again", async () => (await own("zh-CN", "welcome")) === false);
    },
    at,
  );

  await step(
    "an upload is taken back by the keyboard",
    async () => {
      await open("en");
      await drop(wav("taken-back.wav", 700));
      await send();
      await drawer.waitFor({ state: "detached" });
      same(await own("en", "taken-back"), true, "it is there");
      await row("taken-back").focus();
      await page.keyboard.press("Control+z");
      await until("it to be gone", async () => (await own("en", "taken-back")) === null);
    },
    at,
  );

  await step(
    "a queue chooses its music of what is there, nothing else is taken, and what it plays stays",
    async () => {
      await open("music");
      await drop(wav("piano.wav", 500));
      await send();
      await drawer.waitFor({ state: "detached" });
      const pick = async (choose) => {
        await page.goto(`${house.base}/admin/queues`);
        await page.locator(".ant-table-row", { hasText: "sales-en" }).click();
        await drawer.locator("#music").click();
        await choose();
        await drawer.locator(".ant-drawer-footer .ant-btn-primary").click();
        await drawer.waitFor({ state: "detached" });
      };
      const music = async () => {
        const { items } = await api.get("/admin/queues?limit=200");
        return items.find((one) => one.name === "sales-en").music;
      };
      const option = (text) => page.locator(".ant-select-item-option", { hasText: text });
      await pick(async () => {
        await page.keyboard.type("no such music");
        await page.keyboard.press("Enter");
        await page.keyboard.press("Tab");
      });
      same(await music(), "", "free words");
      await pick(() => option("piano").click());
      same(await music(), "piano", "what was chosen");
      await open("music");
      await row("piano").locator(".chip", { hasText: "sales-en" }).waitFor();
      await remove("piano");
      await told.getByText("sales-en", { exact: false }).waitFor();
      must(await own("music", "piano"), "it is still there");
      await pick(() => option(say("prompts.defaultMusic")).click());
      await open("music");
      await remove("piano");
      await until("it to be gone", async () => (await own("music", "piano")) === null);
    },
    at,
  );
}
