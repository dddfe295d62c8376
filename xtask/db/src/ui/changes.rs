//! What changes between two states, a line for each object: `+` added, `-` removed, `~` altered, with what was before.

use pg_migration::{Change, Difference};
use pg_schema::{
    Column, CommentTarget, Deferrable, Extension, Index, Policy, QualifiedName, Role, Sequence,
    View,
};

use super::{ADDED, ALTERED, BOLD, REMOVED};

/// The lines; parts of a table stand below it.
pub(crate) fn change_lines(changes: &[Change]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut owner_of_parts: Option<(&str, &QualifiedName)> = None;
    for change in changes {
        if let Change::Rename(rename) = change {
            lines.push(format!(
                "  {ALTERED}~{ALTERED:#} {} {} → {BOLD}{}{BOLD:#}",
                rename.noun(),
                rename.earlier_name(),
                rename.later_name()
            ));
        } else if let Some((owner, line)) = part_of_relation(change) {
            if owner_of_parts != Some(owner) {
                let (kind, name) = owner;
                lines.push(format!(
                    "  {ALTERED}~{ALTERED:#} {kind} {BOLD}{name}{BOLD:#}"
                ));
                owner_of_parts = Some(owner);
            }
            lines.push(format!("    {line}"));
        } else if let Some(line) = whole_object(change) {
            lines.push(format!("  {line}"));
        }
    }
    lines
}

fn whole_object(change: &Change) -> Option<String> {
    match change {
        Change::Namespace(difference) => Some(marked(
            difference,
            |schema| format!("schema {}", schema.name),
            |_, _| String::new(),
        )),
        Change::Enum(difference) => Some(marked(
            difference,
            |declared| format!("enum {} ({})", declared.name, declared.values.join(", ")),
            |from, _| format!(", before: {}", from.values.join(", ")),
        )),
        Change::Table(difference) => Some(marked(
            difference,
            |table| {
                let counted = [
                    (table.columns.len(), "column"),
                    (table.indexes.len(), "index"),
                    (table.foreign_keys.len(), "foreign key"),
                ];
                let parts: Vec<_> = counted
                    .iter()
                    .filter(|(number, _)| *number > 0)
                    .map(|(number, noun)| plural(*number, noun))
                    .collect();
                format!("table {BOLD}{}{BOLD:#} ({})", table.name, parts.join(", "))
            },
            |_, _| String::new(),
        )),
        Change::Sequence(difference) => Some(marked(
            difference,
            |sequence| format!("sequence {}", sequence.name),
            altered_sequence,
        )),
        Change::Role(difference) => Some(marked(
            difference,
            |role| format!("role {}{}", role.name, rights(role)),
            |from, _| match rights(from) {
                before if before.is_empty() => String::new(),
                before => format!(", before:{before}"),
            },
        )),
        Change::View(difference) => Some(marked(
            difference,
            |view| format!("{} {BOLD}{}{BOLD:#}", view_kind(view), view.name),
            |from, to| altered_view(from, to),
        )),
        Change::Extension(difference) => {
            let placed = |extension: &Extension| {
                let schema = extension.schema.as_ref();
                schema.map_or_else(String::new, |schema| format!(" in schema {schema}"))
            };
            Some(marked(
                difference,
                |extension| format!("extension {}{}", extension.name, placed(extension)),
                |from, _| format!(", before:{}", placed(from)),
            ))
        }
        Change::Comment(difference) => Some(marked(
            difference,
            |comment| format!("comment on {}", described_target(&comment.on)),
            |_, _| String::new(),
        )),
        Change::LinkedPolicy(difference) => Some(marked(
            difference,
            |linked| format!("{} on {}", described(&linked.policy), linked.name.0),
            |_, _| String::new(),
        )),
        _ => None,
    }
}

fn altered_sequence(from: &Sequence, to: &Sequence) -> String {
    let owner = match &to.owned_by {
        owner if *owner == from.owned_by => String::new(),
        Some((table, column)) => format!(", owned by {table}.{column}"),
        None => ", owned by no column".to_owned(),
    };
    let data_type = if from.data_type == to.data_type {
        String::new()
    } else {
        let (now, before) = (to.data_type.sql(), from.data_type.sql());
        format!(", counts in {now}, before: {before}")
    };
    let (from, to) = (&from.options, &to.options);
    let options = [
        ("increment", from.increment, to.increment),
        ("minimum", from.min, to.min),
        ("maximum", from.max, to.max),
        ("start", from.start, to.start),
        ("cache", from.cache, to.cache),
    ];
    let altered = options.iter().filter(|(_, from, to)| from != to);
    let mut altered: Vec<_> = altered
        .map(|(option, from, to)| format!(", {option} {to}, before: {from}"))
        .collect();
    match (from.cycle, to.cycle) {
        (false, true) => altered.push(", cycles".to_owned()),
        (true, false) => altered.push(", no longer cycles".to_owned()),
        _ => {}
    }
    format!("{data_type}{}{owner}", altered.concat())
}

fn rights(role: &Role) -> String {
    let rights = [
        (role.create_db, " createdb"),
        (role.create_role, " createrole"),
        (!role.inherit, " noinherit"),
    ];
    let granted = rights.iter().filter(|(granted, _)| *granted);
    granted.map(|(_, right)| *right).collect()
}

fn view_kind(view: &View) -> &'static str {
    if view.materialized {
        "materialized view"
    } else {
        "view"
    }
}

fn altered_view(from: &View, to: &View) -> String {
    if from.materialized != to.materialized {
        format!(", before: a {}", view_kind(from))
    } else if from.definition == to.definition {
        ", its options".to_owned()
    } else {
        ", another query".to_owned()
    }
}

