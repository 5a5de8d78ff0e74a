//! Over recorded conversations of an Asterisk, and over what was made of them by chance.

use std::cell::RefCell;

use contract::{AgentId, CallCommand, EndCause, Party};
use proptest::prelude::*;

use super::*;
use crate::pbx::asterisk::Asterisk;
use crate::pbx::dialect::Heard;

mod forks;
mod more;

pub(super) const T0: EpochMs = 1_795_447_789_000;
const FILES: [&str; 4] = [
    include_str!("../../../../tests/pbx/asterisk/answered.ami"),
    include_str!("../../../../tests/pbx/asterisk/abandoned.ami"),
    include_str!("../../../../tests/pbx/asterisk/originate.ami"),
    include_str!("../../../../tests/pbx/asterisk/status.ami"),
];

/// Phones a001 to a003 are agents 1 to 3's, 400 leads to the queue `support`, which is queue 7.
pub(super) struct Office;

impl World for Office {
    fn desk(&self, line: &str) -> Option<Desk> {
        let n: i64 = line.strip_prefix("PJSIP/a00")?.parse().ok()?;
        Some(Desk { station: StationId(n), agent: (n < 4).then_some(AgentId(n)) })
    }

    fn queue(&self, name: &str) -> Option<QueueAt> {
        (name == "support").then_some(QueueAt { queue: QueueId(7), ring_ms: 4_000 })
    }

    fn caller(&self, number: &str, name: &str) -> Caller {
        Caller { raw: number.into(), name: name.into(), number: None, withheld: number.is_empty() }
    }

    fn is_extension(&self, dialed: &str) -> bool {
        dialed.starts_with("a00")
    }

    fn record_into(&self, queue: QueueId) -> Option<&str> {
        (queue == QueueId(7)).then_some("/var/spool/asterisk/monitor/")
    }
}

/// What a recorded peer said, message by message, with the time since it began.
pub(super) fn recorded(file: &str) -> Vec<(EpochMs, String)> {
    let mut out = Vec::new();
    let mut open = String::new();
    for line in file.lines() {
        let Some((at, said)) = line.split_once(" < ") else { continue };
        open.push_str(said.trim_end());
        open.push_str("\r\n");
        if said.trim().is_empty() || said.starts_with("Asterisk Call Manager") {
            let at = (at.trim().parse::<f64>().unwrap() * 1_000.0) as EpochMs;
            out.push((at, std::mem::take(&mut open)));
        }
    }
    out
}

/// Sees what was recorded, and keeps what follows.
pub(super) struct Watch {
    pub calls: Calls,
    pub told: Vec<(InteractionId, EventKind)>,
    pub out: Vec<Out>,
    pub now: EpochMs,
    dialect: Asterisk,
}

impl Watch {
    pub fn new() -> Self {
        let calls = Calls::new(PbxId(5), Arc::new(IdMaker::new(1)));
        let dialect = Asterisk::new("zuoxi".into(), contract::directory::Secret("secret".into()), true);
        let mut watch = Self { calls, told: Vec::new(), out: Vec::new(), now: T0, dialect };
        watch.hear(b"Asterisk Call Manager/11.0.0\r\n");
        watch
    }

    pub fn keep(&mut self, out: Vec<Out>) {
        for one in out {
            if let Out::Tell { call, kind, .. } = &one {
                self.told.push((*call, kind.clone()));
            }
            self.out.push(one);
        }
    }

    pub fn see(&mut self, seen: Seen) {
        let out = self.calls.see(self.now, seen, &Office);
        self.keep(out);
    }

    pub fn hear(&mut self, bytes: &[u8]) {
        let mut heard = Vec::new();
        self.dialect.read(bytes, &mut heard);
        for one in heard {
            match one {
                Heard::Seen(seen) => self.see(seen),
                Heard::Answer(answer) => {
                    let out = self.calls.answered(self.now, &answer, &Office);
                    self.keep(out);
                }
                _ => {}
            }
        }
    }

