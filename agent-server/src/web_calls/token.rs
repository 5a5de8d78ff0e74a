//! Who a visitor is, as the company's own server says: a JSON Web Token (RFC 7519) signed with HMAC-SHA256 (`HS256`, RFC 7515)
//! under a key of ours, for one page's origin and for a short time. Pure. Start at [`read`].

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use contract::number::{Context, normalize};
use contract::{Caller, EpochMs};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::Deserialize;
use sha2::Sha256;

/// Longest token read.
pub const LONGEST: usize = 2048;
/// Longest life a token may have left, so that one that leaks is of no use for long.
pub const LONGEST_LIFE_MS: EpochMs = 24 * 3_600_000;
/// Longest display name kept.
const LONGEST_NAME: usize = 64;

/// Why a token says nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenFault {
    #[error("the token is no JSON Web Token: three parts in base64url with dots between, as header.claims.signature")]
    Form,
    #[error("the token's header must say alg HS256, and kid the id of the key")]
    Header,
    #[error("there is no key {0}; it was replaced, or is another house's")]
    Key(String),
    #[error("the token's signature does not fit its key")]
    Signature,
    #[error("the token's claims must be exp, aud and number, and name if wanted: {0}")]
    Claims(String),
    #[error("the token has run out; make a new one for each page")]
    Expired,
    #[error("the token holds longer than 24 hours; exp is in seconds since 1970")]
    TooLong,
    #[error("the token is for the page {0}, and came from another")]
    Site(String),
    #[error("the token's number does not read as a phone number")]
    Number,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: String,
}

#[derive(Deserialize)]
struct Claims {
    /// Seconds since 1970.
    exp: i64,
    /// The page's origin.
    aud: String,
    /// The visitor's number, as the company knows it.
    number: String,
    #[serde(default)]
    name: String,
}

/// Who the token says is calling. `keys`: ids and secrets that hold.
///
/// # Errors
/// [`TokenFault`]; nothing of the token is believed then.
pub fn read(token: &str, origin: &str, now: EpochMs, keys: &[(String, String)], numbers: &Context<'_>) -> Result<Caller, TokenFault> {
    let parts: Vec<&str> = token.split('.').collect();
    let [header, claims, signature] = parts[..] else { return Err(TokenFault::Form) };
    if token.len() > LONGEST {
        return Err(TokenFault::Form);
    }
    let bytes = |part: &str| B64.decode(part).map_err(|_| TokenFault::Form);
    let known: Header = serde_json::from_slice(&bytes(header)?).map_err(|_| TokenFault::Header)?;
    if known.alg != "HS256" {
        return Err(TokenFault::Header);
    }
    let secret = keys.iter().find(|(id, _)| *id == known.kid).map(|(_, secret)| secret);
    let secret = secret.ok_or_else(|| TokenFault::Key(known.kid.chars().take(20).collect()))?;
    let mut mac = mac(secret);
    mac.update(header.as_bytes());
    mac.update(b".");
    mac.update(claims.as_bytes());
    mac.verify_slice(&bytes(signature)?).map_err(|_| TokenFault::Signature)?;
    let claims: Claims = serde_json::from_slice(&bytes(claims)?).map_err(|why| TokenFault::Claims(why.to_string()))?;
    let left = claims.exp.saturating_mul(1000).saturating_sub(now);
    match left {
        _ if left <= 0 => return Err(TokenFault::Expired),
        _ if left > LONGEST_LIFE_MS => return Err(TokenFault::TooLong),
        _ => {}
    }
    if !claims.aud.trim_end_matches('/').eq_ignore_ascii_case(origin) {
        return Err(TokenFault::Site(claims.aud.chars().take(200).collect()));
    }
    let plain = |text: &str| text.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect::<String>().trim().to_owned();
    let number = normalize(&claims.number, numbers).e164().cloned().ok_or(TokenFault::Number)?;
    Ok(Caller { raw: plain(&claims.number), name: plain(&claims.name), number: Some(number), withheld: false })
}

