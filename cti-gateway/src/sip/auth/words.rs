//! `Digest name=value, …`: challenges (WWW-Authenticate, Proxy-Authenticate) and credentials (Authorization, Proxy-Authorization).

use std::fmt;

use super::algorithm::Algorithm;
use crate::sip::message::{Headers, Name, params};

/// What a digest protects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Qop {
    /// Method and URI.
    Auth,
    /// Method, URI and body.
    AuthInt,
}

impl Qop {
    /// As printed.
    pub fn as_str(self) -> &'static str {
        match self {
            Qop::Auth => "auth",
            Qop::AuthInt => "auth-int",
        }
    }

    fn new(token: &str) -> Option<Qop> {
        [Qop::Auth, Qop::AuthInt].into_iter().find(|q| q.as_str().eq_ignore_ascii_case(token))
    }
}

/// One challenge we can answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// Whose password is asked for.
    pub realm: String,
    /// The server's word.
    pub nonce: String,
    /// To be given back unchanged.
    pub opaque: Option<String>,
    /// MD5 where the challenge names none.
    pub algorithm: Algorithm,
    /// What the server offers; empty: the way of RFC 2069.
    pub qop: Vec<Qop>,
    /// The digest was right, only the nonce too old: try again without asking a person.
    pub stale: bool,
    /// The user name is sent hashed.
    pub userhash: bool,
}

/// The words of one Authorization header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// User name, or its hash.
    pub username: String,
    /// As in the challenge.
    pub realm: String,
    /// As in the challenge.
    pub nonce: String,
    /// The URI the digest covers.
    pub uri: String,
    /// Hexadecimal.
    pub response: String,
    /// MD5 where none is named.
    pub algorithm: Algorithm,
    /// The client's word; empty without qop.
    pub cnonce: String,
    /// As in the challenge.
    pub opaque: Option<String>,
    /// The chosen protection.
    pub qop: Option<Qop>,
    /// Hexadecimal digits as sent; empty without qop.
    pub nc: String,
}

struct Words<'a>(Vec<(&'a str, &'a str)>);

impl Words<'_> {
    fn get(&self, name: &str) -> Option<String> {
        self.0.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| params::unquote(v).into_owned())
    }

    /// `None` for an algorithm we cannot compute.
    fn algorithm(&self) -> Option<Algorithm> {
        self.get("algorithm").map_or(Some(Algorithm::MD5), |a| Algorithm::new(&a))
    }
}

/// The lists of one line, one per scheme: a comma parts both words and schemes (RFC 7235 §2.1).
fn schemes(line: &str) -> Vec<(&str, Words<'_>)> {
    let mut found: Vec<(&str, Words<'_>)> = Vec::new();
    for part in params::commas(line) {
        let scheme_end = part.find([' ', '\t', '=']).unwrap_or(part.len());
        let begins = !part[scheme_end..].trim_start().starts_with('=');
        let word = if begins { part[scheme_end..].trim_start() } else { part };
        if begins {
            found.push((&part[..scheme_end], Words(Vec::new())));
        }
        if let (Some((_, words)), Some(at)) = (found.last_mut(), params::find(word, b'=')) {
            words.0.push((word[..at].trim_end(), word[at + 1..].trim_start()));
        }
    }
    found
}

fn digests(line: &str) -> impl Iterator<Item = Words<'_>> {
    schemes(line).into_iter().filter(|(scheme, _)| scheme.eq_ignore_ascii_case("Digest")).map(|(_, words)| words)
}

/// The challenges of `header` we can answer, in the server's order. Other schemes and algorithms are passed over.
pub fn challenges(headers: &Headers, header: Name) -> Vec<Challenge> {
    headers.lines(header).flat_map(Challenge::read).collect()
}

/// The digest credentials of `header` for `realm`.
pub fn credentials(headers: &Headers, header: Name, realm: &str) -> Option<Credentials> {
    headers.lines(header).flat_map(Credentials::read).find(|c| c.realm == realm)
}

impl Challenge {
    /// All digest challenges of one header line.
    pub fn read(line: &str) -> Vec<Challenge> {
        let one = |words: Words<'_>| {
            let qop = words.get("qop").unwrap_or_default();
            let offered: Vec<Qop> = qop.split(',').filter_map(|q| Qop::new(q.trim())).collect();
            if offered.is_empty() && !qop.trim().is_empty() {
                return None;
            }
            Some(Challenge {
                realm: words.get("realm")?,
                nonce: words.get("nonce")?,
                opaque: words.get("opaque"),
                algorithm: words.algorithm()?,
                qop: offered,
                stale: words.get("stale").is_some_and(|s| s.eq_ignore_ascii_case("true")),
                userhash: words.get("userhash").is_some_and(|s| s.eq_ignore_ascii_case("true")),
            })
        };
        digests(line).filter_map(one).collect()
    }
}

