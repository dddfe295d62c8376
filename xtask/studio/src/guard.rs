//! Who is answered at all. Any page in any tab can send requests to this machine, so each request has to prove that it comes from our own page.
//!
//! `Host` and `Origin` are each compared with a fixed list, and never with each other: a name that is rebound to 127.0.0.1 controls both. There are no
//! CORS headers, no cookies (all ports of a host share those) and no WebSocket (which no preflight protects).

use std::net::SocketAddr;

use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderName, HeaderValue, ORIGIN};
use hyper::http::request::Parts;
use hyper::{HeaderMap, Method, StatusCode};

use crate::api::{self, Handler};
use crate::assets::Asset;
use crate::token::Token;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// What a request must match.
#[derive(Debug)]
pub(crate) struct Guard {
    hosts: [String; 2],
    token: Token,
}

/// What a request that passed asks for.
pub(crate) enum Admitted {
    /// A file of the page.
    Asset(&'static Asset),
    /// A call of the API.
    Call(Handler),
}

/// Why a request is not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) reason: &'static str,
    /// The methods that would be.
    pub(crate) allow: Option<&'static str>,
}

const fn refusal(status: StatusCode, reason: &'static str) -> Refusal {
    Refusal {
        status,
        reason,
        allow: None,
    }
}

const fn wrong_method(allow: &'static str) -> Refusal {
    Refusal {
        allow: Some(allow),
        ..refusal(
            StatusCode::METHOD_NOT_ALLOWED,
            "this method is not answered here",
        )
    }
}

const FOREIGN_HOST: Refusal = refusal(
    StatusCode::MISDIRECTED_REQUEST,
    "this server is called 127.0.0.1 or localhost, with its port",
);
const FOREIGN_ORIGIN: Refusal = refusal(
    StatusCode::FORBIDDEN,
    "only the page of this server is answered",
);
const NO_TOKEN: Refusal = refusal(
    StatusCode::UNAUTHORIZED,
    "open the address that `db studio` printed: it holds the secret of this run",
);
const NOT_JSON: Refusal = refusal(
    StatusCode::UNSUPPORTED_MEDIA_TYPE,
    "a call is JSON: `Content-Type: application/json`",
);
const NOT_FOUND: Refusal = refusal(StatusCode::NOT_FOUND, "there is nothing here");

impl Guard {
    /// For a server that listens there.
    pub(crate) fn new(address: SocketAddr, token: Token) -> Self {
        let port = address.port();
        Self {
            hosts: [format!("127.0.0.1:{port}"), format!("localhost:{port}")],
            token,
        }
    }

    /// What is asked for, if it may be answered.
    pub(crate) fn admit(&self, head: &Parts) -> Result<Admitted, Refusal> {
        self.check_host(head)?;
        if head.method == Method::OPTIONS {
            // A preflight is sent by foreign pages only.
            return Err(FOREIGN_ORIGIN);
        }
        let origin = self.has_origin(&head.headers)?;
        let site = single(&head.headers, &SEC_FETCH_SITE).map_err(|()| FOREIGN_ORIGIN)?;
        let is_ours = matches!(site, None | Some(b"same-origin"));
        let path = head.uri.path();
        let Some(name) = path.strip_prefix("/api/") else {
            // What is typed or clicked in a terminal comes from no site.
            if !is_ours && site != Some(b"none") {
                return Err(FOREIGN_ORIGIN);
            }
            return match head.method {
                Method::GET | Method::HEAD => Asset::at(path).map(Admitted::Asset).ok_or(NOT_FOUND),
                _ => Err(wrong_method("GET, HEAD")),
            };
        };
        if head.method != Method::POST {
            return Err(wrong_method("POST"));
        }
        if !origin || !is_ours {
            return Err(FOREIGN_ORIGIN);
        }
        match single(&head.headers, &AUTHORIZATION) {
            Ok(Some(sent)) if self.token.is_in(sent) => {}
            _ => return Err(NO_TOKEN),
        }
        match single(&head.headers, &CONTENT_TYPE) {
            Ok(Some(sent)) if is_json(sent) => {}
            _ => return Err(NOT_JSON),
        }
        api::handler(name).map(Admitted::Call).ok_or(NOT_FOUND)
    }

    fn check_host(&self, head: &Parts) -> Result<(), Refusal> {
        let is_ours = |name: &[u8]| self.hosts.iter().any(|host| host.as_bytes() == name);
        // In `GET http://name/ HTTP/1.1` the target counts, and the header is ignored.
        let target = head.uri.authority();
        match single(&head.headers, &HOST) {
            Ok(Some(host)) if is_ours(host) => {}
            _ => return Err(FOREIGN_HOST),
        }
        match target {
            Some(target) if !is_ours(target.as_str().as_bytes()) => Err(FOREIGN_HOST),
            _ => Ok(()),
        }
    }

    /// Whether there is one; it is ours.
    fn has_origin(&self, headers: &HeaderMap) -> Result<bool, Refusal> {
        let Some(origin) = single(headers, &ORIGIN).map_err(|()| FOREIGN_ORIGIN)? else {
            return Ok(false);
        };
        let host = origin.strip_prefix(b"http://").ok_or(FOREIGN_ORIGIN)?;
        if self.hosts.iter().any(|own| own.as_bytes() == host) {
            Ok(true)
        } else {
            Err(FOREIGN_ORIGIN)
        }
    }
}

/// The value of a header that may stand once.
fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a [u8]>, ()> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (value, None) => Ok(value.map(HeaderValue::as_bytes)),
        _ => Err(()),
    }
}

fn is_json(content_type: &[u8]) -> bool {
    let essence = content_type.split(|byte| *byte == b';').next();
    essence.is_some_and(|essence| {
        essence
            .trim_ascii()
            .eq_ignore_ascii_case(b"application/json")
    })
}
