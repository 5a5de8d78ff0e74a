//! Which media thread a room is on. Threads fill up one after another, because each that is awake looks round 200 times a
//! second whatever it carries. Start at [`Places::open`].
//! Never in this room: threads, packets.

use std::collections::HashMap;

use contract::{InteractionId, LegId};

use super::line::LineId;
use super::ports::PortBook;

/// Legs on a thread before the next one is woken: a fraction of what a thread can carry, so that whoever is full is not late.
const FILLED: usize = 400;

/// What open legs have taken.
#[derive(Debug)]
pub struct Taken {
    pub ports: PortBook,
    pub places: Places,
}

impl Taken {
    /// The leg's sockets are closed.
    pub fn release(&mut self, leg: LegId) {
        self.ports.release(leg);
        self.places.release(leg);
    }

    /// The line's socket is closed.
    pub fn release_line(&mut self, line: LineId) {
        self.ports.release(LegId(line.0));
        self.places.release_line(line);
    }
}

/// See the room story.
#[derive(Debug)]
pub struct Places {
    /// Legs on each thread.
    threads: Vec<usize>,
    rooms: HashMap<InteractionId, Place>,
    legs: HashMap<LegId, InteractionId>,
    /// The thread of each browser's line, which counts there as a leg.
    lines: HashMap<LineId, usize>,
}

#[derive(Debug)]
struct Place {
    thread: usize,
    legs: usize,
}

impl Places {
    #[must_use]
    pub fn new(threads: usize) -> Self {
        Self { threads: vec![0; threads], rooms: HashMap::new(), legs: HashMap::new(), lines: HashMap::new() }
    }

    /// One more leg of a room, which is on one thread as long as it has legs; returns the thread. Threads that have `ended` get
    /// no new rooms while there are others.
    pub fn open(&mut self, room: InteractionId, leg: LegId, ended: impl Fn(usize) -> bool) -> usize {
        self.release(leg);
        let threads = &self.threads;
        let place = self.rooms.entry(room).or_insert_with(|| {
            Place { thread: roomiest(threads, ended), legs: 0 }
        });
        place.legs += 1;
        self.threads[place.thread] += 1;
        self.legs.insert(leg, room);
        place.thread
    }

    /// A browser's line; returns its thread.
    pub fn open_line(&mut self, line: LineId, ended: impl Fn(usize) -> bool) -> usize {
        let thread = roomiest(&self.threads, ended);
        self.threads[thread] += 1;
        self.lines.insert(line, thread);
        thread
    }

    /// The line is needed where the room is. Its thread so far, and the room's; `None`: one of them is not open.
    pub fn line_to(&mut self, line: LineId, room: InteractionId) -> Option<(usize, usize)> {
        let to = self.thread_of(room)?;
        Some((self.line_stays(line, to)?, to))
    }

    /// The line is on this thread; returns the one it was on.
    pub fn line_stays(&mut self, line: LineId, thread: usize) -> Option<usize> {
        let before = std::mem::replace(self.lines.get_mut(&line)?, thread);
        self.threads[before] -= 1;
        self.threads[thread] += 1;
        Some(before)
    }

    #[must_use]
    pub fn thread_of_line(&self, line: LineId) -> Option<usize> {
        self.lines.get(&line).copied()
    }

    pub fn release_line(&mut self, line: LineId) {
        if let Some(thread) = self.lines.remove(&line) {
            self.threads[thread] -= 1;
        }
    }

    /// `None`: no leg of it is open.
    #[must_use]
    pub fn thread_of(&self, room: InteractionId) -> Option<usize> {
        self.rooms.get(&room).map(|place| place.thread)
    }

    pub fn release(&mut self, leg: LegId) {
        let Some(room) = self.legs.remove(&leg) else { return };
        let Some(place) = self.rooms.get_mut(&room) else { return };
        self.threads[place.thread] -= 1;
        place.legs -= 1;
        if place.legs == 0 {
            self.rooms.remove(&room);
        }
    }
}

