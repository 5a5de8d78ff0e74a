//! What the PBX records of talks. A recording is told once somebody talks in it, as begun when it began; when it is complete at
//! the PBX it is to be fetched, and whoever does so tells its end.

use contract::{AgentId, EpochMs, EventKind, InteractionId, QueueId, RecordingId, RecordingKind};

use super::*;

/// Recordings of one call.
const MOST_TAPES: usize = 16;
/// A recording with that name is another one's.
const LONGEST_NAME: usize = 1_000;

/// A recording to fetch.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Fetch {
    pub call: InteractionId,
    pub recording: RecordingId,
    /// As the PBX names it.
    pub file: String,
    /// Where it belongs, below the recordings folder.
    pub path: String,
    pub began: EpochMs,
}

impl Calls {
    pub(super) fn tape_begins(&mut self, id: &str, file: String, turn: &mut Turn<'_>) {
        let Some(call) = self.call_of(id) else { return };
        let Some(of) = self.calls.get_mut(&call) else { return };
        if of.tapes.len() >= MOST_TAPES || file.len() > LONGEST_NAME || of.tapes.iter().any(|tape| tape.file == file) {
            return;
        }
        of.tapes.push(Tape { channel: id.to_owned(), file, since: turn.now, told: None, paused: false });
        let talking = of.talks.iter().next().map(|(agent, talk)| (*agent, talk.queue));
        if let Some((agent, queue)) = talking {
            self.tell_tapes(call, agent, queue, turn);
        }
    }

    pub(super) fn tell_tapes(&mut self, call: InteractionId, agent: AgentId, queue: Option<QueueId>, turn: &mut Turn<'_>) {
        let ids = self.ids.clone();
        let Some(of) = self.calls.get_mut(&call) else { return };
        for tape in of.tapes.iter_mut().filter(|tape| tape.told.is_none()) {
            let recording: RecordingId = ids.make(turn.now);
            tape.told = Some(recording);
            let (what, path) = (RecordingKind::Talk, crate::call::recording_path(tape.since, recording));
            let made = Fetch { call, recording, file: tape.file.clone(), path: path.clone(), began: tape.since };
            let kind = EventKind::RecordingStarted { recording, what, agent: Some(agent), queue, path };
            turn.out.extend([Out::Made(made), Out::Tell { at: tape.since, call, kind }]);
        }
    }

    /// The talk of a queue that is to be recorded, and which the PBX does not record by itself.
    pub(super) fn record(&mut self, call: InteractionId, turn: &mut Turn<'_>) {
        let Some(of) = self.calls.get_mut(&call) else { return };
        of.record_at = None;
        if !of.tapes.is_empty() {
            return;
        }
        let folder = of.talks.values().find_map(|talk| talk.queue).and_then(|queue| turn.world.record_into(queue));
        let channel = of.customer.as_ref().and_then(|id| self.channels.get(id)).map(|known| known.at.handle.clone());
        let (Some(folder), Some(channel)) = (folder, channel) else { return };
        let file = format!("{}/zuoxi-{call}.wav", folder.trim_end_matches('/'));
        let token = self.next_token();
        turn.out.push(Out::Ask { token, ask: Ask::Record { channel, file } });
    }

    pub(super) fn tape_over(&mut self, id: &str, turn: &mut Turn<'_>) {
        let Some(call) = self.call_of(id) else { return };
        let Some(of) = self.calls.get_mut(&call) else { return };
        let (over, goes_on) = std::mem::take(&mut of.tapes).into_iter().partition(|tape| tape.channel == id);
        of.tapes = goes_on;
        fetch(call, over, turn);
    }

    pub(super) fn all_tapes_over(&mut self, call: InteractionId, turn: &mut Turn<'_>) {
        if let Some(of) = self.calls.get_mut(&call) {
            fetch(call, std::mem::take(&mut of.tapes), turn);
        }
    }

    /// Somebody silenced a recording: we, as is known by what was asked, or somebody at the PBX.
    pub(super) fn tape_muted(&mut self, id: &str, on: bool, turn: &mut Turn<'_>) {
        let Some(call) = self.call_of(id) else { return };
        let asked = self.pending.iter().find_map(|(token, pending)| match pending {
            Pending::Record { call: of, agent, pause } if *of == call && pause.is_some() == on => Some((*token, *agent, pause.clone())),
            _ => None,
        });
        let talker = self.calls.get(&call).and_then(|of| of.talks.keys().next().copied());
        match (asked, talker) {
            (Some((token, agent, pause)), _) => {
                self.pending.remove(&token);
                self.tape_was_muted(call, agent, pause, turn);
            }
            (None, Some(agent)) => self.tape_was_muted(call, agent, on.then(|| "at the PBX".to_owned()), turn),
            (None, None) => {}
        }
    }

    pub(super) fn tape_was_muted(&mut self, call: InteractionId, agent: AgentId, pause: Option<String>, turn: &mut Turn<'_>) {
        let Some(of) = self.calls.get_mut(&call) else { return };
        for tape in of.tapes.iter_mut().filter(|tape| tape.paused != pause.is_some()) {
            tape.paused = pause.is_some();
            let Some(recording) = tape.told else { continue };
            let kind = match &pause {
                Some(reason) => EventKind::RecordingPaused { recording, agent, reason: reason.clone() },
                None => EventKind::RecordingResumed { recording, agent },
            };
            turn.out.push(Out::Tell { at: turn.now, call, kind });
        }
    }
}

fn fetch(call: InteractionId, tapes: Vec<Tape>, turn: &mut Turn<'_>) {
    for tape in tapes {
        if let Some(recording) = tape.told {
            let path = crate::call::recording_path(tape.since, recording);
            turn.out.push(Out::Fetch(Fetch { call, recording, file: tape.file, path, began: tape.since }));
        }
    }
}
