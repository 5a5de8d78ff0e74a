//! What users of such systems complain about (threads in public trackers), each as a story that ends well here. Those that
//! are told elsewhere, and where, are in `tests/lessons.tsv`.

use std::pin::Pin;
use std::sync::Arc;

use contract::directory::AnswerBy;
use contract::{Caller, Candidate, EndCause, EventKind, HungUpBy, Lookup, SeatCommand};
use tokio::time::timeout;
use zuoxi_tests::house::book::LOOK;
use zuoxi_tests::house::company::{company, tune};
use zuoxi_tests::house::{AGENT_HZ, CALLER_HZ, Desk, House, MUSIC_HZ, Outcome};
use zuoxi_tests::phone::{Ending, Manner, PATIENCE};

use crate::transfers::{to_number, with_outside};
use crate::{Pair, hear_each_other};

const TWO: [AnswerBy; 2] = [AnswerBy::Phone, AnswerBy::Phone];

/// A customer store that never answers.
struct Hanging;

impl Lookup for Hanging {
    fn identify(&self, _: Caller) -> Pin<Box<dyn Future<Output = Vec<Candidate>> + Send>> {
        Box::pin(std::future::pending())
    }
}

/// One agent's phone says nothing at all, and nobody finds out who calls: the others work on, one caller after the other.
#[tokio::test(flavor = "multi_thread")]
async fn lesson_08_a_phone_that_says_nothing_and_a_lookup_that_hangs_hold_up_nobody_else() -> Outcome {
    let mut directory = company(&TWO);
    // Longer than all that follows.
    tune(&mut directory, "direct", |queue| queue.ring_ms = 300_000);
    let house = House::open_asking(directory, Arc::new(Hanging), |_| {}).await?;
    let stuck = house.agent(1, Manner::Deaf).await?;
    let first = house.caller("13800138001").await?;
    let waits = first.dial("95500").await?;
    let call = house.call(1).await?;
    house.fact(call, "an offer", |k| matches!(k, EventKind::Offered { .. })).await?;
    let Desk { mut phone, .. } = house.agent(2, Manner::Answers).await?;
    for number in ["13800138002", "13800138003", "13800138004"] {
        let caller = house.caller(number).await?;
        let talk = caller.dial("95500").await?;
        let rung = phone.rung().await?;
        rung.answered().await?;
        hear_each_other(&talk, &rung).await?;
        talk.hang_up().await?;
        rung.ends(&Ending::FarHungUp(None)).await?;
    }
    let over = house.book.of(call).iter().any(|k| matches!(k, EventKind::OfferEnded { .. }));
    assert!(!over, "the first caller is still offered to the phone that says nothing");
    assert_eq!(house.book.count(|k| matches!(k, EventKind::CallerIdentified { .. })), 0, "nobody was found out");
    assert_eq!(stuck.phone.busy_lines(), 1);
    waits.expect_tone(MUSIC_HZ).await?;
    waits.hang_up().await?;
    house.close().await
}

/// A dial that fails one way or the other, or is still under way: the caller leaves then, and nothing of it runs on. That no
/// leg, recording, port or dialog is left is for `close` to see.
#[tokio::test(flavor = "multi_thread")]
async fn lesson_09_a_transfer_that_fails_in_any_way_ends_with_the_call() -> Outcome {
    for status in [404, 480, 486, 488, 503, 603] {
        let (Pair { house, call, agent, talk, rung, .. }, outside) = with_outside(Manner::Refuses(status)).await?;
        // Nobody takes the caller back: music until the end.
        house.seat(agent, SeatCommand::NotReady { reason: None }).await?;
        house.command(call, agent, to_number("010-62345678")).await?;
        rung.ends(&Ending::FarHungUp(None)).await?;
        house.fact(call, "a failed transfer", |k| matches!(k, EventKind::TransferFailed { .. })).await?;
        talk.expect_tone(MUSIC_HZ).await?;
        talk.hang_up().await?;
        let end = house.fact(call, "the end", |k| matches!(k, EventKind::CallEnded { .. })).await?;
        assert_eq!(end, EventKind::CallEnded { cause: EndCause::Abandoned, by: HungUpBy::Caller }, "{status}");
        house.recording_holds(call, CALLER_HZ, AGENT_HZ).await?;
        assert_eq!(outside.busy_lines(), 0, "{status}");
        house.close().await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn lesson_09_a_dial_nobody_reacts_to_is_taken_back_when_the_caller_leaves() -> Outcome {
    let (Pair { house, call, agent, talk, phone: _phone, .. }, mut outside) = with_outside(Manner::Deaf).await?;
    house.command(call, agent, to_number("010-62345678")).await?;
    let far = outside.rung().await?;
    talk.hang_up().await?;
    far.ends(&Ending::Cancelled).await?;
    house.recording_holds(call, CALLER_HZ, AGENT_HZ).await?;
    house.close().await
}

/// Waits until so many calls are alive, with so many legs, and signalling and media count the same.
async fn stands_at(house: &House, calls: usize, legs: usize) -> Outcome {
    let mut look = tokio::time::interval(LOOK);
    let mut last = String::new();
    let counted = timeout(PATIENCE, async {
        loop {
            let (gauges, sip, media) =
                (house.gateway.gauges().await, house.gateway.sip_counts(), house.gateway.media().gauges());
            let now = (gauges.calls, gauges.legs, sip.dialogs, media.legs, media.ports_taken);
            if now == (calls, legs, legs, legs as u64, legs as u64) {
                return;
            }
            last = format!("calls, legs, dialogs, legs of media, ports: {now:?}");
            look.tick().await;
        }
    });
    counted.await.map_err(|_| format!("{calls} calls with {legs} legs were to be counted; {last}").into())
}

/// Dialogs that outlive their calls are found here by count, in every state: with callers, with phones, and after them.
#[tokio::test(flavor = "multi_thread")]
async fn lesson_11_signalling_media_and_calls_count_alike_while_calls_live_and_when_they_are_gone() -> Outcome {
    let house = House::open(company(&TWO)).await?;
    let caller = house.caller("13800138000").await?;
    let Desk { agent, mut phone } = house.agent(1, Manner::Answers).await?;
    house.seat(agent, SeatCommand::NotReady { reason: None }).await?;
    for round in 0..5 {
        let mut waiting = Vec::new();
        for n in 1..=6 {
            let talk = caller.dial("95500").await?;
            talk.answered().await?;
            waiting.push(talk);
            stands_at(&house, n, n).await.map_err(|e| format!("round {round}: {e}"))?;
        }
        house.seat(agent, SeatCommand::Ready).await?;
        let rung = phone.rung().await?;
        rung.answered().await?;
        hear_each_other(&waiting[0], &rung).await?;
        stands_at(&house, 6, 7).await?;
        house.seat(agent, SeatCommand::NotReady { reason: None }).await?;
        rung.hang_up().await?;
        waiting.remove(0).ended().await?;
        stands_at(&house, 5, 5).await?;
        for (left, talk) in (0..5).rev().zip(waiting) {
            talk.hang_up().await?;
            stands_at(&house, left, left).await?;
        }
        house.quiet().await.map_err(|e| format!("round {round}: {e}"))?;
    }
    house.close().await
}
