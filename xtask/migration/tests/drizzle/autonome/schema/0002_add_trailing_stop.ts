// drizzle-kit orders the objects of a file by export name, so the names carry the order that is wanted.
import { index, integer, jsonb, numeric, pgEnum, pgTable, text, timestamp, uniqueIndex } from "drizzle-orm/pg-core";

export const a_ToolCallType = pgEnum("ToolCallType", ["CREATE_POSITION", "CLOSE_POSITION", "HOLDING"]);
export const b_OrderStatus = pgEnum("OrderStatus", ["OPEN", "CLOSED"]);
export const c_OrderSide = pgEnum("OrderSide", ["LONG", "SHORT"]);
export const d_Variant = pgEnum("Variant", ["Apex", "Trendsurfer", "Contrarian", "Sovereign"]);

export const e_Models = pgTable(
  "Models",
  {
    id: text("id").primaryKey().$defaultFn(() => crypto.randomUUID()),
    name: text("name").notNull(),
    openRouterModelName: text("openRouterModelName").notNull(),
    variant: d_Variant("variant").notNull().default("Apex"),
    lighterApiKey: text("lighterApiKey").notNull().default("0"),
    invocationCount: integer("invocationCount").notNull().default(0),
    totalMinutes: integer("totalMinutes").notNull().default(0),
    accountIndex: text("accountIndex").notNull().default("0"),
    failedWorkflowCount: integer("failedWorkflowCount").notNull().default(0),
    failedToolCallCount: integer("failedToolCallCount").notNull().default(0),
  },
  (table) => [
    index("Models_name_idx").on(table.name),
    uniqueIndex("Models_name_variant_key").on(table.name, table.variant),
  ],
);

export const f_Invocations = pgTable(
  "Invocations",
  {
    id: text("id").primaryKey().$defaultFn(() => crypto.randomUUID()),
    modelId: text("modelId").notNull().references(() => e_Models.id, { onDelete: "restrict", onUpdate: "cascade" }),
    response: text("response").notNull(),
    responsePayload: jsonb("responsePayload"),
    createdAt: timestamp("createdAt").notNull().defaultNow(),
    updatedAt: timestamp("updatedAt").notNull().defaultNow(),
  },
  (table) => [index("Invocations_modelId_idx").on(table.modelId)],
);

export const g_ToolCalls = pgTable(
  "ToolCalls",
  {
    id: text("id").primaryKey().$defaultFn(() => crypto.randomUUID()),
    invocationId: text("invocationId").notNull().references(() => f_Invocations.id, { onDelete: "restrict", onUpdate: "cascade" }),
    toolCallType: a_ToolCallType("toolCallType").notNull(),
    metadata: text("metadata").notNull(),
    createdAt: timestamp("createdAt").notNull().defaultNow(),
    updatedAt: timestamp("updatedAt").notNull().defaultNow(),
  },
  (table) => [index("ToolCalls_invocationId_idx").on(table.invocationId)],
);

export const h_PortfolioSize = pgTable(
  "PortfolioSize",
  {
    id: text("id").primaryKey().$defaultFn(() => crypto.randomUUID()),
    modelId: text("modelId").notNull().references(() => e_Models.id, { onDelete: "restrict", onUpdate: "cascade" }),
    netPortfolio: numeric("netPortfolio", { precision: 18, scale: 2 }).notNull(),
    createdAt: timestamp("createdAt").notNull().defaultNow(),
    updatedAt: timestamp("updatedAt").notNull().defaultNow(),
  },
  (table) => [
    index("PortfolioSize_modelId_idx").on(table.modelId),
    index("PortfolioSize_modelId_createdAt_idx").on(table.modelId, table.createdAt),
    index("PortfolioSize_createdAt_idx").on(table.createdAt),
  ],
);

export const i_Orders = pgTable(
  "Orders",
  {
    id: text("id").primaryKey().$defaultFn(() => crypto.randomUUID()),
    modelId: text("modelId").notNull().references(() => e_Models.id, { onDelete: "restrict", onUpdate: "cascade" }),
    symbol: text("symbol").notNull(),
    side: c_OrderSide("side").notNull(),
    quantity: numeric("quantity", { precision: 18, scale: 8 }).notNull(),
    leverage: numeric("leverage", { precision: 10, scale: 2 }),
    entryPrice: numeric("entryPrice", { precision: 18, scale: 8 }).notNull(),
    exitPlan: jsonb("exitPlan"),
    status: b_OrderStatus("status").notNull().default("OPEN"),
    exitPrice: numeric("exitPrice", { precision: 18, scale: 8 }),
    realizedPnl: numeric("realizedPnl", { precision: 18, scale: 2 }),
    closeTrigger: text("closeTrigger"),
    slOrderIndex: text("slOrderIndex"),
    tpOrderIndex: text("tpOrderIndex"),
    slTriggerPrice: numeric("slTriggerPrice", { precision: 18, scale: 8 }),
    tpTriggerPrice: numeric("tpTriggerPrice", { precision: 18, scale: 8 }),
    openedAt: timestamp("openedAt").notNull().defaultNow(),
    closedAt: timestamp("closedAt"),
    updatedAt: timestamp("updatedAt").notNull().defaultNow(),
    trailingStopPercent: numeric("trailingStopPercent", { precision: 5, scale: 2 }),
  },
  (table) => [
    index("Orders_modelId_idx").on(table.modelId),
    index("Orders_status_idx").on(table.status),
    index("Orders_modelId_status_idx").on(table.modelId, table.status),
    index("Orders_symbol_idx").on(table.symbol),
  ],
);
