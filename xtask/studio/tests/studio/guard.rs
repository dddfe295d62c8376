//! Who is answered, line by line of the contract (checks 38 to 40); each with the request that is, so that a server which refuses all would not pass.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::json;

use crate::studio::{Response, Studio};

const PATHS: [(&str, &str); 3] = [
    ("GET", "/"),
    ("GET", "/js/main.js"),
    ("POST", "/api/session"),
];

/// The request with a header put in the place of those of its name.
fn with(studio: &Studio, (method, path): (&str, &str), name: &str, values: &[&str]) -> Response {
    let mut headers = studio.headers();
    if method == "GET" {
        headers.retain(|(name, _)| name != "Origin" && name != "Sec-Fetch-Site");
    }
    headers.retain(|(known, _)| known != name);
    let added = values
        .iter()
        .map(|value| (name.to_owned(), (*value).to_owned()));
    headers.extend(added);
    let body: &[u8] = if method == "POST" { b"{}" } else { b"" };
    studio.send(method, path, &headers, body)
}

#[track_caller]
fn refused(status: u16, response: &Response, what: &str) {
    assert_eq!(response.status, status, "{what}: {response:?}");
    assert!(response.json()["error"]["message"].is_string(), "{what}");
}

#[test]
fn a_host_of_another_name_is_refused_everywhere() {
    let studio = Studio::new("host", "");
    let port = studio.port;
    for request in PATHS {
        for own in [format!("127.0.0.1:{port}"), format!("localhost:{port}")] {
            let response = with(&studio, request, "Host", &[&own]);
            assert_eq!(response.status, 200, "{request:?} {own}: {response:?}");
        }
        for foreign in [
            vec!["evil.test"],
            vec![],
            vec![""],
            vec!["127.0.0.1"],
            vec!["localhost"],
            vec!["127.0.0.1:1"],
            vec![&*format!("evil.test:{port}")],
            vec![&*format!("127.0.0.1.nip.io:{port}")],
            vec![&*format!("localhost.evil.test:{port}")],
            vec![&*format!("LOCALHOST:{port}")],
            vec![&*format!("127.0.0.1:0{port}")],
            vec![&*format!("user@127.0.0.1:{port}")],
            vec![&*format!("[::1]:{port}")],
            vec![&*format!("127.0.0.1:{port}"), &*format!("127.0.0.1:{port}")],
            vec![&*format!("127.0.0.1:{port}"), "evil.test"],
        ] {
            let response = with(&studio, request, "Host", &foreign);
            refused(421, &response, &format!("{request:?} {foreign:?}"));
        }
        // What a proxy is told counts before the header.
        let (method, path) = request;
        let target = format!("http://evil.test{path}");
        let response = studio.send(method, &target, &studio.headers(), b"");
        refused(421, &response, &target);
    }
    let old = format!("GET / HTTP/1.0\r\nX-Host: 127.0.0.1:{port}\r\n\r\n");
    refused(421, &studio.raw(old.as_bytes()), "HTTP/1.0 without a host");
}

#[test]
fn a_foreign_origin_is_refused_everywhere() {
    let studio = Studio::new("origin", "");
    let port = studio.port;
    for request in PATHS {
        for own in [
            format!("http://127.0.0.1:{port}"),
            format!("http://localhost:{port}"),
        ] {
            let response = with(&studio, request, "Origin", &[&own]);
            assert_eq!(response.status, 200, "{request:?} {own}: {response:?}");
        }
        for foreign in [
            vec!["http://evil.test"],
            vec!["null"],
            vec![""],
            vec!["http://127.0.0.1"],
            vec!["http://127.0.0.1:1"],
            vec![&*format!("http://localhost:{}", port ^ 1)],
            vec![&*format!("https://127.0.0.1:{port}")],
            vec![&*format!("http://127.0.0.1:{port}/")],
            vec![&*format!("http://127.0.0.1:{port}.evil.test")],
            vec![&*format!("http://evil.test:{port}")],
            vec![&*format!("http://127.0.0.1:{port}"), "http://evil.test"],
        ] {
            let response = with(&studio, request, "Origin", &foreign);
            refused(403, &response, &format!("{request:?} {foreign:?}"));
        }
        // Host and Origin of a name that was rebound agree with each other.
        let mut headers = studio.headers();
        for (name, value) in &mut headers {
            match name.as_str() {
                "Host" => *value = format!("evil.test:{port}"),
                "Origin" => *value = format!("http://evil.test:{port}"),
                _ => {}
            }
        }
        let response = studio.send(request.0, request.1, &headers, b"{}");
        refused(421, &response, "rebound");
    }
    // An asset may be asked for by nobody in particular, a call may not.
    let call = PATHS[2];
    refused(
        403,
        &with(&studio, call, "Origin", &[]),
        "a call without an origin",
    );
}

