//! What is said of drift, and which command mends it.

use anstream::adapter::strip_str;
use pg_migration::Change;
use pg_schema::PUBLIC;
use serde::{Serialize, Serializer};

use super::{Differences, Drift, Standing, Undo};
use crate::json::{ChangeReport, OutsideReport};
use crate::ui::change_lines;

/// So many tables are named in a command.
const NAMED: usize = 3;

/// Something that is to be mended.
pub(crate) struct DriftFinding<'a> {
    /// `not-recorded`, `not-migrated` or `drift`.
    pub(crate) kind: &'static str,
    pub(crate) message: String,
    pub(crate) changes: &'a [Change],
    /// Any one of them does.
    pub(crate) mend: Vec<String>,
}

impl Drift {
    /// What there is to be mended.
    pub(crate) fn findings(&self) -> Vec<DriftFinding<'_>> {
        match &self.standing {
            Standing::Agrees | Standing::Unknown(_) => Vec::new(),
            Standing::Ahead(tags) => vec![self.not_recorded(tags)],
            Standing::Differs(differences) => [
                (!differences.declared.is_empty()).then(|| not_migrated(&differences.declared)),
                (!differences.undeclared.is_empty()).then(|| self.undeclared(differences)),
            ]
            .into_iter()
            .flatten()
            .collect(),
        }
    }

    fn not_recorded(&self, tags: &[String]) -> DriftFinding<'static> {
        let last = tags.last().map_or("", String::as_str);
        let command = match self.since {
            None => format!("--baseline {last}"),
            Some(_) => format!("--applied {}", tags.join(" --applied ")),
        };
        DriftFinding {
            kind: "not-recorded",
            message: format!(
                "the database is in the state after {last}, which its history does not have"
            ),
            changes: &[],
            mend: vec![format!(
                "if what SQL of your own does to rows is done, too, record it: `cargo xtask db resolve {command}`"
            )],
        }
    }

    fn undeclared<'a>(&self, differences: &'a Differences) -> DriftFinding<'a> {
        let changes = &differences.undeclared[..];
        let message = match &self.since {
            Some(tag) => {
                format!("the database is not in the state after {tag}, but differs from it")
            }
            None => "the database has what no migration has made".to_owned(),
        };
        let adopt = if differences.has_migrations {
            format!("to adopt it, {}, then {RECORD}", declare(changes))
        } else {
            "to adopt it, `cargo xtask db pull --to FILE` writes it as a schema, with a migration that this database has".to_owned()
        };
        let baseline = (self.since.is_none() && differences.has_migrations).then(|| {
            "if it has all that the migrations up to one of them make, record that first: `cargo xtask db resolve --baseline TAG`".to_owned()
        });
        let undo = match &differences.undo {
            Undo::Push => Some("to undo it, `cargo xtask db push`".to_owned()),
            Undo::Diff(tag) => Some(format!(
                "to undo it, run the SQL that `cargo xtask db diff --from database --to migrations:{tag}` prints"
            )),
            Undo::Nothing => None,
        };
        let mend = baseline.into_iter().chain([adopt]).chain(undo);
        DriftFinding {
            kind: "drift",
            message,
            changes,
            mend: mend.collect(),
        }
    }
}

const RECORD: &str = "`cargo xtask db generate` writes a migration for other databases, and `cargo xtask db resolve --applied TAG` says that this one has it";

fn not_migrated(changes: &[Change]) -> DriftFinding<'_> {
    DriftFinding {
        kind: "not-migrated",
        message: "the database has what the schema declares, and no migration".to_owned(),
        changes,
        mend: vec![RECORD.to_owned()],
    }
}

/// How the schema gets what the database has.
fn declare(changes: &[Change]) -> String {
    if changes.iter().all(|change| change.action() == "removed") {
        return "take it out of the schema".to_owned();
    }
    let tables = tables_to_pull(changes);
    let filter = tables.map_or_else(String::new, |tables| format!(" --tables {tables}"));
    format!("declare it in the schema, as `cargo xtask db pull{filter}` prints it")
}

/// What `--tables` takes for the tables that are added or altered; `None` for all.
fn tables_to_pull(changes: &[Change]) -> Option<String> {
    let mut names: Vec<String> = Vec::new();
    for change in changes {
        let object = change.object();
        let is_table = matches!(object.kind, "table" | "view");
        let name = object.table.or(object.name.filter(|_| is_table))?;
        let name = match object.schema {
            Some(schema) if schema != PUBLIC => format!("{schema}.{name}"),
            _ => name.to_owned(),
        };
        let gone = is_table && change.action() == "removed";
        if !gone && !names.contains(&name) {
            names.push(name);
        }
    }
    // Neither a pattern nor what a shell would read otherwise.
    let is_plain = |c: char| c.is_alphanumeric() || "_.-".contains(c);
    let are_plain = names.iter().all(|name| name.chars().all(is_plain));
    (are_plain && (1..=NAMED).contains(&names.len())).then(|| names.join(","))
}

/// What `--json` prints.
#[derive(Serialize)]
struct Report<'a> {
    /// The migration with whose state the database was compared; none for the empty state.
    compared_with: Option<&'a str>,
    state: &'static str,
    /// Why it is unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    findings: Vec<FindingReport<'a>>,
    outside: Vec<OutsideReport<'a>>,
}

#[derive(Serialize)]
struct FindingReport<'a> {
    kind: &'static str,
    message: String,
    changes: Vec<ChangeReport<'a>>,
    mend: Vec<String>,
}

impl Serialize for Drift {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (state, reason) = match &self.standing {
            Standing::Agrees => ("agrees", None),
            Standing::Ahead(_) => ("ahead", None),
            Standing::Differs(_) => ("differs", None),
            Standing::Unknown(reason) => ("unknown", Some(reason.as_str())),
        };
        let findings = self.findings().into_iter().map(|finding| FindingReport {
            kind: finding.kind,
            message: finding.message,
            changes: finding.changes.iter().map(ChangeReport::of).collect(),
            mend: finding.mend,
        });
        Report {
            compared_with: self.since.as_deref(),
            state,
            reason,
            findings: findings.collect(),
            outside: self.outside.iter().map(Into::into).collect(),
        }
        .serialize(serializer)
    }
}

impl DriftFinding<'_> {
    /// The objects, a line each, without colour.
    pub(crate) fn plain_lines(&self) -> Vec<String> {
        let lines = change_lines(self.changes);
        lines
            .iter()
            .map(|line| strip_str(line).to_string())
            .collect()
    }
}
