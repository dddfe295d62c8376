//! From a URL's `sslmode` and `sslrootcert` to TLS for the driver (PostgreSQL manual, 34.19.1).

use std::convert::Infallible;
use std::error::Error;
use std::fs;
use std::pin::Pin;

use native_tls::Certificate;
use postgres::Socket;
use postgres::config::SslMode as DriverMode;
use postgres::tls::{MakeTlsConnect, TlsConnect};
use postgres_native_tls::{TlsConnector, TlsStream};

use crate::url::{ConnectionUrl, RootCertificate, SslMode};

/// The driver's modes to try in turn: it knows neither `allow` nor the retry without TLS that makes up the other half of `prefer`.
pub(crate) fn attempts(mode: SslMode) -> &'static [DriverMode] {
    match mode {
        SslMode::Disable => &[DriverMode::Disable],
        SslMode::Allow => &[DriverMode::Disable, DriverMode::Require],
        SslMode::Prefer => &[DriverMode::Prefer, DriverMode::Disable],
        SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull => &[DriverMode::Require],
    }
}

/// TLS that verifies as much of the certificate as the URL asks for.
///
/// The connector is made when the server has agreed to TLS: it reads all certificates of the system, which takes longer than everything else
/// about a local connection, and most local servers have no TLS.
#[derive(Clone)]
pub(crate) struct Tls {
    mode: SslMode,
    root_certificate: Option<RootCertificate>,
}

/// TLS with one host.
pub(crate) struct TlsWith {
    tls: Tls,
    host: String,
}

type BoxError = Box<dyn Error + Send + Sync>;

impl Tls {
    pub(crate) fn new(url: &ConnectionUrl) -> Self {
        Self {
            mode: url.ssl_mode(),
            root_certificate: url.ssl_root_certificate.clone(),
        }
    }

    fn connector(&self) -> Result<native_tls::TlsConnector, BoxError> {
        // As in libpq: where authorities are named, even `prefer` holds the certificate against them.
        let verify_chain = matches!(self.mode, SslMode::VerifyCa | SslMode::VerifyFull)
            || self.root_certificate.is_some();
        let mut builder = native_tls::TlsConnector::builder();
        builder
            .danger_accept_invalid_certs(!verify_chain)
            .danger_accept_invalid_hostnames(self.mode != SslMode::VerifyFull);
        if let Some(RootCertificate::File(path)) = &self.root_certificate {
            let explain = |error: &dyn Error| format!("sslrootcert={}: {error}", path.display());
            let pem = fs::read(path).map_err(|error| explain(&error))?;
            let certificates =
                Certificate::stack_from_pem(&pem).map_err(|error| explain(&error))?;
            if certificates.is_empty() {
                let path = path.display();
                return Err(format!("sslrootcert={path}: it holds no PEM certificate").into());
            }
            builder.disable_built_in_roots(true);
            for certificate in certificates {
                builder.add_root_certificate(certificate);
            }
        }
        Ok(builder.build()?)
    }
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
