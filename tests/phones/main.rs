//! Phones that none of us wrote, against a whole gateway: SIPp on the trunk, pjsua2 and baresip as registered stations.
//! Audio is proved by a tone each way, at the far ends and in the recording; tshark reads what we send.

mod kamailio;
mod tools;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use contract::directory::{AnswerBy, Srtp};
use contract::{AgentId, EndCause, EventKind, HungUpBy, InteractionId, SeatCommand, StationId};
use cti_gateway::media::tone;
use cti_gateway::sip::api::EndpointConfig;
use zuoxi_tests::house::company::{PASSWORD, STATIONS, company};
use zuoxi_tests::house::{AGENT_HZ, CALLER_HZ, Desk, House, MUSIC_HZ, Outcome};
use zuoxi_tests::phone::{Ear, Ending, Manner, Talk};

use tools::{Capture, Tool, ours, tone_ulaw, tone_wav, tshark, words};

/// Signs agent 1 in once the phone is registered.
async fn signs_in(house: &House, answer: &str) -> Outcome {
    let registered = |f: &zuoxi_tests::house::Fact| matches!(f.kind, EventKind::StationRegistered { .. }).then_some(());
    house.book.until(&format!("the registration of {answer}"), registered).await?;
    house.gateway.desktop(AgentId(1), true).await;
    house.seat(AgentId(1), SeatCommand::SignIn { station: Some(StationId(1)) }).await?;
    house.seat(AgentId(1), SeatCommand::Ready).await
}

/// The ended call: who hung up, and both tones in the recording.
async fn call_is_whole(house: &House, call: InteractionId, by: HungUpBy) -> Outcome {
    let end = house.fact(call, "the end of the call", |k| matches!(k, EventKind::CallEnded { .. })).await?;
    assert_eq!(end, EventKind::CallEnded { cause: EndCause::AnsweredHangup, by });
    house.recording_holds(call, CALLER_HZ, AGENT_HZ).await?;
    Ok(())
}

/// A file that a phone writes is heard to hold this tone.
async fn holds_tone(path: &Path, hz: f64) -> Result<(), String> {
    let mut ear = Ear::at_begin(path, 1, 0);
    let mut look = tokio::time::interval(zuoxi_tests::house::book::LOOK);
    let waited = tokio::time::timeout(zuoxi_tests::phone::PATIENCE, async {
        while !ear.heard_tone(hz) {
            look.tick().await;
            ear.listen();
        }
    });
    waited.await.map_err(|_| format!("{hz} Hz was never heard in {}", path.display()))
}

/// SIPp calls over the trunk and speaks; our scripted phone answers. What SIPp was sent is read from the wire.
async fn sipp_calls(transport: &str) -> Outcome {
    let house = House::open(company(&[AnswerBy::Phone])).await?;
    let Desk { mut phone, agent } = house.agent(1, Manner::Answers).await?;
    let folder = house.folder().to_owned();
    tone_ulaw(&folder.join("say.ulaw"), CALLER_HZ, 20)?;
    let capture = Capture::start(&folder).await?;
    let scenario = ours("sipp/caller.xml").display().to_string();
    let server = house.sip().to_string();
    let args = ["-sf", &scenario, &server, "-s", "95500", "-i", "127.0.0.1", "-t", transport, "-m", "1", "-nostdin", "-trace_err"];
    let mut sipp = Tool::start(&folder, "sipp", &words(&args))?;
    let rung: Talk = phone.rung().await?;
    rung.answered().await?;
    rung.say_tone(AGENT_HZ);
    rung.expect_tone(CALLER_HZ).await?;
    let call = house.call(1).await?;
    let paths = house.book.of(call).into_iter().find_map(|k| match k {
        EventKind::RecordingStarted { path, .. } => Some(house.recordings_folder().join(path)),
        _ => None,
    });
    let recording = paths.ok_or("no recording began")?;
    stereo_grows(&recording).await?;
    rung.hang_up().await?;
    sipp.ends_well(Duration::from_secs(30)).await?;
    call_is_whole(&house, call, HungUpBy::Agent { agent }).await?;
    let wire = capture.stop().await?;
    sent_tone(&wire, AGENT_HZ).await?;
    sent_well(&wire, house.sip().port()).await?;
    house.close().await
}