    pub fn replay(&mut self, messages: &[(EpochMs, String)]) {
        for (at, message) in messages {
            self.now = T0 + at;
            self.hear(message.as_bytes());
        }
    }

    pub fn words(&self) -> Vec<String> {
        self.told.iter().map(|(_, kind)| word(kind)).collect()
    }
}

/// An event in a word.
pub(super) fn word(kind: &EventKind) -> String {
    use EventKind as E;
    match kind {
        E::CallArrived { direction, caller, dialed, .. } => format!("arrived {direction:?} {}>{dialed}", caller.raw),
        E::LegStarted { party: Party::Caller, .. } => "caller's leg".into(),
        E::LegStarted { party: Party::Agent { agent, station }, .. } => format!("leg of {agent} at {station}"),
        E::LegRinging { .. } => "rings".into(),
        E::LegAnswered { .. } => "answered".into(),
        E::LegEnded { cause, by, .. } => format!("leg ended {cause:?} {}", hand(by)),
        E::Queued { queue, position, .. } => format!("queued {queue} {position}"),
        E::QueueLeft { queue, outcome, waited_ms } => format!("left {queue} {outcome:?} {waited_ms}"),
        E::Offered { agent, queue, until, .. } => format!("offered {agent} {queue:?} {}", until - T0),
        E::OfferEnded { agent, outcome, rang_ms, .. } => format!("offer over {agent} {outcome:?} {rang_ms}"),
        E::TalkStarted { agent, queue, waited_ms, .. } => format!("talk {agent} {queue:?} {waited_ms}"),
        E::TalkEnded { agent, talk_ms, hold_ms, .. } => format!("talk over {agent} {talk_ms} {hold_ms}"),
        E::RecordingStarted { agent, .. } => format!("recording {}", agent.map_or(0, |a| a.0)),
        E::CallEnded { cause, by } => format!("ended {cause:?} {}", hand(by)),
        other => format!("{other:?}"),
    }
}

fn hand(by: &HungUpBy) -> String {
    match by {
        HungUpBy::Agent { agent } => format!("by agent {agent}"),
        other => format!("by {other:?}").to_lowercase(),
    }
}

#[test]
fn a_recorded_call_that_is_answered_is_told_as_one_of_ours() {
    let mut watch = Watch::new();
    watch.replay(&recorded(FILES[0]));
    let want = [
        "arrived Inbound 13800138000>400",
        "caller's leg",
        "answered",
        "queued 7 1",
        "offered 1 Some(QueueId(7)) 5177",
        "leg of 1 at 1",
        "rings",
        "answered",
        "offer over 1 Answered 701",
        "left 7 Answered 701",
        "talk 1 Some(QueueId(7)) 701",
        "recording 1",
        "talk over 1 7803 0",
        "leg ended AnsweredHangup by caller",
        "leg ended AnsweredHangup by caller",
        "ended AnsweredHangup by caller",
    ];
    assert_eq!(watch.words(), want);
    assert!(watch.calls.is_empty() && watch.calls.channels.is_empty() && watch.calls.by_root.is_empty());
    let fetched: Vec<&Fetch> = watch.out.iter().filter_map(|o| if let Out::Fetch(fetch) = o { Some(fetch) } else { None }).collect();
    assert_eq!(fetched.len(), 1);
    assert_eq!((fetched[0].file.as_str(), fetched[0].began), ("/var/spool/asterisk/monitor/1795447790.0.wav", T0 + 1_176));
    let began = watch.out.iter().find_map(|o| match o {
        Out::Tell { at, kind: EventKind::RecordingStarted { path, .. }, .. } => Some((*at, path.clone())),
        _ => None,
    });
    assert_eq!(began, Some((T0 + 1_176, fetched[0].path.clone())), "begun when the file was");
    assert_eq!(watch.out.iter().filter(|o| matches!(o, Out::Identify(_, caller) if caller.name == "Zhang San")).count(), 1);
    let routed: Vec<String> = watch.out.iter().filter_map(|o| if let Out::Router(i) = o { Some(format!("{i:?}")) } else { None }).collect();
    let kinds: Vec<&str> = routed.iter().map(|i| i.split(' ').next().unwrap()).collect();
    assert_eq!(kinds, ["Rung", "Rung", "AgentBusy", "Serves", "TalkEnded", "CallOver"]);
}

