//! SDP as phones, PBXes and carrier gateways write it, each with what we take from it; and the rules of RFC 3264 as tables.

use super::*;

const ASTERISK: &str = "v=0\r\no=- 1453498612 1453498612 IN IP4 10.1.0.2\r\ns=Asterisk\r\nc=IN IP4 10.1.0.2\r\nt=0 0\r\n\
    m=audio 18234 RTP/AVP 0 8 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\n\
    a=fmtp:101 0-16\r\na=ptime:20\r\na=maxptime:150\r\na=sendrecv\r\n";
const FREESWITCH: &str = "v=0\r\no=FreeSWITCH 1700000000 1700000001 IN IP4 10.1.0.3\r\ns=FreeSWITCH\r\nc=IN IP4 10.1.0.3\r\nt=0 0\r\n\
    m=audio 24110 RTP/AVP 102 9 0 8 103 101\r\na=rtpmap:102 opus/48000/2\r\na=fmtp:102 useinbandfec=1; maxaveragebitrate=30000\r\n\
    a=rtpmap:9 G722/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:103 telephone-event/48000\r\n\
    a=fmtp:103 0-15\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=rtcp:24111 IN IP4 10.1.0.3\r\n";
const YEALINK: &str = "v=0\r\no=- 20021 20021 IN IP4 192.168.1.50\r\ns=SDP data\r\nc=IN IP4 192.168.1.50\r\nt=0 0\r\n\
    m=audio 11790 RTP/SAVP 9 0 8 18 101\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:NzB4d1BINUAvLEw6UzF3WSJ+PSdFcGdUJShpX1Zj\r\n\
    m=audio 11780 RTP/AVP 9 0 8 18 101\r\na=rtpmap:9 G722/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n\
    a=rtpmap:18 G729/8000\r\na=fmtp:18 annexb=no\r\na=fmtp:101 0-15\r\na=rtpmap:101 telephone-event/8000\r\na=ptime:20\r\na=sendrecv\r\n";
const GRANDSTREAM: &str = "v=0\r\no=1001 8000 8001 IN IP4 192.168.1.60\r\ns=SIP Call\r\nc=IN IP4 192.168.1.60\r\nt=0 0\r\n\
    m=audio 5004 RTP/AVP 8 0 18 101 123\r\na=sendonly\r\na=rtpmap:8 PCMA/8000\r\na=ptime:20\r\na=rtpmap:0 PCMU/8000\r\n\
    a=rtpmap:18 G729/8000\r\na=fmtp:18 annexb=no\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n\
    a=rtpmap:123 opus/48000/2\r\nm=video 5006 RTP/AVP 99\r\na=rtpmap:99 H264/90000\r\n";
/// Blanks behind values, no attribute for static types, connection at the media only.
const HUAWEI: &str = "v=0 \r\no=HuaweiSoftX3000 1073741833 1073741834 IN IP4 10.20.0.1 \r\ns=Sip Call \r\nt=0 0 \r\n\
    m=audio 30006 RTP/AVP 8 0 4 18 97 \r\nc=IN IP4 10.20.0.9 \r\na=rtpmap:97 telephone-event/8000 \r\na=fmtp:97 0-15 \r\na=ptime:20 \r\n";
/// Bare LF, a version larger than the RFC's example but legal, bandwidth in a form of its own.
const ZTE: &str = "v=0\no=ZTE 18446744073709551615 18446744073709551614 IN IP4 10.30.0.1\ns=phone-call\nc=IN IP4 10.30.0.1\nb=AS:\nt=0 0\n\
    m=audio 40000 RTP/AVP 8  18 101\na=rtpmap:8 PCMA/8000/1\na=rtpmap:101 telephone-event/8000\na=ptime: 20\na=sendrecv \n";
const HOLD_2543: &str = "v=0\r\no=- 5 6 IN IP4 10.0.0.7\r\ns=-\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";
const SESSION_LEVEL: &str = "v=0\r\no=- 5 6 IN IP6 2001:db8::7\r\ns=-\r\nc=IN IP6 2001:db8::7\r\na=inactive\r\nt=0 0\r\n\
    m=audio 4000 RTP/AVP 96 97\r\na=rtpmap:96 PCMA/8000\r\na=rtpmap:97 telephone-event/8000\r\n";

