// The whole HTTP face of the server, one function a route. Screens never write a path.

import type { SeatCommand } from "../contract.gen";
import type * as dto from "./dto";
import { type Answer, address, del, download, get, post, put, type Query, type Sent, send, upload } from "./http";

export * from "./dto";
export { checkSession, type FieldError, Problem, whenSignedOut } from "./http";

type Id = dto.Id;
type Narrowed<P extends "/interactions" | "/recordings" | "/admin/audit"> = Omit<Query<"get", P>, "cursor" | "limit">;
export type CallFilter = Narrowed<"/interactions">;
export type RecordingFilter = Narrowed<"/recordings">;
export type AuditFilter = Narrowed<"/admin/audit">;

export const session = {
  me: () => get("/session"),
  signIn: (username: string, password: string) => post("/session", { body: { username, password } }),
  signOut: () => del("/session"),
  password: (current: string, next: string) => put("/session/password", { body: { current, next } }),
};

export const desk = {
  setup: () => get("/desk/setup"),
  /** This browser becomes my phone; with `take` also where another of mine is it. */
  line: (sdp: string, browser: string, take: boolean) => post("/desk/line", { body: { sdp, browser, take } }),
  /** What its peer connection is made with. */
  ice: () => get("/desk/ice"),
  /** Its network changed: the line that stands goes on another way. */
  renewLine: (sdp: string, browser: string) => post("/desk/line", { body: { sdp, browser, renew: true } }),
};

/** The line between an agent and those who supervise. */
export const messages = {
  lines: () => get("/messages"),
  list: (agent: Id, cursor: string | null) =>
    get("/messages/{agent}", { path: { agent }, query: { cursor, limit: 50 } }),
  write: (agent: Id, text: string) => post("/messages/{agent}", { path: { agent }, body: { text } }),
  seen: (agent: Id, upTo: Id) => put("/messages/{agent}/seen", { path: { agent }, body: { upTo } }),
};

export const interactions = {
  list: (filter: CallFilter, cursor: string | null, limit: number, signal?: AbortSignal) =>
    get("/interactions", { query: { ...filter, cursor, limit }, signal }),
  /** By what calls and recordings can be narrowed down. */
  filters: () => get("/filters"),
  one: (id: Id) => get("/interactions/{id}", { path: { id } }),
  dispose: (id: Id, dispositions: Id[], notes: string) =>
    put("/interactions/{id}/disposition", { path: { id }, body: { dispositions, notes } }),
  link: (id: Id, customer: Id | null, contact: Id | null = null) =>
    put("/interactions/{id}/customer", { path: { id }, body: { customer, contact } }),
  draft: (id: Id, typed: { dispositions: Id[]; notes: string }) =>
    put("/interactions/{id}/draft", { path: { id }, body: typed }),
  tag: (id: Id, tags: string[]) => put("/interactions/{id}/tags", { path: { id }, body: { tags } }),
  /** In use, the most used first. */
  tags: () => get("/tags"),
  /** What colleagues wrote about a call on my desk, saved or not yet. */
  notes: (id: Id) => get("/interactions/{id}/notes", { path: { id } }),
  /** Calls about which I typed something and saved nothing. */
  drafts: () => get("/drafts"),
};

export const customers = {
  list: (q: string, cursor: string | null, limit = 50, signal?: AbortSignal) =>
    get("/customers", { query: { q, cursor, limit }, signal }),
  one: (id: Id) => get("/customers/{id}", { path: { id } }),
  create: (customer: dto.CustomerEdit & { points: dto.PointEdit[] }) => post("/customers", { body: customer }),
  save: (id: Id, version: number, edit: dto.CustomerEdit) =>
    put("/customers/{id}", { path: { id }, body: { ...edit, version } }),
  timeline: (id: Id, cursor: string | null) =>
    get("/customers/{id}/timeline", { path: { id }, query: { cursor, limit: 20 } }),
  addPoint: (id: Id, point: dto.PointEdit) => post("/customers/{id}/points", { path: { id }, body: point }),
  removePoint: (id: Id, point: Id) => del("/customers/{id}/points/{point}", { path: { id, point } }),
};

export const recordings = {
  list: (filter: RecordingFilter, cursor: string | null, limit: number, signal?: AbortSignal) =>
    get("/recordings", { query: { ...filter, cursor, limit }, signal }),
  audio: (id: Id) => address("/recordings/{id}/audio", { path: { id } }),
  peaks: (id: Id) => get("/recordings/{id}/peaks", { path: { id } }),
};

