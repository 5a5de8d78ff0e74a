//! Working an expression out. Total but for what only a running call can show: a number too large, a division by zero,
//! text that is no number. Recursion is bounded by the parser's depth.

use contract::{Candidate, EpochMs, PhoneNumber};

use super::{CompareOp, Expr, Fact, MAX_TEXT, MathOp, QueueField, TextOp, Value};
use crate::calendar::{Calendar, Clock};
use crate::{Language, Start, World};

/// Everything an expression may look at.
#[derive(Clone, Copy)]
pub(crate) struct Env<'a> {
    pub now: EpochMs,
    pub zone: chrono_tz::Tz,
    pub variables: &'a [Value],
    pub calendars: &'a [Calendar],
    pub start: &'a Start,
    pub candidates: &'a [Candidate],
    pub language: Language,
    pub world: &'a dyn World,
}

/// Why a value could not be worked out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum EvalError {
    #[error("a number is too large")]
    Overflow,
    #[error("division by zero")]
    DivisionByZero,
    #[error("text is not a whole number")]
    NotANumber,
    #[error("text is too long")]
    TooLong,
    #[error("a value has the wrong type")]
    WrongType,
}

type Worked = Result<Value, EvalError>;

impl Env<'_> {
    /// On the list `vip`, or the best candidate is marked so.
    pub(crate) fn vip(&self) -> bool {
        let listed = self.start.caller.number.as_ref().is_some_and(|number| self.world.listed("vip", number));
        listed || self.candidates.first().is_some_and(|best| best.vip)
    }

    fn fact(&self, fact: Fact) -> Value {
        let clock = || Clock::at(self.now, self.zone);
        match fact {
            Fact::CallerNumber => {
                Value::Text(self.start.caller.number.as_ref().map_or_else(String::new, |n| n.reveal().to_owned()))
            }
            Fact::CallerCountry => Value::Text(self.start.country.clone().unwrap_or_default()),
            Fact::CallerKnown => Value::Bool(!self.candidates.is_empty()),
            Fact::CallerVip => Value::Bool(self.vip()),
            Fact::CallerWithheld => Value::Bool(self.start.caller.withheld),
            Fact::CallDialed => Value::Text(self.start.dialed.clone()),
            Fact::CallLanguage => Value::Text(self.language.code().to_owned()),
            Fact::NowTime => Value::Text(clock().time()),
            Fact::NowDate => Value::Text(clock().date()),
            Fact::NowHour => Value::Int(clock().hour()),
            Fact::NowWeekday => Value::Int(clock().weekday()),
        }
    }
}

impl Expr {
    pub(crate) fn value(&self, env: &Env<'_>) -> Worked {
        Ok(match self {
            Self::Value(value) => value.clone(),
            Self::Variable(index) => env.variables.get(*index).cloned().ok_or(EvalError::WrongType)?,
            Self::Fact(fact) => env.fact(*fact),
            Self::Listed { list, number: None } => {
                Value::Bool(env.start.caller.number.as_ref().is_some_and(|number| env.world.listed(list, number)))
            }
            Self::Listed { list, number: Some(number) } => {
                let number = PhoneNumber::from_e164(&number.text(env)?);
                Value::Bool(number.is_ok_and(|number| env.world.listed(list, &number)))
            }
            Self::Open(calendar) => {
                Value::Bool(env.calendars.get(*calendar).is_some_and(|calendar| calendar.is_open(env.now, env.zone)))
            }
            Self::Queue { queue, field } => {
                let state = env.world.queue(*queue);
                Value::Int(i64::from(match field {
                    QueueField::Waiting => state.waiting,
                    QueueField::LongestWaitS => state.longest_wait_ms / 1000,
                    QueueField::AgentsReady => state.agents_ready,
                    QueueField::AgentsSignedIn => state.agents_signed_in,
                }))
            }
            Self::Size(text) => Value::Int(i64::try_from(text.text(env)?.chars().count()).unwrap_or(i64::MAX)),
            Self::ToInt(text) => Value::Int(text.text(env)?.parse().map_err(|_| EvalError::NotANumber)?),
            Self::ToText(value) => Value::Text(value.value(env)?.to_string()),
            Self::Text { op, text, part } => {
                let (text, part) = (text.text(env)?, part.text(env)?);
                Value::Bool(match op {
                    TextOp::StartsWith => text.starts_with(&part),
                    TextOp::EndsWith => text.ends_with(&part),
                    TextOp::Contains => text.contains(&part),
                })
            }
            Self::Not(inner) => Value::Bool(!inner.truth(env)?),
            Self::Negate(inner) => Value::Int(inner.number(env)?.checked_neg().ok_or(EvalError::Overflow)?),
            Self::And(left, right) => Value::Bool(left.truth(env)? && right.truth(env)?),
            Self::Or(left, right) => Value::Bool(left.truth(env)? || right.truth(env)?),
            Self::If { when, then, otherwise } => (if when.truth(env)? { then } else { otherwise }).value(env)?,
            Self::Compare { op, left, right } => Value::Bool(compare(*op, &left.value(env)?, &right.value(env)?)?),
            Self::Math { op, left, right } => Value::Int(math(*op, left.number(env)?, right.number(env)?)?),
            Self::Join(left, right) => {
                let joined = left.text(env)? + &right.text(env)?;
                if joined.len() > MAX_TEXT {
                    return Err(EvalError::TooLong);
                }
                Value::Text(joined)
            }
            Self::In { needle, items } => {
                let needle = needle.value(env)?;
                let mut found = false;
                for item in items {
                    found = found || item.value(env)? == needle;
                }
                Value::Bool(found)
            }
        })
    }

    /// The value of a condition.
    pub(crate) fn truth(&self, env: &Env<'_>) -> Result<bool, EvalError> {
        match self.value(env)? {
            Value::Bool(value) => Ok(value),
            Value::Int(_) | Value::Text(_) => Err(EvalError::WrongType),
        }
    }

    fn number(&self, env: &Env<'_>) -> Result<i64, EvalError> {
        match self.value(env)? {
            Value::Int(value) => Ok(value),
            Value::Bool(_) | Value::Text(_) => Err(EvalError::WrongType),
        }
    }

    fn text(&self, env: &Env<'_>) -> Result<String, EvalError> {
        match self.value(env)? {
            Value::Text(value) => Ok(value),
            Value::Bool(_) | Value::Int(_) => Err(EvalError::WrongType),
        }
    }
}

fn compare(op: CompareOp, left: &Value, right: &Value) -> Result<bool, EvalError> {
    let order = match (left, right) {
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        _ => return Err(EvalError::WrongType),
    };
    Ok(match op {
        CompareOp::Equal => order.is_eq(),
        CompareOp::Differs => order.is_ne(),
        CompareOp::Less => order.is_lt(),
        CompareOp::AtMost => order.is_le(),
        CompareOp::More => order.is_gt(),
        CompareOp::AtLeast => order.is_ge(),
    })
}

fn math(op: MathOp, left: i64, right: i64) -> Result<i64, EvalError> {
    let zero = right == 0 && matches!(op, MathOp::Divide | MathOp::Remainder);
    if zero {
        return Err(EvalError::DivisionByZero);
    }
    let result = match op {
        MathOp::Add => left.checked_add(right),
        MathOp::Subtract => left.checked_sub(right),
        MathOp::Multiply => left.checked_mul(right),
        MathOp::Divide => left.checked_div(right),
        MathOp::Remainder => left.checked_rem(right),
    };
    result.ok_or(EvalError::Overflow)
}
