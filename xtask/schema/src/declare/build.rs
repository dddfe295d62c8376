//! From a declaration to the state it declares, or to everything that is wrong with it.

mod comments;
mod objects;
mod parts;

use std::collections::HashSet;

use self::comments::add_comments;
use self::objects::{
    add_extension, add_role, add_sequence, add_view, link_policy, sequence_options,
};
use self::parts::{add_foreign_keys, add_index, add_policy, add_unique, set_primary_key};

use super::check::{
    Problems, check_column, check_columns, check_name, check_names, check_owners, check_references,
};
use super::column::TypeName;
use super::default::ColumnDefault;
use super::{Column, Declaration, Enum, Item, Literal, Namespace, Reference, SchemaErrors, Table};
use crate::model::{
    self, ColumnType, Identity, Object, Objects, PUBLIC, QualifiedName, Schema, SequenceOptions,
};

/// What names in a declaration can refer to.
struct Scope<'a> {
    enums: &'a Objects<model::Enum>,
    tables: HashSet<QualifiedName>,
    roles: HashSet<&'a str>,
}

pub(super) fn build(declaration: &Declaration) -> Result<Schema, SchemaErrors> {
    let mut schema = Schema::default();
    let mut problems = Problems::default();
    for item in &declaration.items {
        match item {
            Item::Namespace(declared) => add_namespace(&mut schema, declared, &mut problems),
            Item::Enum(declared) => add_enum(&mut schema, declared, &mut problems),
            Item::Sequence(declared) => add_sequence(&mut schema, declared, &mut problems),
            Item::Role(declared) => add_role(&mut schema, declared, &mut problems),
            Item::Extension(declared) => add_extension(&mut schema, declared, &mut problems),
            Item::Table(_) | Item::View(_) | Item::MaterializedView(_) | Item::Policy(_) => {}
        }
    }
    let enums = std::mem::take(&mut schema.enums);
    let scope = Scope {
        enums: &enums,
        tables: declaration.tables().map(Table::qualified_name).collect(),
        roles: roles(declaration, &mut problems),
    };
    let mut tables = Objects::default();
    for declared in declaration.tables().filter(|table| !table.existing) {
        let table = build_table(&scope, declared, &mut problems);
        add(&mut tables, table, "the schema", "table", &mut problems);
    }
    schema.tables = tables;
    for item in &declaration.items {
        match item {
            Item::View(view) => add_view(&scope, &mut schema, view, None, &mut problems),
            Item::MaterializedView(declared) => {
                let view = &declared.view;
                add_view(&scope, &mut schema, view, Some(declared), &mut problems);
            }
            Item::Policy(policy) => link_policy(&scope, &mut schema, policy, &mut problems),
            _ => {}
        }
    }
    schema.enums = enums;
    check_names(&schema, &mut problems);
    let existing = declaration.tables().filter(|table| table.existing);
    let existing = existing.map(Table::qualified_name).collect();
    check_references(&schema, &existing, &mut problems);
    check_owners(&schema, &mut problems);
    add_comments(&mut schema, declaration, &mut problems);
    problems.into_result(schema)
}

fn add_namespace(schema: &mut Schema, declared: &Namespace, problems: &mut Problems) {
    let name = declared.name.as_str();
    let place = format!("schema \"{name}\"");
    check_name(&place, "its name", name, problems);
    if name == PUBLIC {
        if declared.comment.is_none() {
            problems.add(
                place,
                "is in every database and is not declared, but to comment on it",
            );
        }
    } else if schema
        .schemas
        .insert(model::Namespace {
            name: name.to_owned(),
        })
        .is_err()
    {
        problems.add(place, "is declared twice");
    }
}

fn add_enum(schema: &mut Schema, declared: &Enum, problems: &mut Problems) {
    let name = QualifiedName::new(declared.schema.as_deref().unwrap_or(PUBLIC), &declared.name);
    let place = format!("enum \"{name}\"");
    check_name(&place, "its name", &declared.name, problems);
    if !ColumnType::user_defined(PUBLIC, &declared.name)
        .dimensions()
        .is_empty()
    {
        problems.add(
            &place,
            "ends in brackets, which a snapshot cannot tell from an array",
        );
    }
    for (index, value) in declared.values.iter().enumerate() {
        // One may be empty, as no name may.
        if !value.is_empty() {
            check_name(&place, "a label", value, problems);
        }
        if declared.values[..index].contains(value) {
            problems.add(&place, format!("has the label '{value}' twice"));
        }
    }
    for (_, value) in &declared.renamed_values {
        if !declared.values.contains(value) {
            let problem = format!("renames a label to '{value}', which it does not have");
            problems.add_near(&place, problem, value, &declared.values);
        }
    }
    if schema
        .enums
        .insert(model::Enum {
            name,
            values: declared.values.clone(),
        })
        .is_err()
    {
        problems.add(place, "is declared twice");
    }
}

