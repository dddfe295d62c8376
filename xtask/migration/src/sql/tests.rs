#![allow(clippy::unwrap_used)]

use super::*;

fn pieces(sql: &str) -> Vec<&str> {
    split(sql)
        .unwrap()
        .iter()
        .map(|statement| statement.text(sql))
        .collect()
}

#[track_caller]
fn one(sql: &str) -> StatementKind {
    let mut statements = split(sql).unwrap();
    assert_eq!(statements.len(), 1, "{:?}", pieces(sql));
    statements.remove(0).kind
}

#[test]
fn statements_end_where_psql_ends_them() {
    let cases: &[(&str, &[&str])] = &[
        ("", &[]),
        (" ;; \n; ", &[]),
        ("-- only\n/* comments; */ --> statement-breakpoint\n", &[]),
        ("\u{feff}SELECT 1;", &["SELECT 1"]),
        (
            "SELECT 1; -- a ; b\nSELECT 2 /* ; /* ; */ ; */ ;",
            &["SELECT 1", "SELECT 2"],
        ),
        (
            "/* a */ SELECT /* b */ 1 /* c */ -- d\n;",
            &["SELECT /* b */ 1"],
        ),
        ("SELECT 1 -- a ; b\r;SELECT 2", &["SELECT 1", "SELECT 2"]),
        (
            "SELECT 'a;''b;', E'c\\';', U&'d;', B'1', X'f', N';'; SELECT 2",
            &[
                "SELECT 'a;''b;', E'c\\';', U&'d;', B'1', X'f', N';'",
                "SELECT 2",
            ],
        ),
        // A backslash is an ordinary character outside E'…'.
        (r"SELECT 'a\'; SELECT 2", &[r"SELECT 'a\'", "SELECT 2"]),
        (r"SELECT E'a\\'; SELECT 2", &[r"SELECT E'a\\'", "SELECT 2"]),
        // A string on the next line continues an E'…' in its syntax, over a line comment too.
        (
            "SELECT E'a'\n'b\\';'; SELECT 2",
            &["SELECT E'a'\n'b\\';'", "SELECT 2"],
        ),
        (
            "SELECT E'a' -- ;\n 'b\\';'\n'\\';'; SELECT 2",
            &["SELECT E'a' -- ;\n 'b\\';'\n'\\';'", "SELECT 2"],
        ),
        (
            "SELECT E'a', 'b\\'; SELECT 2",
            &["SELECT E'a', 'b\\'", "SELECT 2"],
        ),
        (
            "SELECT E'a' AS x\n,'b\\'; SELECT 2",
            &["SELECT E'a' AS x\n,'b\\'", "SELECT 2"],
        ),
        (
            "SELECT 'a'\n'b\\'; SELECT 2",
            &["SELECT 'a'\n'b\\'", "SELECT 2"],
        ),
        (
            "SELECT \"a;\"\"b;\", u&\"c;\"; SELECT 2",
            &["SELECT \"a;\"\"b;\", u&\"c;\"", "SELECT 2"],
        ),
        (
            "SELECT $$a;$b$;$$; SELECT $t$a;$$;$u$;$T$;$t$; SELECT 2",
            &[
                "SELECT $$a;$b$;$$",
                "SELECT $t$a;$$;$u$;$T$;$t$",
                "SELECT 2",
            ],
        ),
        (
            "SELECT $é$;$é$, a$b$c; SELECT 1$$;$$",
            &["SELECT $é$;$é$, a$b$c", "SELECT 1$$;$$"],
        ),
        (
            "PREPARE p AS SELECT $1; SELECT 2",
            &["PREPARE p AS SELECT $1", "SELECT 2"],
        ),
        (
            "SELECT 1+-- ;\n2; SELECT 4*/* ; */2",
            &["SELECT 1+-- ;\n2", "SELECT 4*/* ; */2"],
        ),
        (
            "CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT (2); ); SELECT 3",
            &[
                "CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT (2); )",
                "SELECT 3",
            ],
        ),
        ("SELECT 1); SELECT 2", &["SELECT 1)", "SELECT 2"]),
    ];
    for (sql, expected) in cases {
        assert_eq!(pieces(sql), *expected, "{sql}");
    }
}

