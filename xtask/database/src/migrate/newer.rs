//! What a migration uses that its server is too old for.

use crate::error::ServerError;

/// Functions by the major version that brought them (PostgreSQL's release notes): those that columns, indexes and data migrations use.
const FUNCTIONS: [(u32, &[&str]); 4] = [
    (
        15,
        &[
            "regexp_count",
            "regexp_instr",
            "regexp_like",
            "regexp_substr",
        ],
    ),
    (
        16,
        &[
            "any_value",
            "array_sample",
            "array_shuffle",
            "date_add",
            "date_subtract",
            "random_normal",
        ],
    ),
    (
        17,
        &[
            "to_bin",
            "to_oct",
            "uuid_extract_timestamp",
            "uuid_extract_version",
            "xmltext",
        ],
    ),
    (
        18,
        &[
            "array_reverse",
            "array_sort",
            "casefold",
            "crc32",
            "crc32c",
            "gamma",
            "lgamma",
            "uuidv4",
            "uuidv7",
        ],
    ),
];

/// Clauses by the major version that brought them.
const CLAUSES: [(u32, &str); 5] = [
    (15, "MERGE"),
    (15, "NULLS NOT DISTINCT"),
    (18, "NOT ENFORCED"),
    (18, "VIRTUAL"),
    (18, "WITHOUT OVERLAPS"),
];

/// Something that a newer server has.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Newer {
    /// As SQL.
    pub(super) feature: String,
    /// The major version that brought it.
    pub(super) since: u32,
    /// Where in the statement it is, if it was found there.
    pub(super) offset: Option<usize>,
}

/// What in the statement made the error, if a newer server has it; `server_version` is as `server_version_num` has it.
pub(super) fn newer(error: &ServerError, statement: &str, server_version: u32) -> Option<Newer> {
    let unknown = match error.sqlstate.as_str() {
        "42883" => function(error, statement),
        "42601" => clause(error, statement),
        _ => None,
    };
    unknown.filter(|newer| server_version / 10_000 < newer.since)
}

/// The server's message may be translated, but holds the function's name.
fn function(error: &ServerError, statement: &str) -> Option<Newer> {
    let (since, name) = FUNCTIONS.iter().find_map(|(since, names)| {
        let name = names
            .iter()
            .find(|name| pg_schema::mentions(&error.message, name))?;
        Some((*since, *name))
    })?;
    Some(Newer {
        feature: format!("{name}()"),
        since,
        offset: statement.to_ascii_lowercase().find(&format!("{name}(")),
    })
}

/// The server stops at a word of the clause.
fn clause(error: &ServerError, statement: &str) -> Option<Newer> {
    let offset = error.offset_in(statement)?;
    let word = statement[offset..]
        .split(|c: char| !c.is_alphanumeric())
        .next()?;
    let normalized: Vec<_> = statement.split_whitespace().collect();
    let normalized = normalized.join(" ");
    let (since, clause) = CLAUSES.iter().find(|(_, clause)| {
        clause
            .split(' ')
            .any(|part| part.eq_ignore_ascii_case(word))
            && pg_schema::mentions(&normalized, clause)
    })?;
    Some(Newer {
        feature: (*clause).to_owned(),
        since: *since,
        offset: Some(offset),
    })
}

#[cfg(test)]
mod tests {
    use pg_devserver::TestServer;
    use postgres::{Client, NoTls};

    use super::{CLAUSES, FUNCTIONS, newer};
    use crate::error::ServerError;

    fn connect() -> (Client, u32) {
        let url = TestServer::shared().create_database("newer");
        let mut client = Client::connect(&url, NoTls).expect("the test server accepts us");
        let version = client.query_one("SELECT current_setting('server_version_num')::int", &[]);
        let version: i32 = version.expect("a version").get(0);
        (client, version.try_into().expect("a positive number"))
    }

    #[test]
    fn a_server_has_the_functions_since_the_version_that_is_told() {
        let (mut client, version) = connect();
        for (since, names) in FUNCTIONS {
            for name in names {
                let found = client.query_one(
                    "SELECT EXISTS (SELECT FROM pg_proc WHERE proname = $1)",
                    &[name],
                );
                let found: bool = found.expect("a row").get(0);
                assert_eq!(found, version / 10_000 >= since, "{name} on {version}");
            }
        }
    }

    #[test]
    fn a_server_that_does_not_know_a_clause_is_told_to_be_too_old() {
        let statements = [
            "MERGE INTO t USING t AS s ON t.a = s.a WHEN MATCHED THEN DO NOTHING",
            "CREATE TABLE n (a int UNIQUE NULLS NOT\nDISTINCT)",
            "CREATE TABLE e (a int CHECK (a > 0) NOT ENFORCED)",
            "CREATE TABLE v (a int, b int GENERATED ALWAYS AS (a + 1) VIRTUAL)",
            "CREATE TABLE o (a int4range, b int4range, UNIQUE (a, b WITHOUT OVERLAPS))",
        ];
        let (mut client, version) = connect();
        client
            .batch_execute("CREATE TABLE t (a int)")
            .expect("a table");
        for ((since, clause), statement) in CLAUSES.into_iter().zip(statements) {
            let result = client.batch_execute(statement);
            assert_eq!(
                result.is_ok(),
                version / 10_000 >= since,
                "{statement}: {result:?}"
            );
            if let Err(error) = result {
                let error = ServerError::from(error.as_db_error().expect("the server refuses it"));
                let found = newer(&error, statement, version).expect(clause);
                assert_eq!((found.feature.as_str(), found.since), (clause, since));
                assert_eq!(newer(&error, statement, 180_000), None);
            }
        }
    }
}
