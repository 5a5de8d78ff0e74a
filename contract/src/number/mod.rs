//! Phone numbers. [`PhoneNumber`] is a number in E.164; what people write and networks send becomes one (or a stated
//! refusal) in [`normalize`]. Numbers print their tail only: [`PhoneNumber::reveal`] shows one whole, a visible, greppable act.

mod clean;
mod equal;
mod normalize;
mod short;

pub use equal::match_keys;
pub use normalize::{Class, Context, Normalized, Refusal, country_of, display, normalize, warm_up};

/// A number in E.164 with its `+`, ASCII digits only, 3 to 15 of them. `Debug` shows the last two digits; no `Display`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, ts_rs::TS)]
#[ts(as = "String", export_to = "contract.gen.ts")]
pub struct PhoneNumber(String);

/// Not E.164.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a number in E.164 is `+` and 3 to 15 digits")]
pub struct NotE164;

impl PhoneNumber {
    /// Takes `+8613800138000`; anything looser goes through `normalize`.
    ///
    /// # Errors
    /// [`NotE164`] for any other form.
    pub fn from_e164(text: &str) -> Result<Self, NotE164> {
        let digits = text.strip_prefix('+').ok_or(NotE164)?;
        let good = (3..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        if good { Ok(Self(text.to_owned())) } else { Err(NotE164) }
    }

    /// The whole number, `+` first.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// `…00`: enough to follow a call in a log, not enough to ring anyone.
    #[must_use]
    pub fn tail(&self) -> String {
        format!("…{}", &self.0[self.0.len() - 2..])
    }
}

impl std::fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.tail())
    }
}

impl<'de> serde::Deserialize<'de> for PhoneNumber {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
        Self::from_e164(&text).map_err(serde::de::Error::custom)
    }
}
