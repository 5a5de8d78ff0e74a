//! What users of such systems complain about (threads in public trackers), each as a fact that holds here.

mod room;

use std::sync::Arc;

use acd::{Decision, Facts, Input, Orphan};
use contract::directory::Queue;
use contract::{
    Activity, AgentId, InteractionId, OfferOutcome, QueueId, QueueOutcome, SeatCommand, SeatStatus, SeatWhy,
    StationHealth,
};
use room::*;

fn shop() -> Company {
    Company::default().agent(1, &[(1, 5)]).agent(2, &[(1, 5)]).agent(3, &[(1, 5)]).queue(queue(1, &[(1, 1)])).lunch()
}

fn with_wrap_up() -> Company {
    shop().queue(Queue { wrap_up_ms: 30_000, ..queue(1, &[(1, 1)]) })
}

fn talking(room: &mut Room, agent: i64, call: i64) {
    room.ready(agent);
    let id = offer(&room.calls(call, 1));
    room.answer(id);
    assert_eq!(room.shows(agent).activity, Activity::Talking { interaction: InteractionId(call) });
}

#[test]
fn lesson_03_a_reservation_is_a_lease_that_ends_by_itself_for_any_number_of_agents() {
    let mut company = Company::default().queue(queue(1, &[(1, 1)]));
    for agent in 1..=40 {
        company = company.agent(agent, &[(1, 5)]);
    }
    let mut room = Room::new(company);
    for agent in 1..=40 {
        room.ready(agent);
        room.calls(100 + agent, 1);
    }
    assert_eq!(room.router.counts().offers, 40);
    // Every owner falls silent: nobody answers, rejects or hangs up. No agent stays reserved.
    room.pass(20_000);
    assert_eq!(room.router.counts().offers, 0);
    assert!(room.router.seats().all(|seat| seat.activity == Activity::Idle && seat.status_why == SeatWhy::MissedOffer));
}

#[test]
fn lesson_04_an_agent_who_cannot_be_rung_never_holds_up_the_others() {
    let mut room = Room::new(shop());
    for agent in [1, 2, 3] {
        room.ready(agent);
    }
    room.station_down(1);
    room.lunch(2);
    assert_eq!(offers(&room.calls(100, 1)), [(100, 3)]);
    let mut room = Room::new(shop());
    room.ready(1);
    room.ready(2);
    let id = offer(&room.calls(100, 1));
    let said = room.tell(Input::OfferFailed { offer: id });
    assert_eq!((ends(&said), offers(&said)), (vec![(1, OfferOutcome::Failed)], vec![(100, 2)]));
}

#[test]
fn lesson_05_an_agent_locked_on_a_dead_call_is_freed_by_the_audit() {
    let mut room = Room::new(shop());
    talking(&mut room, 1, 100);
    room.ready(2);
    room.calls(101, 1); // rings at 2
    room.calls(102, 1); // waits
    let ids = |ids: &[i64]| ids.iter().copied().map(InteractionId).collect();
    // The owners of 100, 101 and 102 vanished without a word; 103 believes it waits, and does not.
    let facts = Facts { calls: ids(&[103]), waiting: ids(&[103]), ..Facts::default() };
    assert_eq!(room.router.audit(room.now, &facts), (vec![], vec![])); // too young to judge
    room.now += 2_000;
    let (orphans, said) = room.router.audit(room.now, &facts);
    let [Orphan::Offer { interaction: InteractionId(101), .. }, rest @ ..] = &orphans[..] else { panic!("{orphans:?}") };
    assert_eq!(rest, [
        Orphan::Caller { interaction: InteractionId(102) },
        Orphan::Unknown { interaction: InteractionId(103) },
        Orphan::Talk { agent: AgentId(1), interaction: InteractionId(100) },
    ]);
    assert_eq!(ends(&said), [(2, OfferOutcome::Withdrawn)]);
    assert_eq!(left(&said), [(101, QueueOutcome::Failed), (102, QueueOutcome::Failed)]);
    assert!(room.router.seats().all(|seat| seat.activity == Activity::Idle));
    assert_eq!(room.router.counts(), acd::Counts { seats: 2, ..acd::Counts::default() });
    assert_eq!(room.router.audit(room.now, &Facts::default()), (vec![], vec![]));
}

