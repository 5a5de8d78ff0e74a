//! How much of a core a bridged, recorded call costs: `media_load CALLS SECONDS [record|bridge|relay]`.
//! Phones on one thread send 50 packets a second on each leg; the CPU time of the media threads is read from the system. `relay`
//! is the floor: sockets emptied and packets sent on, nothing else. Prints one line of JSON for `xtask bench`.

use std::error::Error;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use contract::{InteractionId, LegId, RecordingId};
use cti_gateway::media::{Engine, Law, MediaCommand, MediaConfig, MediaEvent, MediaSink, Remote, tone};
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

struct Ignore;

impl MediaSink for Ignore {
    fn media(&self, _: LegId, _: MediaEvent) {}
}

/// What the phones saw.
#[derive(Default)]
struct Seen {
    sent: AtomicU64,
    received: AtomicU64,
    stop: AtomicBool,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let calls: usize = args.next().unwrap_or_else(|| "200".into()).parse()?;
    let seconds: u64 = args.next().unwrap_or_else(|| "10".into()).parse()?;
    let mode = args.next().unwrap_or_else(|| "record".into());
    if !["record", "bridge", "relay"].contains(&mode.as_str()) {
        return Err(format!("unknown mode `{mode}`: expected record, bridge or relay").into());
    }
    raise_file_limit()?;
    let folder = std::env::temp_dir().join(format!("media_load-{}", std::process::id()));
    let phones = (0..calls * 2).map(|_| bind()).collect::<Result<Vec<_>, _>>()?;
    let (engine, targets) = if mode == "relay" { relay(&phones)? } else { engine(&phones, &folder, mode == "record")? };

    let seen = Arc::new(Seen::default());
    let load = std::thread::Builder::new().name("phones".into()).spawn({
        let seen = seen.clone();
        move || speak(&phones, &targets, &seen)
    })?;
    // The first seconds are for the latch and the caches.
    wait(Duration::from_secs(6));
    let before = (cpu()?, seen.sent.load(Relaxed), seen.received.load(Relaxed));
    let began = clock();
    wait(Duration::from_secs(seconds));
    let wall = began.elapsed().as_secs_f64();
    let after = (cpu()?, seen.sent.load(Relaxed), seen.received.load(Relaxed));
    seen.stop.store(true, Relaxed);
    load.join().map_err(|_| "the phones' thread panicked")?;

    let percent = (after.0 - before.0) / wall * 100.0;
    let (sent, received) = (after.1 - before.1, after.2 - before.2);
    let lateness = engine.as_ref().map(|e: &Engine| e.gauges().lateness).unwrap_or_default();
    println!(
        "{{\"mode\":\"{mode}\",\"calls\":{calls},\"core_percent\":{percent:.2},\"core_percent_per_call\":{:.4},\"us_per_packet\":{:.2},\"sent\":{sent},\"received\":{received},\"lateness\":{lateness:?}}}",
        percent / calls as f64,
        (after.0 - before.0) * 1e6 / received.max(1) as f64,
    );
    if let Some(engine) = engine {
        engine.stop();
    }
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "a measurement reads the clock")]
fn clock() -> Instant {
    Instant::now()
}

#[expect(clippy::disallowed_methods, reason = "a measurement lasts as long as it is told to")]
fn wait(time: Duration) {
    std::thread::sleep(time);
}

