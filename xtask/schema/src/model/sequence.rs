use super::{Object, QualifiedName};

/// A sequence that stands for itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sequence {
    /// Its name.
    pub name: QualifiedName,
    /// The type of its numbers, which bounds them.
    pub data_type: SequenceType,
    /// Its options.
    pub options: SequenceOptions,
    /// The column of a table in the same schema with which it goes (OWNED BY).
    pub owned_by: Option<(QualifiedName, String)>,
}

/// What a sequence counts in (manual, CREATE SEQUENCE, AS).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
#[expect(missing_docs, reason = "the variants are the types")]
pub enum SequenceType {
    SmallInt,
    Integer,
    #[default]
    BigInt,
}

impl SequenceType {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::SmallInt, Self::Integer, Self::BigInt];

    /// As SQL.
    #[must_use]
    pub fn sql(self) -> &'static str {
        match self {
            Self::SmallInt => "smallint",
            Self::Integer => "integer",
            Self::BigInt => "bigint",
        }
    }

    /// The least and the greatest number of the type.
    #[must_use]
    pub fn range(self) -> std::ops::RangeInclusive<i64> {
        match self {
            Self::SmallInt => i16::MIN.into()..=i16::MAX.into(),
            Self::Integer => i32::MIN.into()..=i32::MAX.into(),
            Self::BigInt => i64::MIN..=i64::MAX,
        }
    }
}

/// How a sequence counts (manual, CREATE SEQUENCE).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SequenceOptions {
    /// INCREMENT BY.
    pub increment: i64,
    /// MINVALUE.
    pub min: i64,
    /// MAXVALUE.
    pub max: i64,
    /// START WITH.
    pub start: i64,
    /// CACHE.
    pub cache: i64,
    /// CYCLE.
    pub cycle: bool,
}

impl Object for Sequence {
    type Name = QualifiedName;

    fn name(&self) -> &QualifiedName {
        &self.name
    }
}
