//! A flow file as it is written. These types are the published JSON Schema ([`crate::json_schema`]) and the reader at
//! once, so that the two cannot differ. What they mean is decided in `compile`; what they do, in `session`.

mod nodes;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) use nodes::*;

/// A call flow of Zuoxi. One flow a file.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Zuoxi call flow")]
pub(crate) struct FlowSpec {
    /// The flow's name. May be left out; if written, it must be the name it is kept under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What this flow is for, for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Agents may send callers here in the middle of a talk. Where the flow has a `return` node, they may anyway.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub for_agents: bool,
    /// The language prompts are spoken in; the company's where none is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<FlowLanguage>,
    /// The node where every call begins.
    pub start: String,
    /// Variables with their first values. A variable keeps the type of its first value.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: BTreeMap<String, VariableSpec>,
    /// Opening hours by name, in the company's time zone.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub calendars: BTreeMap<String, CalendarSpec>,
    /// What a caller gets when something breaks on the way.
    #[serde(default)]
    pub fallback: FallbackSpec,
    /// No caller stays in the flow itself longer than this; then the fallback.
    #[serde(default = "default_max_ms")]
    #[schemars(range(min = 10_000, max = 3_600_000))]
    pub max_ms: u32,
    /// The nodes by name.
    pub nodes: BTreeMap<String, NodeSpec>,
}

fn default_max_ms() -> u32 {
    600_000
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) enum FlowLanguage {
    #[serde(rename = "zh-CN")]
    ZhCn,
    #[serde(rename = "en")]
    En,
    /// A `language` node lets the caller choose; until then the company's.
    #[serde(rename = "ask")]
    Ask,
    /// What the caller chose in the flow before; the company's where nothing was chosen.
    #[serde(rename = "keep")]
    Keep,
}

/// Text, a whole number, or yes/no.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum VariableSpec {
    Bool(bool),
    Int(i64),
    Text(String),
}

/// What is said and done when something breaks: a file that cannot be played, a condition that cannot be worked out,
/// a caller who stays for ever.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FallbackSpec {
    /// Said first.
    #[serde(default = "technical")]
    pub prompts: Vec<PromptSpec>,
    /// Then the caller goes into this queue; without one the call is ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
}

impl Default for FallbackSpec {
    fn default() -> Self {
        Self { prompts: technical(), queue: None }
    }
}

fn technical() -> Vec<PromptSpec> {
    vec![PromptSpec::Named("technical".into())]
}

/// Opening hours: a usual week, and days that differ.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CalendarSpec {
    /// Days (`mon`, `mon-fri`, `sat,sun`) to spans of hours (`09:00-18:00`; `22:00-02:00` ends on the next day;
    /// `00:00-24:00` is the whole day). A day that is not named is closed.
    #[serde(default)]
    pub weekly: BTreeMap<String, Vec<String>>,
    /// Days that differ. The last rule that names a day wins over earlier ones and over the week.
    #[serde(default)]
    pub days: Vec<DaySpec>,
}

/// One day, or several in a row, with hours of their own.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DaySpec {
    /// `2026-10-01`, or `10-01` for every year.
    pub date: String,
    /// The last day of a row of days, in the same form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// For people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Spans of hours; none: closed all day.
    #[serde(default)]
    pub hours: Vec<String>,
}

/// A piece of speech: the name of a prompt, a value read out, or text for the speech command.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(untagged)]
#[serde(untagged)]
pub(crate) enum PromptSpec {
    /// A prompt of the library.
    Named(String),
    Say(SaySpec),
    Text(TextSpec),
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SaySpec {
    pub say: SayAs,
    /// The expression whose value is read out.
    pub value: String,
}

/// How a value is read out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SayAs {
    /// Digit by digit.
    Digits,
    /// As a number, with up to two decimals.
    Number,
    /// As an amount of yuan.
    Amount,
    /// `HH:MM`, hour and minute as numbers.
    Time,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TextSpec {
    pub text: TextBody,
}

/// What is spoken in each language.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TextBody {
    #[serde(rename = "zh-CN", default, skip_serializing_if = "Option::is_none")]
    pub zh: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
}

// By hand, because serde's own untagged enums answer every mistake with "did not match any variant".
impl<'de> Deserialize<'de> for PromptSpec {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        match serde_json::Value::deserialize(from)? {
            serde_json::Value::String(name) => Ok(Self::Named(name)),
            value if value.get("say").is_some() => SaySpec::deserialize(value).map(Self::Say).map_err(Error::custom),
            value if value.is_object() => TextSpec::deserialize(value).map(Self::Text).map_err(Error::custom),
            serde_json::Value::Number(number) => {
                Err(Error::invalid_type(serde::de::Unexpected::Other(&format!("integer {number}")), &"a string"))
            }
            _ => Err(Error::invalid_type(serde::de::Unexpected::Other("something else"), &"a string or a map")),
        }
    }
}
