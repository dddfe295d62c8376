//! Connects to `DATABASE_URL` and says whether with TLS, or why not and what to do about it.
//!
//! The tests compare it with psql: a process of its own, since some of what counts is in the environment.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program")]

use std::env;
use std::process::ExitCode;

use pg_database::{ConnectionUrl, Database};

fn main() -> ExitCode {
    let url = env::var("DATABASE_URL").unwrap_or_default();
    let url: ConnectionUrl = match url.parse() {
        Ok(url) => url,
        Err(error) => {
            eprintln!("error: {error}\nhint: {}", error.hints().join("\nhint: "));
            return ExitCode::from(2);
        }
    };
    match Database::connect(&url, "connect") {
        Ok(mut database) => {
            let uses_tls = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
            match database.text(uses_tls) {
                Ok(answer) => println!("{}", answer.unwrap_or_default()),
                Err(error) => eprintln!("error: {error}"),
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            if let Some(hint) = error.hint() {
                eprintln!("hint: {hint}");
            }
            ExitCode::FAILURE
        }
    }
}
