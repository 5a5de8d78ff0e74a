// Generated from the crate `contract` by `cargo run -p contract --example export_ts`. Do not edit.

/**
 * Derived from live legs, never chosen.
 */
export type Activity = { "kind": "idle" } | { "kind": "offered", interaction: InteractionId, } | { "kind": "talking", interaction: InteractionId, } | { "kind": "held", interaction: InteractionId, } | { "kind": "wrap_up", interaction: InteractionId, queue: QueueId | null, until: number | null, };

/**
 * A person who signs in: agent, supervisor, QA or administrator. Not the phone, not the session.
 */
export type AgentId = string;

/**
 * What a button may do to a call now. The server computes the list; the desktop shows it.
 */
export type CallAction = "answer" | "reject" | "hold" | "resume" | "mute" | "unmute" | "send_digits" | "transfer" | "park" | "consult" | "swap" | "join" | "complete" | "drop" | "pause_recording" | "resume_recording" | "hangup" | "end_wrap_up" | "extend_wrap_up" | "dispose";

/**
 * One call on one desk.
 */
export type CallCard = { interaction: InteractionId, state: CardState, direction: Direction, caller: Caller, dialed: string, queue: QueueId | null, queueName: string | null, vip: boolean, 
/**
 * How long the caller waited in this queue before this offer.
 */
waitedMs: number, stateSince: number, 
/**
 * While ringing: when the offer ends. In wrap-up: when it is over by itself.
 */
until: number | null, talkingSince: number | null, muted: boolean, recording: RecordingState, 
/**
 * What the caller pressed, in order: node, label or digits (masked where sensitive).
 */
pressed: Array<Pressed>, candidates: Array<KnownCustomer>, 
/**
 * The one the agent settled on, or the only safe guess.
 */
customer: CustomerId | null, 
/**
 * What the call is to be found by.
 */
tags: Array<string>, 
/**
 * What was last saved by this agent for this interaction.
 */
disposition: SavedDisposition | null, 
/**
 * Supervisors in this talk, those I may know of: whoever speaks to me, and who only listens where the company says so.
 */
supervisedBy: Array<SupervisedBy>, 
/**
 * The colleague who asked me into this talk, which is theirs; none where it is mine.
 */
askedBy: string | null, 
/**
 * Who else is in it besides the caller and me, or asked for.
 */
others: Array<OtherParty>, 
/**
 * The flow the caller is in while I wait.
 */
inFlow: InFlow | null, 
/**
 * What flows told of this caller in the middle of a talk, oldest first.
 */
flowResults: Array<FlowResult>, 
/**
 * The PBX that has the call, by its name; none: it is ours.
 */
pbx: string | null, 
/**
 * From the one table of what each state allows.
 */
allowed: Array<CallAction>, ended: EndCause | null, };

/**
 * To a call, by the agent on it (or a supervisor for them).
 */
export type CallCommand = { "kind": "answer" } | { "kind": "reject" } | { "kind": "hold" } | { "kind": "resume" } | { "kind": "mute" } | { "kind": "unmute" } | { "kind": "send_digits", digits: string, } | { "kind": "transfer", target: TransferTarget, } | { "kind": "park" } | { "kind": "consult", target: TransferTarget, } | { "kind": "swap" } | { "kind": "join" } | { "kind": "complete" } | { "kind": "drop", leg: LegId | null, } | { "kind": "pause_recording", reason: string, } | { "kind": "resume_recording" } | { "kind": "hangup" };

/**
 * Who the network says is calling.
 */
export type Caller = { 
/**
 * As sent, cleaned of control characters, at most 64 characters. Empty when withheld.
 */
raw: string, 
/**
 * The display name, same rule.
 */
name: string, 
/**
 * E.164, where the raw form is a dialable number.
 */
number: PhoneNumber | null, withheld: boolean, };

/**
 * One guess at who is calling, best first. Names are looked up when shown: the ledger keeps references.
 */
