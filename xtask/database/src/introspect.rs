//! The live database as a state, in a constant number of queries whatever its size, one a kind, on one snapshot of the catalogs.
//!
//! Texts (defaults, conditions, queries) are as PostgreSQL prints them with `search_path = public`, the setting that migrations run with: each text
//! means the same when it is run again, and `public` is named nowhere, as in drizzle's SQL. Owners and privileges are no state. What the state has
//! no place for is listed in [`Introspection::outside`].

mod columns;
mod comments;
mod constraints;
mod filter;
mod globals;
mod indexes;
mod outside;
mod policies;
mod relations;
mod sequences;
mod text;

use indexmap::IndexMap;
use pg_schema::{Object, Objects, QualifiedName, Schema, Table, View};
use postgres::{IsolationLevel, Transaction};

use crate::connect::Database;
use crate::error::QueryError;

pub use filter::{Filter, Pattern, Patterns, leave_out};
pub(crate) use globals::hidden_relations;
pub use outside::Outside;
use sequences::Sequences;
pub(crate) use sequences::behind_serial;

/// How the server prints, whoever asks. `pg_temp` comes last, so that it hides nothing. To compile a query on the catalogs takes longer than to run it.
pub(crate) const PRINT_SETTINGS: &str = "SET LOCAL search_path = public, pg_temp; SET LOCAL datestyle = 'ISO'; SET LOCAL intervalstyle = 'postgres'; \
    SET LOCAL timezone = 'UTC'; SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'; SET LOCAL xmloption = 'content'; \
    SET LOCAL quote_all_identifiers = off; SET LOCAL jit = off";

/// What of a database is looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// What of it counts. The server's own schemas, those of extensions and the history's never do.
    pub filter: Filter,
    /// The roles. They belong to the whole server, so none counts unless it is named here or the filter says which ones do.
    pub roles: Vec<String>,
    /// The extensions; `None` for all. A provider or an administrator makes some that are nobody's here.
    pub extensions: Option<Vec<String>>,
    /// Someone else's tables: the state does not hold them, but policies on them ([`Schema::policies`]).
    pub policies_on: Vec<QualifiedName>,
}

impl Scope {
    /// All schemas, and of what they do not hold just what a state speaks of.
    #[must_use]
    pub fn of(state: &Schema) -> Self {
        Self::within(&Filter::default(), state)
    }

    /// The same as far as it counts. The state is [narrowed](Filter::narrow) to that.
    #[must_use]
    pub fn within(filter: &Filter, state: &Schema) -> Self {
        let extensions = state.extensions.iter().map(|it| it.name.clone());
        let policies_on = state.policies.iter().map(|linked| &linked.name.0);
        let elsewhere = policies_on.filter(|table| !state.tables.contains(table));
        Self {
            filter: filter.clone(),
            roles: state.roles.iter().map(|role| role.name.clone()).collect(),
            extensions: Some(extensions.collect()),
            policies_on: elsewhere.cloned().collect(),
        }
    }
}

/// What a database holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Introspection {
    /// All that a state can hold.
    pub schema: Schema,
    /// All else.
    pub outside: Vec<Outside>,
    /// The tables and views that extensions made. They are in no state: one that is compared with this [leaves them out](leave_out).
    pub members: Vec<QualifiedName>,
}

/// Reads the live database. Nothing is written, and the session's settings stay as they are.
///
/// # Errors
/// [`QueryError`], such as a lost connection.
pub fn introspect(database: &mut Database, scope: &Scope) -> Result<Introspection, QueryError> {
    let mut transaction = database
        .client()
        .build_transaction()
        .isolation_level(IsolationLevel::RepeatableRead)
        .read_only(true)
        .start()?;
    transaction.batch_execute(PRINT_SETTINGS)?;
    let introspection = read(&mut transaction, scope)?;
    transaction.commit()?;
    Ok(introspection)
}

fn read(transaction: &mut Transaction<'_>, scope: &Scope) -> Result<Introspection, QueryError> {
    let filter = &scope.filter;
    let managed = globals::managed_schemas(transaction, &filter.schemas)?;
    let roles = match &filter.roles {
        None => scope.roles.clone(),
        Some(patterns) => globals::selected_roles(transaction, patterns)?,
    };
    let mut schema = Schema {
        schemas: globals::namespaces(&managed),
        enums: globals::enums(transaction, &managed)?,
        extensions: globals::extensions(transaction, scope.extensions.as_deref())?,
        roles: globals::roles(transaction, &roles)?,
        ..Schema::default()
    };
    let (mut relations, sequences) = relations(transaction, &managed)?;
    relations.leave_out(&scope.policies_on);
    schema.sequences = sequences.standing_for_themselves(&relations);
    (schema.tables, schema.views) = relations.into_parts();
    schema.policies = policies::linked(transaction, &scope.policies_on)?;
    filter.narrow(&mut schema);
    let mut elsewhere = scope.policies_on.clone();
    elsewhere.extend(globals::hidden_relations(transaction, &managed, filter)?);
    let mut outside = outside::outside(transaction, &managed, &elsewhere)?;
    schema.comments = comments::comments(transaction, &managed, &schema, &mut outside)?;
    Ok(Introspection {
        schema,
        outside,
        members: globals::members(transaction, &managed)?,
    })
}

/// The tables and views of some schemas with all their parts, and the sequences that are none of these parts.
pub(crate) fn relations(
    transaction: &mut Transaction<'_>,
    schemas: &[String],
) -> Result<(Relations, Sequences), QueryError> {
    let mut relations = relations::relations(transaction, schemas)?;
    let mut sequences = Sequences::read(transaction, schemas)?;
    columns::add(transaction, schemas, &mut relations, &mut sequences)?;
    constraints::add(transaction, schemas, &mut relations)?;
    indexes::add(transaction, schemas, &mut relations)?;
    policies::add(transaction, schemas, &mut relations)?;
    Ok((relations, sequences))
}

/// Tables and views by their number in the catalogs, which the rows of their parts refer to.
pub(crate) struct Relations(IndexMap<u32, Relation>);

pub(crate) enum Relation {
    Table(Box<Table>),
    View(Box<View>),
}

impl Relations {
    fn relation(&mut self, oid: u32) -> Option<&mut Relation> {
        self.0.get_mut(&oid)
    }

    fn table(&mut self, oid: u32) -> Option<&mut Table> {
        match self.0.get_mut(&oid) {
            Some(Relation::Table(table)) => Some(table),
            _ => None,
        }
    }

    fn leave_out(&mut self, tables: &[QualifiedName]) {
        self.0.retain(|_, relation| {
            !matches!(relation, Relation::Table(table) if tables.contains(&table.name))
        });
    }

    pub(crate) fn into_parts(self) -> (Objects<Table>, Objects<View>) {
        let (mut tables, mut views) = (Objects::default(), Objects::default());
        for relation in self.0.into_values() {
            match relation {
                Relation::Table(table) => put(&mut tables, *table),
                Relation::View(view) => put(&mut views, *view),
            }
        }
        (tables, views)
    }
}

/// Adds an object. The catalogs have each name once.
pub(crate) fn put<T: Object>(objects: &mut Objects<T>, object: T) {
    let _ = objects.insert(object);
}