fn described(policy: &Policy) -> String {
    format!(
        "policy {} ({}for {} to {})",
        policy.name,
        if policy.permissive {
            ""
        } else {
            "restrictive, "
        },
        policy.command.sql().to_lowercase(),
        policy.roles.join(", ")
    )
}

fn plural(number: usize, noun: &str) -> String {
    match (number, noun) {
        (1, noun) => format!("1 {noun}"),
        (_, "index") => format!("{number} indexes"),
        (_, noun) => format!("{number} {noun}s"),
    }
}

/// What is altered and the line of the part of it: of a table or of a materialized view, the only view with parts.
fn part_of_relation(change: &Change) -> Option<((&str, &QualifiedName), String)> {
    match change {
        Change::ViewIndex(view, difference) => {
            Some((("materialized view", view), index_line(difference)))
        }
        _ => part_of_table(change).map(|(table, line)| (("table", table), line)),
    }
}

fn part_of_table(change: &Change) -> Option<(&QualifiedName, String)> {
    match change {
        Change::Column(table, difference) => Some((
            table,
            marked(
                difference,
                |column| {
                    let not_null = if column.not_null { " not null" } else { "" };
                    let default = column
                        .default
                        .as_ref()
                        .map_or_else(String::new, |default| format!(" default {}", default.sql()));
                    let collation = column.collation.as_ref();
                    let collation =
                        collation.map_or_else(String::new, |it| format!(" collate {}", it.name));
                    format!(
                        "column {BOLD}{}{BOLD:#} {}{collation}{not_null}{default}",
                        column.name, column.data_type
                    )
                },
                |from, to| altered_column(from, to),
            ),
        )),
        Change::PrimaryKey(table, difference) => Some((
            table,
            marked(
                difference,
                |key| format!("primary key ({})", key.columns.join(", ")),
                |_, _| String::new(),
            ),
        )),
        Change::Unique(table, difference) => Some((
            table,
            marked(
                difference,
                |u| {
                    let (columns, deferred) = (u.columns.join(", "), deferred(u.deferrable));
                    format!("unique {} ({columns}){deferred}", u.name)
                },
                |_, _| String::new(),
            ),
        )),
        Change::ForeignKey(table, difference) => Some((
            table,
            marked(
                difference,
                |key| {
                    format!(
                        "foreign key {} → {} ({}){}",
                        key.columns.join(", "),
                        key.references,
                        key.referenced_columns.join(", "),
                        deferred(key.deferrable)
                    )
                },
                |_, _| String::new(),
            ),
        )),
        Change::Check(table, difference) => Some((
            table,
            marked(
                difference,
                |check| format!("check {}", check.name),
                |_, _| String::new(),
            ),
        )),
        Change::Index(table, difference) => Some((table, index_line(difference))),
        Change::RowSecurity(table, enabled) => {
            let sign = if *enabled {
                format!("{ADDED}+{ADDED:#}")
            } else {
                format!("{REMOVED}-{REMOVED:#}")
            };
            Some((table, format!("{sign} row security")))
        }
        Change::Policy(table, difference) => {
            Some((table, marked(difference, described, |_, _| String::new())))
        }
        _ => None,
    }
}

fn index_line(difference: &Difference<Index>) -> String {
    marked(
        difference,
        |index| format!("index {}", index.name),
        |_, _| String::new(),
    )
}

fn deferred(deferrable: Deferrable) -> String {
    deferrable.sql().to_lowercase()
}

fn described_target(on: &CommentTarget) -> String {
    match on {
        CommentTarget::Namespace(name) => format!("schema {name}"),
        CommentTarget::Enum(name) => format!("enum {name}"),
        CommentTarget::Sequence(name) => format!("sequence {name}"),
        CommentTarget::Table(name) => format!("table {name}"),
        CommentTarget::View(name) => format!("view {name}"),
        CommentTarget::Column(of, name) => format!("column {of}.{name}"),
        CommentTarget::Constraint(of, name) => format!("constraint {name} of {of}"),
        CommentTarget::Index(of, name) => format!("index {name} of {of}"),
        CommentTarget::Policy(of, name) => format!("policy {name} of {of}"),
        CommentTarget::Extension(name) => format!("extension {name}"),
        CommentTarget::Role(name) => format!("role {name}"),
    }
}

fn altered_column(from: &Column, to: &Column) -> String {
    let was = if from.data_type == to.data_type {
        String::new()
    } else {
        format!(", before: {}", from.data_type)
    };
    let collation = match &from.collation {
        collation if *collation == to.collation => String::new(),
        Some(collation) => format!(", collation before: {}", collation.name),
        None => ", of the type's own collation before".to_owned(),
    };
    let nullable = if from.not_null && !to.not_null {
        ", no longer not null"
    } else {
        ""
    };
    let default = match (&from.default, &to.default) {
        (Some(from), None) => format!(", default {} dropped", from.sql()),
        (Some(from), Some(to)) if from != to => format!(", default before: {}", from.sql()),
        _ => String::new(),
    };
    format!("{was}{collation}{nullable}{default}")
}

/// A line with `+`, `-` or `~` in its colour, and for `~` what was before.
fn marked<T>(
    difference: &Difference<T>,
    describe: impl Fn(&T) -> String,
    before: impl Fn(&T, &T) -> String,
) -> String {
    match difference {
        Difference::Added(object) => format!("{ADDED}+{ADDED:#} {}", describe(object)),
        Difference::Removed(object) => format!("{REMOVED}-{REMOVED:#} {}", describe(object)),
        Difference::Altered { from, to } => {
            format!("{ALTERED}~{ALTERED:#} {}{}", describe(to), before(from, to))
        }
    }
}