/// Both tones have been written to a running recording.
async fn stereo_grows(path: &Path) -> Result<(), String> {
    let mut ears = [(0, CALLER_HZ), (1, AGENT_HZ)].map(|(channel, hz)| (Ear::at_begin(path, 2, channel), hz));
    let mut look = tokio::time::interval(zuoxi_tests::house::book::LOOK);
    let waited = tokio::time::timeout(zuoxi_tests::phone::PATIENCE, async {
        while !ears.iter().all(|(ear, hz)| ear.heard_tone(*hz)) {
            look.tick().await;
            ears.iter_mut().for_each(|(ear, _)| ear.listen());
        }
    });
    waited.await.map_err(|_| format!("the recording never held both tones ({})", path.display()))
}

/// Some RTP stream on the wire, of those not sent by SIPp or phones alone, holds this tone.
async fn sent_tone(wire: &Path, hz: f64) -> Result<(), String> {
    let fields = ["-o", "rtp.heuristic_rtp:TRUE", "-Y", "rtp", "-T", "fields", "-e", "udp.dstport", "-e", "rtp.p_type", "-e", "rtp.payload"];
    let mut streams: std::collections::BTreeMap<String, Vec<i16>> = std::collections::BTreeMap::new();
    for line in tshark(wire, &words(&fields)).await? {
        let mut parts = line.split('\t');
        let (Some(port), Some("0" | "8"), Some(hex)) = (parts.next(), parts.next(), parts.next()) else { continue };
        let law = if line.contains("\t0\t") { cti_gateway::media::Law::Mu } else { cti_gateway::media::Law::A };
        let bytes = hex.replace(':', "");
        let samples = (0..bytes.len() / 2).filter_map(|n| u8::from_str_radix(bytes.get(2 * n..2 * n + 2)?, 16).ok());
        streams.entry(port.to_owned()).or_default().extend(samples.map(|b| law.decoder()[usize::from(b)]));
    }
    let heard = streams.values().filter(|s| s.chunks_exact(1600).any(|w| tone::is_tone(w, hz))).count();
    // To the gateway from the agent, and from the gateway to the caller.
    if heard >= 2 { Ok(()) } else { Err(format!("{hz} Hz is in {heard} of {} streams on the wire", streams.len())) }
}

/// tshark finds nothing wrong in what went over the wire.
async fn sent_well(wire: &Path, sip: u16) -> Outcome {
    let decode = format!("udp.port=={sip},sip");
    let decode_tcp = format!("tcp.port=={sip},sip");
    let base = ["-d", &decode, "-d", &decode_tcp, "-o", "rtp.heuristic_rtp:TRUE"];
    let all = tshark(wire, &words(&[&base[..], &["-Y", "sip", "-T", "fields", "-e", "_ws.col.Info"]].concat())).await?;
    assert!(all.iter().any(|l| l.contains("INVITE")) && all.iter().any(|l| l.contains("BYE")), "tshark reads no SIP: {all:?}");
    let bad = format!("_ws.malformed && (sip || sdp || rtp || rtcp || rtpevent) && (udp.srcport=={sip} || tcp.srcport=={sip} || rtp || rtcp)");
    let malformed = tshark(wire, &words(&[&base[..], &["-Y", &bad]].concat())).await?;
    assert!(malformed.is_empty(), "tshark calls this malformed: {malformed:#?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn sipp_calls_over_udp_and_both_hear_each_other() -> Outcome {
    sipp_calls("u1").await
}

#[tokio::test(flavor = "multi_thread")]
async fn sipp_calls_over_tcp_and_both_hear_each_other() -> Outcome {
    sipp_calls("t1").await
}

/// Two hundred callers who hang up within 40 ms of the answer: no agent is locked, nothing is left.
#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_callers_of_sipp_leave_at_once_and_leave_nothing() -> Outcome {
    let house = House::open(company(&[AnswerBy::Phone, AnswerBy::Phone])).await?;
    let first = house.agent(1, Manner::Answers).await?;
    let second = house.agent(2, Manner::Rings).await?;
    let scenario = ours("sipp/short.xml").display().to_string();
    let server = house.sip().to_string();
    let args = ["-sf", &scenario, &server, "-s", "95500", "-i", "127.0.0.1", "-r", "20", "-m", "200", "-nostdin", "-trace_err"];
    let mut sipp = Tool::start(house.folder(), "sipp", &words(&args))?;
    sipp.ends_well(Duration::from_secs(90)).await?;
    house.call(200).await?;
    house.quiet().await?;
    assert_eq!((first.phone.busy_lines(), second.phone.busy_lines()), (0, 0));
    assert_eq!(house.book.count(|k| matches!(k, EventKind::CallEnded { .. })), 200);
    house.close().await
}

