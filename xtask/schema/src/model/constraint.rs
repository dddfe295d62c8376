use std::borrow::Cow;

use super::{Object, QualifiedName};
use crate::automatic_name::automatic_name;

/// A primary key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrimaryKey {
    /// `None` for one that is declared on its only column: PostgreSQL then calls it `<table>_pkey`.
    pub name: Option<String>,
    /// Its columns, in order.
    pub columns: Vec<String>,
}

/// A unique constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unique {
    /// Its name.
    pub name: String,
    /// Its columns, in order.
    pub columns: Vec<String>,
    /// NULLS NOT DISTINCT: two NULLs count as the same (PostgreSQL 15 and later).
    pub nulls_not_distinct: bool,
    /// When it is checked.
    pub deferrable: Deferrable,
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignKey {
    /// Its name.
    pub name: String,
    /// The referencing columns, in order.
    pub columns: Vec<String>,
    /// The table referred to.
    pub references: QualifiedName,
    /// The columns referred to, paired with `columns`.
    pub referenced_columns: Vec<String>,
    /// ON DELETE.
    pub on_delete: ReferentialAction,
    /// ON UPDATE.
    pub on_update: ReferentialAction,
    /// When it is checked.
    pub deferrable: Deferrable,
}

/// When a constraint is checked (manual, CREATE TABLE, DEFERRABLE).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Deferrable {
    /// At each statement.
    #[default]
    No,
    /// At each statement, unless a transaction puts it off.
    InitiallyImmediate,
    /// At the end of the transaction, unless it wants it earlier.
    InitiallyDeferred,
}

/// What happens to a row when the row it refers to is deleted or its key updated (manual, 5.5.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReferentialAction {
    /// An error at the end of the statement.
    #[default]
    NoAction,
    /// An error at once.
    Restrict,
    /// The row goes too, or its columns follow.
    Cascade,
    /// The columns become NULL.
    SetNull,
    /// The columns get their defaults.
    SetDefault,
}

impl PrimaryKey {
    /// The key's name on a table: PostgreSQL calls an unnamed one `<table>_pkey`.
    #[must_use]
    pub fn name_on(&self, table: &QualifiedName) -> Cow<'_, str> {
        let automatic = || automatic_name(&table.name, None, "pkey").into();
        self.name.as_deref().map_or_else(automatic, Cow::Borrowed)
    }
}

impl Deferrable {
    /// The SQL behind a constraint, with a space before it; nothing for the default.
    #[must_use]
    pub fn sql(self) -> &'static str {
        match self {
            Self::No => "",
            Self::InitiallyImmediate => " DEFERRABLE",
            Self::InitiallyDeferred => " DEFERRABLE INITIALLY DEFERRED",
        }
    }
}

impl ReferentialAction {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::NoAction,
        Self::Restrict,
        Self::Cascade,
        Self::SetNull,
        Self::SetDefault,
    ];

    /// The SQL in lower case, as drizzle spells it in snapshots and statements.
    #[must_use]
    pub fn sql(self) -> &'static str {
        match self {
            Self::NoAction => "no action",
            Self::Restrict => "restrict",
            Self::Cascade => "cascade",
            Self::SetNull => "set null",
            Self::SetDefault => "set default",
        }
    }
}

/// A check constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Its name.
    pub name: String,
    /// The condition, without the outer parentheses.
    pub expression: String,
}

impl Object for Unique {
    type Name = String;

    fn name(&self) -> &String {
        &self.name
    }
}

impl Object for ForeignKey {
    type Name = String;

    fn name(&self) -> &String {
        &self.name
    }
}

impl Object for Check {
    type Name = String;

    fn name(&self) -> &String {
        &self.name
    }
}
