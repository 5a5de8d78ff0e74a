//! Sessions that change: hold and resume both ways, glare, UPDATE, delayed offers, session timers.

use super::*;

#[test]
fn either_side_holds_and_resumes_and_both_at_once_are_parted_by_491() {
    let mut net = Net::new();
    let dialog = net.talk(7);
    net.ask(A, UaCommand::Reinvite { dialog: DialogId(7), sdp: offer().unwrap() });
    net.run(ms(50));
    assert_eq!(net.words(B), ["reoffer Reinvite sdp"]);
    net.ask(B, UaCommand::AnswerReoffer { dialog, sdp: answer() });
    net.run(ms(50));
    assert_eq!((net.words(A), net.words(B)), (vec!["reanswered".into()], vec![]));

    net.ask(B, UaCommand::Reinvite { dialog, sdp: answer() });
    net.run(ms(50));
    assert_eq!(net.words(A), ["reoffer Reinvite sdp"]);
    net.ask(A, UaCommand::RejectReoffer { dialog: DialogId(7), status: 488 });
    net.run(ms(50));
    assert_eq!(net.words(B), ["reoffer failed 488"]);

    let asked = net.elapsed();
    net.ask(A, UaCommand::Reinvite { dialog: DialogId(7), sdp: offer().unwrap() });
    net.ask(B, UaCommand::Reinvite { dialog, sdp: answer() });
    for _ in 0..60 {
        net.run(ms(100));
        for end in [A, B] {
            for event in std::mem::take(&mut net.told[end]) {
                if let UaEvent::Reoffer { dialog, .. } = event {
                    net.ask(end, UaCommand::AnswerReoffer { dialog, sdp: answer() });
                } else {
                    net.told[end].push(event);
                }
            }
        }
    }
    assert_eq!((net.words(A), net.words(B)), (vec!["reanswered".into()], vec!["reanswered".into()]));
    assert_eq!((net.sent(A, "SIP/2.0 491").len(), net.sent(B, "SIP/2.0 491").len()), (1, 1));
    let again = |end| net.sent(end, "INVITE").last().copied().unwrap() - asked.as_millis();
    assert!((2100..=4200).contains(&again(A)), "who made the Call-ID waits 2.1 to 4 s, waited {}", again(A));
    assert!(again(B) <= 2200, "the other 0 to 2 s, waited {}", again(B));
    net.ask(A, UaCommand::Bye { dialog: DialogId(7), reason: None });
    net.quiet();
}

#[test]
fn a_change_asked_for_while_another_is_under_way_follows_it_and_the_newest_wish_counts() {
    let mut net = Net::new();
    let dialog = net.talk(7);
    for _ in 0..3 {
        net.ask(A, UaCommand::Reinvite { dialog: DialogId(7), sdp: offer().unwrap() });
    }
    net.run(ms(50));
    net.ask(B, UaCommand::AnswerReoffer { dialog, sdp: answer() });
    net.run(ms(50));
    net.ask(B, UaCommand::AnswerReoffer { dialog, sdp: answer() });
    net.run(ms(50));
    assert_eq!(net.words(B), ["reoffer Reinvite sdp", "reoffer Reinvite sdp"]);
    assert_eq!(net.words(A), ["reanswered", "reanswered"]);
    net.ask(A, UaCommand::Bye { dialog: DialogId(7), reason: None });
    net.quiet();
}

#[test]
fn an_offer_the_house_never_answers_is_refused_for_it() {
    let mut net = Net::new();
    net.talk(7);
    net.ask(A, UaCommand::Reinvite { dialog: DialogId(7), sdp: offer().unwrap() });
    net.run(secs(21));
    assert_eq!(net.words(A), ["reoffer failed 500"]);
    net.ask(A, UaCommand::Bye { dialog: DialogId(7), reason: None });
    net.quiet();
}

#[test]
fn a_call_without_an_offer_gets_ours_in_the_2xx_and_answers_in_the_ack() {
    let mut net = Net::new();
    let UaCommand::Invite(mut outgoing) = invite(7, Target::Trunk { trunk: TrunkId(1), user: "9001".into() }) else {
        unreachable!()
    };
    outgoing.sdp = None;
    net.ask(A, UaCommand::Invite(outgoing));
    net.run(ms(50));
    let dialog = net.incoming(B);
    net.ask(B, UaCommand::Answer { dialog, sdp: answer() });
    net.run(ms(50));
    assert_eq!(net.words(A), ["answered with an offer"]);
    assert!(net.sent(A, "ACK").is_empty(), "the ACK waits for the answer");
    net.ask(A, UaCommand::AnswerReoffer { dialog: DialogId(7), sdp: offer().unwrap() });
    net.run(ms(50));
    assert_eq!(net.words(B), ["confirmed sdp"]);
    net.ask(B, UaCommand::Bye { dialog, reason: None });
    net.quiet();
}

