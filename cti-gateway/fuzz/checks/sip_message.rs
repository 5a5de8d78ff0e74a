//! Any bytes: no panic, and what is read without a fault is the same after printing and reading again.

use bytes::Bytes;
use cti_gateway::sip::message::{Framed, Framer, Headers, Message, Name, Request, Rules, Verdict, guard, parse};

pub fn holds(data: &[u8]) {
    if let Ok(message) = parse(Bytes::copy_from_slice(data)) {
        round_trip(&message);
        ask_everything(message.headers());
        answered(&message);
        refused_in_a_flood(data, &message);
    }
    streams_agree(data);
}

fn round_trip(message: &Message) {
    let printed = message.to_bytes();
    let again = parse(printed.clone()).expect("what is printed reads");
    if message.defect().is_none() {
        assert_eq!(&again, message);
        assert_eq!(guard(&again, &Rules::default()), guard(message, &Rules::default()));
    }
    if again.defect().is_none() {
        assert_eq!(again.to_bytes(), printed, "printing settles at once");
    }
}

fn ask_everything(headers: &Headers) {
    let _ = (headers.from(), headers.to(), headers.cseq(), headers.call_id(), headers.max_forwards());
    let _ = (headers.top_via(), headers.routes(), headers.record_routes(), headers.asserted_identities());
    let _ = (headers.expires(), headers.min_expires(), headers.session_expires(), headers.min_se());
    let _ = (headers.rseq(), headers.rack(), headers.replaces(), headers.refer_to(), headers.refer_replaces());
    let _ = (headers.event(), headers.subscription_state(), headers.wants_privacy(), headers.retry_after());
    let _ = (headers.infos(Name::CallInfo).count(), headers.infos(Name::AlertInfo).count(), headers.accepts("a/b"));
    for contact in headers.contacts().into_iter().flatten() {
        let _ = (contact.expires(), contact.q(), contact.addr().map(|a| a.uri.same_as(&a.uri.bare())));
    }
    for (_, value) in headers.iter() {
        assert!(!value.contains(['\r', '\n']), "a value holds no line end");
    }
}

/// Whatever is refused is refused with a message of ours that reads.
fn answered(message: &Message) {
    let Message::Request(request) = message else { return };
    let mut request = request.clone();
    request.stamp_source("192.0.2.9:5062".parse().expect("an address"));
    let rules = Rules::default();
    if let Verdict::Answer(problem) = guard(message, &rules) {
        let answer = request.refusal(&problem, &rules).with_to_tag("ours");
        let Ok(Message::Response(read)) = parse(answer.to_bytes()) else { panic!("{answer:?} does not read") };
        assert_eq!((read.status, read.defect), (problem.status(), None));
    }
}

/// What is refused before it is read whole is refused as if it had been.
fn refused_in_a_flood(data: &[u8], message: &Message) {
    let (Some(mut brief), Message::Request(whole)) = (Request::brief(data), message) else { return };
    if guard(message, &Rules::default()) != Verdict::Pass {
        return;
    }
    let source = "192.0.2.9:5062".parse().expect("an address");
    let mut whole = whole.clone();
    whole.stamp_source(source);
    brief.stamp_source(source);
    assert_eq!(brief.method, whole.method);
    assert_eq!(brief.response(503), whole.response(503));
    assert_eq!((brief.answer_to(source), brief.headers.to_tag()), (whole.answer_to(source), whole.headers.to_tag()));
}

fn streams_agree(data: &[u8]) {
    let frames = |step: usize| -> Vec<Framed> {
        let mut framer = Framer::new();
        let pieces = data.chunks(step);
        let mut all = Vec::new();
        for piece in pieces {
            framer.push(piece);
            all.extend(std::iter::from_fn(|| framer.next_frame()));
        }
        all
    };
    let whole = frames(data.len().max(1));
    assert_eq!(frames(7), whole);
}
