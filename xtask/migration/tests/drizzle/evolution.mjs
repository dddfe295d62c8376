// The steps of evolution.jsonl: what the schema was, what it becomes. record.mjs asks drizzle-kit for the SQL between the two.
// The order of a list of objects is the order of the snapshot.
import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  doublePrecision,
  foreignKey,
  index,
  inet,
  integer,
  interval,
  jsonb,
  numeric,
  pgEnum,
  pgSchema,
  pgTable,
  primaryKey,
  serial,
  smallint,
  text,
  time,
  timestamp,
  unique,
  uniqueIndex,
  varchar,
} from "drizzle-orm/pg-core";

export const steps = [];

/**
 * One step. `renames` says which objects are renamed, as drizzle's tests write it ("public.t.a->public.t.b");
 * `answers` is what a person would choose for that in the prompts, in their order: 0 is “created”, n the n-th deleted object.
 */
const step = (id, from, to, { renames, answers } = {}) => steps.push({ id, from, to, renames, answers });

const key = () => integer("id").primaryKey();

/** A table `t` with a key, before and after; `columns` without the key. */
const table = (id, before, after, options) => {
  const make = ([columns, extra]) => [pgTable("t", { id: key(), ...columns }, extra)];
  step(id, make(before), make(after), options);
};

/** A table `t` with the columns `id` and `c`, before and after; without `c` where it is undefined. */
const column = (id, before, after) => {
  const columns = (c) => [c === undefined ? {} : { c }];
  table(id, columns(before), columns(after));
};

/** The same columns `id`, `a`, `b`, `c` before and after, with other constraints or indexes. */
const extra = (id, before, after) => {
  const columns = () => ({ a: integer("a"), b: integer("b"), c: text("c") });
  table(id, [columns(), before], [columns(), after]);
};

const none = () => [];

// ---- tables

const parent = () => pgTable("parent", { id: key() });

step("create-table", [], [pgTable("t", { id: key(), name: text("name").notNull() })]);
step("create-table-beside-another", [pgTable("a", { id: key() })], [pgTable("a", { id: key() }), pgTable("b", { id: key() })]);
step("create-tables-with-everything", [], (() => {
  const b = pgTable("b", { id: key(), name: text("name").unique() }, (t) => [index("b_name_idx").on(t.name), check("b_check", sql`${t.id} > 0`)]);
  const a = pgTable("a", { id: key(), b: integer("b").references(() => b.id), c: text("c") }, (t) => [
    index("a_c_idx").on(t.c),
    unique("a_b_c").on(t.b, t.c),
    uniqueIndex("a_b_idx").on(t.b),
  ]);
  return [a, b];
})());
step("drop-table", [pgTable("a", { id: key() }), pgTable("b", { id: key() })], [pgTable("a", { id: key() })]);
step("drop-tables", (() => {
  const a = parent();
  return [a, pgTable("child", { id: key(), parent: integer("parent").references(() => a.id) }), pgTable("other", { id: key() })];
})(), [pgTable("other", { id: key() })]);
step("drop-table-referenced", (() => {
  const a = parent();
  return [a, pgTable("child", { id: key(), parent: integer("parent").references(() => a.id) })];
})(), [pgTable("child", { id: key(), parent: integer("parent") })]);
step("create-and-drop-table", [pgTable("a", { id: key() }), pgTable("b", { id: key() })], [pgTable("c", { id: key() }), pgTable("b", { id: key() }), pgTable("d", { id: key() })]);

// ---- columns added and dropped

column("add-column", undefined, text("c"));
column("add-column-not-null", undefined, text("c").notNull());
column("add-column-default", undefined, text("c").default("it's"));
column("add-column-default-not-null", undefined, integer("c").notNull().default(0));
column("add-column-default-false", undefined, boolean("c").default(false));
column("add-column-unique", undefined, text("c").unique());
column("add-column-identity", undefined, integer("c").generatedAlwaysAsIdentity());
column("add-column-generated", undefined, integer("c").generatedAlwaysAs(sql`id * 2`));
column("add-column-generated-not-null", undefined, integer("c").notNull().generatedAlwaysAs(sql`id * 2`));
column("add-column-array", undefined, text("c").array().notNull().default([]));
column("add-column-serial", undefined, serial("c"));
column("add-column-inet", undefined, inet("c"));
step("add-column-primary-key", [pgTable("t", { a: text("a") })], [pgTable("t", { id: key(), a: text("a") })]);
step("add-column-primary-key-identity", [pgTable("t", { a: text("a") })], [pgTable("t", { id: integer("id").primaryKey().generatedAlwaysAsIdentity(), a: text("a") })]);
step("add-column-references", [parent(), pgTable("t", { id: key() })], (() => {
  const a = parent();
  return [a, pgTable("t", { id: key(), c: integer("c").notNull().references(() => a.id, { onDelete: "cascade" }) })];
})());
step("add-column-references-new-table", [pgTable("t", { id: key() })], (() => {
  const a = parent();
  return [pgTable("t", { id: key(), c: integer("c").references(() => a.id) }), a];
})());
step("add-column-enum", (() => [pgEnum("mood", ["a"]), pgTable("t", { id: key() })])(), (() => {
  const mood = pgEnum("mood", ["a"]);
  return [mood, pgTable("t", { id: key(), c: mood("c").default("a") })];
})());
step("add-column-enum-new", [pgTable("t", { id: key() })], (() => {
  const mood = pgEnum("mood", ["a", "b"]);
  return [mood, pgTable("t", { id: key(), c: mood("c").array().default(["a"]) })];
})());
table("add-column-in-the-middle", [{ a: text("a"), b: text("b") }], [{ a: text("a"), c: text("c"), b: text("b") }]);
table("add-columns-indexed", [{ a: text("a") }], [
  { z: text("z").unique(), a: text("a"), c: integer("c"), b: integer("b") },
  (t) => [index("t_c_idx").on(t.c), check("t_c_check", sql`${t.c} > 0`), unique("t_b_c").on(t.b, t.c)],
]);
column("drop-column", text("c"), undefined);
column("drop-column-unique", text("c").unique(), undefined);
column("drop-column-generated", integer("c").generatedAlwaysAs(sql`id * 2`), undefined);
step("drop-column-references", (() => {
  const a = parent();
  return [a, pgTable("t", { id: key(), c: integer("c").references(() => a.id) })];
})(), [parent(), pgTable("t", { id: key() })]);
table("drop-column-indexed", [{ c: integer("c") }, (t) => [index("t_c_idx").on(t.c), check("t_c_check", sql`${t.c} > 0`)]], [{}]);
step("drop-column-primary-key", [pgTable("t", { id: key(), a: text("a") })], [pgTable("t", { a: text("a") })]);
step("drop-column-of-composite-key", [pgTable("t", { a: integer("a"), b: integer("b"), c: integer("c") }, (t) => [primaryKey({ columns: [t.a, t.b] })])],
  [pgTable("t", { a: integer("a").notNull(), c: integer("c") }, (t) => [primaryKey({ columns: [t.a, t.c] })])]);
