CREATE TABLE "vectors" (
	"vector" vector(3),
	"halfvec" halfvec(3),
	"sparsevec" sparsevec(5),
	"bit" bit(8),
	"vectors" vector(2)[],
	"vector_default" vector(3) DEFAULT '[1,2,3]',
	"sparsevec_default" sparsevec(5) DEFAULT '{1:1,3:2}/5',
	"bit_default" bit(3) DEFAULT '101' NOT NULL
);
--> statement-breakpoint
CREATE TABLE "shapes" (
	"id" integer PRIMARY KEY NOT NULL,
	"plain" geometry(point),
	"point" geometry(point),
	"tuple" geometry(point),
	"xy" geometry(point)
);
--> statement-breakpoint
CREATE INDEX "vector_l2_idx" ON "vectors" USING hnsw ("vector" vector_l2_ops);--> statement-breakpoint
CREATE INDEX "vector_cosine_idx" ON "vectors" USING ivfflat ("vector" vector_cosine_ops) WITH (lists=100);--> statement-breakpoint
CREATE INDEX "halfvec_idx" ON "vectors" USING hnsw ("halfvec" halfvec_l2_ops) WITH (m=16,ef_construction=64);--> statement-breakpoint
CREATE INDEX "sparsevec_idx" ON "vectors" USING hnsw ("sparsevec" sparsevec_l2_ops);--> statement-breakpoint
CREATE INDEX "bit_idx" ON "vectors" USING hnsw ("bit" bit_hamming_ops);--> statement-breakpoint
CREATE INDEX "shapes_gist_idx" ON "shapes" USING gist ("point");