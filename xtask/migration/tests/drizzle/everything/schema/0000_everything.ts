// Every concept of drizzle-orm's pg-core that PostgreSQL 15 accepts as drizzle-kit writes it, a table per concept.
// drizzle-kit orders the objects of a file by export name: the prefixes keep the order of the file.
import { sql, type SQL } from "drizzle-orm";
import {
  type AnyPgColumn,
  bigint,
  bigserial,
  bit,
  boolean,
  char,
  check,
  cidr,
  customType,
  date,
  decimal,
  doublePrecision,
  foreignKey,
  index,
  inet,
  integer,
  interval,
  json,
  jsonb,
  line,
  macaddr,
  macaddr8,
  numeric,
  pgEnum,
  pgSchema,
  pgTable,
  point,
  primaryKey,
  real,
  serial,
  smallint,
  smallserial,
  text,
  time,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
  varchar,
} from "drizzle-orm/pg-core";

// ---- schemas and enums

export const a01_app = pgSchema("app");
export const a02_Audit = pgSchema("Audit Log");

export const b01_mood = pgEnum("mood", ["sad", "ok", "happy"]);
export const b02_quoted = pgEnum("Quoted Kind", ["it's", 'say "hi"', "a b", "Ünïcode"]);
export const b03_level = a01_app.enum("level", ["low", "high"]);
export const b04_single = pgEnum("single", ["only"]);

// ---- column types

export const c01_integer_types = pgTable("integer_types", {
  smallint: smallint("smallint"),
  integer: integer("integer"),
  bigint_number: bigint("bigint_number", { mode: "number" }),
  bigint_bigint: bigint("bigint_bigint", { mode: "bigint" }),
  smallserial: smallserial("smallserial"),
  serial: serial("serial"),
  bigserial_number: bigserial("bigserial_number", { mode: "number" }),
  bigserial_bigint: bigserial("bigserial_bigint", { mode: "bigint" }),
});

export const c02_numeric_types = pgTable("numeric_types", {
  numeric: numeric("numeric"),
  numeric_precision: numeric("numeric_precision", { precision: 10 }),
  numeric_scale_zero: numeric("numeric_scale_zero", { precision: 10, scale: 0 }),
  numeric_scale: numeric("numeric_scale", { precision: 18, scale: 8 }),
  numeric_string: numeric("numeric_string", { mode: "string", precision: 10, scale: 2 }),
  numeric_number: numeric("numeric_number", { mode: "number", precision: 10, scale: 2 }),
  numeric_bigint: numeric("numeric_bigint", { mode: "bigint", precision: 30 }),
  decimal: decimal("decimal"),
  decimal_scale: decimal("decimal_scale", { precision: 5, scale: 2 }),
  decimal_number: decimal("decimal_number", { mode: "number", precision: 5 }),
  decimal_bigint: decimal("decimal_bigint", { mode: "bigint" }),
  real: real("real"),
  double_precision: doublePrecision("double_precision"),
});

export const c03_text_types = pgTable("text_types", {
  text: text("text"),
  text_enum: text("text_enum", { enum: ["a", "b"] }),
  varchar: varchar("varchar"),
  varchar_length: varchar("varchar_length", { length: 255 }),
  varchar_enum: varchar("varchar_enum", { length: 8, enum: ["a", "b"] }),
  char: char("char"),
  char_length: char("char_length", { length: 3 }),
  char_enum: char("char_enum", { length: 1, enum: ["a", "b"] }),
  uuid: uuid("uuid"),
  boolean: boolean("boolean"),
  bit: bit("bit", { dimensions: 3 }),
});

