//! What makes a trunk right: its addresses, its account, and how numbers and callers are worded there.

use std::net::SocketAddr;

use crate::book::Book;
use crate::edit::FieldFault;
use crate::items::*;
use crate::rules::{Checked, Faults, read_network};

/// Addresses that calls go out to, and rules for numbers.
const MOST_ADDRESSES: usize = 8;
const MOST_REWRITES: usize = 32;
/// Longest part of a number in a rule.
const LONGEST: usize = 32;

impl Checked for Trunk {
    fn check(&self, id: Self::Id, book: &Book) -> Vec<FieldFault> {
        let mut faults = Faults::default();
        faults.text("name", &self.name, 60);
        for (at, from) in self.from.iter().enumerate() {
            if read_network(from).is_none() {
                faults.add(format!("from[{at}]"), "format", "must be an address, or address/bits");
            }
        }
        self.check_to(&mut faults);
        self.check_account(id, book, &mut faults);
        faults.country("country", &self.country);
        faults.optional("callerId", &self.caller_id, 40);
        self.check_numbers(&mut faults);
        for (at, codec) in self.codecs.iter().enumerate() {
            if self.codecs[..at].contains(codec) {
                faults.add(format!("codecs[{at}]"), "unique", "is listed twice");
            }
        }
        faults.0
    }

    fn users(&self, _: Self::Id, _: &Book) -> Vec<String> {
        Vec::new()
    }
}

impl Trunk {
    fn check_to(&self, faults: &mut Faults) {
        for (at, to) in self.to.iter().enumerate() {
            if to.parse::<SocketAddr>().is_err() {
                faults.add(format!("to[{at}]"), "format", "must be address:port");
            }
            if self.to[..at].contains(to) {
                faults.add(format!("to[{at}]"), "unique", "is listed twice");
            }
        }
        if self.to.len() > MOST_ADDRESSES {
            faults.add("to", "range", format!("may have at most {MOST_ADDRESSES} addresses"));
        }
        if self.probe_seconds != 0 {
            faults.range("probeSeconds", self.probe_seconds, 10, 3600);
        }
        let host = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
        if self.domain.len() > 253 || !self.domain.chars().all(host) {
            faults.add("domain", "format", "must be a domain, as in sip.example.com, or an IPv4 address");
        }
    }

    fn check_account(&self, id: contract::TrunkId, book: &Book, faults: &mut Faults) {
        match (&self.digest_user, &self.sealed) {
            (Some(user), sealed) => {
                faults.text("digestUser", user, 60);
                if sealed.is_none() {
                    faults.add("password", "required", "a digest user needs a password");
                }
                let same = |other: &str| other.eq_ignore_ascii_case(user);
                let station = book.stations.values().any(|s| same(&s.item.username));
                let trunk = book
                    .trunks
                    .iter()
                    .any(|(other, t)| *other != id && t.item.digest_user.as_deref().is_some_and(same));
                if station || trunk {
                    faults.add("digestUser", "unique", "is already taken by a station or trunk");
                }
            }
            (None, _) if self.from.is_empty() && self.to.is_empty() => {
                faults.add("from", "required", "a trunk needs an address, a digest user, or a place to call out to");
            }
            (None, _) => {}
        }
        if self.digest_user.is_none() && self.register {
            faults.add("digestUser", "required", "to register takes a digest user and password");
        }
        if self.digest_user.is_none() && self.identity != IdentityBy::From {
            faults.add("digestUser", "required", "with the number in another header, From names the digest user");
        }
        if self.register && self.to.is_empty() {
            faults.add("to", "required", "to register takes the address of the registrar");
        }
    }

    fn check_numbers(&self, faults: &mut Faults) {
        if self.rewrites.len() > MOST_REWRITES {
            faults.add("rewrites", "range", format!("may have at most {MOST_REWRITES} rules"));
        }
        for (at, rule) in self.rewrites.iter().enumerate() {
            let part = |text: &str| {
                text.len() <= LONGEST && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '*' | '#'))
            };
            for (field, text) in [("prefix", &rule.prefix), ("add", &rule.add)] {
                if !part(text) {
                    let message = format!("may have at most {LONGEST} of + * # and digits");
                    faults.add(format!("rewrites[{at}].{field}"), "format", message);
                }
            }
            faults.range(&format!("rewrites[{at}].strip"), rule.strip.into(), 0, 32);
            if self.rewrites[..at].iter().any(|other| other.prefix == rule.prefix) {
                faults.add(format!("rewrites[{at}].prefix"), "unique", "is listed twice");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(trunk: &Trunk) -> Vec<String> {
        trunk.check(1.into(), &Book::default()).into_iter().map(|f| format!("{} {}", f.field, f.rule)).collect()
    }

    #[test]
    fn a_trunk_of_old_is_read_as_it_was_meant() {
        for (tcp, want) in [("true", Transport::Tcp), ("false", Transport::Udp)] {
            let text = format!(r#"{{"name":"c","from":["192.0.2.1"],"to":["192.0.2.1:5060"],"tcp":{tcp},"trusted":true,"prefixes":["+86"]}}"#);
            let trunk: Trunk = serde_json::from_str(&text).unwrap();
            assert_eq!(trunk.transport, want);
            assert_eq!((trunk.register, trunk.probe_seconds, trunk.shown), (false, 0, ShownCaller::Own));
            assert!(faults(&trunk).is_empty());
            let again: Trunk = serde_json::from_str(&serde_json::to_string(&trunk).unwrap()).unwrap();
            assert_eq!(again, trunk);
        }
        let odd = serde_json::from_str::<Trunk>(r#"{"name":"c","transport":"sctp"}"#);
        assert!(odd.unwrap_err().to_string().contains("must be udp, tcp or tls"));
    }

    #[test]
    fn every_fault_of_a_trunk_names_its_field() {
        let to = |n: usize| (0..n).map(|n| format!("192.0.2.{n}:5060")).collect::<Vec<_>>();
        let rule = |prefix: &str, strip: u8, add: &str| Rewrite { prefix: prefix.into(), strip, add: add.into() };
        let account = Trunk { digest_user: Some("u".into()), sealed: Some("s".into()), to: to(2), ..Trunk::named("c") };
        assert!(faults(&Trunk { register: true, domain: "sip.example.com".into(), ..account.clone() }).is_empty());
        for (trunk, want) in [
            (Trunk::named("c"), vec!["from required"]),
            (Trunk { register: true, to: to(1), ..Trunk::named("c") }, vec!["digestUser required"]),
            (Trunk { identity: IdentityBy::Asserted, to: to(1), ..Trunk::named("c") }, vec!["digestUser required"]),
            (Trunk { register: true, to: vec![], ..account.clone() }, vec!["to required"]),
            (Trunk { to: to(9), ..account.clone() }, vec!["to range"]),
            (Trunk { to: vec!["192.0.2.1:5060".into(); 2], ..account.clone() }, vec!["to[1] unique"]),
            (Trunk { domain: "a b".into(), probe_seconds: 5, ..account.clone() }, vec!["probeSeconds range", "domain format"]),
            (
                Trunk { rewrites: vec![rule("+", 33, "x"), rule("+", 0, "")], ..account.clone() },
                vec!["rewrites[0].add format", "rewrites[0].strip range", "rewrites[1].prefix unique"],
            ),
            (Trunk { codecs: vec![Codec::Pcma; 2], ..account.clone() }, vec!["codecs[1] unique"]),
        ] {
            assert_eq!(faults(&trunk), want);
        }
    }
}
