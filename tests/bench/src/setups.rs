//! Call set-ups a second: the highest rate of a ladder at which every call stands, none is repeated on the wire, and the
//! rate is really reached; then three runs at that rate, most of them clean, of which the median counts. Floor: SIPp calling
//! SIPp.

use std::net::SocketAddr;
use std::time::Duration;

use crate::house::{House, Settings};
use crate::report::{Row, median};
use crate::sipp::{self, Counts, Load, Sipp};
use crate::{Fault, company, proc, register};

/// Agents behind the queue: enough that a free one is always there.
const AGENTS: u16 = 600;
/// Length of a rung, in seconds.
const SECONDS: u32 = 4;
const FIRST: f64 = 200.0;
const STEP: f64 = 1.35;
/// How often the last step is halved.
const HALVINGS: usize = 2;
/// Where the ladder ends, for us as for the floor.
const MOST: f64 = 12_000.0;
/// Of the calls, that may be repeated on the wire in a clean run.
const REPEATED: f64 = 0.001;

struct Rung {
    reached: f64,
    clean: bool,
    /// Microseconds of CPU a call cost the process under load.
    us_per_call: f64,
    why: String,
}

/// What is called, and whose CPU is counted.
struct Target {
    server: SocketAddr,
    pid: Option<u32>,
}

pub fn measure() -> Result<Vec<Row>, Fault> {
    let (prompt, prompt_floor) = (through_house("caller_prompt", company::PROMPT)?, floor("caller_prompt", "agent_plain")?);
    let (queue, queue_floor) = (through_house("caller_queue", company::QUEUE)?, floor("caller_queue", "agent_short")?);
    let row = |name: &str, ours: &Knee, floor: &Knee, aim: &str| {
        Row::new(name, format!("{:.0}/s, {:.0} µs of CPU each; next rung: {}", ours.rate, ours.us_per_call, ours.why))
            .floor(format!("{:.0}/s (SIPp to SIPp)", floor.rate), ours.rate / floor.rate)
            .aim(aim)
    };
    Ok(vec![
        row("set-ups: answer and flow", &prompt, &prompt_floor, "2,500/s"),
        row("set-ups: through queue to an agent", &queue, &queue_floor, "1,500/s"),
    ])
}

/// Where the ladder ended.
pub struct Knee {
    pub rate: f64,
    pub us_per_call: f64,
    pub why: String,
}

/// The sustainable rate through the queue, for those who need only that.
pub fn queue_knee() -> Result<Knee, Fault> {
    through_house("caller_queue", company::QUEUE)
}

fn through_house(scenario: &'static str, number: &'static str) -> Result<Knee, Fault> {
    let mut house = House::start(&Settings { agents: AGENTS, most_calls: 20_000 })?;
    let port = sipp::port()?;
    register::all(house.sip, port, AGENTS)?;
    house.ready()?;
    let _agents = Sipp::answer(house.sip, port, "agent_short", &[])?;
    let target = Target { server: house.sip, pid: Some(house.pid()) };
    let knee = climb(&target, scenario, number, || {
        // Transactions of the last rung die by their timers; calls are over.
        house.settle(Duration::from_secs(5)).map(drop)
    })?;
    let gauges = house.gauges()?;
    if !gauges.faults().is_empty() {
        return Err(format!("the house counted {:?}", gauges.faults()).into());
    }
    Ok(knee)
}

fn floor(caller: &'static str, agent: &str) -> Result<Knee, Fault> {
    let port = sipp::port()?;
    let server = SocketAddr::from(([127, 0, 0, 1], port));
    let _far = Sipp::answer(server, port, agent, &[])?;
    climb(&Target { server, pid: None }, caller, "7000", || Ok(()))
}

fn climb(target: &Target, scenario: &'static str, number: &'static str, mut rest: impl FnMut() -> Result<(), Fault>) -> Result<Knee, Fault> {
    let mut rung = |rate: f64| -> Result<Rung, Fault> {
        let rung = run(target, scenario, number, rate)?;
        rest()?;
        eprintln!("  {scenario} {rate:.0}/s: {:.0}/s, {:.0} µs, {}", rung.reached, rung.us_per_call, rung.why);
        Ok(rung)
    };
    let (mut best, mut why, mut halvings) = (None, format!("not tried beyond {MOST:.0}/s"), 0);
    let (mut rate, mut step) = (FIRST, STEP);
    while rate <= MOST {
        let tried = rung(rate)?;
        if !tried.clean {
            (why, halvings) = (format!("{rate:.0}/s: {}", tried.why), HALVINGS);
            break;
        }
        best = Some(rate);
        rate *= step;
    }
    let Some(mut best) = best else { return Ok(Knee { rate: 0.0, us_per_call: f64::NAN, why }) };
    // The gap between the last clean rung and the next one is halved.
    for _ in 0..halvings {
        step = step.sqrt();
        let rate = best * step;
        let tried = rung(rate)?;
        if tried.clean {
            best = rate;
        } else {
            why = format!("{rate:.0}/s: {}", tried.why);
        }
    }
    // One clean run may be luck: most of three must be.
    loop {
        let runs = [rung(best)?, rung(best)?, rung(best)?];
        if runs.iter().filter(|run| run.clean).count() >= 2 {
            // What ends late looks faster than it was asked for.
            let rate = median(&mut runs.iter().map(|run| run.reached.min(best)).collect::<Vec<_>>());
            let us_per_call = median(&mut runs.iter().map(|run| run.us_per_call).collect::<Vec<_>>());
            return Ok(Knee { rate, us_per_call, why });
        }
        why = runs.iter().find(|run| !run.clean).map_or(why, |run| format!("{best:.0}/s: {}", run.why));
        best /= step;
        if best < FIRST {
            return Ok(Knee { rate: 0.0, us_per_call: f64::NAN, why });
        }
    }
}

fn run(target: &Target, scenario: &'static str, number: &'static str, rate: f64) -> Result<Rung, Fault> {
    let calls = rate as u32 * SECONDS;
    let load = Load {
        scenario,
        service: number,
        rate: rate as u32,
        calls,
        at_once: 20_000,
        hold: Duration::ZERO,
        lines: Vec::new(),
    };
    let before = target.pid.map(proc::cpu_seconds).transpose()?;
    let counts = Sipp::call(target.server, &load)?.finish(Duration::from_secs(45))?;
    let after = target.pid.map(proc::cpu_seconds).transpose()?;
    let cost = before.zip(after).map_or(f64::NAN, |(before, after)| (after - before) * 1e6 / f64::from(calls));
    Ok(judge(counts, calls, rate, cost))
}

fn judge(counts: Counts, calls: u32, rate: f64, us_per_call: f64) -> Rung {
    // The last call is placed one call's length before the end.
    let length = 0.3;
    let stood = counts.successful.saturating_sub(counts.refused);
    let reached = stood as f64 / (counts.seconds - length).max(0.1);
    let lost = u64::from(calls).saturating_sub(stood);
    let why = if lost > 0 {
        let otherwise = lost.saturating_sub(counts.refused);
        format!("{lost} of {calls} did not stand ({} refused with 503, {otherwise} lost)", counts.refused)
    } else if counts.retransmissions as f64 > f64::from(calls) * REPEATED {
        format!("{} messages repeated", counts.retransmissions)
    } else if reached < rate * 0.93 {
        format!("only {reached:.0}/s reached")
    } else {
        String::from("clean")
    };
    Rung { reached, clean: why == "clean", us_per_call, why }
}
