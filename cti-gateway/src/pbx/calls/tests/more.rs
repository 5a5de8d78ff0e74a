//! What was not recorded: several phones at once, calls between agents, calls that are handed on inside the PBX.

use contract::{AgentId, EndCause, EventKind, OfferOutcome};

use super::*;
use crate::pbx::seen::{Left, Waiting};

/// Somebody who calls the PBX.
pub fn caller(id: &str, handle: &str) -> Channel {
    Channel {
        id: id.into(),
        handle: handle.into(),
        line: handle.rsplit_once('-').unwrap().0.into(),
        linked: id.into(),
        stage: Stage::Calling,
        number: "13800138000".into(),
        name: String::new(),
        dialed: "400".into(),
        bridge: None,
        queue: None,
    }
}

/// A channel the PBX makes for the call that began with `linked`.
pub fn made(id: &str, handle: &str, linked: &str) -> Channel {
    Channel { linked: linked.into(), stage: Stage::Down, ..caller(id, handle) }
}

pub fn id(id: &str) -> String {
    id.into()
}

pub fn gone(watch: &mut Watch, channel: &str) {
    watch.see(Seen::Gone { id: id(channel), cause: EndCause::AnsweredHangup });
}

pub fn stage(watch: &mut Watch, channel: &str, stage: Stage) {
    watch.see(Seen::Stage { id: id(channel), stage });
}

pub fn bridge(watch: &mut Watch, bridge: &str, channels: &[&str]) {
    for channel in channels {
        watch.see(Seen::Bridged { id: id(channel), bridge: id(bridge) });
    }
}

/// A caller in the queue, for whom phones of agents ring.
pub fn ringing(agents: &[i64]) -> Watch {
    let mut watch = Watch::new();
    watch.see(Seen::Channel(caller("c", "PJSIP/trunk-1")));
    stage(&mut watch, "c", Stage::Up);
    watch.see(Seen::QueueJoined { id: id("c"), queue: id("support"), position: 1 });
    for n in agents {
        let (channel, line) = (format!("a{n}"), format!("PJSIP/a00{n}"));
        watch.see(Seen::Channel(made(&channel, &format!("{line}-{n}"), "c")));
        watch.see(Seen::MemberRung { caller: id("c"), queue: id("support"), line, id: Some(channel.clone()) });
        watch.see(Seen::Rings { by: Some(id("c")), id: channel.clone() });
        stage(&mut watch, &channel, Stage::Ringing);
    }
    watch
}

pub fn talking(agent: i64) -> Watch {
    let mut watch = ringing(&[agent]);
    let channel = format!("a{agent}");
    stage(&mut watch, &channel, Stage::Up);
    bridge(&mut watch, "b", &[&channel, "c"]);
    watch
}

#[test]
fn of_two_phones_that_ring_one_is_lifted_and_the_other_called_off() {
    let mut watch = ringing(&[1, 2]);
    stage(&mut watch, "a2", Stage::Up);
    watch.see(Seen::QueueLeft { id: id("c"), queue: id("support"), how: Left::Unsaid });
    watch.see(Seen::RangOut { id: id("a1"), outcome: OfferOutcome::Withdrawn });
    gone(&mut watch, "a1");
    bridge(&mut watch, "b", &["a2", "c"]);
    watch.see(Seen::HangsUp { id: id("a2") });
    gone(&mut watch, "a2");
    gone(&mut watch, "c");
    let words = watch.words();
    let at = words.iter().position(|w| w.starts_with("offer over 2")).unwrap();
    let rest: Vec<&str> = words[at..].iter().map(String::as_str).collect();
    assert_eq!(rest, [
        "offer over 2 Answered 0",
        "left 7 Answered 0",
        "offer over 1 Withdrawn 0",
        "leg ended NoAnswer by system",
        "talk 2 Some(QueueId(7)) 0",
        "talk over 2 0 0",
        "leg ended AnsweredHangup by agent 2",
        "leg ended AnsweredHangup by system",
        "ended AnsweredHangup by system",
    ]);
    is_whole(&watch.told);
}

