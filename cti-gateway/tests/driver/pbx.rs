//! PBXs beside us, from the socket to the ledger and back: the peers are servers on loopback that say what was recorded of real
//! ones (Asterisk), or what is documented (FreeSWITCH).

use std::path::PathBuf;
use std::sync::Arc;

use contract::directory::{Beside, Pbx, PbxKind, PbxQueue, Reason, Secret};
use contract::{
    CallCommand, Directory, EndCause, Entry, EventKind, HungUpBy, OfferOutcome, PbxId, QueueId, ReasonId,
    SeatCommand, SeatStatus, SeatWhy, StationId, TransferTarget,
};
use cti_gateway::driver::Refused;
use cti_gateway::pbx::{Fault, LinkStage};
use cti_gateway::pbx::calls::PbxRefused;

use crate::house::{AGENT, House, PATIENCE, company, wav};
use crate::pbx_peer::{ANSWERED, Asked, FREE_ANSWERED, PASSWORD, Peer, STATUS, Speaks, before, recorded, written};

const PBX: PbxId = PbxId(9);
const MONITOR: &str = "/var/spool/asterisk/monitor";

/// The company of the others, whose agent sits at a phone of this PBX.
fn beside(peer: &Peer, kind: PbxKind) -> Directory {
    let mut out = company();
    let (name, line, queue, recorded_in) = match kind {
        PbxKind::Asterisk => ("zuoxi", "PJSIP/a001", "support", MONITOR),
        PbxKind::FreeSwitch => ("", "1001", "support@default", "/var/lib/freeswitch/recordings"),
    };
    let pbx = Pbx {
        id: PBX,
        name: "office".into(),
        kind,
        address: peer.address.to_string(),
        tls: None,
        user: name.into(),
        password: Secret(PASSWORD.into()),
        queues: vec![PbxQueue { name: queue.into(), queue: QueueId(1), dialed: "400".into() }],
        context: "internal".into(),
        recorded_in: recorded_in.into(),
        recordings: String::new(),
    };
    out.pbxs.insert(PBX, pbx);
    out.stations.get_mut(&StationId(1)).unwrap().beside = Some(Beside { pbx: PBX, line: line.into() });
    let reason = Reason { id: ReasonId(1), name_zh: "午餐".into(), name_en: "Lunch".into(), target_minutes: 30 };
    out.company.language = "en".into();
    out.reasons.insert(reason.id, reason);
    out
}

async fn until(what: &str, so: impl AsyncFn() -> bool) {
    let wait = async {
        let mut every = tokio::time::interval(std::time::Duration::from_millis(10));
        while !so().await {
            every.tick().await;
        }
    };
    assert!(tokio::time::timeout(PATIENCE, wait).await.is_ok(), "{what} never came");
}

async fn stands(house: &House, stage: LinkStage) {
    until("the connection", async || house.gateway.pbx(PBX).is_some_and(|line| line.state.stage == stage)).await;
}

/// Connected, and the agent ready.
async fn ready(peer: &Peer, directory: Directory) -> House {
    let house = House::of(directory, &[], None).await;
    stands(&house, LinkStage::Up).await;
    house.fact("the phone", |k| matches!(k, EventKind::StationRegistered { station: StationId(1), .. })).await;
    house.ready().await;
    peer.asked("to let the phone be rung", 1, |a| is_pause(a, false)).await;
    house
}

fn is_pause(asked: &Asked, paused: bool) -> bool {
    let set = asked.get("Command").is_some_and(|c| c.contains("agent set status") && c.contains("On Break") == paused);
    let action = asked.get("Action").is_some_and(|a| a == "QueuePause") && asked.get("Paused") == Some(&paused.to_string());
    set || action
}

fn action(name: &'static str) -> impl Fn(&Asked) -> bool {
    move |asked| asked.get("Action").is_some_and(|action| action == name)
}

