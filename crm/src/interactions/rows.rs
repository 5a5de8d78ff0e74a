//! Calls and segments between rows and values. Columns stand here once, in the order in which they are written.

use contract::{Caller, Entry, HungUpBy, PhoneNumber};
use store::{DbError, Row, Val, vals};

use super::trace::Trace;
use super::{Call, Note, Segment, Sums};
use store::words::{backwards, json, unjson, unword, word};

pub(super) const CALL: &str = "i.interaction_id, i.direction, i.began, i.ended, i.caller_raw, i.caller_name, i.e164, i.withheld, i.dialed, \
    i.trunk_id, i.station_id, i.entry_agent, i.entry_pbx, i.customer_id, i.contact_id, i.linked_by, i.vip, i.cause, i.by_kind, i.by_agent, i.flow, \
    i.agents, i.queues, i.pressed, i.answered, i.queue_entries, i.offers, i.missed_offers, i.holds, i.transfers, i.ivr_ms, i.wait_ms, \
    i.ring_ms, i.talk_ms, i.hold_ms, i.wrap_ms, i.voicemail_ms, i.has_recording, i.tags";

pub(super) const SEGMENT: &str = "n, kind, agent_id, queue_id, offer_id, leg_id, recording_id, began, ended, ms, outcome, detail";

/// What never changes after the first event, then what may.
const FIXED: [&str; 16] = [
    "interaction_id",
    "direction",
    "began",
    "caller_raw",
    "caller_name",
    "e164",
    "backwards",
    "withheld",
    "dialed",
    "trunk_id",
    "station_id",
    "entry_agent",
    "entry_pbx",
    "node",
    "seq",
    "last_at",
];
const GROWING: [&str; 27] = [
    "ended",
    "customer_id",
    "contact_id",
    "linked_by",
    "vip",
    "cause",
    "by_kind",
    "by_agent",
    "flow",
    "agents",
    "queues",
    "pressed",
    "answered",
    "queue_entries",
    "offers",
    "missed_offers",
    "holds",
    "transfers",
    "ivr_ms",
    "wait_ms",
    "ring_ms",
    "talk_ms",
    "hold_ms",
    "wrap_ms",
    "voicemail_ms",
    "has_recording",
    "tags",
];

/// Head and tail of the statement that writes traces.
pub(super) fn upsert() -> (String, String) {
    let columns: Vec<&str> = FIXED.iter().chain(&GROWING).copied().collect();
    let set: Vec<String> = ["node", "seq", "last_at"].iter().chain(&GROWING).map(|c| format!("{c} = excluded.{c}")).collect();
    let head = format!("INSERT INTO interaction ({}) VALUES", columns.join(", "));
    (head, format!("ON CONFLICT (interaction_id) DO UPDATE SET {}", set.join(", ")))
}

pub(super) fn trace_vals(trace: &Trace) -> Vec<Val> {
    let c = &trace.call;
    let (trunk, station, entry_agent, pbx) = match c.entry {
        Entry::Trunk { trunk } => (Some(trunk), None, None, None),
        Entry::Station { station, agent } => (None, Some(station), agent, None),
        Entry::Web => (None, None, None, None),
        Entry::Pbx { pbx } => (None, None, None, Some(pbx)),
    };
    let (by_kind, by_agent) = match c.by {
        None => (None, None),
        Some(HungUpBy::Caller) => (Some("caller"), None),
        Some(HungUpBy::Agent { agent }) => (Some("agent"), Some(agent)),
        Some(HungUpBy::Callee) => (Some("callee"), None),
        Some(HungUpBy::System) => (Some("system"), None),
    };
    let digits = c.caller.number.as_ref().map_or(c.caller.raw.as_str(), PhoneNumber::reveal);
    let mut all = vals![
        c.interaction,
        word(&c.direction),
        c.began,
        &c.caller.raw,
        &c.caller.name,
        c.caller.number.as_ref(),
        backwards(digits),
        c.caller.withheld,
        &c.dialed,
        trunk,
        station,
        entry_agent,
        pbx,
        trace.node,
        trace.seq,
        trace.last_at
    ];
    all.extend(vals![
        c.ended,
        c.customer,
        c.contact,
        c.linked_by,
        c.vip,
        c.cause.as_ref().map(word),
        by_kind,
        by_agent,
        c.flow.clone(),
        json(&c.agents),
        json(&c.queues),
        json(&c.pressed),
        c.answered,
        c.queue_entries,
        c.offers,
        c.missed_offers,
        c.holds,
        c.transfers,
        c.sums.ivr_ms,
        c.sums.wait_ms,
        c.sums.ring_ms,
        c.sums.talk_ms,
        c.sums.hold_ms,
        c.sums.wrap_ms,
        c.sums.voicemail_ms,
        c.has_recording,
        json(&c.tags)
    ]);
    all
}

