//! H, KD, A1 and A2 of RFC 7616 §3.4, for three hashes and their session variants.

use md5::Md5;
use sha2::{Digest, Sha256, Sha512_256};

use super::{Covered, words::Qop};

/// A hash, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hash {
    /// MD5: old phones know nothing else.
    Md5,
    /// SHA-256.
    Sha256,
    /// SHA-512/256.
    Sha512_256,
}

/// A hash, and whether its A1 is bound to one session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Algorithm {
    /// The hash.
    pub hash: Hash,
    /// `-sess`: A1 covers nonce and cnonce too.
    pub session: bool,
}

/// What the two sides share: the password, or H(user:realm:password) of one hash.
#[derive(Clone, Copy)]
pub enum Secret<'a> {
    /// In the clear.
    Password(&'a str),
    /// Lower-case hexadecimal, of the hash in use.
    Ha1(&'a str),
}

impl Algorithm {
    /// `MD5`, for the sake of old phones.
    pub const MD5: Algorithm = Algorithm { hash: Hash::Md5, session: false };
    /// `SHA-256`, asked for first.
    pub const SHA256: Algorithm = Algorithm { hash: Hash::Sha256, session: false };
    /// `SHA-512-256`.
    pub const SHA512_256: Algorithm = Algorithm { hash: Hash::Sha512_256, session: false };

    /// The algorithm of this token, in any case; `None` for one we cannot compute.
    pub fn new(token: &str) -> Option<Algorithm> {
        let (name, session) = match token.len().checked_sub(5).and_then(|at| token.split_at_checked(at)) {
            Some((name, tail)) if tail.eq_ignore_ascii_case("-sess") => (name, true),
            Some(_) | None => (token, false),
        };
        let hash = [Hash::Md5, Hash::Sha256, Hash::Sha512_256].into_iter().find(|h| h.as_str().eq_ignore_ascii_case(name))?;
        Some(Algorithm { hash, session })
    }

    /// The token of RFC 7616 §6.1.
    pub fn as_str(self) -> &'static str {
        match (self.hash, self.session) {
            (hash, false) => hash.as_str(),
            (Hash::Md5, true) => "MD5-sess",
            (Hash::Sha256, true) => "SHA-256-sess",
            (Hash::Sha512_256, true) => "SHA-512-256-sess",
        }
    }

    /// H(user:realm:password), what may be stored instead of a password.
    pub fn ha1(self, user: &str, realm: &str, password: &str) -> String {
        self.hash.of(&[user, ":", realm, ":", password])
    }

    /// The `response` of credentials, lower-case hexadecimal.
    pub(super) fn response(self, secret: Secret<'_>, said: &Said<'_>, covered: &Covered<'_>) -> String {
        let mut ha1 = match secret {
            Secret::Password(password) => self.ha1(said.user, said.realm, password),
            Secret::Ha1(ha1) => ha1.to_owned(),
        };
        if self.session {
            ha1 = self.hash.of(&[&ha1, ":", said.nonce, ":", said.cnonce]);
        }
        let ha2 = match said.qop {
            Some(Qop::AuthInt) => {
                let body = self.hash.of_bytes(&[covered.body]);
                self.hash.of(&[covered.method, ":", covered.uri, ":", &body])
            }
            Some(Qop::Auth) | None => self.hash.of(&[covered.method, ":", covered.uri]),
        };
        match said.qop {
            Some(qop) => self.hash.of(&[&ha1, ":", said.nonce, ":", said.nc, ":", said.cnonce, ":", qop.as_str(), ":", &ha2]),
            None => self.hash.of(&[&ha1, ":", said.nonce, ":", &ha2]),
        }
    }
}

/// The words of challenge and credentials that go into a response.
pub(super) struct Said<'a> {
    pub user: &'a str,
    pub realm: &'a str,
    pub nonce: &'a str,
    pub cnonce: &'a str,
    /// Eight hexadecimal digits as sent.
    pub nc: &'a str,
    pub qop: Option<Qop>,
}

