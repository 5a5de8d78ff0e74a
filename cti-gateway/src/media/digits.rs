//! Keys pressed, as events in the RTP stream: heard ([`EventReceiver`]) and sent ([`DigitSender`]).
//! A key is told once, at its first packet, whichever of its packets are lost or repeated.
//! Never in this room: tones in (that is `inband`), SIP INFO. Standard: RFC 4733 §2.

use std::collections::VecDeque;

use super::clock::{FRAME, Micros};
use super::tone;

/// Packets of one event come at most so far apart; later, a new timestamp is a new key press.
const SAME_EVENT_US: Micros = 120_000;

#[derive(Debug)]
struct Heard {
    event: u8,
    timestamp: u32,
    ended: bool,
    last: Micros,
}

/// See the room story.
#[derive(Debug, Default)]
pub struct EventReceiver {
    heard: Option<Heard>,
}

impl EventReceiver {
    /// A telephone-event packet's marker, timestamp and payload. Returns the digit if a key has just gone down.
    pub fn receive(&mut self, now: Micros, marker: bool, timestamp: u32, payload: &[u8]) -> Option<char> {
        let &[event, flags, ..] = payload else { return None };
        let digit = tone::digit_of_event(event)?;
        let ended = flags & 0x80 != 0;
        if let Some(heard) = &mut self.heard {
            let age = timestamp.wrapping_sub(heard.timestamp) as i32;
            let soon = now.saturating_sub(heard.last) < SAME_EVENT_US;
            if age == 0 || (age < 0 && soon) {
                // Another packet of the same press, or one overtaken by a later press.
                heard.ended |= ended && age == 0;
                heard.last = now;
                return None;
            }
            // A long press goes on under a new timestamp (§2.5.1.3), and some phones count it up in every packet: neither marks
            // a beginning, and nothing has ended.
            if soon && !marker && !heard.ended && heard.event == event {
                *heard = Heard { event, timestamp, ended, last: now };
                return None;
            }
        }
        self.heard = Some(Heard { event, timestamp, ended, last: now });
        Some(digit)
    }
}

/// Digits waiting at most; more are left out.
const MOST_DIGITS: usize = 64;
/// Frames a key is held, as telephone-event and as tone: 160 and 100 ms.
const EVENT_FRAMES: u16 = 8;
const TONE_FRAMES: usize = 5;
/// Packets with the end bit.
const END_PACKETS: u16 = 3;
/// Frames between two keys.
const PAUSE_FRAMES: u8 = 4;

/// What a leg sends in this frame instead of audio.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "lives for one frame on the stack")]
pub enum Keying {
    /// A telephone-event packet; all of a press carry the timestamp of its `first`.
    Event { payload: [u8; 4], first: bool },
    Tone([i16; FRAME]),
    /// Silence between keys.
    Pause,
}

#[derive(Debug)]
enum Step {
    Idle,
    Event { event: u8, packet: u16 },
    Tone { samples: Vec<i16>, frame: usize },
    Pause { left: u8 },
}

/// Sends digits one after the other, one frame at a time.
#[derive(Debug)]
pub struct DigitSender {
    waiting: VecDeque<char>,
    step: Step,
}

impl Default for DigitSender {
    fn default() -> Self {
        Self { waiting: VecDeque::new(), step: Step::Idle }
    }
}

impl DigitSender {
    pub fn push(&mut self, digits: &str) {
        let room = MOST_DIGITS - self.waiting.len();
        self.waiting.extend(digits.chars().filter(|d| tone::event_of_digit(*d).is_some()).take(room));
    }

    #[must_use]
    pub fn is_busy(&self) -> bool {
        !matches!(self.step, Step::Idle) || !self.waiting.is_empty()
    }

