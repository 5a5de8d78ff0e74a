//! The one task behind the hub: follows the ledger, reads who callers are, batches the board, keeps a copy of it.

use std::sync::Arc;
use std::time::Duration;

use contract::{EventKind, InteractionId};
use store::ledger::Follower;
use tokio::sync::{Semaphore, watch};
use tokio::time::{MissedTickBehavior, interval};

use crate::App;
use crate::clock::now;

/// How often board changes are sent.
const BOARD: Duration = Duration::from_millis(250);
/// How often the board is kept.
const KEEP: Duration = Duration::from_secs(60);
/// Callers whose names are read at once; more wait their turn, their cards come first.
const READS: usize = 32;

/// Runs until `stop` says so.
pub async fn run(app: App, mut events: Follower, mut stop: watch::Receiver<bool>) {
    let (mut board, mut keep) = (interval(BOARD), interval(KEEP));
    board.set_missed_tick_behavior(MissedTickBehavior::Delay);
    keep.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let reads = Arc::new(Semaphore::new(READS));
    loop {
        tokio::select! {
            event = events.next() => match event {
                Ok(event) => {
                    app.desk.apply(&event);
                    if let (EventKind::CallerIdentified { .. }, Some(id)) = (&event.kind, event.interaction) {
                        let (app, reads) = (app.clone(), reads.clone());
                        tokio::spawn(async move {
                            if let Ok(_turn) = reads.acquire().await {
                                read_names(&app, id).await;
                            }
                        });
                    }
                }
                // The follower asks again; the pause between is the board's.
                Err(e) => {
                    tracing::warn!("the desks wait for the database: {e}");
                    board.tick().await;
                }
            },
            _ = board.tick() => {
                let now = app.gateway.clock().now();
                app.pulses.desks.beat(now);
                app.desk.tick(now);
            }
            _ = keep.tick() => save(&app).await,
            () = asked(&mut stop) => return save(&app).await,
        }
    }
}

async fn asked(stop: &mut watch::Receiver<bool>) {
    // A sender that is gone is a house that is gone.
    let _ = stop.wait_for(|stop| *stop).await;
}

async fn save(app: &App) {
    if let Err(e) = app.desk.board().save(&app.db, app.config.store.node, now()).await {
        tracing::warn!("the board could not be kept; it is made from the ledger next time: {e}");
    }
}

/// Reads who may be calling: names, level, last contacts. The card has come before it.
pub async fn read_names(app: &App, interaction: InteractionId) {
    let candidates = app.desk.candidates(interaction);
    if candidates.is_empty() {
        return;
    }
    match crm::lookup::known(&app.db, &candidates, &*app.office.now()).await {
        Ok(known) => app.desk.known(app.gateway.clock().now(), interaction, known),
        Err(e) => tracing::warn!(interaction.id = %interaction, "the card of {interaction} stays without names: {e}"),
    }
}
