use super::super::{ConnectionUrl, Host, RootCertificate, SslMode, UrlError};

fn parse(url: &str) -> ConnectionUrl {
    match url.parse() {
        Ok(parsed) => parsed,
        Err(error) => panic!("{url}: {error}"),
    }
}

fn error(url: &str) -> UrlError {
    match url.parse::<ConnectionUrl>() {
        Ok(parsed) => panic!("{url} was read as {parsed}"),
        Err(error) => error,
    }
}

#[test]
fn reads_every_part() {
    // URL, user, password, `host:port/database`.
    let table = [
        ("postgres://u:p@h:6543/d", "u", "p", "h:6543/d"),
        ("PostgreSQL://u:p@h/d", "u", "p", "h:5432/d"),
        ("postgres://u:p@h:/d", "u", "p", "h:5432/d"),
        ("postgres://u:p@h", "u", "p", "h:5432/u"),
        ("postgres://u:p@/d", "u", "p", "localhost:5432/d"),
        ("postgres://u@h/d", "u", "", "h:5432/d"),
        ("postgres:///d", "", "", "localhost:5432/d"),
        ("postgres://", "", "", "localhost:5432"),
        (" postgres://u:p@h/d?\n", "u", "p", "h:5432/d"),
        ("postgres://u:p@[::1]:6543/d", "u", "p", "[::1]:6543/d"),
        (
            "postgres://u:p@[2001:db8::1]/d",
            "u",
            "p",
            "[2001:db8::1]:5432/d",
        ),
        (
            "postgres://u%40x:p%3A%2f%20@h/d%2Fe",
            "u@x",
            "p:/ ",
            "h:5432/d/e",
        ),
        // Special characters that were not escaped.
        ("postgres://u:p@ss@h/d", "u", "p@ss", "h:5432/d"),
        ("postgres://u:p:a:ss@h/d", "u", "p:a:ss", "h:5432/d"),
        ("postgres://u:p/a/ss@h:1/d", "u", "p/a/ss", "h:1/d"),
        ("postgres://u:12/34@h/d", "u", "12/34", "h:5432/d"),
        ("postgres://u:p#ss@h/d", "u", "p#ss", "h:5432/d"),
        ("postgres://u:p?ss@h/d", "u", "p?ss", "h:5432/d"),
        ("postgres://u:p&a=b@h/d", "u", "p&a=b", "h:5432/d"),
        ("postgres://u:p?@/:#[]ss@h/d", "u", "p?@/:#[]ss", "h:5432/d"),
        ("postgres://u:100%@h/d", "u", "100%", "h:5432/d"),
        ("postgres://u:%zz%4@h/d", "u", "%zz%4", "h:5432/d"),
        ("postgres://u:$a'b\"c@h/d", "u", "$a'b\"c", "h:5432/d"),
        // An `@` in a parameter ends no password.
        (
            "postgres://u:p@h/d?application_name=a@b",
            "u",
            "p",
            "h:5432/d",
        ),
        (
            "postgres://h/d?user=u@tenant&password=p@q",
            "u@tenant",
            "p@q",
            "h:5432/d",
        ),
        // As libpq: parameters override.
        ("postgres://u@h/d?host=i&port=1&dbname=e", "u", "", "i:1/e"),
        ("postgres://u@/d?host=/run/pg", "u", "", "/run/pg:5432/d"),
        ("postgres://u@%2Frun%2Fpg:1/d", "u", "", "/run/pg:1/d"),
        // An address without a name.
        ("postgres:///d?hostaddr=10.0.0.1", "", "", "10.0.0.1:5432/d"),
        ("postgres://h/d?hostaddr=10.0.0.1", "", "", "h:5432/d"),
        ("postgres:///d?hostaddr=::1&host=h", "", "", "h:5432/d"),
    ];
    for (url, user, password, place) in table {
        let parsed = parse(url);
        assert_eq!(parsed.user().unwrap_or_default(), user, "{url}");
        let read = parsed.password.clone().map(|p| p.0).unwrap_or_default();
        assert_eq!(String::from_utf8_lossy(&read), password, "{url}");
        assert_eq!(parsed.to_string(), place, "{url}");
    }
}

