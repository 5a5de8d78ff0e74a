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
  | "calls.all"
  | "customers.read"
  | "customers.write"
  | "recordings.listen"
  | "live.read"
  | "seats.force"
  | "admin.read"
  | "admin.write"
  | "audit.read";

export type Me = {
  agent: { id: Id; name: string; username: string; team: Ref | null };
  roles: Role[];
  permissions: Permission[];
  language: string;
  mustChangePassword: boolean;
  /** The company's IANA zone: all moments are shown in it. Without it, the browser's. */
  zone?: string;
};

// ---- the desk

export type Reason = Named & { targetMinutes: number };
/** At most two levels; only leaves are chosen. */
/** `queues`: where it is offered; empty: everywhere. */
export type DispositionNode = Named & { queues: Id[]; children: DispositionNode[] };
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
  state: "recording" | "done" | "lost";
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
  /** What I typed and have not saved. */
  draft: Draft | null;
};
export type Draft = { dispositions: Id[]; notes: string; at: number };
export type DraftRow = Draft & { interaction: InteractionRow };

// ---- customers

export type CustomerKind = "person" | "organisation";
export type PointKind = "phone" | "email" | "address" | "chat" | "web";
export type ContactPoint = {
  id: Id;
  kind: PointKind;
  value: string;
  label: string | null;
  contact: Id | null;
  /** A household's or switchboard's line: several customers may hold it. */
  sharedLine: boolean;
  doNotCall: boolean;
  badNumber: boolean;
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
  source: string | null;
  region: string | null;
  industry: string | null;
  stage: string | null;
  ownerAgent: Id | null;
  ownerTeam: Id | null;
  vip: boolean;
  notes: string | null;
  contacts: { id: Id; name: string; role: string | null }[];
  points: ContactPoint[];
  createdAt: number;
  updatedAt: number;
};
/** All that people write about a customer; a save sends all of it. */
export type CustomerEdit = Pick<
  Customer,
  "name" | "kind" | "level" | "source" | "region" | "industry" | "stage" | "ownerAgent" | "ownerTeam" | "vip" | "notes"
>;
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
/** Why a call is where it is, and who could take it: first who could be rung, the best first. */
export type Explain = {
  interaction: Id;
  queue: Id | null;
  position: number | null;
  waitedMs: number;
  ringing: Id | null;
  agents: { agent: Id; obstacle: { kind: Obstacle; until?: number | null } | null; levels: number; idleMs: number }[];
};
export type Obstacle =
  | "resting"
  | "wrap_up"
  | "offered"
  | "on_call"
  | "not_ready"
  | "station_unreachable"
  | "no_station"
  | "signed_out"
  | "skill"
  | "not_asked_for";

// ---- administration: documents with a version, as `company` keeps them; durations in whole seconds

export type Kept = { id: Id; version: number; updatedAt: number; updatedBy: Id | null };
export type SkillLevel = { skill: Id; level: number };
export type AdminAgent = Kept & {
  username: string;
  name: string;
  roles: Role[];
  team: Id | null;
  skills: SkillLevel[];
  station: Id | null;
  dialPrefixes: string[];
  language: string;
  active: boolean;
  /** Only ever sent in: a first or a new password, to be changed at the next sign-in. */
  password?: string;
};
export type Overflow =
  | { kind: "hangup"; prompt: string }
  | { kind: "queue"; queue: Id }
  | { kind: "voicemail" }
  | { kind: "number"; number: string };
export type AdminQueue = Kept & {
  name: string;
  skills: SkillLevel[];
  ringSeconds: number;
  maxWaitSeconds: number;
  atMaxWait: Overflow;
  maxWaiting: number;
  whenFull: Overflow;
  wrapUpSeconds: number;
  announceSeconds: number;
  music: string;
  priority: number;
  ageStepSeconds: number;
  targetSeconds: number;
  shortSeconds: number;
  record: boolean;
  missedNotReady: boolean;
  rejectedNotReady: boolean;
};
export type AdminTrunk = Kept & {
  name: string;
  /** CIDR or plain addresses. */
  from: string[];
  digestUser: string | null;
  /** Only ever sent in; left out, the old one stays. */
  password?: string;
  /** `host:port`, in order. */
  to: string[];
  tcp: boolean;
  trusted: boolean;
  country: string;
  maxCalls: number;
  callerId: string;
  prefixes: string[];
};
export type AdminStation = Kept & {
  username: string;
  password?: string;
  answerBy: "phone" | "talk_event" | "auto_answer";
  note: string;
  /** What the phones know of it now. */
  health?: StationHealth;
  userAgent?: string | null;
  address?: string | null;
};
export type AdminNumber = Kept & { pattern: string; flow: string; note: string };
/** A list longer than 5,000 is counted and not edited as a whole. */
export type AdminList = Kept & { name: string; builtin: boolean; count: number; numbers: string[] };
export type AdminDisposition = Kept & {
  nameZh: string;
  nameEn: string;
  parent: Id | null;
  queues: Id[];
  position: number;
};
export type AdminReason = Kept & { nameZh: string; nameEn: string; targetMinutes: number };
export type AdminTeam = Kept & { name: string; lead: Id | null };
export type AdminSkill = Kept & { name: string };
export type Company = Kept & {
  name: string;
  zone: string;
  country: string;
  areaCode: string;
  language: string;
};
/** Flows that do not fit the company any more since an edit. */
export type Edited<T> = T & { flowFaults?: FlowFault[] };
export type FlowFault = { flow: string; olderRuns: boolean; problems: FlowProblem[] };
export type AdminFlow = Kept & { name: string; yaml: string };
/** One change of a document, newest first; without an item it was removed. */
export type Change<T extends Kept> = {
  version: number;
  at: number;
  by: Id | null;
  note: string;
  item: Omit<T, keyof Kept> | null;
};
export type FlowProblem = {
  severity: "error" | "warning";
  code: string;
  line: number;
  column: number;
  node: string | null;
  en: string;
  zh: string;
};
export type AuditRow = {
  id: Id;
  at: number;
  actor: Id | null;
  /** Dotted: `session.begin`, `recording.listen`, `agents.update`. */
  action: string;
  /** `kind/id` of what it was done to. */
  object: string;
  detail: string;
  address: string;
};

export type { CallCard };
