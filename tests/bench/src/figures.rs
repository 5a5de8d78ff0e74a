//! All figures of a bench run, in order, with the machine they were taken on. `--append` keeps them in a file.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::overload::{self, Overload};
use crate::report::{Row, table};
use crate::{Fault, browsers, freed, hardware, pop, proc, setups, talks};

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Figure {
    /// Call set-ups a second
    Setups,
    /// CPU and memory of calls that stand
    Talks,
    /// The same at browsers, and Answer to audio
    Browsers,
    /// Freed agent to next offer, INVITE to the agent's INVITE
    Freed,
    /// INVITE to the card on the agent's desk, with a million customers
    Pop,
    /// Ten times too much, then normal
    Overload,
}

#[derive(Debug, Args)]
pub struct Which {
    /// Only these
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Figure>,
    /// Concurrent calls for `talks`
    #[arg(long, value_delimiter = ',', default_values_t = [50, 200, 400])]
    talks: Vec<u16>,
    /// Concurrent calls for `browsers`
    #[arg(long, default_value_t = 100)]
    browsers: u16,
    /// Customers in the store for `pop`
    #[arg(long, default_value_t = 1_000_000)]
    customers: u32,
    /// Append the report to this file
    #[arg(long)]
    append: Option<PathBuf>,
    #[command(flatten)]
    overload: Overload,
}

pub fn all(which: &Which) -> Result<(), Fault> {
    proc::raise_file_limit()?;
    let hardware = hardware::describe();
    println!("{hardware}");
    let mut rows: Vec<Row> = Vec::new();
    let mut failed = Vec::new();
    for figure in [Figure::Setups, Figure::Talks, Figure::Browsers, Figure::Freed, Figure::Pop, Figure::Overload] {
        if !which.only.is_empty() && !which.only.contains(&figure) {
            continue;
        }
        eprintln!("measuring {figure:?}");
        let measured = match figure {
            Figure::Setups => setups::measure(),
            Figure::Talks => talks::measure(&which.talks),
            Figure::Browsers => browsers::measure(which.browsers),
            Figure::Freed => freed::measure(),
            Figure::Pop => pop::measure(which.customers),
            Figure::Overload => overload::measure(&which.overload),
        };
        match measured {
            Ok(more) => {
                print!("{}", table(&more));
                rows.extend(more);
            }
            Err(why) => {
                eprintln!("{figure:?}: {why}");
                failed.push(format!("{figure:?}: {why}"));
            }
        }
    }
    if let Some(path) = &which.append {
        let mut text = format!("\n## A run of version {}\n\n{hardware}\n{}", env!("CARGO_PKG_VERSION"), table(&rows));
        for why in &failed {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "\nNot measured: {why}.");
        }
        std::fs::OpenOptions::new().create(true).append(true).open(path)?.write_all(text.as_bytes())?;
    }
    if failed.is_empty() { Ok(()) } else { Err(failed.join("; ").into()) }
}
