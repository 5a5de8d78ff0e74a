//! Registered phones are asked whether they are there; contacts live on over a restart.

use super::registering::{CONTACT, PHONE, ann};
use super::*;
use crate::sip::message::Request;

/// OPTIONS that reached the phone, repeats included.
fn asked(net: &Net, at: &str) -> Vec<Request> {
    let mail = net.mail.get(&at.parse().unwrap());
    let options = mail.into_iter().flatten().filter_map(|(_, m)| match m {
        Message::Request(r) if r.method.as_str() == "OPTIONS" => Some(r.clone()),
        Message::Request(_) | Message::Response(_) => None,
    });
    options.collect()
}

/// The phone answers the last OPTIONS it got.
fn says(net: &mut Net, status: u16) {
    let answer = asked(net, PHONE).last().expect("an OPTIONS").response(status).with_to_tag("phone").to_bytes();
    let flow = Flow { transport: Transport::Udp, local: address(A), remote: PHONE.parse().unwrap() };
    net.ends[A].handle(net.now, Input::Received { flow, bytes: answer });
    net.collect(A);
}

/// A registered phone that has got its first OPTIONS.
fn watched() -> Net {
    let mut net = Net::new();
    assert_eq!(ann().register(&mut net, CONTACT), 200);
    assert_eq!(net.words(A), ["registered"]);
    while asked(&net, PHONE).is_empty() {
        assert!(net.step() && net.elapsed() < secs(38), "asked within 38 s");
    }
    net
}

#[test]
fn a_phone_is_asked_over_its_own_flow_at_its_contact() {
    let mut net = watched();
    assert!(net.elapsed() >= secs(22), "the REGISTER said that it is there");
    let options = asked(&net, PHONE).remove(0);
    assert_eq!(options.uri, "sip:1001@192.168.1.5:5062");
    says(&mut net, 200);
    let first = net.elapsed();
    net.run(secs(22));
    assert_eq!(asked(&net, PHONE).len(), 1, "not again at once");
    while asked(&net, PHONE).len() == 1 {
        assert!(net.step() && net.elapsed() < first + secs(38), "again within 38 s");
    }
}

#[test]
fn a_phone_that_answered_and_falls_silent_is_gone_after_three_questions_and_not_called() {
    let mut net = watched();
    says(&mut net, 200);
    let answered = net.elapsed();
    while net.ends[A].counts().registrations > 0 {
        assert!(net.step() && net.elapsed() < answered + secs(38 + 3 * 8), "gone in about a minute");
    }
    assert!(net.elapsed() >= answered + secs(22 + 3 * 8));
    assert_eq!(net.words(A), ["unregistered Unanswered"]);
    let questions: std::collections::BTreeSet<String> =
        asked(&net, PHONE).iter().map(|r| r.headers.call_id().unwrap().to_owned()).collect();
    assert_eq!(questions.len(), 1 + 3);
    net.ask(A, invite(7, Target::Station(StationId(1))));
    assert_eq!(net.words(A), ["not sent 480"]);
    assert_eq!(ann().register(&mut net, CONTACT), 200, "it comes back by registering");
    assert_eq!(net.words(A), ["registered"]);
}

#[test]
fn an_answer_after_misses_makes_good_for_them() {
    let mut net = watched();
    says(&mut net, 200);
    for _ in 0..2 {
        let before = asked(&net, PHONE).len();
        while asked(&net, PHONE).len() == before {
            assert!(net.step());
        }
        net.run(secs(17));
        says(&mut net, 200);
    }
    assert_eq!(net.words(A), Vec::<String>::new());
}

/// RFC 3261 says that everybody knows OPTIONS; the field knows better.
#[test]
fn a_phone_that_never_answers_options_stays_until_its_registration_ends() {
    let mut net = watched();
    net.run(secs(119) - net.elapsed());
    assert_eq!((net.words(A), net.ends[A].counts().registrations), (vec![], 1));
    net.run(secs(2));
    assert_eq!(net.words(A), ["unregistered Expired"]);
    net.quiet();
}

