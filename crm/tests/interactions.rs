//! Interactions as the ledger tells them: each test is one call, its rows the golden trace. On both engines, event by
//! event and all at once, and told twice.

use contract::number::Context;
use contract::*;
use crm::customers::{self, By, CustomerFields};
use crm::interactions::{self, Call, CallFilter, InteractionFold, NumberFilter, Segment, SegmentKind};
use crm::{PageAsk, lookup, timeline};
use store::Db;
use store::fold::Fold;
use store::testing::both;

const ANN: AgentId = AgentId(1);
const BEN: AgentId = AgentId(2);
const SALES: QueueId = QueueId(11);
const CARE: QueueId = QueueId(12);
const STATION: StationId = StationId(5);
/// 2026-03-01T15:59:00Z, one minute before midnight in Shanghai.
const T0: EpochMs = 1_772_380_740_000;

/// Writes a ledger: each event a second on, or when told.
struct Story {
    events: Vec<Event>,
    id: InteractionId,
    at: EpochMs,
}

impl Story {
    fn call(id: i64) -> Self {
        let number = PhoneNumber::from_e164("+8613800138000").unwrap();
        let caller = Caller { raw: "13800138000".into(), name: "张伟".into(), number: Some(number), withheld: false };
        let entry = Entry::Trunk { trunk: TrunkId(3) };
        let arrived = EventKind::CallArrived { direction: Direction::Inbound, entry, caller, dialed: "4008108888".into(), leg: LegId(70) };
        Self { events: Vec::new(), id: InteractionId(id), at: T0 }.then(0, arrived)
    }

    /// Seconds after the one before.
    fn then(mut self, after: i64, kind: EventKind) -> Self {
        self.at += after * 1_000;
        let seq = self.events.len() as u64 + 1;
        self.events.push(Event { node: 1, seq, at: self.at, interaction: Some(self.id), kind });
        self
    }

    /// Straight to the second of both, numbered on.
    fn and(mut self, other: Self) -> Self {
        let from = self.events.len() as u64;
        self.events.extend(other.events.into_iter().map(|e| Event { seq: e.seq + from, ..e }));
        self
    }

    fn queued(self, after: i64, queue: QueueId) -> Self {
        self.then(after, EventKind::Queued { queue, vip: false, priority: 0, position: 1 })
    }

    fn left(self, after: i64, queue: QueueId, outcome: QueueOutcome, waited_ms: u32) -> Self {
        self.then(after, EventKind::QueueLeft { queue, outcome, waited_ms })
    }

    fn offered(self, after: i64, offer: i64, agent: AgentId, queue: QueueId) -> Self {
        let until = self.at + 20_000;
        self.then(
            after,
            EventKind::Offered {
                offer: OfferId(offer),
                agent,
                station: STATION,
                queue: Some(queue),
                until,
                waited_ms: 0,
                why: "longest idle".into(),
                asked_by: None,
            },
        )
    }

    fn offer_ended(self, after: i64, offer: i64, agent: AgentId, queue: QueueId, outcome: OfferOutcome, rang_ms: u32) -> Self {
        self.then(after, EventKind::OfferEnded { offer: OfferId(offer), agent, queue: Some(queue), outcome, rang_ms })
    }

    fn talks(self, after: i64, agent: AgentId, leg: i64, queue: QueueId) -> Self {
        self.then(after, EventKind::TalkStarted { agent, leg: LegId(leg), queue: Some(queue), waited_ms: 0 })
    }

    fn talked(self, after: i64, agent: AgentId, leg: i64, queue: QueueId, talk_ms: u32, hold_ms: u32) -> Self {
        self.then(after, EventKind::TalkEnded { agent, leg: LegId(leg), queue: Some(queue), talk_ms, hold_ms })
    }

    fn ended(self, after: i64, cause: EndCause, by: HungUpBy) -> Self {
        self.then(after, EventKind::CallEnded { cause, by })
    }

    fn wraps(self, after: i64, agent: AgentId, queue: QueueId, took: i64) -> Self {
        self.then(after, EventKind::WrapUpStarted { agent, queue: Some(queue), until: None })
            .then(took, EventKind::WrapUpEnded { agent, queue: Some(queue), took_ms: took as u32 * 1_000, timed_out: false })
    }