export const c04_date_types = pgTable("date_types", {
  date: date("date"),
  date_date: date("date_date", { mode: "date" }),
  date_string: date("date_string", { mode: "string" }),
  time: time("time"),
  time_zero: time("time_zero", { precision: 0 }),
  time_precision: time("time_precision", { precision: 3 }),
  time_zone: time("time_zone", { withTimezone: true }),
  time_precision_zone: time("time_precision_zone", { precision: 3, withTimezone: true }),
  timestamp: timestamp("timestamp"),
  timestamp_date: timestamp("timestamp_date", { mode: "date" }),
  timestamp_zero: timestamp("timestamp_zero", { precision: 0 }),
  timestamp_precision: timestamp("timestamp_precision", { precision: 3 }),
  timestamp_zone: timestamp("timestamp_zone", { withTimezone: true }),
  timestamp_precision_zone: timestamp("timestamp_precision_zone", { precision: 6, withTimezone: true }),
  timestamp_string: timestamp("timestamp_string", { mode: "string" }),
  timestamp_string_precision: timestamp("timestamp_string_precision", { mode: "string", precision: 3 }),
  timestamp_string_zone: timestamp("timestamp_string_zone", { mode: "string", withTimezone: true }),
  timestamp_string_precision_zone: timestamp("timestamp_string_precision_zone", { mode: "string", precision: 6, withTimezone: true }),
});

export const c05_interval_types = pgTable("interval_types", {
  interval: interval("interval"),
  precision: interval("precision", { precision: 3 }),
  year: interval("year", { fields: "year" }),
  month: interval("month", { fields: "month" }),
  day: interval("day", { fields: "day" }),
  hour: interval("hour", { fields: "hour" }),
  minute: interval("minute", { fields: "minute" }),
  second: interval("second", { fields: "second" }),
  second_precision: interval("second_precision", { fields: "second", precision: 3 }),
  year_to_month: interval("year_to_month", { fields: "year to month" }),
  day_to_hour: interval("day_to_hour", { fields: "day to hour" }),
  day_to_minute: interval("day_to_minute", { fields: "day to minute" }),
  day_to_second: interval("day_to_second", { fields: "day to second" }),
  hour_to_minute: interval("hour_to_minute", { fields: "hour to minute" }),
  hour_to_second: interval("hour_to_second", { fields: "hour to second" }),
  minute_to_second: interval("minute_to_second", { fields: "minute to second" }),
  day_to_second_precision: interval("day_to_second_precision", { fields: "day to second", precision: 6 }),
});

export const c06_other_types = pgTable("other_types", {
  json: json("json"),
  jsonb: jsonb("jsonb"),
  inet: inet("inet"),
  cidr: cidr("cidr"),
  macaddr: macaddr("macaddr"),
  macaddr8: macaddr8("macaddr8"),
  point: point("point"),
  point_tuple: point("point_tuple", { mode: "tuple" }),
  point_xy: point("point_xy", { mode: "xy" }),
  line: line("line"),
  line_tuple: line("line_tuple", { mode: "tuple" }),
  line_abc: line("line_abc", { mode: "abc" }),
});

export const c07_array_types = pgTable("array_types", {
  text: text("text").array(),
  text_size: text("text_size").array(3),
  text_two: text("text_two").array().array(),
  integer_sizes: integer("integer_sizes").array(2).array(3),
  integer_mixed: integer("integer_mixed").array().array(3).array(),
  varchar: varchar("varchar", { length: 10 }).array(),
  numeric: numeric("numeric", { precision: 10, scale: 2 }).array(),
  timestamp: timestamp("timestamp", { precision: 3 }).array(),
  timestamp_zone: timestamp("timestamp_zone", { withTimezone: true }).array(),
  boolean: boolean("boolean").array(),
  uuid: uuid("uuid").array(),
  json: json("json").array(),
  jsonb: jsonb("jsonb").array(),
  inet: inet("inet").array(),
  smallint: smallint("smallint").array(),
  bigint: bigint("bigint", { mode: "bigint" }).array(),
  real: real("real").array(),
  double_precision: doublePrecision("double_precision").array(),
  char: char("char", { length: 2 }).array(),
  bit: bit("bit", { dimensions: 4 }).array(),
  date: date("date").array(),
  time: time("time", { precision: 3, withTimezone: true }).array(),
  interval: interval("interval", { fields: "day to second", precision: 3 }).array(),
  cidr: cidr("cidr").array(),
  macaddr: macaddr("macaddr").array(),
  macaddr8: macaddr8("macaddr8").array(),
  point: point("point").array(),
  line: line("line").array(),
  mood: b01_mood("mood").array(),
  mood_two: b01_mood("mood_two").array().array(2),
  quoted: b02_quoted("quoted").array(),
  level: b03_level("level").array(),
});