/// Every role that is declared, those that exist included.
fn roles<'a>(declaration: &'a Declaration, problems: &mut Problems) -> HashSet<&'a str> {
    let mut roles = HashSet::new();
    for item in &declaration.items {
        if let Item::Role(role) = item
            && !roles.insert(role.state.name.as_str())
        {
            problems.add(format!("role \"{}\"", role.state.name), "is declared twice");
        }
    }
    roles
}

fn build_table(scope: &Scope, declared: &Table, problems: &mut Problems) -> model::Table {
    let name = declared.qualified_name();
    let place = format!("table \"{name}\"");
    check_name(&place, "its name", &name.name, problems);
    let mut table = model::Table::new(name);
    for column in &declared.columns {
        add_column(scope, &mut table, &place, column, problems);
    }
    set_primary_key(&mut table, declared, problems);
    for column in declared.columns.iter().filter(|column| column.unique) {
        add_unique(&mut table, &super::unique([column.name.as_str()]), problems);
    }
    for unique in &declared.uniques {
        add_unique(&mut table, unique, problems);
    }
    add_foreign_keys(scope, &mut table, declared, problems);
    for check in &declared.checks {
        let check = model::Check {
            name: check.name.clone(),
            expression: check.expression.clone(),
        };
        add(&mut table.checks, check, &place, "check", problems);
    }
    for index in &declared.indexes {
        add_index(&mut table, &place, true, index, problems);
    }
    for policy in &declared.policies {
        if policy.linked.is_some() {
            let place = format!("{place}, policy \"{}\"", policy.name);
            problems.add(place, "is linked, though the table has it already");
        }
        add_policy(scope, &mut table, policy, problems);
    }
    table.row_security = declared.row_security;
    table
}

/// Adds a column to a table, or to what stands for a view; `owner` is what errors call it.
fn add_column(
    scope: &Scope,
    table: &mut model::Table,
    owner: &str,
    declared: &Column,
    problems: &mut Problems,
) {
    let place = format!("{owner}, column \"{}\"", declared.name);
    check_name(&place, "its name", &declared.name, problems);
    for problem in &declared.problems {
        problems.add(&place, problem.clone());
    }
    let data_type = column_type(scope, table, declared, &place, problems);
    let identity = declared.identity.as_ref().map(|(kind, options)| {
        let name = options
            .name
            .clone()
            .unwrap_or_else(|| format!("{}_{}_seq", table.name.name, declared.name));
        check_name(&place, "its sequence's name", &name, problems);
        Identity {
            kind: *kind,
            sequence: QualifiedName::new(&table.name.schema, name),
            options: identity_options(options, data_type.base(), &place, problems),
        }
    });
    if identity.is_some() && !matches!(data_type.base(), "smallint" | "integer" | "bigint") {
        problems.add(
            &place,
            format!(
                "is an identity column of type {data_type}; it must be smallint, integer or bigint"
            ),
        );
    }
    let sources = [
        ("a default", declared.default.is_some()),
        ("a generated expression", declared.generated.is_some()),
        ("an identity", identity.is_some()),
        ("a serial type", data_type.is_serial()),
    ];
    let sources: Vec<_> = sources
        .iter()
        .filter(|(_, present)| *present)
        .map(|(source, _)| *source)
        .collect();
    if sources.len() > 1 {
        problems.add(
            &place,
            format!(
                "has {}; only one of them can give its value",
                sources.join(" and ")
            ),
        );
    }
    let column = model::Column {
        name: declared.name.clone(),
        not_null: declared.not_null,
        default: declared
            .default
            .as_ref()
            .map(|default| default.value(data_type.base())),
        generated: declared.generated.clone(),
        identity,
        collation: declared.collation.as_ref().map(Reference::collation),
        data_type,
    };
    check_collation(&column, declared, &place, problems);
    check_enum_default(scope, &column, declared, &place, problems);
    add(&mut table.columns, column, owner, "column", problems);
}

