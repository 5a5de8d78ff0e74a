// What the HTTP routes carry, as the server sends it: camelCase, ids as strings, moments in epoch milliseconds.
// Words that also travel on the WebSocket come from `contract.gen.ts`.

import type {
  CallCard,
  Candidate,
  Direction,
  EndCause,
  Event,
  HungUpBy,
  LiveAgent,
  LiveCall,
  LiveQueue,
  StationHealth,
} from "../contract.gen";

export type Id = string;
export type Page<T> = { items: T[]; next: string | null };
export type Ref = { id: Id; name: string };
export type Named = { id: Id; nameZh: string; nameEn: string };

export type Role = "agent" | "supervisor" | "qa" | "admin";
export type Permission =
  | "desk.use"
  | "calls.read"
  | "customers.read"
  | "customers.write"
  | "recordings.listen"
  | "live.read"
  | "admin.read"
  | "admin.write"
  | "audit.read";

export type Me = {
  agent: { id: Id; name: string; username: string; team: Ref | null };
  roles: Role[];
  permissions: Permission[];
  language: string;
  mustChangePassword: boolean;
};

// ---- the desk

export type Reason = Named & { targetMinutes: number };
/** At most two levels; only leaves are chosen. */
export type DispositionNode = Named & { notesRequired: boolean; children: DispositionNode[] };
export type Presence = "free" | "busy" | "not_ready" | "offline";
export type DeskStation = { id: Id; name: string; mine: boolean; free: boolean; health: StationHealth };
export type DeskSetup = {
  reasons: Reason[];
  dispositions: DispositionNode[];
  queues: { id: Id; name: string; waiting: number; ready: number }[];
  stations: DeskStation[];
  agents: { id: Id; name: string; team: string | null; presence: Presence }[];
};

// ---- interactions

export type InteractionRow = {
  id: Id;
  began: number;
  ended: number | null;
  direction: Direction;
  /** E.164, where the caller showed a dialable number. */
  number: string | null;
  callerRaw: string;
  withheld: boolean;
  dialed: string;
  customer: Ref | null;
  vip: boolean;
  queue: Ref | null;
  agent: Ref | null;
  waitMs: number;
  talkMs: number;
  holdMs: number;
  wrapMs: number;
  cause: EndCause | null;
  hungUpBy: HungUpBy | null;
  dispositions: Named[];
  recorded: boolean;
};

export type SegmentKind = "ivr" | "queue" | "ring" | "talk" | "hold" | "consult" | "wrap_up" | "voicemail";
export type Segment = {
  kind: SegmentKind;
  began: number;
  ended: number | null;
  agent: Ref | null;
  queue: Ref | null;
  /** The word of the ledger: an offer's, a queue's or a flow's outcome. */
  outcome: string | null;
};

export type RecordingGap = { atMs: number; ms: number; reason: string };
export type Recording = {
  id: Id;
  interaction: Id;
  kind: "talk" | "voicemail";
  began: number;
  durationMs: number;
  bytes: number;
  complete: boolean;
  number: string | null;
  callerRaw: string;
  customer: Ref | null;
  agent: Ref | null;
  queue: Ref | null;
  gaps: RecordingGap[];
};
/** One array a channel (0 the customer, 1 the agent), values 0 to 1, evenly spread over the duration. */
export type Peaks = { durationMs: number; channels: number[][] };

export type InteractionDetail = InteractionRow & {
  segments: Segment[];
  events: Event[];
  recordings: Recording[];
  candidates: Candidate[];
  notes: string;
  /** Notes kept while typing and not yet saved. */
  draft: string | null;
};

// ---- customers

