// The prompts of the pretend server: the demo's own files, and what is put over them, in memory.

import { readdirSync, readFileSync } from "node:fs";

const folder = new URL("../../ivr/demo/prompts/", import.meta.url);
const says = readFileSync(new URL("prompts.tsv", folder), "utf8")
  .split("\n")
  .slice(1)
  .map((line) => line.split("\t"));
const builtIn = new Map();
for (const [n, language] of [
  [1, "zh-CN"],
  [2, "en"],
])
  for (const file of readdirSync(new URL(`${language}/`, folder))) {
    const name = file.replace(".wav", "");
    const wav = readFileSync(new URL(`${language}/${file}`, folder));
    builtIn.set(`${language}/${name}`, { wav, says: says.find((line) => line[0] === name)?.[n] ?? null });
  }
builtIn.set("music/default", { wav: builtIn.get("en/main-menu").wav, says: null });
builtIn.set("all/beep", { wav: builtIn.get("en/point").wav, says: null });
const own = new Map([
  ["zh-CN/welcome", { wav: builtIn.get("zh-CN/main-menu").wav, at: Date.now() - 9e7 }],
  ["zh-CN/spring-sale", { wav: builtIn.get("zh-CN/closed").wav, at: Date.now() - 9e8 }],
  ["music/piano", { wav: builtIn.get("zh-CN/main-menu").wav, at: Date.now() - 9e8 }],
]);
const flows = { welcome: ["welcome", "after-hours", "direct"], "main-menu": ["welcome"], "spring-sale": ["welcome"] };
const queues = { "all-busy": ["售前咨询", "售后服务"], default: ["English Support"], piano: ["售前咨询"] };

function row(key) {
  const [language, name] = key.split("/");
  const wav = own.get(key)?.wav ?? builtIn.get(key).wav;
  return {
    language,
    name,
    durationMs: Math.round((wav.length - 44) / 16),
    bytes: wav.length,
    own: own.has(key),
    builtIn: builtIn.has(key),
    says: builtIn.get(key)?.says ?? null,
    changedAt: own.get(key)?.at ?? null,
    flows: flows[name] ?? [],
    queues: queues[name] ?? [],
  };
}

/** Answers what is asked of prompts: status, type, body; null: it is about something else. */
export async function prompts(req, path) {
  if (path === "/api/v1/admin/prompts") {
    const items = [...new Set([...builtIn.keys(), ...own.keys()])].map(row);
    return json(200, { items, next: null });
  }
  const at = /^\/api\/v1\/admin\/prompts\/([^/]+)\/([^/]+)(\/audio)?$/.exec(path);
  if (!at) return null;
  const key = `${at[1]}/${decodeURIComponent(at[2])}`;
  if (req.method === "GET") {
    return { status: 200, type: "audio/wav", body: own.get(key)?.wav ?? builtIn.get(key).wav };
  }
  if (req.method === "DELETE") {
    const used = flows[at[2]] ?? queues[at[2]];
    if (used && !builtIn.has(key))
      return json(409, { code: "in_use", detail: "it is in use", usedBy: [`flow ${used[0]}`] });
    own.delete(key);
    return { status: 204, type: "text/plain", body: "" };
  }
  const parts = [];
  for await (const part of req) parts.push(part);
  own.set(key, { wav: Buffer.concat(parts), at: Date.now() });
  return json(200, { ...row(key), flowFaults: [] });
}
const json = (status, body) => ({ status, type: "application/json", body: JSON.stringify(body) });