export const c08_enum_types = pgTable("enum_types", {
  mood: b01_mood("mood"),
  quoted: b02_quoted("quoted"),
  level: b03_level("level"),
  single: b04_single("single").notNull(),
});

const named = (name: string) => customType<{ data: string }>({ dataType: () => name });

export const c09_custom_types = pgTable("custom_types", {
  bytea: named("bytea")("bytea"),
  tsvector: named("tsvector")("tsvector"),
  xml: named("xml")("xml"),
  money: named("money")("money"),
  oid: named("oid")("oid"),
  int4range: named("int4range")("int4range"),
  timestamptz: named("timestamptz")("timestamptz"),
  timestamptz_precision: named("timestamptz(3)")("timestamptz_precision"),
  character_varying: named("character varying(10)")("character_varying"),
  bytea_array: named("bytea")("bytea_array").array(),
});

// ---- defaults

export const d01_text_defaults = pgTable("text_defaults", {
  empty: text("empty").default(""),
  plain: text("plain").default("plain"),
  quote: text("quote").default("it's"),
  quotes: text("quotes").default("''"),
  double_quote: text("double_quote").default('say "hi"'),
  backslash: text("backslash").default("back\\slash"),
  newline: text("newline").default("two\nlines"),
  tab: text("tab").default("a\tb"),
  unicode: text("unicode").default("ünïcode 😀"),
  semicolon: text("semicolon").default("a;b"),
  comment: text("comment").default("a -- b"),
  looks_like_call: text("looks_like_call").default("now()"),
  looks_like_null: text("looks_like_null").default("NULL"),
  looks_like_number: text("looks_like_number").default("0"),
  varchar: varchar("varchar", { length: 10 }).default("x"),
  char: char("char", { length: 3 }).default("abc"),
  bit: bit("bit", { dimensions: 3 }).default("101"),
  sql_literal: text("sql_literal").default(sql`'literal'`),
  sql_cast: text("sql_cast").default(sql`'cast'::text`),
  sql_call: text("sql_call").default(sql`upper('x')`),
  sql_keyword: text("sql_keyword").default(sql`CURRENT_USER`),
  sql_null: text("sql_null").default(sql`NULL`),
});

export const d02_number_defaults = pgTable("number_defaults", {
  smallint_zero: smallint("smallint_zero").default(0),
  integer_one: integer("integer_one").default(1),
  integer_negative: integer("integer_negative").default(-1),
  integer_max: integer("integer_max").default(2147483647),
  bigint_number: bigint("bigint_number", { mode: "number" }).default(9007199254740991),
  bigint_negative: bigint("bigint_negative", { mode: "number" }).default(-5),
  bigint_sql: bigint("bigint_sql", { mode: "bigint" }).default(sql`9223372036854775807`),
  real_tenth: real("real_tenth").default(0.1),
  real_negative: real("real_negative").default(-0.5),
  double_large: doublePrecision("double_large").default(1e21),
  double_small: doublePrecision("double_small").default(1e-7),
  double_whole: doublePrecision("double_whole").default(2.0),
  numeric_string: numeric("numeric_string").default("1.50"),
  numeric_string_zero: numeric("numeric_string_zero", { precision: 10, scale: 2 }).default("0"),
  numeric_string_negative: numeric("numeric_string_negative", { precision: 10, scale: 2 }).default("-1.25"),
  numeric_number: numeric("numeric_number", { mode: "number" }).default(1.5),
  numeric_number_zero: numeric("numeric_number_zero", { mode: "number", precision: 10, scale: 2 }).default(0),
  sql_expression: integer("sql_expression").default(sql`1 + 1`),
  sql_negative: integer("sql_negative").default(sql`-1`),
});

