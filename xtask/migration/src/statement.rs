//! Statements as data, and the one place that turns them into SQL.

use std::fmt::Write;

use pg_schema::{
    Check, Column, ColumnType, Enum, ForeignKey, Identity, Index, IndexTerm, NullsOrder,
    PrimaryKey, QualifiedName, SequenceOptions, SortOrder, Table, Unique, quote_identifier,
    quote_literal,
};

/// A statement of a plan.
#[derive(Debug, Clone, PartialEq)]
#[expect(
    missing_docs,
    reason = "variants and fields are named after the SQL they stand for"
)]
pub enum Statement {
    CreateSchema(String),
    DropSchema(String),
    CreateEnum(Enum),
    AddEnumValue {
        name: QualifiedName,
        value: String,
        before: Option<String>,
    },
    DropEnum(QualifiedName),
    /// With its columns, primary key, unique and check constraints; foreign keys and indexes follow as statements of their own.
    CreateTable(Table),
    DropTable(QualifiedName),
    DisableRowSecurity(QualifiedName),
    AddColumn {
        table: QualifiedName,
        column: Column,
        primary_key: bool,
    },
    /// `rebuilt` when the column is added again at once, as drizzle-kit does to change a generated column.
    DropColumn {
        table: QualifiedName,
        column: String,
        rebuilt: bool,
    },
    SetDataType {
        table: QualifiedName,
        column: String,
        data_type: String,
        using: Option<String>,
    },
    SetDefault {
        table: QualifiedName,
        column: String,
        default: String,
    },
    DropDefault {
        table: QualifiedName,
        column: String,
    },
    SetNotNull {
        table: QualifiedName,
        column: String,
    },
    DropNotNull {
        table: QualifiedName,
        column: String,
    },
    DropExpression {
        table: QualifiedName,
        column: String,
    },
    AddIdentity {
        table: QualifiedName,
        column: String,
        identity: Identity,
    },
    AlterIdentity {
        table: QualifiedName,
        column: String,
        set: String,
    },
    DropIdentity {
        table: QualifiedName,
        column: String,
    },
    AddPrimaryKey {
        table: QualifiedName,
        key: PrimaryKey,
    },
    AddUnique {
        table: QualifiedName,
        unique: Unique,
    },
    AddCheck {
        table: QualifiedName,
        check: Check,
    },
    AddForeignKey {
        table: QualifiedName,
        key: ForeignKey,
    },
    /// `replaced` when one of the same name is added again at once.
    DropConstraint {
        table: QualifiedName,
        name: String,
        kind: ConstraintKind,
        replaced: bool,
    },
    CreateIndex {
        table: QualifiedName,
        index: Index,
    },
    DropIndex(QualifiedName),
    /// The sequence that `serial` stands for, behind a column that had none.
    CreateOwnedSequence {
        table: QualifiedName,
        column: String,
        sequence: QualifiedName,
        data_type: &'static str,
    },
    /// Lets a sequence go on behind the highest value in a column.
    SetSequenceValue {
        table: QualifiedName,
        column: String,
        sequence: QualifiedName,
    },
    AlterSequenceType {
        sequence: QualifiedName,
        data_type: &'static str,
    },
    RenameSequence {
        name: QualifiedName,
        to: String,
    },
    DropSequence(QualifiedName),
}

/// The kind of a constraint that is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants are the kinds")]
pub enum ConstraintKind {
    PrimaryKey,
    Unique,
    ForeignKey,
    Check,
}

