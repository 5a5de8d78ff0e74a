//! How the parts of the house are: database, ledger, folds, desks and chores here, the switch, SIP and media with the
//! gateway. What `/readyz` says ([`page`]) and the log is told ([`watch`]). Start at [`parts`].
//! Never in this room: what a part does.

use std::sync::Arc;
use std::time::Duration;

use contract::EpochMs;
use contract::health::{Change, Part, Pulse, Trouble, Watch};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::House;

/// How often the log is told of changes.
const LOOK: Duration = Duration::from_secs(5);
/// How long the database may take to say that it is there.
const DATABASE: Duration = Duration::from_secs(2);
/// The desks look at the board four times a second.
const DESKS_MS: i64 = 15_000;
/// Longest time an event is in memory only, while the database or the disk takes any.
const UNSAFE_MS: i64 = 10_000;

/// The signs of life of this crate's own tasks.
#[derive(Debug)]
pub struct Pulses {
    pub desks: Arc<Pulse>,
    pub chores: Arc<Pulse>,
}

impl Pulses {
    #[must_use]
    pub fn began(now: EpochMs) -> Self {
        Self { desks: Pulse::began(now), chores: Pulse::began(now) }
    }
}

/// Runs a task whose end is seen.
pub async fn until_over(pulse: Arc<Pulse>, work: impl Future<Output = ()>) {
    let _over = pulse.until_dropped();
    work.await;
}

/// Every part of the program.
pub async fn parts(house: &House) -> Vec<Part> {
    let mut all = own(house).await;
    all.extend(house.gateway.health());
    all
}

async fn own(house: &House) -> Vec<Part> {
    let now = house.gateway.clock().now();
    let folds = (!house.ended_folds().await.is_empty()).then_some(Trouble::Ended);
    vec![
        Part { name: "database", trouble: database(house).await },
        Part { name: "ledger", trouble: ledger(now, house.ledger.is_running(), house.ledger.unsafe_since()) },
        Part { name: "folds", trouble: folds },
        Part { name: "desks", trouble: house.pulses.desks.judge(now, DESKS_MS) },
        // Their round may take any time.
        Part { name: "chores", trouble: house.pulses.chores.judge(now, i64::MAX) },
    ]
}

async fn database(house: &House) -> Option<Trouble> {
    match timeout(DATABASE, house.db.query("SELECT 1 AS one", Vec::new())).await {
        Ok(Ok(_)) => None,
        Ok(Err(e)) => {
            tracing::debug!("the database does not answer: {e}");
            Some(Trouble::Failing("does not answer"))
        }
        Err(_) => Some(Trouble::Failing("does not answer in time")),
    }
}

fn ledger(now: EpochMs, running: bool, unsafe_since: Option<EpochMs>) -> Option<Trouble> {
    match (running, unsafe_since) {
        (false, _) => Some(Trouble::Ended),
        (true, Some(at)) if now - at > UNSAFE_MS => Some(Trouble::Failing("is taken by neither database nor disk")),
        (true, Some(_) | None) => None,
    }
}

/// Tells the log which of this crate's parts broke and what to do, until `stop` says so. The gateway tells of its own.
pub async fn watch(house: Arc<House>, mut stop: watch::Receiver<bool>) {
    let (mut look, mut watch) = (interval(LOOK), Watch::default());
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = look.tick() => {}
            () = async { drop(stop.wait_for(|stop| *stop).await) } => return,
        }
        let parts = own(&house).await;
        // Asked after the look: parts that end because they were told to are no news.
        if *stop.borrow() {
            return;
        }
        for change in watch.look(&parts) {
            match change {
                Change::Broke(part, trouble) => {
                    let todo = what_to_do(part);
                    tracing::error!(part, todo, "{part} {trouble}: {todo}");
                }
                Change::Mended(part) => tracing::warn!(part, "{part} works again"),
            }
        }
    }
}

/// In the words of whoever has to get up at night.
fn what_to_do(part: &str) -> &'static str {
    match part {
        "database" => {
            "calls go on, what happens waits on the local disk; look whether it runs and store.url reaches it"
        }
        "ledger" => {
            "what happens is not kept; look at the database and the disk of store.data, then restart the program"
        }
        "folds" => "lists and reports stand still; restart the program",
        "desks" => "desktops hear nothing new; restart the program",
        _ => "nobody tidies up; restart the program",
    }
}

/// What `/readyz` says: whether calls and people may come, and each part in a line.
#[must_use]
pub fn page(parts: &[Part]) -> (bool, String) {
    let ill: Vec<&str> = parts.iter().filter(|part| !part.is_well()).map(|part| part.name).collect();
    let mut text = match ill.as_slice() {
        [] => "ready\n\n".to_owned(),
        ill => format!("not ready: {}\n\n", ill.join(", ")),
    };
    for Part { name, trouble } in parts {
        let how = trouble.map_or_else(|| "well".to_owned(), |trouble| trouble.to_string());
        text.push_str(&format!("{name}: {how}\n"));
    }
    (ill.is_empty(), text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: EpochMs = 1_790_000_000_000;

    #[test]
    fn the_ledger_is_well_while_it_runs_and_brings_events_somewhere() {
        let stuck = Some(Trouble::Failing("is taken by neither database nor disk"));
        for (running, unsafe_since, want) in [
            (true, None, None),
            (true, Some(NOW), None),
            (true, Some(NOW - UNSAFE_MS), None),
            (true, Some(NOW - UNSAFE_MS - 1), stuck),
            (false, None, Some(Trouble::Ended)),
            (false, Some(0), Some(Trouble::Ended)),
        ] {
            assert_eq!(ledger(NOW, running, unsafe_since), want, "running: {running}, since {unsafe_since:?}");
        }
    }

    #[test]
    fn the_page_names_every_part_and_first_those_that_are_not_well() {
        let part = |name, trouble| Part { name, trouble };
        let well = [part("database", None), part("media", None)];
        assert_eq!(page(&well), (true, "ready\n\ndatabase: well\nmedia: well\n".to_owned()));
        let ill = [
            part("database", Some(Trouble::Failing("does not answer"))),
            part("desks", None),
            part("sip", Some(Trouble::Silent { ms: 12_345 })),
            part("media", Some(Trouble::Ended)),
        ];
        let text = "not ready: database, sip, media\n\ndatabase: does not answer\ndesks: well\n\
                    sip: gave no sign of life for 12 s\nmedia: has ended\n";
        assert_eq!(page(&ill), (false, text.to_owned()));
    }
}
