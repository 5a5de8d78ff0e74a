//! A working day in the router: callers, agents, offers, wrap-up, order. Each test reads as what happens on the phone.

mod room;

use acd::{Decision, DirectWhy, Input, OverflowWhy};
use contract::directory::{Overflow, Queue};
use contract::{
    Activity, AgentId, InteractionId, OfferOutcome, QueueId, QueueOutcome, Seat, SeatCommand, SeatStatus, SeatWhy,
    StationHealth, StationId,
};
use room::*;

/// One queue (1) that needs skill 1, three agents who have it.
fn shop() -> Company {
    Company::default().agent(1, &[(1, 5)]).agent(2, &[(1, 5)]).agent(3, &[(1, 5)]).queue(queue(1, &[(1, 1)])).lunch()
}

#[test]
fn a_call_from_queue_to_good_bye_says_every_fact_in_order() {
    let mut room = Room::new(shop().queue(Queue { wrap_up_ms: 10_000, ..queue(1, &[(1, 1)]) }));
    let (agent, station, interaction, queue) = (AgentId(1), StationId(1), InteractionId(100), QueueId(1));
    room.ready(1);
    let base = room.shows(1).clone();
    room.pass(5_000);
    let now = room.now;
    let said = room.calls(100, 1);
    let id = offer(&said);
    let offered = Seat { activity: Activity::Offered { interaction }, activity_since: now, ..base.clone() };
    let why = "skill 5, idle 5 s, first of 1".to_owned();
    let until = now + 20_000;
    assert_eq!(said, [
        Decision::Queued { interaction, queue, vip: false, priority: 0, position: 1 },
        Decision::Offer { offer: id, interaction, agent, station, queue: Some(queue), until, waited_ms: 0, why, asked_by: None },
        Decision::SeatChanged { seat: offered.clone(), why: SeatWhy::Call, by: None },
    ]);

    room.pass(3_000);
    let talking = Seat { activity: Activity::Talking { interaction }, activity_since: now + 3_000, ..base.clone() };
    assert_eq!(room.answer(id), [
        Decision::OfferEnded { offer: id, interaction, agent, queue: Some(queue), outcome: OfferOutcome::Answered, rang_ms: 3_000 },
        Decision::QueueLeft { interaction, queue, outcome: QueueOutcome::Answered, waited_ms: 3_000 },
        Decision::SeatChanged { seat: talking, why: SeatWhy::Call, by: None },
    ]);

    room.pass(60_000);
    let until = room.now + 10_000;
    let wrap_up = Activity::WrapUp { interaction, queue: Some(queue), until: Some(until) };
    assert_eq!(room.over(100), [
        Decision::WrapUpStarted { interaction, agent, queue: Some(queue), until: Some(until) },
        Decision::SeatChanged { seat: Seat { activity: wrap_up, activity_since: room.now, ..base.clone() }, why: SeatWhy::Call, by: None },
    ]);
    assert_eq!(room.talk_ends(100, 1), []); // said twice

    assert_eq!(room.router.deadline(), Some(until));
    let said = room.pass(10_000);
    assert_eq!(said, [
        Decision::WrapUpEnded { interaction, agent, queue: Some(queue), took_ms: 10_000, timed_out: true },
        Decision::SeatChanged { seat: Seat { activity_since: room.now, ..base }, why: SeatWhy::WrapUpDone, by: None },
    ]);
    assert_eq!(room.router.deadline(), None);
}

#[test]
fn a_missed_offer_makes_not_ready_and_the_caller_keeps_the_place() {
    let mut room = Room::new(shop());
    room.ready(1);
    room.calls(100, 1);
    room.calls(101, 1);
    let said = room.pass(20_000);
    assert_eq!(ends(&said), [(1, OfferOutcome::Missed)]);
    assert_eq!((room.status(1), room.shows(1).status_why), (NOT_READY, SeatWhy::MissedOffer));
    assert_eq!(room.router.position(room.now, InteractionId(100)), Some(1));
    assert_eq!(offers(&room.ready(2)), [(100, 2)]);
    assert_eq!(offers(&room.seat(1, SeatCommand::Ready)), [(101, 1)]); // the way back
}