fn column_type(
    scope: &Scope,
    table: &model::Table,
    declared: &Column,
    place: &str,
    problems: &mut Problems,
) -> ColumnType {
    let scalar = match &declared.type_name {
        TypeName::Enum(reference) => {
            let name = reference.resolve(&table.name.schema, |name| scope.enums.contains(name));
            if !scope.enums.contains(&name) {
                let known = scope
                    .enums
                    .iter()
                    .map(|declared| declared.name.to_string())
                    .collect::<Vec<_>>();
                problems.add_near(
                    place,
                    format!("is of the enum \"{name}\", which is not declared"),
                    &name.to_string(),
                    &known,
                );
            }
            ColumnType::user_defined(name.schema, &name.name)
        }
        TypeName::BuiltIn(_) | TypeName::Custom(_) => {
            let parsed = ColumnType::parse(&declared.type_text().unwrap_or_default());
            if let Some(nearest) = parsed.nearest_built_in() {
                problems.add_with(
                    place,
                    format!(
                        "is of type `{}`, which PostgreSQL does not have",
                        parsed.base()
                    ),
                    Some(nearest),
                );
            } else if parsed.base().is_empty() {
                problems.add(place, "has an empty type");
            }
            parsed
        }
    };
    declared
        .array_sizes
        .iter()
        .fold(scalar, |element, size| element.array_of(*size))
}

/// Types that are text in one way or another; of an extension's nothing is known here (`pg_type.typcollation`).
fn check_collation(
    column: &model::Column,
    declared: &Column,
    place: &str,
    problems: &mut Problems,
) {
    let Some(collation) = &column.collation else {
        return;
    };
    check_name(place, "its collation", &collation.name, problems);
    let data_type = &column.data_type;
    let is_text = matches!(
        data_type.base(),
        "text" | "varchar" | "char" | "bpchar" | "name"
    );
    let is_enum = matches!(declared.type_name, TypeName::Enum(_));
    if is_enum || data_type.is_known() && !is_text {
        problems.add(
            place,
            format!("has a collation, which {data_type} does not take"),
        );
    }
}

fn check_enum_default(
    scope: &Scope,
    column: &model::Column,
    declared: &Column,
    place: &str,
    problems: &mut Problems,
) {
    let Some(ColumnDefault::Literal(Literal::Text(label))) = &declared.default else {
        return;
    };
    let Some(enum_schema) = column
        .data_type
        .schema()
        .filter(|_| column.data_type.dimensions().is_empty())
    else {
        return;
    };
    let Some(of) = scope
        .enums
        .get(&QualifiedName::new(enum_schema, column.data_type.base()))
    else {
        return;
    };
    if !of.values.contains(label) {
        problems.add_near(
            place,
            format!(
                "has the default '{label}', which is no label of the enum \"{}\"",
                of.name
            ),
            label,
            &of.values,
        );
    }
}

/// What drizzle writes for the options that are not stated: PostgreSQL's defaults for the type (manual, CREATE SEQUENCE), but for the
/// minimum of a descending sequence, where drizzle has that of `smallint` for every type.
fn identity_options(
    options: &super::IdentityOptions,
    base: &str,
    place: &str,
    problems: &mut Problems,
) -> SequenceOptions {
    let type_max = match base {
        "integer" => i32::MAX.into(),
        "bigint" => i64::MAX,
        _ => i16::MAX.into(),
    };
    sequence_options(options, i16::MIN.into()..=type_max, place, problems)
}

/// Adds an object to its kind, or says that its name is taken.
fn add<T: Object>(
    objects: &mut Objects<T>,
    object: T,
    place: &str,
    kind: &str,
    problems: &mut Problems,
) where
    T::Name: std::fmt::Display,
{
    if let Err(object) = objects.insert(object) {
        problems.add(place, format!("has the {kind} \"{}\" twice", object.name()));
    }
}

impl Reference {
    /// The collation that is meant: PostgreSQL's own unless the schema is stated.
    fn collation(&self) -> QualifiedName {
        QualifiedName::new(self.schema.as_deref().unwrap_or("pg_catalog"), &self.name)
    }

    /// The name that is meant: in the stated schema, or in the first of `own` and `public` that has it, or else in `own`.
    pub(super) fn resolve(
        &self,
        own: &str,
        exists: impl Fn(&QualifiedName) -> bool,
    ) -> QualifiedName {
        if let Some(schema) = &self.schema {
            return QualifiedName::new(schema, &self.name);
        }
        let public = QualifiedName::new(PUBLIC, &self.name);
        let near = QualifiedName::new(own, &self.name);
        if !exists(&near) && exists(&public) {
            public
        } else {
            near
        }
    }
}
