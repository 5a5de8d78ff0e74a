//! Lists come in pages. A cursor names the last row seen, so that page 1,000 costs what page 1 costs and rows that
//! arrive meanwhile move nothing.

use crate::{DbError, Row};

/// Which page.
#[derive(Debug, Clone, Default)]
pub struct PageAsk {
    /// 1 to 200; 0 means 50.
    pub limit: u32,
    /// [`Page::next`] of the page before.
    pub cursor: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Page<T> {
    pub rows: Vec<T>,
    /// Where the next page begins; none: this was the last.
    pub next: Option<String>,
}

/// Not a cursor of this list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("cursor: not one of this list; take `next` of the page before, with the same filter")]
pub struct BadCursor;

impl PageAsk {
    /// Rows on this page at most.
    #[must_use]
    pub fn size(&self) -> usize {
        if self.limit == 0 { 50 } else { self.limit.min(200) as usize }
    }

    /// The two numbers of a cursor made by [`cursor`].
    /// # Errors
    /// [`BadCursor`] for anything else.
    pub fn after(&self) -> Result<Option<(i64, i64)>, BadCursor> {
        let Some(text) = &self.cursor else { return Ok(None) };
        let (first, second) = text.split_once('.').ok_or(BadCursor)?;
        let number = |part: &str| i64::from_str_radix(part, 36).map_err(|_| BadCursor);
        Ok(Some((number(first)?, number(second)?)))
    }
}

/// Names a row by what it is sorted by: usually its moment and its id.
#[must_use]
pub fn cursor(first: i64, second: i64) -> String {
    format!("{}.{}", base36(first), base36(second))
}

fn base36(number: i64) -> String {
    let mut rest = number.unsigned_abs();
    let mut digits = Vec::new();
    loop {
        digits.push(char::from_digit((rest % 36) as u32, 36).unwrap_or('0'));
        rest /= 36;
        if rest == 0 {
            break;
        }
    }
    if number < 0 {
        digits.push('-');
    }
    digits.iter().rev().collect()
}

/// From one row more than asked for to a page.
/// # Errors
/// Those of `read`.
pub fn page<T>(
    rows: Vec<Row>,
    size: usize,
    read: impl Fn(&Row) -> Result<T, DbError>,
    mark: impl Fn(&T) -> String,
) -> Result<Page<T>, DbError> {
    let more = rows.len() > size;
    let rows = rows.iter().take(size).map(read).collect::<Result<Vec<T>, DbError>>()?;
    let next = if more { rows.last().map(mark) } else { None };
    Ok(Page { rows, next })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_and_nothing_else_does() {
        for pair in [(0, 0), (1, -1), (i64::MAX, i64::MIN), (1_785_000_000_000, 42)] {
            let ask = PageAsk { cursor: Some(cursor(pair.0, pair.1)), ..PageAsk::default() };
            assert_eq!(ask.after(), Ok(Some(pair)));
        }
        for bad in ["", ".", "1", "1.2.3", "x.'", "99999999999999999.1"] {
            assert_eq!(PageAsk { cursor: Some(bad.into()), ..PageAsk::default() }.after(), Err(BadCursor), "{bad}");
        }
    }
}
