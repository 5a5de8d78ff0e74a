//! Over conversations written from the documentation; see `tests/pbx`.

use std::sync::Arc;

use contract::{AgentId, Caller, EventKind, IdMaker, PbxId, QueueId, StationId};

use super::*;
use crate::pbx::calls::{Calls, Desk, Out, QueueAt, World};

const ANSWERED: &str = include_str!("../../../../tests/pbx/freeswitch/answered.esl");
const MISSED: &str = include_str!("../../../../tests/pbx/freeswitch/missed.esl");
const AGENTS: &str = "name|instance_id|uuid|type|contact|status|state|max_no_answer\n\
    88309e98-agent|single_box||callback|[call_timeout=15]user/1001@example.com|Available|Waiting|3\n\
    1002@example.com|single_box||callback|user/1002@example.com|On Break|Waiting|3\n+OK\n";

struct Office;

impl World for Office {
    fn desk(&self, line: &str) -> Option<Desk> {
        same_phone(line, "1001").then_some(Desk { station: StationId(1), agent: Some(AgentId(1)) })
    }

    fn queue(&self, name: &str) -> Option<QueueAt> {
        (name == "support@default").then_some(QueueAt { queue: QueueId(7), ring_ms: 15_000 })
    }

    fn caller(&self, number: &str, name: &str) -> Caller {
        Caller { raw: number.into(), name: name.into(), number: None, withheld: false }
    }

    fn is_extension(&self, _: &str) -> bool {
        false
    }

    fn record_into(&self, _: QueueId) -> Option<&str> {
        None
    }
}

fn api(text: &str) -> String {
    format!("Content-Type: api/response\nContent-Length: {}\n\n{text}", text.len())
}

/// Logged in, with all lists answered.
fn listed(channels: &str, members: &str) -> (FreeSwitch, Vec<Heard>, String) {
    let mut dialect = FreeSwitch::new(String::new(), Secret("ClueCon".into()), vec!["support@default".into()]);
    let mut heard = Vec::new();
    dialect.read(b"Content-Type: auth/request\n\n", &mut heard);
    let reply = "Content-Type: command/reply\nReply-Text: +OK accepted\n\n";
    dialect.read(reply.as_bytes(), &mut heard);
    dialect.list();
    // To the events, the version, and the lists, in the order in which they were asked for.
    for answer in [reply.to_owned(), api("1.10.12\n"), api(AGENTS), api(members), api(channels)] {
        dialect.read(answer.as_bytes(), &mut heard);
    }
    let said = heard.iter().filter_map(|h| if let Heard::Say(said) = h { Some(said.as_str()) } else { None }).collect();
    (dialect, heard, said)
}

fn events(file: &str) -> Vec<u8> {
    let plain: Vec<&str> = file.lines().filter(|line| !line.starts_with('#')).collect();
    let mut out = Vec::new();
    for event in plain.join("\n").split("\n\n").map(str::trim).filter(|event| !event.is_empty()) {
        let body = format!("{event}\n\n");
        out.extend(format!("Content-Type: text/event-plain\nContent-Length: {}\n\n{body}", body.len()).into_bytes());
    }
    out
}

fn told(seen: &[Heard]) -> (Vec<String>, Calls) {
    let mut calls = Calls::new(PbxId(1), Arc::new(IdMaker::new(1)));
    let mut out = Vec::new();
    for one in seen {
        if let Heard::Seen(seen) = one {
            out.extend(calls.see(1_795_447_790_000, seen.clone(), &Office));
        }
    }
    let words = out.iter().filter_map(|one| match one {
        Out::Tell { kind, .. } => {
            let json = serde_json::to_value(kind).unwrap();
            Some(json["kind"].as_str().unwrap_or_default().to_owned())
        }
        _ => None,
    });
    (words.collect(), calls)
}

