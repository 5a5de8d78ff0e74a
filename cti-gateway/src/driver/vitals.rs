//! Whether the gateway lives: the signs of life of the switch, of signalling and of media ([`Vitals::parts`]), and the
//! warden who looks at them once a second ([`ward`]). What broke is told with what to do, and new calls are refused while
//! nobody would carry them. Never in this room: calls.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use contract::health::{Change, Part, Pulse, Trouble, Watch};
use tokio::sync::{mpsc, watch};
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::Clock;
use super::switch::Message;
use crate::media::Engine;
use crate::sip::api::{Counts, UaCommand};

/// The switch hears of the audit every second, signalling wakes twice as often.
const PATIENCE_MS: i64 = 10_000;

/// What the health of the gateway is read from.
pub(super) struct Vitals {
    clock: Clock,
    pub switch: Arc<Pulse>,
    pub sip: Arc<Pulse>,
    engine: Engine,
    counts: watch::Receiver<Counts>,
    /// What the switch is to hear.
    inbox: mpsc::WeakSender<Message>,
}

impl Vitals {
    pub fn of(
        clock: Clock,
        engine: &Engine,
        counts: &watch::Receiver<Counts>,
        inbox: &mpsc::Sender<Message>,
    ) -> Arc<Self> {
        let (switch, sip) = (Pulse::began(clock.now()), Pulse::began(clock.now()));
        let (engine, counts, inbox) = (engine.clone(), counts.clone(), inbox.downgrade());
        Arc::new(Self { clock, switch, sip, engine, counts, inbox })
    }

    /// More waits for the switch than it can have worked off in time: beyond the inbox, messages are lost.
    fn lag(&self) -> Option<Trouble> {
        let inbox = self.inbox.upgrade()?;
        lags(inbox.max_capacity() - inbox.capacity(), inbox.max_capacity())
    }

    pub fn parts(&self) -> Vec<Part> {
        let now = self.clock.now();
        let deaf = self.counts.borrow().tcp_deaf.then_some(Trouble::Failing("takes no TCP connections any more"));
        let own = [
            Part { name: "switch", trouble: self.switch.judge(now, PATIENCE_MS).max(self.lag()) },
            Part { name: "sip", trouble: self.sip.judge(now, PATIENCE_MS).max(deaf) },
        ];
        own.into_iter().chain(self.engine.health()).collect()
    }
}

fn lags(waiting: usize, room: usize) -> Option<Trouble> {
    (waiting > room / 2).then_some(Trouble::Failing("lags behind"))
}

/// Runs a task that gives a sign of life whenever it is looked at, and says its end, whatever the way.
pub(super) async fn tend(pulse: Arc<Pulse>, clock: Clock, work: impl Future<Output = ()>) {
    let _over = pulse.until_dropped();
    let mut work = pin!(work);
    poll_fn(|cx| {
        pulse.beat(clock.now());
        work.as_mut().poll(cx)
    })
    .await;
}

/// Has signalling refuse new calls when dropped: held by the switch, without which nobody would answer them.
pub(super) struct ShutTheDoor(pub mpsc::Sender<UaCommand>);

impl Drop for ShutTheDoor {
    fn drop(&mut self) {
        // Where its queue is full, the warden says so again.
        let _ = self.0.try_send(UaCommand::Drain(true));
    }
}

fn every_second() -> Interval {
    let mut every = interval(Duration::from_secs(1));
    every.set_missed_tick_behavior(MissedTickBehavior::Delay);
    every
}

/// Asks the switch for the truth audit, while there is a switch.
pub(super) async fn call_for_audits(inbox: mpsc::WeakSender<Message>) {
    let mut every = every_second();
    loop {
        every.tick().await;
        let Some(inbox) = inbox.upgrade() else { return };
        if inbox.send(Message::Audit).await.is_err() {
            return;
        }
    }
}

/// Looks at the gateway's parts until it is cut off.
pub(super) async fn ward(vitals: Arc<Vitals>, sip: mpsc::Sender<UaCommand>) {
    let (mut every, mut watch, mut door) = (every_second(), Watch::default(), Door::Open);
    loop {
        every.tick().await;
        let parts = vitals.parts();
        for change in watch.look(&parts) {
            match change {
                Change::Broke(part, trouble) => {
                    let todo = what_to_do(part, trouble);
                    tracing::error!(part, todo, "{part} {trouble}: {todo}");
                }
                Change::Mended(part) => tracing::warn!(part, "{part} works again"),
            }
        }
        let wanted = Door::of(&parts, &watch);
        // What is not taken now is said again at the next look.
        if wanted != door && sip.try_send(wanted.order()).is_ok() {
            door = wanted;
        }
    }
}

