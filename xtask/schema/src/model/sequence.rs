use super::{Object, QualifiedName};

/// A sequence that stands for itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sequence {
    /// Its name.
    pub name: QualifiedName,
    /// Its options.
    pub options: SequenceOptions,
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