#[test]
fn a_rejected_offer_goes_to_the_next_agent_in_the_same_moment() {
    let mut room = Room::new(shop());
    room.ready(1);
    room.ready(2);
    let id = offer(&room.calls(100, 1));
    let said = room.tell(Input::OfferRejected { offer: id });
    assert_eq!(ends(&said), [(1, OfferOutcome::Rejected)]);
    assert_eq!(offers(&said), [(100, 2)]);
    assert_eq!(room.shows(1).status_why, SeatWhy::RejectedOffer);
}

#[test]
fn a_phone_that_rejects_by_itself_is_not_rung_in_a_tight_loop() {
    let calm = Queue { rejected_not_ready: false, ..queue(1, &[(1, 1)]) };
    let mut room = Room::new(shop().queue(calm));
    room.ready(1);
    let id = offer(&room.calls(100, 1));
    assert_eq!(offers(&room.tell(Input::OfferRejected { offer: id })), []);
    assert_eq!(room.status(1), SeatStatus::Ready);
    assert_eq!(offers(&room.pass(2_000)), [(100, 1)]);
}

#[test]
fn an_answer_after_the_offer_ended_is_told_to_hang_up() {
    let mut room = Room::new(shop());
    room.ready(1);
    let id = offer(&room.calls(100, 1));
    assert_eq!(ends(&room.hangs_up_waiting(100)), [(1, OfferOutcome::Withdrawn)]);
    assert_eq!(room.answer(id), [Decision::TooLate { offer: id }]);
    assert_eq!(room.shows(1).activity, Activity::Idle);
}

#[test]
fn the_most_skilled_then_the_longest_idle_then_the_lowest_id_is_rung() {
    let company = Company::default()
        .agent(1, &[(1, 3)])
        .agent(2, &[(1, 8), (2, 2)])
        .agent(3, &[(1, 8), (2, 9)])
        .agent(4, &[(2, 9)])
        .queue(queue(1, &[(1, 1)]))
        .queue(queue(2, &[(1, 4), (2, 3)]));
    let mut room = Room::new(company);
    for agent in [3, 1, 4, 2] {
        room.ready(agent);
        room.pass(1_000);
    }
    assert_eq!(offers(&room.calls(100, 1)), [(100, 3)]); // 8, before agent 2 who is idle for less
    assert_eq!(offers(&room.calls(101, 1)), [(101, 2)]);
    assert_eq!(offers(&room.calls(102, 1)), [(102, 1)]);
    assert_eq!(offers(&room.calls(103, 2)), []); // 3 has both skills and is busy, 2 and 4 lack one
}

#[test]
fn vip_first_then_priority_with_age_then_who_came_first() {
    let mut room = Room::new(shop());
    room.calls(100, 1);
    room.pass(29_000);
    room.calls_as(101, 1, false, 1);
    room.calls_as(102, 1, true, 0);
    room.calls_as(103, 1, false, 0);
    for (call, place) in [(102, 1), (101, 2), (100, 3), (103, 4)] {
        assert_eq!(room.router.position(room.now, InteractionId(call)), Some(place), "call {call}");
    }
    room.pass(1_000); // 100 waited one age step and came before 101
    let served: Vec<_> = (1..=3).flat_map(|agent| offers(&room.ready(agent))).collect();
    assert_eq!(served, [(102, 1), (100, 2), (101, 3)]);
}

#[test]
fn a_caller_found_to_be_a_vip_while_waiting_goes_first_and_keeps_the_time_waited() {
    let mut room = Room::new(shop());
    for call in 100..103 {
        room.calls(call, 1);
        room.pass(1_000);
    }
    assert_eq!(room.tell(Input::Vip { interaction: InteractionId(102) }), []);
    assert_eq!(room.router.position(room.now, InteractionId(102)), Some(1));
    assert_eq!(offers(&room.ready(1)), [(102, 1)]);
    room.tell(Input::Vip { interaction: InteractionId(101) });
    assert_eq!(offers(&room.ready(2)), [(101, 2)]);
    // While rung for: the place counts once the offer has failed.
    room.tell(Input::Vip { interaction: InteractionId(100) });
    room.tell(Input::Vip { interaction: InteractionId(999) });
    assert_eq!(offers(&room.ready(3)), [(100, 3)]);
    assert_eq!(room.router.waiting_in(contract::QueueId(1)), 3);
}

