use pg_database::{InsertError, Inserter};

use super::VARIANTS;

/// The models that trade by default, by their names at OpenRouter.
const DEFAULT_MODELS: [&str; 3] = [
    "deepseek-ai/deepseek-v3.1-terminus",
    "minimaxai/minimax-m2",
    "moonshotai/kimi-k2-thinking",
];

/// Fills an empty database: every default model under every variant.
///
/// # Errors
/// When the database refuses a row.
pub fn seed(db: &mut Inserter<'_>) -> Result<(), InsertError> {
    for model in DEFAULT_MODELS {
        for variant in VARIANTS {
            db.insert(
                "Models",
                [
                    ("name", display_name(model).into()),
                    ("openRouterModelName", model.into()),
                    ("variant", variant.into()),
                    ("lighterApiKey", "0".into()),
                    ("accountIndex", "0".into()),
                ],
            )?;
        }
    }
    Ok(())
}

/// What people read: the name without the provider before it and the mark of a free offer after it.
fn display_name(open_router_name: &str) -> &str {
    let name = open_router_name
        .rsplit_once('/')
        .map_or(open_router_name, |(_provider, name)| name);
    name.strip_suffix(":free").unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::display_name;

    #[test]
    fn shows_models_without_provider_and_offer() {
        let names = [
            ("moonshotai/kimi-k2-thinking", "kimi-k2-thinking"),
            ("a/b/model:free", "model"),
            ("model:free", "model"),
            ("a/model:free-trial", "model:free-trial"),
            ("model", "model"),
        ];
        for (open_router_name, shown) in names {
            assert_eq!(display_name(open_router_name), shown);
        }
    }
}
