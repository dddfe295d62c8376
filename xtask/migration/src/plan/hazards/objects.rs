//! Those of sequences, roles, row security and views.

#[cfg(test)]
mod tests;

use pg_schema::{QualifiedName, Schema, Table};

use super::Found;
use crate::hazard::HazardKind;
use crate::statement::Statement;

pub(super) fn objects(found: &mut Found, statement: &Statement, from: &Schema, to: &Schema) {
    match statement {
        Statement::AlterSequence { sequence, .. } => {
            let old = from.sequences.get(&sequence.name).map(|it| &it.options);
            let new = &sequence.options;
            if old.is_some_and(|old| old.min < new.min || old.max > new.max) {
                found.may_fail(format!(
                    "new bounds for sequence \"{}\" fail if it has counted past them",
                    sequence.name
                ));
            }
        }
        Statement::RestartSequenceOutside { name, start, .. } => found.may_fail(format!(
            "sequence \"{name}\" begins at {start} again if it has counted past its new bounds, and can then give numbers that are taken"
        )),
        Statement::DropSequence(name) if from.sequences.contains(name) => {
            found.data_loss(format!("dropping sequence \"{name}\" forgets how far it has counted"));
            found.may_fail(format!(
                "dropping sequence \"{name}\" fails if a default that is not declared here uses it"
            ));
        }
        Statement::CreateRole(role) => found.may_fail(format!(
            "role \"{}\" belongs to the whole server, so creating it fails if another database or somebody else has done so",
            role.name
        )),
        Statement::AlterRole(role) => found.access(format!(
            "role \"{}\" belongs to the whole server: its rights change in every database",
            role.name
        )),
        Statement::DropRole(name) => found.may_fail(format!(
            "dropping role \"{name}\" fails as long as it owns anything or has privileges in any database of the server"
        )),
        Statement::CreateExtension(extension) => found.may_fail(format!(
            "creating extension \"{}\" fails if the server does not have it installed, or if the role that runs this may not create it",
            extension.name
        )),
        Statement::SetExtensionSchema { name, .. } => found.may_fail(format!(
            "moving extension \"{name}\" fails if it cannot be relocated"
        )),
        Statement::DropExtension(name) => found.may_fail(format!(
            "dropping extension \"{name}\" fails if something that is not declared here uses it"
        )),
        Statement::DropView { name, materialized } => drop_view(found, name, *materialized, to),
        Statement::AlterView { name, action, .. } if action.starts_with("SET TABLESPACE") || action.starts_with("SET ACCESS") => {
            found.rewrite(format!("materialized view \"{name}\" is written anew, and nobody else can use it meanwhile"));
        }
        _ => row_security(found, statement, from, to),
    }
}

fn drop_view(found: &mut Found, name: &QualifiedName, materialized: bool, to: &Schema) {
    let later = to.views.get(name).filter(|view| view.definition.is_some());
    let kind = if materialized {
        "materialized view"
    } else {
        "view"
    };
    match later {
        None if materialized => found.data_loss(format!(
            "dropping materialized view \"{name}\" deletes its rows and indexes"
        )),
        None => {}
        Some(later) => {
            if materialized {
                found.rewrite(format!(
                    "materialized view \"{name}\" is made anew: its query runs again, and nobody else can use it meanwhile; \
                     indexes on it that are not declared here are lost"
                ));
            }
            if later.materialized && later.with_no_data {
                found.data_loss(format!(
                    "materialized view \"{name}\" is made anew without data; after the migration, run REFRESH MATERIALIZED VIEW {}",
                    name.sql()
                ));
            }
            found.access(format!(
                "{kind} \"{name}\" is dropped and created again: privileges on it have to be granted again"
            ));
        }
    }
    found.may_fail(format!(
        "dropping {kind} \"{name}\" fails if something that is not declared here depends on it"
    ));
}

fn row_security(found: &mut Found, statement: &Statement, from: &Schema, to: &Schema) {
    match statement {
        Statement::EnableRowSecurity(table) if from.tables.contains(table) => {
            let later = to.tables.get(table);
            if later.is_some_and(|later| later.policies.is_empty()) {
                found.access(format!(
                    "with row security and without a policy nobody but the owner of \"{table}\" and superusers sees a row of it"
                ));
            } else if from.tables.get(table).is_some_and(|it| !it.is_row_secured()) {
                found.access(format!(
                    "from now on everybody but the owner of \"{table}\" and superusers sees only those of its rows that a policy shows"
                ));
            }
        }
        Statement::DisableRowSecurity(table) if to.tables.contains(table) => found.access(format!(
            "without row security all rows of \"{table}\" are there for everybody who has a privilege on it"
        )),
        Statement::DropPolicy { on, name } => {
            let table = &on.name;
            let own = |state: &Schema| Some(state.tables.get(table)?.policies.get(name)?.permissive);
            let linked = |state: &Schema| {
                let linked = state.policies.get(&(table.clone(), name.clone()));
                Some(linked?.policy.permissive)
            };
            let is_secured = |name| to.tables.get(name).is_some_and(Table::is_row_secured);
            let comes_back = own(to).or_else(|| linked(to)).is_some();
            if (on.linked || is_secured(table)) && !comes_back {
                let effect = if own(from).or_else(|| linked(from)) == Some(false) {
                    "rows that it hid can be seen and changed"
                } else {
                    "rows that it showed are hidden unless another policy shows them"
                };
                found.access(format!("without policy \"{name}\" of \"{table}\" {effect}"));
            }
        }
        _ => {}
    }
}

impl Found {
    fn access(&mut self, message: String) {
        self.add(HazardKind::Access, message);
    }
}
