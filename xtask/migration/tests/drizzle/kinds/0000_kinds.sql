CREATE SCHEMA "app";
--> statement-breakpoint
CREATE TYPE "public"."mood" AS ENUM('sad', 'ok');--> statement-breakpoint
CREATE SEQUENCE "public"."plain" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
CREATE SEQUENCE "public"."all_options" INCREMENT BY 5 MINVALUE 50 MAXVALUE 5000 START WITH 100 CACHE 10 CYCLE;--> statement-breakpoint
CREATE SEQUENCE "public"."down" INCREMENT BY -1 MINVALUE -9223372036854775808 MAXVALUE -1 START WITH -1 CACHE 1;--> statement-breakpoint
CREATE SEQUENCE "public"."big" INCREMENT BY 1 MINVALUE -9223372036854775808 MAXVALUE 9223372036854775807 START WITH 9007199254740993 CACHE 1;--> statement-breakpoint
CREATE SEQUENCE "app"."Orders Seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 7 CACHE 1;--> statement-breakpoint
CREATE ROLE "kinds_admin" WITH CREATEDB CREATEROLE NOINHERIT;--> statement-breakpoint
CREATE ROLE "kinds_reader";--> statement-breakpoint
CREATE ROLE "Kinds Writer" WITH NOINHERIT;--> statement-breakpoint
CREATE TABLE "both" (
	"id" integer PRIMARY KEY NOT NULL
);
--> statement-breakpoint
ALTER TABLE "both" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "app"."secured" (
	"id" integer PRIMARY KEY NOT NULL
);
--> statement-breakpoint
ALTER TABLE "app"."secured" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "users" (
	"id" integer PRIMARY KEY DEFAULT nextval('plain') NOT NULL,
	"name" text NOT NULL,
	"mood" "mood" DEFAULT 'ok',
	"tenant" varchar(20),
	"active" boolean DEFAULT true NOT NULL,
	"spent" numeric(10, 2),
	"created" timestamp DEFAULT now()
);
--> statement-breakpoint
ALTER TABLE "users" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE VIEW "public"."c_all_options" WITH (check_option = cascaded, security_barrier = true, security_invoker = false) AS (select id from users where active);--> statement-breakpoint
CREATE VIEW "app"."In App" AS (select id from users);--> statement-breakpoint
CREATE VIEW "public"."a_columns" AS (select id, name, mood, spent from users);--> statement-breakpoint
CREATE VIEW "public"."d_local" WITH (check_option = local) AS (select id from users);--> statement-breakpoint
CREATE VIEW "public"."g_of_view" AS (select id from c_all_options);--> statement-breakpoint
CREATE VIEW "public"."b_query" AS (select "id", "name", "mood", "tenant", "active", "spent", "created" from "users" where "users"."id" > 5);--> statement-breakpoint
CREATE MATERIALIZED VIEW "public"."n_all_options" USING "heap" WITH (fillfactor = 90, toast_tuple_target = 128, parallel_workers = 2, autovacuum_enabled = false, vacuum_index_cleanup = off, vacuum_truncate = true, autovacuum_vacuum_scale_factor = 0.5, log_autovacuum_min_duration = -1) TABLESPACE pg_default AS (select id from users) WITH NO DATA;--> statement-breakpoint
CREATE MATERIALIZED VIEW "public"."m_plain" AS (select id from users);--> statement-breakpoint
CREATE MATERIALIZED VIEW "app"."o_query" AS (select "id", "name" from "users" where "users"."active" = true);--> statement-breakpoint
CREATE POLICY "both_policy" ON "both" AS PERMISSIVE FOR ALL TO current_role;--> statement-breakpoint
CREATE POLICY "linked to secured" ON "app"."secured" AS PERMISSIVE FOR ALL TO public;--> statement-breakpoint
CREATE POLICY "everybody" ON "users" AS PERMISSIVE FOR ALL TO public;--> statement-breakpoint
CREATE POLICY "readers" ON "users" AS PERMISSIVE FOR SELECT TO "kinds_reader" USING (active);--> statement-breakpoint
CREATE POLICY "writers" ON "users" AS PERMISSIVE FOR INSERT TO "Kinds Writer", "kinds_admin", public WITH CHECK (tenant = current_user);--> statement-breakpoint
CREATE POLICY "strict" ON "users" AS RESTRICTIVE FOR UPDATE TO current_user, session_user USING ("users"."tenant" = 'a;b) WITH CHECK (c');--> statement-breakpoint
CREATE POLICY "nobody deletes" ON "users" AS RESTRICTIVE FOR DELETE TO "postgres" USING (false);--> statement-breakpoint
CREATE POLICY "linked" ON "public"."elsewhere" AS PERMISSIVE FOR SELECT TO "kinds_reader" USING (id > 0);--> statement-breakpoint
CREATE POLICY "linked in schema" ON "other"."elsewhere" AS RESTRICTIVE FOR ALL TO public WITH CHECK (true);