#[test]
fn another_site_is_refused() {
    let studio = Studio::new("site", "");
    for request in PATHS {
        for site in ["cross-site", "same-site", "", "x"] {
            let response = with(&studio, request, "Sec-Fetch-Site", &[site]);
            refused(403, &response, &format!("{request:?} {site}"));
        }
        let twice = ["same-origin", "cross-site"];
        refused(
            403,
            &with(&studio, request, "Sec-Fetch-Site", &twice),
            "twice",
        );
        let own = with(&studio, request, "Sec-Fetch-Site", &["same-origin"]);
        assert_eq!(own.status, 200);
        // The first navigation comes from no site.
        let none = with(&studio, request, "Sec-Fetch-Site", &["none"]);
        let expected = if request.0 == "GET" { 200 } else { 403 };
        assert_eq!(none.status, expected, "{request:?}");
    }
}

#[test]
fn a_preflight_gets_no_leave() {
    let studio = Studio::new("preflight", "");
    for path in ["/", "/api/session", "/api/nothing"] {
        for origin in [
            "http://evil.test".to_owned(),
            format!("http://{}", studio.host()),
        ] {
            let headers = [
                ("Host".to_owned(), studio.host()),
                ("Origin".to_owned(), origin),
                (
                    "Access-Control-Request-Method".to_owned(),
                    "POST".to_owned(),
                ),
                (
                    "Access-Control-Request-Headers".to_owned(),
                    "authorization, content-type".to_owned(),
                ),
                (
                    "Access-Control-Request-Private-Network".to_owned(),
                    "true".to_owned(),
                ),
            ];
            let response = studio.send("OPTIONS", path, &headers, b"");
            refused(403, &response, path);
            let leave = response.headers.iter().find(|(name, _)| {
                name.starts_with("access-control") || name == "allow" || name == "vary"
            });
            assert_eq!(leave, None, "{path}");
        }
    }
}

/// The names of all calls, as the server lists them.
fn calls() -> Vec<&'static str> {
    let (_, list) = include_str!("../../src/api.rs")
        .split_once("const HANDLERS")
        .unwrap();
    let (list, _) = list.split_once("];").unwrap();
    let names = list.split("(\"").skip(1);
    names.map(|rest| rest.split('"').next().unwrap()).collect()
}

#[test]
fn no_call_is_an_exception() {
    let studio = Studio::new("calls", "CREATE TABLE t (id int)");
    let calls = calls();
    assert!(calls.len() >= 19 && calls.contains(&"query"), "{calls:?}");
    for name in calls {
        let path = format!("/api/{name}");
        let call = ("POST", &*path);
        for method in ["GET", "HEAD", "PUT", "PATCH", "DELETE"] {
            let response = studio.send(method, &path, &studio.headers(), b"");
            assert_eq!(response.status, 405, "{method} {path}");
            // As an image or a link asks for it.
            let plain = [("Host".to_owned(), studio.host())];
            let response = studio.send(method, &path, &plain, b"");
            assert_eq!(response.status, 405, "{method} {path}");
        }
        for (status, header, values) in [
            (421, "Host", vec!["evil.test"]),
            (421, "Host", vec![]),
            (403, "Origin", vec!["http://evil.test"]),
            (403, "Origin", vec!["null"]),
            (403, "Origin", vec![]),
            (403, "Sec-Fetch-Site", vec!["cross-site"]),
            (401, "Authorization", vec![]),
            (401, "Authorization", vec!["Bearer 0"]),
            (415, "Content-Type", vec![]),
            (415, "Content-Type", vec!["text/plain"]),
        ] {
            let response = with(&studio, call, header, &values);
            refused(status, &response, &format!("{path} {header} {values:?}"));
        }
        // It is the call that is answered, or that finds something missing in `{}`.
        let response = with(&studio, call, "Accept", &["*/*"]);
        assert!(
            [200, 400, 422].contains(&response.status),
            "{path}: {response:?}"
        );
    }
}

