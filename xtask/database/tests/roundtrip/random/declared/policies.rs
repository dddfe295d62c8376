//! Policies of tables, and on a table that no state holds.

use pg_schema::prelude::*;
use pg_schema::quote_identifier;

use super::tables::Usable;
use super::{Declared, at, condition};
use crate::random::genes::{ConditionGene, PolicyGene, ROLES, TABLES};

impl Declared<'_> {
    pub(super) fn policy(&self, name: String, gene: &PolicyGene, columns: &[Usable]) -> Policy {
        let asking = |own: &ConditionGene| {
            let own = condition(own, columns);
            let asked = gene.asks.and_then(|pick| self.relation(pick));
            asked.map_or(own.clone(), |asked| {
                format!(
                    "EXISTS (SELECT FROM {} AS other WHERE other.{} IS NOT NULL) OR {own}",
                    asked.sql,
                    quote_identifier(&self.id())
                )
            })
        };
        self.with_clauses(policy(name), gene, asking)
    }

    /// On a table whose only column is `id`.
    pub(super) fn linked_policy(&self, slot: usize, gene: &PolicyGene) -> Policy {
        let condition = |condition: &ConditionGene| match condition.form % 3 {
            0 => "true".to_owned(),
            1 => "id > 0".to_owned(),
            _ => "id = 1 -- one".to_owned(),
        };
        self.with_clauses(policy(self.part(TABLES, slot)), gene, condition)
    }

    fn with_clauses(
        &self,
        mut policy: Policy,
        gene: &PolicyGene,
        condition: impl Fn(&ConditionGene) -> String,
    ) -> Policy {
        let command = *at(&[All, Select, Insert, Update, Delete], gene.command);
        if let Some(using) = gene.using.as_ref().filter(|_| command != Insert) {
            policy = policy.using(condition(using));
        }
        if let Some(check) = gene
            .with_check
            .as_ref()
            .filter(|_| !matches!(command, Select | Delete))
        {
            policy = policy.with_check(condition(check));
        }
        let roles = (0..ROLES)
            .filter(|slot| self.world.roles[*slot].is_some() && gene.roles & (1 << slot) != 0);
        let mut roles: Vec<_> = roles.map(|slot| self.role(slot)).collect();
        if gene.roles & 4 != 0 {
            roles.push("current_user".to_owned());
        }
        let policy = policy.for_command(command).to(roles);
        if gene.restrictive {
            policy.restrictive()
        } else {
            policy
        }
    }
}
