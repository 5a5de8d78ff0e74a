//! The trunk to the outside against Kamailio, a registrar and proxy that nobody here wrote: registered with digest, calls in
//! and out through it, over UDP and over TLS with certificates of our own making.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::path::Path;
use std::time::Duration;

use contract::directory::{AnswerBy, Codec, IdentityBy, Rewrite, Secret, Transport, Trunk};
use contract::{CallCommand, EventKind, TransferTarget, TrunkId};
use cti_gateway::driver::TrunkLine;
use cti_gateway::sip::api::{Reached, TrunkRegistration, Unregistered};
use zuoxi_tests::house::company::{OUTSIDE, company};
use zuoxi_tests::house::{AGENT_HZ, CALLER_HZ, House, Outcome, SECOND_HZ};
use zuoxi_tests::phone::{Ending, Manner, PATIENCE, Phone, PhoneConfig};

use crate::tools::{Tool, ours, words};

const CARRIER: TrunkId = TrunkId(7);
const PASSWORD: &str = "trunk-secret";

/// A port that is free for both now.
fn free_port() -> std::io::Result<u16> {
    let udp = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    let port = udp.local_addr()?.port();
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map(|_| port)
}

/// A certificate authority, `ca.pem`, and what it signed for the carrier and for us.
fn certificates(folder: &Path) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let mut params = rcgen::CertificateParams::new(vec![])?;
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let key = rcgen::KeyPair::generate()?;
    std::fs::write(folder.join("ca.pem"), params.self_signed(&key)?.pem())?;
    let issuer = rcgen::Issuer::new(params, key);
    for name in ["sip.test", "zuoxi.test"] {
        let key = rcgen::KeyPair::generate()?;
        let signed = rcgen::CertificateParams::new(vec![name.to_owned()])?.signed_by(&key, &issuer)?;
        std::fs::write(folder.join(format!("{name}.pem")), signed.pem())?;
        std::fs::write(folder.join(format!("{name}.key")), key.serialize_pem())?;
    }
    Ok(())
}

/// Kamailio. It ends, with its children, when dropped: asked to, it does not always.
struct Carrier {
    tool: Tool,
    udp: SocketAddr,
    tls: SocketAddr,
}

impl Carrier {
    /// Kamailio, with `world` behind it.
    async fn start(folder: &Path, algorithm: &str, world: SocketAddr) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let [udp, tls] = [free_port()?, free_port()?].map(|port| SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
        let mut text = std::fs::read_to_string(ours("phones/kamailio.cfg"))?;
        for (word, value) in [
            ("@UDP@", udp.port().to_string()),
            ("@TLS@", tls.port().to_string()),
            ("@ALGORITHM@", algorithm.to_owned()),
            ("@PASSWORD@", PASSWORD.to_owned()),
            ("@WORLD@", world.to_string()),
            ("@FOLDER@", folder.display().to_string()),
        ] {
            text = text.replace(word, &value);
        }
        std::fs::write(folder.join("kamailio.cfg"), text)?;
        let here = folder.display().to_string();
        let args = ["-DD", "-E", "-m", "32", "-M", "8", "-f", "kamailio.cfg", "-w", &here, "-Y", &here];
        let tool = Tool::start_group(folder, "kamailio", &words(&args))?;
        let carrier = Self { tool, udp, tls };
        carrier.answers().await?;
        Ok(carrier)
    }

    /// Waits until it answers OPTIONS.
    async fn answers(&self) -> Result<(), String> {
        let socket = tokio::net::UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(|e| e.to_string())?;
        let own = socket.local_addr().map_err(|e| e.to_string())?;
        let ask = format!(
            "OPTIONS sip:{0} SIP/2.0\r\nVia: SIP/2.0/UDP {own};branch=z9hG4bKup\r\nMax-Forwards: 70\r\nFrom: <sip:t@{own}>;tag=t\r\n\
             To: <sip:{0}>\r\nCall-ID: up\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n",
            self.udp
        );
        let mut look = tokio::time::interval(Duration::from_millis(100));
        let mut buffer = [0; 2048];
        let up = tokio::time::timeout(PATIENCE, async {
            loop {
                let _ = socket.send_to(ask.as_bytes(), self.udp).await;
                tokio::select! {
                    heard = socket.recv(&mut buffer) => if heard.is_ok_and(|n| buffer[..n].starts_with(b"SIP/2.0 200")) { return },
                    _ = look.tick() => {}
                }
            }
        });
        up.await.map_err(|_| "kamailio never answered".to_owned())
    }

    /// Our trunk there, with everything a carrier may want.
    fn trunk(&self, transport: Transport, password: &str) -> Trunk {
        let nobody = SocketAddr::from((Ipv4Addr::new(127, 0, 0, 99), 5099));
        Trunk {
            digest: Some(("9001".into(), Secret(password.into()))),
            register: true,
            domain: "sip.test".into(),
            to: if transport == Transport::Tls { vec![nobody, self.tls] } else { vec![self.udp] },
            transport,
            probe_seconds: 10,
            trusted: true,
            caller_id: "+861088880000".into(),
            identity: IdentityBy::Asserted,
            rewrites: vec![Rewrite { prefix: "+86".into(), strip: 3, add: "0".into() }],
            codecs: vec![Codec::Pcma],
            ..Trunk::new(CARRIER, "carrier")
        }
    }
}

