// The types of the extensions that drizzle-orm knows: pgvector and PostGIS.
import { sql } from "drizzle-orm";
import { bit, geometry, halfvec, index, integer, pgTable, sparsevec, vector } from "drizzle-orm/pg-core";

export const a_vectors = pgTable(
  "vectors",
  {
    vector: vector("vector", { dimensions: 3 }),
    halfvec: halfvec("halfvec", { dimensions: 3 }),
    sparsevec: sparsevec("sparsevec", { dimensions: 5 }),
    bit: bit("bit", { dimensions: 8 }),
    vectors: vector("vectors", { dimensions: 2 }).array(),
    vector_default: vector("vector_default", { dimensions: 3 }).default(sql`'[1,2,3]'`),
    sparsevec_default: sparsevec("sparsevec_default", { dimensions: 5 }).default("{1:1,3:2}/5"),
    bit_default: bit("bit_default", { dimensions: 3 }).notNull().default("101"),
  },
  (table) => [
    index("vector_l2_idx").using("hnsw", table.vector.op("vector_l2_ops")),
    index("vector_cosine_idx").using("ivfflat", table.vector.op("vector_cosine_ops")).with({ lists: 100 }),
    index("halfvec_idx").using("hnsw", table.halfvec.op("halfvec_l2_ops")).with({ m: 16, ef_construction: 64 }),
    index("sparsevec_idx").using("hnsw", table.sparsevec.op("sparsevec_l2_ops")),
    index("bit_idx").using("hnsw", table.bit.op("bit_hamming_ops")),
  ],
);

export const b_shapes = pgTable(
  "shapes",
  {
    id: integer("id").primaryKey(),
    plain: geometry("plain"),
    point: geometry("point", { type: "point" }),
    tuple: geometry("tuple", { type: "point", mode: "tuple" }),
    xy: geometry("xy", { type: "point", mode: "xy", srid: 4326 }),
  },
  (table) => [index("shapes_gist_idx").using("gist", table.point)],
);
