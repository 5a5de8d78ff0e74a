//! The desk's line, calls told by the ledger as the phones tell them, and what a restart keeps.

mod common;

use common::{Line, Served, config};
use contract::*;
use serde_json::json;

const CALL: InteractionId = InteractionId(77);

fn said(body: &DeskBody) -> &'static str {
    match body {
        DeskBody::Snapshot { .. } => "snapshot",
        DeskBody::Parked { .. } => "parked",
        DeskBody::Said { .. } => "said",
        DeskBody::Seat { .. } => "seat",
        DeskBody::Card { .. } => "card",
        DeskBody::CardGone { .. } => "card_gone",
        DeskBody::Supervising { .. } => "supervising",
        DeskBody::Board { .. } => "board",
        DeskBody::Done { .. } => "done",
        DeskBody::Refused { .. } => "refused",
        DeskBody::Notice { .. } => "notice",
        DeskBody::GoingAway => "going_away",
    }
}

struct Told<'a> {
    house: &'a Served,
    agent: AgentId,
    station: StationId,
    queue: QueueId,
}

impl Told<'_> {
    fn of<'a>(house: &'a Served, username: &str) -> Told<'a> {
        let view = house.app.office.now();
        let agent = view.person(username).unwrap();
        let station = view.book.agents[&agent].item.station.unwrap();
        let queue = *view.book.queues.keys().next().unwrap();
        Told { house, agent, station, queue }
    }

    fn say(&self, kind: EventKind) {
        self.house.app.ledger.record(self.house.app.gateway.clock().now(), Some(CALL), kind);
    }

    fn arrives(&self, number: &str) {
        let caller = Caller { raw: number.into(), name: String::new(), number: PhoneNumber::from_e164(number).ok(), withheld: false };
        let entry = Entry::Trunk { trunk: TrunkId(1) };
        self.say(EventKind::CallArrived { direction: Direction::Inbound, entry, caller, dialed: "8000".into(), leg: LegId(1) });
    }

    fn is_offered(&self) {
        let until = self.house.app.gateway.clock().now() + 20_000;
        self.say(EventKind::Offered { offer: OfferId(1), agent: self.agent, station: self.station, queue: Some(self.queue), until, waited_ms: 1_500, why: "longest idle".into(), asked_by: None });
    }

    fn is_answered(&self) {
        self.say(EventKind::OfferEnded { offer: OfferId(1), agent: self.agent, queue: Some(self.queue), outcome: OfferOutcome::Answered, rang_ms: 900 });
        self.say(EventKind::TalkStarted { agent: self.agent, leg: LegId(2), queue: Some(self.queue), waited_ms: 1_500 });
    }

    fn ends(&self) {
        self.say(EventKind::TalkEnded { agent: self.agent, leg: LegId(2), queue: Some(self.queue), talk_ms: 5_000, hold_ms: 0 });
        self.say(EventKind::WrapUpStarted { agent: self.agent, queue: Some(self.queue), until: None });
        self.say(EventKind::CallEnded { cause: EndCause::AnsweredHangup, by: HungUpBy::Caller });
    }
}

async fn card(line: &mut Line, fits: impl Fn(&CallCard) -> bool) -> CallCard {
    let mut all = line.until(|body| matches!(body, DeskBody::Card { card } if fits(card))).await;
    match all.pop().map(|m| m.body) {
        Some(DeskBody::Card { card }) => card,
        _ => unreachable!(),
    }
}