struct Row {
    name: &'static str,
    body: &'static str,
    address: &'static str,
    laws: &'static [(Law, u8)],
    events: Option<u8>,
    ptime_ms: Option<u8>,
    direction: Direction,
}

const BOTH: &[(Law, u8)] = &[(Law::Mu, 0), (Law::A, 8)];
const A_FIRST: &[(Law, u8)] = &[(Law::A, 8), (Law::Mu, 0)];

const FIELD: &[Row] = &[
    Row { name: "asterisk", body: ASTERISK, address: "10.1.0.2:18234", laws: BOTH, events: Some(101), ptime_ms: Some(20), direction: Direction::SendRecv },
    Row { name: "freeswitch, events at 48 kHz first", body: FREESWITCH, address: "10.1.0.3:24110", laws: BOTH, events: Some(101), ptime_ms: Some(20), direction: Direction::SendRecv },
    Row { name: "yealink, encrypted line first", body: YEALINK, address: "192.168.1.50:11780", laws: BOTH, events: Some(101), ptime_ms: Some(20), direction: Direction::SendRecv },
    Row { name: "grandstream, hold with video", body: GRANDSTREAM, address: "192.168.1.60:5004", laws: A_FIRST, events: Some(101), ptime_ms: Some(20), direction: Direction::SendOnly },
    Row { name: "huawei, trailing blanks", body: HUAWEI, address: "10.20.0.9:30006", laws: A_FIRST, events: Some(97), ptime_ms: Some(20), direction: Direction::SendRecv },
    Row { name: "zte, bare LF", body: ZTE, address: "10.30.0.1:40000", laws: &[(Law::A, 8)], events: Some(101), ptime_ms: Some(20), direction: Direction::SendRecv },
    Row { name: "hold of RFC 2543", body: HOLD_2543, address: "0.0.0.0:4000", laws: &[(Law::Mu, 0)], events: None, ptime_ms: None, direction: Direction::SendOnly },
    Row { name: "session level, dynamic types, IPv6", body: SESSION_LEVEL, address: "[2001:db8::7]:4000", laws: &[(Law::A, 96)], events: Some(97), ptime_ms: None, direction: Direction::Inactive },
];

#[test]
fn sdp_of_the_field_is_read() {
    for row in FIELD {
        let offer = parse(row.body.as_bytes()).unwrap_or_else(|e| panic!("{}: {e}", row.name));
        assert_eq!(offer.address, row.address.parse().unwrap(), "{}", row.name);
        assert_eq!(offer.laws, row.laws, "{}", row.name);
        assert_eq!((offer.events, offer.ptime_ms), (row.events, row.ptime_ms), "{}", row.name);
        assert_eq!(offer.direction, row.direction, "{}", row.name);
        assert_eq!(offer.holds(), !row.direction.receives(), "{}", row.name);
    }
}

fn lines<'a>(text: &'a str, key: &str) -> Vec<&'a str> {
    text.lines().filter(|l| l.starts_with(key)).collect()
}

fn ours() -> Session {
    Session { id: 77, version: 3, address: "192.0.2.1:40002".parse().unwrap() }
}

