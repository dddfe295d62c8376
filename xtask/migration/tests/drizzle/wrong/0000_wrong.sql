CREATE SCHEMA "app";
--> statement-breakpoint
CREATE TYPE "public"."object_kind" AS ENUM('first', 'second');--> statement-breakpoint
CREATE TYPE "public"."text_Kind" AS ENUM('a');--> statement-breakpoint
CREATE TYPE "app"."date_type" AS ENUM('a');--> statement-breakpoint
CREATE TABLE "json_quote" (
	"value" jsonb DEFAULT '{"a":"it's"}'::jsonb
);
--> statement-breakpoint
CREATE TABLE "json_string" (
	"value" json DEFAULT 'text'
);
--> statement-breakpoint
CREATE TABLE "array_quote" (
	"value" text[] DEFAULT '{"it's"}'
);
--> statement-breakpoint
CREATE TABLE "array_double_quote" (
	"value" text[] DEFAULT '{"say "hi""}'
);
--> statement-breakpoint
CREATE TABLE "array_backslash" (
	"value" text[] DEFAULT '{"back\slash"}'
);
--> statement-breakpoint
CREATE TABLE "array_null" (
	"value" text[] DEFAULT '{"a","null"}'
);
--> statement-breakpoint
CREATE TABLE "point_tuple" (
	"value" "point" DEFAULT 1,2
);
--> statement-breakpoint
CREATE TABLE "point_object" (
	"value" "point" DEFAULT [object Object]
);
--> statement-breakpoint
CREATE TABLE "breakpoint" (
	"value" text DEFAULT '--> statement-breakpoint'
);
--> statement-breakpoint
CREATE TABLE "infinity" (
	"value" integer DEFAULT null
);
--> statement-breakpoint
CREATE TABLE "enum_native_name" (
	"value" text_Kind
);
--> statement-breakpoint
CREATE TABLE "enum_native_name_schema" (
	"value" date_type
);
--> statement-breakpoint
CREATE TABLE "custom_arguments" (
	"value" "varbit(8)"
);
--> statement-breakpoint
CREATE TABLE "custom_schema" (
	"value" "app.date_type"
);
--> statement-breakpoint
CREATE TABLE "identity_descending" (
	"value" bigint GENERATED ALWAYS AS IDENTITY (sequence name "identity_descending_value_seq" INCREMENT BY -1 MINVALUE -32768 MAXVALUE -1 START WITH -1 CACHE 1)
);
--> statement-breakpoint
CREATE TABLE "enum_object" (
	"value" "object_kind",
	"values" "object_kind"[]
);
--> statement-breakpoint
CREATE TABLE "check_semicolon" (
	"a" text,
	CONSTRAINT "check_semicolon_a" CHECK ("check_semicolon"."a" <> 'x)
);
--> statement-breakpoint
CREATE TABLE "check_parameter" (
	"a" integer,
	CONSTRAINT "check_parameter_a" CHECK ("check_parameter"."a" > $1)
);
--> statement-breakpoint
CREATE TABLE "index_dashes" (
	"a" text
);
--> statement-breakpoint
CREATE TABLE "index_parameter" (
	"a" integer
);
--> statement-breakpoint
CREATE TABLE "index_op_desc" (
	"a" text
);
--> statement-breakpoint
CREATE TABLE "unique_comma" (
	"a,b" text,
	CONSTRAINT "unique_comma_a,b_unique" UNIQUE("a","b")
);
--> statement-breakpoint
CREATE TABLE "we"ird" (
	"co"l" text
);
--> statement-breakpoint
CREATE TABLE "a_table_with_a_name_that_is_longer_than_the_sixty_three_bytes_of_postgres" (
	"a" text,
	CONSTRAINT "a_table_with_a_name_that_is_longer_than_the_sixty_three_bytes_of_postgres_a_unique" UNIQUE("a")
);
--> statement-breakpoint
CREATE INDEX "index_dashes_a" ON "index_dashes" USING btree ("("a" || '" last);--> statement-breakpoint
CREATE INDEX "index_parameter_a" ON "index_parameter" USING btree ("a") WHERE "index_parameter"."a" > $1;--> statement-breakpoint
CREATE INDEX "index_op_desc_a" ON "index_op_desc" USING btree ("a" text_pattern_ops);