// The whole HTTP face of the server, one function a route. Screens never write a path.

import type { SeatCommand } from "../contract.gen";
import type * as dto from "./dto";
import { ask, del, get, post, put, withQuery } from "./http";

export * from "./dto";
export { checkSession, type FieldError, Problem, whenSignedOut } from "./http";

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
  link: (id: Id, customer: Id | null, contact: Id | null = null) =>
    put<void>(`/interactions/${part(id)}/customer`, { customer, contact }),
  draft: (id: Id, typed: { dispositions: Id[]; notes: string }) => put<void>(`/interactions/${part(id)}/draft`, typed),
  /** Calls about which I typed something and saved nothing. */
  drafts: () => get<dto.Page<dto.DraftRow>>("/drafts"),
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
  /** Another's seat, by one who may: the reason shows as a change by a supervisor. */
  force: (agent: Id, command: SeatCommand) => put<void>(`/seats/${part(agent)}`, command),
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
    add: (thing: Edit<T>) => post<dto.Edited<T>>(base, thing),
    save: (id: Id, version: number, thing: Edit<T>) => put<dto.Edited<T>>(`${base}/${part(id)}`, { ...thing, version }),
    remove: (id: Id, version: number) => del(withQuery(`${base}/${part(id)}`, { version })),
  };
}
export type Things<T extends dto.Kept> = ReturnType<typeof things<T>>;

export const admin = {
  agents: things<dto.AdminAgent>("agents"),
  teams: things<dto.AdminTeam>("teams"),
  skills: things<dto.AdminSkill>("skills"),
  queues: things<dto.AdminQueue>("queues"),
  numbers: things<dto.AdminNumber>("numbers"),
  trunks: things<dto.AdminTrunk>("trunks"),
  stations: things<dto.AdminStation>("stations"),
  dispositions: things<dto.AdminDisposition>("dispositions"),
  reasons: things<dto.AdminReason>("reasons"),
  company: {
    get: () => get<dto.Company>("/admin/company"),
    save: (company: Omit<dto.Company, "id" | "updatedAt" | "updatedBy">) =>
      put<dto.Edited<dto.Company>>("/admin/company", company),
  },
  lists: things<dto.AdminList>("lists"),
  /** By name. A save that does not compile is refused with 422 and `problems`, and the running flow stays. */
  flows: {
    list: () => get<dto.Page<dto.AdminFlow>>("/admin/flows"),
    one: (name: string) => get<dto.AdminFlow>(`/admin/flows/${part(name)}`),
    /** `version`: where the edit began; none for a new flow. */
    save: (name: string, yaml: string, note: string, version: number | null) =>
      put<dto.Edited<dto.AdminFlow>>(`/admin/flows/${part(name)}`, { yaml, note, version }),
    check: (name: string, yaml: string, signal?: AbortSignal) =>
      ask<{ problems: dto.FlowProblem[] }>("POST", `/admin/flows/${part(name)}/check`, { yaml }, signal),
    versions: (name: string) =>
      get<dto.Page<dto.Change<dto.AdminFlow>>>(`/admin/flows/${part(name)}/versions`, { limit: 100 }),
    remove: (name: string, version: number) => del(withQuery(`/admin/flows/${part(name)}`, { version })),
  },
  audit: (
    query: { from?: number; to?: number; action?: string; actor?: Id },
    cursor: string | null,
    signal?: AbortSignal,
  ) => get<dto.Page<dto.AuditRow>>("/admin/audit", { ...query, cursor, limit: 100 }, signal),
};
