//! Expressions cut into words. Positions count characters, because people count them.

use super::ExprError;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Name(String),
    Int(i64),
    Text(String),
    /// One of the signs below.
    Sign(&'static str),
    End,
}

/// Longest first: `<=` before `<`.
const SIGNS: [&str; 22] = [
    "&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "+", "-", "*", "/", "%", "(", ")", "[", "]", ",", ".", "?", ":",
];

pub(super) fn error(at: usize, en: impl Into<String>, zh: impl Into<String>) -> ExprError {
    ExprError { at, en: en.into(), zh: zh.into(), unknown: None }
}

/// All words of `source`, each with its position; the last is [`Token::End`].
pub(super) fn tokens(source: &str) -> Result<Vec<(usize, Token)>, ExprError> {
    let chars: Vec<char> = source.chars().collect();
    let (mut found, mut at) = (Vec::new(), 0);
    while at < chars.len() {
        if chars[at].is_whitespace() {
            at += 1;
            continue;
        }
        let (token, next) = one(&chars, at)?;
        found.push((at, token));
        at = next;
    }
    found.push((chars.len(), Token::End));
    Ok(found)
}

/// `source` with every `queue("from")` asking for `to`; none where it asks for no such queue, or is no expression.
pub(crate) fn with_queue(source: &str, from: &str, to: &str) -> Option<String> {
    let (found, chars) = (tokens(source).ok()?, source.chars().collect::<Vec<char>>());
    let quoted = format!("\"{}\"", to.replace('\\', "\\\\").replace('"', "\\\""));
    let (mut out, mut kept, mut found_any) = (String::new(), 0, false);
    for words in found.windows(3) {
        let [(_, Token::Name(name)), (_, Token::Sign("(")), (at, Token::Text(text))] = words else { continue };
        if name == "queue" && text == from {
            let (_, end) = one(&chars, *at).ok()?;
            out.extend(&chars[kept..*at]);
            out.push_str(&quoted);
            (kept, found_any) = (end, true);
        }
    }
    out.extend(&chars[kept..]);
    found_any.then_some(out)
}

fn one(chars: &[char], at: usize) -> Result<(Token, usize), ExprError> {
    let run = |ok: fn(char) -> bool| at + chars[at..].iter().take_while(|c| ok(**c)).count();
    let first = chars[at];
    if first.is_ascii_digit() {
        let end = run(|c| c.is_ascii_digit());
        let text: String = chars[at..end].iter().collect();
        let value = text.parse().map_err(|_| error(at, "this number is too large", "此数字过大"))?;
        return Ok((Token::Int(value), end));
    }
    if first.is_alphabetic() || first == '_' {
        let end = run(|c| c.is_alphanumeric() || c == '_');
        return Ok((Token::Name(chars[at..end].iter().collect()), end));
    }
    if first == '"' || first == '\'' {
        return text(chars, at, first);
    }
    for sign in SIGNS {
        if chars[at..].iter().copied().take(sign.len()).eq(sign.chars()) {
            return Ok((Token::Sign(sign), at + sign.len()));
        }
    }
    let (en, zh) = match first {
        '=' => ("`=` compares nothing; write `==`".to_owned(), "“=”不能比较；请写“==”".to_owned()),
        '&' | '|' => (format!("write `{first}{first}`"), format!("请写“{first}{first}”")),
        other => (format!("`{other}` has no meaning here"), format!("此处不能有“{other}”")),
    };
    Err(error(at, en, zh))
}

fn text(chars: &[char], from: usize, quote: char) -> Result<(Token, usize), ExprError> {
    let (mut value, mut at) = (String::new(), from + 1);
    while let Some(&c) = chars.get(at) {
        match c {
            c if c == quote => return Ok((Token::Text(value), at + 1)),
            '\\' => {
                match chars.get(at + 1) {
                    Some(c @ ('\\' | '"' | '\'')) => value.push(*c),
                    _ => return Err(error(at, "after `\\` only a quote or `\\` may follow", "“\\”后只能是引号或“\\”")),
                }
                at += 2;
            }
            c => {
                value.push(c);
                at += 1;
            }
        }
    }
    Err(error(from, "this text has no closing quote", "文字缺少结束引号"))
}