#[test]
fn it_logs_in_and_lists_channels_agents_and_who_waits() {
    let (_, heard, said) = listed("{\"row_count\":0}", "queue|uuid|session_uuid|state\nsupport@default|m|s1|Waiting\nsupport@default|m|s2|Abandoned\n+OK\n");
    assert!(said.starts_with("auth ClueCon\n\nevent plain "), "{said}");
    assert!(said.contains("api callcenter_config queue list members support@default\n\n"), "{said}");
    assert!(heard.contains(&Heard::LoggedIn) && heard.contains(&Heard::Version("FreeSWITCH 1.10.12".into())));
    assert_eq!(heard.last(), Some(&Heard::Listed));
    let waiting = heard.iter().find_map(|h| if let Heard::Seen(Seen::ListedWaiting(all)) = h { Some(all.clone()) } else { None });
    let waiting: Vec<String> = waiting.unwrap().into_iter().map(|one| one.id).collect();
    assert_eq!(waiting, ["s1"], "who has given up waits no more");
    let paused: Vec<(String, bool)> = heard.iter().filter_map(|h| match h {
        Heard::Seen(Seen::Paused { line, paused, .. }) => Some((line.clone(), *paused)),
        _ => None,
    }).collect();
    assert_eq!(paused, [("1001@example.com".to_owned(), false), ("1002@example.com".to_owned(), true)]);
    let mut stranger = FreeSwitch::new("1000@example.com".into(), Secret("x".into()), Vec::new());
    let mut heard = Vec::new();
    stranger.read(b"Content-Type: auth/request\n\nContent-Type: command/reply\nReply-Text: -ERR invalid\n\n", &mut heard);
    assert_eq!(heard, [Heard::Say("userauth 1000@example.com:x\n\n".into()), Heard::Refused("-ERR invalid".into())]);
}

#[test]
fn a_call_of_mod_callcenter_that_is_answered_is_told_as_one_of_ours() {
    let (mut dialect, _, _) = listed("{}", "queue\n+OK\n");
    let mut heard = Vec::new();
    dialect.read(&events(ANSWERED), &mut heard);
    let (words, calls) = told(&heard);
    assert_eq!(words, [
        "call_arrived", "leg_started", "leg_answered", "queued", "offered", "leg_started", "leg_ringing", "leg_answered",
        "offer_ended", "queue_left", "talk_started", "recording_started", "held", "resumed", "talk_ended", "leg_ended", "leg_ended",
        "call_ended",
    ]);
    assert!(calls.is_empty() && dialect.malformed() == 0);
}

#[test]
fn a_call_nobody_answers_is_told_with_why() {
    let (mut dialect, _, _) = listed("{}", "queue\n+OK\n");
    let mut heard = Vec::new();
    dialect.read(&events(MISSED), &mut heard);
    let mut calls = Calls::new(PbxId(1), Arc::new(IdMaker::new(1)));
    let mut facts = Vec::new();
    for one in heard {
        if let Heard::Seen(seen) = one {
            let out = calls.see(0, seen, &Office);
            facts.extend(out.into_iter().filter_map(|one| if let Out::Tell { kind, .. } = one { Some(kind) } else { None }));
        }
    }
    let missed = |k: &EventKind| matches!(k, EventKind::OfferEnded { outcome: OfferOutcome::Missed, .. });
    let waited = |k: &EventKind| matches!(k, EventKind::QueueLeft { outcome: contract::QueueOutcome::MaxWait, .. });
    assert_eq!(facts.iter().filter(|k| missed(k)).count(), 1);
    assert_eq!(facts.iter().filter(|k| waited(k)).count(), 1);
    assert!(matches!(facts.last(), Some(EventKind::CallEnded { cause: EndCause::SelfService, .. })), "{facts:#?}");
}

