//! Every row once, in the server's order, whatever the order, the key and the size of a page.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use pg_database::browse::Comparison::{
    Contains, Eq, Ge, Gt, Ilike, In, IsNull, Le, Like, Lt, Ne, NotNull,
};
use pg_database::browse::{At, Comparison, Filter, Operand, Query, Sort, describe, page};

use super::{backward, database, firsts, forward, id, texts};
use crate::common::connect;

/// Nulls, ties, values that are equal and not the same, several collations, and an order of a type that is not on the path.
const ROWS: &str = r#"
CREATE SCHEMA elsewhere;
CREATE EXTENSION citext SCHEMA elsewhere;
CREATE TYPE mood AS ENUM ('zzz', 'mmm', 'aaa');
CREATE COLLATION unlike_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE DOMAIN price AS numeric CHECK (VALUE >= 0);
CREATE TABLE "odd ""name" (
    id int, number int, "Text" text, c text COLLATE "C", icu text COLLATE unlike_case, mood mood, price price,
    float float8, at timestamptz, flag boolean, list int[], ci elsewhere.citext, pair int4range, ip inet, wide interval, "desc" "char");
INSERT INTO "odd ""name"
SELECT i, nullif(i % 7, 3), (ARRAY['b', 'B', 'a', 'A', 'ä', 'É', 'e', '', NULL, 'a b', 'ab'])[i % 11 + 1],
       (ARRAY['b', 'B', 'a', 'A', 'ä', NULL])[i % 6 + 1], (ARRAY['b', 'B', 'a', 'A', NULL])[i % 5 + 1],
       (ARRAY['aaa', 'zzz', NULL]::mood[])[i % 3 + 1], (ARRAY[1.0, 1.00, 0, NULL, 1e20])[i % 5 + 1],
       (ARRAY['NaN', '-Infinity', '0', '-0', '0.1', NULL]::float8[])[i % 6 + 1],
       (ARRAY['infinity', '-infinity', '2020-01-01 00:00:00.000001+00', '4713-01-01 BC', NULL]::timestamptz[])[i % 5 + 1],
       (ARRAY[true, false, NULL])[i % 3 + 1], (ARRAY['{1,2}', '{1}', '{}', '{NULL}', NULL])[i % 5 + 1]::int[],
       (ARRAY['b', 'B', 'a', NULL])[i % 4 + 1]::elsewhere.citext, (ARRAY['[1,2)', 'empty', '(,)', NULL]::int4range[])[i % 4 + 1],
       (ARRAY['10.0.0.1', '10.0.0.0/8', '::1', NULL]::inet[])[i % 4 + 1], (ARRAY['1 mon', '30 days', '720:00', NULL]::interval[])[i % 4 + 1],
       (ARRAY['a', 'b', NULL]::"char"[])[i % 3 + 1]
  FROM generate_series(1, 60) i;
"#;

const TABLE: &str = r#""odd ""name""#;

/// Through all pages.
type Walk = fn(&mut pg_database::Database, &Query, usize) -> Vec<String>;