#[tokio::test]
async fn a_call_pops_with_who_it_may_be_is_answered_wrapped_up_and_told_in_the_call_list() {
    let folder = tempfile::tempdir().unwrap();
    let house = Served::start(config(folder.path())).await;
    let emma = house.as_("emma").await;
    let customer = json!({"name": "Grace Hopper", "level": "gold", "points": [{"kind": "phone", "value": "+8613877770000"}]});
    let customer = emma.post("/customers", customer).await.json();
    let told = Told::of(&house, "emma");
    let mut line = emma.line(0).await;
    assert_eq!(said(&line.next().await.body), "snapshot");

    told.arrives("+8613877770000");
    let caller = Caller { raw: "+8613877770000".into(), name: String::new(), number: PhoneNumber::from_e164("+8613877770000").ok(), withheld: false };
    let candidates = contract::Lookup::identify(&agent_server::phones::WhoCalls { db: house.app.db.clone(), office: house.app.office.clone(), metrics: house.app.metrics.clone() }, caller).await;
    told.say(EventKind::CallerIdentified { candidates });
    told.is_offered();
    let ringing = card(&mut line, |c| !c.candidates.is_empty()).await;
    assert_eq!((ringing.state, ringing.candidates[0].name.as_str(), ringing.candidates[0].level.as_deref()), (CardState::Ringing, "Grace Hopper", Some("gold")));
    assert_eq!(ringing.customer.map(|id| id.to_string()).as_deref(), customer["id"].as_str(), "the only safe guess");
    assert_eq!(ringing.allowed, [CallAction::Answer, CallAction::Reject]);
    told.is_answered();
    let talking = card(&mut line, |c| c.state == CardState::Talking).await;
    assert!(talking.allowed.contains(&CallAction::Hold) && talking.talking_since.is_some());
    assert_eq!(emma.put("/interactions/77/draft", json!({"notes": "wants a so"})).await.status, 204);
    told.ends();
    let ended = card(&mut line, |c| c.ended.is_some()).await;
    assert_eq!((ended.state, ended.ended), (CardState::WrapUp, Some(EndCause::AnsweredHangup)));
    house.app.wait_until_folded().await;
    assert_eq!(emma.get("/interactions/77").await.json()["draft"]["notes"], "wants a so");
    let dispositions = house.app.office.now().book.dispositions.iter().find(|(_, kept)| kept.item.parent.is_some()).unwrap().0.to_string();
    let saved = emma.put("/interactions/77/disposition", json!({"dispositions": [dispositions], "notes": "wants a sofa"})).await;
    assert_eq!(saved.status, 204, "{}", saved.text());
    assert_eq!(card(&mut line, |c| c.disposition.is_some()).await.disposition.unwrap().notes, "wants a sofa");
    told.say(EventKind::WrapUpEnded { agent: told.agent, queue: Some(told.queue), took_ms: 3_000, timed_out: false });
    line.until(|body| matches!(body, DeskBody::CardGone { why: CardGone::Finished, .. })).await;

    house.app.wait_until_folded().await;
    let list = emma.get("/interactions?number=138-7777-0000").await.json();
    let row = &list["items"][0];
    assert_eq!((&row["id"], &row["customer"]["name"], &row["agent"]["name"]), (&json!("77"), &json!("Grace Hopper"), &json!("Emma Clarke")));
    assert_eq!((&row["cause"], row["dispositions"][0]["nameEn"].as_str().is_some()), (&json!("answered_hangup"), true));
    let detail = emma.get("/interactions/77").await.json();
    assert_eq!((&detail["notes"], &detail["draft"]), (&json!("wants a sofa"), &json!(null)), "a saved draft is gone");
    assert!(detail["segments"].as_array().unwrap().iter().any(|s| s["kind"] == "talk"));
    let timeline = emma.get(&format!("/customers/{}/timeline", customer["id"].as_str().unwrap())).await.json();
    assert_eq!(timeline["items"][0]["interaction"]["id"], "77");
    assert_eq!(house.as_("wangfang").await.get("/interactions").await.json()["items"], json!([]), "an agent lists their own calls");
    house.stop().await;
}

#[tokio::test]
async fn a_desktop_that_comes_back_hears_what_it_missed_and_two_tabs_share_one_numbering() {
    let folder = tempfile::tempdir().unwrap();
    let house = Served::start(config(folder.path())).await;
    let emma = house.as_("emma").await;
    let told = Told::of(&house, "emma");
    let mut first = emma.line(0).await;
    let began = first.next().await.n;
    told.arrives("+8613800138000");
    told.is_offered();
    let seen = first.until(|b| matches!(b, DeskBody::Card { .. })).await.pop().unwrap().n;
    assert_eq!(seen, began + 1);
    drop(first);
    told.is_answered();
    let mut second = emma.line(seen).await;
    let missed = second.until(|b| matches!(b, DeskBody::Card { card } if card.state == CardState::Talking)).await;
    let numbers: Vec<u64> = missed.iter().map(|m| m.n).collect();
    assert_eq!(numbers, (seen + 1..=seen + missed.len() as u64).collect::<Vec<_>>(), "no gap, nothing twice");

    let mut third = emma.line(seen + 1000).await;
    let snapshot = third.next().await;
    assert!(matches!(&snapshot.body, DeskBody::Snapshot { cards, .. } if cards.len() == 1), "a number of another life gets a snapshot");
    told.say(EventKind::Held { agent: told.agent });
    let held = |b: &DeskBody| matches!(b, DeskBody::Card { card } if card.state == CardState::Held);
    let (a, b) = (second.until(held).await.pop().unwrap(), third.until(held).await.pop().unwrap());
    assert_eq!((a.n, b.n), (snapshot.n + 1, snapshot.n + 1));
    house.stop().await;
}