impl Hash {
    fn as_str(self) -> &'static str {
        match self {
            Hash::Md5 => "MD5",
            Hash::Sha256 => "SHA-256",
            Hash::Sha512_256 => "SHA-512-256",
        }
    }

    pub(super) fn of(self, parts: &[&str]) -> String {
        let bytes: Vec<&[u8]> = parts.iter().map(|p| p.as_bytes()).collect();
        self.of_bytes(&bytes)
    }

    fn of_bytes(self, parts: &[&[u8]]) -> String {
        fn run<D: Digest>(parts: &[&[u8]]) -> String {
            let mut hash = D::new();
            parts.iter().for_each(|p| hash.update(p));
            hex::encode(hash.finalize())
        }
        match self {
            Hash::Md5 => run::<Md5>(parts),
            Hash::Sha256 => run::<Sha256>(parts),
            Hash::Sha512_256 => run::<Sha512_256>(parts),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_read_in_any_case_and_unknown_ones_are_not_guessed() {
        for token in ["MD5", "MD5-sess", "SHA-256", "SHA-256-sess", "SHA-512-256", "SHA-512-256-sess"] {
            assert_eq!(Algorithm::new(token).map(Algorithm::as_str), Some(token));
            assert_eq!(Algorithm::new(&token.to_lowercase()).map(Algorithm::as_str), Some(token));
        }
        for token in ["", "-sess", "SHA256", "AKAv1-MD5", "é-sess"] {
            assert_eq!(Algorithm::new(token), None, "{token}");
        }
        assert!(Algorithm::SHA512_256 > Algorithm::SHA256 && Algorithm::SHA256 > Algorithm::MD5);
    }

    /// RFC 7616 §3.9.1 and RFC 2617 §3.5.
    #[test]
    fn the_examples_of_the_rfcs_come_out() {
        let get = Covered { method: "GET", uri: "/dir/index.html", body: b"" };
        let said = Said {
            user: "Mufasa",
            realm: "http-auth@example.org",
            nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
            cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
            nc: "00000001",
            qop: Some(Qop::Auth),
        };
        let secret = Secret::Password("Circle of Life");
        assert_eq!(Algorithm::MD5.response(secret, &said, &get), "8ca523f5e9506fed4657c9700eebdbec");
        assert_eq!(
            Algorithm::SHA256.response(secret, &said, &get),
            "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"
        );
        let old = Said {
            realm: "testrealm@host.com",
            nonce: "dcd98b7102dd2f0e8b11d0f600bfb0c093",
            cnonce: "0a4f113b",
            ..said
        };
        let secret = Secret::Password("Circle Of Life");
        assert_eq!(Algorithm::MD5.response(secret, &old, &get), "6629fae49393a05397450978507c4ef1");
        let stored = Algorithm::MD5.ha1("Mufasa", "testrealm@host.com", "Circle Of Life");
        assert_eq!(Algorithm::MD5.response(Secret::Ha1(&stored), &old, &get), "6629fae49393a05397450978507c4ef1");
    }

    /// RFC 7616 §3.9.2 as corrected by erratum 4897: its own figures were made by an earlier SHA-512/256.
    #[test]
    fn sha_512_256_with_a_hashed_user_name() {
        let hash = Hash::Sha512_256;
        assert_eq!(
            hash.of(&["J\u{e4}s\u{f8}n Doe", ":", "api@example.org"]),
            "793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b"
        );
        let said = Said {
            user: "J\u{e4}s\u{f8}n Doe",
            realm: "api@example.org",
            nonce: "5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK",
            cnonce: "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v",
            nc: "00000001",
            qop: Some(Qop::Auth),
        };
        let get = Covered { method: "GET", uri: "/doe.json", body: b"" };
        assert_eq!(
            Algorithm::SHA512_256.response(Secret::Password("Secret, or not?"), &said, &get),
            "3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5"
        );
    }
}
