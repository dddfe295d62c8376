CREATE SCHEMA "app";
--> statement-breakpoint
CREATE SCHEMA "Audit Log";
--> statement-breakpoint
CREATE TYPE "public"."mood" AS ENUM('sad', 'ok', 'happy');--> statement-breakpoint
CREATE TYPE "public"."Quoted Kind" AS ENUM('it''s', 'say "hi"', 'a b', 'Ünïcode');--> statement-breakpoint
CREATE TYPE "app"."level" AS ENUM('low', 'high');--> statement-breakpoint
CREATE TYPE "public"."single" AS ENUM('only');--> statement-breakpoint
CREATE TABLE "integer_types" (
	"smallint" smallint,
	"integer" integer,
	"bigint_number" bigint,
	"bigint_bigint" bigint,
	"smallserial" "smallserial" NOT NULL,
	"serial" serial NOT NULL,
	"bigserial_number" bigserial NOT NULL,
	"bigserial_bigint" bigserial
);
--> statement-breakpoint
CREATE TABLE "numeric_types" (
	"numeric" numeric,
	"numeric_precision" numeric(10),
	"numeric_scale_zero" numeric(10, 0),
	"numeric_scale" numeric(18, 8),
	"numeric_string" numeric(10, 2),
	"numeric_number" numeric(10, 2),
	"numeric_bigint" numeric(30),
	"decimal" numeric,
	"decimal_scale" numeric(5, 2),
	"decimal_number" numeric(5),
	"decimal_bigint" numeric,
	"real" real,
	"double_precision" double precision
);
--> statement-breakpoint
CREATE TABLE "text_types" (
	"text" text,
	"text_enum" text,
	"varchar" varchar,
	"varchar_length" varchar(255),
	"varchar_enum" varchar(8),
	"char" char,
	"char_length" char(3),
	"char_enum" char(1),
	"uuid" uuid,
	"boolean" boolean,
	"bit" bit(3)
);
--> statement-breakpoint
CREATE TABLE "date_types" (
	"date" date,
	"date_date" date,
	"date_string" date,
	"time" time,
	"time_zero" time(0),
	"time_precision" time(3),
	"time_zone" time with time zone,
	"time_precision_zone" time(3) with time zone,
	"timestamp" timestamp,
	"timestamp_date" timestamp,
	"timestamp_zero" timestamp (0),
	"timestamp_precision" timestamp (3),
	"timestamp_zone" timestamp with time zone,
	"timestamp_precision_zone" timestamp (6) with time zone,
	"timestamp_string" timestamp,
	"timestamp_string_precision" timestamp(3),
	"timestamp_string_zone" timestamp with time zone,
	"timestamp_string_precision_zone" timestamp(6) with time zone
);
--> statement-breakpoint
CREATE TABLE "interval_types" (
	"interval" interval,
	"precision" interval(3),
	"year" interval year,
	"month" interval month,
	"day" interval day,
	"hour" interval hour,
	"minute" interval minute,
	"second" interval second,
	"second_precision" interval second(3),
	"year_to_month" interval year to month,
	"day_to_hour" interval day to hour,
	"day_to_minute" interval day to minute,
	"day_to_second" interval day to second,
	"hour_to_minute" interval hour to minute,
	"hour_to_second" interval hour to second,
	"minute_to_second" interval minute to second,
	"day_to_second_precision" interval day to second(6)
);
--> statement-breakpoint
CREATE TABLE "other_types" (
	"json" json,
	"jsonb" jsonb,
	"inet" "inet",
	"cidr" "cidr",
	"macaddr" "macaddr",
	"macaddr8" "macaddr8",
	"point" "point",
	"point_tuple" "point",
	"point_xy" "point",
	"line" "line",
	"line_tuple" "line",
	"line_abc" "line"
);
--> statement-breakpoint
CREATE TABLE "array_types" (
	"text" text[],
	"text_size" text[3],
	"text_two" text[][],
	"integer_sizes" integer[2][3],
	"integer_mixed" integer[][3][],
	"varchar" varchar(10)[],
	"numeric" numeric(10, 2)[],
	"timestamp" timestamp (3)[],
	"timestamp_zone" timestamp with time zone[],
	"boolean" boolean[],
	"uuid" uuid[],
	"json" json[],
	"jsonb" jsonb[],
	"inet" "inet"[],
	"smallint" smallint[],
	"bigint" bigint[],
	"real" real[],
	"double_precision" double precision[],
	"char" char(2)[],
	"bit" bit(4)[],
	"date" date[],
	"time" time(3) with time zone[],
	"interval" interval day to second(3)[],
	"cidr" "cidr"[],
	"macaddr" "macaddr"[],
	"macaddr8" "macaddr8"[],
	"point" "point"[],
	"line" "line"[],
	"mood" "mood"[],
	"mood_two" "mood"[][2],
	"quoted" "Quoted Kind"[],
	"level" "app"."level"[]
);
--> statement-breakpoint
CREATE TABLE "enum_types" (
	"mood" "mood",
	"quoted" "Quoted Kind",
	"level" "app"."level",
	"single" "single" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "custom_types" (
	"bytea" "bytea",
	"tsvector" "tsvector",
	"xml" "xml",
	"money" "money",
	"oid" "oid",
	"int4range" "int4range",
	"timestamptz" timestamptz,
	"timestamptz_precision" timestamptz(3),
	"character_varying" character varying(10),
	"bytea_array" "bytea"[]
);
--> statement-breakpoint
CREATE TABLE "text_defaults" (
	"empty" text DEFAULT '',
	"plain" text DEFAULT 'plain',
	"quote" text DEFAULT 'it''s',
	"quotes" text DEFAULT '''''',
	"double_quote" text DEFAULT 'say "hi"',
	"backslash" text DEFAULT 'back\slash',
	"newline" text DEFAULT 'two
lines',
	"tab" text DEFAULT 'a	b',
	"unicode" text DEFAULT 'ünïcode 😀',
	"semicolon" text DEFAULT 'a;b',
	"comment" text DEFAULT 'a -- b',
	"looks_like_call" text DEFAULT 'now()',
	"looks_like_null" text DEFAULT 'NULL',
	"looks_like_number" text DEFAULT '0',
	"varchar" varchar(10) DEFAULT 'x',
	"char" char(3) DEFAULT 'abc',
	"bit" bit(3) DEFAULT '101',
	"sql_literal" text DEFAULT 'literal',
	"sql_cast" text DEFAULT 'cast'::text,
	"sql_call" text DEFAULT upper('x'),
	"sql_keyword" text DEFAULT CURRENT_USER,
	"sql_null" text DEFAULT NULL
);
--> statement-breakpoint
CREATE TABLE "number_defaults" (
	"smallint_zero" smallint DEFAULT 0,
	"integer_one" integer DEFAULT 1,
	"integer_negative" integer DEFAULT -1,
	"integer_max" integer DEFAULT 2147483647,
	"bigint_number" bigint DEFAULT 9007199254740991,
	"bigint_negative" bigint DEFAULT -5,
	"bigint_sql" bigint DEFAULT 9223372036854775807,
	"real_tenth" real DEFAULT 0.1,
	"real_negative" real DEFAULT -0.5,
	"double_large" double precision DEFAULT 1e+21,
	"double_small" double precision DEFAULT 1e-7,
	"double_whole" double precision DEFAULT 2,
	"numeric_string" numeric DEFAULT '1.50',
	"numeric_string_zero" numeric(10, 2) DEFAULT '0',
	"numeric_string_negative" numeric(10, 2) DEFAULT '-1.25',
	"numeric_number" numeric DEFAULT 1.5,
	"numeric_number_zero" numeric(10, 2) DEFAULT 0,
	"sql_expression" integer DEFAULT 1 + 1,
	"sql_negative" integer DEFAULT -1
);
--> statement-breakpoint
CREATE TABLE "boolean_defaults" (
	"yes" boolean DEFAULT true,
	"no" boolean DEFAULT false,
	"sql_yes" boolean DEFAULT true
);
--> statement-breakpoint
CREATE TABLE "json_defaults" (
	"json_object" json DEFAULT '{}'::json,
	"json_nested" json DEFAULT '{"a":1,"b":"text","c":[1,null,true],"d":{"e":"say \"hi\"","f":"back\\slash"}}'::json,
	"jsonb_object" jsonb DEFAULT '{}'::jsonb,
	"jsonb_array" jsonb DEFAULT '[]'::jsonb,
	"jsonb_numbers" jsonb DEFAULT '[1,-2,3.5]'::jsonb,
	"jsonb_nested" jsonb DEFAULT '{"z":1,"a":{"b":["ü","two\nlines"]}}'::jsonb,
	"jsonb_number" jsonb DEFAULT '5'::jsonb,
	"jsonb_boolean" jsonb DEFAULT 'true'::jsonb,
	"jsonb_null" jsonb DEFAULT 'null'::jsonb,
	"jsonb_sql" jsonb DEFAULT '{"a": "it''s"}'::jsonb
);
--> statement-breakpoint
CREATE TABLE "date_defaults" (
	"date_string" date DEFAULT '2024-02-03',
	"date_date" date DEFAULT '2024-02-03',
	"date_now" date DEFAULT now(),
	"date_sql" date DEFAULT CURRENT_DATE,
	"time_string" time DEFAULT '04:05:06',
	"time_zone_string" time with time zone DEFAULT '04:05:06+02',
	"time_now" time DEFAULT now(),
	"timestamp_date" timestamp DEFAULT '2024-02-03 04:05:06.789',
	"timestamp_precision_date" timestamp (3) DEFAULT '2024-02-03T04:05:06.789Z',
	"timestamp_zone_date" timestamp with time zone DEFAULT '2024-02-03T04:05:06.789Z',
	"timestamp_precision_zone_date" timestamp (3) with time zone DEFAULT '2024-02-03T04:05:06.789Z',
	"timestamp_string" timestamp DEFAULT '2024-02-03 04:05:06',
	"timestamp_precision_string" timestamp(3) DEFAULT '2024-02-03 04:05:06.789',
	"timestamp_zone_string" timestamp with time zone DEFAULT '2024-02-03T04:05:06Z',
	"timestamp_now" timestamp DEFAULT now(),
	"timestamp_zone_now" timestamp with time zone DEFAULT now(),
	"timestamp_sql" timestamp DEFAULT now() + interval '1 day',
	"interval_string" interval DEFAULT '1 day',
	"interval_fields_string" interval day to second DEFAULT '1 day 02:03:04'
);
--> statement-breakpoint
CREATE TABLE "array_defaults" (
	"text" text[] DEFAULT '{"a","b"}',
	"text_special" text[] DEFAULT '{"a b","c,d","{e}","","NULL"}',
	"text_empty" text[] DEFAULT '{}',
	"text_two" text[][] DEFAULT '{{"a","b"},{"c","d"}}',
	"varchar" varchar(5)[] DEFAULT '{"x"}',
	"integer" integer[] DEFAULT '{1,2,-3}',
	"integer_size" integer[2] DEFAULT '{1,2}',
	"integer_two" integer[][] DEFAULT '{{1,2},{3,4}}',
	"real" real[] DEFAULT '{0.1,-2}',
	"bigint" bigint[] DEFAULT '{1,-9223372036854775808}',
	"numeric" numeric[] DEFAULT '{"1.50","2"}',
	"boolean" boolean[] DEFAULT '{true,false}',
	"uuid" uuid[] DEFAULT '{"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"}',
	"date_string" date[] DEFAULT '{"2024-02-03"}',
	"date_date" date[] DEFAULT '{"2024-02-03"}',
	"timestamp_date" timestamp[] DEFAULT '{"2024-02-03 04:05:06.789"}',
	"timestamp_zone_date" timestamp with time zone[] DEFAULT '{"2024-02-03T04:05:06.789Z"}',
	"jsonb" jsonb[] DEFAULT '{"{\"a\":1,\"b\":\"x\"}"}',
	"mood" "mood"[] DEFAULT '{"sad","ok"}',
	"mood_empty" "mood"[] DEFAULT '{}',
	"level" "app"."level"[] DEFAULT '{"low"}',
	"sql_array" text[] DEFAULT ARRAY['x']::text[],
	"sql_literal" text[] DEFAULT '{}'
);
--> statement-breakpoint
CREATE TABLE "other_defaults" (
	"mood" "mood" DEFAULT 'ok',
	"quoted" "Quoted Kind" DEFAULT 'it''s',
	"level" "app"."level" DEFAULT 'low',
	"mood_sql" "mood" DEFAULT 'sad'::mood,
	"uuid_random" uuid DEFAULT gen_random_uuid(),
	"uuid_string" uuid DEFAULT 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
	"inet" "inet" DEFAULT '127.0.0.1',
	"cidr" "cidr" DEFAULT '10.0.0.0/8',
	"macaddr" "macaddr" DEFAULT '08:00:2b:01:02:03',
	"point_sql" "point" DEFAULT '(1,2)',
	"line_sql" "line" DEFAULT '{1,2,3}',
	"null_literal" integer DEFAULT null,
	"application_side" text,
	"application_update" text
);
--> statement-breakpoint
CREATE TABLE "not_null" (
	"plain" text NOT NULL,
	"with_default" integer DEFAULT 0 NOT NULL,
	"default_first" integer DEFAULT 0 NOT NULL,
	"array" text[] DEFAULT '{}' NOT NULL,
	"mood" "mood" DEFAULT 'sad' NOT NULL
);
--> statement-breakpoint
CREATE TABLE "identity" (
	"smallint_always" smallint GENERATED ALWAYS AS IDENTITY (sequence name "identity_smallint_always_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 32767 START WITH 1 CACHE 1),
	"integer_always" integer GENERATED ALWAYS AS IDENTITY (sequence name "identity_integer_always_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"bigint_always" bigint GENERATED ALWAYS AS IDENTITY (sequence name "identity_bigint_always_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"smallint_default" smallint GENERATED BY DEFAULT AS IDENTITY (sequence name "identity_smallint_default_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 32767 START WITH 1 CACHE 1),
	"integer_default" integer GENERATED BY DEFAULT AS IDENTITY (sequence name "identity_integer_default_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"bigint_default" bigint GENERATED BY DEFAULT AS IDENTITY (sequence name "identity_bigint_default_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1)
);
--> statement-breakpoint
CREATE TABLE "identity_options" (
	"named" integer GENERATED ALWAYS AS IDENTITY (sequence name "my_sequence" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"start" integer GENERATED ALWAYS AS IDENTITY (sequence name "identity_options_start_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1000 CACHE 1),
	"increment" integer GENERATED ALWAYS AS IDENTITY (sequence name "identity_options_increment_seq" INCREMENT BY 10 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"range" integer GENERATED ALWAYS AS IDENTITY (sequence name "identity_options_range_seq" INCREMENT BY 1 MINVALUE 5 MAXVALUE 500 START WITH 5 CACHE 1),
	"cache" integer GENERATED ALWAYS AS IDENTITY (sequence name "identity_options_cache_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 20),
	"cycle" integer GENERATED BY DEFAULT AS IDENTITY (sequence name "identity_options_cycle_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1 CYCLE),
	"no_cycle" integer GENERATED BY DEFAULT AS IDENTITY (sequence name "identity_options_no_cycle_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"descending" integer GENERATED BY DEFAULT AS IDENTITY (sequence name "identity_options_descending_seq" INCREMENT BY -1 MINVALUE -32768 MAXVALUE -1 START WITH -1 CACHE 1),
	"strings" bigint GENERATED BY DEFAULT AS IDENTITY (sequence name "identity_options_strings_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9000000000000000000 START WITH 100 CACHE 1),
	"all" bigint GENERATED ALWAYS AS IDENTITY (sequence name "All Options" INCREMENT BY 2 MINVALUE 10 MAXVALUE 10000 START WITH 100 CACHE 5 CYCLE)
);
--> statement-breakpoint
CREATE TABLE "identity_key" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "identity_key_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"name" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "generated" (
	"first" text NOT NULL,
	"last" text NOT NULL,
	"amount" integer,
	"by_sql" text GENERATED ALWAYS AS (first || ' ' || last) STORED,
	"by_string" text GENERATED ALWAYS AS (upper(first)) STORED,
	"by_function" text GENERATED ALWAYS AS ("generated"."first" || 'it''s') STORED,
	"by_expression" integer GENERATED ALWAYS AS ("generated"."amount" * 2) STORED NOT NULL,
	"searchable" "tsvector" GENERATED ALWAYS AS (to_tsvector('english', "generated"."first")) STORED,
	"unique_generated" text GENERATED ALWAYS AS (lower(last)) STORED,
	CONSTRAINT "generated_unique_generated_unique" UNIQUE("unique_generated")
);
--> statement-breakpoint
CREATE TABLE "key_single" (
	"id" integer PRIMARY KEY NOT NULL,
	"name" text
);
--> statement-breakpoint
CREATE TABLE "key_serial" (
	"id" serial PRIMARY KEY NOT NULL
);
--> statement-breakpoint
CREATE TABLE "key_uuid" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "key_not_first" (
	"name" text,
	"id" text PRIMARY KEY NOT NULL
);
--> statement-breakpoint
CREATE TABLE "key_composite" (
	"a" integer,
	"b" text NOT NULL,
	"c" text,
	CONSTRAINT "key_composite_a_b_pk" PRIMARY KEY("a","b")
);
--> statement-breakpoint
CREATE TABLE "key_composite_named" (
	"a" integer,
	"b" text,
	CONSTRAINT "My Key" PRIMARY KEY("b","a")
);
--> statement-breakpoint
CREATE TABLE "key_composite_one" (
	"a" integer,
	CONSTRAINT "key_composite_one_a_pk" PRIMARY KEY("a")
);
--> statement-breakpoint
CREATE TABLE "unique_column" (
	"plain" text,
	"named" text,
	"nulls_distinct" text,
	"nulls_not_distinct" text,
	"nulls_not_distinct_unnamed" text,
	"not_null" text NOT NULL,
	"key" integer PRIMARY KEY NOT NULL,
	CONSTRAINT "unique_column_plain_unique" UNIQUE("plain"),
	CONSTRAINT "Named Unique" UNIQUE("named"),
	CONSTRAINT "nulls_distinct_key" UNIQUE("nulls_distinct"),
	CONSTRAINT "nulls_not_distinct_key" UNIQUE NULLS NOT DISTINCT("nulls_not_distinct"),
	CONSTRAINT "unique_column_nulls_not_distinct_unnamed_unique" UNIQUE NULLS NOT DISTINCT("nulls_not_distinct_unnamed"),
	CONSTRAINT "unique_column_not_null_unique" UNIQUE("not_null"),
	CONSTRAINT "unique_column_key_unique" UNIQUE("key")
);
--> statement-breakpoint
CREATE TABLE "unique_table" (
	"a" text,
	"b" text,
	"c" text,
	"d" text,
	CONSTRAINT "unique_table_d_unique" UNIQUE("d"),
	CONSTRAINT "unique_table_a_unique" UNIQUE("a"),
	CONSTRAINT "unique_table_a_b_unique" UNIQUE("a","b"),
	CONSTRAINT "unique_table_named" UNIQUE("b","c"),
	CONSTRAINT "unique_table_nulls_not_distinct" UNIQUE NULLS NOT DISTINCT("a","c"),
	CONSTRAINT "unique_table_c_unique" UNIQUE NULLS NOT DISTINCT("c")
);
--> statement-breakpoint
CREATE TABLE "parent" (
	"id" integer PRIMARY KEY NOT NULL,
	"a" integer NOT NULL,
	"b" text NOT NULL,
	"name" text,
	CONSTRAINT "parent_name_unique" UNIQUE("name"),
	CONSTRAINT "parent_a_b_unique" UNIQUE("a","b")
);
--> statement-breakpoint
CREATE TABLE "child" (
	"id" integer PRIMARY KEY NOT NULL,
	"plain" integer,
	"not_null" integer NOT NULL,
	"by_name" text,
	"cascade" integer,
	"restrict" integer,
	"set_null" integer,
	"set_default" integer DEFAULT 0,
	"no_action" integer,
	"only_delete" integer,
	"only_update" integer,
	"self" integer,
	"later" integer
);
--> statement-breakpoint
CREATE TABLE "child_table" (
	"id" integer PRIMARY KEY NOT NULL,
	"a" integer,
	"b" text,
	"parent" integer,
	"inline" integer
);
--> statement-breakpoint
CREATE TABLE "later" (
	"id" integer PRIMARY KEY NOT NULL
);
--> statement-breakpoint
CREATE TABLE "checks" (
	"amount" integer,
	"name" text,
	"Mixed Case" text,
	CONSTRAINT "amount_positive" CHECK ("checks"."amount" > 0),
	CONSTRAINT "unqualified" CHECK (amount < 100),
	CONSTRAINT "quotes" CHECK ("checks"."name" <> 'it''s' AND "checks"."name" <> 'say "hi"'),
	CONSTRAINT "Mixed Case Check" CHECK ("checks"."Mixed Case" IS NOT NULL),
	CONSTRAINT "comma" CHECK ("checks"."name" IN ('a', 'b')),
	CONSTRAINT "raw" CHECK ("checks"."amount" > -1),
	CONSTRAINT "multi_line" CHECK ((
  "checks"."amount" IS NULL
  OR "checks"."name" IS NULL
))
);
--> statement-breakpoint
CREATE TABLE "indexes" (
	"a" integer,
	"b" text,
	"c" jsonb,
	"d" text[],
	"e" "point",
	"f" "inet",
	"Mixed Case" text
);
--> statement-breakpoint
CREATE TABLE "app"."users" (
	"id" serial PRIMARY KEY NOT NULL,
	"number" integer GENERATED ALWAYS AS IDENTITY (sequence name "app"."users_number_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"email" text NOT NULL,
	"level" "app"."level" DEFAULT 'low' NOT NULL,
	"levels" "app"."level"[] DEFAULT '{"low","high"}',
	"mood" "mood",
	"parent" integer,
	"shouted" text GENERATED ALWAYS AS (upper("app"."users"."email")) STORED,
	CONSTRAINT "users_email_unique" UNIQUE("email"),
	CONSTRAINT "users_email_level_unique" UNIQUE("email","level"),
	CONSTRAINT "users_check" CHECK ("app"."users"."email" <> '')
);
--> statement-breakpoint
CREATE TABLE "Audit Log"."Log Entries" (
	"user" integer,
	"at" timestamp NOT NULL,
	"parent" integer,
	CONSTRAINT "Log Entries_user_at_pk" PRIMARY KEY("user","at")
);
--> statement-breakpoint
CREATE TABLE "from_public" (
	"user" integer PRIMARY KEY NOT NULL
);
--> statement-breakpoint
CREATE TABLE "Names With Spaces" (
	"2024" text,
	"camelCase" text,
	"select" text,
	"with-dash" text,
	"with.dot" text,
	"größe" text,
	"unnamed_key" integer,
	CONSTRAINT "Names With Spaces_with-dash_unique" UNIQUE("with-dash")
);
--> statement-breakpoint
CREATE TABLE "empty" (

);
--> statement-breakpoint
ALTER TABLE "child" ADD CONSTRAINT "child_plain_parent_id_fk" FOREIGN KEY ("plain") REFERENCES "public"."parent"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "child" ADD CONSTRAINT "child_not_null_parent_id_fk" FOREIGN KEY ("not_null") REFERENCES "public"."parent"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "child" ADD CONSTRAINT "child_by_name_parent_name_fk" FOREIGN KEY ("by_name") REFERENCES "public"."parent"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "child" ADD CONSTRAINT "child_cascade_parent_id_fk" FOREIGN KEY ("cascade") REFERENCES "public"."parent"("id") ON DELETE cascade ON UPDATE cascade;--> statement-breakpoint
ALTER TABLE "child" ADD CONSTRAINT "child_restrict_parent_id_fk" FOREIGN KEY ("restrict") REFERENCES "public"."parent"("id") ON DELETE restrict ON UPDATE restrict;--> statement-breakpoint
ALTER TABLE "child" ADD CONSTRAINT "child_set_null_parent_id_fk" FOREIGN KEY ("set_null") REFERENCES "public"."parent"("id") ON DELETE set null ON UPDATE set null;--> statement-breakpoint
ALTER TABLE "child" ADD CONSTRAINT "child_set_default_parent_id_fk" FOREIGN KEY ("set_default") REFERENCES "public"."parent"("id") ON DELETE set default ON UPDATE set default;--> statement-breakpoint
ALTER TABLE "child" ADD CONSTRAINT "child_no_action_parent_id_fk" FOREIGN KEY ("no_action") REFERENCES "public"."parent"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "child" ADD CONSTRAINT "child_only_delete_parent_id_fk" FOREIGN KEY ("only_delete") REFERENCES "public"."parent"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "child" ADD CONSTRAINT "child_only_update_parent_id_fk" FOREIGN KEY ("only_update") REFERENCES "public"."parent"("id") ON DELETE no action ON UPDATE cascade;--> statement-breakpoint
ALTER TABLE "child" ADD CONSTRAINT "child_self_child_id_fk" FOREIGN KEY ("self") REFERENCES "public"."child"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "child" ADD CONSTRAINT "child_later_later_id_fk" FOREIGN KEY ("later") REFERENCES "public"."later"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "child_table" ADD CONSTRAINT "child_table_inline_parent_id_fk" FOREIGN KEY ("inline") REFERENCES "public"."parent"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "child_table" ADD CONSTRAINT "child_table_a_b_parent_a_b_fk" FOREIGN KEY ("a","b") REFERENCES "public"."parent"("a","b") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "child_table" ADD CONSTRAINT "Named Key" FOREIGN KEY ("a","b") REFERENCES "public"."parent"("a","b") ON DELETE cascade ON UPDATE set null;--> statement-breakpoint
ALTER TABLE "child_table" ADD CONSTRAINT "child_table_self" FOREIGN KEY ("parent") REFERENCES "public"."child_table"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "app"."users" ADD CONSTRAINT "users_parent_users_id_fk" FOREIGN KEY ("parent") REFERENCES "app"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "Audit Log"."Log Entries" ADD CONSTRAINT "Log Entries_user_users_id_fk" FOREIGN KEY ("user") REFERENCES "app"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "Audit Log"."Log Entries" ADD CONSTRAINT "Log Entries_parent_parent_id_fk" FOREIGN KEY ("parent") REFERENCES "public"."parent"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "from_public" ADD CONSTRAINT "from_public_user_users_id_fk" FOREIGN KEY ("user") REFERENCES "app"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "indexes_a_index" ON "indexes" USING btree ("a");--> statement-breakpoint
CREATE INDEX "indexes_a_b_index" ON "indexes" USING btree ("a","b");--> statement-breakpoint
CREATE UNIQUE INDEX "indexes_b_index" ON "indexes" USING btree ("b");--> statement-breakpoint
CREATE INDEX "named_idx" ON "indexes" USING btree ("a");--> statement-breakpoint
CREATE UNIQUE INDEX "unique_idx" ON "indexes" USING btree ("a","b");--> statement-breakpoint
CREATE INDEX "Mixed Case Idx" ON "indexes" USING btree ("Mixed Case");--> statement-breakpoint
CREATE INDEX "asc_idx" ON "indexes" USING btree ("a");--> statement-breakpoint
CREATE INDEX "desc_idx" ON "indexes" USING btree ("a" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "asc_nulls_first_idx" ON "indexes" USING btree ("a" NULLS FIRST);--> statement-breakpoint
CREATE INDEX "asc_nulls_last_idx" ON "indexes" USING btree ("a");--> statement-breakpoint
CREATE INDEX "desc_nulls_first_idx" ON "indexes" USING btree ("a" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "desc_nulls_last_idx" ON "indexes" USING btree ("a" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "nulls_first_idx" ON "indexes" USING btree ("a" NULLS FIRST);--> statement-breakpoint
CREATE INDEX "mixed_order_idx" ON "indexes" USING btree ("a" DESC NULLS FIRST,"b","f" NULLS FIRST);--> statement-breakpoint
CREATE INDEX "op_idx" ON "indexes" USING btree ("b" text_pattern_ops);--> statement-breakpoint
CREATE INDEX "op_nulls_first_idx" ON "indexes" USING btree ("b" text_pattern_ops);--> statement-breakpoint
CREATE INDEX "op_mixed_idx" ON "indexes" USING btree ("a","b" text_pattern_ops);--> statement-breakpoint
CREATE INDEX "expression_idx" ON "indexes" USING btree (lower("b"));--> statement-breakpoint
CREATE INDEX "expression_operator_idx" ON "indexes" USING btree (("a" + 1));--> statement-breakpoint
CREATE INDEX "expression_desc_idx" ON "indexes" USING btree (lower("b") DESC);--> statement-breakpoint
CREATE INDEX "expression_mixed_idx" ON "indexes" USING btree ("a",lower("b"));--> statement-breakpoint
CREATE UNIQUE INDEX "expression_unique_idx" ON "indexes" USING btree (lower("b"));--> statement-breakpoint
CREATE INDEX "where_idx" ON "indexes" USING btree ("a") WHERE "indexes"."a" > 0;--> statement-breakpoint
CREATE INDEX "where_unqualified_idx" ON "indexes" USING btree ("a") WHERE b = 'it''s';--> statement-breakpoint
CREATE UNIQUE INDEX "using_unique_idx" ON "indexes" USING btree ("b" text_pattern_ops) WITH (fillfactor=90);--> statement-breakpoint
CREATE UNIQUE INDEX "where_unique_idx" ON "indexes" USING btree ("b") WHERE "indexes"."b" IS NOT NULL;--> statement-breakpoint
CREATE INDEX CONCURRENTLY "concurrently_idx" ON "indexes" USING btree ("a");--> statement-breakpoint
CREATE INDEX "btree_idx" ON "indexes" USING btree ("a","b" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "hash_idx" ON "indexes" USING hash ("b");--> statement-breakpoint
CREATE INDEX "gin_idx" ON "indexes" USING gin ("c");--> statement-breakpoint
CREATE INDEX "gin_op_idx" ON "indexes" USING gin ("c" jsonb_path_ops);--> statement-breakpoint
CREATE INDEX "gin_array_idx" ON "indexes" USING gin ("d");--> statement-breakpoint
CREATE INDEX "gin_expression_idx" ON "indexes" USING gin (to_tsvector('english', "b"));--> statement-breakpoint
CREATE INDEX "gist_idx" ON "indexes" USING gist ("e");--> statement-breakpoint
CREATE INDEX "gist_op_idx" ON "indexes" USING gist ("f" inet_ops);--> statement-breakpoint
CREATE INDEX "spgist_idx" ON "indexes" USING spgist ("e");--> statement-breakpoint
CREATE INDEX "brin_idx" ON "indexes" USING brin ("a");--> statement-breakpoint
CREATE INDEX "with_idx" ON "indexes" USING btree ("a") WITH (fillfactor=70);--> statement-breakpoint
CREATE INDEX "with_two_idx" ON "indexes" USING btree ("a") WITH (fillfactor=70,deduplicate_items=off);--> statement-breakpoint
CREATE INDEX "with_boolean_idx" ON "indexes" USING gin ("c") WITH (fastupdate=false);--> statement-breakpoint
CREATE INDEX "with_string_idx" ON "indexes" USING brin ("a") WITH (pages_per_range=32);--> statement-breakpoint
CREATE INDEX "on_only_idx" ON "indexes" USING btree ("b");--> statement-breakpoint
CREATE INDEX CONCURRENTLY "all_idx" ON "indexes" USING btree ("a" DESC NULLS LAST,lower("b")) WITH (fillfactor=80) WHERE "indexes"."a" IS NOT NULL;--> statement-breakpoint
CREATE INDEX "users_level_idx" ON "app"."users" USING btree ("level");--> statement-breakpoint
CREATE INDEX "users_lower_idx" ON "app"."users" USING btree (lower("email"));--> statement-breakpoint
CREATE INDEX "users_where_idx" ON "app"."users" USING btree ("level") WHERE "app"."users"."level" = 'low';--> statement-breakpoint
CREATE INDEX "Names With Spaces_camelCase_select_index" ON "Names With Spaces" USING btree ("camelCase","select");