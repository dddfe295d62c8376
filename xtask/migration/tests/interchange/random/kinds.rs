//! Sequences, roles, policies and views of a random state.

use pg_schema::prelude::*;
use pg_schema::{QualifiedName, quote_identifier};

use super::{COLUMNS, Choices, TABLES};

const ROLES: [&str; 2] = ["random_reader", "Random \"Writer\""];

impl Choices {
    pub(super) fn has_table(&self, name: &str) -> bool {
        !self.yes(5, name)
    }

    pub(super) fn has_column(&self, table: &str, column: &str) -> bool {
        !self.yes(3, &format!("{table} {column} there"))
    }

    fn has_sequence(&self) -> bool {
        !self.yes(4, "counter")
    }

    fn has_role(&self, role: &str) -> bool {
        !self.yes(3, role)
    }

    pub(super) fn sequences_and_roles(&self, mut declaration: Declaration) -> Declaration {
        if self.has_sequence() {
            let counter = match self.below(5, "counts") {
                0 => pg_sequence("counter"),
                1 => pg_sequence("counter").start_with(100).min_value(50),
                2 => pg_sequence("counter").max_value(70).cycle(),
                3 => pg_sequence("counter").increment(-1).cache(5),
                _ => pg_sequence("counter").increment(3),
            };
            declaration = declaration.with(counter);
        }
        for name in ROLES.into_iter().filter(|role| self.has_role(role)) {
            let role = pg_role(name);
            declaration = declaration.with(match self.below(3, &format!("{name} rights")) {
                0 => role,
                1 => role.create_db(),
                _ => role.no_inherit(),
            });
        }
        declaration
    }

    /// A column that counts with the sequence.
    pub(super) fn counted(&self, table: &str) -> Option<Column> {
        let counts = self.has_sequence() && self.yes(3, &format!("{table} counts"));
        counts.then(|| bigint("counted").default_sql("nextval('counter')"))
    }

    pub(super) fn policies(&self, mut table: Table, name: &str) -> Table {
        for number in 0..2 {
            let at = |what: &str| format!("{name} policy {number} {what}");
            if self.yes(3, &at("there")) {
                let named = policy(format!("{name} policy {number}"));
                let named = match self.below(5, &at("condition")) {
                    0 => named,
                    1 => named.using("id > 0"),
                    2 => named.using("id > 0").with_check("id > 1 -- more"),
                    3 => named.using(self.condition_on(name)),
                    _ => named.for_command(Insert).with_check("id > 0"),
                };
                let roles = ROLES.into_iter().filter(|role| self.has_role(role));
                let roles = roles.filter(|role| self.yes(2, &at(role)));
                let named = named.to(roles);
                table = table.policy(if self.yes(4, &at("restrictive")) {
                    named.restrictive()
                } else {
                    named
                });
            }
        }
        if self.yes(4, &format!("{name} secured")) {
            table.enable_rls()
        } else {
            table
        }
    }

    /// On a column of the table itself, or on another table.
    fn condition_on(&self, name: &str) -> String {
        let own = COLUMNS.into_iter().find(|it| self.has_column(name, it));
        let other = TABLES.into_iter().rev();
        let other = other
            .filter(|(other, _)| *other != name)
            .find(|(other, _)| self.has_table(other));
        match (own, other) {
            (Some(column), _) if self.yes(2, &format!("{name} own condition")) => {
                format!("{} IS NOT NULL", quote_identifier(column))
            }
            (_, Some((other, schema))) => {
                let other = QualifiedName::new(schema.unwrap_or("public"), other);
                let query = self.query(&other, "condition");
                format!("EXISTS ({query})")
            }
            _ => "true".to_owned(),
        }
    }

    fn query(&self, table: &QualifiedName, place: &str) -> String {
        let columns = COLUMNS.into_iter();
        let columns = columns.filter(|column| self.has_column(&table.name, column));
        let columns: Vec<_> = columns.map(quote_identifier).collect();
        let list = match self.below(4, &format!("{} {place} columns", table.name)) {
            0 => "*".to_owned(),
            1 => "count(*) AS id".to_owned(),
            2 if !columns.is_empty() => format!("id, {}", columns.join(", ")),
            _ => "id".to_owned(),
        };
        format!("SELECT {list} FROM {}", table.sql())
    }

    /// Views on tables, and views on those that are declared before them.
    pub(super) fn views(&self, mut declaration: Declaration) -> Declaration {
        for (name, schema) in TABLES.into_iter().filter(|(name, _)| self.has_table(name)) {
            let at = |what: &str| format!("{name} view {what}");
            if self.yes(3, &at("there")) {
                continue;
            }
            let view = format!("{name} view");
            if !self.yes(3, &at("used")) {
                let top = format!("over {view}");
                let query = format!("SELECT * FROM {}", quote_identifier(&view));
                declaration = self.view(declaration, top, query);
            }
            let table = QualifiedName::new(schema.unwrap_or("public"), name);
            declaration = self.view(declaration, view, self.query(&table, "view"));
        }
        declaration
    }

    fn view(&self, declaration: Declaration, name: String, query: String) -> Declaration {
        let at = |what: &str| format!("{name} {what}");
        if self.yes(3, &at("materialized")) {
            let view = pg_materialized_view(&name).as_sql(query);
            return declaration.with(if self.yes(2, &at("filled")) {
                view.with("fillfactor", 70)
            } else {
                view
            });
        }
        let view = pg_view(&name).as_sql(query);
        declaration.with(match self.below(3, &at("option")) {
            0 => view,
            1 => view.security_barrier(true),
            _ => view.security_barrier(false).security_invoker(true),
        })
    }
}
