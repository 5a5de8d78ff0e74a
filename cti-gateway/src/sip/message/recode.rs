//! Header bytes become text. Phones in the field write display names in GBK or Latin-1 although RFC 3261 §25.1 says
//! UTF-8; a name in the wrong code must not cost the call.

use std::borrow::Cow;

use encoding_rs::{GB18030, WINDOWS_1252};

/// `bytes` as text: UTF-8 if it is, else GB18030 if it looks like it, else Latin-1 (which takes anything).
pub fn text(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    if looks_chinese(bytes)
        && let Some(text) = GB18030.decode_without_bom_handling_and_without_replacement(bytes)
    {
        return Cow::Owned(text.into_owned());
    }
    Cow::Owned(WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned())
}

/// Latin-1 accents stand alone among ASCII letters; Chinese characters come as pairs of high bytes.
fn looks_chinese(bytes: &[u8]) -> bool {
    bytes.windows(2).any(|pair| pair[0] >= 0x81 && pair[1] >= 0x80)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_names_in_the_wrong_code_are_read() {
        let table: &[(&[u8], &str)] = &[
            ("\"张三\"".as_bytes(), "\"张三\""),
            (b"\"\xd5\xc5\xc8\xfd\"", "\"张三\""),
            (b"\xd6\xec\xe9F\xbb\xf9 <sip:zhu@x>", "朱镕基 <sip:zhu@x>"),
            (b"M\xfcller", "Müller"),
            (b"Jos\xe9 <sip:j@x>", "José <sip:j@x>"),
            (b"\xff\xff", "ÿÿ"),
        ];
        for (bytes, want) in table {
            assert_eq!(text(bytes), *want, "{bytes:x?}");
        }
    }
}