#[test]
fn a_raised_caller_is_before_everybody_and_of_two_the_one_who_waits_longer() {
    let mut room = Room::new(shop());
    room.calls_as(100, 1, true, 9);
    room.pass(3_600_000); // whatever waiting may raise
    for call in 101..104 {
        room.calls(call, 1);
        room.pass(1_000);
    }
    for call in [103, 102, 103] {
        assert_eq!(room.tell(Input::Raise { interaction: InteractionId(call) }), []);
    }
    for (call, place) in [(102, 1), (103, 2), (100, 3), (101, 4)] {
        assert_eq!(room.router.position(room.now, InteractionId(call)), Some(place), "call {call}");
    }
    assert_eq!(room.tell(Input::Raise { interaction: InteractionId(999) }), []);
    let served: Vec<_> = (1..=3).flat_map(|agent| offers(&room.ready(agent))).collect();
    assert_eq!(served, [(102, 1), (103, 2), (100, 3)]);
}

#[test]
fn a_caller_given_back_is_first_again_even_where_the_queue_is_full_and_stays_so_when_its_rules_change() {
    let small = Queue { max_waiting: 2, ..queue(1, &[(1, 1)]) };
    let company = |priority| Company::default().agent(1, &[(1, 5)]).agent(2, &[(1, 5)]).queue(Queue { priority, ..small.clone() });
    let mut room = Room::new(company(0));
    for call in 100..102 {
        room.calls(call, 1);
    }
    let back = Input::Return { interaction: InteractionId(102), queue: QueueId(1), vip: false, credit_ms: 0 };
    let said = room.tell(back);
    assert!(matches!(said[..], [Decision::Queued { interaction: InteractionId(102), .. }]), "{said:?}");
    room.tell(Input::Directory(std::sync::Arc::new(company(3).0)));
    assert_eq!(room.router.position(room.now, InteractionId(102)), Some(1));
    assert_eq!(room.router.waiting_in(QueueId(1)), 3);
    assert_eq!(offers(&room.ready(1)), [(102, 1)]);
}

#[test]
fn an_agent_we_could_not_ring_is_not_blamed_and_gets_the_caller_a_moment_later() {
    let mut room = Room::new(shop());
    room.ready(1);
    let id = offer(&room.calls(100, 1));
    let said = room.tell(Input::OfferWithdrawn { offer: id });
    assert_eq!((ends(&said), offers(&said)), (vec![(1, OfferOutcome::Withdrawn)], vec![]));
    assert_eq!(room.status(1), SeatStatus::Ready);
    assert_eq!(offers(&room.pass(2_000)), [(100, 1)]);
}

#[test]
fn an_agent_of_several_queues_takes_the_first_over_all_of_them() {
    let busy = Queue { priority: 3, ..queue(3, &[(3, 1)]) };
    let company = shop().agent(9, &[(1, 1), (2, 1), (3, 1)]).queue(queue(2, &[(2, 1)])).queue(busy);
    let mut room = Room::new(company);
    room.calls(102, 2);
    room.pass(10);
    room.calls(101, 1);
    room.calls(103, 3);
    assert_eq!(offers(&room.ready(9)), [(103, 9)]);
    room.over(103);
    assert_eq!(room.shows(9).activity, Activity::Offered { interaction: InteractionId(102) });
}

#[test]
fn a_transferred_caller_keeps_credit_for_the_time_waited() {
    let mut room = Room::new(shop());
    room.calls(100, 1);
    room.pass(10_000);
    let (interaction, queue) = (InteractionId(101), QueueId(1));
    room.tell(Input::Enqueue { interaction, queue, vip: false, priority: 0, credit_ms: 15_000 });
    assert_eq!(offers(&room.ready(1)), [(101, 1)]);
}

#[test]
fn a_full_queue_says_what_to_do_and_follows_to_one_with_room() {
    let full = |id, then| Queue { max_waiting: 1, when_full: then, ..queue(id, &[(1, 1)]) };
    let company = shop()
        .queue(full(1, Overflow::Queue(QueueId(2))))
        .queue(full(2, Overflow::Queue(QueueId(3))))
        .queue(queue(3, &[(1, 1)]))
        .queue(full(4, Overflow::Queue(QueueId(4))));
    let mut room = Room::new(company);
    for queue in [1, 2, 4] {
        room.calls(100 + queue, queue);
    }
    let overflow = |call, queue, why, then| {
        vec![Decision::Overflow { interaction: InteractionId(call), queue: QueueId(queue), why, then }]
    };
    assert_eq!(room.calls(200, 1), overflow(200, 1, OverflowWhy::Full, Overflow::Queue(QueueId(3))));
    assert_eq!(room.calls(201, 4), overflow(201, 4, OverflowWhy::Full, Overflow::Hangup(String::new())));
    assert_eq!(room.calls(202, 9), overflow(202, 9, OverflowWhy::Unknown, Overflow::Hangup(String::new())));
    assert_eq!(room.router.counts().waiting, 3);
}

