// Every sequence, view, policy and role that `pg-core` can state.
import { eq, gt, sql } from "drizzle-orm";
import { boolean, integer, numeric, pgEnum, pgMaterializedView, pgPolicy, pgRole, pgSchema, pgSequence, pgTable, pgView, text, timestamp, varchar } from "drizzle-orm/pg-core";

export const app = pgSchema("app");
export const mood = pgEnum("mood", ["sad", "ok"]);

export const a_plain = pgSequence("plain");
export const b_all = pgSequence("all_options", { startWith: 100, increment: 5, minValue: 50, maxValue: 5000, cache: 10, cycle: true });
export const c_down = pgSequence("down", { increment: -1 });
export const d_text = pgSequence("big", { startWith: "9007199254740993", minValue: "-9223372036854775808" });
export const e_app = app.sequence("Orders Seq", { startWith: 7 });

export const r_plain = pgRole("kinds_reader");
export const r_all = pgRole("kinds_admin", { createDb: true, createRole: true, inherit: false });
export const r_quoted = pgRole("Kinds Writer", { inherit: false });
export const r_existing = pgRole("postgres").existing();

export const users = pgTable(
  "users",
  {
    id: integer("id").primaryKey().default(sql`nextval('plain')`),
    name: text("name").notNull(),
    mood: mood("mood").default("ok"),
    tenant: varchar("tenant", { length: 20 }),
    active: boolean("active").notNull().default(true),
    spent: numeric("spent", { precision: 10, scale: 2 }),
    created: timestamp("created").defaultNow(),
  },
  (t) => [
    pgPolicy("everybody"),
    pgPolicy("readers", { as: "permissive", for: "select", to: r_plain, using: sql`active` }),
    pgPolicy("writers", { for: "insert", to: ["public", r_quoted, r_all], withCheck: sql`tenant = current_user` }),
    pgPolicy("strict", { as: "restrictive", for: "update", to: ["session_user", "current_user"], using: sql`${t.tenant} = 'a;b--c'`, withCheck: sql`true` }),
    pgPolicy("nobody deletes", { as: "restrictive", for: "delete", to: r_existing, using: sql`false` }),
  ],
);
export const secured = app.table("secured", { id: integer("id").primaryKey() }).enableRLS();
export const both = pgTable("both", { id: integer("id").primaryKey() }, () => [pgPolicy("both_policy", { to: "current_role" })]).enableRLS();

const elsewhere = pgTable("elsewhere", { id: integer("id") });
const appElsewhere = pgSchema("other").table("elsewhere", { id: integer("id") });
export const linked = pgPolicy("linked", { for: "select", to: r_plain, using: sql`id > 0` }).link(elsewhere);
export const linked_schema = pgPolicy("linked in schema", { as: "restrictive", withCheck: sql`true` }).link(appElsewhere);
export const linked_own = pgPolicy("linked to secured", { to: "public" }).link(secured);

export const v_columns = pgView("a_columns", {
  id: integer("id").primaryKey(),
  name: text("name").notNull().default("it"),
  mood: mood("mood"),
  moods: mood("moods").array().array(2),
  number: integer("number").generatedAlwaysAsIdentity(),
  doubled: integer("doubled").generatedAlwaysAs(sql`id * 2`),
  tags: text("tags").array().default(["a"]),
  spent: numeric("spent", { precision: 10, scale: 2 }).unique(),
}).as(sql`select id, name, mood, spent from users`);
export const v_query = pgView("b_query").as((qb) => qb.select().from(users).where(gt(users.id, 5)));
export const v_all = pgView("c_all_options", { id: integer("id") })
  .with({ checkOption: "cascaded", securityBarrier: true, securityInvoker: false })
  .as(sql`select id from users where active`);
export const v_local = pgView("d_local", {}).with({ checkOption: "local" }).as(sql`select id from users`);
export const v_existing = pgView("e_existing", { id: integer("id") }).existing();
export const v_app = app.view("In App", { id: integer("id") }).as(sql`select id from users`);
export const v_of_view = pgView("g_of_view", { id: integer("id") }).as(sql`select id from c_all_options`);

export const m_plain = pgMaterializedView("m_plain", { id: integer("id") }).as(sql`select id from users`);
export const m_all = pgMaterializedView("n_all_options", { id: integer("id") })
  .using("heap")
  .with({
    fillfactor: 90,
    toastTupleTarget: 128,
    parallelWorkers: 2,
    autovacuumEnabled: false,
    vacuumIndexCleanup: "off",
    vacuumTruncate: true,
    autovacuumVacuumScaleFactor: 0.5,
    logAutovacuumMinDuration: -1,
  })
  .tablespace("pg_default")
  .withNoData()
  .as(sql`select id from users`);
export const m_query = app.materializedView("o_query").as((qb) => qb.select({ id: users.id, name: users.name }).from(users).where(eq(users.active, true)));
export const m_existing = pgMaterializedView("p_existing", { id: integer("id") }).existing();
