//! What the web proves itself with: PEM files of one's own, or a certificate made here for trying it out and kept. Start at
//! [`Source::of`], then [`Source::read`]. Never in this room: sockets. X.509: RFC 5280; PEM: RFC 7468.

use std::io::Write as _;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use contract::EpochMs;
use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair};
use sha2::{Digest as _, Sha256};
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{self, InconsistentKeys};
use x509_cert::der::Decode as _;

use crate::config::Config;

const DAY_MS: EpochMs = 24 * 3_600_000;
/// Some systems refuse server certificates that hold longer than 825 days.
const OWN_DAYS: EpochMs = 800;
/// A certificate made here is made anew when it has no more than this left at a start.
const OWN_SPARE_MS: EpochMs = 7 * DAY_MS;

/// Why there is no TLS: which file, what is wrong with it, what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateFault {
    #[error("{0} cannot be used for TLS: {1}; it must be a PEM file that this program may read")]
    File(PathBuf, String),
    #[error("the key {1} is not the one of the certificate {0}; name the key that the certificate was ordered with")]
    Pair(PathBuf, PathBuf),
    #[error("the certificate {0} ended on {1}; put a newer one in its place, with its key")]
    Ended(PathBuf, String),
    #[error("the certificate {0} begins only on {1}; put one in its place that holds now, or set this machine's clock")]
    Early(PathBuf, String),
    #[error("the certificate {0} and the key {1} cannot be used for TLS: {2}")]
    Unfit(PathBuf, PathBuf, String),
    #[error("no certificate can be made in {0}: {1}; make the folder writable, or name http.tls_certificate and http.tls_key")]
    Make(PathBuf, String),
}

/// Where certificate and key stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    pub chain: PathBuf,
    pub key: PathBuf,
    /// Made here: no browser knows who we are.
    pub own: bool,
}

/// A certificate with its key, ready to be shown.
#[derive(Debug, Clone)]
pub struct Pair {
    pub shown: std::sync::Arc<CertifiedKey>,
    /// Its last moment.
    pub until: EpochMs,
    /// Of the certificate, SHA-256 as browsers show it.
    pub fingerprint: String,
    /// Of both files: they changed when it did.
    pub digest: [u8; 32],
}

impl Source {
    /// The files the settings name; without names, those of the data folder, made when they are missing or have ended.
    ///
    /// # Errors
    /// [`CertificateFault::Make`].
    pub fn of(config: &Config, now: EpochMs) -> Result<Self, CertificateFault> {
        let http = &config.http;
        if !http.tls_certificate.as_os_str().is_empty() {
            return Ok(Self { chain: http.tls_certificate.clone(), key: http.tls_key.clone(), own: false });
        }
        let folder = &config.store.data;
        let source = Self { chain: folder.join("web-tls.pem"), key: folder.join("web-tls.key"), own: true };
        let over = |pair: Pair| pair.until - now <= OWN_SPARE_MS;
        let missing = !source.chain.exists() && !source.key.exists();
        // Files that are there and cannot be read are told of, not written over.
        let anew = missing || matches!(source.read(now), Err(CertificateFault::Ended(..))) || source.read(now).is_ok_and(over);
        if anew {
            source.make(&names(config), now).map_err(|why| CertificateFault::Make(folder.clone(), why))?;
        }
        Ok(source)
    }

