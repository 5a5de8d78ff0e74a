//! An agent asks for a supervisor.

mod room;

use contract::{Hand, SeatCommand};
use room::*;

fn raise(note: &str) -> SeatCommand {
    SeatCommand::RaiseHand { note: note.to_owned() }
}

#[test]
fn a_raised_hand_stays_up_through_calls_until_somebody_lowers_it() {
    let mut room = Room::new(Company::default().agent(1, &[(1, 5)]).queue(queue(1, &[(1, 1)])));
    room.ready(1);
    room.seat(1, raise(" a refund "));
    let raised = room.now;
    let up = Some(Hand { since: raised, note: "a refund".to_owned() });
    assert_eq!(room.shows(1).hand, up);
    let offered = offer(&room.calls(100, 1));
    room.pass(2_000);
    room.answer(offered);
    room.over(100);
    assert_eq!(room.shows(1).hand, up);
    room.seat(1, raise("still a refund"));
    let hand = room.shows(1).hand.clone().unwrap();
    assert_eq!((hand.since, hand.note.as_str()), (raised, "still a refund"), "up since the first time");
    assert!(!room.seat(1, SeatCommand::LowerHand).is_empty());
    assert_eq!(room.shows(1).hand, None);
    assert_eq!(room.seat(1, SeatCommand::LowerHand), [], "lowered twice changes nothing");
}

#[test]
fn a_hand_goes_down_with_the_seat_and_needs_one() {
    let mut room = Room::new(Company::default().agent(1, &[(1, 5)]).queue(queue(1, &[(1, 1)])));
    assert_eq!(refused(&room.seat(1, raise(""))), "not_signed_in");
    room.sign_in(1);
    assert_eq!(refused(&room.seat(1, raise(&"x".repeat(201)))), "long_note");
    room.seat(1, raise(""));
    room.seat(1, SeatCommand::SignOut);
    room.sign_in(1);
    assert_eq!(room.shows(1).hand, None);
}