#[test]
fn a_call_is_a_post_of_json() {
    let studio = Studio::new("method", "");
    for method in ["GET", "HEAD", "PUT", "PATCH", "DELETE", "TRACE", "QUERY"] {
        let response = studio.send(method, "/api/session", &studio.headers(), b"");
        assert_eq!(response.status, 405, "{method}");
        assert_eq!(response.header("allow"), Some("POST"), "{method}");
        let response = studio.send(method, "/api/rows?sql=SELECT%201", &studio.headers(), b"");
        assert_eq!(response.status, 405, "{method}");
    }
    let response = studio.send("POST", "/", &studio.headers(), b"{}");
    assert_eq!(
        (response.status, response.header("allow")),
        (405, Some("GET, HEAD"))
    );
    let call = PATHS[2];
    for wrong in [
        vec![],
        vec!["text/plain"],
        vec!["application/x-www-form-urlencoded"],
        vec!["multipart/form-data"],
        vec!["application/jsonp"],
        vec!["text/plain; application/json"],
        vec!["application/json", "text/plain"],
    ] {
        refused(
            415,
            &with(&studio, call, "Content-Type", &wrong),
            &format!("{wrong:?}"),
        );
    }
    for right in [
        "application/json",
        "application/json; charset=utf-8",
        "Application/JSON",
    ] {
        let response = with(&studio, call, "Content-Type", &[right]);
        assert_eq!(response.status, 200, "{right}");
    }
}

#[test]
fn a_call_has_the_token_of_this_run() {
    let studio = Studio::new("token", "");
    let other = Studio::new("token", "");
    assert_ne!(studio.token, other.token);
    assert_eq!(studio.token.len(), 64);
    let call = PATHS[2];
    let token = &studio.token;
    let right = format!("Bearer {token}");
    for wrong in [
        vec![],
        vec![""],
        vec!["Bearer "],
        vec![token],
        vec![&*format!("Basic {token}")],
        vec![&*format!("Bearer {}", &token[..63])],
        vec![&*format!("Bearer {token}0")],
        vec![&*format!("Bearer {}", other.token)],
        vec![&right, &right],
    ] {
        refused(
            401,
            &with(&studio, call, "Authorization", &wrong),
            &format!("{wrong:?}"),
        );
    }
    assert_eq!(with(&studio, call, "Authorization", &[&right]).status, 200);
    // Nor is it taken from elsewhere.
    for (path, cookie) in [
        (format!("/api/session?t={token}"), String::new()),
        ("/api/session".to_owned(), format!("t={token}")),
    ] {
        let mut headers = studio.headers();
        headers.retain(|(name, _)| name != "Authorization");
        headers.push(("Cookie".to_owned(), cookie));
        refused(401, &studio.send("POST", &path, &headers, b"{}"), &path);
    }
}

#[test]
fn every_response_has_the_headers_that_protect_the_page() {
    let studio = Studio::new("headers", "CREATE TABLE t (id int)");
    let call = PATHS[2];
    let script = with(&studio, PATHS[1], "Accept", &["*/*"]);
    let etag = script.header("etag").unwrap().to_owned();
    let responses = [
        with(&studio, PATHS[0], "Accept", &["*/*"]),
        with(&studio, PATHS[1], "Accept", &["*/*"]),
        with(&studio, ("GET", "/nothing"), "Accept", &["*/*"]),
        with(&studio, call, "Accept", &["*/*"]),
        with(&studio, ("POST", "/api/nothing"), "Accept", &["*/*"]),
        with(&studio, call, "Host", &["evil.test"]),
        with(&studio, call, "Origin", &["null"]),
        with(&studio, call, "Authorization", &[]),
        with(&studio, call, "Content-Type", &[]),
        studio.send("OPTIONS", "/", &studio.headers(), b""),
        studio.send("GET", "/api/session", &studio.headers(), b""),
        studio.send("POST", "/api/session", &studio.headers(), b"no JSON"),
        studio.post("export", &json!({ "id": studio.id("t"), "format": "csv" })),
        with(&studio, PATHS[1], "If-None-Match", &[&etag]),
    ];
    let statuses: Vec<_> = responses.iter().map(|response| response.status).collect();
    assert_eq!(
        statuses,
        [
            200, 200, 404, 200, 404, 421, 403, 401, 415, 403, 405, 400, 200, 304
        ]
    );
    for response in &responses {
        let policy = response.header("content-security-policy").unwrap();
        for rule in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "form-action 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ] {
            assert!(
                policy.split("; ").any(|part| part == rule),
                "{rule}: {policy}"
            );
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(response.header(name), Some(value), "{name}");
        }
        for (name, value) in &response.headers {
            assert!(!name.starts_with("access-control"), "{name}");
            assert!(name != "set-cookie", "{name}");
            assert!(!value.contains(&studio.token), "{name}");
        }
        assert!(!response.body.contains(&studio.token));
        let is_asset = response.header("etag").is_some();
        let cache = if is_asset { "no-cache" } else { "no-store" };
        assert_eq!(response.header("cache-control"), Some(cache));
    }
}

