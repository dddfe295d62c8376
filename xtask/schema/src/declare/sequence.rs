use super::{IdentityOptions, Reference, identity};
use crate::model::SequenceType;

/// A sequence that stands for itself, declared. What is not stated has PostgreSQL's default.
#[derive(Debug, Clone)]
pub struct Sequence {
    pub(super) name: String,
    pub(super) schema: Option<String>,
    pub(super) data_type: SequenceType,
    pub(super) options: IdentityOptions,
    pub(super) owned_by: Option<(String, String)>,
    pub(super) comment: Option<String>,
    pub(super) renamed_from: Option<Reference>,
}

/// A sequence, for defaults like `nextval('orders_seq')`.
pub fn pg_sequence(name: impl Into<String>) -> Sequence {
    Sequence {
        name: name.into(),
        schema: None,
        data_type: SequenceType::default(),
        options: identity(),
        owned_by: None,
        comment: None,
        renamed_from: None,
    }
}

impl Sequence {
    /// Places the sequence in a schema other than `public`.
    #[must_use]
    pub fn in_schema(mut self, schema: impl Into<String>) -> Self {
        self.schema = Some(schema.into());
        self
    }

    /// What it counts in (AS), which bounds it; `BigInt` unless stated.
    #[must_use]
    pub fn counts_in(mut self, data_type: SequenceType) -> Self {
        self.data_type = data_type;
        self
    }

    /// The column with which it is dropped (OWNED BY), of a table in the sequence's schema.
    #[must_use]
    pub fn owned_by(mut self, table: impl Into<String>, column: impl Into<String>) -> Self {
        self.owned_by = Some((table.into(), column.into()));
        self
    }

    /// INCREMENT BY.
    #[must_use]
    pub fn increment(mut self, increment: i64) -> Self {
        self.options = self.options.increment(increment);
        self
    }

    /// MINVALUE.
    #[must_use]
    pub fn min_value(mut self, min: i64) -> Self {
        self.options = self.options.min_value(min);
        self
    }

    /// MAXVALUE.
    #[must_use]
    pub fn max_value(mut self, max: i64) -> Self {
        self.options = self.options.max_value(max);
        self
    }

    /// START WITH.
    #[must_use]
    pub fn start_with(mut self, start: i64) -> Self {
        self.options = self.options.start_with(start);
        self
    }

    /// CACHE.
    #[must_use]
    pub fn cache(mut self, cache: i64) -> Self {
        self.options = self.options.cache(cache);
        self
    }

    /// CYCLE.
    #[must_use]
    pub fn cycle(mut self) -> Self {
        self.options = self.options.cycle();
        self
    }
}