#[test]
fn a_caller_who_is_handed_on_inside_the_pbx_stays_the_same_caller() {
    let mut watch = talking(1);
    // Agent 1 transfers with the phone to a003: the caller leaves the bridge and dials there.
    watch.see(Seen::Parted { id: id("c") });
    watch.see(Seen::HangsUp { id: id("a1") });
    gone(&mut watch, "a1");
    watch.see(Seen::Channel(made("a3", "PJSIP/a003-3", "c")));
    watch.see(Seen::Rings { by: Some(id("c")), id: id("a3") });
    stage(&mut watch, "a3", Stage::Ringing);
    stage(&mut watch, "a3", Stage::Up);
    bridge(&mut watch, "b2", &["a3", "c"]);
    watch.see(Seen::HangsUp { id: id("c") });
    gone(&mut watch, "c");
    gone(&mut watch, "a3");
    let words = watch.words();
    let at = words.iter().position(|w| w.starts_with("talk over 1")).unwrap();
    let rest: Vec<&str> = words[at..].iter().map(String::as_str).collect();
    assert_eq!(rest, [
        "talk over 1 0 0",
        "leg ended AnsweredHangup by agent 1",
        "offered 3 None 30000",
        "leg of 3 at 3",
        "rings",
        "answered",
        "offer over 3 Answered 0",
        "talk 3 None 0",
        "talk over 3 0 0",
        "leg ended AnsweredHangup by caller",
        "leg ended AnsweredHangup by caller",
        "ended AnsweredHangup by caller",
    ]);
    is_whole(&watch.told);
    assert!(watch.calls.channels.is_empty());
}

#[test]
fn agents_who_call_each_other_are_busy_with_an_internal_call() {
    let mut watch = Watch::new();
    watch.see(Seen::Channel(Channel { dialed: "a002".into(), ..caller("a1", "PJSIP/a001-1") }));
    watch.see(Seen::Channel(made("a2", "PJSIP/a002-2", "a1")));
    watch.see(Seen::Rings { by: Some(id("a1")), id: id("a2") });
    stage(&mut watch, "a2", Stage::Ringing);
    stage(&mut watch, "a2", Stage::Up);
    stage(&mut watch, "a1", Stage::Up);
    bridge(&mut watch, "b", &["a1", "a2"]);
    assert_eq!(watch.calls.on_calls().map(|(agent, _)| agent.0).collect::<BTreeSet<_>>(), BTreeSet::from([1, 2]));
    watch.see(Seen::HangsUp { id: id("a2") });
    gone(&mut watch, "a2");
    gone(&mut watch, "a1");
    assert_eq!(watch.words(), [
        "arrived Internal 13800138000>a002",
        "leg of 1 at 1",
        "answered",
        "offered 2 None 30000",
        "leg of 2 at 2",
        "rings",
        "answered",
        "offer over 2 Answered 0",
        "talk 2 None 0",
        "talk over 2 0 0",
        "leg ended AnsweredHangup by agent 2",
        "leg ended AnsweredHangup by system",
        "ended AnsweredHangup by system",
    ]);
    is_whole(&watch.told);
    assert!(!watch.out.iter().any(|o| matches!(o, Out::Identify(..))), "colleagues are looked up by nobody");
}

#[test]
fn an_agent_who_calls_outside_from_the_phone_talks_to_a_customer() {
    let mut watch = Watch::new();
    watch.see(Seen::Channel(Channel { dialed: "13900139000".into(), ..caller("a1", "PJSIP/a001-1") }));
    watch.see(Seen::Channel(made("t", "PJSIP/trunk-2", "a1")));
    watch.see(Seen::Rings { by: Some(id("a1")), id: id("t") });
    stage(&mut watch, "t", Stage::Ringing);
    stage(&mut watch, "t", Stage::Up);
    bridge(&mut watch, "b", &["a1", "t"]);
    watch.see(Seen::HangsUp { id: id("t") });
    gone(&mut watch, "t");
    gone(&mut watch, "a1");
    assert_eq!(watch.words(), [
        "arrived Outbound 13900139000>13900139000",
        "leg of 1 at 1",
        "answered",
        "caller's leg",
        "rings",
        "answered",
        "talk 1 None 0",
        "talk over 1 0 0",
        "leg ended AnsweredHangup by callee",
        "leg ended AnsweredHangup by callee",
        "ended AnsweredHangup by callee",
    ]);
    // And one who is busy.
    let mut watch = Watch::new();
    watch.see(Seen::Channel(Channel { dialed: "13900139000".into(), ..caller("a1", "PJSIP/a001-1") }));
    watch.see(Seen::Channel(made("t", "PJSIP/trunk-2", "a1")));
    watch.see(Seen::RangOut { id: id("t"), outcome: OfferOutcome::Rejected });
    gone(&mut watch, "t");
    gone(&mut watch, "a1");
    assert_eq!(watch.words().last().map(String::as_str), Some("ended Busy by system"));
    is_whole(&watch.told);
}