#[test]
fn the_longest_wait_ends_in_the_queue_s_rule_but_never_while_an_agent_is_rung() {
    let patient = Queue { max_wait_ms: 30_000, ..queue(1, &[(1, 1)]) };
    let mut room = Room::new(shop().queue(patient));
    room.calls(100, 1);
    room.pass(5_000);
    room.calls(101, 1);
    room.pass(20_000);
    room.ready(1); // rings 100 from second 25 to 45
    let said = room.pass(15_000);
    assert_eq!(left(&said), [(101, QueueOutcome::Voicemail)]);
    let said = room.pass(5_000);
    assert_eq!(ends(&said), [(1, OfferOutcome::Missed)]);
    assert_eq!(left(&said), [(100, QueueOutcome::Voicemail)]);
    assert!(said.contains(&Decision::Overflow {
        interaction: InteractionId(100),
        queue: QueueId(1),
        why: OverflowWhy::MaxWait,
        then: Overflow::Voicemail
    }));
}

#[test]
fn a_transfer_to_an_agent_waits_for_the_talk_to_end_and_comes_before_the_queues() {
    let mut room = Room::new(shop());
    room.ready(1);
    let id = offer(&room.calls(100, 1));
    room.answer(id);
    room.calls(101, 1);
    assert_eq!(offers(&room.direct(200, 1, Some(1), Some(1))), []);
    assert_eq!(offers(&room.over(100)), [(200, 1)]);
}

#[test]
fn a_transfer_to_an_agent_that_fails_goes_to_the_fallback_with_the_time_waited() {
    let mut room = Room::new(shop());
    room.ready(1);
    room.calls(101, 1); // rings at 1, waits on
    let said = room.direct(200, 2, None, None);
    let failed = |call, agent, why, fallback: Option<i64>| Decision::DirectFailed {
        interaction: InteractionId(call),
        agent: AgentId(agent),
        why,
        fallback: fallback.map(QueueId),
    };
    assert_eq!(said, [failed(200, 2, DirectWhy::Offline, None)]);
    room.sign_in(2);
    assert_eq!(room.direct(201, 2, None, None), [failed(201, 2, DirectWhy::NotReady, None)]);

    room.direct(202, 1, None, Some(1));
    room.pass(5_000);
    room.calls(102, 1);
    let said = room.pass(15_000); // agent 1 misses 101 and is not ready: no use waiting for agent 1
    assert!(said.contains(&failed(202, 1, DirectWhy::NotReady, Some(1))), "{said:#?}");
    assert_eq!(room.router.position(room.now, InteractionId(202)), Some(2)); // before 102, who came later
}

#[test]
fn a_call_that_an_agent_dials_sends_what_rings_back_without_blame() {
    let mut room = Room::new(shop());
    room.ready(1);
    room.calls(100, 1);
    let said = room.tell(Input::AgentBusy { interaction: InteractionId(500), agent: AgentId(1) });
    assert_eq!(ends(&said), [(1, OfferOutcome::Withdrawn)]);
    assert_eq!(room.status(1), SeatStatus::Ready);
    assert_eq!(room.shows(1).activity, Activity::Talking { interaction: InteractionId(500) });
    let said = room.tell(Input::AgentFree { interaction: InteractionId(500), agent: AgentId(1) });
    assert_eq!(offers(&said), [(100, 1)]);
}

#[test]
fn hold_and_resume_show_on_the_seat() {
    let mut room = Room::new(shop());
    room.ready(1);
    let id = offer(&room.calls(100, 1));
    room.answer(id);
    let (interaction, agent) = (InteractionId(100), AgentId(1));
    room.tell(Input::TalkBegan { interaction, agent });
    room.tell(Input::TalkHeld { interaction, agent });
    assert_eq!(room.shows(1).activity, Activity::Held { interaction });
    room.tell(Input::TalkResumed { interaction, agent });
    assert_eq!(room.shows(1).activity, Activity::Talking { interaction });
}