/// Waits until the trunk stands so.
async fn stands(house: &House, what: &str, is: impl Fn(&TrunkLine) -> bool) -> Result<TrunkLine, String> {
    let mut look = tokio::time::interval(zuoxi_tests::house::book::LOOK);
    let waited = tokio::time::timeout(PATIENCE, async {
        loop {
            if let Some(line) = house.gateway.trunk(CARRIER).filter(|line| is(line)) {
                return line;
            }
            look.tick().await;
        }
    });
    waited.await.map_err(|_| format!("the trunk is never {what}; it is {:?}", house.gateway.trunk(CARRIER)))
}

/// Registered, called through the carrier, and calling through it; then taken back.
async fn the_way_to_the_world(transport: Transport, algorithm: &str) -> Outcome {
    let folder = tempfile::tempdir()?;
    let path = folder.path().to_owned();
    certificates(&path)?;
    let with_tls = |config: &mut cti_gateway::driver::GatewayConfig| {
        config.sip.tls = Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
        config.sip.certificate = Some((path.join("zuoxi.test.pem"), path.join("zuoxi.test.key")));
        config.sip.authorities = Some(path.join("ca.pem"));
    };
    let mut house = House::open_with(company(&[AnswerBy::Phone]), with_tls).await?;
    let mut config = PhoneConfig::new("the world", house.sip()).manner(Manner::Rings);
    config.local = OUTSIDE;
    let mut world = Phone::open(config, &house.sound).await?;
    let mut carrier = Carrier::start(&path, algorithm, world.address()).await?;
    let over = if transport == Transport::Tls { "tls" } else { "udp" };
    let trunk = carrier.trunk(transport, PASSWORD);
    let at = *trunk.to.last().ok_or("an address")?;
    house.change(|directory| drop(directory.trunks.insert(CARRIER, trunk))).await?;
    carrier.tool.says(&format!("bound 9001 for 600 over {over}")).await?;
    stands(&house, "registered", |line| line.state.registration == Some(TrunkRegistration::Registered { at })).await?;
    stands(&house, "known to live", |line| line.state.addresses.contains(&(at, Reached::Up))).await?;

    let desk = house.agent(1, Manner::Answers).await?;
    let mut phone = desk.phone;
    let mut config = PhoneConfig::new("a caller", carrier.udp).number("13800138000");
    config.local = OUTSIDE;
    let caller = Phone::open(config, &house.sound).await?;
    let talk = caller.dial("95500").await?;
    talk.answered().await?;
    let rung = phone.rung().await?;
    rung.answered().await?;
    talk.say_tone(CALLER_HZ);
    rung.say_tone(AGENT_HZ);
    rung.expect_tone(CALLER_HZ).await?;
    talk.expect_tone(AGENT_HZ).await?;
    let call = house.call(1).await?;
    let arrived = house.fact(call, "the call", |k| matches!(k, EventKind::CallArrived { .. })).await?;
    let EventKind::CallArrived { entry, dialed, .. } = arrived else { return Err("no arrival".into()) };
    assert_eq!((entry, dialed.as_str()), (contract::Entry::Trunk { trunk: CARRIER }, "95500"));

    let target = TransferTarget::Number { number: "010-62345678".into() };
    house.command(call, desk.agent, CallCommand::Transfer { target }).await?;
    let said = carrier.tool.says("call to ").await?;
    assert!(said.contains("call to sip:01062345678@sip.test"), "{said}");
    assert!(said.contains("from sip:9001@sip.test asserted <sip:+861088880000@sip.test>"), "{said}");
    assert!(said.contains(&format!("over {over}")), "{said}");
    let far = world.rung().await?;
    assert_eq!(far.incoming().map(|i| i.dialed.as_str()), Some("01062345678"));
    far.answer().await?;
    far.say_tone(SECOND_HZ);
    far.expect_tone(CALLER_HZ).await?;
    talk.expect_tone(SECOND_HZ).await?;
    far.hang_up().await?;
    talk.ends(&Ending::FarHungUp(None)).await?;
    let gateway = house.gateway.clone();
    house.close().await?;
    gateway.close().await;
    carrier.tool.says(&format!("bound 9001 for 0 over {over}")).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trunk_registers_at_kamailio_and_carries_calls_both_ways_over_udp() -> Outcome {
    the_way_to_the_world(Transport::Udp, "").await
}

/// The first of its addresses is dead, which costs nobody anything.
#[tokio::test(flavor = "multi_thread")]
async fn a_trunk_registers_at_kamailio_and_carries_calls_both_ways_over_tls() -> Outcome {
    the_way_to_the_world(Transport::Tls, "SHA-256").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_told_with_its_reason() -> Outcome {
    let folder = tempfile::tempdir()?;
    certificates(folder.path())?;
    let mut house = House::open(company(&[AnswerBy::Phone])).await?;
    let mut carrier = Carrier::start(folder.path(), "", SocketAddr::new(OUTSIDE, 9)).await?;
    let trunk = carrier.trunk(Transport::Udp, "guessed");
    house.change(|directory| drop(directory.trunks.insert(CARRIER, trunk))).await?;
    let refused = |line: &TrunkLine| matches!(line.state.registration, Some(TrunkRegistration::Failed { status: 401, .. }));
    let line = stands(&house, "refused", refused).await?;
    let Some(TrunkRegistration::Failed { why, reason, .. }) = line.state.registration else { return Err("no reason".into()) };
    assert!(why == Unregistered::WrongPassword && reason.contains("user or password is wrong"), "{reason}");
    let trunk = carrier.trunk(Transport::Udp, PASSWORD);
    house.change(|directory| drop(directory.trunks.insert(CARRIER, trunk))).await?;
    carrier.tool.says("bound 9001 for 600").await?;
    house.close().await?;
    Ok(())
}
