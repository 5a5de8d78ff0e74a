//! Secrets at rest: XChaCha20-Poly1305 under one 32-byte key in a file of its own (0600). Sealed words carry the key's id,
//! so that a key can be replaced while old words still open.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as B64;
use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

const NONCE: usize = 24;

#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    #[error("the key file {0} cannot be read or made: {1}")]
    File(String, #[source] std::io::Error),
    #[error("the key file {0} must hold 64 hexadecimal digits; restore it from the backup, or sealed passwords are lost")]
    Form(String),
    #[error("no randomness could be had from the system")]
    Random,
}

#[derive(Clone)]
pub struct Vault {
    cipher: XChaCha20Poly1305,
    /// First 8 digits of the key's SHA-256.
    id: String,
    /// Secrets that need not be kept come from it.
    seed: [u8; 32],
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Vault({})", self.id)
    }
}

impl Vault {
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        use sha2::Digest;
        let id = hex::encode(&sha2::Sha256::digest(key)[..4]);
        let seed = sha2::Sha256::new().chain_update(b"zuoxi derived secrets\0").chain_update(key).finalize().into();
        Self { cipher: XChaCha20Poly1305::new(key.into()), id, seed }
    }

    /// A secret of this house that goes by a name: the same for the same name, and of no use to guess another (HMAC-SHA256
    /// of the name). 64 hexadecimal digits.
    #[must_use]
    pub fn secret(&self, name: &str) -> String {
        use hmac::{KeyInit as _, Mac as _};
        let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(&self.seed).unwrap_or_else(|e| unreachable!("a key of any length will do: {e}"));
        mac.update(name.as_bytes());
        hex::encode(mac.finalize().into_bytes())
    }

    /// Opens the key file, or makes it, readable by its owner alone.
    ///
    /// # Errors
    /// [`VaultError`] names the file.
    pub fn open(path: &Path) -> Result<Self, VaultError> {
        let shown = path.display().to_string();
        let failed = |e| VaultError::File(shown.clone(), e);
        match std::fs::read_to_string(path) {
            Ok(text) => {
                let key = hex::decode(text.trim()).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
                key.map(|key| Self::new(&key)).ok_or_else(|| VaultError::Form(shown.clone()))
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                let mut key = [0; 32];
                getrandom::fill(&mut key).map_err(|_| VaultError::Random)?;
                let mut options = std::fs::OpenOptions::new();
                let mut file = options.write(true).create_new(true).mode(0o600).open(path).map_err(failed)?;
                file.write_all(hex::encode(key).as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
                Ok(Self::new(&key))
            }
            Err(e) => Err(failed(e)),
        }
    }

    /// `v1:<key id>:<nonce and ciphertext>`.
    ///
    /// # Panics
    /// Where the system has no randomness: nothing may be sealed without it.
    #[must_use]
    pub fn seal(&self, plain: &str) -> String {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).expect("the system gives random bytes");
        let sealed = self.cipher.encrypt(&XNonce::from(nonce), plain.as_bytes()).expect("a short text can be sealed");
        let mut bytes = nonce.to_vec();
        bytes.extend(sealed);
        format!("v1:{}:{}", self.id, B64.encode(bytes))
    }

    /// None where it was sealed under another key, or is damaged.
    #[must_use]
    pub fn unseal(&self, sealed: &str) -> Option<String> {
        let rest = sealed.strip_prefix("v1:")?.strip_prefix(self.id.as_str())?.strip_prefix(':')?;
        let bytes = B64.decode(rest).ok()?;
        let (nonce, body) = bytes.split_at_checked(NONCE)?;
        let nonce = <[u8; NONCE]>::try_from(nonce).ok()?;
        String::from_utf8(self.cipher.decrypt(&XNonce::from(nonce), body).ok()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_under_its_key_only_and_never_twice_alike() {
        let (vault, other) = (Vault::new(&[1; 32]), Vault::new(&[2; 32]));
        let sealed = vault.seal("密码 123");
        assert_ne!(sealed, vault.seal("密码 123"));
        assert_eq!(vault.unseal(&sealed).as_deref(), Some("密码 123"));
        assert_eq!(other.unseal(&sealed), None);
        for damaged in ["", "v1:", &sealed[..sealed.len() - 2], "v2:x:y"] {
            assert_eq!(vault.unseal(damaged), None, "{damaged}");
        }
    }

    #[test]
    fn a_secret_by_name_is_the_same_again_and_another_for_another_name_or_house() {
        let (vault, other) = (Vault::new(&[1; 32]), Vault::new(&[2; 32]));
        assert_eq!(vault.secret("a"), Vault::new(&[1; 32]).secret("a"));
        assert_eq!(vault.secret("a").len(), 64);
        for different in [vault.secret("b"), other.secret("a")] {
            assert_ne!(vault.secret("a"), different);
        }
    }

    #[test]
    fn a_key_file_is_made_once_for_its_owner_alone_and_a_damaged_one_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let sealed = Vault::open(&path).unwrap().seal("word");
        assert_eq!(Vault::open(&path).unwrap().unseal(&sealed).as_deref(), Some("word"));
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::write(&path, "short").unwrap();
        assert!(matches!(Vault::open(&path), Err(VaultError::Form(_))));
    }
}