#[test]
fn a_list_in_mid_call_takes_the_talk_on() {
    let rows = r#"{"row_count":2,"rows":[
        {"uuid":"b","direction":"outbound","name":"sofia/internal/1001@192.0.2.21:5060","presence_id":"1001@example.com","cid_num":"138","dest":"1001","callstate":"ACTIVE","call_uuid":"a"},
        {"uuid":"a","direction":"inbound","name":"sofia/external/138","cid_num":"138","cid_name":"Li","dest":"400","application":"callcenter","application_data":"support@default","callstate":"ACTIVE","call_uuid":"a"}]}"#;
    // Whichever of the two the core has for the first.
    for rows in [rows.to_owned(), rows.replace("\"call_uuid\":\"a\"", "\"call_uuid\":\"b\"")] {
        let (_, heard, _) = listed(&rows, "queue\n+OK\n");
        let (words, calls) = told(&heard);
        assert_eq!(words, ["call_arrived", "leg_started", "leg_answered", "leg_started", "leg_answered", "talk_started"]);
        assert_eq!(calls.on_calls().count(), 1);
    }
    for broken in ["", "no json", "{\"rows\":7}", "[1,2]"] {
        assert!(listed_channels(broken).is_empty(), "{broken}");
    }
}

#[test]
fn what_is_asked_is_one_command_and_no_value_is_another() {
    let (mut dialect, _, _) = listed("{}", "queue\n+OK\n");
    let mut said = |ask: Ask| dialect.ask(7, &ask).map(|all| all.concat());
    let channel = || "u1".to_owned();
    let (context, key) = ("default".to_owned(), "42".to_owned());
    for (ask, want) in [
        (Ask::Hangup { channel: channel() }, "api uuid_kill u1\n\n"),
        (Ask::Redirect { channel: channel(), to: "400".into(), context: context.clone() }, "api uuid_transfer u1 400 XML default\n\n"),
        (Ask::Digits { channel: channel(), digits: "12#".into() }, "api uuid_send_dtmf u1 12#\n\n"),
        (Ask::Record { channel: channel(), file: "/r/y.wav".into() }, "api uuid_record u1 start /r/y.wav\n\n"),
        (Ask::MuteRecording { channel: channel(), file: "/r/x.wav".into(), on: true }, "api uuid_record u1 mask /r/x.wav\n\n"),
        (Ask::MuteRecording { channel: channel(), file: "/r/x.wav".into(), on: false }, "api uuid_record u1 unmask /r/x.wav\n\n"),
        (Ask::Hold { channel: channel(), on: true }, "api uuid_hold u1\n\n"),
        (Ask::Hold { channel: channel(), on: false }, "api uuid_hold off u1\n\n"),
        (
            Ask::Pause { line: "1001".into(), paused: true, reason: "Lunch".into() },
            "api callcenter_config agent set status 88309e98-agent 'On Break'\n\n",
        ),
        (
            Ask::Pause { line: "1001".into(), paused: false, reason: String::new() },
            "api callcenter_config agent set status 88309e98-agent Available\n\n",
        ),
        (
            Ask::Originate { line: "1001@example.com".into(), number: "13900139000".into(), context, key, shown: "4001".into() },
            "bgapi originate {ZUOXI_CALL=42,origination_caller_id_number=4001,originate_timeout=30}user/1001@example.com \
             13900139000 XML default\nJob-UUID: ask-7\n\n",
        ),
    ] {
        assert_eq!(said(ask.clone()).as_deref(), Ok(want), "{ask:?}");
    }
    for bad in ["u1\n\napi fsctl shutdown", "u1 u2", ""] {
        assert!(said(Ask::Hangup { channel: bad.into() }).is_err(), "{bad:?}");
    }
    let line = "1001,absolute_codec_string=x".to_owned();
    assert!(said(Ask::Originate { line, number: "1".into(), context: "c".into(), key: "k".into(), shown: String::new() }).is_err());
    assert!(said(Ask::Pause { line: "9999".into(), paused: true, reason: String::new() }).is_err(), "no agent of its queues");
}

