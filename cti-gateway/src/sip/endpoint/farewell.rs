//! The end of the endpoint itself: whoever could ask is gone, and what still stands is taken down in order.

use std::time::Instant;

use super::Endpoint;
use crate::sip::api::{DialogId, UaCommand};

impl Endpoint {
    /// No new calls; our registrations are taken back; BYE, CANCEL or a refusal to every dialog, as fits its state.
    pub fn farewell(&mut self, now: Instant) {
        self.admission.drain(true);
        let standing: Vec<DialogId> = self.legs.keys().copied().collect();
        for dialog in standing {
            self.ask(now, UaCommand::Bye { dialog, reason: None });
        }
        self.leave_trunks(now);
    }

    /// No dialog is left, not even one on its way down, and no registration of ours.
    #[must_use]
    pub fn has_let_go(&self) -> bool {
        self.legs.is_empty() && self.outward.has_left()
    }
}