#[test]
fn lesson_05_an_agent_who_left_a_living_call_is_freed_and_a_living_talk_is_left_alone() {
    let mut room = Room::new(shop());
    talking(&mut room, 1, 100);
    talking(&mut room, 2, 101);
    room.now += 60_000;
    let calls = [InteractionId(100), InteractionId(101)].into();
    let facts = Facts { calls, legs: [(AgentId(2), InteractionId(101))].into(), ..Facts::default() };
    let (orphans, _) = room.router.audit(room.now, &facts);
    assert_eq!(orphans, [Orphan::Talk { agent: AgentId(1), interaction: InteractionId(100) }]);
    assert_eq!(room.shows(2).activity, Activity::Talking { interaction: InteractionId(101) });
}

#[test]
fn lesson_06_every_automatic_change_has_a_reason_and_a_way_back() {
    type Trouble = fn(&mut Room);
    let troubles: [(Trouble, SeatWhy); 5] = [
        (|room| drop(room.pass(20_000)), SeatWhy::MissedOffer),
        (|room| reject(room, false), SeatWhy::RejectedOffer),
        (|room| reject(room, true), SeatWhy::StationFailed),
        (|room| drop(room.station_down(1)), SeatWhy::StationLost),
        (desktop_gone, SeatWhy::DesktopLost),
    ];
    for (trouble, why) in troubles {
        let mut room = Room::new(shop());
        room.ready(1);
        room.calls(100, 1);
        trouble(&mut room);
        assert_eq!((room.status(1), room.shows(1).status_why), (NOT_READY, why));
        room.station_up(1);
        room.seat(1, SeatCommand::Ready);
        assert_eq!(room.shows(1).activity, Activity::Offered { interaction: InteractionId(100) }, "after {why:?}");
    }
}

fn reject(room: &mut Room, failed: bool) {
    room.hangs_up_waiting(100);
    let offer = offer(&room.calls(100, 1));
    drop(room.tell(if failed { Input::OfferFailed { offer } } else { Input::OfferRejected { offer } }));
}

fn desktop_gone(room: &mut Room) {
    room.hangs_up_waiting(100);
    room.tell(Input::DesktopDown { agent: AgentId(1) });
    room.pass(20_000);
    room.calls(100, 1);
}

#[test]
fn lesson_07_after_each_kind_of_transfer_the_agent_gets_the_next_call() {
    for late_end in [false, true] {
        for kind in ["queue", "agent", "number"] {
            let mut room = Room::new(with_wrap_up().queue(queue(2, &[(2, 1)])));
            talking(&mut room, 1, 100);
            room.sign_in(2);
            if !late_end {
                room.talk_ends(100, 1);
            }
            match kind {
                "queue" => drop(room.calls(100, 2)),
                "agent" => drop(room.direct(100, 2, Some(1), Some(2))),
                _ => drop(room.talk_ends(100, 1)),
            }
            room.talk_ends(100, 1);
            assert!(matches!(room.shows(1).activity, Activity::WrapUp { .. }), "{kind}");
            room.pass(30_000);
            assert_eq!(offers(&room.calls(101, 1)), [(101, 1)], "after a transfer to {kind}");
        }
    }
}

#[test]
fn lesson_14_a_desktop_gone_for_a_moment_changes_nothing_for_longer_makes_not_ready_before_the_next_offer() {
    let mut room = Room::new(shop());
    room.ready(1);
    let agent = AgentId(1);
    room.tell(Input::DesktopDown { agent });
    assert_eq!(room.pass(19_999), []);
    room.tell(Input::DesktopUp { agent });
    assert_eq!(room.pass(60_000), []);
    room.tell(Input::DesktopDown { agent });
    room.pass(20_000);
    assert_eq!(room.shows(1).status_why, SeatWhy::DesktopLost);
    assert_eq!(offers(&room.calls(100, 1)), []);
    assert_eq!(room.tell(Input::DesktopUp { agent }), []); // a person must say that a person is there
}