#[test]
fn every_line_of_an_offer_is_answered_and_only_the_audio_is_taken() {
    let table: &[(&str, Law, &[&str])] = &[
        (ASTERISK, Law::A, &["m=audio 40002 RTP/AVP 8 101"]),
        (FREESWITCH, Law::Mu, &["m=audio 40002 RTP/AVP 0 101"]),
        (YEALINK, Law::A, &["m=audio 0 RTP/SAVP 9 0 8 18 101", "m=audio 40002 RTP/AVP 8 101"]),
        (GRANDSTREAM, Law::Mu, &["m=audio 40002 RTP/AVP 0 101", "m=video 0 RTP/AVP 99"]),
        (HUAWEI, Law::A, &["m=audio 40002 RTP/AVP 8 97"]),
        (SESSION_LEVEL, Law::A, &["m=audio 40002 RTP/AVP 96 97"]),
        (HOLD_2543, Law::A, &["m=audio 0 RTP/AVP 0"]),
    ];
    for (body, law, want) in table {
        let text = answer(&ours(), &parse(body.as_bytes()).unwrap(), *law, Direction::SendRecv);
        assert_eq!(lines(&text, "m="), *want, "{text}");
        assert_eq!(lines(&text, "o="), ["o=zuoxi 77 3 IN IP4 192.0.2.1"]);
        assert_eq!(lines(&text, "c="), ["c=IN IP4 192.0.2.1"]);
    }
    let answered = answer(&ours(), &parse(FREESWITCH.as_bytes()).unwrap(), Law::A, Direction::SendRecv);
    let back = parse(answered.as_bytes()).unwrap();
    assert_eq!((back.address, back.events, back.direction), (ours().address, Some(101), Direction::SendRecv));
    assert_eq!(back.choose(&[Law::Mu, Law::A]), Some(Law::A));
    assert_eq!(back.origin, Some(("77".to_owned(), 3)));
}

#[test]
fn nobody_sends_to_one_who_does_not_listen() {
    use Direction::*;
    let table = [
        (SendRecv, SendRecv, SendRecv),
        (SendRecv, SendOnly, RecvOnly),
        (SendRecv, RecvOnly, SendOnly),
        (SendRecv, Inactive, Inactive),
        (SendOnly, SendRecv, SendOnly),
        (SendOnly, SendOnly, Inactive),
        (SendOnly, RecvOnly, SendOnly),
        (RecvOnly, SendOnly, RecvOnly),
        (RecvOnly, RecvOnly, Inactive),
        (Inactive, SendRecv, Inactive),
    ];
    for (wish, offered, want) in table {
        assert_eq!(wish.answering(offered), want, "{wish:?} to {offered:?}");
    }
    let held = answer(&ours(), &parse(GRANDSTREAM.as_bytes()).unwrap(), Law::A, SendRecv);
    assert_eq!(parse(held.as_bytes()).unwrap().direction, RecvOnly);
    let old = answer(&ours(), &parse(HOLD_2543.as_bytes()).unwrap(), Law::Mu, SendRecv);
    assert_eq!(parse(old.as_bytes()).unwrap().direction, RecvOnly);
}

#[test]
fn our_preference_chooses_the_law() {
    let table: &[(&str, &[Law], Option<Law>)] = &[
        (ASTERISK, &[Law::A, Law::Mu], Some(Law::A)),
        (ASTERISK, &[Law::Mu, Law::A], Some(Law::Mu)),
        (ZTE, &[Law::Mu, Law::A], Some(Law::A)),
        (ZTE, &[Law::Mu], None),
        (ASTERISK, &[], None),
    ];
    for (body, preference, want) in table {
        assert_eq!(parse(body.as_bytes()).unwrap().choose(preference), *want);
    }
    let doubled = "v=0\r\nc=IN IP4 10.0.0.1\r\nm=audio 4000 RTP/AVP 97 8\r\na=rtpmap:97 PCMA/8000\r\n";
    assert_eq!(parse(doubled.as_bytes()).unwrap().payload_type(Law::A), Some(8), "the static type where both stand");
}

#[test]
fn an_offer_of_ours_reads_back() {
    let v6 = Session { address: "[2001:db8::1]:40000".parse().unwrap(), ..ours() };
    for (session, direction) in [(ours(), Direction::SendRecv), (ours(), Direction::SendOnly), (v6, Direction::Inactive)] {
        let text = offer(&session, &[Law::A, Law::Mu], direction);
        let back = parse(text.as_bytes()).unwrap();
        assert_eq!((back.address, back.direction), (session.address, direction));
        assert_eq!((back.laws.as_slice(), back.events, back.ptime_ms), (A_FIRST, Some(101), Some(20)));
        assert!(text.ends_with("\r\n") && !text.contains("\n\n"));
    }
}