table("drop-and-add-columns", [{ a: text("a"), b: text("b"), c: text("c") }], [{ d: text("d"), b: text("b"), e: integer("e").notNull() }]);
step("drop-and-add-columns-in-two-tables", [pgTable("t1", { id: key(), a: text("a") }), pgTable("t2", { id: key(), a: text("a") })],
  [pgTable("t2", { id: key(), b: text("b") }), pgTable("t1", { id: key(), b: text("b") })]);

// ---- default and NOT NULL

column("set-default", text("c"), text("c").default("x"));
column("set-default-zero", integer("c"), integer("c").default(0));
column("set-default-false", boolean("c"), boolean("c").default(false));
column("set-default-now", timestamp("c"), timestamp("c").defaultNow());
column("drop-default", text("c").default("x"), text("c"));
column("change-default", text("c").default("x"), text("c").default("it's"));
column("change-default-to-zero", integer("c").default(1), integer("c").default(0));
column("change-default-to-sql", text("c").default("x"), text("c").default(sql`upper('x')`));
column("change-default-json", jsonb("c").default({ a: 1 }), jsonb("c").default([]));
column("change-default-array", text("c").array().default(["a"]), text("c").array().default([]));
column("set-not-null", text("c"), text("c").notNull());
column("drop-not-null", text("c").notNull(), text("c"));
column("set-default-and-not-null", text("c"), text("c").notNull().default("x"));
column("drop-default-and-not-null", text("c").notNull().default("x"), text("c"));
table("alter-columns-order", [{ a: text("a"), b: text("b").default("x"), c: text("c").notNull() }], [{ c: text("c").default("c"), b: text("b").notNull(), a: text("a").notNull().default("a") }]);

// ---- type

column("type-integer-to-bigint", integer("c"), bigint("c", { mode: "number" }));
column("type-varchar-longer", varchar("c", { length: 10 }), varchar("c", { length: 20 }));
column("type-numeric-scale", numeric("c", { precision: 10, scale: 2 }), numeric("c", { precision: 18, scale: 8 }));
column("type-timestamp-to-zone", timestamp("c"), timestamp("c", { withTimezone: true }));
column("type-text-to-integer", text("c"), integer("c"));
column("type-text-to-jsonb", text("c"), jsonb("c"));
column("type-integer-to-text", integer("c"), text("c"));
column("type-text-to-inet", text("c"), inet("c"));
column("type-integer-to-serial", integer("c").notNull(), serial("c"));
column("type-serial-to-integer", serial("c"), integer("c").notNull());
column("type-to-array", text("c"), text("c").array());
column("type-from-array", text("c").array(), text("c"));
column("type-array-to-array", integer("c").array(), bigint("c", { mode: "number" }).array());
column("type-default-kept", integer("c").default(7), bigint("c", { mode: "number" }).default(7));
column("type-default-kept-zero", integer("c").default(0), bigint("c", { mode: "number" }).default(0));
column("type-default-added", integer("c"), bigint("c", { mode: "number" }).default(7));
column("type-default-added-zero", integer("c"), bigint("c", { mode: "number" }).default(0));
column("type-default-changed", integer("c").default(7), text("c").default("seven"));
column("type-default-changed-to-zero", text("c").default("7"), integer("c").default(0));
column("type-default-dropped", text("c").default("x"), integer("c"));
column("default-comment-at-the-end", text("c"), text("c").notNull().default(sql`'x' -- ex`));
column("default-comment-at-the-end-added", undefined, text("c").notNull().default(sql`'x' -- ex`));
column("type-and-not-null-and-default", integer("c"), text("c").notNull().default("x"));
/** As `column`, with something else of the table that is made of `c`, the same before and after. */
const typed = (id, before, after, columns, constraints) => table(id, [{ c: before, ...columns() }, constraints], [{ c: after, ...columns() }, constraints]);
const noColumns = () => ({});
typed("type-beside-generated", integer("c"), bigint("c", { mode: "number" }), () => ({ g: bigint("g", { mode: "number" }).generatedAlwaysAs(sql`c * 2`) }));
typed("type-beside-check", integer("c"), text("c"), noColumns, (t) => [check("t_c_check", sql`${t.c} <> '1'`)]);
typed("type-beside-index-where", integer("c"), text("c"), noColumns, (t) => [index("t_c_idx").on(t.id).where(sql`${t.c} <> '1'`)]);
typed("type-beside-check-narrower", numeric("c"), integer("c"), noColumns, (t) => [check("t_c_check", sql`${t.c} > 0`)]);
typed("type-beside-index-where-narrower", doublePrecision("c"), integer("c"), noColumns, (t) => [index("t_c_idx").on(t.id).where(sql`${t.c} > 0`)]);
column("type-timestamp-to-interval", timestamp("c"), interval("c"));
column("type-timestamp-to-time-with-timezone", timestamp("c"), time("c", { withTimezone: true }));
/** A table `p` with a unique column, to which `t` refers. */
const referring = (target, c, constraints) => {
  const p = pgTable("p", { id: key(), name: target }, constraints);
  return [p, pgTable("t", { id: key(), c: c.references(() => p.name) })];
};
step("type-of-reference", referring(integer("name").unique(), integer("c")), referring(text("name").unique(), text("c")));
step("type-of-reference-wider", referring(integer("name").unique(), integer("c")), referring(numeric("name").unique(), numeric("c")));
step("type-of-reference-narrower", referring(numeric("name").unique(), numeric("c")), referring(integer("name").unique(), integer("c")));
step("unique-nulls-referenced", referring(text("name"), text("c"), (t) => [unique("u").on(t.name)]), referring(text("name"), text("c"), (t) => [unique("u").on(t.name).nullsNotDistinct()]));
column("type-timestamp-mode", timestamp("c", { precision: 3 }), timestamp("c", { precision: 3, mode: "string" }));
column("type-timestamp-mode-and-default", timestamp("c", { precision: 3 }), timestamp("c", { precision: 3, mode: "string" }).notNull().defaultNow());