export type Candidate = { customer: CustomerId, contact: ContactId | null, point: ContactPointId, reason: MatchReason, 
/**
 * 0 to 100.
 */
confidence: number, vip: boolean, };

/**
 * Why a card left my desk.
 */
export type CardGone = "caller_left" | "missed" | "rejected" | "withdrawn" | "finished";

export type CardState = "ringing" | "connecting" | "talking" | "held" | "wrap_up";

/**
 * A person at a customer.
 */
export type ContactId = string;

/**
 * One number or address of a customer or contact.
 */
export type ContactPointId = string;

/**
 * A customer: organisation or person.
 */
export type CustomerId = string;

export type DeskAsk = { "ask": "seat", command: SeatCommand, } | { "ask": "call", interaction: InteractionId, command: CallCommand, } | { "ask": "supervise", interaction: InteractionId, command: SuperviseCommand, } | { "ask": "dial", number: string, queue: QueueId | null, } | { "ask": "take_parked", interaction: InteractionId, } | { "ask": "waiting", interaction: InteractionId, command: WaitingCommand, } | { "ask": "watch_board", on: boolean, } | { "ask": "phone", check: PhoneCheck, } | { "ask": "ping" };

/**
 * Desktop to server.
 */
export type DeskIntent = { 
/**
 * Chosen by the desktop, answered by `done` or `refused`.
 */
id: number, } & ({ "ask": "seat", command: SeatCommand, } | { "ask": "call", interaction: InteractionId, command: CallCommand, } | { "ask": "supervise", interaction: InteractionId, command: SuperviseCommand, } | { "ask": "dial", number: string, queue: QueueId | null, } | { "ask": "take_parked", interaction: InteractionId, } | { "ask": "waiting", interaction: InteractionId, command: WaitingCommand, } | { "ask": "watch_board", on: boolean, } | { "ask": "phone", check: PhoneCheck, } | { "ask": "ping" });

/**
 * Server to desktop.
 */
export type DeskMessage = { n: number, at: number, } & ({ "kind": "snapshot", seat: Seat, cards: Array<CallCard>, supervising: Supervising | null, parked: Array<ParkedCall>, } | { "kind": "parked", parked: Array<ParkedCall>, } | { "kind": "said", agent: AgentId, words: DeskWords, } | { "kind": "supervising", supervising: Supervising | null, } | { "kind": "seat", seat: Seat, why: SeatWhy, } | { "kind": "card", card: CallCard, } | { "kind": "card_gone", interaction: InteractionId, why: CardGone, } | { "kind": "board", calls: Array<LiveCall>, callsGone: Array<InteractionId>, agents: Array<LiveAgent>, agentsGone: Array<AgentId>, queues: Array<LiveQueue>, queuesGone: Array<QueueId>, } | { "kind": "done", id: number, } | { "kind": "refused", id: number, code: string, message: string, } | { "kind": "notice", level: NoticeLevel, code: string, values: Array<[string, string]>, } | { "kind": "going_away" });

/**
 * One message between an agent and those who supervise.
 */
export type DeskWords = { id: RowId, author: AgentId, authorName: string, at: number, text: string, };

export type Direction = "inbound" | "outbound" | "internal";

/**
 * What a person may say an interaction came to.
 */
export type DispositionId = string;

/**
 * How a leg, an offer or a call came to its end; what the machine says, never what a person says (that is a disposition).
 */
export type EndCause = "answered_hangup" | "abandoned" | "self_service" | "no_answer" | "busy" | "rejected" | "unreachable" | "max_wait" | "refused" | "voicemail" | "transferred_away" | "media_timeout" | "session_expired" | "interrupted" | "shutdown" | "failed";

/**
 * Where a call came from.
 */
export type Entry = { "kind": "trunk", trunk: TrunkId, } | { "kind": "station", station: StationId, agent: AgentId | null, } | { "kind": "web" } | { "kind": "pbx", pbx: PbxId, };

/**
 * `seq` is gapless per node, given by that node's one ledger writer.
 */