export const live = {
  snapshot: () => get("/live"),
  /** Another's seat, by one who may: the reason shows as a change by a supervisor. */
  force: (agent: Id, command: SeatCommand) => put("/seats/{agent}", { path: { agent }, body: command }),
  explain: (interaction: Id) => get("/live/explain/{interaction}", { path: { interaction } }),
};

type Kind =
  | "agents"
  | "teams"
  | "skills"
  | "queues"
  | "numbers"
  | "trunks"
  | "pbxs"
  | "stations"
  | "dispositions"
  | "reasons"
  | "lists";
/** A document as the server shows it. */
type Thing<K extends Kind> = Answer<"get", `/admin/${K}`> extends { items: (infer T extends dto.Kept)[] } ? T : never;
/** A kind whose documents are sent back as they are edited. */
type Sendable<K extends Kind> = dto.Edit<Thing<K>> extends Sent<"post", `/admin/${K}`> ? K : never;
export type Things<T extends dto.Kept> = {
  name: string;
  list: (cursor?: string | null) => Promise<dto.Page<T>>;
  add: (thing: dto.Edit<T>) => Promise<dto.Edited<T>>;
  save: (id: Id, version: number, thing: dto.Edit<T>) => Promise<dto.Edited<T>>;
  remove: (id: Id, version: number) => Promise<void>;
};

/** The administrator's lists, all alike: list, add, change, remove. A change carries the version it began at. */
function things<K extends Kind>(name: Sendable<K> & K): Things<Thing<K>> {
  const all = `/admin/${name}`;
  const one = `${all}/{id}`;
  return {
    name,
    list: (cursor = null) => send("get", all, { query: { cursor, limit: 200 } }),
    add: (thing) => send("post", all, { body: thing }),
    save: (id, version, thing) => send("put", one, { path: { id }, body: { ...thing, version } }),
    remove: (id, version) => send("delete", one, { path: { id }, query: { version } }),
  };
}

type PromptAt = { language: dto.PromptFolder; name: string };
const named = ({ language, name }: PromptAt) => ({ language, name });

export const admin = {
  agents: things("agents"),
  teams: things("teams"),
  skills: things("skills"),
  queues: things("queues"),
  numbers: things("numbers"),
  trunks: things("trunks"),
  pbxs: things("pbxs"),
  stations: things("stations"),
  dispositions: things("dispositions"),
  reasons: things("reasons"),
  lists: things("lists"),
  company: {
    get: () => get("/admin/company"),
    save: (company: Sent<"put", "/admin/company">) => put("/admin/company", { body: company }),
    /** A key for tokens of web pages; its secret is told only here. */
    makeKey: () => post("/admin/company/web-keys"),
  },
  /** By name. A save that does not compile is refused with 422 and `problems`, and the running flow stays. */
  flows: {
    list: () => get("/admin/flows"),
    one: (name: string) => get("/admin/flows/{name}", { path: { name } }),
    /** `version`: where the edit began; none for a new flow. */
    save: (name: string, yaml: string, note: string, version: number | null) =>
      put("/admin/flows/{name}", { path: { name }, body: { yaml, note, version } }),
    check: (name: string, yaml: string, signal?: AbortSignal) =>
      post("/admin/flows/{name}/check", { path: { name }, body: { yaml }, signal }),
    versions: (name: string) => get("/admin/flows/{name}/versions", { path: { name }, query: { limit: 100 } }),
    remove: (name: string, version: number) => del("/admin/flows/{name}", { path: { name }, query: { version } }),
  },
  /** By language and name. What is put there is heard by the next caller. */
  prompts: {
    list: () => get("/admin/prompts"),
    audio: (at: PromptAt) => download("/admin/prompts/{language}/{name}/audio", { path: named(at) }),
    put: (at: PromptAt, wav: Blob, told: (part: number) => void = () => {}) =>
      upload("/admin/prompts/{language}/{name}", { path: named(at) }, wav, told),
    remove: (at: PromptAt) => del("/admin/prompts/{language}/{name}", { path: named(at) }),
  },
  audit: (filter: AuditFilter, cursor: string | null, signal?: AbortSignal) =>
    get("/admin/audit", { query: { ...filter, cursor, limit: 100 }, signal }),
};
