//! What signalling keeps up with trunks, as it stands: heard beside the switch, told to whoever asks, and every change in
//! the log.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use contract::{EpochMs, TrunkId};

use crate::sip::api::{Reached, TrunkRegistration, TrunkState, UaEvent};

/// A trunk as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrunkLine {
    pub state: TrunkState,
    /// Since when the registration is what it is.
    pub since: EpochMs,
}

/// Those of the directory that we register at, or ask whether they live.
#[derive(Debug, Clone, Default)]
pub struct TrunkBook(Arc<Mutex<BTreeMap<TrunkId, TrunkLine>>>);

impl TrunkBook {
    /// Takes note of what signalling told.
    pub fn note(&self, now: EpochMs, event: &UaEvent) {
        let UaEvent::Trunk { trunk, name, state } = event else { return };
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(state) = state else {
            lines.remove(trunk);
            return;
        };
        let old = lines.get(trunk);
        tell(name, old.map(|line| &line.state), state);
        let since = old.filter(|line| line.state.registration == state.registration).map_or(now, |line| line.since);
        lines.insert(*trunk, TrunkLine { state: state.clone(), since });
    }

    #[must_use]
    pub fn line(&self, trunk: TrunkId) -> Option<TrunkLine> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&trunk).cloned()
    }
}

/// Says in the log what has changed.
fn tell(name: &str, old: Option<&TrunkState>, new: &TrunkState) {
    if old.map(|state| &state.registration) != Some(&new.registration) {
        match &new.registration {
            Some(TrunkRegistration::Registered { at }) => tracing::info!(trunk = name, "registered at trunk {name} ({at})"),
            Some(TrunkRegistration::Failed { status, reason, .. }) => tracing::warn!(
                trunk = name,
                status,
                "not registered at trunk {name}: {status} {reason}; calls do not come in there until it works. Look at its \
                 user, password, addresses and transport under Admin, Trunks"
            ),
            Some(TrunkRegistration::Trying) | None => {}
        }
    }
    for (at, reached) in &new.addresses {
        let before = old.and_then(|state| state.addresses.iter().find(|(known, _)| known == at)).map(|(_, reached)| *reached);
        match (before, reached) {
            (Some(Reached::Down), Reached::Up) => tracing::info!(trunk = name, "{at} of trunk {name} answers again"),
            (before, Reached::Down) if before != Some(Reached::Down) => {
                tracing::warn!(trunk = name, "{at} of trunk {name} does not answer OPTIONS; calls pass it over until it does");
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_since_when_it_is_registered_and_goes_with_its_trunk() {
        let (book, trunk) = (TrunkBook::default(), TrunkId(3));
        let at = ([192, 0, 2, 1], 5060).into();
        let state = |registration, reached| UaEvent::Trunk {
            trunk,
            name: "carrier".into(),
            state: Some(TrunkState { registration: Some(registration), addresses: vec![(at, reached)] }),
        };
        book.note(1, &state(TrunkRegistration::Trying, Reached::Unknown));
        book.note(2, &state(TrunkRegistration::Registered { at }, Reached::Unknown));
        book.note(3, &state(TrunkRegistration::Registered { at }, Reached::Down));
        let line = book.line(trunk).unwrap();
        assert_eq!((line.since, line.state.addresses[0].1), (2, Reached::Down));
        book.note(4, &UaEvent::Trunk { trunk, name: "carrier".into(), state: None });
        assert_eq!(book.line(trunk), None);
    }
}
