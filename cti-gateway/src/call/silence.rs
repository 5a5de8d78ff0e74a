//! Silence is not hang-up. How long a leg may send no audio depends on what the call is at: who waits, holds or is muted
//! may be silent for long, who talks may not. Dead ends that are never judged here are found by session timers (RFC 4028).

use super::*;

/// No audio for so long ends a leg: while talking, and while a flow or a queue leads (a caller may listen in silence).
pub const SILENT_TALK_MS: u32 = 120_000;
pub const SILENT_WAIT_MS: u32 = 600_000;
/// The phone is not registered any more: one that sends nothing for so long is gone. Media tells every five seconds.
pub const SILENT_LOST_MS: u32 = 4_500;
/// The same where it may rightly be silent: time enough to come back.
pub const SILENT_LOST_HELD_MS: u32 = 30_000;
/// Silence is what was asked for: on hold, or muted.
const NEVER: u32 = u32::MAX;

/// How long each side may be silent, and since when this holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Patience {
    caller: u32,
    /// An agent or a number outside.
    other: u32,
    since: EpochMs,
}

impl Patience {
    pub(super) fn begin(now: EpochMs) -> Self {
        Self { caller: SILENT_WAIT_MS, other: SILENT_WAIT_MS, since: now }
    }
}

impl Call {
    /// Whether a leg that has sent nothing for `ms` is to be given up. Only silence under the rule of now counts: a caller
    /// who was rightly silent in the queue has all the time of a talk before it.
    pub(super) fn too_silent(&self, now: EpochMs, leg: LegId, ms: u32) -> bool {
        if self.supervises(leg) {
            return false;
        }
        if let Some(there) = self.asked_there().find(|there| there.leg == leg) {
            let most = self.patience_with(there);
            let counts = u32::try_from((now - there.judged).max(0)).unwrap_or(u32::MAX).min(ms);
            return most != NEVER && counts >= most;
        }
        let Patience { caller, other, since } = self.patience;
        let most = if leg == self.caller_leg { caller } else { other };
        let counts = u32::try_from((now - since).max(0)).unwrap_or(u32::MAX).min(ms);
        most != NEVER && counts >= most
    }

    /// Somebody asked into the talk may be silent while the agent is with the caller, muted, or on hold.
    fn patience_with(&self, there: &super::consult::There) -> u32 {
        let away = matches!(&self.stage, Stage::Talking(talk) if talk.held_since.is_none()) && !there.joined;
        match (away || there.muted || self.holds(there.leg), there.lost) {
            (true, false) => NEVER,
            (true, true) => SILENT_LOST_HELD_MS,
            (false, false) => SILENT_TALK_MS,
            (false, true) => SILENT_LOST_MS,
        }
    }

    /// Its far end has put us on hold.
    pub(super) fn holds(&self, leg: LegId) -> bool {
        self.legs.get(&leg).is_some_and(|known| known.holds)
    }

    /// Keeps the rule in step with what the call is at.
    pub(super) fn mind_silence(&mut self, now: EpochMs) {
        let usual = match &self.stage {
            // Who keys in a flow may be silent, not for ever.
            Stage::Talking(_) if self.visits() => SILENT_WAIT_MS,
            Stage::Talking(talk) if talk.held_since.is_some() => NEVER,
            Stage::Talking(_) | Stage::Outside { .. } => SILENT_TALK_MS,
            Stage::Flow
            | Stage::Dialing(_)
            | Stage::Entering(_)
            | Stage::Waiting(_)
            | Stage::Ringing(..)
            | Stage::Parked(_)
            | Stage::Message { .. }
            | Stage::Farewell { .. }
            | Stage::Closing { .. }
            | Stage::Over => SILENT_WAIT_MS,
        };
        let muted = matches!(&self.stage, Stage::Talking(talk) if talk.muted);
        let other = match &self.stage {
            Stage::Talking(talk) => Some(talk.leg),
            Stage::Outside { leg, .. } => Some(*leg),
            _ => None,
        };
        // Phones that hold us may play music of their own, or nothing at all.
        let caller = if self.holds(self.caller_leg) { NEVER } else { usual };
        let other = if muted || self.visits() || other.is_some_and(|leg| self.holds(leg)) { NEVER } else { usual };
        let lost = matches!(&self.stage, Stage::Talking(talk) if talk.lost);
        let other = match (lost, other) {
            (false, other) => other,
            (true, NEVER) => SILENT_LOST_HELD_MS,
            (true, _) => SILENT_LOST_MS,
        };
        if (caller, other) != (self.patience.caller, self.patience.other) {
            self.patience = Patience { caller, other, since: now };
        }
    }
}
