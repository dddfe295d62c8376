//! The grammar of a connection URL.

use std::path::PathBuf;
use std::time::Duration;

use postgres::config::{ChannelBinding, TargetSessionAttrs};

use super::{ConnectionUrl, Host, Password, RootCertificate, SslMode, UrlError};

const DEFAULT_PORT: u16 = 5432;
/// An unreachable host must not hang a command; libpq's own default is no limit.
const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// For messages.
pub(super) const SUPPORTED_PARAMETERS: [&str; 13] = [
    "sslmode",
    "sslrootcert",
    "host",
    "hostaddr",
    "port",
    "user",
    "password",
    "dbname",
    "application_name",
    "connect_timeout",
    "options",
    "target_session_attrs",
    "channel_binding",
];

/// Parameters of libpq that change what a connection means, so that leaving them out would be wrong.
const UNSUPPORTED: [&str; 18] = [
    "passfile",
    "replication",
    "require_auth",
    "requirepeer",
    "scram_client_key",
    "scram_server_key",
    "service",
    "servicefile",
    "ssl_max_protocol_version",
    "ssl_min_protocol_version",
    "sslcert",
    "sslcrl",
    "sslcrldir",
    "sslkey",
    "sslnegotiation",
    "sslpassword",
    "sslcertmode",
    "gssencmode",
];

/// Parameters without a meaning here: libpq's that only tune it, and those that providers and other drivers put into a URL.
const IGNORED: [&str; 20] = [
    "fallback_application_name",
    "gssdelegation",
    "gsslib",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "krbsrvname",
    "load_balance_hosts",
    "sslcompression",
    "sslsni",
    "tcp_user_timeout",
    // Prisma.
    "connection_limit",
    "pgbouncer",
    "pool_timeout",
    "socket_timeout",
    "statement_cache_size",
    // node-postgres.
    "uselibpqcompat",
    // Supabase's integration with Vercel.
    "supa",
    "workaround",
];

pub(super) fn parse(text: &str) -> Result<ConnectionUrl, UrlError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(UrlError::Empty);
    }
    if text.starts_with(['"', '\'']) {
        return Err(UrlError::Quoted);
    }
    let rest = ["postgres://", "postgresql://"]
        .into_iter()
        .find_map(|scheme| {
            text.get(..scheme.len())
                .filter(|start| start.eq_ignore_ascii_case(scheme))
                .map(|_| &text[scheme.len()..])
        })
        .ok_or(UrlError::Scheme)?;

    let (head, parameters) = split_parameters(rest);
    let (user_info, location) = match head.rsplit_once('@') {
        Some((user_info, location)) => (Some(user_info), location),
        None => (None, head),
    };
    let (authority, database) = match location.split_once('/') {
        Some((authority, database)) => (authority, Some(database)),
        None => (location, None),
    };
    if location.contains('?') {
        return Err(UrlError::Parameters);
    }

    let (host, port) = split_authority(authority)?;
    let mut url = ConnectionUrl {
        host: parse_host(host)?,
        host_address: None,
        port,
        user: None,
        password: None,
        database: None,
        ssl_mode: None,
        ssl_root_certificate: None,
        application_name: None,
        connect_timeout: Some(DEFAULT_CONNECT_TIMEOUT),
        options: None,
        target_session_attrs: TargetSessionAttrs::Any,
        channel_binding: ChannelBinding::Prefer,
    };
    url.database = non_empty(decode_text(database.unwrap_or_default(), "database name")?);
    if let Some(user_info) = user_info {
        let (user, password) = match user_info.split_once(':') {
            Some((user, password)) => (user, Some(password)),
            None => (user_info, None),
        };
        url.user = non_empty(decode_text(user, "user")?);
        url.password = password.map(parse_password).transpose()?;
    }
    // A `?name=` in a password that is followed by the `@` must not be shown.
    let nameable = !parameters.is_some_and(|parameters| parameters.contains('@'));
    for parameter in parameters.into_iter().flat_map(|all| all.split('&')) {
        if !parameter.is_empty() {
            set_parameter(&mut url, parameter, nameable)?;
        }
    }
    // An address without a name is what the server is called, and what its certificate has to be for.
    let names_host = |parameters: &str| parameters.split('&').any(|p| p.starts_with("host="));
    if let Some(address) = url.host_address
        && host.is_empty()
        && !parameters.is_some_and(names_host)
    {
        url.host = Host::Tcp(address.to_string());
    }
    check_root_certificate(&url)?;
    Ok(url)
}