const moods = () => {
  const mood = pgEnum("mood", ["a", "b"]);
  const other = pgEnum("Other", ["a", "b"]);
  return { mood, other };
};
/** As `column`, with the enums `mood` and `Other` at hand on both sides. */
const enumColumn = (id, before, after) => {
  const make = (c) => {
    const { mood, other } = moods();
    return [mood, other, pgTable("t", { id: key(), c: c({ mood, other }) })];
  };
  step(id, make(before), make(after));
};
enumColumn("type-text-to-enum", () => text("c"), ({ mood }) => mood("c"));
enumColumn("type-text-to-enum-default-kept", () => text("c").default("a"), ({ mood }) => mood("c").default("a"));
enumColumn("type-text-to-enum-default-added", () => text("c"), ({ mood }) => mood("c").default("a"));
enumColumn("type-text-to-enum-default-changed", () => text("c").default("a"), ({ mood }) => mood("c").default("b"));
enumColumn("type-text-to-enum-default-dropped", () => text("c").default("a"), ({ mood }) => mood("c"));
enumColumn("type-text-array-to-enum-array", () => text("c").array().default(["a"]), ({ mood }) => mood("c").array().default(["a"]));
enumColumn("type-enum-to-text", ({ mood }) => mood("c"), () => text("c"));
enumColumn("type-enum-to-text-default-kept", ({ mood }) => mood("c").default("a"), () => text("c").default("a"));
enumColumn("type-enum-to-text-default-dropped", ({ mood }) => mood("c").default("a"), () => text("c"));
enumColumn("type-enum-to-integer", ({ mood }) => mood("c"), () => integer("c"));
enumColumn("type-enum-to-enum", ({ mood }) => mood("c"), ({ other }) => other("c"));
enumColumn("type-enum-to-enum-default-kept", ({ mood }) => mood("c").default("a"), ({ other }) => other("c").default("a"));
enumColumn("type-enum-to-enum-default-added", ({ mood }) => mood("c"), ({ other }) => other("c").default("a"));
enumColumn("type-enum-to-enum-default-dropped", ({ mood }) => mood("c").default("a"), ({ other }) => other("c"));
enumColumn("type-enum-array-to-enum-array", ({ mood }) => mood("c").array().default(["a"]), ({ other }) => other("c").array().default(["a"]));
enumColumn("type-enum-to-enum-array", ({ mood }) => mood("c"), ({ mood }) => mood("c").array());
step("type-enum-to-same-name-in-schema", (() => {
  const app = pgSchema("app");
  const mood = pgEnum("mood", ["a"]);
  return [app, mood, app.enum("mood", ["a"]), pgTable("t", { id: key(), c: mood("c") })];
})(), (() => {
  const app = pgSchema("app");
  const mood = app.enum("mood", ["a"]);
  return [app, pgEnum("mood", ["a"]), mood, pgTable("t", { id: key(), c: mood("c") })];
})());
step("type-text-to-enum-in-schema", [pgSchema("app"), pgTable("t", { id: key(), c: text("c") })], (() => {
  const app = pgSchema("app");
  const mood = app.enum("mood", ["a"]);
  return [app, mood, pgTable("t", { id: key(), c: mood("c") })];
})());

// ---- identity

column("identity-add", integer("c").notNull(), integer("c").generatedAlwaysAsIdentity());
column("identity-add-nullable", integer("c"), integer("c").generatedAlwaysAsIdentity());
column("identity-add-default", integer("c").notNull().default(1), integer("c").generatedByDefaultAsIdentity());
table("identity-add-beside-set-not-null", [{ a: integer("a").notNull(), b: text("b") }], [{ a: integer("a").generatedAlwaysAsIdentity(), b: text("b").notNull() }]);
column("identity-drop", integer("c").generatedAlwaysAsIdentity(), integer("c").notNull());
column("identity-drop-nullable", integer("c").generatedAlwaysAsIdentity(), integer("c"));
table("identity-drop-beside-drop-not-null", [{ a: integer("a").generatedAlwaysAsIdentity(), b: text("b").notNull() }], [{ a: integer("a").notNull(), b: text("b") }]);
column("identity-to-default", integer("c").generatedAlwaysAsIdentity(), integer("c").notNull().default(5));
column("identity-kind", integer("c").generatedAlwaysAsIdentity(), integer("c").generatedByDefaultAsIdentity());
column("identity-start", integer("c").generatedAlwaysAsIdentity(), integer("c").generatedAlwaysAsIdentity({ startWith: 100 }));
column("identity-cycle-on", integer("c").generatedAlwaysAsIdentity(), integer("c").generatedAlwaysAsIdentity({ cycle: true }));
column("identity-cycle-off", integer("c").generatedAlwaysAsIdentity({ cycle: true }), integer("c").generatedAlwaysAsIdentity());
column("identity-name", integer("c").generatedAlwaysAsIdentity(), integer("c").generatedAlwaysAsIdentity({ name: "other" }));
column("identity-all", integer("c").generatedByDefaultAsIdentity({ cycle: true }),
  integer("c").generatedAlwaysAsIdentity({ startWith: 100, increment: 2, minValue: 10, maxValue: 1000, cache: 5 }));
