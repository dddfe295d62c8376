//! The rows that a step will meet, as a query on the database as it is before the first step.

use pg_migration::{PlannedMigration, Statement};
use pg_schema::{
    Column, ColumnType, GlobalKind, PartKind, QualifiedName, RelationKind, Rename, Schema, Table,
    quote_identifier,
};

use crate::introspect::behind_serial;

/// What a way changes, seen from where it begins.
pub(super) struct Before<'a> {
    /// The state that was read.
    from: &'a Schema,
    /// The state that the way leads to.
    pub(super) to: &'a Schema,
    renames: Vec<Rename>,
    conversions: Vec<Conversion<'a>>,
    /// Sequences that begin anew if they have counted past their new bounds.
    restarted: Vec<&'a QualifiedName>,
}

/// A column whose values are converted.
struct Conversion<'a> {
    table: &'a QualifiedName,
    column: &'a str,
    /// The expression, if it is not left to PostgreSQL.
    using: Option<&'a str>,
    data_type: &'a str,
}

impl<'a> Before<'a> {
    /// `None` for a way without a step.
    pub(super) fn new(from: &'a Schema, way: &'a [PlannedMigration]) -> Option<Self> {
        let steps = way.iter().flat_map(|migration| &migration.plan.steps);
        let restarted = steps.clone().filter_map(|step| match &step.statement {
            Statement::RestartSequenceOutside { name, .. } => Some(name),
            _ => None,
        });
        let restarted = restarted.collect();
        let conversions = steps.filter_map(|step| match &step.statement {
            Statement::SetDataType {
                table,
                column,
                using,
                data_type,
            } => Some(Conversion {
                table,
                column,
                using: using.as_deref(),
                data_type,
            }),
            _ => None,
        });
        Some(Self {
            from,
            to: &way.last()?.state,
            renames: way.iter().flat_map(|it| it.plan.renames()).collect(),
            conversions: conversions.collect(),
            restarted,
        })
    }

    /// Whether a sequence begins anew if it has counted past its new bounds.
    pub(super) fn restarts(&self, sequence: &QualifiedName) -> bool {
        self.restarted.contains(&sequence)
    }

    /// Whether the state that was read has a table, a view or an enum of that name.
    pub(super) fn holds(&self, name: &QualifiedName) -> bool {
        self.from.tables.contains(name)
            || self.from.views.contains(name)
            || self.from.enums.contains(name)
    }

    /// What a schema is called before.
    pub(super) fn schema<'b>(&'b self, later: &'b str) -> &'b str {
        let earlier = self.renames.iter().find_map(|rename| match rename {
            Rename::Global {
                kind: GlobalKind::Namespace,
                from,
                to,
            } if to == later => Some(from.as_str()),
            _ => None,
        });
        earlier.unwrap_or(later)
    }

    /// What something in a schema is called before, if it is not renamed itself: what is dropped never is.
    pub(super) fn unrenamed(&self, name: &QualifiedName) -> QualifiedName {
        QualifiedName::new(self.schema(&name.schema), &name.name)
    }

    /// What a table, a view or a sequence is called before.
    pub(super) fn name(&self, later: &QualifiedName) -> QualifiedName {
        let earlier = self.renames.iter().find_map(|rename| match rename {
            Rename::InSchema {
                kind: RelationKind::Table | RelationKind::View | RelationKind::Sequence,
                from,
                to,
            } if to == later => Some(from),
            _ => None,
        });
        self.unrenamed(earlier.unwrap_or(later))
    }

    /// What a column is called before.
    pub(super) fn column<'b>(&'b self, table: &QualifiedName, later: &'b str) -> &'b str {
        self.part(PartKind::Column, table, later)
    }

    /// What a label of an enum is called before.
    pub(super) fn label<'b>(&'b self, of: &QualifiedName, later: &'b str) -> &'b str {
        self.part(PartKind::Label, of, later)
    }

    fn part<'b>(&'b self, part: PartKind, owner: &QualifiedName, later: &'b str) -> &'b str {
        let earlier = self.renames.iter().find_map(|rename| match rename {
            Rename::Part { kind, of, from, to } if *kind == part && of == owner && to == later => {
                Some(from.as_str())
            }
            _ => None,
        });
        earlier.unwrap_or(later)
    }

