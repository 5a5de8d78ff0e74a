//! Recordings: found, heard and drawn. Who listened is written down once per listening, not once per range.

use std::collections::HashMap;
use std::sync::Mutex;

use contract::{AgentId, EpochMs, RecordingId};

/// One listening lasts so long without a request.
const PAUSE_MS: i64 = 30 * 60_000;
/// Listenings remembered; the oldest goes.
const MOST: usize = 10_000;

/// Who listens to what, since when.
#[derive(Debug, Default)]
pub struct Listening(Mutex<HashMap<(AgentId, RecordingId), EpochMs>>);

impl Listening {
    /// This request begins a listening, rather than going on with one.
    pub fn begins(&self, agent: AgentId, recording: RecordingId, now: EpochMs) -> bool {
        let mut all = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let last = all.insert((agent, recording), now);
        if all.len() > MOST {
            let oldest = all.iter().min_by_key(|(_, at)| **at).map(|(key, _)| *key);
            oldest.map(|key| all.remove(&key));
        }
        last.is_none_or(|at| now - at > PAUSE_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_of_one_player_are_one_listening_and_coming_back_later_is_another() {
        let (listening, me, it) = (Listening::default(), AgentId(1), RecordingId(7));
        let told = [0, 1_000, 900_000, 900_000 + PAUSE_MS + 1].map(|now| listening.begins(me, it, now));
        assert_eq!(told, [true, false, false, true]);
        assert!(listening.begins(AgentId(2), it, 1_000));
    }
}
