//! Events for the tests: chosen ones, and random ones that mostly make sense and sometimes do not.
#![allow(dead_code, reason = "each test file uses its part")]

use std::sync::Arc;

use contract::directory::{Agent, Queue};
use contract::{
    Activity, AgentId, Caller, Direction, Directory, EndCause, EpochMs, Event, EventKind, HungUpBy, InteractionId,
    LegId, OfferId, OfferOutcome, QueueId, QueueOutcome, RecordingId, RecordingKind, Seat, SeatStatus, SeatWhy,
    StationHealth, StationId, TransferTarget, TrunkId,
};

/// 2026-11-23, the company's midnight in Shanghai.
pub const MIDNIGHT: EpochMs = 1_795_363_200_000;
pub const MINUTE: EpochMs = 60_000;
pub const HOUR: EpochMs = 60 * MINUTE;

pub fn arrived() -> EventKind {
    EventKind::CallArrived {
        direction: Direction::Inbound,
        entry: contract::Entry::Trunk { trunk: TrunkId(1) },
        caller: Caller { raw: "138".into(), name: String::new(), number: None, withheld: false },
        dialed: "95588".into(),
        leg: LegId(1),
    }
}

pub fn queued(queue: i64) -> EventKind {
    EventKind::Queued { queue: QueueId(queue), vip: false, priority: 0, position: 1 }
}

pub fn left(queue: i64, outcome: QueueOutcome, waited_ms: u32) -> EventKind {
    EventKind::QueueLeft { queue: QueueId(queue), outcome, waited_ms }
}

pub fn offered(agent: i64, queue: i64) -> EventKind {
    EventKind::Offered {
        offer: OfferId(agent),
        agent: AgentId(agent),
        station: StationId(agent),
        queue: Some(QueueId(queue)),
        until: 0,
        waited_ms: 0,
        why: String::new(),
        asked_by: None,
    }
}

pub fn offer_ended(agent: i64, queue: i64, outcome: OfferOutcome) -> EventKind {
    EventKind::OfferEnded {
        offer: OfferId(agent),
        agent: AgentId(agent),
        queue: Some(QueueId(queue)),
        outcome,
        rang_ms: 3000,
    }
}

pub fn talk(agent: i64, queue: i64) -> EventKind {
    EventKind::TalkStarted { agent: AgentId(agent), leg: LegId(2), queue: Some(QueueId(queue)), waited_ms: 0 }
}

pub fn talked(agent: i64, queue: i64, talk_ms: u32, hold_ms: u32) -> EventKind {
    EventKind::TalkEnded { agent: AgentId(agent), leg: LegId(2), queue: Some(QueueId(queue)), talk_ms, hold_ms }
}

pub fn wrapped_up(agent: i64, queue: i64, took_ms: u32) -> EventKind {
    EventKind::WrapUpEnded { agent: AgentId(agent), queue: Some(QueueId(queue)), took_ms, timed_out: false }
}

pub fn ended(cause: EndCause) -> EventKind {
    EventKind::CallEnded { cause, by: HungUpBy::Caller }
}

pub fn seat(agent: i64, status: SeatStatus, activity: Activity) -> EventKind {
    let seat = Seat {
        agent: AgentId(agent),
        station: Some(StationId(agent)),
        status,
        status_since: 0,
        status_why: SeatWhy::Chosen,
        activity,
        activity_since: 0,
        health: StationHealth::Ok,
        next: None,
        hand: None,
    };
    EventKind::SeatChanged { seat, why: SeatWhy::Chosen, by: None }
}

pub fn directory(thresholds: &[(i64, u32, u32)]) -> Directory {
    let queue = |&(id, target_ms, short_ms): &(i64, u32, u32)| Queue {
        id: QueueId(id),
        name: id.to_string(),
        skills: Default::default(),
        ring_ms: 20_000,
        max_wait_ms: 0,
        at_max_wait: contract::directory::Overflow::Voicemail,
        max_waiting: 0,
        when_full: contract::directory::Overflow::Voicemail,
        wrap_up_ms: 30_000,
        announce_ms: 0,
        music: String::new(),
        priority: 0,
        age_step_ms: 0,
        target_ms,
        short_ms,
        record: false,
        auto_answer: false,
        caller_id: String::new(),
        missed_not_ready: true,
        rejected_not_ready: true,
    };
    Directory { queues: thresholds.iter().map(|t| (QueueId(t.0), queue(t))).collect(), ..Default::default() }
}

