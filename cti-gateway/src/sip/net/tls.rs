//! TLS for SIP connections by rustls (RFC 3261 §26.3.1): whom we call must prove the name of the trunk, or its address; who
//! calls us is shown our certificate. Everything is read and checked at the start.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore, ServerConfig};
use tokio_rustls::{TlsAcceptor, TlsConnector};

use crate::sip::api::SipDirectory;

/// Why TLS cannot be spoken.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("{0} cannot be used for TLS: {1}; it must be a PEM file that this program may read")]
    File(PathBuf, String),
    #[error("the certificate {0} and the key {1} do not fit: {2}")]
    Pair(PathBuf, PathBuf, rustls::Error),
    #[error("SIP is to listen for TLS without a certificate: name the PEM files of the certificate and of its key")]
    NoCertificate,
    #[error("TLS cannot be set up: {0}")]
    Setup(rustls::Error),
}

/// Both sides of TLS.
#[derive(Clone)]
pub struct Tls {
    client: Arc<ClientConfig>,
    server: Option<Arc<ServerConfig>>,
    names: HashMap<SocketAddr, ServerName<'static>>,
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Tls(server: {})", self.server.is_some())
    }
}

impl Tls {
    /// `certificate`: our chain and its key. `authorities`: believed beside the well-known ones.
    /// # Errors
    /// [`TlsError`] names the file.
    pub fn open(certificate: Option<(&Path, &Path)>, authorities: Option<&Path>) -> Result<Self, TlsError> {
        let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        if let Some(path) = authorities {
            for one in certificates(path)? {
                roots.add(one).map_err(|why| TlsError::File(path.to_owned(), why.to_string()))?;
            }
        }
        let provider = Arc::new(aws_lc_rs::default_provider());
        let client = ClientConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(TlsError::Setup)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let server = certificate.map(|(chain, key)| {
            let broken = |path: &Path, why: &dyn std::fmt::Display| TlsError::File(path.to_owned(), why.to_string());
            let certificates = certificates(chain)?;
            let secret = PrivateKeyDer::from_pem_file(key).map_err(|why| broken(key, &why))?;
            let config = ServerConfig::builder_with_provider(provider)
                .with_safe_default_protocol_versions()
                .map_err(TlsError::Setup)?
                .with_no_client_auth()
                .with_single_cert(certificates, secret)
                .map_err(|why| TlsError::Pair(chain.to_owned(), key.to_owned(), why))?;
            Ok(Arc::new(config))
        });
        Ok(Self { client: Arc::new(client), server: server.transpose()?, names: HashMap::new() })
    }

    /// Whom we expect where, from now on.
    pub(super) fn follow(&mut self, directory: &SipDirectory) {
        let name = |(to, domain): (SocketAddr, &str)| Some((to, ServerName::try_from(domain.to_owned()).ok()?));
        self.names = directory.tls_names().filter_map(name).collect();
    }

    pub(super) fn connector(&self, to: SocketAddr) -> (TlsConnector, ServerName<'static>) {
        let name = self.names.get(&to).cloned().unwrap_or_else(|| ServerName::IpAddress(to.ip().into()));
        (TlsConnector::from(self.client.clone()), name)
    }

    /// For a connection to whoever proves this name, or this address.
    pub fn connector_for(&self, name: &str) -> Option<(TlsConnector, ServerName<'static>)> {
        let name = ServerName::try_from(name.to_owned()).ok()?;
        Some((TlsConnector::from(self.client.clone()), name))
    }

    pub(super) fn acceptor(&self) -> Option<TlsAcceptor> {
        self.server.clone().map(TlsAcceptor::from)
    }
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let broken = |why: &dyn std::fmt::Display| TlsError::File(path.to_owned(), why.to_string());
    let read = CertificateDer::pem_file_iter(path).map_err(|why| broken(&why))?;
    let all = read.collect::<Result<Vec<_>, _>>().map_err(|why| broken(&why))?;
    if all.is_empty() { Err(broken(&"it holds no certificate")) } else { Ok(all) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_do_not_do_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let made = |name: &str| rcgen::generate_simple_self_signed(vec![name.to_owned()]).unwrap();
        let (ours, other) = (made("ours"), made("other"));
        let certificate = file("ours.pem", &ours.cert.pem());
        let (key, others) = (file("ours.key", &ours.signing_key.serialize_pem()), file("other.key", &other.signing_key.serialize_pem()));
        let (empty, absent) = (file("empty.pem", ""), folder.path().join("absent.pem"));
        assert!(Tls::open(Some((&certificate, &key)), Some(&certificate)).unwrap().acceptor().is_some());
        assert!(Tls::open(None, None).unwrap().acceptor().is_none());
        for (chain, key, authorities, named) in [
            (&certificate, &others, None, "other.key do not fit"),
            (&empty, &key, None, "empty.pem cannot be used for TLS: it holds no certificate"),
            (&certificate, &certificate, None, "ours.pem cannot be used"),
            (&certificate, &key, Some(&absent), "absent.pem cannot be used"),
        ] {
            let why = Tls::open(Some((chain, key)), authorities.map(PathBuf::as_path)).unwrap_err().to_string();
            assert!(why.contains(named), "{why}");
        }
    }
}