column("identity-type", integer("c").generatedAlwaysAsIdentity(), bigint("c", { mode: "number" }).generatedAlwaysAsIdentity());
column("identity-type-and-limits-kept", smallint("c").generatedAlwaysAsIdentity({ maxValue: 32767 }), integer("c").generatedAlwaysAsIdentity({ maxValue: 32767 }));
column("identity-type-smaller", integer("c").generatedAlwaysAsIdentity(), smallint("c").generatedAlwaysAsIdentity());
column("identity-from-serial", serial("c"), integer("c").generatedAlwaysAsIdentity());
step("identity-in-schema", (() => {
  const app = pgSchema("app");
  return [app, app.table("t", { id: key(), a: integer("a").notNull(), b: integer("b").generatedAlwaysAsIdentity() })];
})(), (() => {
  const app = pgSchema("app");
  return [app, app.table("t", { id: key(), a: integer("a").generatedAlwaysAsIdentity(), b: integer("b").generatedByDefaultAsIdentity(), c: integer("c").generatedAlwaysAsIdentity() })];
})());

// ---- generated columns

column("generated-add", integer("c"), integer("c").generatedAlwaysAs(sql`id * 2`));
column("generated-add-not-null", integer("c").notNull(), integer("c").notNull().generatedAlwaysAs(sql`id * 2`));
column("generated-alter", integer("c").generatedAlwaysAs(sql`id * 2`), integer("c").generatedAlwaysAs(sql`id * 3`));
column("generated-alter-and-type", integer("c").generatedAlwaysAs(sql`id * 2`), text("c").generatedAlwaysAs(sql`id || 'x'`));
column("generated-drop", integer("c").generatedAlwaysAs(sql`id * 2`), integer("c"));
column("generated-to-default", integer("c").generatedAlwaysAs(sql`id * 2`), integer("c").notNull().default(1));
column("generated-from-default", integer("c").notNull().default(1), integer("c").generatedAlwaysAs(sql`id * 2`));
column("generated-to-identity", integer("c").generatedAlwaysAs(sql`id * 2`), integer("c").generatedAlwaysAsIdentity());
column("generated-to-serial", integer("c").generatedAlwaysAs(sql`id * 2`), serial("c"));
column("generated-from-identity", integer("c").generatedAlwaysAsIdentity(), numeric("c").generatedAlwaysAs(sql`id * 2`));
column("identity-to-serial", integer("c").generatedAlwaysAsIdentity(), serial("c"));
column("generated-drop-and-type", text("c").generatedAlwaysAs(sql`id || ''`), boolean("c"));
const computed = (expression) => integer("c").generatedAlwaysAs(expression);
table("generated-alter-from-added", [{ c: computed(sql`id * 2`) }], [{ c: computed(sql`a * 2`), a: integer("a") }]);
table("generated-add-before-its-source", [{}], [{ c: computed(sql`a * 2`), a: integer("a") }]);
table("generated-from-source-of-one-that-goes", [{ a: integer("a"), c: computed(sql`a * 2`) }], [{ a: integer("a").generatedAlwaysAs(sql`id * 2`) }]);
table("generated-from-source-of-one-that-stays", [{ a: integer("a"), c: computed(sql`a * 2`) }], [{ a: integer("a").generatedAlwaysAs(sql`id * 2`), c: integer("c") }]);
table("generated-from-source-of-one-that-changes", [{ a: integer("a"), c: computed(sql`a * 2`) }], [{ a: integer("a").generatedAlwaysAs(sql`id * 2`), c: integer("c").generatedAlwaysAs(sql`id * 3`) }]);
table("generated-drop-after-its-source", [{ a: integer("a"), c: computed(sql`a * 2`) }], [{}]);
table("generated-alter-indexed", [{ c: integer("c").unique().generatedAlwaysAs(sql`id * 2`) }, (t) => [index("t_c_idx").on(t.c)]],
  [{ c: integer("c").unique().generatedAlwaysAs(sql`id * 3`) }, (t) => [index("t_c_idx").on(t.c)]]);

// ---- primary keys

const keyed = (a, b, constraints) => [pgTable("t", { a, b, c: text("c") }, constraints)];
const ab = (name) => (t) => [primaryKey({ name, columns: [t.a, t.b] })];

step("key-add", keyed(integer("a").notNull(), integer("b")), keyed(integer("a").primaryKey(), integer("b")));
step("key-add-nullable", keyed(integer("a"), integer("b")), keyed(integer("a").primaryKey(), integer("b")));
step("key-drop", keyed(integer("a").primaryKey(), integer("b")), keyed(integer("a").notNull(), integer("b")));
step("key-drop-nullable", keyed(integer("a").primaryKey(), integer("b")), keyed(integer("a"), integer("b")));
step("key-move", keyed(integer("a").primaryKey(), integer("b")), keyed(integer("a"), integer("b").primaryKey()));
step("key-in-schema", (() => {
  const app = pgSchema("app");
  return [app, app.table("t", { a: integer("a").primaryKey() }), app.table("u", { a: integer("a") })];
})(), (() => {
  const app = pgSchema("app");
  return [app, app.table("t", { a: integer("a").notNull() }), app.table("u", { a: integer("a").primaryKey() })];
})());
step("key-composite-add", keyed(integer("a").notNull(), integer("b").notNull()), keyed(integer("a").notNull(), integer("b").notNull(), ab()));
step("key-composite-drop", keyed(integer("a").notNull(), integer("b").notNull(), ab()), keyed(integer("a").notNull(), integer("b").notNull()));
step("key-composite-drop-nullable", keyed(integer("a"), integer("b"), ab()), keyed(integer("a"), integer("b")));
step("key-composite-drop-and-not-null", keyed(integer("a").notNull(), integer("b").notNull(), ab()), keyed(integer("a"), integer("b")));
step("key-composite-column-released", keyed(integer("a").notNull(), integer("b").notNull(), ab("k")),
  keyed(integer("a"), integer("b").notNull(), (t) => [primaryKey({ name: "k", columns: [t.b] })]));
step("key-composite-columns", keyed(integer("a").notNull(), integer("b").notNull(), (t) => [primaryKey({ name: "k", columns: [t.a, t.b] })]),
  keyed(integer("a").notNull(), integer("b").notNull(), (t) => [primaryKey({ name: "k", columns: [t.b, t.a] })]));
