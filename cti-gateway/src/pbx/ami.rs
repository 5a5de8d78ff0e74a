//! The manager interface of Asterisk as bytes: messages are lines of `Name: value`, ended by an empty line. Nothing here knows
//! what they mean. Lines and messages that are too long are passed over and counted; the connection goes on.

use super::fields::{Fields, Unsayable, is_sayable};

/// Longest line. Variables hold whole SIP headers at times.
const MOST_LINE: usize = 16 * 1024;
/// Most lines of one message.
const MOST_LINES: usize = 400;
/// Most bytes of one message.
const MOST_BYTES: usize = 128 * 1024;
/// The name under which the first line of a connection is told: it has none.
pub const BANNER: &str = "Banner";

/// Cuts what comes into messages.
#[derive(Debug, Default)]
pub struct Reader {
    line: Vec<u8>,
    /// Passing over the rest of a line that is too long.
    overlong: bool,
    message: Fields,
    bytes: usize,
    /// Passing over the rest of a message that is too long.
    spoiled: bool,
    greeted: bool,
    malformed: u64,
}

impl Reader {
    /// Takes bytes as they came; whole messages are put into `out`.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<Fields>) {
        for &byte in bytes {
            if byte != b'\n' {
                if self.line.len() < MOST_LINE {
                    self.line.push(byte);
                } else {
                    self.overlong = true;
                }
                continue;
            }
            let mut line = std::mem::take(&mut self.line);
            if line.last() == Some(&b'\r') {
                line.pop();
            }
            if std::mem::take(&mut self.overlong) {
                self.malformed += 1;
            } else {
                self.take(&line, out);
            }
        }
    }

    /// Lines and messages that could not be read.
    #[must_use]
    pub fn malformed(&self) -> u64 {
        self.malformed
    }

    fn take(&mut self, line: &[u8], out: &mut Vec<Fields>) {
        if line.is_empty() {
            let message = std::mem::take(&mut self.message);
            self.bytes = 0;
            if !std::mem::take(&mut self.spoiled) && !message.is_empty() {
                out.push(message);
            }
            return;
        }
        let text = String::from_utf8_lossy(line);
        if !std::mem::replace(&mut self.greeted, true) && !text.contains(": ") {
            let mut banner = Fields::default();
            banner.push(BANNER.to_owned(), text.into_owned());
            out.push(banner);
            return;
        }
        self.bytes += line.len();
        if self.spoiled {
            return;
        }
        if self.message.len() >= MOST_LINES || self.bytes > MOST_BYTES {
            (self.spoiled, self.message) = (true, Fields::default());
            self.malformed += 1;
            return;
        }
        match text.split_once(':') {
            Some((name, value)) if is_name(name) => self.message.push(name.to_owned(), value.trim().to_owned()),
            _ => self.malformed += 1,
        }
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= 80 && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_()".contains(c))
}

/// One action, as it is written.
///
/// # Errors
/// [`Unsayable`] names the field whose value would begin a line of its own; nothing is to be sent then.
pub fn action(name: &str, id: &str, fields: &[(&'static str, &str)]) -> Result<String, Unsayable> {
    let mut out = String::with_capacity(128);
    for (field, value) in [("Action", name), ("ActionID", id)].into_iter().chain(fields.iter().copied()) {
        if !is_sayable(value) {
            return Err(Unsayable(field));
        }
        out.extend([field, ": ", value, "\r\n"]);
    }
    out.push_str("\r\n");
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pieces: &[&[u8]]) -> (Vec<Fields>, u64) {
        let (mut reader, mut out) = (Reader::default(), Vec::new());
        pieces.iter().for_each(|piece| reader.push(piece, &mut out));
        (out, reader.malformed())
    }

    #[test]
    fn messages_are_cut_however_the_bytes_arrive_and_however_lines_end() {
        let whole = b"Asterisk Call Manager/11.0.0\r\nEvent: A\r\nValue: one: two\r\nValue: \r\n\r\nEvent: B\nX:y\n\n\nEvent: C\r\n";
        let (all, malformed) = read(&[whole]);
        let single: Vec<&[u8]> = whole.chunks(1).collect();
        assert_eq!(read(&single).0, all);
        assert_eq!((all.len(), malformed), (3, 0), "what is not ended is no message yet");
        assert_eq!(all[0].get(BANNER), Some("Asterisk Call Manager/11.0.0"));
        assert_eq!(all[1].all("value").collect::<Vec<_>>(), ["one: two", ""]);
        assert_eq!((all[2].get("Event"), all[2].get("X"), all[2].get("Z")), (Some("B"), Some("y"), None));
    }

    #[test]
    fn what_cannot_be_read_is_counted_and_the_next_message_is_read() {
        let long = format!("Event: A\r\nX: {}\r\nY: z\r\n\r\nEvent: B\r\n\r\n", "x".repeat(MOST_LINE + 5));
        let (all, malformed) = read(&[b"hi\n", long.as_bytes()]);
        assert_eq!((all.len(), malformed), (3, 1));
        assert_eq!((all[1].get("X"), all[1].get("Y"), all[2].get("Event")), (None, Some("z"), Some("B")));
        let many = format!("Event: A\n{}\nEvent: B\nno name here\n\n", "X: y\n".repeat(MOST_LINES + 50));
        let (all, malformed) = read(&[b"hi\n", many.as_bytes()]);
        assert_eq!(all.iter().filter_map(|m| m.get("Event")).collect::<Vec<_>>(), ["B"], "{all:?}");
        assert_eq!(malformed, 2);
        let wide = format!("Event: A\n{}\nEvent: B\n\n", format!("X: {}\n", "y".repeat(10_000)).repeat(20));
        assert_eq!(read(&[b"hi\n", wide.as_bytes()]).0.len(), 2, "the greeting and B");
        assert_eq!(read(&[b"hi\n\xff\xfe: \xff\nEvent: A\n\n"]).1, 1);
    }

    #[test]
    fn an_action_is_lines_and_no_value_begins_another() {
        let said = action("Hangup", "7", &[("Channel", "PJSIP/a001-00000001")]).unwrap();
        assert_eq!(said, "Action: Hangup\r\nActionID: 7\r\nChannel: PJSIP/a001-00000001\r\n\r\n");
        for bad in ["x\r\nAction: Command", "x\nVariable: A=b", "x\ry", "x\0"] {
            assert_eq!(action("Hangup", "7", &[("Channel", bad)]), Err(Unsayable("Channel")), "{bad:?}");
        }
        assert_eq!(action("Hangup", "7\n", &[]), Err(Unsayable("ActionID")));
    }
}