    /// # Errors
    /// [`CertificateFault`] names the file.
    pub fn read(&self, now: EpochMs) -> Result<Pair, CertificateFault> {
        let (chain_text, key_text) = (text(&self.chain)?, text(&self.key)?);
        let broken = |path: &Path, why: &dyn std::fmt::Display| CertificateFault::File(path.to_owned(), why.to_string());
        let read = CertificateDer::pem_slice_iter(&chain_text).collect::<Result<Vec<_>, _>>();
        let chain = read.map_err(|why| broken(&self.chain, &why))?;
        let first = chain.first().ok_or_else(|| broken(&self.chain, &"it holds no certificate"))?;
        let known = x509_cert::Certificate::from_der(first).map_err(|why| broken(&self.chain, &why))?;
        let span = known.tbs_certificate().validity();
        let ms = |at: x509_cert::time::Time| EpochMs::try_from(at.to_unix_duration().as_millis()).unwrap_or(EpochMs::MAX);
        let (from, until) = (ms(span.not_before), ms(span.not_after));
        if now > until {
            return Err(CertificateFault::Ended(self.chain.clone(), day(until)));
        }
        if now < from {
            return Err(CertificateFault::Early(self.chain.clone(), day(from)));
        }
        let fingerprint = Sha256::digest(first).iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":");
        let key = PrivateKeyDer::from_pem_slice(&key_text).map_err(|_| broken(&self.key, &"it holds no private key"))?;
        let shown = CertifiedKey::from_der(chain, key, &aws_lc_rs::default_provider()).map_err(|why| match why {
            rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
                CertificateFault::Pair(self.chain.clone(), self.key.clone())
            }
            why => CertificateFault::Unfit(self.chain.clone(), self.key.clone(), why.to_string()),
        })?;
        let digest = Sha256::new().chain_update(&chain_text).chain_update([0]).chain_update(&key_text).finalize().into();
        Ok(Pair { shown: shown.into(), until, fingerprint, digest })
    }

    fn make(&self, names: &[String], now: EpochMs) -> Result<(), String> {
        let words = |why: &dyn std::fmt::Display| why.to_string();
        let mut params = CertificateParams::new(names).map_err(|why| words(&why))?;
        params.distinguished_name.push(DnType::CommonName, "Zuoxi");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.not_before = date(now - DAY_MS);
        params.not_after = date(now + OWN_DAYS * DAY_MS);
        let key = KeyPair::generate().map_err(|why| words(&why))?;
        let certificate = params.self_signed(&key).map_err(|why| words(&why))?;
        write(&self.key, &key.serialize_pem(), 0o600).map_err(|why| words(&why))?;
        write(&self.chain, &certificate.pem(), 0o644).map_err(|why| words(&why))
    }
}

/// Certificates and keys are small; a device or a log named by mistake is not read to its end.
const LONGEST_FILE: u64 = 1024 * 1024;

fn text(path: &Path) -> Result<Vec<u8>, CertificateFault> {
    let broken = |why: String| CertificateFault::File(path.to_owned(), why);
    let size = std::fs::metadata(path).map_err(|why| broken(why.to_string()))?;
    if !size.is_file() || size.len() > LONGEST_FILE {
        return Err(broken("it is no file of a certificate or a key".into()));
    }
    std::fs::read(path).map_err(|why| broken(why.to_string()))
}

/// Whole or not at all.
fn write(path: &Path, text: &str, mode: u32) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let part = path.with_extension("part");
    let _ = std::fs::remove_file(&part);
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(&part)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&part, path)
}

fn moment(at: EpochMs) -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp_millis(at).unwrap_or_default()
}

/// As people write it.
pub fn day(at: EpochMs) -> String {
    moment(at).format("%Y-%m-%d %H:%M UTC").to_string()
}

fn date(at: EpochMs) -> time::OffsetDateTime {
    time::OffsetDateTime::from_unix_timestamp(at / 1000).unwrap_or(time::OffsetDateTime::UNIX_EPOCH)
}

