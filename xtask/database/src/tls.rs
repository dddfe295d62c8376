//! From a URL's `sslmode` and `sslrootcert` to TLS for the driver (PostgreSQL manual, 34.19.1).

use std::convert::Infallible;
use std::env;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::pin::Pin;

use native_tls::Certificate;
use postgres::Socket;
use postgres::config::SslMode as DriverMode;
use postgres::tls::{MakeTlsConnect, TlsConnect};
use postgres_native_tls::{TlsConnector, TlsStream};

use crate::connect::{CertificateProblem, ConnectProblem};
use crate::url::{ConnectionUrl, RootCertificate, SslMode};

/// Where libpq looks for authorities when `sslrootcert` names none, below the user's home.
const DEFAULT_ROOT_CERTIFICATE: &str = if cfg!(windows) {
    "AppData/Roaming/postgresql/root.crt"
} else {
    ".postgresql/root.crt"
};

/// The driver's modes to try in turn: it knows neither `allow` nor the retry without TLS that makes up the other half of `prefer`.
pub(crate) fn attempts(mode: SslMode) -> &'static [DriverMode] {
    match mode {
        SslMode::Disable => &[DriverMode::Disable],
        SslMode::Allow => &[DriverMode::Disable, DriverMode::Require],
        SslMode::Prefer => &[DriverMode::Prefer, DriverMode::Disable],
        SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull => &[DriverMode::Require],
    }
}

/// The authorities that are named for a URL: by its `sslrootcert`, or by libpq's default file, if there is one.
pub(crate) fn root_certificate(url: &ConnectionUrl) -> Option<RootCertificate> {
    url.ssl_root_certificate.clone().or_else(|| {
        let path = env::home_dir()?.join(DEFAULT_ROOT_CERTIFICATE);
        path.exists().then_some(RootCertificate::File(path))
    })
}

/// Whether the server's certificate has to be signed by an authority. As in libpq: where some are named, even `prefer` holds it against them.
pub(crate) fn verifies(url: &ConnectionUrl) -> bool {
    match url.ssl_mode() {
        SslMode::Disable => false,
        SslMode::Allow | SslMode::Prefer | SslMode::Require => root_certificate(url).is_some(),
        SslMode::VerifyCa | SslMode::VerifyFull => true,
    }
}

/// TLS that verifies as much of the certificate as the URL asks for.
///
/// The connector is made when the server has agreed to TLS: it reads all certificates of the system, which takes longer than everything else
/// about a local connection, and most local servers have no TLS.
#[derive(Clone)]
pub(crate) struct Tls {
    verify_chain: bool,
    verify_host: bool,
    /// The only ones to trust; none for the system's.
    authorities: Option<Vec<Certificate>>,
}

/// TLS with one host.
pub(crate) struct TlsWith {
    tls: Tls,
    host: String,
}

type BoxError = Box<dyn Error + Send + Sync>;

impl Tls {
    pub(crate) fn new(url: &ConnectionUrl) -> Result<Self, ConnectProblem> {
        let verify_chain = verifies(url);
        let authorities = match root_certificate(url) {
            Some(RootCertificate::File(path)) if verify_chain => Some(read_authorities(&path)?),
            _ => None,
        };
        Ok(Self {
            verify_chain,
            verify_host: url.ssl_mode() == SslMode::VerifyFull,
            authorities,
        })
    }

    fn connector(&self) -> Result<native_tls::TlsConnector, native_tls::Error> {
        let mut builder = native_tls::TlsConnector::builder();
        builder
            .danger_accept_invalid_certs(!self.verify_chain)
            .danger_accept_invalid_hostnames(!self.verify_host);
        if let Some(authorities) = &self.authorities {
            builder.disable_built_in_roots(true);
            for certificate in authorities {
                builder.add_root_certificate(certificate.clone());
            }
        }
        builder.build()
    }
}

fn read_authorities(path: &Path) -> Result<Vec<Certificate>, ConnectProblem> {
    let unusable = |reason: String| ConnectProblem::RootCertificate {
        path: path.to_owned(),
        reason,
    };
    let pem = fs::read(path).map_err(|error| unusable(error.to_string()))?;
    match Certificate::stack_from_pem(&pem) {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        Ok(_) => Err(unusable("it holds no PEM certificate".to_owned())),
        Err(_) => Err(unusable("a certificate in it is malformed".to_owned())),
    }
}

/// What a failed handshake was about. The library tells it in words only: OpenSSL's, of X509_verify_cert_error_string(3), which 1.1 and 3 write a little differently.
pub(crate) fn handshake_problem(reason: String) -> ConnectProblem {
    use CertificateProblem as Problem;
    if reason == "server does not support TLS" {
        return ConnectProblem::NoTls;
    }
    let verdict = reason
        .split_once("certificate verify failed")
        .and_then(|(_, after)| after.rsplit_once('(')?.1.strip_suffix(')'));
    let Some(verdict) = verdict else {
        return ConnectProblem::Tls(reason);
    };
    ConnectProblem::Certificate(
        match verdict.replace('-', " ").to_ascii_lowercase().as_str() {
            "certificate has expired" => Problem::Expired,
            "certificate is not yet valid" => Problem::NotYetValid,
            "hostname mismatch" | "ip address mismatch" => Problem::OtherHost,
            "self signed certificate" => Problem::SelfSigned,
            "self signed certificate in certificate chain"
            | "unable to get issuer certificate"
            | "unable to get local issuer certificate"
            | "unable to verify the first certificate" => Problem::UnknownAuthority,
            _ => Problem::Other(verdict.to_owned()),
        },
    )
}

impl MakeTlsConnect<Socket> for Tls {
    type Stream = TlsStream<Socket>;
    type TlsConnect = TlsWith;
    type Error = Infallible;

    fn make_tls_connect(&mut self, host: &str) -> Result<TlsWith, Infallible> {
        Ok(TlsWith {
            tls: self.clone(),
            host: host.to_owned(),
        })
    }
}

impl TlsConnect<Socket> for TlsWith {
    type Stream = TlsStream<Socket>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Stream, BoxError>> + Send>>;

    fn connect(self, socket: Socket) -> Self::Future {
        Box::pin(async move {
            let connector = TlsConnector::new(self.tls.connector()?, &self.host);
            Ok(connector.connect(socket).await?)
        })
    }
}