#[test]
fn what_cannot_be_used_is_refused_for_its_reason() {
    let audio = |line: &str, connection: &str| format!("v=0\r\ns=-\r\n{connection}\r\nt=0 0\r\n{line}\r\n");
    let here = "c=IN IP4 10.0.0.1";
    let table: &[(String, SdpError, u16)] = &[
        (String::new(), SdpError::NoAudio, 488),
        ("<audio/>".into(), SdpError::NoAudio, 488),
        (audio("m=video 4000 RTP/AVP 99", here), SdpError::NoAudio, 488),
        (audio("m=audio 0 RTP/AVP 0", here), SdpError::Refused, 488),
        (audio("m=audio 4000 RTP/SAVP 0", here), SdpError::Encrypted("RTP/SAVP".into()), 488),
        (audio("m=audio 4000 UDP/TLS/RTP/SAVPF 0", here), SdpError::Encrypted("UDP/TLS/RTP/SAVPF".into()), 488),
        (audio("m=audio 4000 RTP/AVP 18 9", here), SdpError::NoLaw("18 9".into()), 488),
        (audio("m=audio 4000 RTP/AVP 0\r\na=rtpmap:0 G729/8000", here), SdpError::NoLaw("0".into()), 488),
        (audio("m=audio 4000 RTP/AVP 0", ""), SdpError::Address("(no c= line)".into()), 488),
        (audio("m=audio 4000 RTP/AVP 0", "c=IN IP4 pbx.example"), SdpError::Address("pbx.example".into()), 488),
        (audio("m=audio 4000 RTP/AVP 0", "c=IN IP4 224.2.1.1/127"), SdpError::Address("224.2.1.1/127".into()), 488),
        (format!("m=audio 1 RTP/AVP 0\r\n{}", "a=x\r\n".repeat(4000)), SdpError::TooLong, 400),
        ("m=video 1 RTP/AVP 99\r\n".repeat(40), SdpError::TooLong, 400),
    ];
    for (body, want, status) in table {
        let got = parse(body.as_bytes());
        assert_eq!(got.as_ref(), Err(want), "{body}");
        assert_eq!(want.status(), *status);
    }
    let bad = parse(audio("m=audio 99999 RTP/AVP 0", here).as_bytes());
    assert!(matches!(bad, Err(SdpError::Unreadable(_))), "{bad:?}");
}

#[test]
fn odd_details_do_not_cost_the_call() {
    let with = |lines: &str| format!("v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n{lines}");
    let read = |lines: &str| parse(with(lines).as_bytes()).unwrap();
    assert_eq!(read("a=ptime:30\r\n").ptime_ms, Some(30));
    assert_eq!(read("a=ptime:20.0\r\n").ptime_ms, Some(20));
    assert_eq!(read("a=ptime:200\r\n").ptime_ms, None);
    assert_eq!(read("a=ptime:0\r\n").ptime_ms, None);
    assert_eq!(read("a=SendOnly\r\n").direction, Direction::SendOnly);
    assert_eq!(read("c=IN IP4 10.0.0.2\r\nc=IN IP4 10.0.0.3\r\n").address, "10.0.0.2:4000".parse().unwrap());
    assert!(read("a=ice-ufrag:abc\r\na=crypto:1 x\r\n").ice);
    assert!(!read("").ice);
    let mut gbk = with("a=note:").into_bytes();
    gbk.extend_from_slice(b"\xd5\xc5\xc8\xfd\r\n");
    assert!(parse(&gbk).is_ok());
    assert_eq!(parse(with("").replace("o=- 1", "o=Mr X 1").as_bytes()).unwrap().origin, None);
    let twice = with("").replace("t=0 0", "c=IN IP4 10.9.9.9\r\nt=0 0");
    assert_eq!(parse(twice.as_bytes()).unwrap().address, "10.0.0.1:4000".parse().unwrap());
}