/// A token as the company's server makes it; for tests and examples.
#[must_use]
pub fn sign(key: &str, secret: &str, claims: &serde_json::Value) -> String {
    let header = serde_json::json!({"alg": "HS256", "typ": "JWT", "kid": key});
    let body = format!("{}.{}", B64.encode(header.to_string()), B64.encode(claims.to_string()));
    let mut mac = mac(secret);
    mac.update(body.as_bytes());
    format!("{body}.{}", B64.encode(mac.finalize().into_bytes()))
}

/// The key is the secret's text, as libraries take it.
fn mac(secret: &str) -> Hmac<Sha256> {
    Hmac::new_from_slice(secret.as_bytes()).unwrap_or_else(|e| unreachable!("a key of any length will do: {e}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: EpochMs = 1_790_000_000_000;
    const SHOP: &str = "https://shop.example";

    fn asked(token: &str) -> Result<Caller, TokenFault> {
        let keys = [("0000000a".to_owned(), "new".to_owned()), ("0000000b".to_owned(), "old".to_owned())];
        read(token, SHOP, NOW, &keys, &Context { country: "CN", area_code: "10", own: &[] })
    }

    fn claims(more: serde_json::Value) -> serde_json::Value {
        let mut all = json!({"exp": NOW / 1000 + 600, "aud": SHOP, "number": "13800138000", "name": "王小明"});
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        all
    }

    #[test]
    fn a_token_says_who_calls_while_it_holds_on_its_page_and_under_its_key() {
        for (key, secret) in [("0000000a", "new"), ("0000000b", "old")] {
            let caller = asked(&sign(key, secret, &claims(json!({})))).unwrap();
            assert_eq!(caller.number.unwrap().reveal(), "+8613800138000");
            assert_eq!((caller.raw.as_str(), caller.name.as_str(), caller.withheld), ("13800138000", "王小明", false));
        }
        let good = |more| sign("0000000a", "new", &claims(more));
        let table = [
            (good(json!({"exp": NOW / 1000})), TokenFault::Expired),
            (good(json!({"exp": NOW / 1000 + 25 * 3600})), TokenFault::TooLong),
            (good(json!({"exp": i64::MAX})), TokenFault::TooLong),
            (good(json!({"aud": "https://other.example"})), TokenFault::Site("https://other.example".into())),
            (good(json!({"number": "nobody"})), TokenFault::Number),
            (sign("0000000a", "old", &claims(json!({}))), TokenFault::Signature),
            (sign("0000000c", "new", &claims(json!({}))), TokenFault::Key("0000000c".into())),
            ("a.b".into(), TokenFault::Form),
            ("?.?.?".into(), TokenFault::Form),
            ("x".repeat(LONGEST) + ".y.z", TokenFault::Form),
        ];
        for (token, fault) in table {
            assert_eq!(asked(&token), Err(fault), "{token}");
        }
        assert!(matches!(asked(&sign("0000000a", "new", &json!({"exp": 1}))), Err(TokenFault::Claims(_))));
        assert!(asked(&good(json!({"aud": "https://shop.example/"}))).is_ok(), "an origin with a slash is meant as one");
    }

    #[test]
    fn nobody_signs_with_another_algorithm_or_changes_what_was_signed() {
        let good = sign("0000000a", "new", &claims(json!({})));
        let parts: Vec<&str> = good.split('.').collect();
        for alg in ["none", "HS512", "RS256"] {
            let header = B64.encode(json!({"alg": alg, "kid": "0000000a"}).to_string());
            assert_eq!(asked(&format!("{header}.{}.", parts[1])), Err(TokenFault::Header), "{alg}");
        }
        let other = B64.encode(claims(json!({"number": "13900139000"})).to_string());
        assert_eq!(asked(&format!("{}.{other}.{}", parts[0], parts[2])), Err(TokenFault::Signature));
        assert_eq!(asked(&format!("{}.{}.", parts[0], parts[1])), Err(TokenFault::Signature));
    }
}
