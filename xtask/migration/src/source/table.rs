//! Tables with their constraints and indexes.

use pg_schema::{
    Column, CommentTarget, Deferrable, ForeignKey, Index, IndexKey, IndexTerm, NullsOrder,
    PrimaryKey, QualifiedName, ReferentialAction, SortOrder, StorageParameter, Table, Unique,
};

use super::column::Constrained;
use super::literal::{integer, sql, text, texts};
use super::tree::{Expression, Method};
use super::{Writer, collation, in_schema, reference};

impl Writer<'_> {
    pub(super) fn table(&self, table: &Table) -> Expression {
        let columns = self.columns(table, |column| self.constrained(table, column));
        let on_column = |column: &str| {
            let column = table.columns.get(column);
            column.map(|column| self.constrained(table, column))
        };
        let is_on_column =
            |columns: &[String], says: &dyn Fn(&Constrained<'_>) -> bool| match columns {
                [column] => on_column(column).is_some_and(|it| says(&it)),
                _ => false,
            };
        let mut methods: Vec<_> = in_schema(&table.name).into_iter().collect();
        methods.extend(
            self.comments
                .method(CommentTarget::Table(table.name.clone())),
        );
        if let Some(key) = &table.primary_key
            && !is_on_column(&key.columns, &|it| it.primary_key)
        {
            methods.push(self.primary_key(table, key));
        }
        for unique in &table.uniques {
            if !(is_on_column(&unique.columns, &|it| it.unique) && self.is_plain(table, unique)) {
                methods.push(self.unique(table, unique));
            }
        }
        for key in &table.foreign_keys {
            let is_this =
                |it: &Constrained<'_>| it.references.is_some_and(|it| it.name == key.name);
            if !is_on_column(&key.columns, &is_this) {
                methods.push(self.foreign_key(table, key));
            }
        }
        for check in &table.checks {
            let call = Expression::Call("check", vec![text(&check.name), sql(&check.expression)]);
            methods.push(self.constraint("check", table, &check.name, call, Vec::new()));
        }
        for index in &table.indexes {
            methods.push(self.index(&table.name, index));
        }
        for policy in &table.policies {
            methods.push(Method::new(
                "policy",
                vec![self.policy(&table.name, policy)],
            ));
        }
        methods.extend(
            table
                .row_security
                .then(|| Method::new("enable_rls", Vec::new())),
        );
        let arguments = vec![text(&table.name.name), Expression::Array(columns)];
        Expression::Call("pg_table", arguments).with(methods)
    }

    /// What is stated on the column: constraints on it alone, with automatic names and without comments.
    fn constrained<'t>(&self, table: &'t Table, column: &Column) -> Constrained<'t> {
        let key = table.primary_key.as_ref();
        let is_alone = |columns: &[String]| columns == [column.name.as_str()];
        Constrained {
            primary_key: key.is_some_and(|key| key.name.is_none() && is_alone(&key.columns)),
            unique: (table.uniques.iter())
                .any(|unique| is_alone(&unique.columns) && self.is_plain(table, unique)),
            references: table.foreign_keys.iter().find(|key| {
                is_alone(&key.columns)
                    && key.referenced_columns.len() == 1
                    && key.name == automatic_foreign_key(table, key)
                    && !self.has_comment(table, &key.name)
            }),
        }
    }

    fn is_plain(&self, table: &Table, unique: &Unique) -> bool {
        unique.name == automatic_unique(table, unique)
            && !unique.nulls_not_distinct
            && unique.deferrable == Deferrable::No
            && !self.has_comment(table, &unique.name)
    }

    fn has_comment(&self, table: &Table, constraint: &str) -> bool {
        let on = CommentTarget::Constraint(table.name.clone(), constraint.to_owned());
        self.comments.0.contains(&on)
    }

    fn primary_key(&self, table: &Table, key: &PrimaryKey) -> Method {
        let call = Expression::Call("primary_key", vec![texts(&key.columns)]);
        let name = key.name_on(&table.name);
        let automatic = format!("{}_{}_pk", table.name.name, key.columns.join("_"));
        let named = (name != automatic).then(|| Method::new("name", vec![text(&name)]));
        self.constraint("primary_key", table, &name, call, Vec::from_iter(named))
    }

    fn unique(&self, table: &Table, unique: &Unique) -> Method {
        let call = Expression::Call("unique", vec![texts(&unique.columns)]);
        let mut methods = Vec::new();
        if unique.name != automatic_unique(table, unique) {
            methods.push(Method::new("name", vec![text(&unique.name)]));
        }
        if unique.nulls_not_distinct {
            methods.push(Method::new("nulls_not_distinct", Vec::new()));
        }
        methods.extend(deferrable(unique.deferrable));
        self.constraint("unique", table, &unique.name, call, methods)
    }

    fn foreign_key(&self, table: &Table, key: &ForeignKey) -> Method {
        let call = Expression::Call("foreign_key", vec![texts(&key.columns)]);
        let to = reference(&key.references, &table.name.schema);
        let mut methods = vec![Method::new(
            "references",
            vec![to, texts(&key.referenced_columns)],
        )];
        if key.name != automatic_foreign_key(table, key) {
            methods.push(Method::new("name", vec![text(&key.name)]));
        }
        methods.extend(behaviour(key));
        self.constraint("foreign_key", table, &key.name, call, methods)
    }

    fn constraint(
        &self,
        method: &'static str,
        table: &Table,
        name: &str,
        call: Expression,
        mut methods: Vec<Method>,
    ) -> Method {
        let on = CommentTarget::Constraint(table.name.clone(), name.to_owned());
        methods.extend(self.comments.method(on));
        Method::new(method, vec![call.with(methods)])
    }

    pub(super) fn index(&self, relation: &QualifiedName, index: &Index) -> Method {
        let function = if index.unique {
            "unique_index"
        } else {
            "index"
        };
        let call = Expression::Call(function, vec![text(&index.name)]);
        let mut methods = Vec::new();
        if index.method != "btree" {
            methods.push(Method::new("using", vec![text(&index.method)]));
        }
        methods.push(Method::new("on", vec![keys(&index.keys)]));
        if !index.include.is_empty() {
            methods.push(Method::new("include", vec![texts(&index.include)]));
        }
        if index.nulls_not_distinct {
            methods.push(Method::new("nulls_not_distinct", Vec::new()));
        }
        methods.extend(index.with.iter().map(parameter));
        let predicate = index.predicate.as_ref();
        methods.extend(predicate.map(|it| Method::new("predicate", vec![sql(it)])));
        if index.concurrently {
            methods.push(Method::new("concurrently", Vec::new()));
        }
        let on = CommentTarget::Index(relation.clone(), index.name.clone());
        methods.extend(self.comments.method(on));
        Method::new("index", vec![call.with(methods)])
    }
}