#[test]
fn a_job_that_failed_says_why_the_call_was_not_made() {
    let (mut dialect, _, _) = listed("{}", "queue\n+OK\n");
    let mut heard = Vec::new();
    let body = "Event-Name: BACKGROUND_JOB\nJob-UUID: ask-9\nContent-Length: 16\n\n-ERR USER_BUSY\n";
    dialect.read(format!("Content-Type: text/event-plain\nContent-Length: {}\n\n{body}", body.len()).as_bytes(), &mut heard);
    assert_eq!(heard, [Heard::Seen(Seen::NotDialed { token: 9, cause: EndCause::Busy })]);
}

#[test]
fn a_phone_is_the_one_that_was_named_with_its_domain_or_without() {
    for (phone, named, want) in [
        ("1001@a.com", "1001", true),
        ("1001", "1001@a.com", true),
        ("1001@a.com", "1001@a.com", true),
        ("1001@a.com", "1001@b.com", false),
        ("1002@a.com", "1001", false),
        ("", "", true),
        ("", "1001", false),
    ] {
        assert_eq!(same_phone(phone, named), want, "{phone} {named}");
    }
    assert_eq!(phone_of("[leg_timeout=10]user/1000@default").as_deref(), Some("1000@default"));
    assert_eq!(phone_of("sofia/gateway/x/1"), None);
}

/// Lists are asked for one after the other, and calls go on meanwhile.
#[test]
fn what_happens_while_lists_are_made_is_newer_than_they_are() {
    let two = r#"{"row_count":2,"rows":[
        {"uuid":"b","direction":"outbound","presence_id":"1001@example.com","cid_num":"138","dest":"1001","callstate":"ACTIVE","call_uuid":"a"},
        {"uuid":"a","direction":"inbound","name":"sofia/external/138","cid_num":"138","dest":"400","application":"callcenter","application_data":"support@default","callstate":"ACTIVE","call_uuid":"a"}]}"#;
    let event = |text: &str| format!("Content-Type: text/event-plain\nContent-Length: {}\n\n{text}\n\n", text.len() + 2);
    let center = |action: &str, id: &str| {
        event(&format!("Event-Name: CUSTOM\nCC-Queue: support%40default\nCC-Action: {action}\nCC-Member-Session-UUID: {id}"))
    };
    let mut dialect = FreeSwitch::new(String::new(), Secret("ClueCon".into()), vec!["support@default".into()]);
    let mut heard = vec![Heard::Seen(Seen::ListBegins)];
    dialect.list();
    let members = "queue|uuid|session_uuid|state\nsupport@default|m|a|Waiting\nsupport@default|m|w|Waiting\n+OK\n";
    let meanwhile = [center("bridge-agent-start", "a"), center("member-queue-start", "n"), center("member-queue-end", "w")].concat();
    let bridged = event("Event-Name: CHANNEL_BRIDGE\nUnique-ID: a\nBridge-A-Unique-ID: a\nBridge-B-Unique-ID: b");
    for answer in [api(AGENTS), api(members), meanwhile, api(two), bridged] {
        dialect.read(answer.as_bytes(), &mut heard);
    }
    let at = |wanted: fn(&Heard) -> bool| heard.iter().position(wanted).unwrap();
    let listed = at(|h| matches!(h, Heard::Seen(Seen::Listed(_))));
    let asked = at(|h| matches!(h, Heard::Say(said) if said.contains("show channels")));
    assert!(asked < listed && heard[listed + 2] == Heard::Listed, "taken when it comes: {heard:#?}");
    assert!(heard[listed..].iter().any(|h| matches!(h, Heard::Seen(Seen::Bridged { .. }))), "{heard:#?}");
    let waiting = heard.iter().find_map(|h| if let Heard::Seen(Seen::ListedWaiting(all)) = h { Some(all.clone()) } else { None });
    assert_eq!(waiting.unwrap().iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["n"]);
    let (words, mut calls) = told(&heard);
    assert_eq!(words.last().map(String::as_str), Some("talk_started"), "{words:?}");
    let later = calls.tick(1_795_447_800_000, &Office);
    assert!(!later.iter().any(|o| matches!(o, Out::Tell { kind: EventKind::Held { .. }, .. })), "they hear each other: {later:#?}");
}
