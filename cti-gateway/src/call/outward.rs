//! Legs to numbers outside that have not answered yet: who waits for them, and who had them dialed.

use super::*;

impl Call {
    /// Whoever waits for the answer hears what the far end's network says meanwhile, in place of our ringing or music.
    pub(super) fn early_media(&self, leg: LegId, out: &mut Vec<Action>) {
        if self.legs.get(&leg).is_none_or(|known| known.over.is_some()) {
            return;
        }
        let listener = match &self.stage {
            Stage::Dialing(dialing) if dialing.lifted && leg == self.caller_leg => dialing.leg,
            Stage::Outside { leg: outside, answered: false, .. } if *outside == leg => self.caller_leg,
            Stage::Talking(talk) if self.asks_outside(leg) => talk.leg,
            _ => return,
        };
        out.extend([Action::Quiet(listener), Action::Hear { leg: listener, source: leg, on: true }]);
    }

    /// The person who had this leg to a number outside dialed. None: a flow or a rule did, or it is no such leg.
    #[must_use]
    pub fn dialed_by(&self, leg: LegId) -> Option<AgentId> {
        match &self.stage {
            Stage::Dialing(dialing) if leg == self.caller_leg => Some(dialing.agent),
            Stage::Outside { leg: outside, answered: false, .. } if *outside == leg => self.moving.as_ref().map(|moving| moving.by),
            Stage::Talking(talk) if self.asks_outside(leg) => Some(talk.agent),
            _ => None,
        }
    }
}
