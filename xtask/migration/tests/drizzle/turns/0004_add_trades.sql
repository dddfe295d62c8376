CREATE TABLE "Trades" (
	"id" text PRIMARY KEY NOT NULL,
	"orderId" text NOT NULL,
	"executedAt" timestamp DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "Trades" ADD CONSTRAINT "Trades_orderId_Orders_id_fk" FOREIGN KEY ("orderId") REFERENCES "public"."Orders"("id") ON DELETE no action ON UPDATE no action;