export type Event = { node: number, seq: number, at: number, interaction: InteractionId | null, } & ({ "kind": "node_started", version: string, } | { "kind": "node_stopping", graceMs: number, } | { "kind": "orphan_ended", what: string, id: string, } | { "kind": "call_arrived", direction: Direction, entry: Entry, caller: Caller, dialed: string, leg: LegId, } | { "kind": "caller_identified", candidates: Array<Candidate>, } | { "kind": "flow_started", flow: string, version: number, } | { "kind": "flow_step", node: string, } | { "kind": "digits_collected", node: string, digits: string, label: string | null, } | { "kind": "flow_ended", flow: string, outcome: FlowOutcome, } | { "kind": "queued", queue: QueueId, vip: boolean, priority: number, position: number, } | { "kind": "position_announced", queue: QueueId, position: number, } | { "kind": "queue_left", queue: QueueId, outcome: QueueOutcome, waitedMs: number, } | { "kind": "offered", offer: OfferId, agent: AgentId, station: StationId, queue: QueueId | null, until: number, waitedMs: number, why: string, askedBy: AgentId | null, } | { "kind": "offer_ended", offer: OfferId, agent: AgentId, queue: QueueId | null, outcome: OfferOutcome, rangMs: number, } | { "kind": "leg_started", leg: LegId, party: Party, } | { "kind": "leg_rerouted", leg: LegId, trunk: TrunkId, sipStatus: number, to: string | null, } | { "kind": "leg_ringing", leg: LegId, } | { "kind": "leg_answered", leg: LegId, } | { "kind": "leg_ended", leg: LegId, cause: EndCause, by: HungUpBy, sipStatus: number | null, quality: Quality | null, } | { "kind": "talk_started", agent: AgentId, leg: LegId, queue: QueueId | null, waitedMs: number, } | { "kind": "held", agent: AgentId, } | { "kind": "resumed", agent: AgentId, } | { "kind": "muted", agent: AgentId, } | { "kind": "unmuted", agent: AgentId, } | { "kind": "digits_sent", agent: AgentId, count: number, } | { "kind": "transfer_started", agent: AgentId, target: TransferTarget, } | { "kind": "transfer_failed", agent: AgentId, target: TransferTarget, cause: EndCause, } | { "kind": "parked", agent: AgentId, queue: QueueId | null, slot: number, until: number, } | { "kind": "park_ended", agent: AgentId, slot: number, outcome: ParkOutcome, by: AgentId | null, ms: number, } | { "kind": "sent_to_flow", agent: AgentId, flow: string, } | { "kind": "came_back", agent: AgentId, flow: string, result: string | null, ms: number, } | { "kind": "consult_started", agent: AgentId, target: TransferTarget, } | { "kind": "consult_answered", agent: AgentId, with: AgentId | null, leg: LegId, } | { "kind": "consult_failed", agent: AgentId, target: TransferTarget, cause: EndCause, } | { "kind": "consult_joined", agent: AgentId, with: AgentId | null, leg: LegId, } | { "kind": "consult_ended", agent: AgentId, with: AgentId | null, leg: LegId, cause: EndCause, ms: number, } | { "kind": "talk_ended", agent: AgentId, leg: LegId, queue: QueueId | null, talkMs: number, holdMs: number, } | { "kind": "recording_started", recording: RecordingId, what: RecordingKind, agent: AgentId | null, queue: QueueId | null, path: string, } | { "kind": "recording_paused", recording: RecordingId, agent: AgentId, reason: string, } | { "kind": "recording_resumed", recording: RecordingId, agent: AgentId, } | { "kind": "recording_pause_failed", agent: AgentId, } | { "kind": "recording_gap", recording: RecordingId, ms: number, reason: string, } | { "kind": "recording_ended", recording: RecordingId, durationMs: number, bytes: number, complete: boolean, } | { "kind": "call_ended", cause: EndCause, by: HungUpBy, } | { "kind": "interrupted", lastSeen: number, } | { "kind": "wrap_up_started", agent: AgentId, queue: QueueId | null, until: number | null, } | { "kind": "wrap_up_extended", agent: AgentId, until: number, } | { "kind": "wrap_up_ended", agent: AgentId, queue: QueueId | null, tookMs: number, timedOut: boolean, } | { "kind": "disposition_saved", agent: AgentId, dispositions: Array<DispositionId>, notes: string, } | { "kind": "tags_saved", agent: AgentId, tags: Array<string>, } | { "kind": "supervision_started", by: AgentId, agent: AgentId, leg: LegId, mode: SuperviseMode, reason: string, } | { "kind": "supervision_changed", by: AgentId, agent: AgentId, mode: SuperviseMode, } | { "kind": "supervision_ended", by: AgentId, agent: AgentId, cause: EndCause, ms: number, } | { "kind": "waiting_moved", by: AgentId, target: TransferTarget, } | { "kind": "waiting_move_failed", by: AgentId, target: TransferTarget, cause: EndCause, } | { "kind": "waiting_raised", by: AgentId, } | { "kind": "customer_linked", agent: AgentId, customer: CustomerId | null, contact: ContactId | null, } | { "kind": "seat_changed", seat: Seat, why: SeatWhy, by: AgentId | null, } | { "kind": "station_registered", station: StationId, userAgent: string, address: string, expires: number, } | { "kind": "station_lost", station: StationId, reason: string, });

