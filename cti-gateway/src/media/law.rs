//! G.711: the two laws, their tables and their silence. Start at [`Law`].
//! All per-sample work is one table look-up; the tables are made once from `audio-codec-algorithms`.
//! Never in this room: packets, clocks. Standards: ITU-T G.711, RFC 3551 §4.5.14.

use std::sync::LazyLock;

use audio_codec_algorithms as codec;

/// How a leg's audio is coded. Both are 8000 bytes a second, one byte a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Law {
    /// µ-law, PCMU, payload type 0.
    Mu,
    /// A-law, PCMA, payload type 8.
    A,
}

struct Tables {
    mu_to_linear: [i16; 256],
    a_to_linear: [i16; 256],
    mu_to_a: [u8; 256],
    a_to_mu: [u8; 256],
    /// Indexed by the sample shifted right by 2, as unsigned: both laws ignore the last bits.
    linear_to_mu: Vec<u8>,
    linear_to_a: Vec<u8>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let all = |f: &dyn Fn(u8) -> u8| std::array::from_fn(|i| f(i as u8));
    let encode = |f: &dyn Fn(i16) -> u8| (0..=u16::MAX >> 2).map(|i| f((i << 2) as i16)).collect();
    Tables {
        mu_to_linear: std::array::from_fn(|i| codec::decode_ulaw(i as u8)),
        a_to_linear: std::array::from_fn(|i| codec::decode_alaw(i as u8)),
        mu_to_a: all(&codec::convert_ulaw_to_alaw),
        a_to_mu: all(&codec::convert_alaw_to_ulaw),
        linear_to_mu: encode(&codec::encode_ulaw),
        linear_to_a: encode(&codec::encode_alaw),
    }
});

impl Law {
    /// The static RTP payload type.
    #[must_use]
    pub const fn payload_type(self) -> u8 {
        match self {
            Self::Mu => 0,
            Self::A => 8,
        }
    }

    /// The law of a payload type, where it is one of G.711.
    #[must_use]
    pub const fn of_payload_type(pt: u8) -> Option<Self> {
        match pt {
            0 => Some(Self::Mu),
            8 => Some(Self::A),
            _ => None,
        }
    }

    /// The byte that means no sound.
    #[must_use]
    pub const fn silence(self) -> u8 {
        match self {
            Self::Mu => 0xFF,
            Self::A => 0xD5,
        }
    }

    /// The table from bytes to 16-bit samples. Take it once per frame, not once per sample.
    #[must_use]
    pub fn decoder(self) -> &'static [i16; 256] {
        match self {
            Self::Mu => &TABLES.mu_to_linear,
            Self::A => &TABLES.a_to_linear,
        }
    }

    /// Codes `samples` into `bytes`, as many as the shorter holds.
    pub fn encode(self, samples: &[i16], bytes: &mut [u8]) {
        let table = match self {
            Self::Mu => &TABLES.linear_to_mu,
            Self::A => &TABLES.linear_to_a,
        };
        for (byte, sample) in bytes.iter_mut().zip(samples) {
            *byte = table[usize::from(*sample as u16 >> 2)];
        }
    }

    /// Bytes of this law turned into the other one, in place.
    pub fn convert_to(self, to: Law, bytes: &mut [u8]) {
        let table = match (self, to) {
            (Self::Mu, Self::A) => &TABLES.mu_to_a,
            (Self::A, Self::Mu) => &TABLES.a_to_mu,
            (Self::Mu, Self::Mu) | (Self::A, Self::A) => return,
        };
        for byte in bytes {
            *byte = table[usize::from(*byte)];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_survives_either_law_and_the_way_between_them() {
        for law in [Law::Mu, Law::A] {
            for sample in (-32000..32000_i16).step_by(37) {
                let mut byte = [0];
                law.encode(&[sample], &mut byte);
                let near = |byte: u8, law: Law| {
                    let back = law.decoder()[usize::from(byte)];
                    let off = (i32::from(back) - i32::from(sample)).abs();
                    assert!(off <= 16 + i32::from(sample).abs() / 16, "{law:?}: {sample} came back as {back}");
                };
                near(byte[0], law);
                let other = if law == Law::Mu { Law::A } else { Law::Mu };
                law.convert_to(other, &mut byte);
                near(byte[0], other);
            }
            assert!(law.decoder()[usize::from(law.silence())].abs() <= 8);
        }
    }
}