#[tokio::test]
async fn intents_are_answered_by_their_id_and_the_board_is_for_those_who_may() {
    let folder = tempfile::tempdir().unwrap();
    let house = Served::start(config(folder.path())).await;
    let told = Told::of(&house, "emma");
    let (emma, boss) = (house.as_("emma").await, house.as_("linyue").await);
    let mut line = emma.line(0).await;
    assert_eq!(line.ask(7, DeskAsk::Ping).await.0, Ok(()));
    assert_eq!(line.ask(8, DeskAsk::WatchBoard { on: true }).await.0, Err("forbidden".into()));
    assert_eq!(line.ask(9, DeskAsk::Call { interaction: CALL, command: CallCommand::Answer }).await.0, Err("call_not_found".into()));
    assert_eq!(line.ask(10, DeskAsk::Seat { command: SeatCommand::Ready }).await.0, Err("not_signed_in".into()));
    let sign_in = SeatCommand::SignIn { station: Some(told.station) };
    assert_eq!(line.ask(11, DeskAsk::Seat { command: sign_in }).await.0, Ok(()));

    let mut watch = boss.line(0).await;
    assert_eq!(watch.ask(1, DeskAsk::WatchBoard { on: true }).await.0, Ok(()));
    let whole = watch.until(|b| matches!(b, DeskBody::Board { .. })).await.pop().unwrap();
    assert_eq!(whole.n, 0, "the board is out of band");
    told.arrives("+8613800138000");
    watch.until(|b| matches!(b, DeskBody::Board { calls, .. } if calls.iter().any(|c| c.interaction == CALL))).await;

    let force = boss.put(&format!("/seats/{}", told.agent), json!({"kind": "not_ready", "reason": null})).await;
    assert_eq!(force.status, 204, "{}", force.text());
    let admin = house.as_("admin").await;
    assert_eq!(admin.get("/admin/audit?action=seat.force").await.json()["items"][0]["object"], format!("agents/{}", told.agent));
    assert_eq!(emma.get("/desk/setup").await.json()["agents"].as_array().unwrap().len(), 8, "everybody but me");
    house.stop().await;
}

#[tokio::test]
async fn the_time_to_the_pop_is_from_the_decision_to_the_line_and_knows_nothing_of_the_wait_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let house = Served::start(config(folder.path())).await;
    let told = Told::of(&house, "emma");
    let emma = house.as_("emma").await;
    let mut line = emma.line(0).await;
    line.next().await;
    let an_hour_ago = house.app.gateway.clock().now() - 3_600_000;
    let caller = Caller { raw: "138".into(), name: String::new(), number: None, withheld: false };
    let entry = Entry::Trunk { trunk: TrunkId(1) };
    let arrived = EventKind::CallArrived { direction: Direction::Inbound, entry, caller, dialed: "8000".into(), leg: LegId(1) };
    house.app.ledger.record(an_hour_ago, Some(CALL), arrived);
    for offer in [1, 2] {
        told.is_offered();
        card(&mut line, |c| c.state == CardState::Ringing).await;
        let missed = OfferOutcome::Missed;
        told.say(EventKind::OfferEnded { offer: OfferId(1), agent: told.agent, queue: Some(told.queue), outcome: missed, rang_ms: 900 });
        line.until(|body| matches!(body, DeskBody::CardGone { .. })).await;
        let figures = emma.get("/metrics").await.text();
        let figure = |name: &str| figures.lines().find_map(|l| l.strip_prefix(name)?.trim().parse::<f64>().ok()).unwrap();
        assert_eq!(figure("zuoxi_pop_seconds_count"), f64::from(offer), "every offer pops");
        assert!(figure("zuoxi_pop_seconds_sum") < 600.0, "{figures}");
    }
    house.stop().await;
}

