//! The live board equals a replay, byte for byte; a desktop that applies the changes sees the same board.

mod common;

use std::collections::BTreeMap;

use common::*;
use contract::{
    Activity, AgentId, DeskBody, EndCause, Event, EventKind, InteractionId, LiveAgent, LiveCall, LiveQueue, LiveState,
    OfferOutcome, QueueId, QueueOutcome, SeatStatus,
};
use proptest::prelude::*;
use reports::board::Live;
use reports::{Board, Thresholds, Zone};
use store::testing::both;

fn thresholds() -> Thresholds {
    let mut thresholds = Thresholds::default();
    thresholds.note(0, &directory(&[(1, 20_000, 5_000), (2, 10_000, 2_000)]));
    thresholds
}

fn zone() -> Zone {
    "Asia/Shanghai".parse().unwrap()
}

fn board() -> Board {
    Board::new(zone(), thresholds(), MIDNIGHT)
}

fn bytes(of: &impl serde::Serialize) -> String {
    serde_json::to_string(of).unwrap()
}

/// What a desktop makes of the changes.
#[derive(Default)]
struct Screen {
    calls: BTreeMap<InteractionId, LiveCall>,
    agents: BTreeMap<AgentId, LiveAgent>,
    queues: BTreeMap<QueueId, LiveQueue>,
}

impl Screen {
    fn take(&mut self, board: &mut Board) {
        let Some(DeskBody::Board { calls, calls_gone, agents, agents_gone, queues, queues_gone }) = board.take_changes() else { return };
        self.calls.extend(calls.into_iter().map(|c| (c.interaction, c)));
        self.agents.extend(agents.into_iter().map(|a| (a.seat.agent, a)));
        self.queues.extend(queues.into_iter().map(|q| (q.queue, q)));
        calls_gone.iter().for_each(|id| drop(self.calls.remove(id)));
        self.agents.retain(|id, _| !agents_gone.contains(id));
        self.queues.retain(|id, _| !queues_gone.contains(id));
    }

    fn live(&self) -> Live {
        Live {
            calls: self.calls.values().cloned().collect(),
            agents: self.agents.values().cloned().collect(),
            queues: self.queues.values().cloned().collect(),
        }
    }
}

