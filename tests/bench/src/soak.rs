//! Many short calls through flow and queue: the memory of the house stays flat after the first tenth, and when the last
//! caller has gone every gauge is back at zero. Rust is no guard against leaks; this is.

use std::time::Duration;

use clap::Args;

use crate::house::{House, Settings};
use crate::sipp::{self, Load, Sipp};
use crate::{Fault, company, hardware, now, proc, register, wait};

const AGENTS: u16 = 200;
/// Calls before memory counts as warm.
const WARM_UP: u64 = 10_000;
/// Growth allowed afterwards.
const FLAT: f64 = 1.05;
/// Transactions live on for 32 s (RFC 3261 §17), and folds catch up.
const SETTLE: Duration = Duration::from_secs(90);

#[derive(Debug, Args)]
pub struct Soak {
    /// Calls in all
    #[arg(long, default_value_t = 100_000)]
    pub calls: u32,
    /// Calls a second
    #[arg(long, default_value_t = 300)]
    pub rate: u32,
}

/// What a soak saw.
#[derive(Debug)]
pub struct Seen {
    pub done: u64,
    pub failed: u64,
    pub refused: u64,
    /// Memory when warm, and the most after that; none where the run was too short.
    pub warm_kib: Option<u64>,
    pub most_kib: u64,
    pub alive: Vec<(&'static str, u64)>,
    pub faults: Vec<(&'static str, u64)>,
}

impl Seen {
    /// Everything that must not be, in words.
    pub fn wrong(&self, calls: u32) -> Vec<String> {
        let mut wrong = Vec::new();
        if self.done != u64::from(calls) {
            wrong.push(format!("{} of {calls} calls went through ({} failed, {} refused)", self.done, self.failed, self.refused));
        }
        if let Some(warm) = self.warm_kib.filter(|warm| self.most_kib as f64 > *warm as f64 * FLAT) {
            wrong.push(format!("memory grew from {warm} KiB to {} KiB", self.most_kib));
        }
        wrong.extend(self.alive.iter().map(|(what, n)| format!("{n} {what} left over")));
        wrong.extend(self.faults.iter().map(|(what, n)| format!("{n} {what}")));
        wrong
    }
}

pub fn run(soak: &Soak) -> Result<(), Fault> {
    print!("{}", hardware::describe());
    let began = now();
    let seen = soaked(soak)?;
    let warm = seen.warm_kib.map_or("too few calls to say".into(), |kib| format!("{} MiB after {WARM_UP} calls", kib >> 10));
    println!("- {} calls in {:.0} s; memory: {warm}, at most {} MiB later", seen.done, began.elapsed().as_secs_f64(), seen.most_kib >> 10);
    let wrong = seen.wrong(soak.calls);
    if wrong.is_empty() {
        println!("- every gauge is back at zero");
        return Ok(());
    }
    Err(wrong.join("; ").into())
}

pub fn soaked(soak: &Soak) -> Result<Seen, Fault> {
    let mut house = House::start(&Settings { agents: AGENTS, most_calls: 2_000 })?;
    let port = sipp::port()?;
    register::all(house.sip, port, AGENTS)?;
    house.ready()?;
    let agents = Sipp::answer(house.sip, port, "agent_short", &[])?;
    let load = Load {
        scenario: "caller_queue",
        service: company::QUEUE,
        rate: soak.rate,
        calls: soak.calls,
        at_once: 1_000,
        hold: Duration::ZERO,
        lines: Vec::new(),
    };
    let mut callers = Sipp::call(house.sip, &load)?;
    let end = now() + Duration::from_secs(60 + 2 * u64::from(soak.calls / soak.rate.max(1)));
    let (mut warm_kib, mut most_kib, mut told) = (None, 0, 0);
    while callers.is_running() && now() < end {
        wait(Duration::from_millis(500));
        let (done, rss) = (callers.counts()?.successful, proc::rss_kib(house.pid())?);
        if done >= WARM_UP && warm_kib.is_none() {
            warm_kib = Some(rss);
        }
        if warm_kib.is_some() {
            most_kib = most_kib.max(rss);
        }
        if done / 10_000 > told {
            told = done / 10_000;
            eprintln!("  {done} calls, {} MiB", rss >> 10);
        }
    }
    let counts = callers.finish(Duration::from_secs(1))?;
    drop(agents);
    register::none(house.sip, port, AGENTS)?;
    let gauges = house.settle(SETTLE)?;
    let most_kib = most_kib.max(proc::rss_kib(house.pid())?);
    Ok(Seen {
        done: counts.successful - counts.refused,
        failed: counts.failed,
        refused: counts.refused,
        warm_kib,
        most_kib,
        alive: gauges.alive(),
        faults: gauges.faults(),
    })
}