#[test]
fn lesson_16_the_next_status_survives_every_way_a_call_can_go() {
    type Way = fn(&mut Room, contract::OfferId);
    let ways: [(&str, Way); 8] = [
        ("missed", |room, _| drop(room.pass(20_000))),
        ("rejected", |room, offer| drop(room.tell(Input::OfferRejected { offer }))),
        ("failed", |room, offer| drop(room.tell(Input::OfferFailed { offer }))),
        ("abandoned", |room, _| drop(room.hangs_up_waiting(100))),
        ("station lost", |room, _| drop(room.station_down(1))),
        ("owner gone", |room, _| drop(room.tell(Input::OwnerGone { interaction: InteractionId(100) }))),
        ("talked", |room, offer| {
            room.answer(offer);
            room.over(100);
            room.pass(30_000);
        }),
        ("talked, phone and desktop lost", |room, offer| {
            room.answer(offer);
            room.station_down(1);
            room.tell(Input::DesktopDown { agent: AgentId(1) });
            room.pass(60_000);
            room.station_up(1);
            room.over(100);
            room.seat(1, SeatCommand::EndWrapUp);
        }),
    ];
    for (name, way) in ways {
        let mut room = Room::new(with_wrap_up());
        room.ready(1);
        let id = offer(&room.calls(100, 1));
        room.lunch(1);
        way(&mut room, id);
        let seat = room.shows(1);
        assert_eq!((seat.status, seat.status_why, seat.next), (LUNCH, SeatWhy::NextStatus, None), "{name}");
        room.station_up(1);
        assert_eq!(room.status(1), LUNCH, "{name}: the station's return does not end a break");
    }
}

#[test]
fn lesson_16_a_break_chosen_during_a_failed_outbound_call_is_kept() {
    let mut room = Room::new(shop());
    room.ready(1);
    let (interaction, agent) = (InteractionId(500), AgentId(1));
    room.tell(Input::AgentBusy { interaction, agent });
    room.lunch(1);
    room.tell(Input::OwnerGone { interaction });
    assert_eq!(room.status(1), LUNCH);
}

#[test]
fn lesson_17_no_program_at_the_desk_changes_a_seat_only_intents_do() {
    let mut room = Room::new(shop());
    room.sign_in(1);
    room.lunch(1);
    let agent = AgentId(1);
    for input in [Input::DesktopDown { agent }, Input::DesktopUp { agent }, Input::DesktopUp { agent }] {
        assert_eq!(room.tell(input), []);
    }
    assert_eq!(room.sign_in(1), []); // the desktop reconnects and signs in again: the break stays
    assert_eq!(room.status(1), LUNCH);
}

#[test]
fn lesson_19_a_lost_registration_makes_not_ready_and_its_return_gives_ready_back() {
    let mut room = Room::new(shop());
    room.ready(1);
    room.station_down(1);
    assert_eq!(room.shows(1).health, StationHealth::Unreachable);
    assert_eq!((room.status(1), room.shows(1).status_why), (NOT_READY, SeatWhy::StationLost));
    assert_eq!(offers(&room.calls(100, 1)), []);
    assert_eq!(offers(&room.station_up(1)), [(100, 1)]);
    assert_eq!(room.shows(1).status_why, SeatWhy::StationBack);
    assert_eq!(room.station_up(1), []); // registered anew, as phones do
    // What the agent chose meanwhile stays.
    room.hangs_up_waiting(100);
    room.station_down(1);
    room.lunch(1);
    room.station_up(1);
    assert_eq!(room.status(1), LUNCH);
}

#[test]
fn lesson_21_wrap_up_belongs_to_the_agent_and_nothing_but_the_agent_or_its_time_ends_it() {
    let mut room = Room::new(with_wrap_up());
    talking(&mut room, 1, 100);
    room.over(100);
    let until = room.now + 30_000;
    let (interaction, agent) = (InteractionId(500), AgentId(1));
    room.tell(Input::AgentBusy { interaction, agent });
    room.pass(10_000);
    room.tell(Input::AgentFree { interaction, agent });
    let wrap_up = Activity::WrapUp { interaction: InteractionId(100), queue: Some(QueueId(1)), until: Some(until) };
    assert_eq!(room.shows(1).activity, wrap_up);
    // The queue is gone, the skills are gone, another call waits: still in wrap-up.
    let changed = Company::default().agent(1, &[(2, 1)]).queue(queue(2, &[(2, 1)])).lunch();
    room.tell(Input::Directory(Arc::new(changed.0)));
    room.calls(101, 2);
    assert_eq!(room.shows(1).activity, wrap_up);
    assert_eq!(offers(&room.pass(20_000)), [(101, 1)]);
}

#[test]
fn lesson_24_five_thousand_members_and_two_hundred_queues_each_event_settles_one_offer() {
    let mut company = Company::default();
    for agent in 1..=5_000 {
        company = company.agent(agent, &[(1, 5), (2 + agent % 20, 5)]);
    }
    for id in 1..=200 {
        company = company.queue(queue(id, &[(if id % 2 == 0 { 1 } else { 2 + id % 20 }, 1)]));
    }
    let mut room = Room::new(company);
    for agent in 1..=5_000 {
        assert_eq!(offers(&room.ready(agent)), []);
    }
    for call in 0..5_000 {
        assert_eq!(offers(&room.calls(10_000 + call, 2)), [(10_000 + call, call + 1)]); // longest idle first
    }
    for call in 0..2_000 {
        assert_eq!(offers(&room.calls(20_000 + call, 1 + call % 200)), []);
    }
    for call in 0..1_000 {
        let said = room.over(10_000 + call); // the caller leaves while it rings: the agent is free
        assert_eq!(offers(&said).len(), 1);
    }
    assert_eq!(room.router.counts().offers, 5_000);
    assert_eq!(room.router.counts().waiting, 6_000);
}