/// The first thread with room; where all are filled, the one with the least.
fn roomiest(threads: &[usize], ended: impl Fn(usize) -> bool) -> usize {
    let thread = (0..threads.len()).min_by_key(|n| {
        let filled = threads[*n] >= FILLED;
        (ended(*n), filled, if filled { threads[*n] } else { 0 }, *n)
    });
    thread.unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: fn(usize) -> bool = |_| false;

    fn room(n: usize) -> InteractionId {
        InteractionId(n as i64)
    }

    fn leg(n: usize) -> LegId {
        LegId(n as i64)
    }

    #[test]
    fn threads_fill_up_in_turn_and_are_filled_alike_beyond() {
        let mut places = Places::new(3);
        let first: Vec<usize> = (0..3 * FILLED).map(|n| places.open(room(n), leg(n), NONE)).collect();
        assert!(first.iter().enumerate().all(|(n, thread)| *thread == n / FILLED));
        let beyond: Vec<usize> = (3 * FILLED..3 * FILLED + 6).map(|n| places.open(room(n), leg(n), NONE)).collect();
        assert_eq!(beyond, [0, 1, 2, 0, 1, 2]);
    }

    #[test]
    fn all_legs_of_a_room_are_on_its_thread_however_full_it_is() {
        let mut places = Places::new(2);
        places.open(room(1), leg(1), NONE);
        (2..=FILLED).for_each(|n| assert_eq!(places.open(room(n), leg(n), NONE), 0));
        assert_eq!(places.open(room(9_000), leg(9_000), NONE), 1);
        assert_eq!(places.open(room(1), leg(9_001), NONE), 0);
        places.release(leg(1));
        assert_eq!(places.thread_of(room(1)), Some(0), "one leg is left");
        places.release(leg(9_001));
        assert_eq!(places.thread_of(room(1)), None);
    }

    #[test]
    fn what_was_released_makes_room_on_the_first_thread() {
        let mut places = Places::new(2);
        (0..FILLED).for_each(|n| assert_eq!(places.open(room(n), leg(n), NONE), 0));
        places.release(leg(7));
        places.release(leg(7));
        assert_eq!(places.open(room(9_000), leg(9_000), NONE), 0);
        assert_eq!(places.open(room(9_001), leg(9_001), NONE), 1);
        (0..10_000).for_each(|n| places.release(leg(n)));
        assert_eq!((places.threads, places.rooms.len(), places.legs.len()), (vec![0, 0], 0, 0));
    }

    #[test]
    fn a_line_counts_on_its_thread_and_moves_to_the_room_it_is_needed_in() {
        let mut places = Places::new(2);
        assert_eq!(places.open_line(LineId(1), NONE), 0);
        (1..FILLED).for_each(|n| assert_eq!(places.open(room(n), leg(n), NONE), 0));
        assert_eq!(places.open(room(9_000), leg(9_000), NONE), 1);
        assert_eq!(places.line_to(LineId(1), room(9_000)), Some((0, 1)));
        assert_eq!((places.thread_of_line(LineId(1)), &places.threads[..]), (Some(1), &[FILLED - 1, 2][..]));
        assert_eq!(places.line_to(LineId(1), room(9_000)), Some((1, 1)));
        assert_eq!((places.line_to(LineId(2), room(9_000)), places.line_to(LineId(1), room(0))), (None, None));
        places.release_line(LineId(1));
        places.release_line(LineId(1));
        assert_eq!((places.thread_of_line(LineId(1)), &places.threads[..]), (None, &[FILLED - 1, 1][..]));
    }

    #[test]
    fn a_thread_that_has_ended_gets_no_room_while_there_is_another() {
        let mut places = Places::new(2);
        assert_eq!(places.open(room(1), leg(1), |n| n == 0), 1);
        assert_eq!(places.open(room(2), leg(2), |_| true), 0);
    }
}
