//! Everything that runs, and in which order it starts and stops. Start at [`House::open`].

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use company::Vault;
use contract::{Activity, IdMaker, Seat};
use cti_gateway::driver::{Gateway, StartError as GatewayError};
use reports::{Board, Zone, thresholds};
use store::{Db, DbError, Files, Folds, LedgerOptions, LedgerWriter, ledger};
use tokio::sync::{Mutex, RwLock, watch};
use tokio::task::JoinHandle;

use crate::auth::Doors;
use crate::clock::now;
use crate::config::Config;
use crate::desk::{self, Hub, Sockets};
use crate::first::{self, FirstStart};
use crate::flows;
use crate::health::{self, Pulses, until_over};
use crate::metrics::Metrics;
use crate::office::Office;
use crate::phones::{self, FlowFault, WhoCalls};
use crate::prompts::Prompts;
use crate::{chores, recover, rooms};

/// What handlers hold.
pub type App = Arc<House>;

/// All that is shared.
pub struct House {
    pub config: Config,
    pub db: Db,
    pub files: Files,
    pub ids: IdMaker,
    pub vault: Vault,
    pub office: Arc<Office>,
    pub doors: Doors,
    pub ledger: LedgerWriter,
    pub gateway: Gateway,
    pub prompts: Prompts,
    pub metrics: Arc<Metrics>,
    pub desk: Hub,
    pub sockets: Sockets,
    /// Visitors of web pages who are calling.
    pub lobby: crate::web_calls::Lobby,
    pub listening: crate::api::recordings::Listening,
    /// One edit at a time on its way to all of them: whoever is told last is told of the newest company.
    edits: Mutex<()>,
    pub pulses: Pulses,
    folds: RwLock<Option<Folds>>,
    stopping: AtomicBool,
    stop_tasks: watch::Sender<bool>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("the folder {0} cannot be used: {1}")]
    Folder(String, #[source] std::io::Error),
    #[error(transparent)]
    Files(#[from] store::files::FileError),
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Vault(#[from] company::vault::VaultError),
    #[error(transparent)]
    Phones(#[from] GatewayError),
    #[error("the first start failed: {0}")]
    First(String),
}

impl House {
    /// Opens the store, brings it to this version, closes what a crash left open, and starts phones and desks. The web
    /// comes after it.
    ///
    /// # Errors
    /// [`StartError`] names what cannot be used.
    pub async fn open(config: Config) -> Result<(App, Option<FirstStart>), StartError> {
        let db = open_db(&config).await?;
        let files = Files::open(&config.store.recordings())?;
        let vault = Vault::open(&config.key_file())?;
        let prompts = open_prompts(&config)?;
        prompts.sweep();
        let ids = IdMaker::new(config.store.node);
        let first = first::start(&db, &ids, &vault, &config).await?;
        let ledger = LedgerWriter::open(db.clone(), config.store.node, config.store.spool(), LedgerOptions::default()).await?;
        let office = Arc::new(Office::open(&db, &vault).await?);
        let view = office.now();
        let limits = thresholds::note(&db, now(), &view.directory).await?;
        let folds = caught_up(&db, &ledger).await;
        let board = Board::load(&db, ledger.node(), zone(&view.directory.company.zone), limits, now()).await?;
        let told = board.seen(ledger.node());
        let seats: Vec<Seat> = board.live().agents.into_iter().map(|agent| agent.seat).collect();
        recover::close_what_was_open(&db, &ledger, &config.store.recordings(), &seats).await?;
        let metrics = Arc::new(Metrics::default());
        let desk = Hub::new(board, metrics.clone(), now());
        let lookup = WhoCalls { db: db.clone(), office: office.clone(), metrics: metrics.clone() };
        let gateway = phones::start(&config, &prompts, ledger.clone(), lookup).await?;
        let app = Arc::new(Self {
            doors: Doors::new(config.security.failures_per_address),
            edits: Mutex::default(),
            pulses: Pulses::began(gateway.clock().now()),
            folds: RwLock::new(Some(folds)),
            stopping: AtomicBool::new(false),
            stop_tasks: watch::Sender::new(false),
            tasks: Mutex::default(),
            sockets: Sockets::default(),
            lobby: Default::default(),
            listening: Default::default(),
            config,
            db,
            files,
            ids,
            vault,
            office,
            ledger,
            gateway,
            prompts,
            metrics,
            desk,
        });
        let faults = app.edited().await?;
        flows::run_older(&app, &faults).await?;
        app.begin_desks(told, seats).await?;
        Ok((app, first))
    }

    /// Desks follow the ledger from where the board was; then the phones are told of the seats, and what they make of
    /// them is heard.
    async fn begin_desks(self: &Arc<Self>, told: u64, seats: Vec<Seat>) -> Result<(), DbError> {
        for seat in &seats {
            if let Activity::WrapUp { interaction, until: Some(until), .. } = seat.activity
                && until > now()
            {
                let events = ledger::of_interaction(&self.db, interaction).await?;
                self.desk.remember(&events);
                desk::read_names(self, interaction).await;
            }
        }
        let events = self.ledger.follow(&self.db, told);
        let stop = || self.stop_tasks.subscribe();
        let desks = until_over(self.pulses.desks.clone(), desk::run(self.clone(), events, stop()));
        let chores = until_over(self.pulses.chores.clone(), chores::run(self.clone(), stop()));
        let watch = health::watch(self.clone(), stop());
        self.tasks.lock().await.extend([tokio::spawn(desks), tokio::spawn(chores), tokio::spawn(watch)]);
        self.gateway.restore(seats).await;
        Ok(())
    }

    /// After an edit: the new company goes to everybody who works with it. The flows that do not fit it any more.
    ///
    /// # Errors
    /// Those of the database; the edit stands, and is taken up with the next.
    pub async fn edited(&self) -> Result<Vec<FlowFault>, DbError> {
        let _turn = self.edits.lock().await;
        let view = self.office.reload(&self.db, &self.vault).await?;
        let limits = thresholds::note(&self.db, now(), &view.directory).await?;
        self.desk.company(view.directory.clone(), zone(&view.directory.company.zone), limits);
        let faults = self.gateway.directory(view.directory.clone()).await;
        Ok(faults.into_iter().map(FlowFault::from).collect())
    }

    /// After a prompt came, changed or went: the phones play what is there now from the next play on, and every flow is
    /// checked again. The flows that do not fit.
    ///
    /// # Errors
    /// As [`House::edited`]; the prompts are what they are all the same.
    pub async fn prompts_changed(&self) -> Result<Vec<FlowFault>, DbError> {
        self.gateway.prompts(self.prompts.now().clips()).await;
        self.edited().await
    }

    /// Can flows speak text that nobody recorded?
    #[must_use]
    pub fn has_speech(&self) -> bool {
        !self.config.speech.command.is_empty()
    }

    /// How far the folds are: name, events behind, events passed over.
    pub async fn fold_counts(&self) -> Vec<(&'static str, u64, u64)> {
        self.folds.read().await.as_ref().map(Folds::counts).unwrap_or_default()
    }

    /// The folds that broke.
    pub async fn ended_folds(&self) -> Vec<&'static str> {
        self.folds.read().await.as_ref().map(Folds::ended).unwrap_or_default()
    }

    /// Until the tables show everything told so far.
    pub async fn wait_until_folded(&self) {
        let last = self.ledger.counts().last;
        self.ledger.wait_until_durable(last).await;
        if let Some(folds) = &*self.folds.read().await {
            folds.wait_until_applied(last).await;
        }
    }

    /// Asked to stop: nothing new is begun.
    #[must_use]
    pub fn stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    /// No new calls; those that are may end within the grace time, then they are ended. Desktops are told, and let go
    /// last.
    pub async fn drain(&self) {
        self.stopping.store(true, Ordering::Relaxed);
        self.desk.going_away(now());
        let grace = Duration::from_secs(self.config.calls.grace_seconds.into());
        let cut = self.gateway.stop(grace).await;
        tracing::info!(cut, "the phones have stopped, {cut} calls were cut");
        self.desk.close();
    }

    /// Ends a [`House::drain`] that is under way: what still talks gets its BYE now.
    pub async fn cut(&self) {
        let cut = self.gateway.stop(Duration::ZERO).await;
        tracing::info!(cut, "asked again to stop: {cut} calls were cut");
        self.desk.close();
    }

    /// Ends what [`House::open`] started. Nothing told so far is lost, and the tables show all of it.
    pub async fn close(&self) {
        // First who still has something to tell the ledger.
        self.gateway.close().await;
        let caught_up = tokio::time::timeout(Duration::from_secs(10), self.wait_until_folded());
        if !self.ledger.is_running() || caught_up.await.is_err() {
            tracing::warn!("the tables are behind the ledger; they catch up at the next start");
        }
        self.stop_tasks.send_replace(true);
        for task in self.tasks.lock().await.drain(..) {
            if let Err(e) = task.await {
                tracing::error!("a task of the house ended badly: {e}");
            }
        }
        if let Some(folds) = self.folds.write().await.take() {
            folds.stop().await;
        }
        self.ledger.close().await;
        self.db.close().await;
    }
}

async fn open_db(config: &Config) -> Result<Db, StartError> {
    for folder in [&config.store.data, &config.store.recordings(), &config.store.data.join("spool")] {
        std::fs::create_dir_all(folder).map_err(|e| StartError::Folder(folder.display().to_string(), e))?;
    }
    let options = store::Options {
        durability: config.store.durability,
        connections: config.store.connections,
        ..store::Options::default()
    };
    let db = Db::open_with(&config.store.address(), &options).await?;
    db.migrate(rooms::ROOMS).await?;
    // Calls are taken all the same.
    if let Err(e) = db.make_views(reports::VIEWS).await {
        tracing::error!("the views for reporting tools are missing or old: {e}");
    }
    Ok(db)
}

fn open_prompts(config: &Config) -> Result<Prompts, StartError> {
    let folder = config.store.prompts();
    Prompts::open(&folder).map_err(|e| StartError::Folder(folder.display().to_string(), e))
}

/// The folds, with everything told before this start in the tables.
async fn caught_up(db: &Db, ledger: &LedgerWriter) -> Folds {
    let last = ledger.counts().last;
    ledger.wait_until_durable(last).await;
    let folds = rooms::folds(db, ledger);
    folds.wait_until_applied(last).await;
    folds
}

/// Checked when it was saved.
fn zone(name: &str) -> Zone {
    name.parse().unwrap_or(Zone::utc())
}
