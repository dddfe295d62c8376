use super::{Object, QualifiedName};

/// A row security policy (manual, 5.8).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Its name.
    pub name: String,
    /// PERMISSIVE rather than RESTRICTIVE.
    pub permissive: bool,
    /// The command it applies to.
    pub command: PolicyCommand,
    /// The roles it applies to.
    pub roles: Vec<String>,
    /// USING.
    pub using: Option<String>,
    /// WITH CHECK.
    pub with_check: Option<String>,
}

/// A policy on a table that the state does not hold, such as one of an extension or of another project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkedPolicy {
    /// The table, and the policy's name.
    pub name: (QualifiedName, String),
    /// The policy.
    pub policy: Policy,
}

/// The command a policy applies to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants are the commands")]
pub enum PolicyCommand {
    All,
    Select,
    Insert,
    Update,
    Delete,
}

impl PolicyCommand {
    /// As SQL.
    #[must_use]
    pub fn sql(self) -> &'static str {
        match self {
            Self::All => "ALL",
            Self::Select => "SELECT",
            Self::Insert => "INSERT",
            Self::Update => "UPDATE",
            Self::Delete => "DELETE",
        }
    }
}

/// A role, with the attributes that drizzle knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// Its name.
    pub name: String,
    /// CREATEDB.
    pub create_db: bool,
    /// CREATEROLE.
    pub create_role: bool,
    /// INHERIT.
    pub inherit: bool,
}

impl Object for Policy {
    type Name = String;

    fn name(&self) -> &String {
        &self.name
    }
}

impl Object for LinkedPolicy {
    type Name = (QualifiedName, String);

    fn name(&self) -> &(QualifiedName, String) {
        &self.name
    }
}

impl Object for Role {
    type Name = String;

    fn name(&self) -> &String {
        &self.name
    }
}
