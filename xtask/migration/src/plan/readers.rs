//! What reads tables, views and policies, and so cannot stay while a column that it reads changes.

mod touched;
mod views;

use std::collections::{HashMap, HashSet};

use pg_schema::{Index, Policy, QualifiedName, View};

use self::touched::Touched;
use self::views::Views;
use super::context::Context;
use super::enums::EnumChange;
use super::order::Order;
use super::security::{linked_table, own_table};
use crate::diff::{Change, Difference};
use crate::statement::{PolicyTable, Statement};

/// The views and policies that go, and come back, each with the change that it is for.
#[derive(Default)]
pub(super) struct Readers<'a> {
    /// Policies that go before their turn, with what they are afterwards.
    policies: Vec<EarlyPolicy<'a>>,
    early: HashSet<(&'a QualifiedName, &'a str)>,
    views: Views<'a>,
}

struct EarlyPolicy<'a> {
    change: usize,
    on: PolicyTable,
    from: &'a Policy,
    to: Option<&'a Policy>,
}

impl<'a> Readers<'a> {
    pub(super) fn new(context: &Context<'a>, enums: &[EnumChange<'a>]) -> Self {
        let touched = Touched::new(context, enums);
        let views = Views::new(context, &touched);
        let mut readers = Self {
            policies: Vec::new(),
            early: HashSet::new(),
            views,
        };
        if !touched.is_empty() || readers.views.drops_any() {
            readers.find_policies(context, &touched);
        }
        readers
    }

    fn find_policies(&mut self, context: &Context<'a>, touched: &Touched<'a>) {
        let own_changes = changes_of_policies(context);
        let mut add = |on: PolicyTable, table: &'a QualifiedName, from: &'a Policy, to| {
            let conditions = [&from.using, &from.with_check].into_iter().flatten();
            let mut words = conditions.map(|sql| context.earlier_words(sql));
            let Some(cause) = words.find_map(|words| {
                touched
                    .read_by_policy_of(table, &words)
                    .or_else(|| self.views.dropped_for(&words))
            }) else {
                return;
            };
            let name = from.name.as_str();
            let change = own_changes.get(&(table, name)).copied().unwrap_or(cause);
            self.early.insert((table, name));
            self.policies.push(EarlyPolicy {
                change,
                on,
                from,
                to,
            });
        };
        for table in &context.from.tables {
            let later = context.to.tables.get(&table.name);
            for policy in &table.policies {
                let to = later.and_then(|later| later.policies.get(&policy.name));
                add(own_table(&table.name), &table.name, policy, to);
            }
        }
        for linked in &context.from.policies {
            let to = context.to.policies.get(&linked.name);
            let (table, _) = &linked.name;
            let to = to.map(|linked| &linked.policy);
            add(linked_table(table), table, &linked.policy, to);
        }
    }

    /// Whether the policy goes before its turn.
    pub(super) fn drops_policy(&self, table: &QualifiedName, name: &str) -> bool {
        self.early.contains(&(table, name))
    }

    /// The policies that have gone and come back.
    pub(super) fn restored_policies(
        &self,
        linked: bool,
    ) -> impl Iterator<Item = (usize, &PolicyTable, &'a Policy)> {
        let policies = self.policies.iter();
        policies
            .filter(move |it| it.on.linked == linked)
            .filter_map(|it| Some((it.change, &it.on, it.to?)))
    }

    /// Whether something new takes the name of a view that goes.
    pub(super) fn frees_names(&self, context: &Context) -> bool {
        self.views.frees_names(context)
    }
}

fn changes_of_policies<'a>(context: &Context<'a>) -> HashMap<(&'a QualifiedName, &'a str), usize> {
    let changes = context.changes.iter().enumerate();
    let policies = changes.filter_map(|(index, change)| match change {
        Change::Policy(table, it) => Some(((table, it.from()?.name.as_str()), index)),
        Change::LinkedPolicy(it) => {
            let (table, name) = &it.from()?.name;
            Some(((table, name.as_str()), index))
        }
        _ => None,
    });
    policies.collect()
}

