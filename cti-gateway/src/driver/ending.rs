//! How the gateway ends: no new calls, then BYE to what is left ([`Gateway::stop`]); then everything it began is ended and
//! waited for ([`Gateway::close`]). Nothing here waits without end, as what is to be ended may be what hangs.

use std::sync::PoisonError;
use std::time::Duration;

use contract::EndCause;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::task::AbortOnDropHandle;

use super::gateway::Gateway;
use super::switch::Message;

/// How often it is looked whether all calls have ended.
const LOOK: Duration = Duration::from_millis(50);
/// How long calls told to end may take, and a part of the gateway told to.
const LAST_WORD: Duration = Duration::from_secs(5);
/// How long the recorder may take to close its files.
const LAST_TAPE: Duration = Duration::from_secs(10);

/// The tasks of a gateway.
pub(super) struct Tasks {
    /// These two on threads of their own, cut off where the gateway is dropped without [`Gateway::close`].
    pub switch: AbortOnDropHandle<()>,
    pub sip: AbortOnDropHandle<()>,
    pub auditor: JoinHandle<()>,
    pub warden: JoinHandle<()>,
    /// Tells signalling how far the ledger is behind.
    pub scribe: JoinHandle<()>,
    /// Writes down where phones are.
    pub contacts: Option<JoinHandle<()>>,
}

impl Gateway {
    /// Two steps: no new calls, then, when `grace` is over, BYE to what is left. Returns how many calls were cut.
    pub async fn stop(&self, grace: Duration) -> usize {
        let grace_ms = u32::try_from(grace.as_millis()).unwrap_or(u32::MAX);
        self.say(Message::Drain { grace_ms }).await;
        if timeout(grace, self.quiet()).await.is_ok() {
            return 0;
        }
        let left = self.gauges_within(LAST_WORD).await.map_or(0, |gauges| gauges.calls);
        tracing::warn!(left, "grace of {grace:?} is over, hanging up {left} calls");
        self.say(Message::AbortAll(EndCause::Shutdown)).await;
        let _ = timeout(LAST_WORD, self.quiet()).await;
        left
    }

    /// Ends what [`Gateway::start`] began, each after those that still have something to tell it: media, whose last words
    /// reach the switch; the switch, whose last commands reach signalling; signalling, which says BYE to what still stands.
    /// After [`Gateway::stop`]. A second time changes nothing.
    pub async fn close(&self) {
        let Some(tasks) = self.tasks.lock().unwrap_or_else(PoisonError::into_inner).take() else { return };
        // Before the others, whose end it would take for a death.
        for task in [tasks.warden, tasks.scribe, tasks.auditor] {
            task.abort();
            let _ = task.await;
        }
        self.end_media().await;
        self.say(Message::End).await;
        joined("switch", tasks.switch.detach()).await;
        joined("sip", tasks.sip.detach()).await;
        // It ends with signalling, which tells it of the phones.
        if let Some(contacts) = tasks.contacts {
            joined("contacts", contacts).await;
        }
    }

    /// Until no call is left, or nobody to ask.
    async fn quiet(&self) {
        let mut look = tokio::time::interval(LOOK);
        while self.ask(Message::Gauges).await.is_some_and(|gauges| gauges.calls > 0) {
            look.tick().await;
        }
    }

    /// Tells the switch, unless it hangs.
    async fn say(&self, message: Message) {
        let _ = timeout(LAST_WORD, self.tell(message)).await;
    }

    async fn end_media(&self) {
        let (engine, (done, ended)) = (self.media().clone(), oneshot::channel::<()>());
        // On a thread that nobody waits for: a media thread that hangs must not keep the program from ending.
        let begun = std::thread::Builder::new().name("media-end".into()).spawn(move || {
            engine.stop();
            drop(done);
        });
        if let Err(e) = begun {
            tracing::error!("media is not ended in order: {e}");
        } else if timeout(LAST_TAPE, ended).await.is_err() {
            tracing::error!("media does not end; recordings are repaired at the next start");
        }
    }
}

async fn joined(part: &'static str, mut task: JoinHandle<()>) {
    match timeout(LAST_WORD, &mut task).await {
        Ok(Ok(())) => {}
        Ok(Err(e)) => tracing::error!(part, "{part} had ended badly: {e}"),
        Err(_) => {
            task.abort();
            tracing::error!(part, "{part} does not end, and is cut off");
        }
    }
}
