//! `a=crypto`: the keys of encrypted audio, read and written (RFC 4568).

use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};

use crate::media::srtp::{Keys, Suite};

/// Key lines of one stream that are read.
const MOST_LINES: usize = 16;
/// Some pad what needs none, some leave padding out.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent).with_decode_allow_trailing_bits(true),
);

/// Whether audio is spoken encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Secrecy {
    /// Never: keys are neither offered nor taken.
    #[default]
    Plain,
    /// Where the far end can: keys are offered beside plain RTP/AVP, and those offered are taken.
    Either,
    /// Always: RTP/SAVP is offered, and plain audio refused.
    Secured,
}

/// What we encrypt with in one dialog, for each suite a key of its own (RFC 4568 §6.1).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct OurKeys([Keys; Suite::ALL.len()]);

impl OurKeys {
    /// `chance`: what nobody can guess.
    #[must_use]
    pub fn new(chance: &[u8; Keys::LENGTH * Suite::ALL.len()]) -> Self {
        let mut keys = Suite::ALL.map(|suite| Keys { suite, master: [0; Keys::LENGTH] });
        for (keys, chance) in keys.iter_mut().zip(chance.as_chunks::<{ Keys::LENGTH }>().0) {
            keys.master = *chance;
        }
        Self(keys)
    }

    #[must_use]
    pub fn of(&self, suite: Suite) -> Keys {
        self.0[match suite {
            Suite::Tag80 => 0,
            Suite::Tag32 => 1,
        }]
    }

    /// In the order we like them, numbered from 1.
    pub(super) fn lines(&self) -> impl Iterator<Item = String> {
        (1..).zip(&self.0).map(|(number, keys)| write(number, keys))
    }
}

impl std::fmt::Debug for OurKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OurKeys(***)")
    }
}

pub(super) fn write(number: u32, keys: &Keys) -> String {
    format!("{number} {} inline:{}", keys.suite.name(), STANDARD.encode(keys.master))
}

/// The lines we can use, in the far end's order.
pub(super) fn read<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<(u32, Keys)> {
    lines.take(MOST_LINES).filter_map(line).collect()
}

/// One key, without a name of its own in packets (MKI), and no parameter that we would have to obey (RFC 4568 §6.3). How many
/// packets it may be used for does not matter: talks end before 2^31, and shorter lives nobody keeps to.
fn line(value: &str) -> Option<(u32, Keys)> {
    let mut words = value.split_ascii_whitespace();
    let number = words.next()?.parse().ok()?;
    let named = words.next()?;
    let suite = Suite::ALL.into_iter().find(|suite| suite.name().eq_ignore_ascii_case(named))?;
    let inline = words.next()?;
    let key = inline.get(..7).filter(|method| method.eq_ignore_ascii_case("inline:")).and(inline.get(7..))?;
    let mut parts = key.split('|');
    let master = LENIENT.decode(parts.next()?.trim_end_matches('=')).ok()?.try_into().ok()?;
    let optional = |word: &str| word.starts_with('-') || word.get(..4).is_some_and(|w| w.eq_ignore_ascii_case("WSH="));
    let plain = !key.contains(';') && parts.all(|part| !part.contains(':')) && words.all(optional);
    plain.then_some((number, Keys { suite, master }))
}

pub(super) fn is_savp(proto: &str) -> bool {
    ["RTP/SAVP", "RTP/SAVPF"].iter().any(|p| p.eq_ignore_ascii_case(proto))
}