#[test]
fn a_session_is_refreshed_at_half_time_by_update_and_lives_on() {
    let mut net = Net::new();
    let dialog = net.talk(7);
    net.run(secs(4000));
    let refreshes = net.sent(A, "UPDATE");
    assert_eq!(refreshes.len(), 4, "every 900 s: {refreshes:?}");
    assert_eq!((net.words(A), net.words(B)), (vec![], vec![]), "the house hears nothing of it");
    net.ask(B, UaCommand::Bye { dialog, reason: None });
    net.quiet();
}

#[test]
fn a_call_whose_far_side_vanished_ends_by_the_session_timer_on_both_sides() {
    let mut net = Net::new();
    net.talk(7);
    net.faults.loss = 1000;
    net.run(secs(1900));
    assert_eq!(net.words(A), ["ended Lost"], "its refresh got no answer");
    assert_eq!(net.words(B), ["ended SessionExpired"], "no refresh came");
    net.quiet();
}

#[test]
fn a_lost_ack_is_made_good_and_a_missing_one_ends_the_call_after_32_s() {
    let mut net = Net::new();
    net.call(7);
    net.run(ms(50));
    let dialog = net.incoming(B);
    net.ask(B, UaCommand::Answer { dialog, sdp: answer() });
    // That 2xx arrives; its ACK and all else is lost until 2 s.
    net.faults.loss = 1000;
    net.run(secs(2));
    net.faults.loss = 0;
    net.run(secs(2));
    assert_eq!(net.words(B), ["confirmed"]);
    assert_eq!(net.sent(B, "SIP/2.0 200").len(), 4, "{:?}", net.trace);
    net.ask(A, UaCommand::Bye { dialog: DialogId(7), reason: None });
    net.run(secs(1));
    net.heard(A);
    net.heard(B);

    net.call(8);
    net.run(ms(50));
    let dialog = net.incoming(B);
    net.faults.loss = 1000;
    net.ask(B, UaCommand::Answer { dialog, sdp: answer() });
    net.run(ms(31_900));
    assert_eq!(net.words(B), Vec::<String>::new());
    net.run(ms(200));
    assert_eq!(net.words(B), ["ended NoAck"]);
    assert_eq!(net.sent(B, "BYE").len(), 1);
    net.ask(A, UaCommand::Bye { dialog: DialogId(8), reason: None });
    net.quiet();
}

#[test]
fn a_bye_of_the_answering_side_waits_for_the_ack() {
    let mut net = Net::new();
    net.call(7);
    net.run(ms(50));
    let dialog = net.incoming(B);
    net.ask(B, UaCommand::Answer { dialog, sdp: answer() });
    net.ask(B, UaCommand::Bye { dialog, reason: None });
    assert_eq!(net.words(B), ["ended Us"]);
    assert!(net.sent(B, "BYE").is_empty(), "RFC 3261 §15: not before the ACK");
    net.run(ms(50));
    assert_eq!(net.sent(B, "BYE").len(), 1);
    assert_eq!(net.words(A), ["answered", "ended Remote"]);
    net.quiet();
}

#[test]
fn ringing_with_early_media_is_reliable_where_the_caller_can_and_the_answer_waits_for_prack() {
    let mut net = Net::new();
    net.call(7);
    net.run(ms(50));
    let dialog = net.incoming(B);
    net.ask(B, UaCommand::Ring { dialog, sdp: Some(answer()) });
    net.ask(B, UaCommand::Answer { dialog, sdp: answer() });
    assert!(net.sent(B, "SIP/2.0 200").is_empty(), "not before PRACK (RFC 3262 §3)");
    net.run(ms(50));
    assert_eq!(net.words(A), ["ringing 183 sdp", "answered"]);
    assert_eq!(net.sent(A, "PRACK").len(), 1);
    net.ask(A, UaCommand::Bye { dialog: DialogId(7), reason: None });
    net.quiet();
}

#[test]
fn a_reliable_1xx_nobody_acknowledges_ends_the_call_with_504() {
    let mut net = Net::new();
    net.call(7);
    net.run(ms(50));
    let dialog = net.incoming(B);
    net.faults.loss = 1000;
    net.ask(B, UaCommand::Ring { dialog, sdp: Some(answer()) });
    net.run(secs(33));
    assert_eq!(net.words(B), ["ended Lost"]);
    assert_eq!(net.sent(B, "SIP/2.0 183").len(), 7);
    net.ask(A, UaCommand::Bye { dialog: DialogId(7), reason: None });
    net.run(secs(1));
    net.faults.loss = 0;
    net.quiet();
}