#[tokio::test]
async fn nobody_s_seat_is_forced_without_a_line_in_the_audit_log_and_a_refusal_has_one_too() {
    let folder = tempfile::tempdir().unwrap();
    let house = Served::start(config(folder.path())).await;
    let told = Told::of(&house, "emma");
    let (emma, boss, admin) = (house.as_("emma").await, house.as_("linyue").await, house.as_("admin").await);
    let path = format!("/seats/{}", told.agent);
    let not_ready = json!({"kind": "not_ready", "reason": null});
    assert_eq!(boss.put(&path, not_ready.clone()).await.code(), "not_signed_in");
    let lines = admin.get("/admin/audit?action=seat.force.refused").await.json();
    assert_eq!((&lines["items"][0]["detail"], &lines["items"][0]["object"]), (&json!("not_signed_in"), &json!(format!("agents/{}", told.agent))));

    let mut line = emma.line(0).await;
    let sign_in = SeatCommand::SignIn { station: Some(told.station) };
    assert_eq!(line.ask(1, DeskAsk::Seat { command: sign_in }).await.0, Ok(()));
    let rename = async |from: &str, to: &str| {
        let mut tx = house.app.db.begin().await.unwrap();
        tx.execute(&format!("ALTER TABLE {from} RENAME TO {to}"), Vec::new()).await.unwrap();
        tx.commit().await.unwrap();
    };
    rename("audit", "audit_away").await;
    assert_eq!(boss.put(&path, json!({"kind": "sign_out"})).await.status, 500);
    rename("audit_away", "audit").await;
    assert_eq!(line.ask(2, DeskAsk::Seat { command: SeatCommand::NotReady { reason: None } }).await.0, Ok(()), "still signed in");
    assert_eq!(boss.put(&path, not_ready).await.status, 204);
    house.stop().await;
}

#[tokio::test]
async fn a_restart_keeps_the_seat_with_its_station_and_closes_what_a_crash_left_open() {
    let folder = tempfile::tempdir().unwrap();
    let house = Served::start(config(folder.path())).await;
    let emma = house.as_("emma").await;
    let told = Told::of(&house, "emma");
    let (station, agent) = (told.station, told.agent);
    let mut line = emma.line(0).await;
    let before = line.next().await.n;
    let sign_in = SeatCommand::SignIn { station: Some(station) };
    assert_eq!(line.ask(1, DeskAsk::Seat { command: sign_in }).await.0, Ok(()));
    told.arrives("+8613800138000");
    told.is_offered();
    told.is_answered();
    let recording = EventKind::RecordingStarted { recording: RecordingId(5), what: RecordingKind::Talk, agent: Some(agent), queue: None, path: "2026/gone.wav".into() };
    told.say(recording);
    card(&mut line, |c| c.state == CardState::Talking && c.recording == RecordingState::On).await;
    // No event ends this call: to the ledger it is as open as after a kill.
    house.stop().await;

    let again = Served::start(config(folder.path())).await;
    again.app.wait_until_folded().await;
    let mut line = emma_at(&again, before).await;
    let DeskBody::Snapshot { seat, cards, .. } = line.next().await.body else { panic!("a new life begins with a snapshot") };
    assert_eq!((seat.station, seat.activity, cards.len()), (Some(station), Activity::Idle, 0));
    assert_eq!(seat.status, SeatStatus::NotReady { reason: None });
    let emma = again.as_("emma").await;
    let row = emma.get("/interactions/77").await.json();
    assert_eq!((&row["cause"], row["ended"].is_number()), (&json!("interrupted"), true));
    assert!(row["segments"].as_array().unwrap().iter().all(|s| s["ended"].is_number()), "{}", row["segments"]);
    let boss = again.as_("grace").await;
    let recordings = boss.get("/recordings").await.json();
    assert_eq!((&recordings["items"][0]["id"], &recordings["items"][0]["complete"]), (&json!("5"), &json!(false)));
    assert_eq!(boss.get("/live").await.json()["calls"], json!([]));
    again.stop().await;
}

async fn emma_at(house: &Served, after: u64) -> Line {
    house.as_("emma").await.line(after).await
}

