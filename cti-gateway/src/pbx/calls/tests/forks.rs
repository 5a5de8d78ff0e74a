//! Several phones or lines for one call, more of them than usual, and calls none of which is ours.

use contract::{AgentId, EndCause, EventKind, OfferOutcome};

use super::more::{bridge, caller, gone, id, made, ringing, stage, talking};
use super::*;

/// An agent's phone calls outside.
fn calling_out() -> Watch {
    let mut watch = Watch::new();
    watch.see(Seen::Channel(Channel { dialed: "13900139000".into(), ..caller("a1", "PJSIP/a001-1") }));
    watch
}

/// A line outside is taken for it.
fn line(watch: &mut Watch, channel: &str) {
    watch.see(Seen::Channel(made(channel, &format!("PJSIP/trunk-{channel}"), "a1")));
    watch.see(Seen::Rings { by: Some(id("a1")), id: id(channel) });
}

#[test]
fn a_line_that_cannot_is_followed_by_one_that_can_and_the_call_goes_on() {
    let mut watch = calling_out();
    line(&mut watch, "t1");
    watch.see(Seen::RangOut { id: id("t1"), outcome: OfferOutcome::Failed });
    gone(&mut watch, "t1");
    assert_eq!(watch.calls.on_calls().count(), 1, "the agent still calls");
    line(&mut watch, "t2");
    stage(&mut watch, "t2", Stage::Ringing);
    stage(&mut watch, "t2", Stage::Up);
    bridge(&mut watch, "b", &["a1", "t2"]);
    watch.see(Seen::HangsUp { id: id("a1") });
    gone(&mut watch, "t2");
    gone(&mut watch, "a1");
    assert_eq!(watch.words(), [
        "arrived Outbound 13900139000>13900139000",
        "leg of 1 at 1",
        "answered",
        "caller's leg",
        "leg ended Unreachable by system",
        "caller's leg",
        "rings",
        "answered",
        "talk 1 None 0",
        "talk over 1 0 0",
        "leg ended AnsweredHangup by agent 1",
        "leg ended AnsweredHangup by agent 1",
        "ended AnsweredHangup by agent 1",
    ]);
    is_whole(&watch.told);
    // Given up while the second rings: it was not the first's failure.
    let mut watch = calling_out();
    for (channel, outcome) in [("t1", OfferOutcome::Failed), ("t2", OfferOutcome::Missed)] {
        line(&mut watch, channel);
        watch.see(Seen::RangOut { id: id(channel), outcome });
        gone(&mut watch, channel);
    }
    gone(&mut watch, "a1");
    assert_eq!(watch.words().last().map(String::as_str), Some("ended NoAnswer by system"));
    is_whole(&watch.told);
}

#[test]
fn of_several_who_are_called_at_once_whoever_lifts_is_talked_to() {
    for bridged_first in [true, false] {
        let mut watch = calling_out();
        line(&mut watch, "t1");
        line(&mut watch, "t2");
        line(&mut watch, "t3");
        stage(&mut watch, "t2", Stage::Up);
        if bridged_first {
            bridge(&mut watch, "b", &["a1", "t2"]);
        }
        for loser in ["t1", "t3"] {
            watch.see(Seen::RangOut { id: id(loser), outcome: OfferOutcome::Withdrawn });
            gone(&mut watch, loser);
        }
        bridge(&mut watch, "b", &["a1", "t2"]);
        let words = watch.words();
        let rest: Vec<&str> = words[3..].iter().map(String::as_str).collect();
        assert_eq!(rest, ["caller's leg", "leg ended NoAnswer by system", "caller's leg", "answered", "talk 1 None 0"], "{bridged_first}");
        gone(&mut watch, "t2");
        assert!(watch.calls.is_empty(), "whom one talks with ends it");
        gone(&mut watch, "a1");
        is_whole(&watch.told);
    }
}