/// In the words of whoever has to get up at night.
fn what_to_do(part: &str, trouble: Trouble) -> &'static str {
    match part {
        "switch" if matches!(trouble, Trouble::Failing(_)) => {
            "new calls get 503 until it has caught up; look what else this machine does, and whether a disk stands still"
        }
        "switch" => "calls are neither taken nor ended, new ones get 503; restart the program",
        "sip" => "phones and trunks do not reach us; restart the program",
        "media" => "calls are deaf, new ones get 503; restart the program",
        _ => "talks are not recorded; look whether the recordings' disk answers, then restart the program",
    }
}

/// What becomes of new calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Door {
    Open,
    /// Refused until whoever pauses is back.
    Pressed,
    /// Refused, and OPTIONS too, so that trunks go elsewhere: what has ended does not come back.
    Shut,
}

impl Door {
    /// Calls need the switch and the media threads. The recorder they do not: disk trouble costs the recording, never the call.
    fn of(parts: &[Part], watch: &Watch) -> Self {
        let needed = |part: &&Part| matches!(part.name, "switch" | "media") && watch.is_broken(part.name);
        match parts.iter().filter(needed).filter_map(|part| part.trouble).max() {
            None => Self::Open,
            Some(Trouble::Failing(_) | Trouble::Silent { .. }) => Self::Pressed,
            Some(Trouble::Ended) => Self::Shut,
        }
    }

    fn order(self) -> UaCommand {
        match self {
            Self::Open => UaCommand::Pressure(false),
            Self::Pressed => UaCommand::Pressure(true),
            Self::Shut => UaCommand::Drain(true),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_calls_are_refused_while_switch_or_media_are_broken_and_for_good_when_they_ended() {
        let (silent, ended) = (Some(Trouble::Silent { ms: 11_000 }), Some(Trouble::Ended));
        for (switch, sip, media, recorder, want) in [
            (None, None, None, None, Door::Open),
            (None, ended, None, None, Door::Open),
            (None, None, None, ended, Door::Open),
            (silent, None, None, None, Door::Pressed),
            (None, None, silent, None, Door::Pressed),
            (ended, None, None, None, Door::Shut),
            (silent, silent, ended, silent, Door::Shut),
        ] {
            let troubles = [("switch", switch), ("sip", sip), ("media", media), ("recorder", recorder)];
            let parts = troubles.map(|(name, trouble)| Part { name, trouble });
            let mut watch = Watch::default();
            watch.look(&parts);
            let after_one = Door::of(&parts, &watch);
            let at_once = want != Door::Pressed;
            assert_eq!(after_one == want, at_once, "{troubles:?}: one look only suspects the silent");
            watch.look(&parts);
            assert_eq!(Door::of(&parts, &watch), want, "{troubles:?}");
        }
    }

    #[test]
    fn a_switch_that_has_half_of_its_inbox_before_it_gets_no_new_calls() {
        for (waiting, want) in [(0, None), (32_768, None), (32_769, Some(Trouble::Failing("lags behind")))] {
            let trouble = lags(waiting, 65_536);
            assert_eq!(trouble, want, "{waiting} wait");
            let parts = [Part { name: "switch", trouble }];
            let mut watch = Watch::default();
            watch.look(&parts);
            watch.look(&parts);
            let door = if want.is_some() { Door::Pressed } else { Door::Open };
            assert_eq!(Door::of(&parts, &watch), door, "{waiting} wait");
        }
    }

    #[tokio::test]
    async fn a_task_lives_while_it_is_looked_at_and_its_end_is_seen_whatever_the_way() {
        let clock = Clock::start();
        let ends: [(&str, fn()); 2] =
            [("returns", || {}), ("panics", || std::panic::resume_unwind(Box::new("broken")))];
        for (way, end) in ends {
            let pulse = Pulse::began(clock.now() - 2 * PATIENCE_MS);
            let (go, gone) = tokio::sync::oneshot::channel::<()>();
            let (started, has_started) = tokio::sync::oneshot::channel::<()>();
            assert!(matches!(pulse.judge(clock.now(), PATIENCE_MS), Some(Trouble::Silent { .. })));
            let task = tokio::spawn(tend(pulse.clone(), clock, async move {
                let _ = started.send(());
                let _ = gone.await;
                end();
            }));
            has_started.await.unwrap();
            assert_eq!(pulse.judge(clock.now(), PATIENCE_MS), None, "{way}");
            drop(go);
            assert_eq!(task.await.is_ok(), way == "returns");
            assert_eq!(pulse.judge(clock.now(), PATIENCE_MS), Some(Trouble::Ended), "{way}");
        }
    }
}
