//! Nonces: time, salt and a seal over both. Whoever holds the key can tell a nonce of its own and its age, without
//! having kept it: a flood of challenges costs no memory (RFC 7616 §5.4).

use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

const SEAL: usize = 16;

/// The key that seals nonces. Forget it and every nonce becomes foreign, which costs each phone one more round trip.
pub struct NonceKey(Hmac<Sha256>);

/// What a nonce says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Age {
    /// Ours, made then.
    Made(Duration),
    /// Not sealed by this key.
    Foreign,
}

impl NonceKey {
    /// From 32 random bytes.
    pub fn new(key: [u8; 32]) -> NonceKey {
        NonceKey(<Hmac<Sha256> as KeyInit>::new(&key.into_block()))
    }

    /// A nonce made at `now` (since any fixed moment); `salt` differs for each.
    pub fn mint(&self, now: Duration, salt: u64) -> String {
        let mut bytes = [0; 16 + SEAL];
        bytes[..8].copy_from_slice(&(now.as_millis() as u64).to_be_bytes());
        bytes[8..16].copy_from_slice(&salt.to_be_bytes());
        let seal = self.seal(&bytes[..16]);
        bytes[16..].copy_from_slice(&seal);
        hex::encode(bytes)
    }

    /// Reads a nonce back.
    pub fn age(&self, nonce: &str) -> Age {
        let mut bytes = [0; 16 + SEAL];
        if hex::decode_to_slice(nonce, &mut bytes).is_err() {
            return Age::Foreign;
        }
        let (body, seal) = bytes.split_at(16);
        if !bool::from(self.seal(body).ct_eq(seal)) {
            return Age::Foreign;
        }
        let (time, _salt) = body.split_at(8);
        Age::Made(Duration::from_millis(time.iter().fold(0, |sum, b| sum << 8 | u64::from(*b))))
    }

    fn seal(&self, body: &[u8]) -> [u8; SEAL] {
        let mut mac = self.0.clone();
        mac.update(body);
        let full = mac.finalize().into_bytes();
        std::array::from_fn(|at| full[at])
    }
}

trait IntoBlock {
    fn into_block(self) -> hmac::digest::Key<Hmac<Sha256>>;
}

impl IntoBlock for [u8; 32] {
    /// HMAC pads a short key with zeros to its block (RFC 2104 §2); done here, no length can be wrong.
    fn into_block(self) -> hmac::digest::Key<Hmac<Sha256>> {
        let mut block = hmac::digest::Key::<Hmac<Sha256>>::default();
        block[..32].copy_from_slice(&self);
        block
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_tells_its_age_to_its_maker_only() {
        let (ours, theirs) = (NonceKey::new([1; 32]), NonceKey::new([2; 32]));
        let at = Duration::from_millis(123_456);
        let nonce = ours.mint(at, 7);
        assert_eq!(ours.age(&nonce), Age::Made(at));
        assert_eq!(theirs.age(&nonce), Age::Foreign);
        assert_ne!(nonce, ours.mint(at, 8));
        for at in 0..nonce.len() {
            let mut forged = nonce.clone().into_bytes();
            forged[at] = if forged[at] == b'0' { b'1' } else { b'0' };
            assert_eq!(ours.age(std::str::from_utf8(&forged).unwrap()), Age::Foreign, "digit {at}");
        }
        for text in ["", "abc", "é", &nonce[1..]] {
            assert_eq!(ours.age(text), Age::Foreign);
        }
    }
}
