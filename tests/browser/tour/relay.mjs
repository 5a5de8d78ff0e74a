// A browser phone whose network lets no audio through but to a relay: coturn with the secret it shares with us.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { choose } from "../house/browser.mjs";
import { until } from "../house/program.mjs";
import { must, same } from "../house/run.mjs";
import { hears } from "./phone.mjs";

const CALLER = 440;
const AGENT = 1000;
const SECRET = "shared with the relay";

async function startRelay() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  const folder = mkdtempSync(join(tmpdir(), "zuoxi-relay-"));
  const settings = {
    "listening-ip": "127.0.0.1",
    "listening-port": port,
    "relay-ip": "127.0.0.1",
    "static-auth-secret": SECRET,
    realm: "zuoxi.test",
    pidfile: join(folder, "pid"),
    userdb: join(folder, "users"),
    "log-file": "stdout",
  };
  const flags = ["use-auth-secret", "no-cli", "no-tls", "no-dtls", "no-multicast-peers", "allow-loopback-peers"];
  const args = [...Object.entries(settings).map(([name, value]) => `--${name}=${value}`), ...flags.map((flag) => `--${flag}`)];
  const child = spawn("turnserver", ["-n", ...args], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const out of [child.stdout, child.stderr]) out.on("data", (text) => (said += text));
  child.on("error", (why) => (said += why.message));
  process.on("exit", () => child.kill("SIGKILL"));
  await until("the relay to listen", async () => {
    must(child.exitCode === null && child.pid !== undefined, `turnserver ended: ${said.slice(-2000)}`);
    return new Promise((tell) => {
      const line = connect(port, "127.0.0.1", () => (line.destroy(), tell(true)));
      line.on("error", () => tell(false));
    });
  });
  return { url: (transport) => `turn:127.0.0.1:${port}?transport=${transport}`, end: () => child.kill("SIGKILL") };
}

/** By which kind of way the page's newest connection goes; nothing before there is one. */
const way = (page) =>
  page.evaluate(async () => {
    const stats = [...((await window.__phone.peers.at(-1)?.getStats())?.values() ?? [])];
    const transport = stats.find((one) => one.type === "transport");
    const pair = stats.find((one) => one.id === transport?.selectedCandidatePairId);
    const local = stats.find((one) => one.id === pair?.localCandidateId);
    return local && `${local.candidateType} over ${local.relayProtocol}`;
  });

export async function overRelay({ step, house, who, caller, dial, api, gauge }) {
  const { page, say } = who;
  let talk;
  let relay;
  async function set(relay) {
    const { id, updatedAt, updatedBy, ...company } = await api.get("/admin/company");
    await api.put("/admin/company", { ...company, relay });
    return api.get("/admin/company");
  }

  async function talks(transport) {
    await page.goto(`${house.base}/desk`);
    await page.locator(".seat > .ant-btn-primary").click();
    await page.locator('.take [data-station="browser"]').click();
    await page.locator(".take .ant-btn-primary").click();
    await page.locator(".seat .station-ok").waitFor();
    // The seat may show the line of before until the page has its own.
    await until("the page's own line", async () => (await way(page)) !== undefined);
    same(await way(page), `relay over ${transport}`, "the way");
    await page.locator(".idle .ant-btn-primary").click();
    await page.locator(".idle-ready").waitFor();
    talk = await caller.dial(dial);
    await page.locator(".focus-ringing").waitFor();
    await page.keyboard.press("Alt+a");
    talk.say(CALLER);
    await talk.hears(AGENT);
    await hears(page, CALLER);
    same(await way(page), `relay over ${transport}`, "the way in the talk");
  }

  /** Nobody talks or sits there any more. */
  async function leave() {
    await page.reload();
    await house.calm(who, [talk]);
    await page.locator(".seat-button").click();
    await choose(page, say("seat.leave"));
    await page.locator(".seat > .ant-btn-primary").waitFor();
    await until("no browser to be a phone", async () => (await gauge("browser_phones")) === 0);
  }

  await step(
    "over a relay and no other way an agent at a browser and a caller hear each other",
    async () => {
      relay = await startRelay();
      const kept = await set({ urls: [relay.url("udp")], only: true, password: SECRET });
      must(!JSON.stringify(kept).includes(SECRET) && kept.relay.sealed === undefined, "the secret is told to nobody");
      await talks("udp");
    },
    { look: page, after: leave },
  );

  await step(
    "where a network lets no UDP through the agent's browser reaches the relay over TCP, and both are heard",
    async () => {
      await set({ urls: [relay.url("tcp")], only: true });
      await talks("tcp");
    },
    {
      look: page,
      after: async () => {
        relay?.end();
        await set({ urls: [], only: false });
        await leave();
      },
    },
  );
}
