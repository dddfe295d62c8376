#![allow(clippy::unwrap_used)]

use super::*;
use crate::sql::RunsIn;

fn texts(sql: &str) -> (ScriptMode, Vec<&str>) {
    let script = Script::parse(sql).unwrap();
    (
        script.mode,
        script
            .statements
            .iter()
            .map(|statement| statement.text(sql))
            .collect(),
    )
}

#[track_caller]
fn refused(sql: &str, at_line: usize, beginning: &str, expected: ScriptProblem) {
    let Err(ScriptError::Statement {
        offset,
        line,
        statement,
        problem,
    }) = Script::parse(sql)
    else {
        panic!("{sql}: {:?}", Script::parse(sql));
    };
    assert_eq!(
        (line, statement.as_str(), problem),
        (at_line, beginning, expected),
        "{sql}"
    );
    assert_eq!(line_column(sql, offset).0, line);
}

#[test]
fn the_first_line_chooses_the_mode() {
    use ScriptMode::*;
    for sql in [
        "-- no-transaction\nSELECT 1",
        "\u{feff}  --No-Transaction \r\nSELECT 1",
        "-- NO-TRANSACTION",
    ] {
        assert_eq!(Script::parse(sql).unwrap().mode, NoTransaction, "{sql}");
    }
    for sql in [
        "",
        "-- no-transactions\nSELECT 1",
        "/* no-transaction */",
        "SELECT '\n-- no-transaction\n'",
    ] {
        assert_eq!(Script::parse(sql).unwrap().mode, Transaction, "{sql}");
    }
    for (sql, offset, line) in [
        (
            "-- Custom SQL migration file, put your code below! --\n-- no-transaction\n",
            54,
            2,
        ),
        ("\n-- no-transaction", 1, 2),
        (";-- no-transaction", 1, 1),
    ] {
        assert_eq!(
            Script::parse(sql),
            Err(ScriptError::MisplacedDirective { offset, line }),
            "{sql}"
        );
    }
}

#[test]
fn the_wrapper_of_a_whole_file_comes_off() {
    use ScriptMode::Transaction;
    assert_eq!(
        texts("-- why\nBEGIN;\nSELECT 1;\nSELECT 2;\nCOMMIT;\n"),
        (Transaction, vec!["SELECT 1", "SELECT 2"])
    );
    assert_eq!(
        texts("start transaction; SELECT 1; SAVEPOINT a; ROLLBACK TO a; end")
            .1
            .len(),
        3
    );
    assert_eq!(texts("BEGIN; COMMIT;"), (Transaction, vec![]));
}

#[test]
fn other_transaction_control_is_refused_with_its_line() {
    for (sql, line, statement) in [
        ("BEGIN;\nSELECT 1;", 1, "BEGIN"),
        ("SELECT 1;\nCOMMIT;", 2, "COMMIT"),
        ("COMMIT;\nBEGIN;", 1, "COMMIT"),
        ("BEGIN;", 1, "BEGIN"),
        (
            "BEGIN;\nSELECT 1;\nCOMMIT;\nBEGIN;\nSELECT 2;\nCOMMIT;",
            3,
            "COMMIT",
        ),
        ("BEGIN;\nSELECT 1;\nROLLBACK;", 1, "BEGIN"),
        (
            "SELECT 1;\n\n  ABORT  /* x */ WORK;",
            3,
            "ABORT /* x */ WORK",
        ),
        ("PREPARE TRANSACTION 'a'", 1, "PREPARE TRANSACTION 'a'"),
    ] {
        refused(sql, line, statement, ScriptProblem::TransactionControl);
    }
    let begin = "BEGIN ISOLATION LEVEL SERIALIZABLE";
    refused(
        &format!("{begin}; SELECT 1; COMMIT;"),
        1,
        begin,
        ScriptProblem::TransactionModes,
    );
    for control in ["BEGIN", "COMMIT", "SAVEPOINT a", "ROLLBACK TO a"] {
        let sql = format!("-- no-transaction\n{control}");
        refused(&sql, 2, control, ScriptProblem::ControlOutsideTransaction);
    }
}

#[test]
fn what_cannot_run_in_a_transaction_needs_the_directive() {
    let create = "CREATE INDEX CONCURRENTLY i ON t (a)";
    let problem = ScriptProblem::NeedsNoTransaction("CREATE INDEX CONCURRENTLY");
    refused(&format!("SELECT 1;\n{create};"), 2, create, problem);
    refused(&format!("BEGIN; {create}; COMMIT;"), 1, create, problem);

    let alone = Script::parse(&format!(
        "-- no-transaction\n{create};\nSELECT 1; CALL p();"
    ))
    .unwrap();
    let runs_in: Vec<_> = alone.statements.iter().map(SqlStatement::runs_in).collect();
    assert_eq!(
        runs_in,
        [RunsIn::Autocommit, RunsIn::Transaction, RunsIn::Autocommit]
    );
    assert!(
        Script::parse("CALL p()").is_ok(),
        "a procedure need not commit"
    );

    let unnamed = "CREATE INDEX CONCURRENTLY ON t (a)";
    refused(
        &format!("-- no-transaction\n{unnamed}"),
        2,
        unnamed,
        ScriptProblem::UnnamedIndex,
    );
    for (sql, line) in [("DISCARD ALL", 1), ("-- no-transaction\nDISCARD ALL", 2)] {
        refused(sql, line, "DISCARD ALL", ScriptProblem::DiscardAll);
    }
}

#[test]
fn messages_say_where_what_and_what_next() {
    let message = Script::parse("SELECT 1;\nVACUUM  t;")
        .unwrap_err()
        .to_string();
    assert_eq!(
        message,
        "line 2: `VACUUM t` cannot run inside a transaction (VACUUM); \
         put it in a migration of its own with `-- no-transaction` as the first line"
    );
    let sql = format!("VACUUM {}", "é\n".repeat(100));
    let Err(ScriptError::Statement { statement, .. }) = Script::parse(&sql) else {
        panic!()
    };
    assert_eq!(statement.lines().count(), 1);
    assert!(
        statement.starts_with("VACUUM é é")
            && statement.ends_with('…')
            && statement.chars().count() <= 61
    );
}
