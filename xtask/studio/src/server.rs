//! The asynchronous edge: sockets, HTTP/1.1 and its limits. Everything behind it is plain functions on threads that may block.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::{Body as _, Bytes, Incoming};
use hyper::header::{
    ALLOW, CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderName, HeaderValue, IF_NONE_MATCH,
};
use hyper::http::request::Parts;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::api::{self, Handler};
use crate::assets::Asset;
use crate::body::Body;
use crate::error::ApiError;
use crate::guard::{Admitted, Guard, Refusal};
use crate::studio::{Call, Options, Studio};
use crate::token::Token;
use crate::work::{Abandonment, Work};

/// How many connections there are at once; a browser opens six.
const CONNECTIONS: usize = 16;
/// How long a client may take for the head of a request, and between two requests.
const HEAD_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a client may take for the body of a request.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);
/// How long the body of a request may be.
const BODY_LIMIT: usize = 8 << 20;
/// As far as this a longer one is read and thrown away, so that the client gets to hear why it is refused.
const READ_LIMIT: usize = 4 * BODY_LIMIT;
/// How long the head of a request may be.
const HEAD_LIMIT: usize = 32 << 10;
/// How long what is under way may take when the server stops.
const PATIENCE: Duration = Duration::from_secs(2);
/// How many ports above one that is taken are tried.
const NEXT_PORTS: u16 = 100;

/// On every response. Nothing is loaded from elsewhere, nothing of it is shown in a frame, and no address leaves in a `Referer`.
const HEADERS: [(&str, &str); 5] = [
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];

/// A studio that listens on 127.0.0.1.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    token: Token,
    stop: Stop,
    studio: Arc<Studio>,
}

/// Ends a running server, from any thread.
#[derive(Clone, Debug, Default)]
pub struct Stop(CancellationToken);

impl Stop {
    /// Now: no new connection is taken, and what is under way gets two seconds.
    pub fn stop(&self) {
        self.0.cancel();
    }
}

impl Server {
    /// Listens on a port of 127.0.0.1, or on the next free one; 0 is any.
    ///
    /// # Errors
    /// When no port is free, or the system has no random bytes.
    pub fn bind(port: u16, options: Options) -> io::Result<Self> {
        let listener = listen(port)?;
        listener.set_nonblocking(true)?;
        Ok(Self {
            address: listener.local_addr()?,
            listener,
            token: Token::random().map_err(io::Error::other)?,
            stop: Stop::default(),
            studio: Arc::new(Studio::new(options)),
        })
    }

    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// What to open in a browser. Behind the `#` is the secret, which a browser sends to no server.
    #[must_use]
    pub fn address(&self) -> String {
        format!("http://{}/#t={}", self.address, self.token.reveal())
    }

    /// What stops it.
    #[must_use]
    pub fn stop(&self) -> Stop {
        self.stop.clone()
    }

    /// Answers until it is stopped. Statements that run then are cancelled.
    ///
    /// # Errors
    /// When the system gives no socket or thread.
    pub fn run(self) -> io::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .enable_time()
            // Cancelled work has to end before its thread is free.
            .max_blocking_threads(2 * CONNECTIONS)
            .build()?;
        // As it connects, the driver disconnects where it may block only: the connections end when this goes, which is last.
        let _studio = Arc::clone(&self.studio);
        let served = runtime.block_on(self.serve());
        runtime.shutdown_timeout(PATIENCE);
        served
    }

    async fn serve(self) -> io::Result<()> {
        let guard = Arc::new(Guard::new(self.address, self.token));
        let listener = tokio::net::TcpListener::from_std(self.listener)?;
        let places = Arc::new(Semaphore::new(CONNECTIONS));
        let stop = self.stop.0;
        let accept = async || {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        while let Some((place, accepted)) = stop.run_until_cancelled(accept()).await {
            match (place, accepted) {
                (Ok(place), Ok((stream, _))) => {
                    let connection = Connection {
                        guard: Arc::clone(&guard),
                        studio: Arc::clone(&self.studio),
                    };
                    tokio::spawn(connection.serve(stream, stop.clone(), place));
                }
                // The client has gone already, or there are no files left for now.
                _ => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
        drop(listener);
        let all = u32::try_from(CONNECTIONS).unwrap_or(u32::MAX);
        let _ = timeout(PATIENCE, places.acquire_many(all)).await;
        Ok(())
    }
}

fn listen(port: u16) -> io::Result<TcpListener> {
    let on = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port));
    let mut result = on(port);
    for next in (port..).skip(1).take(NEXT_PORTS.into()) {
        match result {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => result = on(next),
            done => return done,
        }
    }
    result
}