    fn answered(id: i64) -> Self {
        Self::call(id)
            .then(0, EventKind::FlowStarted { flow: "main".into(), version: 1 })
            .then(4, EventKind::DigitsCollected { node: "menu".into(), digits: "1".into(), label: Some("sales".into()) })
            .then(1, EventKind::FlowEnded { flow: "main".into(), outcome: FlowOutcome::Queued })
            .queued(0, SALES)
            .offered(10, 900, ANN, SALES)
            .offer_ended(3, 900, ANN, SALES, OfferOutcome::Answered, 3_000)
            .left(0, SALES, QueueOutcome::Answered, 13_000)
            .talks(0, ANN, 71, SALES)
            .then(
                1,
                EventKind::RecordingStarted {
                    recording: RecordingId(40),
                    what: RecordingKind::Talk,
                    agent: Some(ANN),
                    queue: Some(SALES),
                    path: "a.wav".into(),
                },
            )
            .talked(59, ANN, 71, SALES, 60_000, 0)
            .ended(0, EndCause::AnsweredHangup, HungUpBy::Caller)
            .wraps(0, ANN, SALES, 12)
    }
}

async fn tell(db: &Db, events: &[Event]) {
    let mut tx = db.begin().await.unwrap();
    InteractionFold.apply(&mut tx, events).await.unwrap();
    tx.commit().await.unwrap();
}

/// `queue 11 @0 13000 answered`: kind, whose, seconds after the beginning, milliseconds, outcome.
fn golden(segments: &[Segment], began: EpochMs) -> Vec<String> {
    let word = |kind: SegmentKind| serde_json::to_value(kind).unwrap().as_str().unwrap().to_owned();
    let line = |s: &Segment| {
        let whose =
            [s.agent.map(|a| format!("a{a}")), s.queue.map(|q| format!("q{q}"))].into_iter().flatten().collect::<Vec<_>>().join(" ");
        let outcome = s.outcome.clone().unwrap_or_else(|| if s.ended.is_some() { "-".into() } else { "open".into() });
        format!("{} {whose} @{} {} {outcome}", word(s.kind), (s.began - began) / 1_000, s.ms)
    };
    segments.iter().map(line).collect()
}

