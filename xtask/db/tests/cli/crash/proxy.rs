//! Stands between one run and its server, and holds the run up at a chosen request.
//!
//! A request is what the server answers with one `ReadyForQuery` (PostgreSQL manual, 55.2): a simple query, or all messages up to a `Sync`.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicI32, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, mpsc};
use std::thread;
use std::time::Duration;

/// Where a run is held up; requests are counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    /// The server has answered all before it, and does not have this one.
    Before(usize),
    /// The server has had it for so long, and may still be at work; the run does not get the answer.
    During(usize, Duration),
    /// The server has answered it, and the run does not have the answer.
    After(usize),
}

/// What becomes of the request or answer that was held up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    PassedOn,
    /// Together with the connection.
    Lost,
}

pub(crate) struct Proxy {
    port: u16,
    shared: Arc<Shared>,
    reached: mpsc::Receiver<()>,
}

struct Shared {
    moment: Option<Moment>,
    reached: mpsc::Sender<()>,
    then: Mutex<Option<Then>>,
    decided: Condvar,
    requests: AtomicUsize,
    backend: AtomicI32,
}

impl Proxy {
    /// For the next connection to the server on this port.
    pub(crate) fn new(server: u16, moment: Option<Moment>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let (sender, reached) = mpsc::channel();
        let shared = Arc::new(Shared {
            moment,
            reached: sender,
            then: Mutex::new(None),
            decided: Condvar::new(),
            requests: AtomicUsize::new(0),
            backend: AtomicI32::new(0),
        });
        let for_connection = Arc::clone(&shared);
        thread::spawn(move || {
            let (client, _) = listener.accept().expect("a run connects");
            drop(listener);
            let server = TcpStream::connect(("127.0.0.1", server)).expect("the server runs");
            for stream in [&client, &server] {
                stream.set_nodelay(true).expect("a TCP option");
            }
            let clone = |stream: &TcpStream| stream.try_clone().expect("another handle");
            let (requests_from, requests_to) = (clone(&client), clone(&server));
            let for_requests = Arc::clone(&for_connection);
            thread::spawn(move || for_requests.pass_requests(requests_from, requests_to));
            for_connection.pass_answers(server, client);
        });
        Self {
            port,
            shared,
            reached,
        }
    }

    /// The URL that leads here in place of the server's.
    pub(crate) fn url(&self, url: &str) -> String {
        let (address, database) = url.rsplit_once('/').expect("a database");
        let (before, _) = address.rsplit_once(':').expect("a port");
        format!("{before}:{}/{database}?sslmode=disable", self.port)
    }

    /// How many requests there have been.
    pub(crate) fn requests(&self) -> usize {
        self.shared.requests.load(Ordering::SeqCst)
    }

    /// The process that serves the run.
    pub(crate) fn backend(&self) -> i32 {
        self.shared.backend.load(Ordering::SeqCst)
    }

    /// Waits until the run is held up.
    pub(crate) fn wait(&self) {
        let reached = self.reached.recv_timeout(Duration::from_mins(1));
        reached.unwrap_or_else(|_| panic!("the run never came to {:?}", self.shared.moment));
    }

    /// Lets the run go on.
    pub(crate) fn end(&self, then: Then) {
        *self.shared.then.lock().expect("no panic") = Some(then);
        self.shared.decided.notify_all();
    }
}

impl Shared {
    fn is(&self, moment: Moment) -> bool {
        self.moment == Some(moment)
    }

    fn reach(&self) {
        // The test may have failed already.
        let _ = self.reached.send(());
    }

    fn wait_for_the_end(&self) -> Then {
        let then = self.then.lock().expect("no panic");
        let waited = self.decided.wait_while(then, |then| then.is_none());
        waited.expect("no panic").expect("it was waited for")
    }

    fn pass_requests(&self, mut client: TcpStream, mut server: TcpStream) {
        let _ = self.try_pass_requests(&mut client, &mut server);
        let _ = server.shutdown(Shutdown::Write);
    }

    fn try_pass_requests(&self, client: &mut TcpStream, server: &mut TcpStream) -> io::Result<()> {
        // The first message alone has no type.
        server.write_all(&read_message(client, 0)?)?;
        let mut request = Vec::new();
        loop {
            let message = read_message(client, 1)?;
            let kind = message[0];
            request.extend(message);
            match kind {
                b'Q' | b'S' => {
                    let number = self.requests.fetch_add(1, Ordering::SeqCst);
                    if self.is(Moment::Before(number)) {
                        self.reach();
                        if self.wait_for_the_end() == Then::Lost {
                            return Ok(());
                        }
                    }
                    server.write_all(&std::mem::take(&mut request))?;
                    if let Some(Moment::During(held, time)) = self.moment
                        && held == number
                    {
                        thread::sleep(time);
                        self.reach();
                    }
                }
                // Authentication and farewell.
                b'p' | b'X' => server.write_all(&std::mem::take(&mut request))?,
                _ => {}
            }
        }
    }

    fn pass_answers(&self, mut server: TcpStream, mut client: TcpStream) {
        let _ = self.try_pass_answers(&mut server, &mut client);
        for stream in [&server, &client] {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    fn try_pass_answers(&self, server: &mut TcpStream, client: &mut TcpStream) -> io::Result<()> {
        let mut answer = Vec::new();
        let mut answered: Option<usize> = None;
        let mut is_connected = false;
        loop {
            let Ok(message) = read_message(server, 1) else {
                return client.write_all(&answer);
            };
            let kind = message[0];
            if kind == b'K' {
                let pid = message[5..9].try_into().expect("four bytes");
                self.backend
                    .store(i32::from_be_bytes(pid), Ordering::SeqCst);
            }
            answer.extend(message);
            if kind == b'Z' && is_connected {
                let number = answered.map_or(0, |number| number + 1);
                answered = Some(number);
                if self.is(Moment::After(number)) {
                    self.reach();
                }
                let is_held = matches!(self.moment, Some(Moment::During(held, _) | Moment::After(held)) if held == number);
                if is_held && self.wait_for_the_end() == Then::Lost {
                    return Ok(());
                }
            }
            is_connected |= kind == b'Z';
            if kind == b'Z' || !is_connected {
                client.write_all(&std::mem::take(&mut answer))?;
            }
        }
    }
}

/// A message with its head: `type_length` bytes, and four that give the length of themselves and the rest.
fn read_message(stream: &mut TcpStream, type_length: usize) -> io::Result<Vec<u8>> {
    let mut message = vec![0; type_length + 4];
    stream.read_exact(&mut message)?;
    let length = message[type_length..].try_into().expect("four bytes");
    let end = type_length + u32::from_be_bytes(length) as usize;
    let head = message.len();
    message.resize(end, 0);
    stream.read_exact(&mut message[head..])?;
    Ok(message)
}
