//! What SIP libraries were found to get wrong as a calling party, each as a fact about ours, against a hand-written peer.

use super::*;
use crate::sip::auth::credentials;
use crate::sip::message::{Name, Request};

const PEER: &str = "10.0.0.9:5060";

fn calling(net: &mut Net) -> Request {
    net.ask(A, invite(7, Target::Trunk { trunk: TrunkId(9), user: "9001".into() }));
    net.last_request(PEER)
}

/// The peer answers a request of ours.
fn answers(net: &mut Net, request: &Request, status: u16, tag: &str, lines: &str) {
    let headers = &request.headers;
    let to = headers.get("To").unwrap();
    let to = if tag.is_empty() || to.contains(";tag=") { to.to_owned() } else { format!("{to};tag={tag}") };
    let text = format!(
        "SIP/2.0 {status} Whatever\nVia: {}\nFrom: {}\nTo: {to}\nCall-ID: {}\nCSeq: {}\n{lines}",
        headers.get("Via").unwrap(),
        headers.get("From").unwrap(),
        headers.get("Call-ID").unwrap(),
        headers.get("CSeq").unwrap()
    );
    net.inject(A, PEER, &text);
}

fn with_sdp(lines: &str) -> String {
    format!("Contact: <sip:peer@{PEER}>\n{lines}Content-Type: application/sdp\n\n{}", String::from_utf8_lossy(SDP_B))
}

fn requests(net: &Net) -> Vec<String> {
    let mail = net.mail.get(&PEER.parse().unwrap());
    mail.into_iter()
        .flatten()
        .filter_map(|(_, m)| match m {
            Message::Request(r) => Some(format!("{} {}", r.method, r.headers.to_tag().unwrap_or("-"))),
            Message::Response(_) => None,
        })
        .collect()
}

#[test]
fn a_forked_call_keeps_the_first_answer_and_ends_the_others() {
    let mut net = Net::new();
    let invite = calling(&mut net);
    answers(&mut net, &invite, 180, "one", &format!("Contact: <sip:one@{PEER}>"));
    answers(&mut net, &invite, 180, "two", &format!("Contact: <sip:two@{PEER}>"));
    answers(&mut net, &invite, 200, "two", &with_sdp(""));
    answers(&mut net, &invite, 200, "three", &with_sdp(""));
    answers(&mut net, &invite, 200, "three", &with_sdp(""));
    answers(&mut net, &invite, 200, "two", &with_sdp(""));
    assert_eq!(net.words(A), ["ringing 180", "ringing 180", "answered"]);
    assert_eq!(requests(&net), ["INVITE -", "ACK two", "ACK three", "BYE three", "ACK three", "ACK two"]);
    let bye = net.mail[&PEER.parse().unwrap()].iter().rev().find_map(|(_, m)| match m {
        Message::Request(r) if r.method.as_str() == "BYE" => Some(r.clone()),
        _ => None,
    });
    answers(&mut net, &bye.unwrap(), 200, "", "");
    net.ask(A, UaCommand::Bye { dialog: DialogId(7), reason: None });
    let bye = net.last_request(PEER);
    assert_eq!(bye.headers.to_tag(), Some("two"));
    answers(&mut net, &bye, 200, "", "");
    net.quiet();
}

