//! Names of Rust functions.

use std::collections::HashSet;

use pg_schema::declare::COLUMN_TYPES;

/// Words that no function can have as its name.
const KEYWORDS: &str = "abstract as async await become box break const continue crate do dyn else enum extern false final fn for gen if impl in let \
    loop macro match mod move mut override priv pub ref return self static struct super trait true try type typeof unsafe unsized use virtual where \
    while yield";

/// What a function of that name would hide, beside the functions of types: the declaration's own, and the function that is written first.
const TAKEN: &str = "schema asc check custom_type desc enum_column expression foreign_key identity index pg_enum pg_extension pg_materialized_view \
    pg_role pg_schema pg_sequence pg_table pg_view policy primary_key random_uuid unique unique_index";

/// Gives each object a function of its own.
pub(super) struct Names {
    given: HashSet<String>,
}

impl Names {
    pub(super) fn new() -> Self {
        let words = KEYWORDS.split_whitespace().chain(TAKEN.split_whitespace());
        let types = COLUMN_TYPES.iter().map(|(function, _)| *function);
        Self {
            given: words.chain(types).map(str::to_owned).collect(),
        }
    }

    /// A name for the function of a `kind` of object: the object's own in Rust's spelling; with its schema or kind if that is taken, or else numbered.
    pub(super) fn give(&mut self, name: &str, schema: Option<&str>, kind: &str) -> String {
        let mut name = snake_case(name);
        if !name.starts_with(|c: char| c.is_alphabetic()) {
            name.insert_str(0, if name.is_empty() { kind } else { "_" });
            if name.starts_with('_') {
                name.insert_str(0, kind);
            }
        }
        let in_schema = schema.map(|schema| format!("{}_{name}", snake_case(schema)));
        let in_schema = in_schema.filter(|name| name.starts_with(|c: char| c.is_alphabetic()));
        let further = in_schema.clone().unwrap_or_else(|| name.clone());
        let candidates = [
            Some(name.clone()),
            in_schema,
            Some(format!("{name}_{kind}")),
        ];
        let numbered = (2..).map(|number| format!("{further}_{number}"));
        let mut candidates = candidates.into_iter().flatten().chain(numbered);
        let free = candidates.find(|candidate| !self.given.contains(candidate));
        let given = free.unwrap_or(name);
        self.given.insert(given.clone());
        given
    }
}

/// `ToolCalls` as `tool_calls`. What is no letter or digit becomes an underscore, and so do letters of which Rust may say that they look like others.
fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    let mut before = None;
    let mut letters = name.chars().peekable();
    while let Some(c) = letters.next() {
        let next_is_lower = letters.peek().is_some_and(|next| next.is_lowercase());
        let begins_word = c.is_uppercase()
            && before.is_some_and(|before: char| {
                before.is_lowercase()
                    || before.is_ascii_digit()
                    || before.is_uppercase() && next_is_lower
            });
        let c_or_space = if is_plain(c) { c } else { '_' };
        if (begins_word || c_or_space == '_') && !snake.is_empty() && !snake.ends_with('_') {
            snake.push('_');
        }
        if c_or_space != '_' {
            snake.extend(c.to_lowercase());
        }
        before = Some(c);
    }
    snake.trim_end_matches('_').to_owned()
}

fn is_plain(c: char) -> bool {
    let is_latin = matches!(c, 'À'..='ſ') && !matches!(c, '×' | '÷' | 'İ' | 'ŀ' | 'Ŀ' | 'ŉ' | 'ſ');
    c.is_ascii_alphanumeric() || is_latin
}

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn a_function_is_named_after_its_object_and_hides_nothing() {
        let mut names = Names::new();
        for (name, schema, given) in [
            ("ToolCalls", None, "tool_calls"),
            ("HTTPRequests2", None, "http_requests2"),
            ("tool-calls", None, "tool_calls_table"),
            ("tool calls", None, "tool_calls_2"),
            ("tool_calls", Some("audit"), "audit_tool_calls"),
            ("type", None, "type_table"),
            ("text", None, "text_table"),
            ("schema", None, "schema_table"),
            ("2fa", None, "table_2fa"),
            ("größe (cm)", None, "größe_cm"),
            ("表", None, "table"),
            ("\"", None, "table_table"),
            ("{}", None, "table_2"),
            ("_", Some("1"), "table_3"),
        ] {
            assert_eq!(names.give(name, schema, "table"), given, "{name}");
        }
    }
}
