//! A play list on one leg: clips one after the other, frame by frame, without a gap. Start at [`Player::next`].
//! Never in this room: packets, clocks.

use std::sync::Arc;

use super::clip::Clip;
use super::clock::FRAME;
use super::law::Law;

/// See the room story.
#[derive(Debug)]
pub struct Player {
    pub id: u64,
    clips: Vec<Arc<Clip>>,
    repeat: bool,
    clip: usize,
    position: usize,
}

impl Player {
    #[must_use]
    pub fn new(id: u64, clips: Vec<Arc<Clip>>, repeat: bool) -> Self {
        // A list without a single sample ends at once, also one to be repeated.
        let empty = clips.iter().all(|c| c.bytes(Law::Mu).is_empty());
        Self { id, clips, repeat: repeat && !empty, clip: 0, position: 0 }
    }

    /// The next frame, the last one filled up with silence. `false`: there was nothing left, the list is over.
    pub fn next(&mut self, law: Law, frame: &mut [u8; FRAME]) -> bool {
        let mut filled = 0;
        while filled < FRAME {
            let Some(clip) = self.clips.get(self.clip) else {
                if self.repeat {
                    self.clip = 0;
                    continue;
                }
                break;
            };
            let rest = &clip.bytes(law)[self.position..];
            let part = rest.len().min(FRAME - filled);
            frame[filled..filled + part].copy_from_slice(&rest[..part]);
            filled += part;
            self.position += part;
            if part == rest.len() {
                self.clip += 1;
                self.position = 0;
            }
        }
        frame[filled..].fill(law.silence());
        filled > 0
    }

    /// Whether the frame just given was the last.
    #[must_use]
    pub fn is_over(&self) -> bool {
        !self.repeat && self.clip >= self.clips.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clip(samples: usize, value: i16) -> Arc<Clip> {
        Arc::new(Clip::from_samples("test", &vec![value; samples]))
    }

    #[test]
    fn clips_follow_each_other_without_a_gap_and_the_last_frame_is_filled_up() {
        let mut player = Player::new(1, vec![clip(100, 5000), clip(0, 0), clip(100, -5000)], false);
        let mut frame = [0; FRAME];
        assert!(player.next(Law::A, &mut frame) && !player.is_over());
        assert!(frame[..100].iter().all(|b| *b == frame[0]) && frame[100..].iter().all(|b| *b == frame[100]) && frame[0] != frame[100]);
        assert!(player.next(Law::A, &mut frame) && player.is_over());
        assert!(frame[40..].iter().all(|b| *b == Law::A.silence()));
        assert!(!player.next(Law::A, &mut frame));
    }

    #[test]
    fn a_repeated_list_never_ends_unless_it_holds_nothing() {
        let mut player = Player::new(1, vec![clip(70, 900)], true);
        let mut frame = [0; FRAME];
        assert!((0..1000).all(|_| player.next(Law::Mu, &mut frame) && !player.is_over() && frame.iter().all(|b| *b == frame[0])));
        assert!(!Player::new(1, vec![clip(0, 0)], true).next(Law::Mu, &mut frame));
        assert!(!Player::new(1, vec![], true).next(Law::Mu, &mut frame));
    }
}
