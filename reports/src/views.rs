//! What reporting tools read: one view per kind of fact, with real timestamps, seconds and names. Described in
//! `docs/reporting.md`, which a test holds against them; columns are only ever added, at the end.
//! Never in this room: a secret, or the words of a note.

use store::View;

const fn view(name: &'static str, select: &'static str) -> View {
    View { name, select }
}

/// In the order in which they are made: names first.
pub const VIEWS: &[View] = &[
    view("teams", TEAMS),
    view("agents", AGENTS),
    view("queues", QUEUES),
    view("trunks", TRUNKS),
    view("reasons", REASONS),
    view("dispositions", DISPOSITIONS),
    view("customers", CUSTOMERS),
    view("interaction_dispositions", INTERACTION_DISPOSITIONS),
    view("interactions", INTERACTIONS),
    view("segments", SEGMENTS),
    view("recordings", RECORDINGS),
    view("agent_states", AGENT_STATES),
    view("queue_entries", QUEUE_ENTRIES),
    view("offers", OFFERS),
    view("handled", HANDLED),
    view("queue_quarters", QUEUE_QUARTERS),
    view("audit", AUDIT),
];

/// Names come from the last version of a document, so that what was removed keeps its name.
macro_rules! documents {
    ($kind:literal, $columns:literal, $joins:literal) => {
        concat!(
            "SELECT c.item_id AS ",
            $columns,
            ", (i.item_id IS NULL) AS removed FROM config_change c \
             JOIN (SELECT item_id, MAX(version) AS version FROM config_change WHERE kind = '",
            $kind,
            "' AND body IS NOT NULL GROUP BY item_id) l ON l.item_id = c.item_id AND l.version = c.version \
             LEFT JOIN config_item i ON i.item_id = c.item_id ",
            $joins
        )
    };
}

const TEAMS: &str = documents!("teams", "team_id, {TEXT c.body name} AS name", "");
const AGENTS: &str = documents!(
    "agents",
    "agent_id, {TEXT c.body username} AS username, {TEXT c.body name} AS name, t.team_id, t.name AS team_name, \
     {BOOL c.body active} AS active",
    "LEFT JOIN {VIEW teams} t ON t.team_id = {INT c.body team}"
);
const QUEUES: &str = documents!("queues", "queue_id, {TEXT c.body name} AS name", "");
const TRUNKS: &str = documents!("trunks", "trunk_id, {TEXT c.body name} AS name", "");
const REASONS: &str =
    documents!("reasons", "reason_id, {TEXT c.body nameZh} AS name_zh, {TEXT c.body nameEn} AS name_en", "");
const DISPOSITIONS: &str = documents!(
    "dispositions",
    "disposition_id, {TEXT c.body nameZh} AS name_zh, {TEXT c.body nameEn} AS name_en, {INT c.body parent} AS parent_id",
    ""
);

const CUSTOMERS: &str = "SELECT c.customer_id, c.kind, c.name, c.level, c.source, c.region, c.industry, c.stage, \
    {IS c.vip} AS vip, c.owner_agent AS owner_agent_id, a.name AS owner_agent_name, c.owner_team AS owner_team_id, \
    t.name AS owner_team_name, {AT c.created_at} AS created_at, {AT c.updated_at} AS updated_at, {AT c.deleted_at} AS deleted_at \
    FROM customer c LEFT JOIN {VIEW agents} a ON a.agent_id = c.owner_agent LEFT JOIN {VIEW teams} t ON t.team_id = c.owner_team";

const INTERACTION_DISPOSITIONS: &str = "SELECT d.interaction_id, d.agent_id, a.name AS agent_name, d.disposition_id, \
    n.name_zh AS disposition_name_zh, n.name_en AS disposition_name_en, n.parent_id AS parent_id, p.name_zh AS parent_name_zh, \
    p.name_en AS parent_name_en, {AT d.at} AS saved_at \
    FROM interaction_disposition d LEFT JOIN {VIEW agents} a ON a.agent_id = d.agent_id \
    LEFT JOIN {VIEW dispositions} n ON n.disposition_id = d.disposition_id \
    LEFT JOIN {VIEW dispositions} p ON p.disposition_id = n.parent_id";