#[test]
fn bodies_of_functions_stay_whole() {
    let bodies = [
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END",
        "create or replace procedure p() language sql begin /* ; */ atomic insert into t values (1); end",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC END",
        "CREATE FUNCTION f(a int) RETURNS int BEGIN ATOMIC SELECT CASE WHEN a > 1 THEN CASE a WHEN 2 THEN 3 END END; END",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT (CASE WHEN true THEN 1 END); SELECT 1; END",
        // END and CASE as labels and columns, the word BEGIN as a name.
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1 AS end; SELECT t.case, t.end FROM t; SELECT 2; END",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1 end; SELECT CASE WHEN true THEN 1 END end; SELECT 2; END",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT \"end\", \"case\", 'end', 1 AS begin; SELECT 2; END",
        "CREATE FUNCTION \"begin\"() RETURNS int BEGIN ATOMIC SELECT 1; END",
        "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$",
        "DO $do$ BEGIN EXECUTE $$SELECT 1;$$; END $do$",
    ];
    for body in bodies {
        assert_eq!(pieces(&format!("{body}; SELECT 3;")), [body, "SELECT 3"]);
    }
    // Not bodies: nothing but CREATE FUNCTION and PROCEDURE has one.
    for other in [
        "CREATE TABLE t (begin atomic)",
        "CREATE FUNCTION begin() RETURNS atomic LANGUAGE sql AS 'SELECT 1'",
        "SELECT begin atomic FROM t",
        "CREATE FUNCTION f(begin atomic) RETURNS int LANGUAGE sql AS 'SELECT 1'",
    ] {
        assert_eq!(pieces(&format!("{other}; SELECT 3;")), [other, "SELECT 3"]);
    }
}

#[test]
fn the_breakpoint_ends_a_statement_like_drizzle() {
    assert_eq!(
        pieces("SELECT 1--> statement-breakpoint\nSELECT 2"),
        ["SELECT 1", "SELECT 2"]
    );
    assert_eq!(
        pieces("SELECT 1;--> statement-breakpoint\r\nSELECT 2"),
        ["SELECT 1", "SELECT 2"]
    );
    // drizzle executes what stands on the marker's line, although it looks like a comment.
    assert_eq!(
        pieces("SELECT 1;--> statement-breakpoint SELECT 2;"),
        ["SELECT 1", "SELECT 2"]
    );
    assert_eq!(
        pieces("CREATE TABLE t (a int--> statement-breakpoint\nSELECT 2"),
        ["CREATE TABLE t (a int", "SELECT 2"]
    );
    // Where it is no comment of its own, it means nothing.
    for whole in [
        "SELECT '\n--> statement-breakpoint\n'",
        "SELECT $$\n--> statement-breakpoint\n$$",
        "SELECT 1 /*\n--> statement-breakpoint\n*/ + 2",
        "SELECT 1 -- note --> statement-breakpoint\n + 2",
        "SELECT \"--> statement-breakpoint\"",
        "SELECT 1 --> statement-break\n + 2",
    ] {
        assert_eq!(pieces(whole), [whole]);
    }
}

#[test]
fn what_cannot_be_cut_is_named_with_its_place() {
    use SplitProblem::*;
    let cases = [
        ("SELECT 1;\n SELECT 'a;", 18, 2, UnterminatedString),
        ("SELECT E'a\\';", 7, 1, UnterminatedString),
        ("SELECT E'a'\n'b\\';", 12, 2, UnterminatedString),
        ("SELECT \"a;", 7, 1, UnterminatedIdentifier),
        ("SELECT $a$ ; $b$", 7, 1, UnterminatedDollarQuote),
        ("SELECT $$ ; $", 7, 1, UnterminatedDollarQuote),
        ("SELECT 1; /* a /* b */ ", 10, 1, UnterminatedComment),
        ("SELECT 1;\n\\connect other\nSELECT 'a", 10, 2, PsqlCommand),
        ("SELECT 1;\nSELECT \0", 17, 2, NulCharacter),
        (
            "SELECT 1;\nCOPY t (a) FROM STDIN;\n1\tit's\n\\.\n",
            10,
            2,
            CopyFromClient,
        ),
        (
            "-- data\ncopy t from stdin with (format csv);\n'\n\\.",
            8,
            2,
            CopyFromClient,
        ),
        ("COPY (SELECT 1) TO STDOUT", 0, 1, CopyFromClient),
    ];
    for (sql, offset, line, problem) in cases {
        assert_eq!(
            split(sql),
            Err(SplitError {
                offset,
                line,
                problem
            }),
            "{sql}"
        );
    }
    assert_eq!(one("COPY t FROM '/stdin'"), StatementKind::Ordinary);
    assert_eq!(one("COPY stdin FROM '/a'"), StatementKind::Ordinary);
}

