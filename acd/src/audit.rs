//! The truth audit: what the router claims against what is alive. Corrects what nobody owns and reports it; every report is
//! a fault somewhere, so its counter must read 0. Claims younger than a moment are left alone: their facts are under way.

use std::collections::BTreeSet;

use contract::{AgentId, EpochMs, InteractionId, OfferId, OfferOutcome, QueueOutcome, SeatWhy};

use crate::router::Router;
use crate::words::Decision;

/// Facts gathered for an audit may be this old.
const YOUNG_MS: EpochMs = 2_000;

/// What is alive, from those who own it.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Calls with an owner.
    pub calls: BTreeSet<InteractionId>,
    /// Who is on a call, by the legs: answered, not yet ended.
    pub legs: BTreeSet<(AgentId, InteractionId)>,
    /// Calls that believe they wait here.
    pub waiting: BTreeSet<InteractionId>,
}

/// Something nobody owned. All but [`Orphan::Unknown`] are corrected when reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Orphan {
    /// A seat claimed a call that is not alive, or that the agent is not on.
    Talk { agent: AgentId, interaction: InteractionId },
    /// An offer of a call that is not alive.
    Offer { offer: OfferId, interaction: InteractionId },
    /// A waiting entry without a call.
    Caller { interaction: InteractionId },
    /// A seat or caller held by an offer that does not exist.
    Lease { offer: OfferId },
    /// A call that believes it waits, twice in a row, and is not known here: its owner must enqueue it again.
    Unknown { interaction: InteractionId },
}

impl Router {
    /// Compares, corrects, and says both: what was wrong, and the decisions that follow from putting it right.
    #[must_use = "the decisions must be carried out"]
    pub fn audit(&mut self, now: EpochMs, facts: &Facts) -> (Vec<Orphan>, Vec<Decision>) {
        let mut orphans = Vec::new();
        self.audit_offers(now, facts, &mut orphans);
        self.audit_callers(now, facts, &mut orphans);
        self.audit_talks(now, facts, &mut orphans);
        self.bring_together(now);
        (orphans, std::mem::take(&mut self.out))
    }

    fn audit_offers(&mut self, now: EpochMs, facts: &Facts, orphans: &mut Vec<Orphan>) {
        let dead = |&(_, interaction, began): &(OfferId, InteractionId, EpochMs)| {
            now - began >= YOUNG_MS && !facts.calls.contains(&interaction)
        };
        let all = self.offers.iter().map(|(&id, offer)| (id, offer.interaction, offer.began));
        let gone: Vec<_> = all.filter(dead).collect();
        for (offer, interaction, _) in gone {
            orphans.push(Orphan::Offer { offer, interaction });
            if let Some(closed) = self.close_offer(now, offer, OfferOutcome::Withdrawn) {
                self.leave(now, interaction, QueueOutcome::Failed);
                self.settle(now, closed.agent, SeatWhy::Call, None);
            }
        }
        let held = |offer: &OfferId| !self.offers.contains_key(offer);
        let seats: Vec<_> = self.seats.iter().filter_map(|(&a, s)| s.offer.filter(held).map(|o| (a, o))).collect();
        let callers: Vec<_> = self.waiting.iter().filter_map(|(&i, e)| e.offer.filter(held).map(|o| (i, o))).collect();
        for (agent, offer) in seats {
            orphans.push(Orphan::Lease { offer });
            if let Some(state) = self.seats.get_mut(&agent) {
                state.offer = None;
            }
            self.settle(now, agent, SeatWhy::Call, None);
        }
        for (interaction, offer) in callers {
            orphans.push(Orphan::Lease { offer });
            if let Some(entry) = self.waiting.get_mut(&interaction) {
                entry.offer = None;
            }
            self.wait_freely(interaction);
        }
    }

    fn audit_callers(&mut self, now: EpochMs, facts: &Facts, orphans: &mut Vec<Orphan>) {
        let dead = |(interaction, joined): &(InteractionId, EpochMs)| {
            now - joined >= YOUNG_MS && !facts.calls.contains(interaction)
        };
        let gone: Vec<_> = self.waiting.iter().map(|(&id, entry)| (id, entry.joined)).filter(dead).collect();
        for (interaction, _) in gone {
            orphans.push(Orphan::Caller { interaction });
            self.leave(now, interaction, QueueOutcome::Failed);
        }
        let unknown = facts.waiting.iter().filter(|id| !self.waiting.contains_key(id)).copied();
        let unknown: BTreeSet<InteractionId> = unknown.collect();
        let again = unknown.intersection(&self.suspects).map(|&interaction| Orphan::Unknown { interaction });
        orphans.extend(again);
        self.suspects = unknown;
    }

    fn audit_talks(&mut self, now: EpochMs, facts: &Facts, orphans: &mut Vec<Orphan>) {
        let mut gone = Vec::new();
        for (&agent, state) in &self.seats {
            for call in &state.calls {
                let alive = facts.calls.contains(&call.interaction)
                    && facts.legs.contains(&(agent, call.interaction));
                if !alive && now - call.since >= YOUNG_MS {
                    gone.push((agent, call.interaction));
                }
            }
        }
        for (agent, interaction) in gone {
            orphans.push(Orphan::Talk { agent, interaction });
            self.talk_ended(now, agent, interaction);
        }
    }
}
