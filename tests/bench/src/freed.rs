//! How soon the next caller rings at an agent who has just become free, with callers waiting; and how soon an idle
//! agent rings for a caller who comes. Both from messages on the wire. Floor: a SIP answer of the same socket (OPTIONS).

use std::time::{Duration, Instant};

use cti_gateway::sip::message::{Message, Method};

use crate::house::{House, Settings};
use crate::line::Line;
use crate::report::{Row, percentile};
use crate::sipp::{self, Load, Sipp};
use crate::{Fault, company, register};

/// Offers timed; the first are for caches.
const TIMED: usize = 400;
const WARM: usize = 20;
/// Callers always waiting.
const WAITING: u32 = 20;
const PATIENCE: Duration = Duration::from_secs(10);

pub fn measure() -> Result<Vec<Row>, Fault> {
    let (mut freed, mut floor) = (freed()?, echo()?);
    let mut rows = vec![row("freed agent to next offer", &mut freed, &mut floor, "2 ms")];
    let mut rung = rung()?;
    rows.push(row("INVITE to the agent's INVITE", &mut rung, &mut floor, "1 and 2 ms"));
    Ok(rows)
}

fn row(name: &str, ours: &mut [f64], floor: &mut [f64], aim: &str) -> Row {
    let (p50, p99) = (percentile(ours, 50.0), percentile(ours, 99.0));
    let (floor50, floor99) = (percentile(floor, 50.0), percentile(floor, 99.0));
    Row::new(format!("{name}, p50 and p99 of {}", ours.len()), format!("{p50:.2} and {p99:.2} ms"))
        .floor(format!("{floor50:.2} and {floor99:.2} ms (OPTIONS answered)"), p50 / floor50)
        .aim(aim)
}

/// One agent, many callers: milliseconds from our BYE to the next INVITE.
fn freed() -> Result<Vec<f64>, Fault> {
    let mut house = House::start(&Settings { agents: 1, most_calls: 2_000 })?;
    let port = sipp::port()?;
    register::all(house.sip, port, 1)?;
    house.ready()?;
    let mut agent = Line::open(house.sip, port)?;
    let load = Load {
        scenario: "caller_queue",
        service: company::QUEUE,
        rate: 100,
        calls: (TIMED + WARM) as u32 + 2 * WAITING,
        at_once: WAITING,
        hold: Duration::ZERO,
        lines: Vec::new(),
    };
    let _callers = Sipp::call(house.sip, &load)?;
    let (mut times, mut hung_up, mut dialog) = (Vec::new(), None::<Instant>, None);
    while times.len() < TIMED + WARM {
        let heard = agent.hear(PATIENCE)?.ok_or_else(|| format!("no further offer after {}", times.len()))?;
        let Message::Request(request) = heard.message else { continue };
        match request.method {
            Method::Invite => {
                if let Some(at) = hung_up.take() {
                    times.push((heard.at - at).as_secs_f64() * 1e3);
                }
                dialog = Some(agent.answer(request)?);
            }
            Method::Ack => {
                if let Some(dialog) = dialog.take() {
                    // The queue is full of callers again before the agent is free.
                    crate::wait(Duration::from_millis(20));
                    hung_up = Some(agent.hang_up(&dialog)?);
                }
            }
            _ => agent.consent(&request)?,
        }
    }
    times.drain(..WARM);
    Ok(times)
}

/// One agent, one caller at a time: milliseconds from the caller's INVITE to the agent's.
fn rung() -> Result<Vec<f64>, Fault> {
    let mut house = House::start(&Settings { agents: 1, most_calls: 2_000 })?;
    let port = sipp::port()?;
    register::all(house.sip, port, 1)?;
    house.ready()?;
    let (mut agent, mut caller) = (Line::open(house.sip, port)?, Line::open(house.sip, 0)?);
    let mut times = Vec::new();
    for _ in 0..TIMED + WARM {
        let dialed = caller.dial(company::QUEUE, "+8613800138000")?;
        times.push((ring_through(&mut agent)? - dialed).as_secs_f64() * 1e3);
        until_over(&mut caller)?;
        // The agent is ready again once the house has put the call away.
        while !house.gauges()?.alive().iter().all(|(what, _)| !["calls", "talks", "offers"].contains(what)) {
            crate::wait(Duration::from_millis(2));
        }
    }
    times.drain(..WARM);
    Ok(times)
}

/// The agent's half: rings, answers, hangs up; the moment it rang.
fn ring_through(agent: &mut Line) -> Result<Instant, Fault> {
    let (mut rang, mut dialog) = (None, None);
    loop {
        let heard = agent.hear(PATIENCE)?.ok_or("the agent's phone stayed silent")?;
        match heard.message {
            Message::Request(request) if request.method == Method::Invite => {
                rang.get_or_insert(heard.at);
                dialog = Some(agent.answer(request)?);
            }
            Message::Request(request) if request.method == Method::Ack => {
                if let Some(dialog) = dialog.take() {
                    agent.hang_up(&dialog)?;
                }
            }
            Message::Request(request) => agent.consent(&request)?,
            Message::Response(response) if response.status == 200 => return Ok(rang.ok_or("an answer before the ring")?),
            Message::Response(_) => {}
        }
    }
}

/// The caller's half: takes the answer, and the BYE.
fn until_over(caller: &mut Line) -> Result<(), Fault> {
    loop {
        match caller.hear(PATIENCE)?.ok_or("the caller heard no end")?.message {
            Message::Response(response) if response.status == 200 => caller.acknowledge(&response)?,
            Message::Response(response) if response.status >= 300 => return Err(format!("refused with {}", response.status).into()),
            Message::Response(_) => {}
            Message::Request(request) => {
                caller.consent(&request)?;
                if request.method == Method::Bye {
                    return Ok(());
                }
            }
        }
    }
}

/// The floor: milliseconds for the house to answer the simplest request over the same way.
pub fn echo() -> Result<Vec<f64>, Fault> {
    let house = House::start(&Settings { agents: 1, most_calls: 2_000 })?;
    let mut line = Line::open(house.sip, 0)?;
    let mut times = Vec::new();
    for _ in 0..TIMED + WARM {
        let asked = line.ask_options()?;
        let heard = line.hear(PATIENCE)?.ok_or("OPTIONS was not answered")?;
        times.push((heard.at - asked).as_secs_f64() * 1e3);
    }
    times.drain(..WARM);
    Ok(times)
}
