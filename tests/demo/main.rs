//! `make demo`: the demo company at work without anybody: agents sign in and answer, customers call, walk the menu, talk,
//! and hang up, over real SIP and RTP, until Ctrl-C. Start at [`main`]; `stage` is what they share.

mod agents;
mod callers;
mod http;
mod stage;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use tokio::sync::watch;
use tokio::task::JoinSet;
use zuoxi_tests::phone::Sound;

use agents::{AGENTS, Agent, Outcome};
use stage::Stage;

/// Callers and agents for a running Zuoxi with its demo company.
#[derive(Debug, Parser)]
struct Args {
    /// Calls in a minute.
    #[arg(long, default_value_t = 5)]
    calls: u32,
    /// The server's web address.
    #[arg(long, default_value = "127.0.0.1:8080")]
    web: SocketAddr,
    /// The server's SIP address.
    #[arg(long, default_value = "127.0.0.1:5060")]
    sip: SocketAddr,
    /// Folder with the spoken prompts.
    #[arg(long, default_value = "ivr/demo/prompts")]
    prompts: PathBuf,
    /// First RTP port of the phones.
    #[arg(long, default_value_t = 52_000)]
    rtp: u16,
    /// End after so many minutes; without it, at Ctrl-C.
    #[arg(long)]
    minutes: Option<u64>,
}

/// Calls at once at most.
const MOST_CALLS: usize = 100;

#[tokio::main]
async fn main() -> Outcome {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "warn".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let args = Args::parse();
    let heard = tempfile::tempdir()?;
    let sound = Sound::start(args.sip.ip(), (args.rtp, args.rtp.saturating_add(1999)), heard.path())?;
    let (stop, stopped) = watch::channel(false);
    let stage = Arc::new(Stage::new((args.web, args.sip), sound.clone(), &args.prompts, stopped)?);
    let personas = callers::personas(args.web).await?;
    let mut people = JoinSet::new();
    for who in AGENTS {
        let agent = Agent::sits_down(stage.clone(), who).await?;
        println!("{} signed in at phone {}", who.0, who.1);
        people.spawn(agent.works());
    }
    println!("{} callers, {} calls a minute; Ctrl-C ends it", personas.len(), args.calls);
    let mut every = tokio::time::interval(Duration::from_millis(60_000 / u64::from(args.calls.max(1))));
    let mut callers = JoinSet::new();
    let end = async {
        let ctrl_c = tokio::signal::ctrl_c();
        match args.minutes {
            Some(minutes) => drop(tokio::time::timeout(Duration::from_secs(60 * minutes), ctrl_c).await),
            None => drop(ctrl_c.await),
        }
    };
    tokio::pin!(end);
    let (mut placed, mut failed) = (0_u64, 0_u64);
    loop {
        tokio::select! {
            () = &mut end => break,
            _ = every.tick() => {
                if let Some(persona) = stage.of(&personas).filter(|_| callers.len() < MOST_CALLS) {
                    println!("{} … calls ({})", persona.name, persona.language);
                    callers.spawn(callers::calls(stage.clone(), persona.clone()));
                    placed += 1;
                }
            }
            Some(done) = callers.join_next() => if let Err(why) = done? {
                failed += 1;
                tracing::warn!("a call went wrong: {why}");
            },
            Some(done) = people.join_next() => done??,
        }
    }
    println!("ending …");
    stop.send_replace(true);
    while let Some(done) = callers.join_next().await {
        failed += u64::from(done?.is_err());
    }
    while let Some(done) = people.join_next().await {
        if let Err(why) = done? {
            tracing::warn!("an agent left in disorder: {why}");
        }
    }
    sound.engine().stop();
    println!("{placed} calls placed, {failed} of them went wrong");
    Ok(())
}
