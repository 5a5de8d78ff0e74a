//! New calls while more come than can be served: whether they are let in is decided before they are read whole, so that
//! refusing the many leaves the time for the few. Who was refused stays so: a repeat may have crossed the refusal on its
//! way, and let in it would ring an agent for a caller who has gone.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use super::Endpoint;
use crate::sip::admission::Load;
use crate::sip::api::Flow;
use crate::sip::message::{Method, Request};
use crate::sip::transaction::TxKey;

/// How long a refusal is remembered at least, and how many are.
const REMEMBERED: Duration = Duration::from_secs(8);
const MOST: usize = 100_000;

/// Requests that were refused for want of room: those of now, and of before.
#[derive(Debug, Default)]
pub(super) struct Refusals {
    young: HashSet<TxKey>,
    old: HashSet<TxKey>,
    since: Option<Instant>,
}

impl Refusals {
    fn note(&mut self, now: Instant, key: TxKey) {
        self.age(now);
        if self.young.len() >= MOST {
            self.old = std::mem::take(&mut self.young);
        }
        self.since.get_or_insert(now);
        self.young.insert(key);
    }

    fn has(&mut self, now: Instant, key: TxKey) -> bool {
        self.age(now);
        self.young.contains(&key) || self.old.contains(&key)
    }

    fn age(&mut self, now: Instant) {
        while let Some(since) = self.since.filter(|since| now.saturating_duration_since(*since) >= REMEMBERED) {
            self.old = std::mem::take(&mut self.young);
            self.since = (!self.old.is_empty()).then_some(since + REMEMBERED);
        }
    }
}

impl Endpoint {
    /// Under pressure, a datagram. True: it is dealt with; else it is to be read whole.
    pub(super) fn repelled(&mut self, now: Instant, flow: Flow, bytes: &[u8]) -> bool {
        let Some(mut request) = Request::brief(bytes) else { return false };
        let Some(key) = self.server_key(&request, "INVITE") else { return false };
        let of_dialog = |tag: &str| self.by_tag.contains_key(tag);
        if self.txs.contains_key(&key) || request.headers.to_tag().is_some_and(of_dialog) {
            return false;
        }
        if request.method == Method::Ack {
            // Of a refusal that left no state.
            return true;
        }
        if request.headers.to_tag().is_some() {
            return false;
        }
        request.stamp_source(flow.remote);
        self.let_in = self.lets_in(now, flow, key, &request);
        !self.let_in
    }

    /// Room is asked for before passwords are computed: refusing must stay cheap. False: refused.
    pub(super) fn lets_in(&mut self, now: Instant, flow: Flow, key: TxKey, request: &Request) -> bool {
        let load =
            Load { dialogs: self.legs.len(), transactions: self.txs.len(), untouched: self.counts.untouched };
        if !self.refusals.has(now, key) {
            if self.admission.admit(now, load).is_ok() {
                return true;
            }
            self.refusals.note(now, key);
        }
        self.counts.refused += 1;
        self.overloaded(flow, request);
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sip::transaction::KeyMaker;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "some first Instant")]
    fn refusals_are_remembered_for_a_while_and_not_for_ever() {
        let (began, keys) = (Instant::now(), KeyMaker::new((1, 2)));
        let key = |n: usize| keys.other(&[&n.to_string()]);
        let mut refusals = Refusals::default();
        refusals.note(began, key(1));
        assert!(refusals.has(began + REMEMBERED, key(1)) && !refusals.has(began, key(2)));
        assert!(!refusals.has(began + 2 * REMEMBERED, key(1)));
        (0..3 * MOST).for_each(|n| refusals.note(began + 3 * REMEMBERED, key(n)));
        assert!(refusals.young.len() + refusals.old.len() <= 2 * MOST);
        assert!(!refusals.has(began + 9 * REMEMBERED, key(3 * MOST - 1)));
        assert_eq!((refusals.young.len(), refusals.old.len(), refusals.since), (0, 0, None));
    }
}
