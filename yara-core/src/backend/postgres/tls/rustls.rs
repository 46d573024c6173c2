//! Encryption by rustls, with libpq's degrees of trust.

use super::super::settings::{Roots, Settings, SslMode};
use crate::runtime::Socket;
use std::io;
use std::sync::Arc;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::client::WebPkiServerVerifier;
use tokio_rustls::rustls::client::danger::{
    HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier,
};
use tokio_rustls::rustls::crypto::hash::HashAlgorithm;
use tokio_rustls::rustls::crypto::{
    CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature,
};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    SupportedCipherSuite,
};

/// What encrypts sockets to the servers of one URL.
pub(crate) struct Connector {
    tls: TlsConnector,
    provider: Arc<CryptoProvider>,
}

impl Connector {
    /// Reads the certificates that are trusted. The error names the parameter that is wrong.
    pub(crate) fn new(settings: &Settings) -> Result<Connector, String> {
        let provider = Arc::new(ring::default_provider());
        let verifier = match settings.ssl_mode {
            SslMode::VerifyCa | SslMode::VerifyFull => {
                let roots = Arc::new(roots(settings.roots.as_ref())?);
                let chain = WebPkiServerVerifier::builder_with_provider(roots, provider.clone())
                    .build()
                    .map_err(|error| format!("`sslrootcert` cannot be used: {error}"))?;
                Verifier {
                    provider: provider.clone(),
                    chain: Some(chain),
                    name: settings.ssl_mode == SslMode::VerifyFull,
                }
            }
            _ => Verifier { provider: provider.clone(), chain: None, name: false },
        };
        let config = ClientConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(|error| format!("TLS cannot be set up: {error}"))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth();
        Ok(Connector { tls: TlsConnector::from(Arc::new(config)), provider })
    }

    /// Encrypts a socket, and gives what binds a password to it (RFC 5929, tls-server-end-point).
    pub(crate) async fn encrypt(
        &self,
        socket: Box<dyn Socket>,
        host: &str,
    ) -> io::Result<(Box<dyn Socket>, Option<Vec<u8>>)> {
        let name = ServerName::try_from(host.to_owned())
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        let stream = self.tls.connect(name, socket).await?;
        let certificates = stream.get_ref().1.peer_certificates();
        let end_point = certificates
            .and_then(|chain| chain.first())
            .and_then(|certificate| self.end_point(certificate));
        Ok((Box::new(stream), end_point))
    }

    /// The hash of a certificate, by the algorithm that it was signed with.
    fn end_point(&self, certificate: &[u8]) -> Option<Vec<u8>> {
        let algorithm = signature_hash(certificate)?;
        self.provider.cipher_suites.iter().find_map(|suite| {
            let hash = match suite {
                SupportedCipherSuite::Tls13(suite) => suite.common.hash_provider,
                SupportedCipherSuite::Tls12(suite) => suite.common.hash_provider,
            };
            (hash.algorithm() == algorithm).then(|| hash.hash(certificate).as_ref().to_vec())
        })
    }
}

fn roots(roots: Option<&Roots>) -> Result<RootCertStore, String> {
    let mut store = RootCertStore::empty();
    match roots {
        None | Some(Roots::System) => {
            let found = rustls_native_certs::load_native_certs();
            let (added, _) = store.add_parsable_certificates(found.certs);
            if added == 0 {
                return Err(
                    "this system has no certificates to trust: name a file with `sslrootcert`"
                        .into(),
                );
            }
        }
        Some(Roots::File(path)) => {
            let wrong = |reason: &dyn std::fmt::Display| {
                format!("`sslrootcert` is `{}`: {reason}", path.display())
            };
            let certificates =
                CertificateDer::pem_file_iter(path).map_err(|error| wrong(&error))?;
            for certificate in certificates {
                let certificate = certificate.map_err(|error| wrong(&error))?;
                store.add(certificate).map_err(|error| wrong(&error))?;
            }
            if store.is_empty() {
                return Err(wrong(&"it holds no certificate in PEM form"));
            }
        }
    }
    Ok(store)
}

/// Checks as much of a certificate as the mode asks for.
#[derive(Debug)]
struct Verifier {
    provider: Arc<CryptoProvider>,
    /// Checks who signed it, and the name; without, anyone's certificate will do.
    chain: Option<Arc<WebPkiServerVerifier>>,
    /// Whether the name counts.
    name: bool,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(chain) = &self.chain else { return Ok(ServerCertVerified::assertion()) };
        match chain.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now) {
            // The name is looked at after everything else.
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if !self.name => Ok(ServerCertVerified::assertion()),
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// The hash in the signature algorithm of a certificate, with SHA-256 for the broken ones
/// (RFC 5929, section 4.1). `None` where it is not known, or is none of ours: then there is no
/// binding.
fn signature_hash(certificate: &[u8]) -> Option<HashAlgorithm> {
    // Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm SEQUENCE { OID, … }, … }
    let (certificate, _) = element(certificate)?;
    let (_, rest) = element(certificate)?;
    let (algorithm, _) = element(rest)?;
    let (oid, _) = element(algorithm)?;
    match oid {
        // sha256WithRSAEncryption, ecdsa-with-SHA256; MD5 and SHA-1 with RSA.
        b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b"
        | b"\x2a\x86\x48\xce\x3d\x04\x03\x02"
        | b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x04"
        | b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05" => Some(HashAlgorithm::SHA256),
        // sha384WithRSAEncryption, ecdsa-with-SHA384.
        b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c" | b"\x2a\x86\x48\xce\x3d\x04\x03\x03" => {
            Some(HashAlgorithm::SHA384)
        }
        _ => None,
    }
}

/// The content of a DER element, and what follows it.
fn element(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (_tag, rest) = der.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(*first), rest),
        0x81..=0x84 => {
            let (length, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (length.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)), rest)
        }
        _ => return None,
    };
    rest.split_at_checked(length)
}