step("key-composite-columns-unnamed", keyed(integer("a").notNull(), integer("b").notNull(), ab()),
  keyed(integer("a").notNull(), integer("b").notNull(), (t) => [primaryKey({ columns: [t.b, t.a] })]));
step("key-composite-name", keyed(integer("a").notNull(), integer("b").notNull(), ab("k")), keyed(integer("a").notNull(), integer("b").notNull(), ab("l")));
step("key-composite-new-column", keyed(integer("a").notNull(), integer("b").notNull(), (t) => [primaryKey({ name: "k", columns: [t.a] })]),
  [pgTable("t", { a: integer("a").notNull(), b: integer("b").notNull(), c: text("c"), d: integer("d").notNull() }, (t) => [primaryKey({ name: "k", columns: [t.a, t.d] })])]);
step("key-composite-added-column", keyed(integer("a").notNull(), integer("b")),
  [pgTable("t", { a: integer("a").notNull(), b: integer("b"), c: text("c"), d: integer("d").notNull() }, (t) => [primaryKey({ columns: [t.a, t.d] })])]);
step("key-single-to-composite", keyed(integer("a").primaryKey(), integer("b").notNull()), keyed(integer("a").notNull(), integer("b").notNull(), ab()));
step("key-composite-to-single", keyed(integer("a").notNull(), integer("b").notNull(), ab()), keyed(integer("a").primaryKey(), integer("b").notNull()));

// ---- unique constraints

extra("unique-add", none, (t) => [unique().on(t.a)]);
extra("unique-add-nulls-not-distinct", none, (t) => [unique("u").on(t.a, t.b).nullsNotDistinct()]);
extra("unique-drop", (t) => [unique().on(t.a, t.b)], none);
extra("unique-columns", (t) => [unique("u").on(t.a)], (t) => [unique("u").on(t.a, t.b)]);
extra("unique-nulls", (t) => [unique("u").on(t.a)], (t) => [unique("u").on(t.a).nullsNotDistinct()]);
extra("unique-name", (t) => [unique("u").on(t.a)], (t) => [unique("v").on(t.a)]);
extra("unique-order", (t) => [unique("u1").on(t.a), unique("u2").on(t.b), unique("u3").on(t.c)],
  (t) => [unique("u5").on(t.c), unique("u3").on(t.c, t.a), unique("u4").on(t.a), unique("u1").on(t.a, t.b)]);

// ---- checks

extra("check-add", none, (t) => [check("k", sql`${t.c} <> 'it''s'`)]);
extra("check-drop", (t) => [check("k", sql`${t.a} > 0`)], none);
extra("check-alter", (t) => [check("k", sql`${t.a} > 0`)], (t) => [check("k", sql`${t.a} > 1`)]);
extra("check-order", (t) => [check("k1", sql`${t.a} > 1`), check("k2", sql`${t.a} > 2`), check("k3", sql`${t.a} > 3`)],
  (t) => [check("k5", sql`${t.a} > 5`), check("k3", sql`${t.b} > 3`), check("k4", sql`${t.a} > 4`), check("k1", sql`${t.b} > 1`)]);

// ---- foreign keys

/** Tables `p`, `q` and `t` with the columns `a`, `b` in each, and the foreign keys of `t` that `keys` gives. */
const linked = (keys) => {
  const make = (name) => pgTable(name, { id: key(), a: integer("a"), b: integer("b") }, (t) => [unique().on(t.a, t.b)]);
  const [p, q] = [make("p"), make("q")];
  return [p, q, pgTable("t", { id: key(), a: integer("a"), b: integer("b") }, (t) => keys(t, p, q))];
};
const link = (id, before, after) => step(id, linked(before), linked(after));
const reference = (columns, foreignColumns, name) => foreignKey({ columns, foreignColumns, name });

link("reference-add", none, (t, p) => [reference([t.a], [p.id])]);
link("reference-add-composite", none, (t, p) => [reference([t.a, t.b], [p.a, p.b]).onDelete("set null").onUpdate("cascade")]);
link("reference-add-self", none, (t) => [reference([t.a], [t.id], "self")]);
link("reference-drop", (t, p) => [reference([t.a], [p.id])], none);
link("reference-action", (t, p) => [reference([t.a], [p.id])], (t, p) => [reference([t.a], [p.id]).onDelete("cascade")]);
link("reference-columns", (t, p) => [reference([t.a], [p.id], "f")], (t, p) => [reference([t.b], [p.id], "f")]);
link("reference-target", (t, p) => [reference([t.a], [p.id])], (t, _, q) => [reference([t.a], [q.id])]);
link("reference-order", (t, p) => [reference([t.a], [p.id], "f1"), reference([t.a], [p.id], "f2"), reference([t.a], [p.id], "f3")],
  (t, p) => [reference([t.b], [p.id], "f5"), reference([t.b], [p.id], "f3"), reference([t.b], [p.id], "f4"), reference([t.b], [p.id], "f1")]);
step("reference-in-schema", (() => {
  const app = pgSchema("app");
  return [app, parent(), app.table("t", { id: key(), c: integer("c") })];
})(), (() => {
  const app = pgSchema("app");
  const a = parent();
  const t = app.table("t", { id: key(), c: integer("c").references(() => a.id, { onDelete: "restrict" }) });
  return [app, a, t, pgTable("u", { id: key(), t: integer("t").references(() => t.id) })];
})());

// ---- indexes

const indexed = (id, before, after) => extra(`index-${id}`, before, after);