#[test]
fn statements_that_postgresql_refuses_in_a_transaction() {
    let autocommit = [
        "CREATE INDEX CONCURRENTLY i ON t (a)",
        "create unique /* u */ index concurrently if not exists i on only s.t (a)",
        "CREATE INDEX CONCURRENTLY ON t (a)",
        "DROP INDEX CONCURRENTLY IF EXISTS i",
        "REINDEX INDEX CONCURRENTLY i",
        "REINDEX (VERBOSE, CONCURRENTLY) TABLE t",
        "REINDEX (CONCURRENTLY TRUE) TABLE t",
        "REINDEX SCHEMA s",
        "REINDEX (VERBOSE) DATABASE d",
        "REINDEX SYSTEM d",
        "VACUUM",
        "VACUUM (FULL, ANALYZE) t",
        "CLUSTER",
        "CLUSTER VERBOSE",
        "CLUSTER (VERBOSE)",
        "CREATE DATABASE d",
        "DROP DATABASE IF EXISTS d WITH (FORCE)",
        "ALTER DATABASE d SET TABLESPACE x",
        "CREATE TABLESPACE x LOCATION '/x'",
        "DROP TABLESPACE x",
        "ALTER SYSTEM SET work_mem = '1MB'",
        "ALTER TABLE IF EXISTS ONLY p DETACH PARTITION s.q CONCURRENTLY",
        "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p",
        "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p WITH (create_slot = true)",
        "ALTER SUBSCRIPTION s REFRESH PUBLICATION",
        "ALTER SUBSCRIPTION s SET PUBLICATION p",
        "DO $$ BEGIN FOR i IN 1..2 LOOP UPDATE t SET a = 1; COMMIT; END LOOP; END $$",
        "DO LANGUAGE plpgsql $x$ BEGIN ROLLBACK AND CHAIN; END $x$",
    ];
    for sql in autocommit {
        let kind = one(sql);
        assert!(kind.refused_in_transaction().is_some(), "{sql}");
        assert_eq!(kind.runs_in(), RunsIn::Autocommit, "{sql}");
    }
    let undecided = [
        "CALL p()",
        "DROP SUBSCRIPTION s",
        "REINDEX TABLE t",
        "REINDEX (CONCURRENTLY off) INDEX i",
        "CLUSTER t USING i",
    ];
    for sql in undecided {
        assert_eq!(one(sql), StatementKind::Undecided, "{sql}");
    }
    let ordinary = [
        "CREATE INDEX i ON t (a)",
        "CREATE INDEX \"concurrently\" ON t (a)",
        "DROP INDEX i, \"concurrently\"",
        "COMMENT ON TABLE t IS 'CREATE INDEX CONCURRENTLY'",
        "CREATE TABLE vacuum (a int)",
        "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ VACUUM $$",
        "ALTER TABLE p DETACH PARTITION q",
        "ALTER TABLE p DETACH PARTITION q FINALIZE",
        "ALTER TABLESPACE x RENAME TO y",
        "ALTER DATABASE d SET work_mem = '1MB'",
        "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p WITH (connect = false)",
        "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p WITH (slot_name = none, create_slot = 'off')",
        "ALTER SUBSCRIPTION s SET PUBLICATION p WITH (refresh = false)",
        "ALTER SUBSCRIPTION s DISABLE",
        "ALTER TYPE e ADD VALUE 'x'",
        "DO $$ BEGIN PERFORM commit FROM t; END $$",
        "DO $$ BEGIN RAISE NOTICE 'COMMIT;'; /* COMMIT; */ END $$",
        "DO ''",
        "ANALYZE t",
        "PREPARE s AS SELECT 1",
        "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
        "(SELECT 1)",
        "\"begin\"",
        "DISCARD TEMP",
    ];
    for sql in ordinary {
        assert_eq!(one(sql), StatementKind::Ordinary, "{sql}");
        assert_eq!(one(sql).runs_in(), RunsIn::Transaction);
    }
    assert_eq!(one("DISCARD ALL"), StatementKind::DiscardAll);
}

