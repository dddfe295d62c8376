// The schema of xtask/db/examples/shop.rs, as far as SHOP_STEP says.
import { sql } from "drizzle-orm";
import { bigint, check, index, jsonb, numeric, pgEnum, pgSchema, pgTable, text, timestamp, unique } from "drizzle-orm/pg-core";

const step = Number(process.env.SHOP_STEP);
const since = <T extends object>(first: number, part: T) => (step >= first ? part : {});

export const status = pgEnum("Status", step >= 6 ? ["OPEN", "CLOSED", "EXPIRED"] : ["OPEN", "CLOSED"]);

export const orders = pgTable(
  "Orders",
  {
    id: text("id").primaryKey(),
    symbol: text("symbol").notNull(),
    status: status("status").default("OPEN").notNull(),
    ...(step < 5 ? { note: text("note") } : {}),
    ...since(1, { trailingStopPercent: numeric("trailingStopPercent", step < 8 ? { precision: 5, scale: 2 } : { precision: 8, scale: 4 }) }),
    ...since(2, { venue: step < 8 ? text("venue").default("default_value").notNull() : text("venue") }),
  },
  (table) => [
    ...(step >= 3 ? [index("Orders_symbol_status_idx").on(table.symbol, table.status)] : []),
    ...(step >= 7 ? [check("Orders_trailingStop_check", sql`"trailingStopPercent" < 100`)] : []),
    ...(step >= 10 ? [index("Orders_symbol_idx").on(table.symbol).concurrently()] : []),
  ],
);

const tradesTable = pgTable(
  "Trades",
  {
    id: text("id").primaryKey(),
    orderId: text("orderId").references(() => orders.id).notNull(),
    executedAt: timestamp("executedAt").defaultNow().notNull(),
  },
  (table) => (step >= 7 ? [unique().on(table.orderId, table.executedAt)] : []),
);

const auditSchema = pgSchema("audit");
const trailTable = auditSchema.table("Trail", {
  id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
  orderId: text("orderId").references(() => orders.id, { onDelete: "cascade" }),
  change: jsonb("change").default({}).notNull(),
  kind: text("kind").generatedAlwaysAs(sql`change ->> 'kind'`),
});

// What drizzle-kit does not find in an export does not exist.
export const trades = step >= 4 ? tradesTable : undefined;
export const audit = step >= 9 ? auditSchema : undefined;
export const trail = step >= 9 ? trailTable : undefined;