/**
 * What happened. Times in the payload are durations; the moment is [`Event::at`].
 */
export type EventKind = { "kind": "node_started", version: string, } | { "kind": "node_stopping", graceMs: number, } | { "kind": "orphan_ended", what: string, id: string, } | { "kind": "call_arrived", direction: Direction, entry: Entry, caller: Caller, dialed: string, leg: LegId, } | { "kind": "caller_identified", candidates: Array<Candidate>, } | { "kind": "flow_started", flow: string, version: number, } | { "kind": "flow_step", node: string, } | { "kind": "digits_collected", node: string, digits: string, label: string | null, } | { "kind": "flow_ended", flow: string, outcome: FlowOutcome, } | { "kind": "queued", queue: QueueId, vip: boolean, priority: number, position: number, } | { "kind": "position_announced", queue: QueueId, position: number, } | { "kind": "queue_left", queue: QueueId, outcome: QueueOutcome, waitedMs: number, } | { "kind": "offered", offer: OfferId, agent: AgentId, station: StationId, queue: QueueId | null, until: number, waitedMs: number, why: string, askedBy: AgentId | null, } | { "kind": "offer_ended", offer: OfferId, agent: AgentId, queue: QueueId | null, outcome: OfferOutcome, rangMs: number, } | { "kind": "leg_started", leg: LegId, party: Party, } | { "kind": "leg_rerouted", leg: LegId, trunk: TrunkId, sipStatus: number, to: string | null, } | { "kind": "leg_ringing", leg: LegId, } | { "kind": "leg_answered", leg: LegId, } | { "kind": "leg_ended", leg: LegId, cause: EndCause, by: HungUpBy, sipStatus: number | null, quality: Quality | null, } | { "kind": "talk_started", agent: AgentId, leg: LegId, queue: QueueId | null, waitedMs: number, } | { "kind": "held", agent: AgentId, } | { "kind": "resumed", agent: AgentId, } | { "kind": "muted", agent: AgentId, } | { "kind": "unmuted", agent: AgentId, } | { "kind": "digits_sent", agent: AgentId, count: number, } | { "kind": "transfer_started", agent: AgentId, target: TransferTarget, } | { "kind": "transfer_failed", agent: AgentId, target: TransferTarget, cause: EndCause, } | { "kind": "parked", agent: AgentId, queue: QueueId | null, slot: number, until: number, } | { "kind": "park_ended", agent: AgentId, slot: number, outcome: ParkOutcome, by: AgentId | null, ms: number, } | { "kind": "sent_to_flow", agent: AgentId, flow: string, } | { "kind": "came_back", agent: AgentId, flow: string, result: string | null, ms: number, } | { "kind": "consult_started", agent: AgentId, target: TransferTarget, } | { "kind": "consult_answered", agent: AgentId, with: AgentId | null, leg: LegId, } | { "kind": "consult_failed", agent: AgentId, target: TransferTarget, cause: EndCause, } | { "kind": "consult_joined", agent: AgentId, with: AgentId | null, leg: LegId, } | { "kind": "consult_ended", agent: AgentId, with: AgentId | null, leg: LegId, cause: EndCause, ms: number, } | { "kind": "talk_ended", agent: AgentId, leg: LegId, queue: QueueId | null, talkMs: number, holdMs: number, } | { "kind": "recording_started", recording: RecordingId, what: RecordingKind, agent: AgentId | null, queue: QueueId | null, path: string, } | { "kind": "recording_paused", recording: RecordingId, agent: AgentId, reason: string, } | { "kind": "recording_resumed", recording: RecordingId, agent: AgentId, } | { "kind": "recording_pause_failed", agent: AgentId, } | { "kind": "recording_gap", recording: RecordingId, ms: number, reason: string, } | { "kind": "recording_ended", recording: RecordingId, durationMs: number, bytes: number, complete: boolean, } | { "kind": "call_ended", cause: EndCause, by: HungUpBy, } | { "kind": "interrupted", lastSeen: number, } | { "kind": "wrap_up_started", agent: AgentId, queue: QueueId | null, until: number | null, } | { "kind": "wrap_up_extended", agent: AgentId, until: number, } | { "kind": "wrap_up_ended", agent: AgentId, queue: QueueId | null, tookMs: number, timedOut: boolean, } | { "kind": "disposition_saved", agent: AgentId, dispositions: Array<DispositionId>, notes: string, } | { "kind": "tags_saved", agent: AgentId, tags: Array<string>, } | { "kind": "supervision_started", by: AgentId, agent: AgentId, leg: LegId, mode: SuperviseMode, reason: string, } | { "kind": "supervision_changed", by: AgentId, agent: AgentId, mode: SuperviseMode, } | { "kind": "supervision_ended", by: AgentId, agent: AgentId, cause: EndCause, ms: number, } | { "kind": "waiting_moved", by: AgentId, target: TransferTarget, } | { "kind": "waiting_move_failed", by: AgentId, target: TransferTarget, cause: EndCause, } | { "kind": "waiting_raised", by: AgentId, } | { "kind": "customer_linked", agent: AgentId, customer: CustomerId | null, contact: ContactId | null, } | { "kind": "seat_changed", seat: Seat, why: SeatWhy, by: AgentId | null, } | { "kind": "station_registered", station: StationId, userAgent: string, address: string, expires: number, } | { "kind": "station_lost", station: StationId, reason: string, };