#[test]
fn a_refusal_is_a_sign_of_life_and_a_timeout_on_the_way_is_none() {
    for (status, alive) in [(200, true), (404, true), (405, true), (481, true), (486, true), (408, false)] {
        let mut net = watched();
        says(&mut net, 200);
        for _ in 0..3 {
            let before = asked(&net, PHONE).len();
            while asked(&net, PHONE).len() == before && net.step() {}
            says(&mut net, status);
        }
        assert_eq!(net.words(A).is_empty(), alive, "{status}");
    }
}

fn kept(station: i64, at: &str, expires: Duration) -> Contact {
    let remote: SocketAddr = at.parse().unwrap();
    Contact { station: StationId(station), uri: format!("sip:{station}@{at}"), remote, user_agent: None, expires }
}

#[test]
fn a_contact_from_before_a_restart_rings_at_once_and_goes_soon_where_it_does_not_answer() {
    let mut net = Net::new();
    let known = [kept(1, PHONE, secs(9_000)), kept(77, "192.0.2.77:5060", secs(100))];
    net.ask(A, UaCommand::Restore(known.to_vec()));
    let heard = net.heard(A);
    let [UaEvent::Registered { station, flow, expires, fresh: true, .. }] = &heard[..] else { panic!("{heard:?}") };
    assert_eq!((station.0, flow.remote.to_string().as_str(), *expires), (1, PHONE, secs(120)), "77 is no station");
    net.ask(A, invite(7, Target::Station(StationId(1))));
    assert_eq!(net.last_request(PHONE).uri, format!("sip:1@{PHONE}"));
    net.ask(A, UaCommand::Bye { dialog: DialogId(7), reason: None });
    net.heard(A);
    net.run(secs(5 + 3 * 8));
    assert_eq!(net.words(A), ["unregistered Unanswered"]);
    net.quiet();
}

#[test]
fn a_register_after_the_restart_takes_the_place_of_what_was_kept_and_is_not_undone_by_it() {
    let mut net = Net::new();
    let contact = Contact { uri: "sip:1001@192.168.1.5:5062".into(), ..kept(1, "192.0.2.7:9999", secs(60)) };
    net.ask(A, UaCommand::Restore(vec![contact.clone()]));
    assert_eq!(ann().register(&mut net, CONTACT), 200);
    net.ask(A, UaCommand::Restore(vec![contact]));
    assert_eq!(net.words(A), ["registered", "refreshed"]);
    net.ask(A, invite(7, Target::Station(StationId(1))));
    assert_eq!(net.last_request(PHONE).method.as_str(), "INVITE");
}

#[test]
fn no_more_phones_are_asked_in_one_second_than_may_be() {
    let mut net = Net::new();
    let limits = Limits { watch_per_second: 2, ..Limits::default() };
    net.ends[A] = Endpoint::new(EndpointConfig { limits, ..EndpointConfig::on(address(A)) }, 3);
    let stations = (1..=20).map(|n| station(n, &format!("{n}")));
    net.ask(A, UaCommand::SetDirectory(Arc::new(SipDirectory::new(2, [], stations))));
    let known = (1..=20).map(|n| kept(n, &format!("192.0.2.{n}:5060"), secs(100))).collect();
    net.ask(A, UaCommand::Restore(known));
    let phones = |net: &Net| (1..=20).filter(|n| !asked(net, &format!("192.0.2.{n}:5060")).is_empty()).count();
    let mut before = 0;
    for second in 1..=8 {
        net.run(secs(1));
        let now = phones(&net);
        assert!(now <= 2 * second + 2, "{now} after {second} s");
        before = before.max(now);
    }
    assert!(before >= 10, "{before}: the bound holds nobody up for ever");
    net.run(secs(40));
    assert_eq!(phones(&net), 20);
}