impl Order<'_> {
    pub(super) fn drop_readers(&mut self, readers: &Readers) {
        for policy in &readers.policies {
            let dropped = Statement::DropPolicy {
                on: policy.on.clone(),
                name: policy.from.name.clone(),
            };
            self.extend(policy.change, [dropped]);
        }
        for (change, view) in readers.views.dropped() {
            let dropped = Statement::DropView {
                name: view.name.clone(),
                materialized: view.materialized,
            };
            self.extend(change, [dropped]);
        }
    }

    pub(super) fn create_views(&mut self, readers: &Readers) {
        for (change, view) in readers.views.created() {
            self.extend(change, [Statement::CreateView(Box::new(view.clone()))]);
            // Nobody waits for a view that is just made.
            let indexes = view.indexes.iter().map(|index| Statement::CreateIndex {
                table: view.name.clone(),
                index: Index {
                    concurrently: false,
                    ..index.clone()
                },
            });
            self.extend(change, indexes);
        }
    }

    /// The indexes of materialized views that stay.
    pub(super) fn drop_view_indexes(&mut self, readers: &Readers) {
        self.phase(|change| match change {
            Change::ViewIndex(view, difference) if !readers.views.drops(view) => difference
                .from()
                .map(|index| Statement::DropIndex(QualifiedName::new(&view.schema, &index.name))),
            _ => None,
        });
    }

    pub(super) fn create_view_indexes(&mut self, readers: &Readers) {
        self.phase(|change| match change {
            Change::ViewIndex(view, difference) if !readers.views.drops(view) => {
                difference.to().map(|index| Statement::CreateIndex {
                    table: view.clone(),
                    index: index.clone(),
                })
            }
            _ => None,
        });
    }

    /// The options of views that stay.
    pub(super) fn alter_views(&mut self, readers: &Readers) {
        self.phase(|change| match change {
            Change::View(Difference::Altered { from, to }) if !readers.views.drops(&to.name) => {
                alterations(from, to)
            }
            _ => Vec::new(),
        });
    }
}

/// In drizzle-kit's order. What is no longer stated is as it is by default.
fn alterations(from: &View, to: &View) -> Vec<Statement> {
    let value = |view: &View, name: &str| {
        let mut options = view.with.iter();
        let option = options.find(|option| option.name == name);
        option.map(|option| option.value.clone())
    };
    let set = |view: &View, is_set: &dyn Fn(&str, &str) -> bool| {
        let options = view.with.iter();
        let options = options.filter(|option| is_set(&option.name, &option.value));
        let options = options.map(|option| {
            let later = value(to, &option.name).unwrap_or_default();
            format!("{} = {later}", option.name)
        });
        options.collect::<Vec<_>>()
    };
    let added = set(to, &|name, _| value(from, name).is_none());
    let changed = set(from, &|name, before| {
        value(to, name).is_some_and(|later| later != before)
    });
    let options = from.with.iter().map(|option| option.name.clone());
    let reset: Vec<_> = options.filter(|name| value(to, name).is_none()).collect();
    let mut actions = Vec::new();
    for (verb, options) in [("SET", added), ("RESET", reset), ("SET", changed)] {
        if !options.is_empty() {
            actions.push(format!("{verb} ({})", options.join(", ")));
        }
    }
    if from.tablespace != to.tablespace {
        let tablespace = to.tablespace.as_deref().unwrap_or("pg_default");
        let name = crate::sql::bare_or_quoted(tablespace);
        actions.push(format!("SET TABLESPACE {name}"));
    }
    if from.access_method != to.access_method {
        let method = to.access_method.as_deref().unwrap_or("heap");
        let name = pg_schema::quote_identifier(method);
        actions.push(format!("SET ACCESS METHOD {name}"));
    }
    let alter = |action| Statement::AlterView {
        name: to.name.clone(),
        materialized: to.materialized,
        action,
    };
    actions.into_iter().map(alter).collect()
}
