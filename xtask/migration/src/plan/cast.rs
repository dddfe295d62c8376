//! How values get from one type to another when a column's type changes.

use pg_schema::{ColumnType, quote_identifier};

/// Types among which PostgreSQL has assignment casts in all directions (manual, CREATE CAST, and `pg_cast`), so that no USING is needed.
const FAMILIES: &[&[&str]] = &[
    &[
        "smallint",
        "integer",
        "bigint",
        "numeric",
        "real",
        "double precision",
    ],
    &["text", "varchar", "char", "name"],
    &["json", "jsonb"],
    &["inet", "cidr"],
    &["macaddr", "macaddr8"],
    &["bit", "varbit"],
    &["date", "timestamp"],
];

/// Explicit casts that are not the way through text.
const EXPLICIT: &[(&str, &[&str])] = &[
    ("boolean", &["integer"]),
    ("integer", &["boolean", "bit"]),
    ("bigint", &["bit"]),
    (
        "jsonb",
        &[
            "boolean",
            "smallint",
            "integer",
            "bigint",
            "numeric",
            "real",
            "double precision",
        ],
    ),
];

/// How a column's values are converted.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Cast {
    /// PostgreSQL does it by itself.
    Automatic,
    /// By this USING expression.
    Using(String),
}

pub(super) fn cast(column: &str, from: &ColumnType, to: &ColumnType) -> Cast {
    let name = quote_identifier(column);
    let target = to.qualified_sql();
    match (from.dimensions().is_empty(), to.dimensions().is_empty()) {
        (false, false) | (true, true) => {
            if is_automatic(from, to) {
                Cast::Automatic
            } else if is_direct(from, to) {
                Cast::Using(format!("{name}::{target}"))
            } else {
                Cast::Using(format!("{name}::text::{target}"))
            }
        }
        // PostgreSQL writes an array as text by itself.
        (false, true) if is_text(to) => Cast::Automatic,
        (false, true) if is_automatic(from, to) || is_direct(from, to) => {
            Cast::Using(format!("({name})[1]::{target}"))
        }
        (false, true) => Cast::Using(format!("({name})[1]::text::{target}")),
        (true, false) => {
            let element = if is_automatic(from, to) || is_direct(from, to) {
                name.clone()
            } else {
                format!("{name}::text")
            };
            Cast::Using(format!(
                "CASE WHEN {name} IS NOT NULL THEN ARRAY[{element}]::{target} END"
            ))
        }
    }
}

/// Whether SQL about values of one type, in which PostgreSQL has stated the types of constants and of what it converts, is what it would be for the
/// other. `varchar` has no operators of its own: its values are read as `text`.
pub(super) fn reads_alike(from: &ColumnType, to: &ColumnType) -> bool {
    let is_string =
        |it: &ColumnType| it.schema().is_none() && matches!(it.base(), "text" | "varchar");
    let scalar = from.dimensions().is_empty();
    scalar == to.dimensions().is_empty()
        && from.with_time_zone() == to.with_time_zone()
        && (same_name(from, to) || scalar && is_string(from) && is_string(to))
}

/// Whether a foreign key of one type can refer to the other: PostgreSQL compares their values, if need be after an implicit cast to the latter
/// (manual, 10.2, and `ri_triggers.c`).
pub(super) fn can_refer(key: &ColumnType, target: &ColumnType) -> bool {
    let breadth = |data_type: &ColumnType| match built_in(data_type) {
        "numeric" => 1,
        "real" | "double precision" => 2,
        _ => 0,
    };
    let scalar = key.dimensions().is_empty() && target.dimensions().is_empty();
    same_name(key, target)
        || scalar && of_one_family(key, target) && breadth(key) <= breadth(target)
}

fn same_name(from: &ColumnType, to: &ColumnType) -> bool {
    from.schema() == to.schema() && from.base() == to.base()
}

fn of_one_family(from: &ColumnType, to: &ColumnType) -> bool {
    let together = |family: &&[&str]| family.contains(&from.base()) && family.contains(&to.base());
    from.schema().is_none() && to.schema().is_none() && FAMILIES.iter().any(together)
}

fn is_automatic(from: &ColumnType, to: &ColumnType) -> bool {
    if same_name(from, to) {
        return true;
    }
    if to.schema().is_some() {
        return false;
    }
    let times = match (built_in(from), built_in(to)) {
        ("timestamp", "date") => true,
        ("timestamp", "time") => from.with_time_zone() || !to.with_time_zone(),
        ("time", "interval") => !from.with_time_zone(),
        ("interval", "time") => !to.with_time_zone(),
        _ => false,
    };
    is_text(to) || of_one_family(from, to) || from.schema().is_none() && times
}

