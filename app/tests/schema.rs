//! The declaration against the facts of the database, as its description states them.

use pg_schema::{Column, ForeignKey, Index, IndexTerm, Table};

const ENUMS: &str = "
ToolCallType: CREATE_POSITION, CLOSE_POSITION, HOLDING
OrderStatus: OPEN, CLOSED
OrderSide: LONG, SHORT
Variant: Apex, Trendsurfer, Contrarian, Sovereign
";

const TABLES: &str = "
Models
  id text PK, by the app
  name text NN
  openRouterModelName text NN
  variant Variant NN default 'Apex'
  lighterApiKey text NN default '0'
  invocationCount integer NN default 0
  totalMinutes integer NN default 0
  accountIndex text NN default '0'
  failedWorkflowCount integer NN default 0
  failedToolCallCount integer NN default 0
  Models_name_idx (name)
  unique Models_name_variant_key (name, variant)
Invocations
  id text PK, by the app
  modelId text NN
  response text NN
  responsePayload jsonb
  createdAt timestamp NN default now()
  updatedAt timestamp NN default now()
  Invocations_modelId_Models_id_fk (modelId) → Models (id) restrict cascade
  Invocations_modelId_idx (modelId)
ToolCalls
  id text PK, by the app
  invocationId text NN
  toolCallType ToolCallType NN
  metadata text NN
  createdAt timestamp NN default now()
  updatedAt timestamp NN default now()
  ToolCalls_invocationId_Invocations_id_fk (invocationId) → Invocations (id) restrict cascade
  ToolCalls_invocationId_idx (invocationId)
PortfolioSize
  id text PK, by the app
  modelId text NN
  netPortfolio numeric(18, 2) NN
  createdAt timestamp NN default now()
  updatedAt timestamp NN default now()
  PortfolioSize_modelId_Models_id_fk (modelId) → Models (id) restrict cascade
  PortfolioSize_modelId_idx (modelId)
  PortfolioSize_modelId_createdAt_idx (modelId, createdAt)
  PortfolioSize_createdAt_idx (createdAt)
Orders
  id text PK, by the app
  modelId text NN
  symbol text NN
  side OrderSide NN
  quantity numeric(18, 8) NN
  leverage numeric(10, 2)
  entryPrice numeric(18, 8) NN
  exitPlan jsonb
  status OrderStatus NN default 'OPEN'
  exitPrice numeric(18, 8)
  realizedPnl numeric(18, 2)
  closeTrigger text
  slOrderIndex text
  tpOrderIndex text
  slTriggerPrice numeric(18, 8)
  tpTriggerPrice numeric(18, 8)
  openedAt timestamp NN default now()
  closedAt timestamp
  updatedAt timestamp NN default now()
  trailingStopPercent numeric(5, 2)
  Orders_modelId_Models_id_fk (modelId) → Models (id) restrict cascade
  Orders_modelId_idx (modelId)
  Orders_status_idx (status)
  Orders_modelId_status_idx (modelId, status)
  Orders_symbol_idx (symbol)
";

#[test]
fn the_declaration_states_the_facts() {
    let declaration = autonome::db::schema();
    let schema = declaration
        .build()
        .unwrap_or_else(|errors| panic!("{errors}"));
    let enums = schema
        .enums
        .iter()
        .map(|declared| format!("{}: {}", declared.name, declared.values.join(", ")));
    let tables = schema.tables.iter().flat_map(|table| {
        let columns = table.columns.iter().map(|column| {
            let mut defaults = declaration.default_fns(&table.name);
            let by_the_app = defaults.any(|(name, _)| name == column.name);
            describe_column(table, column, by_the_app)
        });
        [table.name.to_string()]
            .into_iter()
            .chain(columns)
            .chain(table.foreign_keys.iter().map(describe_key))
            .chain(table.indexes.iter().map(describe_index))
    });
    assert_eq!(lines(enums), ENUMS);
    assert_eq!(lines(tables), TABLES);
}

fn lines(lines: impl Iterator<Item = String>) -> String {
    format!("\n{}\n", lines.collect::<Vec<_>>().join("\n"))
}

fn describe_column(table: &Table, column: &Column, by_the_app: bool) -> String {
    let key = table.primary_key.as_ref().map(|key| key.columns.as_slice());
    let constraint = if key == Some(std::slice::from_ref(&column.name)) {
        " PK"
    } else if column.not_null {
        " NN"
    } else {
        ""
    };
    let default = column
        .default
        .as_ref()
        .map_or_else(String::new, |default| format!(" default {}", default.sql()));
    let by_the_app = if by_the_app { ", by the app" } else { "" };
    format!(
        "  {} {}{constraint}{default}{by_the_app}",
        column.name, column.data_type
    )
}

fn describe_key(key: &ForeignKey) -> String {
    format!(
        "  {} ({}) → {} ({}) {} {}",
        key.name,
        key.columns.join(", "),
        key.references,
        key.referenced_columns.join(", "),
        key.on_delete.sql(),
        key.on_update.sql()
    )
}

fn describe_index(index: &Index) -> String {
    let unique = if index.unique { "unique " } else { "" };
    let columns = index.keys.iter().map(|key| match &key.term {
        IndexTerm::Column(text) | IndexTerm::Expression(text) => text.as_str(),
    });
    format!(
        "  {unique}{} ({})",
        index.name,
        columns.collect::<Vec<_>>().join(", ")
    )
}
