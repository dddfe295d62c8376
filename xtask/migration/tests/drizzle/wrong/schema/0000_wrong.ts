// What drizzle-kit accepts and then writes wrongly, a table per defect: SQL that a server refuses, or that does not do what the schema says.
import { sql } from "drizzle-orm";
import { bigint, check, customType, index, integer, json, jsonb, pgEnum, pgSchema, pgTable, point, text } from "drizzle-orm/pg-core";

const named = (name: string) => customType<{ data: string }>({ dataType: () => name });

export const a_app = pgSchema("app");
export const b_text_kind = pgEnum("text_Kind", ["a"]);
export const b_object_kind = pgEnum("object_kind", { First: "first", Second: "second" });
export const c_date_type = a_app.enum("date_type", ["a"]);

export const d01_json_quote = pgTable("json_quote", { value: jsonb("value").default({ a: "it's" }) });
export const d02_json_string = pgTable("json_string", { value: json("value").default("text") });
export const d03_array_quote = pgTable("array_quote", { value: text("value").array().default(["it's"]) });
export const d04_array_double_quote = pgTable("array_double_quote", { value: text("value").array().default(['say "hi"']) });
export const d05_array_backslash = pgTable("array_backslash", { value: text("value").array().default(["back\\slash"]) });
export const d06_array_null = pgTable("array_null", { value: text("value").array().default(["a", null as unknown as string]) });
export const d07_point_tuple = pgTable("point_tuple", { value: point("value").default([1, 2]) });
export const d08_point_object = pgTable("point_object", { value: point("value", { mode: "xy" }).default({ x: 1, y: 2 }) });
export const d09_breakpoint = pgTable("breakpoint", { value: text("value").default("--> statement-breakpoint") });
export const d10_infinity = pgTable("infinity", { value: integer("value").default(Number.POSITIVE_INFINITY) });

export const e01_enum_native_name = pgTable("enum_native_name", { value: b_text_kind("value") });
export const e02_enum_native_name_schema = pgTable("enum_native_name_schema", { value: c_date_type("value") });
export const e03_custom_arguments = pgTable("custom_arguments", { value: named("varbit(8)")("value") });
export const e04_custom_schema = pgTable("custom_schema", { value: named("app.date_type")("value") });
export const e05_identity_descending = pgTable("identity_descending", {
  value: bigint("value", { mode: "bigint" }).generatedAlwaysAsIdentity({ increment: -1 }),
});
export const e06_enum_object = pgTable("enum_object", { value: b_object_kind("value"), values: b_object_kind("values").array() });

export const f01_check_semicolon = pgTable("check_semicolon", { a: text("a") }, (table) => [check("check_semicolon_a", sql`${table.a} <> 'x;y'`)]);
export const f02_check_parameter = pgTable("check_parameter", { a: integer("a") }, (table) => [check("check_parameter_a", sql`${table.a} > ${5}`)]);
export const f03_index_dashes = pgTable("index_dashes", { a: text("a") }, (table) => [index("index_dashes_a").on(sql`(${table.a} || '--x')`)]);
export const f04_index_parameter = pgTable("index_parameter", { a: integer("a") }, (table) => [index("index_parameter_a").on(table.a).where(sql`${table.a} > ${5}`)]);
export const f05_index_op_desc = pgTable("index_op_desc", { a: text("a") }, (table) => [index("index_op_desc_a").on(table.a.desc().op("text_pattern_ops"))]);
export const f06_unique_comma = pgTable("unique_comma", { a: text("a,b").unique() });

export const g01_name_quote = pgTable('we"ird', { a: text('co"l') });
export const g02_name_long = pgTable("a_table_with_a_name_that_is_longer_than_the_sixty_three_bytes_of_postgres", { a: text("a").unique() });
