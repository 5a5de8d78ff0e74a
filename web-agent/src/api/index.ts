// The whole HTTP face of the server, one function a route. Screens never write a path.

import type { SeatCommand } from "../contract.gen";
import type * as dto from "./dto";
import { del, get, post, put, withQuery } from "./http";

export * from "./dto";
export { type FieldError, Problem, whenSignedOut } from "./http";

type Id = dto.Id;
const part = encodeURIComponent;

export type CallFilter = {
  from?: number;
  to?: number;
  number?: string;
  agent?: Id;
  queue?: Id;
  customer?: Id;
  direction?: string;
  cause?: string;
  recorded?: boolean;
};
export type RecordingFilter = Pick<CallFilter, "from" | "to" | "number" | "agent" | "queue" | "customer">;

export const session = {
  me: () => get<dto.Me>("/session"),
  signIn: (username: string, password: string) => post<dto.Me>("/session", { username, password }),
  signOut: () => del("/session"),
  password: (current: string, next: string) => put<void>("/session/password", { current, next }),
};

export const desk = {
  setup: () => get<dto.DeskSetup>("/desk/setup"),
};

export const interactions = {
  list: (filter: CallFilter, cursor: string | null, limit: number, signal?: AbortSignal) =>
    get<dto.Page<dto.InteractionRow>>("/interactions", { ...filter, cursor, limit }, signal),
  one: (id: Id) => get<dto.InteractionDetail>(`/interactions/${part(id)}`),
  dispose: (id: Id, dispositions: Id[], notes: string) =>
    put<void>(`/interactions/${part(id)}/disposition`, { dispositions, notes }),
  link: (id: Id, customer: Id | null) => put<void>(`/interactions/${part(id)}/customer`, { customer }),
  draft: (id: Id, notes: string) => put<void>(`/interactions/${part(id)}/draft`, { notes }),
};

export const customers = {
  list: (q: string, cursor: string | null, limit = 50, signal?: AbortSignal) =>
    get<dto.Page<dto.CustomerRow>>("/customers", { q, cursor, limit }, signal),
  one: (id: Id) => get<dto.Customer>(`/customers/${part(id)}`),
  create: (customer: dto.CustomerEdit & { points: Pick<dto.ContactPoint, "kind" | "value">[] }) =>
    post<dto.Customer>("/customers", customer),
  save: (id: Id, version: number, edit: dto.CustomerEdit) =>
    put<dto.Customer>(`/customers/${part(id)}`, { ...edit, version }),
  timeline: (id: Id, cursor: string | null) =>
    get<dto.Page<dto.TimelineItem>>(`/customers/${part(id)}/timeline`, { cursor, limit: 20 }),
  addPoint: (id: Id, point: Pick<dto.ContactPoint, "kind" | "value" | "label" | "sharedLine">) =>
    post<dto.ContactPoint>(`/customers/${part(id)}/points`, point),
  removePoint: (id: Id, point: Id) => del(`/customers/${part(id)}/points/${part(point)}`),
};

export const recordings = {
  list: (filter: RecordingFilter, cursor: string | null, limit: number, signal?: AbortSignal) =>
    get<dto.Page<dto.Recording>>("/recordings", { ...filter, cursor, limit }, signal),
  audio: (id: Id) => `/api/v1/recordings/${part(id)}/audio`,
  peaks: (id: Id) => get<dto.Peaks>(`/recordings/${part(id)}/peaks`),
};

export const live = {
  snapshot: () => get<dto.LiveSnapshot>("/live"),
  stations: () => get<dto.Page<dto.StationNow>>("/live/stations"),
  /** Another's seat, by one who may: the reason shows as a change by a supervisor. */
  force: (agent: Id, command: SeatCommand) => put<void>(`/seats/${part(agent)}`, { command }),
  explain: (interaction: Id) => get<dto.Explain>(`/live/explain/${part(interaction)}`),
};

/** What a person edits of a document: all of it but what the server keeps itself. */
export type Edit<T extends dto.Kept> = Omit<T, keyof dto.Kept>;

/** The administrator's lists, all alike: list, add, change, remove. A change carries the version it began at. */
function things<T extends dto.Kept>(name: string) {
  const base = `/admin/${name}`;
  return {
    name,
    list: (cursor: string | null = null) => get<dto.Page<T>>(base, { cursor, limit: 200 }),
    add: (thing: Edit<T>, changeNote?: string) => post<dto.Edited<T>>(base, { ...thing, changeNote }),
    save: (id: Id, version: number, thing: Edit<T>, changeNote?: string) =>
      put<dto.Edited<T>>(`${base}/${part(id)}`, { ...thing, version, changeNote }),
    remove: (id: Id, version: number) => del(withQuery(`${base}/${part(id)}`, { version })),
    history: (id: Id) => get<dto.Page<dto.Change<T>>>(`${base}/${part(id)}/history`, { limit: 100 }),
  };
}
export type Things<T extends dto.Kept> = ReturnType<typeof things<T>>;

export const admin = {
  agents: things<dto.AdminAgent>("agents"),
  /** To be changed at the next sign-in. Left out, one is made and shown this once. */
  password: (agent: Id, next?: string) =>
    put<{ password: string | null }>(`/admin/agents/${part(agent)}/password`, { next }),
  teams: things<dto.AdminTeam>("teams"),
  skills: things<dto.AdminSkill>("skills"),
  queues: things<dto.AdminQueue>("queues"),
  numbers: things<dto.AdminNumber>("numbers"),
  trunks: things<dto.AdminTrunk>("trunks"),
  stations: things<dto.AdminStation>("stations"),
  dispositions: things<dto.AdminDisposition>("dispositions"),
  reasons: things<dto.AdminReason>("reasons"),
  /** A save that does not compile is refused with 422 and `problems`, and the running flow stays. */
  flows: things<dto.AdminFlow>("flows"),
  checkFlow: (name: string, yaml: string) =>
    post<{ problems: dto.FlowProblem[] }>("/admin/flows/check", { name, yaml }),
  company: {
    get: () => get<dto.Company>("/admin/company"),
    save: (company: Omit<dto.Company, "id" | "updatedAt" | "updatedBy">) =>
      put<dto.Edited<dto.Company>>("/admin/company", company),
  },
  lists: {
    all: () => get<dto.Page<dto.NumberList>>("/admin/lists", { limit: 200 }),
    add: (name: string) => post<dto.NumberList>("/admin/lists", { name }),
    remove: (id: Id) => del(`/admin/lists/${part(id)}`),
    entries: (id: Id, cursor: string | null, signal?: AbortSignal) =>
      get<dto.Page<dto.ListEntry>>(`/admin/lists/${part(id)}/entries`, { cursor, limit: 200 }, signal),
    addEntry: (id: Id, entry: { number: string; reason: string }) =>
      post<dto.ListEntry>(`/admin/lists/${part(id)}/entries`, entry),
    removeEntry: (id: Id, entry: Id) => del(`/admin/lists/${part(id)}/entries/${part(entry)}`),
  },
  audit: (
    query: { from?: number; to?: number; action?: string; who?: Id },
    cursor: string | null,
    signal?: AbortSignal,
  ) => get<dto.Page<dto.AuditRow>>("/admin/audit", { ...query, cursor, limit: 100 }, signal),
};
