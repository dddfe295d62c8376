//! What is said of each refusal: what the certificate or the file is like, and what to do.

use std::fs;

use super::fixture::{Fixture, Outcome, ours};

/// Refuses, with an error that ends so and a hint that says so.
#[track_caller]
fn refuses(fixture: &Fixture, parameters: &str, home: Option<&str>, says: [&str; 2]) {
    let url = fixture.url("localhost", parameters);
    let (outcome, said) = ours(&url, &fixture.home(home));
    assert_eq!(outcome, Outcome::Fails, "{parameters}");
    let said = said.trim_end();
    let (error, hints) = said.split_once("\nhint: ").unwrap_or((said, ""));
    let [problem, hint] = says;
    assert!(error.ends_with(problem), "{said}");
    assert!(hints.contains(hint), "{said}");
}

#[test]
fn a_certificate_that_is_refused() {
    const UNKNOWN: &str =
        "the server's certificate is signed by an authority that is not trusted here";
    let fixture = Fixture::take();
    let name = Some("subjectAltName=DNS:localhost");
    let ca = fixture.file("ca.pem").display().to_string();
    let full_ca = format!("sslmode=verify-full&sslrootcert={ca}");

    fixture.configure(None, "host");
    let plain = ["the server does not offer TLS", "sslmode=disable"];
    refuses(&fixture, "sslmode=require", None, plain);

    fixture.issue("self", "x", name, None, "-days 2");
    fixture.configure(Some("self"), "hostssl");
    let encrypted = [
        "no encryption (SQLSTATE 28000)",
        "write `sslmode=require` into",
    ];
    refuses(&fixture, "sslmode=disable", None, encrypted);
    fixture.configure(Some("self"), "host");
    let problem = "the server's certificate is self-signed";
    let cure = "sslrootcert=/path/to/server.crt`; `sslmode=require` encrypts";
    refuses(&fixture, "sslmode=verify-full", None, [problem, cure]);
    let trusted = format!("what is trusted is in {ca}, and nothing else");
    refuses(&fixture, &full_ca, None, [problem, &trusted]);

    fixture.issue("own", "x", name, Some("other"), "-days 2");
    fixture.configure(Some("own"), "host");
    let cure = "provider's certificate authority: `sslrootcert=";
    refuses(&fixture, "sslmode=verify-ca", None, [UNKNOWN, cure]);
    let way_out = "`sslmode=require` without `sslrootcert` encrypts";
    refuses(&fixture, &full_ca, None, [UNKNOWN, way_out]);
    let at_home = "home_ca/.postgresql/root.crt, and nothing else";
    refuses(&fixture, "sslmode=require", Some("ca"), [UNKNOWN, at_home]);

    fixture.issue("old", "x", name, Some("ca"), "-days -1");
    fixture.configure(Some("old"), "host");
    let expired = ["the server's certificate has expired", "needs a new one"];
    refuses(&fixture, &full_ca, None, expired);

    let elsewhere = Some("subjectAltName=DNS:elsewhere");
    fixture.issue("named", "x", elsewhere, Some("ca"), "-days 2");
    fixture.configure(Some("named"), "host");
    let problem = "the server's certificate is made out to another host";
    refuses(&fixture, &full_ca, None, [problem, "sslmode=verify-ca"]);
}

#[test]
fn a_file_that_cannot_be_used() {
    let fixture = Fixture::take();
    let malformed = "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n";
    fs::write(fixture.file("malformed.pem"), malformed).unwrap();
    for (name, problem) in [
        ("no-such.pem", "No such file or directory (os error 2)"),
        ("ca.key", "it holds no PEM certificate"),
        ("malformed.pem", "a certificate in it is malformed"),
    ] {
        let file = fixture.file(name).display().to_string();
        let problem = format!("the root certificate {file} cannot be used: {problem}");
        let parameters = format!("sslmode=prefer&sslrootcert={file}");
        refuses(&fixture, &parameters, None, [&problem, "names a PEM file"]);
    }
}

#[test]
fn a_password_that_cannot_be_bound() {
    let parameters = "channel_binding=require&sslmode=disable";
    let problem = "TLS: server did not use channel binding";
    refuses(&Fixture::take(), parameters, None, [problem, ""]);
}
