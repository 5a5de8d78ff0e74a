//! What a talk costs whose agent sits at a browser (ICE, DTLS-SRTP), beside the same talk at a SIP phone; and how soon after
//! Answer both hear each other. Signalling of callers is SIPp's, sound comes from our sockets and peers.

use std::net::UdpSocket;
use std::time::{Duration, Instant};

use cti_gateway::sip::message::Message;

use crate::house::{House, Settings};
use crate::line::Line;
use crate::peer::{BROWSERS_WORD, Peer, Peers};
use crate::report::{Row, percentile};
use crate::rtp::{self, Voices};
use crate::sipp::{Load, Sipp};
use crate::talks::{Cost, cost, paired, talking};
use crate::{Fault, company, freed, now, wait};

const TIMED: usize = 200;
const WARM: usize = 10;
const PATIENCE: Duration = Duration::from_secs(20);

pub fn measure(calls: u16) -> Result<Vec<Row>, Fault> {
    let before = talking(calls, company::QUEUE)?;
    let ours = at_browsers(calls)?;
    let after = talking(calls, company::QUEUE)?;
    let phone = (before.percent + after.percent) / 2.0;
    let kib = (before.kib + after.kib) / 2.0;
    let mut rows = vec![
        Row::new(
            format!("CPU a call, {calls} bridged to a browser"),
            format!("{:.3} % of a core ({:.1} % of packets through)", ours.percent, ours.arrived * 100.0),
        )
        .floor(format!("{phone:.3} % (the same to a SIP phone)"), ours.percent / phone)
        .aim("0.15 %"),
        Row::new(format!("memory a call, {calls} bridged to a browser"), format!("{:.0} KiB", ours.kib))
            .floor(format!("{kib:.0} KiB (to a SIP phone)"), ours.kib / kib)
            .aim("100 kB"),
    ];
    let (mut answered, mut floor) = (answered()?, freed::echo()?);
    let (p50, p99) = (percentile(&mut answered, 50.0), percentile(&mut answered, 99.0));
    let (floor50, floor99) = (percentile(&mut floor, 50.0), percentile(&mut floor, 99.0));
    rows.push(
        Row::new(format!("Answer at a browser to both hear, p50 and p99 of {TIMED}"), format!("{p50:.1} and {p99:.1} ms"))
            .floor(format!("{floor50:.2} and {floor99:.2} ms (OPTIONS answered; packets are 20 ms apart)"), p50 / floor50)
            .aim("1 s"),
    );
    Ok(rows)
}

/// A house whose agents all sit at browsers that are connected and ready.
fn opened(agents: u16) -> Result<(House, Peers), Fault> {
    let mut house = House::start(&Settings { agents, most_calls: 2_000 })?;
    let mut peers = Vec::with_capacity(agents.into());
    for agent in 1..=i64::from(agents) {
        let (mut peer, offer) = Peer::new()?;
        peer.accept(&house.browser(agent, &offer)?)?;
        peers.push(peer);
    }
    let peers = Peers::start(peers)?;
    until("the browsers to connect", || Ok(peers.connected() == u64::from(agents)))?;
    house.browsers_ready()?;
    Ok((house, peers))
}

fn until(what: &str, mut is: impl FnMut() -> Result<bool, Fault>) -> Result<(), Fault> {
    let end = now() + PATIENCE;
    while !is()? {
        if now() > end {
            return Err(format!("waited in vain for {what}").into());
        }
        wait(Duration::from_millis(20));
    }
    Ok(())
}

fn at_browsers(calls: u16) -> Result<Cost, Fault> {
    let (mut house, peers) = opened(calls)?;
    house.answer_all()?;
    let callers = rtp::sockets(calls.into())?;
    let idle = crate::proc::rss_kib(house.pid())?;
    let load = Load {
        scenario: "caller_talk",
        service: company::QUEUE,
        rate: 50,
        calls: calls.into(),
        at_once: calls.into(),
        hold: Duration::from_secs(120),
        lines: rtp::ports(&callers)?,
    };
    let side = Sipp::call(house.sip, &load)?;
    until("all calls to come to talk", || Ok(house.gauges()?.talks >= usize::from(calls)))?;
    let voices = Voices::start(paired(callers, &side)?)?;
    cost(house.pid(), calls, idle, || {
        let ((a, b), (c, d)) = (voices.counts(), peers.counts());
        (a + c, b + d)
    })
}

/// One agent, one caller at a time: milliseconds from Answer until each has heard the other.
fn answered() -> Result<Vec<f64>, Fault> {
    let (mut house, peers) = opened(1)?;
    let mut times = Vec::with_capacity(TIMED + WARM);
    while times.len() < TIMED + WARM {
        let sound = UdpSocket::bind("127.0.0.1:0")?;
        let mut caller = Line::open(house.sip, 0)?;
        caller.sound_at(sound.local_addr()?.port());
        caller.dial(company::QUEUE, "+8613800138000")?;
        let answer = loop {
            let heard = caller.hear(PATIENCE)?.ok_or("a call was not taken")?;
            if let Message::Response(response) = heard.message
                && response.status == 200
            {
                break response;
            }
        };
        caller.acknowledge(&answer)?;
        let port = audio_port(&answer.body).ok_or("an answer without a port")?;
        let far = std::net::SocketAddr::from(([127, 0, 0, 1], port));
        house.rung()?;
        peers.forget();
        let pressed = now();
        house.answer()?;
        times.push((both_heard(&sound, far, &peers)? - pressed).as_secs_f64() * 1e3);
        caller.leave(&answer)?;
        until("the call to be over", || {
            let gauges = house.gauges()?;
            Ok(gauges.calls + gauges.talks + gauges.wrap_ups == 0)
        })?;
    }
    times.drain(..WARM);
    Ok(times)
}

/// The caller speaks; when both have heard each other. Music comes before, and is neither.
fn both_heard(sound: &UdpSocket, far: std::net::SocketAddr, peers: &Peers) -> Result<Instant, Fault> {
    sound.set_nonblocking(true)?;
    let (began, mut frames, mut caller, mut buffer) = (now(), 0_u32, None, [0; 1500]);
    while began.elapsed() < PATIENCE {
        if began.elapsed() >= rtp::FRAME * frames {
            sound.send_to(&rtp::packet(frames), far)?;
            frames += 1;
        }
        while let Ok(length) = sound.recv(&mut buffer) {
            if caller.is_none() && length == rtp::PACKET && buffer[12..length].iter().all(|byte| *byte == BROWSERS_WORD) {
                caller = Some(now());
            }
        }
        if let (Some(caller), Some(browser)) = (caller, peers.first()) {
            return Ok(caller.max(browser));
        }
        wait(Duration::from_micros(200));
    }
    Err(format!("heard by the caller: {}, by the browser: {}", caller.is_some(), peers.first().is_some()).into())
}

fn audio_port(sdp: &[u8]) -> Option<u16> {
    let text = std::str::from_utf8(sdp).ok()?;
    text.lines().find_map(|line| line.strip_prefix("m=audio ")?.split(' ').next()?.parse().ok())
}
