//! The commands that need the house: serve it, check it, copy it, let somebody back in.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use store::{Db, Options};
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;

use crate::config::Config;
use crate::house::House;
use crate::http::tls::WebTls;
use crate::{flows, http, log, welcome};

/// Runs until SIGTERM or SIGINT; a second one ends the grace time.
///
/// # Errors
/// In words: what cannot be used.
pub async fn serve(config: Config) -> Result<(), String> {
    log::start(&config.log);
    // Heard from the first moment: who stops a program that is just starting gets a clean stop after the start.
    let mut signals = Signals::listen().map_err(|e| format!("signals cannot be heard: {e}"))?;
    let listen = config.http.listen;
    // First the socket: a second program on it must not touch the database.
    let listener = TcpListener::bind(listen).await.map_err(|e| format!("http.listen = \"{listen}\": {e}; is another program on that port?"))?;
    let tls = tls_door(&config).await?;
    let (house, first) = House::open(config).await.map_err(|e| e.to_string())?;
    let address = listener.local_addr().map_err(|e| e.to_string())?;
    print!("{}", welcome::text(&house, address, tls.as_ref().map(|(_, tls)| &**tls), first.as_ref()).await);
    let doors = http::Doors { plain: listener, tls };
    let stop = house.clone();
    let (drained, after) = tokio::sync::oneshot::channel();
    let asked = async move {
        signals.next().await;
        let answers = tokio::select! {
            () = stop.drain() => LAST_ANSWERS,
            // Asked twice, it is meant at once.
            () = signals.next() => {
                stop.cut().await;
                Duration::ZERO
            }
        };
        let _ = drained.send(answers);
    };
    let served = tokio::select! {
        served = http::serve(doors, house.clone(), asked) => served,
        // Whoever still reads a long answer is not waited for without end.
        () = late(after) => Ok(()),
    };
    house.close().await;
    served.map_err(|e| format!("the web interface failed: {e}"))
}

/// The listener over TLS, with a certificate that does: before the house is opened, so that a wrong file costs nobody a call.
async fn tls_door(config: &Config) -> Result<Option<(TcpListener, Arc<WebTls>)>, String> {
    let Some(listen) = config.http.tls() else { return Ok(None) };
    std::fs::create_dir_all(&config.store.data).map_err(|e| format!("the folder {} cannot be used: {e}", config.store.data.display()))?;
    let tls = WebTls::open(config).map_err(|e| format!("http.tls_listen = \"{listen}\": {e}"))?;
    let listener = TcpListener::bind(listen).await;
    let listener = listener.map_err(|e| format!("http.tls_listen = \"{listen}\": {e}; is another program on that port?"))?;
    Ok(Some((listener, tls)))
}

/// How long answers may go on after the phones have stopped.
const LAST_ANSWERS: Duration = Duration::from_secs(5);

/// Ends some time after the phones have stopped; never, where they did not.
async fn late(drained: oneshot::Receiver<Duration>) {
    let never = std::future::pending::<()>();
    match drained.await {
        Ok(answers) => drop(tokio::time::timeout(answers, never).await),
        Err(_) => never.await,
    }
}

/// SIGTERM and SIGINT, from the moment this is made.
struct Signals {
    term: Signal,
    int: Signal,
}

impl Signals {
    fn listen() -> std::io::Result<Self> {
        Ok(Self { term: signal(SignalKind::terminate())?, int: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! { _ = self.term.recv() => {}, _ = self.int.recv() => {} }
    }
}

async fn open(config: &Config) -> Result<Db, String> {
    // Nothing is made or brought to this version here: only serving does.
    let file = config.store.data.join("zuoxi.db");
    if config.store.url.is_empty() && !file.exists() {
        return Err(format!("there is no database yet at {}", file.display()));
    }
    let options = Options { connections: 2, ..Options::default() };
    Db::open_with(&config.store.address(), &options).await.map_err(|e| e.to_string())
}

/// Checks the flows of the database against the company; the configuration was checked to come here.
///
/// # Errors
/// In words: every problem.
pub async fn check(config: Config) -> Result<(), String> {
    // One that would be made is made when it is served.
    if config.http.tls().is_some() && !config.http.tls_certificate.as_os_str().is_empty() {
        WebTls::open(&config).map_err(|e| e.to_string())?;
    }
    let file = config.store.data.join("zuoxi.db");
    if config.store.url.is_empty() && !file.exists() {
        println!("the configuration is good; there is no database yet");
        return Ok(());
    }
    let db = open(&config).await?;
    let vault = company::Vault::open(&config.key_file()).map_err(|e| e.to_string())?;
    let office = crate::office::Office::open(&db, &vault).await.map_err(|e| e.to_string())?;
    let prompts = crate::prompts::Prompts::open(&config.store.prompts()).map_err(|e| e.to_string())?;
    let (view, speech, prompts) = (office.now(), !config.speech.command.is_empty(), prompts.now());
    let mut blocked = 0;
    for (name, source) in &view.directory.flows {
        let problems = flows::problems(&view.directory, &prompts, speech, name, &source.yaml);
        blocked += usize::from(flows::blocked(&problems));
        for p in problems {
            let node = p.node.map(|node| format!(", node {node}")).unwrap_or_default();
            println!("flow {name}, line {}, column {}{node}: {}: {}", p.line, p.column, p.severity, p.en);
        }
    }
    let sounds = crate::prompts::uses::sounds(&view.directory, &prompts, speech);
    for queue in view.book.queues.values() {
        for fault in sounds.check(&queue.item) {
            println!("queue {}, {}: warning: {}", queue.item.name, fault.field, fault.message);
        }
    }
    db.close().await;
    match blocked {
        0 => {
            println!("the configuration and {} flows are good", view.directory.flows.len());
            Ok(())
        }
        n => Err(format!("{n} of {} flows cannot run", view.directory.flows.len())),
    }
}

/// Copies everything into a new folder.
///
/// # Errors
/// In words.
pub async fn backup(config: Config, folder: &Path) -> Result<(), String> {
    let db = open(&config).await?;
    let told = crate::backup::backup(&db, &config, folder).await;
    db.close().await;
    println!("{}", told?);
    Ok(())
}

/// Lets somebody back in.
///
/// # Errors
/// In words.
pub async fn password(config: Config, username: &str) -> Result<(), String> {
    let db = open(&config).await?;
    let password = crate::first::reset(&db, username).await;
    db.close().await;
    println!("{username} signs in with {} and is asked for a new password then", password?);
    Ok(())
}