export const d03_boolean_defaults = pgTable("boolean_defaults", {
  yes: boolean("yes").default(true),
  no: boolean("no").default(false),
  sql_yes: boolean("sql_yes").default(sql`true`),
});

export const d04_json_defaults = pgTable("json_defaults", {
  json_object: json("json_object").default({}),
  json_nested: json("json_nested").default({ a: 1, b: "text", c: [1, null, true], d: { e: 'say "hi"', f: "back\\slash" } }),
  jsonb_object: jsonb("jsonb_object").default({}),
  jsonb_array: jsonb("jsonb_array").default([]),
  jsonb_numbers: jsonb("jsonb_numbers").default([1, -2, 3.5]),
  jsonb_nested: jsonb("jsonb_nested").default({ z: 1, a: { b: ["ü", "two\nlines"] } }),
  jsonb_number: jsonb("jsonb_number").default(5),
  jsonb_boolean: jsonb("jsonb_boolean").default(true),
  jsonb_null: jsonb("jsonb_null").default(null),
  jsonb_sql: jsonb("jsonb_sql").default(sql`'{"a": "it''s"}'::jsonb`),
});

const moment = new Date("2024-02-03T04:05:06.789Z");

export const d05_date_defaults = pgTable("date_defaults", {
  date_string: date("date_string").default("2024-02-03"),
  date_date: date("date_date", { mode: "date" }).default(moment),
  date_now: date("date_now").defaultNow(),
  date_sql: date("date_sql").default(sql`CURRENT_DATE`),
  time_string: time("time_string").default("04:05:06"),
  time_zone_string: time("time_zone_string", { withTimezone: true }).default("04:05:06+02"),
  time_now: time("time_now").defaultNow(),
  timestamp_date: timestamp("timestamp_date").default(moment),
  timestamp_precision_date: timestamp("timestamp_precision_date", { precision: 3 }).default(moment),
  timestamp_zone_date: timestamp("timestamp_zone_date", { withTimezone: true }).default(moment),
  timestamp_precision_zone_date: timestamp("timestamp_precision_zone_date", { precision: 3, withTimezone: true }).default(moment),
  timestamp_string: timestamp("timestamp_string", { mode: "string" }).default("2024-02-03 04:05:06"),
  timestamp_precision_string: timestamp("timestamp_precision_string", { mode: "string", precision: 3 }).default("2024-02-03 04:05:06.789"),
  timestamp_zone_string: timestamp("timestamp_zone_string", { mode: "string", withTimezone: true }).default("2024-02-03T04:05:06Z"),
  timestamp_now: timestamp("timestamp_now").defaultNow(),
  timestamp_zone_now: timestamp("timestamp_zone_now", { withTimezone: true }).defaultNow(),
  timestamp_sql: timestamp("timestamp_sql").default(sql`now() + interval '1 day'`),
  interval_string: interval("interval_string").default("1 day"),
  interval_fields_string: interval("interval_fields_string", { fields: "day to second" }).default("1 day 02:03:04"),
});

