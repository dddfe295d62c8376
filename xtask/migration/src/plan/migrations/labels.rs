//! Labels that have to be committed before they are used.

use std::collections::HashSet;

use pg_schema::{PartKind, QualifiedName, Rename, Schema};

use crate::plan::Plan;
use crate::renames::{complete, renamed};
use crate::statement::Statement;

/// A migration that only makes labels, under the names of the earlier state.
pub(super) struct Labels {
    /// The state that it leads to.
    pub(super) state: Schema,
    /// The labels that it renames: another one gets the earlier text of one of them.
    pub(super) renames: Vec<Rename>,
    /// What is renamed after it.
    pub(super) later_renames: Vec<Rename>,
}

impl Labels {
    /// The labels that enums gain, if one of them is used elsewhere in the plan.
    pub(super) fn before_use(
        from: &Schema,
        to: &Schema,
        renames: &[Rename],
        plan: &Plan,
    ) -> Option<Self> {
        let gains: Vec<_> = plan
            .steps
            .iter()
            .filter_map(|step| match &step.statement {
                Statement::AddEnumValue { name, value, .. } => Some((name, value.as_str())),
                _ => None,
            })
            .collect();
        if gains.is_empty() {
            return None;
        }
        let others = plan.steps.iter().filter_map(|step| match &step.statement {
            Statement::AddEnumValue { .. }
            | Statement::CreateEnum(_)
            | Statement::Comment { .. } => None,
            statement => Some(statement.sql()),
        });
        let others: Vec<_> = others.collect();
        if !gains.iter().any(|(_, label)| is_used(label, &others)) {
            return None;
        }
        let gaining: HashSet<_> = gains.iter().map(|(name, _)| *name).collect();
        let (called, _) = complete(from, to, renames);
        let mut labels = Self {
            state: from.clone(),
            renames: Vec::new(),
            later_renames: renames.to_vec(),
        };
        let enums = from.enums.iter().zip(&called.enums);
        for (earlier, called) in enums.filter(|(_, called)| gaining.contains(&called.name)) {
            let gained = |label: &String| !called.values.contains(label);
            let Some(later) = to.enums.get(&called.name) else {
                continue;
            };
            if later
                .values
                .iter()
                .any(|it| gained(it) && earlier.values.contains(it))
            {
                labels.rename(&earlier.name, &called.name);
            }
            // Under the texts that the old ones have by now.
            let old = labels.state.enums.get(&earlier.name);
            let mut old = old
                .map(|it| it.values.clone())
                .unwrap_or_default()
                .into_iter();
            let values = later.values.iter().filter_map(|label| {
                if gained(label) {
                    Some(label.clone())
                } else {
                    old.next()
                }
            });
            let values = values.collect();
            if let Some(declared) = labels.state.enums.get_mut(&earlier.name) {
                declared.values = values;
            }
        }
        Some(labels)
    }

    /// Renames the labels of an enum already here.
    fn rename(&mut self, earlier: &QualifiedName, later: &QualifiedName) {
        let (mut own, others): (Vec<_>, Vec<_>) =
            self.later_renames.drain(..).partition(|rename| {
                matches!(rename, Rename::Part { kind: PartKind::Label, of, .. } if of == later)
            });
        self.later_renames = others;
        for rename in &mut own {
            if let Rename::Part { of, .. } = rename {
                of.clone_from(earlier);
            }
        }
        self.state = renamed(&self.state, &own);
        self.renames.append(&mut own);
    }
}

/// Whether the label may be in one of the statements: as a string, or as an element of the text of an array (manual, 8.15.2 and 8.15.6).
fn is_used(label: &str, statements: &[String]) -> bool {
    let as_string = pg_schema::quote_literal(label);
    let inside = |text: String| text.replace('\'', "''");
    let bare = inside(label.to_owned());
    let quoted = inside(label.replace('\\', "\\\\").replace('"', "\\\""));
    let elements = [("{", "}"), ("{", ","), (",", "}"), (",", ",")]
        .map(|(before, after)| format!("{before}{bare}{after}"));
    let quoted = format!("\"{quoted}\"");
    statements.iter().any(|sql| {
        let in_array = |element: &String| sql.contains(element);
        sql.contains(&as_string)
            || sql.contains("'{") && (in_array(&quoted) || elements.iter().any(in_array))
    })
}
