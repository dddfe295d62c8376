//! What a step can do to data and to those who use the database meanwhile.

use std::fmt;

/// A danger of a step, told in a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Hazard {
    /// Its kind.
    pub kind: HazardKind,
    /// What is lost, locked or may fail, and what to do about it.
    pub message: String,
}

/// The kinds of danger, by the names with which they are allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum HazardKind {
    /// Values or rows are gone afterwards.
    DataLoss,
    /// It fails if existing rows do not fit.
    MayFail,
    /// The whole table is written anew, and is locked meanwhile.
    Rewrite,
    /// Reads or writes wait for as long as a scan or an index build takes.
    LongLock,
    /// Somebody can see or do more, or less, than before.
    Access,
    /// No later migration can take it back.
    NotReversible,
}

impl HazardKind {
    /// The kind's name, as flags and JSON have it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::DataLoss => "data-loss",
            Self::MayFail => "may-fail",
            Self::Rewrite => "rewrite",
            Self::LongLock => "long-lock",
            Self::Access => "access",
            Self::NotReversible => "not-reversible",
        }
    }
}

impl fmt::Display for HazardKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Hazard {
    pub(crate) fn new(kind: HazardKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
        }
    }
}