/// The parts before and after the first `?` that is followed by `name=` or by nothing.
fn split_parameters(rest: &str) -> (&str, Option<&str>) {
    let begins_parameters = |after: &str| {
        let name_end = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        after.is_empty() || name_end.is_some_and(|end| end > 0 && after[end..].starts_with('='))
    };
    rest.match_indices('?')
        .map(|(at, _)| (&rest[..at], &rest[at + 1..]))
        .find(|(_, after)| begins_parameters(after))
        .map_or((rest, None), |(head, after)| (head, Some(after)))
}

fn split_authority(authority: &str) -> Result<(&str, u16), UrlError> {
    if authority.contains(',') {
        return Err(UrlError::SeveralHosts);
    }
    let (host, port) = if let Some(bracketed) = authority.strip_prefix('[') {
        let (host, after) = bracketed
            .split_once(']')
            .filter(|(host, _)| host.contains(':'))
            .ok_or(UrlError::Host)?;
        match after.strip_prefix(':') {
            Some(port) => (host, port),
            None if after.is_empty() => (host, ""),
            None => return Err(UrlError::Host),
        }
    } else {
        authority.split_once(':').unwrap_or((authority, ""))
    };
    let port = match port {
        "" => DEFAULT_PORT,
        port => parse_port(port)?,
    };
    Ok((host, port))
}

fn parse_port(port: &str) -> Result<u16, UrlError> {
    match port.parse() {
        Ok(port) if port > 0 => Ok(port),
        _ => Err(UrlError::Port),
    }
}

/// A host as it stands in the URL or in the parameter `host`; nothing means this machine.
fn parse_host(host: &str) -> Result<Host, UrlError> {
    let host = decode_text(host, "host")?;
    if host.contains(',') {
        return Err(UrlError::SeveralHosts);
    }
    if host.starts_with('/') {
        return Ok(Host::Socket(PathBuf::from(host)));
    }
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
    let is_ipv6 = || {
        // A zone such as `%eth0` may follow a link-local address.
        let address = host.split('%').next().unwrap_or_default();
        address.parse::<std::net::Ipv6Addr>().is_ok()
    };
    match host.as_str() {
        "" => Ok(Host::Tcp("localhost".to_owned())),
        host if host.chars().all(allowed) || is_ipv6() => Ok(Host::Tcp(host.to_owned())),
        _ => Err(UrlError::Host),
    }
}

fn parse_password(password: &str) -> Result<Password, UrlError> {
    const PLACEHOLDERS: [&str; 4] = [
        "[YOUR-PASSWORD]",
        "[YOUR_PASSWORD]",
        "<password>",
        "YOUR_PASSWORD",
    ];
    if PLACEHOLDERS.contains(&password) {
        return Err(UrlError::Placeholder);
    }
    let bytes = decode(password);
    if bytes.contains(&0) {
        return Err(UrlError::Text { part: "password" });
    }
    Ok(Password(bytes))
}