export const d06_array_defaults = pgTable("array_defaults", {
  text: text("text").array().default(["a", "b"]),
  text_special: text("text_special").array().default(["a b", "c,d", "{e}", "", "NULL"]),
  text_empty: text("text_empty").array().default([]),
  text_two: text("text_two").array().array().default([["a", "b"], ["c", "d"]]),
  varchar: varchar("varchar", { length: 5 }).array().default(["x"]),
  integer: integer("integer").array().default([1, 2, -3]),
  integer_size: integer("integer_size").array(2).default([1, 2]),
  integer_two: integer("integer_two").array().array().default([[1, 2], [3, 4]]),
  real: real("real").array().default([0.1, -2]),
  bigint: bigint("bigint", { mode: "bigint" }).array().default([1n, -9223372036854775808n]),
  numeric: numeric("numeric").array().default(["1.50", "2"]),
  boolean: boolean("boolean").array().default([true, false]),
  uuid: uuid("uuid").array().default(["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"]),
  date_string: date("date_string").array().default(["2024-02-03"]),
  date_date: date("date_date", { mode: "date" }).array().default([moment]),
  timestamp_date: timestamp("timestamp_date").array().default([moment]),
  timestamp_zone_date: timestamp("timestamp_zone_date", { withTimezone: true }).array().default([moment]),
  jsonb: jsonb("jsonb").array().default([{ a: 1, b: "x" }]),
  mood: b01_mood("mood").array().default(["sad", "ok"]),
  mood_empty: b01_mood("mood_empty").array().default([]),
  level: b03_level("level").array().default(["low"]),
  sql_array: text("sql_array").array().default(sql`ARRAY['x']::text[]`),
  sql_literal: text("sql_literal").array().default(sql`'{}'`),
});