    /// The table as it is, under its later name; `None` for a new one, which can have the name that another one gives away.
    pub(super) fn table(&self, later: &QualifiedName) -> Option<&'a Table> {
        let (mut taken, mut given) = (false, false);
        for rename in &self.renames {
            if let Rename::InSchema { from, to, .. } = rename {
                taken |= to == later;
                given |= from == later;
            }
        }
        let is_new = given && !taken;
        (!is_new).then(|| self.from.tables.get(&self.name(later)))?
    }

    /// The column as it is, under the later names of both; `None` for one that is new, or made anew.
    pub(super) fn column_of(&self, table: &QualifiedName, later: &Column) -> Option<&'a Column> {
        let name = self.column(table, &later.name);
        let gives_it_away = |rename: &Rename| matches!(rename, Rename::Part { kind: PartKind::Column, of, from, to } if of == table && from == name && *to != later.name);
        if self.renames.iter().any(gives_it_away) {
            return None;
        }
        let column = self.table(table)?.columns.get(name)?;
        // A generated column is computed anew when its expression changes.
        let computed_anew = later.generated.is_some() && column.generated != later.generated;
        (!computed_anew).then_some(column)
    }

    /// What stands in FROM for a table's rows as they will be, under the table's later name and with its later columns; `None` for a new table. Only
    /// what is `used` need be as it will be: else a value that another step refuses would be in the way.
    pub(super) fn rows(
        &self,
        later: &QualifiedName,
        used: &dyn Fn(&str) -> bool,
    ) -> Option<String> {
        let name = self.name(later);
        let Some(before) = self.table(later) else {
            // One that is nobody's here is taken to stay as it is.
            let is_new = self.to.tables.contains(later);
            return (!is_new).then(|| name.short_sql());
        };
        let after = self.to.tables.get(later).unwrap_or(before);
        let converted = |column: &Column| {
            let conversion = self.conversion(later, &column.name);
            conversion.filter(|_| used(&column.name))
        };
        let is_same = |column: &Column| {
            let before = self.column_of(later, column);
            !used(&column.name)
                || before.is_some_and(|it| it.name == column.name) && converted(column).is_none()
        };
        if name.name == later.name && after.columns.iter().all(is_same) {
            return Some(name.short_sql());
        }
        let alias = quote_identifier(&later.name);
        let stored = after.columns.iter().filter_map(|column| {
            let value = match self.column_of(later, column) {
                Some(column) => quote_identifier(&column.name),
                None if column.generated.is_some() => return None,
                None => new_value(column),
            };
            Some(format!("{value} AS {}", quote_identifier(&column.name)))
        });
        let stored = stored.collect::<Vec<_>>().join(", ");
        let mut sql = format!("(SELECT {stored} FROM {}) AS {alias}", name.short_sql());
        let is_computed =
            |column: &Column| column.generated.is_some() && self.column_of(later, column).is_none();
        if after
            .columns
            .iter()
            .any(|it| is_computed(it) || converted(it).is_some())
        {
            let values = after.columns.iter().map(|column| {
                let own = quote_identifier(&column.name);
                let value = match (&column.generated, converted(column)) {
                    (Some(expression), None) if is_computed(column) => in_parentheses(expression),
                    (_, Some(value)) => value,
                    _ => own.clone(),
                };
                format!("{value} AS {own}")
            });
            let values = values.collect::<Vec<_>>().join(", ");
            sql = format!("(SELECT {values} FROM {sql}) AS {alias}");
        }
        Some(sql)
    }

    /// The value of a column whose type changes. One that goes over text to a type that is made anew ends as text here.
    fn conversion(&self, table: &QualifiedName, column: &str) -> Option<String> {
        let mut steps = (self.conversions.iter())
            .filter(|it| it.table == table && it.column == column)
            .peekable();
        let first = *steps.peek()?;
        let over_text = steps.count() > 1;
        let own = quote_identifier(column);
        Some(match first.using {
            Some(using) if !over_text => using.to_owned(),
            _ => format!("{own}::{}", first.data_type),
        })
    }
}

/// What rows have in a column that they get.
fn new_value(column: &Column) -> String {
    let counts = column.identity.is_some() || column.data_type.is_serial();
    let data_type = stored_type(&column.data_type);
    match &column.default {
        _ if counts => format!("(row_number() OVER ())::{data_type}"),
        Some(default) => format!("({})::{data_type}", default.sql()),
        None => format!("NULL::{data_type}"),
    }
}

/// A type as it is stored: serial ones stand for another.
pub(super) fn stored_type(data_type: &ColumnType) -> String {
    behind_serial(data_type).map_or_else(|| data_type.qualified_sql(), |(base, _)| base.to_owned())
}

/// A condition that none of these is NULL.
pub(super) fn all_given(keys: &[String]) -> String {
    let given: Vec<_> = keys
        .iter()
        .map(|key| format!("{key} IS NOT NULL"))
        .collect();
    given.join(" AND ")
}

/// An expression whose last line may be a comment.
pub(super) fn in_parentheses(expression: &str) -> String {
    let end = if expression.contains("--") { "\n" } else { "" };
    format!("({expression}{end})")
}
