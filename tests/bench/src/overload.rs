//! Ten times the sustainable rate for a minute, then the normal rate again: what is served meanwhile, what is refused at
//! once, how much memory it takes, and how soon service is whole afterwards.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clap::Args;

use crate::house::{House, Settings};
use crate::report::Row;
use crate::setups;
use crate::sipp::{self, Counts, Load, Sipp};
use crate::storm::Storm;
use crate::{Fault, company, now, proc, register, wait};

const AGENTS: u16 = 600;
/// Seconds a rate has to stand, and events of a call: what is not written then is at most a second's.
const STEADY: f64 = 15.0;
const EVENTS: f64 = 22.0;

#[derive(Debug, Clone, Args)]
pub struct Overload {
    /// Seconds of overload
    #[arg(long, default_value_t = 60)]
    pub overload_seconds: u32,
    /// The sustainable rate, where it is known already; else it is measured first
    #[arg(long)]
    pub sustainable: Option<f64>,
    /// Calls the house may have at once; the product's own setting is 2,000
    #[arg(long, default_value_t = 2_000)]
    pub overload_calls: usize,
}

pub fn measure(how: &Overload) -> Result<Vec<Row>, Fault> {
    let sustainable = how.sustainable.map_or_else(sustainable, Ok)?;
    let mut house = House::start(&Settings { agents: AGENTS, most_calls: how.overload_calls })?;
    let port = sipp::port()?;
    register::all(house.sip, port, AGENTS)?;
    house.ready()?;
    let _agents = Sipp::answer(house.sip, port, "agent_short", &[])?;
    let (pid, rate, seconds) = (house.pid(), sustainable * 10.0, f64::from(how.overload_seconds));
    let calm = proc::rss_kib(pid)?;
    let (mut peak, cpu) = (calm, proc::cpu_seconds(pid)?);
    let mut storm = Storm::new(house.sip, company::QUEUE)?;
    let stormed = storm.rage(rate, Duration::from_secs(how.overload_seconds.into()), || {
        peak = peak.max(proc::rss_kib(pid)?);
        Ok(())
    })?;
    let cores = (proc::cpu_seconds(pid)? - cpu) / seconds;
    eprintln!("  after the storm: {stormed:?}, {cores:.2} cores, {:?}", house.gauges()?.alive());
    let normal = sustainable * 0.8;
    let (whole_after, after) = recovery(&house, &calls(normal, 15.0), storm)?;
    let per_second = |n: u64| n as f64 / seconds;
    Ok(vec![
        Row::new(
            format!("overload: {:.0} calls/s offered for {seconds:.0} s", per_second(stormed.offered)),
            format!(
                "{:.0}/s served, {:.0}/s refused with 503 ({} after more than 1 s), {} failed otherwise; {cores:.2} cores",
                per_second(stormed.served),
                per_second(stormed.refused),
                stormed.refused_late,
                stormed.failed,
            ),
        )
        .floor(format!("{sustainable:.0}/s sustained for {STEADY:.0} s, all of it written and folded"), per_second(stormed.served) / sustainable)
        .aim("at least the sustainable rate"),
        Row::new("overload: memory", format!("{} MiB at most, {} MiB before", peak >> 10, calm >> 10)).aim("bounded"),
        Row::new(
            format!("after overload: {normal:.0} calls/s"),
            format!("whole again after {whole_after:.1} s; {} of {} served", after.successful - after.refused, after.created),
        )
        .aim("within 2 s"),
    ])
}

/// What the ladder of set-ups reached in seconds, a step lower until it stands for longer and nothing is left to be written.
fn sustainable() -> Result<f64, Fault> {
    let mut rate = setups::queue_knee()?.rate;
    while rate > 100.0 {
        let (counts, behind) = steady(rate)?;
        let stood = counts.successful - counts.refused;
        eprintln!("  {rate:.0}/s for {STEADY:.0} s: {stood} of {} stood, {behind} events behind", counts.created);
        if stood == counts.created && (behind as f64) < rate * EVENTS {
            return Ok(rate);
        }
        rate *= 0.9;
    }
    Err("no rate at all was sustained".into())
}

/// Calls at a rate for longer than any buffer hides it; what is not written down and folded when they end.
fn steady(rate: f64) -> Result<(Counts, u64), Fault> {
    let mut house = House::start(&Settings { agents: AGENTS, most_calls: 2_000 })?;
    let port = sipp::port()?;
    register::all(house.sip, port, AGENTS)?;
    house.ready()?;
    let _agents = Sipp::answer(house.sip, port, "agent_short", &[])?;
    let counts = Sipp::call(house.sip, &calls(rate, STEADY))?.finish(Duration::from_secs(60))?;
    let gauges = house.gauges()?;
    Ok((counts, gauges.not_durable + gauges.behind))
}

fn calls(rate: f64, seconds: f64) -> Load {
    Load {
        scenario: "caller_queue",
        service: company::QUEUE,
        rate: rate as u32,
        calls: (rate * seconds) as u32,
        at_once: 20_000,
        hold: Duration::ZERO,
        lines: Vec::new(),
    }
}

/// Normal load, watched fifth by fifth of a second: when the last with a refusal or failure was.
fn recovery(house: &House, load: &Load, mut storm: Storm) -> Result<(f64, Counts), Fault> {
    let began = now();
    let over = Arc::new(AtomicBool::new(false));
    // Who is in a call since the storm ends it as everybody does.
    let seen = over.clone();
    let last = std::thread::spawn(move || storm.abate(Duration::from_secs(60), || seen.load(Ordering::Relaxed)));
    let mut callers = Sipp::call(house.sip, load)?;
    let (mut last_bad, mut bad) = (0.0, 0);
    while callers.is_running() && began.elapsed() < Duration::from_secs(60) {
        wait(Duration::from_millis(100));
        let counts = callers.counts()?;
        if counts.refused + counts.failed > bad {
            bad = counts.refused + counts.failed;
            last_bad = began.elapsed().as_secs_f64();
            eprintln!("  {last_bad:.1} s after: {} of {} refused", counts.refused, counts.created);
        }
    }
    over.store(true, Ordering::Relaxed);
    last.join().map_err(|_| "the storm broke")?;
    Ok((last_bad, callers.finish(Duration::from_secs(1))?))
}