#[test]
fn the_filters_let_in_every_event_that_says_something_to_us() {
    let mut dialect = Asterisk::new("zuoxi".into(), contract::directory::Secret("secret".into()), true);
    dialect.read(b"Asterisk Call Manager/11.0.0\r\n", &mut Vec::new());
    let mut said = 0;
    for (_, message) in FILES.iter().flat_map(|file| recorded(file)) {
        let mut heard = Vec::new();
        dialect.read(message.as_bytes(), &mut heard);
        // Lists are told to whoever asked for them, past all filters.
        let in_list = message.contains("ActionID: ");
        if !in_list && heard.iter().any(|one| matches!(one, Heard::Seen(_))) {
            said += 1;
            assert!(crate::pbx::asterisk::WANTED.iter().any(|filter| message.contains(filter)), "{message}");
        }
    }
    assert!(said > 50, "{said}");
}

#[test]
fn a_talk_of_a_recorded_queue_that_the_pbx_does_not_record_is_asked_to_be_and_no_other() {
    let asks = |watch: &Watch| -> Vec<Ask> {
        let ask = |o: &Out| if let Out::Ask { ask: ask @ Ask::Record { .. }, .. } = o { Some(ask.clone()) } else { None };
        watch.out.iter().filter_map(ask).collect()
    };
    let all = recorded(FILES[0]);
    let end = all.iter().position(|(_, said)| said.starts_with("Event: HangupRequest")).unwrap();
    for by_itself in [true, false] {
        let mut watch = Watch::new();
        let said = all[..end].iter().filter(|(_, said)| by_itself || !said.contains("MIXMONITOR"));
        watch.replay(&said.cloned().collect::<Vec<_>>());
        assert_eq!(asks(&watch), [], "not before it is known whether the PBX does");
        watch.now += RECORDS_MS;
        let out = watch.calls.tick(watch.now, &Office);
        watch.keep(out);
        let (call, _) = watch.told[0];
        let file = format!("/var/spool/asterisk/monitor/zuoxi-{call}.wav");
        let want = Ask::Record { channel: "PJSIP/caller-00000000".into(), file: file.clone() };
        assert_eq!(asks(&watch), if by_itself { vec![] } else { vec![want.clone()] });
        let out = watch.calls.tick(watch.now + 60_000, &Office);
        watch.keep(out);
        if !by_itself {
            let said = watch.dialect.ask(9, &want).unwrap().concat();
            assert!(said.starts_with("Action: MixMonitor\r\n") && said.contains(&format!("File: {file}\r\n")), "{said}");
            // What it then tells of is a recording as any.
            let begun = all.iter().filter(|(_, said)| said.contains("MIXMONITOR")).map(|(_, said)| said.replace("/var/spool/asterisk/monitor/1795447790.0.wav", &file));
            begun.for_each(|said| watch.hear(said.as_bytes()));
            watch.replay(&all[end..]);
            let fetched = |o: &Out| matches!(o, Out::Fetch(fetch) if fetch.file == file);
            assert_eq!((asks(&watch).len(), watch.out.iter().filter(|o| fetched(o)).count()), (1, 1));
        }
    }
}

#[test]
fn a_recorded_call_that_is_given_up_is_told_with_all_who_were_rung() {
    let mut watch = Watch::new();
    watch.replay(&recorded(FILES[1]));
    let want = [
        "arrived Inbound 13800138000>400",
        "caller's leg",
        "answered",
        "queued 7 1",
        "offered 2 Some(QueueId(7)) 5166",
        "leg of 2 at 2",
        "rings",
        "offer over 2 Missed 4000",
        "leg ended NoAnswer by system",
        "offered 1 Some(QueueId(7)) 10168",
        "leg of 1 at 1",
        "rings",
        "offer over 1 Withdrawn 505",
        "left 7 Abandoned 5507",
        "leg ended NoAnswer by caller",
        "leg ended AnsweredHangup by caller",
        "ended Abandoned by caller",
    ];
    assert_eq!(watch.words(), want);
    assert!(watch.calls.is_empty() && watch.calls.channels.is_empty());
}

