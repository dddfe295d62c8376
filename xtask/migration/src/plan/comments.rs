//! Comments: on what is there already, and on what the plan makes, or makes anew, with which PostgreSQL drops the comment.

use std::collections::HashMap;

use pg_schema::{CommentTarget, PrimaryKey, QualifiedName};

use super::Step;
use super::order::Order;
use crate::diff::{Change, Difference};
use crate::statement::Statement;

impl Order<'_> {
    /// The last steps, when all is made.
    pub(super) fn comment(&mut self) {
        let context = self.context;
        if context.from.comments.is_empty() && context.to.comments.is_empty() {
            return;
        }
        let made = Made::by(&self.steps);
        let changes = context.changes.iter().enumerate();
        let stated: HashMap<_, _> = changes
            .filter_map(|(index, change)| match change {
                Change::Comment(Difference::Added(comment)) => Some((&comment.on, index)),
                Change::Comment(Difference::Altered { to, .. }) => Some((&to.on, index)),
                _ => None,
            })
            .collect();
        for comment in &context.to.comments {
            let own = stated.get(&comment.on).copied();
            if let Some(change) = own.or_else(|| made.change_of(&comment.on)) {
                self.comment_on(change, &comment.on, Some(&comment.text));
            }
        }
        for (index, change) in context.changes.iter().enumerate() {
            if let Change::Comment(Difference::Removed(comment)) = change
                && made.change_of(&comment.on).is_none()
            {
                self.comment_on(index, &comment.on, None);
            }
        }
    }

    fn comment_on(&mut self, change: usize, on: &CommentTarget, text: Option<&String>) {
        let view = match on {
            CommentTarget::View(name) => self.context.to.views.get(name),
            _ => None,
        };
        let comment = Statement::Comment {
            on: on.clone(),
            materialized: view.is_some_and(|view| view.materialized),
            text: text.cloned(),
        };
        self.extend(change, [comment]);
    }
}

/// What steps make, with the change that each is for.
struct Made(HashMap<CommentTarget, usize>);

impl Made {
    fn by(steps: &[Step]) -> Self {
        let mut made = HashMap::new();
        for step in steps {
            for target in made_by(&step.statement) {
                made.entry(target).or_insert(step.change);
            }
        }
        Self(made)
    }

    /// A part is also made with its table or view.
    fn change_of(&self, on: &CommentTarget) -> Option<usize> {
        let relation = || {
            let name = on.relation()?;
            let table = self.0.get(&CommentTarget::Table(name.clone()));
            table.or_else(|| self.0.get(&CommentTarget::View(name.clone())))
        };
        self.0.get(on).or_else(relation).copied()
    }
}

fn made_by(statement: &Statement) -> Vec<CommentTarget> {
    let constraint = |table: &QualifiedName, name: &str| {
        vec![CommentTarget::Constraint(table.clone(), name.to_owned())]
    };
    match statement {
        Statement::CreateSchema(name) => vec![CommentTarget::Namespace(name.clone())],
        Statement::CreateExtension(it) => vec![CommentTarget::Extension(it.name.clone())],
        Statement::CreateRole(role) => vec![CommentTarget::Role(role.name.clone())],
        Statement::CreateEnum(it) => vec![CommentTarget::Enum(it.name.clone())],
        Statement::CreateSequence(it) => vec![CommentTarget::Sequence(it.name.clone())],
        Statement::CreateTable(it) => vec![CommentTarget::Table(it.name.clone())],
        Statement::CreateView(it) => vec![CommentTarget::View(it.name.clone())],
        Statement::AddColumn {
            table,
            column,
            primary_key,
        } => {
            let mut made = vec![CommentTarget::Column(table.clone(), column.name.clone())];
            if *primary_key {
                let key = PrimaryKey {
                    name: None,
                    columns: Vec::new(),
                };
                made.extend(constraint(table, &key.name_on(table)));
            }
            made
        }
        Statement::AddPrimaryKey { table, key } => constraint(table, &key.name_on(table)),
        Statement::AddUnique { table, unique } => constraint(table, &unique.name),
        Statement::AddCheck { table, check } => constraint(table, &check.name),
        Statement::AddForeignKey { table, key } => constraint(table, &key.name),
        Statement::CreateIndex { table, index } => {
            vec![CommentTarget::Index(table.clone(), index.name.clone())]
        }
        Statement::CreatePolicy { on, policy } => {
            vec![CommentTarget::Policy(on.name.clone(), policy.name.clone())]
        }
        _ => Vec::new(),
    }
}
