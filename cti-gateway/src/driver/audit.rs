//! The truth audit: once a second, dialogs, calls, legs, leases, seats and recordings are compared. What nobody owns is
//! ended and counted; the counter must read 0. One audit only suspects; what is still so at the next is ended.

use std::collections::{BTreeSet, HashSet};

use contract::{EndCause, EpochMs, EventKind, InteractionId, LegId, Quality, RecordingId};

use super::switch::Switch;
use crate::call::CallEvent;
use crate::media::{MediaCommand, MediaEvent};
use crate::sip::api::{DialogId, EndedBy, UaCommand, UaEvent};

/// Longer than signalling takes for its last word (64 × T1 = 32 s).
const LAST_WORD_MS: EpochMs = 60_000;
/// Longer than a disk that stands still may take to close a file.
const LAST_TAPE_MS: EpochMs = 600_000;
/// Signalling that has not answered by then has not been asked, or its answer was lost.
const CENSUS_MS: EpochMs = 10_000;
/// Of a leg whose media thread took it along.
pub(super) const UNHEARD: Quality = Quality { received: 0, lost: 0, jitter_ms: 0.0, round_trip_ms: None, mos: 1.0 };

/// What signalling is asked, one question at a time: what was told before it asked for is in the answer.
#[derive(Debug, Default)]
pub(super) struct Census {
    asked: Option<EpochMs>,
    /// Dialogs without a leg, and of legs without a dialog.
    suspects: BTreeSet<DialogId>,
}

impl Switch {
    pub(super) fn audit(&mut self, now: EpochMs) {
        let unowned: BTreeSet<LegId> = self
            .legs
            .iter()
            .filter(|(id, leg)| {
                let owned = self.calls.get(&leg.call).is_some_and(|live| live.call.legs().any(|own| own == *id));
                // On its way down: signalling has its own last deadline (64 × T1).
                !owned && leg.hung_up.is_none()
            })
            .map(|(id, _)| id)
            .collect();
        for leg in unowned.intersection(&self.suspects).copied().collect::<Vec<_>>() {
            self.orphan(now, "leg", leg.to_string());
            self.hang_up(leg);
        }
        self.suspects = unowned;
        if self.census.asked.is_none_or(|at| now - at >= CENSUS_MS) {
            self.census.asked = Some(now);
            self.asks.push_back(UaCommand::Census);
        }
        self.let_go_of_the_deaf(now);
        self.forget_stuck(now);
        let facts = acd::Facts {
            calls: self.calls.keys().copied().chain(self.pbxs.interactions()).collect(),
            legs: self
                .calls
                .iter()
                .flat_map(|(id, live)| {
                    let talking = live.call.talkers().chain(live.caller_agent).chain(live.call.fetcher());
                    talking.chain(live.call.supervisors()).map(|agent| (agent, *id))
                })
                .chain(self.pbxs.on_calls())
                .collect(),
            waiting: self.calls.iter().filter(|(_, live)| live.call.waits()).map(|(id, _)| *id).collect(),
        };
        let (orphans, decisions) = self.router.audit(now, &facts);
        for orphan in orphans {
            use acd::Orphan as O;
            match orphan {
                O::Talk { agent, .. } => self.orphan(now, "talk of agent", agent.to_string()),
                O::Offer { offer, .. } => self.orphan(now, "offer", offer.to_string()),
                O::Caller { interaction } => self.orphan(now, "waiting entry", interaction.to_string()),
                O::Lease { offer } => self.orphan(now, "lease", offer.to_string()),
                O::Unknown { interaction } => {
                    // Nobody would ever answer: the caller is let go rather than left with music for ever.
                    self.orphan(now, "caller unknown to routing", interaction.to_string());
                    // A talk goes on without the colleague who was asked for.
                    if self.calls.get(&interaction).is_some_and(|live| live.call.talking().is_none()) {
                        self.tell_call(interaction, CallEvent::Abort(EndCause::Failed));
                    }
                }
            }
        }
        for decision in decisions {
            self.decided(now, decision);
        }
    }

