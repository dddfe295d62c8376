//! The desired side as temporary relations.

use std::collections::BTreeMap;
use std::slice;

use pg_migration::{PolicyTable, Statement};
use pg_schema::{
    Column, ColumnType, Index, LinkedPolicy, Objects, Policy, QualifiedName, Table, View,
    quote_identifier, quote_literal,
};

use super::{Prints, both, shape};
use crate::connect::Database;
use crate::error::QueryError;
use crate::introspect::{self, PRINT_SETTINGS, behind_serial, put};

/// Where temporary relations lie, whatever the number of the session.
const TEMPORARY: &str = "pg_temp";

/// How many relations are made before all are rolled back: each holds locks until then, and the server has room for a limited number.
const AT_A_TIME: usize = 500;

/// Runs all at once or, if it fails, statement by statement what can be run.
const ATTEMPT: &str = "
CREATE FUNCTION pg_temp.attempt(at_once text, statements text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    statement text;
BEGIN
    BEGIN
        EXECUTE at_once;
        RETURN;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
    FOREACH statement IN ARRAY statements LOOP
        BEGIN
            EXECUTE statement;
        EXCEPTION WHEN OTHERS THEN NULL;
        END;
    END LOOP;
END $$";

/// What makes the relations that are asked about, by schema: relations of one schema can lie beside each other.
#[derive(Default)]
pub(super) struct Scratch(BTreeMap<(Place, String), Vec<Attempt>>);

/// Relations of one name cannot lie beside each other even if they stand for different things.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// What stands for itself.
    Itself,
    /// Tables for the indexes of materialized views.
    IndexedView,
}

/// What makes one relation.
struct Attempt {
    /// The relation itself.
    create: String,
    /// The same in small steps, of which some may fail.
    create_stepwise: Vec<String>,
    /// What is asked about it.
    questions: Vec<String>,
}

impl Scratch {
    fn add(&mut self, place: Place, name: &QualifiedName, attempt: Attempt) {
        let key = (place, name.schema.clone());
        self.0.entry(key).or_default().push(attempt);
    }

    /// Asks about the texts of a table that differ, with all columns that they may refer to.
    pub(super) fn add_table(&mut self, table: &Table, live: &Table) {
        let temporary = QualifiedName::new(TEMPORARY, &table.name.name);
        let mut questions = Vec::new();
        let mut differs = false;
        for (column, live) in both(&table.columns, &live.columns) {
            let is_serial = column.data_type.is_serial() || live.data_type.is_serial();
            differs |= column.data_type != live.data_type
                && !is_serial
                && shape::may_be_one_type(column, live)
                || column.collation != live.collation
                || column.generated.is_some() && column.generated != live.generated;
            if let Some(default) = column
                .default
                .as_ref()
                .filter(|_| column.default != live.default)
            {
                let set = Statement::SetDefault {
                    table: temporary.clone(),
                    column: column.name.clone(),
                    default: default.sql().to_owned(),
                };
                questions.push(set.sql());
            }
        }
        for (check, live) in both(&table.checks, &live.checks) {
            if check != live {
                let check = check.clone();
                let table = temporary.clone();
                questions.push(Statement::AddCheck { table, check }.sql());
            }
        }
        questions.extend(different_indexes(&table.indexes, &live.indexes, &temporary));
        for (policy, live) in both(&table.policies, &live.policies) {
            if policy != live {
                questions.push(create_policy(policy, &temporary));
            }
        }
        if differs || !questions.is_empty() {
            self.add(
                Place::Itself,
                &table.name,
                attempt(&temporary, table, questions),
            );
        }
    }

    pub(super) fn add_view(&mut self, view: &View, live: &View) {
        if let Some(definition) = view
            .definition
            .as_ref()
            .filter(|_| view.definition != live.definition)
        {
            let temporary = QualifiedName::new(TEMPORARY, &view.name.name);
            let create = format!("CREATE VIEW {} AS {definition}", temporary.sql());
            self.add(Place::Itself, &view.name, Attempt::of(create, Vec::new()));
        }
    }

    /// Only a materialized view that is there can be asked for its columns.
    pub(super) fn add_indexes_of_view(&mut self, view: &View, live: &View) {
        let temporary = QualifiedName::new(TEMPORARY, &view.name.name);
        let questions = different_indexes(&view.indexes, &live.indexes, &temporary);
        if !questions.is_empty() {
            let (own, real) = (temporary.sql(), view.name.sql());
            let create = format!("CREATE TABLE {own} (LIKE {real})");
            let attempt = Attempt::of(create, questions);
            self.add(Place::IndexedView, &view.name, attempt);
        }
    }

    /// The state does not hold the table, so its columns are the real one's.
    pub(super) fn add_linked_policy(&mut self, linked: &LinkedPolicy, other: &LinkedPolicy) {
        if linked != other {
            let on = &linked.name.0;
            let temporary = QualifiedName::new(TEMPORARY, &on.name);
            let create = format!("CREATE TABLE {} (LIKE {})", temporary.sql(), on.sql());
            let policy = create_policy(&linked.policy, &temporary);
            self.add(Place::Itself, on, Attempt::of(create, vec![policy]));
        }
    }