/// Tells the story at once, then event by event on a second database row, then again: one truth.
async fn one_truth(db: &Db, story: &Story) -> (Call, Vec<String>) {
    db.migrate(&[crm::MIGRATIONS]).await.unwrap();
    tell(db, &story.events).await;
    let seen = (interactions::get(db, story.id).await.unwrap().unwrap(), interactions::segments(db, story.id).await.unwrap());
    tell(db, &story.events).await;
    let again = (interactions::get(db, story.id).await.unwrap().unwrap(), interactions::segments(db, story.id).await.unwrap());
    assert_eq!(again, seen, "told twice");
    let mut tx = db.begin().await.unwrap();
    InteractionFold.clear(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(interactions::get(db, story.id).await.unwrap(), None);
    for event in &story.events {
        tell(db, std::slice::from_ref(event)).await;
    }
    let single = (interactions::get(db, story.id).await.unwrap().unwrap(), interactions::segments(db, story.id).await.unwrap());
    assert_eq!(single, seen, "one by one");
    (seen.0, golden(&seen.1, story.events[0].at))
}

#[tokio::test]
async fn an_answered_call_has_every_part_with_its_time() {
    both(|db| async move {
        let (call, segments) = one_truth(&db, &Story::answered(100)).await;
        assert_eq!(
            segments,
            [
                "ivr  @0 5000 queued",
                "queue q11 @5 13000 answered",
                "ring a1 q11 @15 3000 answered",
                "talk a1 q11 @18 60000 ended",
                "wrap_up a1 q11 @78 12000 cleared"
            ]
        );
        assert_eq!((call.cause, call.by, call.answered), (Some(EndCause::AnsweredHangup), Some(HungUpBy::Caller), true));
        assert_eq!((call.began, call.ended), (T0, Some(T0 + 78_000)), "wrap-up is after the call");
        let s = call.sums;
        assert_eq!((s.ivr_ms, s.wait_ms, s.ring_ms, s.talk_ms, s.hold_ms, s.wrap_ms), (5_000, 13_000, 3_000, 60_000, 0, 12_000));
        assert_eq!(
            (call.agents.as_slice(), call.queues.as_slice(), call.offers, call.queue_entries, call.has_recording),
            (&[ANN][..], &[SALES][..], 1, 1, true)
        );
        assert_eq!(call.pressed, [Pressed { node: "menu".into(), label: Some("sales".into()), digits: "1".into() }]);
    })
    .await;
}

#[tokio::test]
async fn a_caller_who_leaves_in_the_flow_was_in_no_queue() {
    both(|db| async move {
        let story = Story::call(100)
            .then(0, EventKind::FlowStarted { flow: "main".into(), version: 1 })
            .then(7, EventKind::FlowEnded { flow: "main".into(), outcome: FlowOutcome::CallerLeft })
            .ended(0, EndCause::Abandoned, HungUpBy::Caller);
        let (call, segments) = one_truth(&db, &story).await;
        assert_eq!(segments, ["ivr  @0 7000 caller_left"]);
        assert_eq!((call.cause, call.queue_entries, call.answered), (Some(EndCause::Abandoned), 0, false));
    })
    .await;
}

#[tokio::test]
async fn a_caller_who_leaves_the_queue_is_abandoned_there_also_when_the_end_is_told_first() {
    both(|db| async move {
        let begun = || Story::call(100).queued(2, SALES);
        let usual = begun().left(30, SALES, QueueOutcome::Abandoned, 30_000).ended(0, EndCause::Abandoned, HungUpBy::Caller);
        let late = begun().ended(30, EndCause::Abandoned, HungUpBy::Caller).left(0, SALES, QueueOutcome::Abandoned, 30_000);
        for story in [usual, late] {
            let (call, segments) = one_truth(&db, &story).await;
            assert_eq!(segments, ["queue q11 @2 30000 abandoned"]);
            assert_eq!((call.sums.wait_ms, call.ended), (30_000, Some(T0 + 32_000)));
            tell_nothing_left_open(&db).await;
            let mut tx = db.begin().await.unwrap();
            InteractionFold.clear(&mut tx).await.unwrap();
            tx.commit().await.unwrap();
        }
    })
    .await;
}

async fn tell_nothing_left_open(db: &Db) {
    assert_eq!(interactions::open_at_crash(db, 1).await.unwrap(), []);
}

#[tokio::test]
async fn a_caller_who_leaves_while_it_rings_withdraws_the_offer() {
    both(|db| async move {
        let story = Story::call(100)
            .queued(0, SALES)
            .offered(5, 900, ANN, SALES)
            .offer_ended(4, 900, ANN, SALES, OfferOutcome::Withdrawn, 4_000)
            .left(0, SALES, QueueOutcome::Abandoned, 9_000)
            .ended(0, EndCause::Abandoned, HungUpBy::Caller);
        let (call, segments) = one_truth(&db, &story).await;
        assert_eq!(segments, ["queue q11 @0 9000 abandoned", "ring a1 q11 @5 4000 withdrawn"]);
        assert_eq!((call.offers, call.missed_offers), (1, 0), "the agent missed nothing");
    })
    .await;
}

#[tokio::test]
async fn a_missed_offer_counts_against_the_first_agent_and_the_second_answers() {
    both(|db| async move {
        let story = Story::call(100)
            .queued(0, SALES)
            .offered(1, 900, ANN, SALES)
            .offer_ended(20, 900, ANN, SALES, OfferOutcome::Missed, 20_000)
            .offered(0, 901, BEN, SALES)
            .offer_ended(2, 901, BEN, SALES, OfferOutcome::Answered, 2_000)
            .left(0, SALES, QueueOutcome::Answered, 23_000)
            .talks(0, BEN, 72, SALES)
            .talked(10, BEN, 72, SALES, 10_000, 0)
            .ended(0, EndCause::AnsweredHangup, HungUpBy::Agent { agent: BEN });
        let (call, segments) = one_truth(&db, &story).await;
        assert_eq!(
            segments,
            ["queue q11 @0 23000 answered", "ring a1 q11 @1 20000 missed", "ring a2 q11 @21 2000 answered", "talk a2 q11 @23 10000 ended"]
        );
        assert_eq!((call.agents.as_slice(), call.offers, call.missed_offers), (&[ANN, BEN][..], 2, 1));
        assert_eq!(call.by, Some(HungUpBy::Agent { agent: BEN }));
    })
    .await;
}

#[tokio::test]
async fn a_transfer_to_a_second_queue_is_one_caller_and_two_queue_entries() {
    both(|db| async move {
        let story = Story::call(100)
            .queued(0, SALES)
            .offered(1, 900, ANN, SALES)
            .offer_ended(2, 900, ANN, SALES, OfferOutcome::Answered, 2_000)
            .left(0, SALES, QueueOutcome::Answered, 3_000)
            .talks(0, ANN, 71, SALES)
            .then(30, EventKind::TransferStarted { agent: ANN, target: TransferTarget::Queue { queue: CARE } })
            .talked(0, ANN, 71, SALES, 30_000, 0)
            .queued(0, CARE)
            .then(0, EventKind::WrapUpStarted { agent: ANN, queue: Some(SALES), until: None })
            .offered(4, 901, BEN, CARE)
            .offer_ended(1, 901, BEN, CARE, OfferOutcome::Answered, 1_000)
            .left(0, CARE, QueueOutcome::Answered, 5_000)
            .talks(0, BEN, 72, CARE)
            .then(1, EventKind::WrapUpEnded { agent: ANN, queue: Some(SALES), took_ms: 6_000, timed_out: true })
            .talked(39, BEN, 72, CARE, 40_000, 0)
            .ended(0, EndCause::AnsweredHangup, HungUpBy::Caller);
        let (call, segments) = one_truth(&db, &story).await;
        assert_eq!(
            segments,
            [
                "queue q11 @0 3000 answered",
                "ring a1 q11 @1 2000 answered",
                "talk a1 q11 @3 30000 transferred",
                "queue q12 @33 5000 answered",
                "wrap_up a1 q11 @33 6000 timed_out",
                "ring a2 q12 @37 1000 answered",
                "talk a2 q12 @38 40000 ended",
            ]
        );
        assert_eq!((call.queue_entries, call.transfers, call.queues.as_slice()), (2, 1, &[SALES, CARE][..]));
        assert_eq!((call.sums.wait_ms, call.sums.talk_ms), (8_000, 70_000));
        let listed = interactions::list(&db, &CallFilter::default(), &PageAsk::default()).await.unwrap();
        assert_eq!(listed.rows.len(), 1, "one caller");
        for (agent, queue) in [(ANN, SALES), (BEN, CARE), (ANN, CARE)] {
            let filter = CallFilter { agent: Some(agent), queue: Some(queue), ..CallFilter::default() };
            assert_eq!(interactions::list(&db, &filter, &PageAsk::default()).await.unwrap().rows.len(), 1, "{agent} {queue}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_parked_caller_is_one_call_and_the_time_in_the_place_has_a_part_of_its_own() {
    both(|db| async move {
        let parked = EventKind::Parked { agent: ANN, queue: Some(SALES), slot: 3, until: T0 + 999_000 };
        let taken = EventKind::ParkEnded { agent: ANN, slot: 3, outcome: ParkOutcome::Retrieved, by: Some(BEN), ms: 20_000 };
        let back = EventKind::CameBack { agent: BEN, flow: "check".into(), result: Some("verified".into()), ms: 5_000 };
        let story = Story::call(100)
            .talks(0, ANN, 71, SALES)
            .then(30, parked)
            .talked(0, ANN, 71, SALES, 30_000, 0)
            .then(20, taken)
            .talks(0, BEN, 72, SALES)
            .then(10, EventKind::Held { agent: BEN })
            .then(0, EventKind::SentToFlow { agent: BEN, flow: "check".into() })
            .then(0, EventKind::FlowStarted { flow: "check".into(), version: 1 })
            .then(5, EventKind::FlowEnded { flow: "check".into(), outcome: FlowOutcome::Returned })
            .then(0, back)
            .then(0, EventKind::Resumed { agent: BEN })
            .talked(5, BEN, 72, SALES, 15_000, 5_000)
            .ended(0, EndCause::AnsweredHangup, HungUpBy::Caller);
        let (call, segments) = one_truth(&db, &story).await;
        assert_eq!(
            segments,
            [
                "talk a1 q11 @0 30000 parked",
                "parked a1 q11 @30 20000 retrieved",
                "talk a2 q11 @50 15000 ended",
                "hold a2 q11 @60 5000 resumed",
                "ivr  @60 5000 returned",
            ]
        );
        assert_eq!((call.transfers, call.queue_entries), (0, 0), "nobody transferred anything");
    })
    .await;
}

#[tokio::test]
async fn a_failed_transfer_leaves_the_talk_as_it_was() {
    both(|db| async move {
        let target = || TransferTarget::Number { number: "13900139000".into() };
        let story = Story::call(100)
            .talks(1, ANN, 71, SALES)
            .then(5, EventKind::TransferStarted { agent: ANN, target: target() })
            .then(2, EventKind::TransferFailed { agent: ANN, target: target(), cause: EndCause::Busy })
            .talked(3, ANN, 71, SALES, 10_000, 0)
            .ended(0, EndCause::AnsweredHangup, HungUpBy::Caller);
        let (call, segments) = one_truth(&db, &story).await;
        assert_eq!((segments, call.transfers), (vec!["talk a1 q11 @1 10000 ended".to_owned()], 0));
    })
    .await;
}

#[tokio::test]
async fn a_voicemail_is_a_segment_of_its_own() {
    both(|db| async move {
        let story = Story::call(100)
            .queued(0, SALES)
            .left(60, SALES, QueueOutcome::Voicemail, 60_000)
            .then(
                3,
                EventKind::RecordingStarted {
                    recording: RecordingId(41),
                    what: RecordingKind::Voicemail,
                    agent: None,
                    queue: Some(SALES),
                    path: "v.wav".into(),
                },
            )
            .then(15, EventKind::RecordingEnded { recording: RecordingId(41), duration_ms: 14_980, bytes: 240_000, complete: true })
            .ended(0, EndCause::Voicemail, HungUpBy::Caller);
        let (call, segments) = one_truth(&db, &story).await;
        assert_eq!(segments, ["queue q11 @0 60000 voicemail", "voicemail q11 @63 14980 ended"]);
        assert_eq!((call.cause, call.sums.voicemail_ms, call.has_recording), (Some(EndCause::Voicemail), 14_980, true));
    })
    .await;
}

#[tokio::test]
async fn two_holds_are_two_segments_and_talk_is_without_them() {
    both(|db| async move {
        let story = Story::call(100)
            .talks(0, ANN, 71, SALES)
            .then(10, EventKind::Held { agent: ANN })
            .then(5, EventKind::Resumed { agent: ANN })
            .then(10, EventKind::Held { agent: ANN })
            .talked(7, ANN, 71, SALES, 20_000, 12_000)
            .ended(0, EndCause::AnsweredHangup, HungUpBy::Caller);
        let (call, segments) = one_truth(&db, &story).await;
        assert_eq!(segments, ["talk a1 q11 @0 20000 ended", "hold a1 q11 @10 5000 resumed", "hold a1 q11 @25 7000 ended"]);
        assert_eq!((call.holds, call.sums.talk_ms, call.sums.hold_ms), (2, 20_000, 12_000));
    })
    .await;
}

#[tokio::test]
async fn what_a_crash_left_open_is_listed_and_closed_once_by_an_event() {
    both(|db| async move {
        db.migrate(&[crm::MIGRATIONS]).await.unwrap();
        let talking =
            Story::call(100).talks(0, ANN, 71, SALES).then(10, EventKind::Held { agent: ANN }).then(5, EventKind::Muted { agent: ANN });
        let mut wrapping = Story::call(200)
            .talks(0, BEN, 72, CARE)
            .talked(3, BEN, 72, CARE, 3_000, 0)
            .ended(0, EndCause::AnsweredHangup, HungUpBy::Caller)
            .then(0, EventKind::WrapUpStarted { agent: BEN, queue: Some(CARE), until: None });
        let other_node = Story::call(300).queued(1, SALES);
        wrapping = talking.and(wrapping);
        tell(&db, &wrapping.events).await;
        tell(&db, &other_node.events.iter().map(|e| Event { node: 2, ..e.clone() }).collect::<Vec<_>>()).await;

        let open = interactions::open_at_crash(&db, 1).await.unwrap();
        let told: Vec<_> = open
            .iter()
            .map(|o| (o.interaction.0, o.call, o.last_seen - T0, o.segments.iter().map(|s| s.kind).collect::<Vec<_>>()))
            .collect();
        assert_eq!(told, [(100, true, 15_000, vec![SegmentKind::Talk, SegmentKind::Hold]), (200, false, 3_000, vec![SegmentKind::WrapUp])]);

        let next = wrapping.events.len() as u64;
        let closing: Vec<Event> = open
            .iter()
            .enumerate()
            .map(|(n, o)| Event {
                node: 1,
                seq: next + 1 + n as u64,
                at: T0 + 99_000,
                interaction: Some(o.interaction),
                kind: EventKind::Interrupted { last_seen: o.last_seen },
            })
            .collect();
        tell(&db, &closing).await;
        tell_nothing_left_open(&db).await;
        assert_eq!(interactions::open_at_crash(&db, 2).await.unwrap().len(), 1, "another node's calls are its own");
        let call = interactions::get(&db, InteractionId(100)).await.unwrap().unwrap();
        assert_eq!((call.cause, call.by, call.ended), (Some(EndCause::Interrupted), Some(HungUpBy::System), Some(T0 + 15_000)));
        let segments = interactions::segments(&db, InteractionId(100)).await.unwrap();
        assert_eq!(golden(&segments, T0), ["talk a1 q11 @0 10000 interrupted", "hold a1 q11 @10 5000 interrupted"]);
        let ended = interactions::get(&db, InteractionId(200)).await.unwrap().unwrap();
        assert_eq!(ended.cause, Some(EndCause::AnsweredHangup), "it had ended in order; only the wrap-up was open");
    })
    .await;
}

#[tokio::test]
async fn a_call_over_midnight_is_one_call_of_the_day_it_began() {
    both(|db| async move {
        // Arrives at 23:59 in Shanghai, ends at 00:00:18 with the wrap-up after.
        let (call, _) = one_truth(&db, &Story::answered(100)).await;
        let midnight = T0 + 60_000;
        assert!(call.began < midnight && call.ended.unwrap() > midnight);
        let count = async |from, to| {
            let filter = CallFilter { from: Some(from), to: Some(to), ..CallFilter::default() };
            interactions::list(&db, &filter, &PageAsk::default()).await.unwrap().rows.len()
        };
        assert_eq!((count(midnight - 86_400_000, midnight).await, count(midnight, midnight + 86_400_000).await), (1, 0));
    })
    .await;
}

async fn customer(db: &Db, id: i64) {
    let mut tx = db.begin().await.unwrap();
    let fields = CustomerFields { name: format!("客户{id}"), level: Some("gold".into()), ..CustomerFields::default() };
    customers::create(&mut tx, CustomerId(id), &fields, By { agent: None, now: 0 }).await.unwrap();
    tx.commit().await.unwrap();
}

async fn timeline_of(db: &Db, id: i64) -> Vec<(String, i64)> {
    let page = timeline::of(db, CustomerId(id), &PageAsk::default()).await.unwrap();
    assert!(page.rows.iter().all(|e| (e.kind == timeline::INTERACTION) == e.call.is_some()));
    page.rows.into_iter().map(|e| (e.kind, e.ref_id)).collect()
}

fn candidate(customer: i64, reason: MatchReason, confidence: u8) -> Candidate {
    Candidate { customer: CustomerId(customer), contact: None, point: ContactPointId(1), reason, confidence, vip: false }
}

#[tokio::test]
async fn the_agent_settles_who_called_and_the_call_moves_on_the_timeline() {
    // zammad#2144: a "maybe" could not be assigned.
    both(|db| async move {
        db.migrate(&[crm::MIGRATIONS]).await.unwrap();
        for id in [1, 2] {
            customer(&db, id).await;
        }
        let mut story = Story::call(100).then(0, EventKind::CallerIdentified { candidates: vec![candidate(1, MatchReason::Exact, 95)] });
        tell(&db, &story.events).await;
        assert_eq!(timeline_of(&db, 1).await, [("interaction".to_owned(), 100)], "the only safe guess");

        let linked = |customer| EventKind::CustomerLinked { agent: ANN, customer, contact: None };
        for (to, first, second) in [(Some(CustomerId(2)), 0, 1), (None, 0, 0), (Some(CustomerId(1)), 1, 0)] {
            story = story.then(1, linked(to));
            tell(&db, &story.events).await;
            assert_eq!((timeline_of(&db, 1).await.len(), timeline_of(&db, 2).await.len()), (first, second), "{to:?}");
        }
        // What the lookup says later does not undo what a person said.
        story = story.then(1, EventKind::CallerIdentified { candidates: vec![candidate(2, MatchReason::Exact, 99)] });
        tell(&db, &story.events).await;
        let call = interactions::get(&db, story.id).await.unwrap().unwrap();
        assert_eq!((call.customer, call.linked_by), (Some(CustomerId(1)), Some(ANN)));
    })
    .await;
}

#[tokio::test]
async fn a_maybe_links_nobody() {
    both(|db| async move {
        db.migrate(&[crm::MIGRATIONS]).await.unwrap();
        let maybes = [
            vec![candidate(1, MatchReason::SharedLine, 50), candidate(2, MatchReason::SharedLine, 50)],
            vec![candidate(1, MatchReason::Tail, 40)],
            vec![candidate(1, MatchReason::Exact, 95), candidate(2, MatchReason::Exact, 95)],
            vec![],
        ];
        for (n, candidates) in maybes.into_iter().enumerate() {
            let story = Story::call(100 + n as i64).then(0, EventKind::CallerIdentified { candidates });
            tell(&db, &story.events).await;
            assert_eq!(interactions::get(&db, story.id).await.unwrap().unwrap().customer, None, "{n}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_card_shows_the_last_five_contacts_with_what_came_of_them() {
    both(|db| async move {
        db.migrate(&[crm::MIGRATIONS]).await.unwrap();
        customer(&db, 1).await;
        for id in 1..=7 {
            let mut story = Story::answered(id)
                .then(0, EventKind::CustomerLinked { agent: ANN, customer: Some(CustomerId(1)), contact: None })
                .then(0, EventKind::DispositionSaved { agent: ANN, dispositions: vec![DispositionId(3)], notes: "first".into() })
                .then(1, EventKind::DispositionSaved { agent: ANN, dispositions: vec![DispositionId(4)], notes: format!("call {id}") });
            for event in &mut story.events {
                event.at += id * 1_000_000;
            }
            tell(&db, &story.events).await;
        }
        struct Named;
        impl lookup::Names for Named {
            fn agent(&self, id: AgentId) -> Option<String> {
                (id == ANN).then(|| "Ann".into())
            }
            fn queue(&self, id: QueueId) -> Option<String> {
                (id == SALES).then(|| "Sales".into())
            }
            fn disposition(&self, id: DispositionId) -> Option<String> {
                (id == DispositionId(4)).then(|| "Sold".into())
            }
        }
        let known =
            lookup::known(&db, &[candidate(1, MatchReason::Exact, 95), candidate(9, MatchReason::Exact, 95)], &Named).await.unwrap();
        assert_eq!(known.len(), 1, "a customer that is gone falls away");
        assert_eq!((known[0].name.as_str(), known[0].level.as_deref(), known[0].confidence), ("客户1", Some("gold"), 95));
        let told: Vec<_> = known[0]
            .last_contacts
            .iter()
            .map(|c| (c.interaction.0, c.agent.as_deref(), c.queue.as_deref(), c.disposition.as_deref(), c.notes.as_deref()))
            .collect();
        let want = [7, 6, 5, 4, 3].map(|id| (id, format!("call {id}")));
        assert_eq!(
            told,
            want.iter().map(|(id, note)| (*id, Some("Ann"), Some("Sales"), Some("Sold"), Some(note.as_str()))).collect::<Vec<_>>()
        );
        assert_eq!(known[0].last_contacts[0].cause, Some(EndCause::AnsweredHangup));
    })
    .await;
}

#[tokio::test]
async fn the_call_list_filters_by_everything_and_pages_meet_without_gaps() {
    both(|db| async move {
        db.migrate(&[crm::MIGRATIONS]).await.unwrap();
        customer(&db, 1).await;
        for id in 1..=9 {
            let mut story = if id % 3 == 0 {
                Story::call(id).queued(1, CARE).left(9, CARE, QueueOutcome::Abandoned, 9_000).ended(
                    0,
                    EndCause::Abandoned,
                    HungUpBy::Caller,
                )
            } else {
                Story::answered(id)
            };
            if id == 4 {
                story = story.then(0, EventKind::CustomerLinked { agent: ANN, customer: Some(CustomerId(1)), contact: None });
            }
            // Several begin in the same millisecond.
            for event in &mut story.events {
                event.at += id / 4 * 1_000_000;
            }
            tell(&db, &story.events).await;
        }
        let all = CallFilter::default;
        let number = PhoneNumber::from_e164("+8613800138000").unwrap();
        let other = PhoneNumber::from_e164("+8613800138001").unwrap();
        for (filter, want) in [
            (all(), vec![9, 8, 7, 6, 5, 4, 3, 2, 1]),
            (CallFilter { queue: Some(CARE), ..all() }, vec![9, 6, 3]),
            (CallFilter { agent: Some(ANN), ..all() }, vec![8, 7, 5, 4, 2, 1]),
            (CallFilter { agent: Some(BEN), ..all() }, vec![]),
            (CallFilter { cause: Some(EndCause::Abandoned), from: Some(T0 + 1), ..all() }, vec![9, 6]),
            (CallFilter { customer: Some(CustomerId(1)), ..all() }, vec![4]),
            (CallFilter { has_recording: Some(false), to: Some(T0 + 1_500_000), ..all() }, vec![6, 3]),
            (CallFilter { answered: Some(true), number: Some(NumberFilter::Tail("138000".into())), ..all() }, vec![8, 7, 5, 4, 2, 1]),
            (
                CallFilter { number: Some(NumberFilter::Exact(number)), direction: Some(Direction::Inbound), queue: Some(CARE), ..all() },
                vec![9, 6, 3],
            ),
            (CallFilter { number: Some(NumberFilter::Exact(other)), ..all() }, vec![]),
            (CallFilter { number: Some(NumberFilter::Tail("0".into())), queue: Some(CARE), ..all() }, vec![9, 6, 3]),
            (CallFilter { number: Some(NumberFilter::Tail("001".into())), ..all() }, vec![]),
            (CallFilter { direction: Some(Direction::Outbound), ..all() }, vec![]),
        ] {
            for limit in [1, 2, 200] {
                let (mut seen, mut ask) = (Vec::new(), PageAsk { limit, cursor: None });
                loop {
                    let page = interactions::list(&db, &filter, &ask).await.unwrap();
                    assert!(page.rows.len() <= limit as usize);
                    seen.extend(page.rows.iter().map(|c| c.interaction.0));
                    ask.cursor = page.next;
                    if ask.cursor.is_none() {
                        break;
                    }
                }
                assert_eq!(seen, want, "{filter:?}");
            }
        }
        let none = CallFilter { number: Some(NumberFilter::Tail("Wang".into())), ..all() };
        assert!(interactions::list(&db, &none, &PageAsk::default()).await.is_err());
        let wrong = PageAsk { limit: 1, cursor: Some("not one".into()) };
        assert!(interactions::list(&db, &all(), &wrong).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn a_withheld_call_keeps_its_place_without_a_number() {
    both(|db| async move {
        let mut story = Story::call(100).ended(3, EndCause::Abandoned, HungUpBy::Caller);
        if let EventKind::CallArrived { caller, .. } = &mut story.events[0].kind {
            *caller = Caller { raw: String::new(), name: String::new(), number: None, withheld: true };
        }
        let (call, segments) = one_truth(&db, &story).await;
        assert!(call.caller.withheld && call.caller.number.is_none() && segments.is_empty());
        let ctx = Context { country: "CN", area_code: "", own: &[] };
        assert_eq!(lookup::identify(&db, &call.caller, &ctx, 0).await.unwrap(), []);
    })
    .await;
}