fn set_parameter(url: &mut ConnectionUrl, parameter: &str, nameable: bool) -> Result<(), UrlError> {
    let (name, value) = parameter.split_once('=').ok_or(UrlError::Parameters)?;
    let value = decode_text(value, "value of a parameter")?;
    match name {
        "host" => url.host = parse_host(&value)?,
        "hostaddr" => {
            let address = value.parse().map_err(|_| UrlError::Value {
                name: "hostaddr",
                expected: "an IP address",
            })?;
            url.host_address = Some(address);
        }
        "port" => url.port = parse_port(&value)?,
        "user" => url.user = non_empty(value),
        "password" => url.password = Some(Password(value.into_bytes())),
        "dbname" => url.database = non_empty(value),
        "application_name" => url.application_name = non_empty(value),
        "options" => url.options = non_empty(value),
        "connect_timeout" => {
            let seconds: i64 = value.parse().map_err(|_| UrlError::Value {
                name: "connect_timeout",
                expected: "a whole number of seconds, 0 for no limit",
            })?;
            let limit = u64::try_from(seconds).ok().filter(|seconds| *seconds > 0);
            url.connect_timeout = limit.map(Duration::from_secs);
        }
        "sslmode" => {
            let expected = "one of disable, allow, prefer, require, verify-ca, verify-full";
            url.ssl_mode = Some(choose("sslmode", &value, &SslMode::NAMES, expected)?);
        }
        // libpq reads it so for the sake of JDBC URLs.
        "ssl" if value == "true" => url.ssl_mode = Some(SslMode::Require),
        "sslrootcert" => {
            url.ssl_root_certificate = match value.as_str() {
                "" => None,
                "system" => Some(RootCertificate::System),
                path => Some(RootCertificate::File(PathBuf::from(path))),
            };
        }
        "target_session_attrs" => {
            let choices = [
                ("any", TargetSessionAttrs::Any),
                ("prefer-standby", TargetSessionAttrs::Any),
                ("read-write", TargetSessionAttrs::ReadWrite),
                ("primary", TargetSessionAttrs::ReadWrite),
                ("read-only", TargetSessionAttrs::ReadOnly),
                ("standby", TargetSessionAttrs::ReadOnly),
            ];
            let expected = "one of any, read-write, read-only, primary, standby, prefer-standby";
            url.target_session_attrs = choose("target_session_attrs", &value, &choices, expected)?;
        }
        "channel_binding" => {
            let choices = [
                ("disable", ChannelBinding::Disable),
                ("prefer", ChannelBinding::Prefer),
                ("require", ChannelBinding::Require),
            ];
            let expected = "one of disable, prefer, require";
            url.channel_binding = choose("channel_binding", &value, &choices, expected)?;
        }
        // The driver's only one.
        "client_encoding" => {
            let choices = [("auto", ()), ("utf8", ()), ("utf-8", ()), ("unicode", ())];
            let value = value.to_ascii_lowercase();
            choose("client_encoding", &value, &choices, "UTF8")?;
        }
        // Prisma's name for the search path; migrations run with that of `public`.
        "schema" => {
            let expected = "public: a table's schema is stated where the table is declared";
            choose("schema", &value, &[("public", ())], expected)?;
        }
        "gssencmode" | "sslcertmode" if value != "require" => {}
        "sslnegotiation" if value == "postgres" => {}
        name if IGNORED.contains(&name) => {}
        name => {
            let unsupported = UNSUPPORTED.iter().find(|unsupported| **unsupported == name);
            return Err(match unsupported {
                Some(name) => UrlError::UnsupportedParameter { name },
                None => UrlError::UnknownParameter {
                    name: nameable.then(|| name.to_owned()),
                },
            });
        }
    }
    Ok(())
}

fn choose<T: Copy>(
    name: &'static str,
    value: &str,
    choices: &[(&str, T)],
    expected: &'static str,
) -> Result<T, UrlError> {
    let chosen = choices.iter().find(|(choice, _)| *choice == value);
    chosen
        .map(|(_, meaning)| *meaning)
        .ok_or(UrlError::Value { name, expected })
}

/// libpq refuses a mode below `verify-full` with the system's authorities: anyone can get a certificate from one of them.
fn check_root_certificate(url: &ConnectionUrl) -> Result<(), UrlError> {
    let weak = url.ssl_mode.is_some_and(|mode| mode != SslMode::VerifyFull);
    if weak && url.ssl_root_certificate == Some(RootCertificate::System) {
        return Err(UrlError::Value {
            name: "sslmode",
            expected: "verify-full together with sslrootcert=system",
        });
    }
    Ok(())
}

fn non_empty(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

fn decode_text(text: &str, part: &'static str) -> Result<String, UrlError> {
    match String::from_utf8(decode(text)) {
        Ok(text) if !text.contains('\0') => Ok(text),
        _ => Err(UrlError::Text { part }),
    }
}

/// The bytes that `text` stands for; a `%` without two hexadecimal digits after it stands for itself.
fn decode(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).and_then(|b| char::from(*b).to_digit(16));
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match (bytes[at], digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                decoded.push(u8::try_from(high * 16 + low).expect("two hexadecimal digits"));
                at += 3;
            }
            (byte, ..) => {
                decoded.push(byte);
                at += 1;
            }
        }
    }
    decoded
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