/// Queues of FreePBX ring extensions: a channel without a phone between caller and agent.
#[test]
fn a_talk_over_channels_without_a_phone_is_one() {
    let mut watch = ringing(&[]);
    watch.see(Seen::Channel(made("l1", "Local/a001@from-queue-5;1", "c")));
    watch.see(Seen::Channel(made("l2", "Local/a001@from-queue-5;2", "c")));
    watch.see(Seen::MemberRung { caller: id("c"), queue: id("support"), line: id("PJSIP/a001"), id: Some(id("l1")) });
    watch.see(Seen::Channel(made("a1", "PJSIP/a001-1", "c")));
    watch.see(Seen::Rings { by: Some(id("l2")), id: id("a1") });
    stage(&mut watch, "a1", Stage::Ringing);
    stage(&mut watch, "a1", Stage::Up);
    stage(&mut watch, "l1", Stage::Up);
    bridge(&mut watch, "b1", &["l2", "a1"]);
    assert!(!watch.words().iter().any(|w| w.starts_with("talk")), "the caller is not there yet");
    bridge(&mut watch, "b2", &["l1", "c"]);
    let words = watch.words();
    assert_eq!(words.iter().filter(|w| w.starts_with("offered 1")).count(), 1, "{words:#?}");
    assert_eq!(words.last().map(String::as_str), Some("talk 1 Some(QueueId(7)) 0"));
    // They are taken out from between them; nobody notices.
    for channel in ["l1", "l2"] {
        watch.see(Seen::Parted { id: id(channel) });
    }
    bridge(&mut watch, "b1", &["c"]);
    gone(&mut watch, "l1");
    gone(&mut watch, "l2");
    watch.now += 5_000;
    let out = watch.calls.tick(watch.now, &Office);
    watch.keep(out);
    assert_eq!(watch.words().last().map(String::as_str), Some("talk 1 Some(QueueId(7)) 0"));
    gone(&mut watch, "c");
    is_whole(&watch.told);
}

#[test]
fn hold_is_told_by_the_phone_and_by_being_apart_and_is_counted() {
    let mut watch = talking(1);
    watch.now += 1_000;
    watch.see(Seen::Held { id: id("a1"), on: true });
    watch.see(Seen::Held { id: id("a1"), on: true });
    watch.now += 2_000;
    watch.see(Seen::Held { id: id("a1"), on: false });
    // Whether it is recorded is settled by now.
    let out = watch.calls.tick(watch.now, &Office);
    watch.keep(out);
    // The agent asks a colleague, the caller hears music.
    watch.see(Seen::Parted { id: id("a1") });
    let due = watch.calls.deadline().unwrap();
    assert_eq!(due, watch.now + APART_MS);
    watch.now = due;
    let out = watch.calls.tick(watch.now, &Office);
    watch.keep(out);
    watch.now += 4_000;
    bridge(&mut watch, "b", &["a1"]);
    assert_eq!(watch.calls.deadline(), None);
    watch.now += 1_000;
    gone(&mut watch, "c");
    let held = watch.told.iter().filter(|(_, k)| matches!(k, EventKind::Held { .. })).count();
    let resumed = watch.told.iter().filter(|(_, k)| matches!(k, EventKind::Resumed { .. })).count();
    assert_eq!((held, resumed), (2, 2));
    assert!(watch.words().contains(&"talk over 1 2000 7000".to_owned()), "{:#?}", watch.words());
}

#[test]
fn who_waits_is_known_from_the_list_of_those_who_wait() {
    let mut watch = Watch::new();
    watch.see(Seen::ListBegins);
    watch.see(Seen::Listed(vec![Channel { stage: Stage::Up, ..caller("c", "PJSIP/trunk-1") }]));
    let waits = Waiting { id: id("c"), queue: id("support"), position: 2, waited_ms: 30_000 };
    watch.see(Seen::ListedWaiting(vec![waits]));
    assert_eq!(watch.words().last().map(String::as_str), Some("queued 7 2"));
    watch.see(Seen::ListBegins);
    watch.see(Seen::Listed(vec![Channel { stage: Stage::Up, ..caller("c", "PJSIP/trunk-1") }]));
    watch.see(Seen::ListedWaiting(Vec::new()));
    assert_eq!(watch.words().last().map(String::as_str), Some("left 7 Moved 30000"));
}

