//! What changes between two states, a line for each object: `+` added, `-` removed, `~` altered, with what was before.

use pg_migration::{Change, Difference};
use pg_schema::{Column, Policy, QualifiedName, Role, SequenceOptions, View};

use super::{ADDED, ALTERED, BOLD, REMOVED};

/// The lines; parts of a table stand below it.
pub(crate) fn change_lines(changes: &[Change]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut table_of_parts: Option<&QualifiedName> = None;
    for change in changes {
        if let Change::Rename(rename) = change {
            lines.push(format!(
                "  {ALTERED}~{ALTERED:#} {} {} → {BOLD}{}{BOLD:#}",
                rename.noun(),
                rename.earlier_name(),
                rename.later_name()
            ));
        } else if let Some((table, line)) = part_of_table(change) {
            if table_of_parts != Some(table) {
                lines.push(format!(
                    "  {ALTERED}~{ALTERED:#} table {BOLD}{table}{BOLD:#}"
                ));
                table_of_parts = Some(table);
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
            |from, to| altered_sequence(&from.options, &to.options),
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
        Change::LinkedPolicy(difference) => Some(marked(
            difference,
            |linked| format!("{} on {}", described(&linked.policy), linked.name.0),
            |_, _| String::new(),
        )),
        _ => None,
    }
}

fn altered_sequence(from: &SequenceOptions, to: &SequenceOptions) -> String {
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
    altered.concat()
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
                    format!(
                        "column {BOLD}{}{BOLD:#} {}{not_null}{default}",
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
                |u| format!("unique {} ({})", u.name, u.columns.join(", ")),
                |_, _| String::new(),
            ),
        )),
        Change::ForeignKey(table, difference) => Some((
            table,
            marked(
                difference,
                |key| {
                    format!(
                        "foreign key {} → {} ({})",
                        key.columns.join(", "),
                        key.references,
                        key.referenced_columns.join(", ")
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
        Change::Index(table, difference) => Some((
            table,
            marked(
                difference,
                |index| format!("index {}", index.name),
                |_, _| String::new(),
            ),
        )),
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

fn altered_column(from: &Column, to: &Column) -> String {
    let was = if from.data_type == to.data_type {
        String::new()
    } else {
        format!(", before: {}", from.data_type)
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
    format!("{was}{nullable}{default}")
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
