//! The comments on all that is declared.

use super::Problems;
use crate::declare::view::Source;
use crate::declare::{Declaration, Item, MaterializedView, Policy, Table, View};
use crate::model::{Comment, CommentTarget, PUBLIC, QualifiedName, Schema};

pub(super) fn add_comments(
    schema: &mut Schema,
    declaration: &Declaration,
    problems: &mut Problems,
) {
    let mut comments = Comments { schema, problems };
    for item in &declaration.items {
        let in_schema = |schema: &Option<String>, name: &String| {
            QualifiedName::new(schema.as_deref().unwrap_or(PUBLIC), name)
        };
        match item {
            Item::Namespace(it) => comments.add(
                CommentTarget::Namespace(it.name.clone()),
                it.comment.as_ref(),
                format!("schema \"{}\"", it.name),
            ),
            Item::Extension(it) => comments.add(
                CommentTarget::Extension(it.name.clone()),
                it.comment.as_ref(),
                format!("extension \"{}\"", it.name),
            ),
            Item::Role(it) => {
                let place = format!("role \"{}\"", it.state.name);
                if it.existing {
                    comments.refuse(it.comment.as_ref(), place);
                } else {
                    let on = CommentTarget::Role(it.state.name.clone());
                    comments.add(on, it.comment.as_ref(), place);
                }
            }
            Item::Enum(it) => {
                let name = in_schema(&it.schema, &it.name);
                let place = format!("enum \"{name}\"");
                comments.add(CommentTarget::Enum(name), it.comment.as_ref(), place);
            }
            Item::Sequence(it) => {
                let name = in_schema(&it.schema, &it.name);
                let place = format!("sequence \"{name}\"");
                comments.add(CommentTarget::Sequence(name), it.comment.as_ref(), place);
            }
            Item::Table(table) => comments.of_table(table),
            Item::View(view) => comments.of_view(view),
            Item::MaterializedView(materialized) => comments.of_materialized(materialized),
            Item::Policy(policy) => comments.of_linked(policy),
        }
    }
}

struct Comments<'a> {
    schema: &'a mut Schema,
    problems: &'a mut Problems,
}

impl Comments<'_> {
    fn add(&mut self, on: CommentTarget, text: Option<&String>, place: String) {
        let Some(text) = text else { return };
        if text.is_empty() {
            self.problems
                .add(place, "has an empty comment; leave it out");
        } else if text.contains('\0') {
            self.problems
                .add(place, "has a comment that holds a NUL character");
        } else {
            let text = text.clone();
            // What is declared twice is told elsewhere.
            let _ = self.schema.comments.insert(Comment { on, text });
        }
    }

    fn refuse(&mut self, text: Option<&String>, place: String) {
        if text.is_some() {
            self.problems
                .add(place, "is only referred to, so no migration comments on it");
        }
    }

    fn of_table(&mut self, declared: &Table) {
        let name = declared.qualified_name();
        let table = || name.clone();
        let place = format!("table \"{name}\"");
        if declared.existing {
            return self.refuse(declared.comment.as_ref(), place);
        }
        let own = CommentTarget::Table(table());
        self.add(own, declared.comment.as_ref(), place.clone());
        for it in &declared.columns {
            let on = CommentTarget::Column(table(), it.name.clone());
            let place = format!("{place}, column \"{}\"", it.name);
            self.add(on, it.comment.as_ref(), place);
        }
        let keys = declared.primary_keys.iter();
        let keys = keys.map(|it| ("primary key", it.name_in(&name.name), &it.comment));
        let uniques = declared.uniques.iter();
        let uniques = uniques.map(|it| ("unique", it.name_in(&name.name), &it.comment));
        let foreign_keys = declared.foreign_keys.iter();
        let foreign_keys =
            foreign_keys.map(|it| ("foreign key", it.name_in(&name.name), &it.comment));
        let checks = declared.checks.iter();
        let checks = checks.map(|it| ("check", it.name.clone(), &it.comment));
        for (kind, constraint, text) in keys.chain(uniques).chain(foreign_keys).chain(checks) {
            let place = format!("{place}, {kind} \"{constraint}\"");
            let on = CommentTarget::Constraint(table(), constraint);
            self.add(on, text.as_ref(), place);
        }
        for it in &declared.indexes {
            let index = it.name_in(&name.name);
            let place = format!("{place}, index \"{index}\"");
            self.add(
                CommentTarget::Index(table(), index),
                it.comment.as_ref(),
                place,
            );
        }
        for it in &declared.policies {
            let on = CommentTarget::Policy(table(), it.name.clone());
            let place = format!("{place}, policy \"{}\"", it.name);
            self.add(on, it.comment.as_ref(), place);
        }
    }

    fn of_view(&mut self, declared: &View) {
        let schema = declared.schema.as_deref().unwrap_or(PUBLIC);
        let name = QualifiedName::new(schema, &declared.name);
        let place = format!("view \"{name}\"");
        if matches!(declared.source, Some(Source::Existing)) {
            return self.refuse(declared.comment.as_ref(), place);
        }
        for it in &declared.columns {
            let on = CommentTarget::Column(name.clone(), it.name.clone());
            let place = format!("{place}, column \"{}\"", it.name);
            self.add(on, it.comment.as_ref(), place);
        }
        self.add(CommentTarget::View(name), declared.comment.as_ref(), place);
    }

    fn of_materialized(&mut self, declared: &MaterializedView) {
        let view = &declared.view;
        self.of_view(view);
        let name = QualifiedName::new(view.schema.as_deref().unwrap_or(PUBLIC), &view.name);
        for it in &declared.indexes {
            let index = it.name_in(&name.name);
            let place = format!("view \"{name}\", index \"{index}\"");
            let on = CommentTarget::Index(name.clone(), index);
            self.add(on, it.comment.as_ref(), place);
        }
    }

    fn of_linked(&mut self, declared: &Policy) {
        let Some(link) = &declared.linked else { return };
        let table = link.resolve(PUBLIC, |name| self.schema.tables.contains(name));
        let place = format!("table \"{table}\", policy \"{}\"", declared.name);
        let on = CommentTarget::Policy(table, declared.name.clone());
        self.add(on, declared.comment.as_ref(), place);
    }
}
