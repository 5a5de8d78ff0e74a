//! Phones that ring late, fail, and are lost: what it does to their agents, and how long.

mod room;

use acd::{Decision, Input};
use contract::{
    Activity, AgentId, EpochMs, InteractionId, Microphone, OfferOutcome, PhoneCheck, SeatCommand, SeatStatus, SeatWhy,
    StationHealth, StationId,
};
use room::*;

fn shop() -> Company {
    Company::default().agent(1, &[(1, 5)]).agent(2, &[(1, 5)]).queue(queue(1, &[(1, 1)])).lunch()
}

fn refreshed(room: &mut Room, station: i64) -> Vec<Decision> {
    room.tell(Input::StationRefreshed { station: StationId(station) })
}

/// A call rings and the phone says 500.
fn fails(room: &mut Room, call: i64) {
    let id = offer(&room.calls(call, 1));
    room.tell(Input::OfferFailed { offer: id });
    room.hangs_up_waiting(call);
    assert_eq!((room.status(1), room.shows(1).status_why), (NOT_READY, SeatWhy::StationFailed));
}

#[test]
fn a_colleague_who_becomes_free_late_is_rung_in_full() {
    for free_after in [0, 30_000, 59_999] {
        let mut room = Room::new(shop());
        room.ready(1);
        let talk = offer(&room.calls(99, 1));
        room.answer(talk);
        assert_eq!(offers(&room.direct(100, 1, None, None)), []);
        room.pass(free_after);
        let said = room.over(99);
        let until = said.iter().find_map(|d| match d {
            Decision::Offer { until, .. } => Some(*until),
            _ => None,
        });
        assert_eq!(until, Some(room.now + 20_000), "free after {free_after} ms");
        assert_eq!(ends(&room.pass(19_999)), [], "it rings, though the wait of 60 s is over");
        assert_eq!(ends(&room.pass(1)), [(1, OfferOutcome::Missed)]);
    }
}

#[test]
fn a_station_that_failed_once_gives_ready_back_at_its_next_refresh_after_a_rest() {
    let mut room = Room::new(shop());
    room.ready(1);
    fails(&mut room, 100);
    assert_eq!(refreshed(&mut room, 1), [], "at once it has shown nothing");
    room.pass(9_999);
    assert_eq!(refreshed(&mut room, 1), []);
    room.pass(1);
    refreshed(&mut room, 1);
    assert_eq!((room.status(1), room.shows(1).status_why), (SeatStatus::Ready, SeatWhy::StationBack));
    assert_eq!(offers(&room.calls(101, 1)), [(101, 1)]);
}

#[test]
fn a_station_that_registers_anew_gives_ready_back_at_once() {
    let mut room = Room::new(shop());
    room.ready(1);
    fails(&mut room, 100);
    room.station_up(1);
    assert_eq!(room.status(1), SeatStatus::Ready);
}

#[test]
fn a_station_that_goes_on_failing_is_rung_less_and_less_and_one_that_rang_is_trusted_again() {
    let rest = |room: &mut Room| -> EpochMs {
        let failed = room.now;
        while room.status(1) != SeatStatus::Ready {
            room.pass(5_000);
            refreshed(room, 1);
        }
        room.now - failed
    };
    let mut room = Room::new(shop());
    room.ready(1);
    let rests: Vec<EpochMs> = (0..8)
        .map(|n| {
            fails(&mut room, 100 + n);
            rest(&mut room)
        })
        .collect();
    assert_eq!(rests, [10_000, 20_000, 40_000, 80_000, 160_000, 320_000, 320_000, 320_000]);
    let id = offer(&room.calls(200, 1));
    room.answer(id);
    room.over(200);
    fails(&mut room, 201);
    assert_eq!(rest(&mut room), 10_000);
}

#[test]
fn a_refresh_gives_back_nothing_that_the_agent_did_not_have_or_chose_to_leave() {
    let mut room = Room::new(shop());
    room.sign_in(1);
    room.pass(60_000);
    assert_eq!(refreshed(&mut room, 1), []);
    room.seat(1, SeatCommand::Ready);
    fails(&mut room, 100);
    room.lunch(1);
    room.pass(60_000);
    assert_eq!(refreshed(&mut room, 1), []);
    assert_eq!(room.status(1), LUNCH);
    // One that missed a call had a phone that works: only the agent knows why.
    room.seat(1, SeatCommand::Ready);
    room.calls(101, 1);
    room.pass(60_000);
    refreshed(&mut room, 1);
    assert_eq!((room.status(1), room.shows(1).status_why), (NOT_READY, SeatWhy::MissedOffer));
}