export type FlowOutcome = "queued" | "transferred" | "voicemail" | "hung_up" | "caller_left" | "returned" | "failed";

/**
 * What a flow told when it gave the caller back.
 */
export type FlowResult = { flow: string, 
/**
 * As the flow says it; none: it came to none, or the agent took the caller back.
 */
result: string | null, at: number, };

/**
 * An agent asks for a supervisor.
 */
export type Hand = { since: number, 
/**
 * What for, in the agent's words; may be empty.
 */
note: string, };

export type HungUpBy = { "kind": "caller" } | { "kind": "agent", agent: AgentId, } | { "kind": "callee" } | { "kind": "system" };

/**
 * A caller in a flow in the middle of a talk.
 */
export type InFlow = { flow: string, since: number, };

/**
 * One contact of a customer with the company, from its first moment to its last; for voice, the call as the customer lives it.
 */
export type InteractionId = string;

/**
 * A candidate with what an agent must see of it before the answer.
 */
export type KnownCustomer = { customer: CustomerId, contact: ContactId | null, name: string, 
/**
 * The contact's name, where the customer is an organisation.
 */
contactName: string | null, 
/**
 * Of the company's levels, as named.
 */
level: string | null, vip: boolean, reason: MatchReason, confidence: number, 
/**
 * Newest first, at most 5.
 */
lastContacts: Array<LastContact>, 
/**
 * Open work on this customer (tickets and callbacks, where those desks exist).
 */
openItems: number, };