/// Lists of names are read only where they are asked for.
const INTERACTIONS: &str = "SELECT i.interaction_id, i.direction, {AT i.began} AS began_at, {AT i.ended} AS ended_at, \
    {S (i.ended-i.began)} AS seconds, i.e164 AS caller_number, i.caller_raw, i.caller_name, {IS i.withheld} AS withheld, i.dialed, \
    i.trunk_id, k.name AS trunk_name, i.entry_agent AS entry_agent_id, e.name AS entry_agent_name, \
    i.customer_id, c.name AS customer_name, {IS i.vip} AS vip, i.flow, {IS i.answered} AS answered, i.cause AS end_cause, \
    i.by_kind AS ended_by, i.by_agent AS ended_by_agent_id, b.name AS ended_by_agent_name, \
    i.queue_entries, i.offers, i.missed_offers, i.holds, i.transfers, {S i.ivr_ms} AS ivr_seconds, {S i.wait_ms} AS wait_seconds, \
    {S i.ring_ms} AS ring_seconds, {S i.talk_ms} AS talk_seconds, {S i.hold_ms} AS hold_seconds, {S i.wrap_ms} AS wrap_seconds, \
    {S i.voicemail_ms} AS voicemail_seconds, {IS i.has_recording} AS has_recording, \
    (SELECT string_agg(x.name, ', ' ORDER BY x.n) FROM (SELECT q.name AS name, MIN(s.n) AS n FROM segment s \
        JOIN {VIEW queues} q ON q.queue_id = s.queue_id WHERE s.interaction_id = i.interaction_id AND s.kind = 'queue' \
        GROUP BY q.queue_id, q.name) x) AS queue_names, \
    (SELECT string_agg(x.name, ', ' ORDER BY x.n) FROM (SELECT a.name AS name, MIN(s.n) AS n FROM segment s \
        JOIN {VIEW agents} a ON a.agent_id = s.agent_id WHERE s.interaction_id = i.interaction_id AND s.kind = 'talk' \
        GROUP BY a.agent_id, a.name) x) AS agent_names, \
    (SELECT string_agg(x.name, ', ' ORDER BY x.name) FROM (SELECT DISTINCT n.name_zh AS name FROM interaction_disposition d \
        JOIN {VIEW dispositions} n ON n.disposition_id = d.disposition_id WHERE d.interaction_id = i.interaction_id) x) \
        AS disposition_names_zh, \
    (SELECT string_agg(x.name, ', ' ORDER BY x.name) FROM (SELECT DISTINCT n.name_en AS name FROM interaction_disposition d \
        JOIN {VIEW dispositions} n ON n.disposition_id = d.disposition_id WHERE d.interaction_id = i.interaction_id) x) \
        AS disposition_names_en \
    FROM interaction i LEFT JOIN customer c ON c.customer_id = i.customer_id LEFT JOIN {VIEW trunks} k ON k.trunk_id = i.trunk_id \
    LEFT JOIN {VIEW agents} e ON e.agent_id = i.entry_agent LEFT JOIN {VIEW agents} b ON b.agent_id = i.by_agent";

const SEGMENTS: &str = "SELECT s.interaction_id, s.n, s.kind, {AT s.began} AS began_at, {AT s.ended} AS ended_at, \
    CASE WHEN s.ended IS NULL THEN NULL ELSE {S s.ms} END AS seconds, s.queue_id, q.name AS queue_name, s.agent_id, \
    a.name AS agent_name, s.recording_id, s.outcome, s.detail \
    FROM segment s LEFT JOIN {VIEW queues} q ON q.queue_id = s.queue_id LEFT JOIN {VIEW agents} a ON a.agent_id = s.agent_id";

const RECORDINGS: &str = "SELECT r.recording_id, r.interaction_id, r.kind, {AT r.began} AS began_at, \
    CASE WHEN r.state = 'recording' THEN NULL ELSE {AT (r.began+r.duration_ms)} END AS ended_at, \
    CASE WHEN r.state = 'recording' THEN NULL ELSE {S r.duration_ms} END AS seconds, r.bytes, r.state, {IS r.complete} AS complete, \
    {S r.gap_ms} AS gap_seconds, r.e164 AS caller_number, r.agent_id, a.name AS agent_name, r.queue_id, q.name AS queue_name, \
    r.customer_id, c.name AS customer_name \
    FROM recording r LEFT JOIN {VIEW agents} a ON a.agent_id = r.agent_id LEFT JOIN {VIEW queues} q ON q.queue_id = r.queue_id \
    LEFT JOIN customer c ON c.customer_id = r.customer_id";