#[test]
fn seat_commands_are_refused_with_the_rule_they_break() {
    let mut room = Room::new(shop());
    assert_eq!(refused(&room.sign_in(77)), "unknown_agent");
    assert_eq!(refused(&room.seat(1, SeatCommand::Ready)), "not_signed_in");
    assert_eq!(refused(&room.seat(1, SeatCommand::SignIn { station: Some(StationId(99)) })), "unknown_station");
    room.sign_in(1);
    let said = room.seat(2, SeatCommand::SignIn { station: Some(StationId(1)) });
    assert_eq!(refused(&said), "station_taken");
    let [Decision::Refused { refusal, .. }] = &said[..] else { panic!("{said:?}") };
    assert!(matches!(refusal, acd::Refusal::StationTaken { holder: AgentId(1), .. }));
    assert_eq!(refused(&room.seat(1, SeatCommand::EndWrapUp)), "no_wrap_up");
    assert_eq!(refused(&room.seat(1, SeatCommand::NotReady { reason: Some(contract::ReasonId(5)) })), "unknown_reason");
    room.station_down(1);
    assert_eq!(refused(&room.seat(1, SeatCommand::Ready)), "station_unreachable");
    room.seat(1, SeatCommand::SignOut);
    room.ready(2);
    let id = offer(&room.calls(100, 1));
    room.answer(id);
    assert_eq!(refused(&room.seat(2, SeatCommand::SignIn { station: Some(StationId(1)) })), "busy");
}

#[test]
fn a_supervisor_s_word_is_shown_as_such() {
    let mut room = Room::new(shop());
    room.ready(1);
    let command = SeatCommand::NotReady { reason: Some(contract::ReasonId(1)) };
    let said = room.tell(Input::Seat { agent: AgentId(1), command, by: AgentId(3) });
    assert!(matches!(&said[..], [Decision::SeatChanged { why: SeatWhy::Forced, by: Some(AgentId(3)), .. }]));
    assert_eq!(room.status(1), LUNCH);
}

#[test]
fn sign_out_while_talking_waits_for_the_end_and_in_wrap_up_happens_at_once() {
    let tidy = Queue { wrap_up_ms: 10_000, ..queue(1, &[(1, 1)]) };
    let mut room = Room::new(shop().queue(tidy));
    for (call, during_talk) in [(100, true), (101, false)] {
        room.ready(1);
        let id = offer(&room.calls(call, 1));
        room.answer(id);
        if during_talk {
            room.seat(1, SeatCommand::SignOut);
            assert_eq!(room.shows(1).next, Some(SeatStatus::Offline));
            room.over(call);
            assert!(matches!(room.shows(1).activity, Activity::WrapUp { .. }));
            room.pass(10_000);
        } else {
            room.over(call);
            room.seat(1, SeatCommand::SignOut);
        }
        assert_eq!(room.router.seat(AgentId(1)), None);
        assert_eq!(room.router.holder(StationId(1)), None);
    }
    assert_eq!(room.router.counts(), acd::Counts::default());
}

#[test]
fn wrap_up_is_extended_up_to_a_limit_and_ended_by_hand() {
    let tidy = Queue { wrap_up_ms: 10_000, ..queue(1, &[(1, 1)]) };
    let mut room = Room::new(shop().queue(tidy));
    room.ready(1);
    let id = offer(&room.calls(100, 1));
    room.answer(id);
    room.over(100);
    let until = room.now + 70_000;
    let said = room.seat(1, SeatCommand::ExtendWrapUp { by_ms: 60_000 });
    assert_eq!(said[0], Decision::WrapUpExtended { interaction: InteractionId(100), agent: AgentId(1), until });
    assert_eq!(refused(&room.seat(1, SeatCommand::ExtendWrapUp { by_ms: 1_800_000 })), "wrap_up_too_long");
    room.pass(60_000);
    let said = room.seat(1, SeatCommand::EndWrapUp);
    assert!(matches!(said[0], Decision::WrapUpEnded { took_ms: 60_000, timed_out: false, .. }));
    assert_eq!(room.router.deadline(), None);
}

