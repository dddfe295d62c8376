//! The keys, constraints and indexes of a table.

use super::{Problems, Scope, add, check_column, check_columns, check_name};
use crate::declare::{ForeignKey, Index, Policy, Reference, Table, Unique};
use crate::model::{self, PolicyCommand};

pub(super) fn set_primary_key(table: &mut model::Table, declared: &Table, problems: &mut Problems) {
    let on_columns = declared.columns.iter().filter(|column| column.primary_key);
    let on_columns = on_columns.map(|column| model::PrimaryKey {
        name: None,
        columns: vec![column.name.clone()],
    });
    let on_table = declared.primary_keys.iter().map(|key| model::PrimaryKey {
        name: Some(key.name_in(&declared.name)),
        columns: key.columns.clone(),
    });
    let mut keys = on_columns.chain(on_table);
    table.primary_key = keys.next();
    if let Some(second) = keys.next() {
        let hint = if second.name.is_none() {
            "; a key over several columns is `.primary_key(primary_key([…]))` on the table"
        } else {
            ""
        };
        problems.add(
            format!("table \"{}\"", table.name),
            format!("has more than one primary key{hint}"),
        );
    }
    if let Some(key) = &table.primary_key {
        let place = format!("table \"{}\", primary key", table.name);
        if let Some(name) = &key.name {
            check_name(&place, "its name", name, problems);
        }
        check_columns(table, &key.columns, &place, problems);
    }
}

pub(super) fn add_unique(table: &mut model::Table, declared: &Unique, problems: &mut Problems) {
    let name = declared.name_in(&table.name.name);
    check_columns(
        table,
        &declared.columns,
        &format!("table \"{}\", unique \"{name}\"", table.name),
        problems,
    );
    let unique = model::Unique {
        name,
        columns: declared.columns.clone(),
        nulls_not_distinct: declared.nulls_not_distinct,
        deferrable: declared.deferrable,
    };
    add(
        &mut table.uniques,
        unique,
        &format!("table \"{}\"", table.name),
        "unique",
        problems,
    );
}

pub(super) fn add_foreign_keys(
    scope: &Scope,
    table: &mut model::Table,
    declared: &Table,
    problems: &mut Problems,
) {
    let on_columns = declared.columns.iter().filter_map(|column| {
        let reference = column.references.as_ref()?;
        Some(ForeignKey {
            name: None,
            columns: vec![column.name.clone()],
            references: Some(reference.table.clone()),
            referenced_columns: vec![reference.column.clone()],
            on_delete: reference.on_delete,
            on_update: reference.on_update,
            deferrable: reference.deferrable,
            comment: None,
            renamed_from: None,
        })
    });
    for key in on_columns.chain(declared.foreign_keys.iter().cloned()) {
        let place = format!("table \"{}\"", table.name);
        let name = key.name_in(&table.name.name);
        let Some(references) = &key.references else {
            problems.add(
                place,
                format!(
                    "has a foreign key of ({}) that refers to nothing",
                    key.columns.join(", ")
                ),
            );
            continue;
        };
        check_columns(
            table,
            &key.columns,
            &format!("{place}, foreign key \"{name}\""),
            problems,
        );
        let key = model::ForeignKey {
            name,
            references: references.resolve(&table.name.schema, |name| scope.tables.contains(name)),
            columns: key.columns,
            referenced_columns: key.referenced_columns,
            on_delete: key.on_delete,
            on_update: key.on_update,
            deferrable: key.deferrable,
        };
        add(
            &mut table.foreign_keys,
            key,
            &place,
            "foreign key",
            problems,
        );
    }
}

