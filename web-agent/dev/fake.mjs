// A pretend server for looking at pages: sample data, a call every few seconds. `npm run fake`, then open the printed address.
// POST /fake/{ring|ring-many|ring-none|ring-tail|timeout|meanwhile|gone|drop} makes things happen. Never shipped, never part of a test of the product.

import { createReadStream, existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { WebSocketServer } from "ws";
import * as d from "./data.mjs";
import { prompts } from "./prompts.mjs";
import { wav } from "./wav.mjs";

const port = Number(process.env.PORT ?? 8099);
const dist = new URL("../dist/", import.meta.url).pathname;
const me = {
  agent: { id: "1", name: "林晓", username: "lin", team: { id: "t1", name: "一组" } },
  roles: ["agent", "supervisor", "admin"],
  permissions: [
    "desk.use",
    "calls.read",
    "customers.read",
    "customers.write",
    "recordings.listen",
    "live.read",
    "seats.force",
    "calls.all",
    "admin.read",
    "admin.write",
    "audit.read",
  ],
  language: "zh-CN",
  zone: "Asia/Shanghai",
  mustChangePassword: false,
};
let signedIn = process.env.SIGNED_IN !== "0";
let seat = {
  agent: "1",
  station: null,
  status: { kind: "offline" },
  statusSince: Date.now(),
  statusWhy: "chosen",
  activity: { kind: "idle" },
  activitySince: Date.now(),
  health: "none",
  next: null,
};
let cards = [];
let n = 1;
const log = [];
const sockets = new Set();

const say = (body) => {
  const message = { n: ++n, at: Date.now(), ...body };
  log.push(message);
  for (const s of sockets) s.send(JSON.stringify(message));
};
const setSeat = (some, why = "chosen") => {
  seat = { ...seat, ...some };
  say({ kind: "seat", seat, why });
};
const allowed = {
  ringing: ["answer", "reject"],
  talking: [
    "hold",
    "mute",
    "unmute",
    "send_digits",
    "transfer",
    "pause_recording",
    "resume_recording",
    "hangup",
    "dispose",
  ],
  held: ["resume", "transfer", "hangup", "dispose"],
  wrap_up: ["end_wrap_up", "extend_wrap_up", "dispose"],
};
const put = (card) => {
  card.allowed = allowed[card.state];
  cards = [...cards.filter((c) => c.interaction !== card.interaction), card];
  say({ kind: "card", card });
  const kind = { ringing: "offered", talking: "talking", held: "held", wrap_up: "wrap_up" }[card.state];
  setSeat(
    {
      activity: {
        kind,
        interaction: card.interaction,
        ...(kind === "wrap_up" ? { queue: card.queue, until: card.until } : {}),
      },
      activitySince: Date.now(),
    },
    "call",
  );
};
const gone = (interaction, why) => {
  const card = cards.find((c) => c.interaction === interaction);
  if (card?.talkingSince) d.rows.unshift(rowOf(card));
  cards = cards.filter((c) => c.interaction !== interaction);
  say({ kind: "card_gone", interaction, why });
  setSeat({ activity: { kind: "idle" }, activitySince: Date.now() }, "call");
};
let next = 990001;
/** A call that was a card is a row afterwards. */
const rowOf = (card) => ({
  ...d.rows.find((r) => r.agent),
  id: card.interaction,
  began: card.talkingSince - 40000,
  number: card.caller.number,
  callerRaw: card.caller.raw,
  customer: d.customers.find((c) => c.id === card.customer) ?? null,
  vip: card.vip,
  queue: d.queues[1],
  agent: me.agent,
  dispositions: [],
});
function ring(kind) {
  const known = (c, reason, confidence) => ({
    customer: c.id,
    contact: null,
    name: c.name,
    contactName: c.contacts[0]?.name ?? null,
    level: c.level,
    vip: c.vip,
    reason,
    confidence,
    openItems: d.rnd(3),
    lastContacts: d.rows
      .filter((r) => r.customer?.id === c.id)
      .slice(0, 5)
      .map((r) => ({
        interaction: r.id,
        at: r.began,
        direction: r.direction,
        agent: r.agent?.name ?? null,
        queue: r.queue.name,
        cause: r.cause,
        disposition: r.dispositions[0]?.nameZh ?? null,
        notes: null,
      })),
  });
  const c = d.rows.find((r) => r.customer && r.agent)?.customer;
  const first = d.customers.find((x) => x.id === c.id);
  const candidates =
    kind === "none"
      ? []
      : kind === "many"
        ? [known(first, "exact", 90), known(d.customers[7], "shared_line", 60), known(d.customers[11], "tail", 40)]
        : kind === "tail"
          ? [known(first, "tail", 40)]
          : [{ ...known(first, "exact", 100), vip: true }];
  put({
    interaction: String(next++),
    state: "ringing",
    direction: "inbound",
    caller: { raw: first.number, name: "", number: kind === "none" ? "+8613912345678" : first.number, withheld: false },
    dialed: "4008001234",
    queue: d.queues[1].id,
    queueName: d.queues[1].name,
    vip: kind === undefined,
    waitedMs: 34000,
    stateSince: Date.now(),
    until: Date.now() + 25000,
    talkingSince: null,
    muted: false,
    recording: "off",
    pressed: [
      { node: "language", label: "中文", digits: "1" },
      { node: "menu", label: "售后服务", digits: "2" },
      { node: "order", label: null, digits: "2023****" },
    ],
    candidates,
    customer: candidates.length === 1 && candidates[0].confidence >= 80 ? candidates[0].customer : null,
    disposition: null,
    supervisedBy: [],
    allowed: [],
    ended: null,
  });
}
function command(card, c) {
  const now = Date.now();
  const to = (some) => put({ ...card, stateSince: now, ...some });
  const wrap = () => to({ state: "wrap_up", until: now + 45000, ended: "answered_hangup", recording: "off" });
  if (c.kind === "answer") to({ state: "talking", until: null, talkingSince: now, recording: "on" });
  else if (c.kind === "reject") gone(card.interaction, "rejected");
  else if (c.kind === "hold") to({ state: "held" });
  else if (c.kind === "resume") to({ state: "talking" });
  else if (c.kind === "mute" || c.kind === "unmute") to({ muted: c.kind === "mute", stateSince: card.stateSince });
  else if (c.kind === "pause_recording" || c.kind === "resume_recording")
    to({ recording: c.kind === "pause_recording" ? "paused" : "on", stateSince: card.stateSince });
  else if (c.kind === "hangup" || c.kind === "transfer") wrap();
}
function seatCommand(c) {
  const now = Date.now();
  if (c.kind === "sign_in")
    setSeat({
      station: c.station,
      status: { kind: "not_ready", reason: null },
      statusSince: now,
      statusWhy: "chosen",
      health: "ok",
    });
  if (c.kind === "ready") setSeat({ status: { kind: "ready" }, statusSince: now, statusWhy: "chosen" });
  if (c.kind === "not_ready")
    setSeat(
      seat.activity.kind === "idle"
        ? { status: { kind: "not_ready", reason: c.reason }, statusSince: now, statusWhy: "chosen" }
        : { next: { kind: "not_ready", reason: c.reason } },
    );
  if (c.kind === "sign_out") setSeat({ status: { kind: "offline" }, statusSince: now, station: null, health: "none" });
  const wrap = cards.find((x) => x.state === "wrap_up");
  if (c.kind === "end_wrap_up" && wrap) gone(wrap.interaction, "finished");
  if (c.kind === "extend_wrap_up" && wrap) put({ ...wrap, until: wrap.until + c.byMs });
}

// ---- the board
const liveStates = ["ivr", "waiting", "waiting", "ringing", "talking", "talking", "talking", "held"];
const calls = Array.from({ length: 14 }, (_, i) => ({
  interaction: String(800 + i),
  direction: "inbound",
  caller: { raw: "", name: "", number: d.rows[i].number ?? "+8613800000000", withheld: false },
  dialed: "95001",
  customer: null,
  vip: i === 3,
  state: liveStates[i % 8],
  since: Date.now() - i * 7000,
  began: Date.now() - i * 17000,
  queue: d.queues[i % 4].id,
  agent: i % 8 > 2 ? d.agents[i % 8].id : null,
  flow: "welcome",
  node: "menu",
}));
const agents = d.agents.map((a, i) => ({
  seat: {
    agent: a.id,
    station: "s",
    status: [
      { kind: "ready" },
      { kind: "ready" },
      { kind: "not_ready", reason: "r1" },
      { kind: "ready" },
      { kind: "offline" },
    ][i % 5],
    statusSince: Date.now() - i * 99000,
    statusWhy: "chosen",
    activity:
      i % 3 === 0
        ? { kind: "talking", interaction: "804" }
        : i === 5
          ? { kind: "wrap_up", interaction: "1", queue: null, until: null }
          : { kind: "idle" },
    activitySince: Date.now() - i * 31000,
    health: i === 7 ? "unreachable" : "ok",
    next: null,
  },
  answeredToday: 20 + i * 3,
  missedToday: i % 3,
  talkMsToday: 4e6 + i * 5e5,
}));
const liveQueues = () =>
  d.queues.map((q, i) => ({
    queue: q.id,
    waiting: calls.filter((c) => c.queue === q.id && c.state === "waiting").length,
    oldest: i < 2 ? Date.now() - 23000 - i * 60000 : null,
    ringing: i === 0 ? 1 : 0,
    talking: i + 1,
    offered: 120 + i * 31,
    answered: 108 + i * 25,
    abandoned: 7 + i,
    shortAbandoned: 3,
    withinTarget: 92 + i * 18,
    waitMsSum: 1.4e6,
  }));

// ---- http
const page = (list, q, limit = 50) => {
  const size = Number(q.get("limit") ?? limit);
  const from = Number(q.get("cursor") ?? 0);
  return { items: list.slice(from, from + size), next: from + size < list.length ? String(from + size) : null };
};
const kept = (list) =>
  list.map((one, i) => ({ id: `x${i}`, version: 1, updatedAt: Date.now() - 9e6, updatedBy: "1", ...one }));
const things = {
  agents: kept(
    d.agents.map((a, i) => ({
      id: a.id,
      name: a.name,
      username: `agent${a.id}`,
      roles: i === 0 ? ["agent", "admin"] : ["agent"],
      team: "t1",
      station: `s${a.id}`,
      skills: [
        { skill: "k1", level: 8 },
        { skill: "k2", level: 5 },
      ],
      dialPrefixes: ["+86"],
      language: "zh-CN",
      active: i !== 6,
    })),
  ),
  teams: kept([
    { id: "t1", name: "一组", lead: "1" },
    { id: "t2", name: "二组", lead: null },
  ]),
  skills: kept([
    { id: "k1", name: "中文" },
    { id: "k2", name: "English" },
    { id: "k3", name: "售后" },
  ]),
  queues: kept(
    d.queues.map((q) => ({
      id: q.id,
      name: q.name,
      skills: [{ skill: "k1", level: 3 }],
      ringSeconds: 20,
      maxWaitSeconds: 300,
      atMaxWait: { kind: "voicemail" },
      maxWaiting: 50,
      whenFull: { kind: "hangup", prompt: "all-busy" },
      wrapUpSeconds: 45,
      announceSeconds: 30,
      music: "",
      priority: 0,
      ageStepSeconds: 60,
      targetSeconds: 20,
      shortSeconds: 5,
      record: true,
      autoAnswer: false,
      missedNotReady: true,
      rejectedNotReady: false,
    })),
  ),
  numbers: kept([
    { pattern: "4008001234", flow: "welcome", note: "热线" },
    { pattern: "95001*", flow: "welcome", note: "" },
  ]),
  trunks: kept([
    {
      name: "电信 SIP 中继",
      from: ["203.0.113.0/28"],
      digestUser: null,
      to: ["203.0.113.1:5060"],
      tcp: false,
      trusted: true,
      country: "CN",
      maxCalls: 60,
      callerId: "+862155550000",
      prefixes: [],
    },
  ]),
  stations: kept(
    d.agents.map((a, i) => ({
      id: `s${a.id}`,
      username: `100${a.id}`,
      answerBy: ["phone", "talk_event", "auto_answer"][i % 3],
      note: "",
      health: i !== 4 ? "ok" : "unreachable",
      userAgent: "baresip v3.10",
      address: "10.0.0.12:5060",
    })),
  ),
  dispositions: kept(
    d.dispositions.flatMap((x, i) => [
      { ...x, parent: null, position: i, children: undefined },
      ...x.children.map((c, j) => ({ ...c, parent: x.id, position: j, children: undefined })),
    ]),
  ),
  reasons: kept(d.reasons),
};
things.flows = [];
things.lists = kept([
  { name: "vip", builtin: true, numbers: ["+8613800138000"], count: 1 },
  { name: "block", builtin: true, numbers: [], count: 0 },
]);
const flow = { ...kept([{ name: "welcome", yaml: d.flowYaml }])[0], version: 3 };
things.flows = [flow, { ...flow, id: "f2", name: "after-hours" }];
const body = (req) =>
  new Promise((ok) => {
    let t = "";
    req.on("data", (c) => {
      t += c;
    });
    req.on("end", () => ok(t ? JSON.parse(t) : {}));
  });
const problem = (status, code, detail, more = {}) =>
  Object.assign(new Error(detail), {
    status,
    body: { type: "about:blank", title: detail, status, detail, code, ...more },
  });
const drafts = new Map();

async function api(req, path, q) {
  const method = req.method;
  const is = (m, re) => (m === method ? re.exec(path) : null);
  let m;
  if (path === "/session") {
    if (method === "DELETE") {
      signedIn = false;
      return null;
    }
    if (method === "POST") {
      const b = await body(req);
      if (b.password === "wrong") throw problem(401, "bad_credentials", "no");
      signedIn = true;
      return me;
    }
    if (!signedIn) throw problem(401, "signed_out", "no session");
    return me;
  }
  if (!signedIn) throw problem(401, "signed_out", "no session");
  if (path === "/session/password")
    throw problem(422, "invalid", "too short", {
      errors: [{ field: "next", rule: "length", message: "at least 10 characters" }],
    });
  if (path === "/desk/setup")
    return {
      reasons: d.reasons,
      dispositions: d.dispositions,
      queues: d.queues.map((x, i) => ({ ...x, waiting: i, ready: 3 - i })),
      stations: [
        { id: "a1", name: "", browser: true, mine: false, free: true, health: "unreachable" },
        { id: "s1", name: "1001", browser: false, mine: true, free: true, health: "ok" },
        { id: "s2", name: "1002", browser: false, mine: false, free: true, health: "unreachable" },
      ],
      agents: d.agents.map((a, i) => ({ ...a, presence: ["free", "busy", "not_ready", "offline"][i % 4] })),
    };
  if (path === "/filters")
    return {
      agents: d.agents.map((a) => ({
        id: a.id,
        name: a.name,
        team: { id: a.team, name: a.team },
        active: true,
        calls: true,
        recordings: true,
      })),
      queues: d.queues,
    };
  if (path === "/interactions") {
    const f = (k) => q.get(k);
    const list = d.rows.filter(
      (r) =>
        (!f("agent") || r.agent?.id === f("agent")) &&
        (!f("queue") || r.queue.id === f("queue")) &&
        (!f("customer") || r.customer?.id === f("customer")) &&
        (!f("cause") || r.cause === f("cause")) &&
        (!f("direction") || r.direction === f("direction")) &&
        (!f("number") || (r.number ?? "").includes(f("number"))) &&
        (!f("from") || r.began >= Number(f("from"))) &&
        (!f("to") || r.began < Number(f("to"))) &&
        (!f("recorded") || String(r.recorded) === f("recorded")),
    );
    return page(list, q);
  }
  if ((m = is("GET", /^\/interactions\/(\d+)$/))) {
    const row = d.rows.find((r) => r.id === m[1]);
    const draft = drafts.get(m[1]) ?? null;
    return row ? { ...d.detail(row), draft } : { id: m[1], draft, segments: [], events: [], recordings: [] };
  }
  if ((m = is("PUT", /^\/interactions\/(\d+)\/draft$/))) {
    const typed = await body(req);
    if (typed.notes || typed.dispositions.length) drafts.set(m[1], { ...typed, at: Date.now() });
    else drafts.delete(m[1]);
    return null;
  }
  if (path === "/drafts")
    return {
      items: [...drafts].flatMap(([id, draft]) => {
        const interaction = d.rows.find((r) => r.id === id);
        return interaction ? [{ ...draft, interaction }] : [];
      }),
      next: null,
    };
  if ((m = is("PUT", /^\/interactions\/(\d+)\/customer$/))) {
    const b = await body(req);
    const c = cards.find((x) => x.interaction === m[1]);
    if (c) put({ ...c, customer: b.customer });
    return null;
  }
  if ((m = is("PUT", /^\/interactions\/(\d+)\/disposition$/))) {
    const b = await body(req);
    const c = cards.find((x) => x.interaction === m[1]);
    if (c) put({ ...c, disposition: b });
    drafts.delete(m[1]);
    d.save(m[1], me.agent.id, b);
    return null;
  }
  if (path === "/customers" && method === "GET") {
    const w = (q.get("q") ?? "").toLowerCase();
    return page(
      d.customers.filter((c) => c.name.toLowerCase().includes(w) || c.number.includes(w)),
      q,
    );
  }
  if (path === "/customers") {
    const b = await body(req);
    if (b.name === "bad")
      throw problem(422, "invalid", "name is taken", { errors: [{ field: "name", rule: "unique", message: "taken" }] });
    const c = { ...d.customers[0], ...b, id: String(99999), points: [] };
    d.customers.unshift(c);
    return c;
  }
  if ((m = is("GET", /^\/customers\/(\d+)$/))) {
    const c = d.customers.find((x) => x.id === m[1]);
    if (!c) throw problem(404, "not_found", "no such customer");
    return c;
  }
  if ((m = is("PUT", /^\/customers\/(\d+)$/))) {
    const b = await body(req);
    const c = d.customers.find((x) => x.id === m[1]);
    if (b.version !== c.version) throw problem(409, "version_conflict", "somebody saved");
    Object.assign(c, b, { version: c.version + 1 });
    return c;
  }
  if ((m = is("GET", /^\/customers\/(\d+)\/timeline$/))) {
    const list = d.rows
      .filter((r) => r.customer?.id === m[1])
      .map((r) => ({
        id: r.id,
        kind: "interaction",
        at: r.began,
        interaction: r,
        notes: d.detail(r).notes,
        recordings: r.recorded ? [d.recordingOf(r)] : [],
      }));
    return page(list, q, 20);
  }
  if (is("POST", /^\/customers\/(\d+)\/points$/))
    return { id: String(Math.random()), ...(await body(req)), contact: null };
  if (path === "/recordings")
    return page(
      d.rows
        .filter((r) => r.recorded && (!q.get("customer") || r.customer?.id === q.get("customer")))
        .map((r, i) => ({
          ...d.recordingOf(r),
          ...(i === 0 ? { state: "recording", durationMs: 0, complete: false } : {}),
        })),
      q,
    );
  if ((m = is("GET", /^\/recordings\/rec(\d+)\/peaks$/))) {
    const r = d.rows.find((x) => x.id === m[1]);
    return {
      durationMs: r.talkMs,
      channels: [0, 1].map((c) =>
        Array.from({ length: 600 }, (_, i) =>
          Math.floor(i / 30) % 2 === c ? 0.15 + 0.8 * Math.abs(Math.sin(i * 0.7) * Math.cos(i * 0.13)) : 0.02,
        ),
      ),
    };
  }
  if (path === "/live")
    return {
      at: Date.now(),
      calls,
      agents,
      queues: liveQueues(),
      agentNames: Object.fromEntries(d.agents.map((a) => [a.id, a])),
      queueNames: Object.fromEntries(d.queues.map((x) => [x.id, { name: x.name, targetMs: 20000 }])),
    };
  if ((m = is("GET", /^\/live\/explain\/(\d+)$/)))
    return {
      interaction: m[1],
      queue: d.queues[0].id,
      position: 2,
      waitedMs: 34000,
      ringing: null,
      agents: d.agents.map((a, i) => ({
        agent: a.id,
        obstacle:
          i < 2
            ? null
            : { kind: ["on_call", "wrap_up", "not_ready", "skill", "signed_out", "station_unreachable"][i % 6] },
        levels: 7,
        idleMs: i < 2 ? 40000 - i * 9000 : 0,
      })),
    };
  if (path === "/admin/company")
    return { name: "示例公司", version: 1, zone: "Asia/Shanghai", country: "CN", areaCode: "21", language: "zh-CN" };
  if (path === "/admin/audit")
    return page(
      d.rows.slice(0, 500).map((r, i) => ({
        id: String(i),
        at: r.began,
        actor: d.agents[i % 8].id,
        action: ["recording.listened", "agent.changed", "sign_in.failed", "flow.published"][i % 4],
        object: `interaction ${r.id}`,
        detail: "level 5 → 8",
        address: "10.0.0.7",
      })),
      q,
    );
  if (is("GET", /^\/admin\/\w+\/([^/]+)\/(history|versions)$/))
    return {
      items: [3, 2, 1].map((version) => ({
        version,
        at: Date.now() - (4 - version) * 9e7,
        by: "1",
        note: `第 ${version} 版`,
        item: { name: "welcome", yaml: d.flowYaml.replace("5s", `${version}s`) },
      })),
      next: null,
    };
  if (path === "/live/stations")
    return {
      items: things.stations.map((x, i) => ({
        station: x.id,
        health: i === 4 ? "unreachable" : "ok",
        userAgent: "baresip v3.10",
        address: "10.0.0.12:5060",
      })),
      next: null,
    };

  if (is("PUT", /^\/admin\/agents\/(\w+)\/password$/))
    return { password: (await body(req)).next ? null : "correct horse" };
  if ((m = is("GET", /^\/admin\/flows\/([^/]+)$/))) {
    const one = things.flows.find((x) => x.name === m[1]);
    if (!one) throw problem(404, "not_found", "no such flow");
    return one;
  }
  const problems = (yaml) =>
    yaml.includes("BAD")
      ? [
          {
            line: 12,
            column: 9,
            node: "menu",
            en: "queue “售前X” does not exist",
            zh: "技能组“售前X”不存在",
            code: "unknown_queue",
            severity: "error",
          },
          {
            line: 5,
            column: 3,
            node: "hello",
            en: "node is never reached",
            zh: "节点不可达",
            code: "unreached",
            severity: "warning",
          },
        ]
      : [];
  if (is("POST", /^\/admin\/flows\/([^/]+)\/check$/)) return { problems: problems((await body(req)).yaml) };
  if (is("PUT", /^\/admin\/flows\/([^/]+)$/)) {
    const sent = await body(req);
    if (sent.version !== flow.version)
      throw problem(409, "version_conflict", "somebody was quicker", { current: flow });
    if (problems(sent.yaml).length) throw problem(422, "flow_invalid", "2 problems", { problems: problems(sent.yaml) });
    return Object.assign(flow, sent, { version: flow.version + 1 });
  }
  if ((m = /^\/admin\/(\w+)(?:\/(.+))?$/.exec(path)) && things[m[1]]) {
    const list = things[m[1]];
    if (method === "GET") return m[2] ? list.find((x) => x.id === m[2]) : page(list, q, 200);
    if (method === "POST") {
      const t = { id: String(Math.random()), ...(await body(req)) };
      list.push(t);
      return t;
    }
    if (method === "PUT") {
      const [one, sent] = [list.find((x) => x.id === m[2]), await body(req)];
      if (sent.version !== one.version)
        throw problem(409, "version_conflict", "somebody was quicker", { current: one });
      return Object.assign(one, sent, { version: one.version + 1 });
    }
    things[m[1]] = list.filter((x) => x.id !== m[2]);
    return null;
  }
  throw problem(404, "not_found", `${method} ${path}`);
}

const types = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".json": "application/json",
};
const server = createServer(async (req, res) => {
  const url = new URL(req.url, "http://x");
  const m = /^\/fake\/(.+)$/.exec(url.pathname);
  if (m) {
    if (m[1] === "ring") ring();
    if (m[1] === "ring-many") ring("many");
    if (m[1] === "ring-none") ring("none");
    if (m[1] === "ring-tail") ring("tail");
    if (m[1] === "timeout" && cards[0]) gone(cards[0].interaction, "finished");
    // Somebody else saves the first queue and the company.
    if (m[1] === "meanwhile") {
      const one = things.queues[0];
      Object.assign(one, { version: one.version + 1, updatedAt: Date.now(), updatedBy: d.agents[1].id });
      Object.assign(flow, { version: flow.version + 1, updatedAt: Date.now(), updatedBy: d.agents[1].id });
      flow.yaml = flow.yaml.replace("timeout: 5s", "timeout: 8s");
      Object.assign(one, { ringSeconds: 25, atMaxWait: { kind: "queue", queue: d.queues[2].id }, record: false });
    }
    if (m[1] === "gone" && cards[0]) gone(cards[0].interaction, "caller_left");
    if (m[1] === "reset") {
      for (const c of cards) gone(c.interaction, "finished");
      seatCommand({ kind: "sign_out" });
    }
    if (m[1] === "missed") {
      for (const c of cards) gone(c.interaction, "missed");
      setSeat(
        { status: { kind: "not_ready", reason: null }, statusSince: Date.now(), statusWhy: "missed_offer" },
        "missed_offer",
      );
    }
    if (m[1] === "drop") for (const s of sockets) s.terminate();
    if (m[1] === "out") signedIn = false;
    return res.end("ok\n");
  }
  const prompt = await prompts(req, url.pathname);
  if (prompt) {
    res.writeHead(prompt.status, { "content-type": prompt.type });
    return res.end(prompt.body);
  }
  const audio = /^\/api\/v1\/recordings\/rec(\d+)\/audio$/.exec(url.pathname);
  if (audio) {
    const b = wav(d.rows.find((x) => x.id === audio[1]).talkMs);
    const r = /bytes=(\d+)-(\d*)/.exec(req.headers.range ?? "");
    const from = r ? Number(r[1]) : 0;
    const to = r?.[2] ? Number(r[2]) : b.length - 1;
    res.writeHead(r ? 206 : 200, {
      "content-type": "audio/wav",
      "accept-ranges": "bytes",
      "content-length": to - from + 1,
      ...(r ? { "content-range": `bytes ${from}-${to}/${b.length}` } : {}),
    });
    return res.end(b.subarray(from, to + 1));
  }
  if (url.pathname.startsWith("/api/v1")) {
    try {
      const answer = await api(req, url.pathname.slice(7), url.searchParams);
      if (answer === null) {
        res.writeHead(204);
        return res.end();
      }
      res.writeHead(200, { "content-type": "application/json" });
      return res.end(JSON.stringify(answer));
    } catch (why) {
      res.writeHead(why.status ?? 500, { "content-type": "application/problem+json" });
      return res.end(JSON.stringify(why.body ?? { code: "internal", detail: String(why.stack) }));
    }
  }
  let file = join(dist, url.pathname);
  if (!existsSync(file) || statSync(file).isDirectory()) file = join(dist, "index.html");
  res.writeHead(200, { "content-type": types[extname(file)] ?? "application/octet-stream" });
  createReadStream(file).pipe(res);
});
new WebSocketServer({ server, path: "/api/v1/desk/ws" }).on("connection", (socket, req) => {
  const after = Number(new URL(req.url, "http://x").searchParams.get("after"));
  const send = (m) => socket.send(JSON.stringify(m));
  if (after > 0 && after <= n) for (const m of log.filter((x) => x.n > after)) send(m);
  else send({ n, at: Date.now(), kind: "snapshot", seat, cards, supervising: null });
  sockets.add(socket);
  socket.on("close", () => sockets.delete(socket));
  let board = null;
  socket.on("message", (data) => {
    const i = JSON.parse(data);
    if (i.ask === "seat") seatCommand(i.command);
    if (i.ask === "call") {
      const card = cards.find((c) => c.interaction === i.interaction);
      if (!card)
        return send({ n: 0, at: Date.now(), kind: "refused", id: i.id, code: "call_not_found", message: "gone" });
      command(card, i.command);
    }
    if (i.ask === "watch_board") {
      clearInterval(board);
      if (i.on)
        board = setInterval(() => {
          const c = calls[d.rnd(calls.length)];
          c.state = liveStates[d.rnd(8)];
          c.since = Date.now();
          send({
            n: 0,
            at: Date.now(),
            kind: "board",
            calls: [c],
            callsGone: [],
            agents: [],
            agentsGone: [],
            queues: liveQueues(),
            queuesGone: [],
          });
        }, 700);
    }
    send({ n: 0, at: Date.now(), kind: "done", id: i.id });
  });
  socket.on("close", () => clearInterval(board));
});
server.listen(port, "127.0.0.1", () => console.log(`http://127.0.0.1:${port}`));
readFileSync(join(dist, "index.html"));