pub(super) fn call(row: &Row) -> Result<Call, DbError> {
    let number: Option<String> = row.get("e164")?;
    let (trunk, station, pbx): (Option<contract::TrunkId>, Option<contract::StationId>, Option<contract::PbxId>) =
        (row.get("trunk_id")?, row.get("station_id")?, row.get("entry_pbx")?);
    let entry = match (trunk, station, pbx) {
        (Some(trunk), _, _) => Entry::Trunk { trunk },
        (None, Some(station), _) => Entry::Station { station, agent: row.get("entry_agent")? },
        (None, None, Some(pbx)) => Entry::Pbx { pbx },
        (None, None, None) => Entry::Web,
    };
    let by = match row.get::<Option<String>>("by_kind")?.as_deref() {
        None => None,
        Some("caller") => Some(HungUpBy::Caller),
        Some("agent") => Some(HungUpBy::Agent { agent: row.get("by_agent")? }),
        Some("callee") => Some(HungUpBy::Callee),
        Some(_) => Some(HungUpBy::System),
    };
    Ok(Call {
        interaction: row.get("interaction_id")?,
        direction: unword(row.get("direction")?)?,
        began: row.get("began")?,
        ended: row.get("ended")?,
        caller: Caller {
            raw: row.get("caller_raw")?,
            name: row.get("caller_name")?,
            number: number.and_then(|n| PhoneNumber::from_e164(&n).ok()),
            withheld: row.get("withheld")?,
        },
        dialed: row.get("dialed")?,
        entry,
        customer: row.get("customer_id")?,
        contact: row.get("contact_id")?,
        linked_by: row.get("linked_by")?,
        vip: row.get("vip")?,
        cause: row.get::<Option<String>>("cause")?.map(unword).transpose()?,
        by,
        flow: row.get("flow")?,
        agents: unjson(&row.get::<String>("agents")?)?,
        queues: unjson(&row.get::<String>("queues")?)?,
        tags: unjson(&row.get::<String>("tags")?)?,
        pressed: unjson(&row.get::<String>("pressed")?)?,
        answered: row.get("answered")?,
        queue_entries: row.get("queue_entries")?,
        offers: row.get("offers")?,
        missed_offers: row.get("missed_offers")?,
        holds: row.get("holds")?,
        transfers: row.get("transfers")?,
        sums: Sums {
            ivr_ms: row.get("ivr_ms")?,
            wait_ms: row.get("wait_ms")?,
            ring_ms: row.get("ring_ms")?,
            talk_ms: row.get("talk_ms")?,
            hold_ms: row.get("hold_ms")?,
            wrap_ms: row.get("wrap_ms")?,
            voicemail_ms: row.get("voicemail_ms")?,
        },
        has_recording: row.get("has_recording")?,
    })
}

pub(super) fn segment(row: &Row) -> Result<Segment, DbError> {
    Ok(Segment {
        n: row.get("n")?,
        kind: unword(row.get("kind")?)?,
        agent: row.get("agent_id")?,
        queue: row.get("queue_id")?,
        offer: row.get("offer_id")?,
        leg: row.get("leg_id")?,
        recording: row.get("recording_id")?,
        began: row.get("began")?,
        ended: row.get("ended")?,
        ms: row.get("ms")?,
        outcome: row.get("outcome")?,
        detail: row.get("detail")?,
    })
}

pub(super) fn segment_vals(trace: &Trace, s: &Segment) -> Vec<Val> {
    vals![
        trace.call.interaction,
        s.n,
        word(&s.kind),
        s.agent,
        s.queue,
        s.offer,
        s.leg,
        s.recording,
        s.began,
        s.ended,
        s.ms,
        s.outcome.clone(),
        s.detail.clone()
    ]
}

pub(super) fn note(row: &Row) -> Result<Note, DbError> {
    Ok(Note {
        agent: row.get("agent_id")?,
        dispositions: unjson(&row.get::<String>("dispositions")?)?,
        notes: row.get("notes")?,
        at: row.get("at")?,
    })
}