#[test]
fn refuses_what_is_no_url() {
    // URL, and how the error begins.
    let table = [
        (" ", "Empty"),
        ("'postgres://u@h/d'", "Quoted"),
        ("mysql://u:secret@h/d", "Scheme"),
        ("h:5432/d", "Scheme"),
        ("postgres://u:secret@a,b/d", "SeveralHosts"),
        ("postgres://u:secret@a:1,b:2/d", "SeveralHosts"),
        ("postgres://u:secret@h/d?host=a,b", "SeveralHosts"),
        ("postgres://u:secret@h:x/d", "Port"),
        ("postgres://u:secret@h:0/d", "Port"),
        ("postgres://u:secret@h:65536/d", "Port"),
        ("postgres://u:secret/h/d", "Port"),
        ("postgres://u:secret@h h/d", "Host"),
        ("postgres://u:secret@[h]/d", "Host"),
        ("postgres://u:secret@[::1/d", "Host"),
        ("postgres://u:secret%00@h/d", "Text { part: \"password\" }"),
        ("postgres://u%ff:secret@h/d", "Text { part: \"user\" }"),
        ("postgres://u:[YOUR-PASSWORD]@h/d", "Placeholder"),
        ("postgres://u:secret@h/d?sslmode", "Parameters"),
        ("postgres://u:secret@h/d?sslmode=require&x", "Parameters"),
        (
            "postgres://u:secret@h/d?sslmode=on",
            "Value { name: \"sslmode\"",
        ),
        (
            "postgres://u:secret@h/d?sslmode=prefer&sslmode=",
            "Value { name: \"sslmode\"",
        ),
        (
            "postgres://u@h/d?sslnegotiation=direct",
            "UnsupportedParameter { name: \"sslnegotiation\" }",
        ),
        (
            "postgres://u@h/d?sslmode=require&sslrootcert=system",
            "Value { name: \"sslmode\"",
        ),
        (
            "postgres://u@h/d?connect_timeout=soon",
            "Value { name: \"connect_timeout\"",
        ),
        ("postgres://u@h/d?schema=shop", "Value { name: \"schema\""),
        (
            "postgres://u@h/d?client_encoding=latin1",
            "Value { name: \"client_encoding\"",
        ),
        (
            "postgres://u@h/d?sslcert=a.pem",
            "UnsupportedParameter { name: \"sslcert\" }",
        ),
        (
            "postgres://u@h/d?sslmod=require",
            "UnknownParameter { name: Some(\"sslmod\") }",
        ),
        // Here the name is a part of the password.
        (
            "postgres://u:1?secret=x@h/d",
            "UnknownParameter { name: None }",
        ),
    ];
    for (url, expected) in table {
        let error = error(url);
        let shown = format!("{error:?} {error} {}", error.hints().join(" "));
        assert!(shown.starts_with(expected), "{url}: {shown}");
        assert!(!shown.contains("secret"), "{shown}");
    }
}

#[test]
fn takes_the_urls_that_providers_show() {
    let neon = parse(
        "postgresql://owner:npg_x@ep-a-b.eu-central-1.aws.neon.tech/neondb?sslmode=require&channel_binding=require",
    );
    assert_eq!(neon.ssl_mode(), SslMode::Require);
    let supabase = parse(
        "postgres://postgres.ref:x@aws-0-eu.pooler.supabase.com:6543/postgres?pgbouncer=true&connection_limit=1",
    );
    assert_eq!(supabase.user(), Some("postgres.ref"));
    parse("postgres://u:p@h/d?uselibpqcompat=true&sslmode=require&schema=public");
    parse("postgres://u:p@h/d?sslmode=prefer&gssencmode=disable&keepalives_idle=30");
}

#[test]
fn chooses_the_ssl_mode_by_the_host() {
    let table = [
        ("postgres://h/d", SslMode::Require, false),
        ("postgres://h/d?sslmode=disable", SslMode::Disable, false),
        ("postgres://h/d?ssl=true", SslMode::Require, false),
        (
            "postgres://h/d?sslrootcert=system",
            SslMode::VerifyFull,
            false,
        ),
        ("postgres://localhost/d", SslMode::Prefer, true),
        ("postgres://LOCALHOST./d", SslMode::Prefer, true),
        ("postgres://127.0.0.2/d", SslMode::Prefer, true),
        ("postgres://[::1]/d", SslMode::Prefer, true),
        ("postgres://[::ffff:127.0.0.1]/d", SslMode::Prefer, true),
        ("postgres://127.example.com/d", SslMode::Require, false),
        (
            "postgres://localhost.example.com/d",
            SslMode::Require,
            false,
        ),
        (
            "postgres://localhost/d?hostaddr=10.0.0.1",
            SslMode::Require,
            false,
        ),
        ("postgres://h/d?hostaddr=127.0.0.1", SslMode::Prefer, true),
        (
            "postgres:///d?host=/run&sslmode=verify-full",
            SslMode::Disable,
            true,
        ),
    ];
    for (url, mode, local) in table {
        assert_eq!(parse(url).ssl_mode(), mode, "{url}");
        assert_eq!(parse(url).is_local(), local, "{url}");
    }
    let url = parse("postgres://h/d?sslmode=verify-ca&sslrootcert=/etc/ca%20s.pem");
    assert_eq!(
        url.ssl_root_certificate,
        Some(RootCertificate::File("/etc/ca s.pem".into()))
    );
    assert_eq!(url.host(), &Host::Tcp("h".to_owned()));
}

#[test]
fn never_shows_the_password() {
    let url = parse("postgres://u:secret@h/d?password=secret2");
    for shown in [format!("{url} {url:?} {url:#?}"), url.with_user()] {
        assert!(!shown.contains("secret"), "{shown}");
        assert!(shown.contains('h'));
    }
}
