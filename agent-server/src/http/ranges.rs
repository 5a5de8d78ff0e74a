//! Which part of a file a request asks for (RFC 9110 §14), pure. One range is served; several at once are answered with
//! the whole file, which the RFC allows and no player asks for. Tags are strong: equal tags, equal bytes.

use std::ops::Range;

use axum::http::{HeaderMap, header};

/// What to answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    Whole,
    /// 206.
    Range(Range<u64>),
    /// 416.
    Outside,
    /// 304: whoever asks has it.
    Same,
}

/// The part of a file of `size` bytes with the strong tag `tag`, quotes included.
#[must_use]
pub fn part(headers: &HeaderMap, size: u64, tag: &str) -> Part {
    let text = |name| headers.get(name).and_then(|v| v.to_str().ok()).map(str::trim);
    if text(header::IF_NONE_MATCH).is_some_and(|known| knows(known, tag)) {
        return Part::Same;
    }
    // Of another state of the file than the asker has: a part would not fit what is there. Dates are too coarse to tell.
    if text(header::IF_RANGE).is_some_and(|known| known != tag) {
        return Part::Whole;
    }
    match text(header::RANGE).map(|asked| read(asked, size)) {
        None | Some(Asked::Unread) => Part::Whole,
        Some(Asked::Outside) => Part::Outside,
        Some(Asked::Range(range)) => Part::Range(range),
    }
}

/// Weak comparison (RFC 9110 §13.1.2).
fn knows(known: &str, tag: &str) -> bool {
    known == "*" || known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag)
}

enum Asked {
    /// Another unit, several ranges, or no range at all: as if nothing had been asked.
    Unread,
    Outside,
    Range(Range<u64>),
}

fn read(asked: &str, size: u64) -> Asked {
    let Some(("bytes", set)) = asked.split_once('=') else { return Asked::Unread };
    let Some((first, last)) = set.trim().split_once('-') else { return Asked::Unread };
    let number = |text: &str| -> Option<u64> {
        let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        // More digits than fit mean: to the end.
        plain.then(|| text.parse().unwrap_or(u64::MAX))
    };
    match (number(first), number(last)) {
        (Some(first), Some(last)) if first > last => Asked::Unread,
        (Some(first), _) if first >= size && (last.is_empty() || number(last).is_some()) => Asked::Outside,
        (Some(first), Some(last)) => Asked::Range(first..size.min(last.saturating_add(1))),
        (Some(first), None) if last.is_empty() => Asked::Range(first..size),
        (None, Some(0)) if first.is_empty() => Asked::Outside,
        (None, Some(_)) if first.is_empty() && size == 0 => Asked::Outside,
        (None, Some(tail)) if first.is_empty() => Asked::Range(size.saturating_sub(tail)..size),
        _ => Asked::Unread,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TAG: &str = "\"7-100\"";

    fn asked(pairs: &[(header::HeaderName, &str)], size: u64) -> Part {
        let headers = pairs.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect();
        part(&headers, size, TAG)
    }

    #[test]
    fn a_range_is_read_as_the_standard_says() {
        for (range, expected) in [
            ("bytes=0-", Part::Range(0..100)),
            ("bytes=0-0", Part::Range(0..1)),
            ("bytes=10-19", Part::Range(10..20)),
            ("bytes=90-500", Part::Range(90..100)),
            ("bytes=5-99999999999999999999999", Part::Range(5..100)),
            ("bytes=-30", Part::Range(70..100)),
            ("bytes=-300", Part::Range(0..100)),
            ("bytes=-0", Part::Outside),
            ("bytes=100-", Part::Outside),
            ("bytes=100-200", Part::Outside),
            ("bytes=99999999999999999999999-", Part::Outside),
            ("bytes=20-10", Part::Whole),
            ("bytes=0-1,5-9", Part::Whole),
            ("bytes=a-b", Part::Whole),
            ("bytes=-", Part::Whole),
            ("bytes=+1-2", Part::Whole),
            ("seconds=1-2", Part::Whole),
            ("bytes", Part::Whole),
        ] {
            assert_eq!(asked(&[(header::RANGE, range)], 100), expected, "{range}");
        }
        assert_eq!(asked(&[(header::RANGE, "bytes=0-")], 0), Part::Outside);
        assert_eq!(asked(&[(header::RANGE, "bytes=-5")], 0), Part::Outside);
        assert_eq!(asked(&[], 0), Part::Whole);
    }

    #[test]
    fn a_part_is_only_sent_of_the_file_the_asker_has() {
        let range = (header::RANGE, "bytes=0-9");
        assert_eq!(asked(&[range.clone(), (header::IF_RANGE, TAG)], 100), Part::Range(0..10));
        for other in ["\"7-90\"", "W/\"7-100\"", "Mon, 23 Nov 2026 10:00:00 GMT"] {
            assert_eq!(asked(&[range.clone(), (header::IF_RANGE, other)], 100), Part::Whole, "{other}");
        }
        for known in [TAG, "*", "\"a\", W/\"7-100\""] {
            assert_eq!(asked(&[range.clone(), (header::IF_NONE_MATCH, known)], 100), Part::Same, "{known}");
        }
        assert_eq!(asked(&[(header::IF_NONE_MATCH, "\"7-90\"")], 100), Part::Whole);
    }
}