/// How a key is made, and how the server orders by it.
const KEYS: [(&str, &str); 4] = [
    (r#"ALTER TABLE "odd ""name" ADD PRIMARY KEY (id)"#, "id"),
    (
        r#"ALTER TABLE "odd ""name" ALTER id SET NOT NULL, ADD UNIQUE (id)"#,
        "id",
    ),
    ("SELECT 1", "ctid"),
    (
        r#"CREATE TABLE heir () INHERITS ("odd ""name"); INSERT INTO heir SELECT id + 60 FROM "odd ""name""#,
        "tableoid, ctid",
    ),
];

#[test]
fn every_row_is_shown_once_in_the_servers_order() {
    for (make_key, key) in KEYS {
        let mut database = database("paging", ROWS);
        database.execute(make_key).unwrap();
        let id = id(&mut database, TABLE);
        let relation = describe(&mut database, id).unwrap();
        assert!(relation.columns.iter().all(|column| column.sortable));
        let names: Vec<_> = relation
            .columns
            .iter()
            .map(|it| pg_schema::quote_identifier(&it.name))
            .collect();
        let mut orders = vec![
            vec![],
            vec![(3, false), (2, true)],
            vec![(2, true), (6, false), (3, true)],
            vec![(1, true)],
        ];
        for column in 1..=relation.columns.len() {
            orders.extend([vec![(column, false)], vec![(column, true)]]);
        }
        for order in orders {
            let sort: Vec<_> = order
                .iter()
                .map(|(column, desc)| Sort {
                    column: i16::try_from(*column).unwrap(),
                    desc: *desc,
                })
                .collect();
            let direction = |desc: bool| if desc { "DESC" } else { "ASC" };
            let mut terms: Vec<_> = order
                .iter()
                .map(|(column, desc)| format!("{} {}", names[column - 1], direction(*desc)))
                .collect();
            let desc = order.last().is_some_and(|(_, desc)| *desc);
            terms.extend(
                key.split(", ")
                    .map(|part| format!("{part} {}", direction(desc))),
            );
            let expected = texts(
                &mut database,
                &format!("SELECT id FROM {TABLE} ORDER BY {}", terms.join(", ")),
            );
            let query = Query {
                id,
                sort,
                ..Query::default()
            };
            for limit in [1, 7, 60, 1000] {
                // One row a page takes long, and proves most where there are nulls and ties.
                if limit == 1 && order.len() < 2 {
                    continue;
                }
                assert_eq!(
                    forward(&mut database, &query, limit),
                    expected,
                    "{key} {order:?} {limit}"
                );
                assert_eq!(
                    backward(&mut database, &query, limit),
                    expected,
                    "{key} {order:?} {limit}"
                );
            }
        }
    }
}

#[test]
fn a_page_before_another_ends_where_that_begins() {
    let mut database = database("between", ROWS);
    database.execute(KEYS[0].0).unwrap();
    let id = id(&mut database, TABLE);
    let sort = vec![Sort {
        column: 2,
        desc: false,
    }];
    let query = Query {
        id,
        sort,
        ..Query::default()
    };
    let mut next = |at: &At| page(&mut database, &query, at, 7).unwrap();
    let first = next(&At::First);
    let second = next(&At::After(first.last.clone().unwrap()));
    let back = next(&At::Before(second.first.clone().unwrap()));
    assert_eq!(firsts(&back), firsts(&first));
    assert!(!back.has_previous && back.has_next);
    // A cursor of one order is none of another.
    let other = Query {
        id,
        ..Query::default()
    };
    assert!(page(&mut database, &other, &At::After(first.last.unwrap()), 7).is_err());
}

#[test]
fn rows_that_were_there_all_along_are_shown_once_while_others_come_and_go() {
    let mut database = database(
        "concurrent",
        "CREATE TABLE t (id int PRIMARY KEY, rank int, kept boolean);
         INSERT INTO t SELECT i * 10, i % 5, true FROM generate_series(1, 500) i;",
    );
    let id = id(&mut database, "t");
    let name = texts(&mut database, "SELECT current_database()").remove(0);
    let url = pg_devserver::TestServer::shared().url(&name);
    let over = AtomicBool::new(false);
    let expected = texts(
        &mut database,
        "SELECT id FROM t ORDER BY rank DESC, id DESC",
    );
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut writer = connect(&url);
            let mut round = 0;
            while !over.load(Ordering::Relaxed) {
                round += 1;
                let sql = format!(
                    "INSERT INTO t SELECT i * 10 + {0}, i % 5, false FROM generate_series(1, 500, 3) i ON CONFLICT DO NOTHING;
                     DELETE FROM t WHERE NOT kept AND id % 3 = {1}",
                    round % 9 + 1,
                    round % 3
                );
                writer.execute(&sql).unwrap();
            }
        });
        let sort = vec![Sort {
            column: 2,
            desc: true,
        }];
        let query = Query {
            id,
            sort,
            ..Query::default()
        };
        let walks: [Walk; 2] = [forward, backward];
        let mut others = 0;
        for walk in walks {
            let shown = walk(&mut database, &query, 20);
            let (kept, other): (Vec<String>, Vec<String>) =
                shown.into_iter().partition(|id| id.ends_with('0'));
            others += other.len();
            if kept != expected {
                over.store(true, Ordering::Relaxed);
            }
            assert_eq!(kept, expected);
        }
        over.store(true, Ordering::Relaxed);
        assert!(others > 0, "nothing came and went");
    });
}

