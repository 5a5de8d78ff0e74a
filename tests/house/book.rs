//! The ledger of a test: every fact kept in order, and waited for. [`Book::must_balance`] checks what holds for every
//! ledger, whatever was called. Never in this room: calls being made.

use std::collections::BTreeMap;
use std::time::Duration;

use contract::{EpochMs, EventKind, InteractionId, Ledger};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::phone::PATIENCE;

/// One fact.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    pub at: EpochMs,
    pub call: Option<InteractionId>,
    pub kind: EventKind,
}

/// See the room story.
#[derive(Debug, Default)]
pub struct Book {
    facts: watch::Sender<Vec<Fact>>,
}

impl Ledger for Book {
    fn record(&self, at: EpochMs, call: Option<InteractionId>, kind: EventKind) {
        self.facts.send_modify(|facts| facts.push(Fact { at, call, kind }));
    }
}

impl Book {
    #[must_use]
    pub fn facts(&self) -> Vec<Fact> {
        self.facts.borrow().clone()
    }

    /// Facts of one call.
    #[must_use]
    pub fn of(&self, call: InteractionId) -> Vec<EventKind> {
        self.facts.borrow().iter().filter(|f| f.call == Some(call)).map(|f| f.kind.clone()).collect()
    }

    /// Calls in the order they arrived.
    #[must_use]
    pub fn calls(&self) -> Vec<InteractionId> {
        let facts = self.facts.borrow();
        facts.iter().filter(|f| matches!(f.kind, EventKind::CallArrived { .. })).filter_map(|f| f.call).collect()
    }

    #[must_use]
    pub fn count(&self, is: impl Fn(&EventKind) -> bool) -> usize {
        self.facts.borrow().iter().filter(|f| is(&f.kind)).count()
    }

    /// Waits for the `n`th fact (counted from 1) for which `find` gives something.
    ///
    /// # Errors
    /// In words, with the last facts there were.
    pub async fn nth<T>(&self, n: usize, what: &str, find: impl Fn(&Fact) -> Option<T>) -> Result<T, String> {
        let mut seen = self.facts.subscribe();
        let there = |facts: &Vec<Fact>| facts.iter().filter_map(&find).nth(n.saturating_sub(1));
        let waited = timeout(PATIENCE, seen.wait_for(|facts| there(facts).is_some())).await;
        let found = waited.ok().and_then(Result::ok).and_then(|facts| there(&facts));
        found.ok_or_else(|| {
            let facts = self.facts.borrow();
            let tail: Vec<String> = facts.iter().rev().take(25).rev().map(|f| format!("  {:?} {:?}", f.call, f.kind)).collect();
            format!("the ledger never told of {what} (number {n}); its last facts:\n{}", tail.join("\n"))
        })
    }

    /// Waits for the first such fact.
    ///
    /// # Errors
    /// As [`Book::nth`].
    pub async fn until<T>(&self, what: &str, find: impl Fn(&Fact) -> Option<T>) -> Result<T, String> {
        self.nth(1, what, find).await
    }

    /// What the ledger must say once all calls are over: one end for everything that began, and no orphan.
    ///
    /// # Errors
    /// In words: what is missing or too much.
    pub fn must_balance(&self) -> Result<(), String> {
        let mut open: BTreeMap<String, i32> = BTreeMap::new();
        let mut wrong = Vec::new();
        let facts = self.facts.borrow();
        for fact in facts.iter() {
            if let EventKind::OrphanEnded { what, id } = &fact.kind {
                wrong.push(format!("orphan: {what} {id}"));
            }
            for (key, step) in step(fact).into_iter().chain(asked(fact)) {
                let count = open.entry(key.clone()).or_default();
                *count += step;
                if !(0..=1).contains(count) {
                    wrong.push(format!("{key} stands at {count} after {:?}", fact.kind));
                }
            }
        }
        wrong.extend(open.into_iter().filter(|(_, count)| *count != 0).map(|(key, count)| format!("{key}: {count} open")));
        if wrong.is_empty() { Ok(()) } else { Err(wrong.join("; ")) }
    }
}

/// Whoever is asked for into a talk comes or does not, and goes again.
fn asked(fact: &Fact) -> Vec<(String, i32)> {
    let asking = format!("asking of {}", fact.call.map(|c| c.to_string()).unwrap_or_default());
    match &fact.kind {
        EventKind::ConsultStarted { .. } => vec![(asking, 1)],
        EventKind::ConsultFailed { .. } => vec![(asking, -1)],
        EventKind::ConsultAnswered { leg, .. } => vec![(asking, -1), (format!("asked on {leg}"), 1)],
        EventKind::ConsultEnded { leg, .. } => vec![(format!("asked on {leg}"), -1)],
        _ => vec![],
    }
}

/// What begins (1) and ends (-1) with a fact.
fn step(fact: &Fact) -> Option<(String, i32)> {
    use EventKind as E;
    let call = fact.call.map(|c| c.to_string()).unwrap_or_default();
    Some(match &fact.kind {
        E::CallArrived { .. } => (format!("call {call}"), 1),
        E::CallEnded { .. } | E::Interrupted { .. } => (format!("call {call}"), -1),
        E::LegStarted { leg, .. } => (format!("leg {leg}"), 1),
        E::LegEnded { leg, .. } => (format!("leg {leg}"), -1),
        E::FlowStarted { .. } => (format!("flow of {call}"), 1),
        E::FlowEnded { .. } => (format!("flow of {call}"), -1),
        E::Queued { .. } => (format!("wait of {call}"), 1),
        E::QueueLeft { .. } => (format!("wait of {call}"), -1),
        E::Offered { offer, .. } => (format!("offer {offer}"), 1),
        E::OfferEnded { offer, .. } => (format!("offer {offer}"), -1),
        E::TalkStarted { leg, .. } => (format!("talk on {leg}"), 1),
        E::TalkEnded { leg, .. } => (format!("talk on {leg}"), -1),
        E::SupervisionStarted { by, .. } => (format!("supervision by {by} of {call}"), 1),
        E::SupervisionEnded { by, .. } => (format!("supervision by {by} of {call}"), -1),
        E::RecordingStarted { recording, .. } => (format!("recording {recording}"), 1),
        E::RecordingEnded { recording, .. } => (format!("recording {recording}"), -1),
        E::Parked { .. } => (format!("parking of {call}"), 1),
        E::ParkEnded { .. } => (format!("parking of {call}"), -1),
        E::SentToFlow { .. } => (format!("visit of {call}"), 1),
        E::CameBack { .. } => (format!("visit of {call}"), -1),
        E::WrapUpStarted { agent, .. } => (format!("wrap-up of {agent}"), 1),
        E::WrapUpEnded { agent, .. } => (format!("wrap-up of {agent}"), -1),
        _ => return None,
    })
}

/// How long a look at something that cannot be awaited takes at most between two looks.
pub const LOOK: Duration = Duration::from_millis(20);