#[test]
fn after_a_restart_who_was_ready_is_so_again_once_phone_and_desktop_are_back() {
    let mut before = Room::new(shop());
    before.ready(1);
    before.ready(2);
    before.lunch(2);
    before.ready(3);
    let seats: Vec<Seat> = before.router.seats().cloned().collect();

    let mut room = Room { router: acd::Router::new(contract::IdMaker::new(1), acd::RouterConfig::default()), now: T0 + 60_000 };
    room.tell(Input::Directory(std::sync::Arc::new(shop().0)));
    let said = room.tell(Input::Restore { seats });
    assert!(said.iter().all(|d| matches!(d, Decision::SeatChanged { why: SeatWhy::Restart, by: None, .. })));
    assert_eq!((room.status(1), room.shows(1).status_why, room.shows(1).health), (NOT_READY, SeatWhy::Restart, StationHealth::Unreachable));
    assert_eq!((room.status(2), room.shows(2).status_why), (LUNCH, SeatWhy::Chosen));
    room.calls(100, 1);
    room.station_up(1);
    assert_eq!(room.status(1), NOT_READY); // nobody at the desk yet
    assert_eq!(offers(&room.tell(Input::DesktopUp { agent: AgentId(1) })), [(100, 1)]);
    room.pass(20_000);
    assert_eq!(room.shows(3).status_why, SeatWhy::DesktopLost); // never came back
}

#[test]
fn callers_of_a_removed_queue_get_a_decision_and_a_removed_agent_finishes_the_talk() {
    let other = Queue { when_full: Overflow::Queue(QueueId(1)), ..queue(2, &[(1, 1)]) };
    let mut room = Room::new(shop().queue(other.clone()));
    room.ready(1);
    let id = offer(&room.calls(99, 1));
    room.answer(id);
    room.ready(2);
    room.calls(100, 2);
    room.calls(101, 2);
    let mut smaller = shop().0;
    smaller.agents.remove(&AgentId(1));
    let said = room.tell(Input::Directory(std::sync::Arc::new(smaller)));
    assert_eq!(ends(&said), [(2, OfferOutcome::Withdrawn)]);
    assert_eq!(left(&said), [(100, QueueOutcome::Moved), (101, QueueOutcome::Moved)]);
    let thens = said.iter().filter(|d| matches!(d, Decision::Overflow { why: OverflowWhy::Removed, then: Overflow::Queue(QueueId(1)), .. }));
    assert_eq!(thens.count(), 2);
    assert_eq!(room.shows(1).next, Some(SeatStatus::Offline));
    assert_eq!(refused(&room.seat(1, SeatCommand::Ready)), "unknown_agent");
    room.over(99);
    assert_eq!(room.router.seat(AgentId(1)), None);
    assert_eq!(room.router.counts().waiting, 0);
}

#[test]
fn changed_skills_bring_waiting_callers_and_idle_agents_together() {
    let mut room = Room::new(shop().queue(queue(2, &[(2, 1)])));
    room.ready(1);
    assert_eq!(offers(&room.calls(100, 2)), []);
    let said = room.tell(Input::Directory(std::sync::Arc::new(shop().queue(queue(2, &[(1, 1)])).0)));
    assert_eq!(offers(&said), [(100, 1)]);
    room.ready(2);
    assert_eq!(offers(&room.calls(101, 2)), [(101, 2)]);

    let mut room = Room::new(shop().queue(queue(2, &[(2, 1)])));
    room.ready(1);
    room.calls(100, 2);
    let taught = shop().agent(1, &[(1, 5), (2, 1)]).queue(queue(2, &[(2, 1)]));
    assert_eq!(offers(&room.tell(Input::Directory(std::sync::Arc::new(taught.0)))), [(100, 1)]);
}

#[test]
fn a_queue_that_now_asks_for_what_another_asks_for_finds_its_agents() {
    let first = |need: &[(i64, u8)]| shop().agent(4, &[(2, 5)]).queue(queue(2, need)).queue(queue(3, &[(1, 1)])).queue(queue(4, &[(2, 1)]));
    let mut room = Room::new(first(&[(1, 1)]));
    room.ready(4);
    assert_eq!(offers(&room.calls(100, 2)), []);
    let said = room.tell(Input::Directory(std::sync::Arc::new(first(&[(2, 1)]).0)));
    assert_eq!(offers(&said), [(100, 4)]);
}