/// Plain columns by their names, unless one of them is no plain column.
fn keys(keys: &[IndexKey]) -> Expression {
    let plain: Option<Vec<_>> = keys.iter().map(plain_column).collect();
    Expression::Array(match plain {
        Some(columns) => columns.into_iter().map(text).collect(),
        None => keys.iter().map(key).collect(),
    })
}

fn plain_column(key: &IndexKey) -> Option<&str> {
    match key {
        IndexKey {
            term: IndexTerm::Column(name),
            order: SortOrder::Ascending,
            nulls: NullsOrder::Last,
            collation: None,
            operator_class: None,
        } => Some(name),
        _ => None,
    }
}

fn key(key: &IndexKey) -> Expression {
    let (head, mut methods) = match (&key.term, key.order) {
        (IndexTerm::Column(name), SortOrder::Ascending) => {
            (Expression::Call("asc", vec![text(name)]), Vec::new())
        }
        (IndexTerm::Column(name), SortOrder::Descending) => {
            (Expression::Call("desc", vec![text(name)]), Vec::new())
        }
        (IndexTerm::Expression(expression), order) => {
            let descends = order == SortOrder::Descending;
            let methods = descends.then(|| Method::new("desc", Vec::new()));
            let head = Expression::Call("expression", vec![sql(expression)]);
            (head, Vec::from_iter(methods))
        }
    };
    if key.nulls == NullsOrder::First {
        methods.push(Method::new("nulls_first", Vec::new()));
    }
    methods.extend(key.collation.as_ref().map(collation));
    let class = key.operator_class.as_ref();
    methods.extend(class.map(|class| Method::new("op", vec![text(class)])));
    head.with(methods)
}

pub(super) fn parameter(parameter: &StorageParameter) -> Method {
    let StorageParameter { name, value, .. } = parameter;
    let number = value.parse::<i64>();
    let value = match number {
        Ok(number) if number.to_string() == *value => integer(number, true),
        _ if matches!(value.as_str(), "true" | "false") => Expression::Text(value.clone()),
        _ => text(value),
    };
    Method::new("with", vec![text(name), value])
}

/// What a foreign key does, and when.
pub(super) fn behaviour(key: &ForeignKey) -> Vec<Method> {
    let mut methods = Vec::new();
    for (name, action) in [("on_delete", key.on_delete), ("on_update", key.on_update)] {
        let action = match action {
            ReferentialAction::NoAction => continue,
            ReferentialAction::Restrict => "Restrict",
            ReferentialAction::Cascade => "Cascade",
            ReferentialAction::SetNull => "SetNull",
            ReferentialAction::SetDefault => "SetDefault",
        };
        methods.push(Method::new(name, vec![Expression::Text(action.to_owned())]));
    }
    methods.extend(deferrable(key.deferrable));
    methods
}

fn deferrable(deferrable: Deferrable) -> Option<Method> {
    let name = match deferrable {
        Deferrable::No => return None,
        Deferrable::InitiallyImmediate => "deferrable",
        Deferrable::InitiallyDeferred => "initially_deferred",
    };
    Some(Method::new(name, Vec::new()))
}

fn automatic_unique(table: &Table, unique: &Unique) -> String {
    format!("{}_{}_unique", table.name.name, unique.columns.join("_"))
}

fn automatic_foreign_key(table: &Table, key: &ForeignKey) -> String {
    format!(
        "{}_{}_{}_{}_fk",
        table.name.name,
        key.columns.join("_"),
        key.references.name,
        key.referenced_columns.join("_")
    )
}