impl Statement {
    /// The statement as SQL, with its semicolon, in drizzle-kit's words and spacing.
    #[must_use]
    pub fn sql(&self) -> String {
        match self {
            Self::CreateSchema(name) => format!("CREATE SCHEMA {};", quote_identifier(name)),
            Self::DropSchema(name) => format!("DROP SCHEMA {};", quote_identifier(name)),
            Self::CreateEnum(declared) => {
                let values: Vec<_> = declared
                    .values
                    .iter()
                    .map(|value| quote_literal(value))
                    .collect();
                format!(
                    "CREATE TYPE {} AS ENUM({});",
                    declared.name.sql(),
                    values.join(", ")
                )
            }
            Self::AddEnumValue {
                name,
                value,
                before,
            } => {
                let before = before.as_ref().map_or_else(String::new, |value| {
                    format!(" BEFORE {}", quote_literal(value))
                });
                format!(
                    "ALTER TYPE {} ADD VALUE {}{before};",
                    name.sql(),
                    quote_literal(value)
                )
            }
            Self::DropEnum(name) => format!("DROP TYPE {};", name.sql()),
            Self::CreateTable(table) => create_table(table),
            Self::DropTable(name) => format!("DROP TABLE {} CASCADE;", name.short_sql()),
            Self::CreateIndex { table, index } => create_index(table, index),
            Self::DropIndex(name) => format!("DROP INDEX {};", name.short_sql()),
            Self::CreateOwnedSequence {
                table,
                column,
                sequence,
                data_type,
            } => format!(
                "CREATE SEQUENCE {} AS {data_type} OWNED BY {}.{};",
                sequence.short_sql(),
                table.short_sql(),
                quote_identifier(column)
            ),
            Self::SetSequenceValue {
                table,
                column,
                sequence,
            } => format!(
                "SELECT setval({}, (SELECT COALESCE(MAX({}), 0) + 1 FROM {}), false);",
                quote_literal(&sequence.short_sql()),
                quote_identifier(column),
                table.short_sql()
            ),
            Self::AlterSequenceType {
                sequence,
                data_type,
            } => {
                format!("ALTER SEQUENCE {} AS {data_type};", sequence.short_sql())
            }
            Self::RenameSequence { name, to } => {
                format!(
                    "ALTER SEQUENCE {} RENAME TO {};",
                    name.short_sql(),
                    quote_identifier(to)
                )
            }
            Self::DropSequence(name) => format!("DROP SEQUENCE {};", name.short_sql()),
            _ => self.alter_table(),
        }
    }

    /// Whether drizzle-kit ends the statement's text with a line break of its own, which shows before a breakpoint and at a file's end.
    #[must_use]
    pub fn ends_with_newline(&self) -> bool {
        matches!(
            self,
            Self::CreateSchema(_)
                | Self::DropSchema(_)
                | Self::CreateTable(_)
                | Self::DropConstraint {
                    kind: ConstraintKind::ForeignKey,
                    ..
                }
                | Self::DropConstraint { replaced: true, .. }
        )
    }

    fn alter_table(&self) -> String {
        let (table, action) = match self {
            Self::AddColumn {
                table,
                column,
                primary_key,
            } => (
                table,
                format!(
                    "ADD COLUMN {}",
                    column_definition(column, *primary_key, true)
                ),
            ),
            Self::DropColumn {
                table,
                column,
                rebuilt,
            } => {
                let verb = if *rebuilt {
                    "drop column"
                } else {
                    "DROP COLUMN"
                };
                (table, format!("{verb} {}", quote_identifier(column)))
            }
            Self::SetDataType {
                table,
                column,
                data_type,
                using,
            } => {
                let using = using
                    .as_ref()
                    .map_or_else(String::new, |expression| format!(" USING {expression}"));
                (
                    table,
                    alter_column(column, &format!("SET DATA TYPE {data_type}{using}")),
                )
            }
            Self::SetDefault {
                table,
                column,
                default,
            } => (
                table,
                alter_column(column, &format!("SET DEFAULT {default}")),
            ),
            Self::DropDefault { table, column } => (table, alter_column(column, "DROP DEFAULT")),
            Self::SetNotNull { table, column } => (table, alter_column(column, "SET NOT NULL")),
            Self::DropNotNull { table, column } => (table, alter_column(column, "DROP NOT NULL")),
            Self::DropExpression { table, column } => {
                (table, alter_column(column, "DROP EXPRESSION"))
            }
            Self::AddIdentity {
                table,
                column,
                identity,
            } => (
                table,
                alter_column(column, &format!("ADD {}", identity_clause(identity))),
            ),
            Self::AlterIdentity { table, column, set } => {
                (table, alter_column(column, &format!("SET {set}")))
            }
            Self::DropIdentity { table, column } => (table, alter_column(column, "DROP IDENTITY")),
            Self::AddPrimaryKey { table, key } => (
                table,
                match &key.name {
                    Some(_) => format!("ADD {}", primary_key(key)),
                    None => format!("ADD PRIMARY KEY ({})", column_list(&key.columns)),
                },
            ),
            Self::AddUnique { table, unique } => {
                (table, format!("ADD {}", unique_constraint(unique)))
            }
            Self::AddCheck { table, check } => (table, format!("ADD {}", check_constraint(check))),
            Self::AddForeignKey { table, key } => (table, format!("ADD {}", foreign_key(key))),
            Self::DropConstraint { table, name, .. } => {
                (table, format!("DROP CONSTRAINT {}", quote_identifier(name)))
            }
            Self::DisableRowSecurity(table) => (table, "DISABLE ROW LEVEL SECURITY".to_owned()),
            other => unreachable!("{other:?} is no ALTER TABLE"),
        };
        format!("ALTER TABLE {} {action};", table.short_sql())
    }
}

