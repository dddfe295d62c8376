//! Prints the models of the seeded database: proof that onboarding worked.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this is the program's whole work"
)]

use std::env;
use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use autonome::db::{self, Model};
use pg_database::{ConnectionUrl, Database};

const VARIABLE: &str = "DATABASE_URL";
/// The earlier ones go before the later ones; the process's own environment goes before all of them.
const ENV_FILES: [&str; 3] = [".env.local", ".env", ".env.development"];
/// It lies in the workspace root, above which we look for nothing.
const ROOT_MARK: &str = "Cargo.lock";

fn main() -> ExitCode {
    match run() {
        Ok(text) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<String, Box<dyn Error>> {
    let url = database_url()?.ok_or_else(|| {
        format!(
            "no {VARIABLE}, neither in the environment nor in {}.\n\
             `cargo xtask setup` makes a local database and writes its URL into .env.local.",
            ENV_FILES.join(", ")
        )
    })?;
    let url: ConnectionUrl = url
        .parse()
        .map_err(|error| format!("{VARIABLE} is no database URL: {error}"))?;
    let mut database = Database::connect(&url, "autonome").map_err(|error| {
        let hint = error
            .hint()
            .map_or_else(String::new, |hint| format!("\n{hint}"));
        format!("{error}{hint}")
    })?;
    let models = db::models(&mut database).map_err(|error| match error.sqlstate() {
        Some("42P01" | "42703") => format!(
            "the database is not up to date: {error}\n`cargo xtask db migrate` brings it up to date."
        ),
        _ => format!("cannot read the models: {error}"),
    })?;
    if models.is_empty() {
        return Err("the database has no models yet. `cargo xtask db seed` fills it.".into());
    }
    Ok(table(&models))
}

/// The variable as the environment has it, or else the first of the files, each looked for from the current folder up to the workspace root.
fn database_url() -> Result<Option<String>, Box<dyn Error>> {
    match env::var(VARIABLE) {
        Ok(value) => return Ok(Some(value)),
        Err(env::VarError::NotUnicode(_)) => {
            return Err(format!("{VARIABLE} in the environment is not UTF-8").into());
        }
        Err(env::VarError::NotPresent) => {}
    }
    let folder = env::current_dir()?;
    for name in ENV_FILES {
        for folder in up_to_root(&folder) {
            if let Some(value) = variable_in(&folder.join(name))? {
                return Ok(Some(value));
            }
        }
    }
    Ok(None)
}

fn up_to_root(folder: &Path) -> impl Iterator<Item = &Path> {
    let is_root = |folder: &Path| folder.join(ROOT_MARK).is_file();
    let below_root = folder
        .ancestors()
        .take_while(|folder| !is_root(folder))
        .count();
    folder.ancestors().take(below_root + 1)
}

fn variable_in(file: &Path) -> Result<Option<String>, Box<dyn Error>> {
    // dotenvy's own message would show the line, and with it perhaps a password.
    let readable = |error: dotenvy::Error| match error {
        dotenvy::Error::LineParse(_, position) => format!(
            "{}: a line cannot be read, at its character {position}. A value with special characters stands in single quotes.",
            file.display()
        ),
        error => format!("{}: {error}", file.display()),
    };
    let lines = match dotenvy::from_path_iter(file) {
        Err(error) if error.not_found() => return Ok(None),
        lines => lines.map_err(readable)?,
    };
    for line in lines {
        let (name, value) = line.map_err(readable)?;
        if name == VARIABLE {
            return Ok(Some(value));
        }
    }
    Ok(None)
}

fn table(models: &[Model]) -> String {
    let head = ["Model", "Variant", "OpenRouter", "Invocations"].map(str::to_owned);
    let rows = models.iter().map(|model| {
        [
            model.name.clone(),
            model.variant.clone(),
            model.open_router_name.clone(),
            model.invocations.to_string(),
        ]
    });
    let rows: Vec<_> = [head].into_iter().chain(rows).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let widths: [usize; 4] = std::array::from_fn(|column| width(column).unwrap_or_default());
    let lines = rows.iter().map(|[name, variant, open_router_name, invocations]| {
        let [first, second, third, fourth] = widths;
        format!("{name:first$}  {variant:second$}  {open_router_name:third$}  {invocations:>fourth$}\n")
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::{Model, table};

    #[test]
    fn columns_are_aligned() {
        let model = |name: &str, invocations| Model {
            name: name.to_owned(),
            variant: "Apex".to_owned(),
            open_router_name: format!("x/{name}"),
            invocations,
        };
        assert_eq!(
            table(&[model("kimi", 7), model("größer", 1_000)]),
            "Model   Variant  OpenRouter  Invocations\n\
             kimi    Apex     x/kimi                7\n\
             größer  Apex     x/größer           1000\n"
        );
    }
}