fn is_direct(from: &ColumnType, to: &ColumnType) -> bool {
    is_text(from)
        || EXPLICIT
            .iter()
            .any(|(base, targets)| *base == built_in(from) && targets.contains(&built_in(to)))
}

pub(super) fn is_text(data_type: &ColumnType) -> bool {
    data_type.schema().is_none() && matches!(data_type.base(), "text" | "varchar" | "char")
}

/// Whether the stored values stay as they are, so that the table is not written anew (manual, ALTER TABLE, notes).
pub(super) fn keeps_storage(from: &ColumnType, to: &ColumnType) -> bool {
    if from.dimensions().is_empty() != to.dimensions().is_empty()
        || from.schema().is_some()
        || to.schema().is_some()
    {
        return false;
    }
    let wider = |unbounded: Option<u32>| match (number(from), number(to)) {
        (_, None) => true,
        (None, Some(_)) => number(to) == unbounded,
        (Some(from), Some(to)) => from <= to,
    };
    match (from.base(), to.base()) {
        ("text" | "varchar", "text") | ("text", "varchar") => wider(None),
        ("varchar" | "varbit", "varchar" | "varbit") if from.base() == to.base() => wider(None),
        ("timestamp" | "time" | "interval", base) if base == from.base() => {
            from.with_time_zone() == to.with_time_zone() && wider(Some(6))
        }
        ("numeric", "numeric") => match (from.modifiers(), to.modifiers()) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(_), Some(_)) => scale(from) == scale(to) && wider(None),
        },
        ("cidr", "inet") => true,
        (from_base, to_base) => from_base == to_base && from.modifiers() == to.modifiers(),
    }
}

/// Whether there can be a value that the conversion refuses.
pub(super) fn may_not_fit(from: &ColumnType, to: &ColumnType) -> bool {
    if is_text(to) {
        // Any value has a text, and an array too.
        let shorter = |to: u32| !is_text(from) || number(from).is_none_or(|from| from > to);
        return number(to).is_some_and(shorter);
    }
    if is_time(from) && is_time(to) {
        return !is_automatic(from, to);
    }
    match (whole_digits(from), whole_digits(to)) {
        (Some(from), Some(to)) => from > to,
        _ => {
            from.schema() != to.schema()
                || from.base() != to.base()
                || to.modifiers().is_some() && from.modifiers() != to.modifiers()
        }
    }
}

/// Whether values are rounded or cut to become what the type can hold.
pub(super) fn loses_precision(from: &ColumnType, to: &ColumnType) -> bool {
    if is_time(from) && is_time(to) {
        let digits = |data_type: &ColumnType| number(data_type).unwrap_or(6);
        let cut = |base: &str| built_in(from) == "timestamp" && built_in(to) == base;
        return cut("date") || cut("time") || to.base() != "date" && digits(to) < digits(from);
    }
    match (fraction_digits(from), fraction_digits(to)) {
        (Some(from), Some(to)) => from > to,
        _ => false,
    }
}

/// The name of a type of PostgreSQL's own. A type of the user's can be called the same, and is something else.
pub(super) fn built_in(data_type: &ColumnType) -> &str {
    match data_type.schema() {
        None => data_type.base(),
        Some(_) => "",
    }
}

fn is_time(data_type: &ColumnType) -> bool {
    matches!(
        built_in(data_type),
        "timestamp" | "time" | "date" | "interval"
    )
}

/// How many digits a number of the type can have before the point; as many as there are in a `bigint` and more for the rest.
fn whole_digits(data_type: &ColumnType) -> Option<u32> {
    Some(match built_in(data_type) {
        "smallint" | "smallserial" => 5,
        "integer" | "serial" => 10,
        "bigint" | "bigserial" => 19,
        "numeric" => match number(data_type) {
            Some(precision) => precision.saturating_add_signed(-scale(data_type)),
            None => u32::MAX,
        },
        "real" => 39,
        "double precision" => 309,
        _ => return None,
    })
}

/// How many digits a number of the type can have behind the point.
fn fraction_digits(data_type: &ColumnType) -> Option<i32> {
    Some(match built_in(data_type) {
        "smallint" | "smallserial" | "integer" | "serial" | "bigint" | "bigserial" => 0,
        "numeric" if data_type.modifiers().is_some() => scale(data_type),
        "numeric" => i32::MAX,
        "double precision" => i32::MAX - 1,
        "real" => i32::MAX - 2,
        _ => return None,
    })
}

fn number(data_type: &ColumnType) -> Option<u32> {
    data_type
        .modifiers()?
        .split(',')
        .next()?
        .trim()
        .parse()
        .ok()
}

fn scale(data_type: &ColumnType) -> i32 {
    let scale = data_type
        .modifiers()
        .and_then(|modifiers| modifiers.split(',').nth(1));
    scale
        .and_then(|scale| scale.trim().parse().ok())
        .unwrap_or(0)
}
