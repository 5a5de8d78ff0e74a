//! Rust text with its comments and strings told apart, enough for checks that read code without parsing it.
//! Start at [`read`]. No grammar here: only where code is, where words are, and how long functions are.

/// One file: the same number of bytes and lines each, with what does not belong blanked out.
pub struct Source {
    /// Code alone: comments, strings and characters are spaces.
    pub code: String,
    /// The content of strings alone.
    pub strings: String,
}

/// A function's name, the line of its head (from 1) and how many lines it takes with its body.
#[derive(Debug, PartialEq, Eq)]
pub struct Function {
    pub name: String,
    pub line: usize,
    pub length: usize,
}

/// Tells code from strings and comments: `//`, nested `/* */`, `"…"`, `b"…"`, `r#"…"#`, `'x'` against lifetimes.
pub fn read(text: &str) -> Source {
    let bytes = text.as_bytes();
    let blank: Vec<u8> = bytes.iter().map(|b| if *b == b'\n' { b'\n' } else { b' ' }).collect();
    let (mut code, mut strings) = (blank.clone(), blank);
    let mut at = 0;
    while at < bytes.len() {
        let end = match bytes[at] {
            b'/' if bytes.get(at + 1) == Some(&b'/') => line_end(bytes, at),
            b'/' if bytes.get(at + 1) == Some(&b'*') => comment_end(bytes, at),
            b'"' => string(bytes, at, 0, false, &mut strings),
            b'r' if !continues(bytes, at, true) => match raw_hashes(bytes, at + 1) {
                Some(hashes) => string(bytes, at + 1 + hashes, hashes, true, &mut strings),
                None => keep(bytes, at, &mut code),
            },
            b'\'' => character_end(bytes, at).unwrap_or_else(|| keep(bytes, at, &mut code)),
            _ => keep(bytes, at, &mut code),
        };
        at = end.max(at + 1);
    }
    Source { code: String::from_utf8_lossy(&code).into_owned(), strings: String::from_utf8_lossy(&strings).into_owned() }
}

fn keep(bytes: &[u8], at: usize, code: &mut [u8]) -> usize {
    code[at] = bytes[at];
    at + 1
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|b| *b == b'\n').map_or(bytes.len(), |n| at + n)
}

