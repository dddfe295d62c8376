//! The seed on a real server.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use autonome::db;
use pg_database::{Database, Seed};
use pg_devserver::TestServer;
use pg_migration::planned_migrations;
use pg_schema::Schema;

#[test]
fn every_default_model_trades_under_every_variant() {
    let declaration = db::schema();
    let schema = declaration.build().unwrap();
    let url = TestServer::shared().create_database("autonome");
    let mut database = Database::connect(&url.parse().unwrap(), "autonome tests").unwrap();
    for migration in planned_migrations(&Schema::default(), &schema) {
        database.execute(&migration.sql()).unwrap();
    }
    let mut seed = Seed {
        declaration: &declaration,
        function: &mut db::seed,
    };
    pg_database::seed(&mut database, &mut seed).unwrap();

    let models = db::models(&mut database).unwrap();
    let shown = models.iter().map(|model| {
        format!(
            "{} {} {} {}",
            model.name, model.variant, model.open_router_name, model.invocations
        )
    });
    let expected = [
        ("deepseek-v3.1-terminus", "deepseek-ai"),
        ("kimi-k2-thinking", "moonshotai"),
        ("minimax-m2", "minimaxai"),
    ];
    let expected = expected.iter().flat_map(|(name, provider)| {
        ["Apex", "Trendsurfer", "Contrarian", "Sovereign"]
            .map(|variant| format!("{name} {variant} {provider}/{name} 0"))
    });
    assert_eq!(shown.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
}
