//! Ten times the sustainable rate for a minute, then the normal rate again: what is served meanwhile, what is refused at
//! once, how much memory it takes, and how soon service is whole afterwards.

use std::time::Duration;

use clap::Args;

use crate::house::{House, Settings};
use crate::report::Row;
use crate::setups;
use crate::sipp::{self, Counts, Load, Sipp};
use crate::{Fault, company, now, proc, register, wait};

const AGENTS: u16 = 600;

#[derive(Debug, Clone, Args)]
pub struct Overload {
    /// Seconds of overload
    #[arg(long, default_value_t = 60)]
    pub overload_seconds: u32,
}

pub fn measure(how: &Overload) -> Result<Vec<Row>, Fault> {
    let knee = setups::queue_knee()?;
    // The product's own limit of calls at once.
    let mut house = House::start(&Settings { agents: AGENTS, most_calls: 2_000 })?;
    let port = sipp::port()?;
    register::all(house.sip, port, AGENTS)?;
    house.ready()?;
    let _agents = Sipp::answer(house.sip, port, "agent_short", &[])?;
    let load = |rate: f64, calls: f64| Load {
        scenario: "caller_queue",
        service: company::QUEUE,
        rate: rate as u32,
        calls: calls as u32,
        at_once: 20_000,
        hold: Duration::ZERO,
        lines: Vec::new(),
    };
    let calm = proc::rss_kib(house.pid())?;
    let seconds = f64::from(how.overload_seconds);
    let storm_rate = knee.rate * 10.0;
    let mut storm = Sipp::call(house.sip, &load(storm_rate, storm_rate * seconds))?;
    let (end, mut peak) = (now() + Duration::from_secs(how.overload_seconds.into()), calm);
    while storm.is_running() && now() < end {
        wait(Duration::from_millis(250));
        peak = peak.max(proc::rss_kib(house.pid())?);
    }
    let stormed = storm.counts()?;
    // Nobody new calls; who is in a call ends it as everybody does.
    storm.call_no_more()?;
    eprintln!("  after the storm: {:?}", house.gauges()?.alive());
    let normal = knee.rate * 0.8;
    let (whole_after, after) = recovery(&mut house, &load(normal, normal * 15.0))?;
    let served = (stormed.successful - stormed.refused) as f64 / stormed.seconds.max(1.0);
    let refused = stormed.refused as f64 / stormed.seconds.max(1.0);
    let offered = stormed.created as f64 / stormed.seconds.max(1.0);
    Ok(vec![
        Row::new(
            format!("overload: {offered:.0} calls/s offered for {seconds:.0} s ({storm_rate:.0} asked of SIPp)"),
            format!("{served:.0}/s served, {refused:.0}/s refused with 503, {} failed otherwise", stormed.failed),
        )
        .floor(format!("{:.0}/s sustainable", knee.rate), served / knee.rate)
        .aim("at least the sustainable rate"),
        Row::new("overload: memory", format!("{} MiB at most, {} MiB before", peak >> 10, calm >> 10)).aim("bounded"),
        Row::new(
            format!("after overload: {normal:.0} calls/s"),
            format!("whole again after {whole_after:.1} s; {} of {} served", after.successful - after.refused, after.created),
        )
        .aim("within 2 s"),
    ])
}

/// Normal load, watched second by second: when the last second with a refusal or failure was.
fn recovery(house: &mut House, load: &Load) -> Result<(f64, Counts), Fault> {
    let began = now();
    let mut callers = Sipp::call(house.sip, load)?;
    let (mut last_bad, mut bad) = (0.0, 0);
    while callers.is_running() && began.elapsed() < Duration::from_secs(60) {
        wait(Duration::from_millis(200));
        let counts = callers.counts()?;
        if counts.refused + counts.failed > bad {
            bad = counts.refused + counts.failed;
            last_bad = began.elapsed().as_secs_f64();
        }
    }
    Ok((last_bad, callers.finish(Duration::from_secs(1))?))
}
