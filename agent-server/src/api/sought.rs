//! A phone number typed into a filter: a whole one, or its end.

use contract::PhoneNumber;
use contract::number::{Context, normalize};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sought {
    Exact(PhoneNumber),
    /// As typed; without a digit it is refused where it is used.
    Tail(String),
}

/// Fewer digits are the end of a number, though a local number may be as short: it has the same end.
const WHOLE: usize = 10;

impl Sought {
    /// `None`: nothing typed.
    #[must_use]
    pub fn of(typed: &str, ctx: &Context<'_>) -> Option<Self> {
        let typed = typed.trim();
        if typed.is_empty() {
            return None;
        }
        let digits = typed.chars().filter(char::is_ascii_digit).count();
        let whole = digits >= WHOLE || typed.starts_with('+');
        let number = normalize(typed, ctx).e164().cloned().filter(|_| whole);
        Some(number.map_or_else(|| Self::Tail(typed.to_owned()), Self::Exact))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_digits_are_a_number_and_fewer_are_its_end() {
        let ctx = Context { country: "CN", area_code: "10", own: &[] };
        let told = |typed: &str| match Sought::of(typed, &ctx) {
            Some(Sought::Exact(number)) => number.reveal().to_owned(),
            Some(Sought::Tail(tail)) => format!("…{tail}"),
            None => "nothing".into(),
        };
        for (typed, expected) in [
            (" 138 0013 8000", "+8613800138000"),
            ("010-62345678", "+861062345678"),
            ("+852 23456789", "+85223456789"),
            ("62345678", "…62345678"),
            ("8000", "…8000"),
            ("  ", "nothing"),
        ] {
            assert_eq!(told(typed), expected, "{typed}");
        }
    }
}
