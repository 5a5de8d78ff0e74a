//! The asking side: challenges, and the judgement of what comes back. Which nonce was used how often is remembered for a
//! bounded number of nonces; what had to be forgotten is treated as stale, never as fresh.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use subtle::ConstantTimeEq;

use super::{
    Covered,
    algorithm::{Algorithm, Said, Secret},
    nonce::{Age, NonceKey},
    words::{Challenge, Credentials, Qop},
};
use crate::sip::message::Uri;

/// Why credentials do not open the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// Right password, but the nonce is too old, foreign or used up: challenge again with `stale=true`. No offence.
    #[error("the nonce is used up; the digest is right")]
    Stale,
    /// Wrong password or user.
    #[error("the digest does not match")]
    Wrong,
    /// Credentials for another number than the one dialed.
    #[error("the digest covers another URI")]
    OtherUri,
    /// A count that is not 1 to 8 hexadecimal digits above 0, or missing beside qop.
    #[error("nc is a hexadecimal count beside qop")]
    BadCount,
}

/// Which counts of one nonce were seen: the highest, and the 64 below it, so that requests overtaking each other pass.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    highest: u32,
    below: u64,
}

impl Counts {
    /// Takes a count once.
    fn take(&mut self, nc: u32) -> bool {
        if nc > self.highest {
            let step = nc - self.highest;
            let moved = if step >= 64 { 0 } else { self.below << step };
            // The old highest is now `step` below.
            let old = if self.highest > 0 && step <= 64 { 1 << (step - 1) } else { 0 };
            (self.highest, self.below) = (nc, moved | old);
            return true;
        }
        let back = self.highest - nc;
        if back == 0 || back > 64 || self.below & 1 << (back - 1) != 0 {
            return false;
        }
        self.below |= 1 << (back - 1);
        true
    }
}

/// Challenges and judges for one realm.
pub struct Verifier {
    realm: String,
    key: NonceKey,
    life: Duration,
    algorithms: Vec<Algorithm>,
    capacity: usize,
    salt: u64,
    used: HashMap<String, Counts>,
    /// The same nonces by age, the oldest first.
    by_age: BTreeMap<(Duration, String), ()>,
    /// Nonces made up to here were forgotten.
    floor: Option<Duration>,
}

impl Verifier {
    /// For `realm`, with a random `key`; nonces live for `life`, and the counts of at most `capacity` are remembered.
    /// SHA-256 is asked for first, MD5 after it (RFC 8760 §2.3).
    pub fn new(realm: &str, key: [u8; 32], life: Duration, capacity: usize) -> Verifier {
        Verifier {
            realm: realm.to_owned(),
            key: NonceKey::new(key),
            life,
            algorithms: vec![Algorithm::SHA256, Algorithm::MD5],
            capacity: capacity.max(1),
            salt: 0,
            used: HashMap::new(),
            by_age: BTreeMap::new(),
            floor: None,
        }
    }

    /// The realm asked for.
    pub fn realm(&self) -> &str {
        &self.realm
    }

    /// Nonces whose counts are remembered now.
    pub fn remembered(&self) -> usize {
        self.used.len()
    }

    /// Values for WWW-Authenticate (or Proxy-Authenticate), one line each, the strongest first.
    pub fn challenges(&mut self, now: Duration, stale: bool) -> Vec<String> {
        self.salt = self.salt.wrapping_add(1);
        let nonce = self.key.mint(now, self.salt);
        let challenge = |algorithm: &Algorithm| Challenge {
            realm: self.realm.clone(),
            nonce: nonce.clone(),
            opaque: None,
            algorithm: *algorithm,
            qop: vec![Qop::Auth],
            stale,
            userhash: false,
        };
        self.algorithms.iter().map(|a| challenge(a).to_string()).collect()
    }