/// What cannot be read as a request has no answer that a browser could show.
#[test]
fn what_is_no_http_gets_nothing_but_a_status() {
    let studio = Studio::new("malformed", "");
    let host = studio.host();
    let long = "x".repeat(64 << 10);
    for request in [
        "nonsense\r\n\r\n".to_owned(),
        "GET /\r\n\r\n".to_owned(),
        format!("GET / HTTP/1.1\r\nHost {host}\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nHost: {host}\r\nX: {long}\r\n\r\n"),
        format!("GET /{long} HTTP/1.1\r\nHost: {host}\r\n\r\n"),
        format!(
            "POST / HTTP/1.1\r\nHost: {host}\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx"
        ),
        format!("POST / HTTP/1.1\r\nHost: {host}\r\nContent-Length: -1\r\n\r\n"),
    ] {
        let mut stream = studio.connect();
        // It may hang up before it has all.
        let _ = stream.write_all(request.as_bytes());
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer);
        let head: String = request.chars().take(60).collect();
        if !answer.is_empty() {
            let status = answer.split(' ').nth(1).unwrap_or_default();
            assert!(
                ["400", "414", "431"].contains(&status),
                "{head:?}: {answer}"
            );
            assert!(answer.ends_with("\r\n\r\n"), "{head:?}: {answer}");
        }
    }
    assert_eq!(with(&studio, PATHS[0], "Accept", &["*/*"]).status, 200);
}

#[test]
fn no_path_leads_out_of_the_page() {
    let studio = Studio::new("paths", "");
    for path in [
        "/..%2f",
        "/../Cargo.toml",
        "/js/../../Cargo.toml",
        "/js/..%2f..%2fsrc/lib.rs",
        "//etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/js",
        "/js/",
        "/index.html",
        "/api",
        "/API/session",
    ] {
        let response = with(&studio, ("GET", path), "Accept", &["*/*"]);
        refused(404, &response, path);
    }
}

/// Any address of this machine but the loopback's would let the network in; and Linux gives all of 127.0.0.0/8 to a socket that listens everywhere.
#[test]
fn it_listens_on_the_loopback_address_alone() {
    let studio = Studio::new("loopback", "");
    assert!(TcpStream::connect(("127.0.0.1", studio.port)).is_ok());
    assert!(TcpStream::connect(("127.0.0.2", studio.port)).is_err());
    assert!(TcpStream::connect(("::1", studio.port)).is_err());
    #[cfg(target_os = "linux")]
    {
        let listening = |table: &str| -> Vec<String> {
            let sockets = std::fs::read_to_string(table).unwrap();
            let sockets = sockets.lines().skip(1);
            let fields = sockets.map(|line| line.split_whitespace().collect::<Vec<_>>());
            let port = format!(":{:04X}", studio.port);
            // 0A is LISTEN.
            let ours = fields.filter(|fields| fields[1].ends_with(&port) && fields[3] == "0A");
            ours.map(|fields| fields[1].to_owned()).collect()
        };
        let own = format!(
            "{:08X}:{:04X}",
            u32::from_ne_bytes([127, 0, 0, 1]),
            studio.port
        );
        assert_eq!(listening("/proc/net/tcp"), [own]);
        assert_eq!(listening("/proc/net/tcp6"), [""; 0]);
    }
}
