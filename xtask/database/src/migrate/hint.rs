//! What to do about an error of the server, where its own hint does not say it.

/// What to do about an error with this `sqlstate` (PostgreSQL manual, appendix A), raised by `statement`.
#[must_use]
pub fn hint_for(sqlstate: &str, statement: &str) -> Option<&'static str> {
    let creates = |kind: &str| {
        let mut words = statement.split_whitespace().take(6);
        words.any(|word| word.eq_ignore_ascii_case(kind))
    };
    Some(match sqlstate {
        "55P04" => {
            "a new enum value can be used only after the transaction that added it: move the statement that uses it to a migration of its own, after this one"
        }
        "25001" => {
            "the statement cannot run inside a transaction: put it in a migration of its own with `-- no-transaction` as the first line"
        }
        "2D000" => {
            "the code commits or rolls back, which it cannot do inside the migration's transaction: put it in a migration of its own with `-- no-transaction` as the first line"
        }
        "55P03" => {
            "another session holds a lock on the table and did not let go in time; try again when there is less traffic, or raise the lock timeout"
        }
        "57014" => {
            "the statement took longer than the statement timeout, or someone cancelled it; raise the timeout, or do the work in smaller parts"
        }
        "40P01" => {
            "another session and this migration waited for each other; nothing is wrong with the migration: run it again"
        }
        "53200" => {
            "the server's lock table is full: split the migration, or raise `max_locks_per_transaction` and restart the server"
        }
        "53100" => "the server's disk is full",
        "23505" if creates("index") => {
            "there are duplicate rows; remove them, or merge them in a statement before this one"
        }
        "23502" => {
            "there are rows without a value; give the column a default, or fill it in a statement before this one"
        }
        "23503" => {
            "there are rows that refer to nothing; remove or mend them in a statement before this one"
        }
        "23514" => {
            "there are rows that break the constraint; mend them in a statement before this one"
        }
        "42710" if creates("role") => {
            "a role belongs to the whole server, so it can be there from another database or from before a reset; drop it, or declare it with `.existing()` and take the statement out"
        }
        "42P07" | "42701" | "42710" | "42P06" => {
            "it exists already: the database was changed by other means than these migrations; drop it, or take its statement out of the migration if it is as it should be"
        }
        "2BP01" => "drop what depends on it first, or add CASCADE if it is to go as well",
        "42501" => {
            "the role in the database URL lacks the right; use the owner's, or let the owner grant it"
        }
        "42601"
            if statement
                .to_ascii_uppercase()
                .contains("NULLS NOT DISTINCT") =>
        {
            "PostgreSQL 15 is the first to know NULLS NOT DISTINCT; leave it out, or upgrade the server"
        }
        "42P01" | "42704" | "42883" => {
            "names without a schema are looked for in `public` only; what lies elsewhere is named with its schema, as in `extensions.citext`"
        }
        "3F000" => "create the schema first: CREATE SCHEMA public",
        "25006" => {
            "the connection is read-only: the server is a standby, or the role or database has `default_transaction_read_only` set"
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::hint_for;

    #[test]
    fn tells_a_role_from_what_a_database_holds() {
        let role = "CREATE ROLE \"analyst\";";
        assert!(hint_for("42710", role).is_some_and(|hint| hint.contains("whole server")));
        let object = "CREATE POLICY \"analyst\" ON t";
        assert!(hint_for("42710", object).is_some_and(|hint| !hint.contains("whole server")));
    }

    #[test]
    fn tells_an_old_server_from_a_slip() {
        let index = "CREATE UNIQUE INDEX \"a\" ON \"t\" USING btree (\"x\") NULLS NOT DISTINCT;";
        assert!(hint_for("42601", index).is_some_and(|hint| hint.contains("PostgreSQL 15")));
        assert_eq!(hint_for("42601", "CREATE INDX a ON t (x)"), None);
    }

    #[test]
    fn tells_a_unique_index_from_a_unique_row() {
        let index = "CREATE UNIQUE INDEX CONCURRENTLY \"a\" ON t (x)";
        assert!(hint_for("23505", index).is_some_and(|hint| hint.contains("duplicate")));
        assert_eq!(hint_for("23505", "INSERT INTO t VALUES (1)"), None);
        assert_eq!(hint_for("42601", index), None);
    }
}