#[test]
fn bodies_of_the_torture_messages_are_offers() {
    let offer = parse(b"v=0\r\no=mhandley 29739 7272939 IN IP4 192.0.2.3\r\ns=-\r\nc=IN IP4 192.0.2.4\r\nt=0 0\r\nm=audio 49217 RTP/AVP 0 12\r\nm=video 3227 RTP/AVP 31\r\na=rtpmap:31 LPC\r\n").unwrap();
    assert_eq!(offer.laws, [(Law::Mu, 0)]);
    let text = answer(&ours(), &offer, Law::Mu, Direction::SendRecv);
    assert_eq!(lines(&text, "m="), ["m=audio 40002 RTP/AVP 0", "m=video 0 RTP/AVP 31"]);
}

mod keys {
    use super::*;
    use crate::media::srtp::Suite;

    fn our_keys() -> OurKeys {
        let mut chance = [7; 60];
        chance[30..].fill(9);
        OurKeys::new(&chance)
    }

    fn with(media: &str) -> String {
        format!("v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\n{media}\r\n")
    }

    const KEY: &str = "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz";

    #[test]
    fn a_key_line_is_taken_if_we_can_do_all_that_it_asks() {
        for (line, want) in [
            (format!("1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}"), Some((1, Suite::Tag80))),
            (format!("27  aes_cm_128_hmac_sha1_32  INLINE:{KEY}"), Some((27, Suite::Tag32))),
            (format!("1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}|2^20"), Some((1, Suite::Tag80))),
            (format!("1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}|2^31 WSH=128 -KDR=1"), Some((1, Suite::Tag80))),
            (format!("1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}=="), Some((1, Suite::Tag80))),
            (format!("1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}|2^20|1:4"), None),
            (format!("1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}|1:4"), None),
            (format!("1 AES_CM_128_HMAC_SHA1_80 inline:{KEY};inline:{KEY}"), None),
            (format!("1 AES_CM_128_HMAC_SHA1_80 inline:{KEY} UNENCRYPTED_SRTP"), None),
            (format!("1 AES_CM_128_HMAC_SHA1_80 inline:{KEY} KDR=1"), None),
            (format!("1 F8_128_HMAC_SHA1_80 inline:{KEY}"), None),
            (format!("1 AES_256_CM_HMAC_SHA1_80 inline:{KEY}"), None),
            (format!("x AES_CM_128_HMAC_SHA1_80 inline:{KEY}"), None),
            (format!("1 AES_CM_128_HMAC_SHA1_80 {KEY}"), None),
            ("1 AES_CM_128_HMAC_SHA1_80 inline:WVNf".into(), None),
            ("1 AES_CM_128_HMAC_SHA1_80 inline:\u{4e00}\u{4e00}\u{4e00}".into(), None),
            ("1 AES_CM_128_HMAC_SHA1_80".into(), None),
            (String::new(), None),
        ] {
            let body = with(&format!("m=audio 4000 RTP/SAVP 0\r\na=crypto:{line}"));
            let read = parse_for(body.as_bytes(), Secrecy::Either);
            match want {
                Some((number, suite)) => {
                    let (got, keys) = read.unwrap().keys[0];
                    assert_eq!((got, keys.suite, &keys.master[..8]), (number, suite, &b"YS___sem"[..]), "{line}");
                }
                None => assert_eq!(read, Err(SdpError::NoKey("RTP/SAVP".into())), "{line}"),
            }
        }
    }