#[test]
fn a_table_without_a_key_is_read_in_the_order_of_its_blocks() {
    let mut database = database(
        "blocks",
        "CREATE TABLE t (id int, even boolean, pad text); INSERT INTO t SELECT i, i % 2 = 0, repeat('x', 500) FROM generate_series(1, 3000) i;
         DELETE FROM t WHERE id BETWEEN 500 AND 1500; UPDATE t SET pad = 'new' WHERE id % 7 = 0;
         CREATE TABLE empty (id int);",
    );
    let id_of = id(&mut database, "t");
    let expected = texts(&mut database, "SELECT id FROM t ORDER BY ctid");
    let query = Query {
        id: id_of,
        ..Query::default()
    };
    for limit in [7, 100, 5000] {
        assert_eq!(forward(&mut database, &query, limit), expected, "{limit}");
        assert_eq!(backward(&mut database, &query, limit), expected, "{limit}");
    }
    let filter = Filter {
        column: 1,
        op: Comparison::In,
        value: Operand::Many(vec!["3".to_owned(), "2999".to_owned()]),
    };
    let query = Query {
        filters: vec![filter],
        ..query
    };
    assert_eq!(forward(&mut database, &query, 1), ["3", "2999"]);
    assert_eq!(backward(&mut database, &query, 1), ["3", "2999"]);
    let id = id(&mut database, "empty");
    let none = page(
        &mut database,
        &Query {
            id,
            ..Query::default()
        },
        &At::Last,
        5,
    )
    .unwrap();
    assert!(none.rows.is_empty() && none.last.is_none());
}

#[test]
fn a_view_is_paged_by_number() {
    let mut database = database(
        "view",
        "CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t SELECT generate_series(1, 10); CREATE VIEW v AS SELECT id FROM t ORDER BY id;",
    );
    let id = id(&mut database, "v");
    let expected: Vec<_> = (1..=10).map(|id| id.to_string()).collect();
    let query = Query {
        id,
        ..Query::default()
    };
    for limit in [1, 3, 5, 10, 11] {
        assert_eq!(forward(&mut database, &query, limit), expected, "{limit}");
        assert_eq!(backward(&mut database, &query, limit), expected, "{limit}");
    }
    let sort = vec![Sort {
        column: 1,
        desc: true,
    }];
    let first = page(&mut database, &Query { sort, ..query }, &At::First, 2).unwrap();
    assert_eq!(firsts(&first), ["10", "9"]);
    assert!(first.rows.iter().all(|row| row.key.is_none()));
}

