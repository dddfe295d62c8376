CREATE TYPE "public"."ToolCallType" AS ENUM('CREATE_POSITION', 'CLOSE_POSITION', 'HOLDING');--> statement-breakpoint
CREATE TYPE "public"."OrderStatus" AS ENUM('OPEN', 'CLOSED');--> statement-breakpoint
CREATE TYPE "public"."OrderSide" AS ENUM('LONG', 'SHORT');--> statement-breakpoint
CREATE TYPE "public"."Variant" AS ENUM('Apex', 'Trendsurfer', 'Contrarian', 'Sovereign');--> statement-breakpoint
CREATE TABLE "Models" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"openRouterModelName" text NOT NULL,
	"variant" "Variant" DEFAULT 'Apex' NOT NULL,
	"lighterApiKey" text DEFAULT '0' NOT NULL,
	"invocationCount" integer DEFAULT 0 NOT NULL,
	"totalMinutes" integer DEFAULT 0 NOT NULL,
	"accountIndex" text DEFAULT '0' NOT NULL,
	"failedWorkflowCount" integer DEFAULT 0 NOT NULL,
	"failedToolCallCount" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "Invocations" (
	"id" text PRIMARY KEY NOT NULL,
	"modelId" text NOT NULL,
	"response" text NOT NULL,
	"responsePayload" jsonb,
	"createdAt" timestamp DEFAULT now() NOT NULL,
	"updatedAt" timestamp DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "ToolCalls" (
	"id" text PRIMARY KEY NOT NULL,
	"invocationId" text NOT NULL,
	"toolCallType" "ToolCallType" NOT NULL,
	"metadata" text NOT NULL,
	"createdAt" timestamp DEFAULT now() NOT NULL,
	"updatedAt" timestamp DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "PortfolioSize" (
	"id" text PRIMARY KEY NOT NULL,
	"modelId" text NOT NULL,
	"netPortfolio" numeric(18, 2) NOT NULL,
	"createdAt" timestamp DEFAULT now() NOT NULL,
	"updatedAt" timestamp DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "Orders" (
	"id" text PRIMARY KEY NOT NULL,
	"modelId" text NOT NULL,
	"symbol" text NOT NULL,
	"side" "OrderSide" NOT NULL,
	"quantity" numeric(18, 8) NOT NULL,
	"leverage" numeric(10, 2),
	"entryPrice" numeric(18, 8) NOT NULL,
	"status" "OrderStatus" DEFAULT 'OPEN' NOT NULL,
	"exitPrice" numeric(18, 8),
	"realizedPnl" numeric(18, 2),
	"closeTrigger" text,
	"slOrderIndex" text,
	"tpOrderIndex" text,
	"slTriggerPrice" numeric(18, 8),
	"tpTriggerPrice" numeric(18, 8),
	"openedAt" timestamp DEFAULT now() NOT NULL,
	"closedAt" timestamp,
	"updatedAt" timestamp DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "Invocations" ADD CONSTRAINT "Invocations_modelId_Models_id_fk" FOREIGN KEY ("modelId") REFERENCES "public"."Models"("id") ON DELETE restrict ON UPDATE cascade;--> statement-breakpoint
ALTER TABLE "ToolCalls" ADD CONSTRAINT "ToolCalls_invocationId_Invocations_id_fk" FOREIGN KEY ("invocationId") REFERENCES "public"."Invocations"("id") ON DELETE restrict ON UPDATE cascade;--> statement-breakpoint
ALTER TABLE "PortfolioSize" ADD CONSTRAINT "PortfolioSize_modelId_Models_id_fk" FOREIGN KEY ("modelId") REFERENCES "public"."Models"("id") ON DELETE restrict ON UPDATE cascade;--> statement-breakpoint
ALTER TABLE "Orders" ADD CONSTRAINT "Orders_modelId_Models_id_fk" FOREIGN KEY ("modelId") REFERENCES "public"."Models"("id") ON DELETE restrict ON UPDATE cascade;--> statement-breakpoint
CREATE INDEX "Models_name_idx" ON "Models" USING btree ("name");--> statement-breakpoint
CREATE UNIQUE INDEX "Models_name_variant_key" ON "Models" USING btree ("name","variant");--> statement-breakpoint
CREATE INDEX "Invocations_modelId_idx" ON "Invocations" USING btree ("modelId");--> statement-breakpoint
CREATE INDEX "ToolCalls_invocationId_idx" ON "ToolCalls" USING btree ("invocationId");--> statement-breakpoint
CREATE INDEX "PortfolioSize_modelId_idx" ON "PortfolioSize" USING btree ("modelId");--> statement-breakpoint
CREATE INDEX "PortfolioSize_modelId_createdAt_idx" ON "PortfolioSize" USING btree ("modelId","createdAt");--> statement-breakpoint
CREATE INDEX "PortfolioSize_createdAt_idx" ON "PortfolioSize" USING btree ("createdAt");--> statement-breakpoint
CREATE INDEX "Orders_modelId_idx" ON "Orders" USING btree ("modelId");--> statement-breakpoint
CREATE INDEX "Orders_status_idx" ON "Orders" USING btree ("status");--> statement-breakpoint
CREATE INDEX "Orders_modelId_status_idx" ON "Orders" USING btree ("modelId","status");--> statement-breakpoint
CREATE INDEX "Orders_symbol_idx" ON "Orders" USING btree ("symbol");