//! Who calls is asked beside the call, which never waits for it. A customer store that hangs must not collect questions:
//! only so many are open at once, and each for so long.

use std::sync::Arc;
use std::time::Duration;

use contract::{Caller, InteractionId, Lookup};
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, mpsc};

use super::switch::Message;

/// Questions open at once. A store that answers in time has a handful.
const AT_ONCE: usize = 256;
/// Longest wait for an answer; after it the caller is nobody.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) struct Lookups {
    room: Arc<Semaphore>,
    passed_over: u64,
}

impl Default for Lookups {
    fn default() -> Self {
        Self { room: Arc::new(Semaphore::new(AT_ONCE)), passed_over: 0 }
    }
}

impl Lookups {
    /// Asks, on the threads of `house`; the answer comes as [`Message::Identified`], or never.
    pub fn ask(&mut self, call: InteractionId, caller: Caller, store: &dyn Lookup, house: &Handle, inbox: mpsc::Sender<Message>) {
        // Who is not shown is not asked for; a number that reads as none may still end like one that is known.
        if caller.withheld || caller.raw.is_empty() {
            return;
        }
        let Ok(place) = self.room.clone().try_acquire_owned() else {
            self.passed_over += 1;
            tracing::warn!(call.id = %call, "who calls in call {call} is not asked: {AT_ONCE} questions wait already");
            return;
        };
        let asked = store.identify(caller);
        house.spawn(async move {
            let _place = place;
            let Ok(candidates) = tokio::time::timeout(PATIENCE, asked).await else {
                tracing::warn!(call.id = %call, "who calls in call {call} was not found out in time");
                return;
            };
            // The switch has gone: so has the call.
            let _ = inbox.send(Message::Identified(call, candidates)).await;
        });
    }

    /// Questions without an answer yet.
    pub fn open(&self) -> usize {
        AT_ONCE - self.room.available_permits()
    }

    /// Callers nobody was asked about, for want of room.
    pub fn passed_over(&self) -> u64 {
        self.passed_over
    }
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;
    use std::sync::Mutex;

    use contract::{Candidate, PhoneNumber};
    use tokio::sync::watch;

    use super::*;

    /// Notes who was asked about, and answers when told to.
    struct Slow {
        asked: Mutex<Vec<String>>,
        answer: watch::Sender<bool>,
    }

    impl Lookup for Slow {
        fn identify(&self, caller: Caller) -> Pin<Box<dyn Future<Output = Vec<Candidate>> + Send>> {
            self.asked.lock().unwrap().push(caller.raw);
            let mut answer = self.answer.subscribe();
            Box::pin(async move {
                let _ = answer.wait_for(|now| *now).await;
                Vec::new()
            })
        }
    }

    fn caller(raw: &str, number: Option<&str>, withheld: bool) -> Caller {
        let number = number.map(|n| PhoneNumber::from_e164(n).unwrap());
        Caller { raw: raw.into(), name: String::new(), number, withheld }
    }

    #[tokio::test]
    async fn whoever_shows_anything_is_asked_for_and_who_shows_nothing_is_not() {
        let store = Slow { asked: Mutex::default(), answer: watch::Sender::new(true) };
        let (inbox, mut answers) = mpsc::channel(16);
        let mut lookups = Lookups::default();
        let callers = [
            caller("057187654321", Some("+8657187654321"), false),
            caller("687654321", None, false),
            caller("", None, true),
            caller("87654321", None, true),
            caller("", None, false),
        ];
        for (n, who) in (1..).zip(callers) {
            lookups.ask(InteractionId(n), who, &store, &Handle::current(), inbox.clone());
        }
        drop(inbox);
        let mut told = Vec::new();
        while let Some(Message::Identified(call, _)) = answers.recv().await {
            told.push(call.0);
        }
        assert_eq!((*store.asked.lock().unwrap()).as_slice(), ["057187654321", "687654321"]);
        told.sort_unstable();
        assert_eq!(told, [1, 2]);
    }

    #[tokio::test]
    async fn a_store_that_hangs_collects_so_many_questions_and_no_more_and_is_asked_again_when_it_answers() {
        let store = Slow { asked: Mutex::default(), answer: watch::Sender::new(false) };
        let (inbox, mut answers) = mpsc::channel(2 * AT_ONCE);
        let mut lookups = Lookups::default();
        let ask = |lookups: &mut Lookups, n: usize| {
            lookups.ask(InteractionId(n as i64), caller("13800138000", None, false), &store, &Handle::current(), inbox.clone());
        };
        (0..AT_ONCE + 3).for_each(|n| ask(&mut lookups, n));
        assert_eq!((lookups.open(), lookups.passed_over()), (AT_ONCE, 3));
        assert_eq!(store.asked.lock().unwrap().len(), AT_ONCE);
        store.answer.send_replace(true);
        for _ in 0..AT_ONCE {
            assert!(answers.recv().await.is_some());
        }
        // Each gives its place back after its answer went out.
        while lookups.open() > 0 {
            tokio::task::yield_now().await;
        }
        ask(&mut lookups, 1_000);
        assert!(matches!(answers.recv().await, Some(Message::Identified(InteractionId(1_000), _))));
        assert_eq!(lookups.passed_over(), 3);
    }
}
