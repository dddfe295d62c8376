//! The project's code and files, as the studio asks them.

use std::time::Duration;

use anstream::adapter::strip_str;
use pg_database::{Database, MigrateError, MigrateOptions, MigrationStatus, Status, status};
use pg_migration::{
    Change, MigrationState, Migrations, PlannedMigration, applicable, planned_migrations_renamed,
};
use pg_schema::{Declaration, QualifiedName, Schema};
use pg_studio::{Difference, Migration, ProjectError, Standing};

use crate::app::App;
use crate::commands::migrate::explain;
use crate::commands::status::{moment, state};
use crate::config::Config;
use crate::drift::{self, Drift};
use crate::error::Error;
use crate::filters::FilterArgs;
use crate::interrupt::Interrupts;
use crate::project::Project;
use crate::state::{Reader, State, nearest_snapshot};
use crate::ui::{Ui, change_lines};

/// How long another run is waited for: a person waits for the answer.
const WAIT: Duration = Duration::from_secs(10);

/// The project's code and files. A studio works on several threads, and each of them makes an [`App`] of its own from this.
pub(super) struct Code {
    project: Project,
    config: Config,
    ui: Ui,
    interrupts: Interrupts,
    declaration: Declaration,
}

impl Code {
    pub(super) fn of(app: &App) -> Self {
        Self {
            project: app.project,
            config: app.config.clone(),
            ui: app.ui,
            interrupts: app.interrupts.clone(),
            declaration: (app.project.schema)(),
        }
    }

    fn app(&self) -> App {
        let interrupts = self.interrupts.clone();
        App::new(self.project, self.config.clone(), self.ui, interrupts)
    }
}

impl pg_studio::Project for Code {
    fn name(&self) -> &str {
        self.project.name
    }

    fn defaults(&self, schema: &str, table: &str) -> Vec<(String, String)> {
        let table = QualifiedName::new(schema, table);
        let functions = self.declaration.default_fns(&table);
        functions
            .map(|(column, function)| (column.to_owned(), function()))
            .collect()
    }

    fn columns_with_defaults(&self, schema: &str, table: &str) -> Vec<String> {
        let table = QualifiedName::new(schema, table);
        let functions = self.declaration.default_fns(&table);
        functions.map(|(column, _)| column.to_owned()).collect()
    }

    fn standing(&self, database: Database) -> Result<Standing, ProjectError> {
        standing(database, &self.app()).map_err(problem)
    }

    fn migrate(&self, mut database: Database) -> Result<Vec<String>, ProjectError> {
        let app = self.app();
        let migrations = app.existing_migrations().map_err(problem)?;
        let options = MigrateOptions {
            wait_lock: Some(WAIT),
            ..MigrateOptions::default()
        };
        let result = pg_database::migrate(&mut database, &migrations, &options, &mut |_| {});
        match result {
            Ok(report) => Ok(report.applied.into_iter().map(|it| it.tag).collect()),
            Err(error) => Err(problem(explain(error, &migrations, &app))),
        }
    }
}

fn problem(error: Error) -> ProjectError {
    ProjectError {
        message: plain(&error.message),
        hint: (!error.hints.is_empty()).then(|| error.hints.join("; ")),
    }
}

fn plain(text: &str) -> String {
    strip_str(text).to_string()
}

fn standing(mut database: Database, app: &App) -> Result<Standing, Error> {
    let migrations = app.migrations()?;
    let found = status(&mut database, &migrations)
        .map_err(|error| MigrateError::ReadHistory(error, database.url().clone().into()))?;
    let filters = FilterArgs::default();
    let mut reader = Reader::of(&migrations, app)
        .filtered(&filters)
        .over(database);
    let (live, schema) = reader.read_both(&State::Database(None), &State::Schema)?;
    let renames = applicable(app.renames(), &live.schema, &schema.schema);
    let way = planned_migrations_renamed(&live.schema, &schema.schema, &renames);
    let drift = match live.into_connection() {
        Some(database) => Drift::find(&migrations, &found, database, &filters, app)?,
        None => Drift::unknown(Error::failed("the connection is gone")),
    };
    Ok(Standing {
        history: history(&migrations, &found, app)?,
        plan: difference(&way),
        drift: drifted(&drift),
    })
}

fn statements(way: &[PlannedMigration]) -> Vec<String> {
    let steps = way.iter().flat_map(|migration| &migration.plan.steps);
    steps.map(|step| step.statement.sql()).collect()
}

fn difference(way: &[PlannedMigration]) -> Difference {
    Difference {
        changes: way
            .iter()
            .flat_map(|migration| lines(&migration.plan.changes))
            .collect(),
        statements: statements(way),
    }
}

fn lines(changes: &[Change]) -> Vec<String> {
    let lines = change_lines(changes);
    lines
        .iter()
        .map(|line| plain(line).trim().to_owned())
        .collect()
}

fn drifted(drift: &Drift) -> Option<Difference> {
    if let drift::Standing::Unknown(_) = drift.standing {
        return None;
    }
    let findings = drift.findings();
    let changes = findings.iter().flat_map(|finding| {
        let mut changes = vec![finding.message.clone()];
        changes.extend(lines(finding.changes));
        changes
    });
    Some(Difference {
        changes: changes.collect(),
        statements: statements(drift.way_back()),
    })
}

fn history(migrations: &Migrations, status: &Status, app: &App) -> Result<Vec<Migration>, Error> {
    let mut history = Vec::new();
    for (place, migration) in status.migrations.iter().enumerate() {
        let hazards = if migration.state == MigrationState::Pending {
            hazards(migrations, place, app)?
        } else {
            Vec::new()
        };
        let file = migrations.find(&migration.tag);
        history.push(entry(migration, file.map(|file| file.sql.clone()), hazards));
    }
    let missing = status.missing.iter().map(|row| Migration {
        tag: format!("history row {}", row.id),
        state: "missing",
        applied_at: None,
        applied_by: None,
        ms: None,
        sql: None,
        hazards: Vec::new(),
    });
    history.extend(missing);
    Ok(history)
}

fn entry(migration: &MigrationStatus, sql: Option<String>, hazards: Vec<String>) -> Migration {
    let record = migration.record.as_ref();
    let duration = record.and_then(|record| record.duration);
    Migration {
        tag: migration.tag.clone(),
        state: match migration.state {
            MigrationState::Edited => "modified",
            other => state(other),
        },
        applied_at: record.and_then(|record| record.applied_at).map(moment),
        applied_by: record.map(|record| record.applied_by.clone()),
        ms: duration.and_then(|time| u64::try_from(time.as_millis()).ok()),
        sql,
        hazards,
    }
}

/// What the way from the snapshot before a migration to its own comes with.
fn hazards(migrations: &Migrations, place: usize, app: &App) -> Result<Vec<String>, Error> {
    let after = nearest_snapshot(&migrations.files[..=place], app)?;
    let Some((_, after)) = after.filter(|(owner, _)| owner.tag() == migrations.files[place].tag())
    else {
        // Someone wrote it by hand.
        return Ok(Vec::new());
    };
    let before = nearest_snapshot(&migrations.files[..place], app)?;
    let before = before.map_or_else(Schema::default, |(_, snapshot)| snapshot.schema);
    let renames = applicable(app.renames(), &before, &after.schema);
    let way = planned_migrations_renamed(&before, &after.schema, &renames);
    let steps = way.iter().flat_map(|migration| &migration.plan.steps);
    let hazards = steps.flat_map(|step| &step.hazards);
    Ok(hazards
        .map(|hazard| format!("{}: {}", hazard.kind.name(), hazard.message))
        .collect())
}
