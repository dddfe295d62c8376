//! What of a database counts: from flags, or else from the project.

use pg_database::{Filter, Pattern, Patterns};
use pg_schema::{PUBLIC, Schema};

use crate::app::App;

/// What of a database counts, in the project's code. Empty lists leave nothing out. The patterns are those of [`Patterns`].
///
/// What is left out is so on both sides of a comparison: it is neither made nor dropped by `push`, nor shown by `diff`.
///
/// ```
/// use xtask_db::{Filters, Project};
///
/// let project = Project {
///     filters: Filters {
///         tables: &["*", "!legacy_*", "!audit.raw_*"],
///         ..Filters::default()
///     },
///     ..Project::default()
/// };
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Filters {
    /// The schemas, as in `["public", "audit"]`; drizzle's `schemaFilter`.
    pub schemas: &'static [&'static str],
    /// The tables and views, as in `["*", "!legacy_*"]`, by their names or as `schema.name`; drizzle's `tablesFilter`.
    pub tables: &'static [&'static str],
    /// The extensions. What an extension made never counts, as with drizzle's `extensionsFilters`.
    pub extensions: &'static [&'static str],
    /// The roles, whether the schema names them or not; drizzle's `entities.roles`. An empty list stands for just those that it names.
    pub roles: &'static [&'static str],
}

/// Flags that say so for one command.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Filters")]
pub(crate) struct FilterArgs {
    /// Looks only at these schemas, as in public,audit or '!legacy'
    #[arg(long, value_name = "PATTERN")]
    schemas: Vec<Patterns>,
    /// Looks only at these tables and views, as in 'user*', '!*_old' or 'audit.*'
    #[arg(long, value_name = "PATTERN")]
    tables: Vec<Patterns>,
    /// Looks only at these extensions
    #[arg(long, value_name = "PATTERN")]
    extensions: Vec<Patterns>,
    /// Looks at these roles of the server, and not just at those that the schema names
    #[arg(long, value_name = "PATTERN")]
    roles: Vec<Patterns>,
}

/// What the help of a command with these flags says of patterns.
pub(crate) const PATTERNS: &str = "Patterns:
  `*` stands for any text, `?` for a character, `[a-z]` for one of a set, `{a,b}` for one of several texts.
  `!` in front leaves out what the pattern matches. Several stand between commas, or the flag is given again.
  A flag takes the place of what the project says. What is left out is so on both sides: neither made nor dropped.";

impl FilterArgs {
    /// What the flags alone say.
    pub(crate) fn stated(&self) -> Filter {
        self.or(&Filters::default())
    }

    /// The same, and what the project says where there is no flag.
    pub(crate) fn of_databases(&self, app: &App) -> Filter {
        self.or(&app.project.filters)
    }

    /// Whether there is a flag.
    pub(crate) fn are_stated(&self) -> bool {
        let Self {
            schemas,
            tables,
            extensions,
            roles,
        } = self;
        [schemas, tables, extensions, roles]
            .iter()
            .any(|flags| !flags.is_empty())
    }

    fn or(&self, project: &Filters) -> Filter {
        let roles = chosen(&self.roles, project.roles);
        Filter {
            schemas: chosen(&self.schemas, project.schemas),
            tables: chosen(&self.tables, project.tables),
            extensions: chosen(&self.extensions, project.extensions),
            roles: (!roles.is_empty()).then_some(roles),
        }
    }
}

fn chosen(flags: &[Patterns], project: &[&str]) -> Patterns {
    if flags.is_empty() {
        let parse = |text: &&str| {
            text.parse::<Pattern>()
                .unwrap_or_else(|never| match never {})
        };
        project.iter().map(parse).collect()
    } else {
        flags.iter().flat_map(Patterns::iter).cloned().collect()
    }
}

/// Says which patterns take nothing from these states: a slip would otherwise look as if there were nothing to do.
pub(crate) fn warn_of_idle_patterns(filter: &Filter, states: &[&Schema], app: &App) {
    let warn = |pattern: &Pattern, what: &str| {
        app.ui
            .warning(format_args!("no {what} is called as in `{pattern}`"));
    };
    for pattern in filter.schemas.positive() {
        let named = |state: &&Schema| state.schemas.iter().any(|it| pattern.matches(&it.name));
        if !pattern.matches(PUBLIC) && !states.iter().any(named) {
            warn(pattern, "schema");
        }
    }
    for pattern in filter.tables.positive() {
        let named = |state: &&Schema| {
            (state.tables.iter().map(|it| &it.name))
                .chain(state.views.iter().map(|it| &it.name))
                .any(|name| pattern.matches_in_schema(name))
        };
        if !states.iter().any(named) {
            warn(pattern, "table or view");
        }
    }
}