fn bind() -> std::io::Result<UdpSocket> {
    let socket = UdpSocket::bind((HERE, 0))?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

fn raise_file_limit() -> nix::Result<()> {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    setrlimit(Resource::RLIMIT_NOFILE, hard, hard)
}

type Setup = (Option<Engine>, Vec<SocketAddr>);

/// Two phones a call, bridged.
fn engine(phones: &[UdpSocket], folder: &std::path::Path, record: bool) -> Result<Setup, Box<dyn Error>> {
    let config = MediaConfig { ports: (10_000, 29_999), threads: 1, recordings: folder.to_owned(), ..MediaConfig::default() };
    let engine = Engine::start(config, Arc::new(Ignore))?;
    let mut targets = Vec::new();
    for (n, pair) in phones.chunks(2).enumerate() {
        let room = InteractionId(n as i64);
        let legs = [LegId(2 * n as i64), LegId(2 * n as i64 + 1)];
        for (leg, phone) in legs.iter().zip(pair) {
            targets.push(engine.open(room, *leg)?);
            let remote = Remote { dtmf_pt: Some(101), ..Remote::new(phone.local_addr()?, Law::A) };
            engine.send(room, MediaCommand::Remote { leg: *leg, remote })?;
        }
        engine.send(room, MediaCommand::Bridge { a: legs[0], b: legs[1] })?;
        if record {
            let path = format!("{n}.wav").into();
            engine.send(room, MediaCommand::Record { recording: RecordingId(n as i64), left: legs[0], right: Some(legs[1]), path })?;
        }
    }
    Ok((Some(engine), targets))
}

/// The floor: a thread named as ours are, that sends on what comes, looking every 5 ms.
fn relay(phones: &[UdpSocket]) -> Result<Setup, Box<dyn Error>> {
    let sockets = phones.iter().map(|_| bind()).collect::<Result<Vec<_>, _>>()?;
    let targets = sockets.iter().map(UdpSocket::local_addr).collect::<Result<Vec<_>, _>>()?;
    let far = phones.iter().map(UdpSocket::local_addr).collect::<Result<Vec<_>, _>>()?;
    std::thread::Builder::new().name("media-relay".into()).spawn(move || {
        let Ok(epoll) = Epoll::new(EpollCreateFlags::empty()) else { return };
        for (n, socket) in sockets.iter().enumerate() {
            let _ = epoll.add(socket, EpollEvent::new(EpollFlags::EPOLLIN, n as u64));
        }
        let mut ready = [EpollEvent::empty(); 512];
        let mut buffer = [0; 1500];
        loop {
            while let Ok(count @ 1..) = epoll.wait(&mut ready, EpollTimeout::ZERO) {
                for event in &ready[..count] {
                    let n = event.data() as usize;
                    if let Ok((length, _)) = sockets[n].recv_from(&mut buffer) {
                        let _ = sockets[n ^ 1].send_to(&buffer[..length], far[n ^ 1]);
                    }
                }
            }
            wait(Duration::from_millis(5));
        }
    })?;
    Ok((None, targets))
}

/// All phones speak every 20 ms, spread over four moments, and count what they hear.
fn speak(phones: &[UdpSocket], targets: &[SocketAddr], seen: &Seen) {
    let mut payload = [0; 160];
    Law::A.encode(&tone::sine(&[(440.0, -10.0)], 20), &mut payload);
    let mut packet = [0; 172];
    packet[..2].copy_from_slice(&[0x80, 8]);
    packet[12..].copy_from_slice(&payload);
    let Ok(epoll) = Epoll::new(EpollCreateFlags::empty()) else { return };
    for (n, phone) in phones.iter().enumerate() {
        let _ = epoll.add(phone, EpollEvent::new(EpollFlags::EPOLLIN, n as u64));
    }
    let mut ready = [EpollEvent::empty(); 512];
    let mut buffer = [0; 1500];
    let began = clock();
    for slice in 0_u64.. {
        if seen.stop.load(Relaxed) {
            return;
        }
        wait(Duration::from_micros((slice + 1) * 5000).saturating_sub(began.elapsed()));
        let frame = slice / 4;
        packet[2..4].copy_from_slice(&(frame as u16).to_be_bytes());
        packet[4..8].copy_from_slice(&(frame as u32 * 160).to_be_bytes());
        for (n, (phone, target)) in phones.iter().zip(targets).enumerate().skip((slice % 4) as usize).step_by(4) {
            packet[8..12].copy_from_slice(&(n as u32 + 1).to_be_bytes());
            if phone.send_to(&packet, target).is_ok() {
                seen.sent.fetch_add(1, Relaxed);
            }
        }
        while let Ok(count @ 1..) = epoll.wait(&mut ready, EpollTimeout::ZERO) {
            for event in &ready[..count] {
                if phones[event.data() as usize].recv_from(&mut buffer).is_ok() {
                    seen.received.fetch_add(1, Relaxed);
                }
            }
        }
    }
}

/// Seconds of CPU the threads named `media-…` have used so far.
fn cpu() -> Result<f64, Box<dyn Error>> {
    let mut total = 0.0;
    for task in std::fs::read_dir("/proc/self/task")? {
        let folder = task?.path();
        if std::fs::read_to_string(folder.join("comm"))?.starts_with("media-") {
            // First field: nanoseconds on a CPU.
            let spent = std::fs::read_to_string(folder.join("schedstat"))?;
            total += spent.split(' ').next().unwrap_or("0").trim().parse::<f64>()? / 1e9;
        }
    }
    Ok(total)
}