    /// Makes everything, reads what the server prints for it, and rolls it back.
    pub(super) fn print(self, database: &mut Database) -> Result<Prints, QueryError> {
        let mut prints = Prints::default();
        if self.0.is_empty() {
            return Ok(prints);
        }
        let mut transaction = database.client().transaction()?;
        transaction.batch_execute(PRINT_SETTINGS)?;
        transaction.batch_execute(ATTEMPT)?;
        let temporary =
            transaction.query_typed_one("SELECT pg_my_temp_schema()::regnamespace::text", &[])?;
        let temporary = [temporary.get::<_, String>(0)];
        for ((place, schema), relations) in self.0 {
            for some in relations.chunks(AT_A_TIME) {
                let mut round = transaction.transaction()?;
                round.batch_execute(&some.iter().map(Attempt::sql).collect::<String>())?;
                let (tables, views) = introspect::relations(&mut round, &temporary)?
                    .0
                    .into_parts();
                round.rollback()?;
                let of_place = match place {
                    Place::Itself => &mut prints.tables,
                    Place::IndexedView => &mut prints.indexed_views,
                };
                for table in &tables {
                    let name = QualifiedName::new(&schema, &table.name.name);
                    put(
                        of_place,
                        Table {
                            name,
                            ..table.clone()
                        },
                    );
                }
                for view in &views {
                    let name = QualifiedName::new(&schema, &view.name.name);
                    put(
                        &mut prints.views,
                        View {
                            name,
                            ..view.clone()
                        },
                    );
                }
            }
        }
        transaction.rollback()?;
        Ok(prints)
    }
}

fn different_indexes(
    indexes: &Objects<Index>,
    live: &Objects<Index>,
    table: &QualifiedName,
) -> Vec<String> {
    let different = both(indexes, live)
        .filter(|(index, live)| !index.same_state(live) && shape::may_be_one_index(index, live));
    let questions = different.map(|(index, _)| {
        let index = Index {
            concurrently: false,
            ..index.clone()
        };
        let table = table.clone();
        Statement::CreateIndex { table, index }.sql()
    });
    questions.collect()
}

impl Attempt {
    fn of(create: String, questions: Vec<String>) -> Self {
        Self {
            create_stepwise: vec![create.clone()],
            create,
            questions,
        }
    }

    fn sql(&self) -> String {
        let at_once = [slice::from_ref(&self.create), &self.questions].concat();
        let stepwise = [self.create_stepwise.as_slice(), &self.questions].concat();
        let stepwise: Vec<_> = stepwise.iter().map(|sql| quote_literal(sql)).collect();
        format!(
            "SELECT pg_temp.attempt({}, ARRAY[{}]);\n",
            quote_literal(&at_once.join(";\n")),
            stepwise.join(", ")
        )
    }
}

/// The table with its columns. Stepwise, they come one by one, as a type may not exist yet; generated ones last, as they refer to others.
fn attempt(temporary: &QualifiedName, table: &Table, questions: Vec<String>) -> Attempt {
    let own = |sql: String| without_schema(sql, &table.name);
    let (generated, plain): (Vec<_>, Vec<_>) =
        (table.columns.iter()).partition(|column| column.generated.is_some());
    let columns = plain
        .into_iter()
        .chain(generated)
        .map(|column| own(definition(column)));
    let columns: Vec<_> = columns.collect();
    let name = temporary.sql();
    let add = |column: &String| format!("ALTER TABLE {name} ADD COLUMN {column}");
    let bare = format!("CREATE TABLE {name} ()");
    Attempt {
        create: format!("CREATE TABLE {name} ({})", columns.join(", ")),
        create_stepwise: [bare].into_iter().chain(columns.iter().map(add)).collect(),
        questions: questions.into_iter().map(own).collect(),
    }
}

fn definition(column: &Column) -> String {
    let collation = column.collation.as_ref();
    let generated = column.generated.as_ref();
    format!(
        "{} {}{}{}",
        quote_identifier(&column.name),
        stored_type(&column.data_type),
        collation.map_or_else(String::new, |name| format!(" COLLATE {}", name.sql())),
        // A comment at its end must not swallow the parenthesis.
        generated.map_or_else(String::new, |sql| format!(
            " GENERATED ALWAYS AS ({sql}\n) STORED"
        )),
    )
}

/// A statement with `"schema"."table"."column"` as `"table"."column"`: a temporary table does not lie in that schema.
fn without_schema(sql: String, table: &QualifiedName) -> String {
    let own = format!("{}.", quote_identifier(&table.name));
    let quoted = format!("{}.", table.sql());
    let plain = format!("{}.{}.", table.schema, table.name);
    if sql.contains(&quoted) || sql.contains(&plain) {
        sql.replace(&quoted, &own).replace(&plain, &own)
    } else {
        sql
    }
}

/// The type behind a serial one, which would make a sequence and a default.
fn stored_type(data_type: &ColumnType) -> String {
    match behind_serial(data_type) {
        Some((stored, _)) => stored.to_owned(),
        None => data_type.sql(),
    }
}

fn create_policy(policy: &Policy, table: &QualifiedName) -> String {
    let on = PolicyTable {
        name: table.clone(),
        linked: true,
    };
    let policy = policy.clone();
    Statement::CreatePolicy { on, policy }.sql()
}