#[test]
fn a_queue_that_rings_all_its_phones_over_channels_without_a_phone_has_room() {
    let mut watch = ringing(&[]);
    let rung = |watch: &mut Watch, n: usize, line: &str, phone: &str| {
        for half in 1..3 {
            watch.see(Seen::Channel(made(&format!("l{n}{half}"), &format!("Local/{n}@from-queue-5;{half}"), "c")));
        }
        watch.see(Seen::Channel(made(phone, &format!("{line}-9"), "c")));
        watch.see(Seen::Rings { by: Some(format!("l{n}2")), id: id(phone) });
    };
    for n in 100..200 {
        rung(&mut watch, n, &format!("PJSIP/other{n}"), &format!("o{n}"));
    }
    rung(&mut watch, 1, "PJSIP/a001", "a1");
    assert_eq!(watch.calls.passed_over(), 0);
    stage(&mut watch, "a1", Stage::Up);
    bridge(&mut watch, "b", &["a1", "c"]);
    assert_eq!(watch.words().last().map(String::as_str), Some("talk 1 Some(QueueId(7)) 0"));
}

#[test]
fn a_phone_there_was_no_room_for_is_part_of_the_call_when_it_talks() {
    let mut watch = ringing(&[]);
    for n in 0..MOST_OF_CALL - 1 {
        watch.see(Seen::Channel(made(&format!("x{n}"), &format!("PJSIP/other-{n}"), "c")));
    }
    watch.see(Seen::Channel(made("a1", "PJSIP/a001-1", "c")));
    stage(&mut watch, "a1", Stage::Up);
    assert!(watch.calls.passed_over() > 0);
    for n in 0..MOST_OF_CALL - 1 {
        gone(&mut watch, &format!("x{n}"));
    }
    bridge(&mut watch, "b", &["a1", "c"]);
    assert!(watch.words().iter().any(|w| w.starts_with("talk 1")), "{:#?}", watch.words());
    gone(&mut watch, "c");
    is_whole(&watch.told);
}

#[test]
fn who_was_to_be_rung_and_never_was_is_not_rung_through_the_talk_of_another() {
    let mut watch = ringing(&[1]);
    let local = id("Local/a002@from-queue-5;1");
    watch.see(Seen::Channel(made("l1", &local, "c")));
    watch.see(Seen::MemberRung { caller: id("c"), queue: id("support"), line: id("PJSIP/a002"), id: Some(id("l1")) });
    stage(&mut watch, "a1", Stage::Up);
    let words = watch.words();
    let rest: Vec<&str> = words[words.len() - 3..].iter().map(String::as_str).collect();
    assert_eq!(rest, ["offer over 1 Answered 0", "offer over 2 Withdrawn 0", "left 7 Answered 0"]);
    let free = |o: &Out| matches!(o, Out::Router(acd::Input::Rung { agent: AgentId(2), on: false, .. }));
    assert_eq!(watch.out.iter().filter(|o| free(o)).count(), 1);
    gone(&mut watch, "c");
    is_whole(&watch.told);
}

#[test]
fn nor_by_a_queue_of_others_nor_by_a_word_that_comes_late() {
    let mut watch = Watch::new();
    watch.see(Seen::Channel(caller("c", "PJSIP/trunk-1")));
    let rung = |n: i64| Seen::MemberRung { caller: id("c"), queue: id("of others"), line: format!("PJSIP/a00{n}"), id: None };
    watch.see(rung(1));
    watch.see(rung(2));
    watch.see(Seen::Channel(made("a1", "PJSIP/a001-1", "c")));
    stage(&mut watch, "a1", Stage::Up);
    bridge(&mut watch, "b", &["a1", "c"]);
    watch.see(rung(3));
    let words = watch.words();
    assert!(words.contains(&"offer over 2 Withdrawn 0".to_owned()), "{words:#?}");
    assert_eq!(words.last().map(String::as_str), Some("talk 1 None 0"));
    gone(&mut watch, "c");
    is_whole(&watch.told);
}

/// Agent 2 has taken the seat at the first phone.
struct Handed;

impl World for Handed {
    fn desk(&self, line: &str) -> Option<Desk> {
        Office.desk(line).map(|desk| Desk { agent: Some(AgentId(2)), ..desk })
    }

    fn queue(&self, name: &str) -> Option<QueueAt> {
        Office.queue(name)
    }

    fn caller(&self, number: &str, name: &str) -> Caller {
        Office.caller(number, name)
    }

