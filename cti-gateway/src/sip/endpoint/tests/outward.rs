//! What we keep up with trunks, against hand-written registrars: registering with digest, refreshing, taking it back; and
//! addresses that die and come back.

use contract::directory::IdentityBy;

use super::*;
use crate::sip::auth::credentials;
use crate::sip::message::{Name, Request};

const FIRST: &str = "10.0.0.9:5060";
const SECOND: &str = "10.0.0.8:5060";

/// A carrier at both addresses, with an account of ours.
fn carrier() -> SipTrunk {
    SipTrunk {
        name: "carrier".into(),
        digest: Some(("9001".into(), Secret("pw".into()))),
        register: true,
        to: [FIRST, SECOND].map(|at| at.parse().unwrap()).to_vec(),
        ..SipTrunk::new(TrunkId(9))
    }
}

fn probed() -> SipTrunk {
    SipTrunk { register: false, probe: secs(30), ..carrier() }
}

fn with(net: &mut Net, trunks: impl IntoIterator<Item = SipTrunk>) {
    net.ask(A, UaCommand::SetDirectory(Arc::new(SipDirectory::new(2, trunks, []))));
    net.run(ms(10));
}

fn answers(net: &mut Net, at: &str, request: &Request, status: u16, lines: &str) {
    let headers = &request.headers;
    let header = |name: &str| headers.get(name).unwrap().to_owned();
    let text = format!(
        "SIP/2.0 {status} Whatever\nVia: {}\nFrom: {}\nTo: {};tag=r\nCall-ID: {}\nCSeq: {}\n{lines}",
        header("Via"), header("From"), header("To"), header("Call-ID"), header("CSeq"));
    net.inject(A, at, &text);
    net.run(ms(10));
}

fn challenge(nonce: &str) -> String {
    format!("WWW-Authenticate: Digest realm=\"c\", nonce=\"{nonce}\", algorithm=MD5, qop=\"auth\"")
}

/// Registers: challenged, answered, accepted for this long.
fn register(net: &mut Net, at: &str, life: u64) -> Request {
    let first = net.last_request(at);
    answers(net, at, &first, 401, &challenge("n1"));
    let second = net.last_request(at);
    answers(net, at, &second, 200, &format!("Contact: <sip:9001@10.0.0.1:5060>;expires={life}"));
    second
}

fn count(net: &Net, at: &str, method: &str) -> usize {
    net.got(at).iter().filter(|line| *line == method).count()
}

#[test]
fn a_registration_is_proved_kept_up_and_taken_back() {
    let mut net = Net::new();
    with(&mut net, [carrier()]);
    let second = register(&mut net, FIRST, 60);
    assert_eq!(net.words(A), ["trunk trying Unknown,Unknown", "trunk registered at 10.0.0.9:5060 Unknown,Unknown"]);
    let header = |name: &str| second.headers.get(name).unwrap().to_owned();
    assert_eq!((second.uri.as_str(), header("Contact").as_str()), ("sip:10.0.0.9:5060", "<sip:9001@10.0.0.1:5060>"));
    assert_eq!((header("To").as_str(), header("CSeq").as_str()), ("<sip:9001@10.0.0.9>", "2 REGISTER"));
    let said = credentials(&second.headers, Name::Authorization, "c").unwrap();
    assert_eq!((said.username.as_str(), said.uri.as_str()), ("9001", "sip:10.0.0.9:5060"));
    net.run(secs(44));
    assert_eq!(count(&net, FIRST, "REGISTER"), 2);
    net.run(secs(1));
    let refresh = net.last_request(FIRST);
    assert_eq!(refresh.headers.call_id(), second.headers.call_id());
    assert_eq!(refresh.headers.cseq().unwrap().number, 3);
    answers(&mut net, FIRST, &refresh, 200, "Contact: <sip:9001@10.0.0.1:5060>;expires=60");
    assert_eq!(net.words(A), Vec::<String>::new(), "nothing has changed");
    let now = net.now;
    net.ends[A].farewell(now);
    net.collect(A);
    let last = net.last_request(FIRST);
    assert_eq!((last.method.as_str(), last.headers.get("Expires")), ("REGISTER", Some("0")));
    assert!(!net.ends[A].has_let_go());
    answers(&mut net, FIRST, &last, 401, &challenge("n2"));
    let last = net.last_request(FIRST);
    assert_eq!(credentials(&last.headers, Name::Authorization, "c").unwrap().nonce, "n2", "the nonce had run out");
    answers(&mut net, FIRST, &last, 200, "");
    assert!(net.ends[A].has_let_go());
    assert_eq!(count(&net, SECOND, "REGISTER"), 0);
    net.quiet();
}