fn dial(watch: &mut Watch) -> InteractionId {
    let customer = Office.caller("500", "");
    let at = DialAt {
        agent: AgentId(1),
        station: StationId(1),
        line: "PJSIP/a001".into(),
        number: "500".into(),
        context: "in".into(),
        queue: Some(QueueId(7)),
        shown: String::new(),
        customer,
    };
    let (call, out) = watch.calls.dial(T0, at).unwrap();
    watch.keep(out);
    call
}

#[test]
fn a_recorded_call_that_was_dialed_for_us_is_ours() {
    let mut watch = Watch::new();
    let call = dial(&mut watch);
    let ours = FILES[2].replace("Value: 77", &format!("Value: {call}")).replace("ActionID: or1", "ActionID: ask-1");
    watch.replay(&recorded(&ours));
    let want = [
        "arrived Outbound 500>500",
        "leg of 1 at 1",
        "rings",
        "answered",
        "leg ended AnsweredHangup by system",
        "ended NoAnswer by system",
    ];
    assert_eq!(watch.words(), want);
    assert!(watch.told.iter().all(|(of, _)| *of == call) && watch.calls.is_empty() && watch.calls.pending.is_empty());
}

#[test]
fn a_recorded_call_that_could_not_be_dialed_ends_with_its_cause_and_so_does_one_that_never_rings() {
    let mut watch = Watch::new();
    let call = dial(&mut watch);
    // The second of the recording is to a phone that does not exist; the first is another program's.
    let ours = FILES[2].replace("ActionID: or2", "ActionID: ask-1");
    watch.replay(&recorded(&ours));
    let words: Vec<String> = watch.told.iter().filter(|(of, _)| *of == call).map(|(_, kind)| word(kind)).collect();
    assert_eq!(words, ["arrived Outbound 500>500", "ended Unreachable by system"]);
    is_whole(&watch.told);
    let mut watch = Watch::new();
    dial(&mut watch);
    assert_eq!(watch.calls.deadline(), Some(T0 + DIALED_MS));
    let out = watch.calls.tick(T0 + DIALED_MS, &Office);
    watch.keep(out);
    assert_eq!(watch.words(), ["arrived Outbound 500>500", "ended Unreachable by system"]);
}

/// From the list of channels on: as after a connection made in mid-call.
fn in_mid_call(watch: &mut Watch, from: usize) {
    let all = recorded(FILES[3]);
    let at = all.iter().position(|(_, m)| m.contains("Event: CoreShowChannel\r\n")).unwrap();
    watch.see(Seen::ListBegins);
    watch.replay(&all[at - from..]);
}

#[test]
fn a_recorded_list_in_mid_call_takes_the_talk_on() {
    let mut watch = Watch::new();
    in_mid_call(&mut watch, 0);
    let want = [
        "arrived Inbound 13800138000>400",
        "caller's leg",
        "answered",
        "leg of 1 at 1",
        "answered",
        "talk 1 Some(QueueId(7)) 0",
        "talk over 1 1335 0",
        "leg ended AnsweredHangup by caller",
        "leg ended AnsweredHangup by caller",
        "ended AnsweredHangup by caller",
    ];
    let words: Vec<String> = watch.words();
    assert_eq!(words.len(), want.len(), "{words:#?}");
    for (have, want) in words.iter().zip(want) {
        let same = have == want || (have.starts_with("talk over 1") && want.starts_with("talk over 1"));
        assert!(same, "{have} for {want} in {words:#?}");
    }
}

