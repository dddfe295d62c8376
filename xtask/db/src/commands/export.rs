//! `db export`: a state, written out.

use pg_migration::{PlannedMigration, Snapshot, planned_migrations};
use pg_schema::Schema;

use crate::app::App;
use crate::error::Error;
use crate::filters::{FilterArgs, PATTERNS};
use crate::state::{Reader, STATES, State};
use crate::ui::show_hazards;

/// Prints a state as SQL or as a snapshot
///
/// The SQL makes the state in an empty database, with psql or any other client that commits where it says so. The snapshot is of version 7, under
/// an id of its own. What of a database no state holds, such as functions and triggers, is listed and left out.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help())]
pub struct Args {
    /// What is printed
    #[arg(long, value_name = "STATE", default_value = "schema")]
    from: State,
    /// How it is printed
    #[arg(long, value_enum, default_value_t = Format::Sql)]
    format: Format,
    #[command(flatten)]
    filters: FilterArgs,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Format {
    /// Statements that make it in an empty database
    Sql,
    /// What `drizzle/meta` holds after a migration
    Snapshot,
}

fn after_help() -> String {
    format!(
        "{STATES}\n\n{PATTERNS}\n\nExamples:
  cargo xtask db export | psql -v ON_ERROR_STOP=1 postgres://…
  cargo xtask db export --from database --format snapshot > database.json"
    )
}

/// As migrations are run: drizzle's SQL names `public` nowhere. The others are what `pg_dump` sets for the same reason, so that the text is read
/// as it was written.
const SETTINGS: &str = "SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SET search_path = public;
";

pub(crate) fn run(args: &Args, app: &App) -> Result<(), Error> {
    let read = Reader::new(app).filtered(&args.filters).read(&args.from)?;
    read.warn_of_outside(app);
    let schema = read.schema;
    match args.format {
        Format::Sql => {
            let way = planned_migrations(&Schema::default(), &schema);
            app.ui.sql(&script(&way));
            for migration in &way {
                show_hazards(&migration.plan, app.ui);
            }
        }
        Format::Snapshot => app.ui.data(Snapshot::following(None, schema).to_json()),
    }
    Ok(())
}

/// Each migration in a transaction, but for what runs in none.
fn script(way: &[PlannedMigration]) -> String {
    let mut script = SETTINGS.to_owned();
    for migration in way {
        let sql = migration.plan.sql();
        script.push_str(&if migration.plan.runs_outside() {
            format!("\n{sql}\n")
        } else {
            format!("\nBEGIN;\n{sql}\nCOMMIT;\n")
        });
    }
    // The last line is ended by what prints it.
    script.truncate(script.trim_end().len());
    script
}