#[test]
fn a_silent_registrar_hands_over_to_the_next_and_calls_go_where_we_are_registered() {
    let mut net = Net::new();
    with(&mut net, [carrier()]);
    net.run(secs(8));
    register(&mut net, SECOND, 600);
    assert_eq!(net.words(A).last().unwrap(), "trunk registered at 10.0.0.8:5060 Unknown,Unknown");
    net.ask(A, invite(7, Target::Trunk { trunk: TrunkId(9), user: "9002".into() }));
    assert_eq!((count(&net, FIRST, "INVITE"), count(&net, SECOND, "INVITE")), (0, 1));
    net.run(secs(4));
    assert_eq!(count(&net, FIRST, "INVITE"), 1, "and elsewhere where nobody answers");
}

#[test]
fn a_wrong_password_is_told_with_its_reason_and_not_tried_for_ever() {
    let mut net = Net::new();
    with(&mut net, [carrier()]);
    for nonce in ["n1", "n2"] {
        let request = net.last_request(FIRST);
        answers(&mut net, FIRST, &request, 401, &challenge(nonce));
    }
    let told = net.words(A);
    assert!(told.last().unwrap().starts_with("trunk failed 401 the answer to the challenge was refused"), "{told:?}");
    assert_eq!(count(&net, FIRST, "REGISTER"), 2);
    net.run(secs(44));
    assert_eq!((count(&net, FIRST, "REGISTER"), count(&net, SECOND, "REGISTER")), (2, 0));
    while count(&net, FIRST, "REGISTER") == 2 {
        net.step();
    }
    assert!(net.elapsed() <= secs(61));
    register(&mut net, FIRST, 600);
    assert_eq!(net.words(A), ["trunk registered at 10.0.0.9:5060 Unknown,Unknown"], "it is tried afresh later");
}

#[test]
fn a_changed_account_is_registered_anew_and_a_removed_one_taken_back() {
    let mut net = Net::new();
    with(&mut net, [carrier()]);
    let first = register(&mut net, FIRST, 600);
    with(&mut net, [SipTrunk { probe: secs(30), ..carrier() }]);
    let again = net.mail[&FIRST.parse().unwrap()].iter().rev().find_map(|(_, m)| match m {
        Message::Request(r) if r.method.as_str() == "REGISTER" => Some(r.clone()),
        _ => None,
    });
    let again = again.unwrap();
    assert_eq!(again.headers.call_id(), first.headers.call_id(), "the same binding, so nothing to take back");
    assert_eq!(again.headers.get("Expires"), Some("600"));
    answers(&mut net, FIRST, &again, 200, "Contact: <sip:9001@10.0.0.1:5060>;expires=600");
    with(&mut net, []);
    let last = net.last_request(FIRST);
    assert_eq!(last.headers.get("Expires"), Some("0"));
    answers(&mut net, FIRST, &last, 200, "");
    assert_eq!(net.words(A).last().unwrap(), "trunk gone");
    net.quiet();
}

#[test]
fn a_call_to_our_contact_is_for_the_number_in_to() {
    let mut net = Net::new();
    with(&mut net, [carrier()]);
    register(&mut net, FIRST, 600);
    net.heard(A);
    for (n, (target, to, want)) in [("9001", "95500", "95500"), ("95588", "9001", "95588")].into_iter().enumerate() {
        net.inject(A, FIRST, &format!(
            "INVITE sip:{target}@10.0.0.1:5060 SIP/2.0\nVia: SIP/2.0/UDP {FIRST};branch=z9hG4bKin{n}\nMax-Forwards: 70\n\
             From: <sip:13800138000@c>;tag=x{n}\nTo: <sip:{to}@c>\nCall-ID: in{n}\nCSeq: 1 INVITE\nContact: <sip:{FIRST}>"));
        let heard = net.heard(A);
        let [UaEvent::Incoming(incoming)] = heard.as_slice() else { panic!("{heard:?}") };
        assert_eq!((incoming.dialed.as_str(), incoming.source), (want, Source::Trunk(TrunkId(9))));
    }
}

fn options(net: &Net, at: &str) -> Request {
    let request = net.last_request(at);
    assert_eq!(request.method.as_str(), "OPTIONS");
    request
}

