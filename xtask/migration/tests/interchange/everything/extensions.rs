//! The types and indexes of pgvector and PostGIS.

use pg_schema::prelude::*;

pub(super) fn declaration() -> Declaration {
    Declaration::new().with(vectors()).with(shapes())
}

fn vectors() -> Table {
    pg_table(
        "vectors",
        [
            vector("vector").dimensions(3),
            halfvec("halfvec").dimensions(3),
            sparsevec("sparsevec").dimensions(5),
            bit("bit").dimensions(8),
            vector("vectors").dimensions(2).array(),
            vector("vector_default").dimensions(3).default("[1,2,3]"),
            sparsevec("sparsevec_default")
                .dimensions(5)
                .default("{1:1,3:2}/5"),
            bit("bit_default").dimensions(3).not_null().default("101"),
        ],
    )
    .index(
        index("vector_l2_idx")
            .using("hnsw")
            .on([asc("vector").op("vector_l2_ops")]),
    )
    .index(
        index("vector_cosine_idx")
            .using("ivfflat")
            .on([asc("vector").op("vector_cosine_ops")])
            .with("lists", 100),
    )
    .index(
        index("halfvec_idx")
            .using("hnsw")
            .on([asc("halfvec").op("halfvec_l2_ops")])
            .with("m", 16)
            .with("ef_construction", 64),
    )
    .index(
        index("sparsevec_idx")
            .using("hnsw")
            .on([asc("sparsevec").op("sparsevec_l2_ops")]),
    )
    .index(
        index("bit_idx")
            .using("hnsw")
            .on([asc("bit").op("bit_hamming_ops")]),
    )
}

fn shapes() -> Table {
    pg_table(
        "shapes",
        [
            integer("id").primary_key(),
            geometry("plain"),
            geometry("point"),
            geometry("tuple"),
            geometry("xy"),
        ],
    )
    .index(index("shapes_gist_idx").using("gist").on(["point"]))
}
