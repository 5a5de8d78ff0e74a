//! The answering side: hears 401 and 407, remembers what was asked, and speaks for every later request unasked.

use super::{
    Covered,
    algorithm::{Said, Secret},
    words::{Challenge, Credentials, Qop, challenges},
};
use crate::sip::message::{Name, Response};

/// Why a challenge leads nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unanswerable {
    /// No digest challenge with an algorithm we know.
    #[error("no challenge of {0} can be answered: digest with MD5, SHA-256 or SHA-512-256 is")]
    NoneKnown(u16),
    /// The password was answered once already and refused.
    #[error("the answer to the challenge was refused: user or password is wrong")]
    Refused,
}

/// Challenges remembered for one peer; more realms than this are not answered.
const MAX_REALMS: usize = 4;

#[derive(Debug, Clone)]
struct Asked {
    header: Name,
    challenge: Challenge,
    count: u32,
}

/// What one peer asked for. Keep it as long as the peer; ask [`Answerer::lines`] for every request.
#[derive(Debug, Clone, Default)]
pub struct Answerer {
    asked: Vec<Asked>,
}

impl Answerer {
    /// Hears a 401 or 407. `Ok` means: send the request again with [`Answerer::lines`].
    /// # Errors
    /// [`Unanswerable`]: asking again would change nothing.
    pub fn hear(&mut self, response: &Response) -> Result<(), Unanswerable> {
        let (from, to) = match response.status {
            407 => (Name::ProxyAuthenticate, Name::ProxyAuthorization),
            _ => (Name::WwwAuthenticate, Name::Authorization),
        };
        let offered = challenges(&response.headers, from);
        let mut heard = false;
        let mut refused = false;
        let mut realms: Vec<&str> = Vec::new();
        for realm in offered.iter().map(|c| c.realm.as_str()) {
            if !realms.contains(&realm) {
                realms.push(realm);
            }
        }
        for realm in realms.into_iter().take(MAX_REALMS) {
            let Some(best) = offered.iter().filter(|c| c.realm == realm).rev().max_by_key(|c| c.algorithm) else { continue };
            let room = self.asked.len() < MAX_REALMS;
            match self.asked.iter_mut().find(|a| a.header == to && a.challenge.realm == realm) {
                // Answered before and neither stale nor with a new nonce: the password is wrong.
                Some(known) if known.count > 0 && !best.stale && known.challenge.nonce == best.nonce => refused = true,
                Some(known) => {
                    // A server that mints a nonce for each challenge says no by asking again: twice is a refusal.
                    refused |= known.count == 1 && !best.stale;
                    (known.challenge, known.count) = (best.clone(), 0);
                    heard = true;
                }
                None if room => {
                    self.asked.push(Asked { header: to, challenge: best.clone(), count: 0 });
                    heard = true;
                }
                None => {}
            }
        }
        match (refused, heard) {
            (true, _) => Err(Unanswerable::Refused),
            (false, true) => Ok(()),
            (false, false) => Err(Unanswerable::NoneKnown(response.status)),
        }
    }

    /// Whether any challenge was heard.
    pub fn is_challenged(&self) -> bool {
        !self.asked.is_empty()
    }

    /// Header lines for a request, none before a challenge was heard. `cnonce` is random, new for each request.
    pub fn lines(&mut self, user: &str, password: &str, covered: Covered<'_>, cnonce: &str) -> Vec<(Name, String)> {
        self.asked.iter_mut().map(|asked| (asked.header, asked.line(user, password, covered, cnonce))).collect()
    }
}

