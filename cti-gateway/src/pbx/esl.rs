//! The event socket of FreeSWITCH as bytes: headers, an empty line, and as many bytes of body as `Content-Length` says. The
//! values of `text/event-plain` are percent-encoded. Nothing here knows what events mean.

use super::fields::{Fields, Unsayable, is_sayable};

/// Longest header line of a frame.
const MOST_LINE: usize = 16 * 1024;
/// Most header lines of a frame or an event. A channel with all its variables has some 300.
const MOST_LINES: usize = 2_000;
/// Longest body: a list of all channels is one.
const MOST_BODY: usize = 16 * 1024 * 1024;

/// What came between two of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frame {
    pub headers: Fields,
    pub body: Vec<u8>,
}

impl Frame {
    #[must_use]
    pub fn kind(&self) -> &str {
        self.headers.get("Content-Type").unwrap_or_default()
    }

    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).trim().to_owned()
    }

    /// What a `text/event-plain` tells, with what follows its headers under [`BODY`].
    #[must_use]
    pub fn event(&self) -> Fields {
        let text = String::from_utf8_lossy(&self.body);
        let (head, rest) = text.split_once("\n\n").unwrap_or((&text, ""));
        let mut out = Fields::default();
        for line in head.lines().take(MOST_LINES) {
            if let Some((name, value)) = line.split_once(':') {
                out.push(name.trim().to_owned(), decoded(value.trim()));
            }
        }
        if !rest.trim().is_empty() {
            out.push(BODY.to_owned(), rest.trim().to_owned());
        }
        out
    }
}

/// Under which the body of an event is told: no header has such a name.
pub const BODY: &str = "(body)";

/// Cuts what comes into frames.
#[derive(Debug, Default)]
pub struct Reader {
    line: Vec<u8>,
    overlong: bool,
    frame: Frame,
    /// Bytes of body still to come, and whether they are kept.
    missing: Option<(usize, bool)>,
    malformed: u64,
}

impl Reader {
    /// Takes bytes as they came; whole frames are put into `out`.
    pub fn push(&mut self, mut bytes: &[u8], out: &mut Vec<Frame>) {
        while !bytes.is_empty() {
            if let Some((missing, kept)) = self.missing {
                let (now, rest) = bytes.split_at(missing.min(bytes.len()));
                if kept {
                    self.frame.body.extend_from_slice(now);
                }
                bytes = rest;
                self.missing = (missing > now.len()).then_some((missing - now.len(), kept));
                if self.missing.is_none() {
                    let frame = std::mem::take(&mut self.frame);
                    out.extend(kept.then_some(frame));
                }
                continue;
            }
            let (line, rest, ended) = match bytes.iter().position(|b| *b == b'\n') {
                Some(at) => (&bytes[..at], &bytes[at + 1..], true),
                None => (bytes, &[][..], false),
            };
            bytes = rest;
            if self.line.len() + line.len() <= MOST_LINE {
                self.line.extend_from_slice(line);
            } else {
                self.overlong = true;
            }
            if ended {
                let line = std::mem::take(&mut self.line);
                if std::mem::take(&mut self.overlong) {
                    self.malformed += 1;
                } else {
                    self.take(&line, out);
                }
            }
        }
    }

    /// Lines and frames that could not be read.
    #[must_use]
    pub fn malformed(&self) -> u64 {
        self.malformed
    }

    fn take(&mut self, line: &[u8], out: &mut Vec<Frame>) {
        let text = String::from_utf8_lossy(line);
        let text = text.trim_end_matches('\r');
        if !text.is_empty() {
            match text.split_once(':') {
                Some((name, value)) if self.frame.headers.len() < MOST_LINES => {
                    self.frame.headers.push(name.trim().to_owned(), value.trim().to_owned());
                }
                _ => self.malformed += 1,
            }
            return;
        }
        if self.frame.headers.is_empty() {
            return;
        }
        let length = self.frame.headers.get("Content-Length").map(str::parse::<usize>);
        match length {
            None | Some(Ok(0)) => out.push(std::mem::take(&mut self.frame)),
            Some(Ok(length)) => {
                let kept = length <= MOST_BODY;
                self.malformed += u64::from(!kept);
                self.missing = Some((length, kept));
                if !kept {
                    self.frame = Frame::default();
                }
            }
            // Where the next frame begins is not known: its lines will read as headers, or as none.
            Some(Err(_)) => {
                self.malformed += 1;
                self.frame = Frame::default();
            }
        }
    }
}