#[test]
fn the_strongest_of_several_challenges_is_answered_and_later_requests_carry_credentials() {
    let mut net = Net::new();
    let UaCommand::Invite(mut outgoing) = invite(7, Target::Trunk { trunk: TrunkId(9), user: "9001".into() }) else {
        unreachable!()
    };
    outgoing.auth = Some(Credentials { username: "zx".into(), password: Secret("pw".into()) });
    net.ask(A, UaCommand::Invite(outgoing));
    let first = net.last_request(PEER);
    let challenges = "Proxy-Authenticate: Digest realm=\"c\", nonce=\"n1\", algorithm=MD5, qop=\"auth,auth-int\"\n\
                      Proxy-Authenticate: Digest realm=\"c\", nonce=\"n2\", algorithm=SHA-256, qop=\"auth\"";
    answers(&mut net, &first, 407, "x", challenges);
    let second = net.last_request(PEER);
    let said = credentials(&second.headers, Name::ProxyAuthorization, "c").expect("credentials");
    assert_eq!((said.nonce.as_str(), said.algorithm.as_str(), said.username.as_str()), ("n2", "SHA-256", "zx"));
    assert_eq!(second.headers.cseq().unwrap().number, 2);
    assert_eq!(second.headers.call_id(), first.headers.call_id());
    assert_eq!(requests(&net), ["INVITE -", "ACK x", "INVITE -"], "the refusal is acknowledged");
    answers(&mut net, &second, 200, "y", &with_sdp(""));
    let ack = net.last_request(PEER);
    assert!(ack.headers.get("Proxy-Authorization").is_some(), "RFC 3261 §22.1");
    net.ask(A, UaCommand::Bye { dialog: DialogId(7), reason: None });
    let bye = net.last_request(PEER);
    let said = credentials(&bye.headers, Name::ProxyAuthorization, "c").expect("credentials");
    assert_eq!(said.nc, "00000002");
    answers(&mut net, &bye, 200, "", "");
    net.quiet();
}

#[test]
fn a_wrong_password_ends_the_call_instead_of_asking_for_ever() {
    let mut net = Net::new();
    let UaCommand::Invite(mut outgoing) = invite(7, Target::Trunk { trunk: TrunkId(9), user: "9001".into() }) else {
        unreachable!()
    };
    outgoing.auth = Some(Credentials { username: "zx".into(), password: Secret("wrong".into()) });
    net.ask(A, UaCommand::Invite(outgoing));
    for nonce in ["n1", "n2", "n3"] {
        let request = net.last_request(PEER);
        let challenge = format!("WWW-Authenticate: Digest realm=\"c\", nonce=\"{nonce}\", algorithm=MD5");
        answers(&mut net, &request, 401, "x", &challenge);
    }
    assert_eq!(net.words(A), ["failed 401"]);
    assert_eq!(requests(&net).iter().filter(|r| r.starts_with("INVITE")).count(), 2);
    net.quiet();
}

#[test]
fn reliable_ringing_is_acknowledged_in_order_and_once() {
    let mut net = Net::new();
    let invite = calling(&mut net);
    assert!(invite.headers.supports("100rel"));
    let ringing = |n: u32| format!("Contact: <sip:one@{PEER}>\nRequire: 100rel\nRSeq: {n}");
    answers(&mut net, &invite, 180, "one", &ringing(5));
    answers(&mut net, &invite, 180, "one", &ringing(5));
    answers(&mut net, &invite, 183, "one", &ringing(7));
    assert_eq!(net.words(A), ["ringing 180"], "the repeat and the one that came too early are left alone");
    let prack = net.last_request(PEER);
    assert_eq!((prack.headers.get("RAck"), prack.headers.get("CSeq")), (Some("5 1 INVITE"), Some("2 PRACK")));
    answers(&mut net, &prack, 200, "", "");
    answers(&mut net, &invite, 183, "one", &ringing(6));
    assert_eq!(net.last_request(PEER).headers.get("RAck"), Some("6 1 INVITE"));
    let prack = net.last_request(PEER);
    answers(&mut net, &prack, 200, "", "");
    answers(&mut net, &invite, 486, "one", "");
    assert_eq!(net.words(A), ["ringing 183", "failed 486"]);
    net.quiet();
}

#[test]
fn a_far_side_that_wants_a_longer_session_gets_it_and_refreshes_where_it_says_so() {
    let mut net = Net::new();
    let first = calling(&mut net);
    assert_eq!(first.headers.get("Session-Expires"), Some("1800"));
    answers(&mut net, &first, 422, "x", "Min-SE: 3600");
    let second = net.last_request(PEER);
    assert_eq!((second.headers.get("Session-Expires"), second.headers.get("Min-SE")), (Some("3600"), Some("3600")));
    answers(&mut net, &second, 200, "y", &with_sdp("Require: timer\nSession-Expires: 3600;refresher=uas\n"));
    net.run(secs(3500));
    assert!(!requests(&net).iter().any(|r| r.starts_with("UPDATE")), "they refresh, we do not");
    net.run(secs(80));
    assert_eq!(net.words(A), ["answered", "ended SessionExpired"]);
}

