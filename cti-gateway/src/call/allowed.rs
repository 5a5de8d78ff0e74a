//! The one table of what each state of a call on a desk allows. The desktop shows it, the server refuses by it.

use contract::directory::{AnswerBy, PbxKind};
use contract::{CallAction, CardState, RecordingState};

/// Whom else there is in a talk, as an agent's buttons see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Beside {
    #[default]
    Nobody,
    /// Somebody was asked for and is not there yet.
    Asking,
    /// Somebody asked is there, apart from the caller.
    Consulting,
    /// All hear each other. `full`: nobody else may be asked.
    Conference { full: bool },
    /// I was asked; the talk is a colleague's.
    Asked,
    /// The caller is in a flow, and I get them back.
    Flow,
}

/// A call as one agent's desk sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Face {
    pub state: CardState,
    pub answer_by: AnswerBy,
    pub muted: bool,
    pub recording: RecordingState,
    /// A wrap-up that has a timer can be extended.
    pub timed_wrap_up: bool,
    pub beside: Beside,
    /// A PBX has the call, and does only what it can.
    pub at: Option<PbxKind>,
}

/// Buttons that live, in the order they stand on the bar.
#[must_use]
pub fn allowed(face: &Face) -> Vec<CallAction> {
    use CallAction as A;
    let mute = if face.muted { A::Unmute } else { A::Mute };
    let record = match face.recording {
        RecordingState::Off => None,
        RecordingState::On => Some(A::PauseRecording),
        RecordingState::Paused => Some(A::ResumeRecording),
    };
    let mut out = match face.state {
        CardState::Ringing if face.answer_by == AnswerBy::Phone => vec![A::Reject],
        CardState::Ringing => vec![A::Answer, A::Reject],
        CardState::Connecting => vec![A::Hangup],
        CardState::Talking | CardState::Held => match (face.beside, face.state == CardState::Held) {
            (Beside::Nobody, false) => {
                vec![A::Hold, mute, A::SendDigits, A::Transfer, A::Consult, A::Park, A::Hangup, A::Dispose]
            }
            (Beside::Nobody, true) => vec![A::Resume, A::Transfer, A::Consult, A::Park, A::Hangup, A::Dispose],
            (Beside::Flow, _) => vec![A::Resume, mute, A::Hangup, A::Dispose],
            (Beside::Asking, _) => vec![A::Drop, A::Transfer, A::Dispose],
            (Beside::Consulting, _) => vec![A::Complete, A::Swap, A::Join, A::Drop, mute, A::SendDigits, A::Dispose],
            (Beside::Conference { full: false }, false) => {
                vec![A::Complete, A::Consult, A::Drop, mute, A::SendDigits, A::Hangup, A::Dispose]
            }
            (Beside::Conference { full: true }, false) => {
                vec![A::Complete, A::Drop, mute, A::SendDigits, A::Hangup, A::Dispose]
            }
            (Beside::Conference { .. }, true) => vec![A::Resume, A::Complete, A::Drop, A::Hangup, A::Dispose],
            (Beside::Asked, _) => vec![mute, A::Hangup],
        },
        CardState::WrapUp if face.timed_wrap_up => vec![A::Dispose, A::ExtendWrapUp, A::EndWrapUp],
        CardState::WrapUp => vec![A::Dispose, A::EndWrapUp],
    };
    let own = !matches!(face.beside, Beside::Asked | Beside::Flow);
    if matches!(face.state, CardState::Talking | CardState::Held) && own {
        out.extend(record);
    }
    if let Some(kind) = face.at {
        out.retain(|action| crate::pbx::can(kind, *action));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_allows_what_its_row_says() {
        let face = Face {
            state: CardState::Talking,
            answer_by: AnswerBy::TalkEvent,
            muted: false,
            recording: RecordingState::On,
            timed_wrap_up: true,
            beside: Beside::Nobody,
            at: None,
        };
        use CallAction as A;
        let rows: [(Face, &[CallAction]); 15] = [
            (Face { state: CardState::Ringing, ..face }, &[A::Answer, A::Reject]),
            (Face { state: CardState::Ringing, answer_by: AnswerBy::Phone, ..face }, &[A::Reject]),
            (Face { state: CardState::Connecting, ..face }, &[A::Hangup]),
            (face, &[A::Hold, A::Mute, A::SendDigits, A::Transfer, A::Consult, A::Park, A::Hangup, A::Dispose, A::PauseRecording]),
            (
                Face { muted: true, recording: RecordingState::Paused, ..face },
                &[A::Hold, A::Unmute, A::SendDigits, A::Transfer, A::Consult, A::Park, A::Hangup, A::Dispose, A::ResumeRecording],
            ),
            (
                Face { state: CardState::Held, recording: RecordingState::Off, ..face },
                &[A::Resume, A::Transfer, A::Consult, A::Park, A::Hangup, A::Dispose],
            ),
            (
                Face { state: CardState::Held, beside: Beside::Flow, recording: RecordingState::Paused, ..face },
                &[A::Resume, A::Mute, A::Hangup, A::Dispose],
            ),
            (
                Face { state: CardState::Held, beside: Beside::Asking, ..face },
                &[A::Drop, A::Transfer, A::Dispose, A::PauseRecording],
            ),
            (
                Face { state: CardState::Held, beside: Beside::Consulting, ..face },
                &[A::Complete, A::Swap, A::Join, A::Drop, A::Mute, A::SendDigits, A::Dispose, A::PauseRecording],
            ),
            (
                Face { beside: Beside::Consulting, recording: RecordingState::Off, ..face },
                &[A::Complete, A::Swap, A::Join, A::Drop, A::Mute, A::SendDigits, A::Dispose],
            ),
            (
                Face { beside: Beside::Conference { full: false }, ..face },
                &[A::Complete, A::Consult, A::Drop, A::Mute, A::SendDigits, A::Hangup, A::Dispose, A::PauseRecording],
            ),
            (
                Face { beside: Beside::Conference { full: true }, recording: RecordingState::Off, ..face },
                &[A::Complete, A::Drop, A::Mute, A::SendDigits, A::Hangup, A::Dispose],
            ),
            (
                Face { state: CardState::Held, beside: Beside::Conference { full: true }, recording: RecordingState::Off, ..face },
                &[A::Resume, A::Complete, A::Drop, A::Hangup, A::Dispose],
            ),
            (Face { beside: Beside::Asked, ..face }, &[A::Mute, A::Hangup]),
            (Face { state: CardState::WrapUp, timed_wrap_up: false, ..face }, &[A::Dispose, A::EndWrapUp]),
        ];
        for (face, want) in rows {
            assert_eq!(allowed(&face), want, "{face:?}");
        }
    }

    #[test]
    fn a_call_at_a_pbx_allows_what_the_pbx_can() {
        let face = Face {
            state: CardState::Talking,
            answer_by: AnswerBy::Phone,
            muted: false,
            recording: RecordingState::On,
            timed_wrap_up: true,
            beside: Beside::Nobody,
            at: Some(PbxKind::Asterisk),
        };
        use CallAction as A;
        let free = Face { at: Some(PbxKind::FreeSwitch), ..face };
        let rows: [(Face, &[CallAction]); 8] = [
            (face, &[A::SendDigits, A::Transfer, A::Hangup, A::Dispose, A::PauseRecording]),
            (Face { recording: RecordingState::Paused, ..face }, &[A::SendDigits, A::Transfer, A::Hangup, A::Dispose, A::ResumeRecording]),
            (free, &[A::Hold, A::SendDigits, A::Transfer, A::Hangup, A::Dispose, A::PauseRecording]),
            (Face { state: CardState::Held, ..face }, &[A::Transfer, A::Hangup, A::Dispose, A::PauseRecording]),
            (Face { state: CardState::Held, ..free }, &[A::Resume, A::Transfer, A::Hangup, A::Dispose, A::PauseRecording]),
            (Face { state: CardState::Ringing, ..face }, &[]),
            (Face { state: CardState::Connecting, ..face }, &[A::Hangup]),
            (Face { state: CardState::WrapUp, ..face }, &[A::Dispose, A::ExtendWrapUp, A::EndWrapUp]),
        ];
        for (face, want) in rows {
            assert_eq!(allowed(&face), want, "{face:?}");
        }
    }
}
