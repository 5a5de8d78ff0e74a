//! Conditions and values in flows: a subset of CEL (cel.dev), typed when the flow is loaded, so that a running flow
//! meets no unknown name and no wrong type. Start at [`compile`]; [`Expr::value`] works one out.
//!
//! Why our own and not the `cel` crate: 0.15 ends the whole process on some 60 nested brackets (its parser's stack
//! overflows), knows no types before it runs (`caller.vpi == 3` is found by a caller, not at load), gives no column for
//! them, and brings a parser generator's runtime. What is taken over is the language: anything valid here is CEL with the
//! same value (one difference: `&&` and `||` do not look to the right where the left side fails to work out). No loops,
//! no functions of one's own, no macros; size and depth are bounded, and so is the cost.
//!
//! | | |
//! |---|---|
//! | literals | `true`, `42`, `"text"`, `'text'` |
//! | facts | `caller.number`, `caller.country`, `caller.known`, `caller.vip`, `caller.withheld`, `call.dialed`, `call.language`, `now.time` (`"09:30"`), `now.date` (`"2026-11-23"`), `now.hour`, `now.weekday` (1 = Monday) |
//! | variables | by name |
//! | functions | `listed("vip")`, `listed("vip", text)`, `open("office")`, `queue("name").waiting`, `.longest_wait_s`, `.agents_ready`, `.agents_signed_in`, `size(text)`, `int(text)`, `string(any)`, `text.startsWith(x)`, `.endsWith(x)`, `.contains(x)` |
//! | operators | `?:`, `\|\|`, `&&`, `==`, `!=`, `<`, `<=`, `>`, `>=`, `in [..]`, `+`, `-`, `*`, `/`, `%`, `!` |

mod eval;
mod lex;
mod parse;

use std::collections::BTreeMap;

use contract::QueueId;

pub(crate) use eval::{Env, EvalError};
pub(crate) use lex::with_queue;
pub(crate) use parse::compile;

/// Longest expression, in characters.
pub(crate) const MAX_CHARS: usize = 1_000;
/// Deepest nesting.
pub(crate) const MAX_DEPTH: usize = 24;
/// Longest text a value may grow to.
pub(crate) const MAX_TEXT: usize = 1_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    Bool,
    Int,
    Text,
}

impl Type {
    pub(crate) fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Bool => ("yes/no", "是/否"),
            Self::Int => ("a whole number", "整数"),
            Self::Text => ("text", "文字"),
        }
    }
}

/// What an expression or variable holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Bool(bool),
    Int(i64),
    Text(String),
}

impl Value {
    pub(crate) fn kind(&self) -> Type {
        match self {
            Self::Bool(_) => Type::Bool,
            Self::Int(_) => Type::Int,
            Self::Text(_) => Type::Text,
        }
    }
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Bool(value) => value.fmt(f),
            Self::Int(value) => value.fmt(f),
            Self::Text(value) => value.fmt(f),
        }
    }
}

/// What an expression may name.
#[derive(Debug, Default)]
pub(crate) struct Scope {
    /// Variables: index and type.
    pub variables: BTreeMap<String, (usize, Type)>,
    pub calendars: BTreeMap<String, usize>,
    pub queues: BTreeMap<String, QueueId>,
    pub lists: std::collections::BTreeSet<String>,
}

/// What is wrong with an expression; `at` counts characters from its beginning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ExprError {
    pub at: usize,
    pub en: String,
    pub zh: String,
    /// A name that does not exist, where that is the trouble.
    pub unknown: Option<(crate::problem::Name, String, Option<String>)>,
}

/// A typed expression.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expr {
    Value(Value),
    Variable(usize),
    Fact(Fact),
    Listed { list: String, number: Option<Box<Expr>> },
    Open(usize),
    Queue { queue: QueueId, field: QueueField },
    Size(Box<Expr>),
    ToInt(Box<Expr>),
    ToText(Box<Expr>),
    Text { op: TextOp, text: Box<Expr>, part: Box<Expr> },
    Not(Box<Expr>),
    Negate(Box<Expr>),
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
    If { when: Box<Expr>, then: Box<Expr>, otherwise: Box<Expr> },
    Compare { op: CompareOp, left: Box<Expr>, right: Box<Expr> },
    Math { op: MathOp, left: Box<Expr>, right: Box<Expr> },
    Join(Box<Expr>, Box<Expr>),
    In { needle: Box<Expr>, items: Vec<Expr> },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fact {
    CallerNumber,
    CallerCountry,
    CallerKnown,
    CallerVip,
    CallerWithheld,
    CallDialed,
    CallLanguage,
    NowTime,
    NowDate,
    NowHour,
    NowWeekday,
}

impl Fact {
    pub(crate) const ALL: [(&str, Self, Type); 11] = [
        ("caller.number", Self::CallerNumber, Type::Text),
        ("caller.country", Self::CallerCountry, Type::Text),
        ("caller.known", Self::CallerKnown, Type::Bool),
        ("caller.vip", Self::CallerVip, Type::Bool),
        ("caller.withheld", Self::CallerWithheld, Type::Bool),
        ("call.dialed", Self::CallDialed, Type::Text),
        ("call.language", Self::CallLanguage, Type::Text),
        ("now.time", Self::NowTime, Type::Text),
        ("now.date", Self::NowDate, Type::Text),
        ("now.hour", Self::NowHour, Type::Int),
        ("now.weekday", Self::NowWeekday, Type::Int),
    ];
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum QueueField {
    Waiting,
    LongestWaitS,
    AgentsReady,
    AgentsSignedIn,
}

impl QueueField {
    pub(crate) const ALL: [(&str, Self); 4] = [
        ("waiting", Self::Waiting),
        ("longest_wait_s", Self::LongestWaitS),
        ("agents_ready", Self::AgentsReady),
        ("agents_signed_in", Self::AgentsSignedIn),
    ];
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TextOp {
    StartsWith,
    EndsWith,
    Contains,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CompareOp {
    Equal,
    Differs,
    Less,
    AtMost,
    More,
    AtLeast,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MathOp {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

#[cfg(test)]
mod tests;
