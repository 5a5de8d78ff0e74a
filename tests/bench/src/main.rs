//! Load on loopback, measured: every figure beside a floor taken in the same run, and the soak of many short calls.
//! Start at [`figures::all`] and [`soak::run`]. The house under load runs in a process of its own ([`house`]); callers and
//! agents are SIPp, or sockets of our own where sound is wanted. Never beyond 127.0.0.1, bounded in time and in count.

mod browsers;
mod company;
mod figures;
mod freed;
mod hardware;
mod house;
mod line;
mod overload;
mod peer;
mod pop;
mod proc;
mod register;
mod report;
mod rtp;
mod setups;
mod sipp;
mod soak;
mod storm;
mod talks;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What went wrong, in words; a bench has nobody to act on kinds.
pub type Fault = Box<dyn std::error::Error + Send + Sync>;

#[derive(Parser)]
#[command(name = "bench", about = "Load on loopback, measured beside floors of the same run")]
struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Print every figure
    Figures(figures::Which),
    /// Short calls through flow and queue: memory stays flat, every gauge returns to zero
    Soak(soak::Soak),
    /// The floor of media: packets passed on (started by the others)
    #[command(hide = true)]
    Relay { calls: usize },
    /// The house under load (started by the others)
    #[command(hide = true)]
    House {
        /// Folder of its database and recordings
        folder: PathBuf,
        /// JSON of its settings
        settings: String,
    },
}

fn main() -> ExitCode {
    let done = match Arguments::parse().what {
        What::Figures(which) => figures::all(&which),
        What::Soak(soak) => soak::run(&soak),
        What::Relay { calls } => rtp::relay(calls),
        What::House { folder, settings } => house::serve(&folder, &settings),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("bench: {why}");
            ExitCode::FAILURE
        }
    }
}

/// Now, for measurements.
#[expect(clippy::disallowed_methods, reason = "a measurement reads the clock")]
pub fn now() -> std::time::Instant {
    std::time::Instant::now()
}

/// A measurement lasts as long as it is told to.
#[expect(clippy::disallowed_methods, reason = "a measurement lasts as long as it is told to")]
pub fn wait(time: std::time::Duration) {
    std::thread::sleep(time);
}
