//! The nodes of a flow, as they are written. One struct a kind; the list of kinds stands once, in `nodes!`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::PromptSpec;
use crate::Language;

macro_rules! nodes {
    ($($(#[$doc:meta])* $kind:ident($spec:ident) = $name:literal,)*) => {
        /// One step of a flow; `kind` says which.
        #[derive(Debug, Clone, Serialize, JsonSchema)]
        #[serde(tag = "kind")]
        pub(crate) enum NodeSpec { $($(#[$doc])* #[serde(rename = $name)] $kind($spec),)* }

        impl NodeSpec {
            pub(crate) const KINDS: &[&str] = &[$($name),*];

            /// Reads a node whose `kind` has been taken out, so that errors keep their path. `None`: no such kind.
            pub(crate) fn read(kind: &str, rest: serde_json::Value) -> Option<Result<Self, serde_path_to_error::Error<serde_json::Error>>> {
                match kind {
                    $($name => Some(serde_path_to_error::deserialize::<_, $spec>(rest).map(Self::$kind)),)*
                    _ => None,
                }
            }
        }

        impl<'de> Deserialize<'de> for NodeSpec {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                use serde::de::Error;
                let mut map = serde_json::Map::deserialize(from)?;
                let kind = map.remove("kind").ok_or_else(|| Error::missing_field("kind"))?;
                let kind = kind.as_str().unwrap_or_default();
                Self::read(kind, map.into())
                    .ok_or_else(|| Error::unknown_variant(kind, Self::KINDS))?
                    .map_err(Error::custom)
            }
        }
    };
}

nodes! {
    /// Says something.
    Play(PlaySpec) = "play",
    /// Lets the caller choose by one digit.
    Menu(MenuSpec) = "menu",
    /// Lets the caller choose the language.
    Language(LanguageSpec) = "language",
    /// Takes digits into a variable.
    Collect(CollectSpec) = "collect",
    /// Goes on by conditions, first true first.
    Branch(BranchSpec) = "branch",
    /// Gives variables new values.
    Set(SetSpec) = "set",
    /// Goes on by opening hours.
    Hours(HoursSpec) = "hours",
    /// Puts the caller into a queue.
    Queue(QueueSpec) = "queue",
    /// Connects the caller to a number or an agent.
    Transfer(TransferSpec) = "transfer",
    /// Takes a message.
    Voicemail(VoicemailSpec) = "voicemail",
    /// Goes on in another flow, and does not come back.
    Goto(GotoSpec) = "goto",
    /// Gives the caller back to the agent who sent them here.
    Return(ReturnSpec) = "return",
    /// Ends the call.
    Hangup(HangupSpec) = "hangup",
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlaySpec {
    #[schemars(length(min = 1))]
    pub prompts: Vec<PromptSpec>,
    /// A digit ends the prompt and is kept for the next node that takes digits.
    #[serde(default = "yes")]
    pub barge_in: bool,
    pub next: String,
}

fn yes() -> bool {
    true
}

/// How often and how long a caller is asked.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MenuSpec {
    #[schemars(length(min = 1))]
    pub prompts: Vec<PromptSpec>,
    /// A digit ends the prompt.
    #[serde(default = "yes")]
    pub barge_in: bool,
    /// Digits pressed before this menu count.
    #[serde(default = "yes")]
    pub type_ahead: bool,
    /// By digit: `0` to `9`, `"*"`, `"#"`.
    #[schemars(length(min = 1))]
    pub choices: BTreeMap<String, ChoiceSpec>,
    /// This digit says the prompt again, without counting as a try.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat: Option<String>,
    /// Silence after the prompt.
    #[serde(default = "default_timeout_ms")]
    #[schemars(range(min = 500, max = 60_000))]
    pub timeout_ms: u32,
    /// How many times the caller is asked again, after silence and wrong digits taken together.
    #[serde(default = "default_retries")]
    #[schemars(range(max = 9))]
    pub retries: u8,
    /// Said after a digit that is no choice.
    #[serde(default = "invalid")]
    pub invalid: Vec<PromptSpec>,
    /// Said after silence.
    #[serde(default = "no_input")]
    pub no_input: Vec<PromptSpec>,
    /// Where the caller goes when no try is left.
    pub failed: String,
}

fn default_timeout_ms() -> u32 {
    5_000
}

fn default_retries() -> u8 {
    2
}

fn invalid() -> Vec<PromptSpec> {
    vec![PromptSpec::Named("invalid".into())]
}

fn no_input() -> Vec<PromptSpec> {
    vec![PromptSpec::Named("no-input".into())]
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChoiceSpec {
    /// What the agent sees when this was pressed.
    pub label: String,
    pub next: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LanguageSpec {
    /// Said in every language that can be chosen, one language after the other, in the order of the digits.
    #[schemars(length(min = 1))]
    pub prompts: Vec<PromptSpec>,
    /// By digit.
    #[schemars(length(min = 1))]
    pub choices: BTreeMap<String, Language>,
    #[serde(default = "default_timeout_ms")]
    #[schemars(range(min = 500, max = 60_000))]
    pub timeout_ms: u32,
    /// How many times the caller is asked again.
    #[serde(default = "one")]
    #[schemars(range(max = 9))]
    pub retries: u8,
    /// The language of callers who do not choose; the company's where none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Language>,
    pub next: String,
}

fn one() -> u8 {
    1
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CollectSpec {
    #[schemars(length(min = 1))]
    pub prompts: Vec<PromptSpec>,
    #[serde(default = "yes")]
    pub barge_in: bool,
    #[serde(default = "yes")]
    pub type_ahead: bool,
    /// The variable the digits go into; it must be text.
    pub into: String,
    /// Fewest digits.
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = 32))]
    pub min: u8,
    /// Most digits; at this many the input is complete by itself.
    #[schemars(range(min = 1, max = 32))]
    pub max: u8,
    /// Ends the input: one of `0-9*#`, or empty for none.
    #[serde(default = "pound")]
    pub terminator: String,
    /// Silence before the first digit.
    #[serde(default = "default_timeout_ms")]
    #[schemars(range(min = 500, max = 60_000))]
    pub timeout_ms: u32,
    /// Silence between digits; then what is there is taken.
    #[serde(default = "default_digit_ms")]
    #[schemars(range(min = 500, max = 60_000))]
    pub digit_ms: u32,
    #[serde(default = "default_retries")]
    #[schemars(range(max = 9))]
    pub retries: u8,
    /// Masked wherever it is shown or kept.
    #[serde(default)]
    pub sensitive: bool,
    /// A condition the digits must meet, with the variable already set: `size(order) == 8`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<String>,
    /// What the agent sees beside the digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    #[serde(default = "invalid")]
    pub invalid: Vec<PromptSpec>,
    #[serde(default = "no_input")]
    pub no_input: Vec<PromptSpec>,
    pub next: String,
    /// Where the caller goes when no try is left.
    pub failed: String,
}

fn pound() -> String {
    "#".into()
}

fn default_digit_ms() -> u32 {
    4_000
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BranchSpec {
    #[schemars(length(min = 1))]
    pub cases: Vec<CaseSpec>,
    /// Where the caller goes when no condition is true.
    pub otherwise: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CaseSpec {
    /// A condition, as `caller.vip || listed("vip")`.
    pub when: String,
    pub next: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetSpec {
    /// Variables to expressions, worked out in the order of the names from the values before.
    #[schemars(length(min = 1))]
    pub values: BTreeMap<String, String>,
    pub next: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HoursSpec {
    pub calendar: String,
    pub open: String,
    pub closed: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct QueueSpec {
    /// Said before the caller is queued.
    #[serde(default)]
    pub prompts: Vec<PromptSpec>,
    pub queue: String,
    /// 0 (normal) to 9; the queue's own where none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 9))]
    pub priority: Option<u8>,
    /// Where the caller goes when the queue's longest wait is over; without it the queue's own rule holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_wait: Option<String>,
    /// Where the caller goes when the queue is full; without it the queue's own rule holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub full: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TransferSpec {
    /// Said before.
    #[serde(default)]
    pub prompts: Vec<PromptSpec>,
    /// A number, in quotes. Never from a variable: a caller must not choose what we dial.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// An agent, by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    #[serde(default = "default_ring_ms")]
    #[schemars(range(min = 1_000, max = 180_000))]
    pub ring_ms: u32,
    /// Where the caller goes when nobody answers there.
    pub failed: String,
}

fn default_ring_ms() -> u32 {
    30_000
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct VoicemailSpec {
    #[serde(default = "leave_message")]
    pub prompts: Vec<PromptSpec>,
    /// Whose agents hear of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    #[serde(default = "default_message_ms")]
    #[schemars(range(min = 5_000, max = 600_000))]
    pub max_ms: u32,
    /// Said when the message is kept.
    #[serde(default = "message_saved")]
    pub saved: Vec<PromptSpec>,
    /// Where the caller goes after that; without it the call is ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

fn leave_message() -> Vec<PromptSpec> {
    vec![PromptSpec::Named("leave-message".into())]
}

fn message_saved() -> Vec<PromptSpec> {
    vec![PromptSpec::Named("message-saved".into())]
}

fn default_message_ms() -> u32 {
    120_000
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GotoSpec {
    pub flow: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReturnSpec {
    /// Said before.
    #[serde(default)]
    pub prompts: Vec<PromptSpec>,
    /// What the agent is told, as `verified`; nothing where left out.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 80))]
    pub result: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HangupSpec {
    #[serde(default)]
    pub prompts: Vec<PromptSpec>,
    /// How the call counts.
    #[serde(default)]
    pub cause: HangupCause,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum HangupCause {
    /// The caller was served.
    #[default]
    SelfService,
    /// Closed, blocked, or turned away by a rule.
    Refused,
}