#[tokio::test]
async fn a_recording_is_heard_by_ranges_by_those_who_may_and_written_down_once() {
    let folder = tempfile::tempdir().unwrap();
    let house = Served::start(config(folder.path())).await;
    let told = Told::of(&house, "emma");
    // One second of stereo, 8 kHz, 16 bits: left loud, right silent.
    let mut wav = b"RIFF\x24\x7d\0\0WAVEfmt \x10\0\0\0\x01\0\x02\0\x40\x1f\0\0\0\x7d\0\0\x04\0\x10\0data\0\x7d\0\0".to_vec();
    wav.extend((0..8000).flat_map(|n: i32| [if n % 2 == 0 { 0x00 } else { 0xff }, if n % 2 == 0 { 0x60 } else { 0x9f }, 0, 0]));
    std::fs::create_dir_all(folder.path().join("recordings/2026")).unwrap();
    std::fs::write(folder.path().join("recordings/2026/a.wav"), &wav).unwrap();
    told.arrives("+8613800138000");
    told.say(EventKind::RecordingStarted { recording: RecordingId(5), what: RecordingKind::Talk, agent: Some(told.agent), queue: Some(told.queue), path: "2026/a.wav".into() });
    told.say(EventKind::RecordingEnded { recording: RecordingId(5), duration_ms: 1_000, bytes: wav.len() as u32, complete: true });
    told.say(EventKind::CallEnded { cause: EndCause::AnsweredHangup, by: HungUpBy::Caller });
    house.app.wait_until_folded().await;

    let (boss, other, admin) = (house.as_("grace").await, house.as_("linyue").await, house.as_("admin").await);
    assert_eq!(other.get("/recordings/5/audio").await.code(), "forbidden", "of another team");
    let all = boss.get("/recordings/5/audio").await;
    assert_eq!((all.status, all.header("accept-ranges"), all.header("content-type")), (200, Some("bytes"), Some("audio/wav")));
    assert_eq!(all.body, wav);
    let part = boss.ask("GET", "/recordings/5/audio", &[("range", "bytes=44-51"), ("accept-encoding", "gzip")], None).await;
    assert_eq!((part.status, part.header("content-range"), part.header("content-length")), (206, Some("bytes 44-51/32044"), Some("8")));
    assert_eq!(part.body, wav[44..52]);
    let outside = boss.ask("GET", "/recordings/5/audio", &[("range", "bytes=99999-")], None).await;
    assert_eq!((outside.status, outside.header("content-range")), (416, Some("bytes */32044")));
    let shape = boss.get("/recordings/5/peaks?slices=10").await.json();
    assert_eq!((&shape["durationMs"], shape["channels"].as_array().unwrap().len()), (&json!(1000), 2));
    assert!(shape["channels"][0][0].as_f64().unwrap() > 0.7 && shape["channels"][1][0].as_f64().unwrap() == 0.0, "{shape}");
    assert_eq!(boss.get("/recordings/5/audio?download=true").await.header("content-disposition"), Some("attachment; filename=\"5.wav\""));
    let heard = |action: &'static str| {
        let admin = admin.clone();
        async move { admin.get(&format!("/admin/audit?action={action}")).await.json()["items"].as_array().unwrap().len() }
    };
    assert_eq!((heard("recording.listen").await, heard("recording.download").await), (1, 1));
    house.stop().await;
}

#[tokio::test]
async fn who_signs_out_loses_the_line_and_a_stopping_server_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let house = Served::start(config(folder.path())).await;
    let emma = house.as_("emma").await;
    let mut line = emma.line(0).await;
    line.next().await;
    house.app.drain().await;
    line.until(|b| matches!(b, DeskBody::GoingAway)).await;
    assert_eq!(line.close_code().await, Some(1013));
    assert_eq!(emma.get("/readyz").await.status, 503);
    assert_eq!(emma.ask("GET", "/desk/ws", &[("upgrade", "websocket")], None).await.status, 503);
    house.stop().await;
}