    /// Judges credentials for this realm against the secret of their user, at `now` of the same clock as the challenge.
    /// For a user nobody knows, judge against any password: the time taken then tells nothing.
    /// # Errors
    /// [`Denied`]; only `Wrong` and `OtherUri` are offences.
    pub fn verify(
        &mut self,
        now: Duration,
        credentials: &Credentials,
        secret: Secret<'_>,
        covered: Covered<'_>,
    ) -> Result<(), Denied> {
        let said = Said {
            user: &credentials.username,
            realm: &self.realm,
            nonce: &credentials.nonce,
            cnonce: &credentials.cnonce,
            nc: &credentials.nc,
            qop: credentials.qop,
        };
        let own = Covered { uri: &credentials.uri, ..covered };
        let wanted = credentials.algorithm.response(secret, &said, &own);
        let given = credentials.response.to_ascii_lowercase();
        let matches = bool::from(wanted.as_bytes().ct_eq(given.as_bytes()));
        if !matches || credentials.realm != self.realm || !self.algorithms.iter().any(|a| a.hash == credentials.algorithm.hash) {
            return Err(Denied::Wrong);
        }
        if !same_target(&credentials.uri, covered.uri) {
            return Err(Denied::OtherUri);
        }
        let nc = match credentials.qop {
            // The way of RFC 2069 has no count: such a nonce serves once.
            None => 1,
            Some(_) => count(&credentials.nc).filter(|_| !credentials.cnonce.is_empty()).ok_or(Denied::BadCount)?,
        };
        let made = match self.key.age(&credentials.nonce) {
            Age::Made(made) if made <= now && now - made < self.life => made,
            Age::Made(_) | Age::Foreign => return Err(Denied::Stale),
        };
        if self.take(now, made, &credentials.nonce, nc) { Ok(()) } else { Err(Denied::Stale) }
    }

    fn take(&mut self, now: Duration, made: Duration, nonce: &str, nc: u32) -> bool {
        // Hexadecimal digits read alike in either case, so the nonce is kept in one.
        let nonce = nonce.to_ascii_lowercase();
        if let Some(counts) = self.used.get_mut(&nonce) {
            return counts.take(nc);
        }
        if self.floor.is_some_and(|floor| made <= floor) {
            return false;
        }
        while let Some(oldest) = self.by_age.first_entry() {
            let expired = now.saturating_sub(oldest.key().0) >= self.life;
            if !expired && self.used.len() < self.capacity {
                break;
            }
            let ((made, nonce), ()) = oldest.remove_entry();
            self.used.remove(&nonce);
            if !expired {
                self.floor = self.floor.max(Some(made));
            }
        }
        // Forgetting may have raised the floor above this very nonce.
        if self.floor.is_some_and(|floor| made <= floor) {
            return false;
        }
        let mut counts = Counts::default();
        let fresh = counts.take(nc);
        self.used.insert(nonce.clone(), counts);
        self.by_age.insert((made, nonce), ());
        fresh
    }
}

fn count(nc: &str) -> Option<u32> {
    if nc.is_empty() || nc.len() > 8 { None } else { u32::from_str_radix(nc, 16).ok().filter(|n| *n > 0) }
}

