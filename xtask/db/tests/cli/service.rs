//! Programs that listen where PostgreSQL is expected, each on a port of its own until the tests end.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

#[derive(Clone, Copy)]
pub(crate) enum Service {
    /// Says nothing, ever.
    Silent,
    /// Its queue of connections is full.
    Full,
    /// Refuses what is no request.
    Http,
    /// Speaks TLS only: answers with its alert.
    Https,
    /// Speaks first.
    Greets(&'static [u8]),
    /// Answers whatever comes.
    Answers(&'static [u8]),
    /// Closes the connection at the first word.
    HangsUp,
}

const BAD_REQUEST: &[u8] =
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n400 Bad Request";
/// Fatal, record overflow or unexpected message, in TLS 1.0's record.
const ALERT: &[u8] = b"\x15\x03\x01\x00\x02\x02\x0a";

/// Its port.
pub(crate) fn start(service: Service) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    if matches!(service, Service::Full) {
        fill_queue(port);
        std::mem::forget(listener);
        return port;
    }
    thread::spawn(move || {
        let mut kept = Vec::new();
        for stream in listener.incoming().map_while(Result::ok) {
            kept.extend(serve(service, stream));
        }
    });
    port
}

fn serve(service: Service, mut stream: TcpStream) -> Option<TcpStream> {
    let mut request = [0; 1024];
    let _ = stream.set_read_timeout(Some(Duration::from_secs(20)));
    match service {
        Service::Silent | Service::Full => return Some(stream),
        Service::HangsUp => {
            let _ = stream.read(&mut request);
        }
        Service::Greets(text) => {
            let _ = stream.write_all(text);
            return Some(stream);
        }
        Service::Http => {
            let _ = stream.read(&mut request);
            let _ = stream.write_all(BAD_REQUEST);
        }
        Service::Https => {
            let _ = stream.read(&mut request);
            let _ = stream.write_all(ALERT);
        }
        Service::Answers(text) => {
            let _ = stream.read(&mut request);
            let _ = stream.write_all(text);
            return Some(stream);
        }
    }
    None
}

/// The system queues a few thousand connections at most that nobody accepts.
fn fill_queue(port: u16) {
    let mut queued = Vec::new();
    while let Ok(stream) =
        TcpStream::connect_timeout(&([127, 0, 0, 1], port).into(), Duration::from_millis(100))
    {
        queued.push(stream);
    }
    std::mem::forget(queued);
}