#[test]
fn what_came_and_went_while_the_list_was_made_is_as_it_happened() {
    let mut watch = Watch::new();
    watch.see(Seen::Channel(caller("old", "PJSIP/trunk-1")));
    watch.see(Seen::QueueJoined { id: id("old"), queue: id("support"), position: 1 });
    watch.see(Seen::ListBegins);
    watch.see(Seen::Channel(caller("new", "PJSIP/trunk-2")));
    watch.see(Seen::QueueJoined { id: id("new"), queue: id("support"), position: 1 });
    gone(&mut watch, "old");
    let told = watch.told.len();
    watch.see(Seen::Listed(vec![Channel { stage: Stage::Up, ..caller("old", "PJSIP/trunk-1") }]));
    assert_eq!(watch.told.len(), told, "the one is not raised, the other not ended: {:#?}", watch.words());
    assert_eq!(watch.calls.calls.len(), 1);
}

#[test]
fn a_call_and_a_channel_more_than_there_is_room_for_are_counted_and_the_rest_goes_on() {
    let mut watch = Watch::new();
    watch.see(Seen::Channel(caller("c", "PJSIP/trunk-1")));
    watch.see(Seen::QueueJoined { id: id("c"), queue: id("support"), position: 1 });
    for n in 0..MOST_OF_CALL + 5 {
        watch.see(Seen::Channel(made(&format!("x{n}"), &format!("PJSIP/other-{n}"), "c")));
    }
    assert_eq!(watch.calls.passed_over(), 6);
    for n in 0..MOST_CALLS {
        watch.see(Seen::Channel(caller(&format!("y{n}"), &format!("PJSIP/trunk-{n}"))));
        watch.see(Seen::QueueJoined { id: format!("y{n}"), queue: id("support"), position: 1 });
    }
    assert_eq!((watch.calls.len(), watch.calls.passed_over()), (MOST_CALLS, 7));
    let out = watch.calls.end_all(watch.now, &Office);
    watch.keep(out);
    assert!(watch.calls.is_empty());
    assert_eq!(watch.told.iter().filter(|(_, k)| matches!(k, EventKind::CallEnded { .. })).count(), MOST_CALLS);
}

/// `said`: the PBX says of the colleague's channel that it belongs to the first call; else only the caller is told to move.
fn joined_by_the_agent(said: bool) -> Watch {
    let mut watch = talking(1);
    // A consultation from the phone: a call of its own, which becomes part of the first.
    watch.see(Seen::Channel(Channel { dialed: "a002".into(), ..caller("k1", "PJSIP/a001-9") }));
    watch.see(Seen::Channel(made("k2", "PJSIP/a002-9", "k1")));
    watch.see(Seen::Rings { by: Some(id("k1")), id: id("k2") });
    stage(&mut watch, "k2", Stage::Up);
    bridge(&mut watch, "b2", &["k1", "k2"]);
    assert_eq!(watch.calls.len(), 2);
    if said {
        watch.see(Seen::Linked { id: id("k2"), linked: id("c") });
        bridge(&mut watch, "b", &["k2"]);
    } else {
        watch.see(Seen::Parted { id: id("k1") });
        bridge(&mut watch, "b2", &["c"]);
    }
    watch
}

#[test]
fn two_calls_that_an_agent_joins_are_one_from_then_on() {
    for said in [true, false] {
        let mut watch = joined_by_the_agent(said);
        watch.see(Seen::HangsUp { id: id("a1") });
        gone(&mut watch, "k1");
        gone(&mut watch, "a1");
        assert_eq!(watch.calls.len(), 1, "{:#?}", watch.words());
        let first = watch.told[0].0;
        assert_eq!(watch.calls.on_calls().collect::<Vec<_>>(), [(AgentId(2), first)], "{:#?}", watch.words());
        gone(&mut watch, "c");
        gone(&mut watch, "k2");
        is_whole(&watch.told);
        assert!(watch.calls.is_empty());
        // With the colleague first, and then with the caller.
        assert_eq!(watch.told.iter().filter(|(_, k)| matches!(k, EventKind::TalkStarted { agent: AgentId(2), .. })).count(), 2);
        let offers = watch.told.iter().filter(|(_, k)| matches!(k, EventKind::Offered { agent: AgentId(2), .. })).count();
        assert_eq!(offers, 1, "rung once");
    }
}
