//! No caller is ever needed to end a call: whatever has happened, somebody owes it a word, or a clock runs.

use proptest::prelude::*;

use super::any_order::{any_event, step};
use super::*;

/// Longer than any story takes.
const MOST_WORDS: usize = 60;

/// What somebody owes the call where it stands. The caller owes nothing, and says nothing.
fn owed(line: &mut Line) -> CallEvent {
    match line.call.stage.clone() {
        Stage::Waiting(Wait { facts: Some(facts), .. }) => {
            let then = Overflow::Hangup(String::new());
            CallEvent::QueueOver { queue: facts.queue, why: QueueReturn::MaxWait, then }
        }
        Stage::Dialing(_) => CallEvent::Abort(EndCause::Shutdown),
        Stage::Waiting(_) => CallEvent::DirectFailed { agent: AgentId(8), cause: EndCause::Busy },
        Stage::Ringing(ringing, _) => {
            CallEvent::OfferOver { offer: ringing.offer.offer, outcome: OfferOutcome::Missed }
        }
        Stage::Talking(talk) => hang_up(talk.leg),
        Stage::Outside { leg, answered: true, .. } => hang_up(leg),
        Stage::Outside { leg, .. } => CallEvent::LegFailed { leg, status: 486 },
        Stage::Parked(parked) if parked.fetching.is_some() => {
            let leg = parked.fetching.map_or(LegId(0), |fetching| fetching.leg);
            CallEvent::LegFailed { leg, status: 480 }
        }
        Stage::Flow
        | Stage::Parked(_)
        | Stage::Entering(_)
        | Stage::Message { .. }
        | Stage::Farewell { .. }
        | Stage::Closing { .. }
        | Stage::Over => {
            let due = line.call.deadline();
            line.now = line.now.max(due.unwrap_or_else(|| panic!("nothing is ever to happen: {:?}", line.call.stage)));
            CallEvent::Deadline
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn a_call_ends_without_its_caller_whatever_has_happened(steps in prop::collection::vec(any_event(), 0..40)) {
        let mut line = Line::ring_in();
        for one in steps {
            step(&mut line, one);
        }
        let mut words = 0;
        while !line.call.is_over() {
            words += 1;
            prop_assert!(words <= MOST_WORDS, "it goes on and on: {:?}", line.call.stage);
            let word = owed(&mut line);
            line.on(word);
        }
        line.ended();
    }

    #[test]
    fn where_nobody_says_anything_a_clock_runs_or_people_talk_or_the_audit_looks(steps in prop::collection::vec(any_event(), 0..40)) {
        let mut line = Line::ring_in();
        for one in steps {
            step(&mut line, one);
            let call = &line.call;
            let people = matches!(call.stage, Stage::Talking(_) | Stage::Outside { .. });
            let minded = call.is_over() || call.deadline().is_some() || call.waits() || people;
            prop_assert!(minded, "{:?}", call.stage);
        }
    }
}
