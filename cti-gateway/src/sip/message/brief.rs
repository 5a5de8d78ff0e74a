//! As much of a request as a refusal copies, for a flood: Via, From, To, Call-ID and CSeq of an INVITE or ACK that is plainly
//! spelled. Anything unusual is left to [`super::parse`], which reads it whole. RFC 3261 §8.2.6, §8.2.7.

use bytes::Bytes;

use super::{MAX_LINE, MAX_MESSAGE, Request, headers::Headers, method::Method, name::Name};

/// Room for the lines that are copied.
const ROOM: usize = 640;

impl Request {
    /// The request without its URI, its body, and what a refusal does not copy. `None`: to be read whole.
    pub fn brief(bytes: &[u8]) -> Option<Request> {
        if bytes.len() > MAX_MESSAGE {
            return None;
        }
        let method = if bytes.starts_with(b"INVITE ") {
            Method::Invite
        } else if bytes.starts_with(b"ACK ") {
            Method::Ack
        } else {
            return None;
        };
        let mut lines = bytes.split(|b| *b == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
        let first = lines.next()?;
        if first.len() > MAX_LINE || !first.ends_with(b" SIP/2.0") {
            return None;
        }
        let mut headers = Headers::with_room(ROOM);
        let (mut single, mut vias) = ([false; 4], 0);
        for line in lines {
            let Some(start) = line.first() else {
                return (vias > 0 && single.iter().all(|found| *found)).then(|| Request {
                    method,
                    uri: String::new(),
                    headers,
                    body: Bytes::new(),
                    defect: None,
                });
            };
            if line.len() > MAX_LINE || matches!(start, b' ' | b'\t') {
                return None;
            }
            let name = match start.to_ascii_lowercase() {
                // A compact form, or one of the five, else nothing a refusal copies.
                b'v' | b'f' | b't' | b'i' | b'c' => {
                    let colon = line.iter().position(|b| *b == b':')?;
                    match line.get(..colon)? {
                        b"Via" => Name::Via,
                        b"From" => Name::From,
                        b"To" => Name::To,
                        b"Call-ID" => Name::CallId,
                        b"CSeq" => Name::CSeq,
                        spelled => match Name::find(std::str::from_utf8(spelled).ok()?.trim_end()) {
                            Some(Name::Via | Name::From | Name::To | Name::CallId | Name::CSeq) => return None,
                            _ => continue,
                        },
                    }
                }
                _ => continue,
            };
            match name {
                Name::Via => vias += 1,
                Name::From => once(&mut single[0])?,
                Name::To => once(&mut single[1])?,
                Name::CallId => once(&mut single[2])?,
                _ => once(&mut single[3])?,
            }
            let value = std::str::from_utf8(line.get(name.as_str().len() + 1..)?).ok()?.trim();
            if value.is_empty() || value.bytes().any(|b| b.is_ascii_control()) {
                return None;
            }
            headers.push(name, value);
        }
        None
    }
}

fn once(found: &mut bool) -> Option<()> {
    (!std::mem::replace(found, true)).then_some(())
}

#[cfg(test)]
mod tests {
    use super::super::{Message, parse};
    use super::*;

    const PLAIN: &str = "INVITE sip:8000@zuoxi SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bK1;rport\r\n\
        Via: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK0\r\nMax-Forwards: 70\r\nFrom: \"王\" <sip:a@192.0.2.1>;tag=1\r\n\
        To: <sip:8000@zuoxi>\r\nContact: <sip:a@192.0.2.1>\r\nCall-ID: c1\r\nCSeq: 7 INVITE\r\nContent-Length: 3\r\n\r\nabc";

    #[test]
    fn a_refusal_made_from_the_brief_is_the_one_made_from_the_whole() {
        let source = "192.0.2.7:4711".parse().unwrap();
        for text in [PLAIN.to_owned(), PLAIN.replace("\r\n", "\n"), PLAIN.replace("INVITE", "ACK")] {
            let Ok(Message::Request(mut whole)) = parse(Bytes::from(text.clone())) else { panic!("{text}") };
            let mut brief = Request::brief(text.as_bytes()).expect("plain");
            for request in [&mut whole, &mut brief] {
                request.stamp_source(source);
            }
            assert_eq!(brief.method, whole.method);
            assert_eq!(brief.response(503), whole.response(503));
            assert_eq!(brief.answer_to(source), whole.answer_to(source));
        }
    }

    #[test]
    fn what_is_unusual_is_read_whole() {
        for (from, to) in [
            ("INVITE", "OPTIONS"),
            ("Via: ", "v: "),
            ("From: ", "FROM : "),
            ("To: ", "To:\r\n "),
            ("Call-ID: c1\r\n", ""),
            ("CSeq: 7 INVITE\r\n", "CSeq: 7 INVITE\r\nCSeq: 7 INVITE\r\n"),
            ("SIP/2.0\r\nVia", "SIP/3.0\r\nVia"),
            ("tag=1", "tag=\u{1}"),
            ("\r\n\r\nabc", ""),
        ] {
            let text = PLAIN.replace(from, to);
            assert_ne!(text, PLAIN);
            assert_eq!(Request::brief(text.as_bytes()).map(|r| r.headers), None, "{from} → {to}");
        }
    }
}
