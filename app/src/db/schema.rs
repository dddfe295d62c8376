//! The single source of truth for the database. After a change: `cargo xtask db generate --name what_it_does`.

use pg_schema::prelude::*;

use super::VARIANTS;

/// Everything that Autonome keeps. Every `id` is a UUID that the application makes.
#[must_use]
pub fn schema() -> Declaration {
    Declaration::new()
        .with(pg_enum(
            "ToolCallType",
            ["CREATE_POSITION", "CLOSE_POSITION", "HOLDING"],
        ))
        .with(pg_enum("OrderStatus", ["OPEN", "CLOSED"]))
        .with(pg_enum("OrderSide", ["LONG", "SHORT"]))
        .with(pg_enum("Variant", VARIANTS))
        .with(models())
        .with(invocations())
        .with(tool_calls())
        .with(portfolio_size())
        .with(orders())
}

/// A language model that trades under one variant, with its account at the exchange (Lighter).
fn models() -> Table {
    pg_table(
        "Models",
        [
            id(),
            text("name").not_null(),
            text("openRouterModelName").not_null(),
            enum_column("variant", "Variant").default("Apex").not_null(),
            text("lighterApiKey").default("0").not_null(),
            integer("invocationCount").default(0).not_null(),
            integer("totalMinutes").default(0).not_null(),
            text("accountIndex").default("0").not_null(),
            integer("failedWorkflowCount").default(0).not_null(),
            integer("failedToolCallCount").default(0).not_null(),
        ],
    )
    .index(index("Models_name_idx").on(["name"]))
    .index(unique_index("Models_name_variant_key").on(["name", "variant"]))
}

/// One run of a model: what it answered when it was shown the market.
fn invocations() -> Table {
    pg_table(
        "Invocations",
        [
            id(),
            model_id(),
            text("response").not_null(),
            jsonb("responsePayload"),
            timestamp("createdAt").default_now().not_null(),
            timestamp("updatedAt").default_now().not_null(),
        ],
    )
    .index(index("Invocations_modelId_idx").on(["modelId"]))
}

/// What a model did during an invocation.
fn tool_calls() -> Table {
    pg_table(
        "ToolCalls",
        [
            id(),
            text("invocationId")
                .references("Invocations", "id")
                .on_delete(Restrict)
                .on_update(Cascade)
                .not_null(),
            enum_column("toolCallType", "ToolCallType").not_null(),
            text("metadata").not_null(),
            timestamp("createdAt").default_now().not_null(),
            timestamp("updatedAt").default_now().not_null(),
        ],
    )
    .index(index("ToolCalls_invocationId_idx").on(["invocationId"]))
}

/// What a model's portfolio was worth over time, in US dollars.
fn portfolio_size() -> Table {
    pg_table(
        "PortfolioSize",
        [
            id(),
            model_id(),
            numeric("netPortfolio").precision(18, 2).not_null(),
            timestamp("createdAt").default_now().not_null(),
            timestamp("updatedAt").default_now().not_null(),
        ],
    )
    .index(index("PortfolioSize_modelId_idx").on(["modelId"]))
    .index(index("PortfolioSize_modelId_createdAt_idx").on(["modelId", "createdAt"]))
    .index(index("PortfolioSize_createdAt_idx").on(["createdAt"]))
}

/// A position, open or closed. Quantities and prices have the exchange's eight decimals.
fn orders() -> Table {
    pg_table(
        "Orders",
        [
            id(),
            model_id(),
            text("symbol").not_null(),
            enum_column("side", "OrderSide").not_null(),
            numeric("quantity").precision(18, 8).not_null(),
            numeric("leverage").precision(10, 2),
            numeric("entryPrice").precision(18, 8).not_null(),
            // Targets and the conditions under which the plan no longer holds, as the model stated them.
            jsonb("exitPlan"),
            enum_column("status", "OrderStatus")
                .default("OPEN")
                .not_null(),
            // These three are known once the position is closed.
            numeric("exitPrice").precision(18, 8),
            numeric("realizedPnl").precision(18, 2),
            text("closeTrigger"),
            // The stop-loss and take-profit orders that lie at the exchange.
            text("slOrderIndex"),
            text("tpOrderIndex"),
            numeric("slTriggerPrice").precision(18, 8),
            numeric("tpTriggerPrice").precision(18, 8),
            timestamp("openedAt").default_now().not_null(),
            timestamp("closedAt"),
            timestamp("updatedAt").default_now().not_null(),
            numeric("trailingStopPercent").precision(5, 2),
        ],
    )
    .index(index("Orders_modelId_idx").on(["modelId"]))
    .index(index("Orders_status_idx").on(["status"]))
    .index(index("Orders_modelId_status_idx").on(["modelId", "status"]))
    .index(index("Orders_symbol_idx").on(["symbol"]))
}

fn id() -> Column {
    text("id").primary_key().default_fn(random_uuid)
}

/// A model that still has data cannot be deleted.
fn model_id() -> Column {
    text("modelId")
        .references("Models", "id")
        .on_delete(Restrict)
        .on_update(Cascade)
        .not_null()
}