/// A proxy in front may rewrite host, port and parameters of the request URI, never the number dialed.
fn same_target(said: &str, asked: &str) -> bool {
    said == asked
        || match (Uri::parse(said), Uri::parse(asked)) {
            (Ok(said), Ok(asked)) => said.is_sip() && asked.is_sip() && said.user() == asked.user(),
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sip::auth::{Answerer, client::tests::challenged};

    const MINUTE: Duration = Duration::from_secs(60);

    fn verifier(capacity: usize) -> Verifier {
        Verifier::new("zuoxi", [7; 32], 5 * MINUTE, capacity)
    }

    fn register(uri: &str) -> Covered<'_> {
        Covered { method: "REGISTER", uri, body: b"" }
    }

    /// A phone that has heard one challenge.
    fn phone(verifier: &mut Verifier, now: Duration) -> Answerer {
        let mut phone = Answerer::default();
        phone.hear(&challenged(401, &verifier.challenges(now, false))).unwrap();
        phone
    }

    fn says(phone: &mut Answerer, password: &str, covered: Covered<'_>) -> Credentials {
        let lines = phone.lines("1001", password, covered, "c0ffee");
        Credentials::read(&lines[0].1).remove(0)
    }

    fn judge(v: &mut Verifier, now: Duration, c: &Credentials, covered: Covered<'_>) -> Result<(), Denied> {
        v.verify(now, c, Secret::Password("secret"), covered)
    }

    #[test]
    fn a_phone_registers_again_and_again_with_one_nonce() {
        let (mut v, uri) = (verifier(10), register("sip:zuoxi"));
        let mut phone = phone(&mut v, MINUTE);
        for turn in 1..=300_u32 {
            let said = says(&mut phone, "secret", uri);
            assert_eq!(said.nc, format!("{turn:08x}"));
            assert_eq!(said.algorithm, Algorithm::SHA256);
            assert_eq!(judge(&mut v, MINUTE, &said, uri), Ok(()), "turn {turn}");
            assert_eq!(judge(&mut v, MINUTE, &said, uri), Err(Denied::Stale), "a replay of turn {turn}");
        }
        assert_eq!(v.remembered(), 1);
    }

    #[test]
    fn what_does_not_open_the_door() {
        let uri = register("sip:zuoxi");
        let mut v = verifier(10);
        let mut phone = phone(&mut v, MINUTE);
        let wrong = says(&mut phone, "guess", uri);
        assert_eq!(judge(&mut v, MINUTE, &wrong, uri), Err(Denied::Wrong));
        let good = says(&mut phone, "secret", uri);
        let invite = Covered { method: "INVITE", uri: "sip:zuoxi", body: b"" };
        assert_eq!(judge(&mut v, MINUTE, &good, invite), Err(Denied::Wrong), "another method");
        assert_eq!(judge(&mut v, 6 * MINUTE, &good, uri), Err(Denied::Stale), "too old");
        assert_eq!(judge(&mut v, Duration::ZERO, &good, uri), Err(Denied::Stale), "made in the future");
        let mut other = Verifier::new("zuoxi", [8; 32], 5 * MINUTE, 10);
        assert_eq!(judge(&mut other, MINUTE, &good, uri), Err(Denied::Stale), "foreign nonce, right password");
        let realm = Credentials { realm: "elsewhere".into(), ..good.clone() };
        assert_eq!(judge(&mut v, MINUTE, &realm, uri), Err(Denied::Wrong));
        assert_eq!(judge(&mut v, MINUTE, &good, uri), Ok(()), "and it still opens with the right words");
    }

    #[test]
    fn the_number_dialed_is_covered_and_the_host_may_be_rewritten() {
        let mut v = verifier(10);
        let mut phone = phone(&mut v, MINUTE);
        let dial = |uri| Covered { method: "INVITE", uri, body: b"" };
        let said = says(&mut phone, "secret", dial("sip:9001@zuoxi.example"));
        assert_eq!(judge(&mut v, MINUTE, &said, dial("sip:00999@zuoxi.example")), Err(Denied::OtherUri));
        assert_eq!(judge(&mut v, MINUTE, &said, dial("sip:9001@10.0.0.5:5090;transport=udp")), Ok(()));
    }

    #[test]
    fn requests_that_overtake_each_other_pass_once_each() {
        let mut counts = Counts::default();
        for (nc, want) in [(3, true), (1, true), (2, true), (2, false), (3, false), (70, true), (6, true), (5, false), (200, true), (70, false), (136, true)] {
            assert_eq!(counts.take(nc), want, "count {nc}");
        }
    }

    #[test]
    fn memory_is_bounded_and_forgetting_opens_no_replay() {
        let uri = register("sip:zuoxi");
        let mut v = verifier(3);
        let mut used = Vec::new();
        for second in 1..=10 {
            let now = Duration::from_secs(second);
            let mut phone = phone(&mut v, now);
            let said = says(&mut phone, "secret", uri);
            assert_eq!(judge(&mut v, now, &said, uri), Ok(()));
            used.push(said);
            assert!(v.remembered() <= 3);
        }
        for said in &used {
            assert_eq!(judge(&mut v, Duration::from_secs(11), said, uri), Err(Denied::Stale));
        }
        let later = 20 * MINUTE;
        let mut phone = phone(&mut v, later);
        let said = says(&mut phone, "secret", uri);
        assert_eq!(judge(&mut v, later, &said, uri), Ok(()));
        assert_eq!(v.remembered(), 1, "expired nonces are gone");
    }

    #[test]
    fn an_old_phone_without_qop_gets_one_use_out_of_a_nonce() {
        let mut v = verifier(3);
        let uri = register("sip:zuoxi");
        let mut challenge = Challenge::read(&v.challenges(MINUTE, false)[1]).remove(0);
        challenge.qop.clear();
        let mut phone = Answerer::default();
        phone.hear(&challenged(401, &[challenge.to_string()])).unwrap();
        let said = says(&mut phone, "secret", uri);
        assert_eq!((said.qop, said.nc.as_str(), said.algorithm), (None, "", Algorithm::MD5));
        assert_eq!(judge(&mut v, MINUTE, &said, uri), Ok(()));
        assert_eq!(judge(&mut v, MINUTE, &said, uri), Err(Denied::Stale));
    }

    #[test]
    fn counts_are_hexadecimal_and_present() {
        for (nc, want) in [("0000000a", Some(10)), ("ff", Some(255)), ("", None), ("00000000", None), ("123456789", None), ("xyz", None)] {
            assert_eq!(count(nc), want, "{nc}");
        }
    }
}
