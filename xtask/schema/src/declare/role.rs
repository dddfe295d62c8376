use super::Reference;
use crate::model::{self, PolicyCommand};

/// A role, declared. Roles belong to the whole server, not to one database.
#[derive(Debug, Clone)]
pub struct Role {
    pub(super) state: model::Role,
    pub(super) existing: bool,
    pub(super) comment: Option<String>,
    pub(super) renamed_from: Option<String>,
}

/// A row security policy, declared.
#[derive(Debug, Clone)]
pub struct Policy {
    pub(super) name: String,
    pub(super) permissive: bool,
    pub(super) command: PolicyCommand,
    pub(super) to: Vec<String>,
    pub(super) using: Option<String>,
    pub(super) with_check: Option<String>,
    pub(super) linked: Option<Reference>,
    pub(super) comment: Option<String>,
    pub(super) renamed_from: Option<String>,
}

/// A role without special rights.
pub fn pg_role(name: impl Into<String>) -> Role {
    Role {
        state: model::Role {
            name: name.into(),
            create_db: false,
            create_role: false,
            inherit: true,
        },
        existing: false,
        comment: None,
        renamed_from: None,
    }
}

/// A permissive policy for all commands and everybody.
pub fn policy(name: impl Into<String>) -> Policy {
    Policy {
        name: name.into(),
        permissive: true,
        command: PolicyCommand::All,
        to: Vec::new(),
        using: None,
        with_check: None,
        linked: None,
        comment: None,
        renamed_from: None,
    }
}

impl Role {
    /// CREATEDB.
    #[must_use]
    pub fn create_db(mut self) -> Self {
        self.state.create_db = true;
        self
    }

    /// CREATEROLE.
    #[must_use]
    pub fn create_role(mut self) -> Self {
        self.state.create_role = true;
        self
    }

    /// NOINHERIT.
    #[must_use]
    pub fn no_inherit(mut self) -> Self {
        self.state.inherit = false;
        self
    }

    /// The role exists and is only referred to: no migration touches it.
    #[must_use]
    pub fn existing(mut self) -> Self {
        self.existing = true;
        self
    }
}

impl Policy {
    /// Rows must pass this policy beside a permissive one.
    #[must_use]
    pub fn restrictive(mut self) -> Self {
        self.permissive = false;
        self
    }

    /// The command it applies to, if not to all.
    #[must_use]
    pub fn for_command(mut self, command: PolicyCommand) -> Self {
        self.command = command;
        self
    }

    /// The roles it applies to: declared ones, or `public`, `current_user`, `current_role`, `session_user`.
    #[must_use]
    pub fn to<R: Into<String>>(mut self, roles: impl IntoIterator<Item = R>) -> Self {
        self.to = roles.into_iter().map(Into::into).collect();
        self
    }

    /// Which rows are there: an SQL condition.
    #[must_use]
    pub fn using(mut self, condition: impl Into<String>) -> Self {
        self.using = Some(condition.into());
        self
    }

    /// Which rows may be written: an SQL condition.
    #[must_use]
    pub fn with_check(mut self, condition: impl Into<String>) -> Self {
        self.with_check = Some(condition.into());
        self
    }

    /// The table of a policy that is declared by itself, such as one that an extension or another project has made.
    #[must_use]
    pub fn link(mut self, table: impl Into<Reference>) -> Self {
        self.linked = Some(table.into());
        self
    }
}