export type LastContact = { interaction: InteractionId, at: number, direction: Direction, agent: string | null, queue: string | null, cause: EndCause | null, disposition: string | null, notes: string | null, };

/**
 * One SIP or WebRTC dialog and its media.
 */
export type LegId = string;

export type LiveAgent = { seat: Seat, answeredToday: number, missedToday: number, talkMsToday: number, };

export type LiveCall = { interaction: InteractionId, direction: Direction, caller: Caller, dialed: string, customer: CustomerId | null, vip: boolean, state: LiveState, since: number, began: number, queue: QueueId | null, agent: AgentId | null, flow: string | null, node: string | null, 
/**
 * Supervisors in this talk. Boards kept before there were any know of none.
 */
supervisors: Array<AgentId>, };

/**
 * Today's figures are since the company's midnight, under the formulas of the metric list.
 */
export type LiveQueue = { queue: QueueId, waiting: number, 
/**
 * When the longest waiting caller joined.
 */
oldest: number | null, ringing: number, talking: number, offered: number, answered: number, abandoned: number, shortAbandoned: number, withinTarget: number, waitMsSum: number, };

/**
 * Where a live call is.
 */
export type LiveState = "ivr" | "waiting" | "ringing" | "talking" | "held" | "transferring" | "parked" | "voicemail";

/**
 * Why a customer is thought to be calling.
 */
export type MatchReason = "exact" | "equivalent" | "tail" | "shared_line";

export type Microphone = "ok" | "refused" | "missing" | "silent";

export type NoticeLevel = "info" | "warning" | "error";

/**
 * One attempt to give an interaction to an agent.
 */
export type OfferId = string;

export type OfferOutcome = "answered" | "missed" | "rejected" | "withdrawn" | "failed";

/**
 * Somebody in a talk besides the caller and the one who looks.
 */
export type OtherParty = { 
/**
 * To let go of this one ([`CallCommand::Drop`]); none before there is a leg.
 */
leg: LegId | null, 
/**
 * None: a number outside, or a queue that has not found anybody yet.
 */
agent: AgentId | null, 
/**
 * Of the colleague or the queue, or the number.
 */
name: string, state: OtherState, };

export type OtherState = "leads" | "asked" | "ringing" | "apart" | "joined";

/**
 * How a parked caller's wait ended.
 */
export type ParkOutcome = "retrieved" | "nobody_came" | "caller_left" | "failed";

/**
 * A caller who waits in a numbered place for whoever takes them.
 */
export type ParkedCall = { interaction: InteractionId, slot: number, caller: Caller, 
/**
 * Where it is known who calls.
 */
customerName: string | null, queueName: string | null, by: AgentId, byName: string, since: number, 
/**
 * Then who parked is rung.
 */
until: number, };

/**
 * Who is at the other end of a leg.
 */
export type Party = { "kind": "caller" } | { "kind": "agent", agent: AgentId, station: StationId, } | { "kind": "supervisor", agent: AgentId, station: StationId, } | { "kind": "number", number: string, trunk: TrunkId, };

/**
 * A PBX that routes and carries calls beside us.
 */
export type PbxId = string;

/**
 * What a browser found of itself as a phone.
 */
export type PhoneCheck = { microphone: Microphone, 
/**
 * To us and back; none: not measured yet.
 */
roundTripMs: number | null, 
/**
 * Of what it hears; none: it hears nothing now.
 */
jitterMs: number | null, 
/**
 * Of what it should have heard since the last check, in percent.
 */
lostPercent: number | null, };

/**
 * A number in E.164 with its `+`, ASCII digits only, 3 to 15 of them. `Debug` shows the last two digits; no `Display`.
 */