fn step() -> impl Strategy<Value = (i64, u8, u8, u8, u32)> {
    // Up to an hour apart so that days turn; sometimes a little back, as clocks do.
    (-2_000..3_600_000i64, any::<u8>(), any::<u8>(), any::<u8>(), 0..60_000u32)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]
    #[test]
    fn live_equals_replay_and_resume_and_what_desktops_see(
        steps in prop::collection::vec(step(), 1..120),
        cut in any::<prop::sample::Index>(),
        takes in prop::collection::vec(any::<bool>(), 120),
    ) {
        let events = events(&steps);
        let now = events.iter().map(|e| e.at).max().unwrap();
        let cut = cut.index(events.len());

        let (mut live, mut screen) = (board(), Screen::default());
        let mut kept = bytes(&live);
        for (i, event) in events.iter().enumerate() {
            live.apply(event);
            // The clock ticks whenever it likes, never before what happened.
            if takes[i] {
                live.tick(events[..=i].iter().map(|e| e.at).max().unwrap());
                screen.take(&mut live);
            }
            if i == cut {
                kept = bytes(&live);
            }
        }
        live.tick(now);
        screen.take(&mut live);

        let mut replay = board();
        events.iter().for_each(|e| replay.apply(e));
        replay.tick(now);
        prop_assert_eq!(bytes(&live), bytes(&replay));
        prop_assert_eq!(bytes(&live.live()), bytes(&replay.live()));

        // Kept in the middle, resumed, and given more than needed: what was taken counts once.
        let mut resumed: Board = serde_json::from_str(&kept).unwrap();
        resumed.set_company(zone(), thresholds());
        events[cut / 2..].iter().for_each(|e| resumed.apply(e));
        resumed.tick(now);
        prop_assert_eq!(bytes(&resumed), bytes(&live));

        prop_assert_eq!(bytes(&screen.live()), bytes(&live.live()));
        prop_assert!(live.take_changes().is_none());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn heard_live_from_the_ledger_or_read_from_the_database_it_is_the_same_board() {
    both(|db| async move {
        db.migrate(&[store::MIGRATIONS, reports::MIGRATIONS]).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let ledger = store::LedgerWriter::open(db.clone(), 1, folder.path().join("spool"), store::LedgerOptions::default()).await.unwrap();
        let (mut live, mut follower) = (board(), ledger.follow(&db, 0));
        let steps: Vec<_> = (0..600u32).map(|i| (3_000, (i * 7 % 251) as u8, (i * 13 % 239) as u8, (i * 29 % 241) as u8, i * 97 % 60_000)).collect();
        let all = events(&steps);
        let now = all.last().unwrap().at;
        for Event { at, interaction, kind, .. } in all {
            ledger.record(at, interaction, kind);
            let event = follower.next().await.unwrap();
            live.apply(&event);
            if event.seq == 300 {
                ledger.wait_until_durable(300).await;
                live.save(&db, 1, event.at).await.unwrap();
            }
        }
        ledger.wait_until_durable(600).await;
        let loaded = Board::load(&db, 1, zone(), thresholds(), now).await.unwrap();
        assert_eq!(bytes(&loaded), bytes(&live));
        let replayed = Board::replay(&db, zone(), thresholds(), MIDNIGHT).await.unwrap();
        assert_eq!(bytes(&replayed), bytes(&live));
        // A copy that knows more than the ledger (which was restored from a backup) is no copy of it.
        let mut tx = db.begin().await.unwrap();
        tx.execute("UPDATE ledger_node SET last_seq = 200", store::vals![]).await.unwrap();
        tx.execute("DELETE FROM event WHERE seq > 200", store::vals![]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(Board::load(&db, 1, zone(), thresholds(), now).await.unwrap().seen(1), 200);
        ledger.close().await;
    })
    .await;
}

struct Told {
    board: Board,
    seq: u64,
}

impl Told {
    fn say(&mut self, at: i64, call: i64, kind: EventKind) {
        self.seq += 1;
        self.board.apply(&Event { node: 1, seq: self.seq, at: MIDNIGHT + at, interaction: Some(InteractionId(call)), kind });
    }

    #[track_caller]
    fn call(&self, state: LiveState, since: i64, queue: Option<i64>, agent: Option<i64>) {
        let calls = self.board.live().calls;
        let [call] = &calls[..] else { panic!("{} calls", calls.len()) };
        let seen = (call.state, call.since - MIDNIGHT, call.queue, call.agent);
        assert_eq!(seen, (state, since, queue.map(QueueId), agent.map(AgentId)));
    }

    #[track_caller]
    fn queue(&self, queue: i64, waiting: u32, ringing: u32, talking: u32, oldest: Option<i64>) {
        let rows = self.board.live().queues;
        let row = rows.iter().find(|row| row.queue == QueueId(queue)).unwrap();
        let seen = (row.waiting, row.ringing, row.talking, row.oldest.map(|at| at - MIDNIGHT));
        assert_eq!(seen, (waiting, ringing, talking, oldest));
    }
}

#[test]
fn a_call_walks_over_the_board_with_a_transfer_to_a_second_queue() {
    let mut told = Told { board: board(), seq: 0 };
    told.say(1, 7, arrived());
    told.call(LiveState::Ivr, 1, None, None);
    told.say(2, 7, queued(1));
    told.call(LiveState::Waiting, 2, Some(1), None);
    told.queue(1, 1, 0, 0, Some(2));
    told.say(3, 7, offered(5, 1));
    told.call(LiveState::Ringing, 3, Some(1), Some(5));
    told.queue(1, 0, 1, 0, Some(2));
    told.say(4, 7, offer_ended(5, 1, OfferOutcome::Missed));
    told.call(LiveState::Waiting, 4, Some(1), None);
    told.say(5, 7, offered(6, 1));
    told.say(6, 7, offer_ended(6, 1, OfferOutcome::Answered));
    told.say(6, 7, left(1, QueueOutcome::Answered, 20_001));
    told.say(6, 7, talk(6, 1));
    told.call(LiveState::Talking, 6, Some(1), Some(6));
    told.queue(1, 0, 0, 1, None);
    told.say(7, 7, EventKind::Held { agent: AgentId(6) });
    told.call(LiveState::Held, 7, Some(1), Some(6));
    let target = contract::TransferTarget::Queue { queue: QueueId(2) };
    told.say(8, 7, EventKind::TransferStarted { agent: AgentId(6), target });
    told.call(LiveState::Transferring, 8, Some(1), Some(6));
    told.say(9, 7, talked(6, 1, 100, 10));
    told.say(9, 7, queued(2));
    told.call(LiveState::Waiting, 9, Some(2), None);
    told.queue(2, 1, 0, 0, Some(9));
    told.say(10, 7, ended(EndCause::Abandoned));
    told.say(10, 7, left(2, QueueOutcome::Abandoned, 2_000));
    assert!(told.board.live().calls.is_empty());
    told.queue(2, 0, 0, 0, None);
    let live = told.board.live();
    let figures: Vec<_> = live.queues.iter().map(|q| (q.queue.0, q.offered, q.answered, q.within_target, q.abandoned, q.short_abandoned)).collect();
    assert_eq!(figures, [(1, 1, 1, 0, 0, 0), (2, 0, 0, 0, 0, 1)]);
    let agents: Vec<_> = live.agents.iter().map(|a| (a.seat.agent.0, a.answered_today, a.missed_today, a.talk_ms_today)).collect();
    assert_eq!(agents, [(5, 0, 1, 0), (6, 1, 0, 100)]);
}

#[test]
fn at_the_companys_midnight_figures_begin_again_and_calls_go_on() {
    let mut told = Told { board: board(), seq: 0 };
    told.say(23 * HOUR, 7, arrived());
    told.say(23 * HOUR, 7, queued(1));
    told.say(23 * HOUR, 8, left(1, QueueOutcome::Answered, 1));
    told.say(23 * HOUR, 0, seat(5, SeatStatus::Ready, Activity::Idle));
    assert_eq!(told.board.live().queues[0].answered, 1);
    told.board.take_changes();
    told.board.tick(MIDNIGHT + 24 * HOUR - 1);
    assert!(told.board.take_changes().is_none());
    told.board.tick(MIDNIGHT + 24 * HOUR);
    assert!(told.board.take_changes().is_some());
    assert_eq!(told.board.live().queues[0].answered, 0);
    told.queue(1, 1, 0, 0, Some(23 * HOUR));
    // Late news of yesterday is not today's.
    told.say(24 * HOUR - 1, 9, left(1, QueueOutcome::Answered, 1));
    assert_eq!(told.board.live().queues[0].answered, 0);
    told.say(24 * HOUR + 1, 7, left(1, QueueOutcome::Answered, 9));
    assert_eq!(told.board.live().queues[0].answered, 1);
}

#[test]
fn what_the_company_has_no_more_leaves_the_board_when_nobody_is_there_any_more() {
    let mut told = Told { board: board(), seq: 0 };
    let mut screen = Screen::default();
    told.board.set_directory(company(&[1, 2], &[5, 6]));
    told.say(1, 0, seat(5, SeatStatus::Ready, Activity::Idle));
    told.say(1, 0, seat(6, SeatStatus::Offline, Activity::Idle));
    told.say(2, 7, arrived());
    told.say(2, 7, queued(2));
    screen.take(&mut told.board);
    told.board.set_directory(company(&[1], &[]));
    screen.take(&mut told.board);
    let rows = |live: &Live| {
        let agents: Vec<i64> = live.agents.iter().map(|a| a.seat.agent.0).collect();
        (agents, live.queues.iter().map(|q| q.queue.0).collect::<Vec<_>>())
    };
    assert_eq!(rows(&told.board.live()), (vec![5], vec![1, 2]), "somebody sits there, somebody waits there");
    assert_eq!(bytes(&screen.live()), bytes(&told.board.live()));
    told.say(3, 7, left(2, QueueOutcome::Abandoned, 9_000));
    told.say(3, 7, ended(EndCause::Abandoned));
    told.say(4, 0, seat(5, SeatStatus::Offline, Activity::Idle));
    screen.take(&mut told.board);
    assert_eq!(rows(&told.board.live()), (vec![], vec![1]));
    assert_eq!(bytes(&screen.live()), bytes(&told.board.live()));
    told.board.set_directory(company(&[1, 2], &[5]));
    screen.take(&mut told.board);
    assert_eq!(rows(&told.board.live()), (vec![5], vec![1, 2]), "and is back with it");
    assert_eq!(bytes(&screen.live()), bytes(&told.board.live()));
}

/// (reason, confidence) of each candidate with its customer, and who stands on the board.
#[test]
fn the_board_assumes_a_customer_where_the_desk_does() {
    use contract::MatchReason::{Exact, SharedLine, Tail};
    let table = [
        (vec![(9, Exact, 95)], Some(9)),
        (vec![(9, Tail, 40)], None),
        (vec![(9, SharedLine, 50)], None),
        (vec![(9, Exact, 98), (9, Exact, 95)], Some(9)),
        (vec![(9, Exact, 63), (8, Exact, 60)], None),
        (vec![], None),
    ];
    for (candidates, want) in table {
        let mut told = Told { board: board(), seq: 0 };
        told.say(1, 7, arrived());
        let candidates = candidates.iter().zip(1..).map(|(&(customer, reason, confidence), n)| contract::Candidate {
            customer: contract::CustomerId(customer),
            contact: Some(contract::ContactId(n)),
            point: contract::ContactPointId(n),
            reason,
            confidence,
            vip: false,
        });
        let candidates: Vec<_> = candidates.collect();
        told.say(2, 7, EventKind::CallerIdentified { candidates: candidates.clone() });
        assert_eq!(told.board.live().calls[0].customer.map(|id| id.0), want, "{candidates:?}");
    }
}

#[test]
fn after_a_crash_the_board_names_the_calls_left_open() {
    let mut told = Told { board: board(), seq: 0 };
    told.say(1, 7, arrived());
    told.say(2, 8, arrived());
    told.say(5, 7, queued(1));
    told.say(6, 8, ended(EndCause::SelfService));
    assert_eq!(told.board.open_calls(1), [(InteractionId(7), MIDNIGHT + 5)]);
    assert_eq!(told.board.open_calls(2), []);
    told.say(9, 7, EventKind::Interrupted { last_seen: MIDNIGHT + 5 });
    assert_eq!(told.board.open_calls(1), []);
    told.queue(1, 0, 0, 0, None);
}