#[test]
fn an_agent_whose_phone_was_lost_in_a_talk_is_not_ready_before_the_talk_has_ended() {
    for wants in [None, Some(SeatCommand::Ready)] {
        let mut room = Room::new(shop());
        room.ready(1);
        let id = offer(&room.calls(100, 1));
        room.answer(id);
        if let Some(command) = wants.clone() {
            room.lunch(1);
            room.seat(1, command);
        }
        room.calls(101, 1);
        room.tell(Input::StationFailed { agent: AgentId(1) });
        assert_eq!(room.shows(1).activity, Activity::Talking { interaction: InteractionId(100) });
        assert_eq!(offers(&room.talk_ends(100, 1)), [], "the caller who waits is not sent to a dead phone");
        assert_eq!((room.status(1), room.shows(1).status_why), (NOT_READY, SeatWhy::StationFailed));
        room.pass(10_000);
        assert_eq!(offers(&refreshed(&mut room, 1)), [(101, 1)], "and it is back");
    }
}

const FINE: PhoneCheck =
    PhoneCheck { microphone: Microphone::Ok, round_trip_ms: Some(20), jitter_ms: None, lost_percent: None };

fn checked(room: &mut Room, station: i64, microphone: Microphone) -> Vec<Decision> {
    room.tell(Input::StationCheck { station: StationId(station), check: PhoneCheck { microphone, ..FINE } })
}

/// A third agent has a browser and nothing else.
fn shop_of_three() -> Company {
    let mut company = shop();
    let mut agent = company.0.agents[&AgentId(1)].clone();
    (agent.id, agent.station) = (AgentId(3), None);
    company.0.agents.insert(agent.id, agent);
    company
}

fn with_a_browser() -> Room {
    Room::new(shop_of_three())
}

#[test]
fn a_browser_is_its_own_agents_station_and_nobody_elses() {
    let mut room = with_a_browser();
    let sits = |agent: i64, station: i64, room: &mut Room| {
        let command = SeatCommand::SignIn { station: Some(StationId(station)) };
        room.tell(Input::Seat { agent: AgentId(agent), command, by: AgentId(agent) })
    };
    assert_eq!(refused(&sits(2, 3, &mut room)), "unknown_station");
    assert_eq!(room.router.seat(AgentId(2)), None);
    sits(3, 3, &mut room);
    assert_eq!(room.router.seat(AgentId(3)).unwrap().health, StationHealth::Unreachable);
    assert_eq!(room.router.holder(StationId(3)), Some(AgentId(3)));

    // The company takes browsers away: the station is gone, and cannot be taken again.
    room.station_up(3);
    checked(&mut room, 3, Microphone::Ok);
    assert_eq!(room.router.seat(AgentId(3)).unwrap().health, StationHealth::Ok);
    let mut directory = shop_of_three().0;
    directory.company.browser_phones = false;
    room.tell(Input::Directory(std::sync::Arc::new(directory)));
    assert_eq!(room.router.seat(AgentId(3)).unwrap().health, StationHealth::Unreachable);
}

#[test]
fn a_browser_that_does_for_no_talk_is_not_ready_before_the_next_offer_and_ready_again_once_it_does() {
    let mut room = with_a_browser();
    let command = SeatCommand::SignIn { station: Some(StationId(3)) };
    room.tell(Input::Seat { agent: AgentId(3), command, by: AgentId(3) });
    room.station_up(3);
    assert_eq!(refused(&room.seat(3, SeatCommand::Ready)), "station_unreachable", "nobody has checked it yet");
    checked(&mut room, 3, Microphone::Refused);
    assert_eq!(refused(&room.seat(3, SeatCommand::Ready)), "station_unfit");
    checked(&mut room, 3, Microphone::Ok);
    assert_eq!(room.seat(3, SeatCommand::Ready).len(), 1);

    for fault in [Microphone::Refused, Microphone::Missing, Microphone::Silent] {
        checked(&mut room, 3, fault);
        let seat = room.shows(3);
        assert_eq!((seat.status, seat.status_why, seat.health), (NOT_READY, SeatWhy::Microphone, StationHealth::Unfit));
        assert_eq!(offers(&room.calls(100, 1)), [], "no caller is lost to it");
        assert_eq!(checked(&mut room, 3, fault), [], "told once");
        let said = checked(&mut room, 3, Microphone::Ok);
        assert_eq!((room.status(3), offers(&said)), (SeatStatus::Ready, vec![(100, 3)]));
        room.hangs_up_waiting(100);
        room.pass(10_000);
    }

    // In a talk nothing is cut; what comes after it waits until the microphone is back.
    let id = offer(&room.calls(101, 1));
    room.answer(id);
    checked(&mut room, 3, Microphone::Missing);
    assert!(matches!(room.shows(3).activity, Activity::Talking { .. }));
    room.over(101);
    assert_eq!(offers(&room.calls(102, 1)), []);
    assert_eq!(offers(&checked(&mut room, 3, Microphone::Ok)), [(102, 3)]);
}