/// Adds an index to a table, or to what stands for a view, of whose columns nothing need be known; `owner` is what errors call it.
pub(super) fn add_index(
    table: &mut model::Table,
    owner: &str,
    columns_are_known: bool,
    declared: &Index,
    problems: &mut Problems,
) {
    let columns: Vec<_> = declared.columns().collect();
    if declared.name.is_none() && columns.len() != declared.keys.len() {
        problems.add(owner, "has an index on an expression without a name");
    }
    let name = declared.name_in(&table.name.name);
    let place = format!("{owner}, index \"{name}\"");
    if declared.keys.is_empty() {
        problems.add(&place, "has no columns; say `.on([…])`");
    }
    let included = declared.include.iter().map(String::as_str);
    for column in columns.into_iter().chain(included) {
        if columns_are_known {
            check_column(table, column, &place, problems);
        }
    }
    // Those of PostgreSQL's own that have room for more than keys (manual, CREATE INDEX, INCLUDE).
    let without_room = ["hash", "gin", "brin"];
    if !declared.include.is_empty() && without_room.contains(&declared.method.as_str()) {
        let problem = format!(
            "includes columns, which {} does not; btree, gist and spgist do",
            declared.method
        );
        problems.add(&place, problem);
    }
    if declared.nulls_not_distinct && !declared.unique {
        let problem = "says `.nulls_not_distinct()`, which is for `unique_index`";
        problems.add(&place, problem);
    }
    let keys = declared.keys.iter().map(|key| model::IndexKey {
        term: key.term.clone(),
        order: key.order,
        nulls: key.nulls,
        collation: key.collation.as_ref().map(Reference::collation),
        operator_class: key.operator_class.clone(),
    });
    let index = model::Index {
        name,
        unique: declared.unique,
        method: declared.method.clone(),
        keys: keys.collect(),
        include: declared.include.clone(),
        nulls_not_distinct: declared.nulls_not_distinct,
        predicate: declared.predicate.clone(),
        with: declared.with.clone(),
        concurrently: declared.concurrently,
    };
    add(&mut table.indexes, index, owner, "index", problems);
}

/// Names that stand for roles without being one (manual, CREATE POLICY).
const ROLE_WORDS: [&str; 4] = ["public", "current_user", "current_role", "session_user"];

pub(super) fn add_policy(
    scope: &Scope,
    table: &mut model::Table,
    declared: &Policy,
    problems: &mut Problems,
) {
    let owner = format!("table \"{}\"", table.name);
    let policy = build_policy(scope, &owner, declared, problems);
    add(&mut table.policies, policy, &owner, "policy", problems);
}

pub(super) fn build_policy(
    scope: &Scope,
    owner: &str,
    declared: &Policy,
    problems: &mut Problems,
) -> model::Policy {
    let place = format!("{owner}, policy \"{}\"", declared.name);
    check_name(&place, "its name", &declared.name, problems);
    for role in &declared.to {
        if !ROLE_WORDS.contains(&role.as_str()) && !scope.roles.contains(role.as_str()) {
            let known: Vec<_> = scope.roles.iter().chain(&ROLE_WORDS).collect();
            let known: Vec<_> = known.into_iter().map(|role| (*role).to_owned()).collect();
            let problem = format!(
                "is for the role \"{role}\", which is not declared (`pg_role(\"{role}\")`, with `.existing()` if no migration is to create it)"
            );
            problems.add_near(&place, problem, role, &known);
        }
    }
    let unfit = match declared.command {
        PolicyCommand::Insert if declared.using.is_some() => {
            Some("INSERT, which takes only `.with_check`")
        }
        PolicyCommand::Select if declared.with_check.is_some() => {
            Some("SELECT, which takes only `.using`")
        }
        PolicyCommand::Delete if declared.with_check.is_some() => {
            Some("DELETE, which takes only `.using`")
        }
        _ => None,
    };
    if let Some(unfit) = unfit {
        problems.add(&place, format!("is for {unfit}"));
    }
    let mut roles = declared.to.clone();
    if roles.is_empty() {
        roles.push("public".to_owned());
    }
    roles.sort();
    model::Policy {
        name: declared.name.clone(),
        permissive: declared.permissive,
        command: declared.command,
        roles,
        using: declared.using.clone(),
        with_check: declared.with_check.clone(),
    }
}