fn kinds(all: &[EventKind]) -> Vec<String> {
    all.iter().map(|kind| serde_json::to_value(kind).unwrap()["kind"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_at_an_asterisk_is_in_the_ledger_like_one_of_ours_and_obeys_its_agent() {
    let peer = Peer::open(Speaks::Manager, None).await;
    let monitor = tempfile::tempdir().unwrap();
    std::fs::write(monitor.path().join("1795447790.0.wav"), wav(1_500)).unwrap();
    let mut directory = beside(&peer, PbxKind::Asterisk);
    directory.pbxs.get_mut(&PBX).unwrap().recordings = monitor.path().to_string_lossy().into_owned();
    let house = ready(&peer, directory).await;
    let login = peer.asked("a login", 1, action("Login")).await;
    assert!(!login.contains_key("Secret") && login["AuthType"] == "MD5", "in the clear the password is proved: {login:?}");
    assert_eq!(house.gateway.pbx(PBX).unwrap().state.version, "22.10.1");
    let all = recorded(ANSWERED);
    let (talk, end) = before(&all, "Event: HangupRequest");
    peer.plays(talk);
    house.fact("the talk", |k| matches!(k, EventKind::TalkStarted { agent: AGENT, queue: Some(QueueId(1)), .. })).await;
    let call = house.call();
    let gauges = house.gauges().await;
    assert_eq!((gauges.talks, gauges.beside, gauges.calls), (1, 1, 0));
    assert_eq!(house.gateway.pbx(PBX).unwrap().calls, 1);
    let says = async |command| house.gateway.call(call, AGENT, command).await;
    says(CallCommand::PauseRecording { reason: "card number".into() }).await.unwrap();
    let muted = peer.asked("silence", 1, action("MixMonitorMute")).await;
    assert_eq!((muted["Channel"].as_str(), muted["State"].as_str()), ("PJSIP/caller-00000000", "1"));
    house.fact("the pause", |k| matches!(k, EventKind::RecordingPaused { agent: AGENT, .. })).await;
    says(CallCommand::SendDigits { digits: "42".into() }).await.unwrap();
    let digits = [peer.asked("a key", 1, action("PlayDTMF")).await, peer.asked("a key", 2, action("PlayDTMF")).await];
    assert_eq!(digits.map(|a| a["Digit"].clone()), ["4", "2"]);
    for cannot in [CallCommand::Hold, CallCommand::Mute, CallCommand::Park, CallCommand::Consult { target: TransferTarget::Queue { queue: QueueId(1) } }] {
        assert_eq!(says(cannot).await, Err(Refused::Pbx(PbxRefused::NotThere(call))));
    }
    let target = |number: &str| CallCommand::Transfer { target: TransferTarget::Number { number: number.into() } };
    assert_eq!(says(target("+4420123456")).await, Err(Refused::NumberNotAllowed));
    // What is checked is what is dialed, whatever stands around it.
    assert_eq!(says(target("00441234567890 <+8613800138000>")).await, Err(Refused::NumberNotAllowed));
    says(CallCommand::Transfer { target: TransferTarget::Queue { queue: QueueId(1) } }).await.unwrap();
    let sent = peer.asked("a transfer", 1, action("Redirect")).await;
    assert_eq!((sent["Exten"].as_str(), sent["Context"].as_str()), ("400", "internal"));
    says(CallCommand::Hangup).await.unwrap();
    assert_eq!(peer.asked("to hang up", 1, action("Hangup")).await["Channel"], "PJSIP/caller-00000000");
    peer.plays(end);
    house.fact("the end", |k| matches!(k, EventKind::CallEnded { .. })).await;
    house.fact("the recording", |k| matches!(k, EventKind::RecordingEnded { complete: true, .. })).await;
    let told = house.of_call(call);
    assert!(matches!(&told[0], EventKind::CallArrived { entry: Entry::Pbx { pbx: PBX }, caller, .. } if caller.raw == "13800138000"
        && caller.number.as_ref().is_some_and(|n| n.reveal() == "+8613800138000")));
    assert_eq!(kinds(&told).into_iter().filter(|k| k != "caller_identified").collect::<Vec<_>>(), [
        "call_arrived", "leg_started", "leg_answered", "queued", "offered", "leg_started", "leg_ringing", "leg_answered",
        "offer_ended", "queue_left", "talk_started", "recording_started", "recording_paused", "digits_sent", "transfer_started",
        "talk_ended", "leg_ended", "leg_ended", "call_ended", "recording_ended",
    ]);
    let path = told.iter().find_map(|k| if let EventKind::RecordingStarted { path, .. } = k { Some(path.clone()) } else { None }).unwrap();
    assert_eq!(std::fs::read(house.folder.path().join("recordings").join(path)).unwrap(), wav(1_500));
    assert!(told.iter().any(|k| matches!(k, EventKind::RecordingEnded { duration_ms: 1_500, .. })));
    house.quiet().await;
    assert_eq!(house.gauges().await.beside, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_that_cannot_be_had_is_told_with_why() {
    let peer = Peer::open(Speaks::Manager, None).await;
    let house = ready(&peer, beside(&peer, PbxKind::Asterisk)).await;
    peer.plays(&recorded(ANSWERED));
    let gap = house.fact("the gap", |k| matches!(k, EventKind::RecordingGap { .. })).await;
    assert!(matches!(gap, EventKind::RecordingGap { reason, .. } if reason == "it stays at the PBX"));
    house.fact("its end", |k| matches!(k, EventKind::RecordingEnded { bytes: 0, complete: false, .. })).await;
    house.quiet().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_comes_over_http_too() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let server = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = server.local_addr().unwrap();
    let (tell, mut asked) = tokio::sync::mpsc::channel(4);
    tokio::spawn(async move {
        while let Ok((mut wire, _)) = server.accept().await {
            let mut head = vec![0; 4096];
            let n = wire.read(&mut head).await.unwrap();
            let sound = wav(700);
            let answer = format!("HTTP/1.0 200 OK\r\nContent-Length: {}\r\n\r\n", sound.len());
            wire.write_all(answer.as_bytes()).await.unwrap();
            wire.write_all(&sound).await.unwrap();
            tell.send(String::from_utf8_lossy(&head[..n]).into_owned()).await.unwrap();
        }
    });
    let peer = Peer::open(Speaks::Manager, None).await;
    let mut directory = beside(&peer, PbxKind::Asterisk);
    directory.pbxs.get_mut(&PBX).unwrap().recordings = format!("http://{at}/monitor");
    let house = ready(&peer, directory).await;
    peer.plays(&recorded(ANSWERED));
    house.fact("the recording", |k| matches!(k, EventKind::RecordingEnded { complete: true, duration_ms: 700, .. })).await;
    assert!(asked.recv().await.unwrap().starts_with("GET /monitor/1795447790.0.wav HTTP/1.0\r\n"));
    house.quiet().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seat_and_its_phone_at_the_pbx_are_paused_together_whoever_does_it() {
    let peer = Peer::open(Speaks::Manager, None).await;
    let house = ready(&peer, beside(&peer, PbxKind::Asterisk)).await;
    let lunch = SeatCommand::NotReady { reason: Some(ReasonId(1)) };
    house.gateway.seat(AGENT, lunch, AGENT).await.unwrap();
    let paused = peer.asked("a pause", 1, |a| is_pause(a, true) && a["Reason"] == "Lunch").await;
    assert_eq!(paused["Interface"], "PJSIP/a001");
    let echo = |paused: u8| {
        vec![format!("Event: QueueMemberPause\r\nQueue: support\r\nInterface: PJSIP/a001\r\nPaused: {paused}\r\nPausedReason: Lunch\r\n\r\n")]
    };
    peer.plays(&echo(1));
    house.gateway.seat(AGENT, SeatCommand::Ready, AGENT).await.unwrap();
    peer.asked("an end of the pause", 2, |a| is_pause(a, false)).await;
    let asked = |peer: &Peer| peer.all_asked(action("QueuePause")).len();
    // Somebody at the PBX pauses the phone, for each of its queues.
    let before = asked(&peer);
    let status = async |wanted: SeatStatus| {
        house.fact("the seat", |k| matches!(k, EventKind::SeatChanged { seat, .. } if seat.status == wanted)).await
    };
    peer.plays(&echo(0));
    peer.plays(&[echo(1), echo(1)].concat());
    let changes = |reason: Option<ReasonId>| house.count(|k| {
        matches!(k, EventKind::SeatChanged { seat, why: SeatWhy::Chosen, .. } if seat.status == SeatStatus::NotReady { reason })
    });
    until("not ready", async || changes(Some(ReasonId(1))) == 2).await;
    peer.plays(&echo(0));
    until("ready", async || house.count(|k| matches!(k, EventKind::SeatChanged { seat, .. } if seat.status == SeatStatus::Ready)) >= 3).await;
    status(SeatStatus::Ready).await;
    // One that is paused by the seat comes after all echoes there might be.
    house.gateway.seat(AGENT, SeatCommand::NotReady { reason: None }, AGENT).await.unwrap();
    // The first was when the seat was taken.
    peer.asked("a pause", 2, |a| is_pause(a, true) && a["Reason"] == "not ready").await;
    // Each change by others is set for the other queues of the phone, once.
    assert_eq!(asked(&peer), before + 3, "nothing was sent back for ever: {:#?}", peer.all_asked(action("QueuePause")));
    house.gateway.seat(AGENT, SeatCommand::SignOut, AGENT).await.unwrap();
    peer.asked("a pause", 1, |a| is_pause(a, true) && a["Reason"] == "signed out").await;
    house.quiet().await;
}

/// The channels of the recorded list, and who is in the queue.
fn listed(peer: &Peer) {
    let all = recorded(STATUS);
    let rows: Vec<&str> = all.iter().filter(|m| m.starts_with("Event: CoreShowChannel\r\n")).map(String::as_str).collect();
    assert_eq!(rows.len(), 2);
    peer.lists("CoreShowChannels", &rows.concat());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_breaks_in_mid_call_finds_the_same_call_when_it_is_back() {
    let peer = Peer::open(Speaks::Manager, None).await;
    let house = ready(&peer, beside(&peer, PbxKind::Asterisk)).await;
    let all = recorded(STATUS);
    let (talk, rest) = before(&all, "Event: QueueParams");
    peer.plays(talk);
    house.fact("the talk", |k| matches!(k, EventKind::TalkStarted { .. })).await;
    let call = house.call();
    listed(&peer);
    peer.cut();
    house.fact("the loss", |k| matches!(k, EventKind::StationLost { station: StationId(1), reason } if reason == "no_pbx")).await;
    assert_eq!(house.gateway.call(call, AGENT, CallCommand::Hangup).await, Err(Refused::Pbx(PbxRefused::NoLink)));
    house.nth("the phone", 2, |k| matches!(k, EventKind::StationRegistered { .. })).await;
    stands(&house, LinkStage::Up).await;
    assert_eq!(house.gateway.pbx(PBX).unwrap().state.reconnects, 1);
    assert_eq!(house.gauges().await.talks, 1, "they talk on");
    house.gateway.call(call, AGENT, CallCommand::Hangup).await.unwrap();
    peer.asked("to hang up", 1, action("Hangup")).await;
    let (_, end) = before(rest, "Event: HangupRequest");
    peer.plays(end);
    house.fact("the end", |k| matches!(k, EventKind::CallEnded { cause: EndCause::AnsweredHangup, by: HungUpBy::Caller })).await;
    let told = house.of_call(call);
    let count = |wanted: &str| kinds(&told).iter().filter(|k| *k == wanted).count();
    assert_eq!((count("call_arrived"), count("talk_started"), count("talk_ended"), count("call_ended")), (1, 1, 1, 1));
    assert_eq!(house.count(|k| matches!(k, EventKind::CallArrived { .. })), 1);
    let back = house.count(|k| matches!(k, EventKind::SeatChanged { seat, why: SeatWhy::StationBack, .. } if seat.status == SeatStatus::Ready));
    assert_eq!(back, 1, "what the PBX took, it gave back");
    house.quiet().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_vanished_behind_a_broken_connection_was_interrupted_and_so_are_those_of_a_pbx_that_is_taken_away() {
    let peer = Peer::open(Speaks::Manager, None).await;
    let directory = beside(&peer, PbxKind::Asterisk);
    let house = ready(&peer, directory.clone()).await;
    let all = recorded(STATUS);
    let (talk, _) = before(&all, "Event: QueueParams");
    peer.plays(talk);
    house.fact("the talk", |k| matches!(k, EventKind::TalkStarted { .. })).await;
    peer.cut();
    house.fact("the end", |k| matches!(k, EventKind::CallEnded { cause: EndCause::Interrupted, .. })).await;
    stands(&house, LinkStage::Up).await;
    peer.plays(talk);
    house.nth("the talk", 2, |k| matches!(k, EventKind::TalkStarted { .. })).await;
    let mut without = directory;
    without.pbxs.clear();
    house.gateway.directory(Arc::new(without)).await;
    house.nth("the end", 2, |k| matches!(k, EventKind::CallEnded { cause: EndCause::Interrupted, .. })).await;
    assert_eq!(house.gateway.pbx(PBX), None);
    house.quiet().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_node_that_stops_closes_what_it_saw() {
    let peer = Peer::open(Speaks::Manager, None).await;
    let house = ready(&peer, beside(&peer, PbxKind::Asterisk)).await;
    let all = recorded(ANSWERED);
    peer.plays(before(&all, "Event: HangupRequest").0);
    house.fact("the talk", |k| matches!(k, EventKind::TalkStarted { .. })).await;
    let call = house.call();
    assert_eq!(house.gateway.stop(std::time::Duration::from_millis(10)).await, 0, "no grace is wasted on what is not ours to end");
    house.gateway.close().await;
    let ended = kinds(&house.of_call(call));
    assert_eq!(ended.iter().filter(|k| *k == "call_ended").count(), 1);
    let at = |kind: &str| ended.iter().position(|k| k == kind).unwrap();
    assert!(at("talk_ended") < at("call_ended"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_who_dials_has_the_own_phone_rung_by_the_pbx() {
    let peer = Peer::open(Speaks::Manager, None).await;
    let house = ready(&peer, beside(&peer, PbxKind::Asterisk)).await;
    assert_eq!(house.gateway.dial(AGENT, "00441234567890 <+8613800138000>".into(), None).await, Err(Refused::NumberNotAllowed));
    let call = house.gateway.dial(AGENT, "13900139000".into(), Some(QueueId(1))).await.unwrap();
    let asked = peer.asked("a call", 1, action("Originate")).await;
    assert_eq!((asked["Channel"].as_str(), asked["Exten"].as_str(), asked["Context"].as_str()), ("PJSIP/a001", "13900139000", "internal"));
    assert_eq!(asked["Variable"], format!("ZUOXI_CALL={call}"));
    assert_eq!(house.gateway.dial(AGENT, "13900139000".into(), None).await, Err(Refused::Busy));
    let of = |id: &str, channel: &str, rest: &str| format!("Channel: {channel}\r\nUniqueid: {id}\r\nLinkedid: 1.1\r\n{rest}\r\n");
    let own = |event: &str, rest: &str| format!("Event: {event}\r\n{}", of("1.1", "PJSIP/a001-00000001", rest));
    let out = |event: &str, rest: &str| format!("Event: {event}\r\n{}", of("1.2", "PJSIP/trunk-00000002", rest));
    peer.plays(&[
        own("Newchannel", "ChannelState: 0\r\n"),
        own("VarSet", &format!("Variable: ZUOXI_CALL\r\nValue: {call}\r\n")),
        own("Newstate", "ChannelState: 5\r\n"),
        own("Newstate", "ChannelState: 6\r\n"),
        out("Newchannel", "ChannelState: 0\r\n"),
        own("DialBegin", "DestUniqueid: 1.2\r\n"),
        out("Newstate", "ChannelState: 5\r\n"),
        out("Newstate", "ChannelState: 6\r\n"),
        own("BridgeEnter", "BridgeUniqueid: b\r\n"),
        out("BridgeEnter", "BridgeUniqueid: b\r\n"),
    ]);
    house.fact("the talk", |k| matches!(k, EventKind::TalkStarted { agent: AGENT, queue: Some(QueueId(1)), .. })).await;
    house.gateway.call(call, AGENT, CallCommand::Hangup).await.unwrap();
    assert_eq!(peer.asked("to hang up", 1, action("Hangup")).await["Channel"], "PJSIP/trunk-00000002");
    peer.plays(&[out("Hangup", "Cause: 16\r\n"), own("Hangup", "Cause: 16\r\n")]);
    house.fact("the end", |k| matches!(k, EventKind::CallEnded { cause: EndCause::AnsweredHangup, .. })).await;
    assert_eq!(kinds(&house.of_call(call)).into_iter().filter(|k| k != "caller_identified").collect::<Vec<_>>(), [
        "call_arrived", "leg_started", "leg_ringing", "leg_answered", "leg_started", "leg_ringing", "leg_answered", "talk_started",
        "talk_ended", "leg_ended", "call_ended",
    ].into_iter().flat_map(|k| if k == "leg_ended" { vec![k; 2] } else { vec![k] }).collect::<Vec<_>>());
    house.quiet().await;
    peer.refuses("Originate");
    let refused = house.gateway.dial(AGENT, "13900139000".into(), None).await.unwrap();
    until("its end", async || kinds(&house.of_call(refused)).last().is_some_and(|k| k == "call_ended")).await;
    house.quiet().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn over_tls_the_certificate_must_name_the_pbx() {
    let made = rcgen::generate_simple_self_signed(vec!["pbx.example.com".to_owned()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (chain, authority): (_, PathBuf) = (made.cert.der().clone(), folder.path().join("authority.pem"));
    std::fs::write(&authority, made.cert.pem()).unwrap();
    let key = tokio_rustls::rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(tokio_rustls::rustls::crypto::aws_lc_rs::default_provider());
    let config = tokio_rustls::rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![chain], key)
        .unwrap();
    let peer = Peer::open(Speaks::Manager, Some(Arc::new(config).into())).await;
    let mut directory = beside(&peer, PbxKind::Asterisk);
    directory.pbxs.get_mut(&PBX).unwrap().tls = Some("other.example.com".into());
    let house = House::of(directory.clone(), &[], Some(authority)).await;
    until("no", async || house.gateway.pbx(PBX).is_some_and(|line| line.state.last_error.is_some_and(|(fault, why)| fault == Fault::NoConnection && why.starts_with("TLS")))).await;
    directory.pbxs.get_mut(&PBX).unwrap().tls = Some("pbx.example.com".into());
    house.gateway.directory(Arc::new(directory)).await;
    stands(&house, LinkStage::Up).await;
    let login = peer.asked("a login", 1, action("Login")).await;
    assert_eq!(login["Secret"], PASSWORD, "nobody else reads it");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_let_in_says_so_and_its_agents_are_not_ready() {
    let peer = Peer::open(Speaks::Manager, None).await;
    let mut directory = beside(&peer, PbxKind::Asterisk);
    directory.pbxs.get_mut(&PBX).unwrap().password = Secret("wrong".into());
    let house = House::of(directory.clone(), &[], None).await;
    until("no", async || {
        house.gateway.pbx(PBX).is_some_and(|line| line.state.last_error.is_some_and(|(_, why)| why.contains("Authentication failed")))
    })
    .await;
    house.gateway.seat(AGENT, SeatCommand::SignIn { station: None }, AGENT).await.unwrap();
    let refused = house.gateway.seat(AGENT, SeatCommand::Ready, AGENT).await;
    assert!(matches!(refused, Err(Refused::Seat(acd::Refusal::StationUnreachable { .. }))), "{refused:?}");
    // Set right, it is tried at once.
    directory.pbxs.get_mut(&PBX).unwrap().password = Secret(PASSWORD.into());
    house.gateway.directory(Arc::new(directory)).await;
    stands(&house, LinkStage::Up).await;
    house.ready().await;
}

/// A caller of ours waits, and the only agent sits at a phone of the PBX.
#[tokio::test(flavor = "multi_thread")]
async fn our_routing_rings_no_phone_of_a_pbx() {
    use crate::line::OFFER;
    let peer = Peer::open(Speaks::Manager, None).await;
    let house = ready(&peer, beside(&peer, PbxKind::Asterisk)).await;
    let mut caller = house.caller().await;
    let talk = caller.dial("95500", Some(OFFER), Some(OFFER)).await.talk();
    house.fact("the wait", |k| matches!(k, EventKind::Queued { .. })).await;
    let explained = house.gateway.explain(house.call()).await.unwrap();
    assert!(explained.agents.iter().any(|v| v.agent == AGENT && v.obstacle == Some(acd::Obstacle::StationOfPbx)));
    assert_eq!(house.count(|k| matches!(k, EventKind::Offered { .. })), 0);
    let taken = house.gateway.fetch(house.call(), AGENT).await;
    assert_eq!(taken, Err(Refused::Pbx(PbxRefused::PhoneOfPbx)), "nor does anything else of ours");
    caller.hang_up(&talk).await;
    house.quiet().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrap_up_keeps_the_next_call_of_the_pbx_away() {
    let peer = Peer::open(Speaks::Manager, None).await;
    let mut directory = beside(&peer, PbxKind::Asterisk);
    directory.queues.get_mut(&QueueId(1)).unwrap().wrap_up_ms = 3_600_000;
    let house = ready(&peer, directory).await;
    peer.plays(&recorded(ANSWERED));
    peer.asked("a pause", 1, |a| is_pause(a, true) && a["Reason"] == "wrap-up").await;
    let call = house.call();
    let told = kinds(&house.of_call(call));
    assert!(told.contains(&"wrap_up_started".to_owned()), "{told:?}");
    let before = peer.all_asked(|a| is_pause(a, false)).len();
    house.gateway.seat(AGENT, SeatCommand::EndWrapUp, AGENT).await.unwrap();
    peer.asked("an end of it", before + 1, |a| is_pause(a, false)).await;
    house.quiet().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_at_a_freeswitch_is_told_and_obeys_and_may_be_held() {
    let peer = Peer::open(Speaks::EventSocket, None).await;
    peer.lists("show channels as json", "{\"row_count\":0}\n");
    let agents = "name|type|contact|status|state\n88309e98-agent|callback|user/1001@example.com|Available|Waiting\n+OK\n";
    peer.lists("callcenter_config agent list", agents);
    let house = ready(&peer, beside(&peer, PbxKind::FreeSwitch)).await;
    assert_eq!(house.gateway.pbx(PBX).unwrap().state.version, "FreeSWITCH 1.10.12");
    let all = written(FREE_ANSWERED);
    let (talk, rest) = before(&all, "CHANNEL_HOLD");
    peer.plays(talk);
    house.fact("the talk", |k| matches!(k, EventKind::TalkStarted { agent: AGENT, queue: Some(QueueId(1)), .. })).await;
    let call = house.call();
    let command = |text: &'static str| move |asked: &Asked| asked.get("Command").is_some_and(|c| c == text);
    house.gateway.call(call, AGENT, CallCommand::Hold).await.unwrap();
    peer.asked("hold", 1, command("api uuid_hold 6f1a0001-agent")).await;
    let (hold, end) = before(rest, "CHANNEL_UNBRIDGE");
    peer.plays(hold);
    house.fact("the end of hold", |k| *k == EventKind::Resumed { agent: AGENT }).await;
    house.gateway.call(call, AGENT, CallCommand::PauseRecording { reason: "card".into() }).await.unwrap();
    let masked = "api uuid_record 6f1a0000-caller mask /var/lib/freeswitch/recordings/2026/6f1a0000-caller.wav";
    peer.asked("silence", 1, command(masked)).await;
    house.fact("the pause", |k| matches!(k, EventKind::RecordingPaused { .. })).await;
    let number = TransferTarget::Number { number: "13900139000".into() };
    house.gateway.call(call, AGENT, CallCommand::Transfer { target: number }).await.unwrap();
    peer.asked("a transfer", 1, command("api uuid_transfer 6f1a0000-caller 13900139000 XML internal")).await;
    peer.plays(end);
    house.fact("the end", |k| matches!(k, EventKind::CallEnded { .. })).await;
    let told = house.of_call(call);
    assert!(told.iter().any(|k| matches!(k, EventKind::OfferEnded { outcome: OfferOutcome::Answered, .. })));
    house.quiet().await;
    house.gateway.seat(AGENT, SeatCommand::NotReady { reason: None }, AGENT).await.unwrap();
    peer.asked("a pause", 1, |a| is_pause(a, true)).await;
    assert!(matches!(house.gauges().await, g if g.broken == 0 && g.beside == 0));
}
