//! What happens at a PBX and what may be asked of it, in words that are nobody's dialect.

use contract::{EndCause, OfferOutcome};

/// How far a channel is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Made by the PBX, and nothing rings yet.
    Down,
    /// It calls the PBX.
    Calling,
    /// Its phone rings.
    Ringing,
    Up,
}

/// One channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// Never changes, and no other ever has it.
    pub id: String,
    /// What the PBX is told to mean it.
    pub handle: String,
    /// Whose it is, as [`contract::directory::Beside::line`] names phones.
    pub line: String,
    /// The first channel of the call it belongs to; its own where it is that.
    pub linked: String,
    pub stage: Stage,
    pub number: String,
    pub name: String,
    pub dialed: String,
    pub bridge: Option<String>,
    /// The queue that has it, or had it, where a list says so.
    pub queue: Option<String>,
}

/// Why a caller is in a queue no longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    Abandoned,
    TimedOut,
    /// The PBX does not say: what else is known tells.
    Unsaid,
}

/// A caller in a queue, as a list of the PBX names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    pub id: String,
    pub queue: String,
    pub position: u32,
    pub waited_ms: u32,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    Channel(Channel),
    Stage { id: String, stage: Stage },
    /// It is called otherwise from now on.
    Renamed { id: String, handle: String },
    CallerIs { id: String, number: String, name: String },
    /// It belongs to the call of another first channel from now on.
    Linked { id: String, linked: String },
    /// It asked to be hung up: whose it is hung up.
    HangsUp { id: String },
    Gone { id: String, cause: EndCause },
    /// A channel is rung for another; for none: by a program.
    Rings { by: Option<String>, id: String },
    /// That came to nothing.
    RangOut { id: String, outcome: OfferOutcome },
    Bridged { id: String, bridge: String },
    Parted { id: String },
    /// By the phone of this channel.
    Held { id: String, on: bool },
    QueueJoined { id: String, queue: String, position: u32 },
    QueueLeft { id: String, queue: String, how: Left },
    /// A member of the queue is rung for a caller; by which channel may be known later.
    MemberRung { caller: String, queue: String, line: String, id: Option<String> },
    MemberAnswered { caller: String, line: String, id: Option<String> },
    MemberMissed { caller: String, line: String, outcome: OfferOutcome },
    Paused { queue: String, line: String, paused: bool, reason: String },
    /// A phone has become a member of a queue, and is there as that queue has it.
    MemberAdded { line: String, paused: bool },
    Recording { id: String, file: String },
    RecordingOver { id: String },
    RecordingMuted { id: String, on: bool },
    /// It was dialed for us; what we had it marked with.
    Ours { id: String, key: String },
    /// What was to be dialed for us was not.
    NotDialed { token: u64, cause: EndCause },
    /// A list of all channels begins to be made: what happens meanwhile may be in it or not.
    ListBegins,
    Listed(Vec<Channel>),
    /// All who wait in queues.
    ListedWaiting(Vec<Waiting>),
}

/// What is asked of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    Hangup { channel: String },
    /// The channel goes to this extension of the dialplan.
    Redirect { channel: String, to: String, context: String },
    Digits { channel: String, digits: String },
    /// All that is said with this channel is recorded from now on.
    Record { channel: String, file: String },
    /// Silence is written into the recording of this channel, or sound again.
    MuteRecording { channel: String, file: String, on: bool },
    Hold { channel: String, on: bool },
    /// The phone of `line` is rung; lifted, `number` is dialed. `key` marks the channel. `shown`: to whom is called; empty: what
    /// the PBX shows by itself.
    Originate { line: String, number: String, context: String, key: String, shown: String },
    Pause { line: String, paused: bool, reason: String },
}

/// What came of it; the PBX's own words where it said no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub token: u64,
    pub done: Result<(), String>,
}

/// The variable of a channel that marks it as dialed for us.
pub const KEY: &str = "ZUOXI_CALL";
