//! Names of all kinds, also such as break tools that do not quote them.

use pg_schema::MAX_NAME_BYTES;

use super::genes::{Names, STYLED};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Schema,
    Enum,
    Sequence,
    Role,
    Table,
    Column,
    /// A column that refers to a table.
    Reference,
    View,
    /// A constraint, an index or a policy.
    Part,
}

pub(super) const KINDS: usize = 9;
pub(super) const STYLES: u8 = 24;

/// Words of the grammar, among them such as stand for something else where they are not quoted (manual, appendix C).
const WORDS: [&str; 64] = [
    "select",
    "table",
    "user",
    "order",
    "group",
    "default",
    "check",
    "primary",
    "references",
    "constraint",
    "all",
    "and",
    "any",
    "array",
    "as",
    "case",
    "cast",
    "collate",
    "column",
    "create",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "false",
    "fetch",
    "for",
    "foreign",
    "from",
    "grant",
    "having",
    "in",
    "into",
    "lateral",
    "leading",
    "limit",
    "localtime",
    "not",
    "null",
    "offset",
    "on",
    "only",
    "or",
    "placing",
    "returning",
    "some",
    "symmetric",
    "then",
    "to",
    "trailing",
    "true",
    "union",
    "unique",
    "using",
    "values",
    "verbose",
    "when",
    "where",
    "window",
    "with",
    "between",
    "rows",
];

/// Names that are a type's or begin like one.
const TYPE_NAMES: [&str; 64] = [
    "text",
    "integer",
    "integer_kind",
    "date",
    "date_kind",
    "timestamp",
    "timestamps",
    "time",
    "bit",
    "bits",
    "varbit",
    "jsonb",
    "json_kind",
    "uuid",
    "uuid2",
    "serial",
    "serial_number",
    "bigint",
    "boolean",
    "bool",
    "numeric",
    "numeric_kind",
    "interval",
    "interval2",
    "char",
    "charm",
    "varchar",
    "real",
    "really",
    "double precision",
    "vector",
    "vectors",
    "point",
    "line",
    "money",
    "name",
    "oid",
    "inet",
    "cidr",
    "int4",
    "int8",
    "float8",
    "bytea",
    "xml",
    "record",
    "regclass",
    "tsvector",
    "smallint",
    "smallserial",
    "decimal",
    "decimals",
    "geometry",
    "halfvec",
    "box",
    "path",
    "circle",
    "polygon",
    "macaddr",
    "int4range",
    "json",
    "bigserial",
    "bpchar",
    "timestamptz",
    "timetz",
];

impl Names {
    /// The name of what lies in a slot. Names of different slots and kinds differ.
    pub(super) fn of(&self, kind: Kind, slot: usize) -> String {
        const LETTERS: [&str; KINDS] = ["s", "e", "q", "r", "t", "c", "f", "v", "p"];
        let number = kind as usize * STYLED + slot % STYLED;
        let letter = LETTERS[kind as usize];
        let renamed = self.renamed[number];
        let id = if renamed {
            format!("new_{letter}{slot}")
        } else {
            format!("{letter}{slot}")
        };
        let style = if self.hostile { self.styles[number] } else { 0 };
        let word = (slot < STYLED && !renamed).then_some(number + usize::from(self.word));
        styled(style, &id, word)
    }
}

/// `number` is there for names that may be a single word.
fn styled(style: u8, id: &str, number: Option<usize>) -> String {
    let word = |words: &[&str]| match number {
        Some(number) => words[number % words.len()].to_owned(),
        None => format!("{} {id}", words[0]),
    };
    match style {
        0 => id.to_owned(),
        1 => word(&WORDS),
        2 => word(&TYPE_NAMES),
        3 => id.to_uppercase(),
        4 => format!("{id}\"quoted\""),
        5 => format!("{id}'s"),
        6 => format!("public.{id}"),
        7 => format!("{id}; DROP TABLE t0"),
        8 => format!("{id} -- end"),
        9 => format!("{id}\nnext"),
        10 => format!("größe 名前 💥 {id}"),
        11 => format!("{id}{}", "x".repeat(MAX_NAME_BYTES - id.len())),
        12 => format!("{id}{}", "ä".repeat((MAX_NAME_BYTES - id.len()) / 2)),
        13 => format!("/* {id}"),
        14 => format!(" {id} "),
        15 => format!("$${id}$1"),
        16 => format!("{id}\\ %I {{a,b}}"),
        17 => format!("{id}--> statement-breakpoint"),
        18 => format!("({id})[1] x"),
        19 => format!("_{id}"),
        20 => format!("{id}, t0"),
        21 => format!("\"{id}\""),
        22 => format!("{id} id"),
        _ => format!("{id}:=?*/"),
    }
}
