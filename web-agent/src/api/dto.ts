// What the HTTP routes carry, under the names the screens use. Nothing is written out here: the shapes are the server's,
// made into `schema.d.ts`; what also travels on the WebSocket is in `contract.gen.ts`.

import type { components } from "./schema";

type Made = components["schemas"];

export type Id = string;
export type Page<T> = { items: T[]; next: string | null };
export type Ref = Made["Ref"];
export type Named = Made["Named"];
export type Role = Made["Role"];
export type Permission = Made["Permission"];
export type Me = Made["Me"];

// ---- the desk

export type DeskSetup = Made["DeskSetup"];
export type StationChoice = Made["StationChoice"];
/** At most two levels; only leaves are chosen. */
export type DispositionNode = Made["DispositionChoice"];
export type Draft = Made["Draft"];
export type DraftRow = Made["DraftRow"];

// ---- interactions

export type Filters = Made["Filters"];
export type InteractionRow = Made["InteractionRow"];
export type InteractionDetail = Made["InteractionDetail"];
export type Segment = Made["SegmentRow"];
export type Recording = Made["RecordingRow"];

// ---- customers

export type Customer = Made["Customer"];
export type CustomerRow = Made["CustomerRow"];
/** All that people write about a customer; a save sends all of it. */
export type CustomerEdit = Required<Made["CustomerEdit"]>;
export type ContactPoint = Made["ContactPoint"];
export type PointKind = Made["PointKind"];
export type PointEdit = Made["PointEdit"];
export type TimelineItem = Made["TimelineItem"];

// ---- the live board

export type LiveSnapshot = Made["LiveSnapshot"];

// ---- administration: documents with a version, as `company` keeps them; durations in whole seconds

/** What the server keeps of every document. */
export type Kept = { id: Id; version: number; updatedAt?: number; updatedBy?: Id | null };
export type AdminAgent = Made["Kept_Agent"];
export type AdminTeam = Made["Kept_Team"];
export type AdminSkill = Made["Kept_Skill"];
export type AdminQueue = Made["Kept_Queue"];
export type AdminNumber = Made["Kept_Number"];
export type AdminTrunk = Made["Shown_Trunk"];
export type AdminPbx = Made["Shown_Pbx"];
export type AdminStation = Made["Shown_Station"];
export type AdminDisposition = Made["Kept_Disposition"];
export type AdminReason = Made["Kept_Reason"];
/** A list longer than 5,000 is counted and not edited as a whole. */
export type AdminList = Made["NumberList"];
export type AdminFlow = Made["Kept_Flow"];
export type Company = Made["Kept_Settings"];
export type Prompt = Made["PromptRow"];
export type PromptFolder = Made["PromptLanguage"];
export type SkillLevel = Made["SkillLevel"];
/** What a person edits of a document: all of it but what the server knows itself. A password is only ever sent in. */
export type Edit<T extends Kept> = Omit<T, keyof Kept | LiveKeys<T, "StationLive" | "TrunkLive" | "PbxLive">>;
/** What the server knows of a document now is not sent back. */
type LiveKeys<T, K extends keyof Made> = K extends K ? (T extends Made[K] ? keyof Made[K] : never) : never;
/** With flows that do not fit the company any more since the edit. */
export type Edited<T> = T & { flowFaults?: FlowFault[] };
/** One change of a document, newest first; without an item it was removed. */
export type Change<T extends Kept> = Omit<Made["Change_Agent"], "item"> & { item: Edit<T> | null };
export type FlowFault = Made["FlowFault"];
export type FlowProblem = Made["FlowProblem"];
export type AuditRow = Made["AuditRow"];