/// A command, as it is written: its words, then lines of `Name: value`. A word has no blank in it.
///
/// # Errors
/// [`Unsayable`]; nothing is to be sent then.
pub fn command(words: &[&str], headers: &[(&'static str, &str)]) -> Result<String, Unsayable> {
    let whole = |word: &&str| is_sayable(word) && !word.is_empty() && !word.contains(char::is_whitespace);
    if !words.iter().all(whole) {
        return Err(Unsayable("command"));
    }
    let mut out = words.join(" ");
    for (name, value) in headers {
        if !is_sayable(value) {
            return Err(Unsayable(name));
        }
        out.extend(["\n", name, ": ", value]);
    }
    out.push_str("\n\n");
    Ok(out)
}

/// `%XX` as what it stands for.
fn decoded(value: &str) -> String {
    if !value.contains('%') {
        return value.to_owned();
    }
    let bytes = value.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = (bytes[at] == b'%').then(|| value.get(at + 1..at + 3)).flatten();
        let hex = hex.filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()));
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TALK: &str = "Content-Type: auth/request\n\nContent-Type: command/reply\nReply-Text: +OK accepted\n\n\
        Content-Length: 78\nContent-Type: text/event-plain\n\nEvent-Name: CUSTOM\nEvent-Subclass: callcenter%3A%3Ainfo\n\
        Content-Length: 3\n\nabcContent-Type: api/response\nContent-Length: 4\n\n+OK\n";

    fn read(pieces: &[&[u8]]) -> (Vec<Frame>, u64) {
        let (mut reader, mut out) = (Reader::default(), Vec::new());
        pieces.iter().for_each(|piece| reader.push(piece, &mut out));
        (out, reader.malformed())
    }

    #[test]
    fn frames_are_cut_however_the_bytes_arrive() {
        let (all, malformed) = read(&[TALK.as_bytes()]);
        assert_eq!(read(&TALK.as_bytes().chunks(1).collect::<Vec<_>>()).0, all);
        assert_eq!(malformed, 0);
        let kinds: Vec<&str> = all.iter().map(Frame::kind).collect();
        assert_eq!(kinds, ["auth/request", "command/reply", "text/event-plain", "api/response"]);
        let event = all[2].event();
        assert_eq!((event.get("Event-Subclass"), event.get(BODY)), (Some("callcenter::info"), Some("abc")));
        assert_eq!(all[3].text(), "+OK");
    }

    #[test]
    fn what_is_too_large_or_no_frame_is_counted_and_the_next_is_read() {
        let large = format!("Content-Length: {}\n\n{}", MOST_BODY + 1, "x".repeat(MOST_BODY + 1));
        let (all, malformed) = read(&[large.as_bytes(), TALK.as_bytes()]);
        assert_eq!((all.len(), malformed), (4, 1));
        let (all, malformed) = read(&[b"Content-Length: many\n\nno colon\n", TALK.as_bytes()]);
        assert_eq!((all.len(), malformed), (4, 2));
        let (_, malformed) = read(&["y".repeat(MOST_LINE + 1).as_bytes(), b"\n\n"]);
        assert_eq!(malformed, 1);
    }

    #[test]
    fn percent_signs_are_read_and_broken_ones_stand() {
        for (told, want) in [("a%20b", "a b"), ("%E5%BC%A0", "张"), ("100%", "100%"), ("%zz%2", "%zz%2"), ("%+1", "%+1"), ("", "")] {
            assert_eq!(decoded(told), want, "{told}");
        }
    }

    #[test]
    fn no_word_and_no_header_of_a_command_begins_another() {
        assert_eq!(command(&["api", "uuid_kill", "abc"], &[]).unwrap(), "api uuid_kill abc\n\n");
        assert_eq!(command(&["bgapi", "x"], &[("Job-UUID", "7")]).unwrap(), "bgapi x\nJob-UUID: 7\n\n");
        for bad in ["x\n\napi system", "x y", "", "x\ry"] {
            assert!(command(&["api", bad], &[]).is_err(), "{bad:?}");
        }
        assert!(command(&["api"], &[("Job-UUID", "7\n\napi x")]).is_err());
    }
}
