CREATE SCHEMA "audit";
--> statement-breakpoint
CREATE TABLE "audit"."Trail" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "audit"."Trail_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"orderId" text,
	"change" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"kind" text GENERATED ALWAYS AS (change ->> 'kind') STORED
);
--> statement-breakpoint
ALTER TABLE "audit"."Trail" ADD CONSTRAINT "Trail_orderId_Orders_id_fk" FOREIGN KEY ("orderId") REFERENCES "public"."Orders"("id") ON DELETE cascade ON UPDATE no action;