/// pjsua2 as the agent's phone: registered with digest, rung, answering, on hold and back, both heard.
async fn pjsua2_answers(transport: &str) -> Outcome {
    let house = House::open(company(&[AnswerBy::Phone])).await?;
    let folder = house.folder().to_owned();
    tone_wav(&folder.join("say.wav"), AGENT_HZ, 120)?;
    let python = ours(".cache/venv/bin/python").display().to_string();
    let (script, server) = (ours("phones/pj_agent.py").display().to_string(), house.sip().to_string());
    let local = if transport == "tcp" { Ipv4Addr::LOCALHOST.to_string() } else { STATIONS.to_string() };
    let args = words(&[&script, &server, "801", PASSWORD, &local, "say.wav", "heard.wav", transport, "manual"]);
    let mut pj = Tool::start(&folder, &python, &args)?;
    pj.says("registered 200").await?;
    signs_in(&house, "pjsua2").await?;
    let caller = house.caller("13800138000").await?;
    let talk = caller.dial("95500").await?;
    talk.answered().await?;
    assert!(pj.says("ringing").await?.contains("+8613800138000"));
    talk.expect_tone(MUSIC_HZ).await?;
    pj.told("answer").await?;
    pj.says("state CONFIRMED").await?;
    talk.say_tone(CALLER_HZ);
    talk.expect_tone(AGENT_HZ).await?;
    holds_tone(&folder.join("heard.wav"), CALLER_HZ).await?;
    let call = house.call(1).await?;
    pj.told("hold").await?;
    house.fact(call, "hold", |k| matches!(k, EventKind::Held { .. })).await?;
    talk.expect_tone(MUSIC_HZ).await?;
    pj.told("unhold").await?;
    house.fact(call, "resumed", |k| matches!(k, EventKind::Resumed { .. })).await?;
    talk.expect_tone(AGENT_HZ).await?;
    pj.told("hangup").await?;
    talk.ends(&Ending::FarHungUp(None)).await?;
    call_is_whole(&house, call, HungUpBy::Agent { agent: AgentId(1) }).await?;
    pj.told("quit").await?;
    pj.ends_well(Duration::from_secs(20)).await?;
    house.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn pjsua2_over_udp_is_a_whole_agents_phone() -> Outcome {
    pjsua2_answers("udp").await
}

#[tokio::test(flavor = "multi_thread")]
async fn pjsua2_over_tcp_is_a_whole_agents_phone() -> Outcome {
    pjsua2_answers("tcp").await
}

/// An address of this host that is not loopback. Nothing is sent to find it.
fn host_address() -> Result<std::net::IpAddr, String> {
    let socket = std::net::UdpSocket::bind("0.0.0.0:0").map_err(|e| e.to_string())?;
    let found = socket.connect("198.51.100.1:9").and_then(|()| socket.local_addr());
    found.map(|a| a.ip()).map_err(|e| {
        format!("baresip needs an interface beside loopback ({e}); as root: \
                 ip link add zuoxi0 type dummy; ip addr add 10.99.7.1/24 dev zuoxi0; ip link set zuoxi0 up; ip route add default dev zuoxi0")
    })
}

/// A gateway at the host's own address: baresip uses no loopback interface.
async fn house_for_baresip(directory: contract::directory::Directory) -> Result<House, Box<dyn std::error::Error + Send + Sync>> {
    let host = host_address()?;
    let at_host = |config: &mut cti_gateway::driver::GatewayConfig| {
        config.sip = EndpointConfig::on(SocketAddr::new(host, 0));
        config.media_ip = host;
    };
    House::open_with(directory, at_host).await
}

/// baresip as station 801, in a folder of the house. `account`: more parameters; `more`: more lines of its configuration.
fn baresip(house: &House, account: &str, more: &str) -> Result<(Tool, std::path::PathBuf), Box<dyn std::error::Error + Send + Sync>> {
    let host = host_address()?;
    let folder = house.folder().join("baresip");
    std::fs::create_dir_all(&folder)?;
    tone_wav(&folder.join("say.wav"), AGENT_HZ, 120)?;
    let config = std::fs::read_to_string(ours("phones/baresip.config"))?;
    std::fs::write(folder.join("config"), format!("sip_listen {host}:0\n{config}{more}"))?;
    let account = format!(
        "<sip:801@{};transport=udp>;auth_pass={PASSWORD};answermode=auto;regint=60;\
         audio_codecs=PCMU/8000/1,PCMA/8000/1;dtmfmode=rtpevent;ptime=20{account}\n",
        house.sip()
    );
    std::fs::write(folder.join("accounts"), account)?;
    let tool = Tool::start(&folder, "baresip", &words(&["-f", "."]))?;
    Ok((tool, folder))
}

/// baresip as the agent's phone, rung by a caller.
async fn baresip_answers(srtp: Srtp, account: &str) -> Outcome {
    let mut directory = company(&[AnswerBy::Phone]);
    directory.stations.entry(StationId(1)).and_modify(|phone| phone.srtp = srtp);
    let house = house_for_baresip(directory).await?;
    let (mut baresip, folder) = baresip(&house, account, "")?;
    signs_in(&house, "baresip").await?;
    let caller = house.caller("13800138000").await?;
    let talk = caller.dial("95500").await?;
    talk.answered().await?;
    talk.say_tone(CALLER_HZ);
    talk.expect_tone(AGENT_HZ).await?;
    let call = house.call(1).await?;
    let heard = dump(&folder, "-dec.wav").await?;
    holds_tone(&heard, CALLER_HZ).await?;
    talk.hang_up().await?;
    call_is_whole(&house, call, HungUpBy::Caller).await?;
    baresip.interrupt().await?;
    house.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn baresip_is_a_whole_agents_phone() -> Outcome {
    baresip_answers(Srtp::OverTls, "").await
}

#[tokio::test(flavor = "multi_thread")]
async fn baresip_encrypts_what_it_is_called_with_where_it_can() -> Outcome {
    baresip_answers(Srtp::Always, ";mediaenc=srtp").await
}

/// Both insist: there is no call unless both legs of this one are encrypted.
#[tokio::test(flavor = "multi_thread")]
async fn baresip_and_we_insist_on_encryption_and_talk() -> Outcome {
    baresip_answers(Srtp::Required, ";mediaenc=srtp-mand").await
}

/// baresip calls in: ours is the answer to its keys. The agent at the other end has a plain phone.
#[tokio::test(flavor = "multi_thread")]
async fn baresip_calls_with_keys_and_is_answered_with_ours() -> Outcome {
    for (srtp, mediaenc) in [(Srtp::Always, "srtp"), (Srtp::Required, "srtp-mand")] {
        let mut directory = company(&[AnswerBy::Phone, AnswerBy::Phone]);
        directory.stations.entry(StationId(1)).and_modify(|phone| phone.srtp = srtp);
        let house = house_for_baresip(directory).await?;
        let Desk { mut phone, .. } = house.agent(2, Manner::Answers).await?;
        let control = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()?));
        let config = format!("module_app ctrl_tcp.so\nctrl_tcp_listen {control}\n");
        let (mut baresip, folder) = baresip(&house, &format!(";mediaenc={mediaenc}"), &config)?;
        let registered = |f: &zuoxi_tests::house::Fact| match f.kind {
            EventKind::StationRegistered { station: StationId(1), .. } => Some(()),
            _ => None,
        };
        house.book.until("the registration of baresip", registered).await?;
        let dial = format!("{{\"command\":\"dial\",\"params\":\"sip:95500@{}\",\"token\":\"t\"}}", house.sip());
        // A netstring. The connection stays until the call is over.
        let mut wire = tokio::net::TcpStream::connect(control).await?;
        tokio::io::AsyncWriteExt::write_all(&mut wire, format!("{}:{dial},", dial.len()).as_bytes()).await?;
        let rung = phone.rung().await?;
        rung.answered().await?;
        rung.say_tone(CALLER_HZ);
        rung.expect_tone(AGENT_HZ).await?;
        holds_tone(&dump(&folder, "-dec.wav").await?, CALLER_HZ).await?;
        rung.hang_up().await?;
        baresip.interrupt().await?;
        house.close().await?;
    }
    Ok(())
}

/// A TCP port nobody listens on now.
fn free_port() -> std::io::Result<u16> {
    Ok(std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// The file baresip's sndfile module writes what it hears to.
async fn dump(folder: &Path, end: &str) -> Result<std::path::PathBuf, String> {
    let mut look = tokio::time::interval(zuoxi_tests::house::book::LOOK);
    let waited = tokio::time::timeout(zuoxi_tests::phone::PATIENCE, async {
        loop {
            let files = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path());
            if let Some(file) = files.into_iter().find(|p| p.to_string_lossy().ends_with(end)) {
                return file;
            }
            look.tick().await;
        }
    });
    waited.await.map_err(|_| format!("baresip writes no *{end}"))
}