/// What people may type to reach us.
fn names(config: &Config) -> Vec<String> {
    let mut all = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    let url = config.http.public_url.split_once("://").map_or("", |(_, rest)| rest);
    let host = url.rsplit_once(':').filter(|(_, port)| port.parse::<u16>().is_ok()).map_or(url, |(host, _)| host);
    all.push(host.trim_matches(['[', ']']).to_owned());
    let listens = config.http.tls_listen.parse::<SocketAddr>().map(|address| address.ip());
    let told = [config.sip.advertise.parse::<IpAddr>(), config.media.advertise.parse(), config.media.ip.parse()];
    let addresses = listens.into_iter().chain(told.into_iter().flatten()).chain([config.sip.listen.ip()]);
    all.extend(addresses.filter(|ip| !ip.is_unspecified()).map(|ip| ip.to_string()));
    all.extend(std::fs::read_to_string("/etc/hostname").ok().map(|name| name.trim().to_owned()));
    all.retain(|name| !name.is_empty() && name.is_ascii());
    all.sort();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: EpochMs = 1_790_000_000_000;

    fn put(folder: &Path, name: &str, text: &str) -> PathBuf {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// A certificate that holds from one day to another, in days from `NOW`, and its key.
    fn made(from: i64, to: i64) -> (String, String) {
        let mut params = CertificateParams::new(vec!["calls.test".to_owned()]).unwrap();
        (params.not_before, params.not_after) = (date(NOW + from * DAY_MS), date(NOW + to * DAY_MS));
        let key = KeyPair::generate().unwrap();
        (params.self_signed(&key).unwrap().pem(), key.serialize_pem())
    }

    #[test]
    fn files_that_do_not_do_are_named_with_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, text: &str| put(folder.path(), name, text);
        let (good, ended, early) = (made(-1, 10), made(-20, -2), made(3, 10));
        let (chain, key) = (put("good.pem", &good.0), put("good.key", &good.1));
        let table = [
            (chain.clone(), put("other.key", &ended.1), "other.key is not the one of the certificate"),
            (put("ended.pem", &ended.0), put("ended.key", &ended.1), "ended.pem ended on 2026-09-19"),
            (put("early.pem", &early.0), put("early.key", &early.1), "early.pem begins only on 2026-09-24"),
            (put("empty.pem", ""), key.clone(), "empty.pem cannot be used for TLS: it holds no certificate"),
            (folder.path().join("absent.pem"), key.clone(), "absent.pem cannot be used for TLS: No such file"),
            (folder.path().to_owned(), key.clone(), "cannot be used for TLS: it is no file of a certificate"),
            (chain.clone(), chain.clone(), "good.pem cannot be used for TLS: it holds no private key"),
            (put("odd.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), key.clone(), "odd.pem cannot be used"),
        ];
        for (chain, key, told) in table {
            let why = Source { chain, key, own: false }.read(NOW).unwrap_err().to_string();
            assert!(why.contains(told), "{told}: {why}");
        }
        let pair = Source { chain, key, own: false }.read(NOW).unwrap();
        assert_eq!((pair.until - NOW) / DAY_MS, 10);
        assert_eq!(pair.fingerprint.len(), 32 * 3 - 1);
    }

    #[test]
    fn a_certificate_of_our_own_making_stays_until_it_runs_out_and_its_key_is_nobody_elses() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.store.data = folder.path().to_owned();
        config.http.tls_listen = "192.0.2.1:8443".into();
        config.http.public_url = "https://calls.test:8443".into();
        assert!(names(&config).contains(&"calls.test".to_owned()) && names(&config).contains(&"192.0.2.1".to_owned()));
        let first = Source::of(&config, NOW).unwrap();
        let shown = first.read(NOW).unwrap();
        assert!(first.own);
        assert_eq!(std::fs::metadata(&first.key).unwrap().permissions().mode() & 0o777, 0o600);
        let later = NOW + (OWN_DAYS - 20) * DAY_MS;
        assert_eq!(Source::of(&config, later).unwrap().read(later).unwrap().fingerprint, shown.fingerprint);
        let over = NOW + (OWN_DAYS + 1) * DAY_MS;
        assert_ne!(Source::of(&config, over).unwrap().read(over).unwrap().fingerprint, shown.fingerprint);
        // What somebody put there is not written over.
        std::fs::write(&first.chain, "mine").unwrap();
        assert!(Source::of(&config, NOW).unwrap().read(NOW).unwrap_err().to_string().contains("web-tls.pem"));
        assert_eq!(std::fs::read_to_string(&first.chain).unwrap(), "mine");
    }
}