export type CustomerKind = "person" | "organisation";
export type PointKind = "phone" | "email" | "wechat" | "other";
export type ContactPoint = {
  id: Id;
  kind: PointKind;
  value: string;
  label: string;
  contact: Id | null;
  /** A household's or switchboard's line: several customers may hold it. */
  shared: boolean;
};
export type CustomerRow = {
  id: Id;
  name: string;
  kind: CustomerKind;
  level: string | null;
  vip: boolean;
  number: string | null;
  lastContactAt: number | null;
};
export type Customer = {
  id: Id;
  /** Sent back on saving; 409 `version_conflict` where somebody saved in between. */
  version: number;
  name: string;
  kind: CustomerKind;
  level: string | null;
  vip: boolean;
  notes: string;
  contacts: { id: Id; name: string; role: string }[];
  points: ContactPoint[];
  createdAt: number;
  updatedAt: number;
};
export type CustomerEdit = Pick<Customer, "name" | "kind" | "level" | "vip" | "notes">;
export type TimelineItem = {
  id: Id;
  kind: "interaction";
  at: number;
  interaction: InteractionRow;
  notes: string;
  recordings: Recording[];
};

// ---- the live board

export type LiveSnapshot = {
  at: number;
  calls: LiveCall[];
  agents: LiveAgent[];
  queues: LiveQueue[];
  agentNames: Record<Id, { name: string; team: string | null }>;
  queueNames: Record<Id, { name: string; targetMs: number }>;
};
/** Why a call is where it is, and who could take it. `why` is a stable code: see the catalogue, `why.*`. */
export type Explain = {
  interaction: Id;
  queue: Ref | null;
  position: number | null;
  waitedMs: number;
  chosen: Ref | null;
  agents: { agent: Ref; eligible: boolean; why: string; idleMs: number | null; level: number | null }[];
};

// ---- administration

export type SkillLevel = { skill: Id; level: number };
export type AdminAgent = {
  id: Id;
  name: string;
  username: string;
  roles: Role[];
  team: Id | null;
  station: Id | null;
  skills: SkillLevel[];
  dialPrefixes: string[];
  active: boolean;
};
export type Overflow =
  | { kind: "hangup"; prompt: string }
  | { kind: "queue"; queue: Id }
  | { kind: "voicemail" }
  | { kind: "number"; number: string };
export type AdminQueue = {
  id: Id;
  name: string;
  skills: SkillLevel[];
  ringMs: number;
  maxWaitMs: number;
  atMaxWait: Overflow;
  maxWaiting: number;
  whenFull: Overflow;
  wrapUpMs: number;
  announceMs: number;
  music: string;
  priority: number;
  ageStepMs: number;
  targetMs: number;
  shortMs: number;
  record: boolean;
  missedNotReady: boolean;
  rejectedNotReady: boolean;
};
export type AdminTrunk = {
  id: Id;
  name: string;
  /** CIDR or plain addresses. */
  from: string[];
  digestUser: string | null;
  /** `host:port`. */
  to: string[];
  tcp: boolean;
  trusted: boolean;
  country: string;
  maxCalls: number;
  callerId: string;
  prefixes: string[];
};
export type AdminStation = {
  id: Id;
  username: string;
  answerBy: "phone" | "talk_event" | "auto_answer";
  agent: Ref | null;
  registered: boolean;
  userAgent: string | null;
  address: string | null;
};
export type AdminNumber = { id: Id; pattern: string; flow: string };
export type AdminList = { id: Id; name: string; numbers: string[]; count: number };
export type AdminDisposition = Named & { parent: Id | null; notesRequired: boolean; active: boolean };
export type AdminReason = Reason & { active: boolean };
export type AdminTeam = { id: Id; name: string; supervisor: Id | null };
export type AdminSkill = { id: Id; name: string };
export type Company = { name: string; zone: string; country: string; areaCode: string; language: string };
export type AdminFlow = { name: string; version: number; updatedAt: number; by: string | null; numbers: string[] };
export type FlowText = AdminFlow & { yaml: string; note: string };
export type FlowVersion = { version: number; at: number; by: string | null; note: string; yaml: string };
export type FlowProblem = {
  line: number;
  column: number;
  node: string | null;
  message: string;
  severity: "error" | "warning";
};
export type AuditRow = {
  id: Id;
  at: number;
  who: Ref | null;
  /** A stable word such as `recording.listened`, `agent.changed`, `sign_in.failed`. */
  action: string;
  object: string;
  detail: string;
  address: string;
};

export type { CallCard };