impl Asked {
    fn line(&mut self, user: &str, password: &str, covered: Covered<'_>, cnonce: &str) -> String {
        self.count = self.count.saturating_add(1);
        let challenge = &self.challenge;
        // auth wherever offered: a border element may touch the body, which auth-int would not survive.
        let qop = [Qop::Auth, Qop::AuthInt].into_iter().find(|q| challenge.qop.contains(q));
        let nc = if qop.is_some() { format!("{:08x}", self.count) } else { String::new() };
        let cnonce = if qop.is_some() || challenge.algorithm.session { cnonce } else { "" };
        let said = Said { user, realm: &challenge.realm, nonce: &challenge.nonce, cnonce, nc: &nc, qop };
        let response = challenge.algorithm.response(Secret::Password(password), &said, &covered);
        let username = match challenge.userhash {
            true => challenge.algorithm.hash.of(&[user, ":", &challenge.realm]),
            false => user.to_owned(),
        };
        let credentials = Credentials {
            username,
            realm: challenge.realm.clone(),
            nonce: challenge.nonce.clone(),
            uri: covered.uri.to_owned(),
            response,
            algorithm: challenge.algorithm,
            cnonce: cnonce.to_owned(),
            opaque: challenge.opaque.clone(),
            qop,
            nc,
        };
        match challenge.userhash {
            true => format!("{credentials}, userhash=true"),
            false => credentials.to_string(),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::sip::auth::algorithm::Algorithm;
    use crate::sip::message::Headers;

    /// A 401 or 407 with these challenges.
    pub fn challenged(status: u16, lines: &[String]) -> Response {
        let mut headers = Headers::new();
        let name = if status == 407 { Name::ProxyAuthenticate } else { Name::WwwAuthenticate };
        lines.iter().for_each(|l| headers.push(name, l));
        Response { status, reason: String::new(), headers, body: Default::default(), defect: None }
    }

    const BYE: Covered<'_> = Covered { method: "BYE", uri: "sip:x", body: b"" };

    fn challenge(realm: &str, nonce: &str, algorithm: &str, more: &str) -> String {
        format!("Digest realm=\"{realm}\", nonce=\"{nonce}\", algorithm={algorithm}{more}")
    }

    fn said(answerer: &mut Answerer) -> Vec<Credentials> {
        answerer.lines("u", "p", BYE, "cn").iter().map(|(_, l)| Credentials::read(l).remove(0)).collect()
    }

    #[test]
    fn the_strongest_challenge_of_each_realm_is_answered() {
        let mut answerer = Answerer::default();
        assert!(said(&mut answerer).is_empty());
        let lines = [
            challenge("a", "n1", "MD5", ", qop=\"auth,auth-int\""),
            challenge("a", "n2", "SHA-256", ", qop=\"auth\""),
            challenge("a", "n3", "FUTURE-9", ""),
            challenge("b", "n4", "MD5-sess", ", qop=\"auth-int\", opaque=\"o\""),
        ];
        answerer.hear(&challenged(407, &lines)).unwrap();
        let said = said(&mut answerer);
        let seen: Vec<_> = said.iter().map(|c| (c.realm.as_str(), c.nonce.as_str(), c.algorithm.as_str(), c.qop)).collect();
        assert_eq!(seen, [("a", "n2", "SHA-256", Some(Qop::Auth)), ("b", "n4", "MD5-sess", Some(Qop::AuthInt))]);
        assert_eq!(said[1].opaque.as_deref(), Some("o"));
        assert!(answerer.lines("u", "p", BYE, "cn").iter().all(|(name, _)| *name == Name::ProxyAuthorization));
    }

    #[test]
    fn a_stale_nonce_is_answered_again_and_a_refusal_is_not() {
        let mut answerer = Answerer::default();
        let first = challenged(401, &[challenge("a", "n1", "MD5", "")]);
        answerer.hear(&first).unwrap();
        said(&mut answerer);
        assert_eq!(answerer.hear(&first), Err(Unanswerable::Refused), "the same nonce again");
        assert_eq!(answerer.hear(&challenged(401, &[challenge("a", "n2", "MD5", ", stale=true")])), Ok(()));
        said(&mut answerer);
        assert_eq!(answerer.hear(&challenged(401, &[challenge("a", "n3", "MD5", "")])), Err(Unanswerable::Refused));
    }

    #[test]
    fn a_nonce_that_ran_out_after_long_use_is_replaced_even_by_a_server_that_forgets_stale() {
        let mut answerer = Answerer::default();
        answerer.hear(&challenged(401, &[challenge("a", "n1", "MD5", ", qop=auth")])).unwrap();
        (0..3).for_each(|_| drop(said(&mut answerer)));
        assert_eq!(answerer.hear(&challenged(401, &[challenge("a", "n2", "MD5", ", qop=auth")])), Ok(()));
        assert_eq!(said(&mut answerer)[0].nc, "00000001");
    }

    #[test]
    fn nothing_known_is_said_so() {
        let response = challenged(401, &["Bearer realm=x".to_owned()]);
        assert_eq!(Answerer::default().hear(&response), Err(Unanswerable::NoneKnown(401)));
    }

    #[test]
    fn session_and_body_variants_differ_from_each_other() {
        let mut seen = std::collections::HashSet::new();
        for algorithm in ["MD5", "MD5-sess", "SHA-256", "SHA-256-sess", "SHA-512-256", "SHA-512-256-sess"] {
            for qop in ["", ", qop=auth", ", qop=auth-int"] {
                let mut answerer = Answerer::default();
                answerer.hear(&challenged(401, &[challenge("a", "n", algorithm, qop)])).unwrap();
                let said = said(&mut answerer).remove(0);
                assert_eq!(Algorithm::new(algorithm), Some(said.algorithm));
                assert!(seen.insert(said.response), "{algorithm} {qop}");
            }
        }
    }
}
