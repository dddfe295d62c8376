//! What the commands cost beside their peers: `cargo bench -p xtask-db --profile dev`, the profile that `cargo xtask` uses.
//!
//! The measured program is this one, started again with `BENCH_TABLES` set. Peers run in turn with it, so that a busy machine slows both.
//! A word after `--` picks the rows that contain it. `BENCH_ROUNDS` is how often each is run.
#![expect(clippy::print_stdout, reason = "the table is what this program is for")]

mod drizzle;
mod program;
mod rows;
mod table;
mod workspace;

use std::process::ExitCode;

use table::Table;

fn main() -> ExitCode {
    if program::is_measured() {
        return program::run();
    }
    let mut table = Table::from_arguments();
    rows::start_up(&mut table);
    rows::generate(&mut table);
    rows::check(&mut table);
    rows::migrate(&mut table);
    rows::push(&mut table);
    rows::pull(&mut table);
    rows::small_migrations(&mut table);
    rows::seed(&mut table);
    ExitCode::SUCCESS
}