fn comment_end(bytes: &[u8], mut at: usize) -> usize {
    let mut depth = 0;
    while at < bytes.len() {
        match (bytes[at], bytes.get(at + 1)) {
            (b'/', Some(b'*')) => (depth, at) = (depth + 1, at + 2),
            (b'*', Some(b'/')) => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    at
}

/// Is the letter at `at` in the middle of a word? (`br"…"` and `cr"…"` are still raw strings.)
fn continues(bytes: &[u8], at: usize, raw: bool) -> bool {
    let Some(before) = at.checked_sub(1) else { return false };
    let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    if raw && matches!(bytes[before], b'b' | b'c') {
        return continues(bytes, before, false);
    }
    word(bytes[before])
}

fn raw_hashes(bytes: &[u8], from: usize) -> Option<usize> {
    let hashes = bytes[from..].iter().take_while(|b| **b == b'#').count();
    (bytes.get(from + hashes) == Some(&b'"')).then_some(hashes)
}

fn string(bytes: &[u8], quote: usize, hashes: usize, raw: bool, strings: &mut [u8]) -> usize {
    let mut at = quote + 1;
    while at < bytes.len() {
        if bytes[at] == b'"' && bytes[at + 1..].iter().take(hashes).filter(|b| **b == b'#').count() == hashes {
            return at + 1 + hashes;
        }
        let step = if bytes[at] == b'\\' && !raw { 2 } else { 1 };
        for (to, from) in strings[at..].iter_mut().zip(&bytes[at..]).take(step) {
            *to = *from;
        }
        at += step;
    }
    at
}

/// Where a character ends, or `None` where the quote begins a lifetime.
fn character_end(bytes: &[u8], at: usize) -> Option<usize> {
    let text = std::str::from_utf8(&bytes[at + 1..]).ok()?;
    if let Some(escaped) = text.strip_prefix('\\') {
        let rest = escaped.char_indices().skip(1).find(|(_, c)| *c == '\'')?;
        return Some(at + 3 + rest.0);
    }
    let first = text.chars().next()?;
    text[first.len_utf8()..].starts_with('\'').then(|| at + 2 + first.len_utf8())
}

/// The code without what stands under `#[cfg(test)]`.
pub fn without_tests(code: &str) -> String {
    let mut kept = code.to_owned();
    while let Some(start) = kept.find("#[cfg(test)]") {
        let end = body_end(&kept, start + "#[cfg(test)]".len());
        let blank: String = kept[start..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
        kept.replace_range(start..end, &blank);
    }
    kept
}

/// Where the item that begins after `from` ends: behind its braces, or behind its semicolon.
fn body_end(code: &str, from: usize) -> usize {
    let (mut braces, mut round) = (0_i32, 0_i32);
    for (n, b) in code.bytes().enumerate().skip(from) {
        match b {
            b'(' | b'[' => round += 1,
            b')' | b']' => round -= 1,
            b'{' => braces += 1,
            b'}' => {
                braces -= 1;
                if braces <= 0 {
                    return n + 1;
                }
            }
            b';' if braces == 0 && round == 0 => return n + 1,
            _ => {}
        }
    }
    code.len()
}

/// Every function with its length; a head without a body counts as its head.
pub fn functions(code: &str) -> Vec<Function> {
    let mut found = Vec::new();
    for (start, _) in code.match_indices("fn ") {
        if continues(code.as_bytes(), start, false) {
            continue;
        }
        let name: String = code[start + 3..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        if name.is_empty() {
            continue;
        }
        let end = body_end(code, start);
        let line = 1 + code[..start].matches('\n').count();
        found.push(Function { name, line, length: 1 + code[start..end].matches('\n').count() });
    }
    found
}

/// The line (from 1) of a byte.
pub fn line_of(text: &str, at: usize) -> usize {
    1 + text.as_bytes()[..at].iter().filter(|b| **b == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_strings_and_comments_are_told_apart() {
        let table = [
            ("let a = 1; // todo", "let a = 1;"),
            ("a /* b /* c */ d */ e", "a  e"),
            (r#"say("fn x() {") ; y"#, "say() ; y"),
            (r##"say(r#"a " b"#)"##, "say()"),
            ("let c = '\"'; x", "let c = ; x"),
            ("let c = '\\''; x", "let c = ; x"),
            ("fn f<'a>(x: &'a str)", "fn f<'a>(x: &'a str)"),
            ("bar\"x\" y", "bar y"),
        ];
        for (text, code) in table {
            let read = read(text);
            let squeezed = |s: &str| s.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            assert_eq!(squeezed(&read.code), squeezed(code), "{text}");
            assert_eq!(read.code.len(), text.len());
        }
        assert_eq!(read(r#"q("SELECT 1")"#).strings.trim(), "SELECT 1");
    }

    #[test]
    fn a_function_is_as_long_as_its_lines() {
        let code = read("impl X {\n    fn a(&self) -> [u8; 2] {\n        \"}\";\n    }\n    fn b();\n}\n").code;
        let a = Function { name: "a".into(), line: 2, length: 3 };
        let b = Function { name: "b".into(), line: 5, length: 1 };
        assert_eq!(functions(&code), [a, b]);
    }

    #[test]
    fn tests_inside_a_file_are_set_aside() {
        let code = "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() { x.unwrap() }\n}\nfn c() {}\n";
        let kept = without_tests(code);
        assert!(!kept.contains("unwrap") && kept.contains("fn c()") && kept.lines().count() == code.lines().count());
    }
}
