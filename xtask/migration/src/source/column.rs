//! Columns.

use pg_schema::{
    Column, CommentTarget, DefaultValue, ForeignKey, Identity, IdentityKind, QualifiedName,
    SequenceOptions, Table, quote_literal,
};

use super::data_type::{Function, Notation, notation};
use super::declared::{constant, is_fraction};
use super::literal::{integer, sql, text};
use super::tree::{Expression, Method};
use super::{Writer, collation, reference};

/// What a column says of its table's constraints.
#[derive(Default)]
pub(super) struct Constrained<'a> {
    pub(super) primary_key: bool,
    pub(super) unique: bool,
    pub(super) references: Option<&'a ForeignKey>,
}

impl Writer<'_> {
    pub(super) fn column(
        &self,
        relation: &QualifiedName,
        column: &Column,
        constrained: &Constrained<'_>,
    ) -> Expression {
        let Notation {
            function, options, ..
        } = notation(&column.data_type, self.schema);
        let name = text(&column.name);
        let head = match function {
            Function::Own(function) => Expression::Call(function, vec![name]),
            Function::Enum(of) => {
                Expression::Call("enum_column", vec![name, reference(&of, &relation.schema)])
            }
            Function::Custom(of) => Expression::Call("custom_type", vec![name, text(&of)]),
        };
        let mut methods = options;
        methods.extend(column.data_type.dimensions().iter().map(|size| match size {
            None => Method::new("array", Vec::new()),
            Some(size) => Method::new("array_of", vec![integer((*size).into(), false)]),
        }));
        methods.extend(column.collation.as_ref().map(collation));
        let flag = |applies: bool, name| applies.then(|| Method::new(name, Vec::new()));
        methods.extend(flag(constrained.primary_key, "primary_key"));
        if let Some(key) = constrained.references {
            let table = reference(&key.references, &relation.schema);
            let referenced = key.referenced_columns.iter().map(|column| text(column));
            methods.push(Method::new(
                "references",
                [table].into_iter().chain(referenced).collect(),
            ));
            methods.extend(super::table::behaviour(key));
        }
        methods.extend(column.default.as_ref().map(|it| default(it, column)));
        let generated = column.generated.as_ref();
        methods.extend(generated.map(|it| Method::new("generated_always_as", vec![sql(it)])));
        methods.extend(
            column
                .identity
                .as_ref()
                .map(|it| identity(it, relation, column)),
        );
        let is_implied = constrained.primary_key
            || column.identity.is_some()
            || column.data_type.is_serial() && column.data_type.dimensions().is_empty();
        methods.extend(flag(column.not_null && !is_implied, "not_null"));
        methods.extend(flag(constrained.unique, "unique"));
        let on = CommentTarget::Column(relation.clone(), column.name.clone());
        methods.extend(self.comments.method(on));
        head.with(methods)
    }

    /// The columns, with what each says of the constraints.
    pub(super) fn columns<'t>(
        &self,
        table: &'t Table,
        constrained: impl Fn(&Column) -> Constrained<'t>,
    ) -> Vec<Expression> {
        let columns = table.columns.iter();
        columns
            .map(|column| self.column(&table.name, column, &constrained(column)))
            .collect()
    }
}

fn default(default: &DefaultValue, column: &Column) -> Method {
    let data_type = &column.data_type;
    let is_json = matches!(data_type.base(), "json" | "jsonb") && data_type.dimensions().is_empty();
    let literal = |literal: Expression| Method::new("default", vec![literal]);
    let value = default.sql();
    match (default, value) {
        (DefaultValue::Null, _) => literal(Expression::Text("Literal::Null".to_owned())),
        (DefaultValue::Boolean(_), _) if !is_json => literal(Expression::Text(value.to_owned())),
        (DefaultValue::Number(_) | DefaultValue::Sql(_), _) if !is_json && is_integer(value) => {
            literal(integer(value.parse().unwrap_or_default(), true))
        }
        (DefaultValue::Number(_) | DefaultValue::Sql(_), _) if !is_json && is_fraction(value) => {
            literal(Expression::Text(value.to_owned()))
        }
        (_, "now()") => Method::new("default_now", Vec::new()),
        (_, "gen_random_uuid()") => Method::new("default_random", Vec::new()),
        _ => match constant(value) {
            Some((inner, "")) if !is_json && quote_literal(&inner) == value => {
                literal(text(&inner))
            }
            Some((inner, cast)) if is_json && cast.strip_prefix("::") == Some(data_type.base()) => {
                Method::new("default_json", vec![text(&inner)])
            }
            _ => Method::new("default_sql", vec![sql(value)]),
        },
    }
}

/// Whether it is the text of an `i64`.
fn is_integer(value: &str) -> bool {
    (value.parse::<i64>()).is_ok_and(|number| number.to_string() == value)
}

fn identity(identity: &Identity, table: &QualifiedName, column: &Column) -> Method {
    let mut methods = Vec::new();
    if identity.sequence.name != format!("{}_{}_seq", table.name, column.name) {
        methods.push(Method::new("name", vec![text(&identity.sequence.name)]));
    }
    let greatest = match column.data_type.base() {
        "integer" => i32::MAX.into(),
        "bigint" => i64::MAX,
        _ => i16::MAX.into(),
    };
    methods.extend(counting(&identity.options, greatest));
    let options = Expression::Call("identity", Vec::new()).with(methods);
    let function = match identity.kind {
        IdentityKind::Always => "generated_always_as_identity",
        IdentityKind::ByDefault => "generated_by_default_as_identity",
    };
    Method::new(function, vec![options])
}

/// The options that are not PostgreSQL's defaults. A descending sequence states where it begins and ends, whatever its defaults are.
pub(super) fn counting(options: &SequenceOptions, greatest: i64) -> Vec<Method> {
    let SequenceOptions {
        increment,
        min,
        max,
        start,
        cache,
        cycle,
    } = *options;
    let descends = increment < 0;
    let number = |applies: bool, name, value| {
        applies.then(|| Method::new(name, vec![integer(value, false)]))
    };
    let methods = [
        number(
            start != if descends { max } else { min },
            "start_with",
            start,
        ),
        number(increment != 1, "increment", increment),
        number(descends || min != 1, "min_value", min),
        number(descends || max != greatest, "max_value", max),
        number(cache != 1, "cache", cache),
        cycle.then(|| Method::new("cycle", Vec::new())),
    ];
    methods.into_iter().flatten().collect()
}
