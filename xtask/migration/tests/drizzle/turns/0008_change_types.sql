ALTER TABLE "Orders" ALTER COLUMN "trailingStopPercent" SET DATA TYPE numeric(8, 4);--> statement-breakpoint
ALTER TABLE "Orders" ALTER COLUMN "venue" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "Orders" ALTER COLUMN "venue" DROP NOT NULL;