#[test]
fn what_a_browser_found_is_forgotten_with_its_line() {
    let mut room = with_a_browser();
    let command = SeatCommand::SignIn { station: Some(StationId(3)) };
    room.tell(Input::Seat { agent: AgentId(3), command, by: AgentId(3) });
    assert_eq!(checked(&mut room, 3, Microphone::Ok), [], "no line, no check");
    room.station_up(3);
    checked(&mut room, 3, Microphone::Ok);
    room.seat(3, SeatCommand::Ready);
    room.tell(Input::StationDown { station: StationId(3) });
    assert_eq!((room.status(3), room.shows(3).status_why), (NOT_READY, SeatWhy::StationLost));
    room.station_up(3);
    assert_eq!(room.status(3), NOT_READY, "it may have come back without a microphone");
    checked(&mut room, 3, Microphone::Ok);
    assert_eq!(room.status(3), SeatStatus::Ready);
}

/// A PBX rings its phones for the callers of its queues; a call of ours has no way there.
#[test]
fn a_phone_of_a_pbx_is_never_rung_by_us_neither_for_a_queue_nor_for_who_asks_for_its_agent() {
    let mut room = Room::new(shop().at_pbx(1));
    room.ready(1);
    assert_eq!(room.status(1), SeatStatus::Ready);
    assert_eq!(offers(&room.calls(100, 1)), [], "waits for somebody else");
    let failed = room.direct(101, 1, None, None);
    assert!(failed.iter().any(|d| matches!(d, Decision::DirectFailed { .. })), "told at once: {failed:?}");
    let asked = Input::Ask {
        interaction: InteractionId(102),
        by: AgentId(2),
        whom: acd::Asked::Agent(AgentId(1)),
        wait_ms: 60_000,
        ring_ms: 20_000,
    };
    assert_eq!(offers(&room.tell(asked)), []);
    assert_eq!(offers(&room.ready(2)), [(100, 2)], "a phone of ours is rung");
    let explained = room.router.explain_agent(room.now, AgentId(1)).unwrap();
    assert_eq!(explained.obstacle, Some(acd::Obstacle::StationOfPbx));
}

#[test]
fn a_seat_shows_what_its_pbx_rings_and_has_the_wrap_up_of_the_queue() {
    let mut rules = queue(1, &[(1, 1)]);
    rules.wrap_up_ms = 10_000;
    let mut room = Room::new(Company::default().agent(1, &[(1, 5)]).queue(rules).at_pbx(1));
    room.ready(1);
    let (interaction, agent) = (InteractionId(100), AgentId(1));
    let rung = |on| Input::Rung { interaction, agent, on };
    room.tell(rung(true));
    assert_eq!(room.shows(1).activity, Activity::Offered { interaction });
    room.tell(Input::AgentBusy { interaction, agent });
    room.tell(Input::Serves { interaction, agent, queue: Some(contract::QueueId(1)) });
    room.tell(rung(false));
    assert_eq!(room.shows(1).activity, Activity::Talking { interaction });
    room.talk_ends(100, 1);
    assert!(matches!(room.shows(1).activity, Activity::WrapUp { .. }));
    room.over(100);
    room.pass(10_000);
    assert_eq!(room.shows(1).activity, Activity::Idle);
    room.tell(rung(true));
    assert_eq!(room.shows(1).activity, Activity::Idle, "the call is over");
    let other = Input::Rung { interaction: InteractionId(101), agent, on: true };
    room.tell(other);
    room.over(101);
    assert_eq!(room.shows(1).activity, Activity::Idle, "with the call its ringing is over");
}

#[test]
fn a_station_that_becomes_one_of_ours_is_rung_from_then_on() {
    let mut room = Room::new(shop().at_pbx(1));
    room.ready(1);
    room.calls(100, 1);
    let said = room.tell(Input::Directory(std::sync::Arc::new(shop().0)));
    assert_eq!(offers(&said), [(100, 1)]);
}