const AGENT_STATES: &str = "SELECT s.agent AS agent_id, a.name AS agent_name, a.team_id, a.team_name, {AT s.since} AS began_at, \
    {AT s.until} AS ended_at, {S (s.until-s.since)} AS seconds, s.status, s.reason AS reason_id, r.name_zh AS reason_name_zh, \
    r.name_en AS reason_name_en, s.activity, s.interaction AS interaction_id, s.health AS phone, s.why \
    FROM agent_interval s LEFT JOIN {VIEW agents} a ON a.agent_id = s.agent LEFT JOIN {VIEW reasons} r ON r.reason_id = s.reason";

/// Queue and agent 0 of the tables are none.
const QUEUE_ENTRIES: &str = "SELECT e.interaction AS interaction_id, {AT (e.at-e.waited_ms)} AS entered_at, {AT e.at} AS left_at, \
    {S e.waited_ms} AS wait_seconds, e.outcome, {IS e.first} AS first_of_caller, {S e.target_ms} AS target_seconds, \
    {S e.short_ms} AS short_seconds, e.queue AS queue_id, q.name AS queue_name, NULLIF(e.agent, 0) AS agent_id, a.name AS agent_name \
    FROM queue_entry e LEFT JOIN {VIEW queues} q ON q.queue_id = e.queue LEFT JOIN {VIEW agents} a ON a.agent_id = e.agent";

const OFFERS: &str = "SELECT o.interaction AS interaction_id, {AT (o.at-o.rang_ms)} AS began_at, {AT o.at} AS ended_at, \
    {S o.rang_ms} AS ring_seconds, o.outcome, NULLIF(o.queue, 0) AS queue_id, q.name AS queue_name, o.agent AS agent_id, \
    a.name AS agent_name \
    FROM offer_entry o LEFT JOIN {VIEW queues} q ON q.queue_id = o.queue LEFT JOIN {VIEW agents} a ON a.agent_id = o.agent";

const HANDLED: &str = "SELECT h.interaction AS interaction_id, {AT h.at} AS ended_at, {IS h.handled} AS counts, \
    {S h.talk_ms} AS talk_seconds, {S h.hold_ms} AS hold_seconds, {S h.wrap_ms} AS wrap_seconds, NULLIF(h.queue, 0) AS queue_id, \
    q.name AS queue_name, h.agent AS agent_id, a.name AS agent_name \
    FROM handling h LEFT JOIN {VIEW queues} q ON q.queue_id = h.queue LEFT JOIN {VIEW agents} a ON a.agent_id = h.agent";

const QUEUE_QUARTERS: &str = "SELECT {AT r.start} AS began_at, NULLIF(r.queue, 0) AS queue_id, q.name AS queue_name, \
    NULLIF(r.agent, 0) AS agent_id, a.name AS agent_name, {S r.target_ms} AS target_seconds, {S r.short_ms} AS short_seconds, \
    r.callers, r.answered, r.within_target, r.abandoned, r.short_abandoned, r.flowed_out, r.lost, \
    {S r.wait_answered_ms} AS wait_answered_seconds, {S r.wait_abandoned_ms} AS wait_abandoned_seconds, \
    {S r.max_wait_ms} AS max_wait_seconds, r.offers_answered, r.offers_missed, r.offers_rejected, r.offers_withdrawn, \
    r.offers_failed, {S r.rang_ms} AS ring_seconds, r.handled, {S r.talk_ms} AS talk_seconds, {S r.hold_ms} AS hold_seconds, \
    {S r.wrap_ms} AS wrap_seconds \
    FROM rollup r LEFT JOIN {VIEW queues} q ON q.queue_id = r.queue LEFT JOIN {VIEW agents} a ON a.agent_id = r.agent";

const AUDIT: &str = "SELECT l.audit_id, {AT l.at} AS happened_at, l.actor AS actor_id, a.name AS actor_name, l.action, l.object, \
    l.detail, l.address FROM audit l LEFT JOIN {VIEW agents} a ON a.agent_id = l.actor";
