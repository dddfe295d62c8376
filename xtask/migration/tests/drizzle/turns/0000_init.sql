CREATE TYPE "public"."Status" AS ENUM('OPEN', 'CLOSED');--> statement-breakpoint
CREATE TABLE "Orders" (
	"id" text PRIMARY KEY NOT NULL,
	"symbol" text NOT NULL,
	"status" "Status" DEFAULT 'OPEN' NOT NULL,
	"note" text
);