#[test]
fn lesson_25_priority_and_longest_wait_across_queues_never_stop_offers() {
    let urgent = Queue { priority: 9, ..queue(2, &[(2, 1)]) };
    let mut room = Room::new(shop().queue(urgent).agent(4, &[(1, 1), (2, 1)]));
    room.calls_as(200, 2, true, 9);
    room.calls_as(201, 2, true, 9);
    room.pass(1_000);
    room.calls(100, 1);
    // The most urgent cannot be served by agent 1: the agent gets what can.
    assert_eq!(offers(&room.ready(1)), [(100, 1)]);
    assert_eq!(offers(&room.ready(4)), [(200, 4)]);
}

#[test]
fn lesson_26_the_position_said_never_gets_worse() {
    let mut room = Room::new(shop());
    room.calls(100, 1);
    room.calls(101, 1);
    let (now, call) = (room.now, InteractionId(101));
    assert_eq!(room.router.position_to_say(now, call), Some(2));
    room.calls_as(102, 1, true, 0);
    assert_eq!(room.router.position(now, call), Some(3));
    assert_eq!(room.router.position_to_say(now, call), Some(2));
    room.hangs_up_waiting(100);
    room.hangs_up_waiting(102);
    assert_eq!(room.router.position_to_say(now, call), Some(1));
}

#[test]
fn lesson_28_offers_count_so_one_who_does_not_answer_is_not_rung_again_and_again() {
    let calm = Queue { missed_not_ready: false, rejected_not_ready: false, ..queue(1, &[(1, 1)]) };
    let mut room = Room::new(shop().queue(calm));
    for agent in [1, 2, 3] {
        room.ready(agent);
    }
    let mut rung = offers(&room.calls(100, 1));
    rung.extend(offers(&room.pass(100_000)));
    assert_eq!(rung, [(100, 1), (100, 2), (100, 3), (100, 1), (100, 2), (100, 3)]);
    assert_eq!(room.status(1), SeatStatus::Ready);
}

#[test]
fn a_supervisor_may_ask_why_nobody_takes_a_call() {
    use acd::{NotReadyWhy, Obstacle};
    let company = shop().agent(4, &[(2, 9)]).agent(5, &[(1, 9)]).agent(6, &[(1, 2)]).agent(7, &[(1, 1)]);
    let mut room = Room::new(company.queue(queue(2, &[(1, 2)])));
    talking(&mut room, 1, 100);
    room.ready(2);
    room.lunch(2);
    room.ready(3);
    room.station_down(3);
    room.ready(4);
    room.calls(101, 2);
    room.pass(7_000);
    let told = room.router.explain_call(room.now, InteractionId(101)).expect("waits");
    assert_eq!((told.queue, told.position, told.waited_ms, told.ringing), (Some(QueueId(2)), Some(1), 7_000, None));
    let reasons: Vec<_> = told.agents.iter().map(|v| (v.agent.0, v.obstacle)).collect();
    let skill = |has| Some(Obstacle::Skill { skill: contract::SkillId(1), has, needs: 2 });
    let lunch = Obstacle::NotReady { reason: Some(contract::ReasonId(1)), why: NotReadyWhy(SeatWhy::Chosen) };
    assert_eq!(reasons, [
        (1, Some(Obstacle::OnCall { interaction: InteractionId(100) })),
        (2, Some(lunch)),
        (3, Some(Obstacle::StationUnreachable)),
        (5, Some(Obstacle::SignedOut)),
        (6, Some(Obstacle::SignedOut)),
        (4, skill(0)),
        (7, skill(1)),
    ]);
    let told = room.router.explain_agent(room.now, AgentId(1)).expect("known");
    assert_eq!(told.first, Some(InteractionId(101)));
    let said = room.ready(5);
    let why = said.iter().find_map(|d| match d {
        Decision::Offer { why, .. } => Some(why.as_str()),
        _ => None,
    });
    assert_eq!(why, Some("skill 9, idle 0 s, first of 1"));
}