#[test]
fn an_address_that_died_is_passed_over_until_it_answers_again() {
    let mut net = Net::new();
    with(&mut net, [probed()]);
    for at in [FIRST, SECOND] {
        let asked = options(&net, at);
        answers(&mut net, at, &asked, 404, "");
    }
    assert_eq!(net.words(A).last().unwrap(), "trunk - Up,Up", "a refusal is a sign of life");
    net.run(secs(30));
    let asked = options(&net, SECOND);
    answers(&mut net, SECOND, &asked, 200, "");
    net.run(secs(8));
    assert_eq!(net.words(A), ["trunk - Down,Up"]);
    let call = |net: &mut Net, id: u64| {
        net.ask(A, invite(id, Target::Trunk { trunk: TrunkId(9), user: "9002".into() }));
        (count(net, FIRST, "INVITE"), count(net, SECOND, "INVITE"))
    };
    assert_eq!(call(&mut net, 1), (0, 1), "the dead one costs no caller four seconds");
    net.run(secs(31));
    let asked = options(&net, FIRST);
    answers(&mut net, FIRST, &asked, 200, "");
    assert!(net.words(A).last().unwrap().starts_with("trunk - Up,"));
    let before = count(&net, FIRST, "INVITE");
    assert_eq!(call(&mut net, 2).0, before + 1);
}

#[test]
fn a_trunk_that_is_dead_altogether_is_tried_only_where_there_is_no_other_way() {
    let mut net = Net::new();
    with(&mut net, [probed()]);
    for at in [FIRST, SECOND] {
        let asked = options(&net, at);
        answers(&mut net, at, &asked, 503, "");
    }
    assert_eq!(net.words(A).last().unwrap(), "trunk - Down,Down");
    let call = |net: &mut Net, id: u64, hurry: bool| {
        let UaCommand::Invite(mut outgoing) = invite(id, Target::Trunk { trunk: TrunkId(9), user: "9002".into() }) else {
            unreachable!()
        };
        outgoing.hurry = hurry;
        net.ask(A, UaCommand::Invite(outgoing));
        (net.words(A), count(net, FIRST, "INVITE"))
    };
    assert_eq!(call(&mut net, 1, true), (vec!["not sent 503".to_owned()], 0));
    assert_eq!(call(&mut net, 2, false), (vec![], 1), "OPTIONS may be wrong");
}

#[test]
fn a_call_that_finds_nobody_has_the_address_asked_at_once() {
    let mut net = Net::new();
    with(&mut net, [probed()]);
    for at in [FIRST, SECOND] {
        let asked = options(&net, at);
        answers(&mut net, at, &asked, 200, "");
    }
    net.heard(A);
    net.ask(A, invite(7, Target::Trunk { trunk: TrunkId(9), user: "9002".into() }));
    net.run(secs(9));
    assert_eq!(net.words(A), ["trunk - Down,Up"]);
    assert!(net.elapsed() < secs(10), "long before its turn came");
}

#[test]
fn the_carrier_is_told_who_calls_in_the_header_it_wants() {
    for (identity, private, from, lines) in [
        (IdentityBy::From, false, "\"Ann \\\"A\\\"\" <sip:1001@tel.example>", [None, None, None]),
        (IdentityBy::Asserted, false, "<sip:9001@tel.example>", [Some("<sip:1001@tel.example>"), None, None]),
        (IdentityBy::Preferred, false, "<sip:9001@tel.example>", [None, Some("<sip:1001@tel.example>"), None]),
        (IdentityBy::Asserted, true, "\"Anonymous\" <sip:anonymous@anonymous.invalid>", [Some("<sip:1001@tel.example>"), None, Some("id")]),
        (IdentityBy::From, true, "\"Anonymous\" <sip:anonymous@anonymous.invalid>", [None, None, Some("id")]),
    ] {
        let mut net = Net::new();
        with(&mut net, [SipTrunk { domain: "tel.example".into(), register: false, identity, private, ..carrier() }]);
        net.ask(A, invite(7, Target::Trunk { trunk: TrunkId(9), user: "9002".into() }));
        let invite = net.last_request(FIRST);
        let said = invite.headers.get("From").unwrap();
        assert!(said.starts_with(&format!("{from};tag=")), "{said}");
        assert_eq!(invite.uri, "sip:9002@tel.example");
        let names = ["P-Asserted-Identity", "P-Preferred-Identity", "Privacy"];
        let number = |value: &str| value.trim_start_matches("\"Ann \\\"A\\\"\" ").to_owned();
        let got = names.map(|name| invite.headers.get(name).map(number));
        assert_eq!(got, lines.map(|line| line.map(str::to_owned)), "{identity:?} {private}");
    }
}
