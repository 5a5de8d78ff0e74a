//! A phone for the command line: registers or not, dials or waits, speaks a file or a tone, tells what it hears.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use cti_gateway::media::Clip;
use cti_gateway::sip::api::Transport;
use zuoxi_tests::phone::{Ear, Keys, Manner, Phone, PhoneConfig, Sound, Talk, tone_clip};

/// A scripted SIP phone.
#[derive(Debug, Parser)]
#[command(name = "zuoxi-phone", version)]
struct Args {
    /// SIP address of the server.
    #[arg(long, default_value = "127.0.0.1:5060")]
    server: SocketAddr,
    /// TCP in place of UDP.
    #[arg(long)]
    tcp: bool,
    /// Own address.
    #[arg(long, default_value = "127.0.0.1")]
    local: IpAddr,
    /// Digest user: the phone registers with it.
    #[arg(long)]
    user: Option<String>,
    #[arg(long, default_value = "")]
    password: String,
    /// Number shown as caller where there is no user.
    #[arg(long, default_value = "13800138000")]
    number: String,
    /// Number to dial; without one the phone waits for calls and answers them.
    #[arg(long)]
    dial: Option<String>,
    /// Keys to press once answered; `,` waits a second.
    #[arg(long, default_value = "")]
    keys: String,
    /// WAV file to speak; else a tone.
    #[arg(long)]
    say: Option<PathBuf>,
    /// Hz of the tone.
    #[arg(long, default_value_t = 440.0)]
    tone: f64,
    /// Hang up after so many seconds of talk.
    #[arg(long, default_value_t = 20)]
    seconds: u64,
    /// Folder for what is heard.
    #[arg(long, default_value = "heard")]
    heard: PathBuf,
}

type Outcome = Result<(), Box<dyn std::error::Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Outcome {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let args = Args::parse();
    std::fs::create_dir_all(&args.heard)?;
    let sound = Sound::start(args.local, (30_000, 30_199), &args.heard)?;
    let mut config = PhoneConfig::new("phone", args.server).number(&args.number).manner(Manner::Rings);
    config.local = args.local;
    config.transport = if args.tcp { Transport::Tcp } else { Transport::Udp };
    if let Some(user) = &args.user {
        config = config.account(user, &args.password);
    }
    let mut phone = Phone::open(config, &sound).await?;
    if let Some(user) = &args.user {
        let seconds = phone.register().await?;
        println!("registered as {user} for {seconds} s from {}", phone.address());
    }
    match &args.dial {
        Some(number) => {
            let talk = phone.dial(number).await?;
            talk.answered().await?;
            println!("answered");
            converse(&args, &talk).await?;
        }
        None => loop {
            let Some(talk) = phone.rung_within(Duration::from_secs(3600)).await else { continue };
            println!("rung by {}", talk.incoming().map_or("nobody", |i| i.from.user.as_str()));
            talk.answer().await?;
            converse(&args, &talk).await?;
        },
    }
    sound.engine().stop();
    Ok(())
}

async fn converse(args: &Args, talk: &Talk) -> Outcome {
    let clip = match &args.say {
        Some(path) => Arc::new(Clip::load(path)?),
        None => tone_clip(args.tone),
    };
    talk.say_loop(clip);
    let mut second = tokio::time::interval(Duration::from_secs(1));
    for key in args.keys.chars() {
        match key {
            ',' => drop(second.tick().await),
            key => talk.press(&key.to_string(), Keys::Media).await?,
        }
    }
    if talk.ends_within(Duration::from_secs(args.seconds)).await.is_none() {
        talk.hang_up().await?;
    }
    println!("ended: {:?}", talk.ended().await?);
    let mut ear = Ear::at_begin(talk.heard_path(), 1, 0);
    ear.listen();
    println!("heard {} ms, in {}; digits: {:?}", ear.samples().len() / 8, talk.heard_path().display(), talk.state().digits);
    Ok(())
}
