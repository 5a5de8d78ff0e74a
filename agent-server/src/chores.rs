//! What has to be done now and then without anybody asking: number lists end on their day, old sessions and drafts go, and
//! once a day it is proved that no recording is missing.

use std::time::Duration;

use reports::Zone;
use store::DbError;
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};

use crate::App;
use crate::clock::now;

const ROUND: Duration = Duration::from_secs(300);
/// Drafts nobody touched for so long.
const OLD_DRAFT_MS: i64 = 30 * 24 * 3_600_000;

/// Runs until `stop` says so. What fails is tried again in the next round.
pub async fn run(app: App, mut stop: watch::Receiver<bool>) {
    let mut round = interval(ROUND);
    round.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut proved = 0;
    loop {
        tokio::select! {
            _ = round.tick() => {}
            () = async { drop(stop.wait_for(|stop| *stop).await) } => return,
        }
        if let Err(e) = sweep(&app).await {
            tracing::warn!("the chores wait for the database: {e}");
            continue;
        }
        let (today, _) = zone(&app).day_of(now());
        if proved != today && prove(&app, today).await {
            proved = today;
        }
    }
}

async fn sweep(app: &App) -> Result<(), DbError> {
    if crate::rooms::number_lists(&app.db).await? != app.office.now().directory.lists {
        app.edited().await?;
    }
    let mut tx = app.db.begin().await?;
    company::sessions::sweep(&mut tx, now()).await?;
    company::messages::sweep(&mut tx, now() - company::messages::KEPT_MS).await?;
    crm::drafts::sweep(&mut tx, now() - OLD_DRAFT_MS).await?;
    store::outbox::prune(&mut tx).await?;
    tx.commit().await
}

fn zone(app: &App) -> Zone {
    app.office.now().directory.company.zone.parse().unwrap_or(Zone::utc())
}

/// The certificate of yesterday: for every second of talk there is audio or a stated reason.
async fn prove(app: &App, today: contract::EpochMs) -> bool {
    let (yesterday, _) = zone(app).day_of(today - 1);
    let view = app.office.now();
    let wanted = |queue: Option<contract::QueueId>| queue.is_none_or(|id| view.book.queues.get(&id).is_none_or(|q| q.item.record));
    match recordings::certificate::certify(&app.db, &app.files, yesterday, today, wanted).await {
        Ok(told) => {
            let missing = told.missing.len() + told.without_file.len() + told.without_row.len();
            app.metrics.recordings_missing.set(i64::try_from(missing).unwrap_or(i64::MAX));
            if told.is_clean() {
                tracing::info!(talks = told.talks, "yesterday's {} talks are recorded or explained", told.talks);
            } else {
                tracing::error!(missing, "yesterday's recordings are not whole: {told:?}");
            }
            true
        }
        Err(e) => {
            tracing::warn!("yesterday's recordings could not be proved: {e}");
            false
        }
    }
}
