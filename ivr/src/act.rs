//! The words between a [`Session`](crate::Session) and the call machine: what happened, and what to do about it.
//! Plain data. The call machine carries out every [`Act`] in order and reports back with the ids it was given.

use std::sync::Arc;

use contract::{AgentId, Caller, Candidate, EndCause, EventKind, PhoneNumber, QueueId};

use crate::{Flow, Language};

/// What is known when the call reaches the flow.
#[derive(Debug, Clone)]
pub struct Start {
    pub caller: Caller,
    /// The number the caller dialed, as the trunk sent it.
    pub dialed: String,
    /// ISO 3166 country of the caller's number (`CN`), where known.
    pub country: Option<String>,
}

/// What happens to a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// The caller leg is answered and can hear. Once, first.
    Started,
    /// One of `0-9*#A-D`, pressed by the caller. Welcome at any time: what no node asks for yet is kept.
    Digit(char),
    /// The play `id` is over: heard whole, stopped, or (`ok: false`) impossible, as with a file that is not there.
    PlayDone { id: u32, ok: bool },
    /// [`Session::deadline`](crate::Session::deadline) has come.
    Deadline,
    /// The customer store has answered.
    Identified(Vec<Candidate>),
    /// The queue of the last [`Act::Queue`] could not keep the caller, and the exit asked to hear of it.
    QueueReturned(QueueReturn),
    /// The target of the last [`Act::Transfer`] could not be reached; the caller is still here.
    TransferFailed(EndCause),
    /// The message of the last [`Act::Record`] is over; `saved`: there is one, and it is kept.
    Recorded { saved: bool },
    /// Take a message for this queue now, whatever the flow was doing: the queue's own rule says voicemail.
    TakeMessage { queue: QueueId },
    /// The caller hung up.
    CallerLeft,
}

/// Why a queue gave a caller back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum QueueReturn {
    /// The longest wait is over.
    MaxWait,
    /// No place in it.
    Full,
}

/// What the call machine is asked to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    /// Play these one after the other and answer with [`Input::PlayDone`]. Replaces nothing: the session stops what
    /// plays before it asks for more. `barge_in`: the session will stop it at the first digit (told for display only).
    Play { id: u32, prompts: Vec<Prompt>, barge_in: bool },
    /// Stop the play `id` at once. A [`Input::PlayDone`] for it is welcome but not needed.
    StopPlay { id: u32 },
    /// Back to the agent who sent the caller here; `result`: what the flow tells them.
    Return { result: Option<String> },
    /// Queue the caller. The session waits for [`Input::QueueReturned`] (only where asked), or for nothing at all.
    Queue(QueueExit),
    /// Connect the caller elsewhere. [`Input::TransferFailed`] must follow if that does not succeed.
    Transfer(TransferExit),
    /// Record a message; [`Input::Recorded`] must follow.
    Record(Voicemail),
    /// Hang up. Nothing follows.
    Hangup(EndCause),
    /// Tell the log: the flow could not be carried out as written. What the caller gets instead is in the other acts.
    Trouble { flow: String, why: String },
    /// Tell the ledger: `FlowStarted`, `FlowStep`, `DigitsCollected`, `FlowEnded`.
    Emit(EventKind),
}

/// One piece of sound.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Prompt {
    /// A prompt of the library, by name, in this language.
    File { language: Language, name: Arc<str> },
    /// Text for the configured text-to-speech command.
    Text { language: Language, text: String },
}

/// How a caller enters a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueExit {
    pub queue: QueueId,
    /// 0 to 9; the queue's own where none.
    pub priority: Option<u8>,
    /// The caller is on the VIP list, or the best candidate is marked VIP.
    pub vip: bool,
    /// For announcements while waiting.
    pub language: Language,
    /// The flow goes on by itself when the longest wait is over: send [`Input::QueueReturned`] instead of the queue's own rule.
    pub returns_at_max_wait: bool,
    /// The same, when the queue is full.
    pub returns_when_full: bool,
}

/// Where a flow sends a caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransferTo {
    /// As written in the flow; the gateway normalises it and asks its number rules.
    Number(String),
    Agent(AgentId),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferExit {
    pub to: TransferTo,
    /// Give up after ringing this long.
    pub ring_ms: u32,
    pub language: Language,
}

/// How a message is recorded. The tone before it is the call machine's to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voicemail {
    /// Whose agents are to hear of it.
    pub queue: Option<QueueId>,
    pub max_ms: u32,
    /// Ends the message; the digit comes to the call machine, not to the session.
    pub finish_on: char,
    /// Shorter than this is no message.
    pub min_ms: u32,
}

/// A queue as a condition may see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct QueueState {
    pub waiting: u32,
    pub longest_wait_ms: u32,
    /// Agents who could be offered a call of this queue now.
    pub agents_ready: u32,
    /// Agents signed in who have its skills, whatever they are doing.
    pub agents_signed_in: u32,
}

/// What a session may ask of the company while it decides. Reads memory, never waits.
pub trait World {
    /// Whether `number` is on the list of that name. An unknown list holds nobody.
    fn listed(&self, list: &str, number: &PhoneNumber) -> bool;
    /// A queue now; zeros where it is unknown.
    fn queue(&self, queue: QueueId) -> QueueState;
    /// The flow of that name as it runs now, for `goto`.
    fn flow(&self, name: &str) -> Option<Arc<Flow>>;
}