#[test]
fn a_talk_that_stands_after_a_break_is_the_same_and_one_that_vanished_was_interrupted() {
    let mut watch = Watch::new();
    let all = recorded(FILES[3]);
    let at = all.iter().position(|(_, m)| m.contains("Event: CoreShowChannel\r\n")).unwrap();
    watch.replay(&all[..at - 1]);
    let call = watch.told[0].0;
    // Another, of which the list knows nothing.
    let mut other = more::caller("x.1", "PJSIP/trunk-000000ff");
    other.number = "555".into();
    watch.see(Seen::Channel(other));
    watch.see(Seen::QueueJoined { id: "x.1".into(), queue: "support".into(), position: 1 });
    let vanished = watch.told.last().unwrap().0;
    watch.calls.lost(watch.now);
    assert_eq!(watch.calls.deadline(), Some(watch.now + LOST_MS));
    let before = watch.told.len();
    in_mid_call(&mut watch, 0);
    watch.calls.up();
    assert!(watch.told[before..].iter().all(|(of, _)| *of == call || *of == vanished), "nothing new: {:#?}", watch.words());
    let ends = |of| watch.told.iter().filter(move |(call, _)| *call == of).map(|(_, kind)| word(kind)).next_back();
    assert_eq!(ends(vanished).as_deref(), Some("ended Interrupted by system"));
    assert_eq!(ends(call).as_deref(), Some("ended AnsweredHangup by caller"));
    assert_eq!(watch.told.iter().filter(|(of, k)| *of == call && matches!(k, EventKind::TalkStarted { .. })).count(), 1);
}

#[test]
fn a_connection_that_does_not_come_back_ends_its_calls() {
    let mut watch = Watch::new();
    watch.see(Seen::Channel(more::caller("x.1", "PJSIP/trunk-000000ff")));
    watch.see(Seen::QueueJoined { id: "x.1".into(), queue: "support".into(), position: 1 });
    watch.calls.lost(T0);
    let out = watch.calls.tick(T0 + LOST_MS, &Office);
    watch.keep(out);
    assert_eq!(watch.words().last().map(String::as_str), Some("ended Interrupted by system"));
    assert_eq!(watch.calls.deadline(), None);
}