indexed("add", none, (t) => [index().on(t.a, t.b)]);
indexed("add-unique", none, (t) => [uniqueIndex("i").on(t.a)]);
indexed("add-concurrently", none, (t) => [index("i").on(t.a).concurrently()]);
indexed("drop", (t) => [index("i").on(t.a)], none);
indexed("columns", (t) => [index("i").on(t.a)], (t) => [index("i").on(t.a, t.b)]);
indexed("columns-unnamed", (t) => [index().on(t.a)], (t) => [index().on(t.b)]);
indexed("order", (t) => [index("i").on(t.a)], (t) => [index("i").on(t.a.desc())]);
indexed("nulls", (t) => [index("i").on(t.a)], (t) => [index("i").on(t.a.nullsFirst())]);
indexed("operator-class", (t) => [index("i").on(t.c)], (t) => [index("i").on(t.c.op("text_pattern_ops"))]);
indexed("expression", (t) => [index("i").on(t.c)], (t) => [index("i").on(sql`lower(${t.c})`)]);
indexed("unique", (t) => [index("i").on(t.a)], (t) => [uniqueIndex("i").on(t.a)]);
indexed("method", (t) => [index("i").on(t.a)], (t) => [index("i").using("hash", t.a)]);
indexed("where-add", (t) => [index("i").on(t.a)], (t) => [index("i").on(t.a).where(sql`${t.b} > 0`)]);
indexed("where-change", (t) => [index("i").on(t.a).where(sql`${t.b} > 0`)], (t) => [index("i").on(t.a).where(sql`${t.c} = 'it''s'`)]);
indexed("where-comment", none, (t) => [index("i").on(t.a).where(sql`${t.b} > 0 -- more`), index("i2").on(t.b)]);
indexed("where-drop", (t) => [index("i").on(t.a).where(sql`${t.b} > 0`)], (t) => [index("i").on(t.a)]);
indexed("with", (t) => [index("i").on(t.a)], (t) => [index("i").on(t.a).with({ fillfactor: 70 })]);
indexed("concurrently", (t) => [index("i").on(t.a)], (t) => [index("i").on(t.a).concurrently()]);
indexed("several", (t) => [index("i1").on(t.a), index("i2").on(t.b), index("i3").on(t.c)],
  (t) => [index("i5").on(t.a), index("i3").on(t.c, t.a), index("i4").on(t.b), index("i1").on(t.a, t.b)]);
step("index-in-two-tables", ["t1", "t2"].map((name) => pgTable(name, { id: key(), a: text("a") }, (t) => [index(`${name}_i1`).on(t.a), index(`${name}_i2`).on(t.a)])),
  ["t2", "t1"].map((name) => pgTable(name, { id: key(), a: text("a") }, (t) => [index(`${name}_i3`).on(t.a), index(`${name}_i1`).on(t.id)])));
step("index-in-schema", (() => {
  const app = pgSchema("app");
  return [app, app.table("t", { id: key(), a: text("a") }, (t) => [index("i1").on(t.a), index("i2").on(t.a)])];
})(), (() => {
  const app = pgSchema("app");
  return [app, app.table("t", { id: key(), a: text("a") }, (t) => [index("i1").on(t.a.desc()), index("i3").on(t.a).where(sql`${t.a} <> ''`)])];
})());

// ---- enums

const values = (id, before, after) => step(`enum-${id}`, [pgEnum("mood", before)], [pgEnum("mood", after)]);

step("enum-create", [], [pgEnum("mood", ["it's", "b"])]);
step("enum-drop", [pgEnum("mood", ["a"])], []);
values("add-end", ["a", "b"], ["a", "b", "c"]);
values("add-first", ["a", "b"], ["x", "a", "b"]);
values("add-middle", ["a", "b"], ["a", "x", "b"]);
values("add-several", ["a", "b"], ["w", "x", "a", "y", "b", "z", "zz"]);
values("add-quote", ["a"], ["a", "it's"]);
values("remove-unused", ["a", "b", "c"], ["a", "c"]);
values("reorder-unused", ["a", "b", "c"], ["c", "a", "b"]);
values("rename-unused", ["a", "b"], ["a", "x"]);
values("add-and-remove-unused", ["a", "b"], ["a", "x", "y"]);
step("enum-create-and-drop", [pgEnum("e1", ["a"]), pgEnum("e2", ["a"])], [pgEnum("e3", ["a"]), pgEnum("e2", ["a", "b"]), pgEnum("e4", ["a"])]);

/** An enum `mood` with other values after than before, and a table that uses it. */
const used = (id, before, after, columnsBefore, columnsAfter = columnsBefore, constraints = none) => {
  const make = (list, columns) => {
    const mood = pgEnum("mood", list);
    return [mood, pgTable("t", { id: key(), ...columns(mood) }, constraints)];
  };
  step(`enum-${id}`, make(before, columnsBefore), make(after, columnsAfter));
};
const abc = ["a", "b", "c"];
const ac = ["a", "c"];
used("add-value-and-default", ["a"], ["a", "b"], (mood) => ({ c: mood("c") }), (mood) => ({ c: mood("c").default("b") }));
used("remove", abc, ac, (mood) => ({ c: mood("c") }));
used("remove-not-null", abc, ac, (mood) => ({ c: mood("c").notNull() }));
used("remove-default", abc, ac, (mood) => ({ c: mood("c").default("a") }));
used("remove-default-changed", abc, ac, (mood) => ({ c: mood("c").default("b") }), (mood) => ({ c: mood("c").default("c") }));
used("remove-default-added", abc, ac, (mood) => ({ c: mood("c") }), (mood) => ({ c: mood("c").default("a") }));
used("remove-default-dropped", abc, ac, (mood) => ({ c: mood("c").default("a") }), (mood) => ({ c: mood("c") }));
used("remove-array", abc, ac, (mood) => ({ c: mood("c").array() }));
used("remove-array-default", abc, ac, (mood) => ({ c: mood("c").array().default(["a", "c"]) }));
used("remove-array-of-arrays", abc, ac, (mood) => ({ c: mood("c").array().array(2) }));
used("remove-several-columns", abc, ac, (mood) => ({ c: mood("c").default("a"), d: mood("d").array(), e: mood("e") }));
used("remove-column-added", abc, ac, (mood) => ({ c: mood("c") }), (mood) => ({ c: mood("c"), d: mood("d").default("a") }));
used("remove-column-dropped", abc, ac, (mood) => ({ c: mood("c"), d: mood("d").default("a") }), (mood) => ({ c: mood("c") }));
used("remove-column-from-text", abc, ac, () => ({ c: text("c") }), (mood) => ({ c: mood("c") }));
used("remove-column-to-text", abc, ac, (mood) => ({ c: mood("c") }), () => ({ c: text("c") }));
used("remove-indexed", abc, ac, (mood) => ({ c: mood("c") }), undefined, (t) => [index("i").on(t.c), unique("u").on(t.c)]);
step("enum-to-other-both-remade", ...[["a", "b"], ["b", "a"]].map((labels, later) => {
  const [mood, other] = ["mood", "other"].map((name) => pgEnum(name, labels));
  return [other, mood, pgTable("t", { id: key(), c: (later ? other : mood)("c") })];
}));
step("enum-to-other-both-remade-default", ...[["a", "b"], ["b", "a"]].map((labels, later) => {
  const [mood, other] = ["mood", "other"].map((name) => pgEnum(name, labels));
  return [other, mood, pgTable("t", { id: key(), c: (later ? other : mood)("c").default("a") })];
}));
step("enum-to-other-remade", ...[["a", "b"], ["b", "a"]].map((labels, later) => {
  const [mood, other] = [pgEnum("mood", ["a", "b"]), pgEnum("other", labels)];
  return [other, mood, pgTable("t", { id: key(), c: (later ? other : mood)("c") })];
}));
step("enum-to-other-remade-after", ...[["a", "b"], ["b", "a"]].map((labels, later) => {
  const [mood, other] = ["mood", "other"].map((name) => pgEnum(name, labels));
  return [mood, other, pgTable("t", { id: key(), c: (later ? other : mood)("c") })];
}));
used("remove-column-to-varchar-computed", abc, ac, (mood) => ({ c: mood("c"), d: boolean("d").generatedAlwaysAs(sql`c IS NULL`) }),
  () => ({ c: varchar("c", { length: 20 }), d: boolean("d").generatedAlwaysAs(sql`c IS NULL`) }));