impl fmt::Display for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest realm={}, nonce={}", params::quote(&self.realm), params::quote(&self.nonce))?;
        if let Some(opaque) = &self.opaque {
            write!(f, ", opaque={}", params::quote(opaque))?;
        }
        write!(f, ", algorithm={}", self.algorithm.as_str())?;
        if !self.qop.is_empty() {
            let qop: Vec<&str> = self.qop.iter().map(|q| q.as_str()).collect();
            write!(f, ", qop=\"{}\"", qop.join(","))?;
        }
        if self.stale {
            f.write_str(", stale=true")?;
        }
        if self.userhash {
            f.write_str(", userhash=true")?;
        }
        Ok(())
    }
}

impl Credentials {
    /// All digest credentials of one header line.
    pub fn read(line: &str) -> Vec<Credentials> {
        let one = |words: Words<'_>| {
            let qop = match words.get("qop") {
                None => None,
                Some(token) => Some(Qop::new(&token)?),
            };
            Some(Credentials {
                username: words.get("username")?,
                realm: words.get("realm")?,
                nonce: words.get("nonce")?,
                uri: words.get("uri")?,
                response: words.get("response").filter(|r| is_hex(r))?,
                algorithm: words.algorithm()?,
                cnonce: words.get("cnonce").unwrap_or_default(),
                opaque: words.get("opaque"),
                qop,
                nc: Some(words.get("nc").unwrap_or_default()).filter(|n| is_hex(n))?,
            })
        };
        digests(line).filter_map(one).collect()
    }
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_hexdigit())
}

impl fmt::Display for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quote = params::quote;
        write!(f, "Digest username={}, realm={}, ", quote(&self.username), quote(&self.realm))?;
        write!(f, "nonce={}, uri={}, ", quote(&self.nonce), quote(&self.uri))?;
        write!(f, "response=\"{}\", algorithm={}", self.response, self.algorithm.as_str())?;
        if let Some(opaque) = &self.opaque {
            write!(f, ", opaque={}", quote(opaque))?;
        }
        if !self.cnonce.is_empty() {
            write!(f, ", cnonce={}", quote(&self.cnonce))?;
        }
        if let Some(qop) = self.qop {
            write!(f, ", qop={}, nc={}", qop.as_str(), self.nc)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenges_are_read_as_servers_write_them() {
        let line = r#"Digest realm="a, b", nonce="n\"1", algorithm=SHA-256, qop="auth, auth-int", Basic realm="x", digest REALM=plain,nonce="n2",qop=auth,stale=TRUE,opaque="""#;
        let read = Challenge::read(line);
        assert_eq!(read.len(), 2);
        assert_eq!((read[0].realm.as_str(), read[0].nonce.as_str()), ("a, b", "n\"1"));
        assert_eq!(read[0].qop, [Qop::Auth, Qop::AuthInt]);
        assert_eq!((read[1].realm.as_str(), read[1].algorithm, read[1].stale), ("plain", Algorithm::MD5, true));
        assert_eq!(read[1].opaque.as_deref(), Some(""));
        for challenge in &read {
            assert_eq!(Challenge::read(&challenge.to_string()), std::slice::from_ref(challenge));
        }
    }

    #[test]
    fn what_cannot_be_answered_is_passed_over() {
        for line in [
            "NoOneKnowsThisScheme opaque-data=here",
            r#"Digest realm="r", nonce="n", algorithm=AKAv1-MD5"#,
            r#"Digest realm="r", nonce="n", qop="auth-conf""#,
            r#"Digest realm="r""#,
            "Digest",
            "",
        ] {
            assert_eq!(Challenge::read(line), [], "{line}");
        }
    }

    #[test]
    fn credentials_come_back_as_printed() {
        let line = r#"Digest username="1001",realm="zuoxi",nonce="abc",uri="sip:zuoxi",response="00ff",algorithm=MD5,cnonce="c",qop=auth,nc=0000000a"#;
        let read = Credentials::read(line).remove(0);
        assert_eq!((read.nc.as_str(), read.qop), ("0000000a", Some(Qop::Auth)));
        assert_eq!(Credentials::read(&read.to_string()), [read]);
    }
}
