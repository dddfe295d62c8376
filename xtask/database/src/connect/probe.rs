//! What listens where PostgreSQL is expected.
//!
//! The driver takes any answer to its first message for the beginning of one of PostgreSQL's, whose length it then waits for. So a port that keeps
//! it waiting, or that it cannot make sense of, is asked once more on a connection of its own, and the bytes of the answer are looked at.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::time::Duration;

use crate::url::{ConnectionUrl, Host};

/// `SSLRequest` (PostgreSQL manual, 55.7): every server answers it, with one byte or an `ErrorResponse`.
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];
/// Ends a request line: an HTTP server may say nothing before.
const END_OF_REQUEST: &[u8] = b"\r\n\r\n";
/// For each step: to connect, to answer the first message, to answer the second.
const PATIENCE: Duration = Duration::from_millis(500);

/// What the port answers, if that is nothing that PostgreSQL could answer; in words.
pub(super) fn foreign_answer(url: &ConnectionUrl) -> Option<String> {
    let mut stream = addresses(url)
        .iter()
        .find_map(|address| TcpStream::connect_timeout(address, PATIENCE).ok())?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    let mut answer = [0; 80];
    let length = [&SSL_REQUEST[..], END_OF_REQUEST]
        .into_iter()
        .find_map(|message| ask(&mut stream, message, &mut answer))?;
    describe(&answer[..length])
}

/// How long the answer is; `None` when there is none yet.
fn ask(stream: &mut TcpStream, message: &[u8], answer: &mut [u8]) -> Option<usize> {
    let result = stream.write_all(message).and_then(|()| stream.read(answer));
    match result {
        Ok(length) => Some(length),
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => None,
        // It was hung up.
        Err(_) => Some(0),
    }
}

fn addresses(url: &ConnectionUrl) -> Vec<SocketAddr> {
    match (&url.host, url.host_address) {
        (Host::Socket(_), _) => Vec::new(),
        (Host::Tcp(_), Some(address)) => vec![(address, url.port).into()],
        (Host::Tcp(host), None) => (host.as_str(), url.port)
            .to_socket_addrs()
            .map(Iterator::collect)
            .unwrap_or_default(),
    }
}

fn describe(answer: &[u8]) -> Option<String> {
    match answer {
        // An `ErrorResponse` has a length below 2^24. A server that ends just now answers nothing.
        [] | [b'S' | b'N' | b'E'] | [b'E', 0, ..] => None,
        [0x15, 3, ..] => Some("it speaks TLS from the first byte on, as HTTPS does".to_owned()),
        text => {
            // A binary greeting such as MySQL's has its words further on.
            let line = text
                .split(|byte| !matches!(byte, b' '..=b'~'))
                .find(|words| words.len() > 3)
                .unwrap_or_default();
            Some(format!(
                "it says `{}`",
                String::from_utf8_lossy(line).trim()
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::describe;

    #[test]
    fn postgres_answers_with_one_letter_or_an_error() {
        for answer in [&b""[..], b"S", b"N", b"E", b"E\0\0\0\x60SFATAL\0"] {
            assert_eq!(describe(answer), None);
        }
        for (answer, says) in [
            (
                &b"HTTP/1.1 400 Bad Request\r\nServer: x\r\n"[..],
                "it says `HTTP/1.1 400 Bad Request`",
            ),
            (
                b"SSH-2.0-OpenSSH_9.2p1\r\n",
                "it says `SSH-2.0-OpenSSH_9.2p1`",
            ),
            (
                b"-ERR unknown command\r\n",
                "it says `-ERR unknown command`",
            ),
            (b"\x15\x03\x01\0\x02\x02\x0a", "it speaks TLS"),
        ] {
            assert!(
                describe(answer).is_some_and(|text| text.starts_with(says)),
                "{says}"
            );
        }
    }
}