/// A column type behind SET DATA TYPE, where drizzle-kit states the schema of an enum even if it is `public`.
pub(crate) fn altered_type(data_type: &ColumnType) -> String {
    match data_type.schema() {
        Some(pg_schema::PUBLIC) => format!(
            "{}.{}",
            quote_identifier(pg_schema::PUBLIC),
            data_type.sql()
        ),
        _ => data_type.sql(),
    }
}

fn alter_column(column: &str, action: &str) -> String {
    format!("ALTER COLUMN {} {action}", quote_identifier(column))
}

fn create_table(table: &Table) -> String {
    let inline_key = |column: &Column| {
        table
            .primary_key
            .as_ref()
            .is_some_and(|key| key.name.is_none() && key.columns.contains(&column.name))
    };
    let columns = table
        .columns
        .iter()
        .map(|column| column_definition(column, inline_key(column), false));
    let named_key = table
        .primary_key
        .iter()
        .filter(|key| key.name.is_some())
        .map(primary_key);
    let uniques = table.uniques.iter().map(unique_constraint);
    let checks = table.checks.iter().map(check_constraint);
    let lines: Vec<_> = columns
        .chain(named_key)
        .chain(uniques)
        .chain(checks)
        .map(|line| format!("\t{line}"))
        .collect();
    format!(
        "CREATE TABLE {} (\n{}\n);",
        table.name.short_sql(),
        lines.join(",\n")
    )
}

/// A column as CREATE TABLE and ADD COLUMN have it. Only the latter says NOT NULL of an identity column.
fn column_definition(column: &Column, primary_key: bool, added: bool) -> String {
    let mut sql = format!(
        "{} {}",
        quote_identifier(&column.name),
        column.data_type.sql()
    );
    if primary_key {
        sql.push_str(" PRIMARY KEY");
    }
    if let Some(default) = &column.default {
        sql.push_str(" DEFAULT ");
        sql.push_str(default.sql());
    }
    if let Some(expression) = &column.generated {
        let _ = write!(sql, " GENERATED ALWAYS AS ({expression}) STORED");
    }
    if column.not_null && (added || column.identity.is_none()) {
        sql.push_str(" NOT NULL");
    }
    if let Some(identity) = &column.identity {
        sql.push(' ');
        sql.push_str(&identity_clause(identity));
    }
    sql
}

fn identity_clause(identity: &Identity) -> String {
    format!(
        "GENERATED {} AS IDENTITY (sequence name {} {})",
        identity.kind.sql(),
        identity.sequence.short_sql(),
        sequence_options(&identity.options)
    )
}

fn sequence_options(options: &SequenceOptions) -> String {
    format!(
        "INCREMENT BY {} MINVALUE {} MAXVALUE {} START WITH {} CACHE {}{}",
        options.increment,
        options.min,
        options.max,
        options.start,
        options.cache,
        if options.cycle { " CYCLE" } else { "" }
    )
}

