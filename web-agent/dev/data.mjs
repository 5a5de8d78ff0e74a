// Sample people and calls for looking at pages without a server. Not shipped, proves nothing about the product.

let seed = 42;
export const rnd = (n) => {
  seed = (seed * 1103515245 + 12345) & 0x7fffffff;
  return seed % n;
};
export const pick = (list) => list[rnd(list.length)];
const zh = ["王小明", "李静", "张伟", "刘洋", "陈思远", "杨紫涵", "赵磊", "黄丽华", "周子墨", "吴倩", "徐立", "孙雨桐"];
const en = ["Ada Lovelace", "Grace Hopper", "Alan Kay", "Barbara Liskov", "Ken Thompson", "Margaret Hamilton"];
export const now0 = Date.now();
export const queues = ["售前咨询", "售后服务", "English Support", "投诉专线"].map((name, i) => ({
  id: String(700 + i),
  name,
}));
export const agents = [
  ["1", "林晓"],
  ["2", "马骏"],
  ["3", "Sofia Rossi"],
  ["4", "何雨"],
  ["5", "Tom Becker"],
  ["6", "郑爽然"],
  ["7", "韩梅"],
  ["8", "Yuki Tanaka"],
].map(([id, name], i) => ({ id, name, team: i % 2 ? "一组" : "二组" }));
const levels = ["普通", "银卡", "金卡", "Platinum", null];
export const customers = Array.from({ length: 10000 }, (_, i) => {
  const person = rnd(4) > 0;
  const name = person
    ? pick([...zh, ...zh, ...en])
    : `${pick(["华夏", "远景", "蓝海", "Nordic", "Acme"])}${pick(["贸易", "科技", " Logistics", " Medical"])}${pick(["有限公司", "集团", " Ltd"])}`;
  const number = `+861${pick(["38", "39", "86", "77"])}${String(10000000 + ((i * 7919) % 89999999))}`;
  return {
    id: String(5000 + i),
    version: 3,
    name,
    kind: person ? "person" : "organisation",
    level: pick(levels),
    vip: rnd(12) === 0,
    notes: rnd(3) ? "" : "偏好下午联系。Prefers calls in the afternoon.",
    number,
    contacts: person ? [] : [{ id: `c${i}`, name: pick(zh), role: "采购" }],
    points: [
      {
        id: `p${i}`,
        kind: "phone",
        value: number,
        label: "手机",
        contact: null,
        sharedLine: rnd(9) === 0,
        doNotCall: false,
        badNumber: false,
      },
      {
        id: `e${i}`,
        kind: "email",
        value: `user${i}@example.com`,
        label: "",
        contact: null,
        sharedLine: false,
        doNotCall: false,
        badNumber: false,
      },
    ],
    createdAt: now0 - rnd(9e8),
    updatedAt: now0 - rnd(9e7),
    lastContactAt: rnd(5) ? now0 - rnd(9e8) : null,
  };
});
export const dispositions = [
  {
    id: "d1",
    nameZh: "咨询",
    nameEn: "Inquiry",
    queues: [],
    children: [
      ["d11", "价格咨询", "Price"],
      ["d12", "物流查询", "Delivery"],
      ["d13", "产品功能", "Features"],
    ],
  },
  {
    id: "d2",
    nameZh: "投诉",
    nameEn: "Complaint",
    queues: [],
    children: [
      ["d21", "质量问题", "Quality", true],
      ["d22", "服务态度", "Attitude", true],
    ],
  },
  {
    id: "d3",
    nameZh: "售后",
    nameEn: "After-sales",
    queues: [],
    children: [
      ["d31", "退换货", "Return"],
      ["d32", "维修预约", "Repair visit"],
    ],
  },
  { id: "d4", nameZh: "打错电话", nameEn: "Wrong number", queues: [], children: [] },
].map((d) => ({
  ...d,
  children: d.children.map(([id, nameZh, nameEn]) => ({
    id,
    nameZh,
    nameEn,
    queues: [],
    children: [],
  })),
}));
export const reasons = [
  ["r1", "午餐", "Lunch", 60],
  ["r2", "小休", "Short break", 15],
  ["r3", "会议", "Meeting", 30],
  ["r4", "培训", "Training", 0],
].map(([id, nameZh, nameEn, targetMinutes]) => ({ id, nameZh, nameEn, targetMinutes }));
const causes = [
  "answered_hangup",
  "answered_hangup",
  "answered_hangup",
  "answered_hangup",
  "abandoned",
  "self_service",
  "voicemail",
  "max_wait",
  "interrupted",
];
const leaves = dispositions.flatMap((d) => (d.children.length ? d.children : [d]));
export const rows = Array.from({ length: 10000 }, (_, i) => {
  const cause = pick(causes);
  const answered = cause === "answered_hangup" || cause === "interrupted";
  const customer = rnd(5) ? customers[rnd(4000)] : null;
  const began = now0 - i * 137000 - rnd(60000);
  const talkMs = answered ? 20000 + rnd(600000) : 0;
  const q = pick(queues);
  const a = pick(agents);
  const withheld = rnd(40) === 0;
  const number = withheld ? null : (customer?.number ?? `+8613${String(700000000 + rnd(99999999))}`);
  return {
    id: String(900000 - i),
    began,
    ended: began + 9000 + talkMs,
    direction: rnd(9) ? "inbound" : "outbound",
    number,
    callerRaw: number ?? "",
    withheld,
    dialed: pick(["4008001234", "95001", "8001"]),
    customer: customer && { id: customer.id, name: customer.name },
    vip: customer?.vip ?? false,
    queue: q,
    agent: answered ? { id: a.id, name: a.name } : null,
    waitMs: rnd(50000),
    talkMs,
    holdMs: answered && rnd(3) === 0 ? rnd(60000) : 0,
    wrapMs: answered ? rnd(60000) : 0,
    cause,
    hungUpBy: { kind: cause === "abandoned" ? "caller" : "system" },
    dispositions: answered && rnd(4) ? [pick(leaves)] : [],
    recorded: answered,
  };
});
export const recordingOf = (row) => ({
  id: `rec${row.id}`,
  interaction: row.id,
  kind: "talk",
  began: row.began + 9000,
  durationMs: row.talkMs,
  bytes: row.talkMs * 16,
  complete: row.cause !== "interrupted",
  state: "done",
  number: row.number,
  callerRaw: row.callerRaw,
  customer: row.customer,
  agent: row.agent,
  queue: row.queue,
  gaps: Number(row.id) % 3 === 0 ? [{ atMs: row.talkMs / 2, ms: 5000, reason: "card data" }] : [],
});
const saved = new Map();
export const save = (id, agent, words) => saved.set(id, { agent, ...words });
export function detail(row) {
  const b = row.began;
  const segments = [
    { kind: "ivr", began: b, ended: b + 6000, agent: null, queue: null, outcome: "queued" },
    {
      kind: "queue",
      began: b + 6000,
      ended: b + 6000 + row.waitMs,
      agent: null,
      queue: row.queue,
      outcome: row.agent ? "answered" : "abandoned",
    },
  ];
  if (row.agent) {
    const s = b + 6000 + row.waitMs;
    segments.push({ kind: "ring", began: s - 3000, ended: s, agent: row.agent, queue: row.queue, outcome: "answered" });
    segments.push({ kind: "talk", began: s, ended: s + row.talkMs, agent: row.agent, queue: row.queue, outcome: null });
    if (row.holdMs)
      segments.push({
        kind: "hold",
        began: s + row.talkMs / 3,
        ended: s + row.talkMs / 3 + row.holdMs,
        agent: row.agent,
        queue: null,
        outcome: null,
      });
    segments.push({
      kind: "wrap_up",
      began: s + row.talkMs,
      ended: s + row.talkMs + row.wrapMs,
      agent: row.agent,
      queue: row.queue,
      outcome: null,
    });
  }
  const event = (at, body) => ({ node: 1, seq: at % 100000, at, interaction: row.id, ...body });
  const events = [
    event(b, {
      kind: "call_arrived",
      direction: row.direction,
      entry: { kind: "trunk", trunk: "1" },
      caller: { raw: row.callerRaw, name: "", number: row.number, withheld: row.withheld },
      dialed: row.dialed,
      leg: "1",
    }),
    event(b + 1000, { kind: "flow_started", flow: "welcome", version: 3 }),
    event(b + 4000, { kind: "digits_collected", node: "menu", digits: "2", label: "售后" }),
    event(b + 6000, { kind: "queued", queue: row.queue.id, vip: row.vip, priority: 0, position: 2 }),
    event(row.ended, { kind: "call_ended", cause: row.cause, by: row.hungUpBy }),
  ];
  const word = saved.get(row.id);
  if (word) events.push(event(row.ended + 5000, { kind: "disposition_saved", ...word }));
  return {
    ...row,
    ...(word && { dispositions: leaves.filter((one) => word.dispositions.includes(one.id)) }),
    segments,
    events,
    recordings: row.recorded ? [recordingOf(row)] : [],
    candidates: [],
    notes: word ? word.notes : row.dispositions.length ? "客户询问订单进度，已告知预计周三送达。" : "",
    draft: null,
  };
}
export const flowYaml = `name: welcome
language: zh-CN
start: hello
nodes:
  hello:
    play: [welcome]
    next: menu
  menu:
    menu:
      prompt: [main-menu]
      choices:
        "1": { label: 售前, next: sales }
        "2": { label: 售后, next: service }
      timeout: 5s
      otherwise: service
  sales:
    queue: 售前咨询
  service:
    queue: 售后服务
`;