    /// The next frame; `None` when all is out. `events`: the far end takes telephone-events.
    pub fn next(&mut self, events: bool) -> Option<Keying> {
        if matches!(self.step, Step::Idle) {
            let digit = self.waiting.pop_front()?;
            self.step = if events {
                Step::Event { event: tone::event_of_digit(digit)?, packet: 0 }
            } else {
                Step::Tone { samples: tone::dtmf(digit, TONE_FRAMES as u32 * 20), frame: 0 }
            };
        }
        let (keying, over) = match &mut self.step {
            Step::Idle => return None,
            Step::Event { event, packet } => {
                *packet += 1;
                let end = *packet >= EVENT_FRAMES;
                let [high, low] = ((*packet).min(EVENT_FRAMES) * FRAME as u16).to_be_bytes();
                // Volume -10 dBm0.
                let flags = if end { 0x80 | 10 } else { 10 };
                let keying = Keying::Event { payload: [*event, flags, high, low], first: *packet == 1 };
                (keying, *packet == EVENT_FRAMES + END_PACKETS - 1)
            }
            Step::Tone { samples, frame } => {
                let part = &samples[*frame * FRAME..(*frame + 1) * FRAME];
                *frame += 1;
                (Keying::Tone(std::array::from_fn(|n| part[n])), *frame == TONE_FRAMES)
            }
            Step::Pause { left } => {
                *left -= 1;
                if *left == 0 {
                    self.step = Step::Idle;
                }
                return Some(Keying::Pause);
            }
        };
        if over {
            self.step = Step::Pause { left: PAUSE_FRAMES };
        }
        Some(keying)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Packet = (u64, bool, u32, [u8; 4]);

    /// All packets of `digits` as a phone sends them: ms, marker, timestamp, payload.
    fn pressed(digits: &str) -> Vec<Packet> {
        let mut sender = DigitSender::default();
        sender.push(digits);
        let (mut packets, mut began) = (Vec::new(), 0);
        for n in 0.. {
            match sender.next(true) {
                Some(Keying::Event { payload, first }) => {
                    began = if first { n * 160 } else { began };
                    packets.push((u64::from(n) * 20, first, began, payload));
                }
                Some(Keying::Tone(_)) => panic!("a tone among events"),
                Some(Keying::Pause) => {}
                None => break,
            }
        }
        packets
    }

    fn heard(packets: impl IntoIterator<Item = Packet>) -> String {
        let mut receiver = EventReceiver::default();
        packets.into_iter().filter_map(|(ms, marker, at, payload)| receiver.receive(ms * 1000, marker, at, &payload)).collect()
    }

    #[test]
    fn a_press_is_ten_packets_of_which_three_say_the_end() {
        let packets = pressed("7");
        assert_eq!(packets.len(), 10);
        assert_eq!(packets.iter().filter(|p| p.3[1] & 0x80 != 0).count(), 3);
        assert!(packets.iter().all(|p| p.2 == 0 && p.3[0] == 7));
        assert_eq!((packets[0].3[2..].to_vec(), packets[9].3[2..].to_vec()), (vec![0, 160], vec![5, 0]));
    }

    #[test]
    fn every_digit_is_heard_once_whichever_packets_are_lost() {
        let all = "0123456789*#ABCD5500";
        assert_eq!(heard(pressed(all)), all);
        for kept in 0..10 {
            let packets = pressed(all).into_iter().enumerate().filter(|(n, _)| n % 10 == kept).map(|(_, p)| p);
            assert_eq!(heard(packets), all, "only packet {kept} of each press arrives");
        }
        let ends_lost = pressed(all).into_iter().filter(|p| p.3[1] & 0x80 == 0);
        assert_eq!(heard(ends_lost), all, "all end packets lost");
        let twice = pressed(all).into_iter().flat_map(|p| [p, p]);
        assert_eq!(heard(twice), all);
    }

    #[test]
    fn a_late_packet_of_the_last_press_is_not_a_new_one() {
        let mut packets = pressed("12");
        let straggler = packets[9];
        packets.insert(12, (packets[12].0, straggler.1, straggler.2, straggler.3));
        assert_eq!(heard(packets), "12");
    }

    #[test]
    fn a_phone_that_counts_the_timestamp_up_in_every_packet_presses_once() {
        let odd = pressed("5").into_iter().enumerate().map(|(n, p)| (p.0, n == 0, n as u32 * 160, p.3)).filter(|p| p.3[1] & 0x80 == 0);
        assert_eq!(heard(odd), "5");
    }

    #[test]
    fn without_telephone_events_digits_go_as_tones_with_pauses() {
        let mut sender = DigitSender::default();
        sender.push("1x2");
        let frames: Vec<Keying> = std::iter::from_fn(|| sender.next(false)).collect();
        let tones = frames.iter().filter(|k| matches!(k, Keying::Tone(_))).count();
        assert_eq!((frames.len(), tones), (18, 10));
        let Keying::Tone(frame) = frames[9] else { panic!("the second digit begins with a tone") };
        assert!(tone::level(&frame, 1336.0) > -9.0);
    }

    #[test]
    fn the_queue_of_digits_is_bounded_and_foreign_events_are_no_digits() {
        let mut sender = DigitSender::default();
        sender.push(&"1".repeat(1000));
        assert_eq!(sender.waiting.len(), MOST_DIGITS);
        assert_eq!(heard([(0, true, 0, [16, 0, 0, 160]), (20, true, 5, [200, 0, 0, 160])]), "");
        assert_eq!(EventReceiver::default().receive(0, true, 0, &[1]), None);
    }
}