used("remove-array-indexed", abc, ac, (mood) => ({ c: mood("c").array() }), undefined, (t) => [index("i").using("gin", t.c)]);
used("remove-index-where", abc, ac, (mood) => ({ c: mood("c") }), undefined, (t) => [index("i").on(t.id).where(sql`${t.c} = 'a'`)]);
used("remove-check", abc, ac, (mood) => ({ c: mood("c") }), undefined, (t) => [check("k", sql`${t.c} <> 'a'`)]);
used("remove-generated", abc, ac, (mood) => ({ c: mood("c"), g: boolean("g").generatedAlwaysAs(sql`c = 'a'`) }));
const referenced = (list) => {
  const mood = pgEnum("mood", list);
  const p = pgTable("p", { name: mood("name").primaryKey() });
  return [mood, p, pgTable("t", { id: key(), c: mood("c").references(() => p.name) })];
};
step("enum-remove-referenced", referenced(abc), referenced(ac));
used("reorder", abc, ["c", "b", "a"], (mood) => ({ c: mood("c").default("a") }));
step("enum-remove-in-schema", (() => {
  const app = pgSchema("app");
  const mood = app.enum("mood", abc);
  return [app, mood, app.table("t", { id: key(), c: mood("c").default("a") }), pgTable("u", { id: key(), c: mood("c").array() })];
})(), (() => {
  const app = pgSchema("app");
  const mood = app.enum("mood", ac);
  return [app, mood, app.table("t", { id: key(), c: mood("c").default("a") }), pgTable("u", { id: key(), c: mood("c").array() })];
})());
step("enum-remove-table-created", [pgEnum("mood", abc)], (() => {
  const mood = pgEnum("mood", ac);
  return [mood, pgTable("t", { id: key(), c: mood("c").default("a") })];
})());
step("enum-drop-with-column", (() => {
  const mood = pgEnum("mood", abc);
  return [mood, pgTable("t", { id: key(), c: mood("c") })];
})(), [pgTable("t", { id: key() })]);
step("enum-drop-with-table", (() => {
  const mood = pgEnum("mood", abc);
  return [mood, pgTable("t", { id: key(), c: mood("c") }), pgTable("u", { id: key() })];
})(), [pgTable("u", { id: key() })]);
step("enum-drop-to-text-default", (() => {
  const mood = pgEnum("mood", abc);
  return [mood, pgTable("t", { id: key(), c: mood("c").default("a") })];
})(), [pgTable("t", { id: key(), c: text("c").default("a") })]);

// ---- schemas

step("schema-create", [], [pgSchema("app")]);
step("schema-drop", [pgSchema("app")], []);
const inApp = () => {
  const app = pgSchema("app");
  const mood = app.enum("mood", ["a"]);
  const users = app.table("users", { id: key(), mood: mood("mood").default("a") }, (t) => [index("users_mood_idx").on(t.mood)]);
  return [app, mood, users, pgTable("t", { id: key(), user: integer("user").references(() => users.id) })];
};
step("schema-create-with-tables", [], inApp());
step("schema-drop-with-tables", inApp(), []);
step("schema-drop-with-tables-used", inApp(), [pgTable("t", { id: key(), user: integer("user") })]);
step("schema-create-and-drop", [pgSchema("s1"), pgSchema("s2")], [pgSchema("s3"), pgSchema("s2"), pgSchema("s4")]);

// ---- renames

const rename = (id, from, to, renames, answers) => step(`rename-${id}`, from, to, { renames, answers });

rename("table", [pgTable("a", { id: key() })], [pgTable("b", { id: key() })], ["public.a->public.b"], [1]);
rename("table-with-constraints", [pgTable("a", { id: key(), c: text("c").unique(), d: integer("d") }, (t) => [index().on(t.d), check("k", sql`${t.d} > 0`)])],
  [pgTable("b", { id: key(), c: text("c").unique(), d: integer("d") }, (t) => [index().on(t.d), check("k", sql`${t.d} > 0`)])], ["public.a->public.b"], [1]);
rename("table-and-add-column", [pgTable("a", { id: key() })], [pgTable("b", { id: key(), c: text("c").notNull() })], ["public.a->public.b"], [1]);
rename("table-to-schema", [pgSchema("app"), pgTable("t", { id: key() })], (() => {
  const app = pgSchema("app");
  return [app, app.table("t", { id: key() })];
})(), ["public.t->app.t"], [1]);
rename("table-and-schema", [pgSchema("app"), pgTable("t", { id: key() })], (() => {
  const app = pgSchema("app");
  return [app, app.table("u", { id: key() })];
})(), ["public.t->app.u"], [1]);
table("rename-column", [{ a: text("a") }], [{ b: text("b") }], { renames: ["public.t.a->public.t.b"], answers: [1] });
table("rename-column-unique", [{ a: text("a").unique() }, (t) => [index("i").on(t.a)]], [{ b: text("b").unique() }, (t) => [index("i").on(t.b)]],
  { renames: ["public.t.a->public.t.b"], answers: [1] });