    fn is_extension(&self, dialed: &str) -> bool {
        Office.is_extension(dialed)
    }

    fn record_into(&self, queue: QueueId) -> Option<&str> {
        Office.record_into(queue)
    }
}

#[test]
fn a_talk_stays_one_talk_of_who_began_it_though_another_takes_the_seat() {
    let mut watch = talking(1);
    let mut see = |seen: Seen, after: EpochMs| {
        watch.now += after;
        let mut out = watch.calls.see(watch.now, seen, &Handed);
        out.extend(watch.calls.tick(watch.now + APART_MS, &Handed));
        watch.keep(out);
    };
    see(Seen::Bridged { id: id("a1"), bridge: id("b") }, 0);
    see(Seen::Parted { id: id("a1") }, 0);
    see(Seen::Bridged { id: id("a1"), bridge: id("b") }, 2_000);
    see(Seen::Gone { id: id("a1"), cause: EndCause::AnsweredHangup }, 0);
    let talks = watch.told.iter().filter(|(_, k)| matches!(k, EventKind::TalkStarted { .. })).count();
    let held = watch.told.iter().filter(|(_, k)| matches!(k, EventKind::Held { agent: AgentId(1) })).count();
    assert_eq!((talks, held, watch.calls.on_calls().count()), (1, 1, 0), "{:#?}", watch.words());
    gone(&mut watch, "c");
    is_whole(&watch.told);
}

#[test]
fn a_call_none_of_ours_is_part_of_is_told_to_nobody() {
    let mut watch = Watch::new();
    // An office phone calls outside, and a caller hears a prompt.
    watch.see(Seen::Channel(Channel { dialed: "13900139000".into(), ..caller("o1", "PJSIP/office-1") }));
    watch.see(Seen::Channel(made("t", "PJSIP/trunk-2", "o1")));
    watch.see(Seen::Rings { by: Some(id("o1")), id: id("t") });
    stage(&mut watch, "t", Stage::Up);
    bridge(&mut watch, "b", &["o1", "t"]);
    watch.see(Seen::Channel(caller("c", "PJSIP/trunk-3")));
    stage(&mut watch, "c", Stage::Up);
    watch.see(Seen::QueueJoined { id: id("c"), queue: id("a queue of others"), position: 1 });
    assert_eq!((watch.calls.calls.len(), watch.calls.len(), watch.calls.interactions().count()), (2, 0, 0));
    for channel in ["t", "o1"] {
        gone(&mut watch, channel);
    }
    let out = watch.calls.end_all(watch.now, &Office);
    watch.keep(out);
    assert!(watch.out.is_empty(), "{:#?}", watch.out);
    assert!(watch.calls.calls.is_empty() && watch.calls.kept.is_empty());
}

#[test]
fn a_call_is_told_as_it_was_once_a_phone_or_a_queue_of_ours_is_part_of_it() {
    for queued in [true, false] {
        let mut watch = Watch::new();
        watch.see(Seen::Channel(caller("c", "PJSIP/trunk-1")));
        watch.now += 1_000;
        stage(&mut watch, "c", Stage::Up);
        watch.now += 60_000;
        assert!(watch.out.is_empty());
        if queued {
            watch.see(Seen::QueueJoined { id: id("c"), queue: id("support"), position: 1 });
        } else {
            // Of a station where nobody sits.
            watch.see(Seen::Channel(made("a5", "PJSIP/a005-5", "c")));
        }
        let at = |o: &Out| if let Out::Tell { at, kind, .. } = o { Some((*at - T0, word(kind))) } else { None };
        let told: Vec<(EpochMs, String)> = watch.out.iter().filter_map(at).collect();
        let mut want = vec![(0, "arrived Inbound 13800138000>400"), (0, "caller's leg"), (1_000, "answered")];
        want.extend(queued.then_some((61_000, "queued 7 1")));
        assert_eq!(told.iter().map(|(at, word)| (*at, word.as_str())).collect::<Vec<_>>(), want);
        assert_eq!(watch.out.iter().filter(|o| matches!(o, Out::Identify(..))).count(), 1);
        assert_eq!(watch.calls.len(), 1);
        gone(&mut watch, "c");
        is_whole(&watch.told);
    }
}
