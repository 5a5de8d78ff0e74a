//! One telephone, several spellings: national reforms left numbers that ring the same phone in two forms, and networks
//! still send both. [`match_keys`] lists the forms under which a caller may be stored.
//! Brazil: ninth digit of mobiles (Anatel resolution 553/2010). Argentina: 9 before mobiles from abroad. Mexico: 1, until 2019.

use super::PhoneNumber;

/// Every E.164 spelling of the same line: the number itself first, then its national equivalents. At most three.
#[must_use]
pub fn match_keys(number: &PhoneNumber) -> Vec<String> {
    let mut keys = vec![number.reveal().to_owned()];
    keys.extend(equivalent(number.reveal()));
    keys
}

fn equivalent(e164: &str) -> Option<String> {
    if let Some(rest) = e164.strip_prefix("+55") {
        let (area, line) = rest.split_at_checked(2)?;
        let old_mobile = |line: &str| line.len() == 8 && line.starts_with(['6', '7', '8', '9']);
        return match line.strip_prefix('9') {
            Some(old) if line.len() == 9 && old_mobile(old) => Some(format!("+55{area}{old}")),
            _ if old_mobile(line) => Some(format!("+55{area}9{line}")),
            _ => None,
        };
    }
    // Argentina `+54 9`, Mexico `+52 1`: the digit stands before ten national ones.
    for (code, mobile) in [("+54", '9'), ("+52", '1')] {
        if let Some(rest) = e164.strip_prefix(code) {
            return match rest.strip_prefix(mobile) {
                Some(line) if line.len() == 10 => Some(format!("{code}{line}")),
                _ if rest.len() == 10 => Some(format!("{code}{mobile}{rest}")),
                _ => None,
            };
        }
    }
    None
}

/// The form today's plan wants, of one that a reform ended. `digits` begin with the country code.
pub(super) fn modern(digits: &str) -> Option<String> {
    if let Some(rest) = digits.strip_prefix("55")
        && rest.len() == 10
        && rest[2..].starts_with(['6', '7', '8', '9'])
    {
        return Some(format!("55{}9{}", &rest[..2], &rest[2..]));
    }
    digits.strip_prefix("521").filter(|line| line.len() == 10).map(|line| format!("52{line}"))
}