const FILTERED: &str = r#"
        CREATE SCHEMA elsewhere; CREATE EXTENSION citext SCHEMA elsewhere;
        CREATE TYPE mood AS ENUM ('low', 'high');
        CREATE TABLE t (id int PRIMARY KEY, name text, mood mood, data jsonb, tags text[], span int4range, plain json, ci elsewhere.citext, ip inet, price numeric(5,2));
        INSERT INTO t VALUES
            (1, 'O''Brien', 'low', '{"a": 1, "b": [1, 2]}', '{x,y}', '[1,5)', '{"a":1}', 'Same', '10.0.0.1', 1.10),
            (2, '50%', 'high', '{"a": 2}', '{y}', '[3,9)', '{"a": 1}', 'same', '10.0.0.0/8', 2),
            (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
            (4, '', 'low', 'null', '{}', 'empty', 'null', '', '::1', 0);
        "#;

fn one(text: &str) -> Operand {
    Operand::One(text.to_owned())
}

fn many(texts: &[&str]) -> Operand {
    Operand::Many(texts.iter().map(|text| (*text).to_owned()).collect())
}

#[test]
fn filters_say_what_they_mean() {
    let mut database = database("filters", FILTERED);
    let id = id(&mut database, "t");
    for (column, op, value, expected) in [
        (2, Eq, one("O'Brien"), "1"),
        (2, Eq, one("'; DROP TABLE t; --"), ""),
        (2, Eq, one(""), "4"),
        (2, Ne, one(""), "1 2"),
        (2, IsNull, Operand::None, "3"),
        (2, NotNull, Operand::None, "1 2 4"),
        (2, Like, one("%\\%"), "2"),
        (2, Like, one("o%"), ""),
        (2, Ilike, one("o%"), "1"),
        (1, Gt, one("2"), "3 4"),
        (1, Ge, one("2"), "2 3 4"),
        (1, Lt, one("2"), "1"),
        (1, Le, one("2"), "1 2"),
        (1, Like, one("1%"), "1"),
        (1, In, many(&["1", "4", "99"]), "1 4"),
        (3, Eq, one("low"), "1 4"),
        (3, Gt, one("low"), "2"),
        (3, In, many(&["high"]), "2"),
        (4, Contains, one(r#"{"b": [2]}"#), "1"),
        (4, Eq, one(r#"{"b": [1, 2], "a": 1.0}"#), "1"),
        (4, Eq, one("null"), "4"),
        (5, Contains, one("{y}"), "1 2"),
        (5, Eq, one("{x,y}"), "1"),
        (6, Contains, one("[3,4)"), "1 2"),
        (7, Eq, one(r#"{"a": 1}"#), "2"),
        (8, Eq, one("SAME"), "1 2"),
        (9, Eq, one("10.0.0.1"), "1"),
        (9, Like, one("10.0.0.1"), "1"),
        (10, Eq, one("1.1"), "1"),
        (10, Gt, one("1.099"), "1 2"),
    ] {
        let filter = Filter {
            column,
            op,
            value: value.clone(),
        };
        let query = Query {
            id,
            filters: vec![filter],
            ..Query::default()
        };
        let found = firsts(&page(&mut database, &query, &At::First, 10).unwrap());
        assert_eq!(found.join(" "), expected, "{column} {op:?} {value:?}");
        let counted = pg_database::browse::count(&mut database, &query).unwrap();
        assert_eq!(counted, found.len() as u64);
    }
}

#[test]
fn filters_that_mean_nothing_are_refused() {
    let mut database = database("senseless", FILTERED);
    let id = id(&mut database, "t");
    for (column, op, value) in [
        (2, Eq, Operand::None),
        (1, Eq, one("x")),
        (1, Eq, many(&["1"])),
        (1, In, many(&[])),
        (7, Gt, one("{}")),
        (2, Contains, one("x")),
        (3, Eq, one("medium")),
        (99, Eq, one("x")),
    ] {
        let filter = Filter { column, op, value };
        let query = Query {
            id,
            filters: vec![filter.clone()],
            ..Query::default()
        };
        assert!(
            page(&mut database, &query, &At::First, 10).is_err(),
            "{filter:?}"
        );
    }
    let sort = vec![Sort {
        column: 7,
        desc: false,
    }];
    assert!(
        page(
            &mut database,
            &Query {
                id,
                sort,
                ..Query::default()
            },
            &At::First,
            10
        )
        .is_err()
    );
}
