//! The command line: `zuoxi serve` (also without a word), `config`, `check`, `backup`, `openapi`, `password`.

use std::path::PathBuf;
use std::process::ExitCode;

use agent_server::config::{self, Config};
use agent_server::{http, run};
use clap::{Parser, Subcommand};

/// Zuoxi 坐席: a call center in one program.
#[derive(Debug, Parser)]
#[command(name = "zuoxi", version)]
struct Line {
    /// The configuration file; without it `zuoxi.toml` here, if there is one.
    #[arg(long, short, global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Serve calls and desktops (the default).
    Serve,
    /// Print a commented configuration file with all defaults.
    Config,
    /// Check the configuration and the flows, and end.
    Check,
    /// Copy database and recordings into a new folder, with a manifest of SHA-256 sums.
    Backup { folder: PathBuf },
    /// Print the description of the API.
    Openapi,
    /// Give a person a new random password, and print it.
    Password { username: String },
}

fn main() -> ExitCode {
    let line = Line::parse();
    match line.what {
        Some(What::Config) => print!("{}", config::sample::sample()),
        Some(What::Openapi) => println!("{}", http::openapi::text()),
        what => {
            let config = match config::load(line.config.as_deref()) {
                Ok(config) => config,
                Err(faults) => {
                    eprintln!("{faults}");
                    return ExitCode::from(2);
                }
            };
            if let Err(why) = with(config, what.unwrap_or(What::Serve)) {
                eprintln!("zuoxi: {why}");
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}

fn with(config: Config, what: What) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|e| e.to_string())?;
    let done = runtime.block_on(async {
        match what {
            What::Serve => run::serve(config).await,
            What::Check => run::check(config).await,
            What::Backup { folder } => run::backup(config, &folder).await,
            What::Password { username } => run::password(config, &username).await,
            What::Config | What::Openapi => Ok(()),
        }
    });
    // What hangs by then must not keep the program from ending.
    runtime.shutdown_timeout(std::time::Duration::from_secs(5));
    done
}