export type PhoneNumber = string;

export type Pressed = { node: string, label: string | null, digits: string, };

/**
 * How a leg sounded, over its life.
 */
export type Quality = { received: number, lost: number, jitterMs: number, 
/**
 * From RTCP, where the far end sends it.
 */
roundTripMs: number | null, 
/**
 * Estimated by the E-model (ITU-T G.107), 1.0 to 4.5.
 */
mos: number, };

/**
 * Where callers wait for agents with given skills.
 */
export type QueueId = string;

export type QueueOutcome = "answered" | "abandoned" | "max_wait" | "moved" | "voicemail" | "failed";

/**
 * Why an agent is not ready.
 */
export type ReasonId = string;

/**
 * One audio file of an interaction.
 */
export type RecordingId = string;

export type RecordingKind = "talk" | "voicemail";

export type RecordingState = "off" | "on" | "paused";

/**
 * Any row that needs an id and no type of its own.
 */
export type RowId = string;

export type SavedDisposition = { dispositions: Array<DispositionId>, notes: string, };

/**
 * The whole seat.
 */
export type Seat = { agent: AgentId, station: StationId | null, status: SeatStatus, statusSince: number, statusWhy: SeatWhy, activity: Activity, activitySince: number, health: StationHealth, 
/**
 * What the seat becomes when the agent is free again.
 */
next: SeatStatus | null, 
/**
 * The agent's hand is raised. Seats kept before there were hands have none.
 */
hand: Hand | null, };

/**
 * To a seat.
 */
export type SeatCommand = { "kind": "sign_in", station: StationId | null, } | { "kind": "ready" } | { "kind": "not_ready", reason: ReasonId | null, } | { "kind": "sign_out" } | { "kind": "end_wrap_up" } | { "kind": "extend_wrap_up", byMs: number, } | { "kind": "raise_hand", note: string, } | { "kind": "lower_hand" };

/**
 * Chosen by the agent, a supervisor, or a rule that says why.
 */
export type SeatStatus = { "kind": "offline" } | { "kind": "ready" } | { "kind": "not_ready", reason: ReasonId | null, };

/**
 * Why the seat is as it is; shown to the agent, with the way back.
 */
export type SeatWhy = "chosen" | "forced" | "missed_offer" | "rejected_offer" | "station_failed" | "station_lost" | "station_back" | "microphone" | "poor_line" | "desktop_lost" | "next_status" | "call" | "wrap_up_done" | "restart" | "hand";

/**
 * Whether the station could ring now.
 */
export type StationHealth = "none" | "ok" | "unreachable" | "unfit";

/**
 * What an agent talks on.
 */
export type StationId = string;

/**
 * To a talk, by a supervisor who is not in it otherwise.
 */
export type SuperviseCommand = { "kind": "join", mode: SuperviseMode, reason: string, } | { "kind": "take_over" } | { "kind": "leave" };

/**
 * How a supervisor is in a talk.
 */
export type SuperviseMode = "listen" | "whisper" | "barge";

/**
 * A supervisor in a talk of mine.
 */
export type SupervisedBy = { agent: AgentId, name: string, mode: SuperviseMode, };

/**
 * A talk a supervisor is in.
 */
export type Supervising = { interaction: InteractionId, 
/**
 * Who is supervised.
 */
agent: AgentId, agentName: string, caller: Caller, mode: SuperviseMode, 
/**
 * My station was answered; until then it rings.
 */
connected: boolean, since: number, };

/**
 * Where a call may be sent.
 */
export type TransferTarget = { "kind": "queue", queue: QueueId, } | { "kind": "agent", agent: AgentId, } | { "kind": "number", number: string, } | { "kind": "flow", flow: string, };

/**
 * A line to the outside world.
 */
export type TrunkId = string;

/**
 * To a caller who waits in a queue, by a supervisor.
 */
export type WaitingCommand = { "kind": "move", target: TransferTarget, } | { "kind": "raise" };