#[test]
fn transaction_control_by_what_it_does() {
    use TransactionControl::*;
    let cases = [
        (
            Begin,
            &[
                "BEGIN",
                "begin work",
                "BEGIN /* x */ TRANSACTION",
                "START TRANSACTION",
            ][..],
        ),
        (
            BeginWithModes,
            &[
                "BEGIN ISOLATION LEVEL SERIALIZABLE",
                "START TRANSACTION READ ONLY",
                "BEGIN READ WRITE",
            ],
        ),
        (
            Commit,
            &[
                "COMMIT",
                "commit work",
                "END",
                "END TRANSACTION",
                "COMMIT AND NO CHAIN",
            ],
        ),
        (
            Savepoint,
            &[
                "SAVEPOINT a",
                "RELEASE a",
                "ROLLBACK TO a",
                "rollback work to savepoint a",
            ],
        ),
        (
            Other,
            &[
                "ROLLBACK",
                "ABORT",
                "COMMIT AND CHAIN",
                "ROLLBACK AND NO CHAIN",
                "PREPARE TRANSACTION 'a'",
            ],
        ),
        (Other, &["COMMIT PREPARED 'a'", "ROLLBACK PREPARED 'a'"]),
    ];
    for (control, statements) in cases {
        for sql in statements {
            assert_eq!(
                one(sql),
                StatementKind::TransactionControl(control),
                "{sql}"
            );
        }
    }
}

#[test]
fn a_concurrent_index_is_named_as_the_catalogs_name_it() {
    let index = |schema: Option<&str>, name: &str, table: Option<&str>| {
        Some(ConcurrentIndex {
            schema: schema.map(str::to_owned),
            name: name.to_owned(),
            table: table.map(str::to_owned),
        })
    };
    let created = |sql: &str| match one(sql) {
        StatementKind::CreateIndexConcurrently(index) => index,
        kind => panic!("{kind:?}"),
    };
    let dropped = |sql: &str| match one(sql) {
        StatementKind::DropIndexConcurrently(index) => index,
        kind => panic!("{kind:?}"),
    };
    assert_eq!(
        created("CREATE INDEX CONCURRENTLY Foo ON Bar (a)"),
        index(None, "foo", Some("bar"))
    );
    assert_eq!(
        created(
            "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS \"A\"\"b\" ON ONLY \"S\" . \"T\" USING gin (a)"
        ),
        index(Some("S"), "A\"b", Some("T"))
    );
    assert_eq!(created("CREATE INDEX CONCURRENTLY ON t (a)"), None);
    assert_eq!(
        created("CREATE INDEX CONCURRENTLY U&\"\\0061\" ON t (a)"),
        None
    );
    let long = "é".repeat(40);
    assert_eq!(
        created(&format!("CREATE INDEX CONCURRENTLY {long} ON t (a)")),
        index(None, &"é".repeat(31), Some("t"))
    );
    assert_eq!(
        dropped("DROP INDEX CONCURRENTLY IF EXISTS s.i CASCADE"),
        index(Some("s"), "i", None)
    );
    assert_eq!(
        dropped("DROP INDEX CONCURRENTLY d.s.i"),
        index(Some("s"), "i", None)
    );
}

#[test]
fn lines_and_columns_count_characters_from_one() {
    let sql = "é1\r\nß2\n";
    assert_eq!(line_column(sql, 0), (1, 1));
    assert_eq!(line_column(sql, sql.find('1').unwrap()), (1, 2));
    assert_eq!(line_column(sql, sql.find('2').unwrap()), (2, 2));
    assert_eq!(line_column(sql, sql.len()), (3, 1));
    assert_eq!(line_column(sql, 1), (1, 1), "inside a character");
    assert_eq!(line_column(sql, 99), (3, 1), "past the end");
}
