// The program under test in a process of its own: free ports, a fresh data folder, the demo company. Ends by its process
// id only. Comes in at `startProgram`.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const repo = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");
const target = process.env.CARGO_TARGET_DIR ?? join(repo, "target");
const PATIENCE_MS = 90_000;
export const DEMO_PASSWORD = "zuoxi-demo";

/** A program that cargo built: `zuoxi` or one of the tests' own. */
export function built(name) {
  const given = process.env[`${name.toUpperCase().replaceAll("-", "_")}_BIN`];
  const found = [given, join(target, "debug", name), join(target, "release", name)].find(
    (path) => path && existsSync(path),
  );
  if (!found) throw new Error(`${name} is not in ${target}: cargo build -p agent-server -p zuoxi-tests --bins`);
  return found;
}

async function freePort() {
  for (;;) {
    const tcp = createServer().listen(0, "127.0.0.1");
    await once(tcp, "listening");
    const { port } = tcp.address();
    const udp = createSocket("udp4");
    const free = await new Promise((tell) => {
      udp.once("error", () => tell(false));
      udp.bind(port, "127.0.0.1", () => tell(true));
    });
    if (free) udp.close();
    tcp.close();
    if (free) return port;
  }
}

const pause = (ms) => new Promise((go) => setTimeout(go, ms));

/** Looks until `look` gives something; `what` is said where it never does. */
export async function until(what, look, patience = PATIENCE_MS) {
  const end = Date.now() + patience;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await pause(25);
  }
}

/** Starts it and waits until it is ready. `env` adds settings. */
export async function startProgram(env = {}) {
  const folder = mkdtempSync(join(tmpdir(), "zuoxi-tour-"));
  const [web, sip] = [await freePort(), await freePort()];
  const first = 12_000 + 2_000 * (process.pid % 9);
  const settings = {
    ZUOXI_HTTP__LISTEN: `127.0.0.1:${web}`,
    ZUOXI_SIP__LISTEN: `127.0.0.1:${sip}`,
    ZUOXI_MEDIA__FIRST_PORT: String(first),
    ZUOXI_MEDIA__LAST_PORT: String(first + 999),
    ZUOXI_MEDIA__THREADS: "1",
    ZUOXI_STORE__DATA: join(folder, "data"),
    ZUOXI_COMPANY__DEMO: "true",
    ...env,
  };
  const log = join(folder, "zuoxi.log");
  const out = createWriteStream(log);
  const base = `http://127.0.0.1:${web}`;
  let child = null;
  // Whatever ends the tour ends it as well.
  process.on("exit", () => child?.kill("SIGKILL"));
  const program = {
    base,
    sip: `127.0.0.1:${sip}`,
    data: settings.ZUOXI_STORE__DATA,
    printed: () => readFileSync(log, "utf8"),
    /** Also after a stop, on the same ports and data. */
    async start() {
      child = spawn(built("zuoxi"), ["serve"], {
        cwd: folder,
        env: { ...process.env, ...settings },
        stdio: ["ignore", "pipe", "pipe"],
      });
      child.stdout.pipe(out, { end: false });
      child.stderr.pipe(out, { end: false });
      const mine = child;
      await until("the program to be ready", async () => {
        if (mine.exitCode !== null) throw new Error(`zuoxi ended with ${mine.exitCode}:\n${program.printed()}`);
        return fetch(`${base}/readyz`).then(
          (answer) => answer.ok,
          () => false,
        );
      });
    },
    /** SIGKILL where `hard`; else SIGTERM, and waits for the end. */
    async stop(hard = false) {
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill(hard ? "SIGKILL" : "SIGTERM");
      await ended;
    },
    async end() {
      await program.stop(true);
      out.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await program.start();
  return program;
}

/** The API as a person of the demo company, beside the browser: for setting up, and for looking what the server says. */
export async function apiOf(base, username, password = DEMO_PASSWORD) {
  const headers = { "content-type": "application/json", origin: base };
  const entered = await fetch(`${base}/api/v1/session`, {
    method: "POST",
    headers,
    body: JSON.stringify({ username, password }),
  });
  if (!entered.ok) throw new Error(`${username} may not sign in: ${entered.status} ${await entered.text()}`);
  headers.cookie = entered.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
  const ask = async (method, path, body) => {
    const answer = await fetch(`${base}/api/v1${path}`, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : null;
  };
  return {
    headers,
    get: (path) => ask("GET", path),
    post: (path, body) => ask("POST", path, body),
    put: (path, body) => ask("PUT", path, body),
    remove: (path) => ask("DELETE", path),
  };
}