fn column_list(columns: &[String]) -> String {
    columns
        .iter()
        .map(|column| quote_identifier(column))
        .collect::<Vec<_>>()
        .join(",")
}

fn primary_key(key: &PrimaryKey) -> String {
    let name = key.name.as_deref().map_or_else(String::new, |name| {
        format!("CONSTRAINT {} ", quote_identifier(name))
    });
    format!("{name}PRIMARY KEY({})", column_list(&key.columns))
}

fn unique_constraint(unique: &Unique) -> String {
    let nulls = if unique.nulls_not_distinct {
        " NULLS NOT DISTINCT"
    } else {
        ""
    };
    format!(
        "CONSTRAINT {} UNIQUE{nulls}({})",
        quote_identifier(&unique.name),
        column_list(&unique.columns)
    )
}

fn check_constraint(check: &Check) -> String {
    format!(
        "CONSTRAINT {} CHECK ({})",
        quote_identifier(&check.name),
        check.expression
    )
}

fn foreign_key(key: &ForeignKey) -> String {
    format!(
        "CONSTRAINT {} FOREIGN KEY ({}) REFERENCES {}({}) ON DELETE {} ON UPDATE {}",
        quote_identifier(&key.name),
        column_list(&key.columns),
        key.references.sql(),
        column_list(&key.referenced_columns),
        key.on_delete.sql(),
        key.on_update.sql()
    )
}

fn create_index(table: &QualifiedName, index: &Index) -> String {
    let keys: Vec<_> = index
        .keys
        .iter()
        .map(|key| index_key(key, &index.method))
        .collect();
    let with: Vec<_> = index
        .with
        .iter()
        .map(|(parameter, value)| format!("{parameter}={value}"))
        .collect();
    format!(
        "CREATE {}INDEX{} {} ON {} USING {} ({}){}{};",
        if index.unique { "UNIQUE " } else { "" },
        if index.concurrently {
            " CONCURRENTLY"
        } else {
            ""
        },
        quote_identifier(&index.name),
        table.short_sql(),
        index.method,
        keys.join(","),
        if with.is_empty() {
            String::new()
        } else {
            format!(" WITH ({})", with.join(","))
        },
        index
            .predicate
            .as_ref()
            .map_or_else(String::new, |predicate| format!(" WHERE {predicate}"))
    )
}

/// One key. drizzle-kit loses the order of a key with an operator class; here it stays. Methods other than btree have no order at all.
fn index_key(key: &pg_schema::IndexKey, method: &str) -> String {
    let mut sql = match &key.term {
        IndexTerm::Column(name) => quote_identifier(name),
        IndexTerm::Expression(expression) => parenthesised(expression),
    };
    if let Some(operator_class) = &key.operator_class {
        sql.push(' ');
        sql.push_str(operator_class);
    }
    if method == "btree" {
        if key.order == SortOrder::Descending {
            sql.push_str(" DESC");
        }
        match (key.order, key.nulls) {
            (SortOrder::Ascending, NullsOrder::Last) => {}
            (_, NullsOrder::Last) => sql.push_str(" NULLS LAST"),
            (_, NullsOrder::First) => sql.push_str(" NULLS FIRST"),
        }
    }
    sql
}

/// An expression as an index key: bare if it is a single function call or parenthesised already, else in parentheses (manual, CREATE INDEX).
fn parenthesised(expression: &str) -> String {
    let trimmed = expression.trim();
    let mut depth = 0_u32;
    let mut closes_early = false;
    let last = trimmed.len().saturating_sub(1);
    for (position, character) in trimmed.char_indices() {
        match character {
            '(' => depth += 1,
            ')' => {
                depth = depth.saturating_sub(1);
                closes_early |= depth == 0 && position != last;
            }
            _ => {}
        }
    }
    let head = trimmed.split('(').next().unwrap_or_default();
    let call_or_group = trimmed.ends_with(')')
        && !closes_early
        && head
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '"'));
    if call_or_group {
        trimmed.to_owned()
    } else {
        format!("({trimmed})")
    }
}
