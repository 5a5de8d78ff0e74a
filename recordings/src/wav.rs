//! WAV as our recorder writes it: PCM, 16 bit, one or two channels, one `data` chunk at the end. Reads the layout from the
//! first bytes and says what the lengths in the header ought to be. Pure; RIFF/WAVE as in the Multimedia Programming
//! Interface 1.0.

/// Where the audio is and how it is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// 1, or 2: left the customer, right the agent.
    pub channels: u16,
    /// Samples a second and channel.
    pub rate: u32,
    pub bits: u16,
    /// First byte of audio.
    pub data_at: u64,
    /// As the header says; a killed writer leaves it behind the truth.
    pub data_told: u32,
    pub riff_told: u32,
}

/// Bytes from the beginning of a file that are enough for [`Layout::read`].
pub const HEAD: u64 = 4096;

impl Layout {
    /// `None`: not a WAV file, or not PCM of 16 bit with one or two channels.
    #[must_use]
    pub fn read(head: &[u8]) -> Option<Self> {
        let word = |at: usize| head.get(at..at + 4).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes);
        let half = |at: usize| head.get(at..at + 2).and_then(|b| b.try_into().ok()).map(u16::from_le_bytes);
        if head.get(..4)? != b"RIFF" || head.get(8..12)? != b"WAVE" {
            return None;
        }
        let mut found: Option<(u16, u32, u16)> = None;
        let mut at = 12;
        loop {
            let size = word(at + 4)?;
            match head.get(at..at + 4)? {
                b"fmt " => {
                    let (tag, channels, rate, bits) = (half(at + 8)?, half(at + 10)?, word(at + 12)?, half(at + 22)?);
                    // 0xFFFE: the extensible form, which says PCM in its sub-format.
                    let pcm = tag == 1 || (tag == 0xFFFE && half(at + 32)? == 1);
                    found = (pcm && bits == 16 && (1..=2).contains(&channels) && rate > 0).then_some((channels, rate, bits));
                }
                b"data" => {
                    let (channels, rate, bits) = found?;
                    return Some(Self { channels, rate, bits, data_at: at as u64 + 8, data_told: size, riff_told: word(4)? });
                }
                _ => {}
            }
            at = at.checked_add(8)?.checked_add(size as usize)?.checked_next_multiple_of(2)?;
        }
    }

    /// Bytes of one moment of all channels.
    #[must_use]
    pub fn block(&self) -> u64 {
        u64::from(self.channels) * u64::from(self.bits) / 8
    }

    /// Whole moments in a file of so many bytes, whatever its header says.
    #[must_use]
    pub fn frames(&self, file_bytes: u64) -> u64 {
        file_bytes.saturating_sub(self.data_at) / self.block()
    }

    /// Milliseconds in a file of so many bytes.
    #[must_use]
    pub fn duration_ms(&self, file_bytes: u64) -> u32 {
        u32::try_from(self.frames(file_bytes) * 1_000 / u64::from(self.rate)).unwrap_or(u32::MAX)
    }
}
