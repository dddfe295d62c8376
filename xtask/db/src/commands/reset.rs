//! `db reset`: everything the project manages, dropped and made anew from the migrations.

use super::seed;
use crate::app::App;
use crate::confirmation::Confirmation;
use crate::error::Error;

/// Drops everything the project manages and applies all migrations anew
///
/// The schemas' objects and the history are dropped and made anew, in one transaction; all rows are lost. What is someone else's (another
/// owner's, an extension's, in another schema and dependent on ours) is named and stops it. For development: it asks first, and refuses a remote database.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  cargo xtask db reset --yes")]
pub struct Args {
    #[command(flatten)]
    confirmation: Confirmation,
}

pub(crate) fn run(args: &Args, app: &App) -> Result<(), Error> {
    seed::confirm_and_recreate(&args.confirmation, app, false)
}