#[derive(Clone)]
struct Connection {
    guard: Arc<Guard>,
    studio: Arc<Studio>,
}

impl Connection {
    async fn serve(self, stream: TcpStream, stop: CancellationToken, place: OwnedSemaphorePermit) {
        // Without it only small answers wait.
        let _ = stream.set_nodelay(true);
        let service = service_fn(move |request| {
            let connection = self.clone();
            async move { Ok::<_, Infallible>(connection.answer(request).await) }
        });
        // The limit on the head panics without a timer.
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIMEOUT)
            .max_buf_size(HEAD_LIMIT)
            .serve_connection(TokioIo::new(stream), service);
        let mut connection = pin!(connection);
        // A client that breaks off is no error of ours.
        if stop
            .run_until_cancelled(connection.as_mut())
            .await
            .is_none()
        {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
        drop(place);
    }

    async fn answer(&self, request: Request<Incoming>) -> Response<Body> {
        let (head, body) = request.into_parts();
        let mut response = match self.guard.admit(&head) {
            Err(refusal) => refused(refusal),
            Ok(Admitted::Asset(asset)) => file(asset, &head),
            Ok(Admitted::Call(handler)) => match read(body).await {
                Ok(body) => self.call(handler, body).await,
                Err(error) => api::failure(&error),
            },
        };
        let headers = response.headers_mut();
        for (name, value) in HEADERS {
            headers.insert(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            );
        }
        headers
            .entry(CACHE_CONTROL)
            .or_insert(HeaderValue::from_static("no-store"));
        response
    }

    async fn call(&self, handler: Handler, body: Bytes) -> Response<Body> {
        let work = Work::default();
        let abandonment = Abandonment::of(&work);
        let studio = Arc::clone(&self.studio);
        let called = spawn_blocking(move || {
            let call = Call {
                studio: &studio,
                work: &work,
            };
            handler(&call, &body)
        });
        let answered = called.await;
        abandonment.disarm();
        match answered {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => api::failure(&error),
            Err(_) => api::failure(&ApiError::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "this is a bug: the handler panicked",
            )),
        }
    }
}

/// The whole body.
async fn read(mut body: Incoming) -> Result<Bytes, ApiError> {
    let too_large = || ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "a call is 8 MiB at most");
    if body.size_hint().lower() > READ_LIMIT as u64 {
        return Err(too_large());
    }
    let broken = |reason: &str| ApiError::new(StatusCode::BAD_REQUEST, reason);
    let reading = async {
        let mut read = Vec::new();
        let mut length = 0;
        while let Some(frame) =
            std::future::poll_fn(|context| pin!(&mut body).poll_frame(context)).await
        {
            let frame = frame.map_err(|error| broken(&error.to_string()))?;
            let Ok(data) = frame.into_data() else {
                continue;
            };
            length += data.len();
            if length > READ_LIMIT {
                break;
            }
            if length <= BODY_LIMIT {
                read.extend_from_slice(&data);
            }
        }
        if length > BODY_LIMIT {
            return Err(too_large());
        }
        Ok(Bytes::from(read))
    };
    timeout(BODY_TIMEOUT, reading).await.unwrap_or_else(|_| {
        Err(ApiError::new(
            StatusCode::REQUEST_TIMEOUT,
            "the body is late",
        ))
    })
}

fn file(asset: &Asset, head: &Parts) -> Response<Body> {
    let etag = asset.etag();
    let is_known = head
        .headers
        .get(IF_NONE_MATCH)
        .is_some_and(|known| known.as_bytes() == etag.as_bytes());
    let body = if is_known || head.method == Method::HEAD {
        Body::whole(Bytes::new())
    } else {
        Body::whole(asset.bytes)
    };
    let mut response = Response::new(body);
    if is_known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(asset.mime));
    // Another version of this program, or another program, may listen on this port tomorrow.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Ok(etag) = HeaderValue::try_from(etag) {
        headers.insert(ETAG, etag);
    }
    response
}

fn refused(refusal: Refusal) -> Response<Body> {
    let mut response = api::failure(&ApiError::new(refusal.status, refusal.reason));
    if let Some(methods) = refusal.allow {
        response
            .headers_mut()
            .insert(ALLOW, HeaderValue::from_static(methods));
    }
    response
}