#[test]
fn a_far_side_without_update_is_refreshed_by_reinvite_with_the_same_description() {
    let mut net = Net::new();
    let invite = calling(&mut net);
    answers(&mut net, &invite, 200, "y", &with_sdp("Allow: INVITE, ACK, BYE, CANCEL\n"));
    net.run(secs(905));
    let refresh = net.last_request(PEER);
    assert_eq!((refresh.method.as_str(), Some(refresh.body.clone())), ("INVITE", offer::<Bytes>()));
    answers(&mut net, &refresh, 200, "", &with_sdp(""));
    assert_eq!(net.last_request(PEER).method.as_str(), "ACK");
    assert_eq!(net.words(A), ["answered"]);
}

/// It says that it takes UPDATE, and does not.
#[test]
fn a_refused_update_is_made_good_by_a_reinvite_at_once_so_that_the_session_lives_on() {
    for status in [405, 488, 500, 501] {
        let mut net = Net::new();
        let invite = calling(&mut net);
        answers(&mut net, &invite, 200, "y", &with_sdp("Allow: INVITE, ACK, BYE, CANCEL, UPDATE\n"));
        net.run(secs(905));
        let update = net.last_request(PEER);
        assert_eq!(update.method.as_str(), "UPDATE");
        answers(&mut net, &update, status, "", "");
        let refresh = net.last_request(PEER);
        assert_eq!((refresh.method.as_str(), Some(refresh.body.clone())), ("INVITE", offer::<Bytes>()), "after {status}");
        answers(&mut net, &refresh, 200, "", &with_sdp(""));
        net.run(secs(880));
        assert_eq!(net.words(A), ["answered"], "the session goes on past the first interval");
    }
}

#[test]
fn a_provisional_answer_that_never_becomes_final_is_cancelled_and_given_up() {
    let mut net = Net::new();
    let invite = calling(&mut net);
    answers(&mut net, &invite, 180, "one", &format!("Contact: <sip:one@{PEER}>"));
    net.ask(A, UaCommand::Cancel { dialog: DialogId(7) });
    let cancel = net.last_request(PEER);
    assert_eq!(cancel.headers.get("Via"), invite.headers.get("Via"), "CANCEL shares the branch");
    assert_eq!(cancel.headers.get("CSeq"), Some("1 CANCEL"));
    net.run(secs(70));
    assert_eq!(net.words(A), ["ringing 180", "ended Us"]);
    net.quiet();
}

#[test]
fn a_dialog_the_far_side_forgot_ends_when_we_find_out() {
    let mut net = Net::new();
    let invite = calling(&mut net);
    answers(&mut net, &invite, 200, "y", &with_sdp(""));
    net.ask(A, UaCommand::NotifyTalk { dialog: DialogId(7) });
    let notify = net.last_request(PEER);
    answers(&mut net, &notify, 481, "", "");
    assert_eq!(net.words(A), ["answered"], "a phone without the talk event keeps its call");
    net.ask(A, UaCommand::Reinvite { dialog: DialogId(7), sdp: offer().unwrap() });
    let again = net.last_request(PEER);
    answers(&mut net, &again, 481, "", "");
    assert_eq!(net.words(A), ["ended Lost"]);
    let bye = net.last_request(PEER);
    assert_eq!(bye.method.as_str(), "BYE");
    answers(&mut net, &bye, 481, "", "");
    net.quiet();
}

#[test]
fn a_response_that_is_not_ours_changes_nothing() {
    let mut net = Net::new();
    let mut invite = calling(&mut net);
    let via = invite.headers.get("Via").unwrap().replace("z9hG4bK", "z9hG4bKf");
    invite.headers.set("Via", &via);
    answers(&mut net, &invite, 200, "y", &with_sdp(""));
    assert_eq!(net.words(A), Vec::<String>::new());
    assert_eq!(requests(&net), ["INVITE -"]);
}