/// With these queues and people.
pub fn company(queues: &[i64], agents: &[i64]) -> Arc<Directory> {
    let thresholds: Vec<_> = queues.iter().map(|id| (*id, 20_000, 5_000)).collect();
    let agent = |&id: &i64| Agent {
        id: AgentId(id),
        name: id.to_string(),
        team: None,
        skills: Default::default(),
        station: None,
        dial_prefixes: Vec::new(),
    };
    let agents = agents.iter().map(|id| (AgentId(*id), agent(id))).collect();
    Arc::new(Directory { agents, ..directory(&thresholds) })
}

/// One random happening from a few numbers: 6 calls, 3 agents, 3 queues.
pub fn happening(pick: u8, call: u8, who: u8, amount: u32) -> (Option<InteractionId>, EventKind) {
    let (agent, queue, interaction) =
        (i64::from(who % 3) + 1, i64::from(who / 3 % 3) + 1, InteractionId(i64::from(call % 6) + 1));
    let outcome = [
        QueueOutcome::Answered,
        QueueOutcome::Abandoned,
        QueueOutcome::Answered,
        QueueOutcome::MaxWait,
        QueueOutcome::Abandoned,
        QueueOutcome::Moved,
        QueueOutcome::Voicemail,
        QueueOutcome::Failed,
    ][who as usize % 8];
    let offer = [
        OfferOutcome::Answered,
        OfferOutcome::Missed,
        OfferOutcome::Rejected,
        OfferOutcome::Withdrawn,
        OfferOutcome::Failed,
    ][call as usize % 5];
    let status = [SeatStatus::Ready, SeatStatus::NotReady { reason: None }, SeatStatus::Offline][amount as usize % 3];
    let activity =
        [Activity::Idle, Activity::Talking { interaction }, Activity::WrapUp { interaction, queue: None, until: None }]
            [pick as usize % 3];
    let target = TransferTarget::Queue { queue: QueueId(queue) };
    let id = AgentId(agent);
    let kind = match pick % 24 {
        0..=2 => arrived(),
        3 | 4 => queued(queue),
        5 | 6 => left(queue, outcome, amount),
        7 => offered(agent, queue),
        8 | 9 => offer_ended(agent, queue, offer),
        10 => talk(agent, queue),
        11 => EventKind::Held { agent: id },
        12 => EventKind::Resumed { agent: id },
        13 | 14 => talked(agent, queue, amount, amount / 4),
        15 => wrapped_up(agent, queue, amount / 2),
        16 => ended(EndCause::AnsweredHangup),
        17 => EventKind::Interrupted { last_seen: MIDNIGHT + EpochMs::from(amount) },
        18 => EventKind::FlowStarted { flow: "main".into(), version: 1 },
        19 => EventKind::FlowStep { node: format!("n{who}") },
        20 => EventKind::TransferStarted { agent: id, target },
        21 => EventKind::RecordingStarted {
            recording: RecordingId(1),
            what: RecordingKind::Voicemail,
            agent: None,
            queue: None,
            path: String::new(),
        },
        22 => return (None, seat(agent, status, activity)),
        _ => EventKind::RecordingEnded { recording: RecordingId(1), duration_ms: 1, bytes: 1, complete: true },
    };
    (Some(interaction), kind)
}

/// Events of one node, numbered, from steps (ms since the last; may be negative) and happenings.
pub fn events(steps: &[(i64, u8, u8, u8, u32)]) -> Vec<Event> {
    let mut at = MIDNIGHT + 20 * HOUR;
    steps
        .iter()
        .zip(1..)
        .map(|(&(step, pick, call, who, amount), seq)| {
            at += step;
            let (interaction, kind) = happening(pick, call, who, amount);
            Event { node: 1, seq, at, interaction, kind }
        })
        .collect()
}
