//! Roles and row security policies.

use pg_schema::{Policy, Role, quote_identifier};

use super::PolicyTable;
use crate::sql::{bare_or_quoted, in_parentheses};

/// Names that stand for roles without being one (manual, CREATE POLICY).
const ROLE_WORDS: [&str; 4] = ["current_user", "current_role", "session_user", "public"];

pub(super) fn create_role(role: &Role) -> String {
    let mut options = String::new();
    if role.create_db {
        options.push_str(" CREATEDB");
    }
    if role.create_role {
        options.push_str(" CREATEROLE");
    }
    if !role.inherit {
        options.push_str(" NOINHERIT");
    }
    let with = if options.is_empty() { "" } else { " WITH" };
    format!(
        "CREATE ROLE {}{with}{options};",
        quote_identifier(&role.name)
    )
}

pub(super) fn alter_role(role: &Role) -> String {
    let no = |granted: bool| if granted { "" } else { "NO" };
    format!(
        "ALTER ROLE {} WITH {}CREATEDB {}CREATEROLE {}INHERIT;",
        quote_identifier(&role.name),
        no(role.create_db),
        no(role.create_role),
        no(role.inherit)
    )
}

pub(super) fn create_policy(on: &PolicyTable, policy: &Policy) -> String {
    let roles: Vec<_> = policy
        .roles
        .iter()
        .map(|role| role_name(role, quote_identifier))
        .collect();
    format!(
        "CREATE POLICY {} ON {} AS {} FOR {} TO {}{};",
        quote_identifier(&policy.name),
        on.sql(),
        if policy.permissive {
            "PERMISSIVE"
        } else {
            "RESTRICTIVE"
        },
        policy.command.sql(),
        roles.join(", "),
        conditions(policy)
    )
}

/// drizzle-kit leaves names of roles bare here; they are quoted only where they need it.
pub(super) fn alter_policy(on: &PolicyTable, policy: &Policy) -> String {
    let roles: Vec<_> = policy
        .roles
        .iter()
        .map(|role| role_name(role, bare_or_quoted))
        .collect();
    format!(
        "ALTER POLICY {} ON {} TO {}{};",
        quote_identifier(&policy.name),
        on.sql(),
        roles.join(","),
        conditions(policy)
    )
}

pub(super) fn drop_policy(on: &PolicyTable, name: &str) -> String {
    format!(
        "DROP POLICY {} ON {} CASCADE;",
        quote_identifier(name),
        on.sql()
    )
}

fn role_name(role: &str, quote: impl Fn(&str) -> String) -> String {
    if ROLE_WORDS.contains(&role) {
        role.to_owned()
    } else {
        quote(role)
    }
}

fn conditions(policy: &Policy) -> String {
    let clause = |keyword: &str, condition: &Option<String>| match condition {
        Some(condition) => format!(" {keyword} {}", in_parentheses(condition)),
        None => String::new(),
    };
    clause("USING", &policy.using) + &clause("WITH CHECK", &policy.with_check)
}

impl PolicyTable {
    pub(super) fn sql(&self) -> String {
        if self.linked {
            self.name.sql()
        } else {
            self.name.short_sql()
        }
    }
}
