//! Every repeated chore of this repository as one command: `cargo xtask help`.
//! Nothing of the product is linked in here, so that it builds in seconds; what needs the product starts it.

mod r#gen;
mod lex;
mod product;
mod shell;
mod test;
mod tidy;
mod web;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "xtask", about = "Chores of the Zuoxi repository")]
struct Xtask {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Build the desktop and the server, and serve (with a demo company on first start)
    Run {
        /// Further arguments for `zuoxi serve`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        more: Vec<String>,
    },
    /// Install what the tests need and run all of them
    Test,
    /// Let callers and agents of our own use a server that runs
    Demo {
        /// Calls a minute
        #[arg(long, default_value_t = 5)]
        calls: u32,
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        more: Vec<String>,
    },
    /// Measure under load, each figure beside a floor of the same run (`--help` for which)
    Bench {
        /// Further arguments, such as `--only talks --append docs/bench.md`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        more: Vec<String>,
    },
    /// Short calls through flow and queue: memory stays flat, every gauge returns to zero
    Soak {
        #[arg(long, default_value_t = 100_000)]
        calls: u32,
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        more: Vec<String>,
    },
    /// Check the rules of the house that no compiler checks
    Tidy,
    /// Make the committed files that come from the code: desktop types, API description, flow schema
    Gen {
        /// Change nothing, fail if a file is stale
        #[arg(long)]
        check: bool,
    },
}

fn main() -> ExitCode {
    let root = root();
    let done = match Xtask::parse().chore {
        Chore::Run { more } => product::run(&root, &more),
        Chore::Test => test::run(&root),
        Chore::Demo { calls, more } => product::demo(&root, calls, &more),
        Chore::Bench { more } => product::bench(&root, &more),
        Chore::Soak { calls, more } => product::soak(&root, calls, &more),
        Chore::Tidy => tidy::run(&root),
        Chore::Gen { check } => r#gen::run(&root, check),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("xtask: {why}");
            ExitCode::from(2)
        }
    }
}

/// The repository, wherever it was cloned to.
fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}
