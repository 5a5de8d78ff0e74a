//! After a connection was made: what is there is compared with what was known. What still stands goes on, what vanished meanwhile
//! has ended, what is new is taken on in mid-call.

use contract::{EndCause, HungUpBy, InteractionId};

use super::*;

/// What happened while the list was made, and need not be in it.
#[derive(Debug, Default)]
pub(super) struct Listing {
    fresh: BTreeSet<String>,
    gone: BTreeSet<String>,
}

impl Listing {
    pub fn fresh(&mut self, id: &str) {
        if self.fresh.len() < MOST_CHANNELS {
            self.fresh.insert(id.to_owned());
        }
    }

    pub fn gone(&mut self, id: &str) {
        self.fresh.remove(id);
        if self.gone.len() < MOST_CHANNELS {
            self.gone.insert(id.to_owned());
        }
    }
}

impl Calls {
    pub(super) fn listed(&mut self, list: Vec<Channel>, turn: &mut Turn<'_>) {
        let listing = self.listing.take().unwrap_or_default();
        let mut list: Vec<Channel> = list.into_iter().filter(|at| !listing.gone.contains(&at.id)).collect();
        // Who called first, so that the others find their call.
        list.sort_by_key(|at| (at.linked != at.id, turn.world.desk(&at.line).is_some()));
        let there: BTreeSet<&str> = list.iter().map(|at| at.id.as_str()).collect();
        let still = |id: &str| there.contains(id) || listing.fresh.contains(id);
        self.vanished(&still, turn);
        let mut ids = Vec::with_capacity(list.len());
        for at in list {
            ids.push(at.id.clone());
            self.keep(at);
        }
        for id in &ids {
            self.place(id, turn);
            self.adopt(id, turn);
        }
        self.compare(&ids, turn);
    }

    /// Calls nothing is left of, and channels of those that stand.
    fn vanished(&mut self, still: &dyn Fn(&str) -> bool, turn: &mut Turn<'_>) {
        let stands = |call: &Call| match (&call.customer, &call.dialing) {
            (Some(customer), _) => still(customer) || call.direction != contract::Direction::Inbound && call.channels.iter().any(|id| still(id)),
            // Asked for while nobody could be asked: its phone would be in the list.
            (None, Some(dialing)) => dialing.until > turn.now,
            (None, None) => still(&call.root),
        };
        let over: Vec<InteractionId> = self.calls.iter().filter(|(_, call)| !stands(call)).map(|(id, _)| *id).collect();
        for call in over {
            self.finish(call, EndCause::Interrupted, HungUpBy::System, turn);
        }
        let gone: Vec<String> = self.channels.keys().filter(|id| !still(id)).cloned().collect();
        for id in gone {
            self.gone(&id, EndCause::Interrupted, turn);
        }
    }

    /// Of a call whose first channel has gone: the first that is there stands for it.
    fn adopt(&mut self, id: &str, turn: &mut Turn<'_>) {
        let Some(known) = self.channels.get(id).filter(|known| known.call.is_none()) else { return };
        let linked = known.at.linked.clone();
        let there = known.at.stage == Stage::Up && half(&known.at.handle).is_none();
        if !there || linked == id || self.channels.contains_key(&linked) {
            return;
        }
        self.begin(id, turn);
        if let Some(call) = self.call_of(id) {
            self.by_root.insert(linked, call);
        }
    }

    /// Stages and bridges as they are listed.
    fn compare(&mut self, ids: &[String], turn: &mut Turn<'_>) {
        let mut calls: BTreeSet<InteractionId> = BTreeSet::new();
        for id in ids {
            let Some(known) = self.channels.get(id) else { continue };
            let (stage, line, call) = (known.at.stage, known.at.line.clone(), known.call);
            let phone = half(&known.at.handle).is_none();
            let Some(call) = call else { continue };
            calls.insert(call);
            match (stage, turn.world.desk(&line).filter(|_| phone)) {
                (Stage::Ringing, Some(Desk { agent: Some(agent), station })) => self.offer(call, agent, station, Some(id), turn),
                (Stage::Ringing, _) => self.leg_rings(id, turn),
                (Stage::Up, _) => {
                    self.leg_answered(id, turn);
                    self.offer_answered(id, turn);
                }
                _ => {}
            }
        }
        for call in calls {
            self.mind_talks(call, turn);
        }
    }
}
