//! What a talk costs: CPU and memory of calls that stand, with sound both ways, bridged and recorded. Signalling is
//! SIPp's, sound comes from our sockets. Floor: a process that only passes the same packets on.

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, UdpSocket};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::house::{House, Settings};
use crate::report::Row;
use crate::rtp::{self, Voices};
use crate::sipp::{self, Load, Sipp};
use crate::{Fault, company, now, proc, register, wait};

/// Calls before the measured ones.
const FIRST_CALLS: u32 = 40;
/// The first seconds are for caches and files.
const WARM: Duration = Duration::from_secs(4);
const MEASURED: Duration = Duration::from_secs(10);

pub struct Cost {
    /// Percent of one core a call.
    pub percent: f64,
    /// KiB a call.
    pub kib: f64,
    /// Packets that arrived of those sent.
    pub arrived: f64,
}

pub fn measure(counts: &[u16]) -> Result<Vec<Row>, Fault> {
    let mut rows = Vec::new();
    for calls in counts.iter().copied() {
        let before = relayed(calls)?;
        let costs = [talking(calls, company::QUEUE)?, talking(calls, company::RECORDED)?];
        // The machine is not the same from minute to minute: the floor is taken on both sides of what stands on it.
        let after = relayed(calls)?;
        let (floor, arrived) = ((before.percent + after.percent) / 2.0, before.arrived.min(after.arrived));
        let kinds = [("bridged", "0.08 %"), ("bridged and recorded", "0.10 %, at most 2 × the relay")];
        for (cost, (what, aim)) in costs.iter().zip(kinds) {
            rows.push(
                Row::new(format!("CPU a call, {calls} {what}"), format!("{:.3} % of a core ({:.1} % of packets through)", cost.percent, cost.arrived * 100.0))
                    .floor(format!("{floor:.3} % (bare relay, {:.1} %)", arrived * 100.0), cost.percent / floor)
                    .aim(aim),
            );
        }
        let [_, recorded] = costs;
        rows.push(Row::new(format!("memory a call, {calls} bridged and recorded"), format!("{:.0} KiB", recorded.kib)).aim("40 KiB"));
    }
    Ok(rows)
}

pub fn talking(calls: u16, number: &'static str) -> Result<Cost, Fault> {
    let mut house = House::start(&Settings { agents: calls, most_calls: 2_000 })?;
    let port = sipp::port()?;
    register::all(house.sip, port, calls)?;
    house.ready()?;
    warm_up(&mut house, port, number)?;
    let (callers, agents) = (rtp::sockets(calls.into())?, rtp::sockets(calls.into())?);
    let idle = proc::rss_kib(house.pid())?;
    let agent_side = Sipp::answer(house.sip, port, "agent_talk", &rtp::ports(&agents)?)?;
    let load = Load {
        scenario: "caller_talk",
        service: number,
        rate: 50,
        calls: calls.into(),
        at_once: calls.into(),
        hold: Duration::from_secs(120),
        lines: rtp::ports(&callers)?,
    };
    let caller_side = Sipp::call(house.sip, &load)?;
    let end = now() + Duration::from_secs(60);
    while house.gauges()?.talks < usize::from(calls) {
        if now() > end {
            return Err(format!("only {} of {calls} calls came to talk", house.gauges()?.talks).into());
        }
        wait(Duration::from_millis(200));
    }
    let mut speakers = paired(callers, &caller_side)?;
    speakers.extend(paired(agents, &agent_side)?);
    let voices = Voices::start(speakers)?;
    cost(house.pid(), calls, idle, || voices.counts())
}

/// Some short calls first: what the first calls of a house cost once (caches, statements, tables of numbers) is not the
/// price of a call.
fn warm_up(house: &mut House, port: u16, number: &'static str) -> Result<(), Fault> {
    let _agents = Sipp::answer(house.sip, port, "agent_short", &[])?;
    let (scenario, hold) = ("caller_queue", Duration::ZERO);
    let load = Load { scenario, service: number, rate: 50, calls: FIRST_CALLS, at_once: FIRST_CALLS, hold, lines: Vec::new() };
    Sipp::call(house.sip, &load)?.finish(Duration::from_secs(30))?;
    let end = now() + Duration::from_secs(30);
    loop {
        let gauges = house.gauges()?;
        if gauges.calls + gauges.wrap_ups + gauges.recordings == 0 {
            return Ok(());
        }
        if now() > end {
            return Err(format!("still alive after the first calls: {:?}", gauges.alive()).into());
        }
        wait(Duration::from_millis(200));
    }
}

/// Each socket beside the port of the house that the scenario logged for it.
pub fn paired(sockets: Vec<UdpSocket>, side: &Sipp) -> Result<Vec<(UdpSocket, SocketAddr)>, Fault> {
    let end = now() + Duration::from_secs(5);
    loop {
        let log = side.log();
        let pairs: std::collections::HashMap<u16, u16> =
            log.iter().filter_map(|line| line.split_once(' ')).filter_map(|(a, b)| Some((a.parse().ok()?, b.trim().parse().ok()?))).collect();
        if pairs.len() >= sockets.len() {
            return sockets
                .into_iter()
                .map(|socket| {
                    let own = socket.local_addr()?.port();
                    let far = pairs.get(&own).ok_or("a call without a port")?;
                    Ok((socket, SocketAddr::from(([127, 0, 0, 1], *far))))
                })
                .collect();
        }
        if now() > end {
            return Err(format!("the scenario told {} of {} ports: {:?}", pairs.len(), sockets.len(), log.first()).into());
        }
        wait(Duration::from_millis(100));
    }
}

fn relayed(calls: u16) -> Result<Cost, Fault> {
    let mut child = Command::new(std::env::current_exe()?)
        .args(["relay", &calls.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let measured = (|| {
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("no way to hear the relay")?).read_line(&mut line)?;
        let ports = line.split_whitespace().map(|p| Ok(SocketAddr::from(([127, 0, 0, 1], p.parse()?))));
        let ports = ports.collect::<Result<Vec<SocketAddr>, Fault>>()?;
        let idle = proc::rss_kib(child.id())?;
        let voices = Voices::start(rtp::sockets(ports.len())?.into_iter().zip(ports).collect())?;
        cost(child.id(), calls, idle, || voices.counts())
    })();
    child.kill()?;
    child.wait()?;
    measured
}

/// `counts`: packets sent and received so far.
pub fn cost(pid: u32, calls: u16, idle_kib: u64, counts: impl Fn() -> (u64, u64)) -> Result<Cost, Fault> {
    wait(WARM);
    let (began, before, (sent, received)) = (now(), proc::cpu_seconds(pid)?, counts());
    wait(MEASURED);
    let (wall, spent) = (began.elapsed().as_secs_f64(), proc::cpu_seconds(pid)? - before);
    let (sent, received) = (counts().0 - sent, counts().1 - received);
    let n = f64::from(calls);
    let kib = (proc::rss_kib(pid)?.saturating_sub(idle_kib)) as f64 / n;
    Ok(Cost { percent: spent / wall * 100.0 / n, kib, arrived: received as f64 / sent.max(1) as f64 })
}