/// Everything that was opened is closed before the end, and the end is said once.
pub(super) fn is_whole(told: &[(InteractionId, EventKind)]) {
    let calls: BTreeSet<InteractionId> = told.iter().map(|(call, _)| *call).collect();
    for call in calls {
        let of: Vec<&EventKind> = told.iter().filter(|(id, _)| *id == call).map(|(_, kind)| kind).collect();
        assert!(matches!(of[0], EventKind::CallArrived { .. }), "{of:#?}");
        assert!(matches!(of[of.len() - 1], EventKind::CallEnded { .. }), "{of:#?}");
        assert_eq!(of.iter().filter(|k| matches!(k, EventKind::CallArrived { .. })).count(), 1, "{of:#?}");
        assert_eq!(of.iter().filter(|k| matches!(k, EventKind::CallEnded { .. })).count(), 1, "{of:#?}");
        let open = RefCell::new(BTreeMap::<String, i32>::new());
        let change = |what: String, by: i32| {
            let mut open = open.borrow_mut();
            let now = open.entry(what.clone()).or_default();
            *now += by;
            assert!((0..=1).contains(now), "{what} in {of:#?}");
        };
        for kind in &of {
            match kind {
                EventKind::Queued { queue, .. } => change(format!("queue {queue}"), 1),
                EventKind::QueueLeft { queue, .. } => change(format!("queue {queue}"), -1),
                EventKind::Offered { offer, .. } => change(format!("offer {offer}"), 1),
                EventKind::OfferEnded { offer, .. } => change(format!("offer {offer}"), -1),
                EventKind::TalkStarted { agent, .. } => change(format!("talk {agent}"), 1),
                EventKind::TalkEnded { agent, .. } => change(format!("talk {agent}"), -1),
                EventKind::Held { agent } => change(format!("hold {agent}"), 1),
                EventKind::Resumed { agent } => change(format!("hold {agent}"), -1),
                EventKind::LegStarted { leg, .. } => change(format!("leg {leg}"), 1),
                EventKind::LegEnded { leg, .. } => change(format!("leg {leg}"), -1),
                _ => {}
            }
        }
        let left: Vec<String> = open.borrow().iter().filter(|(what, n)| **n != 0 && !what.starts_with("hold")).map(|(w, _)| w.clone()).collect();
        assert!(left.is_empty(), "{left:?} in {of:#?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever comes in whatever order, or not at all.
    #[test]
    fn whatever_is_heard_no_call_stays_open_and_each_ends_once(
        picks in proptest::collection::vec((0_usize..4, 0_usize..400, 0_usize..6), 1..60),
        lost in any::<bool>(),
    ) {
        let files: Vec<Vec<(EpochMs, String)>> = FILES.iter().map(|file| recorded(file)).collect();
        let mut watch = Watch::new();
        dial(&mut watch);
        for (at, (file, from, many)) in picks.iter().enumerate() {
            let all = &files[*file];
            let from = from % all.len();
            watch.replay(&all[from..all.len().min(from + 1 + many * many * many)]);
            if lost && at % 7 == 3 {
                watch.calls.lost(watch.now);
                watch.see(Seen::ListBegins);
            }
            let out = watch.calls.tick(watch.now + 2_000, &Office);
            watch.keep(out);
        }
        let out = watch.calls.end_all(watch.now, &Office);
        watch.keep(out);
        is_whole(&watch.told);
        prop_assert!(watch.calls.is_empty() && watch.calls.deadline().is_none());
    }

    /// Cut anywhere, in the order in which it was said.
    #[test]
    fn a_conversation_that_is_cut_leaves_nothing_open(file in 0_usize..4, cut in 0_usize..300, bytes in 0_usize..400) {
        let all = recorded(FILES[file]);
        let mut watch = Watch::new();
        let cut = cut % all.len();
        watch.replay(&all[..cut]);
        let rest = &all[cut].1.as_bytes()[..bytes.min(all[cut].1.len())];
        watch.hear(rest);
        let out = watch.calls.end_all(watch.now, &Office);
        watch.keep(out);
        is_whole(&watch.told);
    }
}

#[test]
fn commands_are_for_whoever_talks_and_only_what_the_pbx_can() {
    let mut watch = Watch::new();
    let all = recorded(FILES[0]);
    let talk = all.iter().position(|(_, m)| m.contains("Event: HangupRequest")).unwrap();
    watch.replay(&all[..talk]);
    let call = watch.told[0].0;
    let to = |target: &TransferTarget| matches!(target, TransferTarget::Number { .. }).then(|| "13900139000".to_owned());
    let mut ask = |agent: i64, command: CallCommand| {
        let out = watch.calls.command(watch.now, (call, AgentId(agent)), &command, (contract::directory::PbxKind::Asterisk, "in"), &to);
        out.map(|out| {
            let asks = out.iter().filter_map(|o| if let Out::Ask { ask, .. } = o { Some(ask.clone()) } else { None }).collect::<Vec<_>>();
            (asks, out.iter().filter_map(|o| if let Out::Tell { kind, .. } = o { Some(kind.clone()) } else { None }).collect::<Vec<_>>())
        })
    };
    use crate::call::CommandRefused as C;
    use commands::Refusal as R;
    let theirs = || "PJSIP/caller-00000000".to_owned();
    assert_eq!(ask(1, CallCommand::Hangup).unwrap().0, [Ask::Hangup { channel: theirs() }]);
    assert_eq!(ask(2, CallCommand::Hangup), Err(R::Call(C::NotYours { call })));
    for cannot in [CallCommand::Hold, CallCommand::Mute, CallCommand::Park, CallCommand::Answer, CallCommand::Swap] {
        assert_eq!(ask(1, cannot), Err(R::Pbx(PbxRefused::NotThere(call))));
    }
    assert_eq!(ask(1, CallCommand::SendDigits { digits: "1;".into() }), Err(R::Call(C::BadDigits { most: MOST })));
    let (asks, told) = ask(1, CallCommand::SendDigits { digits: "12#".into() }).unwrap();
    assert_eq!(asks, [Ask::Digits { channel: theirs(), digits: "12#".into() }]);
    assert_eq!(told, [EventKind::DigitsSent { agent: AgentId(1), count: 3 }]);
    let queue = TransferTarget::Queue { queue: QueueId(9) };
    assert_eq!(ask(1, CallCommand::Transfer { target: queue }), Err(R::Pbx(PbxRefused::NoWay)));
    assert!(ask(1, CallCommand::PauseRecording { reason: " ".into() }).is_err(), "a reason is needed");
    let (asks, told) = ask(1, CallCommand::PauseRecording { reason: "card number".into() }).unwrap();
    assert!(matches!(&asks[..], [Ask::MuteRecording { on: true, .. }]) && told.is_empty(), "told when it is so");
    let token = watch.calls.token;
    watch.hear(format!("Response: Error\r\nActionID: ask-{token}\r\nMessage: no\r\n\r\n").as_bytes());
    let failed = EventKind::RecordingPauseFailed { agent: AgentId(1) };
    assert_eq!(watch.told.last().unwrap().1, failed, "nobody believes that it is silent");
    let again = CallCommand::PauseRecording { reason: "card number".into() };
    let (kind, now) = ((contract::directory::PbxKind::Asterisk, "in"), watch.now);
    watch.calls.command(now, (call, AgentId(1)), &again, kind, &to).unwrap();
    let token = watch.calls.token;
    watch.hear(format!("Response: Success\r\nActionID: ask-{token}\r\n\r\n").as_bytes());
    assert!(matches!(&watch.told.last().unwrap().1, EventKind::RecordingPaused { reason, .. } if reason == "card number"));
    let before = watch.told.len();
    watch.hear(b"Event: MixMonitorMute\r\nUniqueid: 1795447790.0\r\nState: 1\r\n\r\n");
    assert_eq!(watch.told.len(), before, "said before");
    watch.hear(b"Event: MixMonitorMute\r\nUniqueid: 1795447790.0\r\nState: 0\r\n\r\n");
    assert!(matches!(&watch.told.last().unwrap().1, EventKind::RecordingResumed { .. }), "by somebody at the PBX");
}

const MOST: usize = 32;

#[test]
fn a_transfer_that_the_pbx_refuses_is_said_and_one_that_goes_to_a_number_leads_away() {
    for refused in [true, false] {
        let mut watch = Watch::new();
        let all = recorded(FILES[0]);
        let talk = all.iter().position(|(_, m)| m.contains("Event: HangupRequest")).unwrap();
        watch.replay(&all[..talk]);
        let call = watch.told[0].0;
        let target = TransferTarget::Number { number: "13900139000".into() };
        let command = CallCommand::Transfer { target: target.clone() };
        let to = |_: &TransferTarget| Some("13900139000".to_owned());
        let kind = (contract::directory::PbxKind::Asterisk, "in");
        let out = watch.calls.command(watch.now, (call, AgentId(1)), &command, kind, &to).unwrap();
        watch.keep(out);
        let word = if refused { "Error" } else { "Success" };
        watch.hear(format!("Response: {word}\r\nActionID: ask-1\r\nMessage: m\r\n\r\n").as_bytes());
        let failed = watch.told.iter().any(|(_, k)| matches!(k, EventKind::TransferFailed { .. }));
        assert_eq!(failed, refused);
        if !refused {
            watch.see(Seen::Parted { id: "1795447790.0".into() });
            watch.see(Seen::Gone { id: "1795447790.1".into(), cause: EndCause::AnsweredHangup });
            assert!(matches!(watch.told.last().unwrap().1, EventKind::LegEnded { .. }), "the caller goes on");
            watch.see(Seen::HangsUp { id: "1795447790.0".into() });
            watch.see(Seen::Gone { id: "1795447790.0".into(), cause: EndCause::AnsweredHangup });
            assert_eq!(watch.words().last().map(String::as_str), Some("ended TransferredAway by caller"));
            is_whole(&watch.told);
        }
    }
}