export const d07_other_defaults = pgTable("other_defaults", {
  mood: b01_mood("mood").default("ok"),
  quoted: b02_quoted("quoted").default("it's"),
  level: b03_level("level").default("low"),
  mood_sql: b01_mood("mood_sql").default(sql`'sad'::mood`),
  uuid_random: uuid("uuid_random").defaultRandom(),
  uuid_string: uuid("uuid_string").default("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
  inet: inet("inet").default("127.0.0.1"),
  cidr: cidr("cidr").default("10.0.0.0/8"),
  macaddr: macaddr("macaddr").default("08:00:2b:01:02:03"),
  point_sql: point("point_sql").default(sql`'(1,2)'`),
  line_sql: line("line_sql").default(sql`'{1,2,3}'`),
  null_literal: integer("null_literal").default(null),
  application_side: text("application_side").$defaultFn(() => "made by the application"),
  application_update: text("application_update").$onUpdate(() => "made by the application"),
});

// ---- NOT NULL, identity, generated

export const e01_not_null = pgTable("not_null", {
  plain: text("plain").notNull(),
  with_default: integer("with_default").notNull().default(0),
  default_first: integer("default_first").default(0).notNull(),
  array: text("array").array().notNull().default([]),
  mood: b01_mood("mood").notNull().default("sad"),
});

export const f01_identity = pgTable("identity", {
  smallint_always: smallint("smallint_always").generatedAlwaysAsIdentity(),
  integer_always: integer("integer_always").generatedAlwaysAsIdentity(),
  bigint_always: bigint("bigint_always", { mode: "number" }).generatedAlwaysAsIdentity(),
  smallint_default: smallint("smallint_default").generatedByDefaultAsIdentity(),
  integer_default: integer("integer_default").generatedByDefaultAsIdentity(),
  bigint_default: bigint("bigint_default", { mode: "bigint" }).generatedByDefaultAsIdentity(),
});

export const f02_identity_options = pgTable("identity_options", {
  named: integer("named").generatedAlwaysAsIdentity({ name: "my_sequence" }),
  start: integer("start").generatedAlwaysAsIdentity({ startWith: 1000 }),
  increment: integer("increment").generatedAlwaysAsIdentity({ increment: 10 }),
  range: integer("range").generatedAlwaysAsIdentity({ minValue: 5, maxValue: 500 }),
  cache: integer("cache").generatedAlwaysAsIdentity({ cache: 20 }),
  cycle: integer("cycle").generatedByDefaultAsIdentity({ cycle: true }),
  no_cycle: integer("no_cycle").generatedByDefaultAsIdentity({ cycle: false }),
  descending: integer("descending").generatedByDefaultAsIdentity({ increment: -1 }),
  strings: bigint("strings", { mode: "bigint" }).generatedByDefaultAsIdentity({ startWith: "100", maxValue: "9000000000000000000" }),
  all: bigint("all", { mode: "number" }).generatedAlwaysAsIdentity({
    name: "All Options",
    startWith: 100,
    increment: 2,
    minValue: 10,
    maxValue: 10000,
    cache: 5,
    cycle: true,
  }),
});

export const f03_identity_key = pgTable("identity_key", {
  id: integer("id").primaryKey().generatedAlwaysAsIdentity(),
  name: text("name").notNull(),
});

export const g01_generated = pgTable("generated", {
  first: text("first").notNull(),
  last: text("last").notNull(),
  amount: integer("amount"),
  by_sql: text("by_sql").generatedAlwaysAs(sql`first || ' ' || last`),
  by_string: text("by_string").generatedAlwaysAs("upper(first)"),
  by_function: text("by_function").generatedAlwaysAs((): SQL => sql`${g01_generated.first} || 'it''s'`),
  by_expression: integer("by_expression").generatedAlwaysAs((): SQL => sql`${g01_generated.amount} * 2`).notNull(),
  searchable: named("tsvector")("searchable").generatedAlwaysAs((): SQL => sql`to_tsvector('english', ${g01_generated.first})`),
  unique_generated: text("unique_generated").generatedAlwaysAs("lower(last)").unique(),
});

// ---- primary keys

export const h01_key_single = pgTable("key_single", { id: integer("id").primaryKey(), name: text("name") });
export const h02_key_serial = pgTable("key_serial", { id: serial("id").primaryKey() });
export const h03_key_uuid = pgTable("key_uuid", { id: uuid("id").primaryKey().defaultRandom() });
export const h04_key_not_first = pgTable("key_not_first", { name: text("name"), id: text("id").primaryKey() });

export const h05_key_composite = pgTable(
  "key_composite",
  { a: integer("a"), b: text("b").notNull(), c: text("c") },
  (table) => [primaryKey({ columns: [table.a, table.b] })],
);
export const h06_key_composite_named = pgTable(
  "key_composite_named",
  { a: integer("a"), b: text("b") },
  (table) => [primaryKey({ name: "My Key", columns: [table.b, table.a] })],
);
export const h07_key_composite_one = pgTable("key_composite_one", { a: integer("a") }, (table) => [primaryKey({ columns: [table.a] })]);

// ---- unique constraints

export const i01_unique_column = pgTable("unique_column", {
  plain: text("plain").unique(),
  named: text("named").unique("Named Unique"),
  nulls_distinct: text("nulls_distinct").unique("nulls_distinct_key", { nulls: "distinct" }),
  nulls_not_distinct: text("nulls_not_distinct").unique("nulls_not_distinct_key", { nulls: "not distinct" }),
  nulls_not_distinct_unnamed: text("nulls_not_distinct_unnamed").unique(undefined, { nulls: "not distinct" }),
  not_null: text("not_null").notNull().unique(),
  key: integer("key").primaryKey().unique(),
});

export const i02_unique_table = pgTable(
  "unique_table",
  { a: text("a"), b: text("b"), c: text("c"), d: text("d").unique() },
  (table) => [
    unique().on(table.a),
    unique().on(table.a, table.b),
    unique("unique_table_named").on(table.b, table.c),
    unique("unique_table_nulls_not_distinct").on(table.a, table.c).nullsNotDistinct(),
    unique().on(table.c).nullsNotDistinct(),
  ],
);

// ---- foreign keys

export const j01_parent = pgTable(
  "parent",
  { id: integer("id").primaryKey(), a: integer("a").notNull(), b: text("b").notNull(), name: text("name").unique() },
  (table) => [unique().on(table.a, table.b)],
);

export const j02_child = pgTable("child", {
  id: integer("id").primaryKey(),
  plain: integer("plain").references(() => j01_parent.id),
  not_null: integer("not_null").notNull().references(() => j01_parent.id),
  by_name: text("by_name").references(() => j01_parent.name),
  cascade: integer("cascade").references(() => j01_parent.id, { onDelete: "cascade", onUpdate: "cascade" }),
  restrict: integer("restrict").references(() => j01_parent.id, { onDelete: "restrict", onUpdate: "restrict" }),
  set_null: integer("set_null").references(() => j01_parent.id, { onDelete: "set null", onUpdate: "set null" }),
  set_default: integer("set_default").default(0).references(() => j01_parent.id, { onDelete: "set default", onUpdate: "set default" }),
  no_action: integer("no_action").references(() => j01_parent.id, { onDelete: "no action", onUpdate: "no action" }),
  only_delete: integer("only_delete").references(() => j01_parent.id, { onDelete: "cascade" }),
  only_update: integer("only_update").references(() => j01_parent.id, { onUpdate: "cascade" }),
  self: integer("self").references((): AnyPgColumn => j02_child.id),
  later: integer("later").references((): AnyPgColumn => j04_later.id),
});

export const j03_child_table = pgTable(
  "child_table",
  { id: integer("id").primaryKey(), a: integer("a"), b: text("b"), parent: integer("parent"), inline: integer("inline").references(() => j01_parent.id) },
  (table) => [
    foreignKey({ columns: [table.a, table.b], foreignColumns: [j01_parent.a, j01_parent.b] }),
    foreignKey({ name: "Named Key", columns: [table.a, table.b], foreignColumns: [j01_parent.a, j01_parent.b] })
      .onDelete("cascade")
      .onUpdate("set null"),
    foreignKey({ columns: [table.parent], foreignColumns: [table.id], name: "child_table_self" }).onDelete("set null"),
  ],
);

export const j04_later = pgTable("later", { id: integer("id").primaryKey() });

// ---- checks

export const k01_checks = pgTable(
  "checks",
  { amount: integer("amount"), name: text("name"), "Mixed Case": text("Mixed Case") },
  (table) => [
    check("amount_positive", sql`${table.amount} > 0`),
    check("unqualified", sql`amount < 100`),
    check("quotes", sql`${table.name} <> 'it''s' AND ${table.name} <> 'say "hi"'`),
    check("Mixed Case Check", sql`${table["Mixed Case"]} IS NOT NULL`),
    check("comma", sql`${table.name} IN ('a', 'b')`),
    check("raw", sql`${table.amount} > ${sql.raw("-1")}`),
    check("multi_line", sql`(
  ${table.amount} IS NULL
  OR ${table.name} IS NULL
)`),
  ],
);

// ---- indexes

export const l01_indexes = pgTable(
  "indexes",
  { a: integer("a"), b: text("b"), c: jsonb("c"), d: text("d").array(), e: point("e"), f: inet("f"), "Mixed Case": text("Mixed Case") },
  (table) => [
    index().on(table.a),
    index().on(table.a, table.b),
    uniqueIndex().on(table.b),
    index("named_idx").on(table.a),
    uniqueIndex("unique_idx").on(table.a, table.b),
    index("Mixed Case Idx").on(table["Mixed Case"]),
    index("asc_idx").on(table.a.asc()),
    index("desc_idx").on(table.a.desc()),
    index("asc_nulls_first_idx").on(table.a.asc().nullsFirst()),
    index("asc_nulls_last_idx").on(table.a.asc().nullsLast()),
    index("desc_nulls_first_idx").on(table.a.desc().nullsFirst()),
    index("desc_nulls_last_idx").on(table.a.desc().nullsLast()),
    index("nulls_first_idx").on(table.a.nullsFirst()),
    index("mixed_order_idx").on(table.a.desc().nullsFirst(), table.b, table.f.nullsFirst()),
    index("op_idx").on(table.b.op("text_pattern_ops")),
    index("op_nulls_first_idx").on(table.b.nullsFirst().op("text_pattern_ops")),
    index("op_mixed_idx").on(table.a, table.b.op("text_pattern_ops")),
    index("expression_idx").on(sql`lower(${table.b})`),
    index("expression_operator_idx").on(sql`(${table.a} + 1)`),
    index("expression_desc_idx").on(sql`lower(${table.b}) DESC`),
    index("expression_mixed_idx").on(table.a, sql`lower(${table.b})`),
    uniqueIndex("expression_unique_idx").on(sql`lower(${table.b})`),
    index("where_idx").on(table.a).where(sql`${table.a} > 0`),
    index("where_unqualified_idx").on(table.a).where(sql`b = 'it''s'`),
    uniqueIndex("using_unique_idx").using("btree", table.b.op("text_pattern_ops")).with({ fillfactor: 90 }),
    uniqueIndex("where_unique_idx").on(table.b).where(sql`${table.b} IS NOT NULL`),
    index("concurrently_idx").on(table.a).concurrently(),
    index("btree_idx").using("btree", table.a, table.b.desc()),
    index("hash_idx").using("hash", table.b),
    index("gin_idx").using("gin", table.c),
    index("gin_op_idx").using("gin", table.c.op("jsonb_path_ops")),
    index("gin_array_idx").using("gin", table.d),
    index("gin_expression_idx").using("gin", sql`to_tsvector('english', ${table.b})`),
    index("gist_idx").using("gist", table.e),
    index("gist_op_idx").using("gist", table.f.op("inet_ops")),
    index("spgist_idx").using("spgist", table.e),
    index("brin_idx").using("brin", table.a),
    index("with_idx").on(table.a).with({ fillfactor: 70 }),
    index("with_two_idx").using("btree", table.a).with({ fillfactor: 70, deduplicate_items: "off" }),
    index("with_boolean_idx").using("gin", table.c).with({ fastupdate: false }),
    index("with_string_idx").using("brin", table.a).with({ pages_per_range: "32" }),
    index("on_only_idx").onOnly(table.b),
    index("all_idx").using("btree", table.a.desc().nullsLast(), sql`lower(${table.b})`).concurrently().with({ fillfactor: 80 }).where(sql`${table.a} IS NOT NULL`),
  ],
);

// ---- schemas

export const m01_users = a01_app.table(
  "users",
  {
    id: serial("id").primaryKey(),
    number: integer("number").generatedAlwaysAsIdentity(),
    email: text("email").notNull().unique(),
    level: b03_level("level").notNull().default("low"),
    levels: b03_level("levels").array().default(["low", "high"]),
    mood: b01_mood("mood"),
    parent: integer("parent").references((): AnyPgColumn => m01_users.id),
    shouted: text("shouted").generatedAlwaysAs((): SQL => sql`upper(${m01_users.email})`),
  },
  (table) => [
    index("users_level_idx").on(table.level),
    index("users_lower_idx").on(sql`lower(${table.email})`),
    index("users_where_idx").on(table.level).where(sql`${table.level} = 'low'`),
    check("users_check", sql`${table.email} <> ''`),
    unique().on(table.email, table.level),
  ],
);

export const m02_entries = a02_Audit.table(
  "Log Entries",
  { user: integer("user").references(() => m01_users.id, { onDelete: "cascade" }), at: timestamp("at").notNull(), parent: integer("parent").references(() => j01_parent.id) },
  (table) => [primaryKey({ columns: [table.user, table.at] })],
);

export const m03_from_public = pgTable("from_public", { user: integer("user").primaryKey().references(() => m01_users.id) });

// ---- names

export const n01_names = pgTable(
  "Names With Spaces",
  {
    camelCase: text("camelCase"),
    select: text("select"),
    dash: text("with-dash"),
    dot: text("with.dot"),
    umlaut: text("größe"),
    digits: text("2024"),
    unnamed_key: integer(),
  },
  (table) => [index().on(table.camelCase, table.select), unique().on(table.dash)],
);

export const n02_empty = pgTable("empty", {});