    #[test]
    fn which_audio_is_taken_depends_on_what_is_wanted() {
        let key = format!("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}");
        let (savp, avp) = (format!("m=audio 4000 RTP/SAVP 0\r\n{key}"), "m=audio 5000 RTP/AVP 0");
        let (beside, both) = (format!("{avp}\r\n{key}"), format!("{avp}\r\n{savp}"));
        let encrypted = || Err(SdpError::Encrypted("RTP/SAVP".into()));
        // The port taken, and whether there are keys.
        for (body, secrecy, want) in [
            (savp.as_str(), Secrecy::Plain, encrypted()),
            (&savp, Secrecy::Either, Ok((4000, true))),
            (&savp, Secrecy::Secured, Ok((4000, true))),
            (avp, Secrecy::Plain, Ok((5000, false))),
            (avp, Secrecy::Either, Ok((5000, false))),
            (avp, Secrecy::Secured, Err(SdpError::Plain)),
            (&beside, Secrecy::Plain, Ok((5000, false))),
            (&beside, Secrecy::Either, Ok((5000, true))),
            (&beside, Secrecy::Secured, Ok((5000, true))),
            (&both, Secrecy::Plain, Ok((5000, false))),
            (&both, Secrecy::Either, Ok((4000, true))),
            (&both, Secrecy::Secured, Ok((4000, true))),
            ("m=audio 4000 RTP/SAVP 0", Secrecy::Secured, Err(SdpError::NoKey("RTP/SAVP".into()))),
            ("m=audio 4000 UDP/TLS/RTP/SAVP 0", Secrecy::Secured, Err(SdpError::Encrypted("UDP/TLS/RTP/SAVP".into()))),
        ] {
            let got = parse_for(with(body).as_bytes(), secrecy).map(|offer| (offer.address.port(), !offer.keys.is_empty()));
            assert_eq!(got, want, "{secrecy:?} {body}");
        }
    }

    #[test]
    fn an_answer_takes_the_first_key_line_we_can_use_under_its_number_with_our_own_key() {
        let lines = format!(
            "a=crypto:1 AES_256_CM_HMAC_SHA1_80 inline:{KEY}\r\na=crypto:3 AES_CM_128_HMAC_SHA1_32 inline:{KEY}\r\n\
             a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:{KEY}"
        );
        for proto in ["RTP/SAVP", "RTP/AVP", "RTP/SAVPF"] {
            let offer = parse_for(with(&format!("m=audio 4000 {proto} 0\r\n{lines}")).as_bytes(), Secrecy::Either).unwrap();
            let text = answer_for(&ours(), &offer, Law::Mu, Direction::SendRecv, Some(&our_keys()));
            let own = "CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJ";
            assert_eq!(super::lines(&text, "m="), [format!("m=audio 40002 {proto} 0")]);
            assert_eq!(super::lines(&text, "a=crypto"), [format!("a=crypto:3 AES_CM_128_HMAC_SHA1_32 inline:{own}")]);
            let secured = offer.secured(Some(&our_keys())).unwrap();
            assert_eq!((secured.ours.master, &secured.theirs.master[..8]), ([9; 30], &b"YS___sem"[..]));
        }
    }

    #[test]
    fn an_offer_of_ours_is_answered_by_those_who_know_keys_and_those_who_do_not() {
        let (laws, both) = ([Law::A, Law::Mu], Direction::SendRecv);
        for (secrecy, proto, count) in
            [(Secrecy::Plain, "RTP/AVP", 0), (Secrecy::Either, "RTP/AVP", 2), (Secrecy::Secured, "RTP/SAVP", 2)]
        {
            let text = offer_for(&ours(), &laws, both, secrecy, Some(&our_keys()));
            assert_eq!(super::lines(&text, "m="), [format!("m=audio 40002 {proto} 8 0 101")]);
            assert_eq!(super::lines(&text, "a=crypto").len(), count, "{text}");
            let theirs = OurKeys::new(&[5; 60]);
            if let Ok(plain) = parse(text.as_bytes()) {
                let answered = answer(&ours(), &plain, Law::A, both);
                assert_eq!(parse_for(answered.as_bytes(), secrecy).unwrap().secured(Some(&our_keys())), None);
            }
            let knows = parse_for(text.as_bytes(), Secrecy::Either).unwrap();
            let answered = answer_for(&ours(), &knows, Law::A, both, Some(&theirs));
            let back = parse_for(answered.as_bytes(), secrecy).unwrap();
            let agreed = back.secured(Some(&our_keys())).map(|s| (s.ours, s.theirs));
            let want = (our_keys().of(Suite::Tag80), theirs.of(Suite::Tag80));
            assert_eq!(agreed, (secrecy != Secrecy::Plain).then_some(want), "{secrecy:?}");
            assert_eq!(knows.secured(Some(&theirs)).map(|s| (s.theirs, s.ours)), agreed);
        }
    }
}