table("rename-column-and-add", [{ a: text("a"), c: text("c") }], [{ b: text("b"), d: text("d") }], { renames: ["public.t.c->public.t.d"], answers: [0, 2] });
table("rename-column-and-type", [{ a: integer("a") }], [{ b: text("b").notNull() }], { renames: ["public.t.a->public.t.b"], answers: [1] });
rename("enum", (() => {
  const mood = pgEnum("mood", ["a"]);
  return [mood, pgTable("t", { id: key(), c: mood("c").default("a") })];
})(), (() => {
  const mood = pgEnum("feeling", ["a"]);
  return [mood, pgTable("t", { id: key(), c: mood("c").default("a") })];
})(), ["public.mood->public.feeling"], [1]);
rename("schema", inApp(), (() => {
  const app = pgSchema("main");
  const mood = app.enum("mood", ["a"]);
  const users = app.table("users", { id: key(), mood: mood("mood").default("a") }, (t) => [index("users_mood_idx").on(t.mood)]);
  return [app, mood, users, pgTable("t", { id: key(), user: integer("user").references(() => users.id) })];
})(), ["app->main"], [1]);

// ---- combinations: the order of emission

step("nothing", inApp(), inApp());
step("reorder-only", [pgTable("a", { id: key(), b: text("b"), c: text("c") }), pgTable("d", { id: key() })], [pgTable("d", { id: key() }), pgTable("a", { c: text("c"), b: text("b"), id: key() })]);

step("combined-one-table", [
  parent(),
  pgTable(
    "t",
    { id: key(), a: integer("a").notNull(), b: text("b").default("b"), c: text("c").unique(), d: integer("d"), e: integer("e").notNull(), f: integer("f") },
    (t) => [index("i1").on(t.a), index("i2").on(t.b), unique("u1").on(t.a, t.b), check("k1", sql`${t.a} > 0`), check("k2", sql`${t.d} > 0`)],
  ),
], (() => {
  const p = parent();
  const t = pgTable(
    "t",
    {
      id: key(),
      a: bigint("a", { mode: "number" }).notNull().default(1),
      b: text("b").notNull(),
      d: integer("d").notNull().default(0),
      e: integer("e"),
      g: text("g").unique(),
      h: integer("h").generatedAlwaysAs(sql`e + 1`),
      f: integer("f").references(() => p.id),
    },
    (t) => [index("i1").on(t.a.desc()), index("i3").on(t.g), unique("u1").on(t.a), unique("u2").on(t.d), check("k1", sql`${t.a} > 1`), check("k3", sql`${t.e} > 0`)],
  );
  return [p, t];
})());

const before = () => {
  const mood = pgEnum("mood", ["a", "b", "c"]);
  const size = pgEnum("size", ["small", "large"]);
  const old = pgEnum("old", ["x"]);
  const t1 = pgTable("t1", { id: key(), name: text("name").notNull(), mood: mood("mood").default("a"), gone: text("gone") }, (t) => [
    index("t1_name_idx").on(t.name),
    index("t1_gone_idx").on(t.gone),
    check("t1_check", sql`${t.name} <> ''`),
  ]);
  const t2 = pgTable("t2", { id: key(), t1: integer("t1").references(() => t1.id), code: varchar("code", { length: 10 }).unique(), kind: old("kind") }, (t) => [
    unique("t2_both").on(t.t1, t.code),
  ]);
  const t3 = pgTable("t3", { a: integer("a").notNull(), b: integer("b").notNull(), t2: integer("t2").references(() => t2.id) }, (t) => [
    primaryKey({ name: "t3_key", columns: [t.a, t.b] }),
    index("t3_idx").on(t.t2),
  ]);
  const t4 = pgTable("t4", { id: key(), t3: integer("t3") });
  return [mood, size, old, t1, t2, t3, t4];
};
const after = () => {
  const app = pgSchema("app");
  const mood = pgEnum("mood", ["a", "c"]);
  const size = pgEnum("size", ["small", "medium", "large"]);
  const fresh = app.enum("fresh", ["y"]);
  const t5 = app.table("t5", { id: integer("id").primaryKey().generatedAlwaysAsIdentity(), kind: fresh("kind").notNull().default("y"), t1: integer("t1").references(() => t1.id) }, (t) => [
    index("t5_kind_idx").on(t.kind),
    unique().on(t.t1, t.kind),
  ]);
  const t3 = pgTable("t3", { a: bigint("a", { mode: "number" }).notNull(), b: integer("b").notNull(), c: integer("c").notNull().default(0), t2: integer("t2").references(() => t2.id, { onDelete: "cascade" }) }, (t) => [
    primaryKey({ name: "t3_key", columns: [t.a, t.c] }),
    uniqueIndex("t3_idx").on(t.t2),
  ]);
  const t1 = pgTable("t1", { id: key(), name: varchar("name", { length: 100 }), mood: mood("mood").default("c"), size: size("size") }, (t) => [
    index("t1_name_idx").on(sql`lower(${t.name})`),
    index("t1_size_idx").on(t.size),
    check("t1_check", sql`${t.name} <> 'x'`),
  ]);
  const t2 = pgTable("t2", { id: key(), t1: integer("t1").notNull(), code: varchar("code", { length: 20 }).default("x"), t5: integer("t5").references(() => t5.id), self: integer("self") }, (t) => [
    unique("t2_both").on(t.code, t.t5),
    foreignKey({ name: "t2_self", columns: [t.self], foreignColumns: [t.id] }),
  ]);
  return [app, mood, size, fresh, t5, t3, t1, t2];
};
step("combined-four-tables", before(), after());
step("combined-four-tables-back", after(), before());
step("combined-create-all", [], after());
step("combined-drop-all", before(), []);