/// The phones know nothing of a call that only the ledger tells of: who is let through to them hears that it is over.
#[tokio::test]
async fn a_supervisor_is_let_into_talks_of_the_own_team_alone_and_each_try_is_written_down_before() {
    let folder = tempfile::tempdir().unwrap();
    let house = Served::start(config(folder.path())).await;
    let emma = house.as_("emma").await;
    let mut line = emma.line(0).await;
    let told = Told::of(&house, "emma");
    told.arrives("+8613877770000");
    told.is_offered();
    told.is_answered();
    card(&mut line, |c| c.state == CardState::Talking).await;
    let ask = json!({"mode": "listen", "reason": "new colleague"});
    let path = format!("/calls/{CALL}/supervision");
    let audited = async |action: &str| {
        let admin = house.as_("admin").await;
        admin.get(&format!("/admin/audit?action={action}")).await.json()["items"].as_array().unwrap().clone()
    };
    // Emma herself, and the supervisor of the other team.
    for (username, code) in [("emma", "forbidden"), ("linyue", "forbidden")] {
        let answer = house.as_(username).await.put(&path, ask.clone()).await;
        assert_eq!((answer.status, answer.code().as_str()), (403, code), "{username}");
    }
    assert!(audited("call.supervise").await.is_empty());
    for (n, username) in [(1, "grace"), (2, "admin")] {
        let answer = house.as_(username).await.put(&path, ask.clone()).await;
        assert_eq!((answer.status, answer.code().as_str()), (404, "call_not_found"), "{username}");
        let lines = audited("call.supervise").await;
        assert_eq!(lines.len(), n);
        assert_eq!(lines[0]["object"], format!("interactions/{CALL}"));
        let detail = lines[0]["detail"].as_str().unwrap();
        assert!(detail.contains("listen") && detail.contains("new colleague") && detail.contains(&told.agent.to_string()), "{detail}");
        assert_eq!(audited("call.supervise.refused").await.len(), n);
    }
    // The same over the desk's own line.
    let mut line = house.as_("linyue").await.line(0).await;
    let command = SuperviseCommand::Join { mode: SuperviseMode::Listen, reason: String::new() };
    let (answer, _) = line.ask(1, DeskAsk::Supervise { interaction: CALL, command }).await;
    assert_eq!(answer, Err("forbidden".to_owned()));
    assert_eq!(audited("call.supervise").await.len(), 2);
    house.stop().await;
}

#[tokio::test]
async fn who_listened_is_read_afterwards_by_those_who_may_see_it_while_it_happens() {
    let folder = tempfile::tempdir().unwrap();
    let house = Served::start(config(folder.path())).await;
    let (emma, grace, admin) = (house.as_("emma").await, house.as_("grace").await, house.as_("admin").await);
    let told = Told::of(&house, "emma");
    let chief = Told::of(&house, "grace");
    let mut line = emma.line(0).await;
    told.arrives("+8613877770000");
    told.is_offered();
    told.is_answered();
    let (by, agent, leg) = (chief.agent, told.agent, LegId(9));
    told.say(EventKind::LegStarted { leg, party: Party::Supervisor { agent: by, station: chief.station } });
    told.say(EventKind::SupervisionStarted { by, agent, leg, mode: SuperviseMode::Listen, reason: String::new() });
    told.say(EventKind::LegAnswered { leg });
    told.say(EventKind::SupervisionEnded { by, agent, cause: EndCause::AnsweredHangup, ms: 5 });
    told.say(EventKind::LegEnded { leg, cause: EndCause::AnsweredHangup, by: HungUpBy::System, sip_status: None, quality: None });
    told.ends();
    card(&mut line, |c| c.state == CardState::WrapUp).await;
    let path = format!("/interactions/{CALL}");
    let words = async |client: &common::Client| -> Vec<String> {
        // The row is written a moment after the event.
        loop {
            let answer = client.get(&path).await;
            let row = if answer.status == 200 { answer.json() } else { json!({}) };
            let events = row["events"].as_array().cloned().unwrap_or_default();
            let kinds: Vec<String> = events.iter().map(|one| one["kind"].as_str().unwrap().to_owned()).collect();
            if kinds.iter().any(|kind| kind == "call_ended") {
                return kinds;
            }
            tokio::task::yield_now().await;
        }
    };
    let of_supervisor = ["supervision_started", "supervision_ended", "leg_started", "leg_answered", "leg_ended"];
    let seen = |kinds: &[String]| of_supervisor.map(|kind| kinds.iter().any(|one| one == kind));
    assert_eq!(seen(&words(&emma).await), [true; 5]);
    let company = admin.get("/admin/company").await.json();
    let mut edit = company.clone();
    edit["listeningShown"] = json!(false);
    for made in ["id", "updatedAt", "updatedBy"] {
        edit.as_object_mut().unwrap().remove(made);
    }
    let saved = admin.put("/admin/company", edit).await;
    assert_eq!(saved.status, 200, "{}", saved.text());
    assert_eq!(seen(&words(&emma).await), [false; 5]);
    assert_eq!(seen(&words(&grace).await), [true; 5]);
    house.stop().await;
}
