//! Who the network says is calling, from the headers of an INVITE (RFC 3261 From, RFC 3325 P-Asserted-Identity, RFC 3323
//! Privacy) and the company's way of writing numbers.

use contract::number::{Class, Context, normalize};
use contract::{Caller, PhoneNumber};

use crate::sip::api::Incoming;

/// Longest raw form and display name kept.
const MOST_CHARS: usize = 64;

/// The caller. A trusted trunk's asserted identity wins over From; a caller who asked not to be shown is withheld, even
/// where the network names one.
pub fn caller_of(incoming: &Incoming, country: &str, area_code: &str, own: &[PhoneNumber]) -> Caller {
    let party = incoming.asserted.as_ref().unwrap_or(&incoming.from);
    if incoming.private {
        return Caller { raw: String::new(), name: String::new(), number: None, withheld: true };
    }
    let context = Context { country, area_code, own };
    let read = normalize(&party.user, &context);
    let (number, withheld) = match read.class {
        // One of ours, as forwarded calls show it, says nothing about who calls.
        Class::E164(_) if read.own => (None, false),
        Class::E164(number) => (Some(number), false),
        Class::Withheld => (None, true),
        Class::Internal | Class::Short | Class::Unreadable(_) => (None, false),
    };
    let raw = if withheld { String::new() } else { clean(&party.user) };
    Caller { raw, name: if withheld { String::new() } else { clean(&party.name) }, number, withheld }
}

/// Without control characters, and short.
pub fn clean(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(MOST_CHARS).collect::<String>().trim().to_owned()
}
