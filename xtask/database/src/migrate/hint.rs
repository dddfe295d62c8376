//! What to do about an error of the server, where its own hint does not say it.

/// What to do about an error with this `sqlstate` (PostgreSQL manual, appendix A), raised by `statement`.
#[must_use]
pub fn hint_for(sqlstate: &str, statement: &str) -> Option<&'static str> {
    let creates_index = || {
        let mut words = statement.split_whitespace().take(6);
        words.any(|word| word.eq_ignore_ascii_case("index"))
    };
    Some(match sqlstate {
        "55P04" => {
            "A new enum value can be used only after the transaction that added it: move the statement that uses it to a migration of its own, after this one."
        }
        "25001" => {
            "The statement cannot run inside a transaction: put it in a migration of its own with `-- no-transaction` as the first line."
        }
        "2D000" => {
            "The code commits or rolls back, which it cannot do inside the migration's transaction: put it in a migration of its own with `-- no-transaction` as the first line."
        }
        "55P03" => {
            "Another session holds a lock on the table and did not let go in time. Try again when there is less traffic, or raise the lock timeout."
        }
        "57014" => {
            "The statement took longer than the statement timeout, or someone cancelled it. Raise the timeout, or do the work in smaller parts."
        }
        "40P01" => {
            "Another session and this migration waited for each other. Nothing is wrong with the migration: run it again."
        }
        "53200" => {
            "The server's lock table is full: split the migration, or raise `max_locks_per_transaction` and restart the server."
        }
        "53100" => "The server's disk is full.",
        "23505" if creates_index() => {
            "There are duplicate rows. Remove them, or merge them in a statement before this one."
        }
        "23502" => {
            "There are rows without a value. Give the column a default, or fill it in a statement before this one."
        }
        "23503" => {
            "There are rows that refer to nothing. Remove or mend them in a statement before this one."
        }
        "23514" => {
            "There are rows that break the constraint. Mend them in a statement before this one."
        }
        "42P07" | "42701" | "42710" | "42P06" => {
            "It exists already: the database was changed by other means than these migrations. If it is as the migration wants it, `db resolve` marks the migration as applied."
        }
        "2BP01" => "Drop what depends on it first, or add CASCADE if it is to go as well.",
        "42501" => {
            "The role in the database URL lacks the right. Use the owner's, or let the owner grant it."
        }
        "3F000" => "Create the schema first: CREATE SCHEMA public.",
        "25006" => {
            "The connection is read-only: the server is a standby, or the role or database has `default_transaction_read_only` set."
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::hint_for;

    #[test]
    fn tells_a_unique_index_from_a_unique_row() {
        let index = "CREATE UNIQUE INDEX CONCURRENTLY \"a\" ON t (x)";
        assert!(hint_for("23505", index).is_some_and(|hint| hint.contains("duplicate")));
        assert_eq!(hint_for("23505", "INSERT INTO t VALUES (1)"), None);
        assert_eq!(hint_for("42601", index), None);
    }
}