    /// Words between signalling and us are lost where a queue is full: a dialog whose beginning we never heard of waits for
    /// an answer for ever, a leg whose end we never heard of is heard by nobody.
    pub(super) fn compare_dialogs(&mut self, now: EpochMs, living: &[DialogId]) {
        self.census.asked = None;
        let alive: HashSet<DialogId> = living.iter().copied().collect();
        let strangers = living.iter().copied().filter(|dialog| self.legs.by_dialog(*dialog).is_none());
        let ended = self.legs.iter().filter(|(_, leg)| !leg.sip_over && !alive.contains(&leg.dialog));
        let suspects: BTreeSet<DialogId> = strangers.chain(ended.map(|(_, leg)| leg.dialog)).collect();
        for dialog in suspects.intersection(&self.census.suspects).copied().collect::<Vec<_>>() {
            let id = format!("{:x}", dialog.0);
            if alive.contains(&dialog) {
                self.orphan(now, "dialog", id);
                self.asks.push_back(UaCommand::Bye { dialog, reason: None });
            } else {
                self.orphan(now, "leg without a dialog", id);
                self.signal(now, UaEvent::Ended { dialog, by: EndedBy::Lost, reason: None });
            }
        }
        self.census.suspects = suspects;
    }

    fn orphan(&mut self, now: EpochMs, what: &str, id: String) {
        self.orphans += 1;
        tracing::error!("the truth audit ended {what} {id}, which nobody owned");
        self.ports.ledger.record(now, None, EventKind::OrphanEnded { what: what.to_owned(), id });
    }

    /// A media thread that ended says nothing more: whoever is still with it hears nobody, and is taken for closed.
    fn let_go_of_the_deaf(&mut self, now: EpochMs) {
        let deaf = |(_, leg): &(LegId, &super::legs::Leg)| !leg.media_over && self.engine.has_ended(leg.call);
        let deaf: BTreeSet<LegId> = self.legs.iter().filter(deaf).map(|(id, _)| id).collect();
        // At two looks: the last word of one that was just closed may be on its way.
        let still: Vec<LegId> = deaf.intersection(&self.deaf).copied().collect();
        self.deaf = deaf;
        for leg in still {
            self.media(now, leg, MediaEvent::Closed { quality: UNHEARD });
        }
    }

    /// Legs told to go whose last word never came: it was lost on the way to us.
    fn forget_stuck(&mut self, now: EpochMs) {
        let stuck = |(_, leg): &(LegId, &super::legs::Leg)| leg.hung_up.is_some_and(|at| now - at > LAST_WORD_MS);
        let stuck: Vec<LegId> = self.legs.iter().filter(stuck).map(|(id, _)| id).collect();
        for leg in stuck {
            self.orphan(now, "the rest of leg", leg.to_string());
            if let Some(known) = self.legs.get(leg) {
                self.asks.push_back(UaCommand::Bye { dialog: known.dialog, reason: None });
            }
            self.media_do(leg, MediaCommand::Close { leg });
            self.legs.remove(leg);
        }
        // Nobody will say more of a recording whose call ended so long ago.
        let unowned = |call: &InteractionId| !self.calls.contains_key(call);
        let waiting: Vec<RecordingId> =
            self.recordings.iter().filter(|(_, call)| unowned(call)).map(|(id, _)| *id).collect();
        self.late_tapes.retain(|id, _| waiting.contains(id));
        for id in waiting {
            self.late_tapes.entry(id).or_insert(now);
        }
        let lost: Vec<RecordingId> =
            self.late_tapes.iter().filter(|(_, since)| now - **since > LAST_TAPE_MS).map(|(id, _)| *id).collect();
        for recording in lost {
            self.orphan(now, "recording", recording.to_string());
            self.recordings.remove(&recording);
        }
    